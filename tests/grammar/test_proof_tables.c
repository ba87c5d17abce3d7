/* test_proof_tables.c: re2c's automata are the ABNF's, without any bound: the product of the two has no pair
 * of states that disagree. ID and CLIENTID as whole lines, token.re rule by rule. */
#include "proof.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures;
static int cases;

static void compare(const char *name, const struct dfa *re, int re_states, int checks,
                    const struct dfa *abnf) {
    int pairs, word[400], len;
    if (dfa_equal(re, abnf, &pairs, word, 400, &len)) {
        printf(
            "proof %s: %d states, %d transitions, %d pairs of re2c's %d states walked, %d longest matches\n",
            name, abnf->states, abnf->transitions, pairs, re_states, checks);
        cases++;
        return;
    }
    int s = abnf->start;
    for (int i = 0; i < len; i++)
        s = abnf->next[s][word[i]];
    printf("FAIL proof %s: the ABNF %s, the .re file %s: %s\n", name, abnf->accept[s] ? "accepts" : "rejects",
           abnf->accept[s] ? "rejects" : "accepts", word_text(word, len));
    failures++;
}

static bool wanted(const char *file) {
    const char *only = getenv("PROOF_ONLY"); /* the mutator alters one file at a time */
    return !only || !strcmp(only, file);
}

static void lines(void) {
    struct re_file *re = NULL;
    for (int i = 0; i < proof_rows_n; i++) {
        const struct proof_row *row = &proof_rows[i];
        int checks, states = 0;
        if (!wanted(row->re))
            continue;
        if (!re || strcmp(proof_rows[i - 1].re, row->re))
            re = re_read(row->re);
        const struct dfa *joined = re_joined(re, row->condition, row->without, &checks);
        for (int c = 0; c < re->conditions; c++)
            states += re_states(re, c);
        compare(row->name, joined, states, checks, proof_abnf(row, row->relaxed));
    }
}

/* token.re: "; token C = RULE @D" in the ABNF names what each condition stands for. None may lack one. */
static void tokens(void) {
    const struct abnf *g = proof_grammar();
    if (!wanted("token.re"))
        return;
    const struct re_file *re = re_read("token.re");
    bool *proved = keep((size_t)re->conditions);
    for (int i = 0; i < g->notes; i++) {
        const struct abnf_note *t = &g->note[i];
        if (strcmp(t->word, "token"))
            continue;
        for (int d = 0; d < 3; d++) {
            char name[200];
            if (t->dialects && !(t->dialects >> d & 1))
                continue;
            snprintf(name, sizeof name, "%s = %s @%s", t->a, t->b,
                     (const char *[]){"2060", "3501", "9051"}[d]);
            const int c = re_condition(re, t->a);
            compare(name, re_dfa(re, t->a), re_states(re, c), 0, abnf_dfa(g, t->b, (enum dialect)d));
            proved[c] = true;
        }
    }
    for (int c = 0; c < re->conditions; c++)
        if (!proved[c]) {
            printf("FAIL proof: no rule of the ABNF names condition %s of token.re\n", re->condition[c].name);
            failures++;
        }
}

/* "; lexer F = RULE" in the ABNF: a row of the table proves each. */
static void lexers(void) {
    const struct abnf *g = proof_grammar();
    for (int i = 0; i < g->notes; i++) {
        int k = 0;
        if (strcmp(g->note[i].word, "lexer"))
            continue;
        while (k < proof_rows_n && strcmp(proof_rows[k].rule, g->note[i].b))
            k++;
        if (k == proof_rows_n) {
            printf("FAIL proof: %s is not proved to be %s\n", g->note[i].a, g->note[i].b);
            failures++;
        }
    }
}

/* The reader itself: forms that the grammar files do not use, against automata known by hand. */
static void reader(void) {
    static const struct {
        const char *abnf, *other;
        bool equal;
    } t[] = {
        {"x = \"aB\"", "x = (%x41 / %x61) (%d98 / %b1000010)", true},
        {"x = 2*3 DIGIT", "x = DIGIT DIGIT [DIGIT]", true}, /* a blank behind the repeat, T-CID-4 */
        {"x = *DIGIT", "x = *5DIGIT", false},
        {"x = \"a\" / \"b\" \"c\"", "x = (\"a\" / \"b\") \"c\"",
         false}, /* concatenation binds closer, T-CID-3 */
        {"x = 1*2ALPHA / DIGIT", "x = ALPHA [ALPHA] / DIGIT", true},
        {"x = \"a\"\nx =/ \"b\" ; more\n  / \"c\"", "x = \"a\" / \"b\" / \"c\"", true},
        {"x = <any VCHAR except \"!\" and ALPHA>", "x = %x22-40 / %x5B-60 / %x7B-7E", true},
        {"x = %x0D.0A ; \"; not the end", "x = CRLF", true},
        {"x = \";\"", "x = %x3B", true},
        {"X-y = \"a\"\nx = x-Y", "x = \"A\"", true},
    };
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        struct abnf *a = abnf_new(), *b = abnf_new();
        int pairs, word[100], len;
        abnf_parse(a, t[i].abnf, "test"), abnf_parse(b, t[i].other, "test");
        if (dfa_equal(abnf_dfa(a, "x", 0), abnf_dfa(b, "x", 0), &pairs, word, 100, &len) != t[i].equal) {
            printf("FAIL reader: %s against %s\n", t[i].abnf, t[i].other);
            failures++;
        }
    }
}

int main(void) {
    reader();
    lexers();
    lines();
    tokens();
    printf("proof tables: %d equal, %d not\n", cases, failures);
    return failures != 0;
}
