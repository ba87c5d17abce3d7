/* compare_alone.c: where a library refuses or misreads what the grammar has: the input is written again with
 * one of its features alone, and the library is asked again. Features with which it still parts are the
 * causes; else pairs of them.
 */
#include "compare_priv.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* Answers to inputs that were written again: most of them come again and again. Direct-mapped, by hash.
 * Shared with the processes that are forked behind the first call, so that a worker that takes the place of a
 * dead one need not ask it all again. */
#define MEMO 65536
static struct memo {
    uint64_t key;
    uint8_t part, set;
} * memo;

void compare_forget(void) {
    if (!memo)
        memo = mmap(NULL, MEMO * sizeof *memo, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memo == MAP_FAILED)
        abort();
    memset(memo, 0, MEMO * sizeof *memo);
}

static uint64_t hash(const struct library *l, enum lib_item item, const uint8_t *p, size_t n) {
    uint64_t h = UINT64_C(0x9e3779b97f4a7c15) ^ (uint64_t)(uintptr_t)l ^ (uint64_t)item << 56 ^ n;
    for (; n >= 8; p += 8, n -= 8) {
        uint64_t w;
        memcpy(&w, p, 8);
        h = (h ^ w) * UINT64_C(0xff51afd7ed558ccd);
        h ^= h >> 32;
    }
    for (; n > 0; p++, n--)
        h = (h ^ *p) * UINT64_C(0xc4ceb9fe1a85ec53), h ^= h >> 29;
    return h ? h : 1;
}

struct question {
    const struct library *l;
    enum lib_item item;
    struct lex_options o;
    struct featured *f;
};

/* Does the library part at the input with these features alone? One that the grammar does not accept tells
 * nothing. */
static enum part ask(const struct question *q, uint64_t keep) {
    static uint8_t input[COMPARE_INPUT], ours[LIB_CANON], theirs[LIB_CANON];
    struct out out = {input, sizeof input, 0};
    features_write(q->f, keep, &out);
    if (out.len > out.cap)
        return PART_AGREE;
    uint64_t key = hash(q->l, q->item, input, out.len);
    if (memo[key % MEMO].set && memo[key % MEMO].key == key)
        return memo[key % MEMO].part;
    struct reference r = {.canon = {ours, sizeof ours, 0}};
    struct lib_answer a = {.canon = {theirs, sizeof theirs, 0}};
    uint32_t at;
    enum part part = PART_AGREE;
    reference_answer(q->item, input, out.len, &q->o, &r);
    if (r.lex.verdict == LEX_ACCEPT && r.lex.offset == out.len) {
        library_ask(q->l, q->item, input, out.len, &a);
        part = part_of(q->item, input, out.len, &r, &a, &at);
    }
    memo[key % MEMO].key = key;
    memo[key % MEMO].part = (uint8_t)part;
    memo[key % MEMO].set = 1;
    return part;
}

static bool add(struct difference *d, enum cause c) {
    for (int i = 0; i < d->causes; i++)
        if (d->cause[i] == c)
            return true;
    if (d->causes == CAUSES_AT_ONCE)
        return false;
    d->cause[d->causes++] = (uint8_t)c;
    return true;
}

/* The same in one pair after the other: for libraries that part wherever there are several. */
static enum part ask_by_pair(const struct question *q, enum feature feature, enum part wanted) {
    enum part found = PART_AGREE;
    uint32_t n = q->f->pairs < 64 ? q->f->pairs : 64;
    for (uint32_t i = 0; i < n && found != wanted; i++)
        if (q->f->has[i] & FEATURE(feature)) {
            q->f->only = i + 1;
            enum part p = ask(q, FEATURE(feature));
            found = p != PART_AGREE ? p : found;
        }
    q->f->only = 0;
    return found;
}

/* Each feature alone; `any`: it may part in another way than the input did. */
static void alone(const struct question *q, struct difference *d, bool any) {
    uint64_t parts = 0;
    for (int i = 0; i < F_COUNT; i++) {
        if (!(q->f->set & FEATURE(i)) || feature_rows[i].base & parts)
            continue;
        enum part p = parts & FEATURE(F_SEVERAL) ? ask_by_pair(q, i, d->part) : ask(q, FEATURE(i));
        if (p != PART_AGREE && (any || p == d->part)) {
            parts |= FEATURE(i);
            add(d, feature_rows[i].cause);
        }
    }
}

/* Does the grammar have the input with these features alone? */
static bool is_whole(const struct question *q, uint64_t keep) {
    static uint8_t input[COMPARE_INPUT];
    struct out out = {input, sizeof input, 0};
    struct reference r = {0};
    features_write(q->f, keep, &out);
    if (out.len > out.cap)
        return false;
    reference_answer(q->item, input, out.len, &q->o, &r);
    return r.lex.verdict == LEX_ACCEPT && r.lex.offset == out.len;
}

static void in_pairs(const struct question *q, struct difference *d) {
    int tries = q->l->isolate ? 30 : 300;
    for (int i = 0; i < F_COUNT && d->causes == 0; i++)
        for (int j = i + 1; j < F_COUNT && d->causes == 0 && tries > 0; j++) {
            uint64_t both = FEATURE(i) | FEATURE(j);
            if ((q->f->set & both) != both)
                continue;
            tries--;
            if (ask(q, both) != PART_AGREE) {
                /* The later one is the more special: it is the cause, where the other is its base. One
                 * without which the grammar has no such input at all (a message that is no literal) is there
                 * for that alone. */
                bool need_i = is_whole(q, FEATURE(i)) && !is_whole(q, FEATURE(j)),
                     need_j = is_whole(q, FEATURE(j)) && !is_whole(q, FEATURE(i));
                if (!(feature_rows[j].base & FEATURE(i)) && !need_i)
                    add(d, feature_rows[i].cause);
                if (!need_j)
                    add(d, feature_rows[j].cause);
            }
        }
}

void causes_by_features(const struct library *l, enum lib_item item, const uint8_t *p, size_t n,
                        struct difference *d) {
    static struct featured f;
    if (!memo)
        compare_forget();
    struct question q = {l, item, reference_options(l), &f};
    d->causes = 0;
    if (n <= COMPARE_INPUT) {
        features_find(item, p, n, &q.o, &f);
        if (ask(&q, 0) != PART_AGREE)
            add(d, f.plain);
        if (d->causes == 0)
            alone(&q, d, false);
        if (d->causes == 0)
            alone(&q, d, true);
        if (d->causes == 0)
            in_pairs(&q, d);
    }
    if (d->causes == 0)
        add(d, CAUSE_UNKNOWN);
}
