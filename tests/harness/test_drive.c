/* The driver against a scripted server: what it sends, when it waits, what it makes of the answers, and the
 * trace. */
#include "content_mime.h"
#include "drive_priv.h"
#include "fake_server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define OPEN(s, letter)                                                                                      \
    {s, "open", "* OK [CAPABILITY IMAP4rev1] hi\r\n"}, {                                                     \
        s, letter "1 LOGIN u1 pw\r\n", letter "1 OK [CAPABILITY IMAP4rev1 IDLE] in\r\n"                      \
    }
/* The housekeeping session's first words: the separator. */
#define ASKED(sep)                                                                                           \
    {63, "open", "* OK [CAPABILITY IMAP4rev1] hi\r\n"},                                                      \
        {63, "z1 LOGIN u1 pw\r\n", "z1 OK [CAPABILITY IMAP4rev1] in\r\n"}, {                                 \
        63, "z2 LIST \"\" \"\"\r\n", "* LIST (\\Noselect) \"" sep "\" \"\"\r\nz2 OK\r\n"                     \
    }
#define NOOPS(s, a, b)                                                                                       \
    {s, a " NOOP\r\n", a " OK\r\n"}, { s, b " NOOP\r\n", b " OK\r\n" }

struct notes {
    int n, deviates;
    char last[200], summary[100]; /* of a checkpoint */
};

static void on_note(void *user, const struct note *n) {
    struct notes *notes = user;
    notes->n++;
    if (n->verdict == V_DEVIATES && !strncmp(n->summary, "at a checkpoint ", 16)) {
        notes->deviates++;
        snprintf(notes->summary, sizeof notes->summary, "%s", n->summary);
    }
    snprintf(notes->last, sizeof notes->last, "%s: %s", n->cites, n->seen);
}

struct ran {
    enum drive_end end;
    char *trace;
    char text[400];
    struct notes notes;
    struct drive_counts counts;
};

static void no_free(struct target *t) { (void)t; }

static const struct target_ops fake_ops = {.free = no_free};

static struct target base(void) {
    return (struct target){.ops = &fake_ops,
                           .kind = TARGET_PRIVATE,
                           .can = {true, true, true},
                           .users = {"u1:pw", "u2:a b"},
                           .users_n = 2,
                           .reply_ms = 3000,
                           .raw_ms = 100,
                           .inbox = true,
                           .name = "fake"};
}

static struct ran run_on(struct target t, const struct fake_step *script, const char *text) {
    struct ran r = {0};
    struct drive *d = drive_new();
    struct fake *f = fake_new(script, drive_events(d));
    struct program p, trace;
    char err[200];
    program_init(&p);
    program_init(&trace);
    if (!program_parse(&p, "t", 1, text, strlen(text), err, sizeof err))
        fail_msg("%s", err);
    t.transport = fake_transport(f);
    drive_attach(d, &t, &(struct drive_options){.note = on_note, .user = &r.notes, .pause_ms = 0});
    r.end = drive_run(d, &p, 1);
    r.counts = *drive_counts(d);
    snprintf(r.text, sizeof r.text, "%s", drive_text(d));
    assert_true(log_trace(drive_log(d), drive_log(d)->n, &p, &trace));
    r.trace = program_print(&trace, NULL);
    drive_clean(d);
    int errors = fake_errors(f);
    if (errors)
        printf("%s\n%s", r.text, r.trace);
    assert_int_equal(errors, 0);
    drive_free(d);
    fake_free(f);
    program_free(&p);
    program_free(&trace);
    return r;
}

static struct ran run(const struct fake_step *script, const char *text) {
    return run_on(base(), script, text);
}

static void holds(const struct ran *r, const char *part) {
    if (!strstr(r->trace, part))
        fail_msg("the trace lacks <%s>:\n%s", part, r->trace);
}

/* Tags, literals, names to the wire and back; NOOP twice at the end. */
static void names_and_literals(void **state) {
    (void)state;
    const struct fake_step script[] = {
        ASKED("."),
        OPEN(1, "a"),
        {1, "a2 CREATE p1FOO\r\n", "a2 OK\r\n"},
        {1, "a3 APPEND p1FOO {9}\r\n", "+ go\r\n"},
        {1, "FOO {1}\r\n", ""},
        {1, " x\r\n", "a3 OK\r\n"},
        {1, "a4 STATUS {5}\r\n", "+ go\r\n"},
        {1, "p1FOO", ""},
        {1, " (MESSAGES)\r\n", "* STATUS {5}\r\np1FOO (MESSAGES 1)\r\na4 OK\r\n"},
        {1, "a5 LIST \"\" p1*\r\n",
         "* LIST () \".\" p1FOO.KID\r\n* LIST () \".\" \"p1BAR\"\r\na5 OK p1FOO p1 xp1FOO\r\n"},
        {1, "a6 SELECT p1FOO.KID\r\n", "a6 NO\r\n"},
        {1, "a7 UID FETCH 4000000000,2 (FLAGS FOOD)\r\n", "a7 OK\r\n"},
        NOOPS(1, "a8", "a9"),
        {0},
    };
    struct ran r =
        run(script, "C1: CREATE FOO\nC1: APPEND FOO {9}\n  | FOO {1}\n  |  x\n"
                    "C1: STATUS {3}\n  | FOO (MESSAGES)\nC1: LIST \"\" $box*\nC1: SELECT FOO$/KID\n"
                    "C1: UID FETCH $uid(FOO,1),$size+2 (FLAGS FOOD)\n");
    assert_int_equal(r.end, DRIVE_DONE);
    assert_int_equal(r.counts.commands, 6);
    holds(&r, "C1: APPEND FOO {9}\n  | FOO {1}\n  |  x\nS1: + go\nS1: OK\n");
    holds(&r, "S1: * STATUS {3}\n  | FOO (MESSAGES 1)\n");
    holds(&r, "S1: * LIST () \".\" FOO.KID\nS1: * LIST () \".\" \"BAR\"\nS1: OK FOO p1 xp1FOO\n");
    holds(&r, "C1: SELECT FOO$/=.KID\n");
    holds(&r, "C1: UID FETCH $uid(FOO,1)=4000000000,$size+2=2 (FLAGS FOOD)\n");
    holds(
        &r,
        "@open C1 user=1 tls=plain\nS1: * OK [CAPABILITY IMAP4rev1] hi\nC1 auto: LOGIN $user(1) $pass(1)\n");
    holds(&r, "C1 auto: NOOP\nS1: OK\n@checkpoint\n@close C1\n# end\n");
    free(r.trace);
}

/* A literal that is refused is not sent; `+}` is not waited for. */
static void literals_refused(void **state) {
    (void)state;
    const struct fake_step script[] = {
        ASKED("/"),
        OPEN(1, "a"),
        {1, "a2 APPEND INBOX {3}\r\n", "a2 NO no\r\n"},
        {1, "a3 APPEND INBOX {3+}\r\nabc\r\n", "a3 OK\r\n"},
        {1, "a4 CLIENTID X {3}\r\n", "a4 BAD\r\n"},
        NOOPS(1, "a5", "a6"),
        {0},
    };
    struct ran r =
        run(script, "C1: APPEND INBOX {3}\n  | abc\nC1: APPEND INBOX {3+}\n  | abc\nC1: CLIENTID X {3}\n");
    assert_int_equal(r.end, DRIVE_DONE);
    free(r.trace);
}

/* Pipelined commands, replies in another order; their tags are then written out. */
static void pipelined(void **state) {
    (void)state;
    const struct fake_step script[] = {
        ASKED("/"),
        OPEN(1, "a"),
        {1, "a2 NOOP\r\n", ""},
        {1, "a3 CHECK\r\n", "a3 OK first\r\na2 OK second\r\n"},
        NOOPS(1, "a4", "a5"),
        {0},
    };
    struct ran r = run(script, "C1+: NOOP\nC1: CHECK\n");
    assert_int_equal(r.end, DRIVE_DONE);
    holds(&r, "C1+: NOOP\nC1: CHECK\nS1 [a3]: OK first\nS1: OK second\n");
    free(r.trace);
}

static void idle(void **state) {
    (void)state;
    const struct fake_step script[] = {
        ASKED("/"),
        OPEN(1, "a"),
        OPEN(2, "b"),
        {1, "a2 IDLE\r\n", "+ idling\r\n"},
        {2, "b2 NOOP\r\n", "b2 OK\r\n"},
        {1, "DONE\r\n", "* 1 EXISTS\r\na2 OK\r\n"},
        {1, "a3 IDLE\r\n", "a3 BAD no\r\n"},
        {2, "b3 IDLE\r\n", "+ idling\r\n"},
        {2, "DONE\r\n", "b3 OK\r\n"}, /* by itself, since a command follows */
        {2, "b4 CHECK\r\n", "b4 OK\r\n"},
        {1, "a4 NOOP\r\n", "a4 OK\r\n"},
        {2, "b5 NOOP\r\n", "b5 OK\r\n"},
        {1, "a5 NOOP\r\n", "a5 OK\r\n"},
        {2, "b6 NOOP\r\n", "b6 OK\r\n"},
        {0},
    };
    struct ran r =
        run(script,
            "@open C1\n@open C2\nC1: IDLE\nC2: NOOP\nC1: DONE\nC1: IDLE\nC1: DONE\nC2: IDLE\nC2: CHECK\n");
    assert_int_equal(r.end, DRIVE_DONE);
    assert_int_equal(r.counts.skipped, 1); /* the DONE behind a refused IDLE */
    holds(&r, "C1: DONE\nS1: * 1 EXISTS\nS1: OK\n");
    holds(&r, "C2 auto: DONE\n");
    free(r.trace);
}

static void authenticate(void **state) {
    (void)state;
    const struct fake_step script[] = {
        ASKED("/"),
        {1, "open", "* OK hi\r\n"},
        {1, "a1 AUTHENTICATE PLAIN\r\n", "+ \r\n"},
        {1, "AHUyAGEgYg==\r\n", "a1 OK\r\n"},
        {1, "a2 LOGIN u2 \"a b\"\r\n", "a2 BAD\r\n"},
        NOOPS(1, "a3", "a4"),
        {0},
    };
    struct ran r =
        run(script,
            "@open C1 user=2 login=no\nC1: AUTHENTICATE PLAIN\nC1: $plain(2)\nC1: LOGIN $user(2) $pass(2)\n");
    assert_int_equal(r.end, DRIVE_DONE);
    holds(&r, "@open C1 user=2 tls=plain login=no\n");
    holds(&r, "C1: AUTHENTICATE PLAIN\nS1: +\\x20\nC1: $plain(2)\nS1: OK\n");
    free(r.trace);
}

/* STARTTLS as a way to open, octets left in clear, and as a command of the program. */
static void starttls(void **state) {
    (void)state;
    const struct fake_step script[] = {
        ASKED("/"),
        {1, "open", "* OK hi\r\n"},
        {1, "a1 STARTTLS\r\n", "a1 OK\r\n<leftover>* BYE x\r\n"},
        {1, "starttls", ""},
        {1, "a2 CAPABILITY\r\n", "* CAPABILITY IMAP4rev1\r\na2 OK\r\n"},
        {1, "a3 LOGIN u1 pw\r\n", "a3 OK\r\n"},
        {1, "a4 CAPABILITY\r\n", "* CAPABILITY IMAP4rev1\r\na4 OK\r\n"},
        {2, "open tls", "* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n"},
        {2, "b1 NOOP\r\n", "b1 OK\r\n"},
        {1, "a5 NOOP\r\n", "a5 OK\r\n"},
        {2, "b2 NOOP\r\n", "b2 OK\r\n"},
        {1, "a6 NOOP\r\n", "a6 OK\r\n"},
        {2, "b3 NOOP\r\n", "b3 OK\r\n"},
        {0},
    };
    struct ran r = run(script, "@open C1 tls=starttls\n@open C2 tls=tls\nC2: NOOP\n");
    assert_int_equal(r.end, DRIVE_DONE);
    assert_int_equal(r.notes.n, 1);
    assert_string_equal(r.notes.last, "CID-D2 R3501-6.2.1: 9 octets in clear: * BYE x..");
    holds(&r, "@open C1 user=1 tls=starttls\n");
    holds(&r, "@open C2 user=1 tls=tls\n");
    free(r.trace);
}

/* A session that the server ended is left alone until it is opened again. */
static void ended(void **state) {
    (void)state;
    const struct fake_step script[] = {
        ASKED("/"),
        OPEN(1, "a"),
        {1, "a2 NOOP\r\n", "* BYE away\r\n<eof>"},
        OPEN(1, "a"),
        {1, "a2 CHECK\r\n", "a2 OK\r\n"},
        NOOPS(1, "a3", "a4"),
        {0},
    };
    struct ran r = run(script, "C1: NOOP\nC1: NOOP\nC1: DONE\n@open C1\nC1: CHECK\n");
    assert_int_equal(r.end, DRIVE_DONE);
    assert_int_equal(r.counts.skipped, 2);
    assert_int_equal(r.counts.commands, 2);
    holds(&r, "S1: * BYE away\n@close S1\n@open C1");
    free(r.trace);
}

static bool fake_died(struct target *t, int wait_ms, char *text, size_t n) {
    (void)t, (void)wait_ms;
    snprintf(text, n, "12:00 imap: Panic: file x.c: line 3\n  log: more");
    return true;
}

/* A crash is one finding, with the server's own words; the connection that went with it is not another. */
static void died(void **state) {
    (void)state;
    static const struct target_ops ops = {.free = no_free, .died = fake_died};
    struct target t = base();
    t.ops = &ops;
    const struct fake_step script[] = {ASKED("/"), OPEN(1, "a"), {1, "a2 NOOP\r\n", "<eof>"}, {0}};
    struct ran r = run_on(t, script, "C1: NOOP\nC1: NOOP\n");
    assert_int_equal(r.end, DRIVE_DIED);
    assert_string_equal(r.text, "a process of the server died: Panic: file x.c: line 3");
    assert_int_equal(r.notes.n, 1);
    assert_string_equal(r.notes.last, "MAP-I13: 12:00 imap: Panic: file x.c: line 3|  log: more");
    holds(&r, "C1: NOOP\n@close C1\n@checkpoint\n"); /* told as an end of our own */
    free(r.trace);
}

/* Silence ends the program with the deadline's text; a reply with another's tag only has a second left. */
static void silent(void **state) {
    (void)state;
    const struct fake_step script[] = {ASKED("/"), OPEN(1, "a"), {1, "a2 FETCH 1 UID\r\n", ""}, {0}};
    struct ran r = run(script, "C1: FETCH 1 UID\nC1: NOOP\n");
    assert_int_equal(r.end, DRIVE_SILENT);
    assert_string_equal(r.text, "a reply to a2 FETCH");
    holds(&r, "@close S1 limit: a reply to a2 FETCH\n# end\n");
    free(r.trace);
    const struct fake_step wrong[] = {ASKED("/"), OPEN(1, "a"), {1, "a2 NOOP\r\n", "b7 OK\r\n"}, {0}};
    r = run(wrong, "C1: NOOP\n");
    assert_int_equal(r.end, DRIVE_SILENT);
    assert_string_equal(r.text, "a reply with the command's own tag");
    holds(&r, "S1 [b7]: OK\n");
    free(r.trace);
    const struct fake_step mute[] = {{63, "open", "<timeout>"}, {0}};
    r = run(mute, "C1: NOOP\n");
    assert_int_equal(r.end, DRIVE_UNREACHABLE);
    free(r.trace);
}

static void raw(void **state) {
    (void)state;
    const struct fake_step script[] = {
        ASKED("/"),
        OPEN(1, "a"),
        {1, "x1 NOOP\r\n", "x1 OK\r\n"},
        {1, "\r\n", "* BAD what\r\n"},
        {1, "garbage\r\n", "garbage BAD no command\r\n"},
        {1, "nothing\r\n", ""},
        {1, "a2 NO", ""},
        {1, "OP\r\n", "a2 OK\r\nnotag\r\n"},
        {1, "a2 CHECK\r\n", "a2 OK\r\n"},
        NOOPS(1, "a3", "a4"),
        {0},
    };
    struct ran r = run(
        script, "C1 raw: x1 NOOP\nC1 raw:\nC1 raw: garbage\nC1 raw: nothing\nC1 raw cut: a2 NO\nC1 raw: OP\n"
                "C1: CHECK\n");
    assert_int_equal(r.end, DRIVE_DONE);
    holds(&r, "C1 raw: x1 NOOP\nS1 [x1]: OK\nC1 raw:\nS1: * BAD what\n");
    holds(&r, "S1 raw: notag\n");
    free(r.trace);
}

/* Nothing of another session is sent while a pipelined command is open. */
static void one_at_a_time(void **state) {
    (void)state;
    const struct fake_step script[] = {
        ASKED("/"),
        OPEN(1, "a"),
        OPEN(2, "b"),
        {1, "a2 NOOP\r\n", "a2 OK\r\n"},
        {2, "b2 NOOP\r\n", "b2 OK\r\n"},
        {1, "a3 NOOP\r\n", "a3 OK\r\n"},
        {2, "b3 NOOP\r\n", "b3 OK\r\n"},
        {1, "a4 NOOP\r\n", "a4 OK\r\n"},
        {2, "b4 NOOP\r\n", "b4 OK\r\n"},
        {0},
    };
    struct ran r = run(script, "@open C1\n@open C2\nC1+: NOOP\nC2: NOOP\n@checkpoint\n");
    assert_int_equal(r.end, DRIVE_DONE);
    holds(&r, "C1+: NOOP\nS1: OK\nC2: NOOP\n");
    free(r.trace);
}

/* Somebody's server: the folder below the personal namespace, deletion of our names alone, deepest first. */
static void cleaning(void **state) {
    (void)state;
    const struct fake_step script[] = {
        ASKED("."),
        {63, "z3 NAMESPACE\r\n", "* NAMESPACE ((\"INBOX.\" \".\")) NIL NIL\r\nz3 OK\r\n"},
        {63, "z4 CREATE INBOX.imapdiff-x\r\n", "z4 OK\r\n"},
        {63, "z5 STATUS INBOX (MESSAGES)\r\n", "* STATUS INBOX (MESSAGES 0)\r\nz5 OK\r\n"},
        OPEN(1, "a"),
        {1, "a2 COPY 1 INBOX\r\n", "a2 OK\r\n"},
        {1, "a3 SUBSCRIBE INBOX.imapdiff-x.p1FOO\r\n", "a3 OK\r\n"},
        NOOPS(1, "a4", "a5"),
        {63, "z6 LSUB \"\" \"INBOX.imapdiff-x.p1*\"\r\n",
         "* LSUB () \".\" INBOX.imapdiff-x.p1FOO\r\nz6 OK\r\n"},
        {63, "z7 UNSUBSCRIBE \"INBOX.imapdiff-x.p1FOO\"\r\n", "z7 OK\r\n"},
        {63, "z8 LIST \"\" \"INBOX.imapdiff-x.p1*\"\r\n",
         "* LIST () \".\" INBOX.imapdiff-x.p1FOO\r\n* LIST () \".\" \"INBOX.imapdiff-x.p1FOO.K\"\r\n* LIST "
         "() \".\" x\r\nz8 OK\r\n"},
        {63, "z9 DELETE \"INBOX.imapdiff-x.p1FOO.K\"\r\n", "z9 OK\r\n"},
        {63, "z10 DELETE \"INBOX.imapdiff-x.p1FOO\"\r\n", "z10 NO\r\n"},
        /* at the run's end */
        {63, "z11 LSUB \"\" \"INBOX.imapdiff-x*\"\r\n", "z11 OK\r\n"},
        {63, "z12 LIST \"\" \"INBOX.imapdiff-x*\"\r\n", "* LIST () \".\" INBOX.imapdiff-x\r\nz12 OK\r\n"},
        {63, "z13 DELETE \"INBOX.imapdiff-x\"\r\n", "z13 OK\r\n"},
        {63, "z14 LIST \"\" \"INBOX.imapdiff-x*\"\r\n", "z14 OK\r\n"},
        {63, "z15 STATUS INBOX (MESSAGES)\r\n", "* STATUS INBOX (MESSAGES 1)\r\nz15 OK\r\n"},
        {63, "z16 SELECT INBOX\r\n", "z16 OK\r\n"},
        {63, "z17 STORE 1:* +FLAGS.SILENT (\\Deleted)\r\n", "z17 OK\r\n"},
        {63, "z18 CLOSE\r\n", "z18 OK\r\n"},
        {0},
    };
    struct target t = base();
    t.kind = TARGET_URL;
    t.clean = true;
    snprintf(t.prefix, sizeof t.prefix, "imapdiff-x");
    struct ran r = run_on(t, script, "C1: COPY 1 INBOX\nC1: SUBSCRIBE FOO\n");
    assert_int_equal(r.end, DRIVE_DONE);
    holds(&r, "C1: SUBSCRIBE FOO\n");
    free(r.trace);
}

/* An INBOX with messages on somebody's server is not touched; without --allow-inbox no INBOX is. */
static void inbox_kept(void **state) {
    (void)state;
    struct target t = base();
    t.kind = TARGET_URL;
    t.clean = true;
    const struct fake_step full[] = {
        ASKED("/"),
        {63, "z3 STATUS INBOX (MESSAGES)\r\n", "* STATUS INBOX (MESSAGES 10)\r\nz3 OK\r\n"},
        {63, "z4 LIST \"\" \"p1*\"\r\n", "z4 OK\r\n"},
        {0}};
    struct ran r = run_on(t, full, "C1: SELECT inbox\n");
    assert_int_equal(r.end, DRIVE_UNREACHABLE);
    assert_string_equal(r.text, "fake: --allow-inbox needs an empty INBOX, and user 1's is not");
    free(r.trace);
    t.inbox = false;
    const struct fake_step forbidden[] = {ASKED("/"), {63, "z3 LIST \"\" \"p1*\"\r\n", "z3 OK\r\n"}, {0}};
    r = run_on(t, forbidden, "C1: SELECT inbox\n");
    assert_string_equal(r.text, "fake: a program that uses INBOX needs --allow-inbox");
    free(r.trace);
}

#define OPENED_A                                                                                             \
    ASKED("/"), OPEN(1, "a"), {1, "a2 CREATE p1FOO\r\n", "a2 OK\r\n"}, {                                     \
        1, "a3 SELECT p1FOO\r\n",                                                                            \
            "* FLAGS (\\Deleted)\r\n* 0 EXISTS\r\n* 0 RECENT\r\n"                                            \
            "* OK [UIDVALIDITY 7] .\r\na3 OK [READ-WRITE] .\r\n"                                             \
    }
#define APPENDED_B                                                                                           \
    OPEN(2, "b"), {2, "b2 APPEND p1FOO {12}\r\n", "+ go\r\n"}, {2, "Subject: m\r\n", ""}, {                  \
        2, "\r\n", "b2 OK\r\n"                                                                               \
    }

/* Runs with an oracle, and says how long the checkpoint's pause was by the fake clock. */
static int with_oracle(const struct fake_step *script, const char *text, struct notes *notes) {
    struct content *content = content_new();
    struct oracle_options oo = {.content = content_ops(content), .note = on_note, .user = notes};
    struct oracle *o = oracle_new(&oo);
    struct drive *d = drive_new();
    struct fake *f = fake_new(script, drive_events(d));
    struct target t = base();
    struct program p;
    char err[200];
    program_init(&p);
    if (!program_parse(&p, "t", 1, text, strlen(text), err, sizeof err))
        fail_msg("%s", err);
    t.transport = fake_transport(f);
    drive_attach(d, &t, &(struct drive_options){.oracle = o, .pause_ms = 500});
    assert_int_equal(drive_run(d, &p, 1), DRIVE_DONE);
    int paused = (int)(t.transport.ops->now(t.transport.self) / 1000000u);
    assert_int_equal(fake_errors(f), 0);
    drive_free(d);
    fake_free(f);
    oracle_free(o);
    content_free(content);
    program_free(&p);
    return paused;
}

/* The pause of a checkpoint, and its second NOOP, are for what the first NOOP did not tell (MAP-I5). */
static void pause_where_due(void **state) {
    (void)state;
    static const char text[] = "C1: CREATE FOO\nC1: SELECT FOO\nC2: APPEND FOO {12}\n  | Subject: m\n  |\n";
    const struct fake_step at_once[] = {OPENED_A,
                                        APPENDED_B,
                                        {1, "a4 NOOP\r\n", "* 1 EXISTS\r\na4 OK\r\n"},
                                        {2, "b3 NOOP\r\n", "b3 OK\r\n"},
                                        {0}};
    const struct fake_step late[] = {OPENED_A,
                                     APPENDED_B,
                                     {1, "a4 NOOP\r\n", "a4 OK\r\n"},
                                     {2, "b3 NOOP\r\n", "b3 OK\r\n"},
                                     {1, "a5 NOOP\r\n", "* 1 EXISTS\r\na5 OK\r\n"},
                                     {2, "b4 NOOP\r\n", "b4 OK\r\n"},
                                     {0}};
    const struct fake_step not_at_all[] = {OPENED_A,
                                           APPENDED_B,
                                           {1, "a4 NOOP\r\n", "a4 OK\r\n"},
                                           {2, "b3 NOOP\r\n", "b3 OK\r\n"},
                                           {1, "a5 NOOP\r\n", "a5 OK\r\n"},
                                           {2, "b4 NOOP\r\n", "b4 OK\r\n"},
                                           {1, "a6 EXAMINE p1FOO\r\n",
                                            "* FLAGS (\\Deleted)\r\n* 1 EXISTS\r\n* 0 RECENT\r\n"
                                            "a6 OK [READ-ONLY] .\r\n"}, /* late, or lost? */
                                           {0}};
    const struct {
        const struct fake_step *script;
        int least, most;
        bool deviates;
    } t[] = {{at_once, 0, 10, false}, {late, 500, 600, false}, {not_at_all, 500, 600, true}};
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        struct notes notes = {0};
        int paused = with_oracle(t[i].script, text, &notes);
        assert_in_range(paused, t[i].least, t[i].most);
        assert_int_equal(notes.deviates, t[i].deviates);
        if (t[i].deviates)
            assert_string_equal(notes.summary, "at a checkpoint new messages are still untold");
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pause_where_due),
        cmocka_unit_test(names_and_literals),
        cmocka_unit_test(literals_refused),
        cmocka_unit_test(pipelined),
        cmocka_unit_test(idle),
        cmocka_unit_test(authenticate),
        cmocka_unit_test(starttls),
        cmocka_unit_test(ended),
        cmocka_unit_test(died),
        cmocka_unit_test(silent),
        cmocka_unit_test(raw),
        cmocka_unit_test(one_at_a_time),
        cmocka_unit_test(cleaning),
        cmocka_unit_test(inbox_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
