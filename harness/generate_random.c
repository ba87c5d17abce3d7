/* generate_random.c: the generator's random numbers: xoshiro256** (Blackman, Vigna), seeded by splitmix64;
 * integers only. */
#include "generate_priv.h"

static uint64_t splitmix(uint64_t *x) {
    uint64_t z = *x += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

void g_seed(struct generator *g, uint64_t seed, uint64_t n) {
    uint64_t a = seed, b = n;
    uint64_t x = splitmix(&a);
    x ^= splitmix(&b) * 0xda942042e4dd58b5u;
    for (int i = 0; i < 4; i++)
        g->random[i] = splitmix(&x);
}

static uint64_t rotate(uint64_t x, int k) { return x << k | x >> (64 - k); }

uint64_t g_random(struct generator *g) {
    uint64_t *s = g->random, result = rotate(s[1] * 5, 7) * 9, t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return result;
}

uint32_t g_below(struct generator *g, uint32_t n) { return (uint32_t)((g_random(g) >> 32) * n >> 32); }

int g_between(struct generator *g, int lo, int hi) { return lo + (int)g_below(g, (uint32_t)(hi - lo + 1)); }

bool g_chance(struct generator *g, uint32_t percent) { return g_below(g, 100) < percent; }

uint64_t g_subset(struct generator *g, uint64_t of, bool proper) {
    if (!of || !(of & (of - 1)))
        return of;
    for (int i = 0; i < 20; i++) {
        uint64_t s = g_random(g) & of;
        if (s && (!proper || s != of))
            return s;
    }
    return proper ? of & (of - 1) : of;
}

const char *g_pick(struct generator *g, const char *const *list, uint32_t n) { return list[g_below(g, n)]; }
