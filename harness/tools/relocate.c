/* relocate.c: preloaded into unpacked servers and clients, for the things in them that no setting changes:
 *
 * - folders compiled in: what is opened below $RELOCATE_FROM (opendir, dlopen: Dovecot's TLS module; fopen: imapfilter's Lua
 *   files) is looked for below $RELOCATE_TO;
 * - syslog: written to the file $RELOCATE_SYSLOG, warnings and worse (Cyrus logs nowhere else, and often nobody listens at
 *   /dev/log);
 * - fsync and its like do nothing if $RELOCATE_NOSYNC is set: nothing of a private instance has to survive a power cut, and
 *   Cyrus's STORE and APPEND are two and three times as fast;
 * - setgroups does nothing if $RELOCATE_NOGROUPS is set: imapproxy wants to give up what an unprivileged user has not.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

static char ident_copy[64];

/* The path itself, or the moved one in buffer. */
static const char *moved(const char *path, char *buffer, size_t size)
{
    const char *from = getenv("RELOCATE_FROM"), *to = getenv("RELOCATE_TO");
    size_t n = from ? strlen(from) : 0;
    if (!path || !n || !to || strncmp(path, from, n) || (path[n] && path[n] != '/'))
        return path;
    return snprintf(buffer, size, "%s%s", to, path + n) < (int)size ? buffer : path;
}

DIR *opendir(const char *path)
{
    static DIR *(*next)(const char *);
    char buffer[PATH_MAX];
    if (!next)
        *(void **)&next = dlsym(RTLD_NEXT, "opendir");
    return next(moved(path, buffer, sizeof buffer));
}

void *dlopen(const char *path, int flags)
{
    static void *(*next)(const char *, int);
    char buffer[PATH_MAX];
    if (!next)
        *(void **)&next = dlsym(RTLD_NEXT, "dlopen");
    return next(moved(path, buffer, sizeof buffer), flags);
}

FILE *fopen(const char *path, const char *mode)
{
    static FILE *(*next)(const char *, const char *);
    char buffer[PATH_MAX];
    if (!next)
        *(void **)&next = dlsym(RTLD_NEXT, "fopen");
    return next(moved(path, buffer, sizeof buffer), mode);
}

FILE *fopen64(const char *path, const char *mode) { return fopen(path, mode); }

int fsync(int fd)
{
    return getenv("RELOCATE_NOSYNC") ? 0 : (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
    return getenv("RELOCATE_NOSYNC") ? 0 : (int)syscall(SYS_fdatasync, fd);
}

int msync(void *address, size_t length, int flags)
{
    return getenv("RELOCATE_NOSYNC") ? 0 : (int)syscall(SYS_msync, address, length, flags);
}

int setgroups(size_t n, const gid_t *groups)
{
    return getenv("RELOCATE_NOGROUPS") ? 0 : (int)syscall(SYS_setgroups, n, groups);
}

void openlog(const char *ident, int option, int facility)
{
    (void)option, (void)facility;
    if (ident)
        snprintf(ident_copy, sizeof ident_copy, "%s", ident);
}

void closelog(void)
{
}

/* One write per line, so that lines of several processes do not mix; opened anew, since daemons close what they do not know. */
void vsyslog(int priority, const char *format, va_list args)
{
    const char *file = getenv("RELOCATE_SYSLOG");
    char line[2048];
    if (!file || LOG_PRI(priority) > LOG_WARNING) /* notices are a line per login and command */
        return;
    time_t now = time(NULL);
    int n = snprintf(line, sizeof line, "%02d:%02d:%02d %s[%d]: ", (int)(now / 3600 % 24), (int)(now / 60 % 60),
                     (int)(now % 60), ident_copy, (int)getpid());
    int m = vsnprintf(line + n, sizeof line - (size_t)n, format, args);
    n = m < 0 ? n : n + m;
    n = n > (int)sizeof line - 2 ? (int)sizeof line - 2 : n;
    while (n > 0 && line[n - 1] == '\n')
        n--;
    line[n++] = '\n';
    int fd = open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (fd >= 0) {
        (void)!write(fd, line, (size_t)n);
        close(fd);
    }
}

void syslog(int priority, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsyslog(priority, format, args);
    va_end(args);
}

/* What a fortified program calls instead. */
void __syslog_chk(int priority, int flag, const char *format, ...);
void __vsyslog_chk(int priority, int flag, const char *format, va_list args);

void __syslog_chk(int priority, int flag, const char *format, ...)
{
    va_list args;
    (void)flag;
    va_start(args, format);
    vsyslog(priority, format, args);
    va_end(args);
}

void __vsyslog_chk(int priority, int flag, const char *format, va_list args)
{
    (void)flag;
    vsyslog(priority, format, args);
}
