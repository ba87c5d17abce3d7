/* serve_tell.c: tells a session of pending changes, when the moment permits and the behaviour says so. */
#include "serve.h"

static bool now(struct model_server *m, enum point p, enum moment moment) {
    int when = moment == MOMENT_IDLE ? 1 : moment == MOMENT_NOOP ? 2 : 0;
    return !answer_has(run_serve_answer(&m->run, p, point_context(p, 1, &when)), OP_LATER);
}

static bool fault(struct model_server *m, enum moment moment, enum op op) {
    if (!m->run.faulty) return false;
    int in = (int)moment;
    return run_fault(&m->run, P_FAULT_TELL, point_context(P_FAULT_TELL, 1, &in), op);
}

static bool expunge_silent(struct model_server *m) {
    for (int cmd = 0; m->run.faulty && cmd < 3; cmd++)
        if (run_fault(&m->run, P_FAULT_EXPUNGE, point_context(P_FAULT_EXPUNGE, 1, &cmd), OP_F_EXPUNGE_SILENT)) return true;
    return false;
}

static void tell_expunge(struct model_server *m, int session, enum moment moment) {
    struct wsession *w = w_session(m->w, (unsigned)session);
    if (!w->doom && w->told_deaths == w_box(m->w, w->box)->deaths && !w->owes) return;
    w->told_deaths = w_box(m->w, w->box)->deaths;
    for (unsigned i = 0; i < w->view;) {
        uint16_t g = w_view(m->w, (unsigned)session)[i].message;
        bool gone = w_message(m->w, g)->dead || w->doom == DOOM_EMPTIED;
        if (!gone) {
            i++;
            continue;
        }
        if (fault(m, moment, OP_F_EXISTS_SHRINKS)) {
            world_view_remove(m->w, (unsigned)session, i);
            serve_line(m, session, "* %u EXISTS", w->view);
            continue;
        }
        unsigned number = i + 1;
        if (fault(m, moment, OP_F_EXPUNGE_WRONG)) number = i ? i : i + 2;
        serve_line(m, session, "* %u EXPUNGE", number);
        world_view_remove(m->w, (unsigned)session, i);
        if (w_message(m->w, g)->maybe == 2) { /* F_EXPUNGE_KEEP: it lives on */
            w_message(m->w, g)->dead = 0;
            w_message(m->w, g)->maybe = 0;
        }
    }
    if (w->view || !w->owes) w->owes = 0;
}

static void tell_exists(struct model_server *m, int session) {
    struct wsession *w = w_session(m->w, (unsigned)session);
    /* The view has the box's order; what lives behind its last message has not been announced. */
    const struct wview *v = w_view(m->w, (unsigned)session);
    uint16_t first = w->view ? w_message(m->w, v[w->view - 1].message)->next : w_box(m->w, w->box)->first;
    unsigned before = w->view;
    for (uint16_t g = first; g; g = w_message(m->w, g)->next)
        if (!w_message(m->w, g)->dead && !world_view_add(m->w, (unsigned)session, g, w_message(m->w, g)->last)) {
            m->run.full = true; /* the rest is told once the world has grown */
            break;
        }
    if (w->view != before) serve_line(m, session, "* %u EXISTS", w->view);
}

static void tell_flags_of(struct model_server *m, int session, unsigned i) {
    struct wview *v = &w_view(m->w, (unsigned)session)[i];
    const struct wmessage *g = w_message(m->w, v->message);
    if (g->dead || v->floor == g->last) return;
    v->floor = g->last;
    m->out.len = 0;
    m->speaking = session;
    out_text(&m->out, "* ");
    out_number(&m->out, i + 1);
    out_text(&m->out, " FETCH (FLAGS ");
    print_flags(m, world_flags(m->w, v->message));
    out_text(&m->out, ")\r\n");
    serve_flush(m);
}

/* The box knows the last few messages whose flags changed: with few changes the view need not be gone through. */
static void tell_flags(struct model_server *m, int session) {
    struct wsession *w = w_session(m->w, (unsigned)session);
    const struct wbox *b = w_box(m->w, w->box);
    uint32_t news = b->flaggings - w->told_flags;
    int order[BOX_FLAGGED], n = 0;
    w->told_flags = b->flaggings;
    for (unsigned i = 0; news > BOX_FLAGGED && i < w->view; i++) tell_flags_of(m, session, i);
    for (uint32_t k = 1; news <= BOX_FLAGGED && k <= news; k++) {
        int i = world_view_find(m->w, (unsigned)session, b->flagged[(b->flaggings - k) % BOX_FLAGGED]), at = n;
        if (i < 0) continue;
        for (n++; at && order[at - 1] > i; at--) order[at] = order[at - 1];
        order[at] = i;
    }
    for (int k = 0; k < n; k++) tell_flags_of(m, session, (unsigned)order[k]);
}

/* EXPUNGE and MOVE tell their own session before the OK, whatever the behaviour (RFC 3501 6.4.3, RFC 6851 3.3). */
static bool must_tell(const struct step *s) {
    return s && s->word == REPLY_OK && (s->c->kind == CMD_EXPUNGE || s->c->kind == CMD_MOVE);
}

void serve_tell(struct model_server *m, int session, enum moment moment, const struct step *s) {
    struct wsession *w = w_session(m->w, (unsigned)session);
    /* An orphan meets NO, who is to be cut off BYE, and nothing else. */
    if (w->state != SES_SELECTED || w->doom == DOOM_ORPHAN || w->doom == DOOM_DISCONNECT) return;
    bool permitted = moment == MOMENT_UID || moment == MOMENT_NOOP || moment == MOMENT_IDLE || moment == MOMENT_OTHER;
    if (fault(m, moment, OP_F_EXPUNGE_NOW)) permitted = true; /* MAP-I3 broken */
    if (fault(m, moment, OP_F_EXPUNGE_BEYOND)) serve_line(m, session, "* %u EXPUNGE", w->view + 1u);
    if (fault(m, moment, OP_F_EXISTS_BEYOND)) serve_line(m, session, "* %u EXISTS", w->view + 5u);
    if (fault(m, moment, OP_F_NEVER_TELL)) return;
    if (!w->doom && w->told == w_box(m->w, w->box)->changes) return; /* nothing has changed */
    bool told_all = permitted && !expunge_silent(m) && (must_tell(s) || w->doom == DOOM_EMPTIED || now(m, P_TELL_EXPUNGE, moment));
    if (told_all) tell_expunge(m, session, moment);
    if (moment == MOMENT_NONE || w->doom) return;
    bool exists = now(m, P_TELL_EXISTS, moment), flags = now(m, P_TELL_FLAGS, moment);
    if (exists) tell_exists(m, session);
    if (flags) tell_flags(m, session);
    if (told_all && exists && flags && !m->run.full) w->told = w_box(m->w, w->box)->changes;
}
