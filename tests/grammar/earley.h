/* earley.h: judges octets by the ABNF itself, recursion, literals and numeric bounds included: an independent referee.
 *
 * Earley's algorithm over single octets. It has the viable prefix property: the first octet behind which no item is left
 * is the first that no sentence of the grammar has there. It also writes random sentences. Memory is never given back.
 */
#ifndef EARLEY_H
#define EARLEY_H

#include "abnf.h"

struct earley;

/* Does the text that `rule` derived really count as one? For what the documents say in prose. */
typedef bool earley_predicate(const uint8_t *p, size_t n);

/* In rule bodies "<content>" stands for the octets that the number behind the rule's first "{" announces, without NUL, and
 * "<octets>" for the same with NUL. "; bound" and "; except" notes are obeyed. */
struct earley *earley_new(const struct abnf *g, const char *start, enum dialect d);
void earley_require(struct earley *e, const char *rule, earley_predicate *f); /* false in the grammar: aborts */
struct lex_result earley_judge(struct earley *e, const uint8_t *p, size_t n); /* ACCEPT at the first end */
/* A random sentence of at most `cap` octets; 0 if it grew beyond. `seed` is advanced. */
size_t earley_sentence(struct earley *e, uint64_t *seed, uint8_t *out, size_t cap);
uint32_t earley_random(uint64_t *seed, uint32_t below);

#endif
