/* diff_corpus.c: a corpus as it lies on disk: files of one input each, in folders that may be named after
 * what they hold. */
#include "diff.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#define FILES_MAX 20000
#define DEPTH_MAX 6

static bool starts(const uint8_t *p, size_t n, const char *word) {
    size_t k = strlen(word);
    return n >= k && strncasecmp((const char *)p, word, k) == 0;
}

enum lib_item input_item(const uint8_t *p, size_t n) {
    if (starts(p, n, "* ID"))
        return ITEM_ID_RESPONSE;
    if (starts(p, n, "*") || starts(p, n, "+"))
        return ITEM_RESPONSE;
    if (starts(p, n, "CLIENTID"))
        return ITEM_CLIENTID;
    if (starts(p, n, "ID ") || starts(p, n, "ID\r") || starts(p, n, "ID("))
        return ITEM_ID;
    const uint8_t *word = n ? memchr(p, ' ', n) : NULL;
    if (word) { /* tagged status */
        size_t left = n - (size_t)(word - p);
        if (starts(word, left, " OK") || starts(word, left, " NO ") || starts(word, left, " BAD"))
            return ITEM_RESPONSE;
    }
    return ITEM_COMMAND;
}

bool pool_add(struct diff_shared *s, enum lib_item item, const uint8_t *p, size_t n) {
    if (s->pooled == DIFF_POOL || n > DIFF_ARENA - s->arena_used)
        return false;
    memcpy(s->arena + s->arena_used, p, n);
    s->pool[s->pooled] = (struct diff_input){s->arena_used, (uint32_t)n, (uint8_t)item};
    s->arena_used += (uint32_t)n;
    s->pooled++; /* last: a worker may die at any moment */
    return true;
}

struct corpus_walk {
    struct diff *d;
    char *err;
    size_t errlen;
    uint32_t files;
};

static bool refuse(struct corpus_walk *r, const char *path, const char *what) {
    snprintf(r->err, r->errlen, "corpus: cannot read `%s`: %s", path, what);
    return false;
}

static bool read_file(struct corpus_walk *r, const char *path, int item) {
    static uint8_t b[DIFF_INPUT];
    FILE *f = fopen(path, "rb");
    if (!f)
        return refuse(r, path, strerror(errno));
    size_t n = fread(b, 1, sizeof b, f);
    bool bad = ferror(f);
    int why = errno;
    fclose(f);
    if (bad)
        return refuse(r, path, strerror(why));
    r->files++;
    enum lib_item i = item >= 0 ? (enum lib_item)item : input_item(b, n);
    if (n > 0 && r->d->items >> i & 1)
        pool_add(r->d->s, i, b, n);
    return true;
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static bool read_path(struct corpus_walk *r, const char *path, int item, int depth);

/* The item that a finding's file name tells (LIBRARY.ITEM.HOW.CAUSE), or its folder's. */
static int named_item(const char *name, int folder) {
    for (int i = 0; i < ITEM_COUNT; i++) {
        char word[24];
        snprintf(word, sizeof word, ".%s.", lib_item_name(i));
        if (strcmp(name, lib_item_name(i)) == 0 || strstr(name, word))
            return i;
        if (i == ITEM_ID_RESPONSE && strcmp(name, "id_response") == 0) /* its fuzzer's folder */
            return i;
    }
    return folder;
}

/* In the order of names, so that the same seed means the same. The folder of an earlier run will do: its
 * counts are passed over. */
static bool read_folder(struct corpus_walk *r, const char *path, int item, int depth) {
    DIR *dir = opendir(path);
    struct dirent *e;
    char **name = calloc(FILES_MAX, sizeof *name);
    size_t n = 0;
    bool ok = dir && name;
    if (!ok)
        refuse(r, path, name ? strerror(errno) : "out of memory");
    while (ok && n < FILES_MAX && (e = readdir(dir)))
        if (e->d_name[0] != '.' && strcmp(e->d_name, "README.md") != 0 &&
            strncmp(e->d_name, "counts.", 7) != 0)
            ok = (name[n++] = strdup(e->d_name)) != NULL || refuse(r, path, "out of memory");
    if (n)
        qsort(name, n, sizeof *name, by_name);
    for (size_t i = 0; i < n; i++) {
        char inner[1000];
        snprintf(inner, sizeof inner, "%s/%s", path, name[i]);
        ok = ok && read_path(r, inner, named_item(name[i], item), depth + 1);
        free(name[i]);
    }
    free(name);
    if (dir)
        closedir(dir);
    return ok;
}

static bool read_path(struct corpus_walk *r, const char *path, int item, int depth) {
    struct stat st;
    if (stat(path, &st) != 0)
        return refuse(r, path, strerror(errno));
    if (S_ISDIR(st.st_mode))
        return depth > DEPTH_MAX || read_folder(r, path, item, depth);
    return !S_ISREG(st.st_mode) || read_file(r, path, item);
}

bool corpus_read(struct diff *d, const char *path, bool given, char *err, size_t errlen) {
    struct corpus_walk r = {d, err, errlen, 0};
    const char *last = strrchr(path, '/');
    int item = named_item(last ? last + 1 : path, -1);
    uint32_t before = d->s->pooled;
    if (!read_path(&r, path, d->o.item ? lib_item_by_name(d->o.item) : item, 0))
        return false;
    if (given && r.files == 0) {
        snprintf(err, errlen, "corpus: `%s` is empty: expected files of one input each", path);
        return false;
    }
    if (given && d->s->pooled == before) {
        snprintf(err, errlen, "corpus: none of the %u files of `%s` is an input for these libraries", r.files,
                 path);
        return false;
    }
    return true;
}
