/* drive_log.c: everything that happened in one program, and how that becomes a trace. */
#include "drive_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void log_reset(struct drive_log *log) {
    log->n = log->used = 0;
    log->full = false;
}

/* Copies octets behind the others; when memory or LOG_OCTETS_MAX does not allow it, none, and log.full says
 * so. */
void log_keep(struct drive_log *log, const void *octets, size_t n, uint32_t *at, uint32_t *kept) {
    uint64_t want = (uint64_t)log->used + n;
    *at = log->used;
    *kept = 0;
    if (want > log->octets_cap && want <= LOG_OCTETS_MAX) {
        uint8_t *o = realloc(log->octets, want * 2);
        if (o) {
            log->octets = o;
            log->octets_cap = (uint32_t)(want * 2);
        }
    }
    if (want > log->octets_cap) {
        log->full = true;
        return;
    }
    if (n)
        memcpy(log->octets + log->used, octets, n);
    log->used += (uint32_t)n;
    *kept = (uint32_t)n;
}

struct event *log_event(struct drive_log *log, enum event_kind kind, int session, uint64_t t,
                        const void *octets, size_t n) {
    static struct event lost;
    if (log->n == log->cap) {
        uint32_t cap = log->cap ? log->cap * 2 : 256;
        struct event *more = realloc(log->event, cap * sizeof *more);
        if (!more) {
            log->full = true;
            return &lost;
        }
        log->event = more;
        log->cap = cap;
    }
    struct event *e = &log->event[log->n++];
    *e = (struct event){.kind = (uint8_t)kind, .session = (uint8_t)session, .t = t};
    log_keep(log, octets, n, &e->at, &e->n);
    return e;
}

/* What a reader of the trace must know to leave a tag out: which commands of a session are open, the oldest
 * first. */
struct open_tags {
    uint32_t event[PENDING_MAX];
    uint32_t n, tags;
};

struct tracer {
    const struct drive_log *log;
    struct program *out;
    struct names names;
    struct open_tags open[PROGRAM_SESSIONS + 1];
};

static struct slice octets_of(const struct drive_log *log, uint32_t at, uint32_t n) {
    return (struct slice){log->octets + at, n};
}

/* The tag of a sent command: the wire up to the first blank. */
static struct slice tag_of(const struct drive_log *log, uint32_t event) {
    const struct event *e = &log->event[event];
    struct slice s = octets_of(log, e->at, e->n);
    uint32_t n = 0;
    while (n < s.n && s.p[n] != ' ' && s.p[n] != '\r')
        n++;
    return (struct slice){s.p, n};
}

static bool trace_sent(struct tracer *t, uint32_t i) {
    const struct event *e = &t->log->event[i];
    struct line *l = program_add(t->out, LINE_SEND, e->session, t->log->octets + e->text, e->text_n);
    struct open_tags *open = &t->open[e->session];
    if (!l)
        return false;
    l->flags = e->flags;
    if (e->kind == EV_SENT && !(e->flags & LINE_RAW) && open->n < PENDING_MAX)
        open->event[open->n++] = i;
    return true;
}

/* Splits a tagged response; false: it has no tag that `S1: ` or `S1 [tag]: ` could stand for. */
static bool tagged(struct slice s, struct slice *tag, struct slice *rest) {
    uint32_t n = 0;
    while (n < s.n && s.p[n] > ' ' && s.p[n] < 0x7f && s.p[n] != ']')
        n++;
    if (!n || n > 200 || n >= s.n || s.p[n] != ' ')
        return false;
    *tag = (struct slice){s.p, n};
    *rest = (struct slice){s.p + n + 1, s.n - n - 1};
    return true;
}

static bool untagged(struct slice s) {
    return s.n && (s.p[0] == '+' || (s.p[0] == '*' && s.n > 1 && s.p[1] == ' '));
}

/* Adds a response line, its tag first in the octets where it must be written out. */
static bool add_response(struct tracer *t, int session, struct slice tag, struct slice text, uint8_t flags) {
    uint32_t at = t->out->used;
    if (tag.n && !program_add(t->out, LINE_COMMENT, 0, tag.p, tag.n))
        return false;
    t->out->lines -= tag.n > 0;
    struct line *l = program_add(t->out, LINE_EXPECT, session, text.p, text.n);
    if (!l)
        return false;
    l->flags = flags;
    l->tag = at;
    l->tag_n = tag.n;
    return true;
}

static bool trace_received(struct tracer *t, const struct event *e) {
    struct grow g = {0};
    if (!abstract(&t->names, t->log->box, octets_of(t->log, e->at, e->n), &g)) {
        free(g.p);
        return false;
    }
    struct slice s = {g.p, (uint32_t)g.n}, tag = {0}, rest = {0};
    struct open_tags *open = &t->open[e->session];
    bool line = s.n >= 2 && s.p[s.n - 1] == '\n' && s.p[s.n - 2] == '\r', ok;
    if (line)
        s.n -= 2;
    if (!line || !(untagged(s) || tagged(s, &tag, &rest))) {
        ok = add_response(t, e->session, (struct slice){0}, s, LINE_RAW | (line ? 0 : LINE_CUT));
    } else if (untagged(s)) {
        ok = add_response(t, e->session, (struct slice){0}, s, 0);
    } else {
        bool implied = open->n && slice_equal(tag_of(t->log, open->event[0]), tag) && !untagged(rest);
        ok = add_response(t, e->session, implied ? (struct slice){0} : tag, rest, 0);
        for (uint32_t i = 0; i < open->n; i++)
            if (slice_equal(tag_of(t->log, open->event[i]), tag)) {
                memmove(open->event + i, open->event + i + 1, (open->n - i - 1) * sizeof open->event[0]);
                open->n--;
                break;
            }
    }
    free(g.p);
    return ok;
}

static bool trace_event(struct tracer *t, uint32_t i) {
    const struct event *e = &t->log->event[i];
    struct line *l;
    switch ((enum event_kind)e->kind) {
    case EV_OPENED:
        t->open[e->session] = (struct open_tags){0};
        return program_open(t->out, e->session, e->user, e->how, e->login) != NULL;
    case EV_TLS:
        return true; /* follows from STARTTLS's OK */
    case EV_SENT:
    case EV_CONTINUED:
        return trace_sent(t, i);
    case EV_RECEIVED:
        return trace_received(t, e);
    case EV_CLOSED:
        l = program_add(t->out, LINE_CLOSE, e->session, NULL, 0);
        if (l && e->how == 2) {
            char text[300];
            int n = snprintf(text, sizeof text, "limit: %.*s", (int)(e->n < 280 ? e->n : 280),
                             (const char *)t->log->octets + e->at);
            t->out->lines--;
            l = program_add(t->out, LINE_CLOSE, e->session, text, (size_t)n);
        }
        if (l)
            l->flags = e->how == 1 ? 0 : LINE_BY_SERVER;
        return l != NULL;
    case EV_CHECKPOINT:
        return program_checkpoint(t->out) != NULL;
    }
    return true;
}

bool log_trace(const struct drive_log *log, uint32_t n, const struct program *from, struct program *out) {
    struct tracer *t = calloc(1, sizeof *t);
    if (!t)
        return false;
    t->log = log;
    t->out = out;
    names_of(&t->names, from);
    uint32_t line = 0;
    bool ok = true;
    for (uint32_t i = 0; ok && i < n && i < log->n; i++) {
        const struct event *e = &log->event[i];
        bool step = (e->kind == EV_SENT && !(e->flags & LINE_AUTO)) || e->kind == EV_OPENED ||
                    e->kind == EV_CHECKPOINT;
        /* Comments, names and waits of the program come along in front of what followed them. */
        for (; ok && step && line < e->line && line < from->lines; line++) {
            uint8_t kind = from->line[line].kind;
            if (kind == LINE_COMMENT || kind == LINE_MAILBOX || kind == LINE_WAIT)
                ok = program_take(out, from, &from->line[line]) != NULL;
        }
        ok = ok && trace_event(t, i);
    }
    if (log->full)
        program_comment(out, "the rest was not kept: more than %u octets", LOG_OCTETS_MAX);
    out->trace = true;
    free(t);
    return ok;
}
