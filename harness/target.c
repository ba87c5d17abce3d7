/* target.c: which kind of target a name means. */
#include "target.h"

#include "names.h"
#include "server.h"
#include "url.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct target_name target_names[] = {
    {"model", "the model as a server, in this process; plain RFC 2180 behaviours"},
    {"model:B1,B2", "the same under chosen behaviours: names (see `imapdiff list behaviours`) or Lua files"},
    {"dovecot", "a private Dovecot; dovecot:maildir, dovecot:sdbox, dovecot:mdbox, dovecot:mbox"},
    {"cyrus", "a private Cyrus; cyrus:delayed, cyrus:immediate"},
    {"imap://user:password@host:port/", "any server; also imaps:// and imap+starttls://"},
    {NULL, NULL},
};

static void unknown(const char *name, char *err, size_t errlen) {
    const char *known[64] = {"model", "dovecot", "cyrus"};
    size_t n = 3;
    for (size_t i = 0; server_name(i) && n < 63; i++)
        known[n++] = server_name(i);
    char label[160];
    snprintf(err, errlen,
             "unknown target `%s`%s: expected model, model:BEHAVIOUR, a private server (dovecot, "
             "cyrus, ...) or a URL such as imap://user:password@host/; see `imapdiff list targets`",
             target_label(name, label, sizeof label), names_hint(name, known, n).text);
}

const char *target_label(const char *name, char *dst, size_t cap) {
    struct imap_url u;
    struct url_error e;
    const char *scheme = strstr(name, "://");
    if (!url_is(
            name)) /* of a URL that we do not know nothing but its scheme is shown: it may hold a password */
        snprintf(dst, cap, "%.*s%s", scheme ? (int)(scheme - name) : (int)strlen(name), name,
                 scheme ? "://..." : "");
    else if (url_parse(name, &u, &e))
        url_label(&u, dst, cap);
    else /* what is wrong with it may be where the password is */
        snprintf(dst, cap, "%.*s://...", (int)(strstr(name, "://") - name), name);
    return dst;
}

struct target *target_open(const char *name, const struct target_options *o, char *err, size_t errlen,
                           bool *usage) {
    struct target *t = calloc(1, sizeof *t);
    char why[256];
    *usage = false;
    if (!t) {
        snprintf(err, errlen, "out of memory");
        return NULL;
    }
    target_label(name, t->name, sizeof t->name);
    t->behaviours = o->behaviours;
    t->content = o->content;
    bool ok = false;
    if (url_is(name)) {
        ok = target_open_url(t, name, o, err, errlen, usage);
    } else if (!strcmp(name, "model") || !strncmp(name, "model:", 6)) {
        ok = target_open_model(t, name[5] ? name + 6 : "", o, err, errlen, usage);
    } else if (server_is_name(name, why, sizeof why)) {
        ok = target_open_private(t, name, o, err, errlen, usage);
    } else {
        *usage = true;
        unknown(name, err, errlen);
    }
    if (ok)
        return t;
    free(t);
    return NULL;
}

void target_free(struct target *t) {
    if (!t)
        return;
    t->ops->free(t);
    free(t);
}
