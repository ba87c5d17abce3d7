/* imap.h: what the lexers and parsers of grammar/ hand out: slices, verdicts, parsed commands and responses.
 *
 * Everything borrows the caller's octets; nothing is allocated or copied. The octets must outlive the structures.
 */
#ifndef IMAP_H
#define IMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Borrowed octets, not terminated by NUL. `p` may be NULL when `n` is 0. */
struct slice {
    const uint8_t *p;
    uint32_t n;
};

enum lex_verdict {
    LEX_ACCEPT, /* a whole item; `offset` is the number of octets that it takes */
    LEX_MORE,   /* a proper prefix of an item */
    LEX_REJECT, /* no item begins like this; `offset` is the first octet that cannot stand there */
    LEX_LIMIT,  /* a stated limit of ours (nesting, nodes, ranges) was reached: no verdict */
};

struct lex_result {
    enum lex_verdict verdict;
    uint32_t offset;
    const char *rule;   /* the ABNF rule at which the input left the grammar, or the limit; static; NULL on ACCEPT */
    const char *clause; /* requirement id or RFC section of that rule; static; may be NULL */
};

enum dialect { DIALECT_2060, DIALECT_3501, DIALECT_9051 };
enum literals { LITERALS_SYNC, LITERALS_PLUS, LITERALS_MINUS }; /* RFC 7888; MINUS: `{n+}` up to 4096 octets */
enum reading { READING_PROSE, READING_ABNF };                   /* of CLIENTID's type, T-CID-3 */

struct lex_options {
    uint8_t dialect;
    uint8_t literals;
    uint8_t reading;
    bool utf8; /* UTF-8 in quoted strings and text was enabled (RFC 6855, RFC 9051) */
};

/* A resumable lexer's state; zero it before the first octet. Opaque. */
struct lex_state {
    uint64_t opaque[8];
};

/* A string as it stood on the wire. ATOM also stands for an astring's or list-mailbox's bare form. */
enum string_kind { STR_NONE, STR_ATOM, STR_QUOTED, STR_LITERAL, STR_LITERAL8, STR_NIL };
struct istring {
    uint8_t kind;
    bool escaped;   /* QUOTED with at least one backslash: decode before comparing */
    struct slice s; /* QUOTED: between the quotes, escapes still in; LITERAL: its octets */
};

/* Decodes (unescapes) into dst[cap]. Returns the octets' number; > cap means that it did not fit (cap were written). */
size_t istring_copy(const struct istring *s, uint8_t *dst, size_t cap);
/* Equal as strings after decoding (octet by octet); NIL equals NIL alone. */
bool istring_equal(const struct istring *a, const struct istring *b);
bool slice_equal(struct slice a, struct slice b);
bool slice_is(struct slice a, const char *z);      /* equal to a NUL-terminated text */
bool slice_is_nocase(struct slice a, const char *z); /* the same, ASCII letters compared without case */

/* Recursive values (ENVELOPE, BODYSTRUCTURE, lists, search keys) as nodes in the caller's pool; index 0 is "none". */
enum node_kind { NODE_ATOM = 1, NODE_NUMBER, NODE_STRING, NODE_NIL, NODE_LIST };
struct node {
    uint8_t kind;
    struct istring str; /* ATOM, NUMBER, STRING: the text; LIST: str.s is the whole text with its parentheses */
    uint64_t number;    /* NUMBER; LIST: 1 when its leading lists stand without SP between them (addresses, bodies) */
    uint32_t child, next;
};
struct node_pool {
    struct node *v;
    uint32_t cap, len; /* len starts at 1 */
};

/* ---- commands ------------------------------------------------------------------------------------------------ */

enum command_kind {
    CMD_UNKNOWN, /* well formed up to the command word, which we do not know (also X...) */
    CMD_CAPABILITY, CMD_NOOP, CMD_LOGOUT, CMD_ID,
    CMD_STARTTLS, CMD_LOGIN, CMD_AUTHENTICATE, CMD_CLIENTID,
    CMD_SELECT, CMD_EXAMINE, CMD_CREATE, CMD_DELETE, CMD_RENAME, CMD_SUBSCRIBE, CMD_UNSUBSCRIBE, CMD_LIST, CMD_LSUB,
    CMD_STATUS, CMD_APPEND, CMD_IDLE, CMD_ENABLE, CMD_NAMESPACE,
    CMD_CHECK, CMD_CLOSE, CMD_UNSELECT, CMD_EXPUNGE, CMD_SEARCH, CMD_FETCH, CMD_STORE, CMD_COPY, CMD_MOVE,
    CMD_COUNT
};

#define SEQ_STAR 0 /* no number of a set is 0 */
struct seq_range { uint32_t lo, hi; }; /* as written: lo may exceed hi; SEQ_STAR for `*` */
#define SEQ_RANGES_MAX 64
struct seq_set {
    struct slice raw;
    uint32_t n;
    struct seq_range r[SEQ_RANGES_MAX];
};

enum fetch_att {
    ATT_UID, ATT_FLAGS, ATT_INTERNALDATE, ATT_RFC822, ATT_RFC822_HEADER, ATT_RFC822_SIZE, ATT_RFC822_TEXT,
    ATT_ENVELOPE, ATT_BODY, ATT_BODYSTRUCTURE, ATT_BODY_SECTION, ATT_MODSEQ, ATT_OTHER, ATT_COUNT
};
struct fetch_want { /* one item that a FETCH command asks for; macros ALL, FAST, FULL are expanded */
    uint8_t att;
    bool peek, partial;
    struct slice name;    /* as written (an expanded macro's: "ALL") */
    struct slice section; /* BODY_SECTION, BINARY: the text between [ and ] */
    uint64_t first, count;
};
#define FETCH_WANTS_MAX 32
#define FLAGS_MAX 64

enum store_mode { STORE_SET, STORE_ADD, STORE_REMOVE };
enum status_item { ST_MESSAGES, ST_RECENT, ST_UIDNEXT, ST_UIDVALIDITY, ST_UNSEEN, ST_SIZE,
                   ST_DELETED /* RFC 9051 */, ST_COUNT };

enum search_key_kind { /* struct node.number of a key's ATOM node holds one of these */
    SK_ALL, SK_ANSWERED, SK_BCC, SK_BEFORE, SK_BODY, SK_CC, SK_DELETED, SK_DRAFT, SK_FLAGGED, SK_FROM, SK_HEADER,
    SK_KEYWORD, SK_LARGER, SK_NEW, SK_NOT, SK_OLD, SK_ON, SK_OR, SK_RECENT, SK_SEEN, SK_SENTBEFORE, SK_SENTON,
    SK_SENTSINCE, SK_SINCE, SK_SMALLER, SK_SUBJECT, SK_TEXT, SK_TO, SK_UID, SK_UNANSWERED, SK_UNDELETED, SK_UNDRAFT,
    SK_UNFLAGGED, SK_UNKEYWORD, SK_UNSEEN, SK_SEQUENCE /* a bare sequence set */, SK_AND /* a list */, SK_COUNT
};
/* A key's arguments: strings are STRING nodes, numbers NUMBER, flags, dates (without quotes) and sequence sets ATOM. */

struct imap_command {
    struct slice tag;
    struct slice name; /* as written, "UID" included */
    uint8_t kind;
    bool uid;
    struct slice args;              /* everything after the name's SP up to CRLF, literals in line */
    struct istring mailbox;         /* SELECT ... APPEND, COPY, MOVE; LOGIN: user; LIST, LSUB: reference */
    struct istring mailbox2;        /* RENAME: new name; LOGIN: password; LIST, LSUB: pattern */
    struct seq_set set;             /* FETCH, STORE, COPY, MOVE, UID EXPUNGE */
    struct fetch_want want[FETCH_WANTS_MAX];
    uint32_t wants;
    uint8_t store_mode;
    bool silent;
    bool has_flags;                 /* APPEND: a flag list was given */
    struct slice flag[FLAGS_MAX];   /* STORE, APPEND */
    uint32_t flags;
    struct slice date;              /* APPEND: date-time between its quotes, or n = 0 */
    struct istring message;         /* APPEND */
    uint32_t status;                /* bits 1 << enum status_item */
    struct slice charset;           /* SEARCH CHARSET, as in an istring of charset_kind */
    uint8_t charset_kind;           /* enum string_kind */
    uint32_t search;                /* node: first key; keys are chained by next. A key is an ATOM node whose number is
                                     * its search_key_kind and whose children are its arguments (NOT, OR, AND: keys) */
    struct slice mechanism;         /* AUTHENTICATE */
    struct slice initial;           /* AUTHENTICATE: initial response, "=" for empty, n = 0 for none */
    struct slice select_options;    /* LIST in RFC 9051: "(...)" raw, or n = 0 */
    struct slice return_options;    /* LIST, SEARCH in RFC 9051: "(...)" after RETURN, raw, or n = 0 */
    uint32_t list;                  /* ENABLE: node, first capability */
    struct slice id;                /* ID: the parameter list or NIL, raw: see id.h */
    struct slice clientid_type, clientid_token;
};

/* Parses one whole command with its CRLF, literals in line (their `+`continuations are not part of it).
 * `nodes` receives search keys. On REJECT, `out->tag` and `out->name` are set as far as they were understood. */
struct lex_result parse_command(const uint8_t *p, size_t n, const struct lex_options *o, struct node_pool *nodes,
                                struct imap_command *out);
const char *command_name(enum command_kind kind); /* "FETCH"; static */

/* ---- responses ----------------------------------------------------------------------------------------------- */

enum response_kind {
    RESP_OK, RESP_NO, RESP_BAD, /* tagged when tag.n > 0, else untagged */
    RESP_BYE, RESP_PREAUTH, RESP_CONTINUE,
    RESP_CAPABILITY, RESP_LIST, RESP_LSUB, RESP_STATUS, RESP_SEARCH, RESP_FLAGS, RESP_EXISTS, RESP_RECENT,
    RESP_EXPUNGE, RESP_FETCH, RESP_ID, RESP_ENABLED, RESP_NAMESPACE, RESP_ESEARCH, RESP_VANISHED,
    RESP_OTHER, /* an untagged response of an extension that we do not know; only its frame was checked */
    RESP_COUNT
};

enum code_kind {
    CODE_NONE, CODE_ALERT, CODE_BADCHARSET, CODE_CAPABILITY, CODE_PARSE, CODE_PERMANENTFLAGS, CODE_READ_ONLY,
    CODE_READ_WRITE, CODE_TRYCREATE, CODE_UIDNEXT, CODE_UIDVALIDITY, CODE_UNSEEN, CODE_NEWNAME, CODE_APPENDUID,
    CODE_COPYUID, CODE_UIDNOTSTICKY, CODE_CLOSED, CODE_EXPUNGEISSUED, CODE_INUSE, CODE_NONEXISTENT, CODE_ALREADYEXISTS,
    CODE_CANNOT, CODE_CLIENTBUG, CODE_AUTHENTICATIONFAILED, CODE_HIGHESTMODSEQ, CODE_NOMODSEQ, CODE_OTHER
};
struct resp_code {
    uint8_t kind;
    struct slice name, arg;      /* arg: raw text after the name's SP, up to `]` */
    uint32_t number;             /* UIDNEXT, UIDVALIDITY, UNSEEN; APPENDUID, COPYUID: the UIDVALIDITY */
    struct slice set1, set2;     /* APPENDUID: set1; COPYUID: source, destination: see seq_set_parse() */
    uint32_t list;               /* CAPABILITY, PERMANENTFLAGS, BADCHARSET: node, first element */
};

struct fetch_item {
    uint8_t att;
    struct slice name;    /* as written */
    struct slice section; /* BODY_SECTION: between [ and ] */
    bool has_origin;
    uint32_t origin;      /* BODY[..]<origin> */
    uint64_t number;      /* UID, RFC822.SIZE, MODSEQ */
    uint32_t value;       /* node: FLAGS: first flag (0 if none); others: the value */
};
#define FETCH_ITEMS_MAX 32

struct imap_response {
    uint8_t kind;
    struct slice tag;
    struct slice name;     /* untagged, without a number: its word as written (also of OTHER) */
    uint32_t number;       /* EXISTS, RECENT, EXPUNGE, FETCH */
    struct resp_code code; /* OK, NO, BAD, BYE, PREAUTH */
    struct slice text;     /* their text, after the code; CONTINUE: the text; OTHER: all behind its name */
    struct fetch_item item[FETCH_ITEMS_MAX];
    uint32_t items;
    uint32_t list;         /* node, first element: CAPABILITY names, FLAGS, SEARCH numbers, LIST/LSUB attributes;
                            * NAMESPACE: three; ESEARCH: its tag's list, UID, labels and values; ENABLED names */
    struct slice extended; /* LIST in RFC 9051: "(...)" raw, or n = 0 */
    int delimiter;         /* LIST, LSUB: the character (UTF-8 decoded), or -1 for NIL */
    struct istring mailbox;/* LIST, LSUB, STATUS */
    uint32_t status;       /* STATUS: bits of the items present */
    uint64_t status_value[ST_COUNT];
    struct slice id;       /* ID: parameter list or NIL, raw: see id.h */
    struct slice set;      /* VANISHED: the uid set, raw */
    bool earlier;          /* VANISHED (EARLIER) */
};

/* Parses one whole response with its CRLF, literals in line. */
struct lex_result parse_response(const uint8_t *p, size_t n, const struct lex_options *o, struct node_pool *nodes,
                                 struct imap_response *out);
const char *response_name(enum response_kind kind);

/* Parses a sequence-set (`allow_star`) or uid-set text. false: not one, or more than SEQ_RANGES_MAX ranges. */
bool seq_set_parse(struct slice s, bool allow_star, struct seq_set *out);
/* Does the set hold `n`, where `*` means `max`? A reversed range means the same as the ordered one. */
bool seq_set_has(const struct seq_set *s, uint32_t n, uint32_t max);

/* ---- framing: where one command or response ends in a stream ---------------------------------------------------- */

struct frame {
    size_t scanned;   /* octets that need not be looked at again */
    size_t line;      /* start of the current line segment */
};
enum frame_result { FRAME_MORE, FRAME_WHOLE, FRAME_LINE_TOO_LONG, FRAME_LITERAL_TOO_LONG };
/* Looks for the end of one response: lines joined by literals. Zero *f before the first octet of each. On WHOLE, *len is
 * its length. max_line bounds a line without its literals, max_literal one literal. A lone LF also ends a line (the
 * parser rejects it later; the stream stays in step). */
enum frame_result frame_response(struct frame *f, const uint8_t *p, size_t n, size_t max_line, size_t max_literal,
                                 size_t *len);

/* ---- printing: structures back to octets ------------------------------------------------------------------------ */

/* An output buffer; `len` counts what was wanted even beyond `cap`, so len > cap means "did not fit". */
struct out {
    uint8_t *p;
    size_t cap, len;
};
void out_octets(struct out *o, const void *p, size_t n);
void out_text(struct out *o, const char *z);
void out_number(struct out *o, uint64_t n);
void out_quoted(struct out *o, struct slice raw);  /* quoted with escapes; must hold no CR, LF, NUL, 8-bit */
void out_literal(struct out *o, struct slice raw); /* {n}CRLF octets */
void out_string(struct out *o, struct slice raw);  /* quoted where possible, else literal */
void out_astring(struct out *o, struct slice raw); /* atom where possible, else as out_string */
void out_istring(struct out *o, const struct istring *s); /* as it stood; kind NONE: as out_astring */
void out_node(struct out *o, const struct node_pool *nodes, uint32_t i); /* one value; a LIST without children: its str.s */
/* Both print what the parsers fill in. In structures built by hand, names, raw sets and raw arguments may stay empty: then
 * the kind's own word, seq_set.r and the numbers are printed. */
void print_command(struct out *o, const struct imap_command *c, const struct node_pool *nodes);   /* with CRLF */
void print_response(struct out *o, const struct imap_response *r, const struct node_pool *nodes); /* with CRLF */

#endif
