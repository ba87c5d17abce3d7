/* shrink.c: the search for a smaller program that still fails. */
#include "shrink.h"

#include <stdlib.h>
#include <string.h>

struct shrinker {
    int (*still_fails)(void *user, const struct program *p);
    void *user;
    struct program *best; /* fails */
    struct program trial;
    uint32_t tries, limit, repeats;
    bool stopped, memory;
    bool *keep;    /* of best's lines; room for the input's */
    uint8_t *text; /* of one line; room for the longest */
    uint32_t text_cap;
};

const char *shrink_end_name(enum shrink_end e) {
    static const char *const names[] = {"done", "out of tries", "stopped", "not failing", "out of memory"};
    return names[e];
}

static bool over(const struct shrinker *s) { return s->stopped || s->memory || s->tries >= s->limit; }

static bool fails(struct shrinker *s, const struct program *p) {
    for (uint32_t i = 0; i < s->repeats && !over(s); i++) {
        s->tries++;
        int r = s->still_fails(s->user, p);
        if (r < 0)
            s->stopped = true;
        if (r)
            return r > 0;
    }
    return false;
}

/* Fewer lines, or as many with fewer octets; then the smaller session numbers and flags, which the caller
 * sees to. */
static int size_of(const struct program *p, uint64_t *octets) {
    *octets = 0;
    for (uint32_t i = 0; i < p->lines; i++)
        *octets += p->line[i].n;
    return (int)p->lines;
}

static bool longer(const struct program *a, const struct program *b) {
    uint64_t x, y;
    int m = size_of(a, &x), n = size_of(b, &y);
    return m > n || (m == n && x > y);
}

/* The trial becomes the best if it fails and is not longer. */
static bool try_it(struct shrinker *s) {
    if (s->trial.failed)
        s->memory = true;
    if (over(s) || !s->trial.lines || longer(&s->trial, s->best) || !fails(s, &s->trial))
        return false;
    struct program old = *s->best;
    *s->best = s->trial;
    s->trial = old;
    return true;
}

static void begin_trial(struct shrinker *s) {
    program_clear(&s->trial);
    memcpy(s->trial.head, s->best->head, sizeof s->trial.head);
    s->trial.heads = s->best->heads;
}

/* ---- lines ---- */

static bool try_kept(struct shrinker *s) {
    begin_trial(s);
    for (uint32_t i = 0; i < s->best->lines; i++)
        if (s->keep[i])
            program_take(&s->trial, s->best, &s->best->line[i]);
    return s->trial.lines < s->best->lines && try_it(s);
}

static void keep_all(struct shrinker *s) {
    for (uint32_t i = 0; i < s->best->lines; i++)
        s->keep[i] = true;
}

/* What a trace has and a program needs not: responses, the driver's own lines, the server's ends, comments.
 */
static void strip(struct shrinker *s) {
    for (uint32_t i = 0; i < s->best->lines; i++) {
        const struct line *l = &s->best->line[i];
        s->keep[i] = l->kind != LINE_EXPECT && l->kind != LINE_COMMENT &&
                     !(l->kind == LINE_SEND && l->flags & LINE_AUTO) &&
                     !(l->kind == LINE_CLOSE && l->flags & LINE_BY_SERVER);
    }
    try_kept(s);
}

static bool without_sessions(struct shrinker *s) {
    bool any = false;
    for (int k = PROGRAM_SESSIONS; k >= 1; k--) {
        for (uint32_t i = 0; i < s->best->lines; i++)
            s->keep[i] = s->best->line[i].session != k;
        any |= try_kept(s);
    }
    return any;
}

/* Groups of `chunk` lines, from the end: what comes late seldom matters. */
static bool without_groups(struct shrinker *s, uint32_t chunk) {
    bool any = false;
    for (uint32_t end = s->best->lines; end && !over(s);) {
        uint32_t from = end > chunk ? end - chunk : 0;
        keep_all(s);
        for (uint32_t i = from; i < end; i++)
            s->keep[i] = false;
        any |= try_kept(s);
        end = from;
    }
    return any;
}

static bool is_append(const struct program *p, uint32_t i, struct slice *box) {
    struct slice t = program_text(p, &p->line[i]);
    if (p->line[i].kind != LINE_SEND || t.n < 8 || memcmp(t.p, "APPEND ", 7))
        return false;
    *box = (struct slice){t.p + 7, 0};
    while (box->n < t.n - 7 && box->p[box->n] != ' ' && box->p[box->n] != '\r')
        box->n++;
    if (box->n > 2 && *box->p == '"')
        *box = (struct slice){box->p + 1, box->n - 2};
    return true;
}

static uint32_t decimal(struct slice t, uint32_t *i) {
    uint32_t v = 0;
    for (; *i < t.n && t.p[*i] >= '0' && t.p[*i] <= '9' && v < 100000000; ++*i)
        v = v * 10 + (uint32_t)(t.p[*i] - '0');
    return v;
}

/* `$uid(BOX,k)` with k above `gone` becomes k-1. Returns the new length; never longer than before. */
static uint32_t renumber(struct slice t, struct slice box, uint32_t gone, uint8_t *out) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < t.n;) {
        uint32_t k = i + 5 + box.n + 1;
        if (k < t.n && !memcmp(t.p + i, "$uid(", 5) && !memcmp(t.p + i + 5, box.p, box.n) &&
            t.p[k - 1] == ',') {
            uint32_t end = k, v = decimal(t, &end);
            char digits[12];
            uint32_t d = 0;
            v -= v > gone;
            do
                digits[d++] = (char)('0' + v % 10);
            while (v /= 10);
            memcpy(out + n, t.p + i, k - i);
            for (n += k - i; d;)
                out[n++] = (uint8_t)digits[--d];
            i = end;
        } else {
            out[n++] = t.p[i++];
        }
    }
    return n;
}

static void take_with(struct shrinker *s, uint32_t i, const void *text, uint32_t n) {
    struct line l = s->best->line[i];
    struct line *to = program_add(&s->trial, l.kind, l.session, text, n);
    if (!to)
        return;
    l.text = to->text;
    l.n = n;
    l.tag_n = 0;
    *to = l;
}

/* Without one APPEND; the UIDs of later messages are counted anew. */
static bool without_append(struct shrinker *s, uint32_t gone) {
    struct slice box, other;
    uint32_t k = 0;
    if (!is_append(s->best, gone, &box))
        return false;
    for (uint32_t i = 0; i <= gone; i++)
        k += is_append(s->best, i, &other) && other.n == box.n && !memcmp(other.p, box.p, box.n);
    begin_trial(s);
    for (uint32_t i = 0; i < s->best->lines; i++) {
        if (i == gone)
            continue;
        if (s->best->line[i].kind == LINE_SEND)
            take_with(s, i, s->text, renumber(program_text(s->best, &s->best->line[i]), box, k, s->text));
        else
            program_take(&s->trial, s->best, &s->best->line[i]);
    }
    return try_it(s);
}

static bool without_appends(struct shrinker *s) {
    bool any = false;
    for (uint32_t i = s->best->lines; i-- && !over(s);)
        if (i < s->best->lines)
            any |= without_append(s, i);
    return any;
}

/* Two lines that need each other: IDLE and DONE, CREATE and SELECT, a mark and the EXPUNGE. */
static bool without_pairs(struct shrinker *s) {
    bool any = false;
    if (s->best->lines > 24)
        return false;
    for (uint32_t i = 0; i < s->best->lines; i++)
        for (uint32_t k = i + 1; k < s->best->lines && !over(s); k++) {
            keep_all(s);
            s->keep[i] = s->keep[k] = false;
            any |= try_kept(s);
        }
    return any;
}

/* ---- sessions and flags ---- */

/* All lines of session `from` become session `to`'s. */
static bool as_session(struct shrinker *s, int from, int to) {
    begin_trial(s);
    bool any = false;
    for (uint32_t i = 0; i < s->best->lines; i++) {
        struct line *l = program_take(&s->trial, s->best, &s->best->line[i]);
        if (l && l->session == from) {
            l->session = (uint8_t)to;
            any = true;
        }
    }
    return any && try_it(s);
}

static uint32_t sessions_of(const struct program *p) {
    uint32_t bits = 0;
    for (uint32_t i = 0; i < p->lines; i++)
        if (p->line[i].session && p->line[i].session <= PROGRAM_SESSIONS)
            bits |= 1u << (p->line[i].session - 1);
    return bits;
}

static bool fewer_sessions(struct shrinker *s) {
    bool any = false;
    for (int from = PROGRAM_SESSIONS; from > 1; from--)
        for (int to = 1; to < from && !over(s); to++) {
            uint32_t there = sessions_of(s->best);
            if (there >> (from - 1) & 1 && there >> (to - 1) & 1)
                any |= as_session(s, from, to);
        }
    return any;
}

/* Sessions 2 and 4 become 1 and 2: last, since it makes nothing shorter. */
static void count_sessions(struct shrinker *s) {
    for (int to = 1; to < PROGRAM_SESSIONS && !over(s); to++) {
        uint32_t there = sessions_of(s->best);
        if (there >> (to - 1) & 1)
            continue;
        int from = to + 1;
        while (from <= PROGRAM_SESSIONS && !(there >> (from - 1) & 1))
            from++;
        if (from > PROGRAM_SESSIONS || !as_session(s, from, to))
            return;
    }
}

/* A line's flags and options at their simplest: not pipelined; the target's own way of opening. */
static void plain_lines(struct shrinker *s) {
    for (uint32_t i = 0; i < s->best->lines && !over(s); i++) {
        const struct line *l = &s->best->line[i];
        bool simple =
            l->kind == LINE_SEND ? !(l->flags & LINE_NOWAIT) : l->kind != LINE_OPEN || (!l->tls && !l->flags);
        if (simple)
            continue;
        begin_trial(s);
        for (uint32_t k = 0; k < s->best->lines; k++) {
            struct line *to = program_take(&s->trial, s->best, &s->best->line[k]);
            if (!to || k != i)
                continue;
            to->flags &= (uint8_t) ~(LINE_NOWAIT | (l->kind == LINE_OPEN ? LINE_NO_LOGIN : 0));
            to->tls = TLS_DEFAULT;
        }
        try_it(s);
    }
}

/* ---- text ---- */

static bool try_text(struct shrinker *s, uint32_t line, uint32_t n) {
    begin_trial(s);
    for (uint32_t i = 0; i < s->best->lines; i++) {
        if (i == line)
            take_with(s, i, s->text, n);
        else
            program_take(&s->trial, s->best, &s->best->line[i]);
    }
    return try_it(s);
}

static bool simpler_texts(struct shrinker *s) {
    bool any = false;
    for (uint32_t i = 0; i < s->best->lines; i++) {
        if (s->best->line[i].kind != LINE_SEND || s->best->line[i].flags & LINE_RAW)
            continue;
        for (uint32_t k = 0; !over(s); k++) {
            struct slice now = program_text(s->best, &s->best->line[i]);
            uint32_t n = shrink_text(now, k, s->text, s->text_cap);
            if (!n)
                break;
            if (n == SHRINK_SKIP || n >= now.n)
                continue;
            if (try_text(s, i, n)) {
                any = true;
                k = UINT32_MAX; /* from its first form again */
            }
        }
    }
    return any;
}

/* ---- the whole ---- */

static bool coarse(struct shrinker *s) {
    bool any = without_sessions(s);
    for (uint32_t chunk = s->best->lines / 2; chunk > 1 && !over(s); chunk /= 2)
        any |= without_groups(s, chunk);
    return any;
}

static void run(struct shrinker *s) {
    strip(s);
    coarse(s);
    for (bool any = true; any && !over(s);) {
        any = false;
        while (without_groups(s, 1))
            any = true;
        any |= without_appends(s);
        any |= fewer_sessions(s);
        any |= simpler_texts(s);
        if (!any)
            any = without_pairs(s);
    }
    plain_lines(s);
    count_sessions(s);
}

static bool room(struct shrinker *s, const struct program *in) {
    s->text_cap = 64;
    for (uint32_t i = 0; i < in->lines; i++)
        if (in->line[i].n + 64 > s->text_cap)
            s->text_cap = in->line[i].n + 64;
    s->keep = calloc(in->lines + 1, sizeof *s->keep);
    s->text = malloc(s->text_cap);
    return s->keep && s->text;
}

enum shrink_end shrink_program(const struct program *in,
                               int (*still_fails)(void *user, const struct program *p), void *user,
                               struct program *out, const struct shrink_limits *limits,
                               struct shrink_counts *counts) {
    struct shrinker s = {.still_fails = still_fails,
                         .user = user,
                         .best = out,
                         .limit = limits && limits->tries ? limits->tries : 600,
                         .repeats = limits && limits->repeats ? limits->repeats : 1};
    enum shrink_end end = SHRINK_MEMORY;
    program_init(&s.trial);
    if (program_copy(out, in) && room(&s, in)) {
        out->trace = false;
        if (fails(&s, out)) {
            run(&s);
            end = SHRINK_DONE;
        } else {
            end = SHRINK_NOT_FAILING;
        }
        end = s.memory                         ? SHRINK_MEMORY
              : s.stopped                      ? SHRINK_STOPPED
              : end == SHRINK_DONE && over(&s) ? SHRINK_TRIES
                                               : end;
    }
    if (counts)
        *counts = (struct shrink_counts){s.tries, in->lines, out->lines};
    program_free(&s.trial);
    free(s.keep);
    free(s.text);
    return end;
}
