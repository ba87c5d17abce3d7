/* id.c: an accepted ID parameter list, read: its pairs, and the prose limits of ID section 3.3. */
#include "id.h"
#include "scan.h"

#include <assert.h>
#include <string.h>

/* Reads the string or NIL at *pos and moves *pos behind it. */
static struct istring take_string(struct slice s, uint32_t *pos) {
    uint32_t i = *pos;
    struct istring out = {.kind = STR_NIL, .s = {s.p + i, 3}};
    assert(i < s.n);
    if (s.p[i] == '"') {
        const uint32_t start = ++i;
        while (i = (uint32_t)(scan_plain_long(s.p, s.p + i, s.p + s.n) - s.p), assert(i < s.n), s.p[i] != '"') {
            const uint32_t pair = s.p[i] == '\\'; /* or an 8-bit octet */
            out.escaped |= pair, i += 1 + pair;
        }
        out.kind = STR_QUOTED, out.s = (struct slice){s.p + start, i - start};
        *pos = i + 1;
    } else if (s.p[i] == '{') {
        uint32_t count = 0;
        for (i++; assert(i < s.n), s.p[i] >= '0' && s.p[i] <= '9'; i++)
            count = count * 10 + (uint32_t)(s.p[i] - '0');
        i += s.p[i] == '+' ? 4 : 3; /* }CRLF */
        assert(i <= s.n && count <= s.n - i);
        out.kind = STR_LITERAL, out.s = (struct slice){s.p + i, count};
        *pos = i + count;
    } else {
        *pos = i + 3;
    }
    return out;
}

bool id_params_is_nil(struct slice params) { return params.n > 0 && params.p[0] != '('; }

bool id_next_pair(struct slice params, uint32_t *pos, struct id_pair *out) {
    const bool empty = params.n == 0 || id_params_is_nil(params) || params.p[1] == ')';
    if (empty || params.p[*pos] == ')')
        return false;
    ++*pos; /* the parenthesis, or the SP behind the last pair */
    out->field = take_string(params, pos);
    ++*pos;
    out->value = take_string(params, pos);
    return true;
}

/* A string's octets after decoding, one by one. */
struct octets {
    const uint8_t *p, *end;
    bool quoted;
};

static struct octets octets_of(const struct istring *s) {
    return (struct octets){s->s.p, s->s.p + s->s.n, s->kind == STR_QUOTED};
}

static int next_octet(struct octets *o) {
    if (o->p == o->end)
        return -1;
    if (o->quoted && *o->p == '\\' && o->p + 1 < o->end)
        o->p++;
    return *o->p++;
}

static int next_folded(struct octets *o) {
    int c = next_octet(o);
    return c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c;
}

static uint32_t decoded_length(const struct istring *s) {
    uint32_t n = s->s.n;
    if (s->kind == STR_QUOTED && s->escaped)
        for (uint32_t i = 0; i + 1 < s->s.n; i++)
            if (s->s.p[i] == '\\')
                i++, n--;
    return n;
}

static bool same_field(const struct istring *a, const struct istring *b) {
    struct octets x = octets_of(a), y = octets_of(b);
    int c;
    do {
        c = next_folded(&x);
        if (c != next_folded(&y))
            return false;
    } while (c >= 0);
    return true;
}

/* Fields seen so far, by hash. A list of more pairs than this is ten times over the limit of pairs already:
 * there the fields beyond are not looked up, so that the work stays linear and needs no memory. */
#define FIELDS_MAX 1024
struct fields {
    uint32_t n;
    uint32_t slot[2 * FIELDS_MAX]; /* index into at[] plus 1 */
    struct istring at[FIELDS_MAX];
};

/* Adds the field; true if it was there. */
static bool add_field(struct fields *f, const struct istring *field) {
    uint32_t h = 2166136261u;
    struct octets o = octets_of(field);
    for (int c; (c = next_folded(&o)) >= 0;)
        h = (h ^ (uint32_t)c) * 16777619u;
    for (uint32_t i = h ^ h >> 15;; i++) {
        uint32_t *slot = &f->slot[i % (2 * FIELDS_MAX)];
        if (*slot == 0) {
            if (f->n < FIELDS_MAX) {
                f->at[f->n] = *field;
                *slot = ++f->n;
            }
            return false;
        }
        if (same_field(&f->at[*slot - 1], field))
            return true;
    }
}

struct id_limits id_check_limits(struct slice params) {
    struct id_limits out = {0};
    struct fields seen;
    struct id_pair pair;
    seen.n = 0;
    memset(seen.slot, 0, sizeof seen.slot);
    for (uint32_t pos = 0; id_next_pair(params, &pos, &pair);) {
        out.pairs++;
        out.field_too_long |= decoded_length(&pair.field) > 30;
        out.value_too_long |= pair.value.kind != STR_NIL && decoded_length(&pair.value) > 1024;
        out.too_many_pairs |= out.pairs > 30;
        out.duplicate |= add_field(&seen, &pair.field);
    }
    return out;
}
