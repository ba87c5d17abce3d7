/* diff_grid.c: the end of `imapdiff diff`: the folder's findings, those set apart that a profile knows, and
 * the exit status. */
#include "diff.h"

#include "cli.h"
#include "profile.h"
#include "report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FOLDS_MAX 20000

/* Marks what the profile knows of its library. */
static void apply(const struct diff *d, const struct profile *p, const char *path, struct fold *v, int n) {
    profile_mark(p, v, n);
    const struct library *l = library_find(profile_library(p));
    const char *version = l && l->version ? l->version() : NULL,
               *colon = version ? strchr(version, ':') : NULL;
    version = colon ? colon + 1 : version; /* the package's epoch */
    if (version && *profile_version(p) && strncmp(version, profile_version(p), strlen(profile_version(p))) &&
        !d->o.quiet)
        fprintf(stderr, "imapdiff: %s is of %s %s, and this is %s: differences may be new\n", path, l->name,
                profile_version(p), version);
}

static bool apply_file(const struct diff *d, const char *path, struct fold *v, int n, char *err, size_t errlen) {
    struct profile *p = profile_load(path, err, errlen);
    if (p)
        apply(d, p, path, v, n);
    profile_free(p);
    return p;
}

/* The profile of each library that the folder tells of: earlier runs may have asked others. */
static bool apply_profiles(const struct diff *d, struct fold *v, int n, char *err, size_t errlen) {
    char lua[512], path[700];
    bool folder = lua_folder(lua, sizeof lua, err, errlen), ok = folder || !err[0];
    for (int i = 0; i < n && ok && folder; i++) {
        int before = 0;
        while (before < i && strcmp(v[before].library, v[i].library))
            before++;
        snprintf(path, sizeof path, "%s/profile/%.31s.lua", lua, v[i].library);
        if (before == i && access(path, F_OK) == 0)
            ok = apply_file(d, path, v, n, err, errlen);
    }
    for (int k = 0; k < d->o.profiles && ok; k++)
        ok = apply_file(d, d->o.profile[k], v, n, err, errlen);
    return ok;
}

bool diff_ready(const struct diff *d, char *err, size_t errlen) {
    for (int k = 0; k < d->o.profiles; k++) {
        struct profile *p = profile_load(d->o.profile[k], err, errlen);
        bool here = false;
        for (int i = 0; p && i < d->libraries; i++)
            here |= !strcmp(d->library[i]->name, profile_library(p));
        if (p && !here)
            snprintf(err, errlen, "--profile: %s is of %s, which is not in this run", d->o.profile[k], profile_library(p));
        profile_free(p);
        if (!here)
            return false;
    }
    FILE *f = d->o.json_file ? fopen(d->o.json_file, "ae") : NULL;
    if (d->o.json_file && (!f || fclose(f) != 0)) {
        snprintf(err, errlen, "cannot write `%s`: %s", d->o.json_file, strerror(errno));
        return false;
    }
    return true;
}

/* New, and the library's fault. */
static int failing(const struct fold *v, int n) {
    int k = 0;
    for (int i = 0; i < n; i++)
        k += !v[i].known && standing_of(v[i].item, v[i].part, v[i].cause) == STANDING_WRONG;
    return k;
}

static bool write_json(const struct diff *d, const struct fold *v, int n, uint64_t executed, char *err,
                       size_t errlen) {
    FILE *f = d->o.json_file ? fopen(d->o.json_file, "w") : stdout;
    bool ok = f && tally_json(f, v, n, executed);
    int why = errno;
    if (f && f != stdout && fclose(f) != 0) {
        ok = false;
        why = errno;
    }
    if (!ok)
        snprintf(err, errlen, "cannot write `%s`: %s", d->o.json_file ? d->o.json_file : "standard output",
                 strerror(why));
    return ok;
}

int diff_report(struct diff *d) {
    char err[700] = "";
    uint64_t executed = 0;
    struct fold *v = calloc(FOLDS_MAX, sizeof *v);
    int n = v ? tally_read(d->out, v, FOLDS_MAX, &executed, err, sizeof err) : -1;
    if (n < 0) {
        cli_error("diff: %s", v ? err : "out of memory");
        free(v);
        return EXIT_USAGE;
    }
    if (err[0])
        cli_error("diff: %s", err);
    int status = EXIT_CLEAN;
    if (!apply_profiles(d, v, n, err, sizeof err)) {
        cli_error("%s", err);
        status = EXIT_USAGE;
    }
    int fails = failing(v, n);
    if (!d->o.json || d->o.json_file) {
        tally_grid(stdout, v, n, executed, report_colour(stdout));
        if (n)
            printf("\ninputs are in %s\n", d->out);
        printf("exit status %d: %d new kinds of disagreement in which the library is wrong\n",
               fails ? EXIT_FINDINGS : status, fails);
    }
    if (d->o.json && !write_json(d, v, n, executed, err, sizeof err)) {
        cli_error("diff: %s", err);
        status = EXIT_USAGE;
    }
    free(v);
    return fails ? EXIT_FINDINGS : status;
}
