/* scenario.h: scenarios: Lua files that pin one practice each, run as programs and compared with what came back.
 *
 * A file in lua/scenario returns `scenario { ... }` with these fields:
 *
 *   name    = "fetch-expunged-partial"
 *   cites   = "MAP-4.1.2-a MAP-I9"       ids, separated by blanks
 *   play    = [=[ ... ]=]                a program (program.h) with `S1:` lines; or a table of several
 *   given   = { FOO = { messages = 7, deleted = "4:7", seen = "1", flagged = "2", answered = "3", draft = "1", open_in = {1, 2}, examine_in = {3}, by = 1 } }
 *           mailboxes that session `by` (1) makes before each play, and who selects them
 *   needs   = "ID UIDPLUS"               capabilities; and PLAIN, TLS, STARTTLS, SECURE (a target that can be reached so; sessions whose
 *                                        @open does not say how are then opened under TLS), INBOX, USERS2 to USERS9. `!X`: X must not be
 *                                        offered. Where one is not there the scenario is "not offered". CLIENTID implies SECURE
 *   applies = [=[ ... ]=]                a play that must go as written, else the scenario is "not offered"
 *   must, should = true                  a play that does not go as written is itself a finding, VIOLATES or DEVIATES. It cites
 *                                        the ids of the last comment above the line that differs, else `cites`
 *   any     = true                       with several plays: one that goes as written is enough
 *   compare = "all", "last", "refused"   with several plays: their replies must be equal (ID and CLIENTID commands left out): all, without
 *                                        the text for people; the last command's, with it; the last command's if it was refused
 *
 * How an `S1:` line is matched. The lines between two commands of a session are a group; pipelined commands and IDLE with its
 * DONE are one group. Nothing is compared in a group without `S` lines, and no tagged reply where no line is about one. Within a
 * group tagged replies stand in the order of their commands, untagged responses in any. `x4`, `?`, `!` as in program.h; `...` is any text; letters are compared without case; a quoted string,
 * a literal and an atom of the same octets are equal.
 *   OK, NO, BAD, * BYE, +    whatever text follows; `NO|BAD` is either
 *   * 4 EXPUNGE              by the effect of all of them on the view (T-MAP-19), not by their numbers
 *   * SEARCH 1 2             as a set; * CAPABILITY A B ...   holds at least A and B, in the response or as a code of OK
 *   * 3 FETCH (FLAGS (\Seen) ENVELOPE ...)   items in any order; flags as a set without \Recent; UID or FLAGS more do not matter
 * Responses that no line expects make it differ, but for EXISTS, RECENT, FLAGS, OK, CAPABILITY, and flags that FETCH tells behind a
 * command that is neither FETCH nor STORE. `S1: ...` permits any more.
 * `@close S1` expects that the server ends the session.
 */
#ifndef SCENARIO_H
#define SCENARIO_H

#include "check.h"

struct scenario;
struct scenarios;
/* All *.lua in the folder, in name order, whose `name` matches the glob (NULL: all). NULL: one line in err. A folder that is not
 * there is an empty set. */
struct scenarios *scenarios_load(const char *folder, const char *glob, char *err, size_t errlen);
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
    uint8_t secure;           /* SECURE_...: how sessions are opened by default */
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
    bool (*play)(void *user, const struct program *p);   /* runs it; false: the whole run is over */
    const struct drive_log *(*log)(void *user);          /* of the program that ran last */
    void (*note)(void *user, const struct note *n);      /* a finding of the scenario's own (must, should) */
    void *user;
    struct scenario_ear ear;
};
/* Runs one scenario and fills *out: PASS "as written", OTHERWISE "conforms, by MAP-4.1.1-a" or "differs: DEVIATES MAP-I5",
 * NOT_OFFERED "not offered: CLIENTID", FAIL "VIOLATES ...". false: the run is over (out is filled). */
bool scenario_run(const struct scenario *s, const struct scenario_host *h, struct scenario_runner *r,
                  struct scenario_outcome *out);

#endif
