/* library.h: somebody else's parser, linked or loaded into this process, that is compared with the grammar.
 *
 * One file in harness/targets/ per library; it is compiled twice: as build/targets/NAME.so, which `imapdiff diff NAME` loads
 * with dlopen, and into the fuzzers. A constructor made by LIBRARY() registers it in either case, so nothing else
 * names it. A parser of somebody's own is `imapdiff diff ./mine.so`.
 */
#ifndef LIBRARY_H
#define LIBRARY_H

#ifdef __cplusplus /* the glue to a library in C++ */
extern "C" {
#endif
#include "imap.h"

/* What one input is. Lines end with CRLF, literals are in line.
 * ID            "ID" SP id-params-list CRLF        a command without its tag
 * ID_RESPONSE   "* ID" SP id-params-list CRLF
 * CLIENTID      "CLIENTID" SP type SP token CRLF   a command without its tag
 * COMMAND       a whole command with its tag
 * RESPONSE      a whole response */
enum lib_item { ITEM_ID, ITEM_ID_RESPONSE, ITEM_CLIENTID, ITEM_COMMAND, ITEM_RESPONSE, ITEM_COUNT };
const char *lib_item_name(enum lib_item i); /* "id", "id-response", ...: the words of `imapdiff lex` */
int lib_item_by_name(const char *name);     /* -1: there is none */

enum lib_verdict {
    LIB_PASS,   /* no opinion on this input: it is not compared */
    LIB_ACCEPT, /* understood; `canon` says what */
    LIB_MORE,   /* more octets are awaited */
    LIB_REJECT,
    LIB_CRASH,  /* the last four are never said by a library, but by who watches it: a signal or a sanitizer, */
    LIB_HANG,   /* no answer within the deadline, */
    LIB_MEMORY, /* more memory than allowed, */
    LIB_BLURT   /* or it wrote to standard output or error */
};
const char *lib_verdict_name(enum lib_verdict v);

#define LIB_PLACE 96
#define LIB_CANON 65536 /* octets of canonical form that are kept; what is longer is compared up to there */
struct lib_answer {
    uint8_t verdict;
    uint32_t used;    /* ACCEPT: octets that it took as one item; 0: it does not tell, taken as all */
    struct out canon; /* ACCEPT: in the caller's buffer; see canon_... An empty one: content is not compared. p == NULL: the
                         caller wants the verdict alone, and canon_... does nothing */
    char why[80];     /* in the library's own words, or "" */
    char place[LIB_PLACE]; /* CRASH: where it died, FUNCTION:CALLER, each by name or file+0xOFFSET; "": unknown; never said by a library */
};

/* The canonical form: what was understood, whatever the octets it was written in. One blank parts the words; the functions
 * below put it. Words are in upper case, strings decoded and always in quotes, an atom that stands for a string too.
 * ID, ID_RESPONSE   NIL, or ("name" "x" "os" NIL), or ()
 * CLIENTID          "type" "token"
 * COMMAND           "tag" WORD and the strings in their order: LOGIN, SELECT, EXAMINE, CREATE, DELETE, RENAME, SUBSCRIBE,
 *                   UNSUBSCRIBE, LIST and LSUB (without the options of RFC 9051); "tag" ID and as above; "tag" CLIENTID
 *                   "type" "token"; "tag" WORD for those without arguments. Of others: nothing
 * RESPONSE          EXISTS 3 / EXPUNGE 2 / RECENT 1 / SEARCH 1 2 / ID and as above
 *                   FETCH 3 (UID 7 FLAGS ("\\Seen" "x") RFC822.SIZE 12): of its items these three, in this order
 *                   OK / NO / BAD / BYE, "tag" OK: code and text are not compared. Of others: nothing */
void canon_word(struct out *o, const char *z);                       /* NIL, EXISTS: as it is */
void canon_number(struct out *o, uint64_t n);
void canon_string(struct out *o, const void *p, size_t n);           /* "..." with \" \\ and \xHH; p == NULL: NIL */
void canon_flag(struct out *o, const void *p, size_t n);             /* a string; the system's, in any case: as "\\Seen" */
void canon_open(struct out *o);
void canon_close(struct out *o);

struct library {
    const char *name;    /* "dovecot", "dovecot-login": what the command line and profiles call it */
    const char *package; /* Debian's package that has it, for messages */
    const char *about;   /* one line: which of its functions reads the octets */
    uint32_t items;      /* bits 1 << enum lib_item; 0: a view of a mailbox, see harness/fuzz_view.c */
    uint8_t dialect;     /* enum dialect and enum literals of the grammar that it is compared with */
    uint8_t literals;
    bool isolate;        /* known to crash, or to keep state that a bad input spoils: always run in a child of its own */
    /* Once, before the first parse. false: one line in err. May be NULL. */
    bool (*start)(char *err, size_t errlen);
    /* One input. `p` is followed by no octet that may be read. The library keeps nothing of it. */
    void (*parse)(enum lib_item item, const uint8_t *p, size_t n, struct lib_answer *a);
    const char *(*version)(void); /* static text; may be NULL */
};
#define LIBRARY_MAX 32
void library_register(const struct library *l);
/* All that are registered, in order of their names. */
int library_count(void);
const struct library *library_at(int i);
const struct library *library_find(const char *name); /* registered already; NULL */

/* At file level: LIBRARY(dovecot) = {.name = "dovecot", ...}; */
#ifdef __cplusplus
#define LIBRARY_DECLARED extern
#else
#define LIBRARY_DECLARED static
#endif
#define LIBRARY(id)                                                                                                    \
    LIBRARY_DECLARED const struct library library_##id;                                                                \
    __attribute__((constructor)) static void library_##id##_here(void) { library_register(&library_##id); }            \
    LIBRARY_DECLARED const struct library library_##id

/* Runs start() at the first call. false: one line in err. An isolated library is started in its child. */
bool library_start(const struct library *l, char *err, size_t errlen);

/* For `imapdiff diff`: loads the plug-in that has library `name` (build/targets/NAME.so beside the running program,
 * ../lib/imapdiff/targets after an installation, or a path with a slash), and starts it. What is
 * registered already is only started, so that fuzzers which link their targets may call it too.
 * NULL: one line in err that says what is missing and which package or make target brings it. */
const struct library *library_load(const char *name, char *err, size_t errlen);
/* The names that can be loaded: each *.so there, and each that is known but not built with `missing` set and why. */
struct library_name { char name[32], why[120]; bool missing; };
int library_names(struct library_name *v, int max);

/* Runs parse() in this process, or in a child of its own if the library's `isolate` or library_limits.isolate is set; the child is
 * started at the first call, watched (deadline, memory, what it writes) and started again after it died. There the input lies right
 * before a page that cannot be read. An input of more than LIB_INPUT octets is passed over by a child. A
 * library that is not registered is run in this process, and not started. */
#define LIB_INPUT (1u << 20)
void library_ask(const struct library *l, enum lib_item item, const uint8_t *p, size_t n, struct lib_answer *a);
struct library_limits {
    int deadline_ms; /* 1000: of processor time; HANG is also said after four times as long without an answer */
    size_t memory;   /* 256 MiB above what the child began with */
    bool isolate;    /* false: true has every library run in a child */
    char *noted;     /* NULL: where the place of a crash in this process is noted before it dies, LIB_PLACE octets */
    bool survive;    /* false: true goes past a crash in this process; the verdict is a child's, which is asked again */
};
extern struct library_limits library_limits;
/* With `survive`: the one that is reading now in this process, or NULL: for who samples its share of the time. */
extern const struct library *volatile library_reading;
void library_end(void); /* ends all children */
#ifdef __cplusplus
}
#endif

#endif
