/* drive_priv.h: what the driver's files share: sessions, the words it replaces, the log. */
#ifndef DRIVE_PRIV_H
#define DRIVE_PRIV_H

#include "drive.h"

struct grow {
    uint8_t *p;
    size_t n, cap;
    bool bad;
}; /* octets that grow; bad: memory ran out */
void grow_put(struct grow *g, const void *p, size_t n);

enum session_state { SESSION_NONE, SESSION_CONNECTING, SESSION_GREETING, SESSION_OPEN, SESSION_ENDED };
#define PENDING_MAX 256
#define TAG_MAX     64
struct pending {
    char tag[TAG_MAX];
    char what[24]; /* the command's first word, for the deadline's text */
    bool raw, idle, authenticate, starttls;
    uint32_t serial;
};
struct session {
    uint8_t state, user;
    bool tls, securing; /* TLS is there; its handshake after STARTTLS goes on */
    bool preauth, bye;
    bool logged_in;  /* by the driver itself, or PREAUTH */
    bool spoilt;     /* our own octets in clear stand behind STARTTLS: the handshake may well fail */
    bool starttls;   /* its capabilities have STARTTLS */
    bool capability; /* the server told its capabilities since connecting, TLS or login, whichever was last */
    bool idling, challenge; /* a `+` came for IDLE, for AUTHENTICATE */
    bool go_ahead;          /* a `+` came */
    bool current_done;      /* the command last sent has its tagged reply */
    bool mute;              /* housekeeping: what it says goes neither to the oracle nor to the log */
    uint32_t current;       /* the serial of that command: raw lines may share a tag */
    char word[4];  /* the last tagged reply's word: "OK", "NO", "BAD", else "" */
    uint32_t tags; /* given so far */
    struct pending pending[PENDING_MAX];
    uint32_t pendings;
    struct grow answers; /* mute: responses, one behind the other */
};
#define HOUSEKEEPING       (TRANSPORT_SESSIONS - 1) /* for user 1; user 2 has the one below, and so on */
#define HOUSEKEEPING_USERS 8

struct names {
    char name[32][24]; /* abstract mailbox names */
    int n;
};

struct drive {
    struct drive_options o;
    struct transport_events events;
    struct target *target;
    const struct transport_ops *net;
    void *self;
    struct session session[TRANSPORT_SESSIONS];
    struct drive_log log;
    struct drive_counts counts;
    const struct program *program;
    struct names names;
    uint32_t line;       /* at work */
    char prefix[80];     /* of this run, with separator: "" or "imapdiff-RUN/" */
    char separator;      /* 0: not asked yet */
    uint32_t users;      /* bits: users that this program logged in */
    uint32_t made;       /* bits: users for whom the folder imapdiff-RUN was made */
    uint32_t inbox_seen; /* bits: users whose INBOX was found empty at first (URL) */
    char mute_text[300]; /* how a housekeeping session ended last; "" */
    uint64_t give_up;    /* ns; no wait goes on longer; 0: no such limit */
    uint64_t clean_end;  /* ns; of drive_clean; 0: it is not at work */
    char left[80];       /* drive_clean's */
    bool starttls_failed, starttls_off;
    bool dead; /* a process of the server died in this program; how: */
    char obituary[1200];
    char capabilities[2048]; /* drive_capabilities; "" before */
    enum drive_end end;
    char text[400];
    struct grow wire, trace; /* the line being sent, on the wire and as a trace shows it */
};

/* drive_text.c: words replaced. */
void names_of(struct names *names, const struct program *p);
struct words { /* what expand needs to know; the driver fills it live, judge_trace offline */
    const struct names *names;
    const char *box; /* before an abstract name */
    char separator;
    bool live; /* values are worked out; else the recorded ones are used */
    const char *const *users;
    int users_n;
    const struct oracle *oracle;
    int session;
};
/* Appends `text` with words replaced to *wire, and with values filled in (`$uid(FOO,3)=17`) to *trace (may be
 * NULL). */
bool expand(const struct words *w, struct slice text, struct grow *wire, struct grow *trace);
/* The opposite for what was received: `box` before an abstract name goes. */
bool abstract(const struct names *names, const char *box, struct slice wire, struct grow *out);
/* Length of a literal announcement `{N}` or `{N+}` (or `~{N}`) that ends at s.n (before a CRLF); its size in
 * *n. 0: none. */
size_t literal_at_end(struct slice s, uint64_t *n, bool *plus);

/* drive_log.c */
void log_reset(struct drive_log *log);
void log_keep(struct drive_log *log, const void *octets, size_t n, uint32_t *at, uint32_t *kept);
struct event *log_event(struct drive_log *log, enum event_kind kind, int session, uint64_t t,
                        const void *octets, size_t n);

/* drive_session.c: one session. */
bool until(struct drive *d, bool (*done)(struct drive *d, int session), int session, int ms);
bool replied(struct drive *d,
             int session); /* nothing outstanding that must be awaited, or the session is over */
bool never(struct drive *d, int session);
/* Opens unless open; waits until it is ready. false: the program cannot go on (d->end says why). */
bool session_open(struct drive *d, int session, int user, enum line_tls tls, bool login);
/* Sends a line as programs have them. false: the program cannot go on. */
bool session_send(struct drive *d, int session, struct slice text, uint8_t flags);
bool session_settle(struct drive *d, int session); /* ends IDLE and a challenge, awaits what is outstanding */
void session_close(struct drive *d, int session);
void drive_fail(struct drive *d, enum drive_end end, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void drive_note(struct drive *d, int session, const char *cites, const char *summary, const char *seen,
                const char *allowed);

/* drive.c: did a process of the server die (d->obituary)? Waits up to wait_ms for that to show. */
bool drive_dead(struct drive *d, int wait_ms);

/* drive_events.c: what the transport tells. */
extern const struct transport_events drive_events_template;
/* OK to STARTTLS, and then no handshake: `how` and `text` say what came instead. */
void drive_no_tls(struct drive *d, int session, enum closed_how how, const char *text);

/* drive_clean.c: mailboxes that are not the program's own. */
bool clean_first(struct drive *d); /* once: separator, folder's name */
bool clean_before(struct drive *d,
                  const struct program *p); /* the folder; INBOX emptied where the program uses it */
void clean_after(struct drive *d, const struct program *p);

#endif
