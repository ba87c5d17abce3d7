/* content_match.c: SEARCH's keys on a message: substrings without case in decoded text, header fields, dates.
 */
#include "content_impl.h"

#include <gmime/gmime.h>
#include <string.h>

/* UTF-8 without case. Damaged octets become U+FFFD. */
static GString *folded(const char *p, size_t n) {
    char *valid = g_utf8_make_valid(p, (gssize)n);
    bool ascii = true;
    size_t len = strlen(valid);
    for (size_t i = 0; i < len && ascii; i++)
        ascii = (uint8_t)valid[i] < 0x80;
    char *fold = ascii ? g_ascii_strdown(valid, (gssize)len) : g_utf8_casefold(valid, (gssize)len);
    GString *s = g_string_new(fold);
    g_free(fold);
    g_free(valid);
    return s;
}

static bool holds(const GString *text, const GString *key) {
    return !key->len || memmem(text->str, text->len, key->str, key->len);
}

/* A header value, unfolded, its encoded words decoded. */
static GString *decoded(struct content *c, struct slice value) {
    struct slice v = unfold(c, value);
    char *z = g_strndup((const char *)v.p, v.n);
    char *plain = g_mime_utils_header_decode_text(NULL, z);
    GString *s = folded(plain ? plain : z, strlen(plain ? plain : z));
    g_free(plain);
    g_free(z);
    return s;
}

static bool in_field(struct content *c, struct slice header, struct slice name, const GString *key) {
    struct slice field, n, value;
    bool found = false;
    for (uint32_t pos = 0; !found && next_field(header, &pos, &field, &n, &value);) {
        if (n.n != name.n || g_ascii_strncasecmp((const char *)n.p, (const char *)name.p, n.n))
            continue;
        GString *s = decoded(c, value);
        found = holds(s, key);
        g_string_free(s, TRUE);
    }
    return found;
}

static bool in_header(struct content *c, struct slice header, const GString *key) {
    struct slice field, n, value;
    bool found = false;
    for (uint32_t pos = 0; !found && next_field(header, &pos, &field, &n, &value);) {
        GString *s = decoded(c, field);
        found = holds(s, key);
        g_string_free(s, TRUE);
    }
    return found;
}

static GMimeContentEncoding encoding_of(struct content *c, struct slice header) {
    struct slice v, word;
    if (!field_text(c, header, "Content-Transfer-Encoding", &v) || !take_token(&v, &word))
        return GMIME_CONTENT_ENCODING_DEFAULT;
    return slice_is_nocase(word, "base64")             ? GMIME_CONTENT_ENCODING_BASE64
           : slice_is_nocase(word, "quoted-printable") ? GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE
                                                       : GMIME_CONTENT_ENCODING_DEFAULT;
}

/* From the part's character set to UTF-8; as it stands when the set is unknown. */
static char *to_utf8(struct content *c, const struct part *p, const char *octets, size_t n) {
    struct slice name, value;
    char set[64] = "us-ascii", *out = NULL;
    for (uint32_t pos = 0; next_param(c, p->params, &pos, &name, &value);)
        if (slice_is_nocase(name, "charset") && value.n < sizeof set)
            snprintf(set, sizeof set, "%.*s", (int)value.n, (const char *)value.p);
    if (!g_ascii_strcasecmp(set, "us-ascii") || !g_ascii_strcasecmp(set, "utf-8"))
        return NULL;
    iconv_t cd = g_mime_iconv_open("UTF-8", set);
    if (cd != (iconv_t)-1) {
        out = g_mime_iconv_strndup(cd, octets, n);
        g_mime_iconv_close(cd);
    }
    return out;
}

static bool in_text(struct content *c, const struct message *m, const struct part *p, const GString *key) {
    struct slice body = cut(m->octets, p->body);
    GMimeEncoding state;
    g_mime_encoding_init_decode(&state, encoding_of(c, cut(m->octets, p->header)));
    char *plain = g_malloc(g_mime_encoding_outlen(&state, body.n) + 1);
    size_t n = g_mime_encoding_flush(&state, (const char *)body.p, body.n, plain);
    char *utf8 = to_utf8(c, p, plain, n);
    GString *s = utf8 ? folded(utf8, strlen(utf8)) : folded(plain, n);
    bool found = holds(s, key);
    g_string_free(s, TRUE);
    g_free(utf8);
    g_free(plain);
    return found;
}

/* The body: text parts decoded, and the headers of parts and of messages inside. */
static bool in_body(struct content *c, const struct message *m, const struct part *p, bool inner,
                    const GString *key) {
    if (inner && in_header(c, cut(m->octets, p->header), key))
        return true;
    if (p->kind == PART_LEAF)
        return slice_is_nocase(p->type, "text") && in_text(c, m, p, key);
    for (uint16_t i = p->child; i; i = m->part[i].next)
        if (in_body(c, m, &m->part[i], true, key))
            return true;
    return false;
}

/* 1-Feb-1994 as 19940201; 0: no date. */
static int day_of(struct slice v) {
    static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    char z[40], name[4] = "";
    int day = 0, year = 0;
    if (v.n >= sizeof z)
        return 0;
    memcpy(z, v.p, v.n);
    z[v.n] = '\0';
    if (sscanf(z[0] == '"' ? z + 1 : z, "%2d-%3[A-Za-z]-%4d", &day, name, &year) != 3)
        return 0;
    for (int i = 0; i < 12; i++)
        if (!g_ascii_strncasecmp(name, months + i * 3, 3))
            return year * 10000 + (i + 1) * 100 + day;
    return 0;
}

/* The Date field's day as it is written there, whatever its zone (RFC 3501 6.4.4). */
static int sent_day(struct content *c, struct slice header) {
    struct slice v;
    int day = 0, y, m, d;
    if (!field_text(c, header, "Date", &v))
        return 0;
    char *z = g_strndup((const char *)v.p, v.n);
    GDateTime *t = g_mime_utils_header_decode_date(z);
    if (t) {
        g_date_time_get_ymd(t, &y, &m, &d);
        day = y * 10000 + m * 100 + d;
        g_date_time_unref(t);
    }
    g_free(z);
    return day;
}

bool match_key(struct content *c, struct message *m, int kind, struct slice field, struct slice value) {
    const struct part *p = index_of(c, m);
    if (!p)
        return false;
    struct slice header = cut(m->octets, p->header);
    if (kind == SK_SENTBEFORE || kind == SK_SENTON || kind == SK_SENTSINCE) {
        int day = sent_day(c, header), want = day_of(value);
        return day && want &&
               (kind == SK_SENTBEFORE ? day < want
                : kind == SK_SENTON   ? day == want
                                      : day >= want);
    }
    GString *key = folded((const char *)value.p, value.n);
    const char *name = kind == SK_SUBJECT ? "Subject"
                       : kind == SK_FROM  ? "From"
                       : kind == SK_TO    ? "To"
                       : kind == SK_CC    ? "Cc"
                       : kind == SK_BCC   ? "Bcc"
                                          : NULL;
    bool found = name || kind == SK_HEADER ? in_field(c, header, name ? text(name) : field, key)
                 : kind == SK_TEXT         ? in_header(c, header, key) || in_body(c, m, p, false, key)
                                           : kind == SK_BODY && in_body(c, m, p, false, key);
    g_string_free(key, TRUE);
    return found;
}
