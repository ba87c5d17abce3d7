/* explain.h: a clause of the catalogue in words, for `imapdiff explain ID` and `imapdiff list clauses`. */
#ifndef EXPLAIN_H
#define EXPLAIN_H

#include <stdio.h>

/* Prints the clause with this id: document and section, level, whom it binds, how it shows on the wire, the
 * statement, and the clauses and traps that belong to it. Returns 0. An id that does not exist is answered
 * with the nearest one that does, and 2 (the exit status of wrong usage). Errors in writing are left to the
 * caller (ferror). */
int explain_clause(FILE *out, const char *id);
/* Prints each clause on one line: id, level, statement. */
void explain_list(FILE *out);

#endif
