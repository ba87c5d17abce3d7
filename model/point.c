/* point.c: the tables of choice points and primitives: names, contexts, fields. */
#include "behaviour.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name, *handler, *cites, *fields;
    enum point_kind kind;
} points[POINT_COUNT] = {
#define POINT(e, name, handler, kind, cites, fields) [P_##e] = {name, handler, cites, fields, POINT_##kind},
#include "points.def"
#undef POINT
};

static const struct {
    const char *name, *points;
} ops[OP_COUNT] = {
#define OP(e, name, points, what) [OP_##e] = {name, points},
#include "ops.def"
#undef OP
};

const char *point_name(enum point p) { return points[p].name; }
const char *point_handler(enum point p) { return points[p].handler; }
const char *point_cites(enum point p) { return points[p].cites; }
enum point_kind point_kind(enum point p) { return points[p].kind; }
const char *op_name(enum op o) { return o == OP_NONE ? "none" : ops[o].name; }

bool point_field_at(enum point p, int i, struct slice *name, struct slice *values) {
    const char *at = points[p].fields;
    for (; *at; at += strcspn(at, " "), at += strspn(at, " ")) {
        size_t n = strcspn(at, ":"), all = strcspn(at, " ");
        if (i-- > 0) continue;
        *name = (struct slice){(const uint8_t *)at, (uint32_t)n};
        *values = (struct slice){(const uint8_t *)at + n + 1, (uint32_t)(all - n - 1)};
        return true;
    }
    return false;
}

static uint32_t value_count(struct slice values) {
    uint32_t n = 1;
    for (uint32_t i = 0; i < values.n; i++) n += values.p[i] == ',';
    return n;
}

static struct slice value_at(struct slice values, uint32_t k) {
    const uint8_t *p = values.p, *end = values.p + values.n;
    for (; k; k--) p = (const uint8_t *)memchr(p, ',', (size_t)(end - p)) + 1;
    const uint8_t *comma = memchr(p, ',', (size_t)(end - p));
    return (struct slice){p, (uint32_t)((comma ? comma : end) - p)};
}

/* contexts, context_text and field are asked in every judged batch: sizes are counted once. */
static uint8_t sizes[POINT_COUNT][8], fields[POINT_COUNT];

static int field_sizes(enum point p) {
    if (!fields[p]) {
        struct slice name, values;
        int n = 0;
        for (; point_field_at(p, n, &name, &values); n++) sizes[p][n] = (uint8_t)value_count(values);
        fields[p] = (uint8_t)(n + 1);
    }
    return fields[p] - 1;
}

uint32_t point_contexts(enum point p) {
    uint32_t n = 1;
    for (int i = 0, k = field_sizes(p); i < k; i++) n *= sizes[p][i];
    return n;
}

uint32_t point_context(enum point p, int n, const int *values) {
    uint32_t c = 0;
    assert(n == field_sizes(p));
    for (int i = 0; i < n; i++) {
        assert(values[i] >= 0 && values[i] < sizes[p][i]);
        c = c * sizes[p][i] + (uint32_t)values[i];
    }
    return c;
}

static uint32_t field_value(enum point p, uint32_t context, int i) {
    for (int k = field_sizes(p) - 1; k > i; k--) context /= sizes[p][k];
    return context % sizes[p][i];
}

const char *point_context_text(enum point p, uint32_t context, char *buf, size_t cap) {
    struct slice name, values;
    size_t n = 0;
    buf[0] = 0;
    for (int i = 0; point_field_at(p, i, &name, &values); i++) {
        field_sizes(p);
        struct slice v = value_at(values, field_value(p, context, i));
        int k = snprintf(buf + n, cap - n, "%s%.*s=%.*s", n ? " " : "", (int)name.n, (const char *)name.p, (int)v.n, (const char *)v.p);
        if (k < 0 || n + (size_t)k >= cap) break;
        n += (size_t)k;
    }
    return buf;
}

const char *point_field(enum point p, uint32_t context, const char *field) {
    static char text[8][24]; /* a few at a time */
    static unsigned turn;
    struct slice name, values;
    for (int i = 0; point_field_at(p, i, &name, &values); i++) {
        if (!slice_is(name, field)) continue;
        field_sizes(p);
        struct slice v = value_at(values, field_value(p, context, i));
        char *t = text[turn++ % 8];
        snprintf(t, sizeof text[0], "%.*s", (int)v.n, (const char *)v.p);
        return t;
    }
    return NULL;
}

int point_by_name(const char *name) {
    for (int i = 0; i < POINT_COUNT; i++)
        if (strcmp(points[i].name, name) == 0) return i;
    return -1;
}

bool op_allowed(enum op o, enum point p) {
    size_t n = strlen(points[p].name);
    for (const char *at = o == OP_NONE ? "" : ops[o].points; *at; at += strcspn(at, " "), at += strspn(at, " "))
        if (strncmp(at, points[p].name, n) == 0 && (at[n] == ' ' || !at[n])) return true;
    return false;
}

int op_by_name(const char *name, enum point p) {
    for (int i = 1; i < OP_COUNT; i++)
        if (strcmp(ops[i].name, name) == 0 && op_allowed((enum op)i, p)) return i;
    return -1;
}

bool answer_has(const struct answer *a, enum op o) {
    for (unsigned i = 0; i < a->ops; i++)
        if (a->op[i] == o) return true;
    return false;
}
