/* net_io.c: octets in and out of a session: framing what was received, within limits; sending whole at once.
 */
#include "net_priv.h"

#include <assert.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define KEEP (1 << 20) /* an empty input buffer larger than this is given back */

const char *show_octets(char *dst, size_t cap, const uint8_t *p, size_t n) {
    size_t k = 0;
    for (size_t i = 0; i < n && k + 5 < cap; i++) {
        if (p[i] >= 0x20 && p[i] < 0x7f && p[i] != '\\')
            dst[k++] = (char)p[i];
        else
            k += (size_t)snprintf(dst + k, cap - k, "\\x%02x", p[i]);
    }
    dst[k] = 0;
    return dst;
}

/* Acknowledges at once what was received, unless a command has just carried the acknowledgement along. A
 * server that writes a reply in two parts without TCP_NODELAY otherwise waits 40 ms for our delayed one: 22
 * commands a second. The kernel forgets the option after a while, so it is said again each time. */
void conn_acknowledge(struct conn *c) {
    int one = 1;
    if (c->unacknowledged)
        setsockopt(c->fd, IPPROTO_TCP, TCP_QUICKACK, &one, sizeof one);
    c->unacknowledged = false;
}

/* ---- in
 * ---------------------------------------------------------------------------------------------------------
 */

/* Room for n octets more, by moving what is left to the front or by growing: conn_deliver bounds what is
 * left. */
static bool conn_reserve(struct conn *c, size_t n) {
    if (c->cap - c->end >= n)
        return true;
    size_t left = c->end - c->head;
    if (c->head && c->cap - left >= n) {
        memmove(c->in, c->in + c->head, left);
    } else {
        size_t cap = c->cap ? c->cap : 4096;
        while (cap - left < n)
            cap *= 2;
        uint8_t *in = malloc(cap);
        if (!in)
            return false;
        if (left)
            memcpy(in, c->in + c->head, left);
        free(c->in);
        c->in = in;
        c->cap = cap;
    }
    c->head = 0;
    c->end = left;
    return true;
}

bool conn_append(struct conn *c, const uint8_t *p, size_t n) {
    if (!conn_reserve(c, n)) {
        conn_fail(c, CLOSED_OVERLONG, "no memory for a response of more than %zu octets", c->end - c->head);
        return false;
    }
    memcpy(c->in + c->end, p, n);
    c->end += n;
    return true;
}

/* The last octets of what cannot be framed, for people. */
static void conn_overlong(struct conn *c, enum frame_result r) {
    char shown[100];
    size_t n = c->end - c->head;
    if (r == FRAME_LINE_TOO_LONG) {
        show_octets(shown, sizeof shown, c->in + c->head, n < 24 ? n : 24);
        conn_fail(c, CLOSED_OVERLONG, "a line of more than %zu octets, which begins \"%s\"",
                  c->net->o.max_line, shown);
    } else if (r == FRAME_LITERAL_TOO_LONG) {
        const uint8_t *line = c->in + c->head + c->frame.line, *end = c->in + c->end;
        const uint8_t *lf = line < end ? memchr(line, '\n', (size_t)(end - line)) : NULL;
        const uint8_t *to = lf ? lf : end, *from = to - line > 24 ? to - 24 : line;
        while (to > from && to[-1] == '\r')
            to--;
        show_octets(shown, sizeof shown, from, (size_t)(to - from));
        conn_fail(c, CLOSED_OVERLONG, "a literal of more than %zu octets was announced: \"%s\"",
                  c->net->o.max_literal, shown);
    } else {
        conn_fail(c, CLOSED_OVERLONG, "a response of more than %zu octets", c->net->o.max_response);
    }
}

void conn_deliver(struct conn *c) {
    struct net *n = c->net;
    while (c->head < c->end) {
        size_t len = 0;
        enum frame_result r = frame_response(&c->frame, c->in + c->head, c->end - c->head, n->o.max_line,
                                             n->o.max_literal, &len);
        if (r == FRAME_MORE && c->end - c->head <= n->o.max_response)
            return;
        if (r != FRAME_WHOLE) {
            conn_overlong(c, r);
            return;
        }
        assert(len > 0 && len <= c->end - c->head);
        const uint8_t *p = c->in + c->head;
        c->head += len;
        c->frame = (struct frame){0};
        if (c->stage == STAGE_GREETING)
            conn_stage(c, STAGE_OPEN, 0);
        n->delivered++;
        n->ev.on_response(n->ev.user, c->session, net_now(), p, len);
        if (c->stage == STAGE_DEAD || c->want_tls) /* with want_tls, what is left is no response any more */
            return;
    }
    c->head = c->end = 0;
    if (c->cap > KEEP) {
        free(c->in);
        c->in = NULL;
        c->cap = 0;
    }
}

void conn_take_input(struct conn *c) {
    struct bufferevent *bev = c->bev;
    struct evbuffer *src = bufferevent_get_input(bev);
    size_t n;
    while (c->stage != STAGE_DEAD && c->bev == bev && !c->want_tls && (n = evbuffer_get_length(src)) > 0) {
        uint8_t some[4096];
        size_t want = c->net->o.one_octet ? 1 : sizeof some;
        int got = evbuffer_remove(src, some, n < want ? n : want);
        if (got <= 0 || !conn_append(c, some, (size_t)got))
            return;
        conn_deliver(c);
    }
    if (c->stage != STAGE_DEAD && c->want_tls)
        conn_begin_tls(c);
}

void conn_readable(struct bufferevent *bev, void *arg) {
    struct conn *c = arg;
    if (c->bev != bev)
        return;
    c->round = c->net->round;
    c->unacknowledged = true;
    conn_take_input(c);
}

/* ---- out
 * -------------------------------------------------------------------------------------------------------- */

int net_send(struct net *n, int session, const uint8_t *octets, size_t len) {
    assert(session >= 0 && session < TRANSPORT_SESSIONS);
    struct conn *c = n->of[session];
    if (!c)
        return net_fail(n, "session %d is not open", session);
    if (c->stage < STAGE_GREETING || c->want_tls)
        return net_fail(n, "%s: nothing can be sent yet", c->where);
    if (c->write_errno) /* its end is about to be reported, after what it still said */
        return 0;
    size_t waiting = evbuffer_get_length(c->out) + evbuffer_get_length(bufferevent_get_output(c->bev));
    if (len > n->o.max_output || waiting > n->o.max_output - len)
        return net_fail(n, "%s: the server does not read: %zu octets are waiting to be sent", c->where,
                        waiting);
    if (evbuffer_add(c->out, octets, len) != 0)
        return net_fail(n, "%s: no memory", c->where);
    return 0;
}

/* Straight to the socket: a bufferevent would wait for the loop to say that it is writable, two system calls
 * and a round more for each command. Only what the socket does not take goes the long way. */
static void flush_plain(struct conn *c) {
    while (evbuffer_get_length(c->out) > 0) {
        if (evbuffer_write(c->out, c->fd) >= 0)
            continue;
        if (errno == EINTR)
            continue;
        if (errno == EAGAIN || errno == EWOULDBLOCK) {
            bufferevent_write_buffer(c->bev, c->out);
            return;
        }
        c->write_errno = errno; /* reading will find the end */
        evbuffer_drain(c->out, evbuffer_get_length(c->out));
    }
}

void conn_flush(struct conn *c) {
    if (evbuffer_get_length(c->out) == 0 || c->stage < STAGE_GREETING)
        return;
    c->unacknowledged = false; /* its acknowledgement goes along */
    if (c->write_errno)
        evbuffer_drain(c->out, evbuffer_get_length(c->out));
    else if (c->ssl || evbuffer_get_length(bufferevent_get_output(c->bev)) > 0)
        bufferevent_write_buffer(c->bev, c->out); /* over TLS this writes at once */
    else
        flush_plain(c);
}
