/* act_in_use.c: DELETE and RENAME, with or without visitors in the mailbox (RFC 2180 section 3). */
#include "step.h"

#include <string.h>

void doom_visitors(struct run *r, uint16_t box, int own, enum doom doom, int behaviour, bool own_too) {
    for (unsigned i = 0; i < r->w->cap.sessions; i++) {
        struct wsession *v = w_session(r->w, i);
        if (v->state != SES_SELECTED || v->box != box || ((int)i == own && !own_too)) continue;
        v->doom = (uint8_t)doom;
        v->maker = (uint8_t)(behaviour + 1);
    }
}

void left_uncut(struct run *r, unsigned session) {
    const struct wsession *w = w_session(r->w, session);
    if (r->mode == JUDGE && w->doom == DOOM_DISCONNECT && w->maker && r->facts->cut <= r->facts->emptied) r->cost += 4;
}

/* An answer shows in what those inside are told later, the caller and the others apart (T-MAP-12); who leaves before has
 * seen nothing. The answer's note is the last of the first `notes`. */
static void await_proof(struct run *r, unsigned notes, uint64_t inside, int caller) {
    if (r->mode != JUDGE || !notes) return;
    uint64_t own = inside & (uint64_t)1 << caller;
    r->note[notes - 1].unproven = true;
    r->note[notes - 1].inside[0] = inside & ~own;
    r->note[notes - 1].inside[1] = own;
    for (unsigned i = 0; i < r->w->cap.sessions; i++)
        if (inside >> i & 1) w_session(r->w, i)->unproven = UNPROVEN;
}

void prove(struct run *r, unsigned session, uint32_t event) {
    struct wsession *w = w_session(r->w, session);
    if (r->mode != JUDGE || !w->unproven) return;
    w->unproven = 0;
    run_note(r, V_CONFORMS, (int)session, event, "", "")->proof = true;
}

bool name_again(const struct run *r, const struct wsession *w) {
    return (w->unproven || w->doom == DOOM_OTHER) && w->was && w_name(r->w, w->was)->box && !name_is_inbox(world_name_text(r->w, w->was));
}

static bool on_messages(uint8_t kind) {
    return kind == CMD_FETCH || kind == CMD_STORE || kind == CMD_SEARCH || kind == CMD_COPY || kind == CMD_MOVE;
}

/* Served (ghost, keep) or refused (orphan) is not enough: EXPUNGE may follow as soon as a command permits it, or BYE. */
void weigh(struct run *r, const struct step *s) {
    struct wsession *w = step_session(r, s);
    if (!w->unproven || w->loose || s->cut) return;
    for (unsigned i = 0; i < r->n_steps; i++) /* not while it happens */
        if (r->steps[i].c->kind == CMD_DELETE || r->steps[i].c->kind == CMD_RENAME) return;
    if (w->state != SES_SELECTED) { /* nothing is selected any more: only then are these out of place */
        if (on_messages(s->c->kind) && s->word == REPLY_BAD) prove(r, (unsigned)s->session, s->reply_event);
        if (on_messages(s->c->kind) && s->word == REPLY_NO) r->cost += 4; /* so it is said to those inside what is no more */
        return;
    }
    /* For news. Others may be refused without a look at the mailbox, or served from what was read before, UID forms too. */
    bool asks = s->c->kind == CMD_NOOP || s->c->kind == CMD_CHECK;
    if (!w->view || name_again(r, w)) return;
    if (w->doom == DOOM_EMPTIED && asks && w->unproven != UNPROVEN_LATE) {
        r->cost++; /* EXPUNGE could have been told: "orphaned" explains it better */
        w->unproven = UNPROVEN_LATE;
    }
    if (w->doom == DOOM_NONE && on_messages(s->c->kind) && s->refused) r->cost++; /* so does it this */
    if (w->doom != DOOM_NONE && w->doom != DOOM_ORPHAN) return;
    if (on_messages(s->c->kind) && (s->word == REPLY_OK) == (w->doom == DOOM_NONE)) w->unproven = UNPROVEN_USED;
    if (asks && w->unproven == UNPROVEN_USED) prove(r, (unsigned)s->session, s->reply_event);
}

/* Those inside who can tell of the answer: over whom an earlier one hangs can not. */
static uint64_t witnesses(const struct run *r, uint16_t box) {
    uint64_t inside = 0;
    for (unsigned i = 0; r->mode == JUDGE && i < r->w->cap.sessions; i++) {
        const struct wsession *v = w_session(r->w, i);
        if (v->state == SES_SELECTED && v->box == box && !v->doom) inside |= (uint64_t)1 << i;
    }
    return inside;
}

/* who: 0 others, 1 own, 2 both; -1: nobody is inside. mode: 1 if every visitor only examines it; state: 1 if one idles. */
static int visitors_context(struct run *r, const struct step *s, uint16_t box, int *mode, int *idle) {
    int own = 0, others = 0;
    *mode = 1;
    *idle = 0;
    for (unsigned i = 0; i < r->w->cap.sessions; i++) {
        const struct wsession *v = w_session(r->w, i);
        if (v->state != SES_SELECTED || v->box != box) continue;
        if (r->mode == JUDGE && v->doom && v->unproven) r->cost++; /* of two causes the later one explains it better */
        if (!v->read_only) *mode = 0;
        if (r->mode == SERVE ? v->idles : r->idle >> i & 1) *idle = 1;
        if ((int)i == s->session)
            own = 1;
        else
            others = 1;
    }
    return own && others ? 2 : own ? 1 : others ? 0 : -1;
}

static void unbind(struct run *r, uint16_t name, uint16_t box) {
    struct wname *n = w_name(r->w, name);
    n->box = 0;
    n->exists = NAME_NO;
    n->last_validity = w_box(r->w, box)->validity;
    n->last_uid = w_box(r->w, box)->uidnext ? w_box(r->w, box)->uidnext - 1 : 0;
    w_box(r->w, box)->name = name;
}

static void kill_all(struct run *r, uint16_t box) {
    for (uint16_t m = w_box(r->w, box)->first; m; m = w_message(r->w, m)->next) world_kill(r->w, m);
}

/* The parts that DELETE and RENAME share: what becomes of those inside. */
static void visitors_ops(struct run *r, struct step *s, uint16_t box, const struct answer *a, unsigned notes) {
    uint64_t inside = witnesses(r, box);
    bool own_too = !answer_has(a, OP_CLOSE_OWN);
    if (answer_has(a, OP_CLOSE_OWN) && step_session(r, s)->box == box) world_leave(r->w, (unsigned)s->session);
    if (answer_has(a, OP_ORPHAN)) doom_visitors(r, box, s->session, DOOM_ORPHAN, s->behaviour, own_too);
    if (answer_has(a, OP_EMPTY)) doom_visitors(r, box, s->session, DOOM_EMPTIED, s->behaviour, own_too);
    if (answer_has(a, OP_DISCONNECT)) doom_visitors(r, box, s->session, DOOM_DISCONNECT, s->behaviour, false);
    struct wsession *own = step_session(r, s);
    if (answer_has(a, OP_DISCONNECT_OWN) && own->box == box) {
        own->doom = DOOM_DISCONNECT;
        own->maker = (uint8_t)(s->behaviour + 1);
    }
    await_proof(r, notes, inside, s->session);
}

static void end_of_box(struct run *r, uint16_t box, uint8_t state) {
    w_box(r->w, box)->state = world_visitors(r->w, box, -1) ? state : BOX_DEAD;
}

void act_delete(struct run *r, struct step *s, uint16_t box) {
    int f[3];
    f[0] = visitors_context(r, s, box, &f[1], &f[2]);
    s->box = box;
    const struct answer *a = NULL;
    if (f[0] < 0) {
        if (!says(r, s, REPLY_OK, "Deleted")) {
            refuse_undocumented(r, s, "DELETE of a mailbox that nobody uses was refused");
            return;
        }
    } else
        a = run_choose(r, s, P_DELETE_IN_USE, point_context(P_DELETE_IN_USE, 3, f));
    unsigned notes = r->notes;
    if (s->word != REPLY_OK && !(a && a->ops)) return; /* refused: MAP-3.1-a */
    if (s->word != REPLY_OK && !answer_has(a, OP_EMPTY) && !answer_has(a, OP_DESTROY)) return;
    unbind(r, s->name, box);
    if (run_fault(r, P_FAULT_MAILBOX, 1, OP_F_UNSUBSCRIBE)) w_name(r->w, s->name)->subscribed = NAME_NO;
    if (a) w_box(r->w, box)->maker = (uint8_t)(s->behaviour + 1);
    if (a && answer_has(a, OP_GHOST)) {
        visitors_ops(r, s, box, a, notes);
        end_of_box(r, box, BOX_GHOST);
        return;
    }
    kill_all(r, box);
    if (a)
        visitors_ops(r, s, box, a, notes);
    else if (f[0] >= 0) /* other: whatever those inside meet now */
        doom_visitors(r, box, s->session, DOOM_OTHER, -1, true);
    end_of_box(r, box, BOX_ORPHAN);
}

/* RFC 3501 6.3.5: renaming INBOX moves its messages into the new name and leaves INBOX empty. */
static void rename_inbox(struct run *r, struct step *s, uint16_t box, uint16_t to) {
    uint16_t made = world_add_box(r->w, to, BOX_LIVE);
    if (!made) {
        r->full = true;
        return;
    }
    w_box(r->w, made)->unknown = w_box(r->w, box)->unknown;
    if (w_box(r->w, box)->unknown) lose_track(r, box); /* the views of it; what is left behind is known: nothing */
    w_box(r->w, box)->unknown = 0;
    w_box(r->w, box)->renamed = r->mode == JUDGE; /* INBOX may have been made anew */
    for (uint16_t m = w_box(r->w, box)->first; m; m = w_message(r->w, m)->next) {
        const struct wmessage *g = w_message(r->w, m);
        if (g->dead) continue;
        uint16_t moved = world_add_message(r->w, made, g->content, world_flags(r->w, m));
        if (!moved) {
            r->full = true;
            return;
        }
        /* As the renaming session may see them, like a copy's. */
        if (r->mode == JUDGE && (g->first != g->last || g->flags_unknown)) w_message(r->w, moved)->flags_unknown = 1;
        if (r->mode == SERVE) w_message(r->w, moved)->date = g->date;
        world_kill(r->w, m);
    }
    s->box = made;
    if (s->cut) { /* the new name may be there, and the messages still here */
        lose_track(r, box);
        lose_track(r, made);
    }
}

static bool under(struct slice n, struct slice parent) {
    return n.n > parent.n && memcmp(n.p, parent.p, parent.n) == 0 && (n.p[parent.n] == '/' || n.p[parent.n] == '.');
}

static void rebind(struct run *r, uint16_t from, uint16_t to, uint16_t box) {
    unbind(r, from, box);
    struct wname *n = w_name(r->w, to);
    n->box = box;
    n->exists = NAME_YES;
    n->newname = 0;
    w_name(r->w, from)->newname = to;
    w_box(r->w, box)->name = to;
    w_box(r->w, box)->forbidden_validity = 0;
    w_box(r->w, box)->renamed = r->mode == JUDGE;
}

/* Those inside an inferior mailbox meet what those inside the renamed one may meet. */
static void child_visitors(struct run *r, struct step *s, uint16_t box) {
    int mode, f[3] = {0, 0, 0};
    f[1] = visitors_context(r, s, box, &mode, &f[2]);
    if (f[1] < 0) return;
    uint32_t context = point_context(P_RENAME_IN_USE, 3, f);
    const struct answer *a = r->mode == SERVE ? run_serve_answer(r, P_RENAME_IN_USE, context) : run_choose(r, s, P_RENAME_IN_USE, context);
    if (a && a->reply == REPLY_OK)
        visitors_ops(r, s, box, a, r->notes);
    else if (!a)
        doom_visitors(r, box, s->session, DOOM_OTHER, -1, true);
}

/* RFC 3501 6.3.5: inferior names move along. */
static void rename_children(struct run *r, struct step *s, uint16_t from, uint16_t to) {
    struct slice parent = world_name_text(r->w, from);
    for (unsigned i = 1, n = r->w->names; i < n; i++) {
        struct slice t = world_name_text(r->w, (uint16_t)i);
        uint16_t box = w_name(r->w, i)->box;
        if (!box || w_name(r->w, i)->user != w_name(r->w, from)->user || !under(t, parent)) continue;
        uint8_t buf[600];
        struct slice p = world_name_text(r->w, to);
        if (p.n + t.n - parent.n > sizeof buf) continue;
        memcpy(buf, p.p, p.n);
        memcpy(buf + p.n, t.p + parent.n, t.n - parent.n);
        struct slice moved = {buf, p.n + t.n - parent.n};
        uint16_t child = world_name(r->w, step_owner(r, s, moved), moved);
        if (!child) {
            r->full = true;
            return;
        }
        rebind(r, (uint16_t)i, child, box);
        child_visitors(r, s, box);
    }
}

void act_rename(struct run *r, struct step *s, uint16_t box, uint16_t to) {
    bool inbox = name_is_inbox(world_name_text(r->w, s->name));
    int mode, f[3] = {inbox, 0, 0};
    f[1] = visitors_context(r, s, box, &mode, &f[2]);
    s->box = box;
    const struct answer *a = NULL;
    if (f[1] < 0) {
        if (!says(r, s, REPLY_OK, "Renamed")) {
            refuse_undocumented(r, s, "RENAME of a mailbox that nobody uses was refused");
            return;
        }
    } else
        a = run_choose(r, s, P_RENAME_IN_USE, point_context(P_RENAME_IN_USE, 3, f));
    unsigned notes = r->notes;
    if (s->word != REPLY_OK) return;
    if (inbox) {
        rename_inbox(r, s, box, to);
        if (a) visitors_ops(r, s, box, a, notes);
        if (!a && f[1] >= 0) doom_visitors(r, box, s->session, DOOM_OTHER, -1, true);
        return;
    }
    if (run_fault(r, P_FAULT_MAILBOX, 2, OP_F_RENAME_LOSES)) kill_all(r, box);
    rebind(r, s->name, to, box);
    rename_children(r, s, s->name, to);
    if (a) {
        w_box(r->w, box)->maker = (uint8_t)(s->behaviour + 1);
        visitors_ops(r, s, box, a, notes);
        if (!answer_has(a, OP_NEWNAME)) w_name(r->w, s->name)->newname = 0;
    } else if (f[1] >= 0)
        doom_visitors(r, box, s->session, DOOM_OTHER, -1, true);
}
