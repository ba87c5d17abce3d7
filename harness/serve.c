/* serve.c: the command `imapdiff serve`: the model as a server that mail clients can be tested against. */
#include "chosen.h"
#include "cli.h"
#include "content_mime.h"
#include "host.h"
#include "host_fixture.h"
#include "interrupt.h"

#include <errno.h>
#include <string.h>

enum { USERS = 64, FOLDERS = 8 };

struct serve {
    struct host_options host;
    const char *behaviour[16], *folder[FOLDERS], *user[USERS + 1], *tls[2], *id_log, *mail, *report, *fixture_file, *without[8],
        *clientid[POLICY_RULES];
    int behaviours_n, folders, users, rules, withouts;
    int legal[BEHAVIOURS_MAX], legal_n; /* --behaviour all: in the order in which connections meet them */
    struct fixture *fixture;
    struct policy policy;
    FILE *report_file;
    struct chosen chosen;
    struct behaviours *behaviours;
    struct content *content;
};

static bool parse(int argc, char **argv, struct serve *s) {
    const struct cli_option options[] = {
        {.name = "behaviour", .type = CLI_LIST, .to = s->behaviour, .n = &s->behaviours_n, .max = 16},
        {.name = "behaviours", .type = CLI_LIST, .to = s->folder, .n = &s->folders, .max = FOLDERS},
        {.name = "listen", .type = CLI_TEXT, .to = &s->host.listen},
        {.name = "listen-tls", .type = CLI_TEXT, .to = &s->host.listen_tls},
        {.name = "tls", .type = CLI_PAIR, .to = s->tls},
        {.name = "write-ca", .type = CLI_TEXT, .to = &s->host.write_ca},
        {.name = "user", .type = CLI_LIST, .to = s->user, .n = &s->users, .max = USERS},
        {.name = "clientid", .type = CLI_LIST, .to = s->clientid, .n = &s->rules, .max = POLICY_RULES},
        {.name = "mail", .type = CLI_TEXT, .to = &s->mail},
        {.name = "fixture", .type = CLI_TEXT, .to = &s->fixture_file},
        {.name = "without", .type = CLI_LIST, .to = s->without, .n = &s->withouts, .max = 8},
        {.name = "report", .type = CLI_TEXT, .to = &s->report},
        {.name = "id-log", .type = CLI_TEXT, .to = &s->id_log},
        {.name = "seed", .type = CLI_NUMBER, .to = &s->host.model.seed},
        {0},
    };
    const char *none[1];
    int n;
    if (!cli_parse(options, argc, argv, none, 0, &n))
        return false;
    for (int i = 0; i < s->users; i++) {
        const char *colon = strchr(s->user[i], ':');
        if (!colon || colon == s->user[i] || colon - s->user[i] > 200 || strlen(colon) > 200) {
            cli_error("serve: --user: expected NAME:PASSWORD, each of 1 to 200 octets");
            return false;
        }
        for (int k = 0; k < i; k++)
            if (!strncmp(s->user[i], s->user[k], (size_t)(colon - s->user[i]) + 1)) {
                cli_error("serve: --user: `%.*s` stands there twice", (int)(colon - s->user[i]), s->user[i]);
                return false;
            }
    }
    if (s->fixture_file && (s->users || s->mail)) {
        cli_error("serve: --fixture: the file has users and mail; neither --user nor --mail goes with it");
        return false;
    }
    if (s->tls[0] && s->host.write_ca) {
        cli_error("serve: --write-ca: there is no authority of ours where --tls gives the certificate");
        return false;
    }
    return true;
}

static void defaults(struct serve *s) {
    static const char *const usual[] = {"u1:pw", "u2:pw", "u3:pw"};
    struct host_options *o = &s->host;
    if (!o->listen_tls)
        o->listen_tls = o->listen ? "127.0.0.1:0" : "127.0.0.1:1993";
    if (!o->listen)
        o->listen = "127.0.0.1:1143";
    o->cert = s->tls[0];
    o->key = s->tls[1];
    for (int i = 0; i < 3 && !s->users && !s->fixture; i++)
        s->user[i] = usual[i];
    for (int i = 0; s->fixture && fixture_users(s->fixture)[i]; i++)
        s->user[i] = fixture_users(s->fixture)[i];
    o->model.users = s->user;
    o->model.shared = "Shared/";
}

/* Those that break no rule, in an order that the seed draws (Fisher and Yates; Knuth's MMIX generator). */
static void all_in_turn(struct serve *s) {
    uint64_t x = s->host.model.seed;
    for (int i = 0; i < behaviours_count(s->behaviours); i++)
        if (!behaviours_at(s->behaviours, i)->fault)
            s->legal[s->legal_n++] = i;
    for (int i = s->legal_n - 1; i > 0; i--) {
        x = x * 6364136223846793005u + 1442695040888963407u;
        int k = (int)((x >> 33) % (unsigned)(i + 1)), was = s->legal[i];
        s->legal[i] = s->legal[k];
        s->legal[k] = was;
    }
    s->host.model.rotate = s->legal;
    s->host.model.rotate_n = s->legal_n;
}

static bool choose(struct serve *s, char *err, size_t errlen) {
    if (!(s->behaviours = load_behaviours(s->folder, s->folders, err, errlen)))
        return false;
    if (s->behaviours_n == 1 && !strcmp(s->behaviour[0], "all")) {
        s->host.model.behaviours = s->behaviours;
        all_in_turn(s);
        return true;
    }
    for (int i = 0; i < s->behaviours_n; i++)
        if (!*s->behaviour[i]) {
            snprintf(err, errlen, "--behaviour: expected the name of one (see: imapdiff list behaviours)");
            return false;
        } else if (!strcmp(s->behaviour[i], "all") || !strncmp(s->behaviour[i], "all,", 4)) {
            snprintf(err, errlen, "--behaviour: `all` goes with no other");
            return false;
        } else if (!chosen_parse(&s->chosen, s->behaviours, s->behaviour[i], err, errlen))
            return false;
    s->host.model.behaviours = s->behaviours;
    s->host.model.chosen = s->chosen.index;
    s->host.model.chosen_n = s->chosen.n;
    return true;
}

/* --without ID,CLIENTID */
static bool leave_out(struct serve *s, char *err, size_t errlen) {
    char word[32];
    for (int i = 0; i < s->withouts; i++)
        for (const char *p = s->without[i]; *p || p == s->without[i];) {
            size_t n = strcspn(p, ",");
            snprintf(word, sizeof word, "%.*s", (int)(n < sizeof word ? n : sizeof word - 1), p);
            uint32_t bit = model_server_without(word);
            if (!bit) {
                size_t at = (size_t)snprintf(err, errlen, "--without: `%s`: expected some of", word);
                for (int k = 0; model_server_without_name(k) && at < errlen; k++)
                    at += (size_t)snprintf(err + at, errlen - at, " %s", model_server_without_name(k));
                return false;
            }
            s->host.model.without |= bit;
            p += n + (p[n] == ',');
        }
    return true;
}

static bool rules(struct serve *s, char *err, size_t errlen) {
    for (int i = 0; i < s->rules; i++) {
        if (!policy_add(&s->policy, s->clientid[i], err, errlen))
            return false;
        const char *user = s->policy.rule[s->policy.n - 1].user;
        bool known = !*user;
        for (int k = 0; s->user[k] && !known; k++)
            known = !strncmp(s->user[k], user, strlen(user)) && s->user[k][strlen(user)] == ':';
        if (!known) {
            snprintf(err, errlen, "--clientid: %s: there is no user `%s`", s->clientid[i], user);
            return false;
        }
    }
    s->host.policy = &s->policy;
    return true;
}

static bool open_report(struct serve *s, char *err, size_t errlen) {
    if (!s->report)
        return true;
    if (!(s->host.report = client_report_new()))
        snprintf(err, errlen, "out of memory");
    else if ((s->report_file = fopen(s->report, "we")))
        return true;
    else
        snprintf(err, errlen, "--report: cannot write %.300s: %s", s->report, strerror(errno));
    return false;
}

static bool open_log(struct serve *s, char *err, size_t errlen) {
    if (!s->id_log || (s->host.id_log = fopen(s->id_log, "ae")))
        return true;
    snprintf(err, errlen, "--id-log: cannot write %.300s: %s", s->id_log, strerror(errno));
    return false;
}

static bool announce(const struct serve *s, const struct host *h) {
    printf("serving %s", host_where(h));
    for (int i = 0; s->user[i]; i++)
        printf("%s%.*s", i ? ", " : " for ", (int)strcspn(s->user[i], ":"), s->user[i]);
    for (int i = 0; i < s->chosen.n; i++)
        printf("%s%s", i ? ", " : "; behaves as ", behaviours_at(s->behaviours, s->chosen.index[i])->name);
    if (s->legal_n)
        printf("; behaves as each of %d in turn", s->legal_n);
    for (int i = 0, n = 0; model_server_without_name(i); i++)
        if (s->host.model.without & model_server_without(model_server_without_name(i)))
            printf("%s%s", n++ ? ", " : "; without ", model_server_without_name(i));
    putchar('\n');
    return fflush(stdout) == 0 && !ferror(stdout);
}

/* Given mail is the first user's; the others begin with an empty INBOX. */
static bool fill(struct serve *s, struct host *h, char *err, size_t errlen) {
    char name[256];
    const char *password = strchr(s->user[0], ':') + 1;
    if (s->fixture)
        return fixture_fill(s->fixture, h, err, errlen);
    if (!s->mail)
        return host_fill_builtin(h, err, errlen);
    snprintf(name, sizeof name, "%.*s", (int)(password - 1 - s->user[0]), s->user[0]);
    return host_fill_user(h, name, password, err, errlen) && host_fill_mail(h, s->mail, err, errlen);
}

static struct host *start(struct serve *s, char *err, size_t errlen) {
    if (s->fixture_file && !(s->fixture = fixture_load(s->fixture_file, err, errlen)))
        return NULL;
    defaults(s);
    if (!choose(s, err, errlen) || !leave_out(s, err, errlen) || !rules(s, err, errlen) || !open_log(s, err, errlen) ||
        !open_report(s, err, errlen))
        return NULL;
    if (!(s->content = content_new())) {
        snprintf(err, errlen, "out of memory");
        return NULL;
    }
    s->host.model.content = content_ops(s->content);
    struct host *h = host_new(&s->host, err, errlen);
    if (h && !fill(s, h, err, errlen)) {
        host_free(h);
        return NULL;
    }
    return h;
}

/* Clients that break a MUST fail the run. */
static int finish(struct serve *s, bool served) {
    int status = served ? EXIT_CLEAN : EXIT_USAGE;
    if (served && s->report_file) {
        client_report_print(s->host.report, s->report_file);
        if (client_report_count(s->host.report, true))
            status = EXIT_FINDINGS;
    }
    if (s->report_file && fclose(s->report_file) != 0) {
        cli_error("serve: --report: cannot write %s: %s", s->report, strerror(errno));
        status = EXIT_USAGE;
    }
    client_report_free(s->host.report);
    content_free(s->content);
    fixture_free(s->fixture);
    behaviours_free(s->behaviours);
    if (s->host.id_log && (ferror(s->host.id_log) | fclose(s->host.id_log)) != 0) {
        cli_error("serve: --id-log: cannot write all of %s", s->id_log);
        status = EXIT_USAGE;
    }
    return status;
}

int serve_main(int argc, char **argv) {
    static struct serve s;
    char err[800] = "";
    s.host = host_defaults();
    if (!parse(argc, argv, &s))
        return EXIT_USAGE;
    const volatile int *stop = interrupt_catch();
    struct host *h = start(&s, err, sizeof err);
    bool served = h && announce(&s, h);
    if (served)
        host_run(h, stop);
    else if (h) { /* nobody would learn the ports */
        cli_error("serve: cannot write to standard output: %m");
        clearerr(stdout);
    } else
        cli_error("serve: %s", err);
    host_free(h); /* before the contents that it has lent */
    return finish(&s, served);
}
