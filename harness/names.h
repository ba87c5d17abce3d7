/* names.h: the nearest of the words that exist, for errors about one that does not. */
#ifndef NAMES_H
#define NAMES_H

#include <stddef.h>

/* The nearest of n words (grammar/nearest.h), or NULL when none is near: more than a third of its letters, at least 2, differ. */
const char *names_nearest(const char *word, const char *const *known, size_t n);
/* " (nearest: NAME)" for an error about `word`, or "" when none is near. The text lives to the end of the
 * expression that calls: printf("%s", names_hint(...).text). */
struct names_hint {
    char text[96];
};
struct names_hint names_hint(const char *word, const char *const *known, size_t n);

#endif
