/* test_proof_tokens.c: the compiled tokens of token.re, through cur_token(), pass the W-method's suite for
 * the rule that the ABNF names for each ("; token C = RULE @D" in imap.abnf). */
#include "suite.h"

#include "cursor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum token token;
static const char *rule;

/* A token as a lexer: what it takes of the octets, or why it takes none. */
static struct lex_result one_token(struct lex_state *st, const uint8_t *p, size_t n,
                                   const struct lex_options *o) {
    struct cursor c = cur_start(p, n, o, NULL);
    struct slice out;
    (void)st;
    if (!cur_token(&c, token, rule, &out))
        return c.r;
    if (out.p != p || c.p != p + out.n)
        return (struct lex_result){LEX_LIMIT, 0, "slice", NULL};
    return (struct lex_result){LEX_ACCEPT, out.n, NULL, NULL};
}

/* The constants of enum token, from 0 on, as cursor.h writes them. */
static int token_number(const char *name) {
    static char text[1 << 16];
    if (!*text) {
        FILE *f = fopen("grammar/cursor.h", "rb");
        if (!f || fread(text, 1, sizeof text - 1, f) == 0)
            give_up("cannot read grammar/cursor.h");
        fclose(f);
    }
    const char *p = strstr(text, "enum token {"), *end = p ? strchr(p, '}') : NULL;
    const size_t len = strlen(name);
    for (int i = 0; p && (p = strstr(p, "TOK_")) && p < end; i++) {
        p += 4;
        if (!strncmp(p, name, len) && (p[len] == ',' || p[len] == ' ' || p[len] == '\n'))
            return i;
    }
    give_up("no token %s in grammar/cursor.h", name);
}

int main(void) {
    static const char *const years[] = {"2060", "3501", "9051"};
    const char *only = getenv("PROOF_ONLY");
    const struct abnf *g = proof_grammar();
    int failures = 0;
    long inputs = 0;
    for (int i = 0; i < g->notes && (!only || !strcmp(only, "token.re")); i++) {
        const struct abnf_note *t = &g->note[i];
        for (int d = 0; d < 3 && !strcmp(t->word, "token"); d++) {
            if (t->dialects && !(t->dialects >> d & 1))
                continue;
            const struct dfa *a = abnf_dfa(g, t->b, (enum dialect)d);
            const struct referee r = referee_of(a, UINT64_MAX, UINT64_MAX);
            const struct lex_options o = {.dialect = (uint8_t)d};
            token = (enum token)token_number(t->a), rule = t->b;
            const struct suite_result s = run_suite(t->a, &r, one_token, &o, false);
            printf("proof %s = %s @%s: %d states, %d transitions, %ld inputs%s\n", t->a, t->b, years[d],
                   a->states, a->transitions, s.inputs, s.failures ? " FAIL" : "");
            failures += s.failures;
            inputs += s.inputs;
        }
    }
    printf("proof tokens: %ld inputs, %d differences\n", inputs, failures);
    return failures != 0;
}
