/* mutants_make.c: the operators: one change at one place of a recorded stream. */
#include "mutants.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const mut_class_name[MUT_CLASSES] = {"drop", "duplicate", "swap",  "renumber", "tagged word",
                                                 "flag", "UID",       "count", "content"};

uint32_t mut_pick(struct mut_random *r, uint32_t n) {
    r->s += 0x9e3779b97f4a7c15u; /* splitmix64 */
    uint64_t z = r->s;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return n ? (uint32_t)((z ^ z >> 31) % n) : 0;
}

static struct mut_fact fact(const struct mutant *m, uint32_t i) { return m->of->fact[i]; }

/* ---- one response replaced by an edited text ---- */

struct edit {
    struct mutant *m;
    size_t n;
};

static void put(struct edit *e, const void *p, size_t n) {
    if (e->n + n <= MUT_OCTETS)
        memcpy(e->m->octets + e->n, p, n);
    e->n += n;
}

/* Puts `to` in the place of the octets [at, at + was) of event a. */
static bool replace(struct mutant *m, const uint8_t *at, size_t was, const char *to) {
    struct edit e = {m, 0};
    const struct mut_event *from = &m->of->event[m->a];
    put(&e, from->p, (size_t)(at - from->p));
    put(&e, to, strlen(to));
    put(&e, at + was, (size_t)(from->p + from->n - at) - was);
    if (e.n > MUT_OCTETS)
        return false;
    m->event[m->a].p = m->octets;
    m->event[m->a].n = (uint32_t)e.n;
    return true;
}

static size_t digits(const uint8_t *p, const uint8_t *end) {
    size_t n = 0;
    while (p + n < end && isdigit(p[n]))
        n++;
    return n;
}

/* The number at p becomes another one near it, at least `least`. */
static bool other_number(struct mutant *m, struct mut_random *r, const uint8_t *p, uint32_t least,
                         const char *name) {
    const struct mut_event *e = &m->of->event[m->a];
    size_t n = digits(p, e->p + e->n);
    if (!n || n > 10)
        return false;
    static const int by[] = {1, -1, 2, -2, 7};
    long long was = strtoll((const char *)p, NULL, 10), now = was + by[mut_pick(r, 5)];
    if (now < least || now > 4294967295LL)
        return false;
    char text[24];
    snprintf(text, sizeof text, "%lld", now);
    snprintf(m->what, sizeof m->what, "%s %lld becomes %lld", name, was, now);
    return replace(m, p, n, text);
}

static const uint8_t *within(const struct mutant *m, const char *z) {
    return mut_find(m->of->event[m->a].p, m->of->event[m->a].n, z);
}

/* The k-th run of digits from p on, in the line; NULL: fewer. */
static const uint8_t *number_from(const struct mutant *m, const uint8_t *p, unsigned k) {
    const uint8_t *end = m->of->event[m->a].p + m->of->event[m->a].n;
    for (; p < end && *p != '\r'; p++)
        if (isdigit(*p)) {
            if (!k--)
                return p;
            p += digits(p, end) - 1;
        }
    return NULL;
}

/* ---- drop, duplicate, swap ---- */

static bool make_drop(struct mutant *m) {
    memmove(m->event + m->a, m->event + m->a + 1, (m->events - m->a - 1) * sizeof *m->event);
    m->events--;
    snprintf(m->what, sizeof m->what, "dropped");
    return true;
}

static bool make_duplicate(struct mutant *m) {
    memmove(m->event + m->a + 1, m->event + m->a, (m->events - m->a) * sizeof *m->event);
    m->events++;
    snprintf(m->what, sizeof m->what, "said twice");
    return true;
}

/* The next response of the same session; no command of it is sent between them. */
static bool make_swap(struct mutant *m) {
    const struct mut_trace *t = m->of;
    for (uint32_t i = m->a + 1; i < t->events; i++) {
        if (t->event[i].session != t->event[m->a].session)
            continue;
        if (t->event[i].kind != EV_RECEIVED)
            return false;
        const struct mut_event *x = &t->event[m->a], *y = &t->event[i];
        if (x->n == y->n && !memcmp(x->p, y->p, x->n))
            return false;
        m->b = i;
        m->event[m->a].p = y->p;
        m->event[m->a].n = y->n;
        m->event[i].p = x->p;
        m->event[i].n = x->n;
        char other[50];
        mut_line(y, other, sizeof other);
        snprintf(m->what, sizeof m->what, "swapped with %s", other);
        return true;
    }
    return false;
}

/* ---- numbers, words, flags, UIDs, counts, contents ---- */

static bool make_renumber(struct mutant *m, struct mut_random *r) {
    struct mut_fact f = fact(m, m->a);
    if (f.said == MUT_FETCH || f.said == MUT_EXPUNGE)
        return other_number(m, r, m->of->event[m->a].p + 2, 1, "message number");
    if (f.said != MUT_SEARCH || f.command < 0 || m->of->command[f.command].uid)
        return false;
    const uint8_t *first = within(m, "SEARCH"), *p = NULL;
    unsigned n = 0;
    while (first && number_from(m, first, n))
        n++;
    if (n)
        p = number_from(m, first, mut_pick(r, n));
    return p && other_number(m, r, p, 1, "found number");
}

static bool make_word(struct mutant *m, struct mut_random *r) {
    struct mut_fact f = fact(m, m->a);
    if (f.said != MUT_TAGGED || f.command < 0)
        return false;
    const uint8_t *p = within(m, " ");
    static const char *const words[] = {"OK", "NO", "BAD"};
    unsigned was = *p == 'O' || *p == 'o'   ? 0
                   : *p == 'N' || *p == 'n' ? 1
                                            : 2,
             now = (was + 1 + mut_pick(r, 2)) % 3;
    snprintf(m->what, sizeof m->what, "%s of %s%s becomes %s", words[was],
             m->of->command[f.command].uid ? "UID " : "", m->of->command[f.command].word, words[now]);
    return replace(m, p, was == 2 ? 3 : 2, words[now]);
}

static bool make_flag(struct mutant *m, struct mut_random *r) {
    if (fact(m, m->a).said != MUT_FETCH)
        return false;
    static const char *const flags[] = {"\\Answered", "\\Flagged", "\\Deleted", "\\Seen", "\\Draft"};
    const uint8_t *p = within(m, "FLAGS ("),
                  *end = p ? memchr(p, ')', (size_t)(m->of->event[m->a].p + m->of->event[m->a].n - p)) : NULL;
    if (!end)
        return false;
    const char *flag = flags[mut_pick(r, 5)];
    const uint8_t *there = mut_find(p, (size_t)(end - p), flag);
    char list[400];
    if (there) { /* taken away, with a blank beside it */
        const uint8_t *from = there - strlen(flag), *to = there;
        if (from > p)
            from--;
        else if (to < end)
            to++;
        snprintf(list, sizeof list, "%.*s%.*s", (int)(from - p), (const char *)p, (int)(end - to),
                 (const char *)to);
    } else
        snprintf(list, sizeof list, "%.*s%s%s", (int)(end - p), (const char *)p, end > p ? " " : "", flag);
    snprintf(m->what, sizeof m->what, "%s %s", flag, there ? "taken away" : "added");
    return replace(m, p, (size_t)(end - p), list);
}

static bool make_uid(struct mutant *m, struct mut_random *r) {
    struct mut_fact f = fact(m, m->a);
    const uint8_t *p = NULL;
    if (f.said == MUT_FETCH) {
        p = within(m, "(UID ");
        if (!p)
            p = within(m, " UID ");
        return p && other_number(m, r, p, 1, "UID");
    }
    if (f.said == MUT_SEARCH && f.command >= 0 && m->of->command[f.command].uid) {
        const uint8_t *first = within(m, "SEARCH");
        unsigned n = 0;
        while (number_from(m, first, n))
            n++;
        p = n ? number_from(m, first, mut_pick(r, n)) : NULL;
        return p && other_number(m, r, p, 1, "found UID");
    }
    if ((p = within(m, "[UIDNEXT ")) != NULL)
        return other_number(m, r, p, 1, "UIDNEXT");
    if ((p = within(m, "[UIDVALIDITY ")) != NULL)
        return other_number(m, r, p, 1, "UIDVALIDITY");
    return false;
}

static bool make_count(struct mutant *m, struct mut_random *r) {
    struct mut_fact f = fact(m, m->a);
    const uint8_t *p;
    if (f.said == MUT_EXISTS)
        return other_number(m, r, m->of->event[m->a].p + 2, 0, "EXISTS");
    if (f.said == MUT_EXPUNGE)
        return other_number(m, r, m->of->event[m->a].p + 2, 1, "EXPUNGE");
    if (f.said == MUT_STATUS) {
        static const char *const items[] = {"MESSAGES ", "UIDNEXT ", "UIDVALIDITY ", "UNSEEN "};
        const char *item = items[mut_pick(r, 4)];
        char name[40];
        snprintf(name, sizeof name, "STATUS %s", item);
        return (p = within(m, item)) && other_number(m, r, p, 0, name);
    }
    if ((p = within(m, "[APPENDUID ")) != NULL) {
        p = number_from(m, p, mut_pick(r, 2));
        return p && other_number(m, r, p, 1, "APPENDUID");
    }
    if ((p = within(m, "[COPYUID ")) != NULL) {
        p = number_from(m, p, mut_pick(r, 3));
        return p && other_number(m, r, p, 1, "COPYUID");
    }
    return false;
}

/* One octet of the literal or quoted string behind `item` becomes another letter. */
static bool other_octet(struct mutant *m, struct mut_random *r, const uint8_t *p, const char *name) {
    const uint8_t *end = m->of->event[m->a].p + m->of->event[m->a].n;
    uint32_t n;
    if (p < end && *p == '{') {
        n = (uint32_t)strtoul((const char *)p + 1, NULL, 10);
        p = mut_find(p, (size_t)(end - p), "}\r\n");
    } else if (p < end && *p == '"') {
        const uint8_t *q = memchr(p + 1, '"', (size_t)(end - p - 1));
        n = q ? (uint32_t)(q - p - 1) : 0;
        p++;
    } else
        return false;
    if (!p || !n || p + n > end)
        return false;
    uint32_t at = mut_pick(r, n);
    for (uint32_t k = 0; k < n && !isalnum(p[at]); k++)
        at = (at + 1) % n;
    if (!isalnum(p[at]))
        return false;
    char text[2] = {p[at] == 'x' ? 'y' : 'x', 0};
    snprintf(m->what, sizeof m->what, "octet %u of %s becomes %s", at, name, text);
    return replace(m, p + at, 1, text);
}

static bool make_content(struct mutant *m, struct mut_random *r) {
    if (fact(m, m->a).said != MUT_FETCH)
        return false;
    const uint8_t *p, *end = m->of->event[m->a].p + m->of->event[m->a].n;
    bool dates[4] = {0};
    for (unsigned tries = 0; tries < 6; tries++) {
        unsigned k = mut_pick(r, 4);
        if (dates[k])
            continue;
        dates[k] = true;
        if (k == 0 && (p = within(m, "RFC822.SIZE ")) != NULL)
            return other_number(m, r, p, 0, "RFC822.SIZE");
        if (k == 1 && (p = within(m, "ENVELOPE (")) != NULL) {
            /* the date comes first, then the subject */
            if (*p == '"') {
                p = memchr(p + 1, '"', (size_t)(end - p - 1));
                if (p)
                    p++;
            } else
                p = mut_find(p, (size_t)(end - p), "NIL");
            return p && p < end && other_octet(m, r, p + 1, "the subject");
        }
        if (k == 2 && ((p = within(m, "BODY[")) != NULL)) {
            p = mut_find(p, (size_t)(end - p), "] ");
            if (!p)
                p = mut_find(within(m, "BODY["), (size_t)(end - within(m, "BODY[")), "> ");
            return p && other_octet(m, r, p, "BODY[]");
        }
        if (k == 3 && ((p = within(m, "RFC822 ")) != NULL || (p = within(m, "RFC822.TEXT ")) != NULL ||
                       (p = within(m, "RFC822.HEADER ")) != NULL))
            return other_octet(m, r, p, "RFC822");
    }
    return false;
}

bool mut_make(struct mutant *m, const struct mut_trace *t, enum mut_class cls, struct mut_random *r) {
    m->of = t;
    m->cls = (uint8_t)cls;
    m->b = 0;
    m->what[0] = 0;
    m->a = mut_pick(r, t->events);
    if (t->event[m->a].kind != EV_RECEIVED)
        return false;
    m->events = t->events;
    memcpy(m->event, t->event, t->events * sizeof *t->event);
    switch (cls) {
    case MUT_DROP:
        return make_drop(m);
    case MUT_DUPLICATE:
        return make_duplicate(m);
    case MUT_SWAP:
        return make_swap(m);
    case MUT_RENUMBER:
        return make_renumber(m, r);
    case MUT_WORD:
        return make_word(m, r);
    case MUT_FLAG:
        return make_flag(m, r);
    case MUT_UID:
        return make_uid(m, r);
    case MUT_COUNT:
        return make_count(m, r);
    default:
        return make_content(m, r);
    }
}
