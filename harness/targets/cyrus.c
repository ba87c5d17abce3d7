/* cyrus.c: Cyrus's getword and getxstring over a memory stream, with the order of things in its imapd's ID
 * command.
 *
 * The package has the functions but not their headers, so they are declared here. What imapd itself checks
 * (lengths, the number of pairs, the line's end) is in no library: it is told again below. imapd ends the
 * session by fatal(); here that is a refusal.
 */
#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <unistd.h>

#include "library.h"

struct protstream;
struct buf {
    char *s; /* NULL: NIL was read */
    size_t len, alloc;
    unsigned flags;
};
enum { BARE = 1, QUOTED = 2, LITERAL = 4, NIL = 8 }; /* what getxstring may take */
struct protstream *prot_readmap(const char *base, uint32_t n);
struct protstream *prot_writebuf(struct buf *b);
int prot_free(struct protstream *s);
int prot_setisclient(struct protstream *s, int yes);
int prot_getc(struct protstream *s);
int getword(struct protstream *in, struct buf *b);
int getxstring(struct protstream *in, struct protstream *out, struct buf *b, unsigned kinds);
void config_read(const char *file, int needs);
__attribute__((noreturn)) void fatal(const char *why,
                                     int code); /* the libraries want these of their program */
void *cyrus_mutex_alloc(void);
int cyrus_mutex_lock(void *m);
int cyrus_mutex_unlock(void *m);
void cyrus_mutex_free(void *m);

#define FIELD_LIMIT 30
#define VALUE_LIMIT 1024
#define PAIRS_LIMIT 30

static struct protstream *in, *out;
static struct buf word, value, told; /* told: "go ahead" */
static jmp_buf ended;
static const char *last_words;

void fatal(const char *why, int code) {
    last_words = why;
    longjmp(ended, code != 0 ? code : 1);
}

void *cyrus_mutex_alloc(void) { return &last_words; }
int cyrus_mutex_lock(void *m) { return m == NULL; }
int cyrus_mutex_unlock(void *m) { return m == NULL; }
void cyrus_mutex_free(void *m) { (void)m; }

static bool start(char *err, size_t errlen) {
    static const char text[] = "configdirectory: /nonexistent\npartition-default: /nonexistent\n";
    char path[32];
    int file = memfd_create("imapd.conf", MFD_CLOEXEC);
    bool good = file >= 0 && write(file, text, sizeof text - 1) == (ssize_t)sizeof text - 1;
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    if (setjmp(ended) != 0) {
        snprintf(err, errlen, "its configuration is not taken: %s", last_words);
        good = false;
    } else if (good)
        config_read(path, 0);
    out = prot_writebuf(&told);
    if (file >= 0)
        close(file);
    return good;
}

static const char *read_clientid(struct out *canon, int *c) {
    for (int i = 0; i < 2; i++) {
        *c = getxstring(in, out, &word, BARE | QUOTED | LITERAL);
        if (i == 0 ? *c != ' ' : *c != '\r' && *c != '\n')
            return i == 0 ? "Missing required argument" : "Unexpected extra arguments";
        canon_string(canon, word.s, word.len);
    }
    return NULL;
}

/* The list behind its "(". */
static const char *read_pairs(struct out *canon, int *c) {
    canon_open(canon);
    for (int pairs = 1;; pairs++) {
        *c = getxstring(in, out, &word, QUOTED | LITERAL);
        if (*c != ' ')
            return "Invalid/missing field name in Id";
        *c = getxstring(in, out, &value, NIL | QUOTED | LITERAL);
        if (*c != ' ' && *c != ')')
            return "Invalid/missing value in Id";
        if (strlen(word.s) > FIELD_LIMIT)
            return "field longer than 30 octets in Id";
        if (value.len > VALUE_LIMIT)
            return "value longer than 1024 octets in Id";
        if (pairs > PAIRS_LIMIT)
            return "too many (30) field-value pairs in ID";
        canon_string(canon, word.s, word.len);
        canon_string(canon, value.s, value.len);
        if (*c == ')')
            break;
    }
    canon_close(canon);
    *c = prot_getc(in);
    return NULL;
}

/* What is wrong, or NULL; *c: the octet that was read last, or EOF. */
static const char *read_line(enum lib_item item, struct out *canon, int *c) {
    *c = getword(in, &word);
    if (strcasecmp(word.s, item == ITEM_ID ? "ID" : "CLIENTID") != 0)
        return "another command";
    if (*c != ' ')
        return "Missing required argument";
    const char *why = NULL;
    if (item == ITEM_CLIENTID)
        why = read_clientid(canon, c);
    else {
        *c = getword(in, &word);
        if (*c == '(') /* whatever stands before it */
            why = read_pairs(canon, c);
        else if (strcasecmp(word.s, "NIL") != 0)
            why = "Invalid parameter list in Id";
        else
            canon_word(canon, "NIL");
    }
    if (why == NULL && *c == '\r')
        *c = prot_getc(in);
    return why != NULL ? why : *c != '\n' ? "Unexpected extra arguments" : NULL;
}

static void parse(enum lib_item item, const uint8_t *p, size_t n, struct lib_answer *a) {
    int c = EOF;
    const char *why;
    in = prot_readmap((const char *)p, (uint32_t)n);
    prot_setisclient(in, 1); /* who speaks is a client: it may use {n+} */
    told.len = 0;
    if (setjmp(ended) != 0) {
        a->verdict = LIB_REJECT;
        snprintf(a->why, sizeof a->why, "%s", last_words);
    } else if ((why = read_line(item, &a->canon, &c)) == NULL) {
        uint32_t left = 0;
        while (prot_getc(in) != EOF)
            left++;
        a->verdict = LIB_ACCEPT;
        a->used = (uint32_t)n - left;
    } else { /* EOF is said of bad octets too, but those are still there */
        a->verdict = c == EOF && prot_getc(in) == EOF ? LIB_MORE : LIB_REJECT;
        snprintf(a->why, sizeof a->why, "%s", why);
    }
    prot_free(in);
}

static const char *version(void) { return TARGET_VERSION; }

LIBRARY(cyrus) = {.name = "cyrus",
                  .package = "cyrus-dev",
                  .about = "getword and getxstring, with the checks of its imapd's ID command",
                  .items = 1u << ITEM_ID | 1u << ITEM_CLIENTID,
                  .dialect = DIALECT_3501,
                  .literals = LITERALS_PLUS,
                  .start = start,
                  .parse = parse,
                  .version = version};
