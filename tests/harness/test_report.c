/* Folding of notes, what fails a run, the known findings of a profile, and the report's forms. */
#include "check.h"
#include "report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static struct finding *note(struct tally *t, enum verdict v, int point, uint32_t context, const char *answer,
                            const char *summary, bool *fresh) {
    struct note n = {.verdict = v,
                     .point = point,
                     .context = context,
                     .answer = answer,
                     .cites = "MAP-I3",
                     .summary = summary,
                     .seen = "a <b> & \"c\"",
                     .allowed = "\x01\xff",
                     .event = 3,
                     .session = 1};
    return tally_note(t, &n, fresh);
}

static void folding(void **state) {
    (void)state;
    struct tally t = {0};
    bool fresh;
    assert_null(note(&t, V_CONFORMS, P_STORE_EXPUNGED, 1, "x", "", &fresh));
    assert_false(fresh);
    struct finding *f = note(&t, V_VIOLATES, -1, 0, NULL, "one", &fresh);
    assert_true(fresh);
    assert_true(f ==
                note(&t, V_VIOLATES, -1, 7, NULL, "one", &fresh)); /* without a point there is no context */
    assert_false(fresh);
    assert_int_equal(f->count, 2);
    note(&t, V_VIOLATES, -1, 0, NULL, "two", &fresh);
    assert_true(fresh);
    note(&t, V_UNDOCUMENTED, P_STORE_EXPUNGED, 1, "other", "two", &fresh);
    assert_true(fresh);
    note(&t, V_UNDOCUMENTED, P_STORE_EXPUNGED, 2, "other", "two", &fresh);
    assert_true(fresh);
    assert_int_equal(t.findings, 4);
    assert_int_equal(t.rows, 3);
    assert_int_equal(t.verdicts[V_VIOLATES], 3);
    for (uint32_t i = 0; i < t.findings; i++)
        for (uint32_t k = 0; k < i; k++)
            assert_string_not_equal(t.finding[i].id, t.finding[k].id);
    tally_sort(&t);
    assert_string_equal(t.finding[0].summary, "one");
    assert_int_equal(t.finding[3].verdict, V_UNDOCUMENTED);
    tally_free(&t);
}

static void what_fails(void **state) {
    (void)state;
    for (int v = 0; v < V_COUNT; v++) {
        struct finding f = {.verdict = (uint8_t)v};
        assert_int_equal(finding_fails(&f, false), v == V_VIOLATES);
        assert_int_equal(finding_fails(&f, true), v == V_VIOLATES || v == V_DEVIATES);
        f.known = true;
        assert_false(finding_fails(&f, true));
    }
}

static struct check_run filled(const struct check_options *o) {
    struct check_run r = {.o = o, .kind = TARGET_PRIVATE, .programs = 12, .elapsed_ms = 1500};
    bool fresh;
    snprintf(r.target, sizeof r.target, "fake<1>");
    note(&r.tally, V_VIOLATES, -1, 0, NULL, "EXPUNGE in FETCH", &fresh);
    note(&r.tally, V_CONFORMS, P_DELETE_IN_USE, 0, "refuse-delete", "", &fresh);
    note(&r.tally, V_DEVIATES, P_DELETE_IN_USE, 1, "other", "odd", &fresh);
    tally_sort(&r.tally);
    return r;
}

static char *slurp(const char *path) {
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    char *text = calloc(1, 400000);
    size_t n = fread(text, 1, 399999, f);
    text[n] = '\0';
    fclose(f);
    return text;
}

static void json_fields(void **state) {
    (void)state;
    struct check_options o = {.seed = 7};
    struct check_run r = filled(&o);
    json_t *j = report_json(&r, 1);
    assert_non_null(j);
    static const char *const keys[] = {"version",   "target",   "seed",    "programs", "commands",
                                       "responses", "verdicts", "profile", "findings"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (!json_object_get(j, keys[i]))
            fail_msg("no %s", keys[i]);
    assert_int_equal(json_integer_value(json_object_get(j, "seed")), 7);
    assert_int_equal(json_integer_value(json_object_get(json_object_get(j, "verdicts"), "VIOLATES")), 1);
    json_t *f = json_array_get(json_object_get(j, "findings"), 0);
    static const char *const of_finding[] = {"id",   "verdict", "cites", "summary",
                                             "seen", "allowed", "count", "trace"};
    for (size_t i = 0; i < sizeof of_finding / sizeof *of_finding; i++)
        if (!json_object_get(f, of_finding[i]))
            fail_msg("no %s", of_finding[i]);
    assert_string_equal(json_string_value(json_object_get(f, "allowed")), "\x01\xc3\xbf");
    json_t *row = json_array_get(json_object_get(j, "profile"), 0);
    assert_string_equal(json_string_value(json_object_get(row, "point")), "delete.in_use");
    assert_string_equal(json_string_value(json_object_get(row, "context")),
                        "who=other mode=select state=quiet");
    assert_string_equal(json_string_value(json_object_get(row, "answer")), "refuse-delete");
    assert_int_equal(json_integer_value(json_object_get(row, "count")), 1);
    json_decref(j);
    check_run_free(&r);
}

/* What one run found is known to the next that is given its JSON. */
static void known(void **state) {
    (void)state;
    mkdir("build/tests", 0777);
    const char *path = "build/tests/profile.json";
    char err[300];
    struct check_options o = {.seed = 7, .json = true, .json_file = path};
    struct check_run r = filled(&o), next = filled(&o);
    if (!report_files(&r, 1, err, sizeof err))
        fail_msg("%s", err);
    bool fresh;
    note(&next.tally, V_VIOLATES, -1, 0, NULL, "new", &fresh);
    assert_true(profile_known(&next, path, err, sizeof err));
    assert_true(tally_fails(&next.tally, false));
    for (uint32_t i = 0; i < next.tally.findings; i++)
        assert_int_equal(next.tally.finding[i].known, strcmp(next.tally.finding[i].summary, "new") != 0);
    for (uint32_t i = 0; i < next.tally.rows; i++)
        assert_true(next.tally.row[i].expected);
    assert_false(profile_known(&next, "build/tests/none.json", err, sizeof err));
    assert_non_null(strstr(err, "build/tests/none.json"));
    FILE *f = fopen(path, "w");
    fputs("{\n \"profile\": 1", f);
    fclose(f);
    assert_false(profile_known(&next, path, err, sizeof err));
    assert_non_null(strstr(err, "profile.json:2: expected"));
    unlink(path);
    check_run_free(&r);
    check_run_free(&next);
}

static void forms(void **state) {
    (void)state;
    mkdir("build/tests", 0777);
    struct check_options o = {.seed = 7,
                              .junit = true,
                              .junit_file = "build/tests/r.xml",
                              .tap = true,
                              .tap_file = "build/tests/r.tap",
                              .report = "build/tests/report"};
    struct check_run r = filled(&o);
    char err[300] = "";
    if (!report_files(&r, 1, err, sizeof err))
        fail_msg("%s", err);
    char *xml = slurp("build/tests/r.xml"), *tap = slurp("build/tests/r.tap"),
         *page = slurp("build/tests/report/index.html");
    assert_non_null(
        strstr(xml, "<testsuite name=\"imapdiff fake&#60;1&#62;\" tests=\"3\" failures=\"1\" errors=\"0\">"));
    assert_non_null(
        strstr(xml, "<failure type=\"VIOLATES\" message=\"EXPUNGE in FETCH\">seen: a &#60;b&#62; &#38;"));
    assert_non_null(
        strstr(tap, "TAP version 13\n1..3\nnot ok 1 - fake<1>: VIOLATES MAP-I3: EXPUNGE in FETCH (1)\n"));
    assert_non_null(strstr(tap, "\nok 2 - "));
    assert_non_null(strstr(tap, "\nok 3 - fake<1>: run\n"));
    assert_non_null(strstr(page, "imapdiff: fake&#60;1&#62;</h1>"));
    assert_non_null(strstr(page, "a &#60;b&#62; &#38; &#34;c&#34;"));
    assert_null(strstr(page, "<b> &"));
    free(xml);
    free(tap);
    free(page);
    /* A full disk is an error that names the file, for each form. */
    struct check_options full[] = {{.json = true, .json_file = "/dev/full"},
                                   {.junit = true, .junit_file = "/dev/full"},
                                   {.tap = true, .tap_file = "/dev/full"}};
    for (int i = 0; i < 3; i++) {
        r.o = &full[i];
        assert_false(report_files(&r, 1, err, sizeof err));
        assert_string_equal(err, "cannot write /dev/full: No space left on device");
    }
    r.o = &(struct check_options){.report = "/proc/none"};
    assert_false(report_files(&r, 1, err, sizeof err));
    assert_non_null(strstr(err, "cannot make the folder /proc/none"));
    r.o = &o;
    check_run_free(&r);
}

/* A context without answer has a reason, or counts as missing. */
static void reach(void **state) {
    (void)state;
    struct check_options o = {.seed = 1};
    struct check_run r = {.o = &o, .kind = TARGET_PRIVATE};
    uint32_t all = reach_missing(&r);
    bool fresh;
    assert_non_null(reach_reason(&r, P_CREATE_RECYCLED, 0));
    assert_null(reach_reason(&r, P_STORE_EXPUNGED, 0));
    note(&r.tally, V_CONFORMS, P_STORE_EXPUNGED, 0, "x", "", &fresh);
    assert_int_equal(reach_missing(&r), all - 1);
    note(&r.tally, V_CONFORMS, P_STORE_EXPUNGED, 0, "y", "", &fresh);
    assert_int_equal(reach_missing(&r), all - 1);
    check_run_free(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(folding),     cmocka_unit_test(what_fails),
                                       cmocka_unit_test(json_fields), cmocka_unit_test(known),
                                       cmocka_unit_test(forms),       cmocka_unit_test(reach)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
