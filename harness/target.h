/* target.h: what TARGET names on the command line: a transport to a server, and the facts that the driver
 * needs. */
#ifndef TARGET_H
#define TARGET_H

#include "behaviour.h"
#include "content.h"
#include "transport.h"

enum target_kind {
    TARGET_MODEL,   /* model, model:B1,B2: in this process, under chosen behaviours */
    TARGET_PRIVATE, /* dovecot, dovecot:mdbox, cyrus, cyrus:immediate: an instance of our own */
    TARGET_URL      /* imap://..., imaps://..., imap+starttls://...: somebody's server; only our mailboxes are
                       touched */
};
enum { SECURE_PLAIN, SECURE_TLS, SECURE_STARTTLS, SECURE_COUNT };

struct target;
struct target_ops {
    bool (*fresh)(struct target *t); /* before each program; the model forgets everything. May be NULL */
    /* Did a process of the server die? Waits up to wait_ms for that to show. true: `text` holds signal or
     * status, and the last log lines. Once true, always true. May be NULL */
    bool (*died)(struct target *t, int wait_ms, char *text, size_t n);
    void (*free)(struct target *t);
};

#define TARGET_USERS 16
struct target {
    const struct target_ops *ops;
    struct transport transport;
    uint8_t kind;
    uint8_t secure; /* how a session is opened unless the program says otherwise: SECURE_... */
    bool can[SECURE_COUNT];
    char name[160];                      /* for people and reports; never holds a password */
    const char *users[TARGET_USERS + 1]; /* "name:password", NULL-terminated */
    int users_n;
    int pause_ms;    /* between the two NOOPs of a checkpoint */
    int reply_ms;    /* deadline of one reply */
    int raw_ms;      /* silence after which a raw line is taken as unanswered */
    bool inbox;      /* programs may use INBOX */
    bool clean;      /* mailboxes must be deleted when a program is over */
    char prefix[64]; /* of this run's mailboxes: "" or "imapdiff-RUN"; then the separator and the program's
                        own */
    struct behaviours *behaviours; /* all that are loaded, or NULL; borrowed */
    struct content_ops content;
    void *self; /* the kind's own */
};

struct target_options {
    struct behaviours *behaviours; /* for model:B; borrowed */
    struct content_ops content;
    uint64_t seed;
    const char *const *users; /* --user NAME:PASSWORD, NULL-terminated; NULL: none */
    bool allow_inbox;
    const char *folder; /* below which private servers keep their things; NULL: build/ or the system's
                           temporary one */
    const struct transport_events *events;
};

/* Starts or reaches for what `name` says. NULL: one line in err; *usage tells a wrong name (exit status 2)
 * from a target that cannot be reached or started (3). */
struct target *target_open(const char *name, const struct target_options *o, char *err, size_t errlen,
                           bool *usage);
void target_free(struct target *t); /* ends the private server; NULL does nothing */

/* The name as it may be shown: a URL without its password. Returns dst. */
const char *target_label(const char *name, char *dst, size_t cap);

/* Names that target_open knows beside URLs; the last is NULL: "model", "dovecot:maildir", ... with a line of
 * explanation. */
struct target_name {
    const char *name, *what;
};
extern const struct target_name target_names[];

/* One constructor per kind: fill `t`, false with err. */
bool target_open_model(struct target *t, const char *chosen, const struct target_options *o, char *err,
                       size_t errlen, bool *usage);
bool target_open_private(struct target *t, const char *name, const struct target_options *o, char *err,
                         size_t errlen, bool *usage);
bool target_open_url(struct target *t, const char *url, const struct target_options *o, char *err,
                     size_t errlen, bool *usage);

#endif
