/* cursor.h: the cursor over one item's octets, with the tokens and small productions that commands and responses share.
 *
 * Internal to grammar/. Each function answers true and moves the cursor behind what it read, or answers false and leaves
 * the reason in cursor.r; then the caller only has to return false too. At the end of the octets the reason is LEX_MORE.
 */
#ifndef CURSOR_H
#define CURSOR_H

#include "imap.h"

#define CURSOR_DEPTH_MAX 32 /* nested search keys, body structures, lists: LEX_LIMIT beyond */

struct cursor {
    const uint8_t *base, *p, *end;
    const uint8_t *far; /* the last octet that a token looked at: where it failed, if it did */
    const struct lex_options *o;
    struct node_pool *nodes; /* may be NULL: then nothing is recorded */
    uint8_t literals;        /* enum literals, in force for this text: a server never sends `{n+}` */
    uint8_t depth;
    struct lex_result r;
};

struct chain { /* nodes under construction, linked by next */
    uint32_t first, last;
};

/* The regular productions of token.re, one condition each, by their ABNF names (grammar/abnf/imap.abnf). */
enum token {
    TOK_atom, TOK_atom2060, TOK_code_text, TOK_astring_chars, TOK_list_chars, TOK_tag, TOK_number, TOK_nz_number,
    TOK_quoted, TOK_quoted_utf8, TOK_quoted_char, TOK_quoted_char_utf8, TOK_literal, TOK_literal_plus, TOK_literal8,
    TOK_flag, TOK_flag2060, TOK_flag_perm, TOK_flag_perm2060, TOK_date, TOK_date_time, TOK_sequence_set,
    TOK_sequence_set9051, TOK_uid_set, TOK_text, TOK_text_utf8, TOK_base64, TOK_ext_label, TOK_ext_atom, TOK_ext_simple, TOK_nil
};

struct cursor cur_start(const uint8_t *p, size_t n, const struct lex_options *o, struct node_pool *nodes);
bool cur_fail(struct cursor *s, const uint8_t *at, const char *rule);
bool cur_fail_clause(struct cursor *s, const uint8_t *at, const char *rule, const char *clause);
bool cur_limit(struct cursor *s, const char *what); /* MORE, if the last octet has just been read */
struct slice cur_from(const struct cursor *s, const uint8_t *from); /* from there up to the cursor */
static inline int cur_peek(const struct cursor *s) { return s->p < s->end ? *s->p : -1; }
bool cur_enter(struct cursor *s); /* one level of nesting down; pair with cur_leave */
static inline void cur_leave(struct cursor *s) { s->depth--; }

/* token.re: the longest match of the production at the cursor. */
bool cur_token(struct cursor *s, enum token t, const char *rule, struct slice *out);

bool cur_octet(struct cursor *s, uint8_t c, const char *rule);
bool cur_sp(struct cursor *s);
bool cur_crlf(struct cursor *s);
#define NUMBER32 UINT64_C(0xffffffff)
#define NUMBER63 UINT64_C(0x7fffffffffffffff)
bool cur_number(struct cursor *s, uint64_t max, uint64_t *out);    /* number, number64 by `max` */
bool cur_nz_number(struct cursor *s, uint64_t max, uint64_t *out); /* nz-number, nz-number64 */
uint64_t cur_number64(const struct cursor *s); /* the bound of what RFC 9051 calls number64: 32 bits before it */
bool cur_atom(struct cursor *s, struct slice *out);
bool cur_string(struct cursor *s, struct istring *out);
bool cur_literal8(struct cursor *s, struct istring *out);
bool cur_nstring(struct cursor *s, struct istring *out);
bool cur_astring(struct cursor *s, struct istring *out);
bool cur_list_mailbox(struct cursor *s, struct istring *out);
bool cur_flag(struct cursor *s, struct slice *out);
bool cur_sequence_set(struct cursor *s, struct seq_set *out); /* LIMIT beyond SEQ_RANGES_MAX ranges */
bool cur_set_text(struct cursor *s, bool allow_star, struct slice *out); /* sequence-set or uid-set, of any length */
bool cur_ext_simple(struct cursor *s);                                     /* tagged-ext-simple */
bool cur_date_time(struct cursor *s, struct slice *out);                /* out: between the quotes */
bool cur_section(struct cursor *s, bool binary, struct slice *out);     /* "[" ... "]"; out: between them */
bool cur_resp_text(struct cursor *s, struct resp_code *code, struct slice *text); /* code.c */
bool cur_capabilities(struct cursor *s, bool in_code, uint32_t *list); /* code.c: capability-data behind its word */
bool cur_charset(struct cursor *s, struct istring *out);               /* code.c: charset, or astring before RFC 9051 */
bool fetch_items(struct cursor *s, struct imap_response *r);            /* fetch.c: SP msg-att */
bool fetch_flags(struct cursor *s, struct chain *c);                   /* fetch.c: flags in parentheses */
bool search_options(struct cursor *s, struct slice *out);              /* search.c: a RETURN list, raw */
bool search_program(struct cursor *s, struct imap_command *c);         /* search.c: behind the word SEARCH */
/* frame.c: do the octets [from, end), a line without its CRLF, end in `{n}`? */
bool frame_announces(const uint8_t *from, const uint8_t *end, uint64_t *n);

/* Nodes. With no pool everything succeeds and stays empty. */
struct node *cur_add(struct cursor *s, struct chain *c, enum node_kind kind); /* NULL: limit; points into the pool */
bool cur_add_string(struct cursor *s, struct chain *c, struct istring v);     /* STRING or NIL */
bool cur_add_text(struct cursor *s, struct chain *c, enum node_kind kind, struct slice text, uint64_t number);
/* Opens a LIST node at `(`; what follows goes to `inner`; cur_close reads `)` and finishes the node. */
struct open_list {
    uint32_t node;
    const uint8_t *from;
    struct chain inner;
};
bool cur_open(struct cursor *s, struct chain *c, struct open_list *l, const char *rule);
bool cur_close(struct cursor *s, struct open_list *l, bool tight, const char *rule);
bool cur_ext_value(struct cursor *s, struct chain *c); /* an extension's value: ext-value in abnf/response.abnf */

/* Keywords: a sorted table, each word with the dialects and contexts in which it exists. */
#define D20 (1u << DIALECT_2060)
#define D35 (1u << DIALECT_3501)
#define D90 (1u << DIALECT_9051)
#define DALL (D20 | D35 | D90)
struct word {
    const char *text; /* upper case */
    uint8_t kind;
    uint8_t dialects;
    uint8_t contexts;
};
struct words {
    const struct word *v;
    uint32_t n;
    const char *rule;
};
/* The longest keyword at the cursor among those of the dialect and of one of `contexts`. */
bool cur_keyword(struct cursor *s, const struct words *w, uint8_t contexts, const struct word **out);
/* The word equal to `text` in any dialect (the caller looks at its mask), or NULL. */
const struct word *words_find(const struct words *w, struct slice text);
static inline bool word_in(const struct word *w, const struct cursor *s) { return w->dialects >> s->o->dialect & 1; }

extern const struct words command_words, fetch_words, macro_words, status_words, search_words, store_words,
    section_words, untagged_words, numbered_words, state_words, code_words, misc_words;

enum { IN_PLAIN = 1, IN_UID = 2 };        /* contexts of command_words */
enum { IN_COMMAND = 1, IN_RESPONSE = 2, HAS_SECTION = 4 }; /* fetch_words, status_words */
enum { IN_TOP = 1, IN_PART = 2 };         /* section_words: MIME only after a part */
enum { IN_ANY = 1, IN_NZ = 2 };           /* numbered_words: after any number, after nz-number */
enum { WORD_UID_PREFIX = 200 };           /* command_words */
enum { SEC_HEADER, SEC_FIELDS, SEC_FIELDS_NOT, SEC_TEXT, SEC_MIME };
enum { MACRO_ALL, MACRO_FAST, MACRO_FULL };
enum { STORE_WORD_FLAGS, STORE_WORD_SILENT };
enum code_form { /* code_words.contexts: the form of the argument */
    FORM_NONE, FORM_NZ, FORM_MODSEQ, FORM_FLAGS, FORM_CHARSETS, FORM_CAPABILITY, FORM_APPENDUID, FORM_COPYUID,
    FORM_GENERIC
};
enum { MISC_CHARSET = 1, MISC_RETURN = 2, MISC_EARLIER = 4, MISC_UID = 8, MISC_TAG = 16 }; /* misc_words.contexts */

#endif
