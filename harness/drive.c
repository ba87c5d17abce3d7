/* drive.c: runs one program: its lines in order, checkpoints, the end. */
#include "drive_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *drive_end_name(enum drive_end e) {
    static const char *const names[] = {"done", "stopped", "unreachable", "silent", "died", "memory"};
    return names[e];
}

struct drive *drive_new(void) {
    struct drive *d = calloc(1, sizeof *d);
    if (d) {
        d->events = drive_events_template;
        d->events.user = d;
    }
    return d;
}

const struct transport_events *drive_events(struct drive *d) { return &d->events; }

void drive_attach(struct drive *d, struct target *t, const struct drive_options *o) {
    d->o = *o;
    d->target = t;
    d->net = t->transport.ops;
    d->self = t->transport.self;
    if (d->o.pause_ms < 0)
        d->o.pause_ms = t->pause_ms;
    for (int i = 0; i < TRANSPORT_SESSIONS; i++)
        d->session[i].mute = i > PROGRAM_SESSIONS;
}

void drive_detach(struct drive *d) {
    for (int i = 0; i < TRANSPORT_SESSIONS; i++) {
        if (d->net && d->session[i].state != SESSION_NONE && d->session[i].state != SESSION_ENDED)
            d->net->close(d->self, i);
        d->session[i].state = SESSION_NONE;
    }
    d->target = NULL;
    d->net = NULL;
    d->separator = 0;
    d->capabilities[0] = '\0';
    d->starttls_failed = d->starttls_off = false;
    d->made = d->inbox_seen = 0;
}

void drive_free(struct drive *d) {
    if (!d)
        return;
    drive_detach(d);
    for (int i = 0; i < TRANSPORT_SESSIONS; i++)
        free(d->session[i].answers.p);
    free(d->log.event);
    free(d->log.octets);
    free(d->wire.p);
    free(d->trace.p);
    free(d);
}

const char *drive_text(const struct drive *d) { return d->text; }
const struct drive_log *drive_log(const struct drive *d) { return &d->log; }
const struct drive_counts *drive_counts(const struct drive *d) { return &d->counts; }

void drive_note(struct drive *d, int session, const char *cites, const char *summary, const char *seen,
                const char *allowed) {
    struct note n = {.verdict = V_VIOLATES,
                     .point = -1,
                     .cites = cites,
                     .summary = summary,
                     .seen = seen,
                     .allowed = allowed,
                     .event = d->log.n ? d->log.n - 1 : 0,
                     .session = session};
    if (d->o.note)
        d->o.note(d->o.user, &n);
}

/* Every open session idle, NOOP in each, one after the other. */
static bool noop_round(struct drive *d) {
    static const uint8_t noop[] = "NOOP";
    for (int i = 1; i <= PROGRAM_SESSIONS; i++) {
        if (d->session[i].state != SESSION_OPEN)
            continue;
        if (!session_settle(d, i) || !session_send(d, i, (struct slice){noop, 4}, LINE_AUTO))
            return false;
    }
    return true;
}

void drive_without_starttls(struct drive *d) {
    d->starttls_off = true;
    d->target->can[SECURE_STARTTLS] = false;
}

bool drive_starttls_failed(const struct drive *d) { return d->starttls_failed && !d->starttls_off; }

static bool any_open(const struct drive *d) {
    for (int i = 1; i <= PROGRAM_SESSIONS; i++)
        if (d->session[i].state == SESSION_OPEN)
            return true;
    return false;
}

static bool checkpoint(struct drive *d) {
    if (!noop_round(d))
        return false;
    /* Who was told everything by the first NOOP has nothing to wait for. */
    d->net->poll(d->self, 0);
    if (!d->o.oracle || !oracle_settled(d->o.oracle)) {
        if (d->o.pause_ms > 0 && any_open(d))
            until(d, never, 0, d->o.pause_ms);
        if (d->end != DRIVE_DONE || !noop_round(d))
            return false;
    }
    if (d->end != DRIVE_DONE)
        return false;
    log_event(&d->log, EV_CHECKPOINT, 0, d->net->now(d->self), NULL, 0)->line = d->line;
    if (d->o.oracle)
        oracle_checkpoint(d->o.oracle);
    return true;
}

/* A mailbox's name on the wire as programs write it: "imapdiff-RUN/p17FOO.KID" is FOO/KID. 0: it is none of
 * theirs. */
static size_t own_name(const struct drive *d, struct slice wire, char *out, size_t cap) {
    size_t box = strlen(d->log.box);
    if (slice_is_nocase(wire, "INBOX"))
        box = 0;
    else if (wire.n <= box || memcmp(wire.p, d->log.box, box) != 0)
        return 0;
    size_t n = wire.n - box;
    if (n > cap)
        return 0;
    for (size_t i = 0; i < n; i++) {
        uint8_t c = wire.p[box + i];
        if (d->separator && c == (uint8_t)d->separator)
            c = '/';
        else if (!(c >= 'A' && c <= 'Z') && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9'))
            return 0;
        out[i] = (char)c;
    }
    return n;
}

/* What was not told at the last checkpoint may be late, or lost. A fresh look at the mailbox tells one from
 * the other (MAP-I5): each such session opens it anew. */
static bool look_again(struct drive *d) {
    char text[200] = "EXAMINE ";
    size_t at = strlen(text), n;
    for (int i = 1; d->o.oracle && i <= PROGRAM_SESSIONS; i++) {
        if (d->session[i].state != SESSION_OPEN ||
            !(n = own_name(d, oracle_untold(d->o.oracle, i), text + at, sizeof text - at)))
            continue;
        if (!session_send(d, i, (struct slice){(const uint8_t *)text, (uint32_t)(at + n)}, LINE_AUTO))
            return false;
    }
    return true;
}

static bool open_line(struct drive *d, const struct line *l) {
    enum line_tls tls = l->tls;
    static const uint8_t secure[] = {0, SECURE_PLAIN, SECURE_TLS, SECURE_STARTTLS};
    if (tls != TLS_DEFAULT && !d->target->can[secure[tls]]) {
        d->counts.skipped++; /* the target does not offer it: its lines will open the session in the target's
                                own way */
        return true;
    }
    if (l->user)
        d->users |= 1u << (l->user - 1);
    return session_open(d, l->session, l->user, tls, !(l->flags & LINE_NO_LOGIN));
}

static bool run_line(struct drive *d, const struct line *l) {
    switch ((enum line_kind)l->kind) {
    case LINE_SEND:
        return l->flags & LINE_AUTO || session_send(d, l->session, program_text(d->program, l), l->flags);
    case LINE_OPEN:
        return open_line(d, l);
    case LINE_CLOSE:
        if (!(l->flags & LINE_BY_SERVER))
            session_close(d, l->session);
        return true;
    case LINE_WAIT:
        until(d, never, 0, (int)l->ms);
        return d->end == DRIVE_DONE;
    case LINE_CHECKPOINT:
        return checkpoint(d);
    case LINE_EXPECT:
    case LINE_MAILBOX:
    case LINE_COMMENT:
        break;
    }
    return true;
}

static void run_lines(struct drive *d) {
    bool settled = false;
    for (d->line = 0; d->line < d->program->lines; d->line++) {
        const struct line *l = &d->program->line[d->line];
        if (!run_line(d, l))
            return;
        if (l->kind == LINE_CHECKPOINT || (l->kind == LINE_SEND && !(l->flags & LINE_AUTO)) ||
            l->kind == LINE_OPEN)
            settled = l->kind == LINE_CHECKPOINT;
    }
    if (settled || checkpoint(d))
        look_again(d);
}

/* What tells one death from another: the server's own words for it, else nothing. One line, without the log's
 * time. */
static void cause_of_death(const char *text, char *out, size_t cap) {
    static const char *const words[] = {"Panic: ", "Fatal: ", "signal ", "assertion"};
    const char *at = NULL;
    for (size_t i = 0; !at && i < sizeof words / sizeof *words; i++)
        at = strstr(text, words[i]);
    if (at)
        snprintf(out, cap, "a process of the server died: %.*s", (int)strcspn(at, "\r\n"), at);
    else
        snprintf(out, cap, "a process of the server died");
}

bool drive_dead(struct drive *d, int wait_ms) {
    if (!d->dead && d->target->ops->died)
        d->dead = d->target->ops->died(d->target, wait_ms, d->obituary, sizeof d->obituary);
    return d->dead;
}

static void check_alive(struct drive *d) {
    char cause[200];
    if (!drive_dead(d, 0))
        return;
    cause_of_death(d->obituary, cause, sizeof cause);
    for (char *c = d->obituary; *c; c++)
        if (*c == '\n' || *c == '\r')
            *c = '|';
    d->end = DRIVE_DIED;
    snprintf(d->text, sizeof d->text, "%s", cause);
    drive_note(d, 0, "MAP-I13", cause, d->obituary, "no crash");
}

static bool begin(struct drive *d, const struct program *p, uint32_t number) {
    d->end = DRIVE_DONE;
    d->text[0] = '\0';
    d->program = p;
    d->users = 1;
    d->dead = false;
    names_of(&d->names, p);
    log_reset(&d->log);
    for (int i = 0; i <= PROGRAM_SESSIONS; i++)
        d->session[i].state = SESSION_NONE;
    if (!clean_first(d))
        return false;
    snprintf(d->log.box, sizeof d->log.box, "%sp%u", d->prefix, number);
    d->log.separator = d->separator;
    if (d->target->ops->fresh && !d->target->ops->fresh(d->target)) {
        drive_fail(d, DRIVE_MEMORY, "out of memory");
        return false;
    }
    return clean_before(d, p);
}

enum drive_end drive_run(struct drive *d, const struct program *p, uint32_t number) {
    if (d->o.oracle)
        oracle_reset(d->o.oracle);
    if (begin(d, p, number)) {
        d->counts.programs++;
        run_lines(d);
        for (int i = 1; i <= PROGRAM_SESSIONS; i++)
            session_close(d, i);
    }
    check_alive(d);
    if (d->o.oracle)
        oracle_end(d->o.oracle);
    if (d->end != DRIVE_DIED)
        clean_after(d, p);
    return d->end;
}
