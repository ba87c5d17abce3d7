/* The generator: the same programs each time and wherever one begins, text that reads back, commands that are
 * what they are meant to be, and every aim in each round. */
#include "behaviour.h"
#include "check_stage.h"
#include "generate.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const struct generator_options everything = {
    .clients = 4, .families = GENERATE_ALL, .implicit_tls = true, .starttls = true, .allow_inbox = true};

static struct generator *make(uint64_t seed, const struct generator_options *o) {
    struct generator *g = generator_new(seed, o);
    assert_non_null(g);
    return g;
}

static char *text_of(struct generator *g) {
    struct program p;
    program_init(&p);
    assert_true(generator_next(g, &p));
    char *text = program_print(&p, NULL);
    assert_non_null(text);
    program_free(&p);
    return text;
}

static void same_seed(void **state) {
    (void)state;
    struct generator *a = make(7, &everything), *b = make(7, &everything), *c = make(8, &everything);
    int different = 0;
    for (int n = 0; n < 400; n++) {
        char *x = text_of(a), *y = text_of(b), *z = text_of(c);
        assert_string_equal(x, y);
        different += strcmp(x, z) != 0;
        free(x), free(y), free(z);
    }
    assert_true(different > 395);
    generator_free(a), generator_free(b), generator_free(c);
}

static void any_program_alone(void **state) {
    (void)state;
    struct generator *a = make(3, &everything);
    char *in_turn[500];
    for (int n = 0; n < 500; n++)
        in_turn[n] = text_of(a);
    static const int some[] = {499, 0, 137, 138, 139, 1, 276, 77, 276};
    for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
        struct generator *b = make(3, &everything);
        generator_seek(b, (uint64_t)some[i]);
        char *x = text_of(b);
        assert_string_equal(x, in_turn[some[i]]);
        free(x);
        generator_seek(a, (uint64_t)some[i]);
        x = text_of(a);
        assert_string_equal(x, in_turn[some[i]]);
        free(x);
        generator_free(b);
    }
    for (int n = 0; n < 500; n++)
        free(in_turn[n]);
    generator_free(a);
}

static void reads_back(void **state) {
    (void)state;
    struct generator *g = make(11, &everything);
    struct program p;
    char err[200];
    program_init(&p);
    for (int n = 0; n < 1000; n++) {
        char *x = text_of(g);
        program_clear(&p);
        if (!program_parse(&p, "generated", 1, x, strlen(x), err, sizeof err))
            fail_msg("%s\n%s", err, x);
        char *y = program_print(&p, NULL);
        assert_string_equal(x, y);
        free(x), free(y);
    }
    program_free(&p);
    generator_free(g);
}

/* ---- commands are well formed unless they are meant not to be ---- */

static size_t word_value(const char *p, char *out) {
    static const struct {
        const char *word, *value;
    } words[] = {{"$user(1)", "u1"}, {"$pass(1)", "pw"}, {"$plain(1)", "AHUxAHB3"},
                 {"$box", "p1"},     {"$/", "/"},        {"$size", "5"}};
    if (!strncmp(p, "$uid(", 5)) {
        const char *comma = strchr(p, ',');
        sprintf(out, "%ld", strtol(comma + 1, NULL, 10) + 10);
        return (size_t)(strchr(comma, ')') - p) + 1;
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t n = strlen(words[i].word);
        if (strncmp(p, words[i].word, n))
            continue;
        strcpy(out, words[i].value);
        if (p[n] == '+')
            for (n++; isdigit((unsigned char)p[n]);)
                n++;
        return n;
    }
    return 0;
}

static size_t wire(struct slice s, char *out) {
    size_t n = (size_t)sprintf(out, "a1 ");
    char *text = malloc(s.n + 1);
    memcpy(text, s.p, s.n);
    text[s.n] = '\0';
    for (size_t i = 0; i < s.n;) {
        char value[32];
        size_t k = text[i] == '$' ? word_value(text + i, value) : 0;
        if (k) {
            n += (size_t)sprintf(out + n, "%s", value);
            i += k;
        } else {
            out[n++] = text[i++];
        }
    }
    free(text);
    out[n++] = '\r';
    out[n++] = '\n';
    return n;
}

static struct lex_result lex(struct slice s, struct imap_command *c) {
    static char buf[200000];
    static struct node nodes[4000];
    struct node_pool pool = {nodes, 4000, 1};
    struct lex_options o = {.dialect = DIALECT_3501};
    size_t n = wire(s, buf);
    return parse_command((const uint8_t *)buf, n, &o, &pool, c);
}

static bool meant_to_be_wrong(const char *aim) {
    static const char *const some[] = {"error.word",    "id malformed", "clientid forms",
                                       "clientid.type", "id.",          "clientid"};
    for (size_t i = 0; i < sizeof some / sizeof *some; i++)
        if (!strncmp(aim, some[i], strlen(some[i])))
            return true;
    return false;
}

static void well_formed(void **state) {
    (void)state;
    struct generator_options o = everything;
    o.mix = GENERATE_STEER; /* no second aim, whose errors would be another's */
    struct generator *g = make(5, &o);
    struct program p;
    program_init(&p);
    unsigned commands = 0, kinds[CMD_COUNT] = {0}, by_uid[CMD_COUNT] = {0};
    for (int n = 0; n < 2000; n++) {
        int point;
        uint32_t context;
        assert_true(generator_next(g, &p));
        bool wrong = meant_to_be_wrong(generator_aim(g, &point, &context));
        bool answer = false;
        for (uint32_t i = 0; i < p.lines; i++) {
            struct slice s = program_text(&p, &p.line[i]);
            if (p.line[i].kind != LINE_SEND || answer || p.line[i].flags & LINE_RAW || slice_is(s, "DONE")) {
                answer = false;
                continue;
            }
            answer = slice_is(s, "AUTHENTICATE PLAIN");
            struct imap_command c;
            struct lex_result r = lex(s, &c);
            if (r.verdict != LEX_ACCEPT && !wrong)
                fail_msg("program %d (%s): verdict %d at %u (%s): %.*s", n,
                         generator_aim(g, &point, &context), r.verdict, r.offset, r.rule ? r.rule : "",
                         (int)s.n, (const char *)s.p);
            if (r.verdict == LEX_ACCEPT)
                (c.uid ? by_uid : kinds)[c.kind]++;
            commands++;
        }
    }
    static const uint8_t all[] = {
        CMD_CAPABILITY,   CMD_NOOP,      CMD_LOGOUT,      CMD_ID,      CMD_STARTTLS, CMD_LOGIN,
        CMD_AUTHENTICATE, CMD_CLIENTID,  CMD_SELECT,      CMD_EXAMINE, CMD_CREATE,   CMD_DELETE,
        CMD_RENAME,       CMD_SUBSCRIBE, CMD_UNSUBSCRIBE, CMD_LIST,    CMD_LSUB,     CMD_STATUS,
        CMD_APPEND,       CMD_IDLE,      CMD_CHECK,       CMD_CLOSE,   CMD_UNSELECT, CMD_EXPUNGE,
        CMD_SEARCH,       CMD_FETCH,     CMD_STORE,       CMD_COPY,    CMD_MOVE};
    static const uint8_t uids[] = {CMD_FETCH, CMD_STORE, CMD_SEARCH, CMD_COPY, CMD_MOVE, CMD_EXPUNGE};
    for (size_t i = 0; i < sizeof all; i++)
        if (kinds[all[i]] < 17) /* 50 in 6000 programs */
            fail_msg("%s came %u times in %u commands", command_name(all[i]), kinds[all[i]], commands);
    for (size_t i = 0; i < sizeof uids; i++)
        if (by_uid[uids[i]] < 17)
            fail_msg("UID %s came %u times in %u commands", command_name(uids[i]), by_uid[uids[i]], commands);
    program_free(&p);
    generator_free(g);
}

/* ---- aims ---- */

static void every_aim_in_a_round(void **state) {
    (void)state;
    struct generator *g = make(1, &everything);
    uint32_t aims = generator_aims(g), reached[POINT_COUNT][64] = {{0}};
    struct program p;
    program_init(&p);
    uint64_t commands = 0;
    for (uint32_t n = 0; n < aims; n++) {
        int point;
        uint32_t context;
        assert_true(generator_next(g, &p));
        generator_aim(g, &point, &context);
        commands += program_commands(&p);
        if (point >= 0)
            reached[point][context]++;
    }
    for (int point = 0; point < POINT_COUNT; point++)
        for (uint32_t c = 0; c < point_contexts((enum point)point) && c < 64; c++) {
            const char *why = generator_excluded(g, point, c);
            char text[160];
            point_context_text((enum point)point, c, text, sizeof text);
            if (!reached[point][c] == !why)
                fail_msg("%s %s: came %u times, reason: %s", point_name((enum point)point), text,
                         reached[point][c], why ? why : "none");
        }
    assert_true(commands < 5000);
    program_free(&p);
    generator_free(g);
}

static void what_options_leave_out(void **state) {
    (void)state;
    static const char *const never[] = {"INBOX", "IDLE",     "ID ",         "CLIENTID", "STARTTLS",
                                        "MOVE",  "UID MOVE", "UID EXPUNGE", "UNSELECT"};
    struct generator_options o = {.clients = 2};
    struct generator *g = make(9, &o);
    struct program p;
    program_init(&p);
    int idle[] = {0, 0, 1}; /* who=other mode=select state=idle */
    assert_non_null(generator_excluded(g, P_DELETE_IN_USE, point_context(P_DELETE_IN_USE, 3, idle)));
    assert_null(generator_unreachable(P_DELETE_IN_USE, point_context(P_DELETE_IN_USE, 3, idle)));
    int own[] = {1, 0, 1};
    assert_non_null(generator_unreachable(P_DELETE_IN_USE, point_context(P_DELETE_IN_USE, 3, own)));
    assert_non_null(generator_unreachable(P_FAULT_TELL, 0));
    assert_null(generator_excluded(g, P_FETCH_EXPUNGED, 0));
    for (int n = 0; n < 1000; n++) {
        int point;
        uint32_t context;
        assert_true(generator_next(g, &p));
        /* Only to ask for what is not offered do programs use it. */
        bool errors = !strncmp(generator_aim(g, &point, &context), "error.word", 10);
        for (uint32_t i = 0; i < p.lines; i++) {
            struct slice s = program_text(&p, &p.line[i]);
            assert_true(p.line[i].session <= 2);
            for (size_t k = 0; k < sizeof never / sizeof *never && !errors; k++)
                if (s.n >= strlen(never[k]) && p.line[i].kind == LINE_SEND &&
                    !memcmp(s.p, never[k], strlen(never[k])) && p.line[i].session &&
                    !strstr("STARTTLS CLIENTID UNSELECT MOVE ID ", never[k]))
                    fail_msg("program %d: %.*s", n, (int)s.n, (const char *)s.p);
        }
    }
    program_free(&p);
    generator_free(g);
}

/* A session's sequence numbers may change under a command that EXPUNGE can come with: none may follow it
 * unawaited. */
static void pipelines_are_allowed(void **state) {
    (void)state;
    struct generator *g = make(2, &everything);
    struct program p;
    program_init(&p);
    unsigned groups = 0;
    for (int n = 0; n < 2000; n++) {
        bool open[PROGRAM_SESSIONS + 1] = {0}, expunge[PROGRAM_SESSIONS + 1] = {0};
        assert_true(generator_next(g, &p));
        for (uint32_t i = 0; i < p.lines; i++) {
            const struct line *l = &p.line[i];
            struct imap_command c = {0};
            if (l->kind != LINE_SEND || (!open[l->session] && !(l->flags & LINE_NOWAIT)))
                continue;
            lex(program_text(&p, l), &c);
            bool numbers = !c.uid && (c.kind == CMD_FETCH || c.kind == CMD_STORE || c.kind == CMD_SEARCH ||
                                      c.kind == CMD_COPY || c.kind == CMD_MOVE);
            assert_false(numbers && expunge[l->session]);
            assert_true(c.kind != CMD_APPEND && c.kind != CMD_IDLE);
            groups += open[l->session];
            open[l->session] = l->flags & LINE_NOWAIT;
            expunge[l->session] =
                open[l->session] && (expunge[l->session] || c.uid ||
                                     (c.kind != CMD_FETCH && c.kind != CMD_STORE && c.kind != CMD_SEARCH));
        }
    }
    assert_true(groups > 100);
    program_free(&p);
    generator_free(g);
}

static void no_note(void *user, const struct note *n) { (void)user, (void)n; }

/* Programs for rare forms: on a server that takes them they send what is missed, most of all what is missed
 * most; they are the same for the same seed, and leave the series of the others alone. */
static void forms_that_are_missed(void **state) {
    (void)state;
    static const char *const names[] = {"APPEND",
                                        "CAPABILITY",
                                        "CLOSE",
                                        "COPY",
                                        "CREATE",
                                        "DELETE",
                                        "EXAMINE",
                                        "EXPUNGE",
                                        "FETCH body",
                                        "FETCH body partial",
                                        "FETCH flags",
                                        "FETCH meta",
                                        "ID ()",
                                        "ID NIL",
                                        "ID list",
                                        "ID malformed",
                                        "IDLE",
                                        "LIST %",
                                        "LIST *",
                                        "LIST name",
                                        "LOGIN",
                                        "LOGOUT",
                                        "LSUB %",
                                        "LSUB *",
                                        "NOOP",
                                        "RENAME",
                                        "RENAME INBOX",
                                        "SEARCH content",
                                        "SEARCH meta",
                                        "SELECT",
                                        "STARTTLS",
                                        "STATUS",
                                        "STORE +FLAGS",
                                        "STORE +FLAGS.SILENT",
                                        "STORE -FLAGS",
                                        "STORE FLAGS",
                                        "STORE FLAGS.SILENT",
                                        "SUBSCRIBE",
                                        "UID COPY",
                                        "UID EXPUNGE",
                                        "UID FETCH body",
                                        "UID FETCH body partial",
                                        "UID FETCH flags",
                                        "UID FETCH meta",
                                        "UID MOVE",
                                        "UID SEARCH content",
                                        "UID SEARCH meta",
                                        "UID STORE +FLAGS",
                                        "UNSELECT",
                                        "UNSUBSCRIBE",
                                        "unknown command",
                                        "APPEND with flags"};
    enum { N = sizeof names / sizeof *names, MISSED = 8 };
    struct generator_options o = {
        .families = GENERATE_ALL & ~(uint32_t)GENERATE_CLIENTID, .starttls = true, .allow_inbox = true};
    struct generator *g = generator_new(7, &o), *same = generator_new(7, &o), *plain = generator_new(7, &o);
    struct check_options co = {.seed = 7};
    struct stage s = {.name = "model", .o = &co, .note = no_note};
    struct form_want want[N], twin[N];
    static struct forms f;
    struct program p, q;
    char err[400];
    int status;
    program_init(&p);
    program_init(&q);
    assert_true(stage_open(&s, &status, err, sizeof err));
    for (uint32_t i = 0; i < N; i++)
        want[i] = twin[i] = (struct form_want){names[i], MISSED};
    uint32_t programs = 0;
    for (; generator_forms(g, want, N, &p); programs++) {
        assert_true(programs < 40 && generator_forms(same, twin, N, &q));
        char *a = program_print(&p, NULL), *b = program_print(&q, NULL);
        assert_string_equal(a, b);
        free(a);
        free(b);
        assert_true(program_commands(&p) < 100);
        assert_int_equal(stage_run(&s, &p), DRIVE_DONE);
        forms_count(&f, drive_log(s.drive), true);
    }
    for (uint32_t i = 0; i < N; i++) {
        uint64_t count = 0;
        for (uint32_t k = 0; k < f.n; k++)
            if (!strcmp(f.form[k].name, names[i]))
                count = f.form[k].count;
        if (want[i].missing || count < MISSED)
            fail_msg("%s: %u still missed, sent %u times", names[i], want[i].missing, (unsigned)count);
    }
    assert_true(generator_next(g, &p) && generator_next(plain, &q));
    char *a = program_print(&p, NULL), *b = program_print(&q, NULL);
    assert_string_equal(a, b);
    free(a);
    free(b);
    struct form_want odd = {"AUTHENTICATE malformed", 3};
    assert_false(generator_forms(g, &odd, 1, &p));
    stage_close(&s);
    program_free(&p);
    program_free(&q);
    generator_free(g);
    generator_free(same);
    generator_free(plain);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms_that_are_missed),
        cmocka_unit_test(same_seed),
        cmocka_unit_test(any_program_alone),
        cmocka_unit_test(reads_back),
        cmocka_unit_test(well_formed),
        cmocka_unit_test(every_aim_in_a_round),
        cmocka_unit_test(what_options_leave_out),
        cmocka_unit_test(pipelines_are_allowed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
