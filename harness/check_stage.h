/* check_stage.h: a target with the driver and the oracle on it, ready to run programs; check, replay and
 * shrink stand on it. */
#ifndef CHECK_STAGE_H
#define CHECK_STAGE_H

#include "check.h"
#include "content_mime.h"

struct stage {
    /* set by the caller; note and user may change between programs */
    const char *name;              /* of the target, as given */
    const struct check_options *o; /* seed, users, allow_inbox, behaviours */
    const volatile int *stop;
    void (*note)(void *user, const struct note *n);
    void *user;
    /* the stage's own */
    struct content *content;
    struct behaviours *behaviours;
    struct drive *drive;
    struct target *target;
    struct oracle *oracle;
    char *login[TARGET_USERS + 1]; /* the target's users; the oracle outlives an instance */
    uint32_t number;               /* of the last program, from 1 */
    char left[80];                 /* stage_close: the folder that may be left on the server; "" */
};

/* Loads behaviours, opens the target. false: one line in err, and *status is the exit status for it;
 * stage_close is still due. */
bool stage_open(struct stage *s, int *status, char *err, size_t errlen);
/* A new instance in place of the old one (which may be dead). false: one line in err. */
bool stage_restart(struct stage *s, char *err, size_t errlen);
/* Runs one program; notes go to s->note. */
enum drive_end stage_run(struct stage *s, const struct program *p);
void stage_close(struct stage *s); /* deletes what the run made on the server, ends private servers */

/* What a trace says it shows: `# expect: VIOLATES MAP-I3 MAP-4-a`, `# summary: ...`. */
struct expectation {
    int verdict;       /* -1: nothing */
    char clauses[200]; /* one of them must be cited; "": any */
    char summary[232]; /* must be equal where it is given; "": any */
};
/* false: there is an `expect` that cannot be read. */
bool expectation_read(const struct program *trace, struct expectation *e);
bool expectation_met(const struct expectation *e, const struct note *n, bool with_summary);

#endif
