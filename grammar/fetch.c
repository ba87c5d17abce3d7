/* fetch.c: msg-att: what a FETCH response says of one message, ENVELOPE and BODYSTRUCTURE as nodes. */
#include "cursor.h"

static bool nstring(struct cursor *s, struct chain *c)
{
    struct istring v;
    return cur_nstring(s, &v) && cur_add_string(s, c, v);
}

static bool string(struct cursor *s, struct chain *c)
{
    struct istring v;
    return cur_string(s, &v) && cur_add_string(s, c, v);
}

static bool number(struct cursor *s, struct chain *c, uint64_t max)
{
    uint64_t v;
    const uint8_t *from = s->p;
    return cur_number(s, max, &v) && cur_add_text(s, c, NODE_NUMBER, cur_from(s, from), v);
}

static bool nil(struct cursor *s, struct chain *c, const char *rule)
{
    return cur_token(s, TOK_nil, rule, NULL) && cur_add_string(s, c, (struct istring){.kind = STR_NIL});
}

/* "(" addr-name SP addr-adl SP addr-mailbox SP addr-host ")" */
static bool address(struct cursor *s, struct chain *c)
{
    struct open_list l;
    return cur_open(s, c, &l, "address") && nstring(s, &l.inner) && cur_sp(s) && nstring(s, &l.inner) && cur_sp(s) &&
           nstring(s, &l.inner) && cur_sp(s) && nstring(s, &l.inner) && cur_close(s, &l, false, "address");
}

/* "(" 1*address ")" / nil: no SP between addresses */
static bool addresses(struct cursor *s, struct chain *c)
{
    struct open_list l;
    if (cur_peek(s) != '(')
        return nil(s, c, "envelope");
    if (!cur_open(s, c, &l, "envelope"))
        return false;
    do
        if (!address(s, &l.inner))
            return false;
    while (cur_peek(s) == '(');
    return cur_close(s, &l, true, "envelope");
}

/* Ten fields, T-MAP-7: date subject, six address lists, in-reply-to message-id */
static bool envelope(struct cursor *s, struct chain *c)
{
    struct open_list l;
    if (!cur_open(s, c, &l, "envelope"))
        return false;
    for (int i = 0; i < 10; i++)
        if ((i > 0 && !cur_sp(s)) || !(i >= 2 && i <= 7 ? addresses(s, &l.inner) : nstring(s, &l.inner)))
            return false;
    return cur_close(s, &l, false, "envelope");
}

/* "(" string SP string *(SP string SP string) ")" / nil */
static bool body_fld_param(struct cursor *s, struct chain *c)
{
    struct open_list l;
    if (cur_peek(s) != '(')
        return nil(s, c, "body-fld-param");
    if (!cur_open(s, c, &l, "body-fld-param"))
        return false;
    for (;;) {
        if (!string(s, &l.inner) || !cur_sp(s) || !string(s, &l.inner))
            return false;
        if (cur_peek(s) != ' ')
            return cur_close(s, &l, false, "body-fld-param");
        s->p++;
    }
}

/* "(" string SP body-fld-param ")" / nil */
static bool body_fld_dsp(struct cursor *s, struct chain *c)
{
    struct open_list l;
    if (cur_peek(s) != '(')
        return nil(s, c, "body-fld-dsp");
    return cur_open(s, c, &l, "body-fld-dsp") && string(s, &l.inner) && cur_sp(s) && body_fld_param(s, &l.inner) &&
           cur_close(s, &l, false, "body-fld-dsp");
}

/* nstring / "(" string *(SP string) ")" */
static bool body_fld_lang(struct cursor *s, struct chain *c)
{
    struct open_list l;
    if (cur_peek(s) != '(')
        return nstring(s, c);
    if (!cur_open(s, c, &l, "body-fld-lang"))
        return false;
    for (;;) {
        if (!string(s, &l.inner))
            return false;
        if (cur_peek(s) != ' ')
            return cur_close(s, &l, false, "body-fld-lang");
        s->p++;
    }
}

/* nstring / number / "(" body-extension *(SP body-extension) ")" */
static bool body_extension(struct cursor *s, struct chain *c)
{
    struct open_list l;
    int first = cur_peek(s);
    if (first >= '0' && first <= '9')
        return number(s, c, cur_number64(s));
    if (first != '(')
        return nstring(s, c);
    if (!cur_open(s, c, &l, "body-extension"))
        return false;
    for (;;) {
        if (!body_extension(s, &l.inner))
            return false;
        if (cur_peek(s) != ' ')
            return cur_close(s, &l, false, "body-extension");
        s->p++;
    }
}

/* [SP body-fld-dsp [SP body-fld-lang [SP body-fld-loc *(SP body-extension)]]]: what ends both kinds of extension data.
 * RFC 2060 has no body-fld-loc: any body-extension may stand there. For multiparts its erratum 15 is followed. */
static bool body_ext_rest(struct cursor *s, struct chain *c)
{
    for (int i = 0; cur_peek(s) == ' '; i += i < 3) {
        s->p++;
        bool ok;
        switch (i) {
        case 0: ok = body_fld_dsp(s, c); break;
        case 1: ok = body_fld_lang(s, c); break;
        case 2: ok = s->o->dialect == DIALECT_2060 ? body_extension(s, c) : nstring(s, c); break;
        default: ok = body_extension(s, c); break;
        }
        if (!ok)
            return false;
    }
    return true;
}

/* body-fld-param SP body-fld-id SP body-fld-desc SP body-fld-enc SP body-fld-octets */
static bool body_fields(struct cursor *s, struct chain *c)
{
    return body_fld_param(s, c) && cur_sp(s) && nstring(s, c) && cur_sp(s) && nstring(s, c) && cur_sp(s) &&
           string(s, c) && cur_sp(s) && number(s, c, NUMBER32);
}

static bool text_is(const struct istring *v, const char *z)
{
    uint8_t b[16];
    size_t n = istring_copy(v, b, sizeof b);
    return n <= sizeof b && slice_is_nocase((struct slice){b, (uint32_t)n}, z);
}

static bool body(struct cursor *s, struct chain *c, bool extensible);

/* What MESSAGE/RFC822 (and MESSAGE/GLOBAL in RFC 9051) and TEXT have in addition: RFC 3501 7.4.2. The type decides,
 * however its string is written. */
static bool body_of_type(struct cursor *s, struct chain *c, const struct istring *type, const struct istring *sub,
                         bool extensible)
{
    bool message = text_is(type, "MESSAGE") &&
                   (text_is(sub, "RFC822") || (s->o->dialect == DIALECT_9051 && text_is(sub, "GLOBAL")));
    if (message)
        return cur_sp(s) && envelope(s, c) && cur_sp(s) && body(s, c, extensible) && cur_sp(s) &&
               number(s, c, cur_number64(s));
    return !text_is(type, "TEXT") || (cur_sp(s) && number(s, c, cur_number64(s)));
}

static bool body_type_1part(struct cursor *s, struct chain *c, bool extensible)
{
    struct istring type, sub;
    if (!cur_string(s, &type) || !cur_add_string(s, c, type) || !cur_sp(s) || !cur_string(s, &sub) ||
        !cur_add_string(s, c, sub) || !cur_sp(s) || !body_fields(s, c) || !body_of_type(s, c, &type, &sub, extensible))
        return false;
    if (!extensible || cur_peek(s) != ' ')
        return true;
    s->p++;
    return nstring(s, c) && body_ext_rest(s, c);
}

static bool body_type_mpart(struct cursor *s, struct chain *c, bool extensible)
{
    do
        if (!body(s, c, extensible))
            return false;
    while (cur_peek(s) == '(');
    if (!cur_sp(s) || !string(s, c))
        return false;
    if (!extensible || cur_peek(s) != ' ')
        return true;
    s->p++;
    return body_fld_param(s, c) && body_ext_rest(s, c);
}

/* "(" (body-type-1part / body-type-mpart) ")"; without extension data where it answers plain BODY */
static bool body(struct cursor *s, struct chain *c, bool extensible)
{
    struct open_list l;
    if (!cur_open(s, c, &l, "body"))
        return false;
    bool multi = cur_peek(s) == '(';
    if (!(multi ? body_type_mpart(s, &l.inner, extensible) : body_type_1part(s, &l.inner, extensible)))
        return false;
    return cur_close(s, &l, multi, "body");
}

/* "(" [flag-fetch *(SP flag-fetch)] ")": the flags themselves form the chain */
bool fetch_flags(struct cursor *s, struct chain *c)
{
    struct slice t;
    if (!cur_octet(s, '(', "flag-list"))
        return false;
    if (cur_peek(s) != ')')
        for (;;) {
            if (!cur_flag(s, &t) || !cur_add_text(s, c, NODE_ATOM, t, 0))
                return false;
            if (cur_peek(s) != ' ')
                break;
            s->p++;
        }
    return cur_octet(s, ')', "flag-list");
}

static bool modseq(struct cursor *s, struct fetch_item *i, struct chain *c)
{
    struct open_list l;
    if (!cur_open(s, c, &l, "permsg-modsequence"))
        return false;
    const uint8_t *from = s->p;
    return cur_nz_number(s, NUMBER63, &i->number) &&
           cur_add_text(s, &l.inner, NODE_NUMBER, cur_from(s, from), i->number) &&
           cur_close(s, &l, false, "permsg-modsequence");
}

static bool date_time(struct cursor *s, struct chain *c)
{
    struct slice t;
    return cur_date_time(s, &t) && cur_add_string(s, c, (struct istring){STR_QUOTED, false, t});
}

static bool section_value(struct cursor *s, struct fetch_item *i, struct chain *c)
{
    uint64_t origin;
    if (!cur_section(s, false, &i->section))
        return false;
    i->has_origin = cur_peek(s) == '<';
    if (i->has_origin) {
        s->p++;
        if (!cur_number(s, NUMBER32, &origin) || !cur_octet(s, '>', "msg-att-static"))
            return false;
        i->origin = (uint32_t)origin;
    }
    return cur_sp(s) && nstring(s, c);
}

/* An item of an extension: its name's section, if it has one, then any value. */
static bool other_value(struct cursor *s, struct fetch_item *i, bool has_section, struct chain *c)
{
    if (has_section && !cur_section(s, true, &i->section))
        return false;
    return cur_sp(s) && cur_ext_value(s, c);
}

static bool value(struct cursor *s, struct fetch_item *i, bool has_section, struct chain *c)
{
    if (i->att == ATT_BODY && cur_peek(s) == '[')
        i->att = ATT_BODY_SECTION;
    if (i->att == ATT_BODY_SECTION)
        return section_value(s, i, c);
    if (i->att == ATT_OTHER)
        return other_value(s, i, has_section, c);
    if (!cur_sp(s))
        return false;
    const uint8_t *from = s->p;
    switch (i->att) {
    case ATT_FLAGS: return fetch_flags(s, c);
    case ATT_ENVELOPE: return envelope(s, c);
    case ATT_INTERNALDATE: return date_time(s, c);
    case ATT_BODY: return body(s, c, false);
    case ATT_BODYSTRUCTURE: return body(s, c, true);
    case ATT_MODSEQ: return modseq(s, i, c);
    case ATT_UID:
        return cur_nz_number(s, NUMBER32, &i->number) && cur_add_text(s, c, NODE_NUMBER, cur_from(s, from), i->number);
    case ATT_RFC822_SIZE:
        return cur_number(s, cur_number64(s), &i->number) &&
               cur_add_text(s, c, NODE_NUMBER, cur_from(s, from), i->number);
    default: return nstring(s, c); /* RFC822, RFC822.HEADER, RFC822.TEXT */
    }
}

bool fetch_items(struct cursor *s, struct imap_response *r)
{
    const struct word *w;
    if (!cur_sp(s) || !cur_octet(s, '(', "msg-att"))
        return false;
    for (;;) {
        const uint8_t *from = s->p;
        struct chain c = {0};
        if (r->items == FETCH_ITEMS_MAX)
            return cur_limit(s, "msg-att items");
        struct fetch_item *i = &r->item[r->items];
        *i = (struct fetch_item){0};
        if (!cur_keyword(s, &fetch_words, IN_RESPONSE, &w))
            return false;
        i->att = w->kind;
        i->name = cur_from(s, from);
        if (!value(s, i, w->contexts & HAS_SECTION, &c))
            return false;
        i->value = c.first;
        r->items++;
        if (cur_peek(s) != ' ')
            return cur_octet(s, ')', "msg-att");
        s->p++;
    }
}
