/* target_url.c: somebody's server: only mailboxes below imapdiff-RUN/ are touched. */
#include "target_net.h"
#include "url.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* A name that no earlier run had: seconds and process id in base 36. */
static void run_name(char *out, size_t n) {
    static const char digit[] = "0123456789abcdefghijklmnopqrstuvwxyz";
    uint64_t v = (uint64_t)time(NULL) * 100000u + (uint64_t)getpid() % 100000u;
    char text[16];
    int k = 0;
    for (; v && k < 15; v /= 36)
        text[k++] = digit[v % 36];
    text[k] = '\0';
    snprintf(out, n, "imapdiff-%s", text);
}

static bool add_users(struct target *t, const struct imap_url *u, const struct target_options *o, char *err,
                      size_t errlen) {
    bool ok = !u->has_user || target_net_user(t, u->user, u->has_password ? u->password : "");
    for (int i = 0; ok && o->users && o->users[i]; i++) {
        char name[256];
        const char *colon = strchr(o->users[i], ':');
        if (!colon || colon == o->users[i] || colon - o->users[i] >= (int)sizeof name) {
            snprintf(err, errlen, "expected --user NAME:PASSWORD");
            return false;
        }
        snprintf(name, sizeof name, "%.*s", (int)(colon - o->users[i]), o->users[i]);
        ok = target_net_user(t, name, colon + 1);
    }
    if (!ok)
        snprintf(err, errlen, "more than %d users, or a name and password of more than 500 octets",
                 TARGET_USERS);
    else if (!t->users_n)
        snprintf(err, errlen, "%s: expected a user: imap://user:password@host/ or --user NAME:PASSWORD",
                 t->name);
    return ok && t->users_n;
}

static const struct target_ops url_ops = {.free = target_net_free};

bool target_open_url(struct target *t, const char *url, const struct target_options *o, char *err,
                     size_t errlen, bool *usage) {
    struct imap_url u;
    struct url_error e;
    if (!url_parse(url, &u, &e)) {
        *usage = true;
        snprintf(err, errlen, "%s", e.text);
        return false;
    }
    struct target_net *n = target_net_new(t, o, err, errlen);
    if (!n)
        return false;
    url_label(&u, t->name, sizeof t->name);
    if (!add_users(t, &u, o, err, errlen)) {
        *usage = true;
        target_net_free(t);
        return false;
    }
    snprintf(n->host, sizeof n->host, "%s", u.host);
    struct endpoint to = {.host = n->host, .port = u.port, .verify = false};
    bool tls = u.tls == URL_TLS;
    if (tls)
        n->tls = to;
    else
        n->plain = to;
    t->secure = tls ? SECURE_TLS : u.tls == URL_STARTTLS ? SECURE_STARTTLS : SECURE_PLAIN;
    t->can[SECURE_TLS] = tls;
    t->can[SECURE_PLAIN] = t->can[SECURE_STARTTLS] = !tls;
    t->ops = &url_ops;
    t->kind = TARGET_URL;
    t->pause_ms = 500;
    t->reply_ms = 30000;
    t->raw_ms = 1500;
    t->inbox = o->allow_inbox;
    t->clean = true;
    run_name(t->prefix, sizeof t->prefix);
    return true;
}
