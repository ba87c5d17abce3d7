/* mutate.h: changes inputs as a grammar's enemy would: it knows pairs, strings, literals, lines and the
 * limits.
 *
 * Deterministic: the same input, seed and table give the same output. It stores no whole inputs: its words
 * come from the grammar's token table, its shapes from the productions.
 */
#ifndef MUTATE_H
#define MUTATE_H

#include "library.h"

/* Changes p[0..n) in place, up to cap octets; returns the new length (at least 1). One to a few changes at
 * once. n may be 0: then an item is made from the productions. */
size_t mutate(enum lib_item item, uint8_t *p, size_t n, size_t cap, uint64_t seed);
/* Parts of both, cut at tokens; returns the length in out (at most cap). */
size_t mutate_cross(enum lib_item item, const uint8_t *a, size_t an, const uint8_t *b, size_t bn,
                    uint8_t *out, size_t cap, uint64_t seed);
/* A dictionary of the item's tokens in libFuzzer's and AFL's format. */
#include <stdio.h>
void mutate_dictionary(enum lib_item item, FILE *out);

#endif
