/* response.c: one server response, its literals in line. */
#include <assert.h>
#include <string.h>

#include "cursor.h"
#include "id.h"

static bool resp_text(struct cursor *s, struct imap_response *r)
{
    return cur_sp(s) && cur_resp_text(s, &r->code, &r->text);
}

/* "+" SP (resp-text / base64): base64 may be empty, so the text may be in every dialect */
static bool continue_req(struct cursor *s, struct imap_response *r)
{
    s->p++;
    r->kind = RESP_CONTINUE;
    if (!cur_sp(s))
        return false;
    return cur_peek(s) == '\r' || cur_resp_text(s, &r->code, &r->text);
}

/* number SP ("EXISTS" / "RECENT") / nz-number SP ("EXPUNGE" / "FETCH" SP msg-att) */
static bool numbered(struct cursor *s, struct imap_response *r)
{
    const struct word *w;
    uint64_t v;
    bool nz = cur_peek(s) != '0';
    if (!cur_number(s, NUMBER32, &v) || !cur_sp(s) || !cur_keyword(s, &numbered_words, nz ? IN_NZ : IN_ANY, &w))
        return false;
    r->number = (uint32_t)v;
    r->kind = w->kind;
    return r->kind != RESP_FETCH || fetch_items(s, r);
}

/* DQUOTE QUOTED-CHAR DQUOTE / nil; `t` with its quotes, or n = 0 for nil */
static bool quoted_char(struct cursor *s, const char *rule, struct slice *t)
{
    bool utf8 = s->o->utf8 || s->o->dialect == DIALECT_9051;
    t->n = 0;
    if (cur_peek(s) != '"')
        return cur_token(s, TOK_nil, rule, NULL);
    return cur_token(s, utf8 ? TOK_quoted_char_utf8 : TOK_quoted_char, rule, t);
}

static bool delimiter(struct cursor *s, struct imap_response *r)
{
    struct slice t;
    r->delimiter = -1;
    if (!quoted_char(s, "mailbox-list", &t))
        return false;
    if (t.n == 0)
        return true;
    r->delimiter = t.p[t.n - 2 > 1 && t.p[1] == '\\' ? 2 : 1];
    if (r->delimiter >= 0x80) { /* UTF-8, well formed by the token: the lead octet's bits, then six of each other */
        r->delimiter &= 0x7f >> (t.n - 2);
        for (uint32_t i = 2; i < t.n - 1; i++)
            r->delimiter = r->delimiter << 6 | (t.p[i] & 0x3f);
    }
    return true;
}

/* "(" [mbx-list-flags] ")": each of them begins with a backslash */
static bool list_flags(struct cursor *s, struct imap_response *r)
{
    struct chain c = {0};
    if (!cur_octet(s, '(', "mailbox-list"))
        return false;
    if (cur_peek(s) != ')')
        for (;;) {
            struct slice t;
            if (cur_peek(s) != '\\')
                return cur_fail(s, s->p, "mbx-list-flags");
            if (!cur_flag(s, &t) || !cur_add_text(s, &c, NODE_ATOM, t, 0))
                return false;
            if (cur_peek(s) != ' ')
                break;
            s->p++;
        }
    r->list = c.first;
    return cur_octet(s, ')', "mailbox-list");
}

/* "(" [item *(SP item)] ")", item: astring SP tagged-ext-val. RFC 9051; kept raw. */
static bool list_extended(struct cursor *s, struct imap_response *r)
{
    const uint8_t *from = s->p;
    struct chain ignored = {0};
    struct istring tag;
    if (!cur_octet(s, '(', "mbox-list-extended"))
        return false;
    if (cur_peek(s) != ')')
        for (;;) {
            if (!cur_astring(s, &tag) || !cur_sp(s))
                return false;
            if (cur_peek(s) == '(' ? !cur_ext_value(s, &ignored) : !cur_ext_simple(s))
                return false;
            if (cur_peek(s) != ' ')
                break;
            s->p++;
        }
    if (!cur_octet(s, ')', "mbox-list-extended"))
        return false;
    r->extended = cur_from(s, from);
    return true;
}

static bool mailbox_list(struct cursor *s, struct imap_response *r)
{
    if (!cur_sp(s) || !list_flags(s, r) || !cur_sp(s) || !delimiter(s, r) || !cur_sp(s) || !cur_astring(s, &r->mailbox))
        return false;
    if (s->o->dialect != DIALECT_9051 || cur_peek(s) != ' ')
        return true;
    s->p++;
    return list_extended(s, r);
}

/* SP mailbox SP "(" [status-att SP number *(SP status-att SP number)] ")" */
static bool status(struct cursor *s, struct imap_response *r)
{
    const struct word *w;
    if (!cur_sp(s) || !cur_astring(s, &r->mailbox) || !cur_sp(s) || !cur_octet(s, '(', "status-att-list"))
        return false;
    if (cur_peek(s) != ')')
        for (;;) {
            uint64_t v;
            if (!cur_keyword(s, &status_words, IN_RESPONSE, &w) || !cur_sp(s))
                return false;
            bool nz = s->o->dialect == DIALECT_9051 && (w->kind == ST_UIDNEXT || w->kind == ST_UIDVALIDITY);
            uint64_t max = w->kind == ST_SIZE ? NUMBER63 : NUMBER32;
            if (!(nz ? cur_nz_number(s, max, &v) : cur_number(s, max, &v)))
                return false;
            r->status |= 1u << w->kind;
            r->status_value[w->kind] = v;
            if (cur_peek(s) != ' ')
                break;
            s->p++;
        }
    return cur_octet(s, ')', "status-att-list");
}

static bool search(struct cursor *s, struct imap_response *r)
{
    struct chain c = {0};
    while (cur_peek(s) == ' ') {
        uint64_t v;
        s->p++;
        const uint8_t *from = s->p;
        if (!cur_nz_number(s, NUMBER32, &v) || !cur_add_text(s, &c, NODE_NUMBER, cur_from(s, from), v))
            return false;
    }
    r->list = c.first;
    return true;
}

static bool flags(struct cursor *s, struct imap_response *r)
{
    struct chain c = {0};
    bool ok = cur_sp(s) && fetch_flags(s, &c);
    r->list = c.first;
    return ok;
}

static bool capability(struct cursor *s, struct imap_response *r) { return cur_capabilities(s, false, &r->list); }

static bool enabled(struct cursor *s, struct imap_response *r)
{
    struct chain c = {0};
    while (cur_peek(s) == ' ') {
        struct slice t;
        s->p++;
        if (!cur_token(s, TOK_atom, "capability", &t) || !cur_add_text(s, &c, NODE_ATOM, t, 0))
            return false;
    }
    r->list = c.first;
    return true;
}

/* The lexer of id.h takes the line from its star to its CRLF, which is given back. */
static bool id(struct cursor *s, struct imap_response *r)
{
    struct lex_state st = {{0}};
    const uint8_t *from = s->p + 1;
    struct lex_result v = lex_id_response(&st, s->base, (size_t)(s->end - s->base), s->o);
    if (v.verdict != LEX_ACCEPT) {
        s->r = v;
        return false;
    }
    s->p = s->base + v.offset - 2;
    r->id = cur_from(s, from);
    return true;
}

/* "(" string SP (DQUOTE QUOTED-CHAR DQUOTE / nil) *(SP string SP "(" string *(SP string) ")") ")" */
static bool namespace_descr(struct cursor *s, struct chain *c)
{
    struct open_list l;
    struct istring v, sep = {.kind = STR_NIL};
    struct slice t;
    if (!cur_open(s, c, &l, "namespace-descr") || !cur_string(s, &v) || !cur_add_string(s, &l.inner, v) || !cur_sp(s) ||
        !quoted_char(s, "namespace-descr", &t))
        return false;
    if (t.n > 0)
        sep = (struct istring){STR_QUOTED, t.p[1] == '\\', {t.p + 1, t.n - 2}};
    if (!cur_add_string(s, &l.inner, sep))
        return false;
    while (cur_peek(s) == ' ') {
        s->p++;
        if (!cur_string(s, &v) || !cur_add_string(s, &l.inner, v) || !cur_sp(s))
            return false;
        if (cur_peek(s) != '(')
            return cur_fail(s, s->p, "namespace-response-extension");
        if (!cur_ext_value(s, &l.inner))
            return false;
    }
    return cur_close(s, &l, false, "namespace-descr");
}

/* nil / "(" 1*namespace-descr ")" */
static bool namespace(struct cursor *s, struct chain *c)
{
    struct open_list l;
    if (cur_peek(s) != '(')
        return cur_token(s, TOK_nil, "namespace", NULL) && cur_add_string(s, c, (struct istring){.kind = STR_NIL});
    if (!cur_open(s, c, &l, "namespace"))
        return false;
    do
        if (!namespace_descr(s, &l.inner))
            return false;
    while (cur_peek(s) == '(');
    return cur_close(s, &l, true, "namespace");
}

static bool namespaces(struct cursor *s, struct imap_response *r)
{
    struct chain c = {0};
    bool ok = cur_sp(s) && namespace(s, &c) && cur_sp(s) && namespace(s, &c) && cur_sp(s) && namespace(s, &c);
    r->list = c.first;
    return ok;
}

/* [SP "(TAG" SP astring ")"] [SP "UID"] *(SP label SP value): kept as nodes, one after the other */
static bool esearch(struct cursor *s, struct imap_response *r)
{
    struct chain c = {0};
    bool first = true;
    for (; cur_peek(s) == ' '; first = false) {
        struct slice t;
        s->p++;
        if (first && cur_peek(s) == '(') {
            if (!cur_ext_value(s, &c))
                return false;
            continue;
        }
        if (!cur_token(s, TOK_ext_label, "esearch-response", &t) || !cur_add_text(s, &c, NODE_ATOM, t, 0))
            return false;
        if (slice_is_nocase(t, "UID"))
            continue;
        if (!cur_sp(s))
            return false;
        const uint8_t *from = s->p;
        if (cur_peek(s) == '(' ? !cur_ext_value(s, &c)
                               : !(cur_ext_simple(s) && cur_add_text(s, &c, NODE_ATOM, cur_from(s, from), 0)))
            return false;
    }
    r->list = c.first;
    return true;
}

/* SP ["(EARLIER)" SP] known-uids: RFC 7162 */
static bool vanished(struct cursor *s, struct imap_response *r)
{
    const struct word *w;
    if (!cur_sp(s))
        return false;
    r->earlier = cur_peek(s) == '(';
    if (r->earlier && !(cur_keyword(s, &misc_words, MISC_EARLIER, &w) && cur_sp(s)))
        return false;
    return cur_set_text(s, false, &r->set);
}

/* The literal that the line [from, cursor) has announced; the cursor stands at that line's CR. */
static bool other_literal(struct cursor *s, const uint8_t *from, uint64_t n)
{
    const uint8_t *brace = s->p;
    while (*--brace != '{')
        ;
    if (n > cur_number64(s))
        return cur_fail(s, s->p, "literal");
    if (!cur_crlf(s))
        return false;
    uint64_t here = (uint64_t)(s->end - s->p), look = n < here ? n : here;
    bool binary = brace > from && brace[-1] == '~';
    const uint8_t *nul = binary || look == 0 ? NULL : memchr(s->p, 0, look);
    if (nul != NULL)
        return cur_fail_clause(s, nul, "CHAR8", "T-ID-9");
    if (n > here)
        return cur_fail(s, s->end, "literal");
    s->p += n;
    return true;
}

/* What an unknown extension sends: text, with literals where a line ends as if one was announced. */
static bool other(struct cursor *s, struct imap_response *r)
{
    (void)r;
    if (cur_peek(s) == '\r')
        return true;
    if (!cur_sp(s))
        return false;
    const uint8_t *from = s->p;
    uint64_t n;
    while (cur_peek(s) != '\r') {
        if (!cur_token(s, s->o->utf8 ? TOK_text_utf8 : TOK_text, "text", NULL))
            return false;
        if (cur_peek(s) != '\r' || !frame_announces(from, s->p, &n))
            continue;
        if (!other_literal(s, from, n))
            return false;
        from = s->p;
    }
    return true;
}

typedef bool content(struct cursor *s, struct imap_response *r);
static content *const contents[RESP_COUNT] = {
    [RESP_OK] = resp_text, [RESP_NO] = resp_text, [RESP_BAD] = resp_text, [RESP_BYE] = resp_text,
    [RESP_PREAUTH] = resp_text, [RESP_CAPABILITY] = capability, [RESP_LIST] = mailbox_list, [RESP_LSUB] = mailbox_list,
    [RESP_STATUS] = status, [RESP_SEARCH] = search, [RESP_FLAGS] = flags, [RESP_ID] = id, [RESP_ENABLED] = enabled,
    [RESP_NAMESPACE] = namespaces, [RESP_ESEARCH] = esearch, [RESP_VANISHED] = vanished, [RESP_OTHER] = other,
};

static bool untagged(struct cursor *s, struct imap_response *r)
{
    struct slice name;
    s->p++;
    if (!cur_sp(s))
        return false;
    int first = cur_peek(s);
    if (first >= '0' && first <= '9')
        return numbered(s, r);
    enum token atom = s->o->dialect == DIALECT_2060 ? TOK_atom2060 : TOK_atom;
    if (!cur_token(s, atom, "response-data", &name))
        return false;
    const struct word *w = words_find(&untagged_words, name);
    r->kind = w == NULL || !word_in(w, s) ? RESP_OTHER : w->kind;
    r->name = name;
    if (r->kind == RESP_COUNT) { /* EXPUNGE 4: the number stands in front (T-MAP-1) */
        r->kind = RESP_OTHER;
        return cur_fail_clause(s, s->p, "message-data", "T-MAP-1");
    }
    const uint8_t *behind = s->p;
    if (!contents[r->kind](s, r))
        return false;
    if (r->kind == RESP_OTHER && s->p > behind)
        r->text = (struct slice){behind + 1, (uint32_t)(s->p - behind - 1)};
    return true;
}

static bool tagged(struct cursor *s, struct imap_response *r)
{
    const struct word *w;
    if (!cur_token(s, TOK_tag, "response", &r->tag) || !cur_sp(s) || !cur_keyword(s, &state_words, 1, &w))
        return false;
    r->kind = w->kind;
    return resp_text(s, r);
}

static bool response(struct cursor *s, struct imap_response *r)
{
    bool ok;
    switch (cur_peek(s)) {
    case '+': ok = continue_req(s, r); break;
    case '*': ok = untagged(s, r); break;
    default: ok = tagged(s, r); break;
    }
    return ok && cur_crlf(s);
}

struct lex_result parse_response(const uint8_t *p, size_t n, const struct lex_options *o, struct node_pool *nodes,
                                 struct imap_response *out)
{
    struct cursor s = cur_start(p, n, o, nodes);
    uint32_t len = nodes != NULL ? nodes->len : 0;
    memset(out, 0, sizeof *out);
    out->kind = RESP_OTHER;
    out->delimiter = -1;
    s.literals = LITERALS_SYNC;
    if (response(&s, out))
        return (struct lex_result){LEX_ACCEPT, (uint32_t)(s.p - s.base), NULL, NULL};
    assert(s.r.verdict != LEX_ACCEPT);
    if (nodes != NULL)
        nodes->len = len;
    out->list = out->code.list = 0;
    for (uint32_t i = 0; i < out->items; i++)
        out->item[i].value = 0;
    return s.r;
}

const char *response_name(enum response_kind kind)
{
    if (kind == RESP_CONTINUE)
        return "+";
    for (uint32_t i = 0; i < untagged_words.n; i++)
        if (untagged_words.v[i].kind == kind)
            return untagged_words.v[i].text;
    for (uint32_t i = 0; i < numbered_words.n; i++)
        if (numbered_words.v[i].kind == kind)
            return numbered_words.v[i].text;
    return "OTHER";
}
