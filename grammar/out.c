/* out.c: printing the strings of IMAP into a bounded buffer. */
#include <string.h>

#include "imap.h"

void out_octets(struct out *o, const void *p, size_t n)
{
    if (n > 0 && o->len < o->cap)
        memcpy(o->p + o->len, p, n < o->cap - o->len ? n : o->cap - o->len);
    o->len += n;
}

void out_text(struct out *o, const char *z) { out_octets(o, z, strlen(z)); }

void out_number(struct out *o, uint64_t n)
{
    char b[20];
    size_t i = sizeof b;
    do
        b[--i] = (char)('0' + n % 10);
    while ((n /= 10) > 0);
    out_octets(o, b + i, sizeof b - i);
}

void out_quoted(struct out *o, struct slice raw)
{
    out_octets(o, "\"", 1);
    uint32_t from = 0;
    for (uint32_t i = 0; i < raw.n; i++)
        if (raw.p[i] == '"' || raw.p[i] == '\\') {
            out_octets(o, raw.p + from, i - from);
            out_octets(o, "\\", 1);
            from = i;
        }
    out_octets(o, raw.p + from, raw.n - from);
    out_octets(o, "\"", 1);
}

void out_literal(struct out *o, struct slice raw)
{
    out_octets(o, "{", 1);
    out_number(o, raw.n);
    out_octets(o, "}\r\n", 3);
    out_octets(o, raw.p, raw.n);
}

static bool quotable(struct slice raw)
{
    for (uint32_t i = 0; i < raw.n; i++)
        if (raw.p[i] == 0 || raw.p[i] == '\r' || raw.p[i] == '\n' || raw.p[i] >= 0x80)
            return false;
    return true;
}

void out_string(struct out *o, struct slice raw)
{
    if (quotable(raw))
        out_quoted(o, raw);
    else
        out_literal(o, raw);
}

/* ASTRING-CHAR of RFC 3501; what a bare astring may hold in every dialect */
static bool bare(struct slice raw)
{
    for (uint32_t i = 0; i < raw.n; i++)
        if (raw.p[i] <= ' ' || raw.p[i] >= 0x7f || strchr("(){%*\"\\", raw.p[i]) != NULL)
            return false;
    return raw.n > 0;
}

void out_astring(struct out *o, struct slice raw)
{
    if (bare(raw) && !slice_is_nocase(raw, "NIL")) /* NIL bare is legal, and misread by some */
        out_octets(o, raw.p, raw.n);
    else
        out_string(o, raw);
}
