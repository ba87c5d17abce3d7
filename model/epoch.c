/* epoch.c: what a session has selected, within one batch whose effects are all taken first. A command that
 * changes the session's state (SELECT, say) and was sent behind others, or in a batch that another
 * session keeps open, begins an epoch: what was heard before it is of the state until then. A server does
 * them in the order given (RFC 3501 5.5).
 */
#include "step.h"

#include <string.h>

static bool changes_state(const struct step *s) {
    switch (s->c->kind) {
    case CMD_SELECT:
    case CMD_EXAMINE:
    case CMD_CLOSE:
    case CMD_UNSELECT:
    case CMD_LOGIN:
    case CMD_AUTHENTICATE:
    case CMD_LOGOUT:
        return true;
    default:
        return false;
    }
}

/* From which event on may a response belong to the step, where all effects come first? Behind its sending, and where states differ behind
 * the replies of the commands before. */
void epochs_plan(struct step *steps, unsigned n) {
    uint32_t replied[EPOCH_SESSIONS] = {0}, changed[EPOCH_SESSIONS] = {0};
    bool open[EPOCH_SESSIONS] = {false};
    for (unsigned i = 0; i < n; i++) {
        struct step *s = &steps[i];
        uint32_t *all = &replied[s->session], *last = &changed[s->session];
        uint32_t before = changes_state(s) ? *all : *last, end = s->reply_event ? s->reply_event : UINT32_MAX;
        s->since_state = s->event;
        if (before > s->since_state && before < end)
            s->since_state = before;
        if (changes_state(s) && !s->reply_event && open[s->session])
            s->since_state = UINT32_MAX;
        if (s->reply_event > *all)
            *all = s->reply_event;
        if (changes_state(s) && s->reply_event > *last)
            *last = s->reply_event;
        open[s->session] |= !s->reply_event;
    }
}

/* Is anything of this batch judged in the state before the step? */
static bool has_past(const struct run *r, const struct step *s) {
    for (const struct step *o = r->steps; o < s; o++)
        if (o->session == s->session)
            return true;
    for (unsigned i = 0; i < r->n_heard && r->heard[i].event <= s->since_state; i++)
        if (r->heard[i].session == s->session)
            return true;
    return false;
}

static bool make_room(struct run *r, struct epoch *e, unsigned n) {
    if (n <= e->cap)
        return true;
    if (n > EPOCH_VIEWS - r->epoch_views) {
        r->capped = true;
        return false;
    }
    if (e->cap)
        memcpy(r->epoch_view + r->epoch_views, r->epoch_view + e->first, e->cap * sizeof *r->epoch_view);
    e->first = (uint16_t)r->epoch_views;
    e->cap = (uint16_t)n;
    r->epoch_views += n;
    return true;
}

/* Changes the session's state for the one that the epoch holds, and back. */
static void swap(struct run *r, struct epoch *e) {
    struct wsession *s = w_session(r->w, (unsigned)e->session), state = *s;
    struct wview *v = w_view(r->w, (unsigned)e->session), *kept;
    uint16_t most = r->most[e->session], search = r->search_view[e->session],
             last = r->search_last[e->session];
    if (!make_room(r, e, s->view))
        return;
    kept = r->epoch_view + e->first;
    for (unsigned i = 0; i < s->view || i < e->state.view; i++) {
        struct wview one = v[i];
        v[i] = kept[i];
        kept[i] = one;
    }
    *s = e->state;
    e->state = state;
    r->most[e->session] = e->most;
    r->search_view[e->session] = e->search_view;
    r->search_last[e->session] = e->search_last;
    e->most = most;
    e->search_view = search;
    e->search_last = last;
}

void epoch_act(struct run *r, struct step *s) {
    const struct wsession *w = step_session(r, s);
    const struct wview *v = w_view(r->w, (unsigned)s->session);
    if (!changes_state(s) || !has_past(r, s)) {
        act(r, s);
        return;
    }
    if (r->epochs == EPOCHS) {
        r->capped = true;
        return;
    }
    struct epoch *e = &r->epoch[r->epochs];
    *e = (struct epoch){.session = s->session,
                        .step = (unsigned)(s - r->steps),
                        .until = s->since_state,
                        .state = *w,
                        .most = r->most[s->session],
                        .search_view = r->search_view[s->session],
                        .search_last = r->search_last[s->session]};
    if (!make_room(r, e, w->view))
        return;
    if (w->view)
        memcpy(r->epoch_view + e->first, v, w->view * sizeof *v);
    act(r, s);
    bool same = w->state == e->state.state && w->box == e->state.box && w->view == e->state.view &&
                (!w->view || memcmp(r->epoch_view + e->first, v, w->view * sizeof *v) == 0);
    r->epochs += !same; /* where it changed nothing, what was heard before holds on */
}

/* What is heard or judged in an epoch that is past: between two swaps. Beyond the last epoch nothing is swapped. */
static void enter(struct run *r, struct epoch *e) {
    if (e < r->epoch + r->epochs)
        swap(r, e);
}
static void leave(struct run *r, struct epoch *e) {
    if (!r->capped)
        enter(r, e);
}

/* The end of a connection is of the last state: a command that was cut may have had no effect. */
void epoch_hear(struct run *r, const struct heard *h) {
    struct epoch *e = r->epoch, *end = r->epoch + r->epochs;
    bool last = !h->r || h->r->kind == RESP_BYE;
    while (e < end && (last || e->session != h->session || h->event > e->until))
        e++;
    enter(r, e);
    if (!r->capped)
        hear(r, h);
    leave(r, e);
}

void epoch_judge(struct run *r, struct step *s) {
    struct epoch *e = r->epoch, *end = r->epoch + r->epochs;
    while (e < end && (e->session != s->session || e->step <= (unsigned)(s - r->steps)))
        e++;
    enter(r, e);
    if (!r->capped)
        judge_answer(r, s);
    leave(r, e);
}
