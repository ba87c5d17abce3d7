/* frame.c: where one response ends in a stream: lines, joined by the literals that they announce.
 *
 * The text of OK, NO, BAD, BYE, PREAUTH and `+` is no place for a literal: `* OK wait {5}` is one line. Only a response
 * code that is still open at the line's end (BADCHARSET with a literal) goes on.
 */
#include <string.h>

#include "cursor.h"

bool frame_announces(const uint8_t *from, const uint8_t *end, uint64_t *n)
{
    if (end - from < 3 || end[-1] != '}')
        return false;
    const uint8_t *d = end - 1;
    while (d > from && d[-1] >= '0' && d[-1] <= '9')
        d--;
    if (d == from || d[-1] != '{' || d == end - 1)
        return false;
    *n = 0;
    for (; d < end - 1; d++)
        *n = *n > NUMBER63 / 10 ? UINT64_MAX : *n * 10 + (uint64_t)(*d - '0'); /* saturates: too long for everybody */
    return true;
}

static bool word_at(const uint8_t *p, const uint8_t *end, const char *z)
{
    for (; *z != 0; p++, z++)
        if (p == end || (*p & ~32) != *z)
            return false;
    return p < end && *p == ' ';
}

/* Behind the first word of a status response (its tag or `*`, then OK and so on): its text; else NULL. */
static const uint8_t *status_text(const uint8_t *p, const uint8_t *end)
{
    static const char *const words[] = {"OK", "NO", "BAD", "BYE", "PREAUTH"};
    const uint8_t *sp = memchr(p, ' ', (size_t)(end - p));
    if (sp == NULL)
        return NULL;
    if (*p == '+')
        return sp + 1;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (word_at(sp + 1, end, words[i]))
            return sp + 2 + strlen(words[i]);
    return NULL;
}

/* Behind the quoted string that begins at p, or p + 1 if it is none: it does not end on its line. */
static const uint8_t *behind_quoted(const uint8_t *p, const uint8_t *end)
{
    for (const uint8_t *q = p + 1; q < end && *q != '\r' && *q != '\n'; q++) {
        if (*q == '"')
            return q + 1;
        if (*q == '\\' && q + 1 < end)
            q++;
    }
    return p + 1;
}

/* BADCHARSET alone holds strings (RFC 3501 and 9051; in RFC 2060 no code does): there a `]` may stand in one. */
static bool charsets_open(const uint8_t *p, const uint8_t *end)
{
    const uint8_t *line = p;
    while (p < end && *p != ']') {
        uint64_t octets;
        if (*p == '"') {
            p = behind_quoted(p, end);
        } else if (*p++ == '\n' && frame_announces(line, p - 2, &octets)) {
            p += octets; /* its lines have been gone through: all of it is there */
            line = p;
        }
    }
    return p >= end;
}

/* May the response whose lines up to `end` lie at p go on with a literal? */
static bool may_go_on(const uint8_t *p, const uint8_t *end)
{
    const uint8_t *text = status_text(p, end);
    if (text == NULL || text == end || *text != '[')
        return text == NULL;
    if (word_at(text + 1, end, "BADCHARSET"))
        return charsets_open(text + 1, end);
    return memchr(text, ']', (size_t)(end - text)) == NULL;
}

enum frame_result frame_response(struct frame *f, const uint8_t *p, size_t n, size_t max_line, size_t max_literal,
                                 size_t *len)
{
    for (;;) {
        if (f->scanned > n)
            return FRAME_MORE; /* inside a literal */
        const uint8_t *lf = f->scanned < n ? memchr(p + f->scanned, '\n', n - f->scanned) : NULL;
        size_t end = lf != NULL ? (size_t)(lf - p) + 1 : n;
        if (end - f->line > max_line)
            return FRAME_LINE_TOO_LONG;
        if (lf == NULL) {
            f->scanned = n;
            return FRAME_MORE;
        }
        bool crlf = lf > p + f->line && lf[-1] == '\r';
        uint64_t octets;
        if (!crlf || !frame_announces(p + f->line, lf - 1, &octets) || !may_go_on(p, lf - 1)) {
            *len = end;
            return FRAME_WHOLE;
        }
        if (octets > max_literal || octets > SIZE_MAX / 2)
            return FRAME_LITERAL_TOO_LONG;
        f->line = f->scanned = end + (size_t)octets;
    }
}
