/* scenario_transcript.c: a play's replies as text in which two plays must agree: what may vary from run to
 * run is taken out. */
#include "scenario_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static int by_text(const void *a, const void *b) {
    const struct grow *x = &(*(const struct seen *const *)a)->text,
                      *y = &(*(const struct seen *const *)b)->text;
    int r = memcmp(x->p, y->p, x->n < y->n ? x->n : y->n);
    return r ? r : x->n < y->n ? -1 : x->n > y->n;
}

/* Length of the tagged word and the code's name; of the whole code, where that is CAPABILITY. Other arguments
 * are the server's own. */
static size_t word_and_code(const struct seen *s) {
    const uint8_t *p = s->text.p, *end = p + s->text.n;
    p += s->kind == SEEN_STATUS ? 2 : 0;
    while (p < end && *p != ' ')
        p++;
    if (p + 1 >= end || p[1] != '[')
        return (size_t)(p - s->text.p);
    bool whole = end - p > 12 && !strncasecmp((const char *)p + 2, "CAPABILITY", 10);
    for (p++; p < end && *p != ']' && (whole || *p != ' ');)
        p++;
    return (size_t)(p - s->text.p);
}

/* Numbers in codes and in text for people differ from run to run; where all replies are compared, that text
 * does not count. */
static void put_steady(struct grow *out, const struct seen *s, bool text) {
    bool status = s->kind == SEEN_TAGGED || s->kind == SEEN_STATUS;
    size_t n = s->text.n;
    if (status && !text)
        n = word_and_code(s);
    for (size_t i = 0; i < n; i++) {
        bool digit = status && s->text.p[i] >= '0' && s->text.p[i] <= '9';
        if (!digit)
            grow_put(out, s->text.p + i, 1);
        else if (!i || s->text.p[i - 1] < '0' || s->text.p[i - 1] > '9')
            grow_put(out, "#", 1);
    }
    grow_put(out, "\n", 1);
}

static bool left_out(const struct match *m, const struct group *g) {
    struct slice s = program_text(m->p, &m->p->line[g->line]);
    return g->open || (s.n >= 2 && !strncasecmp((const char *)s.p, "ID", 2) && (s.n == 2 || s.p[2] == ' ')) ||
           (s.n >= 8 && !strncasecmp((const char *)s.p, "CLIENTID", 8));
}

bool match_transcript(const struct match *m, bool last, struct grow *out, char word[4]) {
    word[0] = '\0';
    bool ok = true;
    for (uint32_t i = last && m->groups ? m->groups - 1 : 0; ok && i < m->groups; i++) {
        const struct group *g = &m->group[i];
        if (!last && left_out(m, g))
            continue;
        const struct seen **v = calloc(g->seens + 1, sizeof *v);
        uint32_t n = 0;
        for (uint32_t k = 0; v && k < g->seens; k++) {
            if (g->seen[k].kind != SEEN_TAGGED)
                v[n++] = &g->seen[k];
            else
                snprintf(word, 4, "%.*s", (int)(g->seen[k].text.n < 3 ? g->seen[k].text.n : 3),
                         (char *)g->seen[k].text.p);
        }
        if (v)
            qsort(v, n, sizeof *v, by_text);
        for (uint32_t k = 0; v && k < n; k++)
            put_steady(out, v[k], last);
        for (uint32_t k = 0; v && k < g->seens; k++)
            if (g->seen[k].kind == SEEN_TAGGED)
                put_steady(out, &g->seen[k], last);
        if (g->ended)
            grow_put(out, "closed\n", 7);
        ok = v && !out->bad;
        free(v);
    }
    return ok;
}
