/* script_near.c: the nearest name to a wrong one, for error texts. */
#include "script.h"

#include <ctype.h>
#include <string.h>

#define NAME_MAX_COMPARED 48

/* Levenshtein's distance, in halves: letters that differ in case alone cost one half. */
static unsigned distance(const char *a, size_t n, const char *b) {
    unsigned row[NAME_MAX_COMPARED + 1];
    for (size_t j = 0; j <= n; j++)
        row[j] = (unsigned)(2 * j);
    for (; *b; b++) {
        unsigned corner = row[0];
        row[0] += 2;
        for (size_t j = 1; j <= n; j++) {
            int x = (unsigned char)a[j - 1], y = (unsigned char)*b;
            unsigned best = corner + (x == y ? 0u : tolower(x) == tolower(y) ? 1u : 2u);
            corner = row[j];
            if (row[j] + 2 < best)
                best = row[j] + 2;
            if (row[j - 1] + 2 < best)
                best = row[j - 1] + 2;
            row[j] = best;
        }
    }
    return row[n];
}

const char *script_nearest(const char *want, const char *const *names, size_t n) {
    const char *nearest = NULL;
    unsigned least = ~0u;
    for (size_t i = 0; i < n; i++) {
        unsigned d = distance(want, strnlen(want, NAME_MAX_COMPARED), names[i]);
        if (d < least) {
            least = d;
            nearest = names[i];
        }
    }
    return nearest;
}
