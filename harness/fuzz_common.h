/* fuzz_common.h: what the fuzzers share. A fuzzer is one file harness/fuzz_NAME.c with the engine's entry;
 * engines are libFuzzer, AFL++ and whatever $LIB_FUZZING_ENGINE names.
 */
#ifndef FUZZ_COMMON_H
#define FUZZ_COMMON_H

#include "mutate.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerInitialize(int *argc, char ***argv);
size_t LLVMFuzzerCustomMutator(uint8_t *p, size_t n, size_t cap, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t an, const uint8_t *b, size_t bn, uint8_t *out,
                                 size_t cap, unsigned seed);

/* The engine's own mutator, where it has one to call. */
extern size_t LLVMFuzzerMutate(uint8_t *p, size_t n, size_t cap) __attribute__((weak));

/* A fuzzer of one item: the octets as they are, changed by mutate.h. */
#define FUZZ_ITEM(item)                                                                                      \
    int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) { return fuzz_differ(item, p, n); }               \
    size_t LLVMFuzzerCustomMutator(uint8_t *p, size_t n, size_t cap, unsigned seed) {                        \
        return mutate(item, p, n, cap, seed);                                                                \
    }                                                                                                        \
    size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t an, const uint8_t *b, size_t bn, uint8_t *out, \
                                     size_t cap, unsigned seed) {                                            \
        return mutate_cross(item, a, an, b, bn, out, cap, seed);                                             \
    }                                                                                                        \
    int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)

/* A disagreement with ourselves: says what, and aborts, which the engine keeps as a crash with its input. */
void own_bug(const char *file, int line, const char *format, ...)
    __attribute__((noreturn, format(printf, 3, 4)));
#define OWN(holds, ...)                                                                                      \
    do {                                                                                                     \
        if (!(holds))                                                                                        \
            own_bug(__FILE__, __LINE__, __VA_ARGS__);                                                        \
    } while (0)

/* Octets in memory of exactly their size; a sanitizer sees a read of what is not shown. All is shown at
 * first. */
struct exact {
    uint8_t *p;
    size_t n;
};
void exact_make(struct exact *e, const uint8_t *p, size_t n);
void exact_show(const struct exact *e, size_t k); /* the first k octets may be read */
void exact_free(struct exact *e);

/* fuzz_own.c: the grammar's own promises on one input: every split equals the whole, every octet before the
 * one that is refused is a prefix, what is printed parses to the same, nothing behind the end is read. */
void own_check(enum lib_item item, const uint8_t *p, size_t n, const struct lex_options *o);
void own_check_params(const uint8_t *p, size_t n, const struct lex_options *o); /* id-params-list alone */
void own_check_frames(const uint8_t *p, size_t n);                              /* a stream of responses */
void own_check_sets(const uint8_t *p, size_t n);                                /* sequence-set, uid-set */
void own_check_scan(const uint8_t *p, size_t n); /* vectors against one by one */

/* fuzz_same.c: do two parsed items mean the same? NULL: they do; else the name of what differs. */
const char *same_command(const struct imap_command *a, const struct node_pool *an,
                         const struct imap_command *b, const struct node_pool *bn);
const char *same_response(const struct imap_response *a, const struct node_pool *an,
                          const struct imap_response *b, const struct node_pool *bn);
/* The same pairs in the same order, both NIL, or both (). */
const char *same_id(struct slice a, struct slice b);

/* fuzz_differ.c: own_check() in every dialect, then each linked library that reads such items beside the
 * grammar. */
int fuzz_differ(enum lib_item item, const uint8_t *p, size_t n);

/* fuzz_share.c: if IMAPDIFF_SHARE is set, samples by CPU time whether the reference or which library answers,
 * and says at the end `reference: N of M samples`, and the same of each library, on standard error. */
void fuzz_share_start(void);

#endif
