/* drive.h: runs programs on a target: any number of sessions, one program at a time, every octet told to the
 * oracle.
 *
 * A command is sent alone and its tagged reply awaited while all sessions are read, unless its line says `+`.
 * The driver opens sessions (greeting, CAPABILITY where none was given, LOGIN), assigns tags (a1, a2, ... for
 * session 1, b1 for session 2), stops at synchronizing literals, ends IDLE when the next command comes,
 * answers AUTHENTICATE, starts TLS after STARTTLS's OK, and deletes what it made. Events go to the oracle in
 * their true order, and to a log that turns into a trace. The number of an event in the log is the oracle's
 * (struct note.event).
 */
#ifndef DRIVE_H
#define DRIVE_H

#include "oracle.h"
#include "program.h"
#include "target.h"

enum event_kind { EV_OPENED, EV_TLS, EV_SENT, EV_CONTINUED, EV_RECEIVED, EV_CLOSED, EV_CHECKPOINT };
struct event {
    uint8_t kind, session;
    uint8_t how;           /* CLOSED: as oracle_closed; OPENED: enum line_tls */
    uint8_t flags;         /* SENT: enum line_flag */
    uint8_t user;          /* OPENED */
    bool login;            /* OPENED: with the automatic login */
    uint32_t line;         /* the program's line that was at work; SENT: that was sent */
    uint64_t t;            /* ns */
    uint32_t at, n;        /* SENT, CONTINUED, RECEIVED: the wire in log.octets; CLOSED: the text */
    uint32_t text, text_n; /* SENT, CONTINUED: as a program writes it, values filled in, in log.octets */
};
struct drive_log {
    struct event *event;
    uint32_t n, cap;
    uint8_t *octets;
    uint32_t used, octets_cap;
    char box[96];   /* what stands before abstract names: "p17" or "imapdiff-RUN/p17" */
    char separator; /* 0: not known */
    bool full;      /* LOG_OCTETS_MAX: the rest was not kept */
};
#define LOG_OCTETS_MAX (64u << 20)

enum drive_end {
    DRIVE_DONE,        /* the program ran to its end */
    DRIVE_STOPPED,     /* `*stop` was set */
    DRIVE_UNREACHABLE, /* could not connect, no greeting, or no login */
    DRIVE_SILENT,      /* a deadline or a limit of ours ended a session: text says which */
    DRIVE_DIED,        /* the private server's process ended */
    DRIVE_MEMORY
};
const char *drive_end_name(enum drive_end e);

struct drive_counts {
    uint64_t programs, commands, responses, octets_out, octets_in, sessions,
        skipped; /* skipped: lines of ended sessions */
};

struct drive_options {
    struct oracle *oracle; /* told everything; NULL: nobody */
    /* Findings that the driver makes itself: octets left before TLS, a server that died. */
    void (*note)(void *user, const struct note *n);
    void *user;
    const volatile int *stop; /* set by a signal; may be NULL */
    int pause_ms;             /* checkpoint; < 0: the target's */
    bool overlap;             /* do not await one session's `+` commands before another session sends */
};

struct drive;
struct drive *drive_new(void); /* NULL: out of memory */
/* For target_open: the driver is who listens. */
const struct transport_events *drive_events(struct drive *d);
void drive_attach(struct drive *d, struct target *t, const struct drive_options *o);
/* Forgets the target, which may then be freed and another attached; the counts go on. */
void drive_detach(struct drive *d);
void drive_free(struct drive *d); /* not the target */

/* Runs one program as number `number` of this run (its mailboxes' names hold it). Resets and ends the oracle.
 */
enum drive_end drive_run(struct drive *d, const struct program *p, uint32_t number);
/* Why the last run did not end with DRIVE_DONE; one line. */
const char *drive_text(const struct drive *d);
const struct drive_log *drive_log(const struct drive *d); /* of the last program, or of the running one */
const struct drive_counts *drive_counts(const struct drive *d);
/* The capabilities that the server tells before login (over TLS where it can) and after, separated and
 * surrounded by blanks, in upper case: " IMAP4REV1 ID IDLE ". Valid as long as d. NULL: unreachable,
 * drive_text says why. */
const char *drive_capabilities(struct drive *d);
/* Did the server say OK to STARTTLS and then not speak TLS? drive_without_starttls has programs do without it
 * from then on: to replay the finding it must be left on. */
bool drive_starttls_failed(const struct drive *d);
void drive_without_starttls(struct drive *d);
/* Deletes what this run left on the server: the folder imapdiff-RUN too; for after a signal too. Gives up
 * when the server is silent for CLEAN_SILENT_MS, or after CLEAN_MS. What may be left: "imapdiff-RUN"; "" when
 * nothing is. Valid as long as d. */
#define CLEAN_SILENT_MS 6000
#define CLEAN_MS        30000
const char *drive_clean(struct drive *d);

/* The log's first n events as a trace (header to be set by the caller). `from` is the program that ran: its
 * comments and
 * @mailbox lines are kept. false: out of memory. */
bool log_trace(const struct drive_log *log, uint32_t n, const struct program *from, struct program *out);

/* Judges a trace's recorded stream again, without a server. false with err: the trace holds no recorded
 * stream. */
bool judge_trace(const struct program *trace, struct oracle *o, char *err, size_t errlen);

#endif
