/* target_model.c: the target `model:B1,B2`: which behaviours it serves. */
#include "inproc.h"
#include "names.h"
#include "target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHOSEN_MAX 64
struct own {
    struct inproc *inproc;
    int chosen[CHOSEN_MAX];
    int n;
};

static bool no_such(const struct target_options *o, const char *name, char *err, size_t errlen) {
    const char *known[BEHAVIOURS_MAX];
    int n = o->behaviours ? behaviours_count(o->behaviours) : 0;
    for (int i = 0; i < n && i < BEHAVIOURS_MAX; i++)
        known[i] = behaviours_at(o->behaviours, i)->name;
    const char *near = names_nearest(name, known, (size_t)(n < BEHAVIOURS_MAX ? n : BEHAVIOURS_MAX));
    snprintf(err, errlen,
             "unknown behaviour `%s`%s%s%s: expected a name from `imapdiff list behaviours`, or a Lua file",
             name, near ? " (nearest: " : "", near ? near : "", near ? ")" : "");
    return false;
}

/* One word of the list: the name of a loaded behaviour, or a file to load. */
static bool choose(struct own *own, const struct target_options *o, const char *name, char *err,
                   size_t errlen) {
    int index = o->behaviours ? behaviours_find(o->behaviours, name) : -1;
    size_t n = strlen(name);
    if (index < 0 && o->behaviours && (strchr(name, '/') || (n > 4 && !strcmp(name + n - 4, ".lua")))) {
        index = behaviours_load(o->behaviours, name, err, errlen);
        if (index < 0)
            return false;
    }
    if (index < 0)
        return no_such(o, name, err, errlen);
    if (own->n == CHOSEN_MAX) {
        snprintf(err, errlen, "more than %d behaviours", CHOSEN_MAX);
        return false;
    }
    own->chosen[own->n++] = index;
    return true;
}

static bool choose_all(struct own *own, const char *list, const struct target_options *o, char *err,
                       size_t errlen) {
    char word[512];
    while (*list) {
        size_t n = strcspn(list, ",");
        if (!n || n >= sizeof word) {
            snprintf(err, errlen, "expected behaviours separated by commas: model:B1,B2");
            return false;
        }
        memcpy(word, list, n);
        word[n] = '\0';
        if (!choose(own, o, word, err, errlen))
            return false;
        list += n + (list[n] == ',');
    }
    return own->n < 2 || behaviours_compatible(o->behaviours, own->chosen, own->n, err, errlen);
}

static bool model_fresh(struct target *t) {
    inproc_reset(((struct own *)t->self)->inproc);
    return true;
}

static void model_free(struct target *t) {
    struct own *own = t->self;
    inproc_free(own->inproc);
    free(own);
}

static const struct target_ops model_ops = {.fresh = model_fresh, .free = model_free};

bool target_open_model(struct target *t, const char *chosen, const struct target_options *o, char *err,
                       size_t errlen, bool *usage) {
    struct own *own = calloc(1, sizeof *own);
    if (own && !choose_all(own, chosen, o, err, errlen)) {
        free(own);
        *usage = true;
        return false;
    }
    static const char *const users[] = {"u1:pw", "u2:pw", "u3:pw", NULL};
    struct model_server_options m = {.behaviours = o->behaviours,
                                     .chosen = own ? own->chosen : NULL,
                                     .chosen_n = own ? own->n : 0,
                                     .seed = o->seed,
                                     .content = o->content,
                                     .users = users};
    if (!own || !(own->inproc = inproc_new(&m, o->events))) {
        free(own);
        snprintf(err, errlen, "out of memory");
        return false;
    }
    for (t->users_n = 0; users[t->users_n]; t->users_n++)
        t->users[t->users_n] = users[t->users_n];
    t->self = own;
    t->ops = &model_ops;
    t->transport = inproc_transport(own->inproc);
    t->kind = TARGET_MODEL;
    t->secure = SECURE_PLAIN;
    t->can[SECURE_PLAIN] = t->can[SECURE_TLS] = t->can[SECURE_STARTTLS] = true;
    t->pause_ms = 0;
    t->reply_ms = 5000;
    t->raw_ms = 50;
    t->inbox = true;
    t->clean = false;
    return true;
}
