/* host.c: the served model's loop: listening, deadlines, the end. */
#include "host_priv.h"

#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { TICK_MS = 250, LAST_MS = 5000, AFTER_END_MS = 2000, GOODBYE_MS = 1500 };

uint64_t host_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000u + (uint64_t)t.tv_nsec / 1000u;
}

uint64_t host_ms(void) { return host_us() / 1000u; }

struct host_options host_defaults(void) {
    return (struct host_options){.sessions = 500,
                                 .max_output = 64u << 20,
                                 .max_output_all = 256u << 20,
                                 .login_ms = 60000,
                                 .idle_ms = 30 * 60000};
}

static void now(void *user, char text[40]) {
    time_t t = time(NULL);
    struct tm tm;
    (void)user;
    strftime(text, 40, "%d-%b-%Y %H:%M:%S +0000", gmtime_r(&t, &tm));
}

static void on_id(void *user, int session, struct slice list) {
    (void)session;
    id_log_add(((struct host *)user)->ids, list);
}

static void on_clientid(void *user, int session, struct slice type, struct slice token) {
    if (session == HOST_FILLER)
        return;
    struct identity *who = &((struct host *)user)->conn[session].who;
    snprintf(who->type, sizeof who->type, "%.*s", (int)type.n, (const char *)type.p);
    snprintf(who->token, sizeof who->token, "%.*s", (int)token.n, (const char *)token.p);
}

static bool admits(void *user, int session, struct slice name) {
    struct host *h = user;
    return session == HOST_FILLER || !h->o.policy || policy_admits(h->o.policy, &h->conn[session].who, name);
}

static void on_heard(void *user, int session, struct slice command) {
    if (session != HOST_FILLER)
        client_report_heard(((struct host *)user)->o.report, session, command);
}

static void on_command(void *user, int session, const struct served_command *c) {
    struct host *h = user;
    if (session == HOST_FILLER)
        return;
    if (h->o.report)
        client_report_command(h->o.report, session, c);
    if (h->o.after && h->o.after(h->o.arg, session, c))
        h->between = true;
}

/* ---- listening ---- */

static void on_accept(struct evconnlistener *l, evutil_socket_t fd, struct sockaddr *from, int len,
                      void *arg) {
    struct host *h = arg;
    (void)from, (void)len;
    conn_accept(h, fd, l == h->listener[1]);
}

/* Out of descriptors, say: the next round tries again. */
static void on_accept_error(struct evconnlistener *l, void *arg) { (void)l, (void)arg; }

static bool split(const char *text, char *host, size_t n, const char **port) {
    const char *colon = strrchr(text, ':'), *end = colon;
    if (!colon || !colon[1] || strspn(colon + 1, "0123456789") != strlen(colon + 1) ||
        strlen(colon + 1) > 5 || atoi(colon + 1) > 65535)
        return false;
    if (*text == '[' && end > text && end[-1] == ']')
        text++, end--;
    if ((size_t)(end - text) >= n)
        return false;
    memcpy(host, text, (size_t)(end - text));
    host[end - text] = '\0';
    if (!host[0])
        snprintf(host, n, "127.0.0.1");
    *port = colon + 1;
    return true;
}

static void note_where(struct host *h, int k) {
    struct sockaddr_storage a;
    socklen_t len = sizeof a;
    char host[64] = "?", port[16] = "?";
    size_t n = strlen(h->where);
    if (getsockname(evconnlistener_get_fd(h->listener[k]), (struct sockaddr *)&a, &len) == 0)
        getnameinfo((struct sockaddr *)&a, len, host, sizeof host, port, sizeof port,
                    NI_NUMERICHOST | NI_NUMERICSERV);
    const char *six = strchr(host, ':') ? "[" : "";
    snprintf(h->where + n, sizeof h->where - n, "%s%s://%s%s%s:%s/", n ? " " : "", k ? "imaps" : "imap", six,
             host, *six ? "]" : "", port);
}

static bool listen_on(struct host *h, int k, const char *text, char *address, size_t n, char *err,
                      size_t errlen) {
    static const char *const option[] = {"--listen", "--listen-tls"};
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE}, *found = NULL;
    const char *port;
    if (!split(text, address, n, &port)) {
        snprintf(err, errlen, "%s: expected ADDR:PORT such as 127.0.0.1:1143, not `%.100s`", option[k], text);
        return false;
    }
    int e = getaddrinfo(address, port, &hints, &found);
    if (e != 0) {
        snprintf(err, errlen, "%s: %.100s: %s", option[k], text, gai_strerror(e));
        return false;
    }
    h->listener[k] = evconnlistener_new_bind(
        h->base, on_accept, h, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_REUSEABLE, 128,
        found->ai_addr, (int)found->ai_addrlen);
    int why = errno;
    freeaddrinfo(found);
    if (!h->listener[k]) {
        snprintf(err, errlen, "%s: cannot listen on %.100s: %s", option[k], text, strerror(why));
        return false;
    }
    evconnlistener_set_error_cb(h->listener[k], on_accept_error);
    note_where(h, k);
    return true;
}

/* ---- time ---- */

static void deadlines(struct host_conn *c, uint64_t t) {
    const struct host_options *o = &c->host->o;
    struct model_server *m = c->host->model;
    bool in = c->greeted && model_server_logged_in(m, c->session);
    if (c->phase == PHASE_LAST) {
        if (t - c->since > (c->said_all ? AFTER_END_MS : LAST_MS))
            conn_cut(c);
    } else if (!in && t - c->opened > (uint64_t)o->login_ms) {
        if (c->phase == PHASE_OPEN)
            model_server_bye(m, c->session, "Nobody logged in for too long");
        else
            conn_cut(c);
    } else if (in && t - c->heard > (uint64_t)o->idle_ms)
        model_server_bye(m, c->session, "Nothing was said for too long");
}

static void on_tick(evutil_socket_t fd, short what, void *arg) {
    struct host *h = arg;
    (void)fd, (void)what;
    for (int i = 0; i < HOST_FILLER; i++)
        if (h->conn[i].phase != PHASE_FREE && !h->conn[i].cut)
            deadlines(&h->conn[i], host_ms());
}

/* ---- life ---- */

static void prepare(struct host *h) {
    struct model_server_options *m = &h->o.model;
    m->emit = conn_emit;
    m->lend = conn_lend;
    m->hangup = conn_hangup;
    m->start_tls = conn_start_tls;
    m->busy = conn_busy;
    m->pieces = conn_pieces;
    m->now = now;
    m->on_id = on_id;
    m->on_clientid = on_clientid;
    m->admits = admits;
    if (h->o.report)
        m->on_heard = on_heard;
    if (h->o.report || h->o.after)
        m->on_command = on_command;
    m->user = h;
    m->max_line = 128u << 10; /* an ID at its limits has 32 KiB */
    m->max_command = 32u << 20;
    m->max_before_login = 256u << 10;
    m->max_mailboxes = 4000;
    m->max_messages = 8000;
    for (int i = 0; i < HOST_FILLER; i++)
        h->conn[i] = (struct host_conn){.host = h, .session = i};
}

struct host *host_new(const struct host_options *o, char *err, size_t errlen) {
    struct host *h = calloc(1, sizeof *h);
    char address[256] = "", tls_address[256] = "";
    struct timeval tick = {.tv_usec = TICK_MS * 1000};
    if (!h) {
        snprintf(err, errlen, "out of memory");
        return NULL;
    }
    h->o = *o;
    prepare(h);
    h->base = event_base_new();
    h->timer = h->base ? event_new(h->base, -1, EV_PERSIST, on_tick, h) : NULL;
    h->model = model_server_new(&h->o.model);
    h->ids = id_log_new(o->id_log);
    if (!h->timer || !h->model || event_add(h->timer, &tick) != 0)
        snprintf(err, errlen, "out of memory");
    else if (listen_on(h, 0, o->listen, address, sizeof address, err, errlen) &&
             listen_on(h, 1, o->listen_tls, tls_address, sizeof tls_address, err, errlen) &&
             (h->tls = host_tls_new(o, tls_address, err, errlen)))
        return h;
    host_free(h);
    return NULL;
}

const char *const *host_users(const struct host *h) { return h->o.model.users; }

const char *host_where(const struct host *h) { return h->where; }

/* Frees what was cut, and lets one of those go on whose commands were kept back: who has much to do waits
 * longer than who has little. Returns the clients that are left; *ready: more can go on. */
static int sweep(struct host *h, bool *ready) {
    int left = 0;
    *ready = false;
    for (int k = 0, next = h->next; k < HOST_FILLER; k++) {
        struct host_conn *c = &h->conn[(next + k) % HOST_FILLER];
        if (c->cut)
            conn_free(c);
        if (c->phase == PHASE_FREE)
            continue;
        left++;
        if (h->next == next && conn_can_go_on(c)) {
            conn_go_on(c);
            h->next = (c->session + 1) % HOST_FILLER;
        }
        *ready = *ready || conn_can_go_on(c);
    }
    return left;
}

static bool still_talking(const struct host *h) {
    for (int i = 0; i < HOST_FILLER; i++)
        if (h->conn[i].phase != PHASE_FREE && !h->conn[i].said_all)
            return true;
    return false;
}

struct event_base *host_base(struct host *h) { return h->base; }

struct model_server *host_model(struct host *h) {
    return h->model;
}

void host_turn(struct host *h) {
    event_base_loop(h->base, EVLOOP_ONCE | (h->ready || h->between ? EVLOOP_NONBLOCK : 0));
    if (h->between) {
        h->o.between(h->o.arg);
        h->between = false;
    }
    sweep(h, &h->ready);
}

void host_end(struct host *h) {
    for (int k = 0; k < 2; k++)
        evconnlistener_disable(h->listener[k]);
    for (int i = 0; i < HOST_FILLER; i++)
        if (h->conn[i].greeted && !h->conn[i].cut)
            model_server_bye(h->model, i, "The server ends");
        else if (h->conn[i].phase == PHASE_HANDSHAKE)
            conn_cut(&h->conn[i]);
    bool ready;
    for (uint64_t began = host_ms(); sweep(h, &ready) && still_talking(h) && host_ms() - began < GOODBYE_MS;)
        event_base_loop(h->base, EVLOOP_ONCE);
}

void host_run(struct host *h, const volatile int *stop) {
    model_server_closed(h->model, HOST_FILLER);
    while (!*stop)
        host_turn(h);
    host_end(h);
}

void host_free(struct host *h) {
    if (!h)
        return;
    for (int i = 0; i < HOST_FILLER; i++)
        if (h->conn[i].phase != PHASE_FREE)
            conn_free(&h->conn[i]);
    for (int k = 0; k < 2; k++)
        if (h->listener[k])
            evconnlistener_free(h->listener[k]);
    if (h->timer)
        event_free(h->timer);
    if (h->base)
        event_base_free(h->base);
    id_log_end(h->ids);
    model_server_free(h->model);
    SSL_CTX_free(h->tls);
    free(h);
}
