/* compare_shorten.c: a small input of the same difference: runs of octets are left out, then octets are made
 * plain. */
#include "compare_priv.h"

#include <string.h>
#include <time.h>

#define SECONDS 2

struct shortening {
    const struct library *l;
    enum lib_item item;
    enum part part;
    enum lib_verdict verdict;
    char place[LIB_PLACE];
    enum cause cause;
    int tries;
    time_t until;
    bool ended; /* by CRLF */
};

static bool same(struct shortening *s, const uint8_t *p, size_t n) {
    static uint8_t canon[LIB_CANON];
    if (s->tries <= 0 || time(NULL) > s->until)
        return false;
    /* A line's end stays whole: or else many an input would be wrong in a second way. */
    if (s->ended && (n < 2 || p[n - 2] != '\r' || p[n - 1] != '\n'))
        return false;
    s->tries--;
    struct reference r = {.canon = {canon, sizeof canon, 0}};
    const struct lex_options o = reference_options(s->l);
    struct difference d;
    reference_answer(s->item, p, n, &o, &r);
    if (!compare(s->l, s->item, p, n, &r, &d) || d.part != s->part)
        return false;
    if (d.part == PART_FAULT && (d.answer.verdict != s->verdict || strcmp(d.answer.place, s->place)))
        return false;
    return d.causes == 1 && d.cause[0] == s->cause;
}

/* Leaves out runs of `run` octets wherever the difference stays, looking every `step` octets. */
static size_t leave_out(struct shortening *s, uint8_t *p, size_t n, size_t run, size_t step, uint8_t *trial) {
    for (size_t at = 0; at + run <= n && n > run;) {
        memcpy(trial, p, at);
        memcpy(trial + at, p + at + run, n - at - run);
        if (same(s, trial, n - run)) {
            n -= run;
            memcpy(p, trial, n);
        } else {
            at += step;
        }
    }
    return n;
}

/* A literal's octets cannot be left out without its number: both become smaller together. */
static size_t shrink_literals(struct shortening *s, uint8_t *p, size_t n, uint8_t *trial) {
    for (size_t at = 0; at + 4 < n; at++) {
        if (p[at] != '{')
            continue;
        size_t i = at + 1, size = 0;
        while (i < n && p[i] >= '0' && p[i] <= '9' && size < n)
            size = size * 10 + (size_t)(p[i++] - '0');
        size_t header = i;
        while (i < n && p[i] != '\n')
            i++;
        if (i == n || size < 2 || size > n - i - 1)
            continue;
        for (size_t less = 1; less < size; less *= 2) {
            struct out o = {trial, n, 0};
            out_octets(&o, p, at + 1);
            out_number(&o, less);
            out_octets(&o, p + header, i + 1 - header + less);
            out_octets(&o, p + i + 1 + size, n - i - 1 - size);
            if (o.len < n && same(s, trial, o.len)) {
                n = o.len;
                memcpy(p, trial, n);
                break;
            }
        }
    }
    return n;
}

size_t compare_shorten(const struct library *l, enum lib_item item, uint8_t *p, size_t n, enum part part,
                       const struct lib_answer *answer, enum cause cause, int tries) {
    static uint8_t trial[COMPARE_INPUT];
    struct shortening s = {.l = l,
                           .item = item,
                           .part = part,
                           .verdict = answer->verdict,
                           .cause = cause,
                           .tries = tries,
                           .until = time(NULL) + SECONDS};
    memcpy(s.place, answer->place, sizeof s.place); /* the answer is another question's soon */
    s.ended = n >= 2 && p[n - 2] == '\r' && p[n - 1] == '\n';
    if (n > sizeof trial || n < 2)
        return n;
    for (size_t run = n / 2; run >= 1 && s.tries > 0; run /= 2)
        n = leave_out(&s, p, n, run, (run + 1) / 2, trial);
    n = shrink_literals(&s, p, n, trial);
    for (size_t run = n < 24 ? n : 24; run >= 1 && s.tries > 0; run--)
        n = leave_out(&s, p, n, run, 1, trial);
    for (size_t i = 0; i < n && s.tries > 0; i++) {
        if ((p[i] >= 'a' && p[i] <= 'x') || strchr("\r\n\"(){} *", p[i]))
            continue;
        memcpy(trial, p, n);
        trial[i] = 'x';
        if (same(&s, trial, n))
            p[i] = 'x';
    }
    return n;
}
