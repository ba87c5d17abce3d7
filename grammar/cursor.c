/* cursor.c: the cursor, its verdicts, and the productions just above the tokens: numbers with bounds, strings, sets. */
#include <string.h>

#include "cursor.h"

struct cursor cur_start(const uint8_t *p, size_t n, const struct lex_options *o, struct node_pool *nodes)
{
    /* Offsets have 32 bits: what lies beyond is not there yet. */
    if (n > UINT32_MAX) /* uncovered: wants 4 GiB of input */
        n = UINT32_MAX;
    if (nodes != NULL && nodes->len == 0)
        nodes->len = 1;
    /* RFC 9051 has LITERAL- built in. */
    uint8_t l = o->literals == LITERALS_SYNC && o->dialect == DIALECT_9051 ? LITERALS_MINUS : o->literals;
    return (struct cursor){.base = p, .p = p, .end = p + n, .far = p, .o = o, .nodes = nodes, .literals = l};
}

bool cur_fail_clause(struct cursor *s, const uint8_t *at, const char *rule, const char *clause)
{
    s->r.verdict = at >= s->end ? LEX_MORE : LEX_REJECT;
    s->r.offset = (uint32_t)(at - s->base);
    s->r.rule = rule;
    s->r.clause = clause;
    return false;
}

bool cur_fail(struct cursor *s, const uint8_t *at, const char *rule)
{
    static const char *const formal_syntax[] = {"R2060-9", "R3501-9", "R9051-9"};
    return cur_fail_clause(s, at, rule, formal_syntax[s->o->dialect]);
}

bool cur_limit(struct cursor *s, const char *what)
{
    /* At the end the last token may go on, and the input leave the grammar there, before it reaches the limit. */
    uint8_t verdict = s->p == s->end ? LEX_MORE : LEX_LIMIT;
    s->r = (struct lex_result){verdict, (uint32_t)(s->p - s->base), what, NULL};
    return false;
}

struct slice cur_from(const struct cursor *s, const uint8_t *from)
{
    return (struct slice){from, (uint32_t)(s->p - from)};
}

bool cur_enter(struct cursor *s)
{
    if (s->depth == CURSOR_DEPTH_MAX)
        return cur_limit(s, "nesting");
    s->depth++;
    return true;
}

bool cur_octet(struct cursor *s, uint8_t c, const char *rule)
{
    if (cur_peek(s) != c)
        return cur_fail(s, s->p, rule);
    s->p++;
    return true;
}

bool cur_sp(struct cursor *s) { return cur_octet(s, ' ', "SP"); }

bool cur_crlf(struct cursor *s) { return cur_octet(s, '\r', "CRLF") && cur_octet(s, '\n', "CRLF"); }

static bool is_digit(uint8_t c) { return c >= '0' && c <= '9'; }

/* Every run of digits between p and end, octets that a token has accepted or at least reached, must stay within `max`:
 * the digit that exceeds it is where the input left the grammar, whatever follows. */
static bool numbers_within(struct cursor *s, const uint8_t *p, const uint8_t *end, uint64_t max, const char *rule)
{
    for (uint64_t v = 0; p < end; p++) {
        if (!is_digit(*p)) {
            v = 0;
            continue;
        }
        uint64_t d = (uint64_t)(*p - '0');
        if (v > (max - d) / 10)
            return cur_fail(s, p, rule);
        v = v * 10 + d;
    }
    return true;
}

/* A token that holds numbers of at most `max`. */
static bool numeric_token(struct cursor *s, enum token t, uint64_t max, const char *rule, struct slice *out)
{
    const uint8_t *from = s->p;
    bool ok = cur_token(s, t, rule, out);
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

bool cur_number(struct cursor *s, uint64_t max, uint64_t *out)
{
    struct slice t;
    if (!numeric_token(s, TOK_number, max, max == NUMBER32 ? "number" : "number64", &t))
        return false;
    *out = digits(t);
    return true;
}

bool cur_nz_number(struct cursor *s, uint64_t max, uint64_t *out)
{
    struct slice t;
    if (!numeric_token(s, TOK_nz_number, max, max == NUMBER32 ? "nz-number" : "nz-number64", &t))
        return false;
    *out = digits(t);
    return true;
}

uint64_t cur_number64(const struct cursor *s) { return s->o->dialect == DIALECT_9051 ? NUMBER63 : NUMBER32; }

bool cur_atom(struct cursor *s, struct slice *out)
{
    return cur_token(s, s->o->dialect == DIALECT_2060 ? TOK_atom2060 : TOK_atom, "atom", out);
}

/* `{n}` CRLF and its n octets, none of them NUL unless `binary`. */
static bool literal(struct cursor *s, enum token head, bool binary, struct istring *out)
{
    const uint8_t *from = s->p;
    struct slice h = {0};
    bool ok = numeric_token(s, head, cur_number64(s), "literal", &h);
    if (!ok && s->r.verdict == LEX_REJECT && s->far != s->base + s->r.offset)
        return false; /* the number is out of bounds */
    /* LITERAL- allows `{n+}` up to 4096 octets only: for more, the plus is the octet that cannot stand there. */
    const uint8_t *end = ok ? s->p : s->far, *plus = from == end ? NULL : memchr(from, '+', (size_t)(end - from));
    if (plus != NULL && s->literals == LITERALS_MINUS && digits((struct slice){from, (uint32_t)(plus - from)}) > 4096)
        return cur_fail_clause(s, plus, "literal", "R7888-5");
    if (!ok)
        return false;
    uint64_t n = digits(h), here = (uint64_t)(s->end - s->p), look = n < here ? n : here;
    const uint8_t *nul = binary || look == 0 ? NULL : memchr(s->p, 0, look);
    if (nul != NULL)
        return cur_fail_clause(s, nul, "CHAR8", "T-ID-9");
    if (n > here)
        return cur_fail(s, s->end, "literal");
    *out = (struct istring){binary ? STR_LITERAL8 : STR_LITERAL, false, {s->p, (uint32_t)n}};
    s->p += n;
    return true;
}

bool cur_literal8(struct cursor *s, struct istring *out) { return literal(s, TOK_literal8, true, out); }

static bool quoted(struct cursor *s, struct istring *out)
{
    struct slice t;
    if (!cur_token(s, s->o->utf8 || s->o->dialect == DIALECT_9051 ? TOK_quoted_utf8 : TOK_quoted, "quoted", &t))
        return false;
    struct slice in = {t.p + 1, t.n - 2};
    *out = (struct istring){STR_QUOTED, in.n > 0 && memchr(in.p, '\\', in.n) != NULL, in};
    return true;
}

bool cur_string(struct cursor *s, struct istring *out)
{
    switch (cur_peek(s)) {
    case '"': return quoted(s, out);
    case '{': return literal(s, s->literals == LITERALS_SYNC ? TOK_literal : TOK_literal_plus, false, out);
    default: return cur_fail(s, s->p, "string");
    }
}

bool cur_nstring(struct cursor *s, struct istring *out)
{
    int c = cur_peek(s);
    if (c == '"' || c == '{')
        return cur_string(s, out);
    *out = (struct istring){.kind = STR_NIL};
    return cur_token(s, TOK_nil, c == 'N' || c == 'n' ? "nil" : "nstring", NULL);
}

static bool string_or(struct cursor *s, enum token t, const char *rule, struct istring *out)
{
    int c = cur_peek(s);
    if (c == '"' || c == '{')
        return cur_string(s, out);
    *out = (struct istring){.kind = STR_ATOM};
    return cur_token(s, t, rule, &out->s);
}

bool cur_astring(struct cursor *s, struct istring *out) { return string_or(s, TOK_astring_chars, "astring", out); }

bool cur_list_mailbox(struct cursor *s, struct istring *out) { return string_or(s, TOK_list_chars, "list-mailbox", out); }

bool cur_flag(struct cursor *s, struct slice *out)
{
    return cur_token(s, s->o->dialect == DIALECT_2060 ? TOK_flag2060 : TOK_flag, "flag", out);
}

bool cur_set_text(struct cursor *s, bool allow_star, struct slice *out)
{
    if (!allow_star)
        return numeric_token(s, TOK_uid_set, NUMBER32, "uid-set", out);
    enum token t = s->o->dialect == DIALECT_9051 ? TOK_sequence_set9051 : TOK_sequence_set;
    return numeric_token(s, t, NUMBER32, "sequence-set", out);
}

bool cur_sequence_set(struct cursor *s, struct seq_set *out)
{
    struct slice t;
    if (!cur_set_text(s, true, &t))
        return false;
    out->raw = t;
    out->n = 0;
    struct slice ranges = t; /* `$`, the result of the last SEARCH (RFC 9051), stands in `raw` alone */
    if (t.p[t.n - 1] == '$')
        ranges.n = t.n > 1 ? t.n - 2 : 0;
    bool ok = ranges.n == 0 || seq_set_parse(ranges, true, out);
    out->raw = t;
    return ok || cur_limit(s, "sequence-set ranges");
}

/* A number alone has 63 bits, one of a set 32: then what makes it a set is the octet that cannot stand there. */
bool cur_ext_simple(struct cursor *s)
{
    const uint8_t *from = s->p, *p = from;
    bool ok = cur_token(s, TOK_ext_simple, "tagged-ext-simple", NULL);
    const uint8_t *end = ok ? s->p : s->far;
    while (p < end && is_digit(*p))
        p++;
    if (!numbers_within(s, from, p, NUMBER63, "number64"))
        return false;
    if (p < end && p > from && digits((struct slice){from, (uint32_t)(p - from)}) > NUMBER32)
        return cur_fail(s, p, "tagged-ext-simple");
    return numbers_within(s, p, end, NUMBER32, "number") && ok;
}

bool cur_date_time(struct cursor *s, struct slice *out)
{
    struct slice t;
    if (!cur_token(s, TOK_date_time, "date-time", &t))
        return false;
    *out = (struct slice){t.p + 1, t.n - 2};
    return true;
}

/* section-msgtext / "MIME", at its first letter. */
static bool section_text(struct cursor *s, uint8_t context)
{
    const struct word *w;
    if (!cur_keyword(s, &section_words, context, &w))
        return false;
    if (w->kind != SEC_FIELDS && w->kind != SEC_FIELDS_NOT)
        return true;
    if (!cur_sp(s) || !cur_octet(s, '(', "header-list"))
        return false;
    for (;;) {
        struct istring name;
        if (!cur_astring(s, &name))
            return false;
        if (cur_peek(s) == ')')
            return cur_octet(s, ')', "header-list");
        if (!cur_octet(s, ' ', "header-list"))
            return false;
    }
}

/* section-part ["." section-text], at its first digit; `binary`: section-part alone. */
static bool section_part(struct cursor *s, bool binary)
{
    for (;;) {
        uint64_t part;
        if (!cur_nz_number(s, NUMBER32, &part))
            return false;
        if (cur_peek(s) != '.')
            return true;
        s->p++;
        int c = cur_peek(s);
        if (!binary && !(c >= '0' && c <= '9'))
            return section_text(s, IN_PART);
    }
}

bool cur_section(struct cursor *s, bool binary, struct slice *out)
{
    if (!cur_octet(s, '[', "section"))
        return false;
    const uint8_t *from = s->p;
    int c = cur_peek(s);
    bool ok = true;
    if ((c >= '0' && c <= '9') || (binary && c != ']'))
        ok = section_part(s, binary);
    else if (c != ']')
        ok = section_text(s, IN_TOP);
    if (!ok)
        return false;
    *out = cur_from(s, from);
    return cur_octet(s, ']', "section");
}
