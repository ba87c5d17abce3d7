/* generate_priv.h: what the generator's files share: the random numbers, the cheap prediction of state,
 * commands that keep it.
 *
 * Never call the random numbers twice in one expression or argument list: the order would be the compiler's.
 */
#ifndef GENERATE_PRIV_H
#define GENERATE_PRIV_H

#include "behaviour.h"
#include "generate.h"

#define G_BOXES    12
#define G_MESSAGES 48 /* in a mailbox; sets of them are bit masks */
#define G_SESSIONS 8
#define G_AIMS     256
#define G_TEXT     (80u * 1024)

enum g_box_state { G_LIVE = 1, G_GONE /* deleted; there may be a ghost */ };
struct g_box {
    char name[16]; /* as programs write it; the last one it had when GONE */
    uint8_t state;
    uint8_t n;              /* messages ever put in; $uid(NAME,n) is the last */
    uint64_t dead, deleted; /* bit k: message k is expunged, has \Deleted */
};

enum g_session_state { G_CLOSED, G_NONAUTH, G_AUTH, G_SELECTED };
struct g_session {
    uint8_t state;
    int8_t box; /* G_SELECTED: index */
    bool read_only, idle;
    bool lost; /* its mailbox was deleted or renamed: it may have ended or been told anything */
    bool used; /* it was open at some time in this program */
    uint8_t n; /* its view: messages of the mailbox, as it should know them */
    uint8_t view[G_MESSAGES];
};

struct generator;
struct g_row {        /* one line of the table */
    int point;        /* -1: a theme */
    const char *part; /* words that the context's text must hold; "" is any. A theme's name */
    void (*build)(struct generator *g); /* NULL: unreachable, `why` says why */
    uint32_t needs;                     /* families */
    uint8_t weight;                     /* how often in a round; 0 is 1 */
    bool inbox;                         /* needs allow_inbox */
    bool starttls;                      /* needs STARTTLS */

    const char *why;
};
extern const struct g_row g_table[];
extern const uint32_t g_table_n;
const struct g_row *g_row_of(int point, uint32_t context); /* first line that fits, NULL: none */

struct g_aim {
    const struct g_row *row;
    uint32_t context;
};

struct generator {
    struct generator_options o;
    uint64_t seed, n, forms; /* the next program; the next of generator_forms */
    uint64_t random[4];
    struct g_aim aim[G_AIMS];
    uint32_t aims;
    uint64_t round; /* whose order this is, + 1 */
    uint16_t order[G_AIMS];
    /* the program at hand */
    struct program *out;
    uint64_t number;
    struct g_aim now;
    char name[160];
    struct g_box box[G_BOXES];
    int boxes;
    uint32_t names_used; /* bits of g_names */
    struct g_session ses[G_SESSIONS + 1];
    int actors; /* sessions 1 .. actors act; the next one verifies */
    uint32_t commands, marks, errors;
    bool plus; /* the next command is pipelined */
    bool failed;
    size_t text_n; /* the line being composed */
    char text[G_TEXT];
};

/* ---- generate.c ---- */
void g_reset(struct generator *g, struct program *out); /* an empty program, nothing believed */

/* ---- generate_random.c ---- */
void g_seed(struct generator *g, uint64_t seed, uint64_t n);
uint64_t g_random(struct generator *g);
uint32_t g_below(struct generator *g, uint32_t n);  /* 0 .. n-1; n > 0 */
int g_between(struct generator *g, int lo, int hi); /* both included */
bool g_chance(struct generator *g, uint32_t percent);
uint64_t g_subset(struct generator *g, uint64_t of,
                  bool proper); /* not empty; proper: not all of it (if it has two) */
const char *g_pick(struct generator *g, const char *const *list, uint32_t n);
#define G_PICK(g, list) g_pick(g, list, sizeof(list) / sizeof *(list))

/* ---- generate_text.c: composing a line in g->text ---- */
void put(struct generator *g, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void put_fill(struct generator *g, char c, size_t n);
void put_name(struct generator *g, const char *name); /* atom, quoted or literal */
/* The messages of `mask` as session s numbers them; by UID as $uid(). Odd forms where `odd`. An empty
 * mask: 1. */
void put_set(struct generator *g, int s, bool uid, uint64_t mask, bool odd);
enum g_item { G_FLAGS, G_META, G_BODY };
void put_items(struct generator *g, enum g_item item);
void put_flag_list(struct generator *g, bool deleted_too); /* "(\Seen work)", never \Deleted unless asked */
void put_search(struct generator *g, int s, bool content);
void put_some_search(struct generator *g, int s);
void put_status_items(struct generator *g);
/* `{n}CRLF message`, with the next mark. */
void put_message(struct generator *g);
void put_id_list(struct generator *g); /* a valid one within the limits */

/* ---- generate_state.c: one command each, and what it is believed to do ---- */
/* Sends what was composed, as session s; opens it in the prediction. */
void emit(struct generator *g, int s);
void emit_text(struct generator *g, int s, const char *text);
bool g_room(const struct generator *g); /* more commands fit */
uint64_t g_living(const struct generator *g, int box);
uint64_t g_view(const struct generator *g, int s);   /* messages in the view, as a mask */
uint64_t g_untold(const struct generator *g, int s); /* those of them that are gone */
void g_told(struct generator *g, int s);
const char *g_free_name(struct generator *g); /* never used before; NULL: none left */
int g_free_session(struct generator *g);      /* an actor that was not used yet, else any but 1 */
int g_other(struct generator *g, int s);      /* some actor that is not s (if there is one) */
int g_box_of(const struct generator *g, const char *name); /* live; -1 */
int g_other_box(struct generator *g, int s,
                int box); /* a live mailbox that is not `box`; made if need be; -1 */

int do_create(struct generator *g, int s, const char *name); /* index; -1: no room */
int do_mailbox(struct generator *g, int s,
               int messages); /* CREATE of a fresh name, APPENDs; -1: no name left */
void do_append(struct generator *g, int s, int box);
void do_enter(struct generator *g, int s, int box, bool examine);
void do_delete(struct generator *g, int s, int box);
void do_rename(struct generator *g, int s, int box, const char *to);
void do_fetch(struct generator *g, int s, bool uid, uint64_t mask, enum g_item item);
enum g_store { G_SET, G_ADD, G_REMOVE };
void do_store(struct generator *g, int s, bool uid, uint64_t mask, enum g_store mode, bool silent);
void do_mark_deleted(struct generator *g, int s, uint64_t mask);
void do_search(struct generator *g, int s, bool uid, bool content);
void do_copy(struct generator *g, int s, bool move, bool uid, uint64_t mask, int to);
/* The same, the rest left to chance. */
void do_some_store(struct generator *g, int s, uint64_t mask);
void do_some_search(struct generator *g, int s);
void do_some_copy(struct generator *g, int s, uint64_t mask, int to);
void do_expunge(struct generator *g, int s);
void do_uid_expunge(struct generator *g, int s, uint64_t mask);
void do_close(struct generator *g, int s);
void do_unselect(struct generator *g, int s);
void do_noop(struct generator *g, int s);
void do_idle(struct generator *g, int s);
void do_done(struct generator *g, int s);
void do_status(struct generator *g, int s, const char *name);
void do_list(struct generator *g, int s);
void do_end(struct generator *g, int s); /* LOGOUT, or our side closes */
void do_open(struct generator *g, int s, enum line_tls tls, bool login);
/* Expunges the messages of `mask` in the mailbox that s has selected: flags and removal in one of many ways.
 * `told` may set the flags instead of s. */
void do_remove(struct generator *g, int s, uint64_t mask, int flagger);

/* ---- generate_noise.c ---- */
void g_noise(struct generator *g, int n); /* up to n commands that fit the state */
/* What shows after a session met expunged messages, or after a mailbox was deleted or renamed. */
void g_reveal(struct generator *g, int s, int box);
void g_verify(struct generator *g);

/* ---- builders: the context is g->now ---- */
bool g_is(const struct generator *g, const char *field, const char *value);

/* generate_expunged.c */
void build_fetch(struct generator *g);
void build_store(struct generator *g);
void build_search(struct generator *g);
void build_copy(struct generator *g);
void build_expunge(struct generator *g);
void build_range(struct generator *g);
void build_unannounced(struct generator *g);
void build_many_views(struct generator *g);
void build_read_only(struct generator *g);
void build_same_mailbox(struct generator *g);
void build_crowd(struct generator *g);

/* generate_in_use.c */
void build_delete(struct generator *g);
void build_rename(struct generator *g);
void build_recycled(struct generator *g);
void build_status(struct generator *g);
void build_recreate(struct generator *g);
void build_rename_chain(struct generator *g);
void build_subscriptions(struct generator *g);
void build_hierarchy(struct generator *g);
void build_inbox(struct generator *g);

/* generate_session.c */
void build_error(struct generator *g);
void build_unsolicited(struct generator *g);
void build_recent(struct generator *g);
void build_select_failed(struct generator *g);
void build_login_refused(struct generator *g);
void build_authenticate(struct generator *g);
void build_pipeline(struct generator *g);
void build_walk(struct generator *g);
void build_starttls(struct generator *g);
void build_injection(struct generator *g);

/* generate_id.c */
void build_id(struct generator *g);
void build_id_limits(struct generator *g);
void build_id_forms(struct generator *g);
void build_id_service(struct generator *g);
void build_id_malformed(struct generator *g);
void build_clientid(struct generator *g);
void build_clientid_type(struct generator *g);
void build_clientid_forms(struct generator *g);
void build_clientid_wrong(struct generator *g);

#endif
