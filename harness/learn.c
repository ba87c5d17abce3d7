/* learn.c: which behaviour's answer stands for what a run has seen in each context of each choice point. */
#include "learn.h"

#include <stdlib.h>
#include <string.h>

/* Answers that are no behaviour's name, and the behaviours that give them; NULL: the model's default gives
 * it. As a server the model calls no message \Recent. */
static const struct {
    uint8_t point;
    const char *answer, *behaviour;
} standing[] = {
    {P_ERROR_WORD, "NO", "error-no"},
    {P_ERROR_WORD, "NO", "error-syntax-no"},
    {P_ERROR_WORD, "BAD", "error-bad"},
    {P_RANGE_BEYOND, "NO", "beyond-no"},
    {P_RANGE_BEYOND, "BAD", "beyond-bad"},
    {P_RANGE_BEYOND, "OK with the valid part", "beyond-valid-part"},
    {P_STATUS_SELECTED, "NO", "status-refused"},
    {P_STATUS_SELECTED, "view", "status-view"},
    {P_STATUS_SELECTED, "truth", "status-truth"},
    {P_STATUS_SELECTED, "view and truth", NULL},
    {P_FETCH_UNSOLICITED, "told", NULL},
    {P_RECENT, "some recent", NULL},
    {P_RECENT, "none recent", NULL},
    {P_SELECT_FAILED, "NO", NULL},
    {P_SELECT_FAILED, "kept", "select-fails-kept"},
    {P_SELECT_FAILED, "deselected", "select-fails-deselected"},
    {P_ID_RESPONSE, "ID response", "id-list"},
    {P_ID_RESPONSE, "no ID response", "id-silent"},
    {P_ID_LIMITS, "accepted", "id-limits-ignored"},
    {P_ID_LIMITS, "BAD", "id-limits-enforced"},
    {P_ID_LIMITS, "BAD", "id-duplicates-refused"},
    {P_CLIENTID_POLICY, "accepted", "clientid-any"},
    {P_CLIENTID_POLICY, "BAD", "clientid-known-types"},
    {P_CLIENTID_TYPE, "accepted", "clientid-type-prose"},
    {P_CLIENTID_TYPE, "accepted", "clientid-type-underscore"},
    {P_CLIENTID_TYPE, "BAD", "clientid-type-abnf"},
    {P_CLIENTID_TYPE, "BAD", "clientid-type-prose"},
    {P_LOGIN_REFUSED, "NO", "login-refused-no"},
    {P_LOGIN_REFUSED, "BAD", "login-refused-bad"},
};

enum { NOBODY = -1, DEFAULT = -2 };

/* A behaviour may accept in one context what it refuses in another. */
static bool agrees(const struct answer *a, const char *answer) {
    return !(answer_has(a, OP_REFUSE) && !strcmp(answer, "accepted")) &&
           !(answer_has(a, OP_ACCEPT) && !strcmp(answer, "BAD"));
}

/* The behaviour that stands for an answer. */
static int stands_for(const struct behaviours *b, const struct profile_row *row) {
    int own = behaviours_find(b, row->answer);
    if (own >= 0)
        return behaviours_at(b, own)->fault ||
                       !behaviours_answer(b, own, (enum point)row->point, row->context)
                   ? NOBODY
                   : own;
    for (size_t i = 0; i < sizeof standing / sizeof *standing; i++) {
        if (standing[i].point != row->point || strcmp(standing[i].answer, row->answer) != 0)
            continue;
        if (!standing[i].behaviour)
            return DEFAULT;
        own = behaviours_find(b, standing[i].behaviour);
        const struct answer *a =
            own < 0 ? NULL : behaviours_answer(b, own, (enum point)row->point, row->context);
        if (a && agrees(a, row->answer))
            return own;
    }
    return NOBODY;
}

/* How often each behaviour was seen at a point, in all contexts. */
static void count_use(const struct check_run *run, const struct behaviours *b, int point, uint64_t *use) {
    memset(use, 0, BEHAVIOURS_MAX * sizeof *use);
    for (uint32_t i = 0; i < run->tally.rows; i++) {
        const int from = run->tally.row[i].point == point ? stands_for(b, &run->tally.row[i]) : NOBODY;
        if (from >= 0)
            use[from] += run->tally.row[i].count;
    }
}

/* The most frequent answer that something stands for. Some responses fit two practices (no flags are empty
 * data and true data, too): of answers not half as frequent as the first none is taken, of the others that
 * which the server gives most often elsewhere. */
static void learn_context(struct lesson *l, const struct check_run *run, const struct behaviours *b,
                          int point, uint32_t context, const uint64_t *use) {
    struct learnt *x = &l->at[point][context];
    int best = NOBODY;
    uint64_t most = 0; /* rows are sorted: the most frequent comes first */
    for (uint32_t i = 0; i < run->tally.rows; i++) {
        const struct profile_row *row = &run->tally.row[i];
        if (row->point != point || row->context != context || !strcmp(row->answer, "unseen"))
            continue;
        x->of += row->count;
        const int from = stands_for(b, row);
        if (from == NOBODY || best == DEFAULT)
            continue;
        if (best == NOBODY)
            most = row->count;
        else if (from == DEFAULT || 2 * row->count < most || use[from] <= use[best])
            continue;
        best = from;
        x->count = row->count;
    }
    l->seen += x->of > 0;
    l->taken += best != NOBODY;
    if (best < 0)
        return;
    l->answers++;
    x->from = best;
    x->answer = behaviours_answer(b, best, (enum point)point, context);
}

static void learn_rows(struct lesson *l, const struct check_run *run, const struct behaviours *b,
                       uint64_t *use) {
    static uint64_t here[BEHAVIOURS_MAX];
    for (int p = 0; p < POINT_COUNT; p++) {
        count_use(run, b, p, here);
        for (int i = 0; i < BEHAVIOURS_MAX; i++)
            use[i] += here[i];
        for (uint32_t c = 0; c < point_contexts((enum point)p); c++)
            learn_context(l, run, b, p, c, here);
    }
}

/* What a behaviour does besides (what others see of a ghost), and where it was not seen: as the one that was
 * seen most. */
static void learn_rest(struct lesson *l, const struct behaviours *b, uint64_t *use) {
    for (;;) {
        int most = 0;
        for (int i = 1; i < behaviours_count(b); i++)
            if (use[i] > use[most])
                most = i;
        if (!use[most])
            return;
        use[most] = 0;
        for (int p = 0; p < POINT_COUNT; p++)
            for (uint32_t c = 0;
                 point_kind((enum point)p) != POINT_FAULT && c < point_contexts((enum point)p); c++) {
                struct learnt *x = &l->at[p][c];
                if (x->of == 0 && !x->answer && (x->answer = behaviours_answer(b, most, (enum point)p, c)))
                    x->from = most;
            }
    }
}

bool learn(struct lesson *l, const struct check_run *run, const struct behaviours *b) {
    static uint64_t use[BEHAVIOURS_MAX];
    memset(use, 0, sizeof use);
    *l = (struct lesson){0};
    for (int p = 0; p < POINT_COUNT; p++)
        if (!(l->at[p] = calloc(point_contexts((enum point)p), sizeof *l->at[p])))
            return false;
    learn_rows(l, run, b, use);
    learn_rest(l, b, use);
    return true;
}

void lesson_free(struct lesson *l) {
    for (int p = 0; p < POINT_COUNT; p++)
        free(l->at[p]);
    *l = (struct lesson){0};
}
