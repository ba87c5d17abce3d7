/* content_impl.h: what the files of message contents share: the arena, the index of octet spans, header
 * fields.
 *
 * Everything lives in an arena that content_reset empties at once; nothing of it is freed alone.
 */
#ifndef CONTENT_IMPL_H
#define CONTENT_IMPL_H

#include "content_mime.h"

#define MESSAGES_MAX 65536
#define ARENA_MAX    (512u << 20) /* octets of all messages and of what was made of them */
#define PARTS_MAX    1000         /* of one message; what lies beyond is not divided */
#define DEPTH_MAX    12           /* nesting; the response lexer reads 32 lists within each other */
#define FIELD_MAX    (64u << 10)  /* octets of a header field that are interpreted */
#define BOUNDARY_MAX 200

struct span {
    uint32_t at, n;
};

enum part_kind { PART_LEAF, PART_MULTI, PART_MESSAGE };
struct part {
    uint8_t kind;
    uint16_t child, next;            /* index, 0: none. A MESSAGE's child is the message inside */
    struct span whole, header, body; /* header: with its blank line */
    uint32_t lines;                  /* line ends in the body */
    struct slice type, subtype;      /* as written, or the default */
    struct slice params;             /* text behind the subtype, from `;` on */
    bool default_charset;            /* text/plain without a charset */
};

struct made { /* something made of a message, kept until the reset */
    struct made *next;
    struct slice key, value;
};
struct message {
    struct slice octets;
    uint64_t hash;
    struct part *part; /* NULL: not indexed yet; 0 is the message itself */
    uint32_t parts;
    struct made *made;
};

struct chunk {
    struct chunk *next;
    size_t used, cap;
    uint8_t octets[];
};
struct content {
    struct content_ops ops;
    struct message *message; /* number id at id - 1 */
    uint32_t messages, cap;
    uint32_t *slot; /* hash table of ids; 0 is free */
    uint32_t slots;
    struct chunk *chunk;
    size_t held;
};

/* NULL: no memory, or ARENA_MAX. The octets are not zeroed. */
void *arena(struct content *c, size_t n);
struct slice arena_copy(struct content *c, const void *p, size_t n);

static inline struct slice cut(struct slice s, struct span at) { return (struct slice){s.p + at.at, at.n}; }
static inline struct slice text(const char *z) {
    return (struct slice){(const uint8_t *)z, (uint32_t)__builtin_strlen(z)};
}
struct slice trimmed(struct slice s); /* without blanks and line ends around it */

/* content_index.c. index_of: NULL when there is no memory. */
const struct part *index_of(struct content *c, struct message *m);
/* Next header field of `header`: *field with all its lines and its line end, *name, *value behind the colon.
 */
bool next_field(struct slice header, uint32_t *pos, struct slice *field, struct slice *name,
                struct slice *value);
/* The first field with this name: its value as it stands. false: none. */
bool find_field(struct slice header, const char *name, struct slice *value);
/* The same unfolded and trimmed, at most FIELD_MAX octets, NUL made '?'; in the arena where it had to change.
 */
bool field_text(struct content *c, struct slice header, const char *name, struct slice *value);
struct slice unfold(struct content *c, struct slice value);
/* Next `; name=value` of a parameter list, quotes and comments resolved (into the arena). */
bool next_param(struct content *c, struct slice params, uint32_t *pos, struct slice *name,
                struct slice *value);
/* Takes `type/subtype` or a bare token off the front; false: none. */
bool take_token(struct slice *s, struct slice *token);

/* content_print.c */
void print_envelope(struct content *c, struct slice header, struct out *o);
void print_structure(struct content *c, const struct message *m, const struct part *p, bool extensible,
                     struct out *o);
/* content_section.c */
bool find_section(struct content *c, struct message *m, struct slice section, struct slice *out);
/* content_match.c */
bool match_key(struct content *c, struct message *m, int kind, struct slice field, struct slice value);

#endif
