/* scenario.h: scenarios: Lua files that pin one practice each, run as programs and compared with the replies.
 *
 * A file in lua/scenario returns `scenario { ... }` with these fields:
 *
 *   name    = "fetch-expunged-partial"
 *   cites   = "MAP-4.1.2-a MAP-I9"   ids, separated by blanks
 *   play    = [=[ ... ]=]            a program (program.h) with `S1:` lines; or a table of several
 *   given   = { FOO = { messages = 7, deleted = "4:7", open_in = {1, 2} } }
 *           Mailboxes that are made before each play. Also: seen, flagged, answered, draft = "1:3";
 *           examine_in = {3}; by = 1, the session that makes it. The marks (Subjects) are foo1, foo2, ...
 *   needs   = "ID UIDPLUS"           capabilities; and PLAIN, TLS, STARTTLS, SECURE, INBOX, USERS2 to USERS9;
 *           !X: X must not be there. Else the scenario is "not offered". With SECURE, which CLIENTID implies,
 *           sessions whose @open does not say how are opened under TLS.
 *   applies = [=[ ... ]=]            a play that must go as written, else the scenario is "not offered"
 *   must, should = true              a play that does not go as written is itself a finding, VIOLATES or
 *           DEVIATES. It cites the ids of the last comment above the line that differs, else `cites`.
 *   any     = true                   of several plays, one that goes as written is enough
 *   compare = "all"                  the replies of several plays must be equal, but for those to ID and
 *           CLIENTID, the values of codes, and texts for people
 *           "last"                   the last command's replies alone, texts and all
 *           "refused"                the same, where it was refused
 *
 * How an `S1:` line is matched. The lines between two commands of a session are a group; pipelined commands and
 * IDLE with its DONE are one group. Nothing is compared in a group without `S` lines, and no tagged reply where
 * no line is about one. Tagged replies stand in the order of their commands, untagged responses in any. `x4`, `?`
 * and `!` are as in program.h; `...` is any text; letters are compared without case; a quoted string, a literal
 * and an atom of the same octets are equal.
 *
 *   OK, NO, BAD, * BYE, +            whatever text follows; NO|BAD is either
 *   * 4 EXPUNGE                      by the effect of all of them on the view (T-MAP-19), not by their numbers
 *   * SEARCH 1 2                     as a set
 *   * CAPABILITY A B ...             holds at least A and B; a code of OK counts, too
 *   * 3 FETCH (FLAGS (a) UID ...)    items in any order; flags as a set without Recent; UID or FLAGS more do
 *                                    not matter
 *   ...                              permits any responses more
 *   @close S1                        the server ends the session
 *
 * Other responses that no line expects make the play differ, but for EXISTS, RECENT, FLAGS, OK, CAPABILITY, and
 * flags that FETCH tells behind a command that is neither FETCH nor STORE.
 */
#ifndef SCENARIO_H
#define SCENARIO_H

#include "check.h"

struct scenario;
struct scenarios;
/* The file, or all *.lua in the folder, in name order, whose `name` matches the glob (NULL: all). NULL: one line in err. A
 * folder that is not there is an empty set. */
struct scenarios *scenarios_load(const char *folder, const char *glob, char *err, size_t errlen);
/* Does the word of --scenario name a file or folder of one's own (it has a / or ends in .lua), not a pattern? */
bool scenario_is_file(const char *word);
void scenarios_free(struct scenarios *s); /* NULL is fine */
uint32_t scenarios_count(const struct scenarios *s);
const struct scenario *scenarios_at(const struct scenarios *s, uint32_t i);
const char *scenario_name(const struct scenario *s);
const char *scenario_cites(const struct scenario *s);
const char *scenario_doc(const struct scenario *s); /* first line of the file's `---` comment */
/* Its plays with `given` as lines before them; the k-th, from 0. NULL behind the last. */
const struct program *scenario_program(const struct scenario *s, uint32_t k);

/* What a target offers. */
struct scenario_host {
    const char *capabilities; /* as drive_capabilities gives them: " IMAP4REV1 ID " */
    bool can[SECURE_COUNT];
    uint8_t secure; /* SECURE_...: how sessions are opened by default */
    int users;
    bool inbox;
};
/* What the oracle and the driver had to say during one scenario. */
struct scenario_ear {
    uint32_t heard[V_COUNT];
    char cites[V_COUNT][120], summary[V_COUNT][160];
};
void scenario_hear(struct scenario_ear *e, const struct note *n);

/* Whoever can run programs. In check_target.c:
 *   one(r, p) is `play`, drive_log(r->drive) is `log`, on_note is `note`; and on_note calls
 *   `if (r->scenario) scenario_hear(&r->scenario->ear, n);` while a scenario runs. */
struct scenario_runner {
    bool (*play)(void *user, const struct program *p); /* runs it; false: the whole run is over */
    const struct drive_log *(*log)(void *user);        /* of the program that ran last */
    void (*note)(void *user, const struct note *n);    /* a finding of the scenario's own (must, should) */
    void *user;
    struct scenario_ear ear;
};
/* Runs one scenario and fills *out: PASS "as written", OTHERWISE "conforms, by MAP-4.1.1-a" or "differs:
 * DEVIATES MAP-I5", NOT_OFFERED "not offered: CLIENTID", FAIL "VIOLATES ...". false: the run is over (out is
 * filled). */
bool scenario_run(const struct scenario *s, const struct scenario_host *h, struct scenario_runner *r,
                  struct scenario_outcome *out);

#endif
