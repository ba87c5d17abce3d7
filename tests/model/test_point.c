/* test_point.c: the tables of points and primitives hang together, and contexts pack and unpack. */
#include "behaviour.h"
#include "clauses.h"

#include <stdio.h>
#include <string.h>

static int failures;
#define CHECK(ok, ...)                                                                                       \
    do {                                                                                                     \
        if (!(ok)) {                                                                                         \
            printf("%s:%d: ", __FILE__, __LINE__);                                                           \
            printf(__VA_ARGS__);                                                                             \
            printf("\n");                                                                                    \
            failures++;                                                                                      \
        }                                                                                                    \
    } while (0)

/* The points.def rows themselves, to compare with what the functions say. */
static const char *const fields[POINT_COUNT] = {
#define POINT(e, name, handler, kind, cites, fields) fields,
#include "points.def"
#undef POINT
};

static int count(struct slice values) {
    int n = 1;
    for (uint32_t i = 0; i < values.n; i++)
        n += values.p[i] == ',';
    return n;
}

/* Goes through all contexts like an odometer, the first field slowest, and compares each with its number. */
static void test_contexts(enum point p) {
    struct slice name[8], values[8];
    int n = 0, digit[8] = {0};
    uint32_t product = 1;
    while (point_field_at(p, n, &name[n], &values[n]))
        product *= (uint32_t)count(values[n++]);
    CHECK(point_contexts(p) == product, "%s: %u contexts, expected %u", point_name(p), point_contexts(p),
          product);
    for (uint32_t c = 0; c < product; c++) {
        char text[256], want[256] = "";
        CHECK(point_context(p, n, digit) == c, "%s: context %u packs to %u", point_name(p), c,
              point_context(p, n, digit));
        for (int i = 0; i < n; i++) {
            const uint8_t *v = values[i].p, *end = v + values[i].n;
            for (int k = digit[i]; k > 0; k--)
                v = (const uint8_t *)memchr(v, ',', (size_t)(end - v)) + 1;
            const uint8_t *comma = memchr(v, ',', (size_t)(end - v));
            int len = (int)((comma ? comma : end) - v);
            char field[32], value[32];
            snprintf(field, sizeof field, "%.*s", (int)name[i].n, (const char *)name[i].p);
            snprintf(value, sizeof value, "%.*s", len, (const char *)v);
            snprintf(want + strlen(want), sizeof want - strlen(want), "%s%s=%s", i ? " " : "", field, value);
            const char *have = point_field(p, c, field);
            CHECK(have && strcmp(have, value) == 0, "%s: context %u: %s is %s, expected %s", point_name(p), c,
                  field, have, value);
        }
        CHECK(strcmp(point_context_text(p, c, text, sizeof text), want) == 0, "%s: %s, expected %s",
              point_name(p), text, want);
        for (int i = n - 1; i >= 0 && ++digit[i] == count(values[i]); i--)
            digit[i] = 0;
    }
    CHECK(point_field(p, 0, "no such field") == NULL, "%s: a field that is not there", point_name(p));
}

/* Two fields of a point must not share a name or a value: scripts read both by name. */
static void test_names(enum point p) {
    char words[32][32], all[512];
    int n = 0;
    snprintf(all, sizeof all, "%s", fields[p]);
    for (char *w = strtok(all, ":, "); w && n < 32; w = strtok(NULL, ":, ")) {
        snprintf(words[n], sizeof words[n], "%.31s", w);
        for (int i = 0; i < n; i++)
            CHECK(strcmp(words[i], words[n]) != 0, "%s: `%s` stands twice in its context", point_name(p),
                  words[n]);
        n++;
    }
}

static void test_row(enum point p) {
    CHECK(point_by_name(point_name(p)) == (int)p, "%s is not found by its name", point_name(p));
    bool fault = strncmp(point_name(p), "fault.", 6) == 0;
    CHECK((point_kind(p) == POINT_FAULT) == fault, "%s: its kind does not fit its name", point_name(p));
    for (int q = 0; q < (int)p; q++)
        CHECK(strcmp(point_handler(p), point_handler((enum point)q)) != 0, "two points have the handler %s",
              point_handler(p));
    int offered = 0;
    for (int o = OP_NONE + 1; o < OP_COUNT; o++) {
        offered += op_allowed((enum op)o, p);
        if (op_allowed((enum op)o, p)) /* a name means one primitive at one point */
            CHECK(op_by_name(op_name((enum op)o), p) == o, "%s: two primitives are named %s", point_name(p),
                  op_name((enum op)o));
    }
    CHECK(offered || p == P_ERROR_WORD || p == P_LOGIN_REFUSED, "%s offers no primitive", point_name(p));
    char cites[256];
    snprintf(cites, sizeof cites, "%s", point_cites(p));
    for (char *id = strtok(cites, " "); id; id = strtok(NULL, " ")) {
        CHECK(clause_find(id), "%s cites %s, which is no clause", point_name(p), id);
    }
    CHECK(fault || *point_cites(p), "%s cites nothing", point_name(p));
}

int main(void) {
    for (int p = 0; p < POINT_COUNT; p++) {
        test_row((enum point)p);
        test_contexts((enum point)p);
        test_names((enum point)p);
    }
    for (int o = OP_NONE + 1; o < OP_COUNT; o++) {
        int points = 0;
        for (int p = 0; p < POINT_COUNT; p++)
            points += op_allowed((enum op)o, (enum point)p);
        CHECK(points > 0, "no point offers %s", op_name((enum op)o));
    }
    char small[8];
    CHECK(strcmp(point_context_text(P_DELETE_IN_USE, 0, small, sizeof small), "who=oth") == 0, "cut to %s",
          small);
    CHECK(point_by_name("delete.in_us") == -1 && point_by_name("") == -1, "a point that is not there");
    CHECK(op_by_name("ghost", P_RENAME_IN_USE) == -1, "RENAME offers ghost");
    /* The DELETE example of the design: other, select, quiet is the first; both, examine, idle the last. */
    CHECK(point_context(P_DELETE_IN_USE, 3, (int[]){0, 0, 0}) == 0, "first context of delete.in_use");
    CHECK(point_context(P_DELETE_IN_USE, 3, (int[]){2, 1, 1}) == 11, "last context of delete.in_use");
    printf("%d points, %d primitives, %d failures\n", POINT_COUNT, OP_COUNT - 1, failures);
    return failures > 0;
}
