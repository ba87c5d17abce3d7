/* fuzz_differ.c: one input, judged by ourselves in every dialect, then by each linked library beside the
 * grammar.
 *
 * What they disagree on is folded into the folder that IMAPDIFF_TALLY names, at once, so that a kill loses
 * nothing. Own checks are left out where IMAPDIFF_OWN is 0: builds for speed have none.
 */
#include "compare.h"
#include "fuzz_common.h"
#include "tally.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#ifndef IMAPDIFF_OWN
#define IMAPDIFF_OWN 1
#endif

static struct tally *tally;
static const struct library *reader[LIBRARY_MAX]; /* those that could be started */
static int readers = -1;

static void stop(void) {
    tally_close(tally);
    library_end();
}

static void start(void) {
    char err[400];
    const char *folder = getenv("IMAPDIFF_TALLY");
    readers = 0;
    /* Some allocate what a literal announces. To map gigabytes and give them back costs more than a hundred executions: they
     * stay on the heap, untouched. */
    mallopt(M_MMAP_MAX, 0);
    mallopt(M_TRIM_THRESHOLD, -1);
    library_limits.survive = true;
    fuzz_share_start();
    for (int i = 0; i < library_count(); i++) {
        const struct library *l = library_at(i);
        if (!library_start(l, err, sizeof err))
            fprintf(stderr, "fuzz: left out: %s\n", err);
        else
            reader[readers++] = l;
    }
    if (readers && folder && *folder && !(tally = tally_open(folder, err, sizeof err)))
        fprintf(stderr, "fuzz: findings are not kept: %s\n", err);
    if (tally)
        atexit(stop);
}

/* A reference for each dialect and literals that a library is compared with is made once. */
static const struct reference *reference(enum lib_item item, const uint8_t *p, size_t n,
                                         const struct library *l, struct reference r[9], uint16_t *made) {
    static uint8_t canon[9][LIB_CANON];
    struct lex_options o = reference_options(l);
    unsigned k = o.dialect % 3u * 3 + o.literals % 3u;
    if (!(*made >> k & 1)) {
        r[k] = (struct reference){.canon = {canon[k], LIB_CANON, 0}};
        reference_answer(item, p, n, &o, &r[k]);
        *made |= (uint16_t)(1u << k);
    }
    return &r[k];
}

static void compare_all(enum lib_item item, const uint8_t *p, size_t n) {
    struct reference r[9];
    struct difference d;
    uint16_t made = 0;
    char err[400];
    for (int i = 0; i < readers; i++) {
        const struct library *l = reader[i];
        if (!(l->items >> item & 1) || !compare(l, item, p, n, reference(item, p, n, l, r, &made), &d))
            continue;
        if (tally && !tally_add(tally, l, item, &d, p, n, err, sizeof err))
            fprintf(stderr, "fuzz: %s\n", err);
    }
    if (tally)
        tally_executed(tally, 1);
}

int fuzz_differ(enum lib_item item, const uint8_t *p, size_t n) {
    if (readers < 0)
        start();
    for (uint8_t dialect = DIALECT_2060; IMAPDIFF_OWN && dialect <= DIALECT_9051; dialect++) {
        struct lex_options o = {.dialect = dialect, .literals = dialect, .utf8 = dialect == DIALECT_9051};
        own_check(item, p, n, &o);
    }
    if (readers)
        compare_all(item, p, n);
    return 0;
}
