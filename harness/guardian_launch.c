/* guardian_launch.c: the folder, the owner, the ports, the configuration and the processes of an instance. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guardian_launch.h"

#define MAX_TOP 60       /* octets of the folder's path: what a server adds must stay below the 108 of a Unix socket */
#define PREPARE_LIMIT 20 /* seconds for one kind's prepare */

int guardian_make_folder(struct guardian *g, char *err, size_t errlen)
{
    if (snprintf(g->top, sizeof g->top, "%s/imapdiff-XXXXXX", g->run_dir) > MAX_TOP) {
        snprintf(err, errlen, "%s: path too long for Unix sockets (%d octets at most); set TMPDIR", g->run_dir, MAX_TOP - 16);
        g->top[0] = 0;
        return -1;
    }
    if (!mkdtemp(g->top)) {
        snprintf(err, errlen, "%s: cannot make a folder there: %s", g->run_dir, strerror(errno));
        g->top[0] = 0;
        return -1;
    }
    snprintf(g->dir, sizeof g->dir, "%.*s/i", MAX_TOP, g->top);
    if (guardian_lock(g->top) < 0 || chmod(g->top, 0755) < 0 || mkdir(g->dir, 0700) < 0) {
        snprintf(err, errlen, "%s: %s", g->top, strerror(errno));
        return -1;
    }
    snprintf(g->certificate, sizeof g->certificate, "%s/tls.crt", g->dir);
    snprintf(g->key, sizeof g->key, "%s/tls.key", g->dir);
    snprintf(g->log, sizeof g->log, "%s/log", g->dir);
    struct server_instance *in = &g->instance;
    in->dir = g->dir;
    in->sysroot = g->sysroot;
    in->certificate = g->certificate;
    in->key = g->key;
    in->log = g->log;
    return 0;
}

/* Gives up all privileges for good. */
static int become_owner(const struct server_instance *in)
{
    if (geteuid() != 0)
        return 0;
    return setgroups(0, NULL) < 0 || setresgid(in->gid, in->gid, in->gid) < 0 || setresuid(in->uid, in->uid, in->uid) < 0
               ? -1
               : 0;
}

/* Whether the owner may run what is in the sysroot, which may be below a folder closed to others. */
static bool owner_reaches(const struct server_instance *in)
{
    pid_t pid = fork();
    if (pid == 0) {
        char path[PATH_MAX];
        snprintf(path, sizeof path, "%s/%s", in->sysroot, in->kind->probe);
        _exit(become_owner(in) == 0 && access(path, R_OK | X_OK) == 0 ? 0 : 1);
    }
    int status = 1;
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return status == 0;
}

/* Binds the sysroot into our folder, in a mount namespace of our own: paths through there need no other folder. */
static int bind_sysroot(struct guardian *g)
{
    char place[SERVER_PATH];
    snprintf(place, sizeof place, "%.*s/r", MAX_TOP, g->top);
    if (mkdir(place, 0755) < 0 || unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
        mount(g->sysroot, place, NULL, MS_BIND, NULL) < 0)
        return -1;
    g->mounted = true;
    snprintf(g->sysroot, sizeof g->sysroot, "%s", place);
    return 0;
}

/* The library folder's name in the sysroot: /usr/lib/x86_64-linux-gnu, by what is there. */
static void find_triplet(struct guardian *g)
{
    char path[SERVER_PATH + 16];
    snprintf(path, sizeof path, "%s/usr/lib", g->sysroot);
    snprintf(g->triplet, sizeof g->triplet, "x86_64-linux-gnu");
    DIR *d = opendir(path);
    for (struct dirent *e; d && (e = readdir(d));)
        if (strstr(e->d_name, "-linux-gnu"))
            snprintf(g->triplet, sizeof g->triplet, "%.63s", e->d_name);
    if (d)
        closedir(d);
    g->instance.triplet = g->triplet;
}

int guardian_find_owner(struct guardian *g, char *err, size_t errlen)
{
    struct server_instance *in = &g->instance;
    const char *name = getenv(GUARDIAN_UID);
    struct passwd *pw = geteuid() != 0 ? getpwuid(geteuid()) : getpwnam(name ? name : "nobody");
    if (!pw || pw->pw_uid == 0) {
        if (geteuid() != 0)
            snprintf(err, errlen, "user id %u has no name in /etc/passwd; servers want one", (unsigned)geteuid());
        else
            snprintf(err, errlen, "servers run unprivileged, as the user %s, who %s", name ? name : "nobody",
                     pw ? "is root" : "does not exist; name another in " GUARDIAN_UID);
        return -1;
    }
    in->uid = pw->pw_uid;
    in->gid = geteuid() != 0 ? getegid() : pw->pw_gid;
    snprintf(g->user, sizeof g->user, "%s", pw->pw_name);
    struct group *gr = getgrgid(in->gid);
    if (!gr) {
        snprintf(err, errlen, "group id %u has no name in /etc/group; servers want one", (unsigned)in->gid);
        return -1;
    }
    snprintf(g->group, sizeof g->group, "%s", gr->gr_name);
    in->user = g->user;
    in->group = g->group;
    if (geteuid() == 0 && chown(g->dir, in->uid, in->gid) < 0) {
        snprintf(err, errlen, "%s: %s", g->dir, strerror(errno));
        return -1;
    }
    if (!owner_reaches(in) && (geteuid() != 0 || bind_sysroot(g) < 0 || !owner_reaches(in))) {
        snprintf(err, errlen, "the user %s cannot run %s/%s; check the permissions of the folders above it", g->user,
                 g->sysroot, in->kind->probe);
        return -1;
    }
    find_triplet(g);
    return 0;
}

int guardian_find_ports(struct guardian *g, char *err, size_t errlen)
{
    g->instance.port = guardian_port();
    g->instance.tls_port = guardian_port();
    if (g->instance.port > 0 && g->instance.tls_port > 0)
        return 0;
    snprintf(err, errlen, "no free port on 127.0.0.1 between 10001 and 32767");
    return -1;
}

/* The state of a process that the guardian has just forked: no signals blocked, output to the log, owner's rights. */
static int enter_child(struct guardian *g, bool mounts, char *err, size_t errlen)
{
    const struct server_instance *in = &g->instance;
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    if (mounts && in->kind->enter && in->kind->enter(in, err, errlen) < 0)
        return -1;
    if (become_owner(in) < 0) {
        snprintf(err, errlen, "cannot become %s: %s", in->user, strerror(errno));
        return -1;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* after the change of uid, which clears it */
    umask(077);
    int log = open(in->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (log < 0 || chdir(in->dir) < 0) {
        snprintf(err, errlen, "%s: %s", in->dir, strerror(errno));
        return -1;
    }
    dup2(log, 1);
    dup2(log, 2);
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) { /* Dovecot wants one for each of many possible clients */
        files.rlim_cur = files.rlim_max > 8192 ? 8192 : files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    return 0;
}

int guardian_prepare(struct guardian *g, char *err, size_t errlen)
{
    int pipe_fds[2];
    if (pipe2(pipe_fds, O_CLOEXEC) < 0)
        return -1;
    snprintf(err, errlen, "%s: its configuration could not be written", g->instance.kind->name);
    pid_t pid = fork();
    if (pid == 0) {
        char text[SERVER_ERROR] = "";
        alarm(PREPARE_LIMIT);
        if (enter_child(g, false, text, sizeof text) == 0 &&
            server_make_certificate(g->certificate, g->key, text, sizeof text) == 0 &&
            g->instance.kind->prepare(&g->instance, text, sizeof text) == 0)
            _exit(0);
        (void)!write(pipe_fds[1], text, strlen(text));
        _exit(1);
    }
    close(pipe_fds[1]);
    ssize_t n = pid > 0 ? read(pipe_fds[0], err, errlen - 1) : 0;
    close(pipe_fds[0]);
    if (n > 0)
        err[n] = 0;
    int status = 1;
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return status == 0 ? 0 : -1;
}

int guardian_start_daemon(struct guardian *g, int i, char *err, size_t errlen)
{
    pid_t pid = fork();
    if (pid < 0) {
        snprintf(err, errlen, "fork: %s", strerror(errno));
        return -1;
    }
    if (pid == 0) {
        char text[SERVER_ERROR] = "";
        static struct server_command command;
        g->instance.kind->command(&g->instance, i, &command);
        server_env(&command, "%s=%s", GUARDIAN_MARK, g->top);
        if (enter_child(g, true, text, sizeof text) == 0) {
            execve(command.argv[0], command.argv, command.envp);
            snprintf(text, sizeof text, "%s: %s", command.argv[0], strerror(errno));
        }
        dprintf(2, "%s\n", text);
        _exit(127);
    }
    g->daemons[i] = pid;
    return 0;
}

void guardian_finish(struct guardian *g)
{
    guardian_kill_descendants();
    if (!g->top[0])
        return;
    if (g->mounted) {
        /* Never remove what is behind a mount that stays. */
        if (umount2(g->sysroot, MNT_DETACH) < 0 || rmdir(g->sysroot) < 0)
            return;
    }
    guardian_remove(g->top);
}

void guardian_add_log(const char *log, char *err, size_t errlen)
{
    size_t used = strlen(err);
    int fd = open(log, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || used + 64 > errlen) {
        if (fd >= 0)
            close(fd);
        return;
    }
    size_t room = errlen - used - 16;
    off_t size = lseek(fd, 0, SEEK_END);
    off_t from = size > (off_t)room ? size - (off_t)room : 0;
    used += (size_t)snprintf(err + used, errlen - used, "\n");
    ssize_t n = pread(fd, err + used, errlen - used - 1, from);
    close(fd);
    if (n < 0)
        n = 0;
    while (n > 0 && err[used + (size_t)n - 1] == '\n')
        n--;
    err[used + (size_t)n] = 0;
    if (from > 0) { /* begin with a whole line */
        char *line = strchr(err + used, '\n');
        if (line)
            memmove(err + used, line + 1, strlen(line));
    }
}
