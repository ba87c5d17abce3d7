/* program_parse.c: a program from its text; every error names file, line and what was expected there. */
#include "program.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct parser {
    struct program *p;
    const char *name;
    uint32_t at;            /* number of the current line */
    const char *text, *end; /* what is left, from the next line on */
    struct line *wire;      /* the line that a `  | ` goes on with, or NULL */
    char *err;
    size_t errlen;
};

static bool fail(const struct parser *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static bool fail(const struct parser *s, const char *fmt, ...) {
    int n = snprintf(s->err, s->errlen, "%s:%u: ", s->name, s->at);
    if (n < 0 || (size_t)n >= s->errlen)
        return false;
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(s->err + n, s->errlen - (size_t)n, fmt, ap);
    va_end(ap);
    for (char *c = s->err + n; *c; c++) /* the line may hold anything; a terminal should not see it */
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            *c = ' ';
    return false;
}

static bool is(struct slice s, const char *z) { return s.n == strlen(z) && !memcmp(s.p, z, s.n); }

static bool starts(struct slice s, const char *z) { return s.n >= strlen(z) && !memcmp(s.p, z, strlen(z)); }

static struct slice trim(struct slice s) {
    while (s.n && (*s.p == ' ' || *s.p == '\t'))
        s.p++, s.n--;
    while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t' || s.p[s.n - 1] == '\r'))
        s.n--;
    return s;
}

/* The next word, up to a blank; n = 0 at the end. */
static struct slice word(struct slice *s) {
    *s = trim(*s);
    struct slice w = {s->p, 0};
    while (w.n < s->n && s->p[w.n] != ' ' && s->p[w.n] != '\t')
        w.n++;
    s->p += w.n;
    s->n -= w.n;
    return w;
}

/* Decimal digits only; false when there is none, another octet, or more than max. */
static bool number(struct slice s, uint32_t max, uint32_t *out) {
    uint64_t v = 0;
    for (uint32_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9' || (v = v * 10 + (uint64_t)(s.p[i] - '0')) > max)
            return false;
    }
    *out = (uint32_t)v;
    return s.n > 0;
}

static int hex(uint8_t c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Appends decoded text (\xHH) to what stands last in the octets. */
static bool decode(struct parser *s, struct slice in, uint32_t *n) {
    uint8_t *buf = malloc(in.n ? in.n : 1);
    if (!buf)
        return fail(s, "out of memory");
    uint32_t len = 0;
    for (uint32_t i = 0; i < in.n; i++) {
        if (in.p[i] == '\\' && i + 3 < in.n && in.p[i + 1] == 'x' && hex(in.p[i + 2]) >= 0 &&
            hex(in.p[i + 3]) >= 0) {
            buf[len++] = (uint8_t)(hex(in.p[i + 2]) << 4 | hex(in.p[i + 3]));
            i += 3;
        } else {
            buf[len++] = in.p[i];
        }
    }
    /* A helper line carries the octets to the end of the array; the line itself is taken back. */
    bool ok = program_add(s->p, LINE_COMMENT, 0, buf, len) != NULL;
    free(buf);
    if (!ok)
        return fail(s, "more than %u lines or %u octets, or out of memory", PROGRAM_LINES_MAX,
                    PROGRAM_OCTETS_MAX);
    s->p->lines--;
    *n = len;
    return true;
}

static bool session_of(const struct parser *s, struct slice w, const char *letters, uint32_t *session) {
    if (!w.n || !strchr(letters, w.p[0]) ||
        !number((struct slice){w.p + 1, w.n - 1}, PROGRAM_SESSIONS, session) || !*session)
        return fail(s, "expected a session, %c1 to %c%d, not `%.*s`", letters[0], letters[0],
                    PROGRAM_SESSIONS, (int)(w.n > 40 ? 40 : w.n), (const char *)w.p);
    return true;
}

/* The words between `C1` and the colon, which stands at rest.p[0] when this is done. */
static bool modifiers(struct parser *s, struct slice *rest, struct line *l, struct slice *tag) {
    bool send = l->kind == LINE_SEND;
    while (rest->n && *rest->p != ':') {
        struct slice w = *rest;
        uint32_t k = 0;
        if (*w.p == ' ' || *w.p == '\t') {
            k = 1;
        } else if (*w.p == '[' && !send) {
            const uint8_t *close = memchr(w.p, ']', w.n);
            if (!close || close == w.p + 1)
                return fail(s, "expected a tag in brackets: [a7]");
            *tag = (struct slice){w.p + 1, (uint32_t)(close - w.p - 1)};
            k = tag->n + 2;
        } else if (starts(w, "raw") || starts(w, "cut")) {
            l->flags |= *w.p == 'r' ? LINE_RAW : LINE_CUT;
            k = 3;
        } else if (starts(w, "auto") && send) {
            l->flags |= LINE_AUTO;
            k = 4;
        } else if (*w.p == '+' && send) {
            l->flags |= LINE_NOWAIT;
            k = 1;
        } else if ((*w.p == '?' || *w.p == '!') && !send) {
            l->flags |= *w.p == '?' ? LINE_OPTIONAL : LINE_ABSENT;
            k = 1;
        } else if (*w.p == 'x' && !send) {
            for (k = 1; k < w.n && w.p[k] >= '0' && w.p[k] <= '9';)
                k++;
            if (!number((struct slice){w.p + 1, k - 1}, 1000000, &l->repeat) || !l->repeat)
                return fail(s, "expected a count behind x: x4");
        } else {
            return fail(
                s,
                send ? "expected `:`, `+:`, raw, cut or auto before the command, not `%.*s`"
                     : "expected `:`, `?:`, `!:`, x4, [tag], raw or cut before the response, not `%.*s`",
                (int)(w.n > 20 ? 20 : w.n), (const char *)w.p);
        }
        rest->p += k;
        rest->n -= k;
    }
    if (!rest->n)
        return fail(s, "expected `:` behind the session");
    return true;
}

static bool wire_line(struct parser *s, struct slice in) {
    struct slice w = {in.p, 1};
    while (w.n < in.n && in.p[w.n] >= '0' && in.p[w.n] <= '9')
        w.n++;
    uint32_t session;
    if (!session_of(s, w, in.p[0] == 'C' ? "C" : "S", &session))
        return false;
    struct line l = {.kind = in.p[0] == 'C' ? LINE_SEND : LINE_EXPECT, .repeat = 1};
    struct slice rest = {in.p + w.n, in.n - w.n}, tag = {0};
    if (!modifiers(s, &rest, &l, &tag))
        return false;
    rest = trim((struct slice){rest.p + 1, rest.n - 1});
    uint32_t tag_at = s->p->used, tag_n = 0, text, n = 0;
    if (tag.n && !decode(s, tag, &tag_n))
        return false;
    text = s->p->used;
    if (!decode(s, rest, &n))
        return false;
    struct line *to = program_add(s->p, l.kind, (int)session, NULL, 0);
    if (!to)
        return fail(s, "more than %u lines, or out of memory", PROGRAM_LINES_MAX);
    to->flags = l.flags;
    to->repeat = l.repeat;
    to->at = s->at;
    to->text = text, to->n = n;
    to->tag = tag_at, to->tag_n = tag_n;
    s->wire = to;
    return true;
}

/* `| text`: the wire line above goes on behind a CRLF. Its octets are the last in the array. */
static bool continuation(struct parser *s, struct slice in) {
    if (!s->wire)
        return fail(s, "expected a C or S line above a line that begins with `|`");
    struct line keep = *s->wire;
    uint32_t at = (uint32_t)(s->wire - s->p->line), n = 0, crlf = 0;
    in.p++, in.n--;
    if (in.n && *in.p == ' ')
        in.p++, in.n--;
    while (in.n && (in.p[in.n - 1] == ' ' || in.p[in.n - 1] == '\t' || in.p[in.n - 1] == '\r'))
        in.n--;
    if (!decode(s, (struct slice){(const uint8_t *)"\r\n", 2}, &crlf) || !decode(s, in, &n))
        return false;
    s->wire = &s->p->line[at];
    s->wire->n = keep.n + crlf + n;
    return true;
}

static bool open_option(struct parser *s, struct slice w, struct line *l) {
    static const char *const names[] = {"", "plain", "tls", "starttls"};
    uint32_t user;
    if (starts(w, "user=") && number((struct slice){w.p + 5, w.n - 5}, 255, &user) && user) {
        l->user = (uint8_t)user;
        return true;
    }
    for (uint8_t k = TLS_PLAIN; starts(w, "tls=") && k <= TLS_STARTTLS; k++)
        if (is((struct slice){w.p + 4, w.n - 4}, names[k])) {
            l->tls = k;
            return true;
        }
    if (is(w, "login=no")) {
        l->flags |= LINE_NO_LOGIN;
        return true;
    }
    return fail(s, "expected user=1, tls=plain, tls=tls, tls=starttls or login=no, not `%.*s`",
                (int)(w.n > 40 ? 40 : w.n), (const char *)w.p);
}

static bool directive(struct parser *s, struct slice in) {
    struct slice rest = {in.p + 1, in.n - 1}, w = word(&rest);
    uint32_t session = 0, ms = 0;
    struct line *l = NULL;
    if (is(w, "open") || is(w, "close")) {
        bool open = w.n == 4;
        w = word(&rest);
        if (!session_of(s, w, "CS", &session))
            return false;
        bool server = *w.p == 'S';
        if (open && server)
            return fail(s, "expected `@open C%u`: the client opens", session);
        rest = trim(rest);
        if (server && rest.n && !starts(rest, "limit:"))
            return fail(s, "expected `@close S%u` or `@close S%u limit: text`", session, session);
        l = open ? program_open(s->p, (int)session, 0, TLS_DEFAULT, true)
                 : program_add(s->p, LINE_CLOSE, (int)session, rest.p, server ? rest.n : 0);
        if (l && server) {
            l->flags = LINE_BY_SERVER;
            rest.n = 0;
        }
        while (open && l && (w = word(&rest)).n)
            if (!open_option(s, w, l))
                return false;
    } else if (is(w, "wait")) {
        if (!number(word(&rest), 600000, &ms))
            return fail(s, "expected milliseconds behind @wait: 0 to 600000");
        l = program_wait(s->p, ms);
    } else if (is(w, "checkpoint")) {
        l = program_checkpoint(s->p);
    } else if (is(w, "mailbox")) {
        rest = trim(rest);
        if (!rest.n)
            return fail(s, "expected names behind @mailbox");
        l = program_add(s->p, LINE_MAILBOX, 0, rest.p, rest.n);
        rest.n = 0;
    } else {
        return fail(s, "expected @open, @close, @wait, @checkpoint or @mailbox, not `@%.*s`",
                    (int)(w.n > 40 ? 40 : w.n), (const char *)w.p);
    }
    if ((rest = trim(rest)).n)
        return fail(s, "expected the end of the line, not `%.*s`", (int)(rest.n > 40 ? 40 : rest.n),
                    (const char *)rest.p);
    if (!l)
        return fail(s, "more than %u lines, or out of memory", PROGRAM_LINES_MAX);
    l->at = s->at;
    return true;
}

static bool item(struct parser *s, struct slice in) {
    if (in.p[0] == '|')
        return continuation(s, in);
    s->wire = NULL;
    if (in.p[0] == '#') {
        struct slice text = trim((struct slice){in.p + 1, in.n - 1});
        struct line *l = program_add(s->p, LINE_COMMENT, 0, text.p, text.n);
        if (!l)
            return fail(s, "more than %u lines, or out of memory", PROGRAM_LINES_MAX);
        l->at = s->at;
        return true;
    }
    if (in.p[0] == '@')
        return directive(s, in);
    if (in.p[0] == 'C' || in.p[0] == 'S')
        return wire_line(s, in);
    return fail(s, "expected `C1: command`, `S1: response`, `@directive` or `# comment`, not `%.*s`",
                (int)(in.n > 40 ? 40 : in.n), (const char *)in.p);
}

static bool next_line(struct parser *s, struct slice *out) {
    if (s->text >= s->end)
        return false;
    const char *nl = memchr(s->text, '\n', (size_t)(s->end - s->text));
    const char *end = nl ? nl : s->end;
    *out = (struct slice){(const uint8_t *)s->text, (uint32_t)(end - s->text)};
    s->text = nl ? nl + 1 : s->end;
    s->at++;
    return true;
}

/* `# key: value`: a trace's header goes on. */
static bool head_line(struct parser *s, struct slice in) {
    const uint8_t *colon = in.n > 2 ? memchr(in.p, ':', in.n) : NULL;
    if (!starts(in, "# ") || !colon || colon - in.p - 2 >= (int)sizeof s->p->head[0].key ||
        memchr(in.p + 2, ' ', (size_t)(colon - in.p - 2)))
        return false;
    char key[16];
    snprintf(key, sizeof key, "%.*s", (int)(colon - in.p - 2), (const char *)in.p + 2);
    struct slice value = trim((struct slice){colon + 1, (uint32_t)(in.p + in.n - colon - 1)});
    program_set_head(s->p, key, "%.*s", (int)value.n, (const char *)value.p);
    return true;
}

static bool items(struct parser *s) {
    struct slice line;
    bool head = s->p->trace;
    while (next_line(s, &line)) {
        if (memchr(line.p, '\0', line.n))
            return fail(s, "expected text; this line holds a NUL octet");
        struct slice in = trim(line);
        if (head && (head = in.n && head_line(s, in)))
            continue;
        if (in.n && !item(s, in))
            return false;
    }
    if (!s->p->trace)
        return true;
    struct line *last = s->p->lines ? &s->p->line[s->p->lines - 1] : NULL;
    if (!last || last->kind != LINE_COMMENT || !is(program_text(s->p, last), "end"))
        return fail(s, "the trace is truncated: expected `# end` as its last line");
    s->p->lines--;
    return true;
}

bool program_parse(struct program *p, const char *name, uint32_t first_line, const char *text, size_t n,
                   char *err, size_t errlen) {
    static const char trace[] = "# imapdiff trace ";
    struct parser s = {.p = p,
                       .name = name,
                       .at = first_line - 1,
                       .text = text,
                       .end = text + n,
                       .err = err,
                       .errlen = errlen};
    program_clear(p);
    if (n > PROGRAM_OCTETS_MAX) {
        s.at = 1;
        return fail(&s, "expected at most %u octets", PROGRAM_OCTETS_MAX);
    }
    struct slice line;
    if (n >= sizeof trace - 1 && !memcmp(text, trace, sizeof trace - 1) && next_line(&s, &line)) {
        if (!is(trim(line), "# imapdiff trace 1"))
            return fail(&s, "expected version 1: `# imapdiff trace 1`");
        p->trace = true;
    }
    return items(&s);
}

bool program_read(struct program *p, const char *path, char *err, size_t errlen) {
    FILE *f = fopen(path, "rb");
    if (!f) {
        snprintf(err, errlen, "%s: %s", path, strerror(errno));
        return false;
    }
    char *text = malloc(65536);
    size_t n = 0, cap = 65536, got;
    while (text && n <= PROGRAM_OCTETS_MAX && (got = fread(text + n, 1, cap - n, f)) > 0) {
        n += got;
        if (n < cap)
            continue;
        char *more = realloc(text, cap *= 2);
        if (!more)
            free(text);
        text = more;
    }
    bool bad = ferror(f) != 0, ok = false;
    int why = errno;
    fclose(f);
    if (!text)
        snprintf(err, errlen, "%s: out of memory", path);
    else if (bad)
        snprintf(err, errlen, "%s: %s", path, strerror(why));
    else
        ok = program_parse(p, path, 1, text, n, err, errlen);
    free(text);
    return ok;
}
