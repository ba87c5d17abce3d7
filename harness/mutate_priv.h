/* mutate_priv.h: what the mutator's files share: chance, an output that stays within its bounds, words. */
#ifndef MUTATE_PRIV_H
#define MUTATE_PRIV_H

#include "cursor.h"
#include "mutate.h"

struct mut {
    uint64_t state;
    uint8_t *p;
    size_t n, cap; /* what does not fit is left out */
    uint32_t odd;  /* of how many places one breaks a rule; 0: none does */
    uint8_t depth; /* of nested productions */
};

uint32_t m_below(struct mut *m, uint32_t n); /* 0 .. n-1 */
bool m_one_in(struct mut *m, uint32_t n);
bool m_odd(struct mut *m); /* may a rule be broken here? */

/* One of an array, by chance. */
#define ONE(m, v) (v)[m_below(m, sizeof(v) / sizeof *(v))]

void m_octet(struct mut *m, uint8_t c);
void m_octets(struct mut *m, const void *p, size_t n);
void m_text(struct mut *m, const char *z);
void m_decimal(struct mut *m, uint64_t n);

/* mutate_string.c: tokens. */
void m_case(struct mut *m, const char *z); /* a keyword, its letters' case changed now and then */
void m_sp(struct mut *m);                  /* one space, or what is taken for one */
void m_crlf(struct mut *m);                /* the item's end */
void m_number(struct mut *m, bool zero);   /* small, or near a limit */
void m_atom(struct mut *m);
/* Octets in a form: FORM_ANY is any; QUOTED, LITERAL, PLUS, EIGHT, BARE. */
enum form { AS_ANY, AS_QUOTED, AS_LITERAL, AS_PLUS, AS_EIGHT, AS_BARE };
void m_string_of(struct mut *m, enum form form, const void *p, size_t n);
void m_string(struct mut *m); /* content and form by chance */
size_t m_content(struct mut *m, uint8_t *to, size_t cap);

/* mutate_make.c: parts of items from their productions, which are forms of letters. */
void m_form(struct mut *m, const char *form);

/* mutate_id.c */
void m_id_list(struct mut *m);
void m_clientid_type(struct mut *m);
void m_clientid_token(struct mut *m);

/* mutate_item.c: a whole item, to its line end. */
void m_item(struct mut *m, enum lib_item item);

/* mutate_words.c */
const char *m_word(struct mut *m, const struct words *w); /* one of the grammar's table */
extern const char *const id_fields[];                     /* of ID section 3.3; the last is NULL */
const char *m_id_field(struct mut *m);
extern const struct words *const word_tables[]; /* all; the last is NULL */

#endif
