/* url.c: see url.h. A hand-written descent over one text; each step knows what it expects, for the error. */
#include "url.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

struct parse {
    const char *text;
    size_t at;
    struct url_error *e;
};

static const struct scheme {
    const char *name;
    uint8_t tls;
    uint16_t port;
} schemes[] = {
    {"imap://", URL_PLAIN, 143},
    {"imaps://", URL_TLS, 993},
    {"imap+starttls://", URL_STARTTLS, 143},
};

static const struct scheme *scheme_of(const char *text) {
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (strncasecmp(text, schemes[i].name, strlen(schemes[i].name)) == 0)
            return &schemes[i];
    return NULL;
}

bool url_is(const char *text) { return scheme_of(text) != NULL; }

/* Positions are counted from 1 in the text for people. */
static bool wrong(struct parse *s, size_t at, const char *expected) {
    char seen[32];
    unsigned char c = (unsigned char)s->text[at];
    if (c == 0)
        snprintf(seen, sizeof seen, "the end");
    else if (c > 0x20 && c < 0x7f)
        snprintf(seen, sizeof seen, "'%c'", c);
    else
        snprintf(seen, sizeof seen, "octet 0x%02x", c);
    s->e->at = at;
    snprintf(s->e->text, sizeof s->e->text, "URL, character %zu: expected %s, found %s", at + 1, expected,
             seen);
    return false;
}

static int hex(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decodes text[from..to) into dst[URL_FIELD]. Everything that separates parts of a URL must be escaped in
 * there. */
static bool decode(struct parse *s, size_t from, size_t to, const char *separators, char *dst) {
    size_t k = 0;
    for (size_t i = from; i < to; i++) {
        unsigned char c = (unsigned char)s->text[i];
        size_t at = i;
        if (c == '%') {
            int hi = i + 1 < to ? hex(s->text[i + 1]) : -1,
                lo = hi >= 0 && i + 2 < to ? hex(s->text[i + 2]) : -1;
            if (lo < 0)
                return wrong(s, hi < 0 ? i + 1 : i + 2, "two hexadecimal digits after '%'");
            c = (unsigned char)(hi << 4 | lo);
            i += 2;
            if (c == 0 || c == '\r' || c == '\n')
                return wrong(s, at, "no %00, %0D or %0A");
        } else if (strchr(separators, c)) {
            return wrong(s, at,
                         c == '@' ? "a host; an '@' before it is written %40"
                                  : "an unreserved character, or this one as %XX");
        } else if (c <= 0x20 || c == 0x7f) {
            return wrong(s, at, "no blank or control character; write %XX");
        }
        if (k + 1 >= URL_FIELD)
            return wrong(s, at, "at most 255 octets here");
        dst[k++] = (char)c;
    }
    dst[k] = 0;
    return true;
}

/* user[:password]@, where [at, end) is what stands before the last `@` of the authority. */
static bool parse_user(struct parse *s, size_t end, struct imap_url *u) {
    size_t colon = s->at;
    while (colon < end && s->text[colon] != ':')
        colon++;
    if (colon == s->at)
        return wrong(s, s->at, "a user name");
    if (!decode(s, s->at, colon, "@[]?#;", u->user))
        return false;
    u->has_user = true;
    if (colon < end) {
        u->has_password = true;
        if (!decode(s, colon + 1, end, "@[]?#", u->password))
            return false;
    }
    s->at = end + 1;
    return true;
}

static bool parse_bracketed(struct parse *s, size_t end, struct imap_url *u) {
    size_t from = s->at + 1, close = from;
    char address[URL_FIELD];
    unsigned char any[16];
    while (close < end && s->text[close] != ']')
        close++;
    if (close == end)
        return wrong(s, end, "']' after the IPv6 address");
    if (!decode(s, from, close, "[]@?#", u->host))
        return false;
    snprintf(address, sizeof address, "%s", u->host);
    address[strcspn(address, "%")] = 0; /* the zone, written %25eth0 */
    if (inet_pton(AF_INET6, address, any) != 1)
        return wrong(s, from, "an IPv6 address in brackets");
    s->at = close + 1;
    return true;
}

static bool parse_host(struct parse *s, size_t end, struct imap_url *u) {
    size_t i = s->at, k = 0;
    if (s->text[i] == '[')
        return parse_bracketed(s, end, u);
    for (; i < end && s->text[i] != ':'; i++) {
        char c = s->text[i];
        bool name =
            (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || (k > 0 && strchr("-._", c));
        if (!name)
            return wrong(s, i, k ? "a letter, digit, '.', '-', ':' or '/'" : "a host name");
        if (k + 1 >= URL_FIELD)
            return wrong(s, i, "at most 255 octets here");
        u->host[k++] = c;
    }
    u->host[k] = 0;
    if (k == 0)
        return wrong(s, i, "a host name");
    s->at = i;
    return true;
}

static bool parse_port(struct parse *s, size_t end, struct imap_url *u) {
    unsigned port = 0;
    size_t from = ++s->at, i = from;
    for (; i < end; i++) {
        if (s->text[i] < '0' || s->text[i] > '9')
            return wrong(s, i, "a digit of the port (an IPv6 address stands in brackets)");
        port = port * 10 + (unsigned)(s->text[i] - '0');
        if (port > 65535)
            return wrong(s, i, "a port of at most 65535");
    }
    if (i > from && port == 0)
        return wrong(s, from, "a port from 1 to 65535");
    if (i > from) /* RFC 3986 3.2.3: an empty port is the default one */
        u->port = (uint16_t)port;
    s->at = i;
    return true;
}

bool url_parse(const char *text, struct imap_url *u, struct url_error *e) {
    struct parse s = {text, 0, e};
    const struct scheme *scheme = scheme_of(text);
    memset(u, 0, sizeof *u);
    if (!scheme)
        return wrong(&s, 0, "imap://, imaps:// or imap+starttls://");
    u->tls = scheme->tls;
    u->port = scheme->port;
    s.at = strlen(scheme->name);
    size_t end = s.at + strcspn(text + s.at, "/?#"), at = end;
    while (at > s.at && text[at - 1] != '@')
        at--;
    if (at > s.at && !parse_user(&s, at - 1, u))
        return false;
    if (!parse_host(&s, end, u))
        return false;
    if (s.at < end && text[s.at] != ':')
        return wrong(&s, s.at, "':', '/' or the end");
    if (s.at < end && !parse_port(&s, end, u))
        return false;
    if (text[end] == '/')
        end++;
    if (text[end])
        return wrong(&s, end, "the end (a mailbox or query has no meaning here)");
    return true;
}

/* Escapes all but what is certain to need none (RFC 3986 2.3) and what `also` lists. */
static void encode(char *dst, size_t cap, const char *text, const char *also) {
    size_t k = 0;
    for (const unsigned char *p = (const unsigned char *)text; *p && k + 4 <= cap; p++) {
        bool bare =
            (*p >= '0' && *p <= '9') || ((*p | 0x20) >= 'a' && (*p | 0x20) <= 'z') || strchr(also, *p);
        k += (size_t)snprintf(dst + k, cap - k, bare ? "%c" : "%%%02X", *p);
    }
    dst[k] = 0;
}

const char *url_label(const struct imap_url *u, char *dst, size_t cap) {
    char user[3 * URL_FIELD + 1], host[3 * URL_FIELD + 1];
    const struct scheme *s = schemes;
    while (s->tls != u->tls)
        s++;
    bool v6 = strchr(u->host, ':') != NULL;
    encode(user, sizeof user, u->user, "-._~");
    encode(host, sizeof host, u->host, "-._:");
    snprintf(dst, cap, "%s%s%s%s%s%s:%u/", s->name, user, u->has_user ? "@" : "", v6 ? "[" : "", host,
             v6 ? "]" : "", u->port);
    return dst;
}
