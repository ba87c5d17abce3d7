/* net_tls.c: TLS of a session: its start (implicit or STARTTLS), what was left over before it, and its
 * failures in words. */
#include "net_priv.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <event2/bufferevent_ssl.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define LEFTOVER_MAX (64 << 10)

void net_tls_free(struct net *n) { SSL_CTX_free(n->ctx_plain); }

int net_starttls(struct net *n, int session) {
    assert(session >= 0 && session < TRANSPORT_SESSIONS);
    struct conn *c = n->of[session];
    if (!c)
        return net_fail(n, "session %d is not open", session);
    if (c->ssl || c->want_tls || c->stage != STAGE_OPEN)
        return net_fail(n, "%s: TLS cannot be started now", c->where);
    c->want_tls = true; /* begun when the callback that we may be in has returned, or by the next poll */
    return 0;
}

/* The first octets that OpenSSL reads from the socket, so that plain text can be told from a broken record.
 */
static long on_bio(BIO *b, int op, const char *p, size_t n, int i, long l, int ret, size_t *done) {
    (void)n, (void)i, (void)l;
    struct conn *c = (struct conn *)BIO_get_callback_arg(b);
    if (op == (BIO_CB_READ | BIO_CB_RETURN) && ret > 0 && done && *done > 0) {
        c->seen_n = *done < sizeof c->seen ? (uint32_t)*done : sizeof c->seen;
        memcpy(c->seen, p, c->seen_n);
        c->round = c->net->round;
    }
    return ret;
}

static bool is_address(const char *host) {
    unsigned char any[16];
    return inet_pton(AF_INET, host, any) == 1 || inet_pton(AF_INET6, host, any) == 1;
}

/* A context for this session; NULL with the reason in OpenSSL's queue. Those without verification share one.
 */
static SSL_CTX *context(struct conn *c) {
    struct net *n = c->net;
    if (!c->verify && n->ctx_plain) {
        SSL_CTX_up_ref(n->ctx_plain);
        return n->ctx_plain;
    }
    SSL_CTX *x = SSL_CTX_new(TLS_client_method());
    if (!x)
        return NULL;
    if (c->verify) {
        SSL_CTX_set_verify(x, SSL_VERIFY_PEER, NULL);
        if (c->ca_file[0] ? SSL_CTX_load_verify_locations(x, c->ca_file, NULL) != 1
                          : SSL_CTX_set_default_verify_paths(x) != 1) {
            SSL_CTX_free(x);
            return NULL;
        }
    } else {
        SSL_CTX_up_ref(x);
        n->ctx_plain = x;
    }
    return x;
}

static SSL *client_for(struct conn *c) {
    SSL_CTX *x = context(c);
    SSL *ssl = x ? SSL_new(x) : NULL;
    SSL_CTX_free(x);
    if (!ssl)
        return NULL;
    bool numeric = is_address(c->host), ok = true;
    if (!numeric)
        ok = SSL_set_tlsext_host_name(ssl, c->host) == 1;
    if (ok && c->verify)
        ok = numeric ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), c->host) == 1
                     : SSL_set1_host(ssl, c->host) == 1;
    if (!ok) {
        SSL_free(ssl);
        return NULL;
    }
    return ssl;
}

/* Takes all that stands in the plain input: framed, in the bufferevent, and in the socket. */
static void gather_leftover(struct conn *c) {
    uint8_t some[4096];
    struct evbuffer *src = bufferevent_get_input(c->bev);
    int got;
    while ((got = evbuffer_remove(src, some, sizeof some)) > 0)
        if (!conn_append(c, some, (size_t)got))
            return;
    ssize_t r;
    while (c->end - c->head < LEFTOVER_MAX && (r = recv(c->fd, some, sizeof some, MSG_DONTWAIT)) > 0)
        if (!conn_append(c, some, (size_t)r))
            return;
}

void conn_leftover(struct conn *c) {
    struct net *n = c->net;
    size_t at = c->head, left = c->end - c->head;
    c->head = c->end = 0; /* the octets stay where they are until something new is received */
    c->frame = (struct frame){0};
    if (left == 0)
        return;
    n->delivered++;
    if (n->ev.on_leftover)
        n->ev.on_leftover(n->ev.user, c->session, net_now(), c->in + at, left);
}

void conn_begin_tls(struct conn *c) {
    c->want_tls = false;
    if (!c->implicit) {
        conn_flush(c);
        gather_leftover(c);
        if (c->stage == STAGE_DEAD)
            return;
        conn_leftover(c);
        if (c->stage == STAGE_DEAD)
            return;
    }
    ERR_clear_error();
    SSL *ssl = client_for(c);
    bufferevent_setfd(c->bev, -1); /* the socket changes hands */
    bufferevent_free(c->bev);
    c->bev = NULL;
    conn_stage(c, STAGE_TLS, c->net->o.tls_ms);
    struct bufferevent *bev = NULL;
    if (ssl)
        bev = bufferevent_openssl_socket_new(c->net->base, c->fd, ssl, BUFFEREVENT_SSL_CONNECTING,
                                             BEV_OPT_CLOSE_ON_FREE);
    if (!bev) {
        unsigned long e = ERR_get_error();
        const char *why = e ? ERR_reason_error_string(e) : NULL;
        SSL_free(ssl);
        evutil_closesocket(c->fd);
        conn_fail(c, CLOSED_TLS_ERROR, "TLS cannot be set up: %s%s%s", why ? why : "no memory",
                  c->ca_file[0] ? ": " : "", c->ca_file);
        return;
    }
    c->bev = bev;
    c->ssl = ssl;
    BIO_set_callback_arg(SSL_get_rbio(ssl), (char *)c);
    BIO_set_callback_ex(SSL_get_rbio(ssl), on_bio);
    bufferevent_openssl_set_allow_dirty_shutdown(
        bev, 0); /* an end without close_notify is an error, never silence */
    bufferevent_setcb(bev, conn_readable, NULL, conn_event, c);
    bufferevent_enable(bev, EV_READ | EV_WRITE);
}

void conn_tls_goodbye(struct conn *c) {
    SSL_shutdown(c->ssl);
    ERR_clear_error();
}

/* The peer may have written more before it went than OpenSSL had handed out when our own write failed. */
static bool drain_tls(struct conn *c) {
    uint8_t some[4096];
    int got;
    while ((got = SSL_read(c->ssl, some, sizeof some)) > 0) {
        if (!conn_append(c, some, (size_t)got))
            return false;
        conn_deliver(c);
        if (c->stage == STAGE_DEAD)
            return false;
    }
    ERR_clear_error();
    return true;
}

static bool looks_plain(const uint8_t *p, uint32_t n) {
    for (uint32_t i = 0; i < n; i++)
        if ((p[i] < 0x20 || p[i] > 0x7e) && p[i] != '\r' && p[i] != '\n' && p[i] != '\t')
            return false;
    return n >= 3;
}

/* The peer's plain text: the record header that OpenSSL took for one, and what stands behind it. */
static void show_plain(struct conn *c, char *dst, size_t cap) {
    uint8_t line[64];
    memcpy(line, c->seen, c->seen_n);
    size_t n = c->seen_n;
    ssize_t r = recv(c->fd, line + n, 40 - n, MSG_DONTWAIT);
    n += r > 0 ? (size_t)r : 0;
    show_octets(dst, cap, line, n);
}

void conn_tls_failed(struct conn *c, int err) {
    const char *during = c->stage == STAGE_TLS ? "the TLS handshake failed" : "TLS broke";
    unsigned long e, last = 0;
    bool syscall_failed = false;
    while ((e = bufferevent_get_openssl_error(c->bev)) != 0) {
        if (e == SSL_ERROR_SYSCALL)
            syscall_failed = true;
        else if (ERR_GET_LIB(e) != 0)
            last = e;
    }
    int reason = ERR_GET_REASON(last);
    long verified = SSL_get_verify_result(c->ssl);
    if (!last && c->stage > STAGE_TLS && !drain_tls(c))
        return;
    if (last && reason == SSL_R_CERTIFICATE_VERIFY_FAILED) {
        conn_fail(c, CLOSED_TLS_ERROR, "%s: certificate refused: %s", during,
                  X509_verify_cert_error_string(verified));
    } else if (last && reason != SSL_R_UNEXPECTED_EOF_WHILE_READING && looks_plain(c->seen, c->seen_n)) {
        char shown[200];
        show_plain(c, shown, sizeof shown);
        conn_fail(c, CLOSED_TLS_ERROR, "%s: the server speaks plain text: \"%s\"", during, shown);
    } else if (last && reason != SSL_R_UNEXPECTED_EOF_WHILE_READING) {
        const char *why = ERR_reason_error_string(last);
        conn_fail(c, CLOSED_TLS_ERROR, "%s: %s", during, why ? why : "unknown error");
    } else if (!last && syscall_failed && err != 0 && err != EAGAIN && err != EPIPE) {
        conn_fail(c, CLOSED_RESET, "%s: %s", during, strerror(err));
    } else {
        conn_fail(c, CLOSED_TLS_EOF, "%s: the connection ended without close_notify", during);
    }
}
