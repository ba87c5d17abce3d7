/* between_cli.c: the command `imapdiff between`: a proxy at a URL, or private ones, each judged in turn. */
#include "between.h"
#include "cli.h"
#include "interrupt.h"
#include "server.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { PROXIES = 8 };

struct cli {
    const char *front, *listen, *listen_tls, *write_ca, *json_file, *tls[2], *name[PROXIES], *user[3];
    int names;
    uint64_t wait_ms, deadline_ms;
    bool json, strict, quiet;
    struct between_options o;
    struct between_result result[PROXIES];
};

static bool front_url(struct cli *c) {
    static char user[2 * URL_FIELD + 2];
    struct url_error e;
    if (!url_parse(c->front, &c->o.front, &e)) {
        cli_error("between: --front: %s", e.text);
        return false;
    }
    if (c->o.front.has_user)
        snprintf(user, sizeof user, "%s:%s", c->o.front.user,
                 c->o.front.has_password ? c->o.front.password : "pw");
    else
        snprintf(user, sizeof user, "u1:pw");
    c->user[0] = user;
    if (strpbrk(user, "\"\\")) {
        cli_error("between: --front: a user or password with a quote or backslash is not supported");
        return false;
    }
    return true;
}

static bool usage(struct cli *c) {
    if (c->names && (c->front || c->listen || c->listen_tls || c->tls[0] || c->write_ca)) {
        cli_error("between: %s is a private proxy: --front, --listen and certificates are chosen for it",
                  c->name[0]);
        return false;
    }
    for (int i = 0; i < c->names; i++) {
        char err[SERVER_ERROR];
        if (!server_is_proxy(c->name[i], err, sizeof err)) {
            cli_error("between: %s", err);
            return false;
        }
    }
    if (c->names)
        return true;
    if (!c->front || !c->listen) {
        cli_error("between: expected --front URL (the proxy) and --listen ADDR:PORT (what it connects to), "
                  "or the name of a "
                  "private proxy");
        return false;
    }
    if (c->tls[0] && c->write_ca) {
        cli_error("between: --write-ca: there is no authority of ours where --tls gives the certificate");
        return false;
    }
    return front_url(c);
}

static bool parse(int argc, char **argv, struct cli *c) {
    const struct cli_option options[] = {
        {.name = "front", .type = CLI_TEXT, .to = &c->front},
        {.name = "listen", .type = CLI_TEXT, .to = &c->listen},
        {.name = "listen-tls", .type = CLI_TEXT, .to = &c->listen_tls},
        {.name = "tls", .type = CLI_PAIR, .to = c->tls},
        {.name = "write-ca", .type = CLI_TEXT, .to = &c->write_ca},
        {.name = "wait", .type = CLI_TIME, .to = &c->wait_ms},
        {.name = "deadline", .type = CLI_TIME, .to = &c->deadline_ms},
        {.name = "json", .type = CLI_FILE, .to = &c->json, .file = &c->json_file},
        {.name = "strict", .type = CLI_FLAG, .to = &c->strict},
        {.name = "quiet", .type = CLI_FLAG, .to = &c->quiet},
        {0},
    };
    c->wait_ms = c->deadline_ms = 20000;
    c->user[0] = "u1:pw";
    c->user[1] = BETWEEN_ODD_USER;
    return cli_parse(options, argc, argv, c->name, PROXIES, &c->names) && usage(c);
}

/* ---- a private proxy ---- */

struct starting {
    const char *name;
    struct server_options options;
    struct server *server;
    int result;
    char err[SERVER_ERROR];
    atomic_bool done;
};

static void *start_it(void *arg) {
    struct starting *s = arg;
    s->result = server_start(s->name, &s->options, &s->server, s->err, sizeof s->err);
    atomic_store(&s->done, true);
    return NULL;
}

/* The back end goes on meanwhile: some proxies ask it before they listen themselves. */
static bool start(void *arg, struct host *h, struct imap_url *front, char *err, size_t errlen) {
    struct starting *s = arg;
    pthread_t thread;
    if (sscanf(host_where(h), "imap://127.0.0.1:%d/ imaps://127.0.0.1:%d/", &s->options.backend_port,
               &s->options.backend_tls_port) != 2 ||
        pthread_create(&thread, NULL, start_it, s) != 0) {
        snprintf(err, errlen, "%s: cannot be started", s->name);
        return false;
    }
    while (!atomic_load(&s->done))
        host_turn(h);
    pthread_join(thread, NULL);
    if (s->result < 0) {
        snprintf(err, errlen, "%s", s->err);
        return false;
    }
    const struct server_address *a = server_address(s->server);
    *front = (struct imap_url){.tls = URL_PLAIN, .port = (uint16_t)a->port};
    snprintf(front->host, sizeof front->host, "%s", a->host);
    return true;
}

/* Somebody else's proxy: where it is to connect to. */
static bool announce(void *arg, struct host *h, struct imap_url *front, char *err, size_t errlen) {
    const struct cli *c = arg;
    (void)front, (void)err, (void)errlen;
    if (!c->quiet)
        fprintf(stderr, "imapdiff: the back end listens at %s\n", host_where(h));
    return true;
}

/* ---- all of them ---- */

static int judge_one(struct cli *c, int k) {
    struct between_result *r = &c->result[k];
    struct starting s = {.name = c->names ? c->name[k] : NULL};
    if (s.name)
        snprintf(r->label, sizeof r->label, "%s", s.name);
    if (s.name)
        between_judge(&c->o, start, &s, r);
    else
        between_judge(&c->o, announce, c, r);
    if (s.server && server_obituary(s.server, 0, s.err,
                                    sizeof s.err)) /* it died: that explains more than what followed */
        snprintf(r->error, sizeof r->error, "%.590s", s.err);
    server_stop(s.server);
    if (s.result == SERVER_MISSING || s.result == SERVER_FAILED) {
        cli_error("between: %s", s.err);
        return EXIT_TARGET;
    }
    int status = EXIT_CLEAN, judged = 0;
    for (enum between_row i = 0; i < ROWS; i++) {
        judged += r->row[i].judged;
        if (between_fails(&r->row[i], c->strict))
            status = EXIT_FINDINGS;
    }
    if (r->error[0]) {
        cli_error("between: %s", r->error);
        if (status == EXIT_CLEAN)
            status = judged || c->names || strncmp(r->error, "--", 2) ? EXIT_TARGET : EXIT_USAGE;
    }
    if (judged && !(c->json && !c->json_file)) {
        between_print(r, stdout);
        fputc('\n', stdout);
        fflush(stdout);
    }
    return status;
}

static bool write_json(const struct cli *c, int n) {
    FILE *f = c->json_file ? fopen(c->json_file, "we") : stdout;
    json_t *all = f ? between_json(c->result, n, c->strict) : NULL;
    bool ok = f && all && json_dumpf(all, f, JSON_INDENT(1)) == 0 && fputc('\n', f) != EOF && fflush(f) == 0;
    json_decref(all);
    if (!ok)
        cli_error("between: --json: cannot write %s: %s", c->json_file ? c->json_file : "to standard output",
                  strerror(errno));
    if (f && f != stdout && fclose(f) != 0)
        ok = false;
    return ok;
}

int between_main(int argc, char **argv) {
    static struct cli c;
    if (!parse(argc, argv, &c))
        return EXIT_USAGE;
    int n = c.names ? c.names : 1, status = EXIT_CLEAN;
    c.o.host = host_defaults();
    c.o.host.listen = c.names ? "127.0.0.1:0" : c.listen;
    c.o.host.listen_tls = c.listen_tls ? c.listen_tls : "127.0.0.1:0";
    c.o.host.cert = c.tls[0];
    c.o.host.key = c.tls[1];
    c.o.host.write_ca = c.write_ca;
    c.o.users = c.user;
    c.o.wait_ms = (int)c.wait_ms;
    c.o.deadline_ms = (int)c.deadline_ms;
    c.o.stop = interrupt_catch();
    for (int k = 0; k < n && !*c.o.stop; k++) {
        int one = judge_one(&c, k);
        /* A finding outweighs what else went wrong. */
        status = status == EXIT_FINDINGS || one == EXIT_FINDINGS ? EXIT_FINDINGS
                 : one > status                                  ? one
                                                                 : status;
    }
    if (n > 1 && !(c.json && !c.json_file))
        between_table(c.result, n, stdout);
    if (c.json && !write_json(&c, n) && status != EXIT_FINDINGS)
        status = EXIT_USAGE;
    return status;
}
