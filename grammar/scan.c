/* scan.c: the long forms of scan.h: vectors of the x86-64 baseline (SSE2), and one octet at a time. */
#include "scan.h"

static int plain(uint8_t c) {
    return c >= 0x01 && c <= 0x7f && c != '\r' && c != '\n' && c != '"' && c != '\\';
}

const uint8_t *scan_plain_scalar(const uint8_t *base, const uint8_t *p, const uint8_t *lim) {
    (void)base;
    while (p < lim && plain(*p))
        p++;
    return p;
}

#ifdef __SSE2__
/* A vector of octets that are not plain, as scan_plain_mask() but not yet a mask. */
static inline __m128i stops(const uint8_t *p) {
    const __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
    const __m128i a =
        _mm_or_si128(_mm_cmplt_epi8(v, _mm_set1_epi8(1)), _mm_cmpeq_epi8(v, _mm_set1_epi8('"')));
    const __m128i b =
        _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('\\')), _mm_cmpeq_epi8(v, _mm_set1_epi8('\r')));
    return _mm_or_si128(_mm_or_si128(a, b), _mm_cmpeq_epi8(v, _mm_set1_epi8('\n')));
}

const uint8_t *scan_plain_long(const uint8_t *base, const uint8_t *p, const uint8_t *lim) {
    for (; lim - p >= 64; p += 64) {
        const __m128i a = _mm_or_si128(stops(p), stops(p + 16));
        const __m128i b = _mm_or_si128(stops(p + 32), stops(p + 48));
        if (_mm_movemask_epi8(_mm_or_si128(a, b)))
            break;
    }
    for (; lim - p >= 16; p += 16) {
        unsigned m = scan_plain_mask(p);
        if (m)
            return p + __builtin_ctz(m);
    }
    if (p == lim)
        return lim;
    if (lim - base < 16)
        return scan_plain_scalar(base, p, lim);
    /* The last, partial vector: load the 16 octets that end at lim, and forget those before p. */
    unsigned m = scan_plain_mask(lim - 16) >> (16 - (lim - p));
    return m ? p + __builtin_ctz(m) : lim;
}
#else
const uint8_t *scan_plain_long(const uint8_t *base, const uint8_t *p, const uint8_t *lim) {
    return scan_plain_scalar(base, p, lim);
}
#endif
