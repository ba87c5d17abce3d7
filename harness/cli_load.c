/* cli_load.c: what every command needs from outside: the Lua folder, behaviours, message contents. */
#include "cli.h"

#include "names.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_folder(const char *path) {
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

const char *near_path(const char *path, char *out, size_t n) {
    char folder[600], *known[256];
    size_t k = 0, length = strlen(path);
    out[0] = '\0';
    while (length > 1 && path[length - 1] == '/')
        length--;
    if (snprintf(folder, sizeof folder, "%.*s", (int)length, path) >= (int)sizeof folder)
        return out;
    char *slash = strrchr(folder, '/');
    const char *word = slash ? slash + 1 : folder;
    if (slash)
        *slash = '\0';
    DIR *dir = opendir(!slash ? "." : folder[0] ? folder : "/");
    struct dirent *e;
    while (dir && k < sizeof known / sizeof *known && (e = readdir(dir)))
        if (e->d_name[0] != '.' && (known[k] = strdup(e->d_name)))
            k++;
    if (dir)
        closedir(dir);
    const char *near = names_nearest(word, (const char *const *)known, k);
    if (near && strcmp(near, word))
        snprintf(out, n, " (nearest: %s%s%s)", slash ? folder : "", slash ? "/" : "", near);
    while (k > 0)
        free(known[--k]);
    return out;
}

static bool holds_lua(const char *folder) {
    char path[600];
    snprintf(path, sizeof path, "%s/behaviour", folder);
    if (is_folder(path))
        return true;
    snprintf(path, sizeof path, "%s/scenario", folder);
    return is_folder(path);
}

bool lua_folder(char *path, size_t n, char *err, size_t errlen) {
    const char *env = getenv("IMAPDIFF_LUA");
    err[0] = '\0';
    if (env && *env) {
        char near[400];
        snprintf(path, n, "%s", env);
        if (holds_lua(path))
            return true;
        snprintf(
            err, errlen, "IMAPDIFF_LUA: expected the folder with behaviour/ and scenario/; %s `%.200s`%s",
            is_folder(path) ? "neither is in" : "there is no folder", env, near_path(env, near, sizeof near));
        return false;
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
    static const char *const beside[] = {"lib/lua", "../lua", "../../lua", "../../../lua", "../share/imapdiff/lua"};
    for (size_t i = 0; i < sizeof beside / sizeof *beside; i++) {
        snprintf(path, n, "%s/%s", exe, beside[i]);
        if (is_folder(path))
            return true;
    }
    return false;
}

/* One of --behaviours: it must be there and hold something. */
static bool load_folder(struct behaviours *b, const char *folder, char *err, size_t errlen) {
    char near[400];
    if (!is_folder(folder)) {
        snprintf(err, errlen, "--behaviours: expected a folder of Lua files; there is no folder `%.200s`%s",
                 folder, near_path(folder, near, sizeof near));
        return false;
    }
    int n = behaviours_load_folder(b, folder, err, errlen);
    if (n == 0)
        snprintf(err, errlen, "--behaviours: expected a folder of Lua files; none is in `%.200s`", folder);
    return n > 0;
}

struct behaviours *load_behaviours(const char *const *folders, int n, char *err, size_t errlen) {
    struct behaviours *b = behaviours_new();
    char lua[512], path[600];
    if (!b) {
        snprintf(err, errlen, "out of memory");
        return NULL;
    }
    bool ok = true;
    if (lua_folder(lua, sizeof lua, err, errlen)) {
        snprintf(path, sizeof path, "%s/behaviour", lua);
        ok = !is_folder(path) || behaviours_load_folder(b, path, err, errlen) >= 0;
    } else {
        ok = !err[0];
    }
    for (int i = 0; ok && i < n; i++)
        ok = load_folder(b, folders[i], err, errlen);
    if (ok)
        return b;
    behaviours_free(b);
    return NULL;
}
