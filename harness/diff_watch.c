/* diff_watch.c: the parent of `imapdiff diff`: watches its worker for crashes, hangs and memory, writes these
 * down as findings with what caused them, and starts the next worker behind the input.
 */
#include "diff.h"

#include "check.h"

#include <signal.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Shortening asks without a clock of its own. */
#define STUCK_MS    20000
#define TICK_MS     20
#define EXAMINE_MS  20000
#define END_MS      2000
#define WORKERS_MAX 2000 /* one after the other */

static uint64_t resident(pid_t pid) {
    char path[40], text[100];
    unsigned long long pages = 0;
    snprintf(path, sizeof path, "/proc/%d/statm", (int)pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    if (fd >= 0)
        close(fd);
    if (n <= 0)
        return 0;
    text[n] = '\0';
    return sscanf(text, "%*s %llu", &pages) == 1 ? pages * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
}

/* Until it ends, or a tick is over. */
static void await(int pidfd) {
    struct pollfd f = {.fd = pidfd, .events = POLLIN};
    poll(&f, 1, TICK_MS);
}

static void progress(const struct diff *d, bool tty, uint64_t *last) {
    uint64_t now = clock_ms(), ms = now - d->began_ms;
    if (d->o.quiet || now - *last < (tty ? 200u : 10000u))
        return;
    *last = now;
    uint64_t n = atomic_load(&d->s->executed);
    fprintf(stderr, "%s%llu inputs, %llu per second, %d patterns of answers, %u inputs kept%s",
            tty ? "\r" : "", (unsigned long long)n, (unsigned long long)(ms ? n * 1000 / ms : 0),
            atomic_load(&d->s->folds), d->s->pooled, tty ? "\033[K" : "\n");
    fflush(stderr);
}

/* How a worker ended: LIB_PASS: in order. */
static enum lib_verdict watch(struct diff *d, pid_t pid, bool tty, uint64_t *last) {
    uint64_t base = resident(getpid()), stopping = 0, round = UINT64_MAX, since = 0;
    const uint64_t deadline = (uint64_t)library_limits.deadline_ms;
    enum lib_verdict how = LIB_PASS;
    int pidfd = pidfd_open(pid, 0);
    for (;;) {
        int status;
        pid_t ended = waitpid(pid, &status, WNOHANG);
        if (ended == pid) {
            how = WIFEXITED(status) && atomic_load(&d->s->done) ? LIB_PASS : LIB_CRASH;
            break;
        }
        progress(d, tty, last);
        await(pidfd);
        uint64_t now = clock_ms(), asked = atomic_load(&d->s->asked_ms), memory = resident(pid);
        int k = atomic_load(&d->s->library);
        /* Shortening and asking again are many questions, and an isolated library has a watch of its own. */
        uint64_t patience = d->library[k]->isolate ? 60 * deadline : deadline;
        if (*d->stop || atomic_load(&d->s->stop)) {
            atomic_store(&d->s->stop, true);
            stopping = stopping ? stopping : now;
        }
        if (round != atomic_load(&d->s->round)) {
            round = atomic_load(&d->s->round);
            since = now;
        }
        if ((asked && now > asked + patience) || now > since + STUCK_MS + patience)
            how = memory > base + library_limits.memory / 4 ? LIB_MEMORY : LIB_HANG; /* it was on its way */
        else if (memory > base + library_limits.memory)
            how = LIB_MEMORY;
        if (how == LIB_PASS && !(stopping && now - stopping > END_MS))
            continue;
        kill(pid, SIGKILL);
        waitpid(pid, &status, 0);
        break;
    }
    close(pidfd);
    return how;
}

/* In a child, since it asks the library again: with its cause, made short. false: the child came to no end.
 */
static bool examine(struct diff *d, int k) {
    pid_t pid = fork();
    if (pid == 0) {
        static uint8_t canon[LIB_CANON];
        char err[300];
        const struct library *l = d->library[k];
        struct reference r = {.canon = {canon, sizeof canon, 0}};
        const struct lex_options o = reference_options(l);
        struct difference found;
        int null = open("/dev/null", O_WRONLY);
        dup2(null, 1);
        dup2(null, 2);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        library_limits.isolate = true;
        struct tally *t = tally_open(d->out, err, sizeof err);
        reference_answer(d->s->item, d->s->input, d->s->n, &o, &r);
        bool same = t && compare(l, d->s->item, d->s->input, d->s->n, &r, &found) && found.part == PART_FAULT;
        if (same)
            same = tally_add(t, l, d->s->item, &found, d->s->input, d->s->n, err, sizeof err);
        if (t && same)
            tally_executed(t, 1);
        tally_close(t);
        library_end();
        _exit(same ? 0 : 1);
    }
    if (pid < 0)
        return false;
    int pidfd = pidfd_open(pid, 0), status = 0;
    pid_t ended = 0;
    for (int ms = 0; ms < EXAMINE_MS && (ended = waitpid(pid, &status, WNOHANG)) == 0; ms += TICK_MS)
        await(pidfd);
    close(pidfd);
    if (ended == 0) {
        kill(pid, SIGKILL);
        waitpid(pid, &status, 0);
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Without asking: the finding is written in any case. */
static bool write_down(struct diff *d, int k, enum lib_verdict how, char *err, size_t errlen) {
    struct difference found = {
        .part = PART_FAULT, .causes = 1, .cause = {CAUSE_UNKNOWN}, .answer = {.verdict = (uint8_t)how}};
    if (how == LIB_CRASH)
        memcpy(found.answer.place, d->s->place, sizeof found.answer.place);
    struct library alone = *d->library[k];
    alone.isolate = false; /* so that it is not shortened here */
    struct tally *t = tally_open(d->out, err, errlen);
    bool ok = t && tally_add(t, &alone, d->s->item, &found, d->s->input, d->s->n, err, errlen);
    if (t)
        tally_executed(t, 1);
    tally_close(t);
    return ok;
}

static bool fault(struct diff *d, enum lib_verdict how, char *err, size_t errlen) {
    struct diff_shared *s = d->s;
    int k = atomic_load(&s->library);
    s->faults[k]++;
    bool ok = examine(d, k) || write_down(d, k, how, err, errlen);
    if (s->faults[k] >= DIFF_FAULTS && !d->told[k]) {
        d->told[k] = true;
        fprintf(stderr, "imapdiff: %s: %u faults: it is left out for the rest of this run\n",
                d->library[k]->name, s->faults[k]);
    }
    atomic_store(&s->round, atomic_load(&s->round) + 1);
    atomic_store(&s->executed, atomic_load(&s->executed) + 1);
    return ok;
}

bool diff_run(struct diff *d, char *err, size_t errlen) {
    const char *term = getenv("TERM");
    bool tty = isatty(2) && term && strcmp(term, "dumb") != 0, ok = true;
    uint64_t last = tty ? 0 : clock_ms();
    enum lib_verdict how = LIB_PASS;
    d->noise = memfd_create("output", MFD_CLOEXEC);
    d->began_ms = clock_ms();
    compare_forget(); /* so that all workers share what is remembered */
    for (int i = 0; i < WORKERS_MAX; i++) {
        atomic_store(&d->s->done, false);
        atomic_store(&d->s->asked_ms, 0);
        fflush(NULL);
        library_end(); /* a worker has children of its own: one that was cut short would answer the next
                          worker */
        pid_t pid = fork();
        if (pid == 0)
            diff_work(d);
        how = pid > 0 ? watch(d, pid, tty, &last) : LIB_PASS;
        if (pid < 0) {
            snprintf(err, errlen, "cannot start a process: %s", strerror(errno));
            ok = false;
        }
        if (how == LIB_PASS || *d->stop)
            break;
        if (!fault(d, how, err, errlen)) {
            ok = false;
            break;
        }
    }
    if (tty && !d->o.quiet)
        fprintf(stderr, "\r\033[K");
    if (ok && d->s->err[0]) {
        snprintf(err, errlen, "%s", d->s->err);
        ok = false;
    }
    close(d->noise);
    return ok;
}
