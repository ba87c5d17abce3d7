/* check_inputs.c: what a run is given by name (--scenario, --profile, --resume): looked at before anything
 * starts, so that a wrong name is one line, and nothing that runs without what was asked for.
 */
#include "check.h"

#include "cli.h"
#include "names.h"
#include "scenario.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool matches_one(const struct scenarios *all, const char *glob, char *err, size_t errlen) {
    uint32_t n = scenarios_count(all);
    const char **known = calloc(n + 1, sizeof *known);
    bool found = false;
    for (uint32_t i = 0; known && i < n; i++) {
        known[i] = scenario_name(scenarios_at(all, i));
        found = found || fnmatch(glob, known[i], 0) == 0;
    }
    if (!found)
        snprintf(err, errlen,
                 "--scenario: expected a name or pattern; none of %u scenarios is `%.100s`%s; see "
                 "imapdiff list scenarios",
                 n, glob, names_hint(glob, known, known ? n : 0).text);
    free(known);
    return found;
}

/* A file or folder of the user's: it must load, and hold something. */
static bool file_there(const char *path, char *err, size_t errlen) {
    char near[400];
    if (access(path, R_OK) != 0) {
        snprintf(err, errlen, "--scenario: %.300s: %s%s", path, strerror(errno),
                 near_path(path, near, sizeof near));
        return false;
    }
    struct scenarios *all = scenarios_load(path, NULL, err, errlen);
    const bool any = all && scenarios_count(all) > 0;
    if (all && !any)
        snprintf(err, errlen, "--scenario: there is no scenario in %.300s", path);
    scenarios_free(all);
    return any;
}

static bool scenario_there(const char *glob, char *err, size_t errlen) {
    char lua[512], path[600];
    if (scenario_is_file(glob))
        return file_there(glob, err, errlen);
    if (!lua_folder(lua, sizeof lua, err, errlen)) {
        if (!err[0])
            snprintf(err, errlen, "--scenario: there is no lua/ folder: set IMAPDIFF_LUA");
        return false;
    }
    snprintf(path, sizeof path, "%s/scenario", lua);
    struct scenarios *all = scenarios_load(path, NULL, err, errlen);
    bool ok = all && matches_one(all, glob, err, errlen);
    scenarios_free(all);
    return ok;
}

/* Before a long run, not after it. That the disk is full shows only then. */
bool check_writable(const char *option, const char *file, bool folder, char *err, size_t errlen) {
    struct stat st;
    char parent[600];
    if (!file)
        return true;
    bool there = stat(file, &st) == 0;
    errno = !there || S_ISDIR(st.st_mode) == folder ? 0 : folder ? ENOTDIR : EISDIR;
    snprintf(parent, sizeof parent, "%s", file);
    size_t n = strlen(parent);
    while (n > 1 && parent[n - 1] == '/') /* imapdiff makes one folder, not those above it */
        parent[--n] = '\0';
    char *slash = strrchr(parent, '/');
    if (slash)
        slash[slash == parent] = '\0';
    const char *where = there ? file : slash ? parent : ".";
    if (!errno && access(where, W_OK) == 0 && (there || (stat(where, &st) == 0 && S_ISDIR(st.st_mode))))
        return true;
    errno = errno ? errno : ENOTDIR;
    snprintf(err, errlen, "%s: cannot write %.300s: %s", option, file, strerror(errno));
    return false;
}

static bool outputs(const struct check_options *o, char *err, size_t errlen) {
    return check_writable("--json", o->json_file, false, err, errlen) &&
           check_writable("--junit", o->junit_file, false, err, errlen) &&
           check_writable("--tap", o->tap_file, false, err, errlen) &&
           check_writable("--report", o->report, true, err, errlen) &&
           check_writable("--print-programs", o->print_programs, false, err, errlen);
}

bool check_inputs(struct check_options *o, char *err, size_t errlen) {
    char near[400];
    for (int i = 0; i < o->users_n; i++)
        if (!strchr(o->users[i], ':')) {
            snprintf(err, errlen, "--user: expected NAME:PASSWORD; there is no colon");
            return false;
        }
    if (!outputs(o, err, errlen))
        return false;
    if (o->scenario && o->scenario[0] && !scenario_there(o->scenario, err, errlen))
        return false;
    if (o->profile && access(o->profile, R_OK) != 0) {
        snprintf(err, errlen, "--profile: expected an earlier --json=FILE: %.200s: %s%s", o->profile,
                 strerror(errno), near_path(o->profile, near, sizeof near));
        return false;
    }
    if (o->profile && !profile_known(&(struct check_run){0}, o->profile, err, errlen))
        return false;
    return !o->resume || resume_options(o, err, errlen);
}
