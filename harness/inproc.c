/* inproc.c: the model's server calls come in as function calls and go out as transport events, in the order
 * they happened. */
#include "inproc.h"

#include "imap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_LINE    (1u << 20)
#define MAX_LITERAL (64u << 20)

enum item_kind { ITEM_OPEN, ITEM_OCTETS, ITEM_HANGUP, ITEM_SECURED };
struct item { /* what happened, in order; its octets follow it in the queue */
    uint8_t kind;
    bool tls;
    int session;
    uint32_t serial;
    size_t n;
};

struct buffer {
    uint8_t *p;
    size_t n, cap;
};

struct peer {
    bool open, connected;
    uint32_t serial;  /* tells a session from an earlier one of the same number */
    struct buffer in; /* received, not yet a whole response */
    struct frame frame;
    uint64_t deadline; /* 0: none */
    char what[96];
};

struct inproc {
    struct model_server *server;
    struct transport_events ev;
    struct peer peer[TRANSPORT_SESSIONS];
    struct buffer queue;
    size_t head;            /* of the queue */
    struct buffer response; /* the one being told */
    struct buffer out;      /* sent, and on its way: what one session sends in a row arrives at once */
    int out_session;
    uint64_t clock;
    uint32_t serial;
    bool failed; /* memory ran out */
    char error[160];
};

static bool put(struct inproc *p, struct buffer *b, const void *octets, size_t n) {
    if (b->n + n > b->cap) {
        size_t cap = (b->cap ? b->cap * 2 : 512) + n;
        uint8_t *q = realloc(b->p, cap);
        if (!q) {
            p->failed = true;
            return false;
        }
        b->p = q;
        b->cap = cap;
    }
    if (n)
        memcpy(b->p + b->n, octets, n);
    b->n += n;
    return true;
}

static void enqueue(struct inproc *p, enum item_kind kind, int session, bool tls, const void *octets,
                    size_t n) {
    struct item item;
    memset(&item, 0, sizeof item);
    item.kind = (uint8_t)kind;
    item.tls = tls;
    item.session = session;
    item.serial = p->peer[session].serial;
    item.n = n;
    if (put(p, &p->queue, &item, sizeof item))
        put(p, &p->queue, octets, n);
}

static void on_emit(void *user, int session, const uint8_t *octets, size_t n) {
    enqueue(user, ITEM_OCTETS, session, false, octets, n);
}

static void on_hangup(void *user, int session) { enqueue(user, ITEM_HANGUP, session, false, NULL, 0); }

static void on_start_tls(void *user, int session) {
    (void)user, (void)session; /* the client's handshake begins when the driver asks for it */
}

struct inproc *inproc_new(const struct model_server_options *o, const struct transport_events *ev) {
    struct inproc *p = calloc(1, sizeof *p);
    if (!p)
        return NULL;
    struct model_server_options mine = *o;
    mine.emit = on_emit;
    mine.hangup = on_hangup;
    mine.start_tls = on_start_tls;
    mine.user = p;
    p->ev = *ev;
    p->server = model_server_new(&mine);
    if (!p->server) {
        free(p);
        return NULL;
    }
    return p;
}

void inproc_reset(struct inproc *p) {
    model_server_reset(p->server);
    for (int i = 0; i < TRANSPORT_SESSIONS; i++) {
        p->peer[i].open = false;
        p->peer[i].in.n = 0;
    }
    p->queue.n = p->head = p->out.n = 0;
    p->clock = 0;
}

void inproc_free(struct inproc *p) {
    if (!p)
        return;
    model_server_free(p->server);
    for (int i = 0; i < TRANSPORT_SESSIONS; i++)
        free(p->peer[i].in.p);
    free(p->queue.p);
    free(p->response.p);
    free(p->out.p);
    free(p);
}

static int fail(struct inproc *p, const char *text) {
    snprintf(p->error, sizeof p->error, "model: %s", text);
    return -1;
}

static void arrive(struct inproc *p) {
    size_t n = p->out.n;
    p->out.n = 0;
    if (n && p->peer[p->out_session].connected)
        model_server_input(p->server, p->out_session, p->out.p, n);
}

static int op_open(void *self, int session, bool tls) {
    struct inproc *p = self;
    arrive(p);
    if (session < 0 || session >= TRANSPORT_SESSIONS || p->peer[session].open)
        return fail(p, "the session is open already");
    struct buffer in = p->peer[session].in;
    in.n = 0;
    p->peer[session] = (struct peer){.open = true, .serial = ++p->serial, .in = in};
    enqueue(p, ITEM_OPEN, session, tls, NULL, 0);
    return 0;
}

static int op_send(void *self, int session, const uint8_t *octets, size_t n) {
    struct inproc *p = self;
    p->clock += 1000;
    if (!p->peer[session].connected)
        return fail(p, "the session is not open");
    if (p->out_session != session)
        arrive(p);
    p->out_session = session;
    put(p, &p->out, octets, n);
    return p->failed ? fail(p, "out of memory") : 0;
}

static uint64_t tick(struct inproc *p) { return p->clock += 1000; }

static int op_starttls(void *self, int session) {
    struct inproc *p = self;
    struct peer *peer = &p->peer[session];
    arrive(p);
    if (!peer->connected)
        return fail(p, "the session is not open");
    /* What the model emitted behind its OK stands in the queue or the buffer: it came in clear. */
    struct buffer left = {0};
    put(p, &left, peer->in.p, peer->in.n);
    peer->in.n = 0;
    peer->frame = (struct frame){0};
    for (size_t at = p->head; at < p->queue.n;) {
        struct item *item = (struct item *)(void *)(p->queue.p + at), copy;
        memcpy(&copy, item, sizeof copy);
        if (copy.kind == ITEM_OCTETS && copy.session == session && copy.serial == peer->serial) {
            put(p, &left, p->queue.p + at + sizeof copy, copy.n);
            copy.serial = 0; /* nobody's any more */
            memcpy(p->queue.p + at, &copy, sizeof copy);
        }
        at += sizeof copy + copy.n;
    }
    if (left.n && p->ev.on_leftover)
        p->ev.on_leftover(p->ev.user, session, tick(p), left.p, left.n);
    free(left.p);
    enqueue(p, ITEM_SECURED, session, true, NULL, 0);
    model_server_tls_done(p->server, session);
    return 0;
}

static void op_close(void *self, int session) {
    struct inproc *p = self;
    struct peer *peer = &p->peer[session];
    arrive(p);
    bool was = peer->connected;
    peer->open = peer->connected = false;
    peer->serial = ++p->serial;
    if (was)
        model_server_closed(p->server, session);
}

static const char *op_error(void *self) { return ((struct inproc *)self)->error; }

static uint64_t op_now(void *self) { return ((struct inproc *)self)->clock; }

static void op_expect(void *self, int session, const char *what, int ms) {
    struct inproc *p = self;
    struct peer *peer = &p->peer[session];
    peer->deadline = what ? p->clock + (uint64_t)ms * 1000000u : 0;
    snprintf(peer->what, sizeof peer->what, "%s", what ? what : "");
}

static void end(struct inproc *p, int session, enum closed_how how, const char *text) {
    struct peer *peer = &p->peer[session];
    peer->open = peer->connected = false;
    if (how != CLOSED_EOF)
        model_server_closed(p->server, session);
    p->ev.on_closed(p->ev.user, session, tick(p), how, peer->in.p, peer->in.n, text);
}

/* Tells whole responses; returns how many. The callback may close the session, or send, which makes more
 * output. */
static int tell(struct inproc *p, int session) {
    struct peer *peer = &p->peer[session];
    uint32_t serial = peer->serial;
    int told = 0;
    size_t n;
    while (peer->connected && peer->serial == serial && peer->in.n) {
        enum frame_result r = frame_response(&peer->frame, peer->in.p, peer->in.n, MAX_LINE, MAX_LITERAL, &n);
        if (r == FRAME_MORE)
            break;
        if (r != FRAME_WHOLE) {
            end(p, session, CLOSED_OVERLONG, "model: a line or literal passed its limit");
            return told + 1;
        }
        p->response.n = 0;
        if (!put(p, &p->response, peer->in.p, n))
            break;
        memmove(peer->in.p, peer->in.p + n, peer->in.n - n);
        peer->in.n -= n;
        peer->frame = (struct frame){0};
        told++;
        p->ev.on_response(p->ev.user, session, tick(p), p->response.p, n);
    }
    return told;
}

static int deliver_one(struct inproc *p, const struct item *item, const uint8_t *octets) {
    int session = item->session;
    struct peer *peer = &p->peer[session];
    if (!peer->open || peer->serial != item->serial)
        return 0;
    switch ((enum item_kind)item->kind) {
    case ITEM_OPEN:
        peer->connected = true;
        if (p->ev.on_opened)
            p->ev.on_opened(p->ev.user, session, tick(p), item->tls);
        if (peer->connected && model_server_open(p->server, session, item->tls) != 0)
            end(p, session, CLOSED_CONNECT, "model: the session is in use");
        return 1;
    case ITEM_OCTETS:
        return put(p, &peer->in, octets, item->n) ? tell(p, session) : 0;
    case ITEM_SECURED:
        if (p->ev.on_secured)
            p->ev.on_secured(p->ev.user, session, tick(p));
        return 1;
    case ITEM_HANGUP:
        end(p, session, CLOSED_EOF, "model: closed by the server");
        return 1;
    }
    return 0;
}

static int deliver(struct inproc *p) {
    int told = 0;
    while (p->head < p->queue.n) {
        struct item item;
        memcpy(&item, p->queue.p + p->head, sizeof item);
        p->head += sizeof item;
        /* The queue may move while callbacks add to it: its octets are put into the peer's buffer first. */
        size_t at = p->head;
        p->head += item.n;
        told += deliver_one(p, &item, p->queue.p + at);
    }
    p->queue.n = p->head = 0;
    return told;
}

static int expire(struct inproc *p) {
    int told = 0;
    for (int i = 0; i < TRANSPORT_SESSIONS; i++) {
        struct peer *peer = &p->peer[i];
        if (!peer->connected || !peer->deadline || peer->deadline > p->clock)
            continue;
        peer->deadline = 0;
        char text[160];
        snprintf(text, sizeof text, "model: %s did not come before the deadline", peer->what);
        end(p, i, CLOSED_TIMEOUT, text);
        told++;
    }
    return told;
}

static int op_poll(void *self, int timeout_ms) {
    struct inproc *p = self;
    arrive(p);
    int told = deliver(p);
    if (!told) {
        model_server_tick(p->server);
        told = deliver(p);
    }
    if (!told && timeout_ms > 0) {
        p->clock += (uint64_t)timeout_ms * 1000000u; /* nothing else can happen in that time */
        told = expire(p);
    }
    return p->failed ? fail(p, "out of memory") : told;
}

static const struct transport_ops ops = {
    .open = op_open,
    .send = op_send,
    .starttls = op_starttls,
    .close = op_close,
    .poll = op_poll,
    .error = op_error,
    .now = op_now,
    .expect = op_expect,
};

struct transport inproc_transport(struct inproc *p) {
    return (struct transport){&ops, p};
}
