// re2c: -c -b
/* id.re: the lexer of the ID command, the ID response and their parameter list (RFC 2971 section 4; ID-4-a to ID-4-d).
 *
 * One re2c condition per place in a line; a rule's action says with NEXT(...) which place follows, so that the proof can
 * read the whole line's automaton from this file and re2c's tables. NUL stands for "no octet here", which works because
 * no rule takes NUL (T-ID-9); the last octet that was looked at is then either the input's end (MORE) or the first one
 * that cannot stand there (REJECT).
 */
#include "id.h"
#include "scan.h"

#include <assert.h>
#include <string.h>

/*!conditions:re2c*/

enum { MODE_UTF8 = 1, MODE_PLUS = 2, MODE_MINUS = 4, MODE_NUMBER64 = 8, MODE_PARAMS = 16 };

/* What struct lex_state holds between two calls. */
struct saved {
    uint64_t count; /* in a literal's header: its number so far; in its content: the octets still to come */
    uint32_t pos;   /* the start of the token that was cut */
    uint8_t cond;
    bool started, in_literal;
};
static_assert(sizeof(struct saved) <= sizeof(struct lex_state), "lex_state is 64 octets");

/* Takes the digits [p, end) into *count. Returns the first digit that makes it too large, or NULL. */
static const uint8_t *add_digits(uint64_t *count, const uint8_t *p, const uint8_t *end, unsigned mode) {
    const uint64_t max = mode & MODE_NUMBER64 ? INT64_MAX : UINT32_MAX;
    for (; p < end; p++) {
        uint64_t d = (uint64_t)(*p - '0');
        if (*count > (max - d) / 10)
            return p;
        *count = *count * 10 + d;
    }
    return NULL;
}

static inline struct lex_result result(enum lex_verdict v, size_t at, const char *rule, const char *clause) {
    return (struct lex_result){v, (uint32_t)at, rule, clause};
}

/* A test counts the octets that are looked at by giving these another meaning here. */
#ifndef PEEK
#define PEEK(at) ((seen = (at)) < lim ? *(at) : 0)
#define SCAN(at) scan_plain(&window, p, at, lim)
#define NUL_IN(at, n) memchr(at, 0, n)
#endif

#define NEXT(c)                                                                                                       \
    {                                                                                                                 \
        tok = cur;                                                                                                    \
        goto yyc_##c;                                                                                                 \
    }
/* The same, at the start of or inside a quoted string: skips what the rules `plain+` and `["] SP ["]` would take, over as
 * many strings as follow each other. `c` is a field's condition or a value's; they take turns. */
#define NEXT_Q(c)                                                                                                     \
    for (;;) {                                                                                                        \
        tok = cur = SCAN(cur);                                                                                        \
        if (!BETWEEN(cur))                                                                                            \
            goto yyc_##c;                                                                                             \
        tok = cur = SCAN(cur + 3);                                                                                    \
        if (!BETWEEN(cur))                                                                                            \
            GOTO(TURN_##c);                                                                                           \
        cur += 3;                                                                                                     \
    }
#define BETWEEN(at) (lim - (at) >= 3 && memcmp(at, "\" \"", 3) == 0)
#define TURN_fq7    yyc_vq7
#define TURN_vq7    yyc_fq7
#define TURN_fq8    yyc_vq8
#define TURN_vq8    yyc_fq8
#define GOTO(label) goto label
/* The literal's header is complete; its content comes, then condition c. */
#define LITERAL(c)                                                                                                    \
    {                                                                                                                 \
        s.cond = yyc##c;                                                                                              \
        goto content;                                                                                                 \
    }
/* The list is complete: for lex_id_params that is all, else condition c follows. */
#define LAST(c)                                                                                                       \
    {                                                                                                                 \
        if (mode & MODE_PARAMS)                                                                                       \
            return result(LEX_ACCEPT, (size_t)(cur - p), NULL, NULL);                                                 \
        NEXT(c)                                                                                                       \
    }
#define FIRST_DIGITS(c)                                                                                               \
    {                                                                                                                 \
        s.count = 0;                                                                                                  \
        DIGITS(c)                                                                                                     \
    }
#define DIGITS(c)                                                                                                     \
    {                                                                                                                 \
        const uint8_t *over = add_digits(&s.count, tok, cur, mode);                                                   \
        if (over)                                                                                                     \
            return result(LEX_REJECT, (size_t)(over - p), "number", "RFC 3501 9");                                    \
        NEXT(c)                                                                                                       \
    }
/* `+` in a literal's header: RFC 7888 sections 4 and 5. */
#define PLUS(c)                                                                                                       \
    {                                                                                                                 \
        if (!(mode & MODE_PLUS) || (mode & MODE_MINUS && s.count > 4096))                                             \
            return result(LEX_REJECT, (size_t)(tok - p), "literal", "RFC 7888 5");                                    \
        NEXT(c)                                                                                                       \
    }
#define FAIL(c, r, cl)                                                                                                \
    {                                                                                                                 \
        rule = r, clause = cl, s.cond = yyc##c;                                                                       \
        goto stopped;                                                                                                 \
    }

static struct lex_result lex(struct lex_state *st, const uint8_t *p, size_t n, unsigned mode, uint8_t start) {
    struct saved s;
    memcpy(&s, st, sizeof s);
    if (!s.started)
        s = (struct saved){.cond = start, .started = true};
    const bool clipped = n > UINT32_MAX;
    const uint8_t *const lim = p + (clipped ? UINT32_MAX : n);
    const uint8_t *tok = p + s.pos, *cur = tok, *seen = tok, *mark = tok;
    const char *rule, *clause;
    struct scan_window window = {NULL, 0};
    (void)window; /* unless SCAN has another meaning */
    if (s.in_literal)
        goto content;
dispatch:;
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
    digit = [0-9];
    plain = [\x01-\x7f] \ [\r\n"\\];
    escaped = "\\" ["\\];
    tail = [\x80-\xbf];
    utf8_2 = [\xc2-\xdf] tail;
    utf8_3 = "\xe0" [\xa0-\xbf] tail | [\xe1-\xec] tail tail | "\xed" [\x80-\x9f] tail | [\xee-\xef] tail tail;
    utf8_4 = "\xf0" [\x90-\xbf] tail tail | [\xf1-\xf3] tail tail tail | "\xf4" [\x80-\x8f] tail tail;
    utf8 = utf8_2 | utf8_3 | utf8_4;

    <command> 'ID' SP        { NEXT(params) }
    <command> *              { FAIL(command, "id", "ID-4-a") }
    <response> "*" SP 'ID' SP { NEXT(params) }
    <response> *             { FAIL(response, "id-response", "ID-4-b") }

    <params> "("             { NEXT(first) }
    <params> 'NIL'           { LAST(end) }
    <params> *               { FAIL(params, "id-params-list", "ID-4-c") }
    <first> ")"              { LAST(end) }
    <first> ["]              { if (mode & MODE_UTF8) NEXT_Q(fq8) NEXT_Q(fq7) }
    <first> "{"              { NEXT(fnum) }
    <first> *                { FAIL(first, "id-params-list", "ID-4-c") }
    <field> ["]              { if (mode & MODE_UTF8) NEXT_Q(fq8) NEXT_Q(fq7) }
    <field> "{"              { NEXT(fnum) }
    <field> *                { FAIL(field, "string", "ID-4-c") }

    <fq7> plain+             { NEXT(fq7) }
    <fq7> escaped            { NEXT_Q(fq7) }
    <fq7> ["]                { NEXT(fend) }
    <fq7> ["] SP ["]         { NEXT_Q(vq7) }
    <fq7> *                  { FAIL(fq7, "quoted", "RFC 3501 9") }
    <fq8> plain+             { NEXT(fq8) }
    <fq8> escaped            { NEXT_Q(fq8) }
    <fq8> utf8               { NEXT_Q(fq8) }
    <fq8> ["]                { NEXT(fend) }
    <fq8> ["] SP ["]         { NEXT_Q(vq8) }
    <fq8> *                  { FAIL(fq8, "quoted", "RFC 9051 9") }
    <fnum> digit+            { FIRST_DIGITS(fhead) }
    <fnum> *                 { FAIL(fnum, "literal", "RFC 3501 9") }
    <fhead> digit+           { DIGITS(fhead) }
    <fhead> "}" CRLF         { LITERAL(fend) }
    <fhead> "+"              { PLUS(fplus) }
    <fhead> *                { FAIL(fhead, "literal", "RFC 3501 9") }
    <fplus> "}" CRLF         { LITERAL(fend) }
    <fplus> *                { FAIL(fplus, "literal", "RFC 7888 8") }
    <fend> SP                { NEXT(value) }
    <fend> *                 { FAIL(fend, "id-pair", "ID-4-d") }

    <value> ["]              { if (mode & MODE_UTF8) NEXT_Q(vq8) NEXT_Q(vq7) }
    <value> "{"              { NEXT(vnum) }
    <value> 'NIL'            { NEXT(vend) }
    <value> *                { FAIL(value, "nstring", "ID-4-c") }
    <vq7> plain+             { NEXT(vq7) }
    <vq7> escaped            { NEXT_Q(vq7) }
    <vq7> ["]                { NEXT(vend) }
    <vq7> ["] SP ["]         { NEXT_Q(fq7) }
    <vq7> *                  { FAIL(vq7, "quoted", "RFC 3501 9") }
    <vq8> plain+             { NEXT(vq8) }
    <vq8> escaped            { NEXT_Q(vq8) }
    <vq8> utf8               { NEXT_Q(vq8) }
    <vq8> ["]                { NEXT(vend) }
    <vq8> ["] SP ["]         { NEXT_Q(fq8) }
    <vq8> *                  { FAIL(vq8, "quoted", "RFC 9051 9") }
    <vnum> digit+            { FIRST_DIGITS(vhead) }
    <vnum> *                 { FAIL(vnum, "literal", "RFC 3501 9") }
    <vhead> digit+           { DIGITS(vhead) }
    <vhead> "}" CRLF         { LITERAL(vend) }
    <vhead> "+"              { PLUS(vplus) }
    <vhead> *                { FAIL(vhead, "literal", "RFC 3501 9") }
    <vplus> "}" CRLF         { LITERAL(vend) }
    <vplus> *                { FAIL(vplus, "literal", "RFC 7888 8") }
    <vend> SP                { NEXT(field) }
    <vend> ")"               { LAST(end) }
    <vend> *                 { FAIL(vend, "id-params-list", "ID-4-d") }

    <end> CRLF               { return result(LEX_ACCEPT, (size_t)(cur - p), NULL, NULL); /* DONE */ }
    <end> *                  { FAIL(end, "command", "T-ID-7") }
    */
content: {
    /* s.count octets of CHAR8 (T-ID-9) at cur, or as many of them as are there. */
    const size_t here = (uint64_t)(lim - cur) < s.count ? (size_t)(lim - cur) : (size_t)s.count;
    const uint8_t *nul = here ? NUL_IN(cur, here) : NULL;
    if (nul)
        return result(LEX_REJECT, (size_t)(nul - p), "literal", "T-ID-9");
    tok = cur += here;
    s.count -= here;
    s.in_literal = s.count > 0;
    if (!s.in_literal)
        goto dispatch;
    rule = "literal", clause = "RFC 3501 9", seen = lim;
}
stopped:
    if (seen < lim)
        return result(LEX_REJECT, (size_t)(seen - p), rule, clause);
    if (clipped)
        return result(LEX_LIMIT, UINT32_MAX, "4 GiB", NULL); /* uncovered: wants 4 GiB of input */
    s.pos = (uint32_t)(tok - p);
    memcpy(st, &s, sizeof s);
    return result(LEX_MORE, (size_t)(lim - p), rule, clause);
}

/* Options as mode bits. RFC 9051 has `{n+}` up to 4096 octets in its base grammar, from clients alone. */
static unsigned mode_of(const struct lex_options *o, bool from_server) {
    unsigned mode = 0;
    if (o->utf8 || o->dialect == DIALECT_9051)
        mode |= MODE_UTF8;
    if (o->dialect == DIALECT_9051)
        mode |= MODE_NUMBER64;
    if (from_server)
        return mode;
    if (o->literals == LITERALS_PLUS)
        mode |= MODE_PLUS;
    else if (o->literals == LITERALS_MINUS || o->dialect == DIALECT_9051)
        mode |= MODE_PLUS | MODE_MINUS;
    return mode;
}

struct lex_result lex_id(struct lex_state *st, const uint8_t *p, size_t n, const struct lex_options *o) {
    return lex(st, p, n, mode_of(o, false), yyccommand);
}

struct lex_result lex_id_response(struct lex_state *st, const uint8_t *p, size_t n, const struct lex_options *o) {
    return lex(st, p, n, mode_of(o, true), yycresponse);
}

struct lex_result lex_id_params(struct lex_state *st, const uint8_t *p, size_t n, const struct lex_options *o) {
    return lex(st, p, n, mode_of(o, false) | MODE_PARAMS, yycparams);
}
