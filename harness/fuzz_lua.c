/* fuzz_lua.c: the Lua loader and its sandbox on any text: it ends within its budget, twice in the same way,
 * and an error names file and line.
 *
 * Input: `b` (a behaviour) or `s` (a scenario), then the file's text.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz_common.h"
#include "scenario.h"
#include "script_behaviour.h"

/* "path:LINE: what": one line, without controls. */
static void check_error(const char *err, const char *path) {
    size_t n = strlen(path);
    OWN(!strncmp(err, path, n) && err[n] == ':', "the error does not begin with the file: %s", err);
    const char *at = err + n + 1;
    OWN(isdigit((unsigned char)*at), "the error has no line: %s", err);
    at += strspn(at, "0123456789");
    OWN(at[0] == ':' && at[1] == ' ' && at[2], "the error says nothing: %s", err);
    for (; *at; at++)
        OWN((unsigned char)*at >= ' ' && *at != 0x7f, "the error has a control octet: %s", err);
}

static bool load_behaviour(const char *path, char *err, size_t errlen) {
    struct recorded r;
    char why[200];
    if (!script_load_behaviour(path, &r, err, errlen))
        return false;
    for (int p = 0; p < POINT_COUNT; p++)
        for (uint32_t c = 0; r.at[p] && c < point_contexts((enum point)p); c++)
            OWN(answer_is_blank(&r.at[p][c]) ||
                    answer_fits((enum point)p, &r.at[p][c], r.about.fault, why, sizeof why),
                "an answer that does not fit: %s", why);
    recorded_free(&r);
    return true;
}

/* A play is a program: printed and read again it prints the same. */
static void check_play(const struct program *p) {
    struct program again;
    char err[300];
    size_t n, m;
    program_init(&again);
    char *text = program_print(p, &n), *twice = NULL;
    OWN(text && program_parse(&again, "play", 1, text, n, err, sizeof err),
        "a printed play is refused: %s\n%s", err, text);
    twice = program_print(&again, &m);
    OWN(twice && n == m && !memcmp(text, twice, n), "printed twice:\n%s\n%s", text, twice);
    free(text);
    free(twice);
    program_free(&again);
}

static bool load_scenario(const char *path, char *err, size_t errlen) {
    struct scenarios *all = scenarios_load(path, NULL, err, errlen);
    if (!all)
        return false;
    OWN(scenarios_count(all) == 1, "%u scenarios in a file", scenarios_count(all));
    const struct program *p;
    for (uint32_t k = 0; (p = scenario_program(scenarios_at(all, 0), k)); k++)
        check_play(p);
    scenarios_free(all);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
    static int file = -1;
    static char path[40];
    char err[2][600] = {"", ""};
    if (n < 1)
        return 0;
    if (file < 0) {
        file = memfd_create("script", MFD_CLOEXEC);
        snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    }
    OWN(ftruncate(file, 0) == 0 && pwrite(file, p + 1, n - 1, 0) == (ssize_t)(n - 1), "no memory file");
    bool ok[2];
    for (int i = 0; i < 2; i++)
        ok[i] =
            p[0] & 1 ? load_scenario(path, err[i], sizeof *err) : load_behaviour(path, err[i], sizeof *err);
    if (!ok[0])
        check_error(err[0], path);
    OWN(ok[0] == ok[1] && !strcmp(err[0], err[1]), "loaded twice: %d %s, then %d %s", ok[0], err[0], ok[1],
        err[1]);
    return 0;
}
