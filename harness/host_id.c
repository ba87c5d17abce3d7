/* host_id.c: the log of what clients say they are. A list is written the first time that it is seen, cut and
 * made printable; repeats are counted. There is room for so many lists; what comes later is counted alone
 * (ID-8-d, ID-8-e). */
#include "hash.h"
#include "host_priv.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { LISTS = 256, SHOWN = 300 };

struct id_log {
    FILE *to;
    struct {
        uint64_t hash, count;
    } list[LISTS];
    int n;
    uint64_t others;
};

struct id_log *id_log_new(FILE *to) {
    struct id_log *l = to ? calloc(1, sizeof *l) : NULL;
    if (l)
        l->to = to;
    return l;
}

static void show(const struct id_log *l, int index, struct slice s) {
    fprintf(l->to, "id %d: ", index + 1);
    for (uint32_t i = 0; i < s.n && i < SHOWN; i++) {
        if (isprint(s.p[i]) && s.p[i] != '\\')
            fputc(s.p[i], l->to);
        else
            fprintf(l->to, "\\x%02x", s.p[i]);
    }
    if (s.n > SHOWN)
        fprintf(l->to, "... (%u octets)", s.n);
    fputc('\n', l->to);
    fflush(l->to);
}

void id_log_add(struct id_log *l, struct slice list) {
    if (!l)
        return;
    uint64_t hash = hash_octets(HASH_BEGIN, list.p, list.n);
    int i = 0;
    while (i < l->n && l->list[i].hash != hash)
        i++;
    if (i == LISTS) {
        l->others++;
        return;
    }
    if (i == l->n) {
        l->list[l->n++].hash = hash;
        show(l, i, list);
    }
    l->list[i].count++;
}

void id_log_end(struct id_log *l) {
    if (!l)
        return;
    for (int i = 0; i < l->n; i++)
        if (l->list[i].count > 1)
            fprintf(l->to, "id %d: %llu times\n", i + 1, (unsigned long long)l->list[i].count);
    if (l->others)
        fprintf(l->to, "id: %llu more, of lists that there was no room to tell apart\n",
                (unsigned long long)l->others);
    fflush(l->to);
    free(l);
}
