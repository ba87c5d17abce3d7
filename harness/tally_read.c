/* tally_read.c: a folder of tallies, added up. */
#include "tally_file.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void tally_input_name(const struct tally_record *r, char *name, size_t n) {
    const char *how = r->part == PART_FAULT ? lib_verdict_name(r->verdict) : part_name(r->part);
    snprintf(name, n, "%s.%s.%s.%s%s%s", r->library, lib_item_name(r->item), how, r->cause,
             r->place[0] ? "." : "", r->place);
    for (char *p = name; *p; p++) /* a library's name may be a path */
        if (*p == '/' || !isgraph((unsigned char)*p))
            *p = '_';
}

/* One record, if it can be one. */
static bool sound(const struct tally_record *r) {
    return memchr(r->library, 0, sizeof r->library) && r->library[0] &&
           memchr(r->cause, 0, sizeof r->cause) && memchr(r->place, 0, sizeof r->place) &&
           r->item < ITEM_COUNT && r->part > PART_AGREE && r->part <= PART_FAULT && r->verdict <= LIB_BLURT &&
           cause_by_name(r->cause) > 0;
}

static void add(struct fold *v, int max, int *n, const struct tally_record *r, const char *folder) {
    uint8_t cause = (uint8_t)cause_by_name(r->cause);
    struct fold *f = v;
    for (; f < v + *n; f++)
        if (f->item == r->item && f->part == r->part && f->cause == cause && f->verdict == r->verdict &&
            !strcmp(f->library, r->library) && !strcmp(f->place, r->place)) {
            f->count += r->count;
            return;
        }
    if (*n == max)
        return;
    ++*n;
    *f = (struct fold){
        .item = r->item, .part = r->part, .cause = cause, .verdict = r->verdict, .count = r->count};
    memcpy(f->library, r->library, sizeof f->library);
    memcpy(f->place, r->place, sizeof f->place);
    char name[TALLY_NAME];
    struct stat st;
    tally_input_name(r, name, sizeof name);
    snprintf(f->input, sizeof f->input, "%s/%s", folder, name);
    if (stat(f->input, &st) == 0 && S_ISREG(st.st_mode))
        f->shortest = (uint32_t)st.st_size;
    else
        f->input[0] = '\0';
}

/* What is wrong with the file, or NULL. */
static const char *read_file(const char *path, struct tally_file *file, struct fold *v, int max, int *n,
                             uint64_t *executed, const char *folder) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return strerror(errno);
    memset(file, 0, sizeof *file);
    size_t got = 0;
    for (ssize_t r; (r = read(fd, (char *)file + got, sizeof *file - got)) > 0;)
        got += (size_t)r;
    close(fd);
    const size_t head = offsetof(struct tally_file, record);
    if (got == 0)
        return NULL; /* its process has just begun */
    if (got < head || memcmp(file->magic, TALLY_MAGIC, sizeof file->magic) != 0)
        return "is no tally";
    const char *wrong = NULL;
    size_t there = (got - head) / sizeof file->record[0];
    if (file->used > there)
        wrong = "is cut off";
    *executed += file->executed;
    for (size_t i = 0; i < there && i < file->used; i++) {
        if (sound(&file->record[i]))
            add(v, max, n, &file->record[i], folder);
        else
            wrong = "is damaged";
    }
    return wrong;
}

/* By library, item, cause, part, place. */
static int in_order(const void *a, const void *b) {
    const struct fold *x = a, *y = b;
    int c = strcmp(x->library, y->library);
    if (!c)
        c = x->item - y->item;
    if (!c)
        c = x->cause - y->cause;
    if (!c)
        c = x->part - y->part;
    if (!c)
        c = x->verdict - y->verdict;
    return c ? c : strcmp(x->place, y->place);
}

int tally_read(const char *folder, struct fold *v, int max, uint64_t *executed, char *err, size_t errlen) {
    DIR *dir = opendir(folder);
    struct tally_file *file = malloc(sizeof *file);
    struct dirent *e;
    int n = 0;
    *executed = 0;
    if (errlen)
        err[0] = '\0';
    if (!dir || !file) {
        snprintf(err, errlen, "cannot read `%s`: %s", folder, dir ? "out of memory" : strerror(errno));
        if (dir)
            closedir(dir);
        free(file);
        return -1;
    }
    while ((e = readdir(dir))) {
        char path[700];
        if (strncmp(e->d_name, "counts.", 7) != 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        const char *wrong = read_file(path, file, v, max, &n, executed, folder);
        size_t len = errlen ? strlen(err) : 0;
        if (wrong && len + 1 < errlen)
            snprintf(err + len, errlen - len, "%s%s %s: passed over", len ? "; " : "", path, wrong);
    }
    closedir(dir);
    free(file);
    qsort(v, (size_t)n, sizeof *v, in_order);
    return n;
}
