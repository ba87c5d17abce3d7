/* test_mutants.c: can the oracle tell a lie? Legal traces are recorded from the model under every behaviour
 * that is no fault; each mutant is judged by a fresh oracle and counts as rejected when at least one VIOLATES
 * comes of it. Twice 10,000:
 *
 *   anywhere   at random over all positions. Of those that no clause permits (mutants_permit.c), at least 95
 * % must be rejected facts      at random over responses that carry a fact (tagged replies, EXISTS, EXPUNGE,
 * FETCH, SEARCH, STATUS, LIST, ID, BYE), where no clause permits the change: at least 95 % of all must be
 * rejected
 *
 * Survivors are listed by what was changed, with the clause that permits it where there is one.
 *
 *   test_mutants [MUTANTS [SEED [TRACE]]]    TRACE 0: prints each survivor that no clause permits; else
 * prints that recorded trace and ends
 */
#include "mutants_record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PER_TRACE 36
#define WANTED    95 /* percent */

struct row {
    unsigned made, rejected, permitted, permitted_rejected;
};

#define GROUPS 400
struct group {
    char what[110];
    unsigned n;
    char example[300];
};

struct tally {
    struct row row[MUT_CLASSES];
    struct group group[GROUPS];
    unsigned groups;
    bool verbose;
};

static void survivor(struct tally *t, const struct mutant *m, const char *clause) {
    const struct mut_trace *of = m->of;
    const struct mut_fact *f = &of->fact[m->a];
    char line[90], what[110];
    static const char *const said[] = {"?",          "tagged", "EXISTS", "RECENT",   "EXPUNGE",     "FETCH",
                                       "SEARCH",     "STATUS", "LIST",   "FLAGS",    "untagged OK", "BYE",
                                       "CAPABILITY", "ID",     "+",      "greeting", "other"};
    mut_line(&of->event[m->a], line, sizeof line);
    if (clause)
        snprintf(what, sizeof what, "%s: %s", mut_class_name[m->cls], clause);
    else
        snprintf(what, sizeof what, "%s: %s in %s%s: %.*s", mut_class_name[m->cls], said[f->said],
                 f->command >= 0 && of->command[f->command].uid ? "UID " : "",
                 f->command < 0 ? "nothing" : of->command[f->command].word,
                 m->cls == MUT_SWAP ? 30 : (int)strcspn(m->what, "0123456789"), m->what);
    if (t->verbose && !clause)
        printf("survivor: %s\n    event %u: %s  -- %s\n", of->name, m->a, line, m->what);
    for (unsigned i = 0; i < t->groups; i++)
        if (!strcmp(t->group[i].what, what)) {
            t->group[i].n++;
            return;
        }
    if (t->groups == GROUPS)
        return;
    struct group *g = &t->group[t->groups++];
    snprintf(g->what, sizeof g->what, "%s", what);
    snprintf(g->example, sizeof g->example, "%.150s, event %u: %s", of->name, m->a, line);
    g->n = 1;
}

static int by_count(const void *a, const void *b) {
    const struct group *x = a, *y = b;
    return x->n < y->n ? 1 : x->n > y->n ? -1 : strcmp(x->what, y->what);
}

static bool print(struct tally *t, unsigned traces, bool facts) {
    struct row sum = {0};
    printf("%s\n", facts ? "== at responses that carry a fact" : "== anywhere");
    printf("%-12s %7s %9s %7s   %s\n", "class", "made", "rejected", "%",
           "permitted by a clause (of these rejected)");
    for (int c = 0; c < MUT_CLASSES; c++) {
        const struct row *r = &t->row[c];
        printf("%-12s %7u %9u %6.1f%%   %u (%u)\n", mut_class_name[c], r->made, r->rejected,
               r->made ? 100.0 * r->rejected / r->made : 0.0, r->permitted, r->permitted_rejected);
        sum.made += r->made;
        sum.rejected += r->rejected;
        sum.permitted += r->permitted;
        sum.permitted_rejected += r->permitted_rejected;
    }
    unsigned hard = sum.made - sum.permitted, hard_rejected = sum.rejected - sum.permitted_rejected;
    printf("%u traces, %u mutants: %.2f %% rejected; of the %u that no clause permits, %.2f %%\n", traces,
           sum.made, 100.0 * sum.rejected / sum.made, hard, 100.0 * hard_rejected / hard);
    qsort(t->group, t->groups, sizeof *t->group, by_count);
    printf("survivors:\n");
    for (unsigned i = 0; i < t->groups; i++)
        printf("%6u  %s\n            e.g. %s\n", t->group[i].n, t->group[i].what, t->group[i].example);
    return facts ? sum.rejected * 100ull >= sum.made * (unsigned long long)WANTED
                 : hard_rejected * 100ull >= hard * (unsigned long long)WANTED;
}

static bool carries_fact(const struct mutant *m) {
    switch (m->of->fact[m->a].said) {
    case MUT_TAGGED:
    case MUT_EXISTS:
    case MUT_EXPUNGE:
    case MUT_FETCH:
    case MUT_SEARCH:
    case MUT_STATUS:
    case MUT_LIST:
    case MUT_ID:
    case MUT_BYE:
        return !mut_permitted(m);
    default:
        return false;
    }
}

/* Mutants of one trace, the classes in turn. Returns how many. */
static unsigned mutate(struct mut_recorder *r, const struct mut_trace *t, struct mutant *m,
                       struct mut_random *random, unsigned wanted, bool facts, struct tally *tally) {
    char first[200];
    unsigned made = 0, missed = 0, turn = mut_pick(random, MUT_CLASSES);
    while (made < wanted && missed < 9) {
        enum mut_class cls = (enum mut_class)(turn++ % MUT_CLASSES);
        unsigned tries = 0;
        while (tries < 600 && !(mut_make(m, t, cls, random) && (!facts || carries_fact(m))))
            tries++;
        missed = tries == 600 ? missed + 1 : 0; /* none of this class in this trace */
        if (missed)
            continue;
        made++;
        bool rejected = mut_judge(r, m->event, m->events, first, sizeof first) > 0;
        const char *clause = mut_permitted(m);
        struct row *row = &tally->row[cls];
        row->made++;
        row->rejected += rejected;
        row->permitted += clause != NULL;
        row->permitted_rejected += clause && rejected;
        if (!rejected)
            survivor(tally, m, clause);
    }
    return made;
}

static void dump(const struct mut_trace *t) {
    char line[160];
    printf("%s\n", t->name);
    for (uint32_t i = 0; i < t->events; i++) {
        const struct mut_event *e = &t->event[i];
        mut_line(e, line, sizeof line);
        if (e->kind == EV_SENT || e->kind == EV_CONTINUED || e->kind == EV_RECEIVED)
            printf("%4u %c%u: %s\n", i, e->kind == EV_RECEIVED ? 'S' : 'C', e->session, line);
        else
            printf("%4u %s %u\n", i,
                   e->kind == EV_OPENED   ? "opened"
                   : e->kind == EV_CLOSED ? "closed"
                   : e->kind == EV_TLS    ? "tls"
                                          : "checkpoint",
                   e->session);
    }
}

struct options {
    unsigned wanted, trace;
    uint64_t seed;
    bool verbose;
};

static int run(const struct options *o, bool facts) {
    unsigned made = 0, traces = 0, wrong = 0;
    char err[600], first[200];
    struct mut_recorder *r = mut_recorder_new(o->seed, err, sizeof err);
    struct tally *tally = calloc(1, sizeof *tally);
    struct mutant *m = malloc(sizeof *m);
    struct mut_random random = {o->seed + facts};
    uint32_t cap = 4096;
    if (!r || !tally || !m || !(m->event = malloc((cap + 2) * sizeof *m->event))) {
        printf("%s\n", r ? "out of memory" : err);
        return 2;
    }
    tally->verbose = o->verbose;
    for (unsigned tried = 1; made < o->wanted && tried < 20000; tried++) {
        const struct mut_trace *t = mut_record(r, err, sizeof err);
        if (!t) {
            printf("no trace: %s\n", err);
            wrong++;
            continue;
        }
        if (o->trace && tried == o->trace)
            dump(t);
        if (o->trace && tried == o->trace)
            break;
        if (t->events > cap || o->trace)
            continue;
        traces++;
        if (mut_judge(r, t->event, t->events, first, sizeof first)) {
            printf("FALSE ALARM on the recorded trace of %s: %s\n", t->name, first);
            wrong++;
            continue;
        }
        if (mut_unjudged(r) && o->verbose)
            printf("UNJUDGED %u: %s\n", (unsigned)mut_unjudged(r), t->name);
        made += mutate(r, t, m, &random, o->wanted - made < PER_TRACE ? o->wanted - made : PER_TRACE, facts,
                       tally);
    }
    bool good = o->trace || print(tally, traces, facts);
    if (wrong)
        printf("%u traces could not be recorded, or were rejected as they are\n", wrong);
    free(m->event);
    free(m);
    free(tally);
    mut_recorder_free(r);
    return good && !wrong && (made == o->wanted || o->trace) ? 0 : 1;
}

int main(int argc, char **argv) {
    struct options o = {.wanted = 10000, .seed = 1};
    if (argc > 1)
        o.wanted = (unsigned)atoi(argv[1]);
    if (argc > 2)
        o.seed = strtoull(argv[2], NULL, 10);
    if (argc > 3)
        o.trace = (unsigned)atoi(argv[3]);
    o.verbose = argc > 3 && !o.trace;
    int anywhere = run(&o, false);
    return o.trace || !o.wanted ? anywhere : anywhere | run(&o, true);
}
