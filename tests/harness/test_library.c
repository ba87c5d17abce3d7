/* test_library.c: the libraries' plug-ins, what they answer, and that a child keeps the harm of a bad one to
 * itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "library.h"

static uint8_t canon[LIB_CANON];

static struct lib_answer ask(const struct library *l, enum lib_item item, const char *text, size_t n) {
    struct lib_answer a = {.canon = {canon, sizeof canon - 1, 0}};
    uint8_t *p = malloc(n > 0 ? n : 1); /* of its own length: who reads further is seen by the sanitizer */
    memcpy(p, text, n);
    library_ask(l, item, p, n, &a);
    free(p);
    canon[a.canon.len < sizeof canon ? a.canon.len : sizeof canon - 1] = 0;
    return a;
}

/* ---- what libraries answer ----------------------------------------------------------------------------
 * Where a row is no matter of course, the line before it says where the expectation comes from. */
static const struct row {
    const char *library;
    uint8_t item;
    const char *text;
    uint8_t verdict;
    const char *canon; /* ACCEPT */
    uint32_t used;     /* ACCEPT: 0: all */
} rows[] = {
    {"dovecot", ITEM_ID, "ID NIL\r\n", LIB_ACCEPT, "NIL", 0},
    {"dovecot", ITEM_ID, "ID (\"a\" \"b\\\"c\" \"d\" NIL)\r\n", LIB_ACCEPT, "(\"a\" \"b\\\"c\" \"d\" NIL)",
     0},
    {"dovecot", ITEM_ID, "ID (\"a\" {3}\r\nx\r\n)\r\nA2 NOOP\r\n", LIB_ACCEPT, "(\"a\" \"x\\x0D\\x0A\")", 19},
    {"dovecot", ITEM_ID, "ID (\"a\" {3}\r\nx", LIB_MORE, "", 0},
    {"dovecot", ITEM_ID, "ID (\"a", LIB_MORE, "", 0},
    {"dovecot", ITEM_ID, "ID (\"a\"", LIB_MORE, "", 0},
    /* cmd_id of its imap process looks at no argument, but the parser must have understood them */
    {"dovecot", ITEM_ID, "ID\r\n", LIB_ACCEPT, "", 0},
    {"dovecot", ITEM_ID, "ID foo (bar\r\n", LIB_REJECT, "", 0},
    {"dovecot", ITEM_ID, "ID foo\r\n", LIB_ACCEPT, "\"foo\"", 0},
    {"dovecot", ITEM_ID, "ID (\"a\" \"b\"\r\n", LIB_REJECT, "", 0},
    /* a line may end with LF alone */
    {"dovecot", ITEM_ID, "ID NIL\n", LIB_ACCEPT, "NIL", 0},
    {"dovecot", ITEM_CLIENTID, "CLIENTID UUID 1-2-3\r\n", LIB_ACCEPT, "\"UUID\" \"1-2-3\"", 0},
    {"dovecot", ITEM_CLIENTID, "CLIENTID UUID \"1 2\"\r\n", LIB_ACCEPT, "\"UUID\" \"1 2\"", 0},
    {"dovecot", ITEM_CLIENTID, "CLIENTID UUID\r\n", LIB_REJECT, "", 0},
    {"dovecot", ITEM_COMMAND, "a1 login u {3+}\r\np w\r\n", LIB_ACCEPT, "\"a1\" LOGIN \"u\" \"p w\"", 0},
    {"dovecot", ITEM_COMMAND, "a1 NOOP\r\n", LIB_ACCEPT, "\"a1\" NOOP", 0},
    {"dovecot", ITEM_COMMAND, "a1 FETCH 1 (FLAGS)\r\n", LIB_PASS, "", 0},
    {"dovecot", ITEM_COMMAND, "+ NOOP\r\n", LIB_REJECT, "", 0},
    {"dovecot", ITEM_RESPONSE, "* 1 EXISTS\r\n", LIB_PASS, "", 0},

    {"dovecot-login", ITEM_ID, "ID NIL\r\n", LIB_ACCEPT, "NIL", 0},
    {"dovecot-login", ITEM_ID, "ID (\"a\" \"b\" \"c\" NIL)\r\n", LIB_ACCEPT, "(\"a\" \"b\" \"c\" NIL)", 0},
    {"dovecot-login", ITEM_ID, "ID ()\r\n", LIB_ACCEPT, "()", 0},
    /* imap-login's states: what is behind the list's end or NIL is skipped with the line */
    {"dovecot-login", ITEM_ID, "ID\r\n", LIB_ACCEPT, "NIL", 0},
    {"dovecot-login", ITEM_ID, "ID NIL junk\r\nx", LIB_ACCEPT, "NIL", 13},
    {"dovecot-login", ITEM_ID, "ID (\"a\" \"b\") (junk\r\n", LIB_ACCEPT, "(\"a\" \"b\")", 0},
    {"dovecot-login", ITEM_ID, "ID (\"a\" \"b\" \"c\")\r\n", LIB_ACCEPT, "(\"a\" \"b\" \"c\")", 0},
    {"dovecot-login", ITEM_ID, "ID (a \"b\")\r\n", LIB_REJECT, "", 0},
    {"dovecot-login", ITEM_ID, "ID (\"a\" (\"b\"))\r\n", LIB_REJECT, "", 0},
    {"dovecot-login", ITEM_ID, "ID \"a\"\r\n", LIB_REJECT, "", 0},
    {"dovecot-login", ITEM_ID, "ID (\"a\" \"b\")", LIB_MORE, "", 0},
    /* IMAP_ID_KEY_MAX_LEN is 30 */
    {"dovecot-login", ITEM_ID, "ID (\"123456789012345678901234567890\" \"b\")\r\n", LIB_ACCEPT,
     "(\"123456789012345678901234567890\" \"b\")", 0},
    {"dovecot-login", ITEM_ID, "ID (\"1234567890123456789012345678901\" \"b\")\r\n", LIB_REJECT, "", 0},

    {"cyrus", ITEM_ID, "ID NIL\r\n", LIB_ACCEPT, "NIL", 0},
    {"cyrus", ITEM_ID, "ID (\"a\" \"b\" \"c\" NIL)\r\nx", LIB_ACCEPT, "(\"a\" \"b\" \"c\" NIL)", 22},
    {"cyrus", ITEM_ID, "ID (\"a\" {3}\r\nxyz)\r\n", LIB_ACCEPT, "(\"a\" \"xyz\")", 0},
    {"cyrus", ITEM_ID, "ID (\"a\" {3+}\r\nxyz)\r\n", LIB_ACCEPT, "(\"a\" \"xyz\")", 0},
    {"cyrus", ITEM_ID, "ID (\"a\" {3}\r\nxy", LIB_MORE, "", 0},
    {"cyrus", ITEM_ID, "ID (\"a\" \"b\"", LIB_MORE, "", 0},
    /* cmd_id: a string is read behind "(" in any case; NIL of a value in capitals only, of the list in any;
       limits 30, 1024, 30 */
    {"cyrus", ITEM_ID, "ID ()\r\n", LIB_REJECT, "", 0},
    {"cyrus", ITEM_ID, "ID (\"a\" nil)\r\n", LIB_REJECT, "", 0},
    {"cyrus", ITEM_ID, "ID nil\r\n", LIB_ACCEPT, "NIL", 0},
    {"cyrus", ITEM_ID, "ID word(\"a\" \"b\")\r\n", LIB_ACCEPT, "(\"a\" \"b\")", 0},
    {"cyrus", ITEM_ID, "ID (\"1234567890123456789012345678901\" \"b\")\r\n", LIB_REJECT, "", 0},
    {"cyrus", ITEM_ID, "ID NIL junk\r\n", LIB_REJECT, "", 0},
    {"cyrus", ITEM_ID, "ID (\"a\" \"b\")\n", LIB_ACCEPT, "(\"a\" \"b\")", 0},
    /* getxstring: a backslash makes any octet ordinary; NUL in a literal is refused */
    {"cyrus", ITEM_ID, "ID (\"a\" \"\\n\")\r\n", LIB_ACCEPT, "(\"a\" \"n\")", 0},
    /* the number is read by fatal() or not at all */
    {"cyrus", ITEM_ID, "ID (\"a\" {99999999999}\r\nb)\r\n", LIB_REJECT, "", 0},
    {"cyrus", ITEM_CLIENTID, "CLIENTID UUID 1-2-3\r\n", LIB_ACCEPT, "\"UUID\" \"1-2-3\"", 0},
    {"cyrus", ITEM_CLIENTID, "CLIENTID UUID\r\n", LIB_REJECT, "", 0},
    {"cyrus", ITEM_CLIENTID, "CLIENTID UUID 1 2\r\n", LIB_REJECT, "", 0},

    {"libetpan", ITEM_ID_RESPONSE, "* ID NIL\r\n", LIB_ACCEPT, "NIL", 0},
    {"libetpan", ITEM_ID_RESPONSE, "* ID (\"a\" \"b\" \"c\" NIL)\r\nx", LIB_ACCEPT, "(\"a\" \"b\" \"c\" NIL)",
     24},
    {"libetpan", ITEM_ID_RESPONSE, "* ID (\"a\" {3}\r\nxyz)\r\n", LIB_ACCEPT, "(\"a\" \"xyz\")", 0},
    {"libetpan", ITEM_ID_RESPONSE, "* ID (\"a\" {3}\r\nxyz)", LIB_MORE, "", 0},
    {"libetpan", ITEM_ID_RESPONSE, "* ID (\"a\" {3}\r\nx", LIB_MORE, "", 0},
    {"libetpan", ITEM_ID_RESPONSE, "* ID", LIB_MORE, "", 0},
    /* its list of pairs has at least one */
    {"libetpan", ITEM_ID_RESPONSE, "* ID ()\r\n", LIB_REJECT, "", 0},
    {"libetpan", ITEM_ID_RESPONSE, "* 3 EXISTS\r\n", LIB_REJECT, "", 0},
    {"libetpan", ITEM_RESPONSE, "* 3 EXISTS\r\n", LIB_ACCEPT, "EXISTS 3", 0},
    {"libetpan", ITEM_RESPONSE, "* 3 EXPUNGE\r\n", LIB_ACCEPT, "EXPUNGE 3", 0},
    {"libetpan", ITEM_RESPONSE, "* SEARCH 4 2\r\n", LIB_ACCEPT, "SEARCH 4 2", 0},
    {"libetpan", ITEM_RESPONSE, "* ID NIL\r\n", LIB_ACCEPT, "ID NIL", 0},
    {"libetpan", ITEM_RESPONSE, "a1 NO [ALERT] no\r\n", LIB_ACCEPT, "\"a1\" NO", 0},
    {"libetpan", ITEM_RESPONSE, "* 4 FETCH (FLAGS (\\Seen \\Recent x) UID 7)\r\n", LIB_ACCEPT,
     "FETCH 4 (UID 7 FLAGS (\"\\\\Seen\" \"\\\\Recent\" \"x\"))", 0},

    {"vmime", ITEM_ID_RESPONSE, "* ID NIL\r\n", LIB_ACCEPT, "NIL", 0},
    {"vmime", ITEM_ID_RESPONSE, "* ID (\"a\" \"b\" \"c\" NIL)\r\nx", LIB_ACCEPT, "(\"a\" \"b\" \"c\" NIL)",
     24},
    {"vmime", ITEM_ID_RESPONSE, "* ID (\"a\" {3}\r\nx\r\n)\r\nx", LIB_ACCEPT, "(\"a\" \"x\\x0D\\x0A\")", 21},
    {"vmime", ITEM_ID_RESPONSE, "* ID ()\r\n", LIB_ACCEPT, "()", 0},
    {"vmime", ITEM_ID_RESPONSE, "* ID (\"a\" {3}\r\nx", LIB_MORE, "", 0},
    {"vmime", ITEM_ID_RESPONSE, "* ID", LIB_MORE, "", 0},
    /* SPACE of its grammar is any number of blanks and tabs; CRLF may have one before it, but not be LF */
    {"vmime", ITEM_ID_RESPONSE, "* ID  (\"a\"\t\"b\") \r\n", LIB_ACCEPT, "(\"a\" \"b\")", 0},
    {"vmime", ITEM_ID_RESPONSE, "* ID NIL\n", LIB_REJECT, "", 0},
    {"vmime", ITEM_RESPONSE, "* 3 EXISTS\r\n", LIB_ACCEPT, "EXISTS 3", 0},
    {"vmime", ITEM_RESPONSE, "* SEARCH 4 2\r\n", LIB_ACCEPT, "SEARCH 4 2", 0},
    {"vmime", ITEM_RESPONSE, "* BYE see you\r\n", LIB_ACCEPT, "BYE", 0},
    {"vmime", ITEM_RESPONSE, "a1 OK done\r\n", LIB_PASS, "", 0},
    {"vmime", ITEM_RESPONSE, "* 4 FETCH (FLAGS (\\Seen \\Recent x) UID 7)\r\n", LIB_ACCEPT,
     "FETCH 4 (UID 7 FLAGS (\"\\\\Seen\" \"\\\\Recent\" \"x\"))", 0},
    /* its rules leak when they are cut off: no opinion */
    {"vmime", ITEM_RESPONSE, "* 1 FETCH (RFC822 {3}\r\nx", LIB_PASS, "", 0},
};
#define ROWS (sizeof rows / sizeof rows[0])

/* Why a library is not there although it should be, or NULL: a plain failure. */
static const char *left_out(const char *name) {
    static struct library_name v[64];
    for (int i = 0, n = library_names(v, 64); i < n; i++)
        if (strcmp(v[i].name, name) == 0 && v[i].missing)
            return v[i].why;
    return NULL;
}

static void one_row(const struct library *l, const struct row *r) {
    size_t n = strlen(r->text);
    struct lib_answer a = ask(l, r->item, r->text, n);
    if (a.verdict != r->verdict)
        fail_msg("%s, %s: %s (%s), not %s", r->library, r->text, lib_verdict_name(a.verdict), a.why,
                 lib_verdict_name(r->verdict));
    if (a.verdict != LIB_ACCEPT)
        return;
    if (strcmp((char *)canon, r->canon) != 0)
        fail_msg("%s, %s: understands %s, not %s", r->library, r->text, (char *)canon, r->canon);
    if (a.used != (r->used != 0 ? r->used : n))
        fail_msg("%s, %s: takes %u octets", r->library, r->text, a.used);
}

/* In this process, then each in a child: the same. Many times: what is kept must not spoil the next. */
static void answers(void **state) {
    const char *skipped = "";
    (void)state;
    for (int times = 0; times < 52; times++) {
        library_limits.isolate = times >= 50;
        for (size_t i = 0; i < ROWS; i++) {
            char err[300];
            const struct library *l = library_load(rows[i].library, err, sizeof err);
            if (l != NULL)
                one_row(l, &rows[i]);
            else if (left_out(rows[i].library) == NULL)
                fail_msg("%s", err);
            else if (strcmp(skipped, rows[i].library) != 0 && times == 0)
                printf("left out: %s\n", err);
            if (l == NULL)
                skipped = rows[i].library;
            else
                assert_true(l->version != NULL && l->version()[0] >= '0' && l->version()[0] <= '9');
        }
    }
    library_limits.isolate = false;
}

/* The limits of Cyrus's cmd_id, which take more than a line to write. */
static void cyrus_limits(void **state) {
    char err[300], text[4096];
    const struct library *l = library_load("cyrus", err, sizeof err);
    (void)state;
    if (l == NULL)
        skip();
    for (int extra = 0; extra < 2; extra++) {
        int n = snprintf(text, sizeof text, "ID (\"a\" \"%0*d\")\r\n", 1024 + extra, 0);
        assert_int_equal(ask(l, ITEM_ID, text, (size_t)n).verdict, extra ? LIB_REJECT : LIB_ACCEPT);
        n = snprintf(text, sizeof text, "ID (\"a\" NIL");
        for (int i = 1; i < 30 + extra; i++)
            n += snprintf(text + n, sizeof text - (size_t)n, " \"a\" NIL");
        n += snprintf(text + n, sizeof text - (size_t)n, ")\r\n");
        assert_int_equal(ask(l, ITEM_ID, text, (size_t)n).verdict, extra ? LIB_REJECT : LIB_ACCEPT);
    }
}

/* ---- a bad library ------------------------------------------------------------------------------------ */

#define BAD "build/tests/plugins/bad.so"

static void harm_is_kept(void **state) {
    static const struct {
        const char *text;
        uint8_t verdict;
        const char *why; /* is in what it says */
    } harms[] = {
        {"abort", LIB_CRASH, "SIGABRT"},
        {"null", LIB_CRASH, "SIGSEGV"},
        {"reads past", LIB_CRASH, "past the end of its input"},
        {"r", LIB_CRASH, "past the end of its input"},
        {"stack", LIB_CRASH, "SIGSEGV"},
        {"xit", LIB_CRASH, "ended the process"},
        {"fds", LIB_CRASH, ""},
        {"hang", LIB_HANG, "no answer within"},
        {"wait", LIB_HANG, "no answer within"},
        {"memory", LIB_MEMORY, ""},
        {"output", LIB_BLURT, "who reads this?"},
        {"error", LIB_BLURT, "parse error"},
    };
    char err[300];
    const struct library *l = library_load(BAD, err, sizeof err);
    (void)state;
    if (l == NULL)
        fail_msg("%s", err);
    assert_string_equal(l->name, "bad");
    assert_ptr_equal(library_load(BAD, err, sizeof err), l);
    library_limits = (struct library_limits){.deadline_ms = 300, .memory = (size_t)64 << 20};
    for (size_t i = 0; i < sizeof harms / sizeof harms[0]; i++) {
        /* the sanitizer takes its time to say that there is no more memory */
        library_limits.deadline_ms = harms[i].verdict == LIB_MEMORY ? 1000 : 300;
        struct lib_answer a = ask(l, ITEM_ID, harms[i].text, strlen(harms[i].text));
        if (a.verdict != harms[i].verdict || strstr(a.why, harms[i].why) == NULL)
            fail_msg("%s: %s, %s", harms[i].text, lib_verdict_name(a.verdict), a.why);
        /* Its own functions have no name, the file has. */
        if (strncmp(a.why, "SIG", 3) == 0 && strncmp(a.place, "bad+0x", 6) != 0)
            fail_msg("%s: died in `%s`", harms[i].text, a.place);
        a = ask(l, ITEM_ID, "good", 4);
        assert_int_equal(a.verdict, LIB_ACCEPT);
        assert_memory_equal(canon, "\"good\" ", 7);
    }
    /* An item that it does not know, an empty input, one that is too long. */
    assert_int_equal(ask(l, ITEM_CLIENTID, "abort", 5).verdict, LIB_PASS);
    assert_int_equal(ask(l, ITEM_ID, "", 0).verdict, LIB_ACCEPT);
    char *much = calloc(1, LIB_INPUT + 1);
    assert_int_equal(ask(l, ITEM_ID, much, LIB_INPUT).verdict, LIB_ACCEPT);
    assert_int_equal(ask(l, ITEM_ID, much, LIB_INPUT + 1).verdict, LIB_PASS);
    free(much);
    library_end();
    assert_int_equal(ask(l, ITEM_ID, "again", 5).verdict, LIB_CRASH);
    library_end();
}

/* ---- one that dies in this process ----------------------------------------------------------------------
 */

static void parse_dying(enum lib_item item, const uint8_t *p, size_t n, struct lib_answer *a) {
    static bool prepared;
    (void)item, (void)n;
    if (p[0] == 'a')
        abort();
    if (p[0] == 'n' || (p[0] == 's' && prepared))
        raise(SIGSEGV);
    prepared |= p[0] == 'p';
    a->verdict = LIB_ACCEPT;
}
LIBRARY(dying) = {.name = "dying", .items = 1u << ITEM_ID, .parse = parse_dying};

/* In a process of its own: the signal of which it dies, or 0. */
static int dies_of(const char *const *texts, uint8_t last, const char *why) {
    pid_t pid = fork();
    if (pid == 0) {
        char err[100];
        struct lib_answer a = {0};
        library_limits =
            (struct library_limits){.deadline_ms = 1000, .memory = (size_t)64 << 20, .survive = true};
        bool good = library_start(&library_dying, err, sizeof err);
        for (; *texts; texts++)
            a = ask(&library_dying, ITEM_ID, *texts, strlen(*texts));
        good = good && a.verdict == last && strstr(a.why, why) && (last != LIB_CRASH || a.place[0]);
        if (!good)
            fprintf(stderr, "%s, %s, %s\n", lib_verdict_name(a.verdict), a.why, a.place);
        library_end();
        _exit(good ? 0 : 1);
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void crashes_are_survived(void **state) {
    (void)state;
    assert_int_equal(dies_of((const char *const[]){"null", NULL}, LIB_CRASH, "SIGSEGV"), 0);
    assert_int_equal(dies_of((const char *const[]){"null", "abort", NULL}, LIB_CRASH, "SIGABRT"), 0);
    assert_int_equal(dies_of((const char *const[]){"abort", "null", "good", NULL}, LIB_ACCEPT, ""), 0);
    /* What no fresh process shows is the first crash's state; behind a crash, nobody's. */
    assert_int_equal(
        dies_of((const char *const[]){"prepare", "state", NULL}, LIB_CRASH, "behind earlier inputs"), 0);
    assert_int_equal(dies_of((const char *const[]){"abort", "prepare", "state", NULL}, LIB_CRASH, ""),
                     SIGABRT);
}

/* What earlier inputs have left in memory is not the fault of the one with which it is full. */
static void leaks_blame_nobody(void **state) {
    char err[300];
    const struct library *l = library_load(BAD, err, sizeof err);
    (void)state;
    library_limits = (struct library_limits){.deadline_ms = 1000, .memory = (size_t)64 << 20};
    for (int i = 0; i < 12; i++)
        assert_int_equal(ask(l, ITEM_ID, "leak", 4).verdict, LIB_ACCEPT);
    library_end();
}

static void what_cannot_be_loaded(void **state) {
    static const char *const lines[][2] = {
        {"bad-hatless", "missing its hat"},  {"bad-stillborn", "SIGABRT"},
        {"nonesuch", "make targets"},        {"./nonesuch.so", "cannot be loaded"},
        {"README.md", "make targets"}, /* no slash: no path */
        {"./README.md", "cannot be loaded"}, {"build/tests/plugins/empty.so", "registers no library"},
    };
    char err[300];
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        assert_null(library_load(lines[i][0], err, sizeof err));
        if (strstr(err, lines[i][1]) == NULL || strchr(err, '\n') != NULL || strstr(err, lines[i][0]) == NULL)
            fail_msg("%s: %s", lines[i][0], err);
    }
}

/* Every target of the sources has a name, there or missing with a reason. */
static void names(void **state) {
    static const char *const known[] = {"cyrus", "dovecot", "dovecot-login", "libetpan", "vmime"};
    struct library_name v[64];
    int n = library_names(v, 64);
    (void)state;
    for (size_t k = 0; k < sizeof known / sizeof known[0]; k++) {
        bool found = false;
        for (int i = 0; i < n; i++)
            if (strcmp(v[i].name, known[k]) == 0)
                found = !v[i].missing || v[i].why[0] != 0;
        if (!found)
            fail_msg("%s is not among the names: `make targets` was not run?", known[k]);
    }
    for (int i = 1; i < n; i++)
        assert_true(strcmp(v[i - 1].name, v[i].name) < 0);
    assert_int_equal(library_names(v, 2), 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers),
        cmocka_unit_test(cyrus_limits),
        cmocka_unit_test(harm_is_kept),
        cmocka_unit_test(crashes_are_survived),
        cmocka_unit_test(leaks_blame_nobody),
        cmocka_unit_test(what_cannot_be_loaded),
        cmocka_unit_test(names),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    library_end();
    return failed;
}
