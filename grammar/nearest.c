/* nearest.c: Damerau's and Levenshtein's edit distance (restricted: no text between two swapped octets). */
#include "nearest.h"

#include <ctype.h>
#include <string.h>

#define COMPARED 60

static unsigned least(unsigned a, unsigned b) { return a < b ? a : b; }

static unsigned differ(char a, char b) {
    return a == b ? 0 : tolower((unsigned char)a) == tolower((unsigned char)b) ? 1 : NEAREST_EDIT;
}

unsigned nearest_distance(const char *a, const char *b) {
    unsigned row[3][COMPARED + 1];
    const size_t n = strnlen(a, COMPARED), m = strnlen(b, COMPARED);
    for (size_t j = 0; j <= m; j++)
        row[0][j] = NEAREST_EDIT * (unsigned)j;
    for (size_t i = 1; i <= n; i++) {
        unsigned *now = row[i % 3], *last = row[(i + 2) % 3], *before = row[(i + 1) % 3];
        now[0] = NEAREST_EDIT * (unsigned)i;
        for (size_t j = 1; j <= m; j++) {
            now[j] = least(least(now[j - 1], last[j]) + NEAREST_EDIT, last[j - 1] + differ(a[i - 1], b[j - 1]));
            if (i > 1 && j > 1 && differ(a[i - 1], b[j - 2]) < NEAREST_EDIT && differ(a[i - 2], b[j - 1]) < NEAREST_EDIT)
                now[j] = least(now[j], before[j - 2] + NEAREST_EDIT);
        }
    }
    return row[n % 3][m];
}
