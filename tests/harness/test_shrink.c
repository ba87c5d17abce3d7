/* The shrinker on made-up failures: what must stay stays, all else goes, within bounds, and the same way each
 * time. */
#include "generate.h"
#include "shrink.h"

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

/* A failure that needs these texts, in this order, in lines of the program. */
struct need {
    const char *text[6];
    uint32_t asked;
    int flaky;
};

static bool has(const struct program *p, const struct line *l, const char *z) {
    struct slice s = program_text(p, l);
    return s.n >= strlen(z) && memmem(s.p, s.n, z, strlen(z));
}

static int needs(void *user, const struct program *p) {
    struct need *need = user;
    int k = 0;
    need->asked++;
    for (uint32_t i = 0; i < p->lines && need->text[k]; i++)
        k += p->line[i].kind == LINE_SEND && has(p, &p->line[i], need->text[k]);
    if (need->text[k])
        return 0;
    return !need->flaky || need->asked % (uint32_t)need->flaky == 0;
}

static void shrinks_to(const char *from, struct need *need, const char *to) {
    struct program p = parse(from), out;
    program_init(&out);
    assert_int_equal(shrink_program(&p, needs, need, &out, &(struct shrink_limits){.tries = 5000}, NULL),
                     SHRINK_DONE);
    char *text = program_print(&out, NULL);
    assert_string_equal(text, to);
    free(text);
    program_free(&p);
    program_free(&out);
}

static void lines(void **state) {
    (void)state;
    struct need need = {.text = {"CREATE", "EXPUNGE"}};
    shrinks_to(
        "# aim\nC1: CREATE FOO\nC1: SELECT FOO\nC2: NOOP\nC2: NOOP\nC1: EXPUNGE\nC1: CLOSE\n@checkpoint\n",
        &need, "C1: CREATE FOO\nC1: EXPUNGE\n");
}

static void traces(void **state) {
    (void)state;
    struct need need = {.text = {"EXPUNGE"}};
    shrinks_to(
        "# imapdiff trace 1\n# seed: 4\nS1: * OK hi\nC1 auto: LOGIN $user(1) $pass(1)\nS1: OK\nC1: EXPUNGE\n"
        "S1: * 1 EXPUNGE\nS1: OK\n@close S1\n# end\n",
        &need, "C1: EXPUNGE\n");
}

static void sessions(void **state) {
    (void)state;
    struct need need = {.text = {"SELECT", "EXPUNGE", "NOOP"}};
    shrinks_to("C2: SELECT FOO\nC4: SELECT FOO\nC3: EXPUNGE\nC4: NOOP\n", &need,
               "C1: SELECT FOO\nC1: EXPUNGE\nC1: NOOP\n");
}

static int two_sessions(void *user, const struct program *p) {
    int first = 0;
    (void)user;
    for (uint32_t i = 0; i < p->lines; i++) {
        if (has(p, &p->line[i], "EXPUNGE"))
            first = p->line[i].session;
        if (first && p->line[i].session != first && has(p, &p->line[i], "FETCH"))
            return 1;
    }
    return 0;
}

static void numbered_from_one(void **state) {
    (void)state;
    struct program p = parse("C4: SELECT FOO\nC7: EXPUNGE\nC4+: FETCH 1:3,5 (FLAGS UID)\nC4: NOOP\n"), out;
    program_init(&out);
    assert_int_equal(shrink_program(&p, two_sessions, NULL, &out, NULL, NULL), SHRINK_DONE);
    char *text = program_print(&out, NULL);
    assert_string_equal(text, "C2: EXPUNGE\nC1: FETCH 1 FLAGS\n");
    free(text);
    program_free(&p);
    program_free(&out);
}

static int idle_done(void *user, const struct program *p) {
    int idle = 0, done = 0, noop = 0;
    (void)user;
    for (uint32_t i = 0; i < p->lines; i++) {
        idle += has(p, &p->line[i], "IDLE");
        done += has(p, &p->line[i], "DONE");
        noop += has(p, &p->line[i], "NOOP");
    }
    return noop && idle == done;
}

static void lines_that_need_each_other(void **state) {
    (void)state;
    struct program p = parse("C1: IDLE\nC2: NOOP\nC1: DONE\n"), out;
    program_init(&out);
    assert_int_equal(shrink_program(&p, idle_done, NULL, &out, NULL, NULL), SHRINK_DONE);
    char *text = program_print(&out, NULL);
    assert_string_equal(text, "C1: NOOP\n");
    free(text);
    program_free(&p);
    program_free(&out);
}

static int fetch_size(void *user, const struct program *p) {
    bool selected = false;
    (void)user;
    for (uint32_t i = 0; i < p->lines; i++) {
        const struct line *l = &p->line[i];
        selected |= has(p, l, "SELECT ") && has(p, l, "FOO");
        if (selected && has(p, l, "FETCH 1:3 (") && has(p, l, "RFC822.SIZE") && !has(p, l, "()") &&
            has(p, l, ")"))
            return 1;
    }
    return 0;
}

static void texts(void **state) {
    (void)state;
    struct need small = {.text = {"APPEND FOO", "FETCH 3"}};
    shrinks_to("C1: APPEND FOO (\\Seen) {33}\n  | Subject: imapdiff-1-1\n  |\n  | A body\n"
               "C1: FETCH 3:5,1 (FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])\n",
               &small, "C1: APPEND FOO {14}\n  | Subject: x\n  |\n  |\nC1: FETCH 3 FLAGS\n");
    struct program p = parse("C1: SELECT {3}\n  | FOO\nC1: FETCH 1:3 (UID FLAGS RFC822.SIZE BODY[])\n"), out;
    program_init(&out);
    assert_int_equal(shrink_program(&p, fetch_size, NULL, &out, NULL, NULL), SHRINK_DONE);
    char *text = program_print(&out, NULL);
    assert_string_equal(text, "C1: SELECT FOO\nC1: FETCH 1:3 (RFC822.SIZE)\n");
    free(text);
    program_free(&p);
    program_free(&out);
}

/* The UIDs that later commands mean stay the same messages when an APPEND before goes. */
static int third_message(void *user, const struct program *p) {
    (void)user;
    int appends = 0, marked = 0, asked = 0;
    for (uint32_t i = 0; i < p->lines; i++) {
        if (has(p, &p->line[i], "APPEND")) {
            appends++;
            if (has(p, &p->line[i], "Subject: three"))
                marked = appends;
        }
        char want[40];
        snprintf(want, sizeof want, "$uid(FOO,%d)", marked);
        asked |= marked && has(p, &p->line[i], want);
    }
    return asked;
}

static void uids_follow(void **state) {
    (void)state;
    struct program
        p = parse(
            "C1: APPEND FOO {14}\n  | Subject: one\n  |\nC1: APPEND FOO {14}\n  | Subject: two\n  |\n"
            "C1: APPEND FOO {16}\n  | Subject: three\n  |\nC1: UID FETCH $uid(FOO,2):$uid(FOO,3) FLAGS\n"),
        out;
    program_init(&out);
    assert_int_equal(shrink_program(&p, third_message, NULL, &out, NULL, NULL), SHRINK_DONE);
    assert_int_equal(out.lines, 2);
    assert_true(has(&out, &out.line[1], "$uid(FOO,1)"));
    assert_false(has(&out, &out.line[1], ":"));
    program_free(&p);
    program_free(&out);
}

static void bounds(void **state) {
    (void)state;
    struct program p = parse("C1: CREATE FOO\nC1: SELECT FOO\nC2: NOOP\nC2: NOOP\nC1: EXPUNGE\nC1: CLOSE\n"),
                   out;
    struct shrink_counts counts;
    program_init(&out);
    struct need need = {.text = {"CREATE", "EXPUNGE"}};
    assert_int_equal(shrink_program(&p, needs, &need, &out, &(struct shrink_limits){.tries = 3}, &counts),
                     SHRINK_TRIES);
    assert_int_equal(need.asked, 3);
    assert_int_equal(counts.tries, 3);
    assert_int_equal(needs(&need, &out), 1);
    struct need other = {.text = {"FROBNICATE"}};
    assert_int_equal(shrink_program(&p, needs, &other, &out, NULL, &counts), SHRINK_NOT_FAILING);
    assert_int_equal(other.asked, 1);
    assert_int_equal(out.lines, p.lines);
    /* One that shows every third time is still found, with repeats. */
    struct need flaky = {.text = {"EXPUNGE"}, .flaky = 3};
    assert_int_equal(shrink_program(&p, needs, &flaky, &out, &(struct shrink_limits){.repeats = 3}, &counts),
                     SHRINK_DONE);
    assert_int_equal(out.lines, 1);
    program_free(&p);
    program_free(&out);
}

static int stop(void *user, const struct program *p) {
    (void)p;
    return ++*(int *)user < 4 ? *(int *)user == 1 : -1;
}

static void stopped(void **state) {
    (void)state;
    struct program p = parse("C1: A\nC1: B\nC1: C\nC1: D\nC1: E\n"), out;
    int asked = 0;
    program_init(&out);
    assert_int_equal(shrink_program(&p, stop, &asked, &out, NULL, NULL), SHRINK_STOPPED);
    assert_int_equal(asked, 4);
    program_free(&p);
    program_free(&out);
}

/* Generated programs: never longer, never a program that does not read back, the same twice, at most the
 * lines needed. */
static void generated(void **state) {
    (void)state;
    struct generator_options o = {.families = GENERATE_ALL, .starttls = true};
    struct generator *g = generator_new(1, &o);
    struct program p, a, b;
    program_init(&p), program_init(&a), program_init(&b);
    int done = 0;
    for (int n = 0; n < 300; n++) {
        assert_true(generator_next(g, &p));
        struct need need = {.text = {"SELECT", "STORE", "NOOP"}}, again = need;
        if (!needs(&need, &p))
            continue;
        struct shrink_counts counts;
        enum shrink_end end = shrink_program(&p, needs, &need, &a, NULL, &counts);
        assert_true(end == SHRINK_DONE || end == SHRINK_TRIES);
        shrink_program(&p, needs, &again, &b, NULL, NULL);
        char *x = program_print(&a, NULL), *y = program_print(&b, NULL), err[200];
        assert_string_equal(x, y);
        assert_int_equal(a.lines, 3);
        assert_true(counts.tries <= 600);
        program_clear(&b);
        assert_true(program_parse(&b, "s", 1, x, strlen(x), err, sizeof err));
        free(x), free(y);
        done++;
    }
    assert_true(done > 30);
    program_free(&p), program_free(&a), program_free(&b);
    generator_free(g);
}

/* Of every generated command: the simpler forms end, fit, and are none of no octets. */
static void forms(void **state) {
    (void)state;
    struct generator_options o = {.families = GENERATE_ALL, .starttls = true};
    struct generator *g = generator_new(4, &o);
    struct program p;
    program_init(&p);
    uint8_t *buf = malloc(1 << 17);
    for (int n = 0; n < 200; n++) {
        assert_true(generator_next(g, &p));
        for (uint32_t i = 0; i < p.lines; i++) {
            struct slice s = program_text(&p, &p.line[i]);
            uint32_t k = 0, shorter = 0, len;
            for (; p.line[i].kind == LINE_SEND && (len = shrink_text(s, k, buf, s.n + 64)); k++) {
                assert_true(len == SHRINK_SKIP || len <= s.n + 64);
                shorter += len < s.n;
            }
            assert_true(k <= s.n + 20);
            if (s.n > 30 && !memcmp(s.p, "FETCH ", 6))
                assert_true(shorter > 0);
        }
    }
    free(buf);
    program_free(&p);
    generator_free(g);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines),
        cmocka_unit_test(traces),
        cmocka_unit_test(sessions),
        cmocka_unit_test(numbered_from_one),
        cmocka_unit_test(lines_that_need_each_other),
        cmocka_unit_test(texts),
        cmocka_unit_test(uids_follow),
        cmocka_unit_test(bounds),
        cmocka_unit_test(stopped),
        cmocka_unit_test(generated),
        cmocka_unit_test(forms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
