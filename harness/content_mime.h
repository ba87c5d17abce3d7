/* content_mime.h: message contents behind struct content_ops: parts, envelopes, structures, search keys of
 * RFC 822/MIME text.
 *
 * Where octets begin and end, and how many lines they have, is our own index over the original octets;
 * addresses, dates, encoded words and character sets are GMime's. A line ends with LF, with or without CR
 * before it. A message without an empty line is all header. Damaged MIME (no boundary, too deep, too many
 * parts) is one part, text/plain.
 */
#ifndef CONTENT_MIME_H
#define CONTENT_MIME_H

#include "content.h"

struct content;
struct content *content_new(void); /* NULL: out of memory */
void content_free(struct content *c);
/* Borrows c. intern copies the octets; everything handed out stays valid until content_reset. */
struct content_ops content_ops(struct content *c);
/* Forgets all messages: between programs. Costs what the messages since the last reset cost, at most. */
void content_reset(struct content *c);

#endif
