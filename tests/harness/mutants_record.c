/* mutants_record.c: runs generated programs on the model and keeps what was sent and received. */
#include "mutants_record.h"

#include "cli.h"
#include "content_mime.h"
#include "generate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct mut_recorder {
    struct behaviours *behaviours;
    struct content *content;
    struct drive *drive;
    struct target *target;
    struct oracle *live, *judge; /* live: the driver asks it for UIDs */
    struct generator *generator;
    struct program program;
    struct mut_trace trace;
    uint64_t seed;
    uint32_t number;
    int behaviour;
    unsigned violates;
    char *first;
    size_t first_cap;
};

static void no_note(void *user, const struct note *n) {
    (void)user;
    (void)n;
}

static void on_note(void *user, const struct note *n) {
    struct mut_recorder *r = user;
    if (n->verdict != V_VIOLATES)
        return;
    if (r->violates++ == 0 && r->first_cap)
        snprintf(r->first, r->first_cap, "%s [%s] %s", n->summary, n->cites, n->seen);
}

struct mut_recorder *mut_recorder_new(uint64_t seed, char *err, size_t errlen) {
    struct mut_recorder *r = calloc(1, sizeof *r);
    snprintf(err, errlen, "out of memory");
    if (!r)
        return NULL;
    program_init(&r->program);
    r->seed = seed;
    r->behaviour = -1;
    r->behaviours = load_behaviours(NULL, 0, err, errlen);
    r->content = content_new();
    struct generator_options g = {.clients = 4,
                                  .commands = 14,
                                  .allow_inbox = true,
                                  .families = GENERATE_ALL & ~(uint32_t)GENERATE_TLS};
    r->generator = generator_new(seed, &g);
    if (r->behaviours && r->content && r->generator)
        return r;
    mut_recorder_free(r);
    return NULL;
}

void mut_recorder_free(struct mut_recorder *r) {
    if (!r)
        return;
    mut_forget(&r->trace);
    drive_free(r->drive);
    target_free(r->target);
    if (r->live)
        oracle_free(r->live);
    if (r->judge)
        oracle_free(r->judge);
    generator_free(r->generator);
    program_free(&r->program);
    if (r->behaviours)
        behaviours_free(r->behaviours);
    if (r->content)
        content_free(r->content);
    free(r);
}

/* A server with the next behaviour, and oracles that know nothing of the one before. */
static bool open_server(struct mut_recorder *r, char *err, size_t errlen) {
    char name[100] = "model";
    bool usage = false;
    do {
        if (++r->behaviour >= behaviours_count(r->behaviours))
            r->behaviour = 0;
    } while (behaviours_at(r->behaviours, r->behaviour)->fault);
    snprintf(name, sizeof name, "model:%s", behaviours_at(r->behaviours, r->behaviour)->name);
    drive_free(r->drive);
    target_free(r->target);
    if (r->live)
        oracle_free(r->live);
    if (r->judge)
        oracle_free(r->judge);
    r->live = r->judge = NULL;
    r->target = NULL;
    r->drive = drive_new();
    struct target_options to = {.behaviours = r->behaviours,
                                .content = content_ops(r->content),
                                .seed = r->seed + r->number,
                                .allow_inbox = true,
                                .events = r->drive ? drive_events(r->drive) : NULL};
    if (!r->drive || !(r->target = target_open(name, &to, err, errlen, &usage)))
        return false;
    struct oracle_options o = {.behaviours = r->behaviours,
                               .content = content_ops(r->content),
                               .note = no_note,
                               .user = r,
                               .users = (const char *const *)r->target->users};
    r->live = oracle_new(&o);
    o.note = on_note;
    r->judge = oracle_new(&o);
    if (!r->live || !r->judge)
        return false;
    drive_attach(r->drive, r->target,
                 &(struct drive_options){.oracle = r->live, .note = no_note, .user = r, .pause_ms = -1});
    return true;
}

static bool keep(struct mut_recorder *r) {
    const struct drive_log *log = drive_log(r->drive);
    struct mut_trace *t = &r->trace;
    mut_forget(t);
    t->event = calloc(log->n + 1, sizeof *t->event);
    t->octets = malloc(log->used + 1);
    if (!t->event || !t->octets)
        return false;
    memcpy(t->octets, log->octets, log->used);
    for (uint32_t i = 0; i < log->n; i++) {
        const struct event *e = &log->event[i];
        t->event[t->events++] = (struct mut_event){.kind = e->kind,
                                                   .session = e->session,
                                                   .how = e->how,
                                                   .t = e->t,
                                                   .p = t->octets + e->at,
                                                   .n = e->n};
    }
    snprintf(t->name, sizeof t->name, "%s, program %u (%s)", r->target->name, r->number,
             generator_aim(r->generator, &(int){0}, &(uint32_t){0}));
    return mut_read(t);
}

const struct mut_trace *mut_record(struct mut_recorder *r, char *err, size_t errlen) {
    snprintf(err, errlen, "out of memory");
    if (!open_server(r, err, errlen))
        return NULL;
    generator_seek(r->generator, (uint64_t)r->number * 7);
    if (!generator_next(r->generator, &r->program))
        return NULL;
    content_reset(r->content);
    enum drive_end end = drive_run(r->drive, &r->program, ++r->number);
    if (end != DRIVE_DONE) {
        snprintf(err, errlen, "%s: %s", r->target->name, drive_text(r->drive));
        return NULL;
    }
    return keep(r) ? &r->trace : NULL;
}

static void tell(struct oracle *o, const struct mut_event *e) {
    char text[80];
    switch ((enum event_kind)e->kind) {
    case EV_OPENED:
        oracle_opened(o, e->session, e->t, e->how == TLS_IMPLICIT);
        break;
    case EV_TLS:
        oracle_tls(o, e->session, e->t);
        break;
    case EV_SENT:
        oracle_sent(o, e->session, e->t, e->p, e->n);
        break;
    case EV_CONTINUED:
        oracle_continued(o, e->session, e->t, e->p, e->n);
        break;
    case EV_RECEIVED:
        oracle_received(o, e->session, e->t, e->p, e->n);
        break;
    case EV_CLOSED:
        snprintf(text, sizeof text, "%.*s", (int)e->n, (const char *)e->p);
        oracle_closed(o, e->session, e->t, e->how, text);
        break;
    case EV_CHECKPOINT:
        oracle_checkpoint(o);
        break;
    }
}

unsigned mut_judge(struct mut_recorder *r, const struct mut_event *event, uint32_t n, char *first,
                   size_t cap) {
    r->violates = 0;
    r->first = first;
    r->first_cap = cap;
    if (cap)
        first[0] = 0;
    oracle_reset(r->judge);
    for (uint32_t i = 0; i < n; i++)
        tell(r->judge, &event[i]);
    oracle_end(r->judge);
    return r->violates;
}

uint64_t mut_unjudged(const struct mut_recorder *r) { return oracle_counts(r->judge)->unjudged; }
