/* code.c: resp-text: a response code in brackets, then text. */
#include "cursor.h"

bool cur_capabilities(struct cursor *s, bool in_code, uint32_t *list)
{
    /* In brackets a name cannot hold `]`, not even in RFC 2060 (its erratum 9). */
    enum token name = s->o->dialect == DIALECT_2060 && !in_code ? TOK_atom2060 : TOK_atom;
    const char *revision = s->o->dialect == DIALECT_9051 ? "IMAP4rev2" : "IMAP4rev1";
    struct chain c = {0};
    bool seen = false;
    while (cur_peek(s) == ' ') {
        struct slice t;
        s->p++;
        if (!cur_token(s, name, "capability", &t) || !cur_add_text(s, &c, NODE_ATOM, t, 0))
            return false;
        seen = seen || slice_is_nocase(t, revision);
    }
    *list = c.first;
    return seen || cur_fail(s, s->p, "capability-data");
}

/* "(" [flag-perm *(SP flag-perm)] ")" */
static bool code_flags(struct cursor *s, uint32_t *list)
{
    struct chain c = {0};
    enum token t = s->o->dialect == DIALECT_2060 ? TOK_flag_perm2060 : TOK_flag_perm;
    if (!cur_octet(s, '(', "flag-perm"))
        return false;
    if (cur_peek(s) != ')')
        for (;;) {
            struct slice flag;
            if (!cur_token(s, t, "flag-perm", &flag) || !cur_add_text(s, &c, NODE_ATOM, flag, 0))
                return false;
            if (cur_peek(s) != ' ')
                break;
            s->p++;
        }
    *list = c.first;
    return cur_octet(s, ')', "flag-perm");
}

/* charset of RFC 9051: atom / quoted; in RFC 3501 an astring. */
bool cur_charset(struct cursor *s, struct istring *out)
{
    if (s->o->dialect != DIALECT_9051)
        return cur_astring(s, out);
    if (cur_peek(s) == '"')
        return cur_string(s, out);
    *out = (struct istring){.kind = STR_ATOM};
    return cur_token(s, TOK_atom, "charset", &out->s);
}

static bool code_charsets(struct cursor *s, uint32_t *list)
{
    struct chain c = {0};
    if (!cur_octet(s, '(', "resp-text-code"))
        return false;
    for (;;) {
        struct istring name;
        if (!cur_charset(s, &name) || !cur_add_string(s, &c, name))
            return false;
        if (cur_peek(s) != ' ')
            break;
        s->p++;
    }
    *list = c.first;
    return cur_octet(s, ')', "resp-text-code");
}

static bool code_number(struct cursor *s, uint32_t *out)
{
    uint64_t v;
    if (!cur_nz_number(s, NUMBER32, &v))
        return false;
    *out = (uint32_t)v;
    return true;
}

/* The argument of a known code, its SP included. */
static bool code_argument(struct cursor *s, enum code_form form, struct resp_code *c)
{
    uint64_t v;
    if (form == FORM_NONE)
        return true;
    if (form == FORM_CAPABILITY)
        return cur_capabilities(s, true, &c->list);
    if (form == FORM_CHARSETS && cur_peek(s) != ' ')
        return true;
    if (!cur_sp(s))
        return false;
    switch (form) {
    case FORM_NZ: return code_number(s, &c->number);
    case FORM_MODSEQ: return cur_nz_number(s, NUMBER63, &v);
    case FORM_FLAGS: return code_flags(s, &c->list);
    case FORM_CHARSETS: return code_charsets(s, &c->list);
    case FORM_APPENDUID: {
        const uint8_t *from;
        uint32_t uid;
        if (!code_number(s, &c->number) || !cur_sp(s))
            return false;
        from = s->p;
        if (!code_number(s, &uid))
            return false;
        c->set1 = cur_from(s, from);
        return true;
    }
    default: /* FORM_COPYUID */
        return code_number(s, &c->number) && cur_sp(s) && cur_set_text(s, false, &c->set1) && cur_sp(s) &&
               cur_set_text(s, false, &c->set2);
    }
}

/* atom [SP 1*<any TEXT-CHAR except "]">], behind the atom */
static bool generic_argument(struct cursor *s)
{
    if (cur_peek(s) != ' ')
        return true;
    s->p++;
    return cur_token(s, TOK_code_text, "resp-text-code", NULL);
}

/* Understands the argument of a code that the dialect does not define, read already by the generic rule up to the cursor,
 * if it has the form that another dialect gives it. Whether it has is no question of grammar. */
static void understand(struct cursor *s, const uint8_t *from, enum code_form form, struct resp_code *c)
{
    struct cursor inner = *s;
    struct resp_code known = *c;
    uint32_t nodes = s->nodes != NULL ? s->nodes->len : 0;
    inner.p = from;
    inner.end = s->p;
    if (form != FORM_GENERIC && code_argument(&inner, form, &known) && inner.p == inner.end)
        *c = known;
    else if (s->nodes != NULL)
        s->nodes->len = nodes;
}

/* "[" resp-text-code "]". A code that the dialect defines has the form that it defines: the earlier rule wins over the
 * generic atom. */
static bool code(struct cursor *s, struct resp_code *c)
{
    s->p++;
    if (!cur_token(s, TOK_atom, "resp-text-code", &c->name))
        return false;
    const struct word *w = words_find(&code_words, c->name);
    const uint8_t *from = s->p;
    c->kind = w != NULL ? w->kind : CODE_OTHER;
    if (!(w != NULL && word_in(w, s) ? code_argument(s, w->contexts, c) : generic_argument(s)))
        return false;
    if (w != NULL && !word_in(w, s))
        understand(s, from, w->contexts, c);
    if (s->p > from)
        c->arg = (struct slice){from + 1, (uint32_t)(s->p - from - 1)};
    return cur_octet(s, ']', "resp-text-code");
}

/* ["[" resp-text-code "]" SP] text. Text that begins with "[" is a code: the earlier rule wins (formal syntax, note). */
bool cur_resp_text(struct cursor *s, struct resp_code *c, struct slice *text)
{
    *text = (struct slice){s->p, 0};
    if (cur_peek(s) == '[' && (!code(s, c) || !cur_sp(s)))
        return false;
    *text = (struct slice){s->p, 0};
    if (s->o->dialect == DIALECT_9051 && cur_peek(s) == '\r')
        return true;
    return cur_token(s, s->o->utf8 ? TOK_text_utf8 : TOK_text, "text", text);
}
