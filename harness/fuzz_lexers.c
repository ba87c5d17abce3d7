/* fuzz_lexers.c: every lexer and parser of grammar/ alone, under every dialect. Links no other code than
 * ours.
 *
 * Input: one octet that says which (`0` id, `1` id-response, `2` clientid, `3` command, `4` response, `5`
 * id-params-list, `6` frames, `7` sets, `8` scanning), one for the options (`A` is RFC 2060, synchronizing
 * literals, the prose's reading, no UTF-8), then the octets.
 */
#include "fuzz_common.h"

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
