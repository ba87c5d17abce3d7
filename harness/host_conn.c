/* host_conn.c: one client of the served model: octets in, octets out, TLS, and what it may have waiting. */
#include "host_priv.h"

#include <event2/bufferevent_ssl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    TURN_US = 500,        /* of computing for one client before others have their turn */
    READ_STEP = 16384,    /* octets taken at once */
    HIGH_WATER = 1 << 20, /* waiting octets beyond which no further command is begun */
    LOW_WATER = 1 << 18   /* below which the next one is */
};

static size_t waiting(const struct host_conn *c) {
    return c->bev ? evbuffer_get_length(bufferevent_get_output(c->bev)) : 0;
}

static void recount(struct host_conn *c) {
    size_t all = waiting(c), now = c->copied < all ? c->copied : all;
    c->host->copied -= c->copied - now;
    c->copied = now;
}

static void tap(const struct host_conn *c, enum host_tap what, const uint8_t *p, size_t n) {
    const struct host_options *o = &c->host->o;
    if (o->tap)
        o->tap(o->tap_arg, c->session, what, c->ssl != NULL, p, n);
}

void conn_cut(struct host_conn *c) {
    c->cut = true;
    if (c->bev)
        bufferevent_disable(c->bev, EV_READ | EV_WRITE);
}

void conn_free(struct host_conn *c) {
    if (c->opened)
        tap(c, HOST_CLOSED, NULL, 0);
    if (c->greeted)
        model_server_closed(c->host->model, c->session);
    if (c->ssl) {
        SSL_set_quiet_shutdown(c->ssl, 1);
        ERR_clear_error();
    }
    if (c->bev)
        bufferevent_free(c->bev);
    c->host->copied -= c->copied;
    *c = (struct host_conn){.host = c->host, .session = c->session};
}

/* ---- the end ---- */

/* All has been sent. A close now would take back what the client has not read, if it wrote more meanwhile. */
static void say_end(struct host_conn *c) {
    c->said_all = true;
    c->since = host_ms();
    if (c->ssl) {
        SSL_shutdown(c->ssl);
        ERR_clear_error();
    }
    shutdown(bufferevent_getfd(c->bev), SHUT_WR);
    if (c->eof)
        conn_cut(c);
    else
        bufferevent_enable(c->bev, EV_READ); /* and throw it away */
}

static void last_phase(struct host_conn *c) {
    c->phase = PHASE_LAST;
    c->since = host_ms();
    c->held = c->wants_tls = false;
    bufferevent_disable(c->bev, EV_READ);
    if (!waiting(c))
        say_end(c);
}

/* ---- the model's side ---- */

static struct host_conn *speaking(void *user, int session) {
    if (session == HOST_FILLER)
        return NULL;
    struct host_conn *c = &((struct host *)user)->conn[session];
    return c->phase == PHASE_OPEN && !c->cut ? c : NULL;
}

/* Where all wait for too much, the one with the most is cut. */
static void limit_all(struct host *h) {
    struct host_conn *most = NULL;
    for (int i = 0; i < HOST_FILLER; i++)
        if (h->conn[i].phase != PHASE_FREE && !h->conn[i].cut && (!most || h->conn[i].copied > most->copied))
            most = &h->conn[i];
    if (most)
        conn_cut(most);
}

void conn_emit(void *user, int session, const uint8_t *p, size_t n) {
    struct host_conn *c = speaking(user, session);
    if (session == HOST_FILLER)
        fill_heard(user, p, n);
    if (!c)
        return;
    if (c->host->o.report)
        client_report_said(c->host->o.report, session, p, n);
    tap(c, HOST_SENT, p, n);
    recount(c);
    if (c->copied + n > c->host->o.max_output || bufferevent_write(c->bev, p, n) != 0) {
        conn_cut(c); /* it does not read */
        return;
    }
    c->copied += n;
    c->host->copied += n;
    if (c->host->copied > c->host->o.max_output_all)
        limit_all(c->host);
}

void conn_lend(void *user, int session, const uint8_t *p, size_t n) {
    struct host_conn *c = speaking(user, session);
    if (c && c->host->o.report)
        client_report_said(c->host->o.report, session, (const uint8_t *)"(a message)", 11);
    if (c)
        tap(c, HOST_SENT, p, n);
    if (c && evbuffer_add_reference(bufferevent_get_output(c->bev), p, n, NULL, NULL) != 0)
        conn_cut(c);
}

void conn_hangup(void *user, int session) {
    struct host_conn *c = &((struct host *)user)->conn[session];
    c->greeted = false;
    if (c->phase == PHASE_OPEN && !c->cut)
        last_phase(c);
}

void conn_start_tls(void *user, int session) {
    struct host_conn *c = speaking(user, session);
    if (!c)
        return;
    c->wants_tls = true;
    bufferevent_disable(c->bev, EV_READ);
}

void conn_pieces(void *user, int session) {
    struct host_conn *c = speaking(user, session);
    if (!c)
        return;
    c->octets = true;
    bufferevent_set_max_single_write(c->bev, 1);
}

bool conn_busy(void *user, int session) {
    struct host *h = user;
    struct host_conn *c = &h->conn[session];
    if (session == HOST_FILLER)
        return false;
    if (!h->between && !c->cut && waiting(c) < HIGH_WATER && host_us() - h->turn_began < TURN_US)
        return false;
    c->held = true;
    return true;
}

/* ---- the client's side ---- */

static void after_turn(struct host_conn *c) {
    if (c->cut || c->phase != PHASE_OPEN)
        return;
    if (c->held) {
        bufferevent_disable(c->bev, EV_READ);
        return;
    }
    if (c->wants_tls && !waiting(c)) {
        conn_secure(c);
        return;
    }
    if (c->eof) { /* it has all its answers; what waits is still sent */
        model_server_closed(c->host->model, c->session);
        c->greeted = false;
        last_phase(c);
    } else if (!c->wants_tls)
        bufferevent_enable(c->bev, EV_READ);
}

bool conn_can_go_on(const struct host_conn *c) { return c->held && !c->cut && waiting(c) < LOW_WATER; }

void conn_go_on(struct host_conn *c) {
    c->held = false;
    c->host->turn_began = host_us();
    model_server_resume(c->host->model, c->session);
    after_turn(c);
}

static void on_read(struct bufferevent *bev, void *arg) {
    struct host_conn *c = arg;
    struct evbuffer *in = bufferevent_get_input(bev);
    uint8_t octets[READ_STEP];
    c->heard = host_ms();
    c->host->turn_began = host_us();
    while (!c->cut && c->phase == PHASE_OPEN && !c->held && !c->wants_tls) {
        int n = evbuffer_remove(in, octets, sizeof octets);
        if (n <= 0)
            break;
        tap(c, HOST_GOT, octets, (size_t)n);
        model_server_input(c->host->model, c->session, octets, (size_t)n);
    }
    if (c->phase == PHASE_LAST || c->wants_tls)
        evbuffer_drain(in, evbuffer_get_length(in)); /* CID-D2: nothing sent in clear is taken for more */
    after_turn(c);
}

/* All that waited has been sent. */
static void on_written(struct bufferevent *bev, void *arg) {
    struct host_conn *c = arg;
    (void)bev;
    recount(c);
    if (c->cut || waiting(c))
        return;
    if (c->phase == PHASE_LAST && !c->said_all)
        say_end(c);
    else if (c->wants_tls)
        after_turn(c);
}

static void greet(struct host_conn *c) {
    c->phase = PHASE_OPEN;
    c->since = host_ms();
    if (c->host->o.report)
        client_report_opened(c->host->o.report, c->session, c->ssl != NULL);
    tap(c, HOST_OPENED, NULL, 0);
    c->greeted = model_server_open(c->host->model, c->session, c->ssl != NULL) == 0;
    if (!c->greeted)
        conn_cut(c);
}

static void on_event(struct bufferevent *bev, short what, void *arg) {
    struct host_conn *c = arg;
    (void)bev;
    if (what & BEV_EVENT_CONNECTED) {
        if (c->greeted) {
            c->phase = PHASE_OPEN;
            tap(c, HOST_SECURED, NULL, 0);
            model_server_tls_done(c->host->model, c->session);
        } else
            greet(c);
    } else if ((what & BEV_EVENT_EOF) && c->phase == PHASE_OPEN && !c->cut) {
        c->eof = true;
        after_turn(c);
    } else
        conn_cut(c);
}

void conn_secure(struct host_conn *c) {
    int fd = bufferevent_getfd(c->bev);
    SSL *ssl = SSL_new(c->host->tls);
    c->wants_tls = false;
    c->phase = PHASE_HANDSHAKE;
    c->since = host_ms();
    bufferevent_setfd(c->bev, -1); /* the socket changes hands */
    bufferevent_free(c->bev);
    c->bev = ssl ? bufferevent_openssl_socket_new(c->host->base, fd, ssl, BUFFEREVENT_SSL_ACCEPTING,
                                                  BEV_OPT_CLOSE_ON_FREE)
                 : NULL;
    if (!c->bev) {
        SSL_free(ssl);
        close(fd);
        conn_cut(c);
        return;
    }
    c->ssl = ssl;
    bufferevent_openssl_set_allow_dirty_shutdown(c->bev, 1);
    if (c->octets)
        bufferevent_set_max_single_write(c->bev, 1);
    bufferevent_setcb(c->bev, on_read, on_written, on_event, c);
    bufferevent_enable(c->bev, EV_READ | EV_WRITE);
}

/* A free place; else that of the oldest client that has not logged in. NULL: all have. */
static struct host_conn *place(struct host *h) {
    struct host_conn *oldest = NULL, *unused = NULL;
    int used = 0;
    for (int i = 0; i < HOST_FILLER; i++) {
        struct host_conn *c = &h->conn[i];
        if (c->phase == PHASE_FREE) {
            unused = unused ? unused : c;
            continue;
        }
        used++;
        if ((c->greeted && model_server_logged_in(h->model, i)) || c->cut)
            continue;
        if (!oldest || c->opened < oldest->opened)
            oldest = c;
    }
    if (used < h->o.sessions)
        return unused;
    if (!oldest)
        return NULL;
    if (oldest->greeted) {
        model_server_bye(h->model, oldest->session, "Others want to log in");
        if (oldest->phase == PHASE_LAST && used < h->o.sessions + 8 && unused)
            return unused; /* it still reads its BYE */
    }
    conn_cut(oldest);
    return unused;
}

void conn_accept(struct host *h, int fd, bool tls) {
    static const char full[] = "* BYE Too many connections\r\n";
    struct host_conn *c = place(h);
    int on = 1;
    if (!c) {
        if (!tls)
            send(fd, full, sizeof full - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
        close(fd);
        return;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    c->opened = c->heard = host_ms();
    c->bev = bufferevent_socket_new(h->base, fd, BEV_OPT_CLOSE_ON_FREE);
    if (!c->bev) {
        close(fd);
        return;
    }
    if (tls) {
        conn_secure(c);
        return;
    }
    bufferevent_setcb(c->bev, on_read, on_written, on_event, c);
    bufferevent_enable(c->bev, EV_READ | EV_WRITE);
    greet(c);
}
