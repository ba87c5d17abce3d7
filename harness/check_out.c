/* check_out.c: where traces go, and writing one as soon as its finding is there, so that a kill does not lose
 * it. */
#include "check.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool make(struct check_run *run, const char *path) {
    if (mkdir(path, 0777) == 0 || errno == EEXIST)
        return true;
    snprintf(run->io_error, sizeof run->io_error, "cannot make the folder %s: %s", path, strerror(errno));
    return false;
}

/* Traces of an earlier run with the same name would be taken for this one's. */
static void remove_old(const char *folder) {
    DIR *dir = opendir(folder);
    struct dirent *e;
    char path[800];
    while (dir && (e = readdir(dir))) {
        size_t n = strlen(e->d_name);
        if (e->d_name[0] != 'F' || n < 7 || strcmp(e->d_name + n - 6, ".trace"))
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        unlink(path);
    }
    if (dir)
        closedir(dir);
}

bool out_folder(struct check_run *run, uint64_t seed) {
    struct stat st;
    bool built = stat("build", &st) == 0 && S_ISDIR(st.st_mode) && access("build", W_OK) == 0;
    const char *base = built ? "build/out" : "imapdiff-out";
    char name[120];
    size_t n = 0;
    for (const char *c = run->target; *c && n + 1 < sizeof name; c++)
        name[n++] =
            strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_,", *c) ? *c : '-';
    name[n] = '\0';
    if (!make(run, base))
        return false;
    char again[16] = "";
    if (run->o->again)
        snprintf(again, sizeof again, "-%d", run->o->again + 1);
    snprintf(run->folder, sizeof run->folder, "%s/%s-seed%llu%s", base, name, (unsigned long long)seed, again);
    if (!make(run, run->folder)) {
        run->folder[0] = '\0';
        return false;
    }
    remove_old(run->folder);
    return true;
}

static bool write_text(const char *path, const char *text, size_t n) {
    FILE *f = fopen(path, "wb");
    if (!f)
        return false;
    bool ok = fwrite(text, 1, n, f) == n;
    int why = errno;
    if (fclose(f) != 0) {
        ok = false;
        why = errno;
    }
    errno = why;
    return ok;
}

void out_trace(struct check_run *run, struct finding *f, const struct drive_log *log,
               const struct program *p) {
    if (!run->folder[0] || !p) /* found before the first program */
        return;
    struct program trace;
    program_init(&trace);
    char path[600], *text = NULL;
    size_t n = 0;
    program_set_head(&trace, "target", "%s", run->target);
    program_set_head(&trace, "seed", "%llu", (unsigned long long)run->o->seed);
    program_set_head(&trace, "program", "%u", f->program);
    program_set_head(&trace, "expect", "%s %s", verdict_name(f->verdict), f->cites);
    program_set_head(&trace, "summary", "%s", f->summary);
    if (f->point >= 0) {
        char context[160];
        program_set_head(&trace, "point", "%s %s", point_name(f->point),
                         point_context_text(f->point, f->context, context, sizeof context));
        program_set_head(&trace, "answer", "%s", f->answer);
    }
    program_set_head(&trace, "seen", "%s", f->seen);
    program_set_head(&trace, "allowed", "%s", f->allowed);
    program_set_head(&trace, "rate", "not measured: see imapdiff replay --times");
    snprintf(path, sizeof path, "%s/%s.trace", run->folder, f->id);
    if (log_trace(log, log->n, p, &trace) && !trace.failed && (text = program_print(&trace, &n)) &&
        write_text(path, text, n))
        f->trace = strdup(path);
    else if (!run->io_error[0])
        snprintf(run->io_error, sizeof run->io_error, "cannot write %.240s: %s", path,
                 text ? strerror(errno) : "out of memory");
    free(text);
    program_free(&trace);
}
