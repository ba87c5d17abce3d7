/* scan.c: the cursor, its verdicts, and the productions just above the tokens: numbers with bounds, strings, sets. */
#include <string.h>

#include "scan.h"

struct scan scan_start(const uint8_t *p, size_t n, const struct lex_options *o, struct node_pool *nodes)
{
    if (n > UINT32_MAX)
        n = UINT32_MAX; /* offsets have 32 bits: what lies beyond is not there yet */
    if (nodes != NULL && nodes->len == 0)
        nodes->len = 1;
    return (struct scan){.base = p, .p = p, .end = p + n, .far = p, .o = o, .nodes = nodes, .literals = o->literals};
}

bool scan_fail_clause(struct scan *s, const uint8_t *at, const char *rule, const char *clause)
{
    s->r.verdict = at >= s->end ? LEX_MORE : LEX_REJECT;
    s->r.offset = (uint32_t)(at - s->base);
    s->r.rule = rule;
    s->r.clause = clause;
    return false;
}

bool scan_fail(struct scan *s, const uint8_t *at, const char *rule)
{
    static const char *const formal_syntax[] = {"R2060-9", "R3501-9", "R9051-9"};
    return scan_fail_clause(s, at, rule, formal_syntax[s->o->dialect]);
}

bool scan_limit(struct scan *s, const char *what)
{
    s->r = (struct lex_result){LEX_LIMIT, (uint32_t)(s->p - s->base), what, NULL};
    return false;
}

struct slice scan_from(const struct scan *s, const uint8_t *from)
{
    return (struct slice){from, (uint32_t)(s->p - from)};
}

bool scan_enter(struct scan *s)
{
    if (s->depth == SCAN_DEPTH_MAX)
        return scan_limit(s, "nesting");
    s->depth++;
    return true;
}

bool scan_octet(struct scan *s, uint8_t c, const char *rule)
{
    if (scan_peek(s) != c)
        return scan_fail(s, s->p, rule);
    s->p++;
    return true;
}

bool scan_sp(struct scan *s) { return scan_octet(s, ' ', "SP"); }

bool scan_crlf(struct scan *s) { return scan_octet(s, '\r', "CRLF") && scan_octet(s, '\n', "CRLF"); }

static bool is_digit(uint8_t c) { return c >= '0' && c <= '9'; }

/* Every run of digits between p and end, octets that a token has accepted or at least reached, must stay within `max`:
 * the digit that exceeds it is where the input left the grammar, whatever follows. */
static bool numbers_within(struct scan *s, const uint8_t *p, const uint8_t *end, uint64_t max, const char *rule)
{
    for (uint64_t v = 0; p < end; p++) {
        if (!is_digit(*p)) {
            v = 0;
            continue;
        }
        uint64_t d = (uint64_t)(*p - '0');
        if (v > (max - d) / 10)
            return scan_fail(s, p, rule);
        v = v * 10 + d;
    }
    return true;
}

/* A token that holds numbers of at most `max`. */
static bool numeric_token(struct scan *s, enum token t, uint64_t max, const char *rule, struct slice *out)
{
    const uint8_t *from = s->p;
    bool ok = scan_token(s, t, rule, out);
    if (!numbers_within(s, from, ok ? s->p : s->far, max, max == NUMBER32 ? "number" : "number64"))
        return false;
    return ok;
}

static uint64_t digits(struct slice t)
{
    uint64_t v = 0;
    for (uint32_t i = 0; i < t.n; i++)
        if (is_digit(t.p[i]))
            v = v * 10 + (uint64_t)(t.p[i] - '0');
    return v;
}

bool scan_number(struct scan *s, uint64_t max, uint64_t *out)
{
    struct slice t;
    if (!numeric_token(s, TOK_number, max, max == NUMBER32 ? "number" : "number64", &t))
        return false;
    *out = digits(t);
    return true;
}

bool scan_nz_number(struct scan *s, uint64_t max, uint64_t *out)
{
    struct slice t;
    if (!numeric_token(s, TOK_nz_number, max, max == NUMBER32 ? "nz-number" : "nz-number64", &t))
        return false;
    *out = digits(t);
    return true;
}

uint64_t scan_number64(const struct scan *s) { return s->o->dialect == DIALECT_9051 ? NUMBER63 : NUMBER32; }

bool scan_atom(struct scan *s, struct slice *out)
{
    return scan_token(s, s->o->dialect == DIALECT_2060 ? TOK_atom2060 : TOK_atom, "atom", out);
}

/* `{n}` CRLF and its n octets, none of them NUL unless `binary`. */
static bool literal(struct scan *s, enum token head, bool binary, struct istring *out)
{
    const uint8_t *from = s->p;
    struct slice h = {0};
    bool ok = numeric_token(s, head, scan_number64(s), "literal", &h);
    if (!ok && s->r.verdict == LEX_REJECT && s->far != s->base + s->r.offset)
        return false; /* the number is out of bounds */
    /* LITERAL- allows `{n+}` up to 4096 octets only: for more, the plus is the octet that cannot stand there. */
    const uint8_t *end = ok ? s->p : s->far, *plus = from == end ? NULL : memchr(from, '+', (size_t)(end - from));
    if (plus != NULL && s->literals == LITERALS_MINUS && digits((struct slice){from, (uint32_t)(plus - from)}) > 4096)
        return scan_fail_clause(s, plus, "literal", "R7888-5");
    if (!ok)
        return false;
    uint64_t n = digits(h), here = (uint64_t)(s->end - s->p), look = n < here ? n : here;
    const uint8_t *nul = binary || look == 0 ? NULL : memchr(s->p, 0, look);
    if (nul != NULL)
        return scan_fail_clause(s, nul, "CHAR8", "T-ID-9");
    if (n > here)
        return scan_fail(s, s->end, "literal");
    *out = (struct istring){binary ? STR_LITERAL8 : STR_LITERAL, false, {s->p, (uint32_t)n}};
    s->p += n;
    return true;
}

bool scan_literal8(struct scan *s, struct istring *out) { return literal(s, TOK_literal8, true, out); }

static bool quoted(struct scan *s, struct istring *out)
{
    struct slice t;
    if (!scan_token(s, s->o->utf8 ? TOK_quoted_utf8 : TOK_quoted, "quoted", &t))
        return false;
    struct slice in = {t.p + 1, t.n - 2};
    *out = (struct istring){STR_QUOTED, in.n > 0 && memchr(in.p, '\\', in.n) != NULL, in};
    return true;
}

bool scan_string(struct scan *s, struct istring *out)
{
    switch (scan_peek(s)) {
    case '"': return quoted(s, out);
    case '{': return literal(s, s->literals == LITERALS_SYNC ? TOK_literal : TOK_literal_plus, false, out);
    default: return scan_fail(s, s->p, "string");
    }
}

bool scan_nstring(struct scan *s, struct istring *out)
{
    int c = scan_peek(s);
    if (c == '"' || c == '{')
        return scan_string(s, out);
    *out = (struct istring){.kind = STR_NIL};
    return scan_token(s, TOK_nil, c == 'N' || c == 'n' ? "nil" : "nstring", NULL);
}

static bool string_or(struct scan *s, enum token t, const char *rule, struct istring *out)
{
    int c = scan_peek(s);
    if (c == '"' || c == '{')
        return scan_string(s, out);
    *out = (struct istring){.kind = STR_ATOM};
    return scan_token(s, t, rule, &out->s);
}

bool scan_astring(struct scan *s, struct istring *out) { return string_or(s, TOK_astring_chars, "astring", out); }

bool scan_list_mailbox(struct scan *s, struct istring *out) { return string_or(s, TOK_list_chars, "list-mailbox", out); }

bool scan_flag(struct scan *s, struct slice *out)
{
    return scan_token(s, s->o->dialect == DIALECT_2060 ? TOK_flag2060 : TOK_flag, "flag", out);
}

bool scan_set_text(struct scan *s, bool allow_star, struct slice *out)
{
    if (!allow_star)
        return numeric_token(s, TOK_uid_set, NUMBER32, "uid-set", out);
    enum token t = s->o->dialect == DIALECT_9051 ? TOK_sequence_set9051 : TOK_sequence_set;
    return numeric_token(s, t, NUMBER32, "sequence-set", out);
}

bool scan_sequence_set(struct scan *s, struct seq_set *out)
{
    struct slice t;
    if (!scan_set_text(s, true, &t))
        return false;
    out->raw = t;
    out->n = 0;
    struct slice ranges = t; /* `$`, the result of the last SEARCH (RFC 9051), stands in `raw` alone */
    if (t.p[t.n - 1] == '$')
        ranges.n = t.n > 1 ? t.n - 2 : 0;
    bool ok = ranges.n == 0 || seq_set_parse(ranges, true, out);
    out->raw = t;
    return ok || scan_limit(s, "sequence-set ranges");
}

bool scan_date_time(struct scan *s, struct slice *out)
{
    struct slice t;
    if (!scan_token(s, TOK_date_time, "date-time", &t))
        return false;
    *out = (struct slice){t.p + 1, t.n - 2};
    return true;
}

/* section-msgtext / "MIME", at its first letter. */
static bool section_text(struct scan *s, uint8_t context)
{
    const struct word *w;
    if (!scan_keyword(s, &section_words, context, &w))
        return false;
    if (w->kind != SEC_FIELDS && w->kind != SEC_FIELDS_NOT)
        return true;
    if (!scan_sp(s) || !scan_octet(s, '(', "header-list"))
        return false;
    for (;;) {
        struct istring name;
        if (!scan_astring(s, &name))
            return false;
        if (scan_peek(s) == ')')
            return scan_octet(s, ')', "header-list");
        if (!scan_octet(s, ' ', "header-list"))
            return false;
    }
}

/* section-part ["." section-text], at its first digit; `binary`: section-part alone. */
static bool section_part(struct scan *s, bool binary)
{
    for (;;) {
        uint64_t part;
        if (!scan_nz_number(s, NUMBER32, &part))
            return false;
        if (scan_peek(s) != '.')
            return true;
        s->p++;
        int c = scan_peek(s);
        if (!binary && !(c >= '0' && c <= '9'))
            return section_text(s, IN_PART);
    }
}

bool scan_section(struct scan *s, bool binary, struct slice *out)
{
    if (!scan_octet(s, '[', "section"))
        return false;
    const uint8_t *from = s->p;
    int c = scan_peek(s);
    bool ok = true;
    if ((c >= '0' && c <= '9') || (binary && c != ']'))
        ok = section_part(s, binary);
    else if (c != ']')
        ok = section_text(s, IN_TOP);
    if (!ok)
        return false;
    *out = scan_from(s, from);
    return scan_octet(s, ']', "section");
}
