/* script_behaviour.h: from one Lua file to recorded answers; between answer.c, which keeps them, and the
 * sandbox. */
#ifndef SCRIPT_BEHAVIOUR_H
#define SCRIPT_BEHAVIOUR_H

#include "behaviour.h"

struct recorded {
    struct behaviour about;
    char path[256];
    int name_line;
    struct answer
        *at[POINT_COUNT]; /* point_contexts() answers each; NULL: no handler. A blank answer: "not mine" */
};

/* Runs the file, checks what it says of itself, and asks each handler in each context, twice. False: err, and
 * *out holds nothing. */
bool script_load_behaviour(const char *path, struct recorded *out, char *err, size_t errlen);
void recorded_free(struct recorded *r); /* what *r points to */

/* A blank answer says "not mine". */
bool answer_is_blank(const struct answer *a);
/* May a behaviour answer this at this point? If not: false, and what is wrong in err. A fault may do more:
 * what it returns need not fit together. */
bool answer_fits(enum point p, const struct answer *a, bool fault, char *err, size_t errlen);
/* "OK" */
const char *reply_name(enum reply r);
/* Does the point have a tagged word to answer? */
bool point_has_reply(enum point p);
/* Its tagged words, "OK or NO", into buf; "" if it has none. Returns buf. */
const char *point_replies(enum point p, char *buf, size_t cap);
/* A code that an answer may carry, by its name; CODE_NONE if there is none. */
int answer_code(const char *name);
/* The names of those codes; the last is NULL. */
const char *const *answer_codes(void);

#endif
