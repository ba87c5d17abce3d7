/* id.h: the ID extension's parameter list (RFC 2971 sections 3 and 4) and CLIENTID's command, exactly as their ABNF. */
#ifndef ID_H
#define ID_H

#include "imap.h"

/* Resumable lexers. Zero `st` first; call again with more octets of the same item (p[0] is always the item's first octet).
 * lex_id:          "ID" SP id-params-list CRLF                 (a command without its tag, ID-4-a)
 * lex_id_response: "*" SP "ID" SP id-params-list CRLF          (ID-4-b)
 * lex_id_params:   id-params-list alone, as imap_command.id and imap_response.id hold it (ID-4-c)
 * lex_clientid:    "CLIENTID" SP client-id-type SP client-id-token CRLF   (CID-4-d to CID-4-f, both readings T-CID-3) */
struct lex_result lex_id(struct lex_state *st, const uint8_t *p, size_t n, const struct lex_options *o);
struct lex_result lex_id_response(struct lex_state *st, const uint8_t *p, size_t n, const struct lex_options *o);
struct lex_result lex_id_params(struct lex_state *st, const uint8_t *p, size_t n, const struct lex_options *o);
struct lex_result lex_clientid(struct lex_state *st, const uint8_t *p, size_t n, const struct lex_options *o);

/* Walks the pairs of an accepted id-params-list. Start with *pos = 0; false at the end. `nil` tells NIL from (). */
struct id_pair {
    struct istring field, value; /* value.kind may be STR_NIL */
};
bool id_next_pair(struct slice params, uint32_t *pos, struct id_pair *out);
bool id_params_is_nil(struct slice params);

/* The prose limits of ID section 3.3 on an accepted list, by clause: a second pass. Octets count after decoding. */
struct id_limits {
    uint32_t pairs;
    bool field_too_long; /* > 30 octets, ID-3.3-d */
    bool value_too_long; /* > 1024 octets, ID-3.3-e */
    bool too_many_pairs; /* > 30, ID-3.3-f */
    bool duplicate;      /* a field twice, without regard to case, ID-3.3-l, ID-3.3-c */
};
struct id_limits id_check_limits(struct slice params);

/* The two arguments of an accepted CLIENTID line, verbatim. */
struct clientid {
    struct slice type, token;
};
struct clientid clientid_args(const uint8_t *p, size_t n);

#endif
