/* between_priv.h: what between*.c share, and nobody else sees. */
#ifndef BETWEEN_PRIV_H
#define BETWEEN_PRIV_H

#include "between.h"
#include "imap.h"

#include <event2/bufferevent.h>
#include <openssl/ssl.h>

/* ---- octets that grow (between_octets.c) ---- */

enum { OCTETS_MAX = 64 << 20 }; /* of one stream; what is beyond is not kept, and `full` says so */
struct octets {
    uint8_t *p;
    size_t n, cap;
    bool full;
};
void octets_add(struct octets *o, const void *p, size_t n);
void octets_free(struct octets *o);
struct slice octets_from(const struct octets *o, size_t at);
/* For people: printable, `\r\n` as a blank, other octets as \xHH; at most `max` octets around `at`. Returns
 * out. */
const char *octets_text(struct slice s, size_t at, size_t max, char *out, size_t n);

/* The next command of a client's stream (its lines with their literals), or response. *rest moves behind it;
 * false: no whole one is left. CLIENTID announces no literal (T-CID-7). */
bool next_command(struct slice *rest, struct slice *command);
bool next_response(struct slice *rest, struct slice *response);
/* The n-th blank-separated word of the first line; empty if there is none. */
struct slice word_of(struct slice line, int n);
bool has_text(struct slice s, const char *text, bool nocase);

/* ---- the back end (between_back.c) ---- */

enum { BACK_MAX = 1000 };
struct back_conn {
    struct octets got, said;
    size_t secured;             /* `got` before TLS; SIZE_MAX: always in clear */
    bool tls;                   /* now */
    size_t got_mark, said_mark; /* where the present exchange began */
    size_t in_mark;             /* of `got`, when the driver had logged in */
};
struct back {
    struct host *h;
    struct back_conn *conn[BACK_MAX];
    int n, of[MODEL_SESSIONS];
    bool full;
};
void back_tap(void *arg, int session, enum host_tap what, bool tls, const uint8_t *p, size_t n);
void back_mark(struct back *k);    /* an exchange begins */
void back_mark_in(struct back *k); /* the driver has logged in */
/* The connection that got most since the mark; NULL: none got anything. */
struct back_conn *back_carrier(const struct back *k);
void back_free(struct back *k);

/* ---- the front: one connection of the driver's (between_front.c) ---- */

struct front {
    struct between *b;
    struct bufferevent *bev;
    bool tls, connected, eof;
    struct octets in;
    size_t at;         /* up to here responses were taken */
    unsigned tag;      /* the last one */
    size_t greeting_n; /* the greeting is the first octets of `in` */
    char why[300];     /* of the last failure */
};
enum heard { HEARD_OK, HEARD_NO, HEARD_BAD, HEARD_END, HEARD_NOTHING /* in time */ };
struct answer_of { /* what came for one command */
    enum heard word;
    size_t from, to; /* in front->in; the tagged line is the last one */
};
/* Connects, with TLS from the first octet where the URL says so, and awaits the greeting. */
bool front_open(struct front *f, struct between *b, const struct imap_url *to);
bool front_secure(struct front *f); /* the handshake; after STARTTLS was answered OK */
void front_close(struct front *f);
void front_write(struct front *f, const void *p, size_t n);
void front_flush(struct front *f); /* waits until it is on its way */
/* "tag command CRLF" and what comes back. */
struct answer_of front_ask(struct front *f, const char *command);
/* Waits for the reply to the tag that was last given out by front_tag. */
struct answer_of front_reply(struct front *f, unsigned tag);
unsigned front_tag(struct front *f, char out[16]);
/* Waits for one response of any kind; empty: none came. */
struct slice front_response(struct front *f, int ms);
struct slice front_greeting(const struct front *f);
/* Valid until something more is read. */
struct slice front_heard(const struct front *f, struct answer_of a);
const char *heard_name(enum heard h);

/* ---- what is known of the proxy ---- */

enum stage { AT_CLEAR, AT_TLS, AT_IN, STAGES };
enum { CAPS_MAX = 64, CAP_NAME = 64 };
struct caps {
    bool seen;
    int n;
    char name[CAPS_MAX][CAP_NAME];
};
struct between {
    const struct between_options *o;
    struct between_result *r;
    struct back back;
    struct host *h;
    struct imap_url front, direct;
    SSL_CTX *tls;
    char user[256], password[256];
    struct caps front_caps[STAGES], direct_caps[STAGES];
    bool greets_unknown; /* X-ZZTEST is in the greeting */
    bool whole[STAGES];  /* the front's list is the back end's, octet by octet */
    bool whole_greeting; /* likewise */
    int direct_n[2];     /* the driver's own connections to the back end: from, up to */
    char changes[900];   /* what was seen changed, for ROW_PRESENCE */
    char how[300];       /* how the proxy shows itself; "" */
    bool response_only;  /* it shows in the response alone */
    bool back_tls;       /* the proxy's link to the back end */
};

/* What the back end says of itself. */
#define BETWEEN_SERVER_ID                                                                                    \
    "(\"name\" \"imapdiff model\" \"version\" \"2.1\" \"vendor\" \"imapdiff\" \"os\" \"Plan 9\" "            \
    "\"support-url\" \"http://localhost/\" \"address\" NIL)"

/* Sets the row if it is unjudged or this is graver. */
void judge(struct between *b, enum between_row row, enum verdict v, const char *clauses, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
/* Why there is nothing to judge. */
void unjudged(struct between *b, enum between_row row, const char *why);
/* Adds lines to the row's trace. */
void trace(struct between *b, enum between_row row, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Something of the session is not as it was sent (ID-5-a). */
void changed(struct between *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The run cannot go on as meant; the first reason is kept. */
void give_up(struct between *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool stopped(const struct between *b);

bool caps_has(const struct caps *c, const char *name);
/* Asks CAPABILITY; keeps the list. */
bool caps_ask(struct front *f, struct caps *c);
/* A connection to the proxy, as secure as it can be; `clear` leaves out STARTTLS. */
bool reach(struct between *b, struct front *f, bool clear);
/* `answer`, which may be NULL, is what came for it. */
enum heard log_in(struct front *f, struct answer_of *answer);

/* Each judges its rows, on connections of its own. */
void rows_of_capabilities(struct between *b);
void rows_of_id(struct between *b);
void rows_of_presence(struct between *b); /* last */
void rows_of_clientid(struct between *b);
void rows_of_tls(struct between *b);
void rows_of_login(struct between *b);
void rows_of_session(struct between *b);
void rows_of_fresh(struct between *b);

/* between_compare.c: two streams of one exchange. */
struct difference {
    bool differs, text_only, commands;
    char clauses[120], text[400];
};
struct difference compare_responses(struct slice said, struct slice heard);
struct difference compare_commands(struct slice sent, struct slice got);

#endif
