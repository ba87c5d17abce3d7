/* between.c: judges one proxy: both sides are set up, each part is judged, the rows are filled. */
#include "between_priv.h"

#include "content_mime.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const struct {
    const char *name, *rule;
} rows[ROWS] = {
    [ROW_PRESENCE] = {"id.presence", "ID-5-a"},
    [ROW_FIELDS] = {"id.fields", "ID-7-a"},
    [ROW_ENABLED] = {"id.enabled", "ID-7-b"},
    [ROW_CLIENT_LIST] = {"id.client-list", "ID-7-c"},
    [ROW_SERVER_LIST] = {"id.server-list", "ID-7-c"},
    [ROW_UNKNOWN] = {"caps.unknown", "ID-7-d"},
    [ROW_FILTER] = {"caps.filter", "R3501-6.1.1"},
    [ROW_CID_LISTED] = {"clientid.listed", "CID-3.3-a"},
    [ROW_CID_PASSED] = {"clientid.passed", "CID-4-f"},
    [ROW_CID_REFUSED] = {"clientid.refused", "CID-3.4-2s"},
    [ROW_CID_CLEAR] = {"clientid.clear", "CID-8-c"},
    [ROW_TLS_OFFERED] = {"tls.offered", "R3501-6.2.1"},
    [ROW_TLS_INJECTED] = {"tls.injection", "CID-D2"},
    [ROW_LOGIN] = {"login.verbatim", "R3501-6.2.3"},
    [ROW_RESPONSES] = {"session.responses", "R3501-7"},
    [ROW_COMMANDS] = {"session.commands", "ID-5-a"},
    [ROW_FRESH] = {"session.fresh", "R3501-3.2"},
};

const char *between_row_name(enum between_row r) { return rows[r].name; }
const char *between_row_rule(enum between_row r) { return rows[r].rule; }

bool between_fails(const struct verdict_row *r, bool strict) {
    return r->judged && (r->verdict == V_VIOLATES || (strict && r->verdict == V_DEVIATES));
}

/* From what says least to what says most. */
static int gravity(enum verdict v) {
    static const int of[V_COUNT] = {[V_CONFORMS] = 0,     [V_UNDECIDED] = 1, [V_AMBIGUOUS] = 2,
                                    [V_UNDOCUMENTED] = 3, [V_DEVIATES] = 4,  [V_VIOLATES] = 5};
    return of[v];
}

void judge(struct between *b, enum between_row row, enum verdict v, const char *clauses, const char *fmt,
           ...) {
    struct verdict_row *r = &b->r->row[row];
    va_list ap;
    if (r->judged && gravity(v) <= gravity(r->verdict))
        return;
    r->judged = true;
    r->verdict = v;
    snprintf(r->clauses, sizeof r->clauses, "%s", clauses);
    va_start(ap, fmt);
    vsnprintf(r->text, sizeof r->text, fmt, ap);
    va_end(ap);
}

void unjudged(struct between *b, enum between_row row, const char *why) {
    if (!b->r->row[row].judged)
        snprintf(b->r->row[row].text, sizeof b->r->row[row].text, "%s", why);
}

static void add_line(char *text, size_t n, const char *fmt, va_list ap, char separator) {
    size_t used = strlen(text);
    if (used + 8 >= n)
        return;
    if (used)
        text[used++] = separator;
    if (used && separator == ';')
        text[used++] = ' ';
    vsnprintf(text + used, n - used, fmt, ap);
}

void trace(struct between *b, enum between_row row, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    add_line(b->r->row[row].trace, sizeof b->r->row[row].trace, fmt, ap, '\n');
    va_end(ap);
}

void changed(struct between *b, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    add_line(b->changes, sizeof b->changes, fmt, ap, ';');
    va_end(ap);
}

void give_up(struct between *b, const char *fmt, ...) {
    va_list ap;
    if (b->r->error[0])
        return;
    va_start(ap, fmt);
    vsnprintf(b->r->error, sizeof b->r->error, fmt, ap);
    va_end(ap);
}

bool stopped(const struct between *b) { return b->o->stop && *b->o->stop; }

/* ---- both sides ---- */

/* The proxy may be started after us, or be slow. */
static bool await_greeting(struct between *b) {
    struct front f;
    uint64_t began = host_ms();
    char label[300];
    for (;;) {
        if (front_open(&f, b, &b->front)) {
            front_close(&f);
            return true;
        }
        if (stopped(b))
            return false;
        if (host_ms() - began > (uint64_t)b->o->wait_ms) {
            give_up(b, "%s: no proxy greets there: %s", url_label(&b->front, label, sizeof label), f.why);
            return false;
        }
        for (uint64_t pause = host_ms(); host_ms() - pause < 100;)
            host_turn(b->h);
    }
}

static void all_rows(struct between *b) {
    static void (*const parts[])(struct between *) = {rows_of_capabilities, rows_of_id,      rows_of_clientid,
                                                      rows_of_tls,          rows_of_login,   rows_of_session,
                                                      rows_of_fresh,        rows_of_presence};
    for (size_t i = 0; i < sizeof parts / sizeof *parts && !b->r->error[0] && !stopped(b); i++)
        parts[i](b);
    if (b->back.full)
        give_up(b, "more than %d connections to the back end: what came later was not looked at", BACK_MAX);
}

static bool direct_address(struct between *b) {
    int port;
    char host[64];
    b->direct = (struct imap_url){.tls = URL_STARTTLS};
    if (sscanf(host_where(b->h), "imap://%63[^/:]:%d/", host, &port) != 2)
        return false;
    snprintf(b->direct.host, sizeof b->direct.host, "%s", strcmp(host, "0.0.0.0") ? host : "127.0.0.1");
    b->direct.port = (uint16_t)port;
    return true;
}

static bool set_up(struct between *b, struct content *content, struct host_options *host, char *err,
                   size_t n) {
    const char *user = b->o->users[0], *colon = strchr(user, ':');
    snprintf(b->user, sizeof b->user, "%.*s", (int)(colon - user), user);
    snprintf(b->password, sizeof b->password, "%s", colon + 1);
    *host = b->o->host;
    host->model.content = content_ops(content);
    host->model.users = b->o->users;
    host->model.shared = "Shared/";
    host->model.capability = "X-ZZTEST";
    host->model.greets_with_capability =
        true; /* Dovecot's proxy sends an ID of its own only where ID stands there */
    host->model.id = BETWEEN_SERVER_ID;
    host->tap = back_tap;
    host->tap_arg = &b->back;
    if (!(b->h = host_new(host, err, n)) || !host_fill_builtin(b->h, err, n))
        return false;
    b->back.h = b->h;
    if (!direct_address(b)) {
        snprintf(err, n, "--listen: expected an IPv4 address, not %s", host_where(b->h));
        return false;
    }
    return true;
}

void between_judge(const struct between_options *o,
                   bool (*start)(void *arg, struct host *h, struct imap_url *front, char *err, size_t errlen),
                   void *arg, struct between_result *r) {
    struct between *b = calloc(1, sizeof *b);
    struct content *content = content_new();
    struct host_options host;
    if (b && content && (b->tls = SSL_CTX_new(TLS_client_method()))) {
        b->o = o;
        b->r = r;
        b->front = o->front;
        if (set_up(b, content, &host, r->error, sizeof r->error) &&
            (!start || start(arg, b->h, &b->front, r->error, sizeof r->error)) && await_greeting(b))
            all_rows(b);
        if (!r->label[0])
            url_label(&b->front, r->label, sizeof r->label);
    } else
        snprintf(r->error, sizeof r->error, "out of memory");
    if (b) {
        if (b->h)
            host_end(b->h);
        host_free(b->h);
        back_free(&b->back);
        SSL_CTX_free(b->tls);
    }
    free(b);
    content_free(content);
}
