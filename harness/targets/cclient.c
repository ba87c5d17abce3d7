/* cclient.c: UW c-client's reader of responses, in a session over a network driver from memory.
 *
 * Each input is what a server sends before it completes a NOOP, in a selected mailbox: mail_ping of the
 * public interface. What the library makes of it comes back by its mm_... calls; what it cannot read makes
 * the stream unhealthy. It has no opinion on messages beyond its view, on tagged responses and on words that
 * it does not know, of which ID is one. It keeps flags as bits, so the content of FETCH is not told.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <c-client.h>
#undef LOCAL
#undef T

#include "library.h"

#define VIEW 40 /* messages; none when the input tells their number */

static const uint8_t *octets;
static size_t left;
static bool starved; /* it asked for more octets than there are */
static char tag[32];
static char canned[512]; /* what the server says to commands that are not ours to compare */
static MAILSTREAM *session;
static struct lib_answer *telling; /* NULL: nobody listens */

/* ---- the network driver ------------------------------------------------------------------------------ */

static void *net_begin(char *host, char *service, unsigned long port) {
    (void)host, (void)service, (void)port;
    return canned;
}

static char *copy_line(const char *p, size_t n) {
    char *line = fs_get(n + 1); /* the caller frees it by fs_give */
    memcpy(line, p, n);
    line[n] = 0;
    return line;
}

/* One line without its end. Behind the input comes what the server says of itself. */
static char *net_line(void *stream) {
    (void)stream;
    const uint8_t *end = left > 0 ? memchr(octets, '\n', left) : NULL;
    if (left > 0 && end == NULL) {
        starved = true;
        left = 0;
    }
    if (left > 0) {
        size_t n = (size_t)(end - octets);
        char *line = copy_line((const char *)octets, n > 0 && octets[n - 1] == '\r' ? n - 1 : n);
        octets += n + 1;
        left -= n + 1;
        return line;
    }
    char *feed = strchr(canned, '\n');
    if (feed == NULL)
        return NULL;
    char *line = copy_line(canned, (size_t)(feed - canned));
    memmove(canned, feed + 1, strlen(feed + 1) + 1);
    return line;
}

static long net_octets(void *stream, unsigned long n, char *to) {
    (void)stream;
    if (n > left) {
        starved = true;
        return 0;
    }
    memcpy(to, octets, n);
    octets += n;
    left -= n;
    return 1;
}

static long net_write(void *stream, char *text) {
    (void)stream;
    if (sscanf(text, "%31s", tag) == 1)
        snprintf(canned + strlen(canned), sizeof canned - strlen(canned), "%s%s OK done\n",
                 strstr(text, "CAPABILITY") != NULL ? "* CAPABILITY IMAP4rev1\n"
                 : strstr(text, " SELECT ") != NULL ? "* 40 EXISTS\n* FLAGS ()\n"
                                                    : "",
                 tag);
    return 1;
}

static long net_write_n(void *stream, char *text, unsigned long n) {
    (void)n;
    return net_write(stream, text);
}
static void net_end(void *stream) { (void)stream; }
static char *net_name(void *stream) { return stream == NULL ? NULL : (char *)"memory"; }
static unsigned long net_number(void *stream) { return stream == NULL ? 0 : 993; }
static NETDRIVER memory = {net_begin, NULL,     net_line, net_octets, net_write, net_write_n,
                           net_end,   net_name, net_name, net_number, net_name};

/* ---- what the library tells its program -------------------------------------------------------------- */

static long notified; /* the kind of the last notice: of a server's status, or of what cannot be read */

static void tell(const char *word, unsigned long n) {
    if (telling == NULL)
        return;
    canon_word(&telling->canon, word);
    canon_number(&telling->canon, n);
}

static void keep(const char *text, long how) {
    notified = how;
    if (telling != NULL && how != NIL && telling->why[0] == 0)
        snprintf(telling->why, sizeof telling->why, "%s", text);
}

void mm_exists(MAILSTREAM *s, unsigned long n) { tell(s == session ? "EXISTS" : "", n); }
void mm_expunged(MAILSTREAM *s, unsigned long n) { tell(s == session ? "EXPUNGE" : "", n); }
void mm_notify(MAILSTREAM *s, char *text, long how) { keep(s != NULL ? text : "", how); }
void mm_log(char *text, long how) { (void)text, (void)how; }
void mm_fatal(char *text) { keep(text, ERROR); } /* the library ends the process next */
void mm_dlog(char *text) { (void)text; }
void mm_searched(MAILSTREAM *s, unsigned long n) { (void)s, (void)n; }
void mm_flags(MAILSTREAM *s, unsigned long n) { (void)s, (void)n; }
void mm_list(MAILSTREAM *s, int c, char *name, long how) { (void)s, (void)c, (void)name, (void)how; }
void mm_lsub(MAILSTREAM *s, int c, char *name, long how) { (void)s, (void)c, (void)name, (void)how; }
void mm_status(MAILSTREAM *s, char *name, MAILSTATUS *status) { (void)s, (void)name, (void)status; }
void mm_critical(MAILSTREAM *s) { (void)s; }
void mm_nocritical(MAILSTREAM *s) { (void)s; }
long mm_diskerror(MAILSTREAM *s, long code, long serious) { return s == NULL && code == serious; }
void mm_login(NETMBX *m, char *user, char *password, long trial) {
    (void)m, (void)trial;
    *user = *password = 0; /* the session is authenticated already */
}

/* ---- sessions ---------------------------------------------------------------------------------------- */

static bool open_session(void) {
    left = 0;
    snprintf(canned, sizeof canned, "* PREAUTH [CAPABILITY IMAP4rev1] memory\n");
    session = mail_open(session, (char *)"{memory:993/imap/ssl/novalidate-cert}INBOX", OP_SILENT);
    return session != NULL && session->nmsgs == VIEW;
}

static bool start(char *err, size_t errlen) {
    if (session != NULL) /* both libraries of this file */
        return true;
    mail_link(&imapdriver);
    auth_link(&auth_pla);
    mail_parameters(NULL, SET_SSLDRIVER, &memory);
    if (!open_session())
        snprintf(err, errlen, "no session: %.60s", canned);
    return session != NULL && session->nmsgs == VIEW;
}

static bool begins(const char *text, const char *head) { return strncmp(text, head, strlen(head)) == 0; }

/* Complaints about the view, or about what the library leaves to others. */
static bool no_opinion(const char *why) {
    return begins(why, "Unknown message data") || begins(why, "Unknown message property") ||
           begins(why, "Unknown section number") || begins(why, "Unexpected ");
}

static void judge(const uint8_t *p, struct lib_answer *a) {
    const bool sick = session->unhealthy;
    const char *status = notified == NIL || notified == PARSE ? "OK" : notified == WARN ? "NO" : notified == BYE ? "BYE" : "BAD";
    if (starved && !begins(a->why, "Absurd "))
        a->verdict = LIB_MORE;
    else if (*p == '+' || no_opinion(a->why))
        a->verdict = LIB_PASS;
    else
        a->verdict = sick ? LIB_REJECT : LIB_ACCEPT;
    if (!sick && a->canon.len == 0 && notified >= 0)
        canon_word(&a->canon, status);
    if (!sick)
        a->why[0] = 0; /* a server's text is no complaint */
}

/* What the server says before it completes a NOOP, in a mailbox of `view` messages. false: it said BYE or
 * less. */
static bool hear(const uint8_t *p, size_t n, unsigned long view, struct lib_answer *a) {
    mail_exists(session, view);
    session->unhealthy = session->silent = 0;
    octets = p;
    left = n;
    canned[0] = 0;
    starved = false;
    notified = -1;
    telling = a;
    bool lives = mail_ping(session) != 0;
    telling = NULL;
    return lives && !starved && notified != BYE;
}

static void parse(enum lib_item item, const uint8_t *p, size_t n, struct lib_answer *a) {
    static const char exists[] = "EXISTS";
    (void)item;
    a->verdict = n > 0 ? LIB_MORE : LIB_PASS;
    while (n > 0 && p[n - 1] != '\n') /* it would read the begin of a next line, and wait for its end */
        n--;
    if (n == 0 || (session == NULL && !open_session()))
        return;
    bool lives = hear(p, n, memmem(p, n, exists, sizeof exists - 1) != NULL ? 0 : VIEW, a);
    judge(p, a);
    a->used = (uint32_t)(n - left);
    if (!lives || session->unhealthy)
        session = mail_close(session);
}

/* A mailbox view: the number of messages after the input, which is any number of responses. */
static void parse_view(enum lib_item item, const uint8_t *p, size_t n, struct lib_answer *a) {
    (void)item;
    if (session == NULL && !open_session())
        return;
    bool lives = hear(p, n, 0, a);
    a->verdict = lives ? LIB_ACCEPT : LIB_REJECT;
    a->canon.len = 0; /* what it told on the way */
    canon_number(&a->canon, session->nmsgs);
    if (!lives)
        session = mail_close(session);
}

static const char *version(void) { return TARGET_VERSION; }

LIBRARY(cclient) = {.name = "cclient",
                    .package = "libc-client2007e-dev",
                    .about = "mail_ping of a selected mailbox: imap_reply and imap_parse_unsolicited",
                    .items = 1u << ITEM_RESPONSE,
                    .dialect = DIALECT_3501,
                    .literals = LITERALS_SYNC,
                    .isolate = true,
                    .start = start,
                    .parse = parse,
                    .version = version};
LIBRARY(cclient_view) = {.name = "cclient-view",
                         .package = "libc-client2007e-dev",
                         .about = "the messages that its session counts; of the fuzzer of views",
                         .dialect = DIALECT_3501,
                         .literals = LITERALS_SYNC,
                         .isolate = true,
                         .start = start,
                         .parse = parse_view,
                         .version = version};
