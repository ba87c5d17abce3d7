/* test_scenario.c: scenarios against a server that says what a table tells it: what matches, what differs,
 * what it is called. */
#include "scenario_priv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- a server that answers from a text: the S lines behind its k-th C line answer the program's k-th
 * command ---- */

struct fake {
    const char *said[8]; /* of each play in turn; the last one for all further ones */
    int plays;
    struct drive_log log;
    struct note first; /* the scenario's own findings */
    char cites[240];
    int notes;
    struct scenario_ear *ear;
    const struct note *hear; /* said by the oracle during the play */
};

static void answer(struct fake *f, const struct program *said, uint32_t command, uint32_t at, char tag[8]) {
    uint32_t n = 0, i = 0;
    for (; i < said->lines; i++)
        if (said->line[i].kind == LINE_SEND && n++ == command)
            break;
    for (i++; i < said->lines && said->line[i].kind != LINE_SEND; i++) {
        const struct line *l = &said->line[i];
        struct slice s = program_text(said, l), t = program_tag(said, l);
        char wire[2000];
        if (l->kind == LINE_CLOSE) {
            log_event(&f->log, EV_CLOSED, l->session, 1, NULL, 0)->line = at;
            continue;
        }
        bool tagged = s.p[0] != '*' && s.p[0] != '+';
        int k = snprintf(wire, sizeof wire, "%.*s%s%.*s\r\n",
                         t.n      ? (int)t.n
                         : tagged ? (int)strlen(tag)
                                  : 0,
                         t.n ? (const char *)t.p : tag, tagged ? " " : "", (int)s.n, (const char *)s.p);
        for (uint32_t r = 0; r < l->repeat; r++)
            log_event(&f->log, EV_RECEIVED, l->session, 1, wire, (size_t)k)->line = at;
    }
}

static bool fake_play(void *user, const struct program *p) {
    struct fake *f = user;
    struct program said;
    char err[200];
    int which = f->plays++;
    while (which && !f->said[which])
        which--;
    program_init(&said);
    if (!program_parse(&said, "said", 1, f->said[which], strlen(f->said[which]), err, sizeof err))
        fail_msg("%s", err);
    log_reset(&f->log);
    uint32_t command = 0, tags[PROGRAM_SESSIONS + 1] = {0};
    bool closed[PROGRAM_SESSIONS + 1] = {false};
    for (uint32_t i = 0; i < p->lines; i++) {
        const struct line *l = &p->line[i];
        if (l->kind != LINE_SEND)
            continue;
        char wire[2000], tag[8];
        struct slice s = program_text(p, l);
        snprintf(tag, sizeof tag, "%c%u", 'a' + l->session - 1, ++tags[l->session]);
        int k = snprintf(wire, sizeof wire, "%s %.*s\r\n", tag, (int)s.n, (const char *)s.p);
        if (!closed[l->session])
            log_event(&f->log, EV_SENT, l->session, 1, wire, (size_t)k)->line = i;
        answer(f, &said, command++, i, tag);
        for (uint32_t e = 0; e < f->log.n; e++)
            closed[f->log.event[e].session] |= f->log.event[e].kind == EV_CLOSED;
    }
    program_free(&said);
    if (f->hear && f->ear)
        scenario_hear(f->ear, f->hear);
    return true;
}

static const struct drive_log *fake_log(void *user) { return &((struct fake *)user)->log; }

static void fake_note(void *user, const struct note *n) {
    struct fake *f = user;
    if (!f->notes++)
        f->first = *n;
    snprintf(f->cites, sizeof f->cites, "%s", n->cites);
}

static char folder[64];

static int make_folder(void **state) {
    (void)state;
    snprintf(folder, sizeof folder, "build/tests/scenario-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state) {
    (void)state;
    return rmdir(folder);
}

/* Loads one file with this text from a folder of its own. */
static struct scenarios *load(const char *lua, const char *glob, char err[400]) {
    char path[128];
    snprintf(path, sizeof path, "%s/x.lua", folder);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(lua, f);
    fclose(f);
    struct scenarios *s = scenarios_load(folder, glob, err, 400);
    unlink(path);
    return s;
}

static struct scenario_outcome run(const char *fields, struct fake *f) {
    char lua[6000], err[400];
    struct scenario_outcome out;
    struct scenario_host host = {.capabilities = " IMAP4REV1 ID ", .can = {true, true, true}, .users = 1};
    struct scenario_runner r = {.play = fake_play, .log = fake_log, .note = fake_note, .user = f};
    f->ear = &r.ear;
    snprintf(lua, sizeof lua, "return scenario { name = \"x\", cites = \"MAP-I1 MAP-I2\", %s }\n", fields);
    struct scenarios *s = load(lua, NULL, err);
    if (!s)
        fail_msg("%s", err);
    assert_true(scenario_run(scenarios_at(s, 0), &host, &r, &out));
    scenarios_free(s);
    free(f->log.event);
    free(f->log.octets);
    return out;
}

/* ---- matching ---- */

static const struct {
    bool same;
    const char *play, *said;
} table[] = {
    /* T-MAP-19: EXPUNGE by its effect on the view */
    {true, "C1: SELECT FOO\nC1: NOOP\nS1 x4: * 4 EXPUNGE\nS1: OK\n",
     "C1: a\nS1: * 7 EXISTS\nS1: OK x\nC1: b\nS1: * 7 EXPUNGE\nS1: * 6 EXPUNGE\nS1: * 5 EXPUNGE\nS1: * 4 "
     "EXPUNGE\nS1: OK x\n"},
    {true, "C1: NOOP\nS1 x4: * 4 EXPUNGE\nS1: OK\n", "C1: b\nS1 x4: * 4 EXPUNGE\nS1: * 3 EXISTS\nS1: OK x\n"},
    {false, "C1: NOOP\nS1 x4: * 4 EXPUNGE\nS1: OK\n", "C1: b\nS1 x3: * 4 EXPUNGE\nS1: OK x\n"},
    {false, "C1: NOOP\nS1 x4: * 4 EXPUNGE\nS1: OK\n", "C1: b\nS1 x4: * 3 EXPUNGE\nS1: OK x\n"},
    {false, "C1: SELECT FOO\nC1: NOOP\nS1 x4: * 4 EXPUNGE\nS1: OK\n",
     "C1: a\nS1: * 7 EXISTS\nS1: OK x\nC1: b\nS1: * 4 EXPUNGE\nS1: * 5 EXPUNGE\nS1: * 6 EXPUNGE\nS1: * 7 "
     "EXPUNGE\nS1: OK x\n"},
    {false, "C1: NOOP\nS1: OK\n", "C1: b\nS1: * 4 EXPUNGE\nS1: OK x\n"},
    {true, "C1: NOOP\nS1?: * 4 EXPUNGE\nS1: OK\n", "C1: b\nS1: OK x\n"},
    /* untagged in any order, tagged words with any text, alternatives, codes */
    {true, "C1: FETCH 1:2 UID\nS1: * 1 FETCH (UID 1)\nS1: * 2 FETCH (UID 2)\nS1: OK\n",
     "C1: b\nS1: * 2 FETCH (UID 2)\nS1: * 1 FETCH (UID 1)\nS1: OK done\n"},
    {false, "C1: NOOP\nS1: OK\n", "C1: b\nS1: NO x\n"},
    {true, "C1: NOOP\nS1: NO|BAD\n", "C1: b\nS1: BAD x\n"},
    {false, "C1: NOOP\nS1: NO|BAD\n", "C1: b\nS1: OK x\n"},
    {true, "C1: NOOP\nS1: NO [NEWNAME FOO BAR]\n", "C1: b\nS1: NO [NEWNAME FOO BAR] renamed\n"},
    {false, "C1: NOOP\nS1: NO [NEWNAME FOO BAR]\n", "C1: b\nS1: NO renamed\n"},
    {false, "C1: NOOP\nS1: OK\nS1: OK\n", "C1: b\nS1: OK x\n"},
    {false, "C1: NOOP\nS1: OK\n", "C1: b\nS1: OK x\nS1: OK y\n"},
    {false, "C1: NOOP\nS1: OK\n", "C1: b\n"},
    /* what no line expects */
    {true, "C1: NOOP\nS1: OK\n",
     "C1: b\nS1: * 3 EXISTS\nS1: * 0 RECENT\nS1: * OK still here\nS1: * 1 FETCH (FLAGS ())\nS1: OK x\n"},
    {false, "C1: NOOP\nS1: OK\n", "C1: b\nS1: * LIST () \"/\" FOO\nS1: OK x\n"},
    {true, "C1: NOOP\nS1: OK\nS1: ...\n", "C1: b\nS1: * LIST () \"/\" FOO\nS1: OK x\n"},
    {false, "C1: STORE 1 FLAGS ()\nS1: NO\n", "C1: b\nS1: * 1 FETCH (FLAGS ())\nS1: NO x\n"},
    {true, "C1: NOOP\n", "C1: b\nS1: * LIST () \"/\" FOO\nS1: BAD x\n"}, /* nothing is expected here */
    {false, "C1: NOOP\nS1!: * LIST ...\n", "C1: b\nS1: * LIST () \"/\" FOO\nS1: OK x\n"},
    {true, "C1: NOOP\nS1!: * LIST ...\nS1: OK\n", "C1: b\nS1: OK x\n"},
    {false, "C1: NOOP\nS1!: OK\n", "C1: b\nS1: OK x\n"},
    /* strings, letters, wildcards */
    {true, "C1: LIST\nS1: * LIST (...) \"/\" FOO\nS1: OK\n",
     "C1: b\nS1: * list (\\HasNoChildren) / {3}\n  | FOO\nS1: OK x\n"},
    {false, "C1: LIST\nS1: * LIST (...) \"/\" FOO\nS1: OK\n", "C1: b\nS1: * LIST () \"/\" FOOL\nS1: OK x\n"},
    {true, "C1: FETCH 3 ENVELOPE\nS1: * 3 FETCH (ENVELOPE (... foo3 ...))\nS1: OK\n",
     "C1: b\nS1: * 3 FETCH (ENVELOPE (\"d\" \"foo3\" NIL NIL))\nS1: OK x\n"},
    {false, "C1: FETCH 3 ENVELOPE\nS1: * 3 FETCH (ENVELOPE (... foo3 ...))\nS1: OK\n",
     "C1: b\nS1: * 3 FETCH (ENVELOPE (\"d\" \"foo4\" NIL NIL))\nS1: OK x\n"},
    /* FETCH items */
    {true, "C1: FETCH 1 X\nS1: * 1 FETCH (FLAGS (\\Seen \\Draft) RFC822.SIZE 3)\nS1: OK\n",
     "C1: b\nS1: * 1 FETCH (RFC822.SIZE 3 UID 9 FLAGS (\\draft \\Recent \\SEEN))\nS1: OK x\n"},
    {false, "C1: FETCH 1 X\nS1: * 1 FETCH (FLAGS (\\Seen))\nS1: OK\n",
     "C1: b\nS1: * 1 FETCH (FLAGS (\\Seen \\Draft))\nS1: OK x\n"},
    {false, "C1: FETCH 1 X\nS1: * 1 FETCH (FLAGS (\\Seen \\Draft))\nS1: OK\n",
     "C1: b\nS1: * 1 FETCH (FLAGS (\\Seen))\nS1: OK x\n"},
    {false, "C1: FETCH 1 X\nS1: * 1 FETCH (UID 3)\nS1: OK\n",
     "C1: b\nS1: * 1 FETCH (UID 3 RFC822.SIZE 3)\nS1: OK x\n"},
    {true, "C1: FETCH 1 X\nS1: * 1 FETCH (UID 3 ...)\nS1: OK\n",
     "C1: b\nS1: * 1 FETCH (RFC822.SIZE 3 UID 3)\nS1: OK x\n"},
    {true, "C1: FETCH 1 X\nS1: * 1 FETCH (BODY[TEXT] \"\")\nS1: OK\n",
     "C1: b\nS1: * 1 FETCH (BODY[TEXT] {0}\n  | )\nS1: OK x\n"},
    {false, "C1: FETCH 1 X\nS1: * 1 FETCH (BODY[TEXT] \"\")\nS1: OK\n",
     "C1: b\nS1: * 1 FETCH (BODY[TEXT] \"x\")\nS1: OK x\n"},
    /* SEARCH as a set; CAPABILITY by its words, in a code, too */
    {true, "C1: SEARCH ALL\nS1: * SEARCH 1 2 3\nS1: OK\n",
     "C1: b\nS1: * SEARCH 3 1\nS1: * SEARCH 2\nS1: OK x\n"},
    {false, "C1: SEARCH ALL\nS1: * SEARCH 1 2 3\nS1: OK\n", "C1: b\nS1: * SEARCH 1 2\nS1: OK x\n"},
    {false, "C1: SEARCH ALL\nS1: * SEARCH\nS1: OK\n", "C1: b\nS1: * SEARCH 1\nS1: OK x\n"},
    {true, "C1: CAPABILITY\nS1: * CAPABILITY ID ...\nS1!: * CAPABILITY CLIENTID ...\nS1: OK\n",
     "C1: b\nS1: * CAPABILITY IMAP4rev1 IDLE ID\nS1: OK x\n"},
    {false, "C1: CAPABILITY\nS1: * CAPABILITY ID ...\nS1: OK\n",
     "C1: b\nS1: * CAPABILITY IMAP4rev1 IDLE\nS1: OK x\n"},
    {false, "C1: LOGIN\nS1!: * CAPABILITY CLIENTID ...\nS1: OK\n",
     "C1: b\nS1: OK [CAPABILITY IMAP4rev1 CLIENTID] hello\n"},
    {false, "C1: CAPABILITY\nS1!: * CAPABILITY CLIENTID=... ...\n",
     "C1: b\nS1: * CAPABILITY IMAP4rev1 CLIENTID=1\nS1: OK x\n"},
    /* pipelined replies in any order, by their tags */
    {true, "C1+: NOOP\nC1: XX\nS1: OK\nS1: BAD\n", "C1: b\nC1: c\nS1 [a2]: BAD x\nS1 [a1]: OK x\n"},
    {false, "C1+: NOOP\nC1: XX\nS1: OK\nS1: BAD\n", "C1: b\nC1: c\nS1 [a2]: OK x\nS1 [a1]: BAD x\n"},
    /* the end of a session; a BYE that came before the command */
    {true, "C2: SELECT FOO\nC1: DELETE FOO\nS1: OK\nC2: NOOP\nS2: * BYE\n@close S2\n",
     "C2: a\nS2: OK x\nC1: b\nS1: OK x\nS2: * BYE gone\n@close S2\nC2: c\n"},
    {false, "C2: SELECT FOO\nC1: DELETE FOO\nS1: OK\nC2: NOOP\nS2: OK\n",
     "C2: a\nS2: OK x\nC1: b\nS1: OK x\nS2: * BYE gone\n@close S2\nC2: c\n"},
    {false, "C1: LOGOUT\nS1: * BYE\nS1: OK\n@close S1\n", "C1: b\nS1: * BYE x\nS1: OK x\n"},
};

static void matching(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct fake f = {.said = {table[i].said}};
        char fields[3000];
        snprintf(fields, sizeof fields, "play = [=[\n%s]=]", table[i].play);
        struct scenario_outcome out = run(fields, &f);
        if ((out.state == SCENARIO_PASS) != table[i].same)
            fail_msg("row %zu:\n%s---\n%s---\n%s", i, table[i].play, table[i].said, out.text);
    }
}

/* ---- what a difference means ---- */

static void meaning(void **state) {
    (void)state;
    static const char play[] =
        "play = [=[\n# MAP-4-a: the rule\nC1: NOOP\nS1: OK\n# no id here\nC1: CHECK\nS1: OK\n]=]";
    char fields[600];
    struct fake f = {.said = {"C1: a\nS1: OK x\nC1: b\nS1: NO x\n"}};
    struct scenario_outcome out = run(play, &f);
    assert_int_equal(out.state, SCENARIO_OTHERWISE);
    assert_int_equal(f.notes, 0);
    assert_non_null(strstr(out.text, "differs: CHECK: expected OK, seen NO x"));

    struct note by = {.verdict = V_CONFORMS, .cites = "MAP-4.1.1-a", .summary = ""};
    f = (struct fake){.said = {"C1: a\nS1: OK x\nC1: b\nS1: NO x\n"}, .hear = &by};
    out = run(play, &f);
    assert_int_equal(out.state, SCENARIO_OTHERWISE);
    assert_int_equal(strncmp(out.text, "conforms, by MAP-4.1.1-a", 24), 0);

    struct note deviates = {.verdict = V_DEVIATES, .cites = "MAP-I5", .summary = "late"};
    f = (struct fake){.said = {"C1: a\nS1: OK x\nC1: b\nS1: NO x\n"}, .hear = &deviates};
    out = run(play, &f);
    assert_int_equal(strncmp(out.text, "differs: DEVIATES MAP-I5", 24), 0);

    struct note violates = {.verdict = V_VIOLATES, .cites = "MAP-I3", .summary = "wrong"};
    f = (struct fake){.said = {"C1: a\nS1: OK x\nC1: b\nS1: OK x\n"}, .hear = &violates};
    out = run(play, &f); /* as written, yet wrong */
    assert_int_equal(out.state, SCENARIO_FAIL);

    snprintf(fields, sizeof fields, "must = true, %s", play);
    f = (struct fake){.said = {"C1: a\nS1: OK x\nC1: b\nS1: NO x\n"}};
    out = run(fields, &f);
    assert_int_equal(out.state, SCENARIO_FAIL);
    assert_int_equal(f.notes, 1);
    assert_int_equal(f.first.verdict, V_VIOLATES);
    assert_string_equal(f.cites, "MAP-4-a"); /* of the last comment that has an id */

    snprintf(fields, sizeof fields, "should = true, %s", play);
    f = (struct fake){.said = {"C1: a\nS1: NO x\nC1: b\nS1: NO x\n"}};
    out = run(fields, &f);
    assert_int_equal(out.state, SCENARIO_OTHERWISE);
    assert_int_equal(f.notes, 1); /* the second follows from the first, perhaps */
    assert_int_equal(f.first.verdict, V_DEVIATES);
}

static void needs(void **state) {
    (void)state;
    static const struct {
        const char *needs;
        bool offered;
    } v[] = {{"ID", true},        {"IDLE", false},    {"!IDLE", true},
             {"!ID", false},      {"ID IDLE", false}, {"TLS PLAIN SECURE", true},
             {"STARTTLS", false}, {"USERS2", false},  {"INBOX", false},
             {"!INBOX", true},    {"CLIENTID", false}};
    for (size_t i = 0; i < sizeof v / sizeof *v; i++) {
        struct fake f = {.said = {"C1: a\nS1: OK x\n"}};
        char fields[200];
        snprintf(fields, sizeof fields, "needs = \"%s\", play = \"C1: NOOP\\nS1: OK\\n\"", v[i].needs);
        struct scenario_outcome out = run(fields, &f);
        if ((out.state == SCENARIO_PASS) != v[i].offered ||
            (out.state == SCENARIO_NOT_OFFERED) == v[i].offered)
            fail_msg("needs %s: %s", v[i].needs, out.text);
        assert_int_equal(f.plays, v[i].offered);
    }
    struct fake f = {.said = {"C1: a\nS1: NO x\n", "C1: a\nS1: OK x\n"}};
    struct scenario_outcome out =
        run("must = true, applies = \"C1: NOOP\\nS1: OK\\n\", play = \"C1: NOOP\\nS1: OK\\n\"", &f);
    assert_int_equal(out.state, SCENARIO_NOT_OFFERED);
    assert_int_equal(f.notes, 0);
}

static void several(void **state) {
    (void)state;
    static const char two[] =
        "must = true, play = { \"C1: NOOP\\nS1: OK\\n\", \"C1: NOOP\\nS1: OK\\n\" }, any = true";
    struct fake f = {.said = {"C1: a\nS1: NO x\n", "C1: a\nS1: OK x\n"}};
    assert_int_equal(run(two, &f).state, SCENARIO_PASS);
    f = (struct fake){.said = {"C1: a\nS1: NO x\n"}};
    assert_int_equal(run(two, &f).state, SCENARIO_FAIL);
    assert_int_equal(f.notes, 1);
    /* texts for people and numbers do not count where all is compared; data does; ID is left out */
    static const char all[] =
        "must = true, compare = \"all\", play = { \"C1: ID NIL\\nC1: NOOP\\n\", \"C1: NOOP\\n\" }";
    f = (struct fake){.said = {"C1: a\nS1: * ID NIL\nS1: OK\nC1: a\nS1: * 1 EXISTS\nS1: OK 1 ms\n",
                               "C1: a\nS1: * 1 EXISTS\nS1: OK three\n"}};
    assert_int_equal(run(all, &f).state, SCENARIO_PASS);
    f = (struct fake){.said = {"C1: a\nS1: * ID NIL\nS1: OK\nC1: a\nS1: * 1 EXISTS\nS1: OK x\n",
                               "C1: a\nS1: * 2 EXISTS\nS1: OK x\n"}};
    assert_int_equal(run(all, &f).state, SCENARIO_FAIL);
    f = (struct fake){.said = {"C1: a\nS1: * ID NIL\nS1: OK\nC1: a\nS1: OK [MAILBOXID (a)] x\n",
                               "C1: a\nS1: OK [MAILBOXID (b)] y\n"}};
    assert_int_equal(run(all, &f).state, SCENARIO_PASS); /* what the server picks */
    f = (struct fake){.said = {"C1: a\nS1: * ID NIL\nS1: OK\nC1: a\nS1: OK [CAPABILITY IDLE] x\n",
                               "C1: a\nS1: OK [CAPABILITY] y\n"}};
    assert_int_equal(run(all, &f).state, SCENARIO_FAIL);
    f = (struct fake){.said = {"C1: a\nS1: * ID NIL\nS1: OK\nC1: a\nS1: NO x\n", "C1: a\nS1: OK y\n"}};
    assert_int_equal(run(all, &f).state, SCENARIO_FAIL);
    /* of the last command the text does count, and of refusals only */
    static const char refused[] =
        "should = true, compare = \"refused\", play = { \"C1: X\\n\", \"C1: Y\\n\", \"C1: Z\\n\" }";
    f = (struct fake){.said = {"C1: a\nS1: NO no\n", "C1: a\nS1: OK x\n", "C1: a\nS1: NO no\n"}};
    assert_int_equal(run(refused, &f).state, SCENARIO_PASS);
    f = (struct fake){.said = {"C1: a\nS1: NO no\n", "C1: a\nS1: OK x\n", "C1: a\nS1: NO because\n"}};
    assert_int_equal(run(refused, &f).state, SCENARIO_OTHERWISE);
    assert_int_equal(f.notes, 1);
    f = (struct fake){.said = {"C1: a\nS1: OK x\n"}};
    assert_int_equal(run(refused, &f).state, SCENARIO_NOT_OFFERED);
}

/* ---- files ---- */

static void given(void **state) {
    (void)state;
    char err[400];
    struct scenarios *s =
        load("--- what it is\nreturn scenario { name = \"a\", cites = \"MAP-I1\", given = { FOO = { messages "
             "= 3, deleted = \"2:*\", "
             "seen = \"1\", open_in = {1, 2}, examine_in = {3}, by = 4 } }, play = \"C1: NOOP\\n\" }\n",
             "a*", err);
    if (!s)
        fail_msg("%s", err);
    assert_int_equal(scenarios_count(s), 1);
    assert_string_equal(scenario_doc(scenarios_at(s, 0)), "what it is");
    char *text = program_print_sent(scenario_program(scenarios_at(s, 0), 0), NULL);
    static const char *const want[] = {"C4: CREATE FOO\n", "C4: APPEND FOO (\\Seen) {",
                                       "C4: APPEND FOO (\\Deleted) {", "Subject: foo3\n",
                                       "C1: SELECT FOO\nC2: SELECT FOO\nC3: EXAMINE FOO\nC1: NOOP\n"};
    const char *at = text;
    for (size_t i = 0; i < sizeof want / sizeof *want; i++)
        if (!(at = strstr(at, want[i])))
            fail_msg("no %s in\n%s", want[i], text);
    free(text);
    scenarios_free(s);
    s = load("return scenario { name = \"a\", cites = \"MAP-I1\", play = \"C1: NOOP\\n\" }\n", "b*", err);
    assert_int_equal(scenarios_count(s), 0);
    scenarios_free(s);
}

static void errors(void **state) {
    (void)state;
    static const struct {
        const char *lua, *says;
    } v[] = {
        {"return scenario { cites = \"MAP-I1\", play = \"\" }", "name"},
        {"return scenario { name = \"a\", cites = \"MAP-I"
         "99\", play = \"\" }",
         "x.lua:1: MAP-I"
         "99 is no id (nearest: MAP-I9)"},
        {"return scenario { name = \"a\", cites = \"\", play = \"\" }", "at least one id"},
        {"return scenario { name = \"a\", cites = \"MAP-I1\", play = \"S1: OK\\n\" }", "expected a C1 line"},
        {"return scenario { name = \"a\", cites = \"MAP-I1\", given = { FOO = { open_in = {1} } }, play = \"S1: OK\\n\" }",
         "expected a C1 line"},
        {"return scenario { name = \"a\", cites = \"MAP-I1\", play = \"\" }", "expected a play with a line"},
        {"return scenario { name = \"a\", cites = \"MAP-I1\", play = \"C1: NOOP\\nS1: OKAY\\n\" }", ":2: expected OK, NO or BAD"},
        {"return scenario { name = \"a\", cites = \"MAP-I1\", play = \"C1: NOOP\\nS1: NO|OKAY x\\n\" }", "not `OKAY`"},
        {"return scenario { name = \"a\", cites = \"MAP-I1\", needs = \"!MOOVE\", play = \"C1: NOOP\\n\" }", "(nearest: MOVE)"},
        {"return behaviour { name = \"a\" }", "expected `return scenario { ... }`"},
        {"return scenario { name = \"a\", cites = \"MAP-I1\",\nplay = [=[\nC1: NOOP\nfoo\n]=] }",
         "x.lua:4: expected `C1: command`"},
        {"return scenario { name = \"a\", cites = \"MAP-I1\", play = {} }", "play"},
        {"return scenario { name = \"a\", cites = \"MAP-I1\", play = \"C1: NOOP\\n\", compare = \"some\" }",
         "compare"},
        {"return scenario { name = \"a\", cites = \"MAP-I1\", play = \"C1: NOOP\\n\", compare = \"all\" }",
         "at least two plays"},
        {"return scenario { name = \"a\", cites = \"MAP-I1\", play = \"C1: NOOP\\n\", given = { FOO = { "
         "massages = 7 } } }",
         "messages"},
        {"return scenario { name = \"a\", cites = \"MAP-I1\", play = \"C1: NOOP\\n\", given = { FOO = { "
         "messages = 7, deleted = \"x\" } } }",
         "sequence set"},
        {"return scenario { name = \"a\", cites = \"MAP-I1\", play = \"C1: NOOP\\n\", given = { FOO = { "
         "open_in = {99} } } }",
         "sessions"},
        {"return scenario { name = \"a\", cites = \"MAP-I1\", paly = \"C1: NOOP\\n\" }", "play"},
        {"return 7", "scenario"},
        {"os.exit(0)", "os"}};
    for (size_t i = 0; i < sizeof v / sizeof *v; i++) {
        char err[400] = "";
        struct scenarios *s = load(v[i].lua, NULL, err);
        if (s || !strstr(err, v[i].says) || !strstr(err, "x.lua") || strchr(err, '\n'))
            fail_msg("%s\ngave: %s", v[i].lua, s ? "a scenario" : err);
    }
    char err[400];
    struct scenarios *none = scenarios_load("build/tests/no-such-folder", NULL, err, sizeof err);
    assert_non_null(none);
    assert_int_equal(scenarios_count(none), 0);
    scenarios_free(none);
}

/* Our own files load, each with a line that says what it is, and cite what they should. */
static void ours(void **state) {
    (void)state;
    char err[400] = "";
    struct scenarios *s = scenarios_load("lua/scenario", NULL, err, sizeof err);
    if (!s)
        fail_msg("%s", err);
    assert_true(scenarios_count(s) >= 50);
    for (uint32_t i = 0; i < scenarios_count(s); i++)
        if (!scenario_doc(scenarios_at(s, i))[0])
            fail_msg("%s: expected a comment --- at its beginning", scenario_name(scenarios_at(s, i)));
    scenarios_free(s);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(matching), cmocka_unit_test(meaning),
                                       cmocka_unit_test(needs),    cmocka_unit_test(several),
                                       cmocka_unit_test(given),    cmocka_unit_test(errors),
                                       cmocka_unit_test(ours)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
