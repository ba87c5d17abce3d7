/* guardian.c: starts a guardian, and is it: from its first step to the end of its instance. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "guardian_launch.h"

#define START_ATTEMPTS 3 /* somebody else may take a port between our test and the daemon's bind */

/* --- in imapdiff ------------------------------------------------------------------------------------------------- */

pid_t guardian_spawn(char *const args[], int *fd)
{
    extern char **environ;
    char *argv[16] = {(char[]){GUARDIAN_NAME}};
    for (size_t i = 0; args[i] && i + 2 < sizeof argv / sizeof *argv; i++)
        argv[i + 1] = args[i];
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
        return -1;
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    sigemptyset(&none);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_adddup2(&actions, pair[1], GUARDIAN_FD);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK);
    pid_t pid;
    int error = posix_spawn(&pid, "/proc/self/exe", &actions, &attributes, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    close(pair[1]);
    if (error) {
        close(pair[0]);
        errno = error;
        return -1;
    }
    *fd = pair[0];
    return pid;
}

/* --- the guardian itself ------------------------------------------------------------------------------------------- */

static int elapsed_ms(const struct timespec *since)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int)((now.tv_sec - since->tv_sec) * 1000 + (now.tv_nsec - since->tv_nsec) / 1000000);
}

static void tell(struct guardian *g, const char *kind, const char *text)
{
    char message[GUARDIAN_MESSAGE];
    int n = snprintf(message, sizeof message, "%s %s", kind, text);
    if (n >= (int)sizeof message)
        n = sizeof message - 1;
    (void)!send(g->socket, message, (size_t)n, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static _Noreturn void finish(struct guardian *g)
{
    guardian_finish(g);
    _exit(0);
}

/* Reaps whatever ended. True if one of the daemons did; why it did is in text. */
static bool reap(struct guardian *g, char *text, size_t size)
{
    bool died = false;
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
        for (int i = 0; i < GUARDIAN_DAEMONS; i++) {
            if (g->daemons[i] != pid)
                continue;
            g->daemons[i] = 0;
            died = true;
            if (WIFSIGNALED(status))
                snprintf(text, size, "%s: main process %d was killed by signal %d (%s)", g->instance.kind->name, (int)pid,
                         WTERMSIG(status), strsignal(WTERMSIG(status)));
            else
                snprintf(text, size, "%s: main process %d exited with status %d", g->instance.kind->name, (int)pid,
                         WEXITSTATUS(status));
        }
    }
    return died;
}

/* Waits up to ms (-1: for ever). Ends the process if imapdiff wants or has ended, or on a signal. True if a daemon
 * died. */
static bool attend(struct guardian *g, int ms, char *text, size_t size)
{
    struct pollfd fds[3] = {{.fd = g->socket, .events = POLLIN}, {.fd = g->signals, .events = POLLIN},
                            {.fd = g->parent, .events = POLLIN}};
    poll(fds, 3, ms);
    if (fds[0].revents || fds[2].revents)
        finish(g);
    struct signalfd_siginfo info;
    while (read(g->signals, &info, sizeof info) == sizeof info)
        if (info.ssi_signo != SIGCHLD)
            finish(g);
    return reap(g, text, size);
}

/* Starts the daemons one after the other and waits for the greeting. */
static int bring_up(struct guardian *g, const struct timespec *since, char *err, size_t errlen)
{
    const struct server_kind *kind = g->instance.kind;
    for (int i = 0; i < kind->daemons; i++) {
        if (guardian_start_daemon(g, i, err, errlen) < 0)
            return -1;
        bool last = i + 1 == kind->daemons;
        for (;;) {
            struct server_probe probe;
            if (last && server_probe_open(&probe, &g->instance, 1000) == 0) {
                server_probe_close(&probe);
                return 0;
            }
            if (!last && (!kind->started || kind->started(&g->instance, i)))
                break;
            if (attend(g, 5, err, errlen)) {
                guardian_add_log(g->log, err, errlen);
                return -1;
            }
            if (elapsed_ms(since) > g->timeout_ms) {
                snprintf(err, errlen, "%s: not ready after %d ms", kind->name, g->timeout_ms);
                guardian_add_log(g->log, err, errlen);
                return -1;
            }
        }
    }
    return 0;
}

static int start(struct guardian *g, const char *name, char *err, size_t errlen)
{
    struct timespec since;
    clock_gettime(CLOCK_MONOTONIC, &since);
    struct server_instance *in = &g->instance;
    in->kind = server_parse(name, &in->variant, err, errlen);
    if (!in->kind)
        return -1;
    guardian_sweep(g->run_dir);
    if (guardian_make_folder(g, err, errlen) < 0 || guardian_find_owner(g, err, errlen) < 0)
        return -1;
    for (int attempt = 1;; attempt++) {
        if (guardian_find_ports(g, err, errlen) < 0 || guardian_prepare(g, err, errlen) < 0)
            return -1;
        if (bring_up(g, &since, err, errlen) == 0)
            break;
        bool port_taken = strstr(err, "in use") != NULL;
        guardian_kill_descendants();
        if (attempt == START_ATTEMPTS || !port_taken)
            return -1;
        guardian_remove(g->dir);
        if (mkdir(g->dir, 0700) < 0 || chown(g->dir, in->uid, in->gid) < 0)
            return -1;
    }
    if (in->kind->populate && in->kind->populate(in, err, errlen) < 0) {
        guardian_add_log(g->log, err, errlen);
        return -1;
    }
    return 0;
}

/* argv: NAME SYSROOT RUN_DIR TIMEOUT_MS PARENT_PID BACKEND_PORT:BACKEND_TLS_PORT. */
static _Noreturn void guardian_main(char **argv)
{
    static struct guardian g;
    char text[SERVER_ERROR];
    pid_t parent = (pid_t)atoi(argv[5]);
    close_range(GUARDIAN_FD + 1, ~0u, 0);
    fcntl(GUARDIAN_FD, F_SETFD, FD_CLOEXEC);
    prctl(PR_SET_NAME, "imapdiff-guard");
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    (void)!chdir("/");
    g.socket = GUARDIAN_FD;
    g.parent = (int)syscall(SYS_pidfd_open, parent, 0);
    if (getppid() != parent) /* it died between our start and here */
        _exit(0);
    g.timeout_ms = atoi(argv[4]);
    sscanf(argv[6], "%d:%d", &g.instance.backend_port, &g.instance.backend_tls_port);
    snprintf(g.sysroot, sizeof g.sysroot, "%s", argv[2]);
    snprintf(g.run_dir, sizeof g.run_dir, "%s", argv[3]);

    sigset_t set;
    sigemptyset(&set);
    for (const int *s = (const int[]){SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGQUIT, 0}; *s; s++)
        sigaddset(&set, *s);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGCHLD, SIG_DFL); /* ignored by the parent, it would be ignored here, and children never seen */
    sigprocmask(SIG_SETMASK, &set, NULL);
    g.signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);

    if (start(&g, argv[1], text, sizeof text) < 0) {
        guardian_finish(&g);
        tell(&g, "error", text);
        _exit(1);
    }
    snprintf(text, sizeof text, "%d %d %s", g.instance.port, g.instance.tls_port, g.dir);
    tell(&g, "ready", text);
    for (;;)
        if (attend(&g, -1, text, sizeof text))
            tell(&g, "died", text);
}

/* Constructors get main's arguments from glibc. Here and not in main, since every program that starts a server has to have
 * this: tests, tools and fuzzers with a main of their own too. */
__attribute__((constructor)) static void become_guardian(int argc, char **argv)
{
    if (argc == 7 && !strcmp(argv[0], GUARDIAN_NAME))
        guardian_main(argv);
}
