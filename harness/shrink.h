/* shrink.h: makes a failing program smaller while it goes on failing: delta debugging over its lines, then
 * over their text.
 *
 * Deterministic: the same program and the same answers give the same result. What it tries, from coarse to
 * fine: without a session; without groups of lines, single lines, pairs of lines; two sessions as one; lines
 * not pipelined; small messages in APPEND; shorter sets, item lists, flag lists and names; sessions numbered
 * from 1. Each step makes the program shorter in lines or, with as many lines, in octets, so it ends, and the
 * result is never longer than the input. What the grammar accepts stays well formed.
 */
#ifndef SHRINK_H
#define SHRINK_H

#include "program.h"

struct shrink_limits {
    uint32_t tries;   /* programs that may be tried; 0: 600 */
    uint32_t repeats; /* how often one is tried before it counts as not failing, for failures that come and
                         go; 0: 1 */
};

enum shrink_end {
    SHRINK_DONE,        /* nothing smaller was found to fail */
    SHRINK_TRIES,       /* out of tries: *out fails, and might be made smaller yet */
    SHRINK_STOPPED,     /* still_fails said so: *out is the smallest so far */
    SHRINK_NOT_FAILING, /* the program itself did not fail: *out is a copy of it */
    SHRINK_MEMORY       /* *out is not usable */
};
const char *shrink_end_name(enum shrink_end e);

struct shrink_counts {
    uint32_t tries, lines_before, lines_after;
};

/* still_fails: 1 it fails as the first did, 0 it does not, -1 stop. It may not keep the program. *out
 * (initialised) is replaced; it holds sent lines and directives alone if those of `in` suffice to fail (a
 * trace's responses and automatic lines go). counts may be NULL. */
enum shrink_end shrink_program(const struct program *in,
                               int (*still_fails)(void *user, const struct program *p), void *user,
                               struct program *out, const struct shrink_limits *limits,
                               struct shrink_counts *counts);

/* shrink_text.c: the k-th simpler form of line i's text into buf (cap octets): its length; 0: there are no
 * more (none has length 0); SHRINK_SKIP: not this one. */
#define SHRINK_SKIP UINT32_MAX
uint32_t shrink_text(struct slice text, uint32_t k, uint8_t *buf, uint32_t cap);

#endif
