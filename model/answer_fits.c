/* answer_fits.c: which answers make sense at which point, as a table: tagged word, and how many primitives go
 * with it. */
#include "script_behaviour.h"

#include <stdio.h>
#include <string.h>

struct shape {
    uint8_t point, reply, least, most; /* numbers of primitives */
};
static const struct shape shapes[] = {
    {P_DELETE_IN_USE, REPLY_OK, 1, 4},   {P_DELETE_IN_USE, REPLY_NO, 0, 0},
    {P_RENAME_IN_USE, REPLY_OK, 1, 4},   {P_RENAME_IN_USE, REPLY_NO, 0, 0},
    {P_CREATE_RECYCLED, REPLY_OK, 1, 1}, {P_CREATE_RECYCLED, REPLY_NO, 0, 0},
    {P_EXPUNGE_IN_USE, REPLY_OK, 0, 1}, /* without: CLOSE, which cannot say NO (T-MAP-21) */
    {P_EXPUNGE_IN_USE, REPLY_NO, 0, 0},  {P_FETCH_EXPUNGED, REPLY_OK, 1, 1},
    {P_FETCH_EXPUNGED, REPLY_NO, 1, 1},  {P_FETCH_EXPUNGED, REPLY_BYE, 1, 1},
    {P_STORE_EXPUNGED, REPLY_OK, 0, 3},  {P_STORE_EXPUNGED, REPLY_NO, 0, 3},
    {P_SEARCH_EXPUNGED, REPLY_OK, 1, 1}, {P_COPY_EXPUNGED, REPLY_OK, 1, 1},
    {P_COPY_EXPUNGED, REPLY_NO, 0, 0},   {P_RANGE_BEYOND, REPLY_OK, 1, 1},
    {P_RANGE_BEYOND, REPLY_NO, 0, 0},    {P_RANGE_BEYOND, REPLY_BAD, 0, 0},
    {P_STATUS_SELECTED, REPLY_OK, 1, 1}, {P_STATUS_SELECTED, REPLY_NO, 0, 0},
    {P_ERROR_WORD, REPLY_NO, 0, 0},      {P_ERROR_WORD, REPLY_BAD, 0, 0},
    {P_ID_RESPONSE, REPLY_OK, 1, 1},     {P_LOGIN_REFUSED, REPLY_NO, 0, 0},
    {P_LOGIN_REFUSED, REPLY_BAD, 0, 0},
};
#define SHAPES (sizeof shapes / sizeof *shapes)

/* Primitives that contradict each other. */
static const uint8_t contrary[][2] = {
    {OP_GHOST, OP_DESTROY},        {OP_GHOST, OP_ORPHAN},
    {OP_GHOST, OP_EMPTY},          {OP_ORPHAN, OP_EMPTY},
    {OP_KEEP, OP_ORPHAN},          {OP_KEEP, OP_EMPTY},
    {OP_TELL_LIVING, OP_TELL_ALL}, {OP_DISCONNECT_OWN, OP_CLOSE_OWN},
};

const char *reply_name(enum reply r) {
    static const char *const names[] = {"nothing", "OK", "NO", "BAD", "BYE"};
    return names[r];
}

bool point_has_reply(enum point p) {
    for (size_t i = 0; i < SHAPES; i++)
        if (shapes[i].point == p)
            return true;
    return false;
}

bool answer_is_blank(const struct answer *a) { return a->reply == REPLY_NONE && a->ops == 0; }

/* The codes that the model as a server can say. */
static const char *const code_names[] = {"EXPUNGEISSUED", "INUSE", NULL};
static const uint8_t code_kinds[] = {CODE_EXPUNGEISSUED, CODE_INUSE};

const char *const *answer_codes(void) { return code_names; }

int answer_code(const char *name) {
    for (int i = 0; code_names[i]; i++)
        if (strcmp(code_names[i], name) == 0)
            return code_kinds[i];
    return CODE_NONE;
}

/* "ghost, orphan, destroy" */
static const char *offered(enum point p, char *buf, size_t cap) {
    size_t n = 0;
    buf[0] = '\0';
    for (int o = OP_NONE + 1; o < OP_COUNT && n < cap; o++)
        if (op_allowed((enum op)o, p))
            n += (size_t)snprintf(buf + n, cap - n, "%s%s", n ? ", " : "", op_name((enum op)o));
    return buf;
}

const char *point_replies(enum point p, char *buf, size_t cap) {
    size_t n = 0;
    buf[0] = '\0';
    for (size_t i = 0; i < SHAPES && n < cap; i++)
        if (shapes[i].point == p)
            n += (size_t)snprintf(buf + n, cap - n, "%s%s", n ? " or " : "",
                                  reply_name((enum reply)shapes[i].reply));
    return buf;
}

static bool word_fits(enum point p, const struct answer *a, char *err, size_t errlen) {
    char ops[256], can[64];
    const struct shape *s = NULL;
    for (size_t i = 0; i < SHAPES && !s; i++)
        if (shapes[i].point == p && shapes[i].reply == a->reply)
            s = &shapes[i];
    if (!s)
        snprintf(err, errlen, "returns %s: expected %s", reply_name((enum reply)a->reply),
                 point_replies(p, can, sizeof can));
    else if (a->ops > s->most && s->most == 0)
        snprintf(err, errlen, "returns %s, yet calls %s: expected no primitive with it",
                 reply_name((enum reply)a->reply), op_name((enum op)a->op[0]));
    else if (a->ops < s->least || a->ops > s->most)
        snprintf(err, errlen, "returns %s after %u primitives: expected %s of %s",
                 reply_name((enum reply)a->reply), a->ops, s->most > 1 ? "some" : "one",
                 offered(p, ops, sizeof ops));
    else
        return true;
    return false;
}

bool answer_fits(enum point p, const struct answer *a, bool fault, char *err, size_t errlen) {
    char ops[256];
    if (point_has_reply(p)) {
        if (a->reply == REPLY_NONE || !fault) {
            if (!word_fits(p, a, err, errlen))
                return false;
        }
    } else if (a->reply != REPLY_NONE) {
        snprintf(err, errlen, "returns %s: expected nothing, since %s prescribes no tagged word",
                 reply_name((enum reply)a->reply), point_name(p));
        return false;
    } else if (a->ops > 1 && point_kind(p) != POINT_FAULT) {
        snprintf(err, errlen, "calls %u primitives: expected one of %s", a->ops, offered(p, ops, sizeof ops));
        return false;
    }
    for (size_t i = 0; !fault && i < sizeof contrary / sizeof *contrary; i++) {
        if (!answer_has(a, (enum op)contrary[i][0]) || !answer_has(a, (enum op)contrary[i][1]))
            continue;
        snprintf(err, errlen, "calls both %s and %s: expected one of them", op_name((enum op)contrary[i][0]),
                 op_name((enum op)contrary[i][1]));
        return false;
    }
    return true;
}
