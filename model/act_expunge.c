/* act_expunge.c: EXPUNGE, UID EXPUNGE and the expunging half of CLOSE (RFC 3501 6.4.2, 6.4.3; RFC 4315; RFC 2180 4.1.4). */
#include "step.h"

/* Must the session know that the message is \Deleted? It may stand at any version from its floor on. */
static bool knows_deleted(const struct run *r, const struct step *s, uint16_t m) {
    int v = world_view_find(r->w, (unsigned)s->session, m);
    if (v < 0) return false;
    for (uint16_t k = w_view(r->w, (unsigned)s->session)[v].floor; k; k = w_version(r->w, k)->next)
        if (!(w_version(r->w, k)->flags & FLAG_DELETED)) return false;
    return true;
}

unsigned told_gone(const struct run *r, const struct step *s, uint16_t *gone) {
    uint16_t order[GONE_MAX];
    const struct wview *v = w_view(r->w, (unsigned)s->session);
    unsigned n = 0, told = 0;
    for (; n < step_session(r, s)->view && n < GONE_MAX; n++) order[n] = v[n].message;
    for (unsigned i = 0; i < r->n_heard; i++) {
        const struct heard *h = &r->heard[i];
        if (!h->r || h->r->kind != RESP_EXPUNGE || !heard_during(s, h)) continue;
        if (h->r->number < 1 || h->r->number > n) break;
        gone[told++] = order[h->r->number - 1];
        for (unsigned k = h->r->number; k < n; k++) order[k - 1] = order[k];
        n--;
    }
    return told;
}

static bool among(uint16_t m, const uint16_t *list, unsigned n) {
    while (n--)
        if (list[n] == m) return true;
    return false;
}

static bool meant(const struct step *s, const struct wmessage *m, uint32_t max) {
    return s->c->kind != CMD_EXPUNGE || !s->c->uid || (m->uid && seq_set_has(&s->c->set, m->uid, max));
}

/* Counts what would go: all that is \Deleted in truth. */
static void count(const struct run *r, const struct step *s, unsigned *all, bool *unsure) {
    uint16_t box = step_session(r, s)->box;
    uint32_t max = w_box(r->w, box)->uidnext - 1;
    *all = 0;
    *unsure = false;
    for (uint16_t m = w_box(r->w, box)->first; m; m = w_message(r->w, m)->next) {
        const struct wmessage *g = w_message(r->w, m);
        if (g->dead) continue;
        if (g->flags_unknown || (s->c->uid && !g->uid)) *unsure = true;
        if (!(world_flags(r->w, m) & FLAG_DELETED) || !meant(s, g, max)) continue;
        ++*all;
    }
}

/* Does a message that is \Deleted in truth go? 0 no, 1 yes, 2 it cannot be told: those that the session must know of go, those
 * that it is told of have gone; of those beyond its view, and with CLOSE, any may. A session whose mailbox was taken away may be
 * answered OK though nothing is done any more. */
static int goes(const struct run *r, const struct step *s, uint16_t m, const uint16_t *gone, unsigned told) {
    if (r->mode == SERVE || (!step_session(r, s)->doom && knows_deleted(r, s, m))) return 1;
    if (s->c->kind == CMD_CLOSE || world_view_find(r->w, (unsigned)s->session, m) < 0) return 2;
    return among(m, gone, told);
}

enum { EXPUNGE_TRIED = 4 };

static void remove_one(struct run *r, struct step *s, uint16_t m) {
    if (r->targets >= RUN_TARGETS) {
        r->capped = true;
        return;
    }
    world_kill(r->w, m);
    r->target[r->targets++] = (struct target){.m = m};
    s->targets++;
}

static void kill_deleted(struct run *r, struct step *s) {
    static uint16_t gone[GONE_MAX], unsure[EXPUNGE_TRIED + 1];
    uint16_t box = step_session(r, s)->box;
    uint32_t max = w_box(r->w, box)->uidnext - 1;
    unsigned told = r->mode == JUDGE ? told_gone(r, s, gone) : 0, n = 0;
    s->first = (uint16_t)r->targets;
    s->targets = 0;
    for (uint16_t m = w_box(r->w, box)->first; m; m = w_message(r->w, m)->next) {
        const struct wmessage *g = w_message(r->w, m);
        if (g->dead || !(world_flags(r->w, m) & FLAG_DELETED) || !meant(s, g, max)) continue;
        int way = goes(r, s, m, gone, told);
        if (way == 2 && n <= EXPUNGE_TRIED) unsure[n++] = m;
        if (way == 1) remove_one(r, s, m);
    }
    if (n > EXPUNGE_TRIED) { /* too many to try */
        lose_track(r, box);
        return;
    }
    unsigned mask = n ? run_fork(r, 1u << n) : 0;
    for (unsigned i = 0; i < n; i++)
        if (mask >> i & 1) remove_one(r, s, unsure[i]);
}

static void expunge_faults(struct run *r, struct step *s, int cmd) {
    uint32_t context = point_context(P_FAULT_EXPUNGE, 1, &cmd);
    uint16_t box = step_session(r, s)->box;
    if (run_fault(r, P_FAULT_EXPUNGE, context, OP_F_EXPUNGE_UNDELETED))
        for (uint16_t m = w_box(r->w, box)->first; m; m = w_message(r->w, m)->next)
            if (!w_message(r->w, m)->dead && s->targets) {
                world_kill(r->w, m);
                break;
            }
    if (run_fault(r, P_FAULT_EXPUNGE, context, OP_F_EXPUNGE_KEEP) && s->targets) /* told, but it lives on as a new one */
        w_message(r->w, r->target[s->first].m)->maybe = 2;
}

void act_expunge(struct run *r, struct step *s) {
    struct wsession *w = step_session(r, s);
    unsigned all;
    bool unsure;
    int cmd = s->c->kind == CMD_CLOSE ? 2 : s->c->uid ? 1 : 0;
    if (!w->box) return;
    if (w->read_only) { /* nothing may go */
        if (s->c->kind == CMD_CLOSE) {
            if (!says(r, s, REPLY_OK, "Closed")) refuse_undocumented(r, s, "CLOSE was refused");
        } else if (says(r, s, REPLY_NO, "Read-only"))
            s->refused = 1;
        s->judged = 1;
        return;
    }
    count(r, s, &all, &unsure);
    if (unsure && r->mode == JUDGE && s->word == REPLY_OK) { /* what went cannot be known: the mailbox is not */
        lose_track(r, w->box);
        s->judged = 1;
        return;
    }
    if (world_visitors(r->w, w->box, s->session) && all) {
        const struct answer *a = run_choose(r, s, P_EXPUNGE_IN_USE, point_context(P_EXPUNGE_IN_USE, 1, &cmd));
        if (a ? !answer_has(a, OP_EXPUNGE) : s->word != REPLY_OK) {
            if (r->mode == SERVE && run_fault(r, P_FAULT_EXPUNGE, point_context(P_FAULT_EXPUNGE, 1, &cmd), OP_F_WRITE_ON_NO))
                kill_deleted(r, s);
            return;
        }
    } else if (!says(r, s, REPLY_OK, s->c->kind == CMD_CLOSE ? "Closed" : "Expunged")) {
        if (s->c->kind != CMD_CLOSE || !w->doom)
            refuse_undocumented(r, s, "EXPUNGE or CLOSE was refused although nobody else is inside");
        return;
    } else if (r->mode == SERVE && run_fault(r, P_FAULT_EXPUNGE, point_context(P_FAULT_EXPUNGE, 1, &cmd), OP_F_WRITE_ON_NO)) {
        says(r, s, REPLY_NO, "Cannot expunge");
    }
    if (s->cut && all > 1) { /* some may have gone */
        lose_track(r, w->box);
        return;
    }
    kill_deleted(r, s);
    if (r->mode == SERVE) expunge_faults(r, s, cmd);
}
