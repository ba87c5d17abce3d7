/* scan.h: finds where a quoted string stops being plain, many octets at a time.
 *
 * Plain octets are %x01-7F except CR, LF, DQUOTE and "\": what a quoted string may hold without looking
 * further, in every dialect. 8-bit octets are not plain: the lexer looks at them one sequence at a time.
 */
#ifndef SCAN_H
#define SCAN_H

#include <stddef.h>
#include <stdint.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* The first octet in [p, lim) that is not plain, or lim. `base` <= p is the start of the readable buffer:
 * octets of [base, lim) alone are read. All give the same answer: one by one; by vectors of the x86-64
 * baseline; by those that this processor has. */
const uint8_t *scan_plain_scalar(const uint8_t *base, const uint8_t *p, const uint8_t *lim);
const uint8_t *scan_plain_baseline(const uint8_t *base, const uint8_t *p, const uint8_t *lim);
const uint8_t *scan_plain_long(const uint8_t *base, const uint8_t *p, const uint8_t *lim);

/* What was seen of the 64 octets at `at`: one bit for each that is not plain. Strings are short and stand
 * close together, so that one look serves several of them, and the next one's start does not wait for the
 * last one's end. */
struct scan_window {
    const uint8_t *at; /* NULL: nothing was seen */
    uint64_t stops;
};

#ifdef __SSE2__
/* One bit per octet at `p` that is not plain. */
static inline unsigned scan_plain_mask(const uint8_t *p) {
    const __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i bad = _mm_cmplt_epi8(v, _mm_set1_epi8(1)); /* signed: NUL and the 8-bit octets */
    bad = _mm_or_si128(bad, _mm_cmpeq_epi8(v, _mm_set1_epi8('"')));
    bad = _mm_or_si128(bad, _mm_cmpeq_epi8(v, _mm_set1_epi8('\\')));
    bad = _mm_or_si128(bad, _mm_cmpeq_epi8(v, _mm_set1_epi8('\r')));
    bad = _mm_or_si128(bad, _mm_cmpeq_epi8(v, _mm_set1_epi8('\n')));
    return (unsigned)_mm_movemask_epi8(bad);
}

static inline uint64_t scan_plain_mask64(const uint8_t *p) {
    return (uint64_t)scan_plain_mask(p) | (uint64_t)scan_plain_mask(p + 16) << 16 |
           (uint64_t)scan_plain_mask(p + 32) << 32 | (uint64_t)scan_plain_mask(p + 48) << 48;
}

uint64_t scan_plain_look(const uint8_t *p); /* the same, as a call: so that the window stays in registers */

/* As the above; `w` belongs to this buffer and begins as {NULL, 0}. */
static inline __attribute__((always_inline)) const uint8_t *
scan_plain(struct scan_window *w, const uint8_t *base, const uint8_t *p, const uint8_t *lim) {
    size_t off = (size_t)((uintptr_t)p - (uintptr_t)w->at);
    if (off >= 64) {
        if (lim - base < 64) {
            const unsigned m = lim - p >= 16 ? scan_plain_mask(p) : 0;
            return m ? p + __builtin_ctz(m) : scan_plain_long(base, p, lim);
        }
        w->at = lim - p < 64 ? lim - 64 : p; /* at the end, the 64 octets that end there */
        w->stops = scan_plain_look(w->at);
        off = (size_t)(p - w->at);
        if (off == 64)
            return lim;
    }
    const uint64_t stops = w->stops >> off;
    return stops ? p + __builtin_ctzll(stops) : scan_plain_long(base, w->at + 64, lim);
}
#else
static inline const uint8_t *scan_plain(struct scan_window *w, const uint8_t *base, const uint8_t *p,
                                        const uint8_t *lim) {
    (void)w;
    return scan_plain_scalar(base, p, lim);
}
#endif

#endif
