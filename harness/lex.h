/* lex.h: `imapdiff lex`: one item's verdict and tree, for people or as JSON. */
#ifndef LEX_H
#define LEX_H

#include <jansson.h>

#include "id.h"
#include "imap.h"

/* The subcommand; argv[0] is its name, "lex". Prints to stdout, complaints to stderr.
 * Returns the exit status: 0 accepted within all limits, 1 rejected, unfinished or a limit broken, 2 wrong usage or input. */
int lex_main(int argc, char **argv);

/* Says so, and ends the process with exit status 2. */
void lex_no_memory(void) __attribute__((noreturn));

/* Octets as a JSON string: each octet is the character of the same number (ISO 8859-1), so nothing is lost. New reference. */
json_t *lex_octets(const void *p, size_t n);
/* Adds what was parsed to `into`, keys in a fixed order. The values are new; the octets are copied. */
void lex_tree_command(json_t *into, const struct imap_command *c, const struct node_pool *nodes);
void lex_tree_response(json_t *into, const struct imap_response *r, const struct node_pool *nodes);
/* Adds "nil" and "pairs" (a list of [field, value or null], decoded) of an accepted parameter list, and appends the
 * clauses of the limits that it breaks to `limits` (ID-3.3-d, -e, -f, -l). */
void lex_tree_id(json_t *into, json_t *limits, struct slice params);

#endif
