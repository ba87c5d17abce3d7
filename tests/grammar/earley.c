/* earley.c: from ABNF text to context-free productions over octets, Earley recognition, random derivation. */
#include "earley.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { SETS_MAX = 2048, NTS = 4000, PRODS = 12000, RHS = 40000, CHARSETS = 2000 };
enum kind { S_SET, S_RULE, S_NUMBER, S_CONTENT };
struct symbol { /* of a right side */
    uint8_t kind;
    bool flag; /* NUMBER: not zero at its start; CONTENT: NUL may stand in it */
    uint16_t at; /* SET: charset; RULE: nonterminal */
    uint64_t max; /* NUMBER */
};
struct production {
    uint16_t lhs, len;
    uint32_t rhs;
    uint32_t reach; /* rules below it: random sentences prefer the rich alternatives */
};
struct nonterminal {
    const char *name; /* NULL: a group of ours */
    uint32_t first, count; /* its productions, sorted at the end */
    bool nullable, repeats; /* repeats: made for a repetition */
    uint32_t height;        /* of the shortest derivation */
    int charset;     /* >= 0: the rule is a set of octets */
    const char *except[64];
    int excepts;
    earley_predicate *require;
};
struct item {
    uint16_t prod;
    uint8_t dot;
    uint32_t origin;
    uint64_t v; /* NUMBER: the value so far, plus one; CONTENT: octets left */
    int next;   /* in its set, among those that wait for the same nonterminal; -1 */
};
struct set {
    struct item *v;
    int n, cap;
    int *waiting; /* by nonterminal: first item, -1 */
};
struct earley {
    const struct abnf *g;
    enum dialect d;
    struct nonterminal nt[NTS];
    int nts;
    struct production prod[PRODS];
    int prods;
    struct symbol rhs[RHS];
    int rhss;
    uint8_t charset[CHARSETS][32];
    int charsets;
    int start;
    struct set set[SETS_MAX + 1];
};

/* ---- reading rule bodies -------------------------------------------------------------------------------------------- */

struct seq {
    struct symbol v[400];
    int n;
};

static int new_nt(struct earley *e, const char *name)
{
    if (e->nts == NTS)
        give_up("earley: too many rules");
    e->nt[e->nts] = (struct nonterminal){.name = name, .charset = -1, .height = UINT32_MAX};
    return e->nts++;
}

static void produce(struct earley *e, int lhs, const struct seq *s)
{
    if (e->prods == PRODS || e->rhss + s->n > RHS)
        give_up("earley: too many productions");
    e->prod[e->prods++] = (struct production){(uint16_t)lhs, (uint16_t)s->n, (uint32_t)e->rhss, 0};
    memcpy(&e->rhs[e->rhss], s->v, (size_t)s->n * sizeof *s->v);
    e->rhss += s->n;
}

static void push(struct seq *s, struct symbol x)
{
    if (s->n == 400)
        give_up("earley: a sequence is too long");
    s->v[s->n++] = x;
}

static struct symbol octets(struct earley *e, int lo, int hi)
{
    if (e->charsets == CHARSETS)
        give_up("earley: too many charsets");
    for (int c = lo; c <= hi; c++)
        e->charset[e->charsets][c / 8] |= (uint8_t)(1 << c % 8);
    return (struct symbol){.kind = S_SET, .at = (uint16_t)e->charsets++};
}

static struct symbol rule(struct earley *e, const char *name, size_t n);
static void alternation(struct earley *e, const char **p, int lhs);

static void blanks(const char **p) { *p += strspn(*p, " \t"); }

/* %x41-5A, %x41, %x41.42 */
static void numeric(struct earley *e, const char **p, struct seq *out)
{
    int base = tolower((*p)[1]) == 'x' ? 16 : tolower((*p)[1]) == 'd' ? 10 : 2;
    char *end;
    long lo = strtol(*p + 2, &end, base), hi = lo;
    if (*end == '-')
        hi = strtol(end + 1, &end, base);
    push(out, octets(e, (int)lo, (int)hi));
    while (*end == '.') {
        lo = strtol(end + 1, &end, base);
        push(out, octets(e, (int)lo, (int)lo));
    }
    *p = end;
}

static void quoted(struct earley *e, const char **p, struct seq *out)
{
    for (++*p; **p != '"'; ++*p) {
        struct symbol s = octets(e, (uint8_t)**p, (uint8_t)**p);
        int other = isalpha((uint8_t)**p) ? **p ^ 32 : **p;
        e->charset[s.at][other / 8] |= (uint8_t)(1 << other % 8);
        push(out, s);
    }
    ++*p;
}

static struct symbol group(struct earley *e, const char **p, bool optional)
{
    int nt = new_nt(e, NULL);
    ++*p;
    alternation(e, p, nt);
    ++*p; /* its closing parenthesis */
    if (optional)
        produce(e, nt, &(struct seq){.n = 0});
    return (struct symbol){.kind = S_RULE, .at = (uint16_t)nt};
}

static void element(struct earley *e, const char **p, struct seq *out)
{
    const char *from = *p;
    switch (**p) {
    case '"': quoted(e, p, out); return;
    case '%': numeric(e, p, out); return;
    case '(': push(out, group(e, p, false)); return;
    case '[': push(out, group(e, p, true)); return;
    case '<':
        push(out, (struct symbol){.kind = S_CONTENT, .flag = strncmp(*p, "<octets>", 8) == 0});
        *p = strchr(*p, '>') + 1;
        return;
    default:
        while (isalnum((uint8_t)**p) || **p == '-')
            ++*p;
        if (*p == from)
            give_up("earley: cannot read: %.40s", from);
        push(out, rule(e, from, (size_t)(*p - from)));
    }
}

/* Zero or more of `x`, at most `max` (-1: without end), as one symbol. */
static struct symbol some(struct earley *e, const struct seq *x, int max)
{
    int nt = new_nt(e, NULL);
    struct seq s = {.n = 0};
    e->nt[nt].repeats = true;
    produce(e, nt, &s);
    if (max < 0)
        push(&s, (struct symbol){.kind = S_RULE, .at = (uint16_t)nt});
    for (int i = 0; i < x->n; i++)
        push(&s, x->v[i]);
    if (max > 1)
        push(&s, some(e, x, max - 1));
    produce(e, nt, &s);
    return (struct symbol){.kind = S_RULE, .at = (uint16_t)nt};
}

static void repetition(struct earley *e, const char **p, struct seq *out)
{
    int min = 1, max = 1;
    struct seq x = {.n = 0};
    char *end;
    if (isdigit((uint8_t)**p)) {
        min = max = (int)strtol(*p, &end, 10);
        *p = end;
    } else if (**p == '*') {
        min = 0;
    }
    if (**p == '*') {
        ++*p;
        max = -1;
        if (isdigit((uint8_t)**p)) {
            max = (int)strtol(*p, &end, 10);
            *p = end;
        }
    }
    blanks(p);
    element(e, p, &x);
    for (int i = 0; i < min; i++)
        for (int k = 0; k < x.n; k++)
            push(out, x.v[k]);
    if (max < 0 || max > min)
        push(out, some(e, &x, max < 0 ? -1 : max - min));
}

static void alternation(struct earley *e, const char **p, int lhs)
{
    for (;;) {
        struct seq *s = keep(sizeof *s);
        for (blanks(p); **p != 0 && **p != '/' && **p != ')' && **p != ']'; blanks(p))
            repetition(e, p, s);
        produce(e, lhs, s);
        if (**p != '/')
            return;
        ++*p;
    }
}

/* A rule whose alternatives are all single octets is a set of octets: fewer items. */
static void fold(struct earley *e, int nt, int from)
{
    for (int i = from; i < e->prods; i++)
        if (e->prod[i].lhs != nt || e->prod[i].len != 1 || e->rhs[e->prod[i].rhs].kind != S_SET)
            return;
    struct symbol all = octets(e, 1, 0);
    for (int i = from; i < e->prods; i++)
        for (int b = 0; b < 32; b++)
            e->charset[all.at][b] |= e->charset[e->rhs[e->prod[i].rhs].at][b];
    e->prods = from;
    e->nt[nt].charset = all.at;
}

static bool bound(const struct earley *e, const char *name, uint64_t *max)
{
    for (int i = 0; i < e->g->notes; i++) {
        const struct abnf_note *n = &e->g->note[i];
        if (strcmp(n->word, "bound") == 0 && strcasecmp(n->a, name) == 0 &&
            (n->dialects == 0 || n->dialects >> e->d & 1)) {
            *max = strtoull(n->b, NULL, 10);
            return true;
        }
    }
    return false;
}

static void notes(struct earley *e, int nt)
{
    struct nonterminal *t = &e->nt[nt];
    for (int i = 0; i < e->g->notes; i++) {
        const struct abnf_note *n = &e->g->note[i];
        if (strcmp(n->word, "except") == 0 && strcasecmp(n->a, t->name) == 0 &&
            (n->dialects == 0 || n->dialects >> e->d & 1)) {
            if (t->excepts == 64)
                give_up("earley: too many exceptions");
            t->except[t->excepts++] = n->b;
        }
    }
}

static struct symbol rule(struct earley *e, const char *name, size_t n)
{
    const struct abnf_rule *r = NULL;
    for (int i = 0; i < e->nts; i++)
        if (e->nt[i].name != NULL && strncasecmp(e->nt[i].name, name, n) == 0 && e->nt[i].name[n] == 0)
            return e->nt[i].charset >= 0 ? (struct symbol){.kind = S_SET, .at = (uint16_t)e->nt[i].charset}
                                         : (struct symbol){.kind = S_RULE, .at = (uint16_t)i};
    for (int i = 0; i < e->g->rules; i++)
        if (strncasecmp(e->g->rule[i].name, name, n) == 0 && e->g->rule[i].name[n] == 0 &&
            e->g->rule[i].dialects >> e->d & 1)
            r = &e->g->rule[i];
    if (r == NULL)
        give_up("earley: no rule %.*s", (int)n, name);
    int nt = new_nt(e, r->name), from = e->prods;
    struct symbol number = {.kind = S_NUMBER, .flag = strstr(r->body, "digit-nz") != NULL};
    notes(e, nt);
    if (bound(e, r->name, &number.max)) {
        produce(e, nt, &(struct seq){.v = {number}, .n = 1});
    } else {
        const char *p = r->body;
        alternation(e, &p, nt);
        if (*p != 0)
            give_up("earley: %s ends at %.20s", r->name, p);
        fold(e, nt, from);
    }
    return rule(e, name, n);
}

/* ---- sorting, nullable, heights -------------------------------------------------------------------------------------- */

static int by_lhs(const void *a, const void *b)
{
    const struct production *x = a, *y = b;
    return x->lhs != y->lhs ? (x->lhs < y->lhs ? -1 : 1) : x->rhs < y->rhs ? -1 : x->rhs > y->rhs;
}

static uint32_t height(const struct earley *e, const struct production *p)
{
    uint32_t h = 0;
    for (uint32_t i = 0; i < p->len; i++) {
        const struct symbol *s = &e->rhs[p->rhs + i];
        uint32_t x = s->kind == S_RULE ? e->nt[s->at].height : 0;
        h = x > h ? x : h;
    }
    return h == UINT32_MAX ? h : h + 1;
}

static bool nullable(const struct earley *e, const struct production *p)
{
    for (uint32_t i = 0; i < p->len; i++)
        if (e->rhs[p->rhs + i].kind != S_RULE || !e->nt[e->rhs[p->rhs + i].at].nullable)
            return false;
    return true;
}

static void reach(const struct earley *e, const struct production *p, bool *seen, uint32_t *n)
{
    for (uint32_t i = 0; i < p->len; i++) {
        const struct symbol *s = &e->rhs[p->rhs + i];
        if (s->kind != S_RULE || seen[s->at])
            continue;
        seen[s->at] = true;
        ++*n;
        for (uint32_t k = 0; k < e->nt[s->at].count; k++)
            reach(e, &e->prod[e->nt[s->at].first + k], seen, n);
    }
}

struct earley *earley_new(const struct abnf *g, const char *start, enum dialect d)
{
    struct earley *e = keep(sizeof *e);
    e->g = g;
    e->d = d;
    e->start = rule(e, start, strlen(start)).at;
    qsort(e->prod, (size_t)e->prods, sizeof *e->prod, by_lhs);
    for (int i = 0; i < e->prods; i++) {
        struct nonterminal *t = &e->nt[e->prod[i].lhs];
        t->first = t->count == 0 ? (uint32_t)i : t->first;
        t->count++;
    }
    for (bool changed = true; changed;) {
        changed = false;
        for (int i = 0; i < e->prods; i++) {
            struct nonterminal *t = &e->nt[e->prod[i].lhs];
            uint32_t h = height(e, &e->prod[i]);
            bool null = nullable(e, &e->prod[i]);
            changed = changed || h < t->height || (null && !t->nullable);
            t->height = h < t->height ? h : t->height;
            t->nullable = t->nullable || null;
        }
    }
    for (int i = 0; i < e->prods; i++) {
        bool seen[NTS] = {false};
        e->prod[i].reach = 1;
        reach(e, &e->prod[i], seen, &e->prod[i].reach);
    }
    for (int i = 0; i <= SETS_MAX; i++)
        e->set[i].waiting = keep((size_t)e->nts * sizeof(int));
    return e;
}

void earley_require(struct earley *e, const char *name, earley_predicate *f)
{
    for (int i = 0; i < e->nts; i++)
        if (e->nt[i].name != NULL && strcasecmp(e->nt[i].name, name) == 0) {
            e->nt[i].require = f;
            return;
        }
    give_up("earley: no rule %s in this grammar", name);
}

/* ---- recognition ----------------------------------------------------------------------------------------------------- */

static const struct symbol *next_of(const struct earley *e, const struct item *i)
{
    const struct production *p = &e->prod[i->prod];
    return i->dot < p->len ? &e->rhs[p->rhs + i->dot] : NULL;
}

static void add(struct earley *e, struct set *s, struct item x)
{
    const struct symbol *next = next_of(e, &x);
    x.next = -1;
    if (next != NULL && next->kind == S_RULE) {
        /* those that wait for the same nonterminal are all that could be equal */
        for (int i = s->waiting[next->at]; i >= 0; i = s->v[i].next)
            if (s->v[i].prod == x.prod && s->v[i].dot == x.dot && s->v[i].origin == x.origin)
                return;
        x.next = s->waiting[next->at];
        s->waiting[next->at] = s->n;
    } else {
        for (int i = 0; i < s->n; i++)
            if (s->v[i].prod == x.prod && s->v[i].dot == x.dot && s->v[i].origin == x.origin && s->v[i].v == x.v)
                return;
    }
    if (s->n == s->cap) {
        s->cap = s->cap == 0 ? 256 : 2 * s->cap;
        struct item *v = keep((size_t)s->cap * sizeof *v);
        if (s->n > 0)
            memcpy(v, s->v, (size_t)s->n * sizeof *v);
        s->v = v;
    }
    s->v[s->n++] = x;
}

static struct item moved(struct item x)
{
    x.dot++;
    x.v = 0;
    return x;
}

/* The number behind the first "{" of the octets [p, end). */
static uint64_t announced(const uint8_t *p, const uint8_t *end)
{
    uint64_t n = 0;
    for (p = memchr(p, '{', (size_t)(end - p)), p++; isdigit(*p); p++)
        n = n * 10 + (uint64_t)(*p - '0');
    return n;
}

static bool counts(const struct nonterminal *t, const uint8_t *p, size_t n)
{
    for (int i = 0; i < t->excepts; i++)
        if (strlen(t->except[i]) == n && strncasecmp(t->except[i], (const char *)p, n) == 0)
            return false;
    return t->require == NULL || t->require(p, n);
}

static void complete(struct earley *e, struct set *s, struct item x, const uint8_t *p, size_t at)
{
    int lhs = e->prod[x.prod].lhs;
    if (!counts(&e->nt[lhs], p + x.origin, at - x.origin))
        return;
    struct set *from = &e->set[x.origin];
    for (int i = from->waiting[lhs]; i >= 0; i = from->v[i].next)
        add(e, s, moved(from->v[i]));
}

/* Predicts and completes until nothing is new. Does the start symbol end here? */
static bool close_set(struct earley *e, const uint8_t *p, size_t at)
{
    struct set *s = &e->set[at];
    bool whole = false;
    for (int i = 0; i < s->n; i++) {
        struct item x = s->v[i];
        const struct symbol *next = next_of(e, &x);
        if (next == NULL) {
            if (x.origin < at || e->prod[x.prod].len == 0)
                complete(e, s, x, p, at);
            whole = whole || (e->prod[x.prod].lhs == e->start && x.origin == 0);
        } else if (next->kind == S_RULE) {
            const struct nonterminal *t = &e->nt[next->at];
            for (uint32_t k = 0; k < t->count; k++)
                add(e, s, (struct item){.prod = (uint16_t)(t->first + k), .origin = (uint32_t)at});
            if (t->nullable)
                add(e, s, moved(x));
        } else if (next->kind == S_CONTENT && x.v == 0) {
            uint64_t n = announced(p + x.origin, p + at);
            s->v[i].v = n; /* in place: such items are never compared again */
            if (n == 0)
                add(e, s, moved(x));
        }
    }
    return whole;
}

static void scan(struct earley *e, const struct item *x, struct set *to, uint8_t c)
{
    const struct symbol *next = next_of(e, x);
    if (next == NULL || next->kind == S_RULE)
        return;
    struct item y = *x;
    if (next->kind == S_SET) {
        if (e->charset[next->at][c / 8] >> c % 8 & 1)
            add(e, to, moved(y));
    } else if (next->kind == S_NUMBER) {
        uint64_t v = x->v == 0 ? 0 : x->v - 1;
        if (!isdigit(c) || (x->v == 0 && next->flag && c == '0') || v > (next->max - (uint64_t)(c - '0')) / 10)
            return;
        y.v = v * 10 + (uint64_t)(c - '0') + 1;
        add(e, to, y);
        add(e, to, moved(y));
    } else if (x->v > 0 && (c != 0 || next->flag)) {
        y.v--;
        add(e, to, y.v == 0 ? moved(y) : y);
    }
}

static void clear(struct earley *e, struct set *s)
{
    s->n = 0;
    memset(s->waiting, 0xff, (size_t)e->nts * sizeof(int));
}

/* Is there more than nonterminals that ended for nobody? */
static bool viable(const struct earley *e, const struct set *s)
{
    for (int i = 0; i < s->n; i++) {
        const struct symbol *next = next_of(e, &s->v[i]);
        if (next != NULL && next->kind != S_RULE)
            return true;
    }
    return false;
}

struct lex_result earley_judge(struct earley *e, const uint8_t *p, size_t n)
{
    if (n > SETS_MAX)
        give_up("earley: an input is too long");
    clear(e, &e->set[0]);
    const struct nonterminal *t = &e->nt[e->start];
    for (uint32_t k = 0; k < t->count; k++)
        add(e, &e->set[0], (struct item){.prod = (uint16_t)(t->first + k)});
    close_set(e, p, 0);
    for (size_t i = 0; i < n; i++) {
        struct set *from = &e->set[i], *to = &e->set[i + 1];
        clear(e, to);
        for (int k = 0; k < from->n; k++)
            scan(e, &from->v[k], to, p[i]);
        if (close_set(e, p, i + 1))
            return (struct lex_result){LEX_ACCEPT, (uint32_t)(i + 1), NULL, NULL};
        if (!viable(e, to))
            return (struct lex_result){LEX_REJECT, (uint32_t)i, NULL, NULL};
    }
    return (struct lex_result){LEX_MORE, (uint32_t)n, NULL, NULL};
}

/* ---- random sentences ------------------------------------------------------------------------------------------------ */

uint32_t earley_random(uint64_t *seed, uint32_t below)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return (uint32_t)((*seed >> 16) % below);
}

struct pen {
    uint8_t *p;
    size_t n, cap;
    uint64_t *seed;
};

static void put(struct pen *w, uint8_t c)
{
    if (w->n < w->cap)
        w->p[w->n] = c;
    w->n++;
}

static void put_number(struct pen *w, uint64_t v)
{
    char b[24];
    int n = snprintf(b, sizeof b, "%llu", (unsigned long long)v);
    for (int i = 0; i < n; i++)
        put(w, (uint8_t)b[i]);
}

static void put_of(const struct earley *e, struct pen *w, int charset)
{
    for (int tries = 0;; tries++) {
        uint8_t c = (uint8_t)(tries < 20 ? ' ' + earley_random(w->seed, 95) : earley_random(w->seed, 256));
        if (earley_random(w->seed, 20) == 0)
            c = (uint8_t)earley_random(w->seed, 256);
        if (e->charset[charset][c / 8] >> c % 8 & 1) {
            put(w, c);
            return;
        }
    }
}

static void some_number(struct pen *w, const struct symbol *s)
{
    uint64_t v = earley_random(w->seed, 3) > 0 ? earley_random(w->seed, 12) : s->max - earley_random(w->seed, 3);
    put_number(w, s->flag && v == 0 ? 1 : v);
}

static void derive(struct earley *e, struct pen *w, int nt, int depth);

/* A header, then as many octets as its number says. */
static void derive_literal(struct earley *e, struct pen *w, const struct production *p, bool nul)
{
    uint32_t n = earley_random(w->seed, 5);
    size_t from = w->n;
    derive(e, w, e->rhs[p->rhs].at, 0);
    for (size_t i = from; i < w->n && i < w->cap; i++)
        if (isdigit(w->p[i])) { /* one digit of ours in place of the header's number */
            size_t end = i;
            while (end < w->n && end < w->cap && isdigit(w->p[end]))
                end++;
            w->p[i] = (uint8_t)('0' + n);
            memmove(w->p + i + 1, w->p + end, (w->n < w->cap ? w->n : w->cap) - end);
            w->n -= end - i - 1;
            break;
        }
    for (; n > 0; n--)
        put(w, (uint8_t)(nul ? earley_random(w->seed, 256) : 1 + earley_random(w->seed, 255)));
}

/* Half of the time any alternative, else the more likely the more rules it has below it. */
static uint32_t alternative(const struct earley *e, const struct nonterminal *t, uint64_t *seed)
{
    uint32_t all = 0, k = t->first;
    if (t->repeats || earley_random(seed, 2) == 0)
        return t->first + earley_random(seed, t->count);
    for (uint32_t i = 0; i < t->count; i++)
        all += e->prod[t->first + i].reach;
    for (uint32_t r = earley_random(seed, all); r >= e->prod[k].reach; k++)
        r -= e->prod[k].reach;
    return k;
}

static void derive(struct earley *e, struct pen *w, int nt, int depth)
{
    const struct nonterminal *t = &e->nt[nt];
    uint32_t k = alternative(e, t, w->seed);
    for (uint32_t i = t->first; depth > 25 && i < t->first + t->count; i++)
        if (height(e, &e->prod[i]) < height(e, &e->prod[k]))
            k = i;
    const struct production *p = &e->prod[k];
    if (w->n > w->cap)
        return;
    if (p->len == 2 && e->rhs[p->rhs + 1].kind == S_CONTENT) {
        derive_literal(e, w, p, e->rhs[p->rhs + 1].flag);
        return;
    }
    for (uint32_t i = 0; i < p->len; i++) {
        const struct symbol *s = &e->rhs[p->rhs + i];
        if (s->kind == S_RULE)
            derive(e, w, s->at, depth + 1);
        else if (s->kind == S_SET)
            put_of(e, w, s->at);
        else if (s->kind == S_NUMBER)
            some_number(w, s);
    }
}

size_t earley_sentence(struct earley *e, uint64_t *seed, uint8_t *out, size_t cap)
{
    struct pen w = {out, 0, cap, seed};
    derive(e, &w, e->start, 0);
    return w.n <= cap ? w.n : 0;
}
