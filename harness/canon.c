/* canon.c: the canonical form's words, as library.h says: what targets and the reference write alike. */
#include "library.h"

#include <string.h>
#include <strings.h>

/* Begins a word: a blank, unless it is the first of all or in parentheses. false: no content is wanted. */
static bool part(struct out *o) {
    if (o->p == NULL)
        return false;
    if (o->len > 0 && o->len <= o->cap && o->p[o->len - 1] != '(')
        out_octets(o, " ", 1);
    return true;
}

void canon_word(struct out *o, const char *z) {
    if (part(o))
        out_text(o, z);
}

void canon_number(struct out *o, uint64_t n) {
    if (part(o))
        out_number(o, n);
}

void canon_open(struct out *o) {
    if (part(o))
        out_octets(o, "(", 1);
}

void canon_close(struct out *o) {
    if (o->p != NULL)
        out_octets(o, ")", 1);
}

static bool plain(uint8_t c) { return c >= ' ' && c < 0x7f && c != '"' && c != '\\'; }

void canon_string(struct out *o, const void *octets, size_t n) {
    static const char hex[] = "0123456789ABCDEF";
    const uint8_t *p = octets, *end = p + n;
    if (p == NULL) {
        canon_word(o, "NIL");
        return;
    }
    if (!part(o))
        return;
    out_octets(o, "\"", 1);
    while (p < end) {
        const uint8_t *from = p;
        while (p < end && plain(*p))
            p++;
        out_octets(o, from, (size_t)(p - from));
        if (p == end)
            break;
        if (*p == '"' || *p == '\\')
            out_octets(o, (const uint8_t[]){'\\', *p}, 2);
        else
            out_octets(o, (const char[]){'\\', 'x', hex[*p >> 4], hex[*p & 15]}, 4);
        p++;
    }
    out_octets(o, "\"", 1);
}

void canon_flag(struct out *o, const void *octets, size_t n) {
    static const char *const names[] = {"\\Answered", "\\Flagged", "\\Deleted",
                                        "\\Seen",     "\\Draft",   "\\Recent"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (n == strlen(names[i]) && strncasecmp(octets, names[i], n) == 0)
            octets = names[i];
    canon_string(o, n > 0 ? octets : "", n);
}

static const char *const item_names[ITEM_COUNT] = {"id", "id-response", "clientid", "command", "response"};
const char *lib_item_name(enum lib_item i) { return item_names[i]; }
int lib_item_by_name(const char *name) {
    for (int i = 0; i < ITEM_COUNT; i++)
        if (strcmp(item_names[i], name) == 0)
            return i;
    return -1;
}

static const char *const verdict_names[] = {"pass",  "accept", "more",   "reject",
                                            "crash", "hang",   "memory", "blurt"};
const char *lib_verdict_name(enum lib_verdict v) { return verdict_names[v]; }
