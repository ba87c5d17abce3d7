/* between_octets.c: streams of octets, and the commands and responses in them. */
#include "between_priv.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

void octets_add(struct octets *o, const void *p, size_t n) {
    if (o->full || o->n + n > OCTETS_MAX) {
        o->full = true;
        return;
    }
    if (o->n + n > o->cap) {
        size_t cap = o->cap ? o->cap : 8192;
        while (cap < o->n + n)
            cap *= 2;
        uint8_t *more = realloc(o->p, cap);
        if (!more) {
            o->full = true;
            return;
        }
        o->p = more;
        o->cap = cap;
    }
    if (n)
        memcpy(o->p + o->n, p, n);
    o->n += n;
}

void octets_free(struct octets *o) {
    free(o->p);
    *o = (struct octets){.p = NULL};
}

struct slice octets_from(const struct octets *o, size_t at) {
    return at < o->n ? (struct slice){o->p + at, (uint32_t)(o->n - at)} : (struct slice){0};
}

const char *octets_text(struct slice s, size_t at, size_t max, char *out, size_t n) {
    size_t from = at > max / 2 ? at - max / 2 : 0, used = 0;
    if (from && used + 4 < n)
        used += (size_t)snprintf(out, n, "...");
    for (size_t i = from; i < s.n && i < from + max && used + 8 < n; i++) {
        unsigned c = s.p[i];
        if (c == '\r' && i + 1 < s.n && s.p[i + 1] == '\n') {
            if (i + 2 < s.n)
                out[used++] = ' ';
            i++;
        } else if (c >= 0x20 && c < 0x7f)
            out[used++] = (char)c;
        else
            used += (size_t)snprintf(out + used, n - used, "\\x%02X", c);
    }
    if (s.n > from + max && used + 4 < n)
        used += (size_t)snprintf(out + used, n - used, "...");
    out[used < n ? used : n - 1] = '\0';
    return out;
}

/* Does a command's line (without CRLF) announce a literal? Its size, or -1. */
static int64_t announced(const uint8_t *line, size_t n) {
    size_t i = n;
    int64_t octets = 0, scale = 1;
    if (n < 3 || line[n - 1] != '}')
        return -1;
    i--;
    if (line[i - 1] == '+')
        i--;
    size_t digits = i;
    for (; i && isdigit(line[i - 1]) && digits - i < 9; i--, scale *= 10)
        octets += (line[i - 1] - '0') * scale;
    return i && i < digits && line[i - 1] == '{' ? octets : -1;
}

bool next_command(struct slice *rest, struct slice *command) {
    size_t end = 0;
    for (;;) {
        const uint8_t *lf = end < rest->n ? memchr(rest->p + end, '\n', rest->n - end) : NULL;
        if (!lf)
            return false;
        size_t line = end;
        end = (size_t)(lf - rest->p) + 1;
        size_t n = end - 1 - line;
        if (n && rest->p[line + n - 1] == '\r')
            n--;
        struct slice word = word_of((struct slice){rest->p, (uint32_t)end}, 1);
        int64_t literal = slice_is_nocase(word, "CLIENTID") ? -1 : announced(rest->p + line, n);
        if (literal < 0)
            break;
        if (end + (size_t)literal > rest->n)
            return false;
        end += (size_t)literal;
    }
    *command = (struct slice){rest->p, (uint32_t)end};
    *rest = (struct slice){rest->p + end, (uint32_t)(rest->n - end)};
    return true;
}

bool next_response(struct slice *rest, struct slice *response) {
    struct frame f = {0};
    size_t n = 0;
    if (!rest->n || frame_response(&f, rest->p, rest->n, OCTETS_MAX, OCTETS_MAX, &n) != FRAME_WHOLE)
        return false;
    *response = (struct slice){rest->p, (uint32_t)n};
    *rest = (struct slice){rest->p + n, (uint32_t)(rest->n - n)};
    return true;
}

struct slice word_of(struct slice line, int n) {
    const uint8_t *p = line.p, *end = line.n ? memchr(p, '\n', line.n) : NULL;
    if (!end)
        end = p + line.n;
    while (end > p && (end[-1] == '\r' || end[-1] == '\n'))
        end--;
    for (;; n--) {
        const uint8_t *blank = p < end ? memchr(p, ' ', (size_t)(end - p)) : NULL;
        if (!n)
            return (struct slice){p, (uint32_t)((blank ? blank : end) - p)};
        if (!blank)
            return (struct slice){end, 0};
        p = blank + 1;
    }
}

bool has_text(struct slice s, const char *text, bool nocase) {
    size_t n = strlen(text);
    for (size_t i = 0; i + n <= s.n; i++) {
        struct slice at = {s.p + i, (uint32_t)n};
        if (nocase ? slice_is_nocase(at, text) : slice_is(at, text))
            return true;
    }
    return false;
}
