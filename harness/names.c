/* names.c: edit distance. */
#include "names.h"

#include <stdio.h>
#include <ctype.h>
#include <string.h>

#define LETTERS 60

static unsigned least(unsigned a, unsigned b) { return a < b ? a : b; }

static int lower(const char *z, size_t i) { return tolower((unsigned char)z[i]); }

unsigned names_distance(const char *a, const char *b) {
    unsigned row[3][LETTERS + 1];
    size_t n = strlen(a), m = strlen(b);
    n = n > LETTERS ? LETTERS : n;
    m = m > LETTERS ? LETTERS : m;
    for (size_t j = 0; j <= m; j++)
        row[0][j] = (unsigned)j;
    for (size_t i = 1; i <= n; i++) {
        unsigned *now = row[i % 3], *last = row[(i + 2) % 3], *before = row[(i + 1) % 3];
        now[0] = (unsigned)i;
        for (size_t j = 1; j <= m; j++) {
            unsigned same = lower(a, i - 1) == lower(b, j - 1) ? 0 : 1;
            now[j] = least(least(now[j - 1], last[j]) + 1, last[j - 1] + same);
            if (i > 1 && j > 1 && lower(a, i - 1) == lower(b, j - 2) && lower(a, i - 2) == lower(b, j - 1))
                now[j] = least(now[j], before[j - 2] + 1);
        }
    }
    return row[n % 3][m];
}

const char *names_nearest(const char *word, const char *const *known, size_t n) {
    const char *best = NULL;
    unsigned distance = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned d = names_distance(word, known[i]);
        if (!best || d < distance) {
            best = known[i];
            distance = d;
        }
    }
    unsigned allowed = best ? (unsigned)strlen(best) / 3 : 0;
    return best && distance <= (allowed > 2 ? allowed : 2) ? best : NULL;
}

struct names_hint names_hint(const char *word, const char *const *known, size_t n) {
    struct names_hint hint = {""};
    const char *near = names_nearest(word, known, n);
    if (near)
        snprintf(hint.text, sizeof hint.text, " (nearest: %s)", near);
    return hint;
}
