/* test_oracle.c: short transcripts with the verdict that the documents give them; caps; recovery after a
 * violation. */
#include "canned.h"
#include "failed.h"
#include "play.h"

#include <stdlib.h>
#include <string.h>

struct heard_notes {
    unsigned n[V_COUNT];
    char violates[400]; /* cites and summary of the first */
    char undecided[200];
};

static void on_note(void *user, const struct note *n) {
    struct heard_notes *h = user;
    if (n->verdict == V_VIOLATES && !h->n[V_VIOLATES])
        snprintf(h->violates, sizeof h->violates, "%s: %s", n->cites, n->summary);
    if (n->verdict == V_UNDECIDED && !h->n[V_UNDECIDED])
        snprintf(h->undecided, sizeof h->undecided, "%s", n->summary);
    h->n[n->verdict]++;
}

static struct heard_notes notes;

static struct oracle *start(uint32_t worlds, uint32_t runs) {
    struct oracle_options o = {.content = canned_ops(),
                               .note = on_note,
                               .user = &notes,
                               .dialect = DIALECT_3501,
                               .max_worlds = worlds,
                               .max_runs = runs};
    memset(&notes, 0, sizeof notes);
    return oracle_new(&o);
}

#define IN(n, t) "+" n "\nS" n ": * OK hello\nC" n ": " t "1 LOGIN u1 pw\nS" n ": " t "1 OK in\n"
#define SELECT(n, t, k)                                                                                      \
    "C" n ": " t "2 SELECT INBOX\nS" n ": * FLAGS (\\Deleted \\Seen)\nS" n ": * " k " EXISTS\nS" n           \
    ": * 0 RECENT\n"                                                                                         \
    "S" n ": * OK [UIDVALIDITY 7] x\nS" n ": " t "2 OK [READ-WRITE] done\n"
#define TWO                                                                                                  \
    IN("1", "a")                                                                                             \
    SELECT("1", "a", "3")                                                                                    \
    IN("2", "b")                                                                                             \
    SELECT("2", "b", "3")                                                                                    \
    "C1: a3 FETCH 1:3 (UID FLAGS)\nS1: * 1 FETCH (UID 1 FLAGS ())\nS1: * 2 FETCH "                           \
    "(UID 2 FLAGS ())\nS1: * 3 FETCH (UID 3 FLAGS ())\nS1: a3 OK x\n"
#define GONE                                                                                                 \
    TWO "C1: a4 STORE 2 +FLAGS.SILENT (\\Deleted)\nS1: a4 OK x\nC1: a5 EXPUNGE\nS1: * 2 EXPUNGE\nS1: a5 OK " \
        "x\n"

#define LAST_GONE                                                                                            \
    TWO "C1: a4 STORE 3 +FLAGS.SILENT (\\Deleted)\nS1: a4 OK x\nC1: a5 EXPUNGE\nS1: * 3 EXPUNGE\nS1: a5 OK " \
        "x\n"
#define MOVED                                                                                                \
    IN("1", "a")                                                                                             \
    SELECT("1", "a", "3")                                                                                    \
    "C1: a3 UNSELECT\nS1: a3 OK x\nC1: a4 RENAME INBOX FOO\nS1: a4 OK x\nC1: a5 SELECT "                     \
    "FOO\nS1: * FLAGS ()\nS1: * 3 EXISTS\nS1: * 0 RECENT\nS1: a5 OK x\n"
#define APPEND(n, t) "A" n ": " t "\n"

static const struct {
    const char *name, *script, *cites; /* NULL: no VIOLATES */
} cases[] = {
    {"nothing happens", TWO "C2: b3 NOOP\nS2: b3 OK x\n", NULL},
    {"EXPUNGE told at NOOP", GONE "C2: b3 NOOP\nS2: * 2 EXPUNGE\nS2: * 2 EXISTS\nS2: b3 OK x\n", NULL},
    {"EXPUNGE told late", GONE "C2: b3 NOOP\nS2: b3 OK x\nC2: b4 NOOP\nS2: * 2 EXPUNGE\nS2: b4 OK x\n", NULL},
    {"EXPUNGE in UID FETCH",
     GONE "C2: b3 UID FETCH 1 (FLAGS)\nS2: * 2 EXPUNGE\nS2: * 1 FETCH (UID 1 FLAGS ())\nS2: b3 OK x\n", NULL},
    {"EXPUNGE in FETCH",
     GONE "C2: b3 FETCH 1 (FLAGS)\nS2: * 2 EXPUNGE\nS2: * 1 FETCH (FLAGS ())\nS2: b3 OK x\n", "MAP-I3"},
    {"EXPUNGE in STORE", GONE "C2: b3 STORE 1 +FLAGS.SILENT (\\Seen)\nS2: * 2 EXPUNGE\nS2: b3 OK x\n",
     "MAP-I3"},
    {"EXPUNGE in SEARCH", GONE "C2: b3 SEARCH ALL\nS2: * 2 EXPUNGE\nS2: * SEARCH 1\nS2: b3 OK x\n", "MAP-I3"},
    {"EXPUNGE with nothing in progress", GONE "S2: * 2 EXPUNGE\nC2: b3 NOOP\nS2: b3 OK x\n", "MAP-I3"},
    {"EXPUNGE beyond the view", GONE "C2: b3 NOOP\nS2: * 4 EXPUNGE\nS2: b3 OK x\n", "MAP-I4"},
    {"EXPUNGE of one that lives", GONE "C2: b3 NOOP\nS2: * 1 EXPUNGE\nS2: b3 OK x\n", "MAP-I5"},
    {"EXPUNGE twice", GONE "C2: b3 NOOP\nS2: * 2 EXPUNGE\nS2: * 2 EXPUNGE\nS2: b3 OK x\n", "MAP-I5"},
    {"EXISTS shrinks", TWO "C2: b3 NOOP\nS2: * 2 EXISTS\nS2: b3 OK x\n", "MAP-I6"},
    {"EXISTS of more than there are", TWO "C2: b3 NOOP\nS2: * 4 EXISTS\nS2: b3 OK x\n", "MAP-I"},
    {"FETCH beyond the view", TWO "C2: b3 NOOP\nS2: * 4 FETCH (FLAGS ())\nS2: b3 OK x\n", "MAP-I7"},
    {"another message's UID", TWO "C2: b3 FETCH 1 (UID)\nS2: * 1 FETCH (UID 2)\nS2: b3 OK x\n", "MAP-I8"},
    {"UIDs descend",
     IN("1", "a") SELECT(
         "1", "a", "2") "C1: a3 FETCH 1:2 (UID)\nS1: * 1 FETCH (UID 9)\nS1: * 2 FETCH (UID 8)\nS1: a3 OK x\n",
     "MAP-I8"},
    {"FETCH without a living message",
     TWO "C2: b3 FETCH 1:2 (FLAGS)\nS2: * 1 FETCH (FLAGS ())\nS2: b3 OK x\n", "R3501-6.4.5"},
    {"FETCH without an expunged one",
     GONE "C2: b3 FETCH 1:2 (FLAGS)\nS2: * 1 FETCH (FLAGS ())\nS2: b3 NO gone\n", NULL}, /* MAP-4.1.2-a */
    {"old data of an expunged one",
     GONE "C2: b3 FETCH 2 (FLAGS)\nS2: * 2 FETCH (FLAGS (\\Deleted))\nS2: b3 OK x\n", NULL}, /* MAP-4.1.1-a */
    {"flags that nobody set", TWO "C2: b3 FETCH 1 (FLAGS)\nS2: * 1 FETCH (FLAGS (\\Seen))\nS2: b3 OK x\n",
     "MAP-I10"},
    {"flags older than one's own",
     TWO "C1: a4 STORE 1 +FLAGS.SILENT (\\Seen)\nS1: a4 OK x\nC1: a5 FETCH 1 (FLAGS)\nS1: * 1 FETCH (FLAGS "
         "())\nS1: a5 OK x\n",
     "MAP-I10"},
    {"flags of another, late",
     TWO "C1: a4 STORE 1 +FLAGS.SILENT (\\Seen)\nS1: a4 OK x\nC2: b3 FETCH 1 (FLAGS)\nS2: * 1 FETCH (FLAGS "
         "())\nS2: b3 OK x\n",
     NULL},
    {"a tag that no command had", TWO "S1: zz OK x\n", "MAP-I13"},
    {"two replies", TWO "C1: a4 NOOP\nS1: a4 OK x\nS1: a4 OK x\n", "MAP-I13"},
    {"an end without BYE", TWO "X1\n", "MAP-I13"},
    {"LOGOUT", TWO "C1: a4 LOGOUT\nS1: * BYE so long\nS1: a4 OK x\nX1\n", NULL},
    {"LOGOUT without BYE", TWO "C1: a4 LOGOUT\nS1: a4 OK x\nX1\n", "R3501-6.1.3"},
    {"EXPUNGEISSUED though nothing was expunged", TWO "C1: a4 NOOP\nS1: a4 OK [EXPUNGEISSUED] x\n",
     "MAP-I12"},
    {"UIDVALIDITY shrinks",
     TWO "C2: b3 UNSELECT\nS2: b3 OK x\nC2: b4 SELECT INBOX\nS2: * FLAGS ()\nS2: * 3 EXISTS\nS2: * 0 RECENT\n"
         "S2: * OK [UIDVALIDITY 6] x\nS2: b4 OK x\n",
     "MAP-I8"},
    {"no grammar", TWO "C1: a4 NOOP\nS1: * 3 FETCH FLAGS (\\Seen)\nS1: a4 OK x\n", "R3501-9"}, /* T-MAP-1 */
    {"SELECT without EXISTS", IN("1", "a") "C1: a2 SELECT INBOX\nS1: * FLAGS ()\nS1: a2 OK x\n",
     "R3501-6.3.1"},
    {"a fresh SELECT counts what was expunged before",
     GONE
     "C2: b3 UNSELECT\nS2: b3 OK x\nC2: b4 SELECT INBOX\nS2: * FLAGS ()\nS2: * 3 EXISTS\nS2: * 0 RECENT\n"
     "S2: b4 OK x\n",
     "MAP-I5"},
    {"a fresh SELECT counts the last one, which was expunged before",
     LAST_GONE
     "C2: b3 UNSELECT\nS2: b3 OK x\nC2: b4 SELECT INBOX\nS2: * FLAGS ()\nS2: * 3 EXISTS\nS2: * 0 RECENT\n"
     "S2: b4 OK x\n",
     "MAP-I5"},
    {"EXISTS after a fresh SELECT counts the last one, which was expunged before",
     LAST_GONE
     "C2: b3 UNSELECT\nS2: b3 OK x\nC2: b4 SELECT INBOX\nS2: * FLAGS ()\nS2: * 2 EXISTS\nS2: * 0 RECENT\n"
     "S2: b4 OK x\nC2: b5 NOOP\nS2: * 3 EXISTS\nS2: b5 OK x\n",
     "MAP-I5"},
    {"a fresh SELECT beside the EXPUNGE counts what it removes",
     TWO
     "C2: b3 UNSELECT\nS2: b3 OK x\nC1: a4 STORE 3 +FLAGS.SILENT (\\Deleted)\nS1: a4 OK x\nC1: a5 EXPUNGE\n"
     "C2: b4 SELECT INBOX\nS2: * FLAGS ()\nS2: * 3 EXISTS\nS2: * 0 RECENT\nS2: b4 OK x\nS1: * 3 EXPUNGE\n"
     "S1: a5 OK x\n",
     NULL},
    {"after RENAME INBOX a fresh SELECT counts what was moved",
     IN("1", "a") SELECT(
         "1", "a", "3") "C1: a3 UNSELECT\nS1: a3 OK x\nC1: a4 RENAME INBOX FOO\nS1: a4 OK x\nC1: a5 SELECT "
                        "INBOX\nS1: * FLAGS ()\nS1: * 3 EXISTS\nS1: * 0 RECENT\nS1: a5 OK x\n",
     "MAP-I5"},
    {"after RENAME of an INBOX that nobody has looked at, too", /* R3501-6.3.5: it leaves INBOX empty */
     IN("1", "a") "C1: a4 RENAME INBOX FOO\nS1: a4 OK x\nC1: a5 SELECT INBOX\nS1: * FLAGS ()\nS1: * 3 "
                  "EXISTS\nS1: * 0 "
                  "RECENT\nS1: a5 OK x\n",
     "MAP-I5"},
    {"UID FETCH of all that RENAME INBOX has moved: data left out",
     MOVED "C1: a6 UID FETCH 1:* (FLAGS)\nS1: * 1 FETCH (UID 1 FLAGS ())\nS1: * 3 FETCH (UID 3 FLAGS "
           "())\nS1: a6 OK x\n",
     "R3501-6.4.8"},
    {"UID FETCH of all that RENAME INBOX has moved: UIDs descend",
     MOVED "C1: a6 UID FETCH 1:* (FLAGS)\nS1: * 1 FETCH (UID 1 FLAGS ())\nS1: * 2 FETCH (UID 4 FLAGS "
           "())\nS1: * 3 FETCH (UID 3 "
           "FLAGS ())\nS1: a6 OK x\n",
     "MAP-I8"},
    {"UID FETCH of some that RENAME INBOX has moved: they are bound",
     MOVED "C1: a6 UID FETCH 2:3 (FLAGS)\nS1: * 2 FETCH (UID 2 FLAGS ())\nS1: * 3 FETCH (UID 3 FLAGS "
           "())\nS1: a6 OK x\n"
           "C1: a7 UID FETCH 2:3 (FLAGS)\nS1: * 2 FETCH (UID 2 FLAGS ())\nS1: * 3 FETCH (UID 4 FLAGS "
           "())\nS1: a7 OK x\n",
     "MAP-I8"},
    {"UID FETCH of what RENAME INBOX has moved",
     MOVED "C1: a6 UID FETCH 9 (FLAGS)\nS1: a6 OK x\nC1: a7 UID FETCH 2:3 (FLAGS)\nS1: * 1 FETCH (UID 2 "
           "FLAGS ())\nS1: * 2 FETCH "
           "(UID 3 FLAGS ())\nS1: a7 OK x\nC1: a8 UID FETCH 1:* (FLAGS)\nS1: * 1 FETCH (UID 2 FLAGS ())\nS1: "
           "* 2 FETCH (UID 3 "
           "FLAGS ())\nS1: * 3 FETCH (UID 7 FLAGS ())\nS1: a8 OK x\n",
     NULL},
    {"the new name of an INBOX that nobody has looked at",
     IN("1", "a") "C1: a4 RENAME INBOX FOO\nS1: a4 OK x\nC1: a5 SELECT INBOX\nS1: * FLAGS ()\nS1: * 0 "
                  "EXISTS\nS1: * 0 "
                  "RECENT\nS1: a5 OK x\nC1: a6 SELECT FOO\nS1: * FLAGS ()\nS1: * 3 EXISTS\nS1: * 0 "
                  "RECENT\nS1: a6 OK x\n",
     NULL},
    {"another's APPEND beside the first look at INBOX may be counted",
     IN("1", "a") IN("2", "b") "C1: a2 SELECT INBOX\n" APPEND(
         "2", "b2") "S2: b2 OK x\nS1: * FLAGS ()\nS1: * 1 EXISTS\nS1: * 0 "
                    "RECENT\nS1: a2 OK x\nC1: a3 SELECT INBOX\nS1: * FLAGS ()\nS1: * 1 EXISTS\nS1: * 0 "
                    "RECENT\nS1: "
                    "a3 OK x\n",
     NULL},
    {"APPENDUID of one's own APPEND in front of the first look at INBOX",
     IN("1", "a") APPEND(
         "1", "a2") "C1: a3 SELECT INBOX\nC1: a4 FETCH 1 (UID)\nS1: a2 OK [APPENDUID 7 5] x\nS1: * FLAGS "
                    "()\nS1: * 1 EXISTS\nS1: * 0 RECENT\nS1: a3 OK x\nS1: * 1 FETCH (UID 5)\nS1: a4 OK x\n",
     NULL},
    {"what was put into INBOX before the first look",
     IN("1", "a") APPEND(
         "1",
         "a2") "S1: a2 OK x\nC1: a3 SELECT INBOX\nS1: * FLAGS ()\nS1: * 1 EXISTS\nS1: * 0 RECENT\nS1: a3 "
               "OK x\nC1: a4 FETCH 1 (BODY.PEEK[HEADER])\nS1: * 1 FETCH (BODY[HEADER] \"Subject: "
               "m1\")\nS1: a4 OK x\n",
     NULL},
    {"an untold expunge at a checkpoint", GONE "C2: b3 NOOP\nS2: b3 OK x\nK\n",
     NULL}, /* late, but no contradiction */
    {"owed after NO",
     GONE "C2: b3 FETCH 1:2 (FLAGS)\nS2: * 1 FETCH (FLAGS ())\nS2: b3 NO gone\nC2: b4 NOOP\nS2: b4 OK x\nK\n",
     "MAP-I9"},
};

static void transcripts(void) {
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct oracle *o = start(0, 0);
        play(o, "INBOX", cases[i].script);
        oracle_end(o);
        CHECK((notes.n[V_VIOLATES] == 0) == !cases[i].cites, "%s: %s", cases[i].name,
              notes.n[V_VIOLATES] ? notes.violates : "no VIOLATES");
        CHECK(!cases[i].cites || !notes.n[V_VIOLATES] || strstr(notes.violates, cases[i].cites),
              "%s: %s, expected %s", cases[i].name, notes.violates, cases[i].cites);
        CHECK(!notes.n[V_UNDECIDED], "%s: UNDECIDED", cases[i].name);
        oracle_free(o);
    }
}

/* Traces that break no SHOULD either; and how one of the points in it was answered. */
static const struct {
    const char *name, *script;
    unsigned deviates;
} peaceful[] = {
    {"a SELECT outside the grammar deselects", /* R3501-6.3.1: a SELECT that fails leaves nothing selected */
     TWO "C1: a4 SELECT\nS1: a4 BAD what\nC1: a5 FETCH 1 (FLAGS)\nS1: a5 BAD nothing selected\n", 0},
    {"a SELECT outside the grammar is no attempt",
     TWO "C1: a4 SELECT\nS1: a4 BAD what\nC1: a5 FETCH 1 (FLAGS)\nS1: * 1 FETCH (FLAGS ())\nS1: a5 OK x\n",
     0},
    {"it is one or the other",
     TWO "C1: a4 SELECT\nS1: a4 BAD what\nC1: a5 FETCH 1 (FLAGS)\nS1: * 1 FETCH (FLAGS ())\nS1: a5 OK x\n"
         "C1: a6 FETCH 1 (FLAGS)\nS1: a6 BAD nothing selected\n",
     1},
    {"a SELECT that fails deselects",
     TWO "C1: a4 SELECT NONE\nS1: a4 NO none\nC1: a5 FETCH 1 (FLAGS)\nS1: a5 BAD nothing selected\n", 0},
    {"a SELECT that fails does not deselect", /* R3501-6.3.1 */
     TWO
     "C1: a4 SELECT NONE\nS1: a4 NO none\nC1: a5 FETCH 1 (FLAGS)\nS1: * 1 FETCH (FLAGS ())\nS1: a5 OK x\n",
     1},
};

static void peace(void) {
    for (size_t i = 0; i < sizeof peaceful / sizeof *peaceful; i++) {
        struct oracle *o = start(0, 0);
        play(o, "INBOX", peaceful[i].script);
        oracle_end(o);
        CHECK(!notes.n[V_VIOLATES], "%s: %s", peaceful[i].name, notes.violates);
        CHECK(notes.n[V_DEVIATES] == peaceful[i].deviates, "%s: %u DEVIATES", peaceful[i].name,
              notes.n[V_DEVIATES]);
        oracle_free(o);
    }
}

/* What was not told at a checkpoint is worth a fresh look. */
static void untold(void) {
    static const struct {
        const char *script, *mailbox;
    } rows[] = {
        {TWO "K\n", ""},
        {GONE "K\n", "INBOX"},
        {GONE "C2: b3 NOOP\nS2: * 2 EXPUNGE\nS2: b3 OK x\nK\n", ""},
        {TWO "A1: a4\nS1: a4 OK x\nK\n", "INBOX"},
        {TWO "A1: a4\nS1: a4 OK x\nC2: b3 NOOP\nS2: * 4 EXISTS\nS2: b3 OK x\nK\n", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct oracle *o = start(0, 0);
        play(o, "INBOX", rows[i].script);
        struct slice name = oracle_untold(o, 2);
        CHECK(slice_is(name, rows[i].mailbox), "untold, row %zu: %.*s", i, (int)name.n, (const char *)name.p);
        oracle_free(o);
    }
}

/* The session of a violation is not judged until it selects anew; then it is. */
static void recovery(void) {
    struct oracle *o = start(0, 0);
    play(o, "INBOX", TWO "C2: b3 NOOP\nS2: * 1 EXISTS\nS2: b3 OK x\n");
    unsigned after = notes.n[V_VIOLATES];
    CHECK(after > 0, "the violation");
    play(o, "INBOX",
         "C2: b4 FETCH 3 (FLAGS)\nS2: * 3 FETCH (FLAGS (\\Seen))\nS2: b4 OK x\nC2: b5 NOOP\nS2: * 2 "
         "EXISTS\nS2: b5 OK x\n");
    CHECK(notes.n[V_VIOLATES] == after, "nothing follows from what is not known: %s", notes.violates);
    play(o, "INBOX",
         "C2: b6 UNSELECT\nS2: b6 OK x\nC2: b7 SELECT INBOX\nS2: * FLAGS ()\nS2: * 3 EXISTS\nS2: * 0 "
         "RECENT\nS2: * OK [UIDVALIDITY 7] x\nS2: b7 OK x\n"
         "C2: b8 UID FETCH 1:* (FLAGS)\nS2: * 1 FETCH (UID 1 FLAGS ())\nS2: * 2 FETCH (UID 2 FLAGS "
         "())\nS2: * 3 FETCH (UID 3 FLAGS ())\nS2: b8 OK x\n");
    CHECK(notes.n[V_VIOLATES] == after, "a fresh SELECT is no violation: %s", notes.violates);
    play(o, "INBOX", "C2: b9 NOOP\nS2: * 9 FETCH (FLAGS ())\nS2: b9 OK x\n");
    CHECK(notes.n[V_VIOLATES] > after, "after a fresh SELECT the session is judged again");
    oracle_reset(o);
    memset(&notes, 0, sizeof notes);
    play(o, "INBOX", TWO);
    oracle_end(o);
    CHECK(!notes.n[V_VIOLATES], "after a reset everything is new: %s", notes.violates);
    oracle_free(o);
}

/* ---- caps ---- */

static void pipeline(unsigned commands) {
    struct oracle *o = start(0, 0);
    char line[60];
    play(o, "INBOX", TWO);
    for (unsigned i = 0; i < commands; i++)
        play_line(o, 1, true, line, (size_t)snprintf(line, sizeof line, "p%u NOOP", i));
    for (unsigned i = 0; i < commands; i++)
        play_line(o, 1, false, line, (size_t)snprintf(line, sizeof line, "p%u OK x", i));
    oracle_end(o);
    CHECK(!notes.n[V_VIOLATES], "%u commands in a pipeline: %s", commands, notes.violates);
    CHECK(commands < 400 || notes.n[V_UNDECIDED], "%u commands in a pipeline are over a cap", commands);
    oracle_free(o);
}

/* Each refused STORE may have been done to any of its messages: 256 worlds and 2048 ways soon, whose number
 * must not go on for ever. */
static void refusals(unsigned commands) {
    struct oracle *o = start(0, 0);
    char line[60];
    play(o, "INBOX",
         TWO "C1: a4 STORE 1:3 FLAGS (\\Seen)\nS1: * 1 FETCH (FLAGS (\\Seen))\nS1: * 2 FETCH (FLAGS "
             "(\\Seen))\nS1: * 3 FETCH (FLAGS (\\Seen))\nS1: a4 OK x\n");
    for (unsigned i = 0; i < commands; i++) {
        play_line(o, 1, true, line,
                  (size_t)snprintf(line, sizeof line, "r%u STORE 1:3 %cFLAGS.SILENT (k%u)", i,
                                   i % 2 ? '-' : '+', i / 2 % 20));
        play_line(o, 1, false, line, (size_t)snprintf(line, sizeof line, "r%u NO x", i));
    }
    oracle_end(o);
    CHECK(!notes.n[V_VIOLATES], "%u refusals: %s", commands, notes.violates);
    CHECK((commands > 100) == (notes.n[V_UNDECIDED] > 0), "%u refusals: %u UNDECIDED", commands,
          notes.n[V_UNDECIDED]);
    oracle_free(o);
}

static void flood(void) { /* one batch with more responses than are kept */
    struct oracle *o = start(0, 0);
    play(o, "INBOX", TWO "C1: a4 NOOP\n");
    for (unsigned i = 0; i < 70000; i++)
        play_line(o, 1, false, "* 3 EXISTS", 10);
    play(o, "INBOX", "S1: a4 OK x\nC1: a5 NOOP\nS1: a5 OK x\n");
    oracle_end(o);
    CHECK(!notes.n[V_VIOLATES] && notes.n[V_UNDECIDED], "70,000 responses: %u UNDECIDED, %s",
          notes.n[V_UNDECIDED], notes.violates);
    oracle_free(o);
}

static void crowd(void) { /* more than a world can hold */
    struct oracle *o = start(0, 0);
    play(o, "INBOX",
         IN("1", "a") "C1: a2 SELECT INBOX\nS1: * FLAGS ()\nS1: * 4000000000 EXISTS\nS1: * 0 RECENT\nS1: "
                      "a2 OK x\nC1: a3 NOOP\nS1: a3 OK x\n");
    oracle_end(o);
    CHECK(!notes.n[V_VIOLATES] && notes.n[V_UNDECIDED], "4,000,000,000 messages: %s %s", notes.violates,
          notes.undecided);
    oracle_free(o);
}

static void few_runs(void) { /* a step with more explanations than runs are allowed */
    struct oracle *o = start(1, 1);
    play(o, "INBOX",
         GONE "C2: b3 STORE 1:3 +FLAGS (\\Seen)\nS2: b3 NO gone\nC1: a6 FETCH 1 (FLAGS)\nS1: * 1 FETCH "
              "(FLAGS (\\Seen))\nS1: a6 OK x\n");
    oracle_end(o);
    CHECK(!notes.n[V_VIOLATES] && notes.n[V_UNDECIDED], "at a cap: %u UNDECIDED, %s", notes.n[V_UNDECIDED],
          notes.violates);
    oracle_free(o);
}

/* A world grows with what it must hold, and nothing is lost on the way. */
static void growth(void) {
    struct oracle *o = start(0, 0);
    char line[120];
    play(o, "INBOX",
         IN("1", "a") "C1: a2 SELECT INBOX\nS1: * FLAGS ()\nS1: * 2000 EXISTS\nS1: * 0 RECENT\nS1: * OK "
                      "[UIDVALIDITY 7] x\nS1: a2 OK x\nC1: a3 FETCH 1:* (UID FLAGS)\n");
    for (unsigned i = 1; i <= 2000; i++)
        play_line(o, 1, false, line,
                  (size_t)snprintf(line, sizeof line, "* %u FETCH (UID %u FLAGS (%s))", i, i * 2,
                                   i % 3 ? "" : "\\Seen"));
    play(o, "INBOX", "S1: a3 OK x\n");
    for (int s = 2; s < 40; s++) {
        oracle_opened(o, s, play_time(), false);
        play_line(o, s, false, "* OK hello", 10);
    }
    play(o, "INBOX", "C1: a4 FETCH 1999 (UID FLAGS)\nS1: * 1999 FETCH (UID 3998 FLAGS ())\nS1: a4 OK x\n");
    CHECK(!notes.n[V_VIOLATES] && !notes.n[V_UNDECIDED], "2000 messages: %s %s", notes.violates,
          notes.undecided);
    CHECK(oracle_view_size(o, 1) == 2000, "the view: %d", oracle_view_size(o, 1));
    play(o, "INBOX",
         "C1: a5 FETCH 1998 (UID FLAGS)\nS1: * 1998 FETCH (UID 3998 FLAGS (\\Seen))\nS1: a5 OK x\n");
    oracle_end(o);
    CHECK(notes.n[V_VIOLATES], "the UIDs are still known");
    oracle_free(o);
}

/* Octets of any kind never end it, and a legal stream after oracle_reset is judged as ever. */
static void garbage(void) {
    struct oracle *o = start(0, 0);
    uint32_t x = 7;
    for (unsigned round = 0; round < 300; round++) {
        play(o, "INBOX", TWO);
        for (unsigned i = 0; i < 20; i++) {
            uint8_t octets[80];
            size_t n = 1 + (x >> 20) % 70;
            for (size_t k = 0; k < n; k++) {
                x = x * 1664525u + 1013904223u;
                static const char some[] = "* 1234567890 FETCH EXISTS EXPUNGE ()\\\"{}[]+a1OKNOBYE\r\n\0\xff";
                octets[k] = (uint8_t)some[(x >> 16) % (sizeof some - 1)];
            }
            memcpy(octets + n, "\r\n", 2);
            int session = 1 + (x >> 28) % 2;
            if (x >> 30 == 0)
                oracle_sent(o, session, play_time(), octets, n + 2);
            else
                oracle_received(o, session, play_time(), octets, n + 2);
        }
        oracle_end(o);
        oracle_reset(o);
    }
    memset(&notes, 0, sizeof notes);
    play(o, "INBOX", GONE);
    oracle_end(o);
    CHECK(!notes.n[V_VIOLATES], "after garbage: %s", notes.violates);
    oracle_free(o);
}

int main(void) {
    transcripts();
    peace();
    untold();
    recovery();
    pipeline(100);
    pipeline(600);
    refusals(8);
    refusals(120);
    flood();
    crowd();
    few_runs();
    growth();
    garbage();
    printf("oracle: %u failed\n", check_failed);
    return check_failed != 0;
}
