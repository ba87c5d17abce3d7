/* between_back.c: what the back end's connections got and said. */
#include "between_priv.h"

#include <stdlib.h>
#include <string.h>

static void opened(struct back *k, int session, bool tls) {
    struct back_conn *c = k->n < BACK_MAX ? calloc(1, sizeof *c) : NULL;
    if (!c) {
        k->full = true;
        k->of[session] = 0;
        return;
    }
    c->secured = tls ? 0 : SIZE_MAX;
    c->tls = tls;
    c->in_mark = SIZE_MAX;
    k->conn[k->n++] = c;
    k->of[session] = k->n; /* 0: none */
}

void back_tap(void *arg, int session, enum host_tap what, bool tls, const uint8_t *p, size_t n) {
    struct back *k = arg;
    if (what == HOST_OPENED) {
        opened(k, session, tls);
        return;
    }
    struct back_conn *c = k->of[session] ? k->conn[k->of[session] - 1] : NULL;
    if (!c)
        return;
    switch (what) {
    case HOST_GOT:
        octets_add(&c->got, p, n);
        break;
    case HOST_SENT:
        octets_add(&c->said, p, n);
        break;
    case HOST_SECURED:
        c->tls = true;
        c->secured = c->got.n;
        break;
    case HOST_CLOSED:
        k->of[session] = 0;
        break;
    case HOST_OPENED:
        break;
    }
}

void back_mark(struct back *k) {
    for (int i = 0; i < k->n; i++) {
        k->conn[i]->got_mark = k->conn[i]->got.n;
        k->conn[i]->said_mark = k->conn[i]->said.n;
    }
}

void back_mark_in(struct back *k) {
    for (int i = 0; i < k->n; i++)
        if (k->conn[i]->in_mark == SIZE_MAX)
            k->conn[i]->in_mark = k->conn[i]->got.n;
}

struct back_conn *back_carrier(const struct back *k) {
    struct back_conn *most = NULL;
    size_t got = 0;
    for (int i = 0; i < k->n; i++) {
        struct back_conn *c = k->conn[i];
        if (c->got.n - c->got_mark > got) {
            most = c;
            got = c->got.n - c->got_mark;
        }
    }
    return most;
}

void back_free(struct back *k) {
    for (int i = 0; i < k->n; i++) {
        octets_free(&k->conn[i]->got);
        octets_free(&k->conn[i]->said);
        free(k->conn[i]);
    }
    k->n = 0;
}
