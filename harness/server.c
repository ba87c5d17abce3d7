/* server.c: a private server as the rest of imapdiff sees it; the work is its guardian's. */
#include "server.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "guardian.h"
#include "server_kind.h"

#define START_MS 20000
#define STOP_MS 15000
#define LAST_LINES 8      /* of the log in an obituary */
#define LOG_WINDOW 65536  /* octets of the log that are looked at in one go */

struct server {
    const struct server_kind *kind;
    pid_t guardian;
    int socket;
    struct server_address address;
    char name[64], users[SERVER_USERS][64], certificate[SERVER_PATH], log[SERVER_PATH], dir[SERVER_PATH];
    int log_fd;
    off_t log_seen;    /* up to here the log has been searched for deaths */
    bool dead;
    char death[SERVER_ERROR]; /* why, one line */
};

static int elapsed_ms(const struct timespec *since)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int)((now.tv_sec - since->tv_sec) * 1000 + (now.tv_nsec - since->tv_nsec) / 1000000);
}

bool server_sysroot(char *path, size_t size)
{
    static const char *const places[] = {"sysroot", "../sysroot", "../../sysroot", "../../../sysroot",
                                         "../share/imapdiff/sysroot", NULL};
    const char *given = getenv("IMAPDIFF_SYSROOT");
    if (given && *given) {
        snprintf(path, size, "%s", given);
        return access(path, X_OK) == 0;
    }
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n <= 0)
        return false;
    self[n] = 0;
    *strrchr(self, '/') = 0;
    for (size_t i = 0; places[i]; i++) {
        char candidate[PATH_MAX + 64], real[PATH_MAX];
        snprintf(candidate, sizeof candidate, "%s/%s", self, places[i]);
        if (realpath(candidate, real) && strlen(real) < size) {
            snprintf(path, size, "%s", real);
            return true;
        }
    }
    return false;
}

/* The sysroot's absolute path, if the kind's packages are in it. */
static int find_sysroot(const struct server_kind *kind, const char *given, char *path, char *err, size_t errlen)
{
    char probe[PATH_MAX], real[PATH_MAX];
    if (given)
        snprintf(path, SERVER_PATH, "%s", given);
    else if (!server_sysroot(path, SERVER_PATH)) {
        snprintf(err, errlen, "%s: its packages are not unpacked here; run `make %s` (or set IMAPDIFF_SYSROOT)", kind->name,
                 kind->proxy ? "proxies" : "servers");
        return SERVER_MISSING;
    }
    snprintf(probe, sizeof probe, "%s/%s", path, kind->probe);
    if (!realpath(path, real) || access(probe, R_OK) < 0) {
        snprintf(err, errlen, "%s: %s is not there; run `make %s` (or set IMAPDIFF_SYSROOT)", kind->name, probe,
                 kind->proxy ? "proxies" : "servers");
        return SERVER_MISSING;
    }
    if (strlen(real) >= SERVER_PATH) {
        snprintf(err, errlen, "%s: path too long", real);
        return SERVER_FAILED;
    }
    strcpy(path, real);
    return SERVER_OK;
}

/* Waits for the guardian's next message, at most ms. Its length, 0 at the end, -1 at the timeout. */
static ssize_t next_message(int fd, char *text, size_t size, int ms)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    int ready;
    while ((ready = poll(&p, 1, ms)) < 0 && errno == EINTR)
        ;
    if (ready <= 0)
        return -1;
    ssize_t n = recv(fd, text, size - 1, MSG_DONTWAIT);
    if (n < 0)
        n = errno == EAGAIN ? -1 : 0;
    text[n > 0 ? n : 0] = 0;
    return n;
}

static void reap(pid_t pid)
{
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
}

static void fill_address(struct server *s, const struct server_kind *kind, const char *variant, int ms)
{
    struct server_address *a = &s->address;
    snprintf(s->name, sizeof s->name, *variant ? "%s:%s" : "%s", kind->name, variant);
    snprintf(s->certificate, sizeof s->certificate, "%.200s/tls.crt", s->dir);
    snprintf(s->log, sizeof s->log, "%.200s/log", s->dir);
    for (int i = 0; i < SERVER_USERS; i++) {
        char user[16];
        snprintf(user, sizeof user, "u%d", i + 1);
        snprintf(s->users[i], sizeof s->users[i], kind->login, user);
        a->users[i] = s->users[i];
    }
    a->name = s->name;
    a->host = "127.0.0.1";
    a->password = SERVER_PASSWORD;
    a->certificate = s->certificate;
    a->log = s->log;
    a->dir = s->dir;
    a->pid = (int)s->guardian;
    a->start_ms = ms;
}

#define SHM      "/dev/shm"
#define SHM_LEAST (UINT64_C(512) << 20)

/* Mail that need not survive is at its quickest in memory: there a small scenario takes less than half the time that it
 * takes on a disk. A container may have but a little of it. */
static bool memory_folder(void)
{
    struct statfs fs;
    return statfs(SHM, &fs) == 0 && fs.f_type == TMPFS_MAGIC && (uint64_t)fs.f_bavail * (uint64_t)fs.f_bsize >= SHM_LEAST &&
           access(SHM, W_OK | X_OK) == 0;
}

/* Spawns the guardian and waits for its first message. */
static int launch(struct server *s, const char *name, const char *sysroot, const struct server_options *o, char *err,
                  size_t errlen)
{
    char timeout[16], parent[16], backend[32], message[GUARDIAN_MESSAGE];
    const char *run_dir = o && o->run_dir ? o->run_dir : getenv("TMPDIR");
    if (!run_dir || run_dir[0] != '/')
        run_dir = memory_folder() ? SHM : "/tmp";
    int limit = o && o->start_timeout_ms > 0 ? o->start_timeout_ms : START_MS;
    snprintf(timeout, sizeof timeout, "%d", limit);
    snprintf(parent, sizeof parent, "%d", (int)getpid());
    snprintf(backend, sizeof backend, "%d:%d", o ? o->backend_port : 0, o ? o->backend_tls_port : 0);
    char *const args[] = {(char *)name, (char *)sysroot, (char *)run_dir, timeout, parent, backend, NULL};
    s->guardian = guardian_spawn(args, &s->socket);
    if (s->guardian < 0) {
        snprintf(err, errlen, "%s: cannot start its guardian process: %s", name, strerror(errno));
        return SERVER_FAILED;
    }
    ssize_t n = next_message(s->socket, message, sizeof message, limit + STOP_MS);
    if (n > 0 && sscanf(message, "ready %d %d %255s", &s->address.port, &s->address.tls_port, s->dir) == 3)
        return SERVER_OK;
    if (n > 6 && !strncmp(message, "error ", 6))
        snprintf(err, errlen, "%s", message + 6);
    else
        snprintf(err, errlen, "%s: its guardian process %s", name, n < 0 ? "does not answer" : "ended");
    close(s->socket);
    reap(s->guardian);
    return SERVER_FAILED;
}

int server_start(const char *name, const struct server_options *o, struct server **out, char *err, size_t errlen)
{
    const char *variant;
    char sysroot[SERVER_PATH];
    struct timespec since;
    clock_gettime(CLOCK_MONOTONIC, &since);
    *out = NULL;
    const struct server_kind *kind = server_parse(name, &variant, err, errlen);
    if (!kind)
        return SERVER_NO_SUCH;
    int result = find_sysroot(kind, o ? o->sysroot : NULL, sysroot, err, errlen);
    if (result < 0)
        return result;
    struct server *s = calloc(1, sizeof *s);
    if (!s) {
        snprintf(err, errlen, "%s: out of memory", name);
        return SERVER_FAILED;
    }
    s->kind = kind;
    result = launch(s, name, sysroot, o, err, errlen);
    if (result < 0) {
        free(s);
        return result;
    }
    fill_address(s, kind, variant, elapsed_ms(&since));
    s->log_fd = open(s->log, O_RDONLY | O_CLOEXEC);
    *out = s;
    return SERVER_OK;
}

const struct server_address *server_address(const struct server *s)
{
    return &s->address;
}

/* Searches what the log got since the last look for a process's death. An unfinished last line waits for the next look. */
static void search_log(struct server *s)
{
    struct stat st;
    if (s->log_fd < 0 || fstat(s->log_fd, &st) < 0 || st.st_size <= s->log_seen)
        return;
    static char text[LOG_WINDOW + 1];
    while (s->log_seen < st.st_size && !s->dead) {
        ssize_t n = pread(s->log_fd, text, LOG_WINDOW, s->log_seen);
        if (n <= 0)
            return;
        text[n] = 0;
        char *line = text, *end;
        for (; (end = memchr(line, '\n', (size_t)(text + n - line))); line = end + 1) {
            *end = 0;
            if (s->kind->is_death && s->kind->is_death(line)) {
                s->dead = true;
                snprintf(s->death, sizeof s->death, "%s: %.900s", s->kind->name, line);
                break;
            }
        }
        if (line == text && n < LOG_WINDOW)
            return;
        s->log_seen += line == text ? n : line - text;
    }
}

bool server_alive(struct server *s)
{
    char message[GUARDIAN_MESSAGE];
    if (s->dead)
        return false;
    ssize_t n = recv(s->socket, message, sizeof message - 1, MSG_DONTWAIT);
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
        s->dead = true;
        snprintf(s->death, sizeof s->death, "%s: its guardian process %d ended", s->kind->name, (int)s->guardian);
    } else if (n > 5 && !strncmp(message, "died ", 5)) {
        message[n] = 0;
        s->dead = true;
        snprintf(s->death, sizeof s->death, "%.900s", message + 5);
    } else {
        search_log(s);
    }
    return !s->dead;
}

/* Appends the last lines of the log, indented. */
static size_t add_last_lines(const struct server *s, char *text, size_t size)
{
    char window[4096];
    struct stat st;
    if (s->log_fd < 0 || fstat(s->log_fd, &st) < 0)
        return 0;
    off_t from = st.st_size > (off_t)sizeof window - 1 ? st.st_size - (off_t)sizeof window + 1 : 0;
    ssize_t n = pread(s->log_fd, window, sizeof window - 1, from);
    if (n <= 0)
        return 0;
    window[n] = 0;
    const char *start = window + n;
    for (int lines = 0; start > window; start--)
        if (start[-1] == '\n' && start < window + n && ++lines == LAST_LINES)
            break;
    size_t used = 0;
    for (const char *end; *start; start = *end ? end + 1 : end) {
        end = start + strcspn(start, "\n");
        int got = snprintf(used < size ? text + used : NULL, used < size ? size - used : 0, "\n  log: %.*s",
                           (int)(end - start), start);
        used += got > 0 ? (size_t)got : 0;
    }
    return used;
}

size_t server_obituary(struct server *s, int wait_ms, char *text, size_t size)
{
    struct timespec since;
    clock_gettime(CLOCK_MONOTONIC, &since);
    while (server_alive(s)) {
        if (elapsed_ms(&since) >= wait_ms) {
            if (size)
                text[0] = 0;
            return 0;
        }
        nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
    }
    size_t used = (size_t)snprintf(text, size, "%s", s->death);
    return used + add_last_lines(s, used < size ? text + used : NULL, used < size ? size - used : 0);
}

void server_stop(struct server *s)
{
    char message[GUARDIAN_MESSAGE];
    if (!s)
        return;
    (void)!send(s->socket, "stop", 4, MSG_NOSIGNAL);
    while (next_message(s->socket, message, sizeof message, STOP_MS) > 0) /* a late "died"; then the end */
        ;
    close(s->socket);
    reap(s->guardian);
    if (s->log_fd >= 0)
        close(s->log_fd);
    free(s);
}
