/* cli_load.c: what every command needs from outside: the Lua folder, behaviours, message contents. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_folder(const char *path) {
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool lua_folder(char *path, size_t n) {
    const char *env = getenv("IMAPDIFF_LUA");
    if (env && *env) {
        snprintf(path, n, "%s", env);
        return is_folder(path);
    }
    snprintf(path, n, "lua");
    if (is_folder("lua/behaviour"))
        return true;
    char exe[400];
    ssize_t len = readlink("/proc/self/exe", exe, sizeof exe - 1);
    exe[len > 0 ? len : 0] = '\0';
    char *slash = strrchr(exe, '/');
    if (!slash)
        return false;
    *slash = '\0';
    static const char *const beside[] = {"../lua", "../../lua", "../../../lua", "../share/imapdiff/lua"};
    for (size_t i = 0; i < sizeof beside / sizeof *beside; i++) {
        snprintf(path, n, "%s/%s", exe, beside[i]);
        if (is_folder(path))
            return true;
    }
    return false;
}

struct behaviours *load_behaviours(const char *const *folders, int n, char *err, size_t errlen) {
    struct behaviours *b = behaviours_new();
    char lua[512], path[600];
    if (!b) {
        snprintf(err, errlen, "out of memory");
        return NULL;
    }
    bool ok = true;
    if (lua_folder(lua, sizeof lua)) {
        snprintf(path, sizeof path, "%s/behaviour", lua);
        ok = !is_folder(path) || behaviours_load_folder(b, path, err, errlen) >= 0;
    }
    for (int i = 0; ok && i < n; i++)
        ok = behaviours_load_folder(b, folders[i], err, errlen) >= 0;
    if (ok)
        return b;
    behaviours_free(b);
    return NULL;
}
