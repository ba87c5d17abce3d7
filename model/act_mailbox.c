/* act_mailbox.c: commands that name a mailbox: SELECT, EXAMINE, CREATE, SUBSCRIBE, STATUS, LIST, APPEND; DELETE and RENAME
 * when nobody is inside (act_in_use.c has the rest). */
#include "step.h"

#include <string.h>

bool mailbox_argument(struct run *r, const struct istring *a, uint8_t *buf, size_t cap, struct slice *out) {
    size_t n = istring_copy(a, buf, cap);
    if (n > cap) {
        r->capped = true;
        return false;
    }
    *out = (struct slice){buf, (uint32_t)n};
    return true;
}

/* RFC 3501 6.3.3: CREATE of an inferior name may have made the superior ones, too. What works is there. */
static void materialise(struct run *r, struct step *s, uint16_t name) {
    if (r->mode == SERVE || w_name(r->w, name)->box || w_name(r->w, name)->exists != NAME_UNKNOWN || s->word != REPLY_OK) return;
    if (s->c->kind == CMD_CREATE || s->c->kind == CMD_SUBSCRIBE || s->c->kind == CMD_UNSUBSCRIBE || s->c->kind == CMD_LIST) return;
    uint16_t box = world_add_box(r->w, name, BOX_LIVE);
    if (box)
        w_box(r->w, box)->unknown = 1;
    else
        r->full = true;
}

static void superiors(struct run *r, struct step *s) {
    struct slice n = world_name_text(r->w, s->name);
    uint8_t buf[512];
    if (r->mode == SERVE || n.n > sizeof buf) return;
    memcpy(buf, n.p, n.n);
    for (uint32_t i = 1; i < n.n; i++) {
        if (buf[i] != '/' && buf[i] != '.') continue;
        uint16_t up = world_name(r->w, step_session(r, s)->user, (struct slice){buf, i});
        if (!up)
            r->full = true;
        else if (!w_name(r->w, up)->box && !name_is_inbox(world_name_text(r->w, up)))
            w_name(r->w, up)->exists = NAME_UNKNOWN;
    }
}

uint8_t step_owner(const struct run *r, const struct step *s, struct slice name) {
    size_t n = r->shared ? strlen(r->shared) : 0;
    return n && name.n > n && memcmp(name.p, r->shared, n) == 0 ? USER_SHARED : step_session(r, s)->user;
}

/* A server keeps no name because somebody asked for it: who tries many would fill the world. */
static bool looks_only(const struct run *r, const struct step *s, const struct istring *a) {
    return r->mode == SERVE && a == &s->c->mailbox && s->c->kind != CMD_CREATE && s->c->kind != CMD_SUBSCRIBE;
}

uint16_t step_name(struct run *r, struct step *s, const struct istring *a) {
    uint8_t buf[512];
    struct slice name;
    if (!mailbox_argument(r, a, buf, sizeof buf, &name)) return 0;
    uint8_t owner = step_owner(r, s, name);
    uint16_t i = !looks_only(r, s, a) || name_is_inbox(name) || world_find_name(r->w, owner, name)
                     ? world_name(r->w, owner, name)
                     : world_name(r->w, USER_NOBODY, (struct slice){(const uint8_t *)"", 0});
    if (!i) r->full = true;
    if (i && name_is_inbox(name) && !w_name(r->w, i)->box) {
        uint16_t b = world_add_box(r->w, i, BOX_LIVE);
        if (!b)
            r->full = true;
        else if (r->mode == JUDGE)
            w_box(r->w, b)->unknown = 1; /* whatever it held before */
    }
    if (i && a == &s->c->mailbox) materialise(r, s, i);
    return i;
}

bool refuse_undocumented(struct run *r, struct step *s, const char *summary) {
    if (r->mode == SERVE || s->word == REPLY_OK) return false;
    s->refused = s->judged = 1;
    if (s->word == REPLY_BAD && step_session(r, s)->after_id)
        run_note(r, V_VIOLATES, s->session, s->reply_event, "ID-3.1-d", "after ID a command on the selected mailbox is answered BAD");
    run_note_more(run_note(r, s->word == REPLY_BAD ? V_DEVIATES : V_UNDOCUMENTED, s->session, s->reply_event, "R3501-7.1.2", summary),
                  s->word == REPLY_BAD ? "BAD" : "NO", "OK");
    return true;
}

/* A session whose mailbox was taken away may go on using its name (T-MAP-10). */
static bool doomed_name(struct run *r, struct step *s) {
    if (r->mode == SERVE || !step_session(r, s)->doom || s->word != REPLY_OK) return false;
    s->judged = 1;
    run_note(r, V_UNDOCUMENTED, s->session, s->reply_event, "T-MAP-10 MAP-1-c", "a session whose mailbox was taken away still uses its name");
    return true;
}

/* A name that must not work: NO; OK breaks `cites`. true: it was refused, as it must be. */
static bool must_refuse(struct run *r, struct step *s, const char *cites, const char *summary, const char *text) {
    if (says(r, s, REPLY_NO, text)) {
        s->refused = s->judged = 1;
        return true;
    }
    if (s->word == REPLY_BAD) {
        s->refused = s->judged = 1;
        run_note_more(run_note(r, V_DEVIATES, s->session, s->reply_event, "R3501-7.1.3",
                               "BAD where NO is meant: the command was well formed"), "BAD", "NO");
        return true;
    }
    if (s->word == REPLY_OK) run_note_more(run_note(r, V_VIOLATES, s->session, s->reply_event, cites, summary), "OK", "NO");
    return false;
}

/* The mailbox that a session means by a name: the live one, or the ghost it sits in (T-MAP-10). */
static uint16_t mailbox_of(const struct run *r, struct step *s, uint16_t name) {
    uint16_t b = w_name(r->w, name)->box;
    const struct wsession *w = step_session(r, s);
    if (b || !w->box || w->state != SES_SELECTED) return b;
    const struct wbox *own = w_box(r->w, w->box);
    if (own->name == name && own->state != BOX_LIVE) {
        s->insider = 1;
        return w->box;
    }
    return 0;
}

static const char *gone_cites(const struct run *r, uint16_t name, const char *otherwise) {
    for (unsigned b = 1; b < r->w->boxes; b++)
        if (w_box(r->w, b)->used && w_box(r->w, b)->state == BOX_GHOST && w_box(r->w, b)->name == name) return "MAP-3.2-c";
    return otherwise;
}

/* ---- SELECT, EXAMINE ---- */

static const struct imap_response *heard_exists(const struct run *r, const struct step *s) {
    const struct imap_response *last = NULL;
    for (unsigned i = 0; i < r->n_heard; i++)
        if (r->heard[i].session == s->session && r->heard[i].event > s->since && r->heard[i].r &&
            r->heard[i].r->kind == RESP_EXISTS && (!s->reply_event || r->heard[i].event < s->reply_event) && !last)
            last = r->heard[i].r;
    return last;
}

/* Does another session change a mailbox while this command runs? Then what EXISTS counts of an unknown one may hold that,
 * or not yet. */
static bool others_write(const struct run *r, const struct step *s) {
    for (unsigned i = 0; i < r->n_steps; i++) {
        const struct step *o = &r->steps[i];
        bool writes = o->c->kind == CMD_APPEND || o->c->kind == CMD_COPY || o->c->kind == CMD_MOVE || o->c->kind == CMD_EXPUNGE ||
                      o->c->kind == CMD_CLOSE || o->c->kind == CMD_RENAME;
        bool overlap = (!s->reply_event || o->event < s->reply_event) && (!o->reply_event || s->event < o->reply_event);
        if (writes && overlap && o->session != s->session) return true;
    }
    return false;
}

enum { UNKNOWN_MAX = 5000 }; /* messages of a mailbox of unknown content that we follow */

static void fill_unknown(struct run *r, uint16_t box, uint32_t n) {
    struct wbox *b = w_box(r->w, box);
    for (uint16_t m = b->first; m; m = w_message(r->w, m)->next) {
        world_kill(r->w, m);
        w_message(r->w, m)->box = 0; /* it may be any of those that are there now */
    }
    b->first = b->last = b->held = 0;
    b->unknown = 0;
    for (uint32_t i = 0; i < n && !r->full; i++) {
        uint16_t c = world_add_content(r->w, 0);
        uint16_t m = c ? world_add_message(r->w, box, c, 0) : 0;
        if (m)
            w_message(r->w, m)->flags_unknown = 1;
        else
            r->full = true;
    }
}

static void enter(struct run *r, struct step *s, uint16_t box) {
    struct wsession *w = step_session(r, s);
    if (w->state == SES_SELECTED) world_leave(r->w, (unsigned)s->session);
    w->box = box;
    w->was = s->name;
    w->unproven = 0;
    w->state = SES_SELECTED;
    w->read_only = s->c->kind == CMD_EXAMINE || (s->reply && s->reply->code.kind == CODE_READ_ONLY);
    s->box = box;
    if (r->mode == JUDGE && w_box(r->w, box)->unknown) {
        const struct imap_response *e = heard_exists(r, s);
        if (!e && !s->cut)
            run_note(r, V_VIOLATES, s->session, s->reply_event, "R3501-6.3.1 MAP-I1", "OK to SELECT or EXAMINE without EXISTS");
        if (e && e->number > UNKNOWN_MAX) r->capped = true;
        if (!e || e->number > UNKNOWN_MAX || others_write(r, s)) {
            w->loose = 1;
            s->judged = 1;
            return;
        }
        fill_unknown(r, box, e->number);
        for (unsigned i = 0; i < r->w->cap.sessions; i++) /* the others' views of it stay unknown */
            if ((int)i != s->session && w_session(r->w, i)->box == box) w_session(r->w, i)->loose = 1;
    }
    for (uint16_t m = w_box(r->w, box)->first; m; m = w_message(r->w, m)->next)
        if (!w_message(r->w, m)->dead && !world_view_add(r->w, (unsigned)s->session, m, w_message(r->w, m)->last))
            r->full = true;
    for (unsigned i = 0; i < w->view; i++) { /* what nobody knows cannot be told of a change */
        struct wview *v = &w_view(r->w, (unsigned)s->session)[i];
        v->told = !w_message(r->w, v->message)->flags_unknown;
    }
    if (r->mode == SERVE) {
        w->told = w_box(r->w, box)->changes;
        w->told_deaths = w_box(r->w, box)->deaths;
        w->told_flags = w_box(r->w, box)->flaggings;
    }
    /* MAP-I5: a fresh look counts nothing that was gone before the command came; nor does any EXISTS behind it. */
    uint16_t next = w->announced ? w_message(r->w, w->announced)->next : w_box(r->w, box)->first;
    for (; r->mode == JUDGE && next && died_before(r, next); next = w_message(r->w, next)->next) w->announced = next;
}

/* ID-3-i: every SELECT is refused where no ID was sent, and accepted where one was. */
static void judge_denial(struct run *r, struct step *s) {
    struct facts *f = r->facts;
    if (r->mode == SERVE || step_session(r, s)->ids || s->word != REPLY_NO) return;
    if (f->refused_plain < 255) f->refused_plain++;
    if (f->refused_plain > 3 && f->select_id && !f->select_plain)
        run_note(r, V_VIOLATES, s->session, s->reply_event, "ID-3-i ID-3-c", "SELECT is only granted to clients that sent an ID");
}

static void act_select(struct run *r, struct step *s) {
    struct wsession *w = step_session(r, s);
    if (!(s->name = step_name(r, s, &s->c->mailbox))) return;
    uint16_t box = w_name(r->w, s->name)->box;
    int before = w->state == SES_SELECTED;
    int mode = s->c->kind == CMD_EXAMINE;
    bool stays = !box && run_fault(r, P_FAULT_MAILBOX, 1, OP_F_NAME_STAYS) && w_name(r->w, s->name)->last_uid;
    bool lost = box && run_fault(r, P_FAULT_ID, 0, OP_F_ID_DENIES) && !w->ids;
    if (stays) {
        if (!(box = world_add_box(r->w, s->name, BOX_LIVE))) r->full = true;
    } else if (!box || lost) {
        bool refused = must_refuse(r, s, gone_cites(r, s->name, "R3501-6.3.1"),
                                   "SELECT or EXAMINE of a mailbox that does not exist succeeded", "No such mailbox");
        if (refused) {
            uint32_t context = point_context(P_SELECT_FAILED, 1, &before);
            if (before && r->mode == SERVE) {
                if (!answer_has(run_serve_answer(r, P_SELECT_FAILED, context), OP_KEEP_SELECTED))
                    world_leave(r->w, (unsigned)s->session);
            } else if (before && run_fork(r, 2)) {
                run_note_point(r, V_DEVIATES, s, P_SELECT_FAILED, context, "kept", "R3501-6.3.1",
                               "after a SELECT that failed the previous mailbox is still selected");
            } else if (before) {
                run_note_point(r, V_CONFORMS, s, P_SELECT_FAILED, context, "deselected", "R3501-6.3.1", "");
                world_leave(r->w, (unsigned)s->session);
            } else
                run_note_point(r, V_CONFORMS, s, P_SELECT_FAILED, context, "NO", "R3501-6.3.1", "");
            return;
        }
        if (s->word != REPLY_OK) return;
        box = world_add_box(r->w, s->name, BOX_LIVE); /* go on with what the server says */
        if (!box) {
            r->full = true;
            return;
        }
        w_box(r->w, box)->unknown = 1;
    } else if (!says(r, s, REPLY_OK, mode ? "Examined" : "Selected")) {
        judge_denial(r, s);
        refuse_undocumented(r, s, "SELECT or EXAMINE of a mailbox that exists was refused");
        if (before && !run_fork(r, 2)) world_leave(r->w, (unsigned)s->session);
        return;
    }
    if (r->mode == JUDGE && r->facts->select_plain < 255 && !w->ids) r->facts->select_plain++;
    if (r->mode == JUDGE && r->facts->select_id < 255 && w->ids) r->facts->select_id++;
    enter(r, s, box);
}

/* ---- CREATE, SUBSCRIBE, APPEND ---- */

static uint16_t old_box(const struct run *r, uint16_t name, int *kind) {
    for (unsigned b = 1; b < r->w->boxes; b++) {
        const struct wbox *x = w_box(r->w, b);
        if (!x->used || x->name != name || (x->state != BOX_GHOST && x->state != BOX_ORPHAN)) continue;
        if (!world_visitors(r->w, (uint16_t)b, -1)) continue;
        *kind = x->state == BOX_ORPHAN;
        return (uint16_t)b;
    }
    return 0;
}

/* Those inside the old mailbox are led into the new one: the old messages must be told as expunged before EXISTS counts
 * new ones (RFC 3501 2.3.1.1, 7.4.1: a number and a UID never change their message under a session). */
static void follow(struct run *r, uint16_t from, uint16_t to) {
    r->cost++; /* as long as nothing tells, the old view is taken to keep its identity */
    for (unsigned i = 0; i < r->w->cap.sessions; i++) {
        struct wsession *w = w_session(r->w, i);
        if (w->state != SES_SELECTED || w->box != from) continue;
        left_uncut(r, i);
        w->unproven = 0; /* what it is told now is of the new mailbox */
        w->box = to;
        w->announced = 0;
        w->told = 0;
        w->told_deaths = w->told_flags = UINT32_MAX; /* the view holds what the new mailbox has not */
        w->doom = r->mode == SERVE ? DOOM_NONE : DOOM_EMPTIED;
    }
    for (uint16_t m = w_box(r->w, from)->first; m; m = w_message(r->w, m)->next) world_kill(r->w, m);
    w_box(r->w, from)->state = BOX_DEAD;
}

/* That somebody still uses the old mailbox is known only if what became of it is. */
static void rests_on_visitors(struct run *r, uint16_t old) {
    if (r->mode != JUDGE || !r->notes) return;
    for (unsigned i = 0; i < r->w->cap.sessions; i++)
        if (w_session(r->w, i)->state == SES_SELECTED && w_session(r->w, i)->box == old)
            r->note[r->notes - 1].old |= (uint64_t)1 << i;
}

static void act_create(struct run *r, struct step *s) {
    if (!(s->name = step_name(r, s, &s->c->mailbox))) return;
    if (w_name(r->w, s->name)->box || name_is_inbox(world_name_text(r->w, s->name))) {
        must_refuse(r, s, "R3501-6.3.3", "CREATE of a mailbox that exists succeeded", "It exists");
        return;
    }
    int kind = 0;
    uint16_t old = old_box(r, s->name, &kind), box;
    const struct answer *a = NULL;
    if (old) {
        a = run_choose(r, s, P_CREATE_RECYCLED, point_context(P_CREATE_RECYCLED, 1, &kind));
        rests_on_visitors(r, old);
        if (a && a->reply != REPLY_OK) {
            for (unsigned i = 0; i < r->w->cap.sessions && !kind; i++) /* MAP-3.2-d: the name is a ghost's */
                if (w_session(r->w, i)->box == old) prove(r, i, s->reply_event);
            s->refused = 1;
            return;
        }
        if (!a && s->word != REPLY_OK) return;
    } else if (!says(r, s, REPLY_OK, "Created")) {
        refuse_undocumented(r, s, "CREATE of a free name was refused");
        return;
    }
    if (!(box = world_add_box(r->w, s->name, BOX_LIVE))) {
        r->full = true;
        return;
    }
    s->box = box;
    superiors(r, s);
    if (r->mode == SERVE) {
        struct wname *n = w_name(r->w, s->name);
        bool same = run_fault(r, P_FAULT_MAILBOX, 0, OP_F_VALIDITY_SAME) && n->last_validity;
        w_box(r->w, box)->validity = same ? n->last_validity : 0;
        if (!same) w_box(r->w, box)->uidnext = 1;
    }
    if (old && a && answer_has(a, OP_FOLLOW)) follow(r, old, box);
}

static void act_subscribe(struct run *r, struct step *s) {
    if (!(s->name = step_name(r, s, &s->c->mailbox))) return;
    if (!says(r, s, REPLY_OK, "Done")) {
        s->refused = 1;
        if (s->word == REPLY_BAD) refuse_undocumented(r, s, "SUBSCRIBE or UNSUBSCRIBE was answered BAD");
        return;
    }
    w_name(r->w, s->name)->subscribed = s->c->kind == CMD_SUBSCRIBE ? NAME_YES : NAME_NO;
}

static bool append_message(struct run *r, struct step *s, uint16_t box) {
    uint32_t flags = 0;
    for (uint32_t i = 0; i < s->c->flags; i++) flags |= world_flag(r->w, s->c->flag[i]) & ~(uint32_t)FLAG_RECENT;
    uint32_t id = r->content->intern ? r->content->intern(r->content->self, s->c->message.s) : 0;
    uint16_t c = world_add_content(r->w, id);
    uint16_t m = c ? world_add_message(r->w, box, c, flags) : 0;
    if (!m) {
        r->full = true;
        return false;
    }
    s->message = m;
    s->uidnext = w_box(r->w, box)->uidnext;
    s->copies = 1;
    return true;
}

bool mailbox_full(struct run *r, struct step *s, uint16_t box, unsigned more) {
    if (r->mode == JUDGE || !r->host->max_messages || w_box(r->w, box)->held + more <= r->host->max_messages) return false;
    says(r, s, REPLY_NO, "[OVERQUOTA] The mailbox is full");
    s->refused = 1;
    return true;
}

static bool no_room_for(struct run *r, struct step *s) {
    if (r->mode == JUDGE || !r->content->intern || r->content->intern(r->content->self, s->c->message.s)) return false;
    says(r, s, REPLY_NO, "[OVERQUOTA] No room for more messages");
    s->refused = 1;
    return true;
}

static void act_append(struct run *r, struct step *s) {
    if (!(s->name = step_name(r, s, &s->c->mailbox))) return;
    uint16_t box = mailbox_of(r, s, s->name);
    if (!box || s->insider) {
        if (s->insider && r->mode == JUDGE && s->word == REPLY_OK) {
            append_message(r, s, box);
            return;
        }
        if (!s->insider && doomed_name(r, s)) return;
        must_refuse(r, s, gone_cites(r, s->name, "R3501-6.3.11"), "APPEND to a mailbox that does not exist succeeded",
                    "No such mailbox");
        s->code = CODE_TRYCREATE;
        if (!box && s->word == REPLY_OK && (box = world_add_box(r->w, s->name, BOX_LIVE))) w_box(r->w, box)->unknown = 1;
        return;
    }
    if (mailbox_full(r, s, box, 1) || no_room_for(r, s)) return;
    if (!says(r, s, REPLY_OK, "Appended")) {
        refuse_undocumented(r, s, "APPEND to a mailbox that exists was refused");
        return;
    }
    s->box = box;
    if (run_fault(r, P_FAULT_APPEND, 0, OP_F_LOSE_WRITE)) return;
    if (append_message(r, s, box) && run_fault(r, P_FAULT_APPEND, 0, OP_F_EXPUNGE_TWICE)) {
        uint16_t first = s->message;
        append_message(r, s, box);
        s->message = first;
    }
}

/* ---- STATUS, LIST ---- */

static void act_status(struct run *r, struct step *s) {
    if (!(s->name = step_name(r, s, &s->c->mailbox))) return;
    s->box = mailbox_of(r, s, s->name);
    if (!s->box && doomed_name(r, s)) return;
    if (!s->box || (s->insider && s->word != REPLY_OK)) {
        must_refuse(r, s, gone_cites(r, s->name, "R3501-6.3.10"), "STATUS of a mailbox that does not exist succeeded",
                    "No such mailbox");
        return;
    }
    s->living = (uint16_t)world_living(r->w, s->box);
    s->known = r->w->messages;
    const struct wsession *w = step_session(r, s);
    if (w->state == SES_SELECTED && w->box == s->box && r->mode == SERVE) {
        int view = s->insider ? 2 : w->view == world_living(r->w, s->box) ? 0 : 1;
        s->context = point_context(P_STATUS_SELECTED, 1, &view);
        s->answer = run_serve_answer(r, P_STATUS_SELECTED, s->context);
        if (s->answer->reply == REPLY_NO && view == 2) {
            s->refused = 1;
            says(r, s, REPLY_NO, s->answer->text);
            return;
        }
    }
    if (!says(r, s, REPLY_OK, "Status")) {
        if (w->state == SES_SELECTED && w->box == s->box) {
            int view = s->insider ? 2 : w->view == world_living(r->w, s->box) ? 0 : 1;
            s->refused = s->judged = 1;
            run_note_point(r, V_UNDOCUMENTED, s, P_STATUS_SELECTED, point_context(P_STATUS_SELECTED, 1, &view), "NO",
                           "T-MAP-10", "STATUS of the selected mailbox was refused");
        } else
            refuse_undocumented(r, s, "STATUS of a mailbox that exists was refused");
    }
}

static void name_argument_delete(struct run *r, struct step *s) {
    if (!(s->name = step_name(r, s, &s->c->mailbox))) return;
    uint16_t box = w_name(r->w, s->name)->box;
    if (!box || name_is_inbox(world_name_text(r->w, s->name)))
        must_refuse(r, s, gone_cites(r, s->name, "R3501-6.3.4"),
                    box ? "DELETE of INBOX succeeded" : "DELETE of a mailbox that does not exist succeeded", "No such mailbox");
    else
        act_delete(r, s, box);
}

static void name_argument_rename(struct run *r, struct step *s) {
    if (!(s->name = step_name(r, s, &s->c->mailbox))) return;
    uint16_t to = step_name(r, s, &s->c->mailbox2);
    if (!to) return;
    uint16_t box = w_name(r->w, s->name)->box;
    int kind;
    if (!box || w_name(r->w, to)->box) {
        must_refuse(r, s, box ? "R3501-6.3.5" : gone_cites(r, s->name, "R3501-6.3.5"),
                    box ? "RENAME to a name that exists succeeded" : "RENAME of a mailbox that does not exist succeeded", "Cannot rename");
    } else if (old_box(r, to, &kind) && r->mode == JUDGE && s->word != REPLY_OK) {
        s->refused = 1; /* MAP-3.2-d: the new name is a ghost's */
    } else
        act_rename(r, s, box, to);
}

void act_mailbox(struct run *r, struct step *s) {
    switch (s->c->kind) {
    case CMD_SELECT: case CMD_EXAMINE: act_select(r, s); break;
    case CMD_CREATE: act_create(r, s); break;
    case CMD_DELETE: name_argument_delete(r, s); break;
    case CMD_RENAME: name_argument_rename(r, s); break;
    case CMD_SUBSCRIBE: case CMD_UNSUBSCRIBE: act_subscribe(r, s); break;
    case CMD_STATUS: act_status(r, s); break;
    case CMD_APPEND: act_append(r, s); break;
    case CMD_LIST: case CMD_LSUB:
        if (!says(r, s, REPLY_OK, "Listed")) refuse_undocumented(r, s, "LIST or LSUB was refused");
        break;
    default: break;
    }
}
