/* target_net.c: one transport over sockets with two endpoints: in clear (with STARTTLS) and TLS from the
 * first octet. */
#include "target_net.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int op_open(void *self, int session, bool tls) {
    struct target_net *n = self;
    return net_connect(n->net, session, tls ? &n->tls : &n->plain, tls);
}

static int op_send(void *self, int session, const uint8_t *octets, size_t len) {
    return net_send(((struct target_net *)self)->net, session, octets, len);
}

static int op_starttls(void *self, int session) {
    return net_starttls(((struct target_net *)self)->net, session);
}

static void op_close(void *self, int session) { net_close(((struct target_net *)self)->net, session); }

static int op_poll(void *self, int timeout_ms) {
    return net_poll(((struct target_net *)self)->net, timeout_ms);
}

static const char *op_error(void *self) { return net_error(((struct target_net *)self)->net); }

static uint64_t op_now(void *self) {
    (void)self;
    return net_now();
}

static void op_expect(void *self, int session, const char *what, int ms) {
    net_expect(((struct target_net *)self)->net, session, what, ms);
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

struct target_net *target_net_new(struct target *t, const struct target_options *o, char *err,
                                  size_t errlen) {
    struct net_options options = net_defaults();
    struct target_net *n = calloc(1, sizeof *n);
    if (!n || !(n->net = net_new(&options, o->events))) {
        free(n);
        snprintf(err, errlen, "out of memory");
        return NULL;
    }
    t->self = n;
    t->transport = (struct transport){&ops, n};
    return n;
}

bool target_net_user(struct target *t, const char *name, const char *password) {
    struct target_net *n = t->self;
    if (t->users_n == TARGET_USERS)
        return false;
    char *to = n->user[t->users_n];
    int len = snprintf(to, sizeof n->user[0], "%s:%s", name, password);
    if (len < 0 || len >= (int)sizeof n->user[0])
        return false;
    t->users[t->users_n++] = to;
    t->users[t->users_n] = NULL;
    return true;
}

void target_net_free(struct target *t) {
    struct target_net *n = t->self;
    net_free(n->net);
    free(n);
}
