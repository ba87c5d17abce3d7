/* fuzz_grid.c: `fuzz-grid FOLDER [json]`: the grid library x cause of what fuzzers folded into a folder
 * (tally.h), with what the profiles in lua/profile know set apart.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "profile.h"
#include "tally.h"

#define FOLDS 20000

static bool marked(struct fold *v, int n, const char *path, char *err, size_t errlen) {
    struct profile *p = profile_load(path, err, errlen);
    if (p)
        profile_mark(p, v, n);
    profile_free(p);
    return p != NULL;
}

/* Folds come sorted by library. */
static bool mark(struct fold *v, int n, char *err, size_t errlen) {
    char lua[512], path[600];
    if (!lua_folder(lua, sizeof lua, err, errlen))
        return !err[0];
    for (int i = 0; i < n; i++) {
        snprintf(path, sizeof path, "%s/profile/%.31s.lua", lua, v[i].library);
        if ((i == 0 || strcmp(v[i - 1].library, v[i].library)) && access(path, F_OK) == 0 &&
            !marked(v, n, path, err, errlen))
            return false;
    }
    return true;
}

int main(int argc, char **argv) {
    static struct fold v[FOLDS];
    char err[400] = "";
    uint64_t executed = 0;
    bool json = argc == 3 && !strcmp(argv[2], "json");
    if (argc != 2 && !json) {
        fprintf(stderr, "usage: fuzz-grid FOLDER [json]\n");
        return 2;
    }
    int n = tally_read(argv[1], v, FOLDS, &executed, err, sizeof err);
    if (n >= 0 && !err[0])
        mark(v, n, err, sizeof err);
    if (n < 0 || err[0])
        fprintf(stderr, "fuzz-grid: %s\n", err);
    if (n < 0)
        return 2;
    if (json)
        return tally_json(stdout, v, n, executed) ? 0 : 2;
    tally_grid(stdout, v, n, executed, false);
    return fflush(stdout) != 0;
}
