/* author_new.c: `imapdiff new behaviour|scenario|profile NAME`: a commented skeleton in a file of its own. */
#include "author.h"

#include "cli.h"
#include "names.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum kind { NEW_BEHAVIOUR, NEW_SCENARIO, NEW_PROFILE, NEW_KINDS };
static const char *const kinds[NEW_KINDS] = {"behaviour", "scenario", "profile"};

/* lua/API.md: 1 to 47 of a-z, 0-9, - and . */
static bool name_is_fine(const char *name) {
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-.");
    return n > 0 && n < 48 && !name[n] && name[0] != '.' && name[0] != '-';
}

static int kind_of(const char *word) {
    for (int k = 0; k < NEW_KINDS; k++)
        if (!strcmp(word, kinds[k]))
            return k;
    cli_error("new: expected behaviour, scenario or profile, not `%s`%s", word,
              names_hint(word, kinds, NEW_KINDS).text);
    return -1;
}

static int point_of(const char *word) {
    int p = point_by_name(word);
    const char *known[POINT_COUNT];
    for (int i = 0; i < POINT_COUNT; i++)
        known[i] = point_name((enum point)i);
    if (p < 0)
        cli_error("new: --point: there is no choice point `%s`%s; see imapdiff list choices", word,
                  names_hint(word, known, POINT_COUNT).text);
    return p;
}

static bool name_is_free(enum kind kind, const char *name, const struct behaviours *b) {
    if (kind == NEW_BEHAVIOUR && behaviours_find(b, name) >= 0) {
        cli_error("new: there is a behaviour `%s` already; see imapdiff list behaviours", name);
        return false;
    }
    return true;
}

/* Never over a file that is there. */
static bool write_file(const char *path, enum kind kind, const char *name, enum point p,
                       const struct behaviours *b) {
    FILE *f = fopen(path, "wx");
    if (!f) {
        cli_error(errno == EEXIST ? "new: %s is there already" : "new: cannot write %s: %m", path);
        return false;
    }
    if (kind == NEW_BEHAVIOUR)
        skeleton_behaviour(f, name, p, b);
    else if (kind == NEW_SCENARIO)
        skeleton_scenario(f, name);
    else
        skeleton_profile(f, name);
    bool ok = !ferror(f);
    ok = fclose(f) == 0 && ok;
    if (!ok) {
        cli_error("new: cannot write %s: %m", path);
        unlink(path);
    }
    return ok;
}

static int write_new(enum kind kind, const char *name, enum point p, const char *path) {
    char own[64], err[800];
    struct behaviours *b = load_behaviours(NULL, 0, err, sizeof err);
    if (!b) {
        cli_error("%s", err);
        return EXIT_USAGE;
    }
    snprintf(own, sizeof own, "%s.lua", name);
    path = path ? path : own;
    bool ok = name_is_free(kind, name, b) && write_file(path, kind, name, p, b);
    behaviours_free(b);
    if (!ok)
        return EXIT_USAGE;
    printf("%s: a %s that runs; change it, then: imapdiff try %s\n", path, kinds[kind], path);
    return EXIT_CLEAN;
}

int new_main(int argc, char **argv) {
    const char *word[2], *point = NULL, *path = NULL;
    int n;
    const struct cli_option options[] = {
        {.name = "point", .type = CLI_TEXT, .to = &point},
        {.name = "o", .type = CLI_TEXT, .to = &path},
        {0},
    };
    if (!cli_parse(options, argc, argv, word, 2, &n))
        return EXIT_USAGE;
    if (n < 2) {
        cli_error("new: expected behaviour, scenario or profile, and a name");
        return EXIT_USAGE;
    }
    int kind = kind_of(word[0]), p = point ? point_of(point) : P_DELETE_IN_USE;
    if (kind < 0 || p < 0)
        return EXIT_USAGE;
    if (point && kind != NEW_BEHAVIOUR) {
        cli_error("new: --point is for a behaviour");
        return EXIT_USAGE;
    }
    if (!name_is_fine(word[1])) {
        cli_error("new: expected a name of 1 to 47 of a-z, 0-9, - and ., not `%.60s`", word[1]);
        return EXIT_USAGE;
    }
    return write_new((enum kind)kind, word[1], (enum point)p, path);
}
