/* chosen.h: behaviours by name or file, as `model:A,B` and `--behaviour A,B` list them. */
#ifndef CHOSEN_H
#define CHOSEN_H

#include "behaviour.h"

#define CHOSEN_MAX 64
struct chosen {
    int index[CHOSEN_MAX];
    int n;
};
/* Adds those of `list`, loading files. "" adds none. false: one line in err. Two that answer the same point
 * in the same context do not go together. */
bool chosen_parse(struct chosen *c, struct behaviours *b, const char *list, char *err, size_t errlen);

#endif
