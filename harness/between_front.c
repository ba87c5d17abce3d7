/* between_front.c: the driver's side: one connection to the proxy, in clear or under TLS. */
#include "between_priv.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <openssl/err.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LINE_MAX_OCTETS = 1 << 20, DIAL_MS = 10000 };

static void on_read(struct bufferevent *bev, void *arg) {
    struct front *f = arg;
    uint8_t octets[16384];
    for (int n; (n = (int)bufferevent_read(bev, octets, sizeof octets)) > 0;)
        octets_add(&f->in, octets, (size_t)n);
}

static void on_event(struct bufferevent *bev, short what, void *arg) {
    struct front *f = arg;
    unsigned long e = bufferevent_get_openssl_error(bev);
    if (what & BEV_EVENT_CONNECTED) {
        f->connected = true;
        return;
    }
    if (e && ERR_reason_error_string(e))
        snprintf(f->why, sizeof f->why, "TLS: %s", ERR_reason_error_string(e));
    else
        snprintf(f->why, sizeof f->why, "%s",
                 what & BEV_EVENT_EOF ? "the connection was closed" : strerror(errno ? errno : ECONNRESET));
    on_read(bev, f);
    f->eof = true;
}

/* Serves the back end until the driver has what it waits for. */
static bool wait_for(struct front *f, int ms, bool (*ready)(struct front *f)) {
    uint64_t began = host_ms();
    while (!ready(f)) {
        if (f->eof || stopped(f->b))
            return false;
        if (host_ms() - began > (uint64_t)ms) {
            snprintf(f->why, sizeof f->why, "nothing came for %d ms", ms);
            return false;
        }
        host_turn(f->b->h);
    }
    return true;
}

static bool is_connected(struct front *f) { return f->connected; }

static bool start_tls(struct front *f, int fd, enum bufferevent_ssl_state state) {
    SSL *ssl = SSL_new(f->b->tls);
    f->connected = false;
    f->bev = ssl ? bufferevent_openssl_socket_new(host_base(f->b->h), fd, ssl, state, BEV_OPT_CLOSE_ON_FREE)
                 : NULL;
    if (!f->bev) {
        SSL_free(ssl);
        if (fd >= 0)
            close(fd);
        snprintf(f->why, sizeof f->why, "out of memory");
        return false;
    }
    bufferevent_openssl_set_allow_dirty_shutdown(f->bev, 1);
    f->tls = true;
    return true;
}

static void listen_to(struct front *f) {
    int on = 1;
    bufferevent_setcb(f->bev, on_read, NULL, on_event, f);
    bufferevent_enable(f->bev, EV_READ | EV_WRITE);
    if (bufferevent_getfd(f->bev) >= 0)
        setsockopt(bufferevent_getfd(f->bev), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

/* -1 with errno. */
static int dial_one(const struct addrinfo *a) {
    int fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), why = 0;
    socklen_t n = sizeof why;
    if (fd < 0)
        return -1;
    if (connect(fd, a->ai_addr, a->ai_addrlen) == 0)
        return fd;
    struct pollfd p = {.fd = fd, .events = POLLOUT};
    if (errno != EINPROGRESS)
        why = errno;
    else if (poll(&p, 1, DIAL_MS) != 1 || getsockopt(fd, SOL_SOCKET, SO_ERROR, &why, &n) != 0)
        why = ETIMEDOUT;
    if (!why)
        return fd;
    close(fd);
    errno = why;
    return -1;
}

static int dial(struct front *f, const struct imap_url *to) {
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
    char port[8];
    snprintf(port, sizeof port, "%u", to->port);
    int e = getaddrinfo(to->host, port, &hints, &found), fd = -1, why = 0;
    if (e) {
        snprintf(f->why, sizeof f->why, "%s", gai_strerror(e));
        return -1;
    }
    for (struct addrinfo *a = found; a && fd < 0; a = a->ai_next) {
        fd = dial_one(a);
        why = errno;
    }
    freeaddrinfo(found);
    if (fd < 0)
        snprintf(f->why, sizeof f->why, "%s", strerror(why));
    return fd;
}

bool front_open(struct front *f, struct between *b, const struct imap_url *to) {
    *f = (struct front){.b = b};
    int fd = dial(f, to);
    if (fd < 0)
        return false;
    if (to->tls == URL_TLS) {
        if (!start_tls(f, fd, BUFFEREVENT_SSL_CONNECTING))
            return false;
    } else if (!(f->bev = bufferevent_socket_new(host_base(b->h), fd, BEV_OPT_CLOSE_ON_FREE))) {
        close(fd);
        return false;
    }
    listen_to(f);
    if (to->tls == URL_TLS && !wait_for(f, b->o->deadline_ms, is_connected)) {
        front_close(f);
        return false;
    }
    f->greeting_n = front_response(f, b->o->deadline_ms).n;
    if (!f->greeting_n) {
        char why[sizeof f->why];
        snprintf(why, sizeof why, "no greeting: %.250s", f->why);
        front_close(f);
        memcpy(f->why, why, sizeof why);
    }
    return f->greeting_n > 0;
}

bool front_secure(struct front *f) {
    int fd = bufferevent_getfd(f->bev);
    bufferevent_setfd(f->bev, -1); /* the socket changes hands */
    bufferevent_free(f->bev);
    if (!start_tls(f, fd, BUFFEREVENT_SSL_CONNECTING))
        return false;
    listen_to(f);
    return wait_for(f, f->b->o->deadline_ms, is_connected);
}

void front_close(struct front *f) {
    if (f->bev)
        bufferevent_free(f->bev);
    f->bev = NULL;
    octets_free(&f->in);
    f->at = 0;
}

void front_write(struct front *f, const void *p, size_t n) {
    if (f->bev)
        bufferevent_write(f->bev, p, n);
}

static bool is_sent(struct front *f) {
    return !f->bev || !evbuffer_get_length(bufferevent_get_output(f->bev));
}

void front_flush(struct front *f) { wait_for(f, f->b->o->deadline_ms, is_sent); }

/* ---- replies ---- */

static bool has_response(struct front *f) {
    struct slice rest = octets_from(&f->in, f->at), r;
    return next_response(&rest, &r) || f->in.full ||
           (f->in.n - f->at > LINE_MAX_OCTETS && !memchr(rest.p, '\n', rest.n));
}

struct slice front_response(struct front *f, int ms) {
    struct slice rest, r = {0};
    if (!f->bev || !wait_for(f, ms, has_response)) {
        rest = octets_from(&f->in, f->at);
        if (!next_response(&rest, &r))
            return (struct slice){0};
    } else
        rest = octets_from(&f->in, f->at);
    if (!r.n && !next_response(&rest, &r)) {
        snprintf(f->why, sizeof f->why, "a line of more than %d octets", LINE_MAX_OCTETS);
        f->eof = true;
        return (struct slice){0};
    }
    f->at += r.n;
    return r;
}

unsigned front_tag(struct front *f, char out[16]) {
    snprintf(out, 16, "b%u", ++f->tag);
    return f->tag;
}

struct answer_of front_reply(struct front *f, unsigned tag) {
    char name[16];
    struct answer_of a = {.word = HEARD_NOTHING, .from = f->at};
    snprintf(name, sizeof name, "b%u", tag);
    for (;;) {
        struct slice r = front_response(f, f->b->o->deadline_ms);
        a.to = f->at;
        if (!r.n) {
            a.word = f->eof || !f->bev ? HEARD_END : HEARD_NOTHING;
            a.to = f->in.n;
            return a;
        }
        if (!slice_is(word_of(r, 0), name))
            continue;
        struct slice word = word_of(r, 1);
        a.word = slice_is_nocase(word, "OK") ? HEARD_OK : slice_is_nocase(word, "NO") ? HEARD_NO : HEARD_BAD;
        return a;
    }
}

struct answer_of front_ask(struct front *f, const char *command) {
    char tag[16];
    unsigned k = front_tag(f, tag);
    struct octets line = {0};
    octets_add(&line, tag, strlen(tag));
    octets_add(&line, " ", 1);
    octets_add(&line, command, strlen(command));
    octets_add(&line, "\r\n", 2);
    front_write(f, line.p, line.n);
    octets_free(&line);
    return front_reply(f, k);
}

struct slice front_greeting(const struct front *f) {
    return (struct slice){f->in.p, (uint32_t)f->greeting_n};
}

struct slice front_heard(const struct front *f, struct answer_of a) {
    return a.to > a.from ? (struct slice){f->in.p + a.from, (uint32_t)(a.to - a.from)} : (struct slice){0};
}

const char *heard_name(enum heard h) {
    static const char *const name[] = {"OK", "NO", "BAD", "the end of the connection", "nothing"};
    return name[h];
}
