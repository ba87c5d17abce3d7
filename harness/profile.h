/* profile.h: what is known of a library: a Lua file in lua/profile/, so that a run sets apart what is new. */
#ifndef PROFILE_H
#define PROFILE_H

#include "tally.h"

struct profile; /* `return profile { ... }`, as lua/API.md says */
/* NULL: err, one line with file, line and the nearest name. */
struct profile *profile_load(const char *path, char *err, size_t errlen);
void profile_free(struct profile *p);
const char *profile_library(const struct profile *p); /* its name */
const char *profile_version(const struct profile *p); /* "" : any */
/* Does the library part like this by this cause? A fault is known by part PART_FAULT, of whatever kind. */
bool profile_has(const struct profile *p, enum lib_item item, enum part part, enum cause cause);
/* Is it known to die at this place, or to hang, or the like? */
bool profile_has_fault(const struct profile *p, enum lib_verdict verdict, const char *place);
/* Marks as known the folds of its library that it knows. */
void profile_mark(const struct profile *p, struct fold *v, int n);

#endif
