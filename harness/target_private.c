/* target_private.c: a private server of our own, started for this run and ended with it. */
#include "target_net.h"
#include "server.h"

#include <stdio.h>
#include <string.h>

static bool died(struct target *t, int wait_ms, char *text, size_t size) {
    struct target_net *n = t->self;
    if (!wait_ms && server_alive(n->server))
        return false;
    if (server_obituary(n->server, wait_ms, text, size))
        return true;
    snprintf(text, size, "the server ended");
    return !server_alive(n->server);
}

static void private_free(struct target *t) {
    struct server *server = ((struct target_net *)t->self)->server;
    target_net_free(t);
    server_stop(server);
}

static const struct target_ops private_ops = {.died = died, .free = private_free};

bool target_open_private(struct target *t, const char *name, const struct target_options *o, char *err,
                         size_t errlen, bool *usage) {
    struct server *server = NULL;
    int r = server_start(name, &(struct server_options){.run_dir = o->folder}, &server, err, errlen);
    *usage = r == SERVER_NO_SUCH;
    if (r < 0)
        return false;
    struct target_net *n = target_net_new(t, o, err, errlen);
    if (!n) {
        server_stop(server);
        return false;
    }
    const struct server_address *a = server_address(server);
    n->server = server;
    snprintf(t->name, sizeof t->name, "%s", a->name);
    snprintf(n->host, sizeof n->host, "%s", a->host);
    n->plain = (struct endpoint){.host = n->host, .port = (uint16_t)a->port};
    n->tls = (struct endpoint){.host = n->host, .port = (uint16_t)a->tls_port};
    for (int i = 0; i < SERVER_USERS; i++)
        target_net_user(t, a->users[i], a->password);
    t->ops = &private_ops;
    t->kind = TARGET_PRIVATE;
    t->secure = SECURE_PLAIN;
    t->can[SECURE_PLAIN] = t->can[SECURE_STARTTLS] = true;
    t->can[SECURE_TLS] = a->tls_port != 0;
    t->pause_ms = 5;
    t->reply_ms = 20000;
    t->raw_ms = 200;
    t->inbox = true;
    t->clean = true;
    return true;
}
