/* test_behaviours.c: the built-in behaviours: all load, each practice of RFC 2180 and each answer of each
 * choice point is there, and the planted faults cover the invariants. Then lua/API.md: it names exactly what
 * there is. ids-as-data
 */
#include "clauses.h"
#include "script_behaviour.h"
#include "script_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

static int failures;
static struct behaviours *all;

#define CHECK(ok, ...)                                                                                       \
    do {                                                                                                     \
        if (!(ok)) {                                                                                         \
            printf("%s:%d: ", __FILE__, __LINE__);                                                           \
            printf(__VA_ARGS__);                                                                             \
            printf("\n");                                                                                    \
            failures++;                                                                                      \
        }                                                                                                    \
    } while (0)

static bool exists(const char *folder, const char *name) {
    char path[300];
    struct stat st;
    snprintf(path, sizeof path, "lua/behaviour/%s%s.lua", folder, name);
    return stat(path, &st) == 0;
}

static bool cites(const struct behaviour *b, const char *id) {
    size_t n = strlen(id);
    for (const char *p = strstr(b->cites, id); p; p = strstr(p + 1, id))
        if ((p == b->cites || p[-1] == ' ') && (p[n] == ' ' || p[n] == '\0'))
            return true;
    return false;
}

static bool is_default(int i) { return strcmp(behaviours_at(all, i)->name, "default") == 0; }

/* A file has its behaviour's name, stands in the folder for its kind, and says what it is. */
static void test_files(void) {
    for (int i = 0; i < behaviours_count(all); i++) {
        const struct behaviour *b = behaviours_at(all, i);
        bool rfc = exists("rfc2180/", b->name), practice = exists("practice/", b->name),
             fault = exists("fault/", b->name);
        CHECK(rfc + practice + fault + exists("", b->name) == 1, "%s: no file of its name, or several",
              b->name);
        CHECK(fault == b->fault, "%s: a fault in the wrong folder, or `fault` is missing", b->name);
        CHECK(strlen(b->doc) > 10, "%s has no `---` line", b->name);
        CHECK(behaviours_find(all, b->name) == i, "%s is found elsewhere", b->name);
        bool conforms = strncmp(b->cites, "MAP-", 4) == 0 || strncmp(b->cites, "R2180-", 6) == 0;
        CHECK(!rfc || conforms, "%s: a practice of RFC 2180 begins with its clause", b->name);
        for (const char *p = strstr(b->cites, "MAP-"); practice && p; p = strstr(p + 1, "MAP-"))
            CHECK(p[4] == 'I' || (p >= b->cites + 2 && p[-2] == 'T'),
                  "%s cites a clause of RFC 2180, but is none of its practices", b->name);
    }
}

/* Each alternative that RFC 2180 lists, by its clause. */
static void test_rfc2180(void) {
    static const char *const ids[] = {
        "MAP-3.1-a",   "MAP-3.2-a",   "MAP-3.3-a",   "MAP-3.4-a",   "MAP-3.4-d",   "MAP-4.1.1-a",
        "MAP-4.1.2-a", "MAP-4.1.2-b", "MAP-4.1.3-a", "MAP-4.1.3-b", "MAP-4.1.4-a", "MAP-4.2.1-a",
        "MAP-4.2.2-a", "MAP-4.2.3-a", "MAP-4.2.4-a", "MAP-4.2x-a",  "R2180-4.4.1", "R2180-4.4.2",
    };
    for (size_t k = 0; k < sizeof ids / sizeof *ids; k++) {
        bool found = false;
        for (int i = 0; i < behaviours_count(all); i++)
            found |= !behaviours_at(all, i)->fault && cites(behaviours_at(all, i), ids[k]);
        CHECK(found, "no behaviour has the practice %s", ids[k]);
    }
}

/* What some practices must answer, from the text of RFC 2180. A context is named by its text. */
static const struct told {
    const char *behaviour, *point, *context;
    uint8_t reply;
    const char *ops; /* "" none; NULL: not asked */
} tolds[] = {
    {"refuse-delete", "delete.in_use", "who=other mode=select state=quiet", REPLY_NO, ""},
    {"refuse-delete", "delete.in_use", "who=own mode=select state=quiet", REPLY_NONE, NULL},
    {"ghosted-mailbox", "delete.in_use", "who=other mode=examine state=idle", REPLY_OK, "ghost"},
    {"ghosted-mailbox", "create.recycled", "old=ghost", REPLY_NO, ""},
    {"ghosted-mailbox", "ghost.visible", "who=inside", REPLY_NONE, "show"},
    {"ghosted-mailbox", "ghost.visible", "who=outside", REPLY_NONE, "hide"},
    {"ghosted-mailbox", "ghost.last", "", REPLY_NONE, "destroy"},
    {"keep-with-newname", "rename.in_use", "box=normal who=other state=quiet", REPLY_OK, "keep newname"},
    {"keep-with-newname", "rename.in_use", "box=inbox who=other state=quiet", REPLY_NONE, NULL},
    {"fetch-nil", "fetch.expunged", "form=seq gone=some item=meta", REPLY_OK, "empty_data"},
    {"fetch-nil", "fetch.expunged", "form=seq gone=all item=meta", REPLY_NO, "absent"},
    {"fetch-partial-no", "fetch.expunged", "form=uid gone=all item=body", REPLY_NO, "absent"},
    {"store-partial-no", "store.expunged", "form=seq silent=no gone=some", REPLY_NO,
     "store_living tell_living"},
    {"store-partial-no", "store.expunged", "form=seq silent=yes gone=some", REPLY_NONE, NULL},
    {"store-silent-ok", "store.expunged", "form=seq silent=yes gone=all", REPLY_OK, "store_living"},
    {"store-atomic-no", "store.expunged", "form=uid silent=no gone=some", REPLY_NO, ""},
    {"store-gone-no", "store.expunged", "form=seq silent=no gone=all", REPLY_NO, ""},
    {"refuse-expunge", "expunge.in_use", "cmd=uid_expunge", REPLY_NO, ""},
    {"copy-allowed", "copy.expunged", "cmd=copy form=seq gone=some", REPLY_OK, "copy_all"},
    {"default", "delete.in_use", "who=both mode=select state=quiet", REPLY_OK,
     "destroy disconnect_others close_own"},
};

static void test_tolds(void) {
    for (size_t k = 0; k < sizeof tolds / sizeof *tolds; k++) {
        const struct told *t = &tolds[k];
        enum point p = (enum point)point_by_name(t->point);
        char text[128], ops[256] = "";
        uint32_t c = 0;
        while (c < point_contexts(p) && strcmp(point_context_text(p, c, text, sizeof text), t->context) != 0)
            c++;
        int i = behaviours_find(all, t->behaviour);
        CHECK(i >= 0 && c < point_contexts(p), "%s, %s: not there", t->behaviour, t->context);
        const struct answer *a = i >= 0 && c < point_contexts(p) ? behaviours_answer(all, i, p, c) : NULL;
        CHECK(!a == !t->ops, "%s (%s): %s", t->behaviour, t->context, a ? "answers" : "does not answer");
        if (!a || !t->ops)
            continue;
        for (int o = 0; o < a->ops; o++)
            snprintf(ops + strlen(ops), sizeof ops - strlen(ops), "%s%s", o ? " " : "",
                     op_name((enum op)a->op[o]));
        CHECK(a->reply == t->reply && strcmp(ops, t->ops) == 0, "%s (%s): %s with `%s`", t->behaviour,
              t->context, reply_name((enum reply)a->reply), ops);
    }
}

static bool same(const struct answer *a, const struct answer *b) {
    return a->reply == b->reply && a->ops == b->ops && memcmp(a->op, b->op, a->ops) == 0;
}

/* Each primitive, each tagged word and each context of each point is somebody's answer; the reference has one
 * everywhere, and it is always one that a special behaviour has, too. */
static void test_points(void) {
    int reference = behaviours_find(all, "default");
    CHECK(reference >= 0, "no behaviour `default`");
    for (int p = 0; p < POINT_COUNT && reference >= 0; p++) {
        bool fault = point_kind((enum point)p) == POINT_FAULT;
        unsigned words = 0;
        bool op[OP_COUNT] = {false};
        for (uint32_t c = 0; c < point_contexts((enum point)p); c++) {
            const struct answer *ours = behaviours_answer(all, reference, (enum point)p, c);
            bool some = false, known = false;
            char text[128];
            point_context_text((enum point)p, c, text, sizeof text);
            for (int i = 0; i < behaviours_count(all); i++) {
                const struct answer *a = behaviours_answer(all, i, (enum point)p, c);
                if (!a || is_default(i) || (!fault && behaviours_at(all, i)->fault))
                    continue;
                some = true;
                known |= ours && same(a, ours);
                words |= 1u << a->reply;
                for (int o = 0; o < a->ops; o++)
                    op[a->op[o]] = true;
            }
            CHECK(some || fault, "%s (%s) has no behaviour", point_name((enum point)p), text);
            CHECK(fault ? !ours : ours != NULL, "default and %s (%s)", point_name((enum point)p), text);
            CHECK(!ours || known, "default answers %s (%s) as nobody else", point_name((enum point)p), text);
        }
        for (int o = OP_NONE + 1; o < OP_COUNT; o++)
            if (op_allowed((enum op)o, (enum point)p) && !fault)
                CHECK(op[o], "%s: no behaviour uses %s", point_name((enum point)p), op_name((enum op)o));
        for (unsigned w = REPLY_OK; w <= REPLY_BYE; w++) {
            char can[64];
            CHECK(!strstr(point_replies((enum point)p, can, sizeof can), reply_name((enum reply)w)) ||
                      words >> w & 1,
                  "%s: no behaviour answers %s", point_name((enum point)p), reply_name((enum reply)w));
        }
    }
    for (int o = OP_NONE + 1; o < OP_COUNT; o++) {
        bool used = false;
        for (int i = 0; i < behaviours_count(all) && !used; i++)
            for (int p = 0; p < POINT_COUNT && !used; p++)
                for (uint32_t c = 0; c < point_contexts((enum point)p) && !used; c++) {
                    const struct answer *a = behaviours_answer(all, i, (enum point)p, c);
                    used = a && answer_has(a, (enum op)o);
                }
        CHECK(used, "no behaviour uses %s", op_name((enum op)o));
    }
}

static void test_faults(void) {
    static const char *const ids[] = {
        "MAP-I1",     "MAP-I2",    "MAP-I3",    "MAP-I4",    "MAP-I5",    "MAP-I6",     "MAP-I7",
        "MAP-I8",     "MAP-I9",    "MAP-I10",   "MAP-I11",   "MAP-I12",   "MAP-I13",    "MAP-I14",
        "MAP-I16",    "ID-3-a",    "ID-3-g",    "ID-3-i",    "ID-3.1-c",  "ID-3.1-d",   "ID-3.1-e",
        "ID-3.1-f",   "ID-3.2-a",  "ID-3.3-d",  "ID-3.3-l",  "ID-4-c",    "CID-3.1-b",  "CID-3.1-d",
        "CID-3.2-c",  "CID-3.2-d", "CID-3.3-a", "CID-3.3-b", "CID-3.3-d", "CID-3.4-1s", "CID-3.4-2s",
        "CID-3.4-3s", "CID-4-f",   "CID-D2",
    };
    int faults = 0;
    for (int i = 0; i < behaviours_count(all); i++) {
        const struct behaviour *b = behaviours_at(all, i);
        bool must = false;
        char list[128];
        faults += b->fault;
        snprintf(list, sizeof list, "%s", b->cites);
        for (char *id = strtok(list, " "); id; id = strtok(NULL, " ")) {
            enum clause_level level = clause_find(id)->level;
            must |= level == CLAUSE_MUST || level == CLAUSE_MUSTNOT || level == CLAUSE_EFF_MUST ||
                    level == CLAUSE_EFF_MUSTNOT || level == CLAUSE_INVARIANT;
        }
        CHECK(!b->fault || must || cites(b, "R3501-7.1.2"), "%s breaks no MUST", b->name);
    }
    CHECK(faults >= 40, "%d faults, expected 40 or more", faults);
    for (size_t k = 0; k < sizeof ids / sizeof *ids; k++) {
        bool found = false;
        for (int i = 0; i < behaviours_count(all); i++)
            found |= behaviours_at(all, i)->fault && cites(behaviours_at(all, i), ids[k]);
        CHECK(found, "no fault breaks %s", ids[k]);
    }
    printf("%d behaviours, %d of them faults\n", behaviours_count(all), faults);
}

/* ---- lua/API.md ---- */

static char *api;

static bool says(const char *text) { return strstr(api, text) != NULL; }

static int rows(const char *begin) {
    int n = 0;
    for (const char *p = strstr(api, begin); p; p = strstr(p + 1, begin))
        n++;
    return n;
}

static void point_row(enum point p, char *row, size_t cap) {
    struct slice field, values;
    char words[64];
    size_t n = (size_t)snprintf(row, cap, "\n| `%s` | `%s` | ", point_name(p), point_handler(p));
    for (int i = 0; point_field_at(p, i, &field, &values); i++) {
        n += (size_t)snprintf(row + n, cap - n, "%s`%.*s`: ", i ? "; " : "", (int)field.n,
                              (const char *)field.p);
        if (slice_is(values, "no,yes")) {
            n += (size_t)snprintf(row + n, cap - n, "true, false");
            continue;
        }
        for (uint32_t k = 0; k < values.n; k++)
            n += (size_t)snprintf(row + n, cap - n, "%c%s", values.p[k], values.p[k] == ',' ? " " : "");
    }
    n += (size_t)snprintf(row + n, cap - n, " | %s | ", point_replies(p, words, sizeof words));
    for (int o = OP_NONE + 1, k = 0; o < OP_COUNT; o++)
        if (op_allowed((enum op)o, p))
            n += (size_t)snprintf(row + n, cap - n, "%s`%s`", k++ ? " " : "", op_name((enum op)o));
    snprintf(row + n, cap - n, " |\n");
}

static void test_api_tables(void) {
    static const char *const what[OP_COUNT] = {
        "",
#define OP(e, name, points, what) what,
#include "ops.def"
#undef OP
    };
    char row[2048];
    int primitives = 0, points = 0;
    for (int p = 0; p < POINT_COUNT; p++) {
        point_row((enum point)p, row, sizeof row);
        CHECK(says(row), "lua/API.md has no row:%s", row);
        snprintf(row, sizeof row, "\n| `%s` |", point_name((enum point)p));
        points += rows(row);
    }
    CHECK(points == POINT_COUNT, "lua/API.md has %d rows of points", points);
    for (int o = OP_NONE + 1; o < OP_COUNT; o++) {
        snprintf(row, sizeof row, "\n| `%s` | %s |\n", op_name((enum op)o), what[o]);
        CHECK(says(row), "lua/API.md has no row:%s", row);
        primitives++;
    }
    char *begin = strstr(api, "## Primitives"), *end = strstr(api, "## A scenario");
    CHECK(begin && end && begin < end, "lua/API.md: sections");
    for (char *p = begin; p && p < end && (p = strstr(p, "\n| `")) && p < end; p++) {
        char name[64];
        bool found = false;
        snprintf(name, sizeof name, "%.*s", (int)strcspn(p + 4, "`"), p + 4);
        for (int o = OP_NONE + 1; o < OP_COUNT; o++)
            found |= strcmp(op_name((enum op)o), name) == 0;
        CHECK(found, "lua/API.md names the primitive %s, which is not there", name);
    }
}

/* Is the name offered? Looks behind the seals: the contents are the first upvalue of __index. */
static void unseal(lua_State *L) {
    luaL_getmetafield(L, -1, "__index");
    lua_getupvalue(L, -1, 1);
    lua_replace(L, -3);
    lua_pop(L, 1);
}

static int names_of(lua_State *L, const char *prefix) {
    int n = 0;
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
        char name[64], ticked[80];
        snprintf(name, sizeof name, "%s%s", prefix, lua_tostring(L, -2));
        if (lua_istable(L, -1)) {
            char inner[64];
            snprintf(inner, sizeof inner, "%.60s.", name);
            lua_pushvalue(L, -1);
            unseal(L);
            n += names_of(L, inner);
            lua_pop(L, 1);
            continue;
        }
        n++;
        snprintf(ticked, sizeof ticked, "`%s`", name);
        bool listed = says(ticked);
        snprintf(ticked, sizeof ticked, "`%s(", name);
        listed |= says(ticked);
        snprintf(ticked, sizeof ticked, "`%s ", name);
        CHECK(listed || says(ticked), "lua/API.md does not name %s", name);
    }
    return n;
}

static void test_api_names(void) {
    struct script *s = script_new("x", script_behaviour_env, script_behaviour_types);
    if (!s)
        return;
    lua_pushglobaltable(s->L);
    unseal(s->L);
    int offered = names_of(s->L, ""), named = 5; /* behaviour, OK, NO, BAD, BYE: by the checks above */
    char *section = strstr(api, "## Common names"), *end = strstr(api, "There are no patterns");
    CHECK(section && end, "lua/API.md: sections");
    for (char *row = section; row && row < end && (row = strstr(row, "\n| `")) && row < end; row++) {
        char cell[512];
        snprintf(cell, sizeof cell, "%.*s", (int)strcspn(row + 3, "|"), row + 3);
        for (char *tick = strchr(cell, '`'); tick; tick = strchr(tick + 1, '`')) {
            char path[64];
            snprintf(path, sizeof path, "%.*s", (int)strcspn(tick + 1, "`("), tick + 1);
            named++;
            lua_settop(s->L, 0);
            lua_pushglobaltable(s->L);
            char *dot = strchr(path, '.');
            if (dot)
                *dot = '\0';
            unseal(s->L);
            lua_getfield(s->L, -1, path);
            if (dot && lua_istable(s->L, -1)) {
                unseal(s->L);
                lua_getfield(s->L, -1, dot + 1);
            }
            CHECK(lua_isfunction(s->L, -1), "lua/API.md names %s, which is not there", path);
            tick = strchr(tick + 1, '`');
            if (!tick)
                break;
        }
    }
    CHECK(named == offered, "lua/API.md names %d functions, but %d are there", named, offered);
    script_free(s);
}

static void test_api_numbers(void) {
    char text[128];
    const struct {
        const char *format;
        unsigned value;
    } limits[] = {
        {"| a file | %u KiB of source text", SCRIPT_OCTETS >> 10},
        {"| memory | %u KiB", SCRIPT_MEMORY >> 10},
        {"| the file's body | %u steps", SCRIPT_STEPS},
        {"| one call of a handler | %u steps", SCRIPT_STEPS_CALL},
        {"| all of it | %u s", SCRIPT_SECONDS},
        {"| a returned table | %u levels", SCRIPT_DEPTH},
        {"levels, %u values", SCRIPT_VALUES},
        {"at most %u octets", SCRIPT_TEXT},
        {"on at most %u items", SCRIPT_ITEMS},
        {"at most %u.\n", ANSWER_OPS},
        {"1 to %u printable ASCII", (unsigned)sizeof((struct answer *)0)->text - 1},
    };
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        snprintf(text, sizeof text, limits[i].format, limits[i].value);
#pragma GCC diagnostic pop
        CHECK(says(text), "lua/API.md does not say: %s", text);
    }
    for (const char *const *code = answer_codes(); *code; code++) {
        snprintf(text, sizeof text, "`%s`", *code);
        CHECK(says(text), "lua/API.md does not name %s", text);
    }
    CHECK(says("`name` | required") && says("`point` | required") && says("`cites` | required") &&
              says("`fault` | optional"),
          "lua/API.md: fields");
}

static bool read_api(void) {
    FILE *f = fopen("lua/API.md", "rb");
    api = calloc(1, 1 << 17);
    bool ok = f && api && fread(api, 1, (1 << 17) - 1, f) > 0;
    if (f)
        fclose(f);
    return ok;
}

/* The example in API.md is one that loads, and says what it seems to say. */
static void test_api_example(const char *path) {
    char err[1024] = "";
    char *begin = strstr(api, "```lua\n"), *end = begin ? strstr(begin, "\n```\n") : NULL;
    struct behaviours *b = behaviours_new();
    FILE *f = fopen(path, "wb");
    CHECK(begin && end && f, "no example, or %s cannot be written", path);
    if (begin && end && f)
        fwrite(begin + 7, 1, (size_t)(end - begin - 6), f);
    if (f)
        fclose(f);
    int i = behaviours_load(b, path, err, sizeof err);
    CHECK(i == 0, "the example of lua/API.md: %s", err);
    const struct answer *x = i == 0 ? behaviours_answer(b, i, P_GHOST_VISIBLE, 1) : NULL;
    CHECK(x && answer_has(x, OP_HIDE), "the example of lua/API.md shows ghosts to those outside");
    remove(path);
    behaviours_free(b);
}

static void test_speed(void) {
    struct timespec a, b;
    uint64_t sum = 0;
    enum { ROUNDS = 2000000 };
    clock_gettime(CLOCK_MONOTONIC, &a);
    for (uint32_t i = 0; i < ROUNDS; i++) {
        const struct answer *x =
            behaviours_answer(all, (int)(i % (uint32_t)behaviours_count(all)), P_STORE_EXPUNGED, i & 7);
        sum += x ? x->ops : 0;
    }
    clock_gettime(CLOCK_MONOTONIC, &b);
    double ns = ((double)(b.tv_sec - a.tv_sec) * 1e9 + (double)(b.tv_nsec - a.tv_nsec)) / ROUNDS;
    printf("an answer takes %.1f ns (sanitized; sum %llu)\n", ns, (unsigned long long)sum);
}

int main(int argc, char **argv) {
    char err[1024], example[400];
    snprintf(example, sizeof example, "%s.lua", argc > 0 ? argv[0] : "example");
    struct timespec a, b;
    all = behaviours_new();
    clock_gettime(CLOCK_MONOTONIC, &a);
    int n = behaviours_load_folder(all, "lua/behaviour", err, sizeof err);
    clock_gettime(CLOCK_MONOTONIC, &b);
    if (n < 0 || !read_api()) {
        printf("%s\n", n < 0 ? err : "cannot read lua/API.md");
        return 1;
    }
    printf("loaded in %.0f ms\n",
           (double)(b.tv_sec - a.tv_sec) * 1e3 + (double)(b.tv_nsec - a.tv_nsec) / 1e6);
    test_files();
    test_rfc2180();
    test_tolds();
    test_points();
    test_faults();
    test_api_tables();
    test_api_names();
    test_api_numbers();
    test_api_example(example);
    test_speed();
    behaviours_free(all);
    free(api);
    printf("%d failures\n", failures);
    return failures > 0;
}
