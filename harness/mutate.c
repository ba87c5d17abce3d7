/* mutate.c: changes an input token by token, or makes a new one. The result is built in a buffer of this
 * file's own. */
#include "mutate_priv.h"
#include "scan.h"

#include <string.h>

#define TOKENS 512
#define ROOM   (64u << 10)

/* ---- tokens: what a reader sees, whether or not it is right ---- */

enum kind { T_WORD, T_SPACE, T_MARK, T_QUOTED, T_LITERAL, T_END };
struct piece {
    uint32_t at, n; /* with quotes, with a literal's announcement */
    uint32_t head;  /* LITERAL: octets of the announcement */
    uint8_t kind;
};
struct pieces {
    struct piece v[TOKENS];
    uint32_t n;
};

/* Octets of a literal's announcement at p, its size in *size; 0: there is none. */
static uint32_t announcement(const uint8_t *p, size_t n, uint64_t *size) {
    size_t i = n && *p == '~';
    if (i >= n || p[i++] != '{')
        return 0;
    size_t digits = i;
    for (*size = 0; i < n && p[i] >= '0' && p[i] <= '9'; i++)
        *size = *size > 1u << 20 ? *size : *size * 10 + (uint64_t)(p[i] - '0');
    if (i == digits || i >= n)
        return 0;
    i += p[i] == '+';
    return i + 2 < n && p[i] == '}' && p[i + 1] == '\r' && p[i + 2] == '\n' ? (uint32_t)i + 3 : 0;
}

static const bool is_mark[256] = {['('] = 1, [')'] = 1, ['['] = 1, [']'] = 1, ['<'] = 1,
                                  ['>'] = 1, [','] = 1, [':'] = 1, ['{'] = 1, ['}'] = 1};
static const bool ends_word[256] = {
    [' '] = 1, ['\t'] = 1, ['\r'] = 1, ['\n'] = 1, ['('] = 1, [')'] = 1, ['['] = 1, [']'] = 1,
    ['<'] = 1, ['>'] = 1,  [','] = 1,  [':'] = 1,  ['{'] = 1, ['}'] = 1, ['"'] = 1};

static struct piece next_piece(const uint8_t *p, size_t n, size_t at) {
    struct piece t = {.at = (uint32_t)at, .n = 1, .kind = T_MARK};
    uint64_t size;
    const uint8_t c = p[at];
    if (c == '"') {
        size_t i = at + 1;
        while ((i = (size_t)(scan_plain_long(p, p + (i < n ? i : n), p + n) - p)) < n && p[i] != '"' &&
               p[i] != '\n')
            i += p[i] == '\\' ? 2 : 1;
        t.kind = T_QUOTED;
        t.n = (uint32_t)((i < n ? i + 1 : n) - at);
    } else if ((t.head = announcement(p + at, n - at, &size))) {
        t.kind = T_LITERAL;
        t.n = (uint32_t)(size < n - at - t.head ? t.head + size : n - at);
    } else if (c == ' ' || c == '\t') {
        t.kind = T_SPACE;
    } else if (c == '\r' || c == '\n') {
        t.kind = T_END;
        t.n = c == '\r' && at + 1 < n && p[at + 1] == '\n' ? 2 : 1;
    } else if (!is_mark[c]) {
        size_t i = at + 1;
        while (i < n && !ends_word[p[i]])
            i++;
        t.kind = T_WORD;
        t.n = (uint32_t)(i - at);
    }
    return t;
}

static void tokenize(struct pieces *t, const uint8_t *p, size_t n) {
    t->n = 0;
    for (size_t at = 0; at < n && t->n < TOKENS; at += t->v[t->n++].n)
        t->v[t->n] = next_piece(p, n, at);
    if (t->n) /* the last holds the rest */
        t->v[t->n - 1].n = (uint32_t)n - t->v[t->n - 1].at;
}

static bool is_string(const struct piece *t) { return t->kind == T_QUOTED || t->kind == T_LITERAL; }

/* A string's octets, without quotes and announcement; escapes stay. */
static size_t content(const struct piece *t, const uint8_t *p, uint8_t *to, size_t cap) {
    uint32_t head = t->kind == T_LITERAL ? t->head : t->kind == T_QUOTED,
             tail = t->kind == T_QUOTED && t->n > 1;
    size_t n = t->n > head + tail ? t->n - head - tail : 0;
    n = n < cap ? n : cap;
    memcpy(to, p + t->at + head, n);
    return n;
}

/* ---- changes of one token ---- */

/* The same octets in another form, or cut or grown to another length. */
static void change_string(struct mut *m, const uint8_t *p, const struct piece *t) {
    static const uint16_t lengths[] = {0, 1, 16, 17, 30, 31, 128, 129, 1024, 1025};
    uint8_t s[4200];
    size_t n = content(t, p, s, sizeof s);
    switch (m_below(m, 6)) {
    case 0:
        m_string(m);
        return;
    case 1:
        m_case(m, "NIL");
        return;
    case 2: {
        size_t want = lengths[m_below(m, sizeof lengths / sizeof *lengths)];
        memset(s + n, n ? s[0] : 'x', sizeof s - n);
        n = want;
        break;
    }
    case 3:
        if (n)
            s[m_below(m, (uint32_t)n)] = m_one_in(m, 2)
                                             ? (uint8_t)m_below(m, 256)
                                             : (uint8_t) "\0\r\n\"\\\x7f\x80\xff({"[m_below(m, 10)];
        break;
    default:
        break;
    }
    m_string_of(m, m_one_in(m, 2) ? AS_ANY : (enum form)(AS_QUOTED + m_below(m, 5)), s, n);
}

static void change_word(struct mut *m, const uint8_t *p, const struct piece *t) {
    uint8_t s[300];
    size_t n = content(t, p, s, sizeof s);
    if (n && s[0] >= '0' && s[0] <= '9' && !m_one_in(m, 4)) {
        m_number(m, true);
        return;
    }
    switch (m_below(m, 5)) {
    case 0:
        m_string_of(m, AS_ANY, s, n);
        return;
    case 1:
        m_atom(m);
        return;
    case 2: {
        uint32_t tables = 0;
        while (word_tables[tables])
            tables++;
        m_case(m, m_word(m, word_tables[m_below(m, tables)]));
        return;
    }
    case 3:
        for (size_t i = 0; i < n; i++)
            if (m_one_in(m, 2) && ((s[i] | 0x20) >= 'a' && (s[i] | 0x20) <= 'z'))
                s[i] ^= 0x20;
        break;
    default:
        s[m_below(m, (uint32_t)n)] = (uint8_t)m_below(m, 256);
    }
    m_octets(m, s, n);
}

static void change_piece(struct mut *m, const uint8_t *p, const struct piece *t) {
    switch (t->kind) {
    case T_QUOTED:
    case T_LITERAL:
        change_string(m, p, t);
        break;
    case T_SPACE:
        m_sp(m);
        break;
    case T_END:
        m_crlf(m);
        break;
    case T_WORD:
        change_word(m, p, t);
        break;
    default:
        m_octet(m, (uint8_t) "()[]<>,:{} \""[m_below(m, 12)]);
    }
}

/* ---- changes of the input ---- */

enum how { CHANGE, DROP, TWICE, PAIR, SWAP, CUT, OCTET, HOW_COUNT };

static uint32_t any_piece(struct mut *m, const struct pieces *t, bool string) {
    uint32_t k = m_below(m, t->n);
    for (uint32_t i = 0; string && i < t->n; i++)
        if (is_string(&t->v[(k + i) % t->n]))
            return (k + i) % t->n;
    return k;
}

/* Copies p into m with one change. */
static void change(struct mut *m, const uint8_t *p, size_t n) {
    static struct pieces t;
    tokenize(&t, p, n);
    enum how how = m_one_in(m, 2) ? CHANGE : (enum how)m_below(m, HOW_COUNT);
    uint32_t at = any_piece(m, &t, m_one_in(m, 2)), other = any_piece(m, &t, true);
    for (uint32_t i = 0; i < t.n; i++) {
        const struct piece *x = &t.v[i];
        if (i == at && how == CUT)
            return;
        if (i == at && how == CHANGE)
            change_piece(m, p, x);
        else if (how == SWAP && (i == at || i == other))
            m_octets(m, p + t.v[i == at ? other : at].at, t.v[i == at ? other : at].n);
        else if (i != at || how != DROP)
            m_octets(m, p + x->at, x->n);
        if (i == at && how == TWICE)
            m_octets(m, p + x->at, x->n);
        if (i == at && how == PAIR)
            m_form(m, is_string(x) ? " t T" : "t T ");
        if (i == at && how == OCTET && m->n) {
            m->p[m->n - 1 - m_below(m, (uint32_t)(m->n < x->n ? m->n : x->n))] ^=
                (uint8_t)(1u << m_below(m, 8));
            if (m_one_in(m, 3))
                m_octet(m, (uint8_t)m_below(m, 256));
        }
    }
}

/* ---- entries ---- */

static struct mut start(uint8_t *p, size_t cap, uint64_t seed) {
    struct mut m = {.state = seed, .p = p, .cap = cap};
    static const uint8_t odd[] = {0, 4, 8, 16, 32, 64};
    m.odd = odd[m_below(&m, sizeof odd / sizeof *odd)];
    return m;
}

static size_t finish(const struct mut *m, uint8_t *p) {
    if (m->n)
        memmove(p, m->p, m->n);
    else
        *p = '\n';
    return m->n ? m->n : 1;
}

size_t mutate(enum lib_item item, uint8_t *p, size_t n, size_t cap, uint64_t seed) {
    static uint8_t room[ROOM];
    if (!cap)
        return 0;
    struct mut m = start(room, cap < ROOM ? cap : ROOM, seed);
    if (!n || m_one_in(&m, 8)) {
        m_item(&m, item);
        return finish(&m, p);
    }
    for (uint32_t k = m_one_in(&m, 2) ? 1 : 2 + m_below(&m, 3); k && n; k--) {
        m.n = 0;
        change(&m, p, n);
        n = finish(&m, p);
    }
    return n;
}

size_t mutate_cross(enum lib_item item, const uint8_t *a, size_t an, const uint8_t *b, size_t bn,
                    uint8_t *out, size_t cap, uint64_t seed) {
    static struct pieces t, u;
    if (!cap)
        return 0;
    struct mut m = start(out, cap, seed);
    if (!an || !bn) {
        m_item(&m, item);
        return finish(&m, out);
    }
    tokenize(&t, a, an);
    tokenize(&u, b, bn);
    uint32_t from = m_below(&m, t.n), to = from + m_below(&m, t.n - from + 1), k = m_below(&m, u.n),
             more = 1 + m_below(&m, m_one_in(&m, 2) ? 4 : u.n);
    for (uint32_t i = 0; i < from; i++)
        m_octets(&m, a + t.v[i].at, t.v[i].n);
    for (uint32_t i = k; i < u.n && i - k < more; i++)
        m_octets(&m, b + u.v[i].at, u.v[i].n);
    for (uint32_t i = to; i < t.n; i++)
        m_octets(&m, a + t.v[i].at, t.v[i].n);
    return finish(&m, out);
}
