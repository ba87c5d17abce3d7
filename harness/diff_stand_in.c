/* diff_stand_in.c: a mutator as weak symbols, until harness/mutate.c is there: changes single octets and
 * knows no grammar. */
#include "mutate.h"

#include <stdio.h>
#include <string.h>

__attribute__((weak)) size_t mutate(enum lib_item item, uint8_t *p, size_t n, size_t cap, uint64_t seed) {
    static const char *const plain[ITEM_COUNT] = {"ID (\"a\" \"b\")\r\n", "* ID (\"a\" \"b\")\r\n",
                                                  "CLIENTID a b\r\n", "a1 LOGIN a b\r\n", "* 1 EXISTS\r\n"};
    static const char octets[] = "\"\\(){}+ \r\n\t~0123aNIL\x80\xff";
    if (n == 0)
        n = (size_t)snprintf((char *)p, cap, "%s", plain[item]);
    for (unsigned k = 0; k <= seed % 3; k++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        size_t at = (seed >> 33) % n, what = (seed >> 20) % 3;
        uint8_t c = (uint8_t)octets[(seed >> 45) % sizeof octets];
        if (what == 0) {
            p[at] = c;
        } else if (what == 1 && n < cap) {
            memmove(p + at + 1, p + at, n++ - at);
            p[at] = c;
        } else if (n > 1) {
            memmove(p + at, p + at + 1, --n - at);
        }
    }
    return n;
}

__attribute__((weak)) size_t mutate_cross(enum lib_item item, const uint8_t *a, size_t an, const uint8_t *b,
                                          size_t bn, uint8_t *out, size_t cap, uint64_t seed) {
    size_t i = seed % an, j = (seed >> 20) % bn;
    (void)item;
    if (i > cap || bn - j > cap - i)
        return an < cap ? (memcpy(out, a, an), an) : 1;
    memcpy(out, a, i);
    memcpy(out + i, b + j, bn - j);
    return i + bn - j;
}
