/* scan.c: the long forms of scan.h: one octet at a time, vectors of the x86-64 baseline (SSE2), and AVX2. */
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
/* A coarse look, with fewer instructions: every octet that is not plain, and the rare controls below CR. */
static inline __m128i perhaps(const uint8_t *p) {
    const __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
    return _mm_or_si128(
        _mm_cmplt_epi8(v, _mm_set1_epi8('\r' + 1)),
        _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')), _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'))));
}

const uint8_t *scan_plain_baseline(const uint8_t *base, const uint8_t *p, const uint8_t *lim) {
    for (; lim - p >= 64; p += 64) {
        const __m128i a = _mm_or_si128(perhaps(p), perhaps(p + 16));
        const __m128i b = _mm_or_si128(perhaps(p + 32), perhaps(p + 48));
        if (_mm_movemask_epi8(_mm_or_si128(a, b))) {
            const uint64_t stops = scan_plain_mask64(p);
            if (stops)
                return p + __builtin_ctzll(stops);
        }
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

uint64_t scan_plain_look(const uint8_t *p) { return scan_plain_mask64(p); }
#else
const uint8_t *scan_plain_baseline(const uint8_t *base, const uint8_t *p, const uint8_t *lim) {
    return scan_plain_scalar(base, p, lim);
}
#endif

#if defined(__SSE2__) && defined(__GNUC__)
#include <immintrin.h>

__attribute__((target("avx2"))) static inline __m256i perhaps32(const uint8_t *p) {
    const __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)p);
    return _mm256_or_si256(_mm256_cmpgt_epi8(_mm256_set1_epi8('\r' + 1), v),
                           _mm256_or_si256(_mm256_cmpeq_epi8(v, _mm256_set1_epi8('"')),
                                           _mm256_cmpeq_epi8(v, _mm256_set1_epi8('\\'))));
}

__attribute__((target("avx2"))) static const uint8_t *scan_plain_avx2(const uint8_t *base, const uint8_t *p,
                                                                      const uint8_t *lim) {
    for (; lim - p >= 128; p += 128) {
        const __m256i a = _mm256_or_si256(perhaps32(p), perhaps32(p + 32));
        const __m256i b = _mm256_or_si256(perhaps32(p + 64), perhaps32(p + 96));
        if (_mm256_movemask_epi8(_mm256_or_si256(a, b)))
            for (int half = 0; half < 128; half += 64) {
                const uint64_t stops = scan_plain_mask64(p + half);
                if (stops)
                    return p + half + __builtin_ctzll(stops);
            }
    }
    return scan_plain_baseline(base, p, lim);
}

const uint8_t *scan_plain_long(const uint8_t *base, const uint8_t *p, const uint8_t *lim) {
    return lim - p >= 128 && __builtin_cpu_supports("avx2") ? scan_plain_avx2(base, p, lim)
                                                            : scan_plain_baseline(base, p, lim);
}
#else
const uint8_t *scan_plain_long(const uint8_t *base, const uint8_t *p, const uint8_t *lim) {
    return scan_plain_baseline(base, p, lim);
}
#endif
