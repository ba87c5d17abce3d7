/* author.h: writing and trying Lua files: `imapdiff new` and `imapdiff try`. */
#ifndef AUTHOR_H
#define AUTHOR_H

#include "behaviour.h"

#include <stdio.h>

/* `imapdiff new behaviour|scenario|profile NAME`, `imapdiff try FILE [TARGET]`: whole commands; argv[0] is
 * "new" or "try". Return the exit status. */
int new_main(int argc, char **argv);
int try_main(int argc, char **argv);

/* author_skeleton.c: a commented file that loads, runs and breaks no rule. Errors in writing are left to the
 * caller (ferror). */
void skeleton_behaviour(FILE *out, const char *name, enum point p, const struct behaviours *known);
void skeleton_scenario(FILE *out, const char *name);
void skeleton_profile(FILE *out, const char *name);

/* author_table.c: what behaviour `index` answers at each point and context that it has a handler for, beside
 * all others. */
void try_table(FILE *out, const struct behaviours *b, int index);

/* What `try` was asked for. */
struct try_options {
    const char *file, *target; /* target: of a scenario; NULL: the model under every legal behaviour */
    uint64_t programs, seed;
    const volatile int *stop;
};
/* author_try.c and author_try_scenario.c: one file each; return the exit status. `b`: all that is loaded. */
int try_behaviour(const struct try_options *o, struct behaviours *b, int index);
int try_scenario(const struct try_options *o, const struct behaviours *b);

#endif
