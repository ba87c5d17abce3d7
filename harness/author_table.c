/* author_table.c: a behaviour's answers, context by context, beside those of all others; contexts that look
 * alike are one row. */
#include "author.h"

#include "script_behaviour.h"

#include <stdlib.h>
#include <string.h>

/* "NO [INUSE] absent" */
static const char *answer_text(const struct answer *a, char *buf, size_t cap) {
    if (!a)
        return "left to others";
    size_t n =
        (size_t)snprintf(buf, cap, "%s", a->reply == REPLY_NONE ? "" : reply_name((enum reply)a->reply));
    for (int i = 0; answer_codes()[i] && n < cap; i++)
        if (a->code != CODE_NONE && answer_code(answer_codes()[i]) == a->code)
            n += (size_t)snprintf(buf + n, cap - n, " [%s]", answer_codes()[i]);
    for (int i = 0; i < a->ops && n < cap; i++)
        n += (size_t)snprintf(buf + n, cap - n, "%s%s", n ? " " : "", op_name((enum op)a->op[i]));
    return buf;
}

static bool same_answer(const struct answer *a, const struct answer *b) {
    if (!a || !b)
        return a == b;
    return a->reply == b->reply && a->code == b->code && a->ops == b->ops && !memcmp(a->op, b->op, a->ops);
}

static bool shown(const struct behaviours *b, int i, int own, enum point p) {
    const struct behaviour *x = behaviours_at(b, i);
    return i != own && x->points >> p & 1 && (point_kind(p) == POINT_FAULT || !x->fault);
}

/* Do all behaviours answer alike in two contexts? */
static bool alike(const struct behaviours *b, int own, enum point p, uint32_t c, uint32_t d) {
    for (int i = 0; i < behaviours_count(b); i++)
        if ((i == own || shown(b, i, own, p)) &&
            !same_answer(behaviours_answer(b, i, p, c), behaviours_answer(b, i, p, d)))
            return false;
    return true;
}

/* The others' answers, each with who gives it. */
static void others(FILE *out, const struct behaviours *b, int own, enum point p, uint32_t c) {
    bool done[BEHAVIOURS_MAX] = {false};
    char text[256];
    for (int i = 0; i < behaviours_count(b); i++) {
        const struct answer *a = shown(b, i, own, p) ? behaviours_answer(b, i, p, c) : NULL;
        if (!a || done[i])
            continue;
        fprintf(out, "      %-36s", answer_text(a, text, sizeof text));
        for (int j = i; j < behaviours_count(b); j++)
            if (shown(b, j, own, p) && same_answer(a, behaviours_answer(b, j, p, c))) {
                done[j] = true;
                fprintf(out, " %s", behaviours_at(b, j)->name);
            }
        fputc('\n', out);
    }
}

static void one_point(FILE *out, const struct behaviours *b, int own, enum point p) {
    const uint32_t n = point_contexts(p);
    bool *done = calloc(n, sizeof *done);
    char text[256], context[160];
    fprintf(out, "%s, asked as %s, in %u context%s\n", point_name(p), point_handler(p), n, n == 1 ? "" : "s");
    for (uint32_t c = 0; done && c < n; c++) {
        if (done[c])
            continue;
        for (uint32_t d = c; d < n; d++)
            if (!done[d] && alike(b, own, p, c, d)) {
                done[d] = true;
                fprintf(out, "   %s %s\n", d == c ? "where" : "   or",
                        n == 1 ? "always" : point_context_text(p, d, context, sizeof context));
            }
        fprintf(out, "    > %-36s %s\n", answer_text(behaviours_answer(b, own, p, c), text, sizeof text),
                behaviours_at(b, own)->name);
        others(out, b, own, p, c);
    }
    free(done);
}

void try_table(FILE *out, const struct behaviours *b, int index) {
    for (int p = 0; p < POINT_COUNT; p++)
        if (behaviours_at(b, index)->points >> p & 1)
            one_point(out, b, index, (enum point)p);
}
