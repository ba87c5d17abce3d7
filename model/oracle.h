/* oracle.h: judges one stream of events of any number of sessions against the model.
 *
 * The stream: opened, sent, received, closed, checkpoint, end. Octets are copied into the oracle's own log, so callers may
 * reuse their buffers. t is monotonic, in nanoseconds. Verdicts come through `note`, when they are certain: at the latest
 * in oracle_end. The oracle knows no socket and no clock; a recorded stream can be judged again.
 */
#ifndef ORACLE_H
#define ORACLE_H

#include "behaviour.h"
#include "content.h"

enum verdict { V_CONFORMS, V_AMBIGUOUS, V_UNDOCUMENTED, V_DEVIATES, V_VIOLATES, V_UNDECIDED, V_COUNT };
const char *verdict_name(enum verdict v); /* "CONFORMS" */

/* One thing that the oracle has to say. Texts are valid during the callback only. */
struct note {
    uint8_t verdict;
    int point;            /* enum point, or -1 */
    uint32_t context;
    const char *answer;   /* the behaviour's name, "other", or a matched answer's name; NULL without point */
    const char *cites;    /* ids, separated by blanks */
    const char *summary;  /* one line without numbers that differ from run to run: equal findings have equal summaries */
    const char *seen, *allowed; /* one line each; may be "" */
    uint32_t event;       /* the event it rests on: number of the event since oracle_reset, from 0 */
    int session;
};

struct oracle_options {
    const struct behaviours *behaviours; /* the answers to try; NULL: `other` alone */
    struct content_ops content;
    void (*note)(void *user, const struct note *n);
    void *user;
    uint32_t max_worlds;  /* 0: default 256 */
    uint32_t max_runs;    /* answer programs tried per batch; 0: default 4096 */
    uint8_t dialect;      /* enum dialect; of responses */
    const char *const *users; /* "name:password" known to log in, NULL-terminated; NULL: logins are not judged */
};

struct oracle_counts {
    uint64_t events, commands, responses, unjudged; /* unjudged: responses that no verdict covers */
    uint64_t verdicts[V_COUNT];
    uint64_t worlds_peak, runs;
};

struct oracle;
struct oracle *oracle_new(const struct oracle_options *o); /* NULL: out of memory */
void oracle_free(struct oracle *o);
void oracle_reset(struct oracle *o); /* forget everything: a new program on fresh mailboxes. Counts go on. */
void oracle_forget(struct oracle *o); /* what was learned of the server over programs, too: it is another one from now on */

/* A connection is there; its greeting comes as the first `received`. tls: implicit TLS. */
void oracle_opened(struct oracle *o, int session, uint64_t t, bool tls);
void oracle_tls(struct oracle *o, int session, uint64_t t);           /* STARTTLS: the handshake is done */
/* One whole command with its CRLF, literals in line, handed over at t. IDLE's DONE and AUTHENTICATE's answer lines are
 * `continued`. */
void oracle_sent(struct oracle *o, int session, uint64_t t, const uint8_t *p, size_t n);
void oracle_continued(struct oracle *o, int session, uint64_t t, const uint8_t *p, size_t n);
void oracle_received(struct oracle *o, int session, uint64_t t, const uint8_t *p, size_t n);
/* how: 0 closed by the server (EOF, reset), 1 by us, 2 a limit of ours or a deadline (`text` says which) */
void oracle_closed(struct oracle *o, int session, uint64_t t, int how, const char *text);
void oracle_checkpoint(struct oracle *o); /* after quiescence, NOOP, pause and NOOP in every session */
/* Is nothing outstanding, in no world that explains the trace? Then a checkpoint needs no pause and no second NOOP. */
bool oracle_settled(const struct oracle *o);
void oracle_end(struct oracle *o);        /* the program is over: settle every verdict */
const struct oracle_counts *oracle_counts(const struct oracle *o);

/* What the driver may ask: the UID of the k-th (from 1) message ever put into a mailbox by APPEND, COPY or MOVE as far as
 * the best world knows it; 0: unknown. And the number of messages in a session's view, -1: nothing selected. */
uint32_t oracle_uid(const struct oracle *o, const char *mailbox, uint32_t k);
int oracle_view_size(const struct oracle *o, int session);
/* Has the session not been told of all messages that are in its mailbox, or gone from it? Then a fresh look shows whether
 * the news are late or mail is lost. The mailbox's name as the server knows it, valid until the next event; else empty. */
struct slice oracle_untold(const struct oracle *o, int session);

#endif
