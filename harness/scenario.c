/* scenario.c: runs a scenario: is it offered, its plays, what their differences mean. */
#include "scenario_priv.h"

#include "clauses.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add_cites(char *to, size_t cap, const char *cites) {
    for (const char *p = cites; *p; p += strspn(p, " ")) {
        char id[64];
        size_t n = strcspn(p, " "), have = strlen(to);
        snprintf(id, sizeof id, "%.*s", (int)n, p);
        const char *at = strstr(to, id);
        bool in = at && (at == to || at[-1] == ' ') && (at[n] == ' ' || !at[n]);
        if (!in && have + n + 2 < cap)
            snprintf(to + have, cap - have, "%s%s", have ? " " : "", id);
        p += n;
    }
}

void scenario_hear(struct scenario_ear *e, const struct note *n) {
    if (n->verdict >= V_COUNT)
        return;
    if (!e->heard[n->verdict]++)
        snprintf(e->summary[n->verdict], sizeof e->summary[0], "%s", n->summary ? n->summary : "");
    /* what every server does is no answer to a scenario's question */
    if (n->cites && !(n->verdict == V_CONFORMS && !strncmp(n->cites, "R3501", 5)))
        add_cites(e->cites[n->verdict], sizeof e->cites[0], n->cites);
}

struct running {
    const struct scenario *s;
    const struct scenario_host *h;
    struct scenario_runner *r;
    struct scenario_outcome *out;
    char first[200]; /* the first difference, for people */
    bool over, differs,
        broken; /* the whole run ended; a play differed; `must` or `should` made it a finding */
};

static void say(struct running *x, enum scenario_state state, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
static void say(struct running *x, enum scenario_state state, const char *fmt, ...) {
    va_list ap;
    x->out->state = state;
    va_start(ap, fmt);
    vsnprintf(x->out->text, sizeof x->out->text, fmt, ap);
    va_end(ap);
}

/* ---- what it needs ---- */

static bool secure(const struct scenario_host *h) { return h->can[SECURE_TLS] || h->can[SECURE_STARTTLS]; }

static bool offered(const struct scenario_host *h, const char *word) {
    char name[70];
    if (!strcmp(word, "PLAIN"))
        return h->can[SECURE_PLAIN];
    if (!strcmp(word, "TLS"))
        return h->can[SECURE_TLS];
    if (!strcmp(word, "SECURE"))
        return secure(h);
    if (!strcmp(word, "INBOX"))
        return h->inbox;
    if (!strncmp(word, "USERS", 5) && word[5] >= '2' && word[5] <= '9' && !word[6])
        return h->users >= word[5] - '0';
    snprintf(name, sizeof name, " %s ", word);
    bool listed = h->capabilities && strstr(h->capabilities, name);
    return !strcmp(word, "STARTTLS") ? h->can[SECURE_STARTTLS] && listed : listed;
}

/* The first need that is not met, or NULL. */
static const char *missing(const struct running *x, char *word, size_t cap) {
    for (const char *p = x->s->needs; *p; p += strspn(p, " ")) {
        size_t n = strcspn(p, " ");
        snprintf(word, cap, "%.*s", (int)n, p);
        bool not = *word == '!';
        if (offered(x->h, word + not ) == not || (!strcmp(word, "CLIENTID") && !secure(x->h)))
            return word;
        p += n;
    }
    return NULL;
}

/* Sessions whose @open does not say how are opened under TLS where the scenario needs that. */
static void secure_sessions(const struct running *x, struct program *p) {
    bool wanted = strstr(x->s->needs, "SECURE") ||
                  (strstr(x->s->needs, "CLIENTID") && !strstr(x->s->needs, "!CLIENTID"));
    if (!wanted || x->h->secure != SECURE_PLAIN)
        return;
    for (uint32_t i = 0; i < p->lines; i++)
        if (p->line[i].kind == LINE_OPEN && p->line[i].tls == TLS_DEFAULT)
            p->line[i].tls = x->h->can[SECURE_STARTTLS] ? TLS_STARTTLS : TLS_IMPLICIT;
}

/* ---- findings ---- */

/* Ids of the last comment above the line that holds any. */
static void cites_at(const struct running *x, const struct program *p, uint32_t line, char *to, size_t cap) {
    to[0] = '\0';
    for (uint32_t i = line < p->lines ? line + 1 : p->lines; i-- > 0 && !to[0];) {
        struct slice s = program_text(p, &p->line[i]);
        char word[64];
        for (uint32_t k = 0, n; p->line[i].kind == LINE_COMMENT && k < s.n; k += n + 1) {
            for (n = 0; k + n < s.n && !strchr(" ,:;()", s.p[k + n]);)
                n++;
            if (n && n < sizeof word) {
                snprintf(word, sizeof word, "%.*s", (int)n, (const char *)s.p + k);
                while (n > 1 && word[strlen(word) - 1] == '.')
                    word[strlen(word) - 1] = '\0';
                if (clause_find(word))
                    add_cites(to, cap, word);
            }
        }
    }
    if (!to[0])
        snprintf(to, cap, "%s", x->s->cites);
}

static uint32_t last_event(const struct drive_log *log) { return log->n ? log->n - 1 : 0; }

static void finding(struct running *x, const char *cites, const char *summary, const char *seen,
                    const char *allowed, int session) {
    struct note n = {.verdict = x->s->must ? V_VIOLATES : V_DEVIATES,
                     .point = -1,
                     .cites = cites,
                     .summary = summary,
                     .seen = seen,
                     .allowed = allowed,
                     .event = last_event(x->r->log(x->r->user)),
                     .session = session};
    x->differs = x->broken = true;
    if (x->r->note)
        x->r->note(x->r->user, &n);
}

static void difference(struct running *x, const struct program *p, const struct difference *d, bool count) {
    char cites[240], summary[400], allowed[420];
    if (!x->first[0])
        snprintf(x->first, sizeof x->first, "%.60s: expected %.50s, seen %.60s", d->command, d->expected,
                 d->seen);
    x->differs = true;
    if (!count || d->cut_off || !(x->s->must || x->s->should))
        return;
    cites_at(x, p, d->line, cites, sizeof cites);
    snprintf(summary, sizeof summary, "scenario %s: %s: expected %s", x->s->name, d->command, d->expected);
    snprintf(allowed, sizeof allowed, "%s [%s]", d->expected, cites);
    finding(x, cites, summary, d->seen, allowed, p->line[d->line < p->lines ? d->line : 0].session);
}

/* ---- plays ---- */

/* Runs one play; *as_written tells the result. false: it could not be run or read. */
static bool play(struct running *x, const struct program *from, bool count, bool *as_written,
                 struct grow *transcript, char word[4]) {
    struct program p;
    struct match m = {0};
    struct difference d[DIFFERENCES_MAX];
    program_init(&p);
    bool ok = program_copy(&p, from);
    secure_sessions(x, &p);
    if (ok && !x->r->play(x->r->user, &p))
        x->over = true;
    ok = ok && match_read(&m, &p, x->r->log(x->r->user));
    uint32_t n = ok ? match_compare(&m, d) : 0;
    *as_written = ok && !n;
    for (uint32_t i = 0; i < n; i++)
        difference(x, &p, &d[i], count);
    if (ok && transcript)
        ok = match_transcript(&m, x->s->compare != COMPARE_ALL, transcript, word);
    match_free(&m);
    program_free(&p);
    return ok && !x->over;
}

/* The first line in which two transcripts part. */
static void parting(struct slice a, struct slice b, char *one, char *other, size_t cap) {
    uint32_t i = 0, from = 0;
    for (; i < a.n && i < b.n && a.p[i] == b.p[i]; i++)
        from = a.p[i] == '\n' ? i + 1 : from;
    struct slice v[2] = {a, b};
    char *to[2] = {one, other};
    for (int k = 0; k < 2; k++) {
        uint32_t n = 0;
        while (from + n < v[k].n && v[k].p[from + n] != '\n')
            n++;
        snprintf(to[k], cap, "%.*s", n ? (int)n : 7, n ? (const char *)v[k].p + from : "nothing");
    }
}

static void compare(struct running *x, struct grow *t, char (*word)[4]) {
    char one[120], other[120], summary[200], allowed[200];
    int first = -1, compared = 0;
    for (uint32_t k = 0; k < x->s->plays; k++) {
        if (x->s->compare == COMPARE_REFUSED && !strncmp(word[k], "OK", 2))
            continue;
        compared++;
        if (first < 0) {
            first = (int)k;
            continue;
        }
        struct slice a = {t[first].p, (uint32_t)t[first].n}, b = {t[k].p, (uint32_t)t[k].n};
        if (slice_equal(a, b))
            continue;
        parting(a, b, one, other, sizeof one);
        if (!x->first[0])
            snprintf(x->first, sizeof x->first, "play %u: %.70s, in play %d: %.70s", k + 1, other, first + 1,
                     one);
        x->differs = true;
        if (x->s->must || x->s->should) {
            snprintf(summary, sizeof summary, "scenario %s: the replies of its plays differ", x->s->name);
            snprintf(allowed, sizeof allowed, "%s, as in play %d", one, first + 1);
            finding(x, x->s->cites, summary, other, allowed, 1);
        }
    }
    if (compared < 2)
        say(x, SCENARIO_NOT_OFFERED, "not offered: nothing to compare");
}

static bool plays(struct running *x) {
    struct grow t[PLAYS_MAX] = {{0}};
    char word[PLAYS_MAX][4] = {""};
    bool ok = true, any = false;
    for (uint32_t k = 0; ok && k < x->s->plays; k++) {
        bool as_written;
        ok = play(x, &x->s->play[k], !x->s->any, &as_written, x->s->compare ? &t[k] : NULL, word[k]);
        any = any || as_written;
    }
    if (ok && x->s->any) {
        x->differs = !any;
        if (!any && (x->s->must || x->s->should)) {
            char summary[200];
            snprintf(summary, sizeof summary, "scenario %s: none of its plays goes as written", x->s->name);
            finding(x, x->s->cites, summary, x->first, "one that goes as written", 1);
        }
    }
    if (ok && x->s->compare)
        compare(x, t, word);
    for (uint32_t k = 0; k < x->s->plays; k++)
        free(t[k].p);
    return ok;
}

/* ---- the result ---- */

static void conclude(struct running *x) {
    const struct scenario_ear *e = &x->r->ear;
    static const uint8_t weight[] = {V_DEVIATES, V_UNDOCUMENTED, V_AMBIGUOUS, V_UNDECIDED};
    if (e->heard[V_VIOLATES]) {
        say(x, SCENARIO_FAIL, "VIOLATES %.60s: %.120s", e->cites[V_VIOLATES], e->summary[V_VIOLATES]);
        return;
    }
    if (x->broken) {
        say(x, x->s->must ? SCENARIO_FAIL : SCENARIO_OTHERWISE, "%s %.60s: %.120s",
            x->s->must ? "VIOLATES" : "differs: DEVIATES", x->s->cites, x->first);
        return;
    }
    if (!x->differs) {
        say(x, SCENARIO_PASS, "as written");
        return;
    }
    for (size_t i = 0; i < sizeof weight; i++)
        if (e->heard[weight[i]]) {
            say(x, SCENARIO_OTHERWISE, "differs: %s %.60s (%.100s)", verdict_name(weight[i]),
                e->cites[weight[i]], x->first);
            return;
        }
    if (e->cites[V_CONFORMS][0])
        say(x, SCENARIO_OTHERWISE, "conforms, by %.80s (%.100s)", e->cites[V_CONFORMS], x->first);
    else
        say(x, SCENARIO_OTHERWISE, "differs: %.180s", x->first);
}

bool scenario_run(const struct scenario *s, const struct scenario_host *h, struct scenario_runner *r,
                  struct scenario_outcome *out) {
    struct running x = {.s = s, .h = h, .r = r, .out = out};
    char word[64];
    *out = (struct scenario_outcome){0};
    snprintf(out->name, sizeof out->name, "%s", s->name);
    snprintf(out->cites, sizeof out->cites, "%.*s", (int)sizeof out->cites - 1, s->cites);
    memset(&r->ear, 0, sizeof r->ear);
    out->state = SCENARIO_PASS;
    if (missing(&x, word, sizeof word)) {
        say(&x, SCENARIO_NOT_OFFERED, "not offered: %s", word);
        return true;
    }
    bool applies = true, ok = true;
    if (s->has_applies) {
        ok = play(&x, &s->applies, false, &applies, NULL, word);
        x.differs = false;
    }
    if (ok && !applies) {
        say(&x, SCENARIO_NOT_OFFERED, "not offered: %.180s", x.first);
        return true;
    }
    x.first[0] = '\0';
    ok = ok && plays(&x);
    if (!ok && !r->ear.heard[V_VIOLATES])
        say(&x, SCENARIO_FAIL, x.over ? "the run ended in it" : "out of memory");
    else if (out->state != SCENARIO_NOT_OFFERED)
        conclude(&x);
    return !x.over;
}
