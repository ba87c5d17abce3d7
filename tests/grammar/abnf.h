/* abnf.h: reads ABNF (RFC 5234) and compiles its regular rules to automata, sharing nothing with the lexers.
 *
 * Taken: the core rules, alternatives, groups, options, repetition (also with a blank behind the repeat,
 * T-CID-4), "=/",
 * "..." without case, %x %d %b with ranges and sequences, comments. Prose values: "<any A except B and C>"
 * over single octets, and "<content>" for the octets that a literal announces. The marks of
 * grammar/abnf/imap.abnf: dialects behind a production ("; @2060"), and lines of the form "; word a = b
 * @3501", which are handed out as they are.
 */
#ifndef ABNF_H
#define ABNF_H

#include "dfa.h"
#include "imap.h"

struct abnf_rule {
    char *name, *body;
    unsigned dialects; /* bits 1 << enum dialect */
};
struct abnf_note { /* "; token atom = atom @3501": word, a, b; dialects 0 if there is no mark */
    char *word, *a, *b;
    unsigned dialects;
};
struct abnf {
    struct abnf_rule rule[1000];
    int rules;
    struct abnf_note note[400];
    int notes;
    bool relaxed; /* upper bounds of repetitions are dropped: 1*16 means 1* (what re2c's tables know of a
                     counted run) */
};

struct abnf *abnf_new(void); /* with the core rules */
void abnf_read(struct abnf *g, const char *path);
void abnf_parse(struct abnf *g, const char *text, const char *path);
/* Gives `rule` another body in all dialects: "literal = ..." for the forms that depend on more than the
 * dialect. */
void abnf_override(struct abnf *g, const char *rule, const char *body);
bool abnf_has(const struct abnf *g, const char *rule);

struct dfa *abnf_dfa(const struct abnf *g, const char *rule, enum dialect d);

#endif
