/* dot.h: what re2c made of a .re file: the automaton of each condition, read from `re2c --emit-dot`.
 *
 * A rule's source line says where the lexer goes next, and the reader takes that from there: every MACRO(c
 * ...) with a condition's name as first argument is an arrow to c, except FAIL(c). LITERAL(c) goes there by
 * CONTENT; LAST(c) is the item's end where c is left out; DONE is the item's end.
 */
#ifndef DOT_H
#define DOT_H

#include "dfa.h"

struct re_node {
    int next[256]; /* -1: none */
    int rule;      /* the source line of the rule that is accepted here, 0: none */
};
struct re_file {
    char *path;
    struct re_node *node;
    int nodes;
    struct re_condition {
        char *name;
        int start; /* node */
    } * condition;
    int conditions;
    char **line; /* source lines, from 1 */
    int lines;
};

/* `name` is looked for below $PROOF_GRAMMAR (a folder with altered files) and then in grammar/. */
struct re_file *re_read(const char *name);
int re_condition(const struct re_file *r, const char *name); /* index; gives up if there is none */
int re_states(const struct re_file *r, int condition);
/* One condition: the words of which its rules (the default rule apart) match the whole. */
struct dfa *re_dfa(const struct re_file *r, const char *condition);
/* All conditions joined by their arrows from `condition` on; `without` names conditions to leave out, between
 * blanks. *checks: in how many places the longest match was found to lose nothing (a shorter token may be
 * followed by exactly what the longer one also permits). Where it would lose something the program gives up
 * with the place. */
struct dfa *re_joined(const struct re_file *r, const char *condition, const char *without, int *checks);

#endif
