/* clients_jobs.c: several behaviours at once: each in a process of its own, whose result comes through a
 * pipe. A client mostly waits, so more of them than there are processors can run. */
#include "clients.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

struct worker {
    pid_t pid; /* 0: none */
    int fd, job;
};

struct pool {
    const struct client_job *jobs;
    int n, next, told; /* jobs; the next to begin; whose result was told */
    struct worker worker[CLIENTS_AT_ONCE];
    struct client_result *result;
    bool *ended;
};

_Noreturn static void work(const struct client_job *job, int fd) {
    static struct client_result r;
    prctl(PR_SET_PDEATHSIG, SIGTERM); /* which *stop hears: in order */
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    client_job_run(job, &r);
    bool ok = write(fd, &r, sizeof r) == (ssize_t)sizeof r; /* less than a pipe holds */
    exit(ok ? 0 : 1);
}

static void begin(struct pool *p, struct worker *w) {
    int fd[2] = {-1, -1};
    struct client_result *r = &p->result[p->next];
    *w = (struct worker){.job = p->next, .fd = -1};
    fflush(NULL);
    if (pipe(fd) == 0 && (w->pid = fork()) == 0) {
        close(fd[0]);
        work(&p->jobs[p->next], fd[1]);
    }
    if (fd[1] >= 0)
        close(fd[1]);
    w->fd = fd[0];
    if (w->pid <= 0) {
        snprintf(r->error, sizeof r->error, "cannot start a process: %s", strerror(errno));
        if (fd[0] >= 0)
            close(fd[0]);
        w->pid = 0;
        p->ended[p->next] = true;
    }
    p->next++;
}

/* Its pipe has the result, or is at its end. */
static void end(struct pool *p, struct worker *w) {
    struct client_result *r = &p->result[w->job], got;
    int status = 0;
    bool whole = read(w->fd, &got, sizeof got) == (ssize_t)sizeof got;
    close(w->fd);
    while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (whole)
        *r = got;
    if (!whole || status)
        snprintf(r->error, sizeof r->error, "our own process ended with %s %d",
                 WIFSIGNALED(status) ? "signal" : "status",
                 WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    p->ended[w->job] = true;
    w->pid = 0;
}

static void wait_for_any(struct pool *p) {
    struct pollfd poll_on[CLIENTS_AT_ONCE];
    struct worker *of[CLIENTS_AT_ONCE];
    int n = 0;
    for (int i = 0; i < CLIENTS_AT_ONCE; i++)
        if (p->worker[i].pid) {
            of[n] = &p->worker[i];
            poll_on[n++] = (struct pollfd){.fd = p->worker[i].fd, .events = POLLIN};
        }
    if (poll(poll_on, (nfds_t)n, 200) <= 0)
        return;
    for (int i = 0; i < n; i++)
        if (poll_on[i].revents)
            end(p, of[i]);
}

static void end_all(struct pool *p) {
    for (int i = 0; i < CLIENTS_AT_ONCE; i++)
        if (p->worker[i].pid)
            kill(p->worker[i].pid, SIGTERM);
    for (int i = 0; i < CLIENTS_AT_ONCE; i++)
        if (p->worker[i].pid)
            end(p, &p->worker[i]);
}

bool client_jobs_run(const struct client_job *jobs, int n, int at_once,
                     bool (*done)(void *arg, const struct client_result *r), void *arg,
                     const volatile int *stop) {
    struct pool p = {.jobs = jobs, .n = n};
    bool ok =
        (p.result = calloc((size_t)n, sizeof *p.result)) && (p.ended = calloc((size_t)n, sizeof *p.ended));
    while (ok && p.told < n && !*stop) {
        for (int i = 0; i < at_once && i < CLIENTS_AT_ONCE && p.next < n; i++)
            if (!p.worker[i].pid)
                begin(&p, &p.worker[i]);
        wait_for_any(&p);
        for (; ok && !*stop && p.told < n && p.ended[p.told]; p.told++)
            ok = done(arg, &p.result[p.told]);
    }
    end_all(&p);
    free(p.result);
    free(p.ended);
    return ok;
}
