/* mailutils.c: GNU Mailutils' client of IMAP, and the words into which its server splits a line.
 *
 * Responses: mu_imap_id and mu_imap_noop over a stream from memory that holds the input and the command's
 * completion. ID ends in a table that knows no NIL and keeps the first of two fields of a name; of other
 * responses the library tells some numbers, and nothing of those that it does not know. Commands:
 * mu_imapio_get_words. ID and CLIENTID are taken when their words have the documents' shape; what the imapd
 * makes of other commands' words is in no library.
 */
#include <mailutils/mailutils.h>
#define imap_command mailutils_command /* the grammar has one, too */
#include <mailutils/sys/imap.h>
#undef imap_command
#include <mailutils/sys/stream.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "library.h"

struct memory {
    struct _mu_stream base;
    const uint8_t *p;
    size_t n;
    char completion[80]; /* what follows the input */
    size_t done;
    char wrote[64]; /* begins with the command's tag */
    bool server;    /* nothing follows the input */
    bool starved;   /* a read found nothing */
};

static int memory_read(struct _mu_stream *stream, char *to, size_t n, size_t *got) {
    struct memory *m = (struct memory *)stream;
    if (m->n == 0 && m->done == 0 && !m->server) { /* the input is over */
        char tag[20] = "";
        if (sscanf(m->wrote, "%19s", tag) == 1)
            snprintf(m->completion, sizeof m->completion, "%s OK done\r\n", tag);
    }
    size_t left = m->n > 0 ? m->n : strlen(m->completion) - m->done;
    n = n < left ? n : left;
    if (m->n > 0) {
        memcpy(to, m->p, n);
        m->p += n;
        m->n -= n;
    } else {
        memcpy(to, m->completion + m->done, n);
        m->done += n;
    }
    m->starved |= left == 0;
    *got = n;
    return 0;
}

static int memory_write(struct _mu_stream *stream, const char *p, size_t n, size_t *got) {
    struct memory *m = (struct memory *)stream;
    size_t at = strlen(m->wrote);
    snprintf(m->wrote + at, sizeof m->wrote - at, "%.*s", (int)n, p);
    *got = n;
    return 0;
}

static struct memory *memory(const uint8_t *p, size_t n) {
    struct memory *m = (struct memory *)_mu_stream_create(sizeof *m, MU_STREAM_RDWR);
    m->base.read = memory_read;
    m->base.write = memory_write;
    m->p = p;
    m->n = n;
    return m;
}

static void judge(const struct memory *m, int status, struct lib_answer *a) {
    a->verdict = m->starved ? LIB_MORE : status != 0 ? LIB_REJECT : LIB_ACCEPT;
    if (status != 0)
        snprintf(a->why, sizeof a->why, "%s", mu_strerror(status));
}

/* ---- responses --------------------------------------------------------------------------------------- */

static void told(void *user, int code, size_t number, void *data) {
    static const struct {
        int code;
        const char *word;
    } table[] = {{MU_IMAP_CB_OK, "OK"},
                 {MU_IMAP_CB_NO, "NO"},
                 {MU_IMAP_CB_BAD, "BAD"},
                 {MU_IMAP_CB_BYE, "BYE"},
                 {MU_IMAP_CB_EXPUNGE, "EXPUNGE"},
                 {MU_IMAP_CB_MESSAGE_COUNT, "EXISTS"},
                 {MU_IMAP_CB_RECENT_COUNT, "RECENT"}};
    const struct mu_imap_stat *stat = data;
    struct lib_answer *a = user;
    a->verdict = LIB_ACCEPT;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (table[i].code == code)
            canon_word(&a->canon, table[i].word);
    if (code == MU_IMAP_CB_MESSAGE_COUNT)
        canon_number(&a->canon, stat->message_count);
    else if (code == MU_IMAP_CB_RECENT_COUNT)
        canon_number(&a->canon, stat->recent_count);
    else if (code == MU_IMAP_CB_EXPUNGE)
        canon_number(&a->canon, number);
}

static int canon_pair(const char *name, void *value, void *user) {
    canon_string(user, name, strlen(name));
    canon_string(user, value, strlen(value));
    return 0;
}

static void ask_response(enum lib_item item, const uint8_t *p, size_t n, struct lib_answer *a) {
    struct memory *m = memory(p, n);
    mu_imap_t imap;
    mu_assoc_t pairs = NULL;
    int status;
    mu_imap_create(&imap);
    mu_imap_set_carrier(imap, &m->base);
    imap->client_state = MU_IMAP_CLIENT_READY;
    imap->session_state = MU_IMAP_SESSION_SELECTED;
    for (int code = 0; code < _MU_IMAP_CB_MAX; code++)
        if (item == ITEM_RESPONSE && (code < MU_IMAP_CB_TAGGED_OK || code > MU_IMAP_CB_TAGGED_BAD))
            mu_imap_register_callback_function(imap, code, told, a);
    if (item == ITEM_ID_RESPONSE) {
        status = mu_imap_id(imap, NULL, &pairs);
        judge(m, status, a);
        if (a->verdict == LIB_ACCEPT && (n < 5 || strncasecmp((const char *)p, "* ID", 4) != 0))
            a->verdict = LIB_PASS; /* another response, which it passes over */
        else if (status == 0 && memchr(p, '(', n) != NULL) {
            canon_open(&a->canon);
            mu_assoc_foreach(pairs, canon_pair, &a->canon);
            canon_close(&a->canon);
        } else if (status == 0)
            canon_word(&a->canon, "NIL");
        mu_assoc_destroy(&pairs);
    } else {
        status = mu_imap_noop(imap);
        bool silent = a->verdict == LIB_PASS;
        judge(m, status, a);
        if ((a->verdict == LIB_ACCEPT && silent) || (a->verdict != LIB_MORE && *p != '*'))
            a->verdict = LIB_PASS; /* other commands' replies are refused, as they should be */
    }
    a->used = (uint32_t)(n - m->n);
    mu_imap_destroy(&imap);
}

/* ---- commands ---------------------------------------------------------------------------------------- */

/* ID: the list or NIL; the words do not tell what was quoted. false: another shape. */
static bool canon_id(char **v, size_t n, struct out *o) {
    if (n == 1 && strcasecmp(v[0], "NIL") == 0) {
        canon_word(o, "NIL");
        return true;
    }
    if (n < 2 || n % 2 != 0 || strcmp(v[0], "(") != 0 || strcmp(v[n - 1], ")") != 0)
        return false;
    canon_open(o);
    for (size_t i = 1; i < n - 1; i++)
        canon_string(o, i % 2 == 0 && strcasecmp(v[i], "NIL") == 0 ? NULL : v[i], strlen(v[i]));
    canon_close(o);
    return true;
}

static bool canon_strings(char **v, size_t n, size_t wanted, struct out *o) {
    for (size_t i = 0; i < n; i++)
        canon_string(o, v[i], strlen(v[i]));
    return n == wanted;
}

static bool canon_command(char **v, size_t n, struct out *o) {
    static const char *const names[3] = {" CAPABILITY NOOP LOGOUT CHECK CLOSE ",
                                         " SELECT EXAMINE CREATE DELETE SUBSCRIBE UNSUBSCRIBE ",
                                         " LOGIN RENAME LIST LSUB "};
    char name[40];
    if (n < 2 || n > 4)
        return false;
    int len = snprintf(name, sizeof name, " %.30s ", v[1]);
    for (char *c = name; *c != 0; c++)
        *c = (char)(*c >= 'a' && *c <= 'z' ? *c - 32 : *c);
    canon_string(o, v[0], strlen(v[0]));
    name[len - 1] = 0;
    canon_word(o, name + 1);
    name[len - 1] = ' ';
    return strstr(names[n - 2], name) != NULL && canon_strings(v + 2, n - 2, n - 2, o);
}

static void ask_words(enum lib_item item, const uint8_t *p, size_t n, struct lib_answer *a) {
    struct memory *m = memory(p, n);
    mu_imapio_t io;
    char **v;
    size_t words = 0;
    m->server = true;
    mu_imapio_create(&io, &m->base, MU_IMAPIO_SERVER);
    judge(m, mu_imapio_getline(io), a);
    if (a->verdict == LIB_ACCEPT) {
        mu_imapio_get_words(io, &words, &v);
        const char *name = item == ITEM_ID ? "ID" : "CLIENTID";
        bool same = words > 0 && strcasecmp(v[0], name) == 0;
        if (item == ITEM_COMMAND && !canon_command(v, words, &a->canon))
            a->verdict = LIB_PASS;
        else if ((item == ITEM_ID && !(same && canon_id(v + 1, words - 1, &a->canon))) ||
                 (item == ITEM_CLIENTID && !(same && canon_strings(v + 1, words - 1, 2, &a->canon)))) {
            a->verdict = LIB_REJECT;
            snprintf(a->why, sizeof a->why, "%zu words of another shape", words);
        }
        a->used = (uint32_t)(n - m->n);
    }
    mu_imapio_destroy(&io);
}

static void parse(enum lib_item item, const uint8_t *p, size_t n, struct lib_answer *a) {
    while (n > 0 && p[n - 1] != '\n') /* it waits for the end of the last line, and says so by an error */
        n--;
    if (n == 0)
        a->verdict = LIB_MORE;
    else if (item == ITEM_ID_RESPONSE || item == ITEM_RESPONSE)
        ask_response(item, p, n, a);
    else
        ask_words(item, p, n, a);
}

static bool start(char *err, size_t errlen) {
    (void)err, (void)errlen;
    mu_stdstream_setup(MU_STDSTREAM_RESET_NONE);
    return true;
}

static const char *version(void) { return TARGET_VERSION; }

LIBRARY(mailutils) = {.name = "mailutils",
                      .package = "libmailutils-dev",
                      .about = "mu_imap_id and mu_imap_noop; mu_imapio_get_words for commands",
                      .items = 1u << ITEM_ID | 1u << ITEM_ID_RESPONSE | 1u << ITEM_CLIENTID |
                               1u << ITEM_COMMAND | 1u << ITEM_RESPONSE,
                      .dialect = DIALECT_3501,
                      .literals = LITERALS_PLUS,
                      .isolate = true,
                      .start = start,
                      .parse = parse,
                      .version = version};
