/* act_expunge.c: EXPUNGE, UID EXPUNGE and the expunging half of CLOSE (RFC 3501 6.4.2, 6.4.3; RFC 4315; RFC 2180 4.1.4). */
#include "step.h"

/* Does the session know that the message is \Deleted? It may know any version from its floor on. */
static bool knows_deleted(const struct run *r, const struct step *s, uint16_t m) {
    int v = world_view_find(r->w, (unsigned)s->session, m);
    if (v < 0) return false;
    return w_version(r->w, w_view(r->w, (unsigned)s->session)[v].floor)->flags & FLAG_DELETED;
}

static bool meant(const struct step *s, const struct wmessage *m, uint32_t max) {
    return s->c->kind != CMD_EXPUNGE || !s->c->uid || (m->uid && seq_set_has(&s->c->set, m->uid, max));
}

/* Counts what would go: all that is \Deleted in truth, and of that what the session knows to be. */
static void count(const struct run *r, const struct step *s, unsigned *all, unsigned *known, bool *unsure) {
    uint16_t box = step_session(r, s)->box;
    uint32_t max = w_box(r->w, box)->uidnext - 1;
    *all = *known = 0;
    *unsure = false;
    for (uint16_t m = w_box(r->w, box)->first; m; m = w_message(r->w, m)->next) {
        const struct wmessage *g = w_message(r->w, m);
        if (g->dead) continue;
        if (g->flags_unknown || (s->c->uid && !g->uid)) *unsure = true;
        if (!(world_flags(r->w, m) & FLAG_DELETED) || !meant(s, g, max)) continue;
        ++*all;
        *known += knows_deleted(r, s, m);
    }
}

static void kill_deleted(struct run *r, struct step *s, bool known_only) {
    uint16_t box = step_session(r, s)->box;
    uint32_t max = w_box(r->w, box)->uidnext - 1;
    s->first = (uint16_t)r->targets;
    s->targets = 0;
    for (uint16_t m = w_box(r->w, box)->first; m; m = w_message(r->w, m)->next) {
        const struct wmessage *g = w_message(r->w, m);
        if (g->dead || !(world_flags(r->w, m) & FLAG_DELETED) || !meant(s, g, max)) continue;
        if (known_only && !knows_deleted(r, s, m)) continue;
        if (r->targets >= RUN_TARGETS) {
            r->capped = true;
            return;
        }
        world_kill(r->w, m);
        r->target[r->targets++] = (struct target){.m = m};
        s->targets++;
    }
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
    unsigned all, known;
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
    count(r, s, &all, &known, &unsure);
    if (unsure && r->mode == JUDGE && s->word == REPLY_OK) { /* what went cannot be known: the mailbox is not */
        lose_track(r, w->box);
        s->judged = 1;
        return;
    }
    if (world_visitors(r->w, w->box, s->session) && all) {
        const struct answer *a = run_choose(r, s, P_EXPUNGE_IN_USE, point_context(P_EXPUNGE_IN_USE, 1, &cmd));
        if (a ? !answer_has(a, OP_EXPUNGE) : s->word != REPLY_OK) {
            if (r->mode == SERVE && run_fault(r, P_FAULT_EXPUNGE, point_context(P_FAULT_EXPUNGE, 1, &cmd), OP_F_WRITE_ON_NO))
                kill_deleted(r, s, false);
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
    kill_deleted(r, s, all != known && run_fork(r, 2));
    if (r->mode == SERVE) expunge_faults(r, s, cmd);
}
