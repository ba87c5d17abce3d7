/* suite.h: runs a compiled lexer against the referee on the W-method's words. */
#ifndef SUITE_H
#define SUITE_H

#include "proof.h"

struct suite_result {
    long inputs, prefixes, splits; /* fresh runs; runs after which more octets came; runs cut in two */
    int failures;                  /* printed as they are found, 10 at most */
};
/* `lex` on words over d, as `r` expects. Prefixes and splits, and the guard page, are tried on the words that
 * cover the transitions; `resumes`: the lexer takes a struct lex_state. */
struct suite_result run_suite(const char *name, const struct referee *r, lexer *lex,
                              const struct lex_options *o, bool resumes);
/* One input by all ways: whole, every prefix, one octet at a time, every split into two. */
void try_input(struct suite_result *out, const char *name, const struct referee *r, lexer *lex,
               const struct lex_options *o, const uint8_t *p, size_t n, bool resumes);

#endif
