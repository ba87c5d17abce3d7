/* compare.h: one input, the grammar's answer beside a library's: do they agree, and if not, why not.
 *
 * Cause: the grammar's rule or the limit at which they part, one of causes.def. Where the library takes what
 * the grammar refuses, it is told by the rule at which the grammar left the input. Where the library refuses
 * what the grammar has, or understands other content, the input's features (a literal, `nil` in lower case,
 * an escape, ...) are tried one by one: the input is written again with that feature alone, and the library
 * is asked again; the features with which it still parts are the causes.
 */
#ifndef COMPARE_H
#define COMPARE_H

#include "library.h"

enum cause {
    CAUSE_NONE,
#define CAUSE(e, name, clause, what) CAUSE_##e,
#include "causes.def"
#undef CAUSE
    CAUSE_COUNT
};
const char *cause_name(enum cause c);   /* "empty-list" */
const char *cause_clause(enum cause c); /* requirement ids or RFC sections, separated by blanks */
const char *cause_what(enum cause c);   /* one line for people */
int cause_by_name(const char *name);    /* -1 */

/* What the grammar says of an input: its first item. */
struct reference {
    struct lex_result lex;
    struct out canon; /* in the caller's buffer, which may be NULL; len 0: contents are not compared */
};
/* Set r->canon.p and .cap first. */
void reference_answer(enum lib_item item, const uint8_t *p, size_t n, const struct lex_options *o,
                      struct reference *r);
extern volatile uint8_t
    reference_running; /* it is in reference_answer: for who samples its share of the time */
/* The options that a library is compared with. */
struct lex_options reference_options(const struct library *l);

enum part { /* how they part */
            PART_AGREE,
            PART_TAKES,   /* the library accepts what the grammar refuses */
            PART_REFUSES, /* the library refuses what the grammar accepts */
            PART_WAITS,   /* the library wants more of an item that is whole */
            PART_SHORT,   /* both accept, but take different numbers of octets */
            PART_CONTENT, /* both accept, but understand different content */
            PART_LINGERS, /* the library wants more, though the line that the grammar refuses has ended */
            PART_FAULT    /* it crashed, hung, blew up, wrote where it should not: the verdict says which */
};
const char *part_name(enum part p); /* "takes" */
int part_by_name(const char *name); /* -1 */

/* Who is right by the documents, where they part. */
enum standing {
    STANDING_WRONG,      /* the library breaks a rule that binds it */
    STANDING_EITHER,     /* it may do either: a limit for senders (T-ID-4), or a client that is lenient with a
                            response */
    STANDING_CONTRADICT, /* the documents contradict each other (T-CID-3, T-CID-5, T-MAP-14) */
    STANDING_COUNT
};
enum standing standing_of(enum lib_item item, enum part part, enum cause c);
const char *standing_name(enum standing s); /* "library wrong", "either permitted", "documents contradict" */

#define CAUSES_AT_ONCE 4
struct difference {
    uint8_t part;
    uint8_t causes;
    uint8_t cause[CAUSES_AT_ONCE]; /* enum cause; [0] is CAUSE_UNKNOWN when none could be told */
    uint32_t at;                   /* octet of the input where they part; of canon for CONTENT */
    struct lib_answer answer;      /* the library's */
};
/* Asks `l` about the first item of the input (all of it, if it is none) and compares with `r`, which is of
 * the same input and reference_options(l). Returns part != PART_AGREE. The answer's canon is in a buffer of
 * this module's own, valid until the next call. A library without an opinion agrees; so does one that waits
 * where a line has not ended, or that refuses what is not whole. Not for two threads at once. */
bool compare(const struct library *l, enum lib_item item, const uint8_t *p, size_t n,
             const struct reference *r, struct difference *d);

/* Answers to inputs that were written again are remembered by library: forgets them, when a library has
 * changed. */
void compare_forget(void);

/* Makes the input of a difference smaller in place: octets are left out or made plain while library, item,
 * part (a fault: its verdict and place too) and cause stay. At most `tries` questions, and some seconds.
 * Returns the new length. */
size_t compare_shorten(const struct library *l, enum lib_item item, uint8_t *p, size_t n, enum part part,
                       const struct lib_answer *answer, enum cause cause, int tries);

#endif
