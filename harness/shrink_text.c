/* shrink_text.c: simpler forms of one command: a short message, a plain name, fewer ranges, items, flags,
 * words. */
#include "shrink.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct form {
    uint8_t *buf;
    uint32_t cap, n;
    bool full;
};

static void add(struct form *f, const void *p, uint32_t n) {
    if (n > f->cap - f->n)
        f->full = true;
    else if (n)
        memcpy(f->buf + f->n, p, n), f->n += n;
}

static uint32_t done(const struct form *f) { return f->full || !f->n ? SHRINK_SKIP : f->n; }

/* The literal's announcement that ends the first line: where it begins; t.n if there is none. *body: where
 * its octets begin. */
static uint32_t announcement(struct slice t, uint32_t *body) {
    for (uint32_t i = 0; i + 1 < t.n; i++) {
        if (t.p[i] != '\r' || t.p[i + 1] != '\n')
            continue;
        uint32_t k = i;
        *body = i + 2;
        if (!k || t.p[--k] != '}')
            break;
        while (k && t.p[k] != '{')
            k--;
        return t.p[k] == '{' ? k : t.n;
    }
    *body = t.n;
    return t.n;
}

static bool starts(struct slice t, const char *z) {
    uint32_t n = (uint32_t)strlen(z);
    return t.n > n && !memcmp(t.p, z, n);
}

/* APPEND: the message as a Subject and a line (its own Subject, so that messages stay apart), or less. */
static uint32_t small_message(struct slice t, uint32_t k, struct form *f) {
    uint32_t body, mark = announcement(t, &body);
    if (mark == t.n || !starts(t, "APPEND "))
        return SHRINK_SKIP;
    char message[200], size[32];
    int n = 0;
    if (k == 0) {
        struct slice subject = {(const uint8_t *)"m", 1};
        for (uint32_t i = body; i + 9 < t.n; i++)
            if (!memcmp(t.p + i, "Subject: ", 9)) {
                subject = (struct slice){t.p + i + 9, 0};
                while (i + 9 + subject.n < t.n && subject.n < 60 && subject.p[subject.n] != '\r')
                    subject.n++;
                break;
            }
        n = snprintf(message, sizeof message, "Subject: %.*s\r\n\r\nx\r\n", (int)subject.n,
                     (const char *)subject.p);
    } else {
        n = snprintf(message, sizeof message, "Subject: x\r\n\r\n");
    }
    int m = snprintf(size, sizeof size, "{%d}\r\n", n);
    add(f, t.p, mark);
    add(f, size, (uint32_t)m);
    add(f, message, (uint32_t)n);
    return done(f);
}

/* A name that is a literal of a few octets, as an atom. */
static uint32_t short_literal(struct slice t, struct form *f) {
    uint32_t body, mark = announcement(t, &body), n = 0;
    for (uint32_t i = mark + 1; i < t.n && t.p[i] >= '0' && t.p[i] <= '9' && n < 100; i++)
        n = n * 10 + (uint32_t)(t.p[i] - '0');
    if (mark == t.n || !n || n > 16 || body + n > t.n)
        return SHRINK_SKIP;
    for (uint32_t i = 0; i < n; i++)
        if (t.p[body + i] < 'A' || t.p[body + i] > 'z')
            return SHRINK_SKIP;
    add(f, t.p, mark);
    add(f, t.p + body, t.n - body);
    return done(f);
}

/* Without the quotes of a word that needs none. */
static uint32_t unquoted(struct slice t, struct form *f) {
    uint32_t body;
    announcement(t, &body);
    for (uint32_t i = 0; i + 2 < body; i++) {
        if (t.p[i] != '"')
            continue;
        uint32_t end = i + 1;
        while (end < body && ((t.p[end] >= 'A' && t.p[end] <= 'Z') || t.p[end] == '$' || t.p[end] == '/'))
            end++;
        if (end == i + 1 || end >= body || t.p[end] != '"')
            continue;
        add(f, t.p, i);
        add(f, t.p + i + 1, end - i - 1);
        add(f, t.p + end + 1, t.n - end - 1);
        return done(f);
    }
    return SHRINK_SKIP;
}

/* The k-th piece of the command line (not of literals) goes: pieces are split at blanks, commas and colons
 * outside parentheses' contents and quotes; the separator goes too. The first word stays. */
static bool separator(uint8_t c) { return c == ' ' || c == ',' || c == ':'; }

static uint32_t without_piece(struct slice t, uint32_t k, struct form *f, bool *end) {
    uint32_t body, line = announcement(t, &body);
    uint32_t piece = 0, from = 0;
    int depth = 0; /* `$uid(FOO,3)` is one piece */
    bool quoted = false, call = false;
    for (uint32_t i = 0; i <= line; i++) {
        if (i < line && t.p[i] == '"')
            quoted = !quoted;
        if (i < line && t.p[i] == '(' && i && t.p[i - 1] != ' ' && t.p[i - 1] != '(' && !quoted)
            call = true, depth++;
        if (i < line && t.p[i] == ')' && call && !quoted && !--depth)
            call = false;
        if (i < line && (quoted || call || !separator(t.p[i])))
            continue;
        if (piece++ == k + 1) { /* the piece is [from, i), with the separator before it */
            /* The command's first word stays, and so does a parenthesis at either side. */
            uint32_t a = from, b = i;
            while (a < b && t.p[a] == '(')
                a++;
            while (b > a && t.p[b - 1] == ')' && !(a < b && memchr(t.p + a, '(', b - a)))
                b--;
            bool first = a > from; /* behind "(": its separator is the one that follows */
            add(f, t.p, first ? a : from - 1);
            if (first && b == i && i < line)
                b = i + 1;
            add(f, t.p + b, t.n - b);
            return done(f);
        }
        from = i + 1;
    }
    *end = true;
    return SHRINK_SKIP;
}

/* Without the k-th parenthesis, its contents and the blank before it. */
static uint32_t without_group(struct slice t, uint32_t k, struct form *f) {
    uint32_t body, line = announcement(t, &body);
    for (uint32_t i = 1; i < line; i++) {
        if (t.p[i] != '(' || t.p[i - 1] != ' ' || k--)
            continue;
        uint32_t end = i + 1;
        for (int depth = 1; end < line && depth; end++)
            depth += t.p[end] == '(' ? 1 : t.p[end] == ')' ? -1 : 0;
        add(f, t.p, i - 1);
        add(f, t.p + end, t.n - end);
        return done(f);
    }
    return SHRINK_SKIP;
}

/* Without literals and what follows. */
static uint32_t without_literal(struct slice t, struct form *f) {
    uint32_t body, mark = announcement(t, &body);
    if (mark == t.n || mark < 2)
        return SHRINK_SKIP;
    add(f, t.p, t.p[mark - 1] == ' ' ? mark - 1 : mark);
    return done(f);
}

/* The set, the second word or the third behind UID, as `with`. */
static uint32_t other_set(struct slice t, const char *with, struct form *f) {
    static const char *const commands[] = {"FETCH ", "STORE ", "COPY ", "MOVE ", "EXPUNGE "};
    uint32_t at = starts(t, "UID ") ? 4 : 0;
    struct slice rest = {t.p + at, t.n - at};
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (!starts(rest, commands[i]))
            continue;
        at += (uint32_t)strlen(commands[i]);
        uint32_t end = at;
        while (end < t.n && t.p[end] != ' ')
            end++;
        add(f, t.p, at);
        add(f, with, (uint32_t)strlen(with));
        add(f, t.p + end, t.n - end);
        return done(f);
    }
    return SHRINK_SKIP;
}

/* FETCH's items as `with`. */
static uint32_t other_items(struct slice t, const char *with, struct form *f) {
    uint32_t at = starts(t, "UID ") ? 4 : 0;
    struct slice rest = {t.p + at, t.n - at};
    if (!starts(rest, "FETCH "))
        return SHRINK_SKIP;
    at += 6;
    while (at < t.n && t.p[at] != ' ')
        at++;
    if (at == t.n)
        return SHRINK_SKIP;
    add(f, t.p, at + 1);
    add(f, with, (uint32_t)strlen(with));
    return done(f);
}

/* ---- forms that are no command any more where it was one ---- */

/* Length of a `$word` at t.p[i]; `value` is something that may stand in its place. 0: none. */
static uint32_t dollar(struct slice t, uint32_t i, const char **value) {
    static const struct {
        const char *word, *value;
    } words[] = {{"$uid(", "1"},  {"$size+", "1"},         {"$size", "1"}, {"$user(", "u"},
                 {"$pass(", "p"}, {"$plain(", "AHUAcA=="}, {"$box", "b"},  {"$/", "/"}};
    for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
        uint32_t n = (uint32_t)strlen(words[k].word);
        if (t.n - i < n || memcmp(t.p + i, words[k].word, n))
            continue;
        *value = words[k].value;
        char last = words[k].word[n - 1];
        if (last == '(')
            while (i + n < t.n && t.p[i + n - 1] != ')')
                n++;
        while (last == '+' && i + n < t.n && t.p[i + n] >= '0' && t.p[i + n] <= '9')
            n++;
        return n;
    }
    return 0;
}

/* Is it a command of the grammar, whatever its words stand for? */
static bool well_formed(struct slice t) {
    enum { NODES = 512 };
    uint8_t *wire = malloc(t.n + 16u);
    struct node nodes[NODES];
    struct node_pool pool = {nodes, NODES, 1};
    struct imap_command c;
    struct form f = {.buf = wire, .cap = wire ? t.n + 16u : 0};
    add(&f, "a ", 2);
    for (uint32_t i = 0; i < t.n;) {
        const char *value;
        uint32_t n = t.p[i] == '$' ? dollar(t, i, &value) : 0;
        if (n)
            add(&f, value, (uint32_t)strlen(value));
        else
            add(&f, t.p + i, n = 1);
        i += n;
    }
    add(&f, "\r\n", 2);
    bool ok = !f.full &&
              parse_command(wire, f.n, &(struct lex_options){.dialect = DIALECT_3501}, &pool, &c).verdict ==
                  LEX_ACCEPT;
    free(wire);
    return ok && c.kind != CMD_UNKNOWN;
}

static uint32_t form(struct slice text, uint32_t k, uint8_t *buf, uint32_t cap) {
    static const char *const sets[] = {"1", "*", "1:*"};
    static const char *const items[] = {"FLAGS", "BODY[]", "RFC822", "ENVELOPE", "RFC822.SIZE"};
    struct form f = {.buf = buf, .cap = cap};
    bool end = false;
    if (k < 2)
        return small_message(text, k, &f);
    if (k == 2)
        return short_literal(text, &f);
    if (k == 3)
        return unquoted(text, &f);
    if (k < 7)
        return other_set(text, sets[k - 4], &f);
    if (k < 12)
        return other_items(text, items[k - 7], &f);
    if (k == 12)
        return without_literal(text, &f);
    if (k < 16)
        return without_group(text, k - 13, &f);
    uint32_t n = without_piece(text, k - 16, &f, &end);
    return end ? 0 : n;
}

uint32_t shrink_text(struct slice text, uint32_t k, uint8_t *buf, uint32_t cap) {
    uint32_t n = form(text, k, buf, cap);
    return n && n != SHRINK_SKIP && !well_formed((struct slice){buf, n}) && well_formed(text) ? SHRINK_SKIP
                                                                                              : n;
}
