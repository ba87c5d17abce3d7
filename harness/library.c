/* library.c: the registry of somebody else's parsers: loading and starting. */
#include <assert.h>
#include <dirent.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "library_priv.h"

struct library_limits library_limits = {.deadline_ms = 1000, .memory = (size_t)256 << 20, .isolate = false};

static struct {
    const struct library *l;
    void *plugin; /* dlopen's; NULL: linked */
    enum { NOT_STARTED, STARTED_HERE, STARTED_IN_CHILD, FAILED } state;
    char err[120];       /* why start() failed */
} registry[LIBRARY_MAX]; /* in the order of registration */
static int registered;
static int by_name[LIBRARY_MAX]; /* places in the registry */

/* ---- the registry ------------------------------------------------------------------------------------ */

void library_register(const struct library *l) {
    assert(l->name != NULL && l->parse != NULL);
    if (library_find(l->name) != NULL)
        return; /* a plug-in that is loaded, and linked as well */
    if (registered == LIBRARY_MAX) {
        fprintf(stderr, "imapdiff: more than %d libraries: '%s' is left out\n", LIBRARY_MAX, l->name);
        return;
    }
    int at = registered;
    for (; at > 0 && strcmp(registry[by_name[at - 1]].l->name, l->name) > 0; at--)
        by_name[at] = by_name[at - 1];
    by_name[at] = registered;
    registry[registered++].l = l;
}

int library_count(void) { return registered; }
const struct library *library_at(int i) { return registry[by_name[i]].l; }

const struct library *library_find(const char *name) {
    for (int i = 0; i < registered; i++)
        if (strcmp(registry[i].l->name, name) == 0)
            return registry[i].l;
    return NULL;
}

int library_place(const struct library *l) {
    for (int i = 0; i < registered; i++)
        if (registry[i].l == l)
            return i;
    return -1;
}

bool library_started_here(int i) { return registry[i].state == STARTED_HERE; }

bool library_start(const struct library *l, char *err, size_t errlen) {
    int i = library_place(l);
    assert(i >= 0);
    if (registry[i].state == NOT_STARTED) {
        char why[100] = "";
        bool child = l->isolate || library_limits.isolate;
        bool good = child ? library_child_start(i, l, why, sizeof why)
                          : l->start == NULL || l->start(why, sizeof why);
        if (!good)
            snprintf(registry[i].err, sizeof registry[i].err, "%s",
                     why[0] != 0 ? why : "it does not say why");
        registry[i].state = !good ? FAILED : child ? STARTED_IN_CHILD : STARTED_HERE;
        if (registry[i].state == STARTED_HERE && library_limits.survive)
            library_child_start(i, l, why, sizeof why); /* before an input can spoil what it is forked from */
    }
    /* Children were what was wanted when it started, but no longer. */
    if (registry[i].state == STARTED_IN_CHILD && !l->isolate && !library_limits.isolate) {
        registry[i].state = NOT_STARTED;
        return library_start(l, err, errlen);
    }
    if (registry[i].state == FAILED)
        snprintf(err, errlen, "%s cannot be started: %s", l->name, registry[i].err);
    return registry[i].state != FAILED;
}

void library_ask(const struct library *l, enum lib_item item, const uint8_t *p, size_t n,
                 struct lib_answer *a) {
    int i = library_place(l);
    a->verdict = LIB_PASS;
    a->used = 0;
    a->canon.len = 0;
    a->why[0] = a->place[0] = 0;
    if (l->items != 0 && (l->items >> item & 1) == 0)
        return;
    if (i >= 0 && registry[i].state != STARTED_HERE && !library_start(l, a->why, sizeof a->why))
        return;
    if (i >= 0 && (l->isolate || library_limits.isolate))
        library_child_ask(i, l, item, p, n, a);
    else if (i >= 0 && library_limits.survive)
        crash_guarded(i, l, item, p, n, a);
    else {
        if (library_limits.noted)
            crash_note(l);
        l->parse(item, p, n, a);
    }
}

/* ---- plug-ins ---------------------------------------------------------------------------------------- */

/* Beside the running program; build/rel/imapdiff and the tests lie deeper. The last is where `make install`
 * would put them. */
static const char *const places[] = {"targets", "../targets", "../../targets", "../lib/imapdiff/targets"};
#define PLACES   ((int)(sizeof places / sizeof places[0]))
#define PATH_LEN 4096

/* The folder of place i, with a slash at its end; false: there is no such folder. */
static bool folder_at(int i, char *path) {
    char self[PATH_LEN];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n <= 0)
        return false;
    self[n] = 0;
    *strrchr(self, '/') = 0;
    return snprintf(path, PATH_LEN, "%s/%s/", self, places[i]) < PATH_LEN && access(path, X_OK) == 0;
}

/* Registers what is in a file. Its first library, or NULL with err. */
static const struct library *load_file(const char *path, const char *shown, char *err, size_t errlen) {
    int before = registered;
    void *plugin = dlopen(path, RTLD_NOW | RTLD_LOCAL); /* never closed: what is registered lives in it */
    if (plugin == NULL) {
        const char *why = dlerror();
        size_t len = strlen(path); /* most messages begin with the path */
        why += strncmp(why, path, len) == 0 && strncmp(why + len, ": ", 2) == 0 ? len + 2 : 0;
        snprintf(err, errlen, "%s cannot be loaded: %s", shown, why);
        return NULL;
    }
    for (int i = before; i < registered; i++)
        registry[i].plugin = plugin;
    for (int i = 0; i < registered; i++)
        if (registry[i].plugin == plugin)
            return registry[i].l;
    snprintf(err, errlen,
             "%s registers no library (LIBRARY() in harness/library.h), or one of a name that is taken",
             shown);
    return NULL;
}

/* The index that mk/targets.mk leaves beside the plug-ins; a line each: NAME FILE, or NAME FILE and why it is
 * missing. */
struct index_line {
    char name[32], file[32], why[120];
};

static int read_index(const char *folder, struct index_line *v, int max) {
    char path[PATH_LEN + 8], line[256];
    int n = 0;
    snprintf(path, sizeof path, "%sindex", folder);
    FILE *f = fopen(path, "r");
    if (f == NULL)
        return 0;
    while (n < max && fgets(line, sizeof line, f) != NULL) {
        v[n].why[0] = 0;
        if (sscanf(line, "%31s %31s %119[^\n]", v[n].name, v[n].file, v[n].why) >= 2)
            n++;
    }
    fclose(f);
    return n;
}

/* Looks for `name` in the index of a folder, then for a file of that name. NULL: not in this folder, or err
 * is set. */
static const struct library *load_from(const char *folder, const char *name, char *err, size_t errlen) {
    struct index_line v[LIBRARY_MAX];
    const char *file = name;
    char path[PATH_LEN + 64];
    int n = read_index(folder, v, LIBRARY_MAX);
    for (int i = 0; i < n; i++)
        if (strcmp(v[i].name, name) == 0) {
            if (v[i].why[0] != 0) {
                snprintf(err, errlen, "%s was left out: %s; `make targets` tries again", name, v[i].why);
                return NULL;
            }
            file = v[i].file;
        }
    if (snprintf(path, sizeof path, "%s%s.so", folder, file) >= (int)sizeof path || access(path, R_OK) != 0)
        return NULL;
    const struct library *first = load_file(path, path, err, errlen);
    return first == NULL ? NULL : library_find(name) != NULL ? library_find(name) : first;
}

const struct library *library_load(const char *name, char *err, size_t errlen) {
    const struct library *l = library_find(name);
    char folder[PATH_LEN];
    err[0] = 0;
    if (l == NULL && strchr(name, '/') != NULL)
        l = load_file(name, name, err, errlen);
    else if (l == NULL)
        for (int i = 0; i < PLACES && l == NULL && err[0] == 0; i++)
            if (folder_at(i, folder))
                l = load_from(folder, name, err, errlen);
    if (l == NULL && err[0] == 0)
        snprintf(err, errlen,
                 "no library '%s': `make targets` builds those of harness/targets/; one of your own is named "
                 "by its path, "
                 "./mine.so",
                 name);
    return l != NULL && library_start(l, err, errlen) ? l : NULL;
}

static int order(const void *a, const void *b) {
    return strcmp(((const struct library_name *)a)->name, ((const struct library_name *)b)->name);
}

static bool add_name(struct library_name *v, int *n, int max, const char *name, const char *why) {
    for (int i = 0; i < *n; i++)
        if (strcmp(v[i].name, name) == 0)
            return false;
    if (*n == max)
        return false;
    snprintf(v[*n].name, sizeof v->name, "%s", name);
    snprintf(v[*n].why, sizeof v->why, "%s", why);
    v[(*n)++].missing = why[0] != 0;
    return true;
}

/* Of a folder: what its index has, and each other *.so. */
static void add_folder(const char *folder, struct library_name *v, int *n, int max) {
    struct index_line x[LIBRARY_MAX];
    int lines = read_index(folder, x, LIBRARY_MAX);
    for (int i = 0; i < lines; i++)
        add_name(v, n, max, x[i].name, x[i].why);
    DIR *d = opendir(folder);
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) {
        size_t len = strlen(e->d_name);
        if (len <= 3 || len >= sizeof v->name + 3 || strcmp(e->d_name + len - 3, ".so") != 0)
            continue;
        char name[sizeof v->name];
        snprintf(name, sizeof name, "%.*s", (int)(len - 3), e->d_name);
        add_name(v, n, max, name, "");
    }
    if (d != NULL)
        closedir(d);
}

int library_names(struct library_name *v, int max) {
    int n = 0;
    char folder[PATH_LEN];
    for (int i = 0; i < registered; i++)
        add_name(v, &n, max, registry[i].l->name, "");
    for (int i = 0; i < PLACES; i++)
        if (folder_at(i, folder))
            add_folder(folder, v, &n, max);
    qsort(v, (size_t)n, sizeof *v, order);
    return n;
}
