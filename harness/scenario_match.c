/* scenario_match.c: a play's log, divided into the groups of its program, and compared group by group. */
#include "scenario_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- reading ---- */

static bool is_text(const struct program *p, const struct line *l, const char *z) {
    struct slice s = program_text(p, l);
    return s.n == strlen(z) && !strncasecmp((const char *)s.p, z, s.n);
}

/* Which lines begin a group, and to which one the others belong. */
static bool divide(struct match *m) {
    const struct program *p = m->p;
    int32_t last[PROGRAM_SESSIONS + 1];
    bool joins[PROGRAM_SESSIONS + 1] = {false};
    memset(last, -1, sizeof last);
    m->of_line = malloc((p->lines + 1) * sizeof *m->of_line);
    m->group = calloc(p->lines + 1, sizeof *m->group);
    if (!m->of_line || !m->group)
        return false;
    for (uint32_t i = 0; i < p->lines; i++) {
        const struct line *l = &p->line[i];
        int s = l->session;
        m->of_line[i] = -1;
        bool send = l->kind == LINE_SEND, open = l->kind == LINE_OPEN;
        if ((send && !joins[s] && !is_text(p, l, "DONE")) || open || (send && last[s] < 0)) {
            last[s] = (int32_t)m->groups;
            m->group[m->groups++] = (struct group){.session = s, .line = i, .open = open, .view = -1};
        }
        if (send || open)
            joins[s] = send && l->flags & (LINE_NOWAIT | LINE_CUT);
        if (send || open || l->kind == LINE_EXPECT || (l->kind == LINE_CLOSE && l->flags & LINE_BY_SERVER))
            m->of_line[i] = last[s];
    }
    return true;
}

static struct slice octets_of(const struct drive_log *log, uint32_t at, uint32_t n) {
    return (struct slice){log->octets + at, n};
}

static bool add_seen(struct match *m, struct group *g, const struct names *names, const struct event *e) {
    if (g->seens == g->cap) {
        uint32_t cap = g->cap ? g->cap * 2 : 8;
        struct seen *more = realloc(g->seen, cap * sizeof *more);
        if (!more)
            return false;
        g->seen = more;
        g->cap = cap;
    }
    struct grow text = {0};
    struct seen *s = &g->seen[g->seens];
    bool ok = abstract(names, m->log->box, octets_of(m->log, e->at, e->n), &text) &&
              seen_make(s, (struct slice){text.p, (uint32_t)text.n}, true);
    /* the tag points into `text`: into the log with it, where the same tag stands first */
    s->tag.p = m->log->octets + e->at;
    free(text.p);
    g->seens += ok;
    return ok;
}

/* The wire's first word is the command's tag. */
static bool add_tag(const struct match *m, struct group *g, const struct event *e) {
    struct slice s = octets_of(m->log, e->at, e->n);
    struct slice *more = realloc(g->tag, (g->tags + 1) * sizeof *more);
    if (!more)
        return false;
    g->tag = more;
    uint32_t n = 0;
    while (n < s.n && s.p[n] != ' ' && s.p[n] != '\r')
        n++;
    g->tag[g->tags++] = (struct slice){s.p, n};
    return true;
}

/* How many messages the view has, as far as responses tell. */
static void follow_view(struct group *g, const struct seen *s, int *view) {
    struct slice t = {s->text.p, (uint32_t)s->text.n};
    if (s->kind == SEEN_EXPUNGE) {
        if (!g->expunged)
            g->view = *view;
        g->expunged = true;
        *view -= *view > 0;
    } else if (s->kind == SEEN_FREE && t.n > 7 && !strncasecmp((const char *)t.p + t.n - 7, " EXISTS", 7)) {
        *view = (int)s->number;
    }
    if (!g->expunged)
        g->view = *view;
}

static bool is_bye(struct slice s) {
    return s.n >= 5 && !strncasecmp((const char *)s.p, "* BYE", 5) && (s.n == 5 || s.p[5] == ' ');
}

/* Whether a server cuts a session off at once or at its next command is its own affair: a BYE that is
 * expected behind a command which could not be sent any more is taken from the group before. */
static void move_bye(struct match *m, uint32_t index) {
    struct group *g = &m->group[index], *before = NULL;
    bool expected = false;
    for (uint32_t i = 0; i < m->p->lines; i++)
        expected = expected || (m->of_line[i] == (int32_t)index && m->p->line[i].kind == LINE_EXPECT &&
                                is_bye(program_text(m->p, &m->p->line[i])));
    for (uint32_t i = 0; i < index; i++)
        if (m->group[i].session == g->session)
            before = &m->group[i];
    if (!expected || g->sent || !before || !before->ended || !before->seens)
        return;
    struct seen *last = &before->seen[before->seens - 1];
    if (!is_bye((struct slice){last->text.p, (uint32_t)last->text.n}) || !(g->seen = malloc(sizeof *g->seen)))
        return;
    g->seen[0] = *last;
    g->seens = g->cap = 1;
    g->sent = g->ended = true;
    before->seens--;
    before->ended = false;
}

bool match_read(struct match *m, const struct program *p, const struct drive_log *log) {
    struct group *now[PROGRAM_SESSIONS + 1] = {NULL};
    int view[PROGRAM_SESSIONS + 1];
    struct names names;
    *m = (struct match){.p = p, .log = log};
    memset(view, -1, sizeof view);
    names_of(&names, p);
    if (!divide(m))
        return false;
    for (uint32_t i = 0; i < log->n; i++) {
        const struct event *e = &log->event[i];
        int s = e->session;
        if (s < 1 || s > PROGRAM_SESSIONS)
            continue;
        bool own = (e->kind == EV_SENT || e->kind == EV_CONTINUED) && !(e->flags & LINE_AUTO);
        bool line = e->line < p->lines;
        if ((own || e->kind == EV_OPENED) && line && m->of_line[e->line] >= 0 &&
            p->line[e->line].session == s) {
            struct group *g = &m->group[m->of_line[e->line]];
            now[s] = own || g->open ? g : NULL;
        } else if (e->kind == EV_OPENED) {
            now[s] = NULL;
        } else if (e->kind == EV_SENT && (!line || p->line[e->line].kind == LINE_CHECKPOINT)) {
            now[s] = NULL; /* the NOOPs of a checkpoint are the driver's own */
        }
        if (e->kind == EV_OPENED)
            view[s] = -1;
        if (!now[s])
            continue;
        now[s]->sent = true;
        if (own && e->kind == EV_SENT && !add_tag(m, now[s], e))
            return false;
        if (e->kind == EV_CLOSED) {
            now[s]->ended = e->how != 1;
        } else if (e->kind == EV_RECEIVED) {
            if (!add_seen(m, now[s], &names, e))
                return false;
            follow_view(now[s], &now[s]->seen[now[s]->seens - 1], &view[s]);
        }
    }
    for (uint32_t i = 1; i < m->groups; i++)
        move_bye(m, i);
    return true;
}

void match_free(struct match *m) {
    for (uint32_t i = 0; i < m->groups; i++) {
        for (uint32_t k = 0; k < m->group[i].seens; k++)
            free(m->group[i].seen[k].text.p);
        free(m->group[i].seen);
        free(m->group[i].tag);
    }
    free(m->group);
    free(m->of_line);
    *m = (struct match){0};
}

/* ---- comparing ---- */

struct wanted {
    struct seen seen;
    uint32_t line, repeat;
    uint8_t flags;
};
struct comparing {
    const struct match *m;
    struct group *g;
    struct wanted *want;
    uint32_t wants;
    bool more;  /* `S1: ...` */
    bool close; /* `@close S1` */
    uint32_t close_line;
    struct difference *d;
};

static void shown(char *to, size_t cap, struct slice s) {
    size_t k = 0;
    for (uint32_t i = 0; i < s.n && k + 5 < cap; i++)
        k += (size_t)snprintf(to + k, cap - k, s.p[i] >= 0x20 && s.p[i] < 0x7f ? "%c" : "\\x%02X", s.p[i]);
    to[k] = '\0';
}

static struct slice seen_text(const struct seen *s) { return (struct slice){s->text.p, (uint32_t)s->text.n}; }

static bool differ(struct comparing *c, uint32_t line, const char *expected, const struct seen *seen) {
    struct difference *d = c->d;
    d->line = line;
    const struct line *l = &c->m->p->line[c->g->line];
    shown(d->command, sizeof d->command,
          l->kind == LINE_SEND ? program_text(c->m->p, l) : (struct slice){(const uint8_t *)"connect", 7});
    snprintf(d->expected, sizeof d->expected, "%s", expected);
    if (seen)
        shown(d->seen, sizeof d->seen, seen_text(seen));
    else
        snprintf(d->seen, sizeof d->seen, "%s",
                 !c->g->sent   ? "the session was over"
                 : c->g->ended ? "the end of the session"
                               : "nothing");
    return false;
}

static bool differ_line(struct comparing *c, const struct wanted *w, const struct seen *seen) {
    char text[160];
    shown(text, sizeof text, seen_text(&w->seen));
    return differ(c, w->line, text, seen);
}

/* The place of a reply: commands that were pipelined may be answered in any order (RFC 3501 5.5). */
static uint32_t place(const struct group *g, const struct seen *s) {
    uint32_t i = 0;
    while (i < g->tags && !slice_equal(g->tag[i], s->tag))
        i++;
    return i;
}

/* The tagged reply behind `last` (NULL: the first) in the order of the commands, then of arrival. */
static const struct seen *next_tagged(const struct group *g, const struct seen *last) {
    const struct seen *best = NULL;
    uint32_t from = last ? place(g, last) : 0;
    for (uint32_t i = 0; i < g->seens; i++) {
        const struct seen *s = &g->seen[i];
        if (s->kind != SEEN_TAGGED || (last && (place(g, s) < from || (place(g, s) == from && s <= last))))
            continue;
        if (!best || place(g, s) < place(g, best))
            best = s;
    }
    return best;
}

static bool compare_tagged(struct comparing *c) {
    const struct seen *t = next_tagged(c->g, NULL);
    bool any = false; /* a group without a tagged line leaves the reply open */
    for (uint32_t i = 0; i < c->wants; i++) {
        const struct wanted *w = &c->want[i];
        any = any || (w->seen.kind == SEEN_TAGGED && !(w->flags & LINE_ABSENT));
        if (w->seen.kind != SEEN_TAGGED || w->flags & LINE_ABSENT)
            continue;
        for (uint32_t k = 0; k < w->repeat; k++) {
            if (t && seen_matches(&w->seen, t))
                t = next_tagged(c->g, t);
            else if (!(w->flags & LINE_OPTIONAL))
                return differ_line(c, w, t);
        }
    }
    return !t || !any || c->more || differ(c, c->g->line, "no more tagged replies", t);
}

/* Removes the n-th that is left of `view`; false: there is none. */
static bool remove_nth(uint8_t *gone, uint32_t view, uint32_t n) {
    for (uint32_t i = 0; i < view; i++)
        if (!gone[i] && !--n) {
            gone[i] = 1;
            return true;
        }
    return false;
}

#define VIEW_MAX 100000
static bool effect_of_wanted(const struct comparing *c, uint8_t *gone, uint32_t view, bool optional) {
    bool ok = true;
    for (uint32_t i = 0; i < c->wants; i++) {
        const struct wanted *w = &c->want[i];
        bool take = w->seen.kind == SEEN_EXPUNGE && !(w->flags & LINE_ABSENT) &&
                    (optional || !(w->flags & LINE_OPTIONAL));
        for (uint32_t k = 0; take && ok && k < w->repeat; k++)
            ok = remove_nth(gone, view, w->seen.number);
    }
    return ok;
}

/* T-MAP-19: 4,4,4,4 is 7,6,5,4. */
static bool compare_expunges(struct comparing *c) {
    uint32_t view = c->g->view < 0 ? 1000 : c->g->view > VIEW_MAX ? VIEW_MAX : (uint32_t)c->g->view;
    uint8_t *gone = calloc(3, view + 1), *least = gone + view + 1, *most = least + view + 1;
    const struct wanted *first = NULL;
    const struct seen *seen = NULL;
    bool ok = gone != NULL;
    for (uint32_t i = 0; ok && i < c->g->seens; i++)
        if (c->g->seen[i].kind == SEEN_EXPUNGE) {
            seen = &c->g->seen[i];
            ok = remove_nth(gone, view, seen->number);
        }
    for (uint32_t i = 0; i < c->wants && !first; i++)
        if (c->want[i].seen.kind == SEEN_EXPUNGE && !(c->want[i].flags & LINE_ABSENT))
            first = &c->want[i];
    ok = ok && ((effect_of_wanted(c, least, view, false) && !memcmp(gone, least, view)) ||
                (effect_of_wanted(c, most, view, true) && !memcmp(gone, most, view)));
    free(gone);
    if (ok || (c->more && !first))
        return true;
    return first ? differ_line(c, first, seen) : differ(c, c->g->line, "no EXPUNGE", seen);
}

static bool numbers_among(struct slice a, struct slice b) {
    for (uint32_t i = 0, k; i < a.n; i = k + 1) {
        for (k = i; k < a.n && a.p[k] != ' ';)
            k++;
        bool found = k == i;
        for (uint32_t x = 0, y; x < b.n && !found; x = y + 1) {
            for (y = x; y < b.n && b.p[y] != ' ';)
                y++;
            found = y - x == k - i && !memcmp(a.p + i, b.p + x, k - i);
        }
        if (!found)
            return false;
    }
    return true;
}

static struct slice behind(const struct seen *s, const char *head) {
    struct slice t = seen_text(s);
    uint32_t n = (uint32_t)strlen(head);
    n = n < t.n ? n : t.n;
    return (struct slice){t.p + n, t.n - n};
}

/* All SEARCH responses together are the set that a line names. */
static bool compare_searches(struct comparing *c) {
    struct grow all = {0};
    const struct seen *seen = NULL;
    bool ok = true;
    for (uint32_t i = 0; i < c->g->seens; i++)
        if (c->g->seen[i].kind == SEEN_SEARCH) {
            seen = &c->g->seen[i];
            struct slice s = behind(seen, "* SEARCH ");
            grow_put(&all, " ", all.n > 0);
            grow_put(&all, s.p, s.n);
        }
    const struct wanted *any = NULL;
    for (uint32_t i = 0; i < c->wants && ok; i++) {
        const struct wanted *w = &c->want[i];
        if (w->seen.kind != SEEN_SEARCH || w->flags & LINE_ABSENT)
            continue;
        any = w;
        struct slice p = behind(&w->seen, "* SEARCH "), t = {all.p, (uint32_t)all.n};
        if (!seen)
            ok = w->flags & LINE_OPTIONAL;
        else
            ok = memmem(p.p, p.n, "...", 3) ? wild(p, t) : numbers_among(p, t) && numbers_among(t, p);
    }
    free(all.p);
    if (!ok)
        return differ_line(c, any, seen);
    return any || !seen || c->more || differ(c, c->g->line, "no SEARCH response", seen);
}

static bool single(uint8_t kind) {
    return kind == SEEN_TAGGED || kind == SEEN_EXPUNGE || kind == SEEN_SEARCH;
}

static bool has_literal(const struct comparing *c) {
    for (uint32_t i = 0; i < c->m->p->lines; i++) {
        struct slice s = program_text(c->m->p, &c->m->p->line[i]);
        if (c->m->of_line[i] == (int32_t)(c->g - c->m->group) && c->m->p->line[i].kind == LINE_SEND &&
            memchr(s.p, '\n', s.n))
            return true;
    }
    return false;
}

/* Does the command itself cause FETCH responses? */
static bool asks_flags(const struct comparing *c) {
    struct slice s = program_text(c->m->p, &c->m->p->line[c->g->line]);
    return memmem(s.p, s.n, "FETCH", 5) || memmem(s.p, s.n, "STORE", 5);
}

static bool compare_others(struct comparing *c) {
    struct group *g = c->g;
    for (uint32_t i = 0; i < c->wants; i++) {
        const struct wanted *w = &c->want[i];
        if (w->flags & LINE_ABSENT || single(w->seen.kind))
            continue;
        for (uint32_t k = 0; k < w->repeat; k++) {
            uint32_t j = 0;
            while (j < g->seens &&
                   (g->seen[j].used || (single(g->seen[j].kind) && !seen_capable(&w->seen, &g->seen[j])) ||
                    !seen_matches(&w->seen, &g->seen[j])))
                j++;
            if (j < g->seens) {
                g->seen[j].used = g->seen[j].kind != SEEN_TAGGED;
            } else if (!(w->flags & LINE_OPTIONAL)) {
                const struct seen *near = NULL; /* the first of its kind that nothing matched */
                for (j = 0; j < g->seens && !near; j++)
                    near = !g->seen[j].used && g->seen[j].kind == w->seen.kind && w->seen.kind != SEEN_FREE
                               ? &g->seen[j]
                               : NULL;
                return differ_line(c, w, near);
            }
        }
    }
    for (uint32_t j = 0; j < g->seens && !c->more; j++) {
        const struct seen *s = &g->seen[j];
        bool free = s->kind == SEEN_FREE || (s->kind == SEEN_STATUS && s->text.n > 4 &&
                                             !strncasecmp((const char *)s->text.p, "* OK", 4));
        free = free || (s->kind == SEEN_CONTINUE && has_literal(c)) || (seen_flags_only(s) && !asks_flags(c));
        if (!s->used && !single(s->kind) && !free)
            return differ(c, g->line, "nothing more", s);
    }
    return true;
}

static bool compare_absent(struct comparing *c) {
    for (uint32_t i = 0; i < c->wants; i++)
        for (uint32_t j = 0; c->want[i].flags & LINE_ABSENT && j < c->g->seens; j++)
            if (seen_matches(&c->want[i].seen, &c->g->seen[j])) {
                char text[150], no[160];
                shown(text, sizeof text, seen_text(&c->want[i].seen));
                snprintf(no, sizeof no, "no %s", text);
                return differ(c, c->want[i].line, no, &c->g->seen[j]);
            }
    return true;
}

/* false: out of memory */
static bool collect(struct comparing *c, uint32_t index) {
    const struct program *p = c->m->p;
    c->want = calloc(p->lines + 1, sizeof *c->want);
    for (uint32_t i = 0; c->want && i < p->lines; i++) {
        const struct line *l = &p->line[i];
        if (c->m->of_line[i] != (int32_t)index)
            continue;
        if (l->kind == LINE_CLOSE) {
            c->close = true;
            c->close_line = i;
        }
        if (l->kind != LINE_EXPECT)
            continue;
        struct wanted *w = &c->want[c->wants++];
        if (!seen_make(&w->seen, program_text(p, l), false))
            return false;
        w->seen.tag = program_tag(p, l);
        w->line = i;
        w->repeat = l->repeat;
        w->flags = l->flags;
        c->more = c->more || w->seen.kind == SEEN_MORE;
        if (w->seen.kind == SEEN_MORE) {
            free(w->seen.text.p);
            c->wants--;
        }
    }
    return c->want != NULL;
}

static bool compare_group(const struct match *m, uint32_t index, struct difference *d) {
    struct comparing c = {.m = m, .g = &m->group[index], .d = d};
    bool ok = collect(&c, index);
    if (!ok)
        ok = differ(&c, c.g->line, "memory", NULL);
    else if (c.wants || c.close)
        ok = compare_absent(&c) && compare_tagged(&c) && compare_expunges(&c) && compare_searches(&c) &&
             compare_others(&c) &&
             (!c.close || c.g->ended || differ(&c, c.close_line, "the server ends the session", NULL));
    for (uint32_t i = 0; c.want && i < c.wants; i++)
        free(c.want[i].seen.text.p);
    free(c.want);
    return ok;
}

uint32_t match_compare(const struct match *m, struct difference *d) {
    bool over[PROGRAM_SESSIONS + 1] = {false}, closed[PROGRAM_SESSIONS + 1] = {false},
                                 bye[PROGRAM_SESSIONS + 1] = {false};
    uint32_t n = 0;
    for (uint32_t i = 0; i < m->groups && n < DIFFERENCES_MAX; i++) {
        int s = m->group[i].session;
        const struct group *g = &m->group[i];
        if (g->open)
            over[s] = closed[s] = bye[s] = false;
        if (!over[s] && !(closed[s] && !g->sent) && !compare_group(m, i, &d[n])) {
            over[s] = true; /* what comes behind may only follow from it */
            d[n++].cut_off = bye[s] && !g->sent;
        }
        for (uint32_t k = 0; k < g->seens; k++)
            if (is_bye((struct slice){g->seen[k].text.p, (uint32_t)g->seen[k].text.n})) {
                closed[s] =
                    closed[s] || g->seen[k].used; /* a BYE that a line expected explains what was not sent */
                bye[s] = true;
            }
    }
    return n;
}
