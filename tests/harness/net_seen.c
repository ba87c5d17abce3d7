/* net_seen.c: see net_seen.h. */
#include "net_seen.h"

#include <string.h>

int seen_failures;
struct hostile seen_server;

static void on_opened(void *user, int s, uint64_t t, bool tls) {
    (void)s, (void)t, (void)tls;
    ((struct seen *)user)->opened++;
}

static void on_response(void *user, int s, uint64_t t, const uint8_t *p, size_t n) {
    (void)t;
    struct seen *e = user;
    if (e->got_n + n <= sizeof e->got)
        memcpy(e->got + e->got_n, p, n);
    e->got_n += n;
    if (++e->responses == e->close_at)
        net_close(e->net, s);
}

static void on_leftover(void *user, int s, uint64_t t, const uint8_t *p, size_t n) {
    (void)s, (void)t, (void)p, (void)n;
    ((struct seen *)user)->leftovers++;
}

static void on_secured(void *user, int s, uint64_t t) {
    (void)s, (void)t;
    ((struct seen *)user)->secured++;
}

void seen_closed(void *user, int s, uint64_t t, enum closed_how how, const uint8_t *p, size_t n,
                 const char *text) {
    (void)s, (void)t, (void)p, (void)n;
    struct seen *e = user;
    e->closed++;
    e->how = how;
    snprintf(e->text, sizeof e->text, "%s", text);
    if (e->reopen) {
        e->reopen = false;
        net_connect(e->net, s, &e->to, false);
    }
}

void seen_begin(struct seen *e, const struct net_options *o) {
    struct net_options d = net_defaults();
    memset(e, 0, sizeof *e);
    struct transport_events ev = {e, on_opened, on_response, on_leftover, on_secured, seen_closed};
    e->net = net_new(o ? o : &d, &ev);
}

struct endpoint seen_at(const char *mode) {
    return (struct endpoint){.host = "127.0.0.1", .port = hostile_port(&seen_server, mode)};
}

void seen_send(struct seen *e, int s, const char *text) {
    CHECK(net_send(e->net, s, (const uint8_t *)text, strlen(text)) == 0, "%s", net_error(e->net));
}

bool seen_end(void *a) { return ((struct seen *)a)->closed > 0; }
bool seen_secure(void *a) { return ((struct seen *)a)->secured > 0 || seen_end(a); }

static int wanted;
static bool has_wanted(void *a) { return ((struct seen *)a)->responses >= wanted || seen_end(a); }
bool seen_await(struct seen *e, int responses) {
    wanted = responses;
    bool ok = net_run(e->net, 5000, has_wanted, e) && !e->closed;
    CHECK(ok, "%d of %d responses: %s", e->responses, responses, e->closed ? e->text : net_error(e->net));
    return ok;
}
