/* canned.h: message contents for the model's tests: a fixed table of messages, no MIME library.
 *
 * Message k (1 .. CANNED) has the Subject "m<k>" and a body of k lines; its octets, ENVELOPE and structures
 * are written out by hand rules, so tests can compute what a server must say. Contents outside the table have
 * no number (0).
 */
#ifndef CANNED_H
#define CANNED_H

#include "content.h"

#define CANNED      12
#define CANNED_DATE " 1-Mar-1999 23:30:00 -0800" /* the one INTERNALDATE that can be kept */
struct content_ops canned_ops(void);
/* The octets of message k, NUL-terminated; static. */
const char *canned_text(unsigned k);
unsigned canned_size(unsigned k);

#endif
