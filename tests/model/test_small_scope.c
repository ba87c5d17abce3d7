/* test_small_scope.c: the oracle against brute force, on every trace over a stated finite alphabet.
 *
 * Depth first: every legal event (small_truth.c says which) is followed; every event of the alphabet that is
 * illegal there is told to the oracle, too. Both must agree: legal means no VIOLATES, illegal some. An
 * illegal untagged response is judged at once where no command is in progress, else after OK and after NO
 * (the short run takes the sharper of them). FULL=1 or IMAPDIFF_FULL=1: larger alphabets. `count` as
 * argument: only counts the traces.
 */
#include "small_feed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ---- alphabets ---- */

#define NOOP                                                                                                 \
    { .kind = SMALL_NOOP }
#define FETCH(n)                                                                                             \
    { .kind = SMALL_FETCH, .lo = n, .hi = n }
#define FETCH_ALL                                                                                            \
    { .kind = SMALL_FETCH, .lo = 1 }
#define UID_FETCH(n)                                                                                         \
    { .kind = SMALL_UID_FETCH, .lo = n, .hi = n }
#define SET(n)                                                                                               \
    { .kind = SMALL_STORE, .lo = n, .hi = n }
#define SET_SILENT(n)                                                                                        \
    { .kind = SMALL_STORE, .lo = n, .hi = n, .silent = true }
#define SET_BOTH                                                                                             \
    { .kind = SMALL_STORE, .lo = 1, .hi = 2 }
#define SET_BOTH_SILENT                                                                                      \
    { .kind = SMALL_STORE, .lo = 1, .hi = 2, .silent = true }
#define CLEAR_SILENT(n)                                                                                      \
    { .kind = SMALL_STORE, .lo = n, .hi = n, .silent = true, .remove = true }
#define EXPUNGE                                                                                              \
    { .kind = SMALL_EXPUNGE }
#define SEARCH                                                                                               \
    { .kind = SMALL_SEARCH }
#define SEARCH_UN                                                                                            \
    { .kind = SMALL_SEARCH, .remove = true }
#define APPEND                                                                                               \
    { .kind = SMALL_APPEND }
#define APPEND_DELETED                                                                                       \
    { .kind = SMALL_APPEND, .deleted = true }

enum { R_EXISTS = 1, R_EXPUNGE = 2, R_FETCH = 4, R_FLAGS = 8, R_NO = 16 };
struct alphabet {
    const char *name;
    bool full; /* only in the long run */
    unsigned messages;
    unsigned commands; /* in a trace, at most */
    unsigned untagged; /* for one command, at most */
    unsigned in_all;   /* in a trace, at most */
    unsigned unasked;  /* of these, outside a command or to the other session */
    unsigned says;     /* R_...: untagged responses, besides those of SEARCH; NO */
    struct small_command c[12];
    unsigned n;
};
static const struct alphabet alphabets[] = {
    {"expunge", false, 2, 4, 1, 2, 0, R_EXPUNGE | R_NO, {NOOP, SET_SILENT(1), EXPUNGE}, 3},
    {"expunge two", false, 2, 4, 2, 3, 0, R_EXPUNGE, {NOOP, SET_BOTH_SILENT, EXPUNGE}, 3},
    {"store gone", false, 2, 4, 1, 2, 0, R_EXPUNGE | R_FLAGS, {SET_SILENT(1), EXPUNGE, SET_BOTH_SILENT}, 3},
    {"store gone, told", false, 2, 4, 2, 2, 0, R_EXPUNGE | R_FLAGS, {SET_SILENT(1), EXPUNGE, SET_BOTH}, 3},
    {"fetch gone", false, 2, 4, 1, 2, 0, R_EXPUNGE | R_FETCH, {SET_SILENT(1), EXPUNGE, FETCH(1)}, 3},
    {"by uid", false, 2, 4, 1, 2, 0, R_EXPUNGE | R_FLAGS, {SET_SILENT(1), EXPUNGE, UID_FETCH(1)}, 3},
    {"append", false, 2, 4, 1, 2, 0, R_EXISTS | R_EXPUNGE, {NOOP, APPEND_DELETED, EXPUNGE}, 3},
    {"two new", false, 1, 4, 1, 2, 0, R_EXISTS | R_EXPUNGE, {NOOP, APPEND_DELETED, EXPUNGE}, 3},
    {"beyond", false, 2, 3, 1, 2, 0, R_EXISTS | R_FETCH, {APPEND, FETCH(3), SET_SILENT(3)}, 3},
    {"search", false, 2, 4, 1, 1, 0, R_EXPUNGE, {NOOP, SET_SILENT(1), EXPUNGE, SEARCH}, 4},
    {"search new", false, 2, 3, 1, 2, 0, R_EXISTS, {SET_SILENT(1), APPEND, SEARCH_UN, SEARCH}, 4},
    {"flags", false, 2, 3, 1, 2, 0, R_FLAGS | R_NO, {SET(1), SET_SILENT(1), CLEAR_SILENT(1)}, 3},
    {"clear", false, 2, 3, 1, 2, 0, R_FLAGS | R_EXPUNGE, {SET(1), CLEAR_SILENT(1), EXPUNGE}, 3},
    {"search, clear", false, 2, 4, 1, 0, 0, 0, {NOOP, SET_SILENT(1), CLEAR_SILENT(1), SEARCH}, 4},
    {"unasked", false, 2, 3, 1, 1, 1, R_EXPUNGE | R_EXISTS | R_FLAGS, {SET_SILENT(1), EXPUNGE, APPEND}, 3},
    {"three fetch", false, 3, 2, 3, 3, 0, R_FETCH, {SET_BOTH_SILENT, FETCH_ALL}, 2},
    {"expunge", true, 2, 4, 2, 2, 0, R_EXPUNGE | R_FLAGS, {NOOP, SET_SILENT(1), EXPUNGE}, 3},
    {"expunge three", true, 3, 4, 3, 3, 0, R_EXPUNGE | R_EXISTS, {NOOP, SET(1), SET_BOTH_SILENT, EXPUNGE}, 4},
    {"store gone",
     true,
     2,
     4,
     1,
     2,
     0,
     R_EXPUNGE | R_FETCH,
     {SET_SILENT(1), EXPUNGE, SET_BOTH_SILENT, FETCH(2)},
     4},
    {"store gone, told",
     true,
     2,
     4,
     2,
     2,
     0,
     R_EXPUNGE | R_FLAGS | R_NO,
     {SET_SILENT(1), EXPUNGE, SET_BOTH},
     3},
    {"fetch gone", true, 2, 4, 1, 2, 0, R_EXPUNGE | R_FETCH | R_NO, {SET_SILENT(1), EXPUNGE, FETCH(1)}, 3},
    {"by uid", true, 2, 4, 2, 2, 0, R_EXPUNGE | R_FETCH | R_FLAGS, {SET_SILENT(1), EXPUNGE, UID_FETCH(1)}, 3},
    {"append", true, 2, 4, 2, 2, 0, R_EXISTS | R_EXPUNGE | R_NO, {NOOP, APPEND, APPEND_DELETED, EXPUNGE}, 4},
    {"two new",
     true,
     1,
     4,
     1,
     2,
     0,
     R_EXISTS | R_EXPUNGE | R_FETCH,
     {NOOP, APPEND, APPEND_DELETED, EXPUNGE},
     4},
    {"flags", true, 2, 4, 1, 2, 0, R_FLAGS | R_NO, {SET(1), SET_SILENT(1), CLEAR_SILENT(1)}, 3},
    {"clear", true, 2, 4, 1, 2, 0, R_FLAGS | R_EXPUNGE, {SET(1), CLEAR_SILENT(1), EXPUNGE, NOOP}, 4},
    {"search",
     true,
     2,
     4,
     1,
     2,
     0,
     R_EXPUNGE | R_EXISTS,
     {SET_SILENT(1), EXPUNGE, APPEND_DELETED, SEARCH},
     4},
    {"unasked",
     true,
     2,
     3,
     1,
     2,
     2,
     R_EXPUNGE | R_EXISTS | R_FLAGS,
     {NOOP, SET_SILENT(1), EXPUNGE, APPEND},
     4},
    {"three fetch", true, 3, 3, 3, 3, 0, R_FETCH, {SET_BOTH_SILENT, FETCH_ALL, NOOP}, 3},
};

/* Disagreements of one kind, with the shortest trace. */
#define KINDS 64
struct kind {
    bool legal;
    const struct alphabet *a;
    uint8_t last; /* the last two responses' kinds */
    char says[200];
    uint64_t count;
    struct small_trace shortest;
};

struct walk {
    const struct alphabet *a;
    struct small_judge *judge;
    struct small_trace trace;
    struct small_set *set; /* one for each depth of the trace */
    uint64_t legal, illegal, disagreed;
    struct kind *kind;
    unsigned kinds;
    bool full, count_only;
};

/* ---- comparing ---- */

static void disagree(struct walk *w, bool legal, const char *text) {
    struct kind *k = w->kind;
    const struct small_step *end = &w->trace.step[w->trace.n - 1];
    uint8_t last = (uint8_t)(end->r.kind << 4 | (w->trace.n > 1 && !end[-1].command ? end[-1].r.kind : 15));
    char says[200];
    snprintf(says, sizeof says, "%.*s", (int)strcspn(text, "["), text);
    w->disagreed++;
    for (unsigned i = 0; i < w->kinds; i++, k++)
        if (k->legal == legal && k->a == w->a && k->last == last && strcmp(k->says, says) == 0) {
            k->count++;
            if (w->trace.n < k->shortest.n)
                k->shortest = w->trace;
            return;
        }
    if (w->kinds == KINDS)
        return;
    w->kinds++;
    k->legal = legal;
    k->a = w->a;
    k->last = last;
    k->count = 1;
    k->shortest = w->trace;
    snprintf(k->says, sizeof k->says, "%s", says);
}

/* false: they disagree. */
static bool check(struct walk *w, bool legal) {
    if (legal)
        w->legal++;
    else
        w->illegal++;
    if (w->count_only)
        return true;
    struct small_opinion o = small_judge(w->judge, &w->trace);
    if (!o.undecided && (o.violates == 0) == legal)
        return true;
    disagree(w, legal, o.first);
    return false;
}

static void report(struct walk *w) {
    for (unsigned i = 0; i < w->kinds; i++) {
        const struct kind *k = &w->kind[i];
        printf("DISAGREE %llu times in \"%s\": brute force: %s; the oracle: %s\n",
               (unsigned long long)k->count, k->a->name, k->legal ? "legal" : "illegal",
               k->says[0] ? k->says : "no VIOLATES");
        small_print(&k->shortest);
    }
}

static struct small_step *push(struct walk *w) {
    struct small_step *s = &w->trace.step[w->trace.n++];
    memset(s, 0, sizeof *s);
    return s;
}

/* The last event cannot have been said: however the command ends, the oracle must object. */
static void check_illegal(struct walk *w, const struct small_set *before) {
    if (!before->busy || w->trace.step[w->trace.n - 1].r.kind >= SMALL_OK) {
        check(w, false);
        return;
    }
    const struct small_step *said = &w->trace.step[w->trace.n - 1];
    bool ok = true, no = said->r.kind != SMALL_FOUND; /* a SEARCH that failed found nothing: no data */
    if (!w->full && before->command.kind != SMALL_EXPUNGE &&
        no) /* the sharper one: OK alone may be wrong by itself */
        *(before->command.kind == SMALL_NOOP || before->command.kind == SMALL_APPEND ? &no : &ok) = false;
    for (int k = 0; k < 2; k++) {
        if (!(k ? no : ok))
            continue;
        struct small_step *s = push(w);
        s->session = (uint8_t)before->session;
        s->r.kind = k ? SMALL_NO : SMALL_OK;
        check(w, false);
        w->trace.n--;
    }
}

/* ---- walking ---- */

struct budget {
    unsigned commands, untagged, in_all, unasked, found;
};

static void walk(struct walk *w, unsigned depth, struct budget b);

static void try_response(struct walk *w, unsigned depth, struct budget b, int session,
                         struct small_response r) {
    const struct small_set *now = &w->set[depth];
    struct small_step *s = push(w);
    s->session = (uint8_t)session;
    s->r = r;
    if (small_hear(now, session, &r, &w->set[depth + 1])) {
        if (w->set[depth + 1].busy || check(w, true))
            walk(w, depth + 1, b);
    } else
        check_illegal(w, now);
    w->trace.n--;
}

static void untagged(struct walk *w, unsigned depth, struct budget b, int session) {
    for (uint8_t k = 0; w->a->says & R_EXISTS && k <= 4; k++)
        try_response(w, depth, b, session, (struct small_response){.kind = SMALL_EXISTS, .number = k});
    for (uint8_t k = 1; k <= 3; k++) {
        if (w->a->says & R_EXPUNGE)
            try_response(w, depth, b, session, (struct small_response){.kind = SMALL_EXPUNGED, .number = k});
        for (uint8_t uid = 0; uid <= 3; uid++)
            for (int deleted = 0; deleted < 2; deleted++)
                if (w->a->says & (uid ? R_FETCH : R_FLAGS))
                    try_response(w, depth, b, session,
                                 (struct small_response){
                                     .kind = SMALL_FETCHED, .number = k, .uid = uid, .deleted = deleted});
    }
}

static void in_command(struct walk *w, unsigned depth, struct budget b) {
    const struct small_set *now = &w->set[depth];
    struct budget next = b;
    next.untagged--;
    next.in_all--;
    if (b.untagged && b.in_all) {
        untagged(w, depth, next, now->session);
        if (b.unasked) {
            next.unasked--;
            untagged(w, depth, next, 1 - now->session);
        }
    }
    if (now->command.kind == SMALL_SEARCH && !b.found) {
        struct budget after = b;
        after.found = 1;
        for (uint8_t mask = 0; mask < 8; mask++)
            try_response(w, depth, after, now->session,
                         (struct small_response){.kind = SMALL_FOUND, .number = mask});
    }
    for (int k = 0; k < (w->a->says & R_NO ? 2 : 1); k++)
        try_response(w, depth, b, now->session, (struct small_response){.kind = k ? SMALL_NO : SMALL_OK});
}

static void between(struct walk *w, unsigned depth, struct budget b) {
    if (b.unasked && b.in_all) {
        struct budget next = b;
        next.unasked--;
        next.in_all--;
        for (int session = 0; session < 2; session++)
            untagged(w, depth, next, session);
    }
    if (b.commands == w->a->commands)
        return;
    b.untagged = w->a->untagged;
    b.found = 0;
    bool first = b.commands++ == 0 && w->trace.n == 0; /* who begins is of no matter */
    for (int session = 0; session < (first ? 1 : 2); session++)
        for (unsigned i = 0; i < w->a->n; i++) {
            if (w->a->c[i].kind == SMALL_APPEND && w->set[depth].v[0].made == SMALL_MESSAGES)
                continue;
            struct small_step *s = push(w);
            s->session = (uint8_t)session;
            s->command = true;
            s->c = w->a->c[i];
            w->set[depth + 1] = w->set[depth];
            small_send(&w->set[depth + 1], session, &w->a->c[i]);
            walk(w, depth + 1, b);
            w->trace.n--;
        }
}

static void walk(struct walk *w, unsigned depth, struct budget b) {
    if (w->set[depth].full) {
        printf("small_truth.c: too many states\n");
        exit(2);
    }
    if (w->set[depth].busy)
        in_command(w, depth, b);
    else
        between(w, depth, b);
}

static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
    const char *f = getenv("FULL"), *g = getenv("IMAPDIFF_FULL");
    bool full = (f && *f == '1') || (g && *g == '1'), failed = false;
    bool count_only = argc > 1 && strcmp(argv[1], "count") == 0;
    const char *only = argc > 1 && !count_only ? argv[1] : NULL;
    struct walk w = {.judge = small_judge_new(),
                     .set = malloc((SMALL_STEPS + 2) * sizeof(struct small_set)),
                     .kind = calloc(KINDS, sizeof(struct kind)),
                     .full = full,
                     .count_only = count_only};
    if (!w.judge || !w.set || !w.kind)
        return 2;
    uint64_t legal = 0, illegal = 0;
    for (unsigned i = 0; i < sizeof alphabets / sizeof *alphabets; i++) {
        const struct alphabet *a = &alphabets[i];
        if ((a->full && !full) || (only && strcmp(only, a->name)))
            continue;
        double t0 = seconds();
        w.a = a;
        w.legal = w.illegal = w.disagreed = 0;
        w.trace.messages = a->messages;
        w.trace.n = 0;
        small_start(&w.set[0], a->messages);
        walk(&w, 0, (struct budget){.in_all = a->in_all, .unasked = a->unasked});
        printf("%-22s %u messages, %2u commands, up to %u per trace: %8llu legal, %8llu illegal, %llu "
               "disagreements, %.1f s\n",
               a->name, a->messages, a->n, a->commands, (unsigned long long)w.legal,
               (unsigned long long)w.illegal, (unsigned long long)w.disagreed, seconds() - t0);
        fflush(stdout);
        legal += w.legal;
        illegal += w.illegal;
        failed |= w.disagreed > 0;
    }
    report(&w);
    printf("small scope: %llu legal and %llu illegal traces, %s\n", (unsigned long long)legal,
           (unsigned long long)illegal, failed ? "NOT all agreed" : "all agreed");
    free(w.set);
    free(w.kind);
    small_judge_free(w.judge);
    return failed;
}
