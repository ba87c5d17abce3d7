/* search.c: the search program: keys, nested up to CURSOR_DEPTH_MAX, as nodes. */
#include "cursor.h"

/* What follows each key. */
enum argument { A_NONE, A_ASTRING, A_DATE, A_FLAG, A_NUMBER, A_HEADER, A_SET, A_KEY, A_TWO_KEYS };
static const uint8_t arguments[SK_COUNT] = {
    [SK_BCC] = A_ASTRING,  [SK_BODY] = A_ASTRING,    [SK_CC] = A_ASTRING,      [SK_FROM] = A_ASTRING,
    [SK_SUBJECT] = A_ASTRING, [SK_TEXT] = A_ASTRING, [SK_TO] = A_ASTRING,      [SK_BEFORE] = A_DATE,
    [SK_ON] = A_DATE,      [SK_SINCE] = A_DATE,      [SK_SENTBEFORE] = A_DATE, [SK_SENTON] = A_DATE,
    [SK_SENTSINCE] = A_DATE, [SK_KEYWORD] = A_FLAG,  [SK_UNKEYWORD] = A_FLAG,  [SK_LARGER] = A_NUMBER,
    [SK_SMALLER] = A_NUMBER, [SK_HEADER] = A_HEADER, [SK_UID] = A_SET,         [SK_NOT] = A_KEY,
    [SK_OR] = A_TWO_KEYS,
};

static bool key(struct cursor *s, struct chain *c);

static bool string_argument(struct cursor *s, struct chain *c)
{
    struct istring v;
    return cur_sp(s) && cur_astring(s, &v) && cur_add_string(s, c, v);
}

static bool date_argument(struct cursor *s, struct chain *c)
{
    struct slice t;
    if (!cur_sp(s) || !cur_token(s, TOK_date, "date", &t))
        return false;
    if (t.p[0] == '"')
        t = (struct slice){t.p + 1, t.n - 2};
    return cur_add_text(s, c, NODE_ATOM, t, 0);
}

static bool number_argument(struct cursor *s, struct chain *c)
{
    uint64_t v;
    if (!cur_sp(s))
        return false;
    const uint8_t *from = s->p;
    return cur_number(s, cur_number64(s), &v) && cur_add_text(s, c, NODE_NUMBER, cur_from(s, from), v);
}

static bool set_argument(struct cursor *s, struct chain *c)
{
    struct slice t;
    return cur_set_text(s, true, &t) && cur_add_text(s, c, NODE_ATOM, t, 0);
}

static bool nested_key(struct cursor *s, struct chain *c)
{
    if (!cur_sp(s) || !cur_enter(s) || !key(s, c))
        return false;
    cur_leave(s);
    return true;
}

static bool key_arguments(struct cursor *s, enum search_key_kind kind, struct chain *c)
{
    struct slice t;
    switch (arguments[kind]) {
    case A_ASTRING: return string_argument(s, c);
    case A_DATE: return date_argument(s, c);
    case A_FLAG: return cur_sp(s) && cur_atom(s, &t) && cur_add_text(s, c, NODE_ATOM, t, 0);
    case A_NUMBER: return number_argument(s, c);
    case A_HEADER: return string_argument(s, c) && string_argument(s, c);
    case A_SET: return cur_sp(s) && set_argument(s, c);
    case A_KEY: return nested_key(s, c);
    case A_TWO_KEYS: return nested_key(s, c) && nested_key(s, c);
    default: return true;
    }
}

/* "(" search-key *(SP search-key) ")" */
static bool list_arguments(struct cursor *s, struct chain *c)
{
    if (!cur_octet(s, '(', "search-key") || !cur_enter(s))
        return false;
    for (;;) {
        if (!key(s, c))
            return false;
        if (cur_peek(s) != ' ')
            break;
        s->p++;
    }
    cur_leave(s);
    return cur_octet(s, ')', "search-key");
}

static bool begins_set(const struct cursor *s, int c)
{
    return (c >= '0' && c <= '9') || c == '*' || (c == '$' && s->o->dialect == DIALECT_9051);
}

static bool key(struct cursor *s, struct chain *c)
{
    const uint8_t *from = s->p;
    const struct word *w = NULL;
    struct chain inner = {0};
    if (cur_add(s, c, NODE_ATOM) == NULL)
        return false;
    uint32_t node = c->last;
    enum search_key_kind kind;
    bool ok;
    if (begins_set(s, cur_peek(s))) {
        kind = SK_SEQUENCE;
        ok = set_argument(s, &inner);
    } else if (cur_peek(s) == '(') {
        kind = SK_AND;
        ok = list_arguments(s, &inner);
    } else {
        ok = cur_keyword(s, &search_words, 1, &w);
        kind = ok ? w->kind : SK_ALL;
        ok = ok && key_arguments(s, kind, &inner);
    }
    if (ok && s->nodes != NULL) {
        struct node *n = &s->nodes->v[node];
        n->number = kind;
        n->child = inner.first;
        n->str = (struct istring){STR_ATOM, false, cur_from(s, from)};
    }
    return ok;
}

/* Behind a label's SP: the label's value, if what comes is one (a value and a label begin differently). */
static bool option_value(struct cursor *s, bool *was_value)
{
    struct chain none = {0};
    *was_value = true;
    if (cur_peek(s) == '(')
        return cur_ext_value(s, &none);
    if (begins_set(s, cur_peek(s)))
        return cur_ext_simple(s);
    *was_value = false;
    return true;
}

/* "(" [option *(SP option)] ")", option: tagged-ext-label [SP tagged-ext-val], raw. RFC 9051. */
bool search_options(struct cursor *s, struct slice *out)
{
    const uint8_t *from = s->p;
    if (!cur_octet(s, '(', "search-return-opts"))
        return false;
    bool more = cur_peek(s) != ')', was_value = false;
    while (more) {
        if (!was_value && !cur_token(s, TOK_ext_label, "search-return-opt", NULL))
            return false;
        more = cur_peek(s) == ' ';
        if (!more)
            break;
        s->p++;
        if (was_value)
            was_value = false;
        else if (!option_value(s, &was_value))
            return false;
    }
    if (!cur_octet(s, ')', "search-return-opts"))
        return false;
    *out = cur_from(s, from);
    return true;
}

/* Behind "SEARCH": [SP "RETURN" SP opts] SP ["CHARSET" SP charset SP] search-key *(SP search-key) */
bool search_program(struct cursor *s, struct imap_command *c)
{
    struct chain keys = {0};
    struct istring charset;
    const struct word *w;
    if (!cur_sp(s))
        return false;
    if (s->o->dialect == DIALECT_9051 && (cur_peek(s) | 32) == 'r') { /* no search key of RFC 9051 begins with R */
        if (!cur_keyword(s, &misc_words, MISC_RETURN, &w) || !cur_sp(s) ||
            !search_options(s, &c->return_options) || !cur_sp(s))
            return false;
    }
    /* CHARSET and CC share their first letter: the second decides. */
    if ((cur_peek(s) | 32) == 'c' && (s->end - s->p < 2 || (s->p[1] | 32) == 'h')) {
        if (!cur_keyword(s, &misc_words, MISC_CHARSET, &w) || !cur_sp(s))
            return false;
        if (!cur_charset(s, &charset) || !cur_sp(s))
            return false;
        c->charset = charset.s;
        c->charset_kind = charset.kind;
    }
    for (;;) {
        if (!key(s, &keys))
            return false;
        c->search = keys.first;
        if (cur_peek(s) != ' ')
            return true;
        s->p++;
    }
}
