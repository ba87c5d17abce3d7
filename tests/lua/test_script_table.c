/* test_script_table.c: files as plain data: kinds, order, lines, limits, and the checks of fields. */
#include "script.h"

#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int failures;
static char path[400];

#define CHECK(ok, ...)                                                                                       \
    do {                                                                                                     \
        if (!(ok)) {                                                                                         \
            printf("%s:%d: ", __FILE__, __LINE__);                                                           \
            printf(__VA_ARGS__);                                                                             \
            printf("\n");                                                                                    \
            failures++;                                                                                      \
        }                                                                                                    \
    } while (0)

static struct script_file *load(const char *source, char *err, size_t errlen) {
    FILE *f = fopen(path, "wb");
    if (!f || fputs(source, f) < 0 || fclose(f) != 0) {
        printf("cannot write %s\n", path);
        exit(1);
    }
    return script_load_table(path, "scenario", err, errlen);
}

static const char sample[] = "--- Two clients, one mailbox.\n"                               /* 1 */
                             "local common = { shared = true }\n"                            /* 2 */
                             "return scenario {\n"                                           /* 3 */
                             "  name = \"a-b\", -- play = 1\n"                               /* 4 */
                             "  given = { FOO = { messages = 7, deleted = \"4:7\",\n"        /* 5 */
                             "            open_in = { 1, 2,\n"                               /* 6 */
                             "                        3 } }, [\"with blank\"] = common },\n" /* 7 */
                             "  play = [=[\n"                                                /* 8 */
                             "C1: EXPUNGE\n"                                                 /* 9 */
                             "S1: OK]]\n"                                                    /* 10 */
                             "]=],\n"                                                        /* 11 */
                             "  half = 0.5; must = false,\n"                                 /* 12 */
                             "  f = function() local t = { play = 1 } return t end,\n"       /* 13 */
                             "  \"first\",\n"                                                /* 14 */
                             "  empty = \"a\\0b\",\n"                                        /* 15 */
                             "  big = 1 << 40, sum = common.shared and\n"                    /* 16 */
                             "    (\"x\"):rep(3),\n"                                         /* 17 */
                             "}\n";

static void check_value(const struct script_value *v, enum script_kind kind, int line, const char *name) {
    CHECK(v && v->kind == kind, "%s: kind %d", name, v ? (int)v->kind : -1);
    CHECK(!v || v->line == line, "%s: line %d, expected %d", name, v ? v->line : 0, line);
}

static void test_sample(void) {
    char err[1024] = "";
    struct script_file *f = load(sample, err, sizeof err);
    CHECK(f, "%s", err);
    if (!f)
        return;
    const struct script_value *root = script_file_root(f), *v = script_get(root, "name");
    CHECK(strcmp(script_file_doc(f), "Two clients, one mailbox.") == 0, "doc: %s", script_file_doc(f));
    CHECK(strcmp(script_file_path(f), path) == 0, "path: %s", script_file_path(f));
    check_value(root, SCRIPT_TABLE, 3, "root");
    check_value(v, SCRIPT_STRING, 4, "name");
    CHECK(v && v->length == 3 && strcmp(v->text, "a-b") == 0, "name");
    check_value(v = script_get(root, "given"), SCRIPT_TABLE, 5, "given");
    const struct script_value *foo = v ? script_get(v, "FOO") : NULL,
                              *open_in = foo ? script_get(foo, "open_in") : NULL;
    check_value(foo, SCRIPT_TABLE, 5, "given.FOO");
    check_value(foo ? script_get(foo, "messages") : NULL, SCRIPT_INTEGER, 5, "messages");
    check_value(open_in, SCRIPT_TABLE, 6, "open_in");
    check_value(open_in ? script_at(open_in, 3) : NULL, SCRIPT_INTEGER, 7, "open_in[3]");
    CHECK(open_in && open_in->items == 3 && script_at(open_in, 3)->integer == 3 && !script_at(open_in, 4) &&
              !script_at(open_in, 0),
          "open_in");
    check_value(v ? script_get(v, "with blank") : NULL, SCRIPT_TABLE, 7, "with blank");
    /* Its field was written elsewhere: the line is the nearest that is known. */
    check_value(v ? script_get(script_get(v, "with blank"), "shared") : NULL, SCRIPT_BOOLEAN, 7, "shared");
    check_value(v = script_get(root, "play"), SCRIPT_STRING, 8, "play");
    CHECK(v && v->text_line == 9 && strcmp(v->text, "C1: EXPUNGE\nS1: OK]]\n") == 0, "play: line %d: %s",
          v->text_line, v->text);
    check_value(v = script_get(root, "half"), SCRIPT_NUMBER, 12, "half");
    CHECK(v && v->number == 0.5, "half");
    check_value(v = script_get(root, "must"), SCRIPT_BOOLEAN, 12, "must");
    CHECK(v && !v->boolean, "must");
    check_value(script_get(root, "f"), SCRIPT_FUNCTION, 13, "f");
    check_value(v = script_at(root, 1), SCRIPT_STRING, 14, "[1]");
    check_value(v = script_get(root, "empty"), SCRIPT_STRING, 15, "empty");
    CHECK(v && v->length == 3 && memcmp(v->text, "a\0b", 4) == 0, "a string with NUL");
    check_value(v = script_get(root, "big"), SCRIPT_INTEGER, 16, "big");
    CHECK(v && v->integer == (int64_t)1 << 40 && v->number == (double)((int64_t)1 << 40), "big");
    check_value(v = script_get(root, "sum"), SCRIPT_STRING, 16, "sum");
    CHECK(v && strcmp(v->text, "xxx") == 0, "sum");
    CHECK(!root->item[0].name && strcmp(root->item[1].name, "big") == 0, "items are not in order");
    for (uint32_t i = 2; i < root->items; i++)
        CHECK(strcmp(root->item[i - 1].name, root->item[i].name) < 0, "names are not in order");
    CHECK(!script_get(root, "nothing") && !script_get(script_get(root, "name"), "x"),
          "a field that is not there");
    script_file_free(f);
}

/* A schema of two fields, and what is wrong with each file. */
static const struct wrong {
    const char *source, *error;
} wrongs[] = {
    {"return scenario {\n name = 'x',\n}", ""},
    {"return scenario { name = 'x', size = 3 }", ""},
    {"return scenario { name = 'x', size = 3.5 }", ""},
    {"return scenario {\n name = 'x',\n nam = 'y' }",
     ":3: unknown field `nam`: expected another (nearest name: name)"},
    {"return scenario {\n name = 'x',\n size = 'y' }",
     ":3: field `size` is a string: expected a number or a table"},
    {"return scenario {\n name = 1,\n}", ":2: field `name` is an integer: expected a string"},
    {"return scenario {\n\n size = {} }", ":1: no field `name`: expected a string"},
    {"return scenario {\n name = 'x',\n 'y' }", ":3: a value without a name: expected `name = value`"},
    {"return scenario {\n name = 'x',\n [true] = 'y' }",
     ":1: a key is neither a name nor a position: expected positions 1, 2, 3, ... and names"},
    {"return scenario {\n name = 'x', size = {\n 1, nil, [3] = 3, [7] = 1 } }",
     ":2: a key is neither a name nor a position: expected positions 1, 2, 3, ... and names"},
    {"local t = {}\nfor i = 1, 20001 do t[i] = 1 end\nreturn scenario {\n name = 'x', size = t }",
     ":4: too many values, or holes between them: expected positions 1, 2, 3, ... and names"},
    {"local t = {}\nfor i = 1, 15000 do t[i] = 1 end\nreturn scenario {\n name = 'x',\n size = { t, t } }",
     ":5: too many values: expected fewer"},
    {"return scenario {\n name = 'x', size = {},\n [1] = error }",
     ":1: a value without a name: expected `name = value`"},
    /* A constructor that is called under another name: the lines of its fields are not known. */
    {"\nlocal f = scenario\nreturn f {\n nam = 'x' }",
     ":1: unknown field `nam`: expected another (nearest name: name)"},
    {"return behaviour {}",
     ":1: `behaviour` begins a file of another kind: expected `return scenario { ... }`"},
    {"return scenario { name = OK 'x' }",
     ":1: unknown name `OK`: expected one that lua/API.md lists (nearest name: math)"},
};

static void test_wrongs(void) {
    static const struct script_rule rule[] = {{"name", SCRIPT_STRING, true},
                                              {"size", SCRIPT_NUMBER | SCRIPT_TABLE, false}};
    for (size_t i = 0; i < sizeof wrongs / sizeof *wrongs; i++) {
        char err[1024] = "", want[1024];
        struct script_file *f = load(wrongs[i].source, err, sizeof err);
        bool ok = f && script_check(f, script_file_root(f), rule, 2, false, err, sizeof err);
        snprintf(want, sizeof want, "%s%s", *wrongs[i].error ? path : "", wrongs[i].error);
        CHECK(strcmp(err, want) == 0 && ok == !*want, "%s\n  have %s\n  want %s", wrongs[i].source, err,
              want);
        script_file_free(f);
    }
}

/* A source with more fields than lines are kept of: refused for its values, not for its lines. */
static void test_long_source(void) {
    enum { N = 65600 };
    char err[1024] = "", want[1024], *source = malloc(2 * N + 100);
    strcpy(source, "return scenario {\nname = 'x', size = {\n");
    char *p = source + strlen(source);
    for (int i = 0; i < N; i++)
        p = memcpy(p, "1,", 2), p += 2;
    strcpy(p, "} }");
    struct script_file *f = load(source, err, sizeof err);
    snprintf(want, sizeof want,
             "%s:2: too many values, or holes between them: expected positions 1, 2, 3, ... and names", path);
    CHECK(!f && strcmp(err, want) == 0, "%s", err);
    script_file_free(f);
    free(source);
}

/* A long text that begins with a line's end of DOS: its first line is the next one, as Lua has it. */
static void test_dos(void) {
    char err[1024] = "";
    struct script_file *f =
        load("return scenario {\r\n play = [[\r\nC1: NOOP\r\n]],\r\n size = 1 }", err, sizeof err);
    CHECK(f, "%s", err);
    const struct script_value *play = f ? script_get(script_file_root(f), "play") : NULL;
    CHECK(play && strcmp(play->text, "C1: NOOP\n") == 0 && play->line == 2 && play->text_line == 3, "play");
    if (f) {
        check_value(script_get(script_file_root(f), "size"), SCRIPT_INTEGER, 5, "size");
        CHECK(!script_check(f, play, NULL, 0, true, err, sizeof err), "a text is no table");
        char want[1024];
        snprintf(want, sizeof want, "%s:2: a string: expected a table", path);
        CHECK(strcmp(err, want) == 0, "%s", err);
    }
    script_file_free(f);
}

/* pairs goes in one order, whatever the hash does. */
static void test_order(void) {
    char err[1024] = "";
    struct script_file *f =
        load("local t, s = { b = 1, a = 2, [true] = 3, [2.5] = 4, 5, c = 6, [false] = 7 }, ''\n"
             "for k, v in pairs(t) do s = s .. tostring(k) .. v .. ' ' end\n"
             "for i, v in ipairs { 'x', 'y' } do s = s .. i .. v end\n"
             "s = s .. select('#', 1, nil) .. select(2, 7, 8) .. tostring(tonumber('0x10')) ..\n"
             "  tostring(tonumber('x')) .. string.find('a.b.', '.', 3)\n"
             "local l = { 3, 1, 2 }\ntable.sort(l)\ntable.insert(l, 1, 9)\ntable.insert(l, 8)\n"
             "s = s .. table.remove(l) .. table.remove(l, 1) .. table.concat(l, ',')\n"
             "return scenario { s = s .. string.format('%q %d', 'x', 7) .. string.rep('ab', 2, '-') }",
             err, sizeof err);
    CHECK(f, "%s", err);
    if (!f)
        return;
    const char *have = script_get(script_file_root(f), "s")->text;
    const char *want = "15 2.54 a2 b1 c6 false7 true3 1x2y2816nil4891,2,3\"x\" 7ab-ab";
    CHECK(strcmp(have, want) == 0, "have %s\n  want %s", have, want);
    script_file_free(f);
}

int main(int argc, char **argv) {
    (void)argc;
    char *self = strdup(argv[0]);
    snprintf(path, sizeof path, "%s/table-%ld.lua", dirname(self), (long)getpid());
    free(self);
    test_sample();
    test_wrongs();
    test_order();
    test_long_source();
    test_dos();
    unlink(path);
    printf("%d failures\n", failures);
    return failures > 0;
}
