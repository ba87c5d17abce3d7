/* clients_run.c: serves one behaviour while a command runs, and sees how it ends. */
#include "clients.h"

#include "content_mime.h"
#include "guardian.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct job { /* what the words of a command may name */
    char port[8], tls_port[8], ca[CLIENT_PATH + 32], dir[CLIENT_PATH + 32], log[CLIENT_PATH + 32];
    char user[256], password[256];
};

static const char *value(const struct job *j, const char *name, size_t n) {
    const struct {
        const char *name, *value;
    } known[] = {{"host", "localhost"}, {"port", j->port}, {"tls-port", j->tls_port},
                 {"user", j->user},     {"ca", j->ca},     {"password", j->password},
                 {"dir", j->dir}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strlen(known[i].name) == n && !strncmp(known[i].name, name, n))
            return known[i].value;
    return NULL;
}

/* {port} and its like become what they name; other braces stay. NULL: out of memory. */
static char *fill_in(const struct job *j, const char *word) {
    char *out = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&out, &n);
    for (; f && *word; word++) {
        const char *end = *word == '{' ? strchr(word, '}') : NULL;
        const char *v = end ? value(j, word + 1, (size_t)(end - word - 1)) : NULL;
        if (v) {
            fputs(v, f);
            word = end;
        } else
            fputc(*word, f);
    }
    if (f)
        fclose(f);
    return out;
}

static void environment(const struct job *j) {
    setenv("IMAPDIFF_HOST", "localhost", 1);
    setenv("IMAPDIFF_PORT", j->port, 1);
    setenv("IMAPDIFF_TLS_PORT", j->tls_port, 1);
    setenv("IMAPDIFF_USER", j->user, 1);
    setenv("IMAPDIFF_PASSWORD", j->password, 1);
    setenv("IMAPDIFF_CA", j->ca, 1);
    setenv("IMAPDIFF_DIR", j->dir, 1);
}

/* What a command says, through a pipe: the log ends at LOG_MAX, whatever a client that runs wild prints. */
enum { LOG_MAX = 4 << 20 };
struct output {
    int pipe[2], log;
    size_t kept;
};

static bool output_open(struct output *o, const char *log) {
    o->kept = 0;
    o->pipe[0] = o->pipe[1] = -1;
    o->log = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (o->log < 0 || pipe2(o->pipe, O_CLOEXEC) != 0)
        return false;
    fcntl(o->pipe[1], F_SETPIPE_SZ, 1 << 20); /* it is drained between two turns of the server: who says much need not wait */
    return fcntl(o->pipe[0], F_SETFL, O_NONBLOCK) == 0;
}

static void output_put(struct output *o, const char *p, size_t n) {
    static const char cut[] = "\n(imapdiff: what it says beyond 4 MiB is left out)\n";
    size_t take = n < LOG_MAX - o->kept ? n : LOG_MAX - o->kept;
    if (o->kept == LOG_MAX)
        return;
    o->kept += take;
    bool ok = write(o->log, p, take) == (ssize_t)take;
    if (ok && o->kept == LOG_MAX)
        ok = write(o->log, cut, sizeof cut - 1) > 0;
    if (!ok) /* a full disk: the grid needs no log */
        o->kept = LOG_MAX;
}

static void output_drain(struct output *o) {
    static char p[65536];
    ssize_t n;
    for (int i = 0; i < 64 && (n = read(o->pipe[0], p, sizeof p)) > 0; i++)
        output_put(o, p, (size_t)n);
}

static void output_close(struct output *o) {
    if (o->pipe[0] >= 0)
        output_drain(o);
    for (int i = 0; i < 2; i++)
        if (o->pipe[i] >= 0)
            close(o->pipe[i]);
    if (o->log >= 0)
        close(o->log);
}

/* The child's side; an octet into `failed` where it cannot become the command. */
_Noreturn static void become(const struct job *j, char **words, int failed, int out) {
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    signal(SIGHUP, SIG_DFL);
    signal(SIGPIPE, SIG_DFL);
    environment(j);
    if (null >= 0 && dup2(null, 0) == 0 && dup2(out, 1) == 1 && dup2(out, 2) == 2)
        execvp(words[0], words);
    dprintf(out, "%s: %s\n", words[0], strerror(errno));
    _exit(write(failed, "", 1) == 1 ? 127 : 126);
}

static uint64_t now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000u + (uint64_t)t.tv_nsec / 1000000u;
}

static void wait_for(const struct client_job *job, struct host *h, pid_t pid, struct output *out,
                     struct client_end *end) {
    uint64_t began = now_ms();
    int status = 0;
    pid_t got;
    while ((got = waitpid(pid, &status, WNOHANG)) == 0) {
        if (now_ms() - began > job->time_ms || *job->stop) {
            end->hangs = !*job->stop;
            kill(-pid, SIGKILL);
            waitpid(pid, &status, 0);
            break;
        }
        host_turn(h);
        output_drain(out);
    }
    guardian_kill_descendants(); /* what it left behind, in sessions of their own, too */
    if (WIFSIGNALED(status) && !end->hangs)
        end->signal = WTERMSIG(status);
    end->status = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
}

static bool one_run(const struct client_job *job, const struct job *j, struct host *h, struct client_end *end,
                    char *err, size_t errlen) {
    char *words[CLIENT_WORDS + 1] = {NULL}, octet;
    int failed[2] = {-1, -1};
    struct output out;
    bool ok = output_open(&out, j->log) && pipe2(failed, O_CLOEXEC | O_NONBLOCK) == 0;
    for (int i = 0; job->words[i] && ok; i++)
        ok = (words[i] = fill_in(j, job->words[i])) != NULL;
    fflush(NULL);
    pid_t pid = ok ? fork() : -1;
    if (pid == 0)
        become(j, words, failed[1], out.pipe[1]);
    if (pid > 0) {
        setpgid(pid, pid);
        wait_for(job, h, pid, &out, end);
        end->started = read(failed[0], &octet, 1) != 1;
    } else
        snprintf(err, errlen, "cannot start a process: %s", strerror(errno));
    for (int i = 0; i < CLIENT_WORDS; i++)
        free(words[i]);
    for (int i = 0; i < 2 && failed[i] >= 0; i++)
        close(failed[i]);
    output_close(&out);
    return pid > 0;
}

static bool names(const struct client_job *job, struct host *h, struct job *j) {
    const char *user = host_users(h)[0], *colon = strchr(user, ':');
    int a = 0, b = 0;
    if (sscanf(host_where(h), "imap://127.0.0.1:%d/ imaps://127.0.0.1:%d/", &a, &b) != 2)
        return false;
    snprintf(j->port, sizeof j->port, "%d", a);
    snprintf(j->tls_port, sizeof j->tls_port, "%d", b);
    snprintf(j->user, sizeof j->user, "%.*s", (int)(colon - user), user);
    snprintf(j->password, sizeof j->password, "%s", colon + 1);
    snprintf(j->log, sizeof j->log, "%s/log", job->folder);
    return true;
}

static bool mailboxes(const struct client_job *job, struct host *h, char *err, size_t errlen) {
    if (!job->mail)
        return host_fill_builtin(h, err, errlen);
    return host_fill_user(h, "u1", "pw", err, errlen) && host_fill_mail(h, job->mail, err, errlen);
}

static void serve(const struct client_job *job, struct host *h, struct job *j, struct client_report *report,
                  struct others *others, struct client_result *r) {
    others_at(others, h);
    if (!mailboxes(job, h, r->error, sizeof r->error) || !names(job, h, j))
        return;
    for (r->runs = 0; r->runs < CLIENT_RUNS && !*job->stop; r->runs++) {
        struct client_end *end = &r->run[r->runs];
        if (!one_run(job, j, h, end, r->error, sizeof r->error))
            return;
        end->connections = client_report_connections(report);
        end->commands = client_report_commands(report);
        end->retries = client_report_retries(report);
        client_report_forget_refused(report);
        if (!end->started || job->calm) {
            r->runs++;
            break;
        }
        others_calm(others); /* the second time */
    }
    clients_compare(h, j->dir, &r->mail);
    host_end(h);
}

static FILE *make_file(const struct client_job *job, const char *name) {
    char path[CLIENT_PATH + 32];
    snprintf(path, sizeof path, "%s/%s", job->folder, name);
    return fopen(path, "we");
}

static void print_report(const struct client_job *job, const struct client_report *report) {
    FILE *f = make_file(job, "report.txt");
    if (f)
        client_report_print(report, f);
    if (f)
        fclose(f);
}

void client_job_run(const struct client_job *job, struct client_result *r) {
    static const char *const users[] = {"u1:pw", "u2:pw", "u3:pw", NULL};
    struct job j = {.port = ""};
    struct content *content = content_new();
    struct client_report *report = client_report_new();
    uint64_t points = job->chosen < 0 ? 0 : behaviours_at(job->behaviours, job->chosen)->points;
    bool deletes = points & (1ull << P_DELETE_IN_USE | 1ull << P_CREATE_RECYCLED | 1ull << P_GHOST_VISIBLE);
    struct others *others = others_new(deletes, points >> P_RENAME_IN_USE & 1);
    struct host_options o = host_defaults();
    r->behaviour = job->chosen < 0 ? "" : behaviours_at(job->behaviours, job->chosen)->name;
    snprintf(j.ca, sizeof j.ca, "%s/ca.pem", job->folder);
    snprintf(j.dir, sizeof j.dir, "%s/dir", job->folder);
    o.listen = o.listen_tls = "127.0.0.1:0";
    o.write_ca = j.ca;
    o.report = report;
    if (content)
        o.model.content = content_ops(content);
    o.model.behaviours = job->behaviours;
    o.model.chosen = &job->chosen;
    o.model.chosen_n = job->chosen >= 0;
    o.model.users = users;
    o.model.shared = "Shared/";
    o.arg = others;
    if (!job->calm) {
        o.after = others_after;
        o.between = others_between;
    }
    struct host *h = NULL;
    FILE *trace = make_file(job, "trace.txt");
    if (report && trace)
        client_report_trace(report, trace);
    if (!content || !report || !others)
        snprintf(r->error, sizeof r->error, "out of memory");
    else if (mkdir(j.dir, 0700) != 0 && errno != EEXIST)
        snprintf(r->error, sizeof r->error, "%.300s: %s", j.dir, strerror(errno));
    else if ((h = host_new(&o, r->error, sizeof r->error)))
        serve(job, h, &j, report, others, r);
    if (report) {
        r->musts = client_report_count(report, true);
        r->shoulds = client_report_count(report, false);
        snprintf(r->first, sizeof r->first, "%s", client_report_first(report));
        print_report(job, report);
    }
    r->others = others ? others_count(others) : 0;
    host_free(h);
    others_free(others);
    client_report_free(report);
    if (trace)
        fclose(trace);
    content_free(content);
}
