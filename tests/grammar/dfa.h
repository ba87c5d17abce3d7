/* dfa.h: finite automata over octets, for the proof that the lexers are the ABNF.
 *
 * Symbols are the 256 octets and CONTENT, which stands for all the octets that a literal's header has just
 * announced: the count makes the whole irregular, so the automata see header, CONTENT, and what follows.
 * Memory is kept until the program ends. A failure inside (no memory, a cap) ends the program with status 2.
 */
#ifndef DFA_H
#define DFA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONTENT 256
#define SYMBOLS 257

void *keep(size_t octets); /* zeroed memory that lasts until the program ends */
_Noreturn void give_up(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Nondeterministic, with silent moves; how ABNF (Thompson's construction) and joined re2c conditions are
 * written down. */
struct nfa {
    struct nfa_arc {
        int from, to;
        int lo, hi; /* symbols; -1: a silent move */
    } * arc;
    int arcs, arcs_cap;
    int states;
    bool *final;
    int final_cap;
};
struct nfa *nfa_new(void);
int nfa_state(struct nfa *n);
void nfa_move(struct nfa *n, int from, int lo, int hi, int to);
void nfa_silent(struct nfa *n, int from, int to);
void nfa_final(struct nfa *n, int state);

/* Deterministic, complete and minimal. State 0 is dead: no word is accepted from there. */
struct dfa {
    int states, start, transitions; /* `transitions`: class-wise, dead ones left out */
    int (*next)[SYMBOLS];
    bool *accept;
    int classes;           /* symbols that no state tells apart form a class */
    int class_of[SYMBOLS]; /* numbered in the order of their first symbol */
    int first_of[SYMBOLS]; /* a class's first symbol */
};
struct dfa *nfa_to_dfa(const struct nfa *n, int start);
/* The same for several starts at once: the result's states are shared, start[i] is replaced by the state in
 * it. Two of them are the same state exactly if they accept the same words. */
struct dfa *nfa_to_dfa_many(const struct nfa *n, int *start, int starts);

/* Walks the product. Equal: returns true and the number of pairs. Else false and the shortest word (its
 * length in *len, at most `cap` symbols kept) that one of them accepts and the other does not. */
bool dfa_equal(const struct dfa *a, const struct dfa *b, int *pairs, int *word, int cap, int *len);
/* A word, with octets that do not print as \xNN. Static storage, overwritten by the next call. */
const char *word_text(const int *word, int len);

#endif
