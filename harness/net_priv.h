/* net_priv.h: what net.c, net_io.c and net_tls.c share, and nobody else sees. */
#ifndef NET_PRIV_H
#define NET_PRIV_H

#include "net.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <netdb.h>
#include <openssl/ssl.h>

#include "imap.h"

#define NET_TEXT 384

enum stage { STAGE_CONNECT, STAGE_TLS, STAGE_GREETING, STAGE_OPEN, STAGE_DEAD };

struct conn {
    struct net *net;
    struct conn *next_dead;
    int session, fd;
    enum stage stage;
    char host[256], where[300]; /* where: "host:port" */
    char ca_file[256];
    struct addrinfo *addrs, *addr; /* all, and the one being tried */
    struct bufferevent *bev;
    SSL *ssl;      /* owned by bev */
    bool implicit; /* TLS from the first octet on */
    bool verify;
    bool secured;        /* the handshake is done */
    bool want_tls;       /* starttls was asked for and not begun */
    bool unacknowledged; /* received since the last flush */
    uint8_t seen[8];     /* the first octets of the last read below TLS, to recognise plain text */
    uint32_t seen_n;

    struct evbuffer *out; /* handed over, not yet flushed */
    int write_errno;      /* of the failed write after which only reading goes on */

    uint8_t *in; /* received: in[head..end) is not yet delivered */
    size_t head, end, cap;
    struct frame frame;

    uint64_t stage_since, stage_due; /* due: 0 for none */
    uint64_t expect_since, expect_due;
    uint64_t total_since, total_due;
    uint64_t overdue_since;
    uint64_t round; /* the net's round in which octets were last received */
    char what[96];
};

struct net {
    struct net_options o;
    struct transport_events ev;
    struct event_base *base;
    struct event *timer;
    SSL_CTX *ctx_plain; /* without verification */
    struct conn *of[TRANSPORT_SESSIONS];
    struct conn *dead; /* to be freed when no callback of theirs can be running */
    const struct endpoint *to;
    uint64_t round;
    int delivered;
    bool polling;
    char error[2 * NET_TEXT];
};

/* net.c */
void conn_stage(struct conn *c, enum stage stage, int ms); /* enters a stage with its deadline (0: none) */
/* Ends the session and reports it: `fmt` says what happened; host:port and what was awaited are added. */
__attribute__((format(printf, 3, 4))) void conn_fail(struct conn *c, enum closed_how how, const char *fmt,
                                                     ...);
void conn_event(struct bufferevent *bev, short what, void *arg);
int net_fail(struct net *n, const char *fmt, ...)
    __attribute__((format(printf, 2, 3))); /* sets the error; -1 */

/* net_io.c */
void conn_readable(struct bufferevent *bev, void *arg);
void conn_take_input(struct conn *c); /* moves what the bufferevent holds into c->in and delivers it */
bool conn_append(struct conn *c, const uint8_t *p, size_t n); /* to c->in; false: c failed */
void conn_deliver(struct conn *c);                            /* every whole response in c->in */
void conn_flush(struct conn *c);
void conn_acknowledge(struct conn *c);
/* Writes octets printably into dst, cut to fit; returns dst. */
const char *show_octets(char *dst, size_t cap, const uint8_t *p, size_t n);

/* net_tls.c */
void conn_begin_tls(struct conn *c); /* on c->fd, whose bufferevent is gone or will be replaced */
void conn_leftover(struct conn *c);  /* reports and drops what came in plain before TLS */
void conn_tls_failed(struct conn *c, int err);
void conn_tls_goodbye(struct conn *c); /* close_notify, as far as it can be sent at once */
void net_tls_free(struct net *n);

#endif
