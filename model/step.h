/* step.h: one step of the model: what a command does to a world, written once for the server and for the judge.
 *
 * A step has three parts. `act_*` picks the answers of choice points and applies the command's effects. `hear_*` applies
 * one untagged response to the view of the session that is told. `answer_*` is where the interpretations part: the judge
 * checks what the server must have said (judge_*.c), the server says it (serve_*.c) and hears itself.
 * Of several commands of a batch each acts when those before it have their replies (order.c). Or effects come first, then the
 * responses in their order (epoch.c): since views may lag behind the truth, a response that was sent before the effect is
 * explained by the history that the world keeps.
 */
#ifndef STEP_H
#define STEP_H

#include "behaviour.h"
#include "content.h"
#include "model_server.h"
#include "oracle.h"
#include "world.h"

enum mode { JUDGE, SERVE };

/* A message that a command is about. */
struct target {
    uint16_t m;
    uint16_t seq;       /* its number when the command came; 0: not in the view */
    uint8_t dead;       /* when the command came */
    uint8_t hit;        /* SEARCH: 0 no, 1 yes, 2 may be; STORE: it changes the flags */
    uint32_t flags;     /* STORE: what it set */
    uint8_t unsure;     /* STORE, JUDGE: what the flags were was not known */
};

/* One command of a batch. */
struct step {
    const struct imap_command *c;
    const struct node_pool *nodes;
    struct slice raw;         /* its octets, well formed or not */
    struct lex_result syntax; /* of the command */
    int session;
    uint32_t event;
    /* The tagged reply: seen by the judge, decided by the server. */
    uint8_t word;       /* enum reply; REPLY_NONE: none yet */
    uint8_t cut;        /* the connection ended without one */
    const struct imap_response *reply;
    uint32_t reply_event;
    uint32_t since;      /* JUDGE: a response may belong to it behind this event: one of the next two */
    uint32_t since_state; /* where all effects come first (epoch.c) */
    uint32_t since_reply; /* where commands are done one after the other (order.c) */
    uint8_t planned;      /* the same, while that is planned */
    struct slice secret; /* AUTHENTICATE: the client's answer line, base64 */
    /* Filled in by act. */
    const struct answer *answer; /* the answer to its choice point, if one was asked; NULL: other */
    int point;          /* asked point or -1 */
    uint32_t context;
    int behaviour;      /* index, -1 other */
    uint16_t first, targets; /* in run->target */
    uint16_t name, box; /* mailbox argument */
    uint16_t message;   /* APPEND, COPY: first message made */
    uint32_t uidnext;   /* APPEND: what was known of it when the message was made: a pipelined SELECT tells a later one */
    uint32_t stored;    /* STORE: the flags of the command */
    uint16_t living, known; /* STATUS: messages of the mailbox, and of the world, then */
    uint16_t copies;
    uint8_t some_dead, all_dead, beyond, star, refused, insider;
    uint8_t wrote;      /* STORE: flags were set on the living although the reply is NO */
    uint16_t view_before; /* messages in the view when the command came */
    uint8_t was_selected;
    uint8_t wrong_state; /* the command is not permitted in the session's state */
    uint8_t view_dead;  /* JUDGE: the view held messages that were gone when the command came */
    uint8_t judged;     /* answer has nothing more to check */
    uint8_t code;       /* SERVE: code of the reply */
    const char *text;   /* SERVE: its text */
};

/* One untagged response, or a connection's end (r NULL), as heard. */
struct heard {
    const struct imap_response *r;
    const struct node_pool *nodes;
    int session;
    uint32_t event;
    uint8_t in_progress; /* a command of that session was in progress, IDLE counts */
    uint8_t expunge_ok;  /* and one of them permits EXPUNGE */
    uint8_t overtaken;   /* but one that bars it was sent before, and has no reply yet */
    uint8_t idle;
    uint16_t kinds;      /* HEARD_* : which kinds of commands were in progress */
    uint8_t how;         /* r NULL: as oracle_closed */
    const char *text;
};
enum { HEARD_ID = 1, HEARD_SEARCH = 2, HEARD_LIST = 4, HEARD_STATUS = 8, HEARD_CONTINUE = 16, HEARD_LOGOUT = 32,
       HEARD_CLIENTID = 64, HEARD_LSUB = 128,
       HEARD_FETCH = 256 /* FETCH or STORE */ };

/* What a FETCH response said about a message. */
enum said {
    SAID_TRUE = 1, SAID_EMPTY, SAID_OTHER, SAID_WRONG,
    SAID_EITHER /* of an expunged message: its true data, which looks like empty data */
};
struct saw {
    uint16_t m;
    uint8_t session, said;
    uint32_t key;       /* item_key() of the item */
    uint32_t flags;     /* FLAGS items */
    uint32_t event;
    uint32_t chain;     /* 1 + the index of the one before in the same bucket */
};
#define SAW_BUCKETS 256

/* What the judge remembers of a server from program to program. */
struct facts {
    uint8_t select_plain, select_id; /* SELECTs of mailboxes that exist: accepted without, with an ID before */
    uint8_t refused_plain;           /* refused without */
    uint32_t cut, emptied; /* sessions whose mailbox was taken away: BYEs, EXPUNGEs that they were told */
    uint8_t cid_any;     /* it accepted a CLIENTID type and token that no list can know: it has no policy on them */
};

/* Limits of one run; at one the verdict is UNDECIDED. The hostile build has tiny ones, so that tests meet them. */
#ifdef HOSTILE
#define RUN_TARGETS 12
#define RUN_SAW 16
#define RUN_DEPTH 3
#define RUN_NOTES 8
#define EPOCHS 2
#define EPOCH_VIEWS 16
#else
#define RUN_TARGETS 8192
#define RUN_SAW 16384
#define RUN_DEPTH 24
#define RUN_NOTES 512
#define EPOCHS 64
#define EPOCH_VIEWS 16384
#endif
#define EPOCH_SESSIONS 64

/* JUDGE: what a session's state was before a command of this batch changed it (epoch.c). */
struct epoch {
    int session;
    unsigned step;      /* that command */
    uint32_t until;     /* what was heard up to this event is of that state */
    struct wsession state;
    uint16_t first, cap; /* its view, in run->epoch_view */
    uint16_t most, search_view, search_last;
};

struct pending_note {
    uint8_t verdict;
    int8_t session;
    int16_t point;
    int16_t behaviour;
    uint32_t context, event;
    bool unproven;   /* an answer that is not named unless a session of each of `inside` proves it: the others, the caller */
    bool proof;      /* no verdict: what `session` was told proves the last such answer before */
    uint64_t inside[2];
    uint64_t old;    /* an answer that is not named where the last such one about these sessions is not */
    const char *answer, *cites, *summary, *seen, *allowed;
};

/* One run: a way to explain a batch (JUDGE), or the serving of one command (SERVE). */
struct run {
    enum mode mode;
    struct world *w;
    const struct world *before; /* JUDGE: the world as it was before the batch */
    const struct behaviours *behaviours;
    const struct content_ops *content;
    struct step *steps;
    unsigned n_steps;
    const struct heard *heard;
    unsigned n_heard;
    uint64_t idle;            /* sessions in IDLE */
    uint16_t search_view[64]; /* the view's size at the last SEARCH response */
    uint16_t search_last[64]; /* the last message that EXISTS had counted then */
    uint16_t most[64];        /* the largest view that each session has had in this batch */
    struct epoch epoch[EPOCHS];
    unsigned epochs, epoch_views;
    struct wview epoch_view[EPOCH_VIEWS];
    bool full;                /* the world has no room: grow and repeat */
    bool failed;              /* JUDGE: this run explains nothing */
    bool capped;              /* a scratch table is full: UNDECIDED */
    struct target target[RUN_TARGETS];
    unsigned targets;
    struct saw saw[RUN_SAW];
    unsigned saws;
    uint32_t saw_bucket[SAW_BUCKETS]; /* 1 + index of the last one; valid only while saws > 0 */
    /* JUDGE: the odometer of choices, notes and cost of this run. */
    uint16_t choice[RUN_DEPTH], choices[RUN_DEPTH];
    unsigned depth, at;
    struct pending_note note[RUN_NOTES];
    unsigned notes;
    uint32_t cost;
    char *arena;              /* texts of notes */
    size_t arena_n, arena_cap;
    const char *const *users;
    struct facts *facts;      /* JUDGE: what was learned of the server, beyond one program */
    /* SERVE */
    const int *chosen;
    int chosen_n;
    bool faulty;              /* a fault is among the chosen */
    const char *shared;       /* names that begin so are all users'; NULL: none */
    const struct model_server_options *host; /* NULL: judging */
    const uint8_t *fuzz;
    size_t fuzz_n, fuzz_at;
    bool fuzz_any; /* it took a CLIENTID that no list can know: from then on it has no policy to refuse by (CID-3.2-d) */
    struct out *out;          /* what goes to the commanding session */
};

/* ---- run.c ---- */
uint32_t verdict_cost(enum verdict v);
/* Notes of the judge; ignored when serving. `say` formats into the run's arena ("" when serving or out of room). */
const char *run_say(struct run *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
struct pending_note *run_note(struct run *r, enum verdict v, int session, uint32_t event, const char *cites,
                              const char *summary);
void run_note_more(struct pending_note *n, const char *seen, const char *allowed);
void run_note_point(struct run *r, enum verdict v, const struct step *s, enum point p, uint32_t context,
                    const char *answer, const char *cites, const char *summary);
/* One of n ways; the judge tries each. When serving: 0. */
unsigned run_fork(struct run *r, unsigned n);
/* Asks a choice point. JUDGE: tries every behaviour whose answer has the reply `word` (and REPLY_NONE), then `other`
 * (NULL). SERVE: the chosen behaviour's answer or the default's. Sets s->answer, point, context, behaviour. Notes CONFORMS
 * or UNDOCUMENTED itself. */
const struct answer *run_choose(struct run *r, struct step *s, enum point p, uint32_t context);
/* SERVE: is fault `op` active at point p? JUDGE: never. */
bool run_fault(struct run *r, enum point p, uint32_t context, enum op op);
/* MATCH and SERVE points when serving: the answer, never NULL. */
const struct answer *run_serve_answer(struct run *r, enum point p, uint32_t context);
/* The behaviour whose recorded answer equals what was seen: the step's tagged word, exactly these ops, and its code, if one
 * has that; -1: none. */
int run_recognise(const struct run *r, enum point p, uint32_t context, const struct step *s, const uint8_t *ops, unsigned n);
enum verdict behaviour_verdict(const struct behaviours *b, int index);
/* The command's tagged word: JUDGE: is it `word`? SERVE: it becomes `word`, true. */
bool says(struct run *r, struct step *s, enum reply word, const char *text);
static inline struct wsession *step_session(const struct run *r, const struct step *s) {
    return w_session(r->w, (unsigned)s->session);
}

/* Did this response come while the step's command was in progress? */
static inline bool heard_during(const struct step *s, const struct heard *h) {
    return h->session == s->session && h->event > s->since && (!s->reply_event || h->event < s->reply_event);
}

/* JUDGE: was the message gone before the batch began? Then no command of it can have seen it alive. */
static inline bool died_before(const struct run *r, uint16_t m) {
    return m < r->before->messages && w_message(r->before, m)->dead;
}

/* ---- act_*.c ---- */
void act(struct run *r, struct step *s);
bool act_session(struct run *r, struct step *s); /* true: it was one of CAPABILITY ... CLIENTID, ENABLE, IDLE, ... */
void act_mailbox(struct run *r, struct step *s); /* SELECT ... STATUS, APPEND */
void act_message(struct run *r, struct step *s); /* FETCH ... EXPUNGE, SEARCH */
void act_copy(struct run *r, struct step *s);
void act_expunge(struct run *r, struct step *s);
/* The messages of the session's view that EXPUNGE names while the command runs, in that order; at most GONE_MAX. */
#define GONE_MAX 4096
unsigned told_gone(const struct run *r, const struct step *s, uint16_t *gone);
void act_search(struct run *r, struct step *s);
/* Does the view's message at index i match the command's keys? 0 no, 1 yes, 2 may be. */
int search_matches(struct run *r, struct step *s, unsigned i);
/* Decodes a mailbox argument; false: too long for us (the run is capped). */
bool mailbox_argument(struct run *r, const struct istring *a, uint8_t *buf, size_t cap, struct slice *out);
uint16_t step_name(struct run *r, struct step *s, const struct istring *a);
/* Whose name it is: the session's user's, or (serving) all users' in common. */
uint8_t step_owner(const struct run *r, const struct step *s, struct slice name);
/* A refusal that the session's doom explains (NO or BAD while its mailbox was taken away): notes it, true. */
bool doomed_refusal(struct run *r, struct step *s);
/* SERVE: no room for `more` messages by the host's limit: answered NO. */
bool mailbox_full(struct run *r, struct step *s, uint16_t box, unsigned more);
/* SERVE: the INTERNALDATE text of a message, without quotes; in buf where it was made up. */
struct slice message_date(const struct run *r, uint16_t m, char buf[40]);
/* 1-Feb-1994 or "01-Feb-1994 ..." as 19940201; 0: no date. */
uint32_t date_day(struct slice text);
/* A session that was to be cut off leaves by itself. What has not been seen to happen is not said to be the practice, unless
 * this server was seen to do so before. */
void left_uncut(struct run *r, unsigned session);
/* JUDGE: what the session saw could not have been under another answer about its mailbox. */
void prove(struct run *r, unsigned session, uint32_t event);
/* JUDGE: does a mailbox have the name again that the session's lost? Whether a server then goes on with it is chance, and
 * no practice of section 3: only what it is told (BYE, EXPUNGE) tells the answers apart. */
bool name_again(const struct run *r, const struct wsession *w);
/* JUDGE: does the command, once its responses were heard, tell the answers apart? */
void weigh(struct run *r, const struct step *s);
void doom_visitors(struct run *r, uint16_t box, int own, enum doom doom, int behaviour, bool own_too);
void lose_track(struct run *r, uint16_t box);
bool sets_seen(const struct imap_command *c); /* FETCH */
bool resolve_targets(struct run *r, struct step *s); /* false: nothing more to do (beyond the view and refused) */
bool refuse_undocumented(struct run *r, struct step *s, const char *summary);

void act_delete(struct run *r, struct step *s, uint16_t box);
void act_rename(struct run *r, struct step *s, uint16_t box, uint16_t to);

/* ---- epoch.c: act(), hear() and judge_answer(), each in the state that the session was in then; sets since_state ---- */
void epochs_plan(struct step *steps, unsigned n);
void epoch_act(struct run *r, struct step *s);
void epoch_hear(struct run *r, const struct heard *h);
void epoch_judge(struct run *r, struct step *s);

/* ---- order.c: a batch gone through command by command ---- */
enum { ORDER_ACT, ORDER_HEAR, ORDER_JUDGE };
/* Writes what is to be done, in order, into plan (2 * n + heards entries): kind and, from bit 2 on, the index of the step or of
 * what was heard. Returns how many; sets each step's since_reply. */
unsigned order_plan(struct step *steps, unsigned n, const struct heard *heard, unsigned heards, uint32_t *plan);

/* ---- hear.c ---- */
void hear(struct run *r, const struct heard *h);
void hear_fetch(struct run *r, const struct heard *h);
uint32_t least_uidnext(const struct run *r, uint16_t box); /* what UIDNEXT must at least be told */
void change_validity(struct run *r, int session, uint32_t event, uint16_t box, uint32_t validity);
void new_validity(struct run *r, uint16_t box, uint32_t validity);
uint32_t item_key(uint8_t att, struct slice section, bool has_origin, uint32_t origin);
void add_saw(struct run *r, const struct saw *s);
const struct saw *find_saw(const struct run *r, int session, uint16_t m, uint32_t key);
const struct saw *find_saw_before(const struct run *r, int session, uint16_t m, uint32_t key, uint32_t event); /* 0: no end */
uint32_t stored_flags(uint32_t old, uint8_t mode, uint32_t flags); /* what STORE leaves */
bool view_extend(struct run *r, int session, uint32_t exists, uint32_t event);
void hear_caps(struct run *r, int session, uint32_t event, uint32_t list, const struct node_pool *nodes,
               bool code);

/* ---- judge_*.c ---- */
void judge_answer(struct run *r, struct step *s);
void judge_session(struct run *r, struct step *s);
void judge_fetch(struct run *r, struct step *s);
void judge_checkpoint(struct run *r, uint32_t event);
/* Was every session told all that a checkpoint asks for (MAP-I5, MAP-I9), and is none about to be cut off? */
bool world_told(const struct world *w);
void judge_list(struct run *r, struct step *s);
void judge_status(struct run *r, struct step *s);

#endif
