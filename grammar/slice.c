/* slice.c: comparing borrowed strings, decoding quoted ones, and sequence sets. */
#include <string.h>

#include "imap.h"

static uint8_t lower(uint8_t c) { return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c; }

bool slice_equal(struct slice a, struct slice b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool slice_is(struct slice a, const char *z)
{
    size_t n = strlen(z);
    return a.n == n && (n == 0 || memcmp(a.p, z, n) == 0);
}

bool slice_is_nocase(struct slice a, const char *z)
{
    for (uint32_t i = 0; i < a.n; i++)
        if (z[i] == 0 || lower(a.p[i]) != lower((uint8_t)z[i]))
            return false;
    return z[a.n] == 0;
}

/* One decoded octet at *i, which moves behind it; -1 at the end. */
static int next_octet(const struct istring *s, uint32_t *i)
{
    if (*i >= s->s.n)
        return -1;
    if (s->kind == STR_QUOTED && s->s.p[*i] == '\\' && *i + 1 < s->s.n)
        ++*i;
    return s->s.p[(*i)++];
}

size_t istring_copy(const struct istring *s, uint8_t *dst, size_t cap)
{
    if (s->kind == STR_NIL || s->kind == STR_NONE)
        return 0;
    if (s->kind != STR_QUOTED || !s->escaped) {
        size_t n = s->s.n < cap ? s->s.n : cap;
        if (n > 0)
            memcpy(dst, s->s.p, n);
        return s->s.n;
    }
    size_t len = 0;
    uint32_t i = 0;
    for (int c; (c = next_octet(s, &i)) >= 0; len++)
        if (len < cap)
            dst[len] = (uint8_t)c;
    return len;
}

bool istring_equal(const struct istring *a, const struct istring *b)
{
    bool a_string = a->kind != STR_NIL && a->kind != STR_NONE, b_string = b->kind != STR_NIL && b->kind != STR_NONE;
    if (!a_string || !b_string)
        return a->kind == b->kind;
    if (!a->escaped && !b->escaped)
        return slice_equal(a->s, b->s);
    uint32_t i = 0, j = 0;
    for (;;) {
        int x = next_octet(a, &i), y = next_octet(b, &j);
        if (x != y)
            return false;
        if (x < 0)
            return true;
    }
}

/* One seq-number at *i. */
static bool seq_number(struct slice s, bool allow_star, uint32_t *i, uint32_t *out)
{
    if (*i < s.n && s.p[*i] == '*' && allow_star) {
        ++*i;
        *out = SEQ_STAR;
        return true;
    }
    uint64_t v = 0;
    uint32_t from = *i;
    for (; *i < s.n && s.p[*i] >= '0' && s.p[*i] <= '9'; ++*i) {
        v = v * 10 + (s.p[*i] - '0');
        if (v > UINT32_MAX)
            return false;
    }
    *out = (uint32_t)v;
    return *i > from && s.p[from] != '0';
}

bool seq_set_parse(struct slice s, bool allow_star, struct seq_set *out)
{
    out->raw = s;
    out->n = 0;
    for (uint32_t i = 0;;) {
        struct seq_range r;
        if (out->n == SEQ_RANGES_MAX || !seq_number(s, allow_star, &i, &r.lo))
            return false;
        r.hi = r.lo;
        if (i < s.n && s.p[i] == ':') {
            i++;
            if (!seq_number(s, allow_star, &i, &r.hi))
                return false;
        }
        out->r[out->n++] = r;
        if (i == s.n)
            return true;
        if (s.p[i++] != ',')
            return false;
    }
}

bool seq_set_has(const struct seq_set *s, uint32_t n, uint32_t max)
{
    for (uint32_t i = 0; i < s->n; i++) {
        uint32_t lo = s->r[i].lo == SEQ_STAR ? max : s->r[i].lo, hi = s->r[i].hi == SEQ_STAR ? max : s->r[i].hi;
        if (lo <= hi ? lo <= n && n <= hi : hi <= n && n <= lo)
            return true;
    }
    return false;
}
