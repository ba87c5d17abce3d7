/* fuzz_lexers.c: every lexer and parser of grammar/ alone, under every dialect. Links no other code than
 * ours.
 *
 * Input: one octet that says which (`0` id, `1` id-response, `2` clientid, `3` command, `4` response, `5`
 * id-params-list, `6` frames, `7` sets, `8` scanning), one for the options (`A` is RFC 2060, synchronizing
 * literals, the prose's reading, no UTF-8), then the octets.
 */
#include "fuzz_common.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
    if (n < 2)
        return 0;
    unsigned which = p[0] & 15, v = (unsigned)(p[1] - 'A') & 0xff;
    struct lex_options o = {.dialect = (uint8_t)(v % 3),
                            .literals = (uint8_t)(v / 3 % 3),
                            .reading = (uint8_t)(v / 9 % 2),
                            .utf8 = v / 18 % 2};
    p += 2;
    n -= 2;
    switch (which % 9) {
    case 5:
        own_check_params(p, n, &o);
        break;
    case 6:
        own_check_frames(p, n);
        break;
    case 7:
        own_check_sets(p, n);
        break;
    case 8:
        own_check_scan(p, n);
        break;
    default:
        own_check((enum lib_item)(which % 9), p, n, &o);
    }
    return 0;
}

/* Inputs of one lexer are changed as its items; the first two octets seldom. */
size_t LLVMFuzzerCustomMutator(uint8_t *p, size_t n, size_t cap, unsigned seed) {
    static const uint8_t items[9] = {ITEM_ID,       ITEM_ID_RESPONSE, ITEM_CLIENTID, ITEM_COMMAND,
                                     ITEM_RESPONSE, ITEM_ID,          ITEM_RESPONSE};
    if (cap < 8)
        return n;
    bool fresh = n < 3 || seed % 32 == 0;
    if (fresh) {
        p[0] = (uint8_t)('0' + seed / 32 % 9);
        n = 2;
    }
    if (fresh || seed % 8 == 1)
        p[1] = (uint8_t)('A' + seed / 320 % 36);
    unsigned which = (p[0] & 15u) % 9;
    if (LLVMFuzzerMutate && (which > 6 || seed % 16 == 2))
        return 2 + LLVMFuzzerMutate(p + 2, n - 2, cap - 2);
    if (which == 6 && seed % 3 == 0 && n < cap) /* one response more */
        return n + mutate(ITEM_RESPONSE, p + n, 0, cap - n, seed);
    n = 2 + mutate((enum lib_item)items[which], p + 2, n - 2, cap - 2, seed);
    if (which == 5 && n > 5 && (p[2] | 0x20) == 'i' && (p[3] | 0x20) == 'd' &&
        p[4] == ' ') { /* the list alone */
        memmove(p + 2, p + 5, n - 5);
        n -= 3;
    }
    return n;
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t an, const uint8_t *b, size_t bn, uint8_t *out,
                                 size_t cap, unsigned seed) {
    if (an < 3 || bn < 3 || cap < 8)
        return 0;
    memcpy(out, a, 2);
    return 2 + mutate_cross(ITEM_ID, a + 2, an - 2, b + 2, bn - 2, out + 2, cap - 2, seed);
}
