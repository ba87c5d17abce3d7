/* chosen.c: a list of behaviours: names of loaded ones, or Lua files to load. */
#include "chosen.h"

#include "names.h"

#include <stdio.h>
#include <string.h>

static bool no_such(const struct behaviours *b, const char *name, char *err, size_t errlen) {
    const char *known[BEHAVIOURS_MAX];
    int n = b ? behaviours_count(b) : 0;
    for (int i = 0; i < n && i < BEHAVIOURS_MAX; i++)
        known[i] = behaviours_at(b, i)->name;
    snprintf(err, errlen,
             "unknown behaviour `%s`%s: expected a name from `imapdiff list behaviours`, or a Lua file", name,
             names_hint(name, known, (size_t)(n < BEHAVIOURS_MAX ? n : BEHAVIOURS_MAX)).text);
    return false;
}

/* One word of the list: the name of a loaded behaviour, or a file to load. */
static bool choose(struct chosen *c, struct behaviours *b, const char *name, char *err, size_t errlen) {
    int index = b ? behaviours_find(b, name) : -1;
    size_t n = strlen(name);
    if (index < 0 && b && (strchr(name, '/') || (n > 4 && !strcmp(name + n - 4, ".lua")))) {
        index = behaviours_load(b, name, err, errlen);
        if (index < 0)
            return false;
    }
    if (index < 0)
        return no_such(b, name, err, errlen);
    if (c->n == CHOSEN_MAX) {
        snprintf(err, errlen, "more than %d behaviours", CHOSEN_MAX);
        return false;
    }
    c->index[c->n++] = index;
    return true;
}

bool chosen_parse(struct chosen *c, struct behaviours *b, const char *list, char *err, size_t errlen) {
    char word[512];
    while (*list) {
        size_t n = strcspn(list, ",");
        if (!n || n >= sizeof word) {
            snprintf(err, errlen, "expected behaviours separated by commas: model:B1,B2");
            return false;
        }
        memcpy(word, list, n);
        word[n] = '\0';
        if (!choose(c, b, word, err, errlen))
            return false;
        list += n + (list[n] == ',');
    }
    return c->n < 2 || behaviours_compatible(b, c->index, c->n, err, errlen);
}
