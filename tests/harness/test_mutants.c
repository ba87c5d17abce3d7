/* test_mutants.c: can the oracle tell a lie? Legal traces are recorded from the model under every behaviour that is no fault; each
 * mutant is judged by a fresh oracle and counts as rejected when at least one VIOLATES comes of it. At least 95 % of
 * 10,000 must be. Survivors are listed by what was changed, with the clause that permits it where there is one.
 *
 *   test_mutants [MUTANTS [SEED]]     -v as a third argument prints each survivor that no clause permits
 */
#include "mutants_record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PER_TRACE 36
#define WANTED 95 /* percent */

struct row { unsigned made, rejected, permitted, permitted_rejected; };

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
    static const char *const said[] = {"?", "tagged", "EXISTS", "RECENT", "EXPUNGE", "FETCH", "SEARCH", "STATUS", "LIST", "FLAGS", "untagged OK",
                                       "BYE", "CAPABILITY", "ID", "+", "greeting", "other"};
    mut_line(&of->event[m->a], line, sizeof line);
    if (clause)
        snprintf(what, sizeof what, "%s: %s", mut_class_name[m->cls], clause);
    else
        snprintf(what, sizeof what, "%s: %s in %s%s: %.*s", mut_class_name[m->cls], said[f->said],
                 f->command >= 0 && of->command[f->command].uid ? "UID " : "", f->command < 0 ? "nothing" : of->command[f->command].word,
                 m->cls == MUT_SWAP ? 30 : (int)strcspn(m->what, "0123456789"), m->what);
    if (t->verbose && !clause) printf("survivor: %s\n    event %u: %s  -- %s\n", of->name, m->a, line, m->what);
    for (unsigned i = 0; i < t->groups; i++)
        if (!strcmp(t->group[i].what, what)) {
            t->group[i].n++;
            return;
        }
    if (t->groups == GROUPS) return;
    struct group *g = &t->group[t->groups++];
    snprintf(g->what, sizeof g->what, "%s", what);
    snprintf(g->example, sizeof g->example, "%.150s, event %u: %s", of->name, m->a, line);
    g->n = 1;
}

static int by_count(const void *a, const void *b) {
    const struct group *x = a, *y = b;
    return x->n < y->n ? 1 : x->n > y->n ? -1 : strcmp(x->what, y->what);
}

static bool print(struct tally *t, unsigned traces) {
    struct row sum = {0};
    printf("%-12s %7s %9s %7s   %s\n", "class", "made", "rejected", "%", "permitted by a clause (of these rejected)");
    for (int c = 0; c < MUT_CLASSES; c++) {
        const struct row *r = &t->row[c];
        printf("%-12s %7u %9u %6.1f%%   %u (%u)\n", mut_class_name[c], r->made, r->rejected, r->made ? 100.0 * r->rejected / r->made : 0.0,
               r->permitted, r->permitted_rejected);
        sum.made += r->made;
        sum.rejected += r->rejected;
        sum.permitted += r->permitted;
        sum.permitted_rejected += r->permitted_rejected;
    }
    unsigned hard = sum.made - sum.permitted, hard_rejected = sum.rejected - sum.permitted_rejected;
    printf("%u traces, %u mutants: %.2f %% rejected; of the %u that no clause permits, %.2f %%\n", traces, sum.made,
           100.0 * sum.rejected / sum.made, hard, 100.0 * hard_rejected / hard);
    qsort(t->group, t->groups, sizeof *t->group, by_count);
    printf("survivors:\n");
    for (unsigned i = 0; i < t->groups; i++) printf("%6u  %s\n            e.g. %s\n", t->group[i].n, t->group[i].what, t->group[i].example);
    return sum.rejected * 100ull >= sum.made * (unsigned long long)WANTED;
}

/* Mutants of one trace, the classes in turn. */
static void mutate(struct mut_recorder *r, const struct mut_trace *t, struct mutant *m, struct mut_random *random, unsigned wanted,
                   struct tally *tally) {
    char first[200];
    for (unsigned made = 0, tries = 0; made < wanted && tries < 20000; tries++) {
        enum mut_class cls = (enum mut_class)(made % MUT_CLASSES);
        if (tries % 500 == 499) cls = (enum mut_class)mut_pick(random, MUT_CLASSES); /* none of this class in this trace */
        if (!mut_make(m, t, cls, random)) continue;
        made++;
        bool rejected = mut_judge(r, m->event, m->events, first, sizeof first) > 0;
        const char *clause = mut_permitted(m);
        struct row *row = &tally->row[cls];
        row->made++;
        row->rejected += rejected;
        row->permitted += clause != NULL;
        row->permitted_rejected += clause && rejected;
        if (!rejected) survivor(tally, m, clause);
    }
}

int main(int argc, char **argv) {
    unsigned wanted = argc > 1 ? (unsigned)atoi(argv[1]) : 10000, made = 0, traces = 0, wrong = 0;
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    char err[600], first[200];
    struct mut_recorder *r = mut_recorder_new(seed, err, sizeof err);
    struct tally *tally = calloc(1, sizeof *tally);
    struct mutant *m = malloc(sizeof *m);
    struct mut_random random = {seed};
    uint32_t cap = 4096;
    if (!r || !tally || !m || !(m->event = malloc((cap + 2) * sizeof *m->event))) {
        printf("%s\n", r ? "out of memory" : err);
        return 2;
    }
    tally->verbose = argc > 3;
    for (unsigned tried = 0; made < wanted && tried < 20000; tried++) {
        const struct mut_trace *t = mut_record(r, err, sizeof err);
        if (!t) {
            printf("no trace: %s\n", err);
            continue;
        }
        if (t->events > cap) continue;
        traces++;
        if (mut_judge(r, t->event, t->events, first, sizeof first)) {
            printf("FALSE ALARM on the recorded trace of %s: %s\n", t->name, first);
            wrong++;
            continue;
        }
        unsigned n = wanted - made < PER_TRACE ? wanted - made : PER_TRACE;
        mutate(r, t, m, &random, n, tally);
        made += n;
    }
    bool good = print(tally, traces);
    if (wrong) printf("%u recorded traces were rejected as they are\n", wrong);
    free(m->event);
    free(m);
    free(tally);
    mut_recorder_free(r);
    return good && !wrong ? 0 : 1;
}
