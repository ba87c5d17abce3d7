/* dfa.c: subset construction, minimal automata, and the product walk. */
#include "dfa.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void give_up(const char *format, ...) {
    va_list ap;
    va_start(ap, format);
    fputs("proof: ", stderr);
    vfprintf(stderr, format, ap);
    fputc('\n', stderr);
    va_end(ap);
    exit(2);
}

void *keep(size_t octets) {
    static struct kept {
        struct kept *next;
        max_align_t data[];
    } * all; /* so that the leak checker still sees it */
    struct kept *k = calloc(1, sizeof *k + octets);
    if (!k)
        give_up("out of memory");
    k->next = all;
    all = k;
    return k->data;
}

/* Doubles an array that is full. */
static void *grow(void *old, int used, int *cap, size_t size) {
    if (used < *cap)
        return old;
    int cap2 = *cap ? *cap * 2 : 64;
    void *new = keep((size_t)cap2 * size);
    if (used)
        memcpy(new, old, (size_t)used * size);
    *cap = cap2;
    return new;
}

struct nfa *nfa_new(void) {
    return keep(sizeof(struct nfa));
}

int nfa_state(struct nfa *n) {
    n->final = grow(n->final, n->states, &n->final_cap, sizeof *n->final);
    n->final[n->states] = false;
    return n->states++;
}

void nfa_move(struct nfa *n, int from, int lo, int hi, int to) {
    n->arc = grow(n->arc, n->arcs, &n->arcs_cap, sizeof *n->arc);
    n->arc[n->arcs++] = (struct nfa_arc){from, to, lo, hi};
}

void nfa_silent(struct nfa *n, int from, int to) { nfa_move(n, from, -1, -1, to); }

void nfa_final(struct nfa *n, int state) { n->final[state] = true; }

/* ---- subset construction: a set of NFA states is a row of bits
 * ------------------------------------------------------ */

struct subsets {
    const struct nfa *n;
    int *first, *arc_at; /* arcs by their source: arc_at[first[s]] to arc_at[first[s + 1]] */
    int words;           /* uint64_t per set */
    uint64_t **set;
    int sets, sets_cap;
    int *slot, slots; /* hash table: index + 1 */
};

static void index_arcs(struct subsets *x) {
    const struct nfa *n = x->n;
    x->first = keep(((size_t)n->states + 2) * sizeof(int));
    x->arc_at = keep(((size_t)n->arcs + 1) * sizeof(int));
    for (int i = 0; i < n->arcs; i++)
        x->first[n->arc[i].from + 1]++;
    for (int s = 0; s < n->states; s++)
        x->first[s + 1] += x->first[s];
    int *at = keep(((size_t)n->states + 1) * sizeof(int));
    memcpy(at, x->first, (size_t)n->states * sizeof(int));
    for (int i = 0; i < n->arcs; i++)
        x->arc_at[at[n->arc[i].from]++] = i;
}

static bool in(const uint64_t *set, int s) { return set[s / 64] >> s % 64 & 1; }

static void add_closed(struct subsets *x, uint64_t *set, int s) {
    if (in(set, s))
        return;
    set[s / 64] |= UINT64_C(1) << s % 64;
    for (int i = x->first[s]; i < x->first[s + 1]; i++)
        if (x->n->arc[x->arc_at[i]].lo < 0)
            add_closed(x, set, x->n->arc[x->arc_at[i]].to);
}

static uint64_t hash_set(const uint64_t *set, int words) {
    uint64_t h = 1469598103934665603u;
    for (int i = 0; i < words; i++)
        h = (h ^ set[i] ^ set[i] >> 29) * UINT64_C(0x9e3779b97f4a7c15);
    return h ^ h >> 32;
}

static void rehash(struct subsets *x) {
    x->slots = x->slots ? x->slots * 4 : 1024;
    x->slot = keep((size_t)x->slots * sizeof(int));
    for (int i = 0; i < x->sets; i++) {
        uint64_t h = hash_set(x->set[i], x->words);
        while (x->slot[h % (uint64_t)x->slots])
            h++;
        x->slot[h % (uint64_t)x->slots] = i + 1;
    }
}

/* The index of a set; `scratch` is copied if it is new. */
static int intern(struct subsets *x, const uint64_t *scratch) {
    if (2 * (x->sets + 1) > x->slots)
        rehash(x);
    uint64_t h = hash_set(scratch, x->words);
    for (; x->slot[h % (uint64_t)x->slots]; h++) {
        int i = x->slot[h % (uint64_t)x->slots] - 1;
        if (!memcmp(x->set[i], scratch, (size_t)x->words * 8))
            return i;
    }
    if (x->sets >= 100000)
        give_up("an automaton with more than 100,000 states");
    x->set = grow(x->set, x->sets, &x->sets_cap, sizeof *x->set);
    x->set[x->sets] = keep((size_t)x->words * 8);
    memcpy(x->set[x->sets], scratch, (size_t)x->words * 8);
    x->slot[h % (uint64_t)x->slots] = x->sets + 1;
    return x->sets++;
}

/* Symbols between two neighbouring bounds of arcs are never told apart. */
static int split_symbols(const struct nfa *n, int class_of[SYMBOLS], int first_of[SYMBOLS]) {
    bool cut[SYMBOLS + 1] = {true};
    int classes = 0;
    for (int i = 0; i < n->arcs; i++)
        if (n->arc[i].lo >= 0)
            cut[n->arc[i].lo] = cut[n->arc[i].hi + 1] = true;
    for (int c = 0; c < SYMBOLS; c++) {
        if (cut[c])
            first_of[classes++] = c;
        class_of[c] = classes - 1;
    }
    return classes;
}

static int step_set(struct subsets *x, int from, int symbol, uint64_t *scratch) {
    memset(scratch, 0, (size_t)x->words * 8);
    for (int w = 0; w < x->words; w++)
        for (uint64_t bits = x->set[from][w]; bits; bits &= bits - 1) {
            int s = w * 64 + __builtin_ctzll(bits);
            for (int i = x->first[s]; i < x->first[s + 1]; i++) {
                const struct nfa_arc *a = &x->n->arc[x->arc_at[i]];
                if (a->lo <= symbol && symbol <= a->hi)
                    add_closed(x, scratch, a->to);
            }
        }
    return intern(x, scratch);
}

/* ---- minimal automaton: Moore's refinement
 * ------------------------------------------------------------------------- */

struct table {
    int states, classes;
    int *next; /* [states][classes] */
    int *block;
};

/* One round: states stay together if they were together and so are all their successors. Returns the number
 * of blocks. */
static int refine(struct table *t, int *out) {
    int slots = 4, blocks = 0;
    while (slots < 2 * t->states)
        slots *= 2;
    int *slot = calloc((size_t)slots, sizeof *slot);
    if (!slot)
        give_up("out of memory");
    for (int s = 0; s < t->states; s++) {
        const int *row = t->next + (size_t)s * (size_t)t->classes;
        uint64_t h = (uint64_t)t->block[s] * UINT64_C(0x9e3779b97f4a7c15);
        for (int c = 0; c < t->classes; c++)
            h = (h ^ (uint64_t)t->block[row[c]]) * UINT64_C(0x100000001b3), h ^= h >> 31;
        for (;; h++) {
            int *at = &slot[h & (uint64_t)(slots - 1)];
            if (!*at) {
                *at = s + 1;
                out[s] = blocks++;
                break;
            }
            const int *other = t->next + (size_t)(*at - 1) * (size_t)t->classes;
            bool same = t->block[s] == t->block[*at - 1];
            for (int c = 0; same && c < t->classes; c++)
                same = t->block[row[c]] == t->block[other[c]];
            if (same) {
                out[s] = out[*at - 1];
                break;
            }
        }
    }
    free(slot);
    return blocks;
}

/* Numbers the symbols' classes of the finished automaton. */
static void classify(struct dfa *d) {
    d->classes = 0;
    for (int c = 0; c < SYMBOLS; c++) {
        int k = 0;
        for (; k < d->classes; k++) {
            int s = 0;
            while (s < d->states && d->next[s][c] == d->next[s][d->first_of[k]])
                s++;
            if (s == d->states)
                break;
        }
        if (k == d->classes)
            d->first_of[d->classes++] = c;
        d->class_of[c] = k;
    }
    d->transitions = 0;
    for (int s = 1; s < d->states; s++)
        for (int k = 0; k < d->classes; k++)
            d->transitions += d->next[s][d->first_of[k]] != 0;
}

struct dfa *nfa_to_dfa_many(const struct nfa *n, int *start, int starts) {
    struct subsets x = {.n = n, .words = n->states / 64 + 1};
    int class_of[SYMBOLS], first_of[SYMBOLS], next_cap = 0;
    struct table t = {.classes = split_symbols(n, class_of, first_of)};
    index_arcs(&x);
    uint64_t *scratch = keep((size_t)x.words * 8);
    intern(&x, scratch); /* the empty set: set 0 */
    for (int i = 0; i < starts; i++) {
        memset(scratch, 0, (size_t)x.words * 8);
        add_closed(&x, scratch, start[i]);
        start[i] = intern(&x, scratch);
    }
    for (int s = 0; s < x.sets; s++)
        for (int c = 0; c < t.classes; c++) {
            int at = s * t.classes + c;
            t.next = grow(t.next, at, &next_cap, sizeof *t.next);
            t.next[at] = step_set(&x, s, first_of[c], scratch);
        }
    t.states = x.sets;
    t.block = keep((size_t)t.states * sizeof(int));
    int *out = keep((size_t)t.states * sizeof(int)), blocks = 0;
    for (int s = 0; s < t.states; s++)
        for (int i = 0; i < n->states; i++)
            if (in(x.set[s], i) && n->final[i])
                t.block[s] = 1;
    for (int before = -1; before != blocks;) {
        before = blocks;
        blocks = refine(&t, out);
        int *swap = t.block;
        t.block = out;
        out = swap;
    }
    struct dfa *d = keep(sizeof *d);
    d->states = blocks;
    d->next = keep((size_t)blocks * sizeof *d->next);
    d->accept = keep((size_t)blocks * sizeof *d->accept);
    for (int s = 0; s < t.states; s++) {
        int b = t.block[s]; /* block 0 is that of set 0: dead */
        for (int c = 0; c < SYMBOLS; c++)
            d->next[b][c] = t.block[t.next[s * t.classes + class_of[c]]];
        for (int i = 0; i < n->states; i++)
            if (in(x.set[s], i) && n->final[i])
                d->accept[b] = true;
    }
    for (int i = 0; i < starts; i++)
        start[i] = t.block[start[i]];
    d->start = starts ? start[0] : 0;
    classify(d);
    return d;
}

struct dfa *nfa_to_dfa(const struct nfa *n, int start) {
    return nfa_to_dfa_many(n, &start, 1);
}

/* ---- the product
 * --------------------------------------------------------------------------------------------------- */

bool dfa_equal(const struct dfa *a, const struct dfa *b, int *pairs, int *word, int cap, int *len) {
    const size_t all = (size_t)a->states * (size_t)b->states;
    struct step {
        int from, symbol;
    } *came = keep(all * sizeof *came);
    int *queue = keep(all * sizeof *queue), head = 0, tail = 0;
    bool *seen = keep(all);
    queue[tail++] = a->start * b->states + b->start;
    seen[queue[0]] = true;
    came[queue[0]].from = -1;
    *len = 0;
    for (; head < tail; head++) {
        int s = queue[head] / b->states, t = queue[head] % b->states;
        if (a->accept[s] != b->accept[t]) {
            for (int q = queue[head]; came[q].from >= 0; q = came[q].from)
                ++*len;
            int i = *len;
            for (int q = queue[head]; came[q].from >= 0; q = came[q].from)
                if (--i < cap)
                    word[i] = came[q].symbol;
            *pairs = head + 1;
            return false;
        }
        for (int c = 0; c < SYMBOLS; c++) {
            int q = a->next[s][c] * b->states + b->next[t][c];
            if (!seen[q]) {
                seen[q] = true;
                came[q] = (struct step){queue[head], c};
                queue[tail++] = q;
            }
        }
    }
    *pairs = tail;
    return true;
}

const char *word_text(const int *word, int len) {
    static char text[2000];
    size_t at = 0;
    for (int i = 0; i < len && at + 12 < sizeof text; i++) {
        int c = word[i];
        const char *form = c == CONTENT ? "<content>" : c >= 0x20 && c < 0x7f && c != '\\' ? "%c" : "\\x%02x";
        at += (size_t)sprintf(text + at, form, c);
    }
    text[at] = 0;
    return text;
}
