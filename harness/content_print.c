/* content_print.c: ENVELOPE, BODY and BODYSTRUCTURE as RFC 3501 7.4.2 orders their fields. */
#include "content_impl.h"

#include <gmime/gmime.h>
#include <string.h>

/* Encoded words stay encoded in an envelope: they pass GMime's address parser in disguise. */
#define WORD     "=?"
#define DISGUISE "=}{"

static void nstring(struct out *o, bool there, struct slice s) {
    if (there)
        out_string(o, s);
    else
        out_text(o, "NIL");
}

static GString *disguised(struct slice v) {
    GString *s = g_string_sized_new(v.n + 16);
    for (uint32_t i = 0; i < v.n; i++) {
        if (v.p[i] == '=' && i + 1 < v.n && v.p[i + 1] == '?') {
            g_string_append(s, DISGUISE);
            i++;
        } else {
            g_string_append_c(s, (char)v.p[i]);
        }
    }
    return s;
}

static void revealed(struct out *o, const char *z) {
    if (!z || !*z) {
        out_text(o, "NIL");
        return;
    }
    GString *s = g_string_new(NULL);
    for (; *z; z++) {
        bool word = g_str_has_prefix(z, DISGUISE);
        g_string_append(s, word ? WORD : (char[]){*z, 0});
        z += word ? sizeof DISGUISE - 2 : 0;
    }
    out_string(o, (struct slice){(uint8_t *)s->str, (uint32_t)s->len});
    g_string_free(s, TRUE);
}

/* local part without its quotes; GMime keeps them */
static void local_part(struct out *o, const char *p, size_t n) {
    uint8_t buf[1024];
    if (n < 2 || p[0] != '"' || p[n - 1] != '"' || n > sizeof buf) {
        out_string(o, (struct slice){(const uint8_t *)p, (uint32_t)n});
        return;
    }
    struct istring s = {.kind = STR_QUOTED, .escaped = true, .s = {(const uint8_t *)p + 1, (uint32_t)n - 2}};
    out_string(o, (struct slice){buf, (uint32_t)istring_copy(&s, buf, sizeof buf)});
}

/* (personal-name source-route mailbox host); RFC 5322 has no source routes left. A host that is not there is
 * "", since NIL would make it a group. */
static void mailbox(struct out *o, InternetAddress *a) {
    const char *addr = internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(a));
    addr = addr ? addr : "";
    const char *at = strrchr(addr, '@');
    out_text(o, "(");
    revealed(o, internet_address_get_name(a));
    out_text(o, " NIL ");
    local_part(o, addr, at ? (size_t)(at - addr) : strlen(addr));
    out_text(o, " ");
    out_string(o, text(at ? at + 1 : ""));
    out_text(o, ")");
}

static void address(struct out *o, InternetAddress *a, int depth) {
    if (!INTERNET_ADDRESS_IS_GROUP(a)) {
        mailbox(o, a);
        return;
    }
    InternetAddressList *in = internet_address_group_get_members(INTERNET_ADDRESS_GROUP(a));
    const char *name = internet_address_get_name(a);
    out_text(o, "(NIL NIL ");
    if (name && *name)
        revealed(o, name);
    else
        out_text(o, "\"\"");
    out_text(o, " NIL)");
    for (int i = 0, n = in ? internet_address_list_length(in) : 0; depth < DEPTH_MAX && i < n; i++)
        address(o, internet_address_list_get_address(in, i), depth + 1);
    out_text(o, "(NIL NIL NIL NIL)");
}

/* Prints the field's addresses; false, and nothing printed: it is absent or has none. */
static bool addresses(struct content *c, struct slice header, const char *name, struct out *o) {
    struct slice v;
    if (!field_text(c, header, name, &v) || !v.n)
        return false;
    GString *z = disguised(v);
    InternetAddressList *list = internet_address_list_parse(NULL, z->str);
    int n = list ? internet_address_list_length(list) : 0;
    if (n)
        out_text(o, "(");
    for (int i = 0; i < n; i++)
        address(o, internet_address_list_get_address(list, i), 0);
    if (n)
        out_text(o, ")");
    if (list)
        g_object_unref(list);
    g_string_free(z, TRUE);
    return n > 0;
}

static void text_field(struct content *c, struct slice header, const char *name, struct out *o) {
    struct slice v = {0};
    bool there = field_text(c, header, name, &v);
    nstring(o, there, v);
}

void print_envelope(struct content *c, struct slice header, struct out *o) {
    static const char *const lists[] = {"From", "Sender", "Reply-To", "To", "Cc", "Bcc"};
    out_text(o, "(");
    text_field(c, header, "Date", o);
    out_text(o, " ");
    text_field(c, header, "Subject", o);
    for (int i = 0; i < 6; i++) {
        out_text(o, " ");
        /* Sender and Reply-To are From's where they say nothing */
        if (!addresses(c, header, lists[i], o) && !((i == 1 || i == 2) && addresses(c, header, "From", o)))
            out_text(o, "NIL");
    }
    out_text(o, " ");
    text_field(c, header, "In-Reply-To", o);
    out_text(o, " ");
    text_field(c, header, "Message-ID", o);
    out_text(o, ")");
}

/* ---- structures ---- */

static void params(struct content *c, struct slice list, bool default_charset, struct out *o) {
    struct slice name, value;
    uint32_t pos = 0, n = 0;
    while (next_param(c, list, &pos, &name, &value)) {
        out_text(o, n++ ? " " : "(");
        out_string(o, name);
        out_text(o, " ");
        out_string(o, value);
    }
    if (default_charset)
        out_text(o, n++ ? " \"CHARSET\" \"US-ASCII\"" : "(\"CHARSET\" \"US-ASCII\"");
    out_text(o, n ? ")" : "NIL");
}

static void disposition(struct content *c, struct slice header, struct out *o) {
    struct slice v, word;
    if (!field_text(c, header, "Content-Disposition", &v) || !take_token(&v, &word)) {
        out_text(o, "NIL");
        return;
    }
    out_text(o, "(");
    out_string(o, word);
    out_text(o, " ");
    params(c, v, false, o);
    out_text(o, ")");
}

/* One language is a string, several are a list. */
static void language(struct content *c, struct slice header, struct out *o) {
    struct slice v, word, first = {0};
    uint32_t n = 0;
    if (!field_text(c, header, "Content-Language", &v))
        v.n = 0;
    while (take_token(&v, &word)) {
        if (++n == 1) {
            first = word;
        } else {
            if (n == 2) {
                out_text(o, "(");
                out_string(o, first);
            }
            out_text(o, " ");
            out_string(o, word);
        }
        while (v.n && (v.p[0] == ',' || v.p[0] == ' '))
            v.p++, v.n--;
    }
    if (n < 2)
        nstring(o, n == 1, first);
    else
        out_text(o, ")");
}

static void extension_end(struct content *c, struct slice header, struct out *o) {
    out_text(o, " ");
    disposition(c, header, o);
    out_text(o, " ");
    language(c, header, o);
    out_text(o, " ");
    text_field(c, header, "Content-Location", o);
}

static void single(struct content *c, const struct message *m, const struct part *p, bool extensible,
                   struct out *o) {
    struct slice header = cut(m->octets, p->header), v, word;
    out_string(o, p->type);
    out_text(o, " ");
    out_string(o, p->subtype);
    out_text(o, " ");
    params(c, p->params, p->default_charset, o);
    out_text(o, " ");
    text_field(c, header, "Content-ID", o);
    out_text(o, " ");
    text_field(c, header, "Content-Description", o);
    out_text(o, " ");
    bool encoded = field_text(c, header, "Content-Transfer-Encoding", &v) && take_token(&v, &word);
    out_string(o, encoded ? word : text("7BIT"));
    out_text(o, " ");
    out_number(o, p->body.n);
    if (p->kind == PART_MESSAGE) {
        const struct part *inner = &m->part[p->child];
        out_text(o, " ");
        print_envelope(c, cut(m->octets, inner->header), o);
        out_text(o, " ");
        print_structure(c, m, inner, extensible, o);
    }
    if (p->kind == PART_MESSAGE || slice_is_nocase(p->type, "text")) {
        out_text(o, " ");
        out_number(o, p->lines);
    }
    if (extensible) {
        out_text(o, " ");
        text_field(c, header, "Content-MD5", o);
        extension_end(c, header, o);
    }
}

void print_structure(struct content *c, const struct message *m, const struct part *p, bool extensible,
                     struct out *o) {
    out_text(o, "(");
    if (p->kind != PART_MULTI) {
        single(c, m, p, extensible, o);
        out_text(o, ")");
        return;
    }
    for (uint16_t i = p->child; i; i = m->part[i].next)
        print_structure(c, m, &m->part[i], extensible, o);
    out_text(o, " ");
    out_string(o, p->subtype);
    if (extensible) {
        out_text(o, " ");
        params(c, p->params, false, o);
        extension_end(c, cut(m->octets, p->header), o);
    }
    out_text(o, ")");
}
