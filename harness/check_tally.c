/* check_tally.c: equal notes become one finding with a count, and a profile: which answers were seen where.
 */
#include "check.h"

#include "hash.h"

#include <stdlib.h>
#include <string.h>

static uint64_t hash(uint64_t h, const char *z) {
    z = z ? z : "";
    return hash_octets(hash_octets(h, z, strlen(z)), "\xff", 1);
}

static void name_finding(struct finding *f) {
    char context[160] = "";
    if (f->point >= 0)
        point_context_text(f->point, f->context, context, sizeof context);
    uint64_t h = hash(HASH_BEGIN, verdict_name(f->verdict));
    h = hash(hash(h, f->cites), f->summary);
    if (f->point >= 0)
        h = hash(hash(h, point_name(f->point)), context);
    snprintf(f->id, sizeof f->id, "F%08x", (unsigned)(h ^ h >> 32));
}

static char *copy(struct tally *t, const char *z) {
    char *c = strdup(z ? z : "");
    t->failed = t->failed || !c;
    return c ? c : NULL;
}

static bool equal(const struct finding *f, const struct note *n) {
    return f->verdict == n->verdict && f->point == n->point && (f->point < 0 || f->context == n->context) &&
           !strcmp(f->cites, n->cites ? n->cites : "") && !strcmp(f->summary, n->summary ? n->summary : "");
}

static bool grow(void **array, uint32_t n, uint32_t *cap, size_t size) {
    if (n < *cap)
        return true;
    uint32_t more = *cap ? *cap * 2 : 64;
    void *p = realloc(*array, more * size);
    if (!p)
        return false;
    *array = p;
    *cap = more;
    return true;
}

static void count_row(struct tally *t, const struct note *n) {
    const char *answer = n->answer ? n->answer : "?";
    for (uint32_t i = 0; i < t->rows; i++) {
        struct profile_row *r = &t->row[i];
        if (r->point == n->point && r->context == n->context &&
            !strncmp(r->answer, answer, sizeof r->answer - 1)) {
            r->count++;
            return;
        }
    }
    void *rows = t->row;
    if (!grow(&rows, t->rows, &t->rows_cap, sizeof *t->row)) {
        t->failed = true;
        return;
    }
    t->row = rows;
    struct profile_row *r = &t->row[t->rows++];
    *r = (struct profile_row){.point = n->point, .context = n->context, .verdict = n->verdict, .count = 1};
    snprintf(r->answer, sizeof r->answer, "%s", answer);
    snprintf(r->cites, sizeof r->cites, "%s", n->cites ? n->cites : "");
}

struct finding *tally_note(struct tally *t, const struct note *n, bool *fresh) {
    *fresh = false;
    t->verdicts[n->verdict]++;
    if (n->point >= 0)
        count_row(t, n);
    if (n->verdict == V_CONFORMS)
        return NULL;
    for (uint32_t i = 0; i < t->findings; i++)
        if (equal(&t->finding[i], n)) {
            t->finding[i].count++;
            return &t->finding[i];
        }
    void *findings = t->finding;
    if (!grow(&findings, t->findings, &t->findings_cap, sizeof *t->finding)) {
        t->failed = true;
        return NULL;
    }
    t->finding = findings;
    struct finding *f = &t->finding[t->findings];
    *f = (struct finding){.verdict = n->verdict,
                          .point = n->point,
                          .context = n->context,
                          .count = 1,
                          .event = n->event,
                          .session = n->session};
    f->answer = copy(t, n->answer);
    f->cites = copy(t, n->cites);
    f->summary = copy(t, n->summary);
    f->seen = copy(t, n->seen);
    f->allowed = copy(t, n->allowed);
    if (!f->answer || !f->cites || !f->summary || !f->seen || !f->allowed)
        return NULL; /* t->failed is set; the number of findings has not grown */
    name_finding(f);
    t->findings++;
    *fresh = true;
    return f;
}

static int weight(uint8_t verdict) {
    static const int order[V_COUNT] = {[V_VIOLATES] = 0,  [V_DEVIATES] = 1,     [V_UNDECIDED] = 2,
                                       [V_AMBIGUOUS] = 3, [V_UNDOCUMENTED] = 4, [V_CONFORMS] = 5};
    return order[verdict];
}

static int by_weight(const void *a, const void *b) {
    const struct finding *x = a, *y = b;
    int w = weight(x->verdict) - weight(y->verdict);
    return w ? w : x->count != y->count ? (x->count < y->count ? 1 : -1) : strcmp(x->id, y->id);
}

static int by_point(const void *a, const void *b) {
    const struct profile_row *x = a, *y = b;
    if (x->point != y->point)
        return x->point - y->point;
    if (x->context != y->context)
        return x->context < y->context ? -1 : 1;
    return x->count != y->count ? (x->count < y->count ? 1 : -1) : strcmp(x->answer, y->answer);
}

void tally_sort(struct tally *t) {
    if (t->findings)
        qsort(t->finding, t->findings, sizeof *t->finding, by_weight);
    if (t->rows)
        qsort(t->row, t->rows, sizeof *t->row, by_point);
}

uint32_t tally_answers(const struct tally *t, uint32_t i) {
    uint32_t n = 0;
    for (uint32_t k = 0; k < t->rows; k++) {
        bool same = t->row[k].point == t->row[i].point && t->row[k].context == t->row[i].context;
        if (same && k < i)
            return 0;
        n += same && strcmp(t->row[k].answer, "unseen") != 0; /* nothing told it from the others */
    }
    return n;
}

bool finding_fails(const struct finding *f, bool strict) {
    return !f->known && (f->verdict == V_VIOLATES || (strict && f->verdict == V_DEVIATES));
}

bool tally_fails(const struct tally *t, bool strict) {
    for (uint32_t i = 0; i < t->findings; i++)
        if (finding_fails(&t->finding[i], strict))
            return true;
    return false;
}

void tally_free(struct tally *t) {
    for (uint32_t i = 0; i < t->findings; i++) {
        struct finding *f = &t->finding[i];
        free(f->answer);
        free(f->cites);
        free(f->summary);
        free(f->seen);
        free(f->allowed);
        free(f->trace);
    }
    free(t->finding);
    free(t->row);
    *t = (struct tally){0};
}
