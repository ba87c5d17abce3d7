/* program.c: a program's lines and octets in memory: additions, copies, header. */
#include "program.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void program_init(struct program *p) { memset(p, 0, sizeof *p); }

void program_clear(struct program *p) {
    p->lines = p->used = p->heads = 0;
    p->trace = p->failed = false;
}

void program_free(struct program *p) {
    free(p->line);
    free(p->octets);
    program_init(p);
}

/* Room for one more element of `size` octets in an array; grows by doubling up to max elements. */
static bool room(void **array, uint32_t *cap, uint64_t want, uint32_t max, size_t size) {
    if (want <= *cap)
        return true;
    if (want > max)
        return false;
    uint64_t grown = *cap ? *cap : 64;
    while (grown < want)
        grown *= 2;
    void *q = realloc(*array, grown * size);
    if (!q)
        return false;
    *array = q;
    *cap = (uint32_t)grown;
    return true;
}

static bool store(struct program *p, const void *text, size_t n, uint32_t *at) {
    void *octets = p->octets;
    if (n > PROGRAM_OCTETS_MAX ||
        !room(&octets, &p->octets_cap, (uint64_t)p->used + n, PROGRAM_OCTETS_MAX, 1))
        return false;
    p->octets = octets;
    if (n)
        memcpy(p->octets + p->used, text, n);
    *at = p->used;
    p->used += (uint32_t)n;
    return true;
}

struct line *program_add(struct program *p, enum line_kind kind, int session, const void *text, size_t n) {
    void *lines = p->line;
    struct line l = {.kind = (uint8_t)kind, .session = (uint8_t)session, .repeat = 1, .n = (uint32_t)n};
    if (p->failed || !room(&lines, &p->lines_cap, (uint64_t)p->lines + 1, PROGRAM_LINES_MAX, sizeof l) ||
        !store(p, text, n, &l.text)) {
        if (lines)
            p->line = lines;
        p->failed = true;
        return NULL;
    }
    p->line = lines;
    p->line[p->lines] = l;
    return &p->line[p->lines++];
}

static struct line *add_format(struct program *p, enum line_kind kind, int session, const char *fmt,
                               va_list ap) {
    char small[512], *text = small;
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(small, sizeof small, fmt, ap);
    if (n >= (int)sizeof small && (text = malloc((size_t)n + 1)))
        vsnprintf(text, (size_t)n + 1, fmt, again);
    va_end(again);
    struct line *l = NULL;
    if (n < 0 || !text)
        p->failed = true;
    else
        l = program_add(p, kind, session, text, (size_t)n);
    if (text != small)
        free(text);
    return l;
}

#define ADD_FORMAT(kind, session)                                                                            \
    va_list ap;                                                                                              \
    va_start(ap, fmt);                                                                                       \
    struct line *l = add_format(p, kind, session, fmt, ap);                                                  \
    va_end(ap);                                                                                              \
    return l

struct line *program_send(struct program *p, int session, const char *fmt, ...) {
    ADD_FORMAT(LINE_SEND, session);
}

struct line *program_expect(struct program *p, int session, const char *fmt, ...) {
    ADD_FORMAT(LINE_EXPECT, session);
}

struct line *program_comment(struct program *p, const char *fmt, ...) {
    ADD_FORMAT(LINE_COMMENT, 0);
}

struct line *program_open(struct program *p, int session, int user, enum line_tls tls, bool login) {
    struct line *l = program_add(p, LINE_OPEN, session, NULL, 0);
    if (l) {
        l->user = (uint8_t)user;
        l->tls = (uint8_t)tls;
        l->flags = login ? 0 : LINE_NO_LOGIN;
    }
    return l;
}

struct line *program_close(struct program *p, int session) {
    return program_add(p, LINE_CLOSE, session, NULL, 0);
}

struct line *program_wait(struct program *p, uint32_t ms) {
    struct line *l = program_add(p, LINE_WAIT, 0, NULL, 0);
    if (l)
        l->ms = ms;
    return l;
}

struct line *program_checkpoint(struct program *p) {
    return program_add(p, LINE_CHECKPOINT, 0, NULL, 0);
}

struct line *program_append(struct program *p, int session, const char *mailbox, const char *flags,
                            const char *mark) {
    char body[512];
    int n = snprintf(body, sizeof body,
                     "Date: Mon, 7 Feb 1994 21:52:25 -0800\r\nFrom: Fred Foobar <foobar@example.org>\r\n"
                     "To: Mo Ooch <mooch@example.org>\r\nSubject: %s\r\nMessage-Id: "
                     "<%s@example.org>\r\n\r\nThis is %s.\r\n",
                     mark, mark, mark);
    if (n < 0 || n >= (int)sizeof body) {
        p->failed = true;
        return NULL;
    }
    return program_send(p, session, "APPEND %s %s%s{%d}\r\n%s", mailbox, flags ? flags : "", flags ? " " : "",
                        n, body);
}

struct line *program_take(struct program *p, const struct program *from, const struct line *l) {
    struct line *to = program_add(p, l->kind, l->session, program_text(from, l).p, l->n);
    if (!to)
        return NULL;
    uint32_t text = to->text, tag = 0;
    if (l->tag_n && !store(p, program_tag(from, l).p, l->tag_n, &tag)) {
        p->failed = true;
        p->lines--;
        return NULL;
    }
    *to = *l;
    to->text = text;
    to->tag = tag;
    return to;
}

bool program_copy(struct program *to, const struct program *from) {
    program_clear(to);
    for (uint32_t i = 0; i < from->lines; i++)
        if (!program_take(to, from, &from->line[i]))
            return false;
    memcpy(to->head, from->head, sizeof to->head);
    to->heads = from->heads;
    to->trace = from->trace;
    to->failed = from->failed;
    return true;
}

struct slice program_text(const struct program *p, const struct line *l) {
    return (struct slice){l->n ? p->octets + l->text : NULL, l->n};
}

struct slice program_tag(const struct program *p, const struct line *l) {
    return (struct slice){l->tag_n ? p->octets + l->tag : NULL, l->tag_n};
}

const char *program_head(const struct program *p, const char *key) {
    for (uint32_t i = 0; i < p->heads; i++)
        if (!strcmp(p->head[i].key, key))
            return p->head[i].value;
    return NULL;
}

void program_set_head(struct program *p, const char *key, const char *fmt, ...) {
    struct head *h = NULL;
    for (uint32_t i = 0; i < p->heads && !h; i++)
        if (!strcmp(p->head[i].key, key))
            h = &p->head[i];
    if (!h) {
        if (p->heads == HEAD_MAX)
            return;
        h = &p->head[p->heads++];
    }
    snprintf(h->key, sizeof h->key, "%s", key);
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(h->value, sizeof h->value, fmt, ap);
    va_end(ap);
    /* One line of printable text without blanks at its ends, so that it reads back as it was. */
    size_t n = strlen(h->value), skip = strspn(h->value, " ");
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)h->value[i] < 0x20 || h->value[i] == 0x7f)
            h->value[i] = ' ';
    while (n > skip && h->value[n - 1] == ' ')
        n--;
    memmove(h->value, h->value + skip, n - skip);
    h->value[n - skip] = '\0';
}

uint32_t program_commands(const struct program *p) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < p->lines; i++)
        n += p->line[i].kind == LINE_SEND && !(p->line[i].flags & LINE_AUTO);
    return n;
}
