/* names.c: the nearest of some words, if one is near. */
#include "names.h"

#include "nearest.h"

#include <stdio.h>
#include <string.h>

const char *names_nearest(const char *word, const char *const *known, size_t n) {
    const char *best = NULL;
    unsigned distance = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned d = nearest_distance(word, known[i]);
        if (!best || d < distance) {
            best = known[i];
            distance = d;
        }
    }
    unsigned allowed = best ? (unsigned)strlen(best) / 3 : 0;
    return best && distance / NEAREST_EDIT <= (allowed > 2 ? allowed : 2) ? best : NULL;
}

struct names_hint names_hint(const char *word, const char *const *known, size_t n) {
    struct names_hint hint = {""};
    const char *near = names_nearest(word, known, n);
    if (near)
        snprintf(hint.text, sizeof hint.text, " (nearest: %s)", near);
    return hint;
}
