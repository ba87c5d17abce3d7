/* test_profile.c: profiles of libraries: what they say, what is refused and where; the page on them in
 * lua/API.md; and those of lua/profile.
 */
#include "profile.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int failures;
static char path[] = "/tmp/imapdiff-profile-XXXXXX";

#define CHECK(ok, ...)                                                                                       \
    do {                                                                                                     \
        if (!(ok)) {                                                                                         \
            printf("%s:%d: ", __FILE__, __LINE__);                                                           \
            printf(__VA_ARGS__);                                                                             \
            printf("\n");                                                                                    \
            failures++;                                                                                      \
        }                                                                                                    \
    } while (0)

static struct profile *load(const char *source, size_t n, char *err, size_t errlen) {
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(source, 1, n, f) != n || fclose(f) != 0) {
        printf("cannot write %s\n", path);
        exit(1);
    }
    return profile_load(path, err, errlen);
}

/* The sample of lua/API.md is one, and means what the page says. */
static void test_page(void) {
    static char page[100000];
    char err[600] = "";
    FILE *f = fopen("lua/API.md", "r");
    CHECK(f && fread(page, 1, sizeof page - 1, f) > 0, "cannot read lua/API.md");
    if (f)
        fclose(f);
    char *section = strstr(page, "## A profile"), *lua = section ? strstr(section, "```lua\n") : NULL;
    char *end = lua ? strstr(lua + 7, "```") : NULL, *next = end ? strstr(end, "\n## ") : NULL;
    CHECK(next, "lua/API.md has no sample of a profile");
    if (!next)
        return;
    struct profile *p = load(lua + 7, (size_t)(end - lua - 7), err, sizeof err);
    CHECK(p, "%s", err);
    if (p) {
        CHECK(!strcmp(profile_library(p), "example") && !strcmp(profile_version(p), "2.3"), "names");
        CHECK(profile_has(p, ITEM_ID, PART_TAKES, CAUSE_ODD_COUNT), "odd-count");
        CHECK(!profile_has(p, ITEM_ID, PART_REFUSES, CAUSE_ODD_COUNT), "another part");
        CHECK(!profile_has(p, ITEM_ID_RESPONSE, PART_TAKES, CAUSE_ODD_COUNT), "another item");
        CHECK(profile_has(p, ITEM_ID, PART_REFUSES, CAUSE_LITERAL) &&
                  profile_has(p, ITEM_ID, PART_WAITS, CAUSE_LITERAL),
              "a list");
        CHECK(profile_has_fault(p, LIB_CRASH, "read_list:read_line") &&
                  !profile_has_fault(p, LIB_CRASH, "read_list:main") && !profile_has_fault(p, LIB_CRASH, ""),
              "a place");
        CHECK(profile_has_fault(p, LIB_HANG, "") && !profile_has_fault(p, LIB_MEMORY, ""), "a hang");
        struct fold v[] = {
            {.library = "example", .part = PART_FAULT, .verdict = LIB_CRASH, .place = "read_list:read_line"},
            {.library = "example", .part = PART_FAULT, .verdict = LIB_CRASH, .place = "read_word"},
            {.library = "example", .item = ITEM_ID, .part = PART_TAKES, .cause = CAUSE_ODD_COUNT},
            {.library = "another", .item = ITEM_ID, .part = PART_TAKES, .cause = CAUSE_ODD_COUNT}};
        profile_mark(p, v, 4);
        CHECK(v[0].known && !v[1].known && v[2].known && !v[3].known, "marks");
    }
    profile_free(p);
    *next = '\0';
    for (int i = 0; i < ITEM_COUNT; i++) {
        char word[40];
        snprintf(word, sizeof word, "`%s`", lib_item_name(i));
        CHECK(strstr(end, word), "lua/API.md does not name %s", word);
    }
    for (int i = PART_AGREE + 1; i <= PART_FAULT; i++) {
        char word[40];
        snprintf(word, sizeof word, "`%s`", part_name(i));
        CHECK(strstr(end, word), "lua/API.md does not name %s", word);
    }
}

static const struct {
    const char *source, *error;
} refused[] = {
    {"return profile { known = {} }", ":1: no field `library`: expected a string"},
    {"return profile { library = \"x\" }", ":1: no field `known`: expected a table"},
    {"return profile {\n library = \"x\",\n known = {\n  ids = {} } }",
     ":4: unknown field `ids`: expected another (nearest name: id)"},
    {"return profile { library = \"x\", konwn = {}, known = {} }",
     ":1: unknown field `konwn`: expected another (nearest name: known)"},
    {"return profile { library = \"x\", known = {\n id = {\n  [\"odd-counts\"] = \"takes\" } } }",
     ":3: unknown cause `odd-counts`: expected one that `imapdiff list causes` names (nearest name: "
     "odd-count)"},
    {"return profile { library = \"x\", known = {\n id = {\n  atom = \"take\" } } }",
     ":3: unknown part `take`: expected takes, refuses, waits, short, content, lingers or fault (nearest "
     "name: "
     "takes)"},
    {"return profile { library = \"x\", known = { id = { atom = true } } }",
     ":1: a cause is a boolean: expected \"takes\""},
    {"return profile { library = \"x\", known = { id = { \"atom\" } } }",
     ":1: a value without a name: expected"},
    {"return profile { library = \"x\", known = {}, faults = {\n 3 } }",
     ":2: `faults` is a list of places: expected"},
    {"return profile { library = \"x\", known = {}, faults = { hang = true } }",
     ":1: `faults` is a list of places: expected"},
    {"return profile { library = 3, known = {} }", ":1: field `library` is an integer: expected a string"},
    {"return profil { }",
     ":1: unknown name `profil`: expected one that lua/API.md lists (nearest name: profile)"},
    {"return { library = \"x\", known = {} }", ""},
    {"while true do end", ":1: runs for ever"},
};

static void test_refused(void) {
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        char err[600] = "";
        struct profile *p = load(refused[i].source, strlen(refused[i].source), err, sizeof err);
        CHECK(!p, "taken: %s", refused[i].source);
        CHECK(!strncmp(err, path, strlen(path)) && strstr(err, refused[i].error), "%s: %s", refused[i].source,
              err);
        profile_free(p);
    }
    char err[600] = "";
    CHECK(!profile_load("/no/such.lua", err, sizeof err) && strstr(err, "/no/such.lua"), "%s", err);
}

/* Those that come with imapdiff: named after their library. */
static void test_ours(void) {
    glob_t g = {0};
    glob("lua/profile/*.lua", 0, NULL, &g);
    for (size_t i = 0; i < g.gl_pathc; i++) {
        char err[600] = "", name[200];
        struct profile *p = profile_load(g.gl_pathv[i], err, sizeof err);
        CHECK(p, "%s", err);
        if (!p)
            continue;
        snprintf(name, sizeof name, "lua/profile/%s.lua", profile_library(p));
        CHECK(!strcmp(name, g.gl_pathv[i]), "%s is of %s", g.gl_pathv[i], profile_library(p));
        profile_free(p);
    }
    globfree(&g);
}

int main(void) {
    close(mkstemp(path));
    test_page();
    test_refused();
    test_ours();
    unlink(path);
    if (!failures)
        printf("profiles: ok\n");
    return failures ? 1 : 0;
}
