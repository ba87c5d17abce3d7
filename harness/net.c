/* net.c: the life of a session: connecting, its deadlines, its end; and the loop that serves all sessions. */
#include "net_priv.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MS UINT64_C(1000000)
#define OVERDUE_GRACE                                                                                        \
    (500 * MS) /* how long octets that still come in may hold off a deadline that has passed */

uint64_t net_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 * MS + (uint64_t)t.tv_nsec;
}

const char *closed_how_name(enum closed_how how) {
    static const char *const name[CLOSED_HOW_COUNT] = {"eof",       "reset",   "connect", "tls-eof",
                                                       "tls-error", "timeout", "overlong"};
    return (unsigned)how < CLOSED_HOW_COUNT ? name[how] : "?";
}

struct net_options net_defaults(void) {
    struct net_options o = {
        .max_line = 64 << 10,
        .max_literal = 64 << 20,
        .max_response = 80 << 20,
        .max_output = 64 << 20,
        .connect_ms = 10000,
        .tls_ms = 10000,
        .greeting_ms = 10000,
    };
#ifdef HOSTILE
    o.one_octet = true;
#endif
    return o;
}

int net_fail(struct net *n, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(n->error, sizeof n->error, fmt, ap);
    va_end(ap);
    return -1;
}

const char *net_error(struct net *n) { return n->error; }

static void on_timer(evutil_socket_t fd, short what, void *arg) {
    (void)fd, (void)what, (void)arg; /* it only ends the wait */
}

struct net *net_new(const struct net_options *o, const struct transport_events *ev) {
    assert(ev->on_response && ev->on_closed);
    struct net *n = calloc(1, sizeof *n);
    if (!n)
        return NULL;
    n->o = *o;
    n->ev = *ev;
    n->base = event_base_new();
    n->timer = n->base ? evtimer_new(n->base, on_timer, NULL) : NULL;
    if (!n->timer) {
        net_free(n);
        return NULL;
    }
    struct sigaction old;
    if (sigaction(SIGPIPE, NULL, &old) == 0 && old.sa_handler == SIG_DFL)
        signal(SIGPIPE, SIG_IGN);
    return n;
}

static void reap(struct net *n) {
    while (n->dead) {
        struct conn *c = n->dead;
        n->dead = c->next_dead;
        free(c->in);
        free(c);
    }
}

void net_free(struct net *n) {
    if (!n)
        return;
    assert(!n->polling);
    for (int s = 0; s < TRANSPORT_SESSIONS; s++)
        net_close(n, s);
    reap(n);
    if (n->base)
        event_base_loop(n->base, EVLOOP_NONBLOCK); /* bufferevents are freed by a callback of their own */
    if (n->timer)
        event_free(n->timer);
    if (n->base)
        event_base_free(n->base);
    net_tls_free(n);
    free(n);
}

/* ---- the end of a session
 * ------------------------------------------------------------------------------------ */

/* Gives everything back but the received octets, which a callback may be looking at. */
static void conn_drop(struct conn *c) {
    c->net->of[c->session] = NULL;
    c->stage = STAGE_DEAD;
    if (c->ssl) {
        bufferevent_disable(c->bev, EV_READ | EV_WRITE);
        bufferevent_free(c->bev); /* closes the socket and frees the SSL, in the loop's next round */
    } else if (c->bev) {
        bufferevent_setfd(c->bev, -1);
        bufferevent_free(c->bev);
        close(c->fd);
    }
    c->bev = NULL;
    c->ssl = NULL;
    if (c->out)
        evbuffer_free(c->out);
    c->out = NULL;
    if (c->addrs)
        freeaddrinfo(c->addrs);
    c->addrs = NULL;
    c->next_dead = c->net->dead;
    c->net->dead = c;
}

void net_close(struct net *n, int session) {
    struct conn *c = n->of[session];
    if (!c)
        return;
    if (c->bev && c->stage > STAGE_TLS) {
        bufferevent_setcb(c->bev, NULL, NULL, NULL, NULL); /* no event may follow, not even from flushing */
        conn_flush(c);
        if (c->ssl)
            conn_tls_goodbye(c);
        shutdown(c->fd, SHUT_WR);
    }
    conn_drop(c);
}

void net_abort(struct net *n, int session) {
    struct conn *c = n->of[session];
    if (!c)
        return;
    struct linger hard = {.l_onoff = 1, .l_linger = 0};
    if (c->bev)
        setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    conn_drop(c);
}

/* What the session waits for and since when; NULL: for nothing. */
static const char *awaited(const struct conn *c, uint64_t *since) {
    *since = c->stage_since;
    switch (c->stage) {
    case STAGE_CONNECT:
        return "a connection";
    case STAGE_TLS:
        return "the TLS handshake";
    case STAGE_GREETING:
        return "the greeting";
    default:
        *since = c->expect_since;
        return c->expect_since ? c->what : NULL;
    }
}

void conn_fail(struct conn *c, enum closed_how how, const char *fmt, ...) {
    struct net *n = c->net;
    char what[NET_TEXT], text[2 * NET_TEXT];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(what, sizeof what, fmt, ap);
    va_end(ap);
    uint64_t now = net_now(), since;
    size_t left = c->end - c->head;
    const char *await = awaited(c, &since);
    int k = snprintf(text, sizeof text, "%s: %s", c->where, what);
    if (await)
        k += snprintf(text + k, sizeof text - k, "; awaited %s for %llu ms", await,
                      (unsigned long long)((now - since) / MS));
    if (left)
        k += snprintf(text + k, sizeof text - k, "; %zu octets of an unfinished response", left);
    snprintf(n->error, sizeof n->error, "%s", text);
    conn_drop(c);
    n->delivered++;
    n->ev.on_closed(n->ev.user, c->session, now, how, c->in ? c->in + c->head : NULL, left, text);
}

/* ---- connecting
 * ----------------------------------------------------------------------------------------------- */

void conn_stage(struct conn *c, enum stage stage, int ms) {
    c->stage = stage;
    c->stage_since = net_now();
    c->stage_due = ms > 0 ? c->stage_since + (uint64_t)ms * MS : 0;
    c->overdue_since = 0;
}

/* Tries c->addr and those behind it until one takes the attempt. false: none did, errno says why the last did
 * not. */
static bool conn_try(struct conn *c) {
    for (; c->addr; c->addr = c->addr->ai_next) {
        int one = 1;
        c->fd = socket(c->addr->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, c->addr->ai_protocol);
        if (c->fd < 0)
            continue;
        setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        c->bev = bufferevent_socket_new(c->net->base, c->fd, 0);
        if (c->bev) {
            bufferevent_setcb(c->bev, conn_readable, NULL, conn_event, c);
            if (bufferevent_socket_connect(c->bev, c->addr->ai_addr, (int)c->addr->ai_addrlen) == 0)
                return true;
            int err = errno;
            bufferevent_setfd(c->bev, -1);
            bufferevent_free(c->bev);
            c->bev = NULL;
            errno = err;
        }
        int err = errno;
        close(c->fd);
        errno = err;
    }
    return false;
}

/* This address did not answer: the next one, or the end. `why` is static or strerror's. */
static void conn_try_next(struct conn *c, enum closed_how how, const char *why) {
    if (c->addr->ai_next) {
        bufferevent_setfd(c->bev, -1);
        bufferevent_free(c->bev);
        c->bev = NULL;
        close(c->fd);
        c->addr = c->addr->ai_next;
        if (conn_try(c))
            return;
        why = strerror(errno);
    }
    conn_fail(c, how, "cannot connect: %s", why);
}

static void conn_connected(struct conn *c) {
    struct net *n = c->net;
    if (c->implicit && !c->secured && c->stage == STAGE_CONNECT) {
        conn_begin_tls(c);
        return;
    }
    bool upgraded = c->secured && !c->implicit;
    if (upgraded)
        conn_stage(c, STAGE_OPEN, 0);
    else
        conn_stage(c, STAGE_GREETING, n->o.greeting_ms);
    bufferevent_enable(c->bev, EV_READ | EV_WRITE);
    n->delivered++;
    if (upgraded && n->ev.on_secured)
        n->ev.on_secured(n->ev.user, c->session, net_now());
    else if (!upgraded && n->ev.on_opened)
        n->ev.on_opened(n->ev.user, c->session, net_now(), c->secured);
}

void conn_event(struct bufferevent *bev, short what, void *arg) {
    struct conn *c = arg;
    int err = EVUTIL_SOCKET_ERROR();
    if (c->bev != bev)
        return;
    if (what & BEV_EVENT_CONNECTED) {
        c->secured = c->ssl != NULL;
        conn_connected(c);
    } else if (c->stage == STAGE_CONNECT) {
        conn_try_next(c, CLOSED_CONNECT, strerror(err));
    } else if ((what & BEV_EVENT_WRITING) && (what & BEV_EVENT_ERROR) && !c->ssl) {
        c->write_errno = err; /* what the peer said before it went is still to be read; then comes its end */
        bufferevent_disable(bev, EV_WRITE);
    } else {
        conn_take_input(c); /* TLS reports its end before it hands out what it read last */
        if (c->stage == STAGE_DEAD || c->bev != bev)
            return;
        if ((what & BEV_EVENT_ERROR) && c->ssl)
            conn_tls_failed(c, err);
        else if (((what & BEV_EVENT_ERROR) && err != EPIPE) || c->write_errno == ECONNRESET)
            conn_fail(c, CLOSED_RESET, "the connection broke: %s",
                      strerror(what & BEV_EVENT_ERROR ? err : c->write_errno));
        else
            conn_fail(c, CLOSED_EOF, "the server closed the connection");
    }
}

int net_connect(struct net *n, int session, const struct endpoint *to, bool tls) {
    assert(session >= 0 && session < TRANSPORT_SESSIONS);
    if (n->of[session])
        return net_fail(n, "session %d is open already", session);
    struct conn *c = calloc(1, sizeof *c);
    if (!c)
        return net_fail(n, "%s:%u: no memory", to->host, to->port);
    c->net = n;
    c->session = session;
    c->fd = -1;
    c->implicit = tls;
    c->verify = to->verify;
    snprintf(c->host, sizeof c->host, "%s", to->host);
    snprintf(c->ca_file, sizeof c->ca_file, "%s", to->ca_file ? to->ca_file : "");
    snprintf(c->where, sizeof c->where, strchr(to->host, ':') ? "[%s]:%u" : "%s:%u", c->host, to->port);
    c->out = evbuffer_new();
    char port[8];
    snprintf(port, sizeof port, "%u", to->port);
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    int r = getaddrinfo(to->host, port, &hints, &c->addrs);
    n->of[session] = c;
    conn_stage(c, STAGE_CONNECT, n->o.connect_ms);
    c->total_since = c->stage_since;
    c->total_due = n->o.total_ms > 0 ? c->total_since + (uint64_t)n->o.total_ms * MS : 0;
    c->addr = c->addrs;
    if (r != 0)
        net_fail(n, "%s: cannot resolve the name: %s", c->where,
                 r == EAI_SYSTEM ? strerror(errno) : gai_strerror(r));
    else if (!c->out)
        net_fail(n, "%s: no memory", c->where);
    else if (!conn_try(c))
        net_fail(n, "%s: cannot connect: %s", c->where, strerror(errno));
    else
        return 0;
    conn_drop(c);
    return -1;
}

/* ---- deadlines and the loop
 * ------------------------------------------------------------------------------------- */

void net_expect(struct net *n, int session, const char *what, int ms) {
    struct conn *c = n->of[session];
    if (!c)
        return;
    c->overdue_since = 0;
    c->expect_since = what ? net_now() : 0;
    c->expect_due = what ? c->expect_since + (uint64_t)ms * MS : 0;
    if (what)
        snprintf(c->what, sizeof c->what, "%s", what);
}

static uint64_t sooner(uint64_t a, uint64_t b) { return !b ? a : !a || b < a ? b : a; }

static uint64_t conn_due(const struct conn *c) {
    return sooner(c->stage_due, sooner(c->expect_due, c->total_due));
}

/* Ends c if one of its deadlines has passed. Octets that are still coming in hold that off for a moment: it
 * may be us who were away for long, and the answer may be waiting in the socket. */
static void conn_expire(struct conn *c, uint64_t now) {
    uint64_t due = conn_due(c);
    if (!due || now < due)
        return;
    if (!c->overdue_since)
        c->overdue_since = now;
    if (c->round == c->net->round && now - c->overdue_since < OVERDUE_GRACE)
        return;
    if (due == c->total_due)
        conn_fail(c, CLOSED_TIMEOUT, "the session lasted longer than %d ms", c->net->o.total_ms);
    else if (c->stage == STAGE_CONNECT && c->addr->ai_next) {
        conn_stage(c, STAGE_CONNECT, c->net->o.connect_ms);
        conn_try_next(c, CLOSED_TIMEOUT, "no answer in time");
    } else
        conn_fail(c, CLOSED_TIMEOUT, "timeout");
}

/* Waits once, at most until `until`, and handles what arrived. */
static void net_round(struct net *n, uint64_t until) {
    n->round++;
    uint64_t now = net_now();
    if (until > now) {
        uint64_t us = (until - now + 999) / 1000;
        struct timeval tv = {.tv_sec = (time_t)(us / 1000000), .tv_usec = (suseconds_t)(us % 1000000)};
        event_add(n->timer, &tv);
        event_base_loop(n->base, EVLOOP_ONCE);
        event_del(n->timer);
    } else {
        event_base_loop(n->base,
                        EVLOOP_ONCE | EVLOOP_NONBLOCK); /* without ONCE it stays as long as a flood lasts */
    }
}

/* Everything that is due before waiting; returns the nearest deadline of any session, at most `until`. */
static uint64_t net_prepare(struct net *n, uint64_t until) {
    for (int s = 0; s < TRANSPORT_SESSIONS; s++) {
        if (n->of[s] && n->of[s]->want_tls)
            conn_begin_tls(n->of[s]);
        if (n->of[s])
            conn_flush(n->of[s]);
        if (n->of[s])
            until = sooner(until, conn_due(n->of[s]));
    }
    return until;
}

int net_poll(struct net *n, int timeout_ms) {
    assert(!n->polling);
    n->polling = true;
    n->delivered = 0;
    uint64_t now = net_now(), end = now + (uint64_t)(timeout_ms > 0 ? timeout_ms : 0) * MS;
    do {
        uint64_t until = net_prepare(n, end);
        for (int s = 0; s < TRANSPORT_SESSIONS; s++)
            if (n->of[s])
                conn_acknowledge(n->of[s]);
        net_round(n, n->delivered ? 0 : until);
        now = net_now();
        for (int s = 0; s < TRANSPORT_SESSIONS; s++)
            if (n->of[s])
                conn_expire(n->of[s], now);
    } while (!n->delivered && now < end);
    net_prepare(n, 0);
    reap(n);
    n->polling = false;
    return n->delivered;
}

bool net_run(struct net *n, int ms, bool (*until)(void *arg), void *arg) {
    uint64_t end = net_now() + (uint64_t)ms * MS;
    while (!until(arg)) {
        uint64_t now = net_now();
        if (now >= end) {
            net_fail(n, "not reached within %d ms", ms);
            return false;
        }
        net_poll(n, (int)((end - now) / MS) + 1);
    }
    return true;
}

/* ---- as a transport
 * --------------------------------------------------------------------------------------------- */

static int t_open(void *self, int session, bool tls) {
    struct net *n = self;
    return net_connect(n, session, n->to, tls);
}
static int t_send(void *self, int session, const uint8_t *p, size_t n) {
    return net_send(self, session, p, n);
}
static int t_starttls(void *self, int session) { return net_starttls(self, session); }
static void t_close(void *self, int session) { net_close(self, session); }
static int t_poll(void *self, int timeout_ms) { return net_poll(self, timeout_ms); }
static const char *t_error(void *self) { return net_error(self); }
static uint64_t t_now(void *self) {
    (void)self;
    return net_now();
}
static void t_expect(void *self, int session, const char *what, int ms) {
    net_expect(self, session, what, ms);
}

struct transport net_transport(struct net *n, const struct endpoint *to) {
    static const struct transport_ops ops = {t_open, t_send,  t_starttls, t_close,
                                             t_poll, t_error, t_now,      t_expect};
    n->to = to;
    return (struct transport){&ops, n};
}
