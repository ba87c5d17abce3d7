/* The text of programs and traces: what it means, that it prints back to itself, and its errors. */
#include "program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static struct program parse(const char *text) {
    struct program p;
    char err[256] = "";
    program_init(&p);
    if (!program_parse(&p, "t", 1, text, strlen(text), err, sizeof err))
        fail_msg("%s", err);
    return p;
}

static void text_is(const struct program *p, uint32_t line, const char *want, size_t n) {
    struct slice s = program_text(p, &p->line[line]);
    assert_int_equal(s.n, n);
    assert_memory_equal(s.p, want, n);
}

static void meaning(void **state) {
    (void)state;
    struct program p = parse("# hello\n"
                             "@open C2 user=2 tls=starttls login=no\n"
                             "   C1: APPEND FOO {15}\n"
                             "     | Subject: m1\n"
                             "     |\n"
                             "C1+: NOOP\n"
                             "C12 raw cut: a1 NO\\x00OP\\\\x4\n"
                             "S1 x4: * 4 EXPUNGE\n"
                             "S2 [a7]?: OK done\n"
                             "S2!: * 3 EXISTS\n\n"
                             "@wait 50\n@checkpoint\n@close C2\n@mailbox A B\n@close S1 limit: too late");
    assert_int_equal(p.lines, 13);
    assert_false(p.trace);
    assert_int_equal(p.line[0].kind, LINE_COMMENT);
    assert_int_equal(p.line[1].kind, LINE_OPEN);
    assert_int_equal(p.line[1].user, 2);
    assert_int_equal(p.line[1].tls, TLS_STARTTLS);
    assert_int_equal(p.line[1].flags, LINE_NO_LOGIN);
    text_is(&p, 2, "APPEND FOO {15}\r\nSubject: m1\r\n", 32 - 2);
    assert_int_equal(p.line[3].flags, LINE_NOWAIT);
    assert_int_equal(p.line[4].session, 12);
    assert_int_equal(p.line[4].flags, LINE_RAW | LINE_CUT);
    text_is(&p, 4, "a1 NO\0OP\\\\x4", 12);
    assert_int_equal(p.line[5].repeat, 4);
    assert_int_equal(p.line[5].at, 8);
    assert_int_equal(p.line[6].flags, LINE_OPTIONAL);
    assert_int_equal(program_tag(&p, &p.line[6]).n, 2);
    assert_memory_equal(program_tag(&p, &p.line[6]).p, "a7", 2);
    assert_int_equal(p.line[7].flags, LINE_ABSENT);
    assert_int_equal(p.line[8].ms, 50);
    assert_int_equal(p.line[9].kind, LINE_CHECKPOINT);
    assert_int_equal(p.line[10].kind, LINE_CLOSE);
    text_is(&p, 11, "A B", 3);
    assert_int_equal(p.line[12].flags, LINE_BY_SERVER);
    text_is(&p, 12, "limit: too late", 15);
    assert_int_equal(program_commands(&p), 3);
    program_free(&p);
}

/* Octets of every kind survive print and parse. */
static void any_octets(void **state) {
    (void)state;
    struct program p, q;
    program_init(&p);
    program_init(&q);
    uint64_t x = 12345;
    for (int i = 0; i < 3000; i++) {
        static const char pick[] = " \r\n\\xAF09 a{}|:#\t";
        uint8_t buf[24];
        size_t n = (size_t)(x >> 33) % sizeof buf;
        for (size_t k = 0; k < n; k++) {
            x = x * 6364136223846793005u + 1442695040888963407u;
            uint8_t r = (uint8_t)(x >> 40);
            buf[k] = x >> 60 > 3 ? (uint8_t)pick[r % (sizeof pick - 1)] : r;
        }
        x = x * 6364136223846793005u + 1442695040888963407u;
        struct line *l =
            program_add(&p, x >> 63 ? LINE_SEND : LINE_EXPECT, 1 + (int)(x >> 40) % PROGRAM_SESSIONS, buf, n);
        assert_non_null(l);
    }
    p.trace = true;
    program_set_head(&p, "target", "  dovecot\nx ");
    program_set_head(&p, "empty", "%s", "");
    size_t n, m;
    char err[256], *a = program_print(&p, &n);
    assert_non_null(a);
    if (!program_parse(&q, "a", 1, a, n, err, sizeof err))
        fail_msg("%s", err);
    assert_int_equal(p.lines, q.lines);
    assert_string_equal(program_head(&q, "target"), "dovecot x");
    assert_string_equal(program_head(&q, "empty"), "");
    for (uint32_t i = 0; i < p.lines; i++) {
        assert_int_equal(p.line[i].kind, q.line[i].kind);
        assert_int_equal(p.line[i].session, q.line[i].session);
        struct slice s = program_text(&p, &p.line[i]);
        text_is(&q, i, s.n ? (const char *)s.p : "", s.n);
    }
    char *b = program_print(&q, &m);
    assert_int_equal(n, m);
    assert_memory_equal(a, b, n);
    free(a);
    free(b);
    program_free(&p);
    program_free(&q);
}

static void round_trip(void **state) {
    (void)state;
    static const char text[] =
        "# imapdiff trace 1\n# target: dovecot\n# expect: VIOLATES MAP-I3\n\n# note: a comment\n"
        "@open C1 user=1 tls=tls\nS1: * OK hi\nC1 auto: LOGIN $user(1) $pass(1)\nS1: OK\n"
        "C1: APPEND FOO {5}\n  | a\n  |  b\nS1 [x\\x5D\\x20]: NO\nS1 raw cut: gar\\x0A\n"
        "C1: UID FETCH $uid(FOO,3)=17 (FLAGS)\n@checkpoint\n@close S1\n# end\n# end\n";
    struct program p = parse(text), q;
    assert_true(p.trace);
    assert_string_equal(program_head(&p, "expect"), "VIOLATES MAP-I3");
    assert_null(program_head(&p, "note"));
    char *out = program_print(&p, NULL);
    assert_string_equal(out, text);
    free(out);
    program_init(&q);
    assert_true(program_copy(&q, &p));
    out = program_print(&q, NULL);
    assert_string_equal(out, text);
    free(out);
    out = program_print_sent(&q, NULL);
    assert_string_equal(out, "@open C1 user=1 tls=tls\nC1: APPEND FOO {5}\n  | a\n  |  b\n"
                             "C1: UID FETCH $uid(FOO,3)=17 (FLAGS)\n@checkpoint\n");
    free(out);
    program_free(&p);
    program_free(&q);
}

/* What is a comment where it stands must not begin the text that is printed: there it would be a header. */
static void no_header_is_made(void **state) {
    (void)state;
    static const char *const texts[] = {"  # imapdiff trace 5\nC1: NOOP\n", "\n#   imapdiff trace 1\nC1: NOOP\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct program p = parse(texts[i]), q;
        assert_false(p.trace);
        char *out = program_print(&p, NULL);
        q = parse(out);
        assert_false(q.trace);
        assert_int_equal(q.lines, 2);
        free(out);
        program_free(&p);
        program_free(&q);
    }
}

static void errors(void **state) {
    (void)state;
    static const struct {
        const char *text, *err;
    } t[] = {
        {"C1: NOOP\nhello", "t:2: expected `C1: command`"},
        {"C0: NOOP", "t:1: expected a session, C1 to C32"},
        {"C33: NOOP", "t:1: expected a session"},
        {"C1 NOOP", "t:1: expected `:`, `+:`, raw, cut or auto before the command, not `NOOP`"},
        {"C1", "t:1: expected `:` behind the session"},
        {"S1 x0: OK", "t:1: expected a count behind x"},
        {"S1 []: OK", "t:1: expected a tag in brackets"},
        {"S1+: OK", "t:1: expected `:`, `?:`"},
        {"  | x", "t:1: expected a C or S line above"},
        {"C1: A\n# c\n  | x", "t:3: expected a C or S line above"},
        {"@open", "t:1: expected a session"},
        {"@open S1", "t:1: expected `@open C1`: the client opens"},
        {"@open C1 user=0", "t:1: expected user=1"},
        {"@close S1 because", "t:1: expected `@close S1`"},
        {"@wait", "t:1: expected milliseconds"},
        {"@wait 9999999", "t:1: expected milliseconds"},
        {"@checkpoint now", "t:1: expected the end of the line, not `now`"},
        {"@chekpoint", "t:1: expected @open, @close"},
        {"@mailbox ", "t:1: expected names"},
        {"# imapdiff trace 2\n# end", "t:1: expected version 1"},
        {"# imapdiff trace 1\n# target: x\n\nC1: NOOP\n", "t:4: the trace is truncated"},
        {"# imapdiff trace 1\nC1: NOOP\n# end\nC1: NOOP", "t:4: the trace is truncated"},
    };
    struct program p;
    program_init(&p);
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        char err[256] = "";
        if (program_parse(&p, "t", 1, t[i].text, strlen(t[i].text), err, sizeof err))
            fail_msg("accepted: %s", t[i].text);
        if (strncmp(err, t[i].err, strlen(t[i].err)))
            fail_msg("%s\n  gave %s\n  want %s", t[i].text, err, t[i].err);
    }
    char err[256];
    assert_false(program_parse(&p, "t", 7, "C1: a\0b", 7, err, sizeof err));
    assert_string_equal(err, "t:7: expected text; this line holds a NUL octet");
    assert_false(program_read(&p, "/nonexistent/x", err, sizeof err));
    assert_string_equal(err, "/nonexistent/x: No such file or directory");
    program_free(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(meaning), cmocka_unit_test(any_octets),
                                       cmocka_unit_test(round_trip), cmocka_unit_test(no_header_is_made), cmocka_unit_test(errors)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
