/* afl_mutator.c: mutate.h as AFL++'s custom mutator. IMAPDIFF_ITEM names the item: "id", "id-response", ... */
#include <stdlib.h>
#include <string.h>

#include "mutate.h"

#define ROOM (64u << 10)

struct mutator {
    int item;
    uint64_t state;
    uint8_t octets[ROOM];
};

void *afl_custom_init(void *afl, unsigned seed);
size_t afl_custom_fuzz(void *data, uint8_t *p, size_t n, uint8_t **out, uint8_t *add, size_t add_n, size_t max);
void afl_custom_deinit(void *data);

void *afl_custom_init(void *afl, unsigned seed) {
    (void)afl;
    struct mutator *m = calloc(1, sizeof *m);
    const char *name = getenv("IMAPDIFF_ITEM");
    int item = name ? lib_item_by_name(name) : -1;
    if (m)
        *m = (struct mutator){.item = item < 0 ? ITEM_COMMAND : item, .state = seed};
    return m;
}

size_t afl_custom_fuzz(void *data, uint8_t *p, size_t n, uint8_t **out, uint8_t *add, size_t add_n, size_t max) {
    struct mutator *m = data;
    size_t cap = max < ROOM ? max : ROOM;
    m->state = m->state * 6364136223846793005u + 1442695040888963407u;
    *out = m->octets;
    if (add_n && m->state >> 61 == 0)
        return mutate_cross((enum lib_item)m->item, p, n, add, add_n, m->octets, cap, m->state);
    n = n < cap ? n : cap;
    memcpy(m->octets, p, n);
    return mutate((enum lib_item)m->item, m->octets, n, cap, m->state);
}

void afl_custom_deinit(void *data) { free(data); }
