/* learn.h: from what a run has seen of a server to a Lua behaviour that answers like it. */
#ifndef LEARN_H
#define LEARN_H

#include "check.h"

/* What was learnt of one context: whose answer, and how often it was among how many. */
struct learnt {
    const struct answer *answer; /* of the set of behaviours; NULL: nothing, the model's default stands */
    int from;                    /* the behaviour */
    uint64_t count, of;          /* of 0: not seen here; `from` is what the server does elsewhere */
};
struct lesson {
    struct learnt *at[POINT_COUNT]; /* point_contexts() each */
    uint32_t seen,
        taken;        /* contexts with an answer; those where a behaviour or the model's default gives it */
    uint32_t answers; /* those where a behaviour does */
};

/* The answer that the run saw most often in each context, where it has a behaviour's name (or stands for
 * one's). `b` must be kept as long as *l. false: out of memory. lesson_free in any case. */
bool learn(struct lesson *l, const struct check_run *run, const struct behaviours *b);
void lesson_free(struct lesson *l);
/* As a Lua file, where l->answers > 0; errors in writing are left to the caller (ferror). `target`: for the
 * comment. */
void learn_write(FILE *out, const struct lesson *l, const struct behaviours *b, const char *name,
                 const char *target);

/* `imapdiff learn TARGET -o FILE.lua`: the whole command. Returns the exit status. */
int learn_main(int argc, char **argv);

#endif
