/* Folding of notes, what fails a run, the known findings of a profile, and the report's forms. */
#include "drive_priv.h"
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

/* The report for people, as one text. */
static char *printed(const struct check_run *r) {
    char *text = NULL;
    size_t n;
    FILE *f = open_memstream(&text, &n);
    assert_non_null(f);
    report_text(f, r, false);
    fclose(f);
    return text;
}

static unsigned times_in(const char *text, const char *part) {
    unsigned n = 0;
    for (; (text = strstr(text, part)); text += strlen(part))
        n++;
    return n;
}

/* Practices that nobody documented: one line for a point's answer, whatever the contexts; the gravest stands
 * first, and what fails the run is never folded. */
static void folded_text(void **state) {
    (void)state;
    struct check_options o = {.seed = 7, .strict = true};
    struct check_run r = filled(&o);
    bool fresh;
    for (uint32_t context = 0; context < 4; context++)
        note(&r.tally, V_UNDOCUMENTED, P_DELETE_IN_USE, context, "delete-cuts-own", "cut off", &fresh);
    note(&r.tally, V_UNDOCUMENTED, P_DELETE_IN_USE, 0, "other", "none known", &fresh);
    note(&r.tally, V_DEVIATES, P_DELETE_IN_USE, 2, "other", "odd", &fresh);
    tally_sort(&r.tally);
    r.status = 1;
    char *text = printed(&r);
    assert_int_equal(times_in(text, "\nUNDOCUMENTED "), 2);
    assert_non_null(
        strstr(text, "\nUNDOCUMENTED delete.in_use: delete-cuts-own  ×4 in 4 contexts  cut off  F"));
    assert_non_null(strstr(
        text, "\nUNDOCUMENTED delete.in_use: other  ×1 who=other mode=select state=quiet  none known  F"));
    assert_int_equal(times_in(text, "\nDEVIATES "), 2); /* --strict: each fails the run */
    const char *violates = strstr(text, "\nVIOLATES "), *deviates = strstr(text, "\nDEVIATES "),
               *undocumented = strstr(text, "\nUNDOCUMENTED ");
    assert_true(violates && violates < deviates && deviates < undocumented);
    /* The screen ends with why the status is what it is. */
    const char *last = strstr(text, "\nexit status 1: 3 findings and 0 scenarios fail this run\n");
    assert_true(last && last > undocumented);
    free(text);
    o.strict = false;
    r.status = 1;
    text = printed(&r);
    assert_int_equal(times_in(text, "\nDEVIATES "), 1);
    assert_non_null(strstr(text, "    at       delete.in_use in 2 contexts: other\n"));
    free(text);
    check_run_free(&r);
}

/* MAP-I15: another answer in the same context is told and fails nothing; in another context it is no news. */
static void nondeterminism(void **state) {
    (void)state;
    struct check_options o = {.seed = 7, .strict = true};
    struct check_run r = {.o = &o, .kind = TARGET_PRIVATE, .programs = 1};
    bool fresh;
    note(&r.tally, V_CONFORMS, P_SEARCH_EXPUNGED, 0, "search-omits", "", &fresh);
    note(&r.tally, V_CONFORMS, P_SEARCH_EXPUNGED, 1, "search-includes", "", &fresh);
    tally_sort(&r.tally);
    char *text = printed(&r);
    assert_null(strstr(text, "not always the same"));
    free(text);
    note(&r.tally, V_CONFORMS, P_SEARCH_EXPUNGED, 0, "search-includes", "", &fresh);
    note(&r.tally, V_CONFORMS, P_SEARCH_EXPUNGED, 0, "search-includes", "", &fresh);
    tally_sort(&r.tally);
    text = printed(&r);
    assert_int_equal(times_in(text, "not always the same"), 1);
    assert_non_null(strstr(text,
                           "\nnot always the same: search.expunged form=seq key=meta: search-includes ×2, "
                           "search-omits ×1 [MAP-I15]\n"));
    assert_false(tally_fails(&r.tally, true));
    free(text);
    json_t *j = report_json(&r, 1), *list = json_object_get(j, "nondeterminism");
    assert_int_equal(json_array_size(list), 1);
    json_t *one = json_array_get(list, 0);
    assert_string_equal(json_string_value(json_object_get(one, "point")), "search.expunged");
    assert_string_equal(json_string_value(json_object_get(one, "context")), "form=seq key=meta");
    assert_string_equal(json_string_value(json_object_get(one, "cites")), "MAP-I15");
    assert_int_equal(json_integer_value(json_object_get(json_object_get(one, "answers"), "search-omits")), 1);
    assert_int_equal(json_object_size(json_object_get(one, "answers")), 2);
    json_decref(j);
    check_run_free(&r);
}

static uint64_t sent(const struct forms *f, const char *name) {
    for (uint32_t i = 0; i < f->n; i++)
        if (!strcmp(f->form[i].name, name))
            return f->form[i].count;
    return 0;
}

/* One program with one command. */
static void send_one(struct forms *f, const char *wire, bool scenario) {
    uint32_t n = (uint32_t)strlen(wire);
    struct event event[] = {
        {.kind = EV_OPENED}, {.kind = EV_SENT, .at = 0, .n = n}, {.kind = EV_RECEIVED, .at = 0, .n = n}};
    struct drive_log log = {.event = event, .n = 3, .octets = (uint8_t *)(uintptr_t)wire, .used = n};
    forms_count(f, &log, scenario);
}

static void command_forms(void **state) {
    (void)state;
    static const struct {
        const char *wire, *form;
    } rows[] = {
        {"a1 noop\r\n", "NOOP"},
        {"a1 FETCH 1:* (UID FLAGS)\r\n", "FETCH flags"},
        {"a1 fetch 1 FAST\r\n", "FETCH meta"},
        {"a1 UID FETCH 1 BODY.PEEK[TEXT]<0.9>\r\n", "UID FETCH body partial"},
        {"a1 UID FETCH 1 RFC822\r\n", "UID FETCH body"},
        {"a1 STORE 1 FLAGS ()\r\n", "STORE FLAGS"},
        {"a1 UID STORE 1 -FLAGS.SILENT (\\Seen)\r\n", "UID STORE -FLAGS.SILENT"},
        {"a1 SEARCH OR SEEN NOT (SUBJECT x)\r\n", "SEARCH content"},
        {"a1 UID SEARCH 1:4 SEEN\r\n", "UID SEARCH meta"},
        {"a1 UID EXPUNGE 4\r\n", "UID EXPUNGE"},
        {"a1 ID NIL\r\n", "ID NIL"},
        {"a1 ID ()\r\n", "ID ()"},
        {"a1 ID (\"name\" {1}\r\nx)\r\n", "ID list"},
        {"a1 ID (\"name\")\r\n", "ID malformed"},
        {"a1 RENAME inbox FOO\r\n", "RENAME INBOX"},
        {"a1 RENAME FOO BAR\r\n", "RENAME"},
        {"a1 LIST \"\" %\r\n", "LIST %"},
        {"a1 LSUB \"\" a*\r\n", "LSUB *"},
        {"a1 LIST \"\" \"\"\r\n", "LIST name"},
        {"a1 XOTHER\r\n", "unknown command"},
        {"\r\n", "unknown command"},
    };
    static struct forms f;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint64_t before = sent(&f, rows[i].form);
        send_one(&f, rows[i].wire, false);
        if (sent(&f, rows[i].form) != before + 1)
            fail_msg("%s: not counted as %s", rows[i].wire, rows[i].form);
    }
    /* A command that asks for items of two classes repeats both. */
    assert_int_equal(sent(&f, "FETCH flags"), 2);
    assert_int_equal(sent(&f, "UID FETCH body"), 2);
    /* What a server mostly dies of is not repeated: the command to which nothing came before the end. */
    for (int i = 1; i <= 4; i++) {
        static struct forms d;
        struct drive_log log = {0};
        static const char wire[] = "a1 NOOP\r\nb1 STATUS FOO (MESSAGES)\r\na1 OK\r\na2 CHECK\r\n";
        log_event(&log, EV_SENT, 2, 1, wire + 9, 27);
        log_event(&log, EV_SENT, 1, 2, wire, 9);
        log_event(&log, EV_RECEIVED, 1, 3, wire + 36, 7);
        log_event(&log, EV_CLOSED, 2, 4, NULL, 0);
        log_event(&log, EV_SENT, 1, 5, wire + 43, 10);
        log_event(&log, EV_CLOSED, 1, 6, NULL, 0);
        forms_count(&d, &log, true);
        forms_death(&d);
        assert_string_equal(d.form[0].name, "STATUS");
        assert_int_equal(d.form[0].deaths, i);
        assert_int_equal(forms_rare(&d, 0), i < 3);
        assert_true(forms_rare(&d, 1) && forms_rare(&d, 2));
        free(log.event);
        free(log.octets);
    }
    /* What a long run says about the forms of scenarios alone, with --reach. */
    struct check_options o = {.seed = 1, .reach = true, .time_ms = 60000};
    struct check_run r = {.o = &o, .kind = TARGET_PRIVATE, .programs = 1};
    for (int i = 0; i < FORMS_OFTEN; i++) {
        send_one(&r.forms, "a1 NOOP\r\n", true);
        assert_int_equal(forms_rare(&r.forms, 0), i + 1 < FORMS_OFTEN);
    }
    send_one(&r.forms, "a1 CHECK\r\n", false);
    send_one(&r.forms, "a1 CLOSE\r\n", true);
    assert_true(!r.forms.last[0] && !r.forms.last[1] &&
                r.forms.last[2] == 1); /* of the last program: the third form */
    char *text = printed(&r);
    assert_non_null(strstr(text, "command forms of scenarios: 1 of 2 were sent at least 50 times\n  CLOSE "));
    assert_null(strstr(text, "  CHECK "));
    free(text);
    o.time_ms = 59000;
    text = printed(&r);
    assert_null(strstr(text, "command forms"));
    free(text);
    json_t *j = report_json(&r, 1), *first = json_array_get(json_object_get(j, "forms"), 0);
    assert_string_equal(json_string_value(json_object_get(first, "form")), "NOOP");
    assert_int_equal(json_integer_value(json_object_get(first, "count")), FORMS_OFTEN);
    assert_true(json_is_true(json_object_get(first, "scenario")));
    json_decref(j);
    check_run_free(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folding),     cmocka_unit_test(what_fails),     cmocka_unit_test(json_fields),
        cmocka_unit_test(known),       cmocka_unit_test(forms),          cmocka_unit_test(reach),
        cmocka_unit_test(folded_text), cmocka_unit_test(nondeterminism), cmocka_unit_test(command_forms)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
