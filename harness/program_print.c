/* program_print.c: a program back to its text. */
#include "program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Text that grows; `bad` once memory ran out. */
struct text {
    char *p;
    size_t n, cap;
    bool bad;
};

static void put(struct text *t, const void *p, size_t n) {
    if (t->bad)
        return;
    if (t->n + n + 1 > t->cap) {
        size_t cap = (t->cap ? t->cap * 2 : 1024) + n;
        char *q = realloc(t->p, cap);
        if (!q) {
            t->bad = true;
            return;
        }
        t->p = q;
        t->cap = cap;
    }
    memcpy(t->p + t->n, p, n);
    t->n += n;
}

static void puts_text(struct text *t, const char *z) { put(t, z, strlen(z)); }

static bool upper_hex(uint8_t c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F'); }

static void put_octet(struct text *t, struct slice s, size_t i, bool edge) {
    uint8_t c = s.p[i];
    bool escape =
        c == '\\' && i + 3 < s.n && s.p[i + 1] == 'x' && upper_hex(s.p[i + 2]) && upper_hex(s.p[i + 3]);
    if (c >= 0x20 && c < 0x7f && !escape && !(edge && c == ' ')) {
        put(t, &c, 1);
        return;
    }
    char hex[8];
    snprintf(hex, sizeof hex, "\\x%02X", c);
    puts_text(t, hex);
}

/* The text behind the colon, with its line end; CRLFs become continuation lines. */
static void put_wire(struct text *t, struct slice s) {
    size_t i = 0;
    for (bool first = true;; first = false) {
        size_t end = i;
        while (end < s.n && !(s.p[end] == '\r' && end + 1 < s.n && s.p[end + 1] == '\n'))
            end++;
        if (end > i)
            puts_text(t, " ");
        for (size_t k = i; k < end; k++)
            put_octet(t, (struct slice){s.p, (uint32_t)end}, k, (first && k == i) || k + 1 == end);
        puts_text(t, "\n");
        if (end >= s.n)
            return;
        puts_text(t, "  |");
        i = end + 2;
    }
}

static void put_tag(struct text *t, struct slice tag) {
    puts_text(t, " [");
    for (size_t i = 0; i < tag.n; i++) {
        if (tag.p[i] == ']')
            puts_text(t, "\\x5D");
        else
            put_octet(t, tag, i, true);
    }
    puts_text(t, "]");
}

static void put_wire_line(struct text *t, const struct program *p, const struct line *l) {
    char head[64];
    snprintf(head, sizeof head, "%c%u", l->kind == LINE_SEND ? 'C' : 'S', l->session);
    puts_text(t, head);
    if (l->flags & LINE_AUTO)
        puts_text(t, " auto");
    if (l->flags & LINE_RAW)
        puts_text(t, " raw");
    if (l->flags & LINE_CUT)
        puts_text(t, " cut");
    if (l->kind == LINE_EXPECT && l->repeat > 1) {
        snprintf(head, sizeof head, " x%u", l->repeat);
        puts_text(t, head);
    }
    if (l->tag_n)
        put_tag(t, program_tag(p, l));
    puts_text(t, l->flags & LINE_NOWAIT     ? "+"
                 : l->flags & LINE_OPTIONAL ? "?"
                 : l->flags & LINE_ABSENT   ? "!"
                                            : "");
    puts_text(t, ":");
    put_wire(t, program_text(p, l));
}

static void put_open(struct text *t, const struct line *l) {
    static const char *const tls[] = {"", " tls=plain", " tls=tls", " tls=starttls"};
    char buf[96];
    snprintf(buf, sizeof buf, "@open C%u", l->session);
    puts_text(t, buf);
    if (l->user) {
        snprintf(buf, sizeof buf, " user=%u", l->user);
        puts_text(t, buf);
    }
    puts_text(t, tls[l->tls & 3]);
    puts_text(t, l->flags & LINE_NO_LOGIN ? " login=no\n" : "\n");
}

/* A comment's or name list's text: one line, no blanks at its ends. */
static void put_words(struct text *t, const char *before, struct slice s) {
    puts_text(t, before);
    size_t from = 0, to = s.n;
    while (from < to && s.p[from] == ' ')
        from++;
    while (to > from && s.p[to - 1] == ' ')
        to--;
    if (to > from)
        puts_text(t, " ");
    for (size_t i = from; i < to; i++)
        put(t, (s.p[i] < 0x20 || s.p[i] == 0x7f) ? (const uint8_t *)"?" : s.p + i, 1);
    puts_text(t, "\n");
}

static void put_line(struct text *t, const struct program *p, const struct line *l) {
    char buf[64];
    switch ((enum line_kind)l->kind) {
    case LINE_SEND:
    case LINE_EXPECT:
        put_wire_line(t, p, l);
        break;
    case LINE_OPEN:
        put_open(t, l);
        break;
    case LINE_CLOSE:
        snprintf(buf, sizeof buf, "@close %c%u", l->flags & LINE_BY_SERVER ? 'S' : 'C', l->session);
        put_words(t, buf, program_text(p, l));
        break;
    case LINE_WAIT:
        snprintf(buf, sizeof buf, "@wait %u\n", l->ms);
        puts_text(t, buf);
        break;
    case LINE_CHECKPOINT:
        puts_text(t, "@checkpoint\n");
        break;
    case LINE_MAILBOX:
        put_words(t, "@mailbox", program_text(p, l));
        break;
    case LINE_COMMENT:
        put_words(t, "#", program_text(p, l));
        break;
    }
}

static char *finish(struct text *t, size_t *n) {
    put(t, "", 1);
    if (t->bad) {
        free(t->p);
        return NULL;
    }
    if (n)
        *n = t->n - 1;
    return t->p;
}

/* A comment that would be a trace's header if the text began with it. */
static bool like_header(const struct program *p, const struct line *l) {
    static const char trace[] = "imapdiff trace ";
    struct slice s = program_text(p, l);
    while (s.n > 0 && s.p[0] == ' ')
        s.p++, s.n--;
    return l->kind == LINE_COMMENT && s.n >= sizeof trace - 1 && !memcmp(s.p, trace, sizeof trace - 1);
}

char *program_print(const struct program *p, size_t *n) {
    struct text t = {0};
    if (p->trace)
        puts_text(&t, "# imapdiff trace 1\n");
    else if (p->lines && like_header(p, &p->line[0]))
        puts_text(&t, "\n");
    for (uint32_t i = 0; p->trace && i < p->heads; i++) {
        puts_text(&t, "# ");
        puts_text(&t, p->head[i].key);
        puts_text(&t, p->head[i].value[0] ? ": " : ":");
        puts_text(&t, p->head[i].value);
        puts_text(&t, "\n");
    }
    if (p->trace)
        puts_text(&t, "\n");
    for (uint32_t i = 0; i < p->lines; i++)
        put_line(&t, p, &p->line[i]);
    if (p->trace)
        puts_text(&t, "# end\n");
    return finish(&t, n);
}

char *program_print_sent(const struct program *p, size_t *n) {
    struct text t = {0};
    for (uint32_t i = 0; i < p->lines; i++) {
        const struct line *l = &p->line[i];
        bool received = l->kind == LINE_EXPECT || (l->kind == LINE_CLOSE && l->flags & LINE_BY_SERVER);
        if (!received && l->kind != LINE_COMMENT && !(l->flags & LINE_AUTO && l->kind == LINE_SEND))
            put_line(&t, p, l);
    }
    return finish(&t, n);
}
