/* target_model.c: the target `model:B1,B2`: which behaviours it serves. */
#include "chosen.h"
#include "inproc.h"
#include "target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct own {
    struct inproc *inproc;
    struct chosen chosen;
};

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
    if (own && !chosen_parse(&own->chosen, o->behaviours, chosen, err, errlen)) {
        free(own);
        *usage = true;
        return false;
    }
    static const char *const users[] = {"u1:pw", "u2:pw", "u3:pw", NULL};
    struct model_server_options m = {.behaviours = o->behaviours,
                                     .chosen = own ? own->chosen.index : NULL,
                                     .chosen_n = own ? own->chosen.n : 0,
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
