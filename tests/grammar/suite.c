/* suite.c: a compiled lexer against the referee: whole, in prefixes, resumed. Inputs end at a page that
 * cannot be read. */
#include "suite.h"

#include "id.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct run {
    struct suite_result out;
    const char *name;
    const struct referee *r;
    lexer *lex;
    const struct lex_options *o;
    bool resumes, sparse; /* sparse: splits on every 8th word alone, for automata with long words */
    unsigned turn, splits_turn;
};

static const char *octets_text(const uint8_t *p, size_t n) {
    static int word[400];
    size_t i = 0;
    for (; i < n && i < 400; i++)
        word[i] = p[i];
    return word_text(word, (int)i);
}

static const char *verdict_name(enum lex_verdict v) {
    return (const char *[]){"accept", "more", "reject", "limit"}[v];
}

/* A verdict as promised: offset and, but for ACCEPT, a rule that the ABNF has. */
static bool same(struct lex_result got, struct lex_result want) {
    static struct abnf *g;
    if (!g)
        g = proof_grammar();
    if (got.verdict != want.verdict || got.offset != want.offset)
        return false;
    return got.verdict == LEX_ACCEPT ? !got.rule : got.rule && abnf_has(g, got.rule);
}

static void complain(struct suite_result *out, const char *name, const char *how, const uint8_t *p, size_t n,
                     size_t cut, struct lex_result got, struct lex_result want) {
    if (out->failures++ < 10)
        printf("FAIL %s, %s, %zu of %zu octets: lexer says %s at %u (%s), ABNF %s at %u: %s\n", name, how,
               cut, n, verdict_name(got.verdict), got.offset, got.rule ? got.rule : "-",
               verdict_name(want.verdict), want.offset, octets_text(p, n));
    if (getenv("PROOF_FIRST")) /* the mutator wants to know no more */
        exit(1);
}

/* The lexer sees the first `n` octets, and behind them nothing that can be read. */
static struct lex_result fresh(lexer *lex, const struct lex_options *o, const uint8_t *p, size_t n) {
    struct lex_state st;
    uint8_t *at = before_guard(n);
    memset(&st, 0, sizeof st);
    memcpy(at, p, n);
    return lex(&st, at, n, o);
}

/* The referee's verdict on a prefix follows from that on the whole. */
static struct lex_result cut_verdict(struct lex_result whole, size_t n) {
    const bool ended =
        whole.verdict == LEX_ACCEPT ? n >= whole.offset : whole.verdict == LEX_REJECT && n > whole.offset;
    return ended ? whole : (struct lex_result){LEX_MORE, (uint32_t)n, NULL, NULL};
}

static void try_prefixes(struct suite_result *out, const char *name, lexer *lex, const struct lex_options *o,
                         const uint8_t *p, size_t n, struct lex_result whole) {
    struct lex_state st;
    uint8_t *at = before_guard(n);
    memset(&st, 0, sizeof st);
    memset(at, '"', n); /* what lies beyond the end must not matter */
    for (size_t i = 0; i <= n; i++) {
        if (i > 0)
            at[i - 1] = p[i - 1];
        const struct lex_result want = cut_verdict(whole, i), got = lex(&st, at, i, o);
        out->prefixes++;
        if (!same(got, want))
            complain(out, name, "one octet at a time", p, n, i, got, want);
        if (got.verdict != LEX_MORE)
            break;
    }
    for (size_t i = 0; i <= n; i++) {
        const struct lex_result want = cut_verdict(whole, i), got = fresh(lex, o, p, i);
        out->prefixes++;
        if (!same(got, want))
            complain(out, name, "prefix", p, n, i, got, want);
    }
}

static void try_splits(struct suite_result *out, const char *name, lexer *lex, const struct lex_options *o,
                       const uint8_t *p, size_t n, struct lex_result whole) {
    uint8_t *at = before_guard(n);
    for (size_t cut = 0; cut <= n; cut++) {
        struct lex_state st;
        memset(&st, 0, sizeof st);
        memcpy(at, p, cut);
        memset(at + cut, '"', n - cut);
        struct lex_result got = lex(&st, at, cut, o);
        memcpy(at, p, n);
        if (got.verdict == LEX_MORE)
            got = lex(&st, at, n, o);
        out->splits++;
        if (!same(got, whole))
            complain(out, name, "split", p, n, cut, got, whole);
    }
}

void try_input(struct suite_result *out, const char *name, const struct referee *r, lexer *lex,
               const struct lex_options *o, const uint8_t *p, size_t n, bool resumes) {
    const struct lex_result want = referee_verdict(r, p, n), got = fresh(lex, o, p, n);
    out->inputs++;
    if (!same(got, want))
        complain(out, name, "whole", p, n, n, got, want);
    if (resumes) {
        try_prefixes(out, name, lex, o, p, n, want);
        try_splits(out, name, lex, o, p, n, want);
    }
}

static void use(void *context, const int *word, int len, bool cover) {
    struct run *x = context;
    static uint8_t buf[1 << 16];
    const size_t n = word_octets(x->r, word, len, buf, sizeof buf, &x->turn);
    const bool ways = cover && x->resumes && (!x->sparse || x->splits_turn++ % 8 == 0);
    try_input(&x->out, x->name, x->r, x->lex, x->o, buf, n, ways);
}

struct suite_result run_suite(const char *name, const struct referee *r, lexer *lex,
                              const struct lex_options *o, bool resumes) {
    struct run x = {
        .name = name, .r = r, .lex = lex, .o = o, .resumes = resumes, .sparse = r->d->states > 100};
    w_method(r->d, use, &x);
    return x.out;
}
