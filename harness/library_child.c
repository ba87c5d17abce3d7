/* library_child.c: a child process per library that may crash, hang, eat memory or write where it should not.
 *
 * Parent and child share a mapping: the question, the answer, and the input, which ends right before a page
 * that cannot be read. An octet on a socket says "parse", and one comes back when the answer is there; the
 * socket's end says that the child died. Standard output and error of the child are a file in memory, which
 * must stay empty.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "library_priv.h"

#define PAGE         4096u
#define START_FACTOR 10   /* start() may take so many deadlines */
#define END_TRIES    1000 /* tenths of a millisecond that a dying child gets */
#define WALL_FACTOR  4    /* a child that uses no processor is awaited so many deadlines */

struct shared {
    uint32_t item, n;
    bool started;
    bool no_memory; /* an allocation had failed when it answered or died */
    bool past_end;  /* it died of reading behind the input */
    uint8_t verdict;
    uint32_t used;
    size_t canon_len;
    char why[100], place[LIB_PLACE];
    uint8_t canon[LIB_CANON];
};
#define SHARED_HEAD ((sizeof(struct shared) + PAGE - 1) / PAGE * PAGE)
#define SHARED_SIZE (SHARED_HEAD + LIB_INPUT + PAGE)

static struct child {
    struct shared *s; /* NULL: never started */
    pid_t pid;        /* 0: not running */
    int socket;
    int written; /* the memory file */
} children[LIBRARY_MAX];

static uint8_t *input_end(struct shared *s) { return (uint8_t *)s + SHARED_HEAD + LIB_INPUT; }

/* ---- in the child ------------------------------------------------------------------------------------ */

static struct shared *mine;

/* Notes why, then dies of the same signal. */
static void dying(int sig, siginfo_t *info, void *context) {
    uint8_t *at = info->si_addr, *end = input_end(mine);
    mine->no_memory = errno == ENOMEM;
    signal(sig, SIG_DFL); /* looking for the place may die as well */
    mine->past_end = (sig == SIGSEGV || sig == SIGBUS) && at >= end && at < end + PAGE;
    crash_place(context, mine->place, sizeof mine->place);
    raise(sig);
}

static void set_signals(void) {
    static const int fatal[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
    static uint8_t stack[65536]; /* a handler must run when the stack is used up */
    stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    for (int sig = 1; sig < 32; sig++)
        signal(sig, SIG_DFL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    signal(SIGINT, SIG_IGN); /* what is sent to the whole group is the parent's affair: it ends us */
    signal(SIGTERM, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    sigaltstack(&alternate, NULL);
    struct sigaction a = {.sa_sigaction = dying, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    for (size_t i = 0; i < sizeof fatal / sizeof fatal[0]; i++)
        sigaction(fatal[i], &a, NULL);
}

/* Octets of private writable memory that the process has now: what RLIMIT_DATA counts. */
static size_t data_now(void) {
    unsigned long v[6] = {0};
    FILE *f = fopen("/proc/self/statm", "r");
    if (f != NULL && fscanf(f, "%lu %lu %lu %lu %lu %lu", v, v + 1, v + 2, v + 3, v + 4, v + 5) != 6)
        v[5] = 0;
    if (f != NULL)
        fclose(f);
    return v[5] * (size_t)sysconf(_SC_PAGESIZE);
}

static void set_limit(int which, size_t n) {
    struct rlimit r = {n, n};
    setrlimit(which, &r);
}

static void set_files(int socket, int written) {
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    dup2(null, 0);
    dup2(written, 1);
    dup2(written, 2);
    for (int i = 0; i < LIBRARY_MAX; i++)
        if (children[i].pid > 0 && children[i].socket != socket) { /* or those would not see that we ended */
            close(children[i].socket);
            close(children[i].written);
        }
}

static void answer(const struct library *l) {
    struct lib_answer a = {.verdict = LIB_PASS, .canon = {mine->canon, sizeof mine->canon, 0}};
    errno = 0;
    l->parse((enum lib_item)mine->item, input_end(mine) - mine->n, mine->n, &a);
    mine->no_memory = errno == ENOMEM;
    mine->verdict = a.verdict;
    mine->used = a.used;
    mine->canon_len = a.canon.len;
    memcpy(mine->why, a.why, sizeof a.why);
}

static void child_main(const struct library *l, bool started, int socket, int written, pid_t parent) {
    char octet = 0;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(0);
    set_files(socket, written);
    set_signals();
    crash_prepare(l);
    set_limit(RLIMIT_CORE, 0);
    set_limit(RLIMIT_FSIZE, 1u << 20);
    set_limit(RLIMIT_DATA, data_now() + library_limits.memory);
    mine->started = started || l->start == NULL || l->start(mine->why, sizeof mine->why);
    do {
        fflush(stdout);
        if (send(socket, &octet, 1, MSG_NOSIGNAL) != 1 || recv(socket, &octet, 1, 0) != 1)
            _exit(0);
        answer(l);
    } while (true);
}

/* ---- in the parent ----------------------------------------------------------------------------------- */

/* Reaps it, dead or alive. Returns how it ended. */
static int end_child(struct child *c) {
    int status = 0;
    /* One that is dying by itself gets a moment: its socket is closed before it can be waited for. */
    for (int i = 0; waitpid(c->pid, &status, WNOHANG) == 0; i++) {
        if (i == END_TRIES)
            kill(c->pid, SIGKILL);
        usleep(100);
    }
    close(c->socket);
    close(c->written);
    c->pid = 0;
    return status;
}

static void kill_child(struct child *c) {
    kill(c->pid, SIGKILL);
    end_child(c);
}

void library_end(void) {
    for (int i = 0; i < LIBRARY_MAX; i++) {
        if (children[i].pid > 0)
            kill_child(&children[i]);
        if (children[i].s != NULL)
            munmap(children[i].s, SHARED_SIZE);
        children[i] = (struct child){0};
    }
}

static int64_t now_ms(clockid_t clock) {
    struct timespec t;
    return clock_gettime(clock, &t) < 0 ? 0 : (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

enum outcome { ANSWERED, DIED, HUNG };

/* Waits for the child's octet. Time is the child's processor time, so that a busy machine hangs nobody. */
static enum outcome await(struct child *c, int64_t deadline) {
    clockid_t cpu;
    bool has_cpu = false;
    int64_t began = 0, began_cpu = 0;
    int wait = (int)deadline;
    for (;;) {
        struct pollfd p = {.fd = c->socket, .events = POLLIN};
        int ready = poll(&p, 1, began == 0 ? wait / 4 + 1 : wait / 10 + 1);
        char octet;
        if (ready > 0)
            return recv(c->socket, &octet, 1, 0) == 1 ? ANSWERED : DIED;
        int64_t now = now_ms(CLOCK_MONOTONIC);
        if (began == 0) { /* the first quarter passed: now it is worth looking at clocks */
            began = now - wait / 4;
            has_cpu = clock_getcpuclockid(c->pid, &cpu) == 0;
            began_cpu = has_cpu ? now_ms(cpu) - wait / 4 : 0;
        }
        if (now - began >= WALL_FACTOR * deadline || (has_cpu && now_ms(cpu) - began_cpu >= deadline))
            return HUNG;
    }
}

static bool start_child(struct child *c, const struct library *l, char *why, size_t size) {
    int pair[2];
    if (c->s == NULL) {
        void *m = mmap(NULL, SHARED_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (m == MAP_FAILED) {
            snprintf(why, size, "no memory for its child: %s", strerror(errno));
            return false;
        }
        c->s = m;
        mprotect(input_end(c->s), PAGE, PROT_NONE);
    }
    c->written = memfd_create("imapdiff-library", MFD_CLOEXEC);
    if (c->written < 0 || fcntl(c->written, F_SETFL, O_APPEND) < 0 ||
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
        snprintf(why, size, "its child has no files: %s", strerror(errno));
        if (c->written >= 0)
            close(c->written);
        return false;
    }
    fflush(NULL); /* what is in our buffers is not the child's to write */
    c->s->why[0] = 0;
    mine = c->s;
    pid_t parent = getpid();
    c->socket = pair[0];
    c->pid = fork();
    if (c->pid == 0) {
        close(pair[0]);
        c->pid = 0; /* of the children that it inherits, itself is none */
        child_main(l, library_started_here((int)(c - children)), pair[1], c->written, parent);
    }
    close(pair[1]);
    if (c->pid < 0) {
        snprintf(why, size, "its child cannot be started: %s", strerror(errno));
        close(c->socket);
        close(c->written);
        c->pid = 0;
        return false;
    }
    return true;
}

/* What it wrote, made one short line of; returns the number of octets. The file is empty afterwards. */
static size_t take_written(struct child *c, char *line, size_t size) {
    struct stat st;
    line[0] = 0;
    if (fstat(c->written, &st) < 0 || st.st_size == 0)
        return 0;
    ssize_t n = pread(c->written, line, size - 1, 0), to = 0;
    for (ssize_t i = 0; i < n; i++)
        if ((line[i] > ' ' && line[i] < 0x7f) || (to > 0 && line[to - 1] != ' '))
            line[to++] = line[i] > ' ' && line[i] < 0x7f ? line[i] : ' ';
    line[to] = 0;
    if (ftruncate(c->written, 0) < 0)
        line[0] = 0;
    return (size_t)st.st_size;
}

/* A sanitizer's last words when it got no memory. It may hang then, for it has none to write its report in.
 */
static bool says_no_memory(const char *wrote) {
    static const char *const words[] = {"failed to allocate", "out of memory", "out-of-memory",
                                        "allocation-size-too-big"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strstr(wrote, words[i]) != NULL)
            return true;
    return false;
}

/* It died: of what? */
static void post_mortem(struct child *c, struct lib_answer *a) {
    char wrote[400];
    bool no_memory = c->s->no_memory, past_end = c->s->past_end;
    take_written(c, wrote, sizeof wrote);
    int status = end_child(c), sig = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    if (strstr(wrote, "AddressSanitizer") != NULL)
        no_memory = says_no_memory(wrote);
    a->verdict = no_memory || sig == SIGKILL ? LIB_MEMORY : LIB_CRASH;
    if (a->verdict == LIB_CRASH)
        memcpy(a->place, c->s->place, sizeof a->place);
    if (sig != 0)
        snprintf(a->why, sizeof a->why, "SIG%s%s%.40s", sigabbrev_np(sig),
                 past_end        ? ": it reads past the end of its input"
                 : wrote[0] != 0 ? ": "
                                 : "",
                 past_end ? "" : wrote);
    else
        snprintf(a->why, sizeof a->why, "it ended the process%s%.50s", wrote[0] != 0 ? ": " : "", wrote);
}

bool library_child_start(int i, const struct library *l, char *err, size_t errlen) {
    struct child *c = &children[i];
    struct lib_answer a;
    char wrote[100];
    if (c->pid > 0)
        return true;
    if (!start_child(c, l, err, errlen))
        return false;
    switch (await(c, (int64_t)library_limits.deadline_ms * START_FACTOR)) {
    case ANSWERED:
        take_written(c, wrote, sizeof wrote); /* a greeting is forgiven */
        if (c->s->started)
            return true;
        snprintf(err, errlen, "%s", c->s->why);
        break;
    case DIED:
        post_mortem(c, &a);
        snprintf(err, errlen, "%s", a.why);
        return false;
    case HUNG:
        snprintf(err, errlen, "no answer within %d ms", library_limits.deadline_ms * START_FACTOR);
        break;
    }
    kill_child(c);
    return false;
}

static void take_answer(struct child *c, struct lib_answer *a) {
    struct shared *s = c->s;
    char wrote[sizeof a->why];
    bool blurted = take_written(c, wrote, sizeof wrote) > 0;
    a->verdict = blurted ? LIB_BLURT : s->verdict;
    a->used = s->used;
    memcpy(a->why, blurted ? wrote : s->why, sizeof a->why);
    a->why[sizeof a->why - 1] = 0;
    size_t kept = s->canon_len < sizeof s->canon ? s->canon_len : sizeof s->canon;
    out_octets(&a->canon, s->canon, kept);
    a->canon.len = a->canon.p != NULL ? s->canon_len : 0;
}

static void ask_once(struct child *c, enum lib_item item, const uint8_t *p, size_t n, struct lib_answer *a) {
    struct shared *s = c->s;
    char octet = 0;
    s->item = (uint32_t)item;
    s->n = (uint32_t)n;
    s->no_memory = s->past_end = false;
    s->place[0] = 0;
    if (n > 0)
        memcpy(input_end(s) - n, p, n);
    enum outcome o =
        send(c->socket, &octet, 1, MSG_NOSIGNAL) == 1 ? await(c, library_limits.deadline_ms) : DIED;
    if (o == DIED)
        post_mortem(c, a);
    else if (o == HUNG) {
        char wrote[400];
        take_written(c, wrote, sizeof wrote);
        a->verdict = says_no_memory(wrote) ? LIB_MEMORY : LIB_HANG;
        snprintf(a->why, sizeof a->why, "no answer within %d ms", library_limits.deadline_ms);
        kill_child(c);
    } else if (s->no_memory) {
        a->verdict = LIB_MEMORY;
        snprintf(a->why, sizeof a->why, "it asks for more than %zu MiB", library_limits.memory >> 20);
    } else
        take_answer(c, a);
}

void library_child_ask(int i, const struct library *l, enum lib_item item, const uint8_t *p, size_t n,
                       struct lib_answer *a) {
    struct child *c = &children[i];
    if (n > LIB_INPUT) {
        snprintf(a->why, sizeof a->why, "passed over: longer than %u octets", LIB_INPUT);
        return;
    }
    /* Memory that is used up or spoiled may be what earlier inputs have left: the verdict is a fresh child's. */
    for (int again = 0; again < 2; again++) {
        bool fresh = c->pid == 0;
        if (fresh && !library_child_start(i, l, a->why, sizeof a->why))
            return;
        ask_once(c, item, p, n, a);
        if ((a->verdict != LIB_MEMORY && a->verdict != LIB_CRASH) || fresh)
            return;
        if (c->pid > 0)
            kill_child(c);
        a->verdict = LIB_PASS;
        a->why[0] = a->place[0] = 0;
        a->canon.len = a->used = 0;
    }
}
