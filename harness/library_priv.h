/* library_priv.h: what the registry and the children share. */
#ifndef LIBRARY_PRIV_H
#define LIBRARY_PRIV_H

#include "library.h"

/* The child of library `i` (its place in the registry). */
bool library_child_start(int i, const struct library *l, char *err, size_t errlen);
void library_child_ask(int i, const struct library *l, enum lib_item item, const uint8_t *p, size_t n, struct lib_answer *a);

/* Was start() run in this process? Then a child that is forked from it has what it made. */
bool library_started_here(int i);

/* The registry's place of a library, in the order of registration; -1: it is not registered. */
int library_place(const struct library *l);

#endif
