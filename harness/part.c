/* part.c: what tells the runs of several servers apart. */
#include "part.h"

#include <string.h>

bool part_is_answer(const struct profile_row *r, int point, uint32_t context) {
    return r->point == point && r->context == context && strcmp(r->answer, "unseen") != 0;
}

const struct profile_row *part_answer(const struct check_run *r, int point, uint32_t context,
                                      const char *answer) {
    for (uint32_t i = 0; i < r->tally.rows; i++)
        if (part_is_answer(&r->tally.row[i], point, context) &&
            (!answer || !strcmp(r->tally.row[i].answer, answer)))
            return &r->tally.row[i];
    return NULL;
}

static bool holds_all_of(const struct check_run *a, const struct check_run *b, int point, uint32_t context) {
    for (uint32_t i = 0; i < b->tally.rows; i++) {
        const struct profile_row *row = &b->tally.row[i];
        if (part_is_answer(row, point, context) && !part_answer(a, point, context, row->answer))
            return false;
    }
    return true;
}

enum parting part_at(const struct parted *s, int point, uint32_t context) {
    const struct check_run *first = NULL;
    enum parting p = NOWHERE;
    for (int i = 0; i < s->runs; i++) {
        const struct check_run *r = &s->run[i];
        if (!part_answer(r, point, context, NULL))
            continue;
        if (!first) {
            first = r;
            p = ONE;
        } else if (!holds_all_of(first, r, point, context) || !holds_all_of(r, first, point, context))
            return PARTED;
        else
            p = ALIKE;
    }
    return p;
}

bool part_next(int *point, uint32_t *context) {
    if (*point >= 0 && ++*context < point_contexts(*point))
        return true;
    for (*context = 0; ++*point < POINT_COUNT;)
        if (point_kind(*point) == POINT_ENUM || point_kind(*point) == POINT_MATCH)
            return true;
    return false;
}

/* What no row of the grid holds: what breaks a rule, and what belongs to no choice point. */
static bool is_told(const struct finding *f) {
    return f->verdict == V_VIOLATES || f->verdict == V_DEVIATES ||
           (f->verdict == V_UNDOCUMENTED && f->point < 0);
}

const struct finding *part_finding(const struct check_run *r, const char *id) {
    for (uint32_t i = 0; i < r->tally.findings; i++)
        if (!strcmp(r->tally.finding[i].id, id))
            return &r->tally.finding[i];
    return NULL;
}

bool part_is_whole(const struct check_run *r) { return r->end == DRIVE_DONE && !r->end_text[0]; }

bool part_by_finding(const struct parted *s, int i, const struct finding *f) {
    bool lacks = false;
    for (int k = 0; k < s->runs; k++) {
        const bool has = part_finding(&s->run[k], f->id) != NULL;
        if (has && k < i)
            return false;
        lacks = lacks || (!has && part_is_whole(&s->run[k]));
    }
    return lacks && is_told(f);
}

const struct scenario_outcome *part_scenario(const struct check_run *r, const char *name) {
    for (uint32_t i = 0; i < r->scenarios; i++)
        if (!strcmp(r->scenario[i].name, name))
            return &r->scenario[i];
    return NULL;
}

const struct check_run *part_longest(const struct parted *s) {
    const struct check_run *r = &s->run[0];
    for (int i = 1; i < s->runs; i++)
        if (s->run[i].scenarios > r->scenarios)
            r = &s->run[i];
    return r;
}

bool part_by_scenario(const struct parted *s, const struct scenario_outcome *x, bool *unoffered) {
    bool parts = false;
    *unoffered = x->state == SCENARIO_NOT_OFFERED;
    for (int k = 0; k < s->runs; k++) {
        const struct scenario_outcome *y = part_scenario(&s->run[k], x->name);
        parts = parts || (y && y->state != x->state);
        *unoffered = *unoffered || (y && y->state == SCENARIO_NOT_OFFERED);
    }
    *unoffered = *unoffered && parts;
    return parts && !*unoffered;
}

void part_count(struct parted *s) {
    uint32_t context = 0;
    for (int i = 0; i < s->runs; i++)
        s->width = (int)strlen(s->run[i].target) > s->width ? (int)strlen(s->run[i].target) : s->width;
    for (int point = -1; part_next(&point, &context);) {
        const enum parting p = part_at(s, point, context);
        s->alike += p == ALIKE;
        s->one += p == ONE;
        s->parted += p == PARTED;
    }
    for (int i = 0; i < s->runs; i++)
        for (uint32_t k = 0; k < s->run[i].tally.findings; k++)
            s->findings += part_by_finding(s, i, &s->run[i].tally.finding[k]);
    for (uint32_t k = 0; s->runs && k < part_longest(s)->scenarios; k++) {
        bool unoffered;
        s->scenarios += part_by_scenario(s, &part_longest(s)->scenario[k], &unoffered);
        s->unoffered += unoffered;
    }
}
