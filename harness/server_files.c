/* server_files.c: folders, files and commands of a private server's instance. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server_kind.h"

int server_mkdirs(const struct server_instance *in, const char *const *names, char *err, size_t errlen)
{
    for (; *names; names++) {
        char path[SERVER_PATH];
        snprintf(path, sizeof path, "%s/%s", in->dir, *names);
        if (mkdir(path, 0700) < 0 && errno != EEXIST) {
            snprintf(err, errlen, "%s: %s", path, strerror(errno));
            return -1;
        }
    }
    return 0;
}

int server_write(const struct server_instance *in, const char *name, mode_t mode, char *err, size_t errlen,
                 const char *format, ...)
{
    char path[SERVER_PATH];
    snprintf(path, sizeof path, "%s/%s", in->dir, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    va_list args;
    va_start(args, format);
    int n = fd < 0 ? -1 : vdprintf(fd, format, args);
    va_end(args);
    if (n < 0)
        snprintf(err, errlen, "%s: %s", path, strerror(errno));
    if (fd >= 0)
        close(fd);
    return n < 0 ? -1 : 0;
}

static void add(char **list, size_t *count, const char *format, va_list args)
{
    assert(*count + 1 < SERVER_ARGS);
    if (vasprintf(&list[*count], format, args) < 0)
        abort(); /* out of memory in a small process that only starts a daemon */
    list[++*count] = NULL;
}

void server_arg(struct server_command *c, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add(c->argv, &c->argc, format, args);
    va_end(args);
}

void server_env(struct server_command *c, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add(c->envp, &c->envc, format, args);
    va_end(args);
}

int server_run(const struct server_instance *in, struct server_command *c)
{
    pid_t pid = fork();
    if (pid == 0) {
        int log = open(in->log, O_WRONLY | O_CREAT | O_APPEND, 0600);
        dup2(log, 1);
        dup2(log, 2);
        execve(c->argv[0], c->argv, c->envp);
        dprintf(2, "%s: %s\n", c->argv[0], strerror(errno));
        _exit(127);
    }
    int status;
    while (pid > 0 && waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return pid > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
