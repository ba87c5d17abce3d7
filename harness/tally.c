/* tally.c: counting the disagreements of one process in a mapped file, and keeping the shortest input of
 * each. */
#include "tally_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define TRIES           2000 /* questions to make an input short */
#define CHILD_TRIES     200  /* the same to a child, which takes longer, and longest where it dies */
#define SHORTEN_FREE_MS 2000
#define SHORTEN_PART    10

struct tally {
    char folder[400], path[480];
    struct tally_file *map;
    bool failed;                  /* a failure was told */
    uint64_t opened_ms, spent_ms; /* on making inputs short */
    time_t retry;                 /* when writing is tried again after it failed */
    uint8_t input[TALLY_INPUT];
};

static uint64_t now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void tell(char *err, size_t errlen, const char *format, ...) {
    va_list a;
    va_start(a, format);
    vsnprintf(err, errlen, format, a);
    va_end(a);
}

/* Makes the folder and those above it. */
static bool make_folder(const char *folder) {
    char path[400];
    struct stat st;
    snprintf(path, sizeof path, "%s", folder);
    for (char *p = path + 1; *p; p++)
        if (*p == '/') {
            *p = '\0';
            mkdir(path, 0777);
            *p = '/';
        }
    if (mkdir(path, 0777) != 0 && errno != EEXIST)
        return false;
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return true;
    errno = ENOTDIR;
    return false;
}

/* What a killed process left half written. */
static void remove_leftovers(const char *folder) {
    DIR *dir = opendir(folder);
    struct dirent *e;
    char path[700];
    while (dir && (e = readdir(dir))) {
        long pid = strncmp(e->d_name, TALLY_NEW, strlen(TALLY_NEW)) ? 0 : atol(e->d_name + strlen(TALLY_NEW));
        if (pid <= 0 || (kill((pid_t)pid, 0) == 0 || errno != ESRCH))
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        unlink(path);
    }
    if (dir)
        closedir(dir);
}

/* A file of our own: a process number comes again, so that its name may be taken. */
static int new_file(struct tally *t) {
    int fd = -1;
    for (int i = 0; fd < 0 && i < 10000; i++) {
        snprintf(t->path, sizeof t->path, i ? "%s/counts.%ld.%d" : "%s/counts.%ld", t->folder, (long)getpid(),
                 i);
        fd = open(t->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd < 0 && errno != EEXIST)
            break;
    }
    return fd;
}

struct tally *tally_open(const char *folder, char *err, size_t errlen) {
    struct tally *t = calloc(1, sizeof *t);
    if (!t || strlen(folder) >= sizeof t->folder) {
        tell(err, errlen, "%.200s: %s", folder, t ? "expected a shorter name" : "out of memory");
        free(t);
        return NULL;
    }
    snprintf(t->folder, sizeof t->folder, "%s", folder);
    t->opened_ms = now_ms();
    int fd = make_folder(folder) ? new_file(t) : -1;
    /* Reserved whole, since a mapped page that the disk has no room for would be a signal later. */
    int bad = fd < 0 ? errno : posix_fallocate(fd, 0, sizeof *t->map);
    if (!bad) {
        t->map = mmap(NULL, sizeof *t->map, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        bad = t->map == MAP_FAILED ? errno : 0;
    }
    if (bad) {
        tell(err, errlen, "cannot write findings into `%s`: %s", folder, strerror(bad));
        if (fd >= 0) {
            unlink(t->path);
            close(fd);
        }
        free(t);
        return NULL;
    }
    close(fd);
    memcpy(t->map->magic, TALLY_MAGIC, sizeof t->map->magic);
    remove_leftovers(folder);
    return t;
}

static bool same_record(const struct tally_record *a, const struct tally_record *b) {
    return a->item == b->item && a->part == b->part && a->verdict == b->verdict &&
           !strcmp(a->library, b->library) && !strcmp(a->cause, b->cause) && !strcmp(a->place, b->place);
}

static struct tally_record *find(struct tally *t, const struct tally_record *key) {
    struct tally_file *m = t->map;
    for (uint32_t i = 0; i < m->used; i++)
        if (same_record(&m->record[i], key))
            return &m->record[i];
    if (m->used == TALLY_RECORDS) {
        m->overflow++;
        return NULL;
    }
    m->record[m->used] = *key;
    m->record[m->used].shortest = UINT32_MAX;
    /* The record is whole before it counts: a kill may come between. */
    __atomic_store_n(&m->used, m->used + 1, __ATOMIC_RELEASE);
    return &m->record[m->used - 1];
}

static bool write_all(const char *path, const uint8_t *p, size_t n) {
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    bool ok = fd >= 0;
    while (ok && n > 0) {
        ssize_t w = write(fd, p, n);
        ok = w > 0 || (w < 0 && errno == EINTR);
        if (w > 0)
            p += w, n -= (size_t)w;
    }
    int bad = errno;
    if (fd >= 0 && close(fd) != 0 && ok) {
        bad = errno;
        ok = false;
    }
    errno = bad;
    return ok;
}

/* Octets of the fold's input in the folder, this process's or another's; none: UINT32_MAX. */
static uint32_t on_disk(const struct tally *t, const struct tally_record *r) {
    char name[TALLY_NAME], path[700];
    struct stat st;
    tally_input_name(r, name, sizeof name);
    snprintf(path, sizeof path, "%s/%s", t->folder, name);
    return stat(path, &st) == 0 && st.st_size > 0 && st.st_size < UINT32_MAX ? (uint32_t)st.st_size
                                                                             : UINT32_MAX;
}

/* Writes the input under its fold's name. */
static bool save(struct tally *t, const struct tally_record *r, const uint8_t *p, size_t n, char *err,
                 size_t errlen) {
    char name[TALLY_NAME], path[700], temporary[640];
    tally_input_name(r, name, sizeof name);
    snprintf(path, sizeof path, "%s/%s", t->folder, name);
    snprintf(temporary, sizeof temporary, "%s/" TALLY_NEW "%ld", t->folder, (long)getpid());
    if (write_all(temporary, p, n) && rename(temporary, path) == 0)
        return true;
    if (!t->failed)
        tell(err, errlen, "cannot write `%s`: %s; counting goes on", path, strerror(errno));
    unlink(temporary);
    t->retry = time(NULL) + 1;
    return false;
}

/* Making inputs short takes no more than a part of the time, or a start's worth. */
static bool may_shorten(const struct tally *t) {
    return t->spent_ms < SHORTEN_FREE_MS + (now_ms() - t->opened_ms) / SHORTEN_PART;
}

static bool shorten(struct tally *t, struct tally_record *r, const struct library *l, enum lib_item item,
                    const struct difference *d, enum cause cause, const uint8_t *p, size_t n, char *err,
                    size_t errlen) {
    const bool isolate = library_limits.isolate, fault = d->part == PART_FAULT,
               child = l->isolate || isolate || (fault && library_limits.survive);
    if (fault && !child)
        return true;
    uint64_t began = now_ms();
    memcpy(t->input, p, n);
    library_limits.isolate =
        isolate || (fault && child); /* a crash again and again is not for this process */
    size_t m = compare_shorten(l, item, t->input, n, d->part, &d->answer, cause, child ? CHILD_TRIES : TRIES);
    library_limits.isolate = isolate;
    t->spent_ms += now_ms() - began;
    if (m >= r->shortest)
        return true;
    bool saved = save(t, r, t->input, m, err, errlen);
    r->shortest = saved ? (uint32_t)m : r->shortest;
    return saved;
}

bool tally_add(struct tally *t, const struct library *l, enum lib_item item, const struct difference *d,
               const uint8_t *p, size_t n, char *err, size_t errlen) {
    bool ok = true;
    for (int i = 0; i < d->causes; i++) {
        struct tally_record key = {.item = (uint8_t)item, .part = d->part}, *r;
        key.verdict = d->part == PART_FAULT ? d->answer.verdict : 0;
        if (d->part == PART_FAULT)
            memcpy(key.place, d->answer.place, sizeof key.place);
        snprintf(key.library, sizeof key.library, "%s", l->name);
        snprintf(key.cause, sizeof key.cause, "%s", cause_name(d->cause[i]));
        if (!(r = find(t, &key)))
            continue;
        __atomic_fetch_add(&r->count, 1, __ATOMIC_RELAXED);
        bool again = r->raw && n / 2 < r->shortest && may_shorten(t);
        if ((n >= r->shortest && !again) || (t->retry && time(NULL) < t->retry))
            continue;
        /* Another process, or the one before this, may have made it short already. */
        uint32_t there = on_disk(t, r);
        if (n >= there && !again) {
            r->shortest = there;
            continue;
        }
        /* As it came, first: making it short takes a moment, in which much can happen. */
        bool saved = n >= there || save(t, r, p, n, err, errlen);
        if (saved && n < r->shortest)
            r->shortest = (uint32_t)n;
        r->raw = saved && n <= sizeof t->input && !may_shorten(t);
        if (saved && n <= sizeof t->input && !r->raw)
            saved = shorten(t, r, l, item, d, (enum cause)d->cause[i], p, n, err, errlen);
        if (!saved) {
            ok = t->failed; /* told once */
            t->failed = true;
        }
    }
    return ok;
}

void tally_executed(struct tally *t, uint64_t n) {
    __atomic_fetch_add(&t->map->executed, n, __ATOMIC_RELAXED);
}

void tally_close(struct tally *t) {
    if (!t)
        return;
    off_t n = (off_t)(offsetof(struct tally_file, record) + t->map->used * sizeof *t->map->record);
    munmap(t->map, sizeof *t->map);
    if (truncate(t->path, n) != 0) { /* it stays larger than it needs to be, and whole */
    }
    free(t);
}
