/* answer.c: the set of loaded behaviours, and which behaviours go together. An answer is found by two array
 * lookups. */
#include "script_behaviour.h"
#include "script.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FOLDER_DEPTH 8

struct behaviours {
    int n;
    struct recorded *v[BEHAVIOURS_MAX];
};

struct behaviours *behaviours_new(void) {
    return calloc(1, sizeof(struct behaviours));
}

void recorded_free(struct recorded *r) {
    for (int p = 0; p < POINT_COUNT; p++) {
        free(r->at[p]);
        r->at[p] = NULL;
    }
}

void behaviours_free(struct behaviours *b) {
    for (int i = 0; b && i < b->n; i++) {
        recorded_free(b->v[i]);
        free(b->v[i]);
    }
    free(b);
}

int behaviours_count(const struct behaviours *b) { return b->n; }

const struct behaviour *behaviours_at(const struct behaviours *b, int index) {
    assert(index >= 0 && index < b->n);
    return &b->v[index]->about;
}

int behaviours_find(const struct behaviours *b, const char *name) {
    for (int i = 0; i < b->n; i++)
        if (strcmp(b->v[i]->about.name, name) == 0)
            return i;
    return -1;
}

const struct answer *behaviours_answer(const struct behaviours *b, int index, enum point p,
                                       uint32_t context) {
    assert(index >= 0 && index < b->n && (unsigned)p < POINT_COUNT && context < point_contexts(p));
    const struct answer *a = b->v[index]->at[p];
    return a && !answer_is_blank(&a[context]) ? &a[context] : NULL;
}

int behaviours_load(struct behaviours *b, const char *path, char *err, size_t errlen) {
    if (b->n == BEHAVIOURS_MAX) {
        snprintf(err, errlen, "%s:1: too many behaviours: expected at most %d", path, BEHAVIOURS_MAX);
        return -1;
    }
    struct recorded *r = calloc(1, sizeof *r);
    if (!r) {
        snprintf(err, errlen, "%s: out of memory", path);
        return -1;
    }
    bool ok = script_load_behaviour(path, r, err, errlen);
    int taken = ok ? behaviours_find(b, r->about.name) : -1;
    if (taken >= 0)
        snprintf(err, errlen, "%s:%d: the name `%s` is taken by %s: expected another", path, r->name_line,
                 r->about.name, b->v[taken]->path);
    if (ok && taken < 0) {
        b->v[b->n] = r;
        return b->n++;
    }
    recorded_free(r);
    free(r);
    return -1;
}

/* ---- folders ---- */

static int by_name(const struct dirent **a, const struct dirent **b) {
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_visible(const struct dirent *d) { return d->d_name[0] != '.'; }

static bool is_lua(const char *name) {
    size_t n = strlen(name);
    return n > 4 && strcmp(name + n - 4, ".lua") == 0;
}

static bool load_entry(struct behaviours *b, const char *folder, const char *name, bool folders, int depth,
                       char *err, size_t errlen);

/* Subfolders first: what a file shares with a more special one in a subfolder is then known by that one's
 * name. */
static bool load_folder(struct behaviours *b, const char *folder, int depth, char *err, size_t errlen) {
    struct dirent **entry = NULL;
    int n = scandir(folder, &entry, is_visible, by_name);
    if (n < 0) {
        snprintf(err, errlen, "%s: %s", folder, strerror(errno));
        return false;
    }
    bool ok = true;
    for (int i = 0; ok && i < 2 * n; i++)
        ok = load_entry(b, folder, entry[i % n]->d_name, i < n, depth, err, errlen);
    for (int i = 0; i < n; i++)
        free(entry[i]);
    free(entry);
    return ok;
}

static bool load_entry(struct behaviours *b, const char *folder, const char *name, bool folders, int depth,
                       char *err, size_t errlen) {
    char path[4096];
    struct stat st;
    if ((size_t)snprintf(path, sizeof path, "%s/%s", folder, name) >= sizeof path || stat(path, &st) < 0)
        return true;
    if (S_ISDIR(st.st_mode))
        return !folders || depth == FOLDER_DEPTH || load_folder(b, path, depth + 1, err, errlen);
    return folders || !is_lua(name) || behaviours_load(b, path, err, errlen) >= 0;
}

int behaviours_load_folder(struct behaviours *b, const char *folder, char *err, size_t errlen) {
    int before = b->n;
    return load_folder(b, folder, 0, err, errlen) ? b->n - before : -1;
}

/* ---- combining ---- */

static bool pair_compatible(const struct behaviours *b, int x, int y, char *err, size_t errlen) {
    for (int p = 0; p < POINT_COUNT; p++) {
        for (uint32_t c = 0; b->v[x]->at[p] && b->v[y]->at[p] && c < point_contexts((enum point)p); c++) {
            char text[128];
            if (!behaviours_answer(b, x, (enum point)p, c) || !behaviours_answer(b, y, (enum point)p, c))
                continue;
            point_context_text((enum point)p, c, text, sizeof text);
            snprintf(err, errlen, "behaviours `%s` and `%s` both answer %s%s%s%s: expected one of them",
                     b->v[x]->about.name, b->v[y]->about.name, point_name((enum point)p), *text ? " (" : "",
                     text, *text ? ")" : "");
            return false;
        }
    }
    return true;
}

bool behaviours_compatible(const struct behaviours *b, const int *index, int n, char *err, size_t errlen) {
    for (int i = 0; i < n; i++)
        for (int k = i + 1; k < n; k++)
            if (!pair_compatible(b, index[i], index[k], err, errlen))
                return false;
    return true;
}
