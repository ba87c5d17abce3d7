/* scan.h: finds where a quoted string stops being plain, 16 octets at a time.
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
 * octets of [base, lim) alone are read. The two give the same answer, one by one and by vectors. */
const uint8_t *scan_plain_scalar(const uint8_t *base, const uint8_t *p, const uint8_t *lim);
const uint8_t *scan_plain_long(const uint8_t *base, const uint8_t *p, const uint8_t *lim);

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

/* Most strings end within 16 octets: that case is inline. */
static inline const uint8_t *scan_plain(const uint8_t *base, const uint8_t *p, const uint8_t *lim) {
    if (lim - p >= 16) {
        unsigned m = scan_plain_mask(p);
        if (m)
            return p + __builtin_ctz(m);
        p += 16;
    }
    return scan_plain_long(base, p, lim);
}
#else
static inline const uint8_t *scan_plain(const uint8_t *base, const uint8_t *p, const uint8_t *lim) {
    return scan_plain_scalar(base, p, lim);
}
#endif

#endif
