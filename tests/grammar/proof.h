/* proof.h: what is proved, as a table, and the W-method over a compiled lexer.
 *
 * Literals: the automata know a literal's header and CONTENT. `struct referee` adds the count: it walks the
 * ABNF's automaton over real octets, reads the number from the header's digits, lets that many CHAR8 pass,
 * and knows the bounds of numbers. So every input, of any count, has one expected verdict, found without
 * looking at the lexers.
 */
#ifndef PROOF_H
#define PROOF_H

#include "abnf.h"
#include "dfa.h"
#include "dot.h"

/* A lexer under proof, seen from outside: fresh if *st is zero, else resumed. */
typedef struct lex_result lexer(struct lex_state *st, const uint8_t *p, size_t n,
                                const struct lex_options *o);

struct proof_row {
    const char *name;
    /* the lexer's side: re2c's conditions, joined from `condition` on, and the compiled function */
    const char *re, *condition, *without;
    lexer *lex;
    struct lex_options options;
    /* the ABNF's side */
    const char *rule;
    const char *override[2][2]; /* rule, body */
    bool relaxed; /* re2c's tables do not count; the compiled lexer does, and is proved with the bounds */
    uint64_t number_max;
    bool plus_max; /* LITERAL-: no "+" behind a number above 4096 */
};
extern const struct proof_row proof_rows[];
extern const int proof_rows_n;

/* The project's grammar, all files; a fresh copy each time, since rows override rules in it. */
struct abnf *proof_grammar(void);
struct dfa *proof_abnf(const struct proof_row *row, bool relaxed);

struct referee {
    const struct dfa *d;
    const bool *header; /* per state: inside a literal's header, where every way leads to CONTENT */
    uint64_t number_max, plus_max;
};
struct referee referee_of(const struct dfa *d, uint64_t number_max, uint64_t plus_max);
/* The verdict and offset that the ABNF gives; `rule` and `clause` are not set. */
struct lex_result referee_verdict(const struct referee *r, const uint8_t *p, size_t n);

/* Words that find any difference to a machine with up to one more state (W-method, Chow 1978): each
 * transition's access word, then up to one more class of octets, then each word that tells states apart. Also
 * each transition once for every octet of its class. A letter >= 0 is a symbol; CLASS(k) leaves the choice to
 * word_octets(). `cover`: without the extra letter, so that these words alone walk over every transition. */
#define CLASS(k) (-1 - (k))
typedef void use_word(void *context, const int *word, int len, bool cover);
void w_method(const struct dfa *d, use_word *use, void *context);

/* A word as octets in buf. CONTENT becomes as many octets as the header before it says; digits of a header
 * are chosen so that counts stay below 10. *turn goes on from call to call, so that all members of a class
 * get their turn. Returns the length. */
size_t word_octets(const struct referee *r, const int *word, int len, uint8_t *buf, size_t cap,
                   unsigned *turn);

/* A buffer whose end is the end of the readable memory: returns a place for n octets there (n up to 64 KiB).
 */
uint8_t *before_guard(size_t n);

#endif
