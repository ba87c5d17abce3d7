/* test_mutants.c: damaged behaviours and scenarios: whatever the file holds, it loads or fails with one line
 * that names it. The damage is drawn from a fixed seed.
 */
#include "behaviour.h"
#include "script.h"

#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MUTANTS    1500
#define SOURCE_MAX 4096

static uint64_t state = 1;

static uint32_t draw(uint32_t below) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((state >> 33) % below);
}

/* One to three times: an octet changed, a piece removed, or a piece moved; the pieces are short. */
static size_t damage(char *p, size_t n) {
    static const char odd[] = "{}[]()=\"'-\\\n\0,;.:end function local return";
    for (uint32_t times = 1 + draw(3); times > 0 && n > 40; times--) {
        size_t at = draw((uint32_t)n - 32), len = 1 + draw(16), to = draw((uint32_t)n - 32);
        switch (draw(3)) {
        case 0:
            p[at] = odd[draw(sizeof odd - 1)];
            break;
        case 1:
            memmove(p + at, p + at + len, n - at - len);
            n -= len;
            break;
        default:
            memmove(p + to, p + at, len);
            break;
        }
    }
    return n;
}

static size_t read_file(const char *path, char *p) {
    FILE *f = fopen(path, "rb");
    size_t n = f ? fread(p, 1, SOURCE_MAX, f) : 0;
    if (f)
        fclose(f);
    return n;
}

/* One line, that begins with the path. */
static bool is_fine(const char *path, const char *err) {
    return strncmp(err, path, strlen(path)) == 0 && err[strlen(path)] == ':' && !strchr(err, '\n');
}

int main(int argc, char **argv) {
    static const char *const files[] = {
        "lua/behaviour/rfc2180/ghosted-mailbox.lua", "lua/behaviour/default.lua",
        "lua/behaviour/practice/store-in-view.lua",  "lua/behaviour/fault/never-tells-after-no.lua",
        "lua/behaviour/practice/tell-in-idle.lua",
    };
    char path[400], source[SOURCE_MAX + 1];
    char *self = strdup(argv[0]);
    int loaded = 0, failures = 0;
    (void)argc;
    snprintf(path, sizeof path, "%s/mutant-%ld.lua", dirname(self), (long)getpid());
    free(self);
    for (int i = 0; i < MUTANTS && failures < 10; i++) {
        char err[1024] = "";
        size_t n = damage(source, read_file(files[i % 5], source));
        FILE *f = fopen(path, "wb");
        if (!f || n == 0 || fwrite(source, 1, n, f) != n || fclose(f) != 0) {
            printf("cannot write %s\n", path);
            return 1;
        }
        struct behaviours *b = behaviours_new();
        bool ok = behaviours_load(b, path, err, sizeof err) >= 0;
        behaviours_free(b);
        loaded += ok;
        if (!ok && !is_fine(path, err)) {
            printf("mutant %d: %s\n", i, err);
            failures++;
        }
        struct script_file *t = script_load_table(path, "behaviour", err, sizeof err);
        if (!t && !is_fine(path, err)) {
            printf("mutant %d: %s\n", i, err);
            failures++;
        }
        script_file_free(t);
    }
    unlink(path);
    printf("%d mutants, %d of them load, %d failures\n", MUTANTS, loaded, failures);
    /* All of them fine, or none at all, would mean that the damage is none, or total. */
    return failures > 0 || loaded < MUTANTS / 100 || loaded > MUTANTS * 3 / 4;
}
