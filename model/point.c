/* point.c: the tables of choice points and primitives: their names, contexts and fields. Constant data; the
 * field lists are parsed once, before main, so that packing a context costs a few multiplications and no
 * thread waits.
 */
#include "behaviour.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

struct point_row {
    const char *name, *handler, *cites, *fields;
    enum point_kind kind;
};
static const struct point_row points[POINT_COUNT] = {
#define POINT(e, name, handler, kind, cites, fields) [P_##e] = {name, handler, cites, fields, POINT_##kind},
#include "points.def"
#undef POINT
};

struct op_row {
    const char *name, *points, *what;
};
static const struct op_row ops[OP_COUNT] = {
    [OP_NONE] = {"none", "", ""},
#define OP(e, name, points, what) [OP_##e] = {name, points, what},
#include "ops.def"
#undef OP
};

#define POINT_FIELDS 4
#define FIELD_VALUES 8
struct field {
    struct slice name, values;
    const char *value[FIELD_VALUES]; /* the values again, NUL-terminated */
    int count;
};
static struct layout {
    int fields;
    uint32_t contexts;
    struct field field[POINT_FIELDS];
} layouts[POINT_COUNT];
static char pool[2048]; /* the values' texts; all NUL at first */
static size_t pooled;
static bool offered[OP_COUNT][POINT_COUNT];

static struct slice text_slice(const char *p, size_t n) {
    return (struct slice){(const uint8_t *)p, (uint32_t)n};
}

/* Takes the next word of a list that `separator` parts; false at the end. */
static bool next_word(struct slice *list, char separator, struct slice *word) {
    if (list->n == 0)
        return false;
    const uint8_t *stop = memchr(list->p, separator, list->n);
    *word = (struct slice){list->p, stop ? (uint32_t)(stop - list->p) : list->n};
    uint32_t taken = word->n + (stop != NULL);
    *list = (struct slice){list->p + taken, list->n - taken};
    return true;
}

static const char *keep(struct slice word) {
    assert(pooled + word.n < sizeof pool);
    char *text = memcpy(pool + pooled, word.p, word.n);
    pooled += word.n + 1;
    return text;
}

static void lay_out_point(struct layout *l, const char *fields) {
    struct slice list = text_slice(fields, strlen(fields)), word, value;
    l->contexts = 1;
    while (next_word(&list, ' ', &word)) {
        assert(l->fields < POINT_FIELDS);
        struct field *f = &l->field[l->fields++];
        next_word(&word, ':', &f->name);
        f->values = word;
        while (next_word(&word, ',', &value)) {
            assert(f->count < FIELD_VALUES);
            f->value[f->count++] = keep(value);
        }
        l->contexts *= (uint32_t)f->count;
    }
}

__attribute__((constructor)) static void lay_out(void) {
    for (int p = 0; p < POINT_COUNT; p++)
        lay_out_point(&layouts[p], points[p].fields);
    for (int o = OP_NONE + 1; o < OP_COUNT; o++) {
        struct slice list = text_slice(ops[o].points, strlen(ops[o].points)), word;
        while (next_word(&list, ' ', &word)) {
            int p = 0;
            while (p < POINT_COUNT && !slice_is(word, points[p].name))
                p++;
            assert(p < POINT_COUNT);
            offered[o][p] = true;
        }
    }
}

const char *point_name(enum point p) {
    assert((unsigned)p < POINT_COUNT);
    return points[p].name;
}

const char *point_handler(enum point p) {
    assert((unsigned)p < POINT_COUNT);
    return points[p].handler;
}

const char *point_cites(enum point p) {
    assert((unsigned)p < POINT_COUNT);
    return points[p].cites;
}

enum point_kind point_kind(enum point p) {
    assert((unsigned)p < POINT_COUNT);
    return points[p].kind;
}

uint32_t point_contexts(enum point p) {
    assert((unsigned)p < POINT_COUNT);
    return layouts[p].contexts;
}

uint32_t point_context(enum point p, int n, const int *values) {
    assert((unsigned)p < POINT_COUNT && n == layouts[p].fields);
    uint32_t context = 0;
    for (int i = 0; i < n; i++) {
        int count = layouts[p].field[i].count;
        assert(values[i] >= 0 && values[i] < count);
        context = context * (uint32_t)count + (uint32_t)values[i];
    }
    return context;
}

/* The value of field number i in a context. */
static const char *unpack(enum point p, uint32_t context, int i) {
    const struct layout *l = &layouts[p];
    assert(context < l->contexts);
    for (int k = l->fields - 1; k > i; k--)
        context /= (uint32_t)l->field[k].count;
    return l->field[i].value[context % (uint32_t)l->field[i].count];
}

const char *point_context_text(enum point p, uint32_t context, char *buf, size_t cap) {
    assert((unsigned)p < POINT_COUNT && cap > 0);
    size_t len = 0;
    buf[0] = '\0';
    for (int i = 0; i < layouts[p].fields && len < cap; i++) {
        struct slice name = layouts[p].field[i].name;
        len += (size_t)snprintf(buf + len, cap - len, "%s%.*s=%s", i ? " " : "", (int)name.n,
                                (const char *)name.p, unpack(p, context, i));
    }
    return buf;
}

const char *point_field(enum point p, uint32_t context, const char *field) {
    assert((unsigned)p < POINT_COUNT);
    for (int i = 0; i < layouts[p].fields; i++)
        if (slice_is(layouts[p].field[i].name, field))
            return unpack(p, context, i);
    return NULL;
}

bool point_field_at(enum point p, int i, struct slice *name, struct slice *values) {
    assert((unsigned)p < POINT_COUNT);
    if (i < 0 || i >= layouts[p].fields)
        return false;
    *name = layouts[p].field[i].name;
    *values = layouts[p].field[i].values;
    return true;
}

int point_by_name(const char *name) {
    for (int p = 0; p < POINT_COUNT; p++)
        if (strcmp(points[p].name, name) == 0)
            return p;
    return -1;
}

const char *op_name(enum op o) {
    assert((unsigned)o < OP_COUNT);
    return ops[o].name;
}

const char *op_what(enum op o) {
    assert((unsigned)o < OP_COUNT);
    return ops[o].what;
}

bool op_allowed(enum op o, enum point p) {
    assert((unsigned)o < OP_COUNT && (unsigned)p < POINT_COUNT);
    return offered[o][p];
}

int op_by_name(const char *name, enum point p) {
    for (int o = OP_NONE + 1; o < OP_COUNT; o++)
        if (offered[o][p] && strcmp(ops[o].name, name) == 0)
            return o;
    return -1;
}

bool answer_has(const struct answer *a, enum op o) {
    for (int i = 0; i < a->ops; i++)
        if (a->op[i] == o)
            return true;
    return false;
}
