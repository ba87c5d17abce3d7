/* canned.c: the table of canned messages behind struct content_ops. */
#include "canned.h"

#include <stdio.h>
#include <string.h>

struct canned {
    char text[256], subject[16];
    uint32_t n, header;
};
static struct canned table[CANNED + 2]; /* the last one is CANNED_DATE */

static void fill(void) {
    if (table[1].n)
        return;
    for (unsigned k = 1; k <= CANNED; k++) {
        struct canned *c = &table[k];
        snprintf(c->subject, sizeof c->subject, "m%u", k);
        int n = snprintf(c->text, sizeof c->text, "From: a@example.org\r\nSubject: m%u\r\n\r\n", k);
        c->header = (uint32_t)n;
        for (unsigned i = 1; i <= k; i++)
            n += snprintf(c->text + n, sizeof c->text - (size_t)n, "line %u\r\n", i);
        c->n = (uint32_t)n;
    }
    table[CANNED + 1].n = (uint32_t)snprintf(table[CANNED + 1].text, sizeof table->text, CANNED_DATE);
}

const char *canned_text(unsigned k) {
    fill();
    return table[k].text;
}

unsigned canned_size(unsigned k) {
    fill();
    return table[k].n;
}

static uint32_t intern(void *self, struct slice octets) {
    (void)self;
    for (unsigned k = 1; k <= CANNED + 1; k++)
        if (octets.n == table[k].n && memcmp(octets.p, table[k].text, octets.n) == 0)
            return k;
    return 0;
}

static struct slice part(uint32_t id, uint32_t from, uint32_t to) {
    return (struct slice){(const uint8_t *)table[id].text + from, to - from};
}

static struct slice octets_of(void *self, uint32_t id) {
    (void)self;
    return part(id, 0, table[id].n);
}

static bool section_of(void *self, uint32_t id, struct slice section, struct slice *out) {
    (void)self;
    const struct canned *c = &table[id];
    if (section.n == 0)
        *out = part(id, 0, c->n);
    else if (slice_is_nocase(section, "HEADER"))
        *out = part(id, 0, c->header);
    else if (slice_is_nocase(section, "TEXT") || slice_is(section, "1"))
        *out = part(id, c->header, c->n);
    else
        return false;
    return true;
}

static void put(struct out *o, const char *text) { out_octets(o, text, strlen(text)); }

static void envelope_of(void *self, uint32_t id, struct out *o) {
    (void)self;
    static const char a[] = "((NIL NIL \"a\" \"example.org\"))";
    char text[200];
    snprintf(text, sizeof text, "(NIL \"%s\" %s %s %s NIL NIL NIL NIL NIL)", table[id].subject, a, a, a);
    put(o, text);
}

static void structure_of(void *self, uint32_t id, bool extensible, struct out *o) {
    (void)self;
    char text[200];
    snprintf(text, sizeof text, "(\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" %u %u%s)",
             table[id].n - table[id].header, id, extensible ? " NIL NIL NIL NIL" : "");
    put(o, text);
}

static bool match(void *self, uint32_t id, int kind, struct slice field, struct slice value) {
    (void)self;
    char want[64];
    snprintf(want, sizeof want, "%.*s", (int)value.n, (const char *)value.p);
    const struct canned *c = &table[id];
    switch (kind) {
    case SK_SUBJECT:
        return strstr(c->subject, want) != NULL;
    case SK_BODY:
        return strstr(c->text + c->header, want) != NULL;
    case SK_TEXT:
        return strstr(c->text, want) != NULL;
    case SK_FROM:
        return strstr("a@example.org", want) != NULL;
    case SK_HEADER:
        return slice_is_nocase(field, "Subject") && strstr(c->subject, want) != NULL;
    default:
        return false;
    }
}

static struct slice mark_of(void *self, uint32_t id) {
    (void)self;
    return (struct slice){(const uint8_t *)table[id].subject, (uint32_t)strlen(table[id].subject)};
}

struct content_ops canned_ops(void) {
    fill();
    return (struct content_ops){.intern = intern,
                                .octets = octets_of,
                                .section = section_of,
                                .envelope = envelope_of,
                                .structure = structure_of,
                                .match = match,
                                .mark = mark_of};
}
