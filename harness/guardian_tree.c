/* guardian_tree.c: ends process trees and removes folders, for good. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "guardian.h"

#define MAX_PROCESSES 65536
#define KILL_ROUNDS 2000 /* of 5 ms: a process in the kernel (NFS, a dying disk) may take its time */

struct process {
    pid_t pid, parent;
    bool ours;
};

/* Reads "pid (name) state ppid": the name may hold blanks and parentheses, so from its last parenthesis. */
static pid_t parent_of(const char *pid)
{
    char path[64], text[512];
    snprintf(path, sizeof path, "/proc/%.20s/stat", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    ssize_t n = read(fd, text, sizeof text - 1);
    close(fd);
    if (n <= 0)
        return -1;
    text[n] = 0;
    const char *end = strrchr(text, ')');
    int parent;
    return end && sscanf(end + 1, " %*c %d", &parent) == 1 ? parent : -1;
}

static size_t list_processes(struct process *list, size_t size)
{
    DIR *proc = opendir("/proc");
    size_t n = 0;
    if (!proc)
        return 0;
    for (struct dirent *e; n < size && (e = readdir(proc));) {
        if (!isdigit((unsigned char)e->d_name[0]))
            continue;
        pid_t parent = parent_of(e->d_name);
        if (parent >= 0)
            list[n++] = (struct process){.pid = (pid_t)atoi(e->d_name), .parent = parent};
    }
    closedir(proc);
    return n;
}

/* Marks all descendants of root; the list may be in any order, so until nothing changes. */
static void mark_descendants(struct process *list, size_t n, pid_t root)
{
    for (bool again = true; again;) {
        again = false;
        for (size_t i = 0; i < n; i++) {
            if (list[i].ours)
                continue;
            bool ours = list[i].parent == root;
            for (size_t j = 0; j < n && !ours; j++)
                ours = list[j].ours && list[j].pid == list[i].parent;
            if (ours)
                list[i].ours = again = true;
        }
    }
}

void guardian_kill_descendants(void)
{
    static struct process list[MAX_PROCESSES];
    /* Whatever is orphaned becomes our child, so ECHILD means that nothing is left. */
    for (int round = 0; round < KILL_ROUNDS; round++) {
        size_t n = list_processes(list, MAX_PROCESSES);
        mark_descendants(list, n, getpid());
        for (size_t i = 0; i < n; i++)
            if (list[i].ours)
                kill(list[i].pid, SIGKILL);
        for (int tries = 0; tries < 5; tries++) {
            pid_t got;
            while ((got = waitpid(-1, NULL, WNOHANG)) > 0)
                ;
            if (got < 0 && errno == ECHILD)
                return;
            nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
        }
    }
}

/* Removes what is below the open directory fd; takes fd. */
static int remove_below(int fd)
{
    DIR *dir = fdopendir(fd);
    if (!dir) {
        close(fd);
        return -1;
    }
    int result = 0;
    for (struct dirent *e; (e = readdir(dir));) {
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
            continue;
        if (unlinkat(fd, e->d_name, 0) == 0 || errno == ENOENT)
            continue;
        int below = openat(fd, e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (below < 0 || remove_below(below) < 0 || (unlinkat(fd, e->d_name, AT_REMOVEDIR) < 0 && errno != ENOENT))
            result = -1;
    }
    closedir(dir);
    return result;
}

int guardian_remove(const char *dir)
{
    /* A process that is just dying may still have created a file: then once more. */
    for (int round = 0; round < 20; round++) {
        int fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (fd < 0)
            return errno == ENOENT ? 0 : -1;
        remove_below(fd);
        if (rmdir(dir) == 0 || errno == ENOENT)
            return 0;
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    }
    return -1;
}

int guardian_lock(const char *dir)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/lock", dir);
    int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return -1;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        return fd; /* kept open until the end */
    close(fd);
    return -1;
}

/* Whether the process belongs to the instance in dir: by its environment (which Dovecot overwrites with titles), or since it
 * works below dir. */
static bool is_of_instance(const char *pid, const char *dir)
{
    static char text[65536];
    char path[64], mark[PATH_MAX + 64];
    size_t n = strlen(dir);
    snprintf(path, sizeof path, "/proc/%.20s/cwd", pid);
    ssize_t got = readlink(path, text, sizeof text);
    if (got > (ssize_t)n && !memcmp(text, dir, n) && text[n] == '/')
        return true;
    n = (size_t)snprintf(mark, sizeof mark, "%s=%s", GUARDIAN_MARK, dir) + 1;
    snprintf(path, sizeof path, "/proc/%.20s/environ", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    got = read(fd, text, sizeof text);
    close(fd);
    return got > 0 && memmem(text, (size_t)got, mark, n);
}

static void kill_instance(const char *dir)
{
    DIR *proc = opendir("/proc");
    if (!proc)
        return;
    for (struct dirent *e; (e = readdir(proc));)
        if (isdigit((unsigned char)e->d_name[0]) && is_of_instance(e->d_name, dir))
            kill((pid_t)atoi(e->d_name), SIGKILL);
    closedir(proc);
}

/* Whether the folder is of ours and its guardian is gone. */
static bool is_abandoned(const char *dir)
{
    struct stat st;
    if (lstat(dir, &st) < 0 || !S_ISDIR(st.st_mode) || st.st_uid != geteuid())
        return false;
    char path[PATH_MAX + 8];
    snprintf(path, sizeof path, "%s/lock", dir);
    int fd = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) /* just being made, or its guardian died between two calls */
        return errno == ENOENT && time(NULL) - st.st_mtime > 60;
    bool abandoned = flock(fd, LOCK_EX | LOCK_NB) == 0;
    close(fd);
    return abandoned;
}

void guardian_sweep(const char *run_dir)
{
    DIR *d = opendir(run_dir);
    if (!d)
        return;
    for (struct dirent *e; (e = readdir(d));) {
        char dir[PATH_MAX];
        if (strncmp(e->d_name, "imapdiff-", 9) || strlen(e->d_name) != 15)
            continue;
        snprintf(dir, sizeof dir, "%s/%s", run_dir, e->d_name);
        if (!is_abandoned(dir))
            continue;
        kill_instance(dir);
        guardian_remove(dir);
    }
    closedir(d);
}
