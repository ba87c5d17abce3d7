/* drive_text.c: a program's words to the wire (mailbox names, $uid, $size, ...), and names on the wire back
 * to the program's. */
#include "drive_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void grow_put(struct grow *g, const void *p, size_t n) {
    if (g->bad || !n)
        return;
    if (g->n + n > g->cap) {
        size_t cap = (g->cap ? g->cap * 2 : 256) + n;
        uint8_t *q = realloc(g->p, cap);
        if (!q) {
            g->bad = true;
            return;
        }
        g->p = q;
        g->cap = cap;
    }
    memcpy(g->p + g->n, p, n);
    g->n += n;
}

static void grow_text(struct grow *g, const char *z) { grow_put(g, z, strlen(z)); }

static void add_name(struct names *names, const char *p, size_t n) {
    if (!n || n >= sizeof names->name[0] || names->n == (int)(sizeof names->name / sizeof *names->name))
        return;
    memcpy(names->name[names->n], p, n);
    names->name[names->n++][n] = '\0';
}

void names_of(struct names *names, const struct program *p) {
    static const char *const always[] = {"FOO", "BAR", "BAZ", "QUX"};
    memset(names, 0, sizeof *names);
    for (size_t i = 0; i < sizeof always / sizeof *always; i++)
        add_name(names, always[i], strlen(always[i]));
    for (uint32_t i = 0; i < p->lines; i++) {
        if (p->line[i].kind != LINE_MAILBOX)
            continue;
        struct slice s = program_text(p, &p->line[i]);
        for (uint32_t k = 0, n; k < s.n; k += n + 1) {
            for (n = 0; k + n < s.n && s.p[k + n] != ' ';)
                n++;
            add_name(names, (const char *)s.p + k, n);
        }
    }
}

static bool alnum(uint8_t c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool joins(uint8_t c) /* an octet that makes a word longer, so that no name ends or begins beside it */
{
    return alnum(c) || c == '_' || c == '-' || c == '.';
}

/* Length of the abstract name that stands at s.p[i], 0 if none does. */
static uint32_t name_at(const struct names *names, struct slice s, uint32_t i) {
    if (i && (joins(s.p[i - 1]) || s.p[i - 1] == '/' || s.p[i - 1] == '$' || s.p[i - 1] == '\\'))
        return 0;
    for (int k = 0; k < names->n; k++) {
        uint32_t n = (uint32_t)strlen(names->name[k]);
        if (s.n - i >= n && !memcmp(s.p + i, names->name[k], n) && (s.n - i == n || !joins(s.p[i + n])))
            return n;
    }
    return 0;
}

/* "(text)" or "(text,number)" at s.p[i]: its end, or 0. */
static uint32_t arguments(struct slice s, uint32_t i, struct slice *first, uint32_t *second) {
    if (i >= s.n || s.p[i] != '(')
        return 0;
    uint32_t k = ++i;
    while (k < s.n && s.p[k] != ')' && s.p[k] != ',')
        k++;
    *first = (struct slice){s.p + i, k - i};
    *second = 0;
    if (k < s.n && s.p[k] == ',')
        for (k++; k < s.n && s.p[k] >= '0' && s.p[k] <= '9' && *second < 100000000; k++)
            *second = *second * 10 + (uint32_t)(s.p[k] - '0');
    return k < s.n && s.p[k] == ')' ? k + 1 : 0;
}

static uint32_t digits(struct slice s, uint32_t i, uint64_t *v) {
    uint32_t n = 0;
    for (*v = 0; i + n < s.n && s.p[i + n] >= '0' && s.p[i + n] <= '9' && *v < UINT32_MAX; n++)
        *v = *v * 10 + (uint64_t)(s.p[i + n] - '0');
    return n;
}

static void base64(struct grow *out, const uint8_t *p, size_t n) {
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < n; i += 3) {
        uint32_t v =
            (uint32_t)p[i] << 16 | (i + 1 < n ? (uint32_t)p[i + 1] << 8 : 0) | (i + 2 < n ? p[i + 2] : 0);
        char c[4] = {digit[v >> 18], digit[v >> 12 & 63], i + 1 < n ? digit[v >> 6 & 63] : '=',
                     i + 2 < n ? digit[v & 63] : '='};
        grow_put(out, c, 4);
    }
}

/* The user's name or password, quoted where an atom will not do; `what`: 'u', 'p', or 'b' for both in base64.
 */
static void put_user(const struct words *w, uint32_t number, char what, struct grow *wire) {
    char fallback[32];
    snprintf(fallback, sizeof fallback, "u%u:pw", number);
    const char *user = number && (int)number <= w->users_n ? w->users[number - 1] : fallback;
    const char *colon = strchr(user, ':');
    size_t n = colon ? (size_t)(colon - user) : strlen(user);
    const char *password = colon ? colon + 1 : "";
    if (what == 'b') {
        struct grow plain = {0};
        grow_put(&plain, "", 1);
        grow_put(&plain, user, n);
        grow_put(&plain, "", 1);
        grow_text(&plain, password);
        base64(wire, plain.p, plain.n);
        free(plain.p);
        return;
    }
    struct slice s = what == 'u' ? (struct slice){(const uint8_t *)user, (uint32_t)n}
                                 : (struct slice){(const uint8_t *)password, (uint32_t)strlen(password)};
    bool atom = s.n > 0;
    for (uint32_t i = 0; i < s.n; i++)
        atom = atom && joins(s.p[i]);
    if (atom) {
        grow_put(wire, s.p, s.n);
        return;
    }
    grow_text(wire, "\"");
    for (uint32_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"' || s.p[i] == '\\')
            grow_text(wire, "\\");
        grow_put(wire, s.p + i, 1);
    }
    grow_text(wire, "\"");
}

static bool at(struct slice s, uint32_t i, const char *z) {
    size_t n = strlen(z);
    return s.n - i >= n && !memcmp(s.p + i, z, n);
}

static void put_number(struct grow *g, uint64_t v) {
    char buf[24];
    snprintf(buf, sizeof buf, "%llu", (unsigned long long)v);
    grow_text(g, buf);
}

/* $uid(FOO,3) or $size+2 whose name ends at `end`: the value is worked out, or read behind `=`. Returns the
 * end. */
static uint32_t value(const struct words *w, struct slice s, uint32_t i, uint32_t end, uint64_t live,
                      struct grow *wire, struct grow *trace) {
    uint64_t v = live, recorded = 0;
    uint32_t next = end;
    if (end < s.n && s.p[end] == '=') {
        uint32_t n = digits(s, end + 1, &recorded);
        if (n) {
            next = end + 1 + n;
            v = w->live ? live : recorded;
        }
    }
    put_number(wire, v);
    if (trace) {
        grow_put(trace, s.p + i, end - i);
        grow_text(trace, "=");
        put_number(trace, v);
    }
    return next;
}

static uint32_t uid_word(const struct words *w, struct slice s, uint32_t i, struct grow *wire,
                         struct grow *trace) {
    struct slice box;
    uint32_t k, end = arguments(s, i + 4, &box, &k);
    if (!end)
        return 0;
    uint64_t uid = 0;
    if (w->live && w->oracle) {
        struct grow name = {0};
        struct words inner = *w;
        expand(&inner, box, &name, NULL);
        grow_put(&name, "", 1);
        uid = name.bad ? 0 : oracle_uid(w->oracle, (const char *)name.p, k);
        free(name.p);
    }
    /* An unknown UID becomes one that no message has: the command stays well formed. */
    return value(w, s, i, end, uid ? uid : 4000000000u, wire, trace);
}

static uint32_t size_word(const struct words *w, struct slice s, uint32_t i, struct grow *wire,
                          struct grow *trace) {
    uint32_t end = i + 5;
    uint64_t more = 0;
    if (end < s.n && alnum(s.p[end]))
        return 0;
    if (end < s.n && s.p[end] == '+') {
        uint32_t n = digits(s, end + 1, &more);
        end += n ? n + 1 : 0;
    }
    int size = w->live && w->oracle ? oracle_view_size(w->oracle, w->session) : 0;
    return value(w, s, i, end, (uint64_t)(size > 0 ? size : 0) + more, wire, trace);
}

/* A `$word` at s.p[i]; returns its end, 0 if it is none of ours. */
static uint32_t dollar(const struct words *w, struct slice s, uint32_t i, struct grow *wire,
                       struct grow *trace) {
    uint32_t end = 0, ignored;
    struct slice arg;
    if (at(s, i, "$uid("))
        return uid_word(w, s, i, wire, trace);
    if (at(s, i, "$size"))
        return size_word(w, s, i, wire, trace);
    if (at(s, i, "$box") && !(s.n - i > 4 && alnum(s.p[i + 4]))) {
        end = i + 4;
        grow_text(wire, w->box);
        if (trace)
            grow_put(trace, s.p + i, end - i);
        return end;
    }
    if (at(s, i, "$/")) {
        char recorded = i + 3 < s.n && s.p[i + 2] == '=' ? (char)s.p[i + 3] : 0;
        char sep = w->live || !recorded ? w->separator : recorded;
        char shown[5] = {'$', '/', '=', sep ? sep : '/', 0};
        grow_put(wire, shown + 3, 1);
        if (trace)
            grow_text(trace, shown);
        return recorded ? i + 4 : i + 2;
    }
    uint32_t name = at(s, i, "$user(") || at(s, i, "$pass(") ? 5 : at(s, i, "$plain(") ? 6 : 0;
    if (name && (end = arguments(s, i + name, &arg, &ignored))) {
        uint64_t number;
        if (digits(arg, 0, &number) != arg.n || !number || number > 999)
            return 0;
        put_user(w, (uint32_t)number, name == 6 ? 'b' : (char)s.p[i + 1], wire);
        if (trace)
            grow_put(trace, s.p + i, end - i);
    }
    return end;
}

/* A part without literals. */
static void expand_part(const struct words *w, struct slice s, struct grow *wire, struct grow *trace) {
    for (uint32_t i = 0; i < s.n;) {
        uint32_t n = name_at(w->names, s, i), end;
        if (n) {
            grow_text(wire, w->box);
            grow_put(wire, s.p + i, n);
            if (trace)
                grow_put(trace, s.p + i, n);
            i += n;
        } else if (s.p[i] == '$' && (end = dollar(w, s, i, wire, trace))) {
            i = end;
        } else {
            grow_put(wire, s.p + i, 1);
            if (trace)
                grow_put(trace, s.p + i, 1);
            i++;
        }
    }
}

size_t literal_at_end(struct slice s, uint64_t *n, bool *plus) {
    if (s.n < 3 || s.p[s.n - 1] != '}')
        return 0;
    uint32_t i = s.n - 1;
    *plus = s.p[i - 1] == '+' || s.p[i - 1] == '-';
    i -= *plus;
    uint32_t from = i;
    while (from && s.p[from - 1] >= '0' && s.p[from - 1] <= '9')
        from--;
    if (from == i || !from || s.p[from - 1] != '{' || i - from > 19)
        return 0;
    *n = 0;
    for (uint32_t k = from; k < i; k++)
        *n = *n * 10 + (uint64_t)(s.p[k] - '0');
    return s.n - from + 1;
}

/* Walks the parts of `s`: text up to a literal's announcement, the literal, and so on. */
struct part {
    struct slice text, mark, literal;
    bool has_literal, plus;
};
static bool next_part(struct slice s, uint32_t *pos, struct part *out) {
    if (*pos >= s.n)
        return false;
    *out = (struct part){.text = {s.p + *pos, 0}};
    for (uint32_t i = *pos; i + 1 < s.n; i++) {
        if (s.p[i] != '\r' || s.p[i + 1] != '\n')
            continue;
        uint64_t n;
        struct slice line = {s.p + *pos, i - *pos};
        size_t mark = literal_at_end(line, &n, &out->plus);
        if (!mark || i + 2 >= s.n || n > s.n - i - 2)
            continue;
        out->has_literal = true;
        out->text.n = line.n - (uint32_t)mark;
        out->mark = (struct slice){line.p + out->text.n, (uint32_t)mark + 2};
        out->literal = (struct slice){s.p + i + 2, (uint32_t)n};
        *pos = i + 2 + (uint32_t)n;
        return true;
    }
    out->text.n = s.n - *pos;
    *pos = s.n;
    return true;
}

/* The part's literal as it stands, or `rest` of it behind `box`, announced with its new length. */
static void put_literal(struct grow *g, const struct part *part, struct slice box, struct slice rest) {
    if (box.n + rest.n == part->literal.n) {
        grow_put(g, part->mark.p, part->mark.n);
    } else {
        grow_text(g, "{");
        put_number(g, (uint64_t)box.n + rest.n);
        grow_text(g, part->plus ? "+}\r\n" : "}\r\n");
    }
    grow_put(g, box.p, box.n);
    grow_put(g, rest.p, rest.n);
}

bool expand(const struct words *w, struct slice text, struct grow *wire, struct grow *trace) {
    struct part part;
    for (uint32_t pos = 0; next_part(text, &pos, &part);) {
        expand_part(w, part.text, wire, trace);
        if (!part.has_literal)
            continue;
        struct slice box = {(const uint8_t *)w->box, 0};
        if (part.literal.n && name_at(w->names, part.literal, 0) == part.literal.n)
            box.n = (uint32_t)strlen(w->box);
        put_literal(wire, &part, box, part.literal);
        if (trace)
            put_literal(trace, &part, (struct slice){0}, part.literal);
    }
    return !wire->bad && (!trace || !trace->bad);
}

/* Does our box stand at s.p[i], with an abstract name (or one derived from it) behind? */
static bool boxed(const char *box, uint32_t n, struct slice s, uint32_t i) {
    return n && s.n - i > n && !memcmp(s.p + i, box, n) && s.p[i + n] >= 'A' && s.p[i + n] <= 'Z' &&
           (!i || !alnum(s.p[i - 1]));
}

bool abstract(const struct names *names, const char *box, struct slice wire, struct grow *out) {
    (void)names;
    uint32_t n = (uint32_t)strlen(box);
    struct part part;
    for (uint32_t pos = 0; next_part(wire, &pos, &part);) {
        for (uint32_t i = 0; i < part.text.n;) {
            if (boxed(box, n, part.text, i)) {
                i += n;
                continue;
            }
            grow_put(out, part.text.p + i, 1);
            i++;
        }
        if (part.has_literal) {
            bool ours = boxed(box, n, part.literal, 0);
            struct slice rest = {part.literal.p + (ours ? n : 0), part.literal.n - (ours ? n : 0)};
            put_literal(out, &part, (struct slice){0}, rest);
        }
    }
    return !out->bad;
}
