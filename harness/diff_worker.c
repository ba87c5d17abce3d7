/* diff_worker.c: the worker of `imapdiff diff`: takes an input of the corpus or makes one, asks every
 * library, counts. */
#include "diff.h"

#include "check.h"
#include "mutate.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define FRESH_EVERY    16 /* rounds: one input is made from nothing */
#define ISOLATED_EVERY 16 /* rounds: libraries in children of their own are asked */

static uint64_t mix(uint64_t x) {
    x += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

static uint64_t fold_in(uint64_t h, uint64_t x) { return mix(h ^ x); }

static bool wrote(const struct diff *d) { return lseek(d->noise, 0, SEEK_CUR) > 0; }

static void wipe(struct diff *d) {
    if (ftruncate(d->noise, 0) == 0)
        lseek(d->noise, 0, SEEK_SET);
}

/* A library wrote, which is a finding of its own: each is asked again to see which did. */
static void blurted(struct diff *d, struct tally *t, enum lib_item item, const uint8_t *p, size_t n) {
    for (int k = 0; k < d->libraries; k++) {
        static uint8_t canon[LIB_CANON];
        const struct library *l = d->library[k];
        struct difference found = {.part = PART_FAULT, .causes = 1, .cause = {CAUSE_UNKNOWN}};
        found.answer.canon = (struct out){canon, sizeof canon, 0};
        if (l->isolate || !(l->items >> item & 1) || d->s->faults[k] >= DIFF_FAULTS)
            continue;
        wipe(d);
        library_ask(l, item, p, n, &found.answer);
        if (!wrote(d))
            continue;
        found.answer.verdict = LIB_BLURT;
        if (!tally_add(t, l, item, &found, p, n, d->s->err, sizeof d->s->err))
            atomic_store(&d->s->stop, true);
        d->s->faults[k]++;
    }
    wipe(d);
}

/* Is this pattern of answers new? */
static bool is_new(struct diff_shared *s, uint64_t h) {
    h = h ? h : 1;
    for (int i = 0; i < 8; i++) {
        uint64_t *slot = &s->pattern[(h + (uint64_t)i) % DIFF_PATTERNS];
        if (*slot == h)
            return false;
        if (*slot == 0) {
            *slot = h;
            return true;
        }
    }
    return false; /* a full place: the run has seen enough of these */
}

/* One library's answer. Returns the hash with it. */
static uint64_t ask(struct diff *d, struct tally *t, int k, const struct reference *r, const uint8_t *p,
                    size_t n, uint64_t h) {
    const struct library *l = d->library[k];
    enum lib_item item = (enum lib_item)d->s->item;
    struct difference found;
    atomic_store_explicit(&d->s->library, k, memory_order_relaxed);
    atomic_store_explicit(&d->s->asked_ms, clock_ms(), memory_order_relaxed);
    bool parts = compare(l, item, p, n, r, &found);
    atomic_store_explicit(&d->s->asked_ms, 0, memory_order_relaxed);
    h = fold_in(h, (uint64_t)k << 16 | (uint64_t)found.answer.verdict << 8 | found.part);
    for (int i = 0; parts && i < found.causes; i++)
        h = fold_in(h, found.cause[i]);
    if (parts && !tally_add(t, l, item, &found, p, n, d->s->err, sizeof d->s->err))
        atomic_store(&d->s->stop, true);
    if (parts && found.part == PART_FAULT)
        d->s->faults[k]++;
    return h;
}

/* Those in this process, or those in children of their own. */
static uint64_t ask_all(struct diff *d, struct tally *t, const uint8_t *p, size_t n, bool isolated,
                        uint64_t h) {
    static uint8_t canon[LIB_CANON];
    struct reference r = {.canon = {canon, sizeof canon, 0}};
    uint64_t last_dialect = UINT64_MAX; /* libraries of one dialect share the reference's answer */
    for (int k = 0; k < d->libraries; k++) {
        const struct library *l = d->library[k];
        if (l->isolate != isolated || !(l->items >> d->s->item & 1) || d->s->faults[k] >= DIFF_FAULTS)
            continue;
        uint64_t dialect = (uint64_t)l->dialect << 8 | l->literals;
        if (dialect != last_dialect) {
            const struct lex_options o = reference_options(l);
            reference_answer((enum lib_item)d->s->item, p, n, &o, &r);
            last_dialect = dialect;
            h = fold_in(h, (uint64_t)r.lex.verdict << 60 ^ (uint64_t)(uintptr_t)r.lex.rule);
        }
        h = ask(d, t, k, &r, p, n, h);
    }
    return h;
}

/* The input of this round to all libraries: tallies what parts. A library in a child takes longer than all
 * others together: it is asked about the corpus, about inputs whose other answers are new, and about every
 * ISOLATED_EVERY-th. Was there a new pattern of answers? */
static bool diff_one(struct diff *d, struct tally *t, uint64_t round) {
    struct diff_shared *s = d->s;
    uint64_t h = ask_all(d, t, s->input, s->n, false, s->item);
    if (wrote(d))
        blurted(d, t, (enum lib_item)s->item, s->input, s->n);
    bool fresh = is_new(s, h);
    if (!d->isolated ||
        !(fresh || round < s->given || round % ISOLATED_EVERY == 0 || d->isolated == d->libraries))
        return fresh;
    return is_new(s, ask_all(d, t, s->input, s->n, true, ~h)) || fresh;
}

static enum lib_item some_item(const struct diff *d, uint64_t seed) {
    int n = __builtin_popcount(d->items), k = (int)(seed % (unsigned)n);
    for (int i = 0; i < ITEM_COUNT; i++)
        if (d->items >> i & 1 && k-- == 0)
            return (enum lib_item)i;
    return ITEM_ID;
}

/* The input of a round: the corpus as it was given, then mutations of the pool. The same seed and pool give
 * the same. */
static void make_input(struct diff *d, uint64_t round) {
    struct diff_shared *s = d->s;
    if (round < s->given) {
        const struct diff_input *i = &s->pool[round];
        s->item = i->item;
        s->n = i->n;
        memcpy(s->input, s->arena + i->at, i->n);
        return;
    }
    uint64_t seed = mix(d->o.seed ^ mix(round));
    s->n = 0;
    if (s->pooled == 0 || seed % FRESH_EVERY == 0) {
        s->item = (uint8_t)some_item(d, seed >> 8);
    } else {
        const struct diff_input *i = &s->pool[(seed >> 8) % s->pooled],
                                *j = &s->pool[(seed >> 32) % s->pooled];
        s->item = i->item;
        if (seed % 7 == 0 && i->item == j->item) {
            s->n = (uint32_t)mutate_cross(s->item, s->arena + i->at, i->n, s->arena + j->at, j->n, s->input,
                                          DIFF_INPUT, seed);
        } else {
            memcpy(s->input, s->arena + i->at, i->n);
            s->n = i->n;
        }
    }
    s->n = (uint32_t)mutate(s->item, s->input, s->n, DIFF_INPUT, seed);
}

static bool over(const struct diff *d, uint64_t round) {
    if (atomic_load_explicit(&d->s->stop, memory_order_relaxed))
        return true;
    if (round < d->s->given) /* the corpus is always gone through */
        return false;
    if (round - d->s->given >= d->o.inputs)
        return true;
    return d->o.time_ms != UINT64_MAX && clock_ms() - d->began_ms >= d->o.time_ms;
}

void diff_work(struct diff *d) {
    struct diff_shared *s = d->s;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGINT, SIG_IGN); /* the parent ends it */
    signal(SIGTERM, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    s->place[0] = 0;
    library_limits.noted = s->place;
    struct tally *t = tally_open(d->out, s->err, sizeof s->err);
    if (t) {
        dup2(d->noise, 1);
        dup2(d->noise, 2);
        setvbuf(stdout, NULL, _IONBF, 0);
        lseek(d->noise, 0, SEEK_SET);
    }
    for (uint64_t round = atomic_load(&s->round); t && !over(d, round); round++) {
        make_input(d, round);
        atomic_store(&s->round, round);
        if (diff_one(d, t, round)) {
            atomic_fetch_add(&s->folds, 1);
            if (round >= s->given)
                pool_add(s, s->item, s->input, s->n);
        }
        atomic_store_explicit(&s->executed, s->executed + 1, memory_order_relaxed);
        tally_executed(t, 1);
    }
    tally_close(t);
    library_end();
    atomic_store(&s->done, true);
    _exit(0);
}
