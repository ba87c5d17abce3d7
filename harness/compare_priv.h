/* compare_priv.h: the inside of the comparison, shared by harness/compare*.c alone. */
#ifndef COMPARE_PRIV_H
#define COMPARE_PRIV_H

#include "compare.h"
#include "id.h"

#define COMPARE_INPUT 65536 /* longer inputs are compared, but no cause is looked for by asking again */
#define COMPARE_NODES 4096

/* Parsed by the last reference_parse of that item; valid until the next. */
extern struct imap_command reference_command;
extern struct imap_response reference_response;
extern struct node_pool reference_nodes;
struct lex_result reference_parse(enum lib_item item, const uint8_t *p, size_t n,
                                  const struct lex_options *o);
/* The ID parameter list of an accepted item, or n = 0. After reference_parse for COMMAND and RESPONSE. */
struct slice reference_id(enum lib_item item, const uint8_t *p, size_t n);

/* compare_cause.c: where the grammar left the input, as a cause. */
enum cause cause_of_reject(enum lib_item item, const uint8_t *p, size_t n, struct lex_result r);
/* The same of a library that waits still: what is open at the line's end, or else as above. */
enum cause cause_of_lingering(enum lib_item item, const uint8_t *p, size_t n, struct lex_result r);
/* Has the input's line ended, read as leniently as may be: up to LF, over literals? */
bool line_has_ended(enum lib_item item, const uint8_t *p, size_t n, struct lex_result r);

/* compare.c: the library's answer beside the reference's, without a cause. `at`: where canonical forms part.
 */
enum part part_of(enum lib_item item, const uint8_t *p, size_t n, const struct reference *r,
                  const struct lib_answer *a, uint32_t *at);

/* What a valid input has that a plain one has not: bits, in the order in which they are tried. */
enum feature {
    F_SEVERAL,
    F_LITERAL,
    F_NIL_LIST,
    F_NIL_VALUE,
    F_EMPTY_LIST,
    F_KEYWORD_CASE,
    F_EMPTY_STRING,
    F_LENGTH,
    F_ESCAPE,
    F_SPECIAL_QUOTED,
    F_CONTROL_QUOTED,
    F_EIGHT_BIT_QUOTED,
    F_NONSYNC,
    F_ZERO_LITERAL,
    F_LEADING_ZEROS,
    F_EIGHT_BIT_LITERAL,
    F_CR_LF_LITERAL,
    F_CONTROL_LITERAL,
    F_SPECIAL_LITERAL,
    F_LOWER_CASE_NIL,
    F_NIL_WORD,
    F_LIMIT_FIELD,
    F_LIMIT_VALUE,
    F_LIMIT_PAIRS,
    F_DUPLICATE,
    F_DUPLICATE_CASE,
    F_CLIENTID_TYPE,
    F_CLIENTID_QUOTED,
    F_CLIENTID_LITERAL,
    F_CLIENTID_SPECIAL,
    F_CLIENTID_LENGTH,
    F_NUMBER_LARGE,
    F_CODE,
    F_RESPONSE_TEXT,
    F_SEQUENCE_SET,
    F_ENVELOPE,
    F_BODY,
    F_SECTION,
    F_FETCH_ITEM,
    F_EXTENSION,
    F_TAG,
    F_TAG_LENGTH,
    F_FLAG,
    F_COUNT
};
#define FEATURE(f) (UINT64_C(1) << (f))
struct feature_row {
    enum cause cause;
    uint64_t base; /* where one of these parts, this one says nothing of its own: a literal's octets, where
                      literals part */
};
extern const struct feature_row feature_rows[F_COUNT];

/* An input that the grammar accepts, read for its features. The slices point into it. */
#define PAIRS_MAX 1024
#define EDITS_MAX (FETCH_ITEMS_MAX + 8)
struct featured {
    uint8_t kind; /* how it is written again */
    const uint8_t *p;
    size_t n;
    struct slice head;    /* before the ID list or CLIENTID's type: up to the word with its SP */
    struct slice params;  /* ID */
    struct clientid args; /* CLIENTID */
    uint32_t pairs;
    uint32_t only; /* writes this pair alone, plus 1; 0: all that have one of the features */
    struct id_pair pair[PAIRS_MAX];
    uint64_t has[PAIRS_MAX];  /* features of each pair */
    uint16_t same[PAIRS_MAX]; /* the earlier pair of this field, plus 1; 0: none */
    struct edit {             /* elsewhere: spans that are written otherwise, unless their feature is kept */
        const uint8_t *from, *to;
        const char *with; /* NULL: as it stands, octet by octet */
        uint64_t feature;
    } edit[EDITS_MAX];
    uint32_t edits;
    uint64_t set;     /* all */
    enum cause plain; /* the cause if even the plainest form parts */
};
void features_find(enum lib_item item, const uint8_t *p, size_t n, const struct lex_options *o,
                   struct featured *f);
/* The input again with these features alone. */
void features_write(const struct featured *f, uint64_t keep, struct out *out);
/* compare_string.c: of one quoted string or literal. */
enum string_role { ROLE_FIELD, ROLE_VALUE, ROLE_TEXT };
uint64_t string_features(const struct istring *s, enum string_role role);
/* Written with the features of `keep` alone. `name` (of a field without special octets) may be NULL. */
void string_write(const struct istring *s, enum string_role role, uint64_t keep, const char *name,
                  struct out *out);
/* compare_text.c: commands and responses other than ID and CLIENTID. */
void text_find(enum lib_item item, struct featured *f);
void text_write(const struct featured *f, uint64_t keep, struct out *out);
/* CAUSE_TAG: of other octets than letters and digits; CAUSE_TAG_LENGTH: a long one; else CAUSE_PLAIN. */
enum cause tag_cause(struct slice tag);

/* compare_alone.c: fills d->cause from the features with which the library still parts. */
void causes_by_features(const struct library *l, enum lib_item item, const uint8_t *p, size_t n,
                        struct difference *d);

#endif
