/* library_priv.h: what the registry and the children share. */
#ifndef LIBRARY_PRIV_H
#define LIBRARY_PRIV_H

#include "library.h"

/* The child of library `i` (its place in the registry). */
bool library_child_start(int i, const struct library *l, char *err, size_t errlen);
void library_child_ask(int i, const struct library *l, enum lib_item item, const uint8_t *p, size_t n, struct lib_answer *a);

/* library_crash.c. In a signal's handler: where the library died, FUNCTION:CALLER; "": it cannot be told. */
void crash_place(void *context, char *to, size_t n);
void crash_prepare(const struct library *l); /* before any crash of l */
void crash_note(const struct library *l); /* a crash of l in this process leaves its place in library_limits.noted */
/* parse(); if that crashes, the answer of a child. */
void crash_guarded(int i, const struct library *l, enum lib_item item, const uint8_t *p, size_t n, struct lib_answer *a);

/* Was start() run in this process? Then a child that is forked from it has what it made. */
bool library_started_here(int i);

/* The registry's place of a library, in the order of registration; -1: it is not registered. */
int library_place(const struct library *l);

#endif
