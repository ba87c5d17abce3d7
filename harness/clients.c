/* clients.c: the command `imapdiff clients`: a mail client's command under each behaviour in turn, and the
 * grid of what came of it. */
#include "clients.h"

#include "cli.h"
#include "interrupt.h"

#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { FOLDERS = 8 };

struct clients {
    const char *glob, *mail, *out, *folder[FOLDERS], *words[CLIENT_WORDS + 1];
    int folders, words_n;
    int jobs;
    uint64_t time_ms;
    bool calm, faults, archive;
    struct behaviours *behaviours;
    char where[CLIENT_PATH];
    int failed, run;
    bool unusable; /* the command cannot be started */
};

/* All behind `--` is the command's. */
static bool parse(int argc, char **argv, struct clients *c) {
    const struct cli_option options[] = {
        {.name = "behaviour", .type = CLI_TEXT, .to = &c->glob},
        {.name = "behaviours", .type = CLI_LIST, .to = c->folder, .n = &c->folders, .max = FOLDERS},
        {.name = "faults", .type = CLI_FLAG, .to = &c->faults},
        {.name = "archive", .type = CLI_FLAG, .to = &c->archive},
        {.name = "jobs", .type = CLI_INT, .to = &c->jobs},
        {.name = "calm", .type = CLI_FLAG, .to = &c->calm},
        {.name = "mail", .type = CLI_TEXT, .to = &c->mail},
        {.name = "out", .type = CLI_TEXT, .to = &c->out},
        {.name = "time", .type = CLI_TIME, .to = &c->time_ms},
        {0},
    };
    const char *none[1];
    int mine = 1, n;
    while (mine < argc && strcmp(argv[mine], "--"))
        mine++;
    if (!cli_parse(options, mine, argv, none, 0, &n))
        return false;
    for (int i = mine + 1; i < argc && c->words_n <= CLIENT_WORDS; i++)
        c->words[c->words_n++] = argv[i];
    if (c->jobs < 1 || c->jobs > CLIENTS_AT_ONCE) {
        cli_error("clients: --jobs: expected 1 to %d", CLIENTS_AT_ONCE);
        return false;
    }
    if (!c->words_n || c->words_n > CLIENT_WORDS) {
        cli_error("clients: expected a command of 1 to %d words behind `--`", CLIENT_WORDS);
        return false;
    }
    return true;
}

static bool make_folder(struct clients *c, char *err, size_t errlen) {
    char made[] = "build/out/clients-XXXXXX";
    const char *folder = c->out;
    if (!folder) {
        mkdir("build", 0777);
        mkdir("build/out", 0777);
        folder = mkdtemp(made);
    } else if (mkdir(folder, 0777) != 0)
        folder = NULL;
    if (!folder) {
        snprintf(err, errlen, c->out ? "--out: cannot make %s: %s" : "cannot make %s: %s (--out DIR names another place)",
                 c->out ? c->out : made, strerror(errno));
        return false;
    }
    char *whole = realpath(folder, NULL);
    bool ok = whole && strlen(whole) < sizeof c->where - 100;
    if (ok)
        snprintf(c->where, sizeof c->where, "%s", whole);
    else
        snprintf(err, errlen, "--out: %s: %s", folder, whole ? "too long" : strerror(errno));
    free(whole);
    return ok;
}

static bool wanted(const struct clients *c, int i) {
    const struct behaviour *b = behaviours_at(c->behaviours, i);
    return b->fault == c->faults && (!c->glob || fnmatch(c->glob, b->name, 0) == 0);
}

/* ---- the grid ---- */

static void end_text(const struct client_end *e, char *out, size_t n) {
    if (e->hangs)
        snprintf(out, n, "hangs");
    else if (e->signal)
        snprintf(out, n, "crashes (%d)", e->signal);
    else if (e->status)
        snprintf(out, n, "gives up (%d)", e->status);
    else if (!e->connections)
        snprintf(out, n, "no connection");
    else
        snprintf(out, n, e->retries ? "retries" : "works");
}

static bool wrong_mail(const struct clients *c, const struct client_mail *m) {
    return m->any && (m->lost > 0 || m->changed > 0 || (m->extra > 0 && !c->archive));
}

static void mail_text(const struct clients *c, const struct client_mail *m, char *out, size_t n) {
    if (!m->any)
        snprintf(out, n, "-");
    else if (!wrong_mail(c, m))
        snprintf(out, n, "same");
    else if (m->changed)
        snprintf(out, n, "%d changed, %d lost, %d extra", m->changed, m->lost, m->extra);
    else
        snprintf(out, n, "%d lost, %d extra", m->lost, m->extra);
}

/* What a legal server does is no excuse: a client may give up while another one is at work, but not when it
 * is calm. One that never comes has shown nothing. */
static bool fails(const struct clients *c, const struct client_result *r) {
    bool bad = r->musts > 0 || !r->runs || !r->run[r->runs - 1].connections;
    for (int i = 0; i < r->runs; i++)
        bad |= r->run[i].hangs || r->run[i].signal || (r->run[i].status && i == r->runs - 1);
    return bad || wrong_mail(c, &r->mail);
}

static void print_row(const struct clients *c, const struct client_result *r) {
    char text[CLIENT_RUNS][40] = {"-", "-"}, mail[60], found[200] = "-";
    const struct client_end *last = &r->run[r->runs ? r->runs - 1 : 0];
    for (int i = 0; i < r->runs; i++)
        end_text(&r->run[i], text[i], sizeof text[i]);
    mail_text(c, &r->mail, mail, sizeof mail);
    if (r->musts || r->shoulds)
        snprintf(found, sizeof found, "%d MUST, %d SHOULD: %s", r->musts, r->shoulds, r->first);
    printf("%-24s %-14s %-14s %-20s %5u %9u  %s\n", *r->behaviour ? r->behaviour : "(none)", text[0], text[1],
           mail, last->connections, last->commands, found);
    fflush(stdout);
}

static bool done(void *arg, const struct client_result *r) {
    struct clients *c = arg;
    if (r->error[0]) { /* ours, and the same under each behaviour */
        cli_error("clients: %s", r->error);
        c->unusable = true;
        return false;
    }
    if (r->runs && !r->run[0].started) {
        cli_error("clients: cannot start `%s`: see %s/%s/log", c->words[0], c->where,
                  *r->behaviour ? r->behaviour : "none");
        c->unusable = true;
        return false;
    }
    print_row(c, r);
    c->run++;
    c->failed += fails(c, r);
    return true;
}

/* A folder for each behaviour, and what is to be run there. */
static bool make_jobs(struct clients *c, struct client_job *jobs, int *jobs_n, const volatile int *stop) {
    static char folder[CLIENT_JOBS][CLIENT_PATH + 60];
    *jobs_n = 0;
    for (int i = -1; i < behaviours_count(c->behaviours); i++) {
        if (i < 0 ? c->glob || c->faults : !wanted(c, i))
            continue;
        char *f = folder[*jobs_n];
        snprintf(f, sizeof folder[0], "%s/%s", c->where,
                 i < 0 ? "none" : behaviours_at(c->behaviours, i)->name);
        jobs[(*jobs_n)++] = (struct client_job){.behaviours = c->behaviours,
                                                .words = c->words,
                                                .mail = c->mail,
                                                .folder = f,
                                                .chosen = i,
                                                .time_ms = c->time_ms,
                                                .calm = c->calm,
                                                .stop = stop};
        if (mkdir(f, 0777) != 0) {
            cli_error("clients: %s: %s", f, strerror(errno));
            return false;
        }
    }
    return true;
}

static bool any_wanted(const struct clients *c) {
    for (int i = 0; i < behaviours_count(c->behaviours); i++)
        if (wanted(c, i))
            return true;
    cli_error("clients: --behaviour: no behaviour%s is called `%s`; see imapdiff list behaviours",
              c->faults ? " with a fault" : "", c->glob ? c->glob : "*");
    return false;
}

static int all(struct clients *c, const volatile int *stop) {
    static struct client_job jobs[CLIENT_JOBS];
    int n;
    if (!make_jobs(c, jobs, &n, stop))
        return EXIT_USAGE;
    printf("%-24s %-14s %-14s %-20s %5s %9s  %s\n", "behaviour", c->calm ? "run" : "disturbed",
           c->calm ? "" : "calm", "mail", "conn.", "commands", "the client breaks");
    if (!client_jobs_run(jobs, n, c->jobs, done, c, stop) || c->unusable) {
        if (!c->unusable)
            cli_error("clients: out of memory");
        return EXIT_USAGE;
    }
    printf("%s%d of %d behaviours fail this client; logs, traces, reports and mail: %s\n",
           *stop ? "stopped by a signal: " : "", c->failed, c->run, c->where);
    return c->failed ? EXIT_FINDINGS : *stop ? EXIT_TARGET : EXIT_CLEAN;
}

int clients_main(int argc, char **argv) {
    static struct clients c;
    char err[800] = "";
    c.time_ms = 30000;
    c.jobs = 1;
    if (!parse(argc, argv, &c))
        return EXIT_USAGE;
    const volatile int *stop = interrupt_catch();
    int status = EXIT_USAGE;
    if (!(c.behaviours = load_behaviours(c.folder, c.folders, err, sizeof err)))
        cli_error("clients: %s", err);
    else if (any_wanted(&c)) {
        if (make_folder(&c, err, sizeof err))
            status = all(&c, stop);
        else
            cli_error("clients: %s", err);
    }
    behaviours_free(c.behaviours);
    return status;
}
