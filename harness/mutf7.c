/* mutf7.c: UTF-8 to modified UTF-7: printable ASCII stands for itself, all else is base64 of UTF-16 between &
 * and -. */
#include "mutf7.h"

#include <stdint.h>

struct writer {
    char *p;
    size_t n, cap;
    uint32_t bits; /* not yet written */
    int have;      /* how many */
    bool shifted;
};

static void put(struct writer *w, char c) {
    if (w->n + 1 < w->cap)
        w->p[w->n] = c;
    w->n++;
}

static void put_base64(struct writer *w, uint32_t six) {
    static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";
    put(w, set[six & 63]);
}

static void put_unit(struct writer *w, uint32_t unit) {
    if (!w->shifted)
        put(w, '&');
    w->shifted = true;
    w->bits = w->bits << 16 | unit;
    for (w->have += 16; w->have >= 6; w->have -= 6)
        put_base64(w, w->bits >> (w->have - 6));
    w->bits &= (1u << w->have) - 1;
}

static void shift_back(struct writer *w) {
    if (!w->shifted)
        return;
    if (w->have)
        put_base64(w, w->bits << (6 - w->have));
    put(w, '-');
    w->shifted = false;
    w->bits = 0;
    w->have = 0;
}

/* The next character; 0 at the end; UINT32_MAX: no UTF-8. */
static uint32_t next(const uint8_t **p) {
    static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    uint32_t c = *(*p)++;
    int more = c < 0x80 ? 0 : c >> 5 == 6 ? 1 : c >> 4 == 14 ? 2 : c >> 3 == 30 ? 3 : -1, n = more;
    if (more < 0)
        return UINT32_MAX;
    for (c &= more ? 0x3fu >> more : 0x7fu; n; n--) {
        if (**p >> 6 != 2)
            return UINT32_MAX;
        c = c << 6 | (*(*p)++ & 0x3f);
    }
    return c < least[more] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000) ? UINT32_MAX : c;
}

bool mutf7(const char *utf8, char *out, size_t n) {
    struct writer w = {.p = out, .cap = n};
    const uint8_t *p = (const uint8_t *)utf8;
    for (uint32_t c; (c = next(&p)) != 0;) {
        if (c == UINT32_MAX)
            return false;
        if (c >= 0x20 && c < 0x7f) {
            shift_back(&w);
            put(&w, (char)c);
            if (c == '&')
                put(&w, '-');
        } else if (c >= 0x10000) {
            put_unit(&w, 0xd800 + ((c - 0x10000) >> 10));
            put_unit(&w, 0xdc00 + ((c - 0x10000) & 0x3ff));
        } else
            put_unit(&w, c);
    }
    shift_back(&w);
    if (w.n >= n)
        return false;
    out[w.n] = '\0';
    return true;
}
