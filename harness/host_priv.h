/* host_priv.h: what host*.c share, and nobody else sees. */
#ifndef HOST_PRIV_H
#define HOST_PRIV_H

#include "host.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <openssl/ssl.h>

#define HOST_FILLER (MODEL_SESSIONS - 1) /* the session that puts mail in before the start */

enum phase {
    PHASE_FREE,
    PHASE_HANDSHAKE, /* TLS is being agreed on */
    PHASE_OPEN,
    PHASE_LAST /* the model has ended it: what it said is still being read */
};

struct host_conn {
    struct host *host;
    int session;
    enum phase phase;
    struct bufferevent *bev;
    SSL *ssl;       /* owned by bev; NULL in clear */
    bool greeted;   /* the model knows it */
    bool wants_tls; /* STARTTLS was answered: the handshake begins when the answer has gone out */
    bool held;      /* the model keeps commands back until this client has read, or others had their turn */
    bool eof;       /* the client will send nothing more */
    bool said_all;  /* PHASE_LAST: all has been sent, and the end of it */
    bool octets;    /* sent one by one */
    bool cut;       /* to be freed by the sweep */
    uint64_t since, heard; /* ms: of the phase; of the last octets from the client */
    uint64_t opened;       /* ms: the connection */
    size_t copied;         /* octets in our memory that wait to be read */
    struct identity who;   /* its CLIENTID */
};

struct host {
    struct host_options o;
    struct model_server *model;
    struct event_base *base;
    struct event *timer;
    struct evconnlistener *listener[2]; /* in clear, TLS */
    SSL_CTX *tls;
    struct host_conn conn[HOST_FILLER];
    char heard[600]; /* by the filler */
    struct id_log *ids;
    size_t copied;       /* of all */
    uint64_t turn_began; /* us */
    int next;            /* whose turn it is, of those kept back */
    bool ready;          /* a client whose commands were kept back can go on */
    bool between;        /* o.between is to be called before the next command */
    char where[400];
};


uint64_t host_us(void);

/* host_conn.c */
void conn_accept(struct host *h, int fd, bool tls);
void conn_secure(struct host_conn *c); /* begins TLS on its socket */
void conn_cut(
    struct host_conn *c); /* nothing more is read or written; the sweep frees it and tells the model */
void conn_free(struct host_conn *c);
bool conn_can_go_on(const struct host_conn *c);
void conn_go_on(struct host_conn *c); /* commands that were kept back */
/* The model's callbacks. */
void conn_emit(void *user, int session, const uint8_t *p, size_t n);
void conn_lend(void *user, int session, const uint8_t *p, size_t n);
void conn_hangup(void *user, int session);
void conn_start_tls(void *user, int session);
void conn_pieces(void *user, int session);
bool conn_busy(void *user, int session);

/* host_fill.c */
void fill_heard(struct host *h, const uint8_t *p, size_t n);

/* host_tls.c */
SSL_CTX *host_tls_new(const struct host_options *o, const char *address, char *err, size_t errlen);

/* host_id.c: who clients say they are: each list once, with its count, in bounded room (ID-8-d). */
struct id_log *id_log_new(FILE *to);
void id_log_add(struct id_log *l, struct slice list);
void id_log_end(struct id_log *l); /* writes the counts, and frees it; NULL does nothing */

#endif
