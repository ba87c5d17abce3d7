/* items.h: what the tables of commands and responses are run with. */
#ifndef ITEMS_H
#define ITEMS_H

#include "imap.h"

#define D2060 (1u << DIALECT_2060)
#define D3501 (1u << DIALECT_3501)
#define D9051 (1u << DIALECT_9051)
#define ALL_DIALECTS (D2060 | D3501 | D9051)

enum item_kind { COMMAND, RESPONSE };

/* One input and what the documents say of it. */
struct item {
    uint8_t dialects; /* it is judged in each of these */
    uint8_t verdict;
    uint32_t offset;  /* REJECT: the first octet that cannot stand there; ACCEPT, MORE: not looked at */
    const char *in;
    uint32_t n;
    const char *source; /* the section or requirement that decides */
    uint8_t literals;
    bool utf8;
};
#define IN(z) (z), sizeof(z) - 1

/* The octets against a guard page: reading one octet beyond them ends the process. Valid until the next call. */
const uint8_t *against_guard(const void *p, size_t n);

/* Runs the rows; prints what differs and returns the number of failures. For each row and dialect:
 * - the whole input against a guard page gets the verdict (and offset);
 * - each proper prefix of an accepted item, and each prefix of a rejected one up to its offset, gets MORE;
 * - each longer prefix of a rejected one gets REJECT at the same offset;
 * - an accepted item, printed and parsed again, is the same structure;
 * - an accepted item gets the same verdict without a pool of nodes, and with a pool of just the nodes that it takes; with fewer
 *   it is LIMIT, never a verdict on the input. (A code that the dialect does not define is then a generic one.) */
unsigned run_items(enum item_kind kind, const struct item *v, size_t n);

/* Structural equality: what was said, not where its octets lie. Names of words, raw texts of lists are not compared. */
bool same_command(const struct imap_command *a, const struct node_pool *an, const struct imap_command *b,
                  const struct node_pool *bn);
bool same_response(const struct imap_response *a, const struct node_pool *an, const struct imap_response *b,
                   const struct node_pool *bn);

#endif
