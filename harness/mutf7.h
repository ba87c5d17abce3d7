/* mutf7.h: mailbox names as they go over the wire (RFC 3501 5.1.3). */
#ifndef MUTF7_H
#define MUTF7_H

#include <stdbool.h>
#include <stddef.h>

/* Writes the UTF-8 text in modified UTF-7, NUL-terminated. false: it is no UTF-8, or does not fit. */
bool mutf7(const char *utf8, char *out, size_t n);

#endif
