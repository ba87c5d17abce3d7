/* judge_names.c: STATUS, LIST and LSUB against the names and mailboxes of the world. */
#include "step.h"

#include <string.h>

static uint16_t heard_name(const struct run *r, const struct step *s, const struct istring *mailbox) {
    uint8_t buf[512];
    size_t n = istring_copy(mailbox, buf, sizeof buf);
    if (n > sizeof buf) return 0;
    return world_find_name(r->w, step_session(r, s)->user, (struct slice){buf, (uint32_t)n});
}

/* ---- STATUS ---- */

/* A batch's effects come before its replies: what later commands of it do need not be counted, nor need it be left out. */
static void status_count(struct run *r, struct step *s, uint64_t told, uint32_t event) {
    struct wsession *w = step_session(r, s);
    unsigned truth = world_living(r->w, s->box);
    bool own = w->state == SES_SELECTED && w->box == s->box;
    int view = s->insider ? 2 : s->view_before == truth ? 0 : 1;
    if (own && !w->loose && (view == 2 || told == truth || told == w->view || told == s->view_before)) {
        run_note_point(r, V_CONFORMS, s, P_STATUS_SELECTED, point_context(P_STATUS_SELECTED, 1, &view),
                       view == 0 ? "view and truth" : told == truth ? "truth" : "view", "T-MAP-10", "");
        return;
    }
    unsigned least = truth < s->living ? truth : s->living, most = truth < s->living ? s->living : truth;
    if ((told >= least && told <= most) || w_box(r->w, s->box)->unknown || (own && w->loose)) return;
    for (unsigned i = 0; i < r->w->cap.sessions; i++)
        if (w_session(r->w, i)->state == SES_SELECTED && w_session(r->w, i)->box == s->box &&
            (w_session(r->w, i)->view == told || w_session(r->w, i)->loose)) {
            run_note(r, V_UNDOCUMENTED, s->session, event, "R3501-6.3.10", "STATUS counts what another session has not been told of");
            return;
        }
    run_note_more(run_note(r, V_VIOLATES, s->session, event, "R3501-6.3.10 MAP-I5", "STATUS counts messages wrong"),
                  run_say(r, "MESSAGES %u", (unsigned)told), run_say(r, "%u", truth));
}

/* T-MAP-10: of the own mailbox the view may be counted. */
static bool view_unseen(const struct run *r, const struct step *s, uint64_t told) {
    const struct wsession *w = w_session(r->w, (unsigned)s->session);
    return w->state == SES_SELECTED && w->box == s->box && (w->loose || told <= w->view || told <= s->view_before);
}

static void status_unseen(struct run *r, struct step *s, uint64_t told, uint32_t event) {
    unsigned least = 0, most = 0;
    for (uint16_t m = w_box(r->w, s->box)->first; m; m = w_message(r->w, m)->next) {
        const struct wmessage *g = w_message(r->w, m);
        bool may = false, must = true;
        for (uint16_t v = g->first; v; v = w_version(r->w, v)->next) {
            if (w_version(r->w, v)->flags & FLAG_SEEN)
                must = false;
            else
                may = true;
        }
        if (g->dead || g->flags_unknown || m >= s->known) must = false, may = true;
        least += must;
        most += may;
    }
    if ((told < least || told > most) && !view_unseen(r, s, told))
        run_note_more(run_note(r, V_DEVIATES, s->session, event, "R3501-6.3.10", "STATUS counts unseen messages wrong"),
                      run_say(r, "UNSEEN %u", (unsigned)told), run_say(r, "%u to %u", least, most));
}

static void status_values(struct run *r, struct step *s, const struct heard *h) {
    struct wbox *b = w_box(r->w, s->box);
    const struct imap_response *x = h->r;
    if (x->status & 1u << ST_UIDVALIDITY && !b->unknown) {
        if (b->validity && b->validity != x->status_value[ST_UIDVALIDITY])
            change_validity(r, s->session, h->event, s->box, (uint32_t)x->status_value[ST_UIDVALIDITY]);
        b->validity = (uint32_t)x->status_value[ST_UIDVALIDITY];
    }
    if (x->status & 1u << ST_UIDNEXT && !b->unknown && !b->renamed) {
        const struct wsession *w = step_session(r, s);
        bool own = w->state == SES_SELECTED && w->box == s->box;
        if (x->status_value[ST_UIDNEXT] < least_uidnext(r, s->box) && own) /* from a view that lags: T-MAP-10 */
            run_note(r, V_UNDOCUMENTED, s->session, h->event, "T-MAP-10 R3501-6.3.10",
                     "STATUS of the selected mailbox tells an old UIDNEXT");
        else if (x->status_value[ST_UIDNEXT] < least_uidnext(r, s->box))
            run_note(r, V_VIOLATES, s->session, h->event, "MAP-I8 R3501-2.3.1.1", "UIDNEXT is not above the UIDs that were given");
        else if (x->status_value[ST_UIDNEXT] > b->uidnext)
            b->uidnext = (uint32_t)x->status_value[ST_UIDNEXT];
    }
    if (x->status & 1u << ST_MESSAGES) status_count(r, s, x->status_value[ST_MESSAGES], h->event);
    if (x->status & 1u << ST_UNSEEN && !b->unknown) status_unseen(r, s, x->status_value[ST_UNSEEN], h->event);
}

void judge_status(struct run *r, struct step *s) {
    /* A session whose mailbox was taken away may mean the old one by the name. */
    if (s->word != REPLY_OK || !s->box || (step_session(r, s)->doom && !s->insider)) return;
    bool any = false;
    for (unsigned i = 0; i < r->n_heard; i++) {
        const struct heard *h = &r->heard[i];
        if (!h->r || h->r->kind != RESP_STATUS || !heard_during(s, h) || heard_name(r, s, &h->r->mailbox) != s->name) continue;
        any = true;
        status_values(r, s, h);
    }
    if (!any) run_note(r, V_VIOLATES, s->session, s->reply_event, "R3501-6.3.10", "OK to STATUS without a STATUS response");
}

/* ---- LIST, LSUB ---- */

static bool has_attribute(const struct heard *h, const char *name) {
    for (uint32_t i = h->r->list; i; i = h->nodes->v[i].next)
        if (slice_is_nocase(h->nodes->v[i].str.s, name)) return true;
    return false;
}

static const struct heard *listed(const struct run *r, const struct step *s, uint16_t name, uint8_t kind) {
    for (unsigned i = 0; i < r->n_heard; i++) {
        const struct heard *h = &r->heard[i];
        if (h->r && h->r->kind == kind && heard_during(s, h) && heard_name(r, s, &h->r->mailbox) == name) return h;
    }
    return NULL;
}

static uint8_t separator_of(const struct run *r, const struct step *s) {
    for (unsigned i = 0; i < r->n_heard; i++) {
        const struct heard *h = &r->heard[i];
        if (h->r && (h->r->kind == RESP_LIST || h->r->kind == RESP_LSUB) && heard_during(s, h) && h->r->delimiter > 0)
            return (uint8_t)h->r->delimiter;
    }
    return '/';
}

static bool has_children(const struct run *r, uint16_t name) {
    struct slice parent = world_name_text(r->w, name);
    for (unsigned i = 1; i < r->w->names; i++) {
        struct slice t = world_name_text(r->w, (uint16_t)i);
        if (t.n > parent.n && memcmp(t.p, parent.p, parent.n) == 0 && (w_name(r->w, i)->exists || w_name(r->w, i)->subscribed))
            return true;
    }
    return false;
}

static void judge_name(struct run *r, struct step *s, uint16_t i, bool lsub) {
    const struct wname *n = w_name(r->w, i);
    const struct heard *h = listed(r, s, i, lsub ? RESP_LSUB : RESP_LIST);
    bool should = lsub ? n->subscribed == NAME_YES : n->box != 0;
    if (should && !h)
        run_note(r, V_VIOLATES, s->session, s->reply_event, lsub ? "MAP-I14 R3501-6.3.9" : "R3501-6.3.8",
                 lsub ? "LSUB leaves out a subscribed name" : "LIST leaves out a mailbox that exists");
    if (should || !h || has_attribute(h, "\\Noselect") || has_attribute(h, "\\NonExistent") || has_children(r, i)) return;
    if (lsub ? n->subscribed == NAME_NO : n->exists == NAME_NO) {
        bool insider = step_session(r, s)->box && w_box(r->w, step_session(r, s)->box)->name == i;
        bool ghost = false;
        for (unsigned b = 1; b < r->w->boxes; b++)
            ghost |= w_box(r->w, b)->used && w_box(r->w, b)->state == BOX_GHOST && w_box(r->w, b)->name == i;
        if (insider) return;
        run_note(r, V_VIOLATES, s->session, h->event, ghost ? "MAP-3.2-c" : lsub ? "R3501-6.3.7" : "R3501-6.3.4",
                 lsub ? "LSUB names what is not subscribed" : "LIST names a mailbox that does not exist");
    }
}

/* Does another command of the batch make or unmake the name? Then LIST may tell it or not. */
static bool in_flux(const struct run *r, const struct step *s, uint16_t name) {
    if (r->n_steps == 1) return false;
    const struct wname *n = w_name(r->w, name), *was = name < r->before->names ? w_name(r->before, name) : NULL;
    if (!was || (was->box != 0) != (n->box != 0) || was->exists != n->exists || was->subscribed != n->subscribed) return true;
    for (unsigned i = 0; i < r->n_steps; i++) {
        const struct step *o = &r->steps[i];
        if (o == s || (o->c->kind != CMD_CREATE && o->c->kind != CMD_DELETE && o->c->kind != CMD_RENAME && o->c->kind != CMD_SUBSCRIBE &&
                       o->c->kind != CMD_UNSUBSCRIBE))
            continue;
        if (o->name == name || (o->c->kind == CMD_RENAME && heard_name(r, o, &o->c->mailbox2) == name)) return true;
    }
    return false;
}

void judge_list(struct run *r, struct step *s) {
    uint8_t ref[512], pat[512];
    size_t rn = istring_copy(&s->c->mailbox, ref, sizeof ref), pn = istring_copy(&s->c->mailbox2, pat, sizeof pat);
    if (s->word != REPLY_OK || rn || pn > sizeof pat || !pn) return; /* a reference's meaning is the server's own */
    uint8_t separator = separator_of(r, s);
    for (unsigned i = 1; i < r->w->names; i++) {
        if (w_name(r->w, i)->user != step_session(r, s)->user) continue;
        struct slice t = world_name_text(r->w, (uint16_t)i);
        if (name_is_inbox(t) || in_flux(r, s, (uint16_t)i) || !pattern_matches((struct slice){pat, (uint32_t)pn}, t, separator)) continue;
        judge_name(r, s, (uint16_t)i, s->c->kind == CMD_LSUB);
    }
}
