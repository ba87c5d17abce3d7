/* content.c: the store of message contents: equal octets have one number; everything is forgotten at once. */
#include "content_impl.h"

#include <gmime/gmime.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK (1u << 18)

void *arena(struct content *c, size_t n) {
    n = (n + 15) & ~(size_t)15;
    struct chunk *k = c->chunk;
    if (!k || k->cap - k->used < n) {
        size_t cap = n > CHUNK ? n : CHUNK;
        if (cap > ARENA_MAX || c->held > ARENA_MAX - cap || !(k = malloc(sizeof *k + cap)))
            return NULL;
        *k = (struct chunk){.next = c->chunk, .cap = cap};
        c->chunk = k;
        c->held += cap;
    }
    void *p = k->octets + k->used;
    k->used += n;
    return p;
}

struct slice arena_copy(struct content *c, const void *p, size_t n) {
    uint8_t *to = arena(c, n ? n : 1);
    if (!to)
        return (struct slice){(const uint8_t *)"", 0};
    if (n)
        memcpy(to, p, n);
    return (struct slice){to, (uint32_t)n};
}

static uint64_t hash_of(struct slice s) {
    uint64_t h = 0x9e3779b97f4a7c15u ^ s.n, v;
    uint32_t i = 0;
    for (; i + 8 <= s.n; i += 8) {
        memcpy(&v, s.p + i, 8);
        h = (h ^ v) * 0xff51afd7ed558ccdu;
        h ^= h >> 32;
    }
    for (v = 0; i < s.n; i++)
        v = v << 8 | s.p[i];
    h = (h ^ v) * 0xc4ceb9fe1a85ec53u;
    return h ^ h >> 29;
}

static struct message *message_at(void *self, uint32_t id) {
    struct content *c = self;
    return id && id <= c->messages ? &c->message[id - 1] : NULL;
}

/* The slot of an equal message, or the free one where it belongs. */
static uint32_t *slot_of(struct content *c, uint64_t hash, struct slice octets) {
    for (uint32_t i = (uint32_t)hash;; i++) {
        uint32_t *s = &c->slot[i & (c->slots - 1)];
        const struct message *m = message_at(c, *s);
        if (!m || (m->hash == hash && slice_equal(m->octets, octets)))
            return s;
    }
}

static bool grow(struct content *c) {
    uint32_t cap = c->cap ? c->cap * 2 : 64;
    if (cap > MESSAGES_MAX)
        return false;
    struct message *m = realloc(c->message, cap * sizeof *m);
    if (m)
        c->message = m;
    uint32_t *slot = m ? calloc(cap * 2, sizeof *slot) : NULL;
    if (!slot)
        return false;
    free(c->slot);
    c->slot = slot;
    c->slots = cap * 2;
    c->cap = cap;
    for (uint32_t id = 1; id <= c->messages; id++)
        *slot_of(c, c->message[id - 1].hash, c->message[id - 1].octets) = id;
    return true;
}

static uint32_t intern(void *self, struct slice octets) {
    struct content *c = self;
    uint64_t hash = hash_of(octets);
    uint32_t *slot = c->slots ? slot_of(c, hash, octets) : NULL;
    if (slot && *slot)
        return *slot;
    if (c->messages == c->cap && !grow(c))
        return 0;
    uint8_t *own = arena(c, octets.n ? octets.n : 1);
    if (!own)
        return 0;
    if (octets.n)
        memcpy(own, octets.p, octets.n);
    slot = slot_of(c, hash, octets);
    c->message[c->messages] = (struct message){.octets = {own, octets.n}, .hash = hash};
    return *slot = ++c->messages;
}

static struct slice octets_of(void *self, uint32_t id) {
    const struct message *m = message_at(self, id);
    return m ? m->octets : (struct slice){(const uint8_t *)"", 0};
}

/* Remembers what was made of a message under a key; the same slice again the next time. */
static struct slice *remembered(struct content *c, struct message *m, struct slice key, bool *fresh) {
    for (struct made *d = m->made; d; d = d->next)
        if (slice_equal(d->key, key)) {
            *fresh = false;
            return &d->value;
        }
    struct made *d = arena(c, sizeof *d);
    *fresh = true;
    if (!d)
        return NULL;
    *d = (struct made){.next = m->made, .key = arena_copy(c, key.p, key.n)};
    m->made = d;
    return &d->value;
}

static bool section(void *self, uint32_t id, struct slice name, struct slice *out) {
    struct content *c = self;
    struct message *m = message_at(c, id);
    bool fresh;
    if (!m || name.n > 8192)
        return false;
    if (!name.n) {
        *out = m->octets;
        return true;
    }
    struct slice *v = remembered(c, m, name, &fresh);
    if (!v)
        return false;
    if (fresh && !find_section(c, m, name, v))
        v->p = NULL;
    *out = *v;
    return v->p != NULL;
}

/* Prints into the arena: once to measure, once to keep. */
static void print_made(struct content *c, struct message *m, const char *what, struct out *o) {
    bool fresh;
    struct slice *v = remembered(c, m, text(what), &fresh);
    const struct part *p = index_of(c, m);
    if (!v || !p) {
        out_text(o, "NIL");
        return;
    }
    struct out to = {0};
    for (int pass = 0; fresh && pass < 2; pass++) {
        to = (struct out){.p = pass ? arena(c, to.len) : NULL, .cap = pass ? to.len : 0};
        if (pass && !to.p) {
            to.cap = to.len = 0;
            break;
        }
        if (*what == '+')
            print_envelope(c, cut(m->octets, p->header), &to);
        else
            print_structure(c, m, p, *what == '>', &to);
    }
    if (fresh)
        *v = (struct slice){to.p, (uint32_t)to.len};
    out_octets(o, v->p, v->n);
}

/* No section has these names. */
static void envelope(void *self, uint32_t id, struct out *o) {
    struct message *m = message_at(self, id);
    if (m)
        print_made(self, m, "+envelope", o);
    else
        out_text(o, "(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)");
}

static void structure(void *self, uint32_t id, bool extensible, struct out *o) {
    struct message *m = message_at(self, id);
    if (m)
        print_made(self, m, extensible ? ">structure" : "<structure", o);
    else
        out_text(o, "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 0 0)");
}

static bool match(void *self, uint32_t id, int kind, struct slice field, struct slice value) {
    struct message *m = message_at(self, id);
    return m && match_key(self, m, kind, field, value);
}

static struct slice mark(void *self, uint32_t id) {
    struct content *c = self;
    struct message *m = message_at(c, id);
    bool fresh;
    struct slice *v = m ? remembered(c, m, text("+mark"), &fresh) : NULL;
    if (!v)
        return (struct slice){(const uint8_t *)"", 0};
    if (fresh) {
        const struct part *p = index_of(c, m);
        struct slice subject;
        *v = (struct slice){(const uint8_t *)"", 0};
        if (p && field_text(c, cut(m->octets, p->header), "Subject", &subject))
            *v = subject;
    }
    return *v;
}

struct content *content_new(void) {
    static bool begun;
    if (!begun)
        g_mime_init();
    begun = true;
    struct content *c = calloc(1, sizeof *c);
    if (c)
        c->ops = (struct content_ops){.self = c,
                                      .intern = intern,
                                      .octets = octets_of,
                                      .section = section,
                                      .envelope = envelope,
                                      .structure = structure,
                                      .match = match,
                                      .mark = mark};
    return c;
}

struct content_ops content_ops(struct content *c) {
    return c->ops;
}

void content_reset(struct content *c) {
    while (c->chunk && (c->chunk->next || c->chunk->cap > CHUNK)) { /* one small chunk is kept */
        struct chunk *next = c->chunk->next;
        c->held -= c->chunk->cap;
        free(c->chunk);
        c->chunk = next;
    }
    if (c->chunk)
        c->chunk->used = 0;
    if (c->messages)
        memset(c->slot, 0, c->slots * sizeof *c->slot);
    c->messages = 0;
}

void content_free(struct content *c) {
    if (!c)
        return;
    content_reset(c);
    free(c->chunk);
    free(c->message);
    free(c->slot);
    free(c);
}
