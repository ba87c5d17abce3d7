// re2c: -c -b
/* clientid.re: the lexer of the CLIENTID command (draft-yu-imap-client-id section 4; CID-4-a, CID-4-d to CID-4-f).
 *
 * Both readings of `1*16 ALPHA / DIGIT` (T-CID-3): by ABNF's precedence 1 to 16 letters or one digit (conditions a...),
 * by the prose 1 to 16 letters and digits (conditions p...). The token is VCHARs and nothing else: quotes, braces and
 * NIL have no meaning in it (T-CID-7). Built like id.re, which says how NUL and NEXT() work.
 */
#include "id.h"

#include <assert.h>
#include <string.h>

/*!conditions:re2c*/

enum { TYPE_MAX = 16, TOKEN_MAX = 128 };

/* What struct lex_state holds between two calls. */
struct saved {
    uint32_t pos, start; /* of the token that was cut; of the argument that is being counted */
    uint8_t cond;
    bool started;
};
static_assert(sizeof(struct saved) <= sizeof(struct lex_state), "lex_state is 64 octets");

static inline struct lex_result result(enum lex_verdict v, size_t at, const char *rule, const char *clause) {
    return (struct lex_result){v, (uint32_t)at, rule, clause};
}

/* A test counts the octets that are looked at by giving this another meaning here. */
#ifndef PEEK
#define PEEK(at) ((seen = (at)) < lim ? *(at) : 0)
#endif

#define NEXT(c)                                                                                                       \
    {                                                                                                                 \
        tok = cur;                                                                                                    \
        goto yyc_##c;                                                                                                 \
    }
/* An argument starts here. */
#define ARGUMENT(c)                                                                                                   \
    {                                                                                                                 \
        start = cur;                                                                                                  \
        NEXT(c)                                                                                                       \
    }
/* Octets of an argument that holds at most `max`. */
#define COUNT(c, max, r, cl)                                                                                          \
    {                                                                                                                 \
        if (cur - start > (max))                                                                                      \
            return result(LEX_REJECT, (size_t)(start - p) + (max), r, cl);                                            \
        NEXT(c)                                                                                                       \
    }
#define FAIL(c, r, cl)                                                                                                \
    {                                                                                                                 \
        rule = r, clause = cl, s.cond = yyc##c;                                                                       \
        goto stopped;                                                                                                 \
    }

struct lex_result lex_clientid(struct lex_state *st, const uint8_t *p, size_t n, const struct lex_options *o) {
    struct saved s;
    memcpy(&s, st, sizeof s);
    if (!s.started)
        s = (struct saved){.cond = yyccommand, .started = true};
    /* An item is at most 157 octets long: what lies beyond 4 GiB never matters. */
    const uint8_t *const lim = p + (n > UINT32_MAX ? UINT32_MAX : n);
    const uint8_t *tok = p + s.pos, *start = p + s.start, *cur = tok, *seen = tok, *mark = tok;
    const char *rule, *clause;
    /*!re2c
    re2c:api = custom;
    re2c:api:style = free-form;
    re2c:define:YYCTYPE = "uint8_t";
    re2c:define:YYPEEK = "PEEK(cur)";
    re2c:define:YYSKIP = "++cur;";
    re2c:define:YYBACKUP = "mark = cur;";
    re2c:define:YYRESTORE = "cur = mark;";
    re2c:define:YYGETCONDITION = "s.cond";
    re2c:yyfill:enable = 0;

    SP = " ";
    CRLF = "\r\n";
    alpha = [A-Za-z];
    digit = [0-9];
    vchar = [\x21-\x7e];

    <command> 'CLIENTID' SP  { if (o->reading == READING_ABNF) ARGUMENT(atype) ARGUMENT(ptype) }
    <command> *              { FAIL(command, "client-id", "CID-4-d") }

    <atype> digit            { NEXT(aend) }
    <atype> alpha+           { COUNT(atail, TYPE_MAX, "client-id-type", "CID-3.2-a") }
    <atype> *                { FAIL(atype, "client-id-type", "CID-4-e") }
    <atail> alpha+           { COUNT(atail, TYPE_MAX, "client-id-type", "CID-3.2-a") }
    <atail> SP               { ARGUMENT(token) }
    <atail> *                { FAIL(atail, "client-id-type", "CID-4-e") }
    <aend> SP                { ARGUMENT(token) }
    <aend> *                 { FAIL(aend, "client-id-type", "T-CID-3") }

    <ptype> (alpha | digit)+ { COUNT(ptail, TYPE_MAX, "client-id-type", "CID-3.2-a") }
    <ptype> *                { FAIL(ptype, "client-id-type", "CID-3.2-a") }
    <ptail> (alpha | digit)+ { COUNT(ptail, TYPE_MAX, "client-id-type", "CID-3.2-a") }
    <ptail> SP               { ARGUMENT(token) }
    <ptail> *                { FAIL(ptail, "client-id-type", "CID-3.2-a") }

    <token> vchar+           { COUNT(ttail, TOKEN_MAX, "client-id-token", "CID-3.2-b") }
    <token> *                { FAIL(token, "client-id-token", "CID-4-f") }
    <ttail> vchar+           { COUNT(ttail, TOKEN_MAX, "client-id-token", "CID-3.2-b") }
    <ttail> CRLF             { return result(LEX_ACCEPT, (size_t)(cur - p), NULL, NULL); /* DONE */ }
    <ttail> *                { FAIL(ttail, "client-id-token", "CID-4-f") }
    */
stopped:
    if (seen < lim)
        return result(LEX_REJECT, (size_t)(seen - p), rule, clause);
    s.pos = (uint32_t)(tok - p);
    s.start = (uint32_t)(start - p);
    memcpy(st, &s, sizeof s);
    return result(LEX_MORE, (size_t)(lim - p), rule, clause);
}

static struct slice until(const uint8_t *p, const uint8_t *end, const char *stops) {
    const uint8_t *q = p;
    while (q < end && !strchr(stops, *q))
        q++;
    return (struct slice){p, (uint32_t)(q - p)};
}

struct clientid clientid_args(const uint8_t *p, size_t n) {
    const size_t word = sizeof "CLIENTID " - 1;
    assert(n > word);
    struct slice type = until(p + word, p + n, " ");
    assert(word + type.n + 1 <= n);
    return (struct clientid){type, until(type.p + type.n + 1, p + n, "\r")};
}
