/* content.h: immutable message contents, behind function pointers so that the model links no MIME library.
 *
 * A content is named by a number > 0 that `intern` returns. The harness implements this with GMime; the model's tests
 * with a table of canned messages. Slices stay valid as long as the implementation.
 */
#ifndef CONTENT_H
#define CONTENT_H

#include "imap.h"

struct content_ops {
    void *self;
    uint32_t (*intern)(void *self, struct slice octets); /* equal octets: equal number; 0: no room */
    struct slice (*octets)(void *self, uint32_t id);
    /* BODY[section]: "" is everything, "HEADER", "TEXT", "1", "1.MIME", "HEADER.FIELDS (A B)", ... false: no such part */
    bool (*section)(void *self, uint32_t id, struct slice section, struct slice *out);
    void (*envelope)(void *self, uint32_t id, struct out *o);                 /* "(NIL "subject" ...)" */
    void (*structure)(void *self, uint32_t id, bool extensible, struct out *o); /* BODY or BODYSTRUCTURE */
    /* Does a search key on the content hold? kind: SK_BODY, SK_TEXT, SK_SUBJECT, SK_FROM, SK_TO, SK_CC, SK_BCC,
     * SK_HEADER (field in `field`), SK_SENTBEFORE, SK_SENTON, SK_SENTSINCE (date text in `value`). */
    bool (*match)(void *self, uint32_t id, int kind, struct slice field, struct slice value);
    /* The mark that tells this message from all others: the text of its Subject. n = 0: none */
    struct slice (*mark)(void *self, uint32_t id);
};

#endif
