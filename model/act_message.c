/* act_message.c: commands on messages of the view: which messages they mean, FETCH, STORE, CLOSE. */
#include "step.h"

#include <string.h>

bool doomed_refusal(struct run *r, struct step *s) {
    const struct wsession *w = step_session(r, s);
    if (r->mode == SERVE) {
        if (w->doom != DOOM_ORPHAN && w->doom != DOOM_EMPTIED) return false;
        says(r, s, REPLY_NO, "The mailbox is gone");
        s->refused = 1;
        return true;
    }
    if (!w->doom || s->word == REPLY_OK) return false;
    s->refused = s->judged = 1;
    return true;
}

static struct target *add_target(struct run *r, struct step *s, uint16_t m, unsigned seq) {
    if (r->targets >= RUN_TARGETS) {
        r->capped = true;
        return NULL;
    }
    struct target *t = &r->target[r->targets++];
    *t = (struct target){.m = m, .seq = (uint16_t)seq, .dead = w_message(r->w, m)->dead};
    s->targets++;
    if (t->dead)
        s->some_dead = 1;
    else
        s->all_dead = 0;
    return t;
}

static void view_targets(struct run *r, struct step *s, const struct seq_set *set) {
    const struct wsession *w = step_session(r, s);
    const struct wview *v = w_view(r->w, (unsigned)s->session);
    for (uint32_t i = 0; i < set->n; i++) {
        uint32_t lo = set->r[i].lo, hi = set->r[i].hi;
        if ((lo == SEQ_STAR || hi == SEQ_STAR) && !w->view) s->star = s->beyond = 1;
        if ((lo != SEQ_STAR && lo > w->view) || (hi != SEQ_STAR && hi > w->view)) s->beyond = 1;
    }
    uint32_t first = w->view, last = 0; /* the set's ends, within the view */
    for (uint32_t i = 0; i < set->n; i++)
        for (int k = 0; k < 2; k++) {
            uint32_t n = k ? set->r[i].hi : set->r[i].lo;
            if (n > w->view || n == SEQ_STAR) n = w->view;
            if (n < first) first = n;
            if (n > last) last = n;
        }
    for (unsigned i = first; i && i <= last; i++)
        if (seq_set_has(set, i, w->view)) add_target(r, s, v[i - 1].message, i);
}

/* `*` is the largest UID: of the view, of the mailbox, whose newest messages may not have been announced yet, or of what
 * lives, where the last ones are expunged. */
static uint32_t largest_uid(struct run *r, const struct step *s, const struct seq_set *set) {
    const struct wsession *w = step_session(r, s);
    const struct wview *v = w_view(r->w, (unsigned)s->session);
    uint32_t value[3] = {0}; /* view, mailbox, living */
    bool star = false;
    for (unsigned i = 0; i < w->view; i++)
        if (w_message(r->w, v[i].message)->uid > value[0]) value[0] = w_message(r->w, v[i].message)->uid;
    for (uint32_t i = 0; i < set->n; i++) star |= set->r[i].lo == SEQ_STAR || set->r[i].hi == SEQ_STAR;
    if (!star || !w->box || r->mode == SERVE) return value[0];
    for (uint16_t m = w_box(r->w, w->box)->first; m; m = w_message(r->w, m)->next) {
        const struct wmessage *g = w_message(r->w, m);
        if (g->uid > value[1]) value[1] = g->uid;
        if (!g->dead && g->uid > value[2]) value[2] = g->uid;
    }
    uint32_t distinct[3] = {value[0]};
    unsigned n = 1;
    for (int i = 1; i < 3; i++) {
        bool known = !value[i];
        for (unsigned k = 0; k < n; k++) known |= distinct[k] == value[i];
        if (!known) distinct[n++] = value[i];
    }
    return distinct[run_fork(r, n)];
}

/* What a mailbox holds is not known any more: nobody's view of it is judged until the next SELECT. */
void lose_track(struct run *r, uint16_t box) {
    if (!box || r->mode == SERVE) return;
    w_box(r->w, box)->unknown = 1;
    for (unsigned i = 0; i < r->w->cap.sessions; i++)
        if (w_session(r->w, i)->state == SES_SELECTED && w_session(r->w, i)->box == box) w_session(r->w, i)->loose = 1;
}

bool sets_seen(const struct imap_command *c) { /* RFC 3501 6.4.5 */
    for (uint32_t i = 0; i < c->wants; i++)
        if (c->want[i].att == ATT_RFC822 || c->want[i].att == ATT_RFC822_TEXT ||
            (c->want[i].att == ATT_BODY_SECTION && !c->want[i].peek))
            return true;
    return false;
}

/* Is every UID from `low` on meant, up to `high` (0: up to the largest there is)? UIDs ascend with the numbers (R3501-2.3.1.1). */
static bool covers(const struct seq_set *set, uint32_t low, uint32_t high) {
    for (uint32_t i = 0; i < set->n; i++) {
        uint32_t a = set->r[i].lo == SEQ_STAR ? UINT32_MAX : set->r[i].lo, b = set->r[i].hi == SEQ_STAR ? UINT32_MAX : set->r[i].hi;
        uint32_t lo = a < b ? a : b, hi = a < b ? b : a;
        if (lo <= low && (hi == UINT32_MAX || (high && hi >= high))) return true;
    }
    return false;
}

/* Where UIDs are unknown the message may be meant, or not, unless the set holds all that it can be. A FETCH that changes
 * nothing tells the UIDs itself; after others nothing is known. */
static void uid_targets(struct run *r, struct step *s, const struct seq_set *set) {
    const struct wsession *w = step_session(r, s);
    const struct wview *v = w_view(r->w, (unsigned)s->session);
    uint32_t max = largest_uid(r, s, set), low = 1;
    unsigned ahead = 0; /* the next message whose UID is known */
    bool unsure = false;
    for (unsigned i = 0; i < w->view; i++) {
        while (ahead < w->view && (ahead < i || !w_message(r->w, v[ahead].message)->uid)) ahead++;
        uint32_t uid = w_message(r->w, v[i].message)->uid, next = ahead < w->view ? w_message(r->w, v[ahead].message)->uid : 0;
        if (uid ? seq_set_has(set, uid, max) : covers(set, low, next ? next - 1 : 0))
            add_target(r, s, v[i].message, i + 1);
        else
            unsure |= !uid;
        low = uid ? uid + 1 : low + 1;
    }
    if (!unsure) return;
    s->judged = 1;
    if (s->c->kind == CMD_FETCH && !sets_seen(s->c)) return;
    lose_track(r, w->box);
    step_session(r, s)->loose = 1;
}

static int range_cmd(uint8_t kind) {
    return kind == CMD_FETCH ? 0 : kind == CMD_STORE ? 1 : kind == CMD_SEARCH ? 2 : 3;
}

static bool may_reach_beyond(const struct wsession *w, const struct step *s) {
    for (uint32_t i = 0; i < s->c->set.n; i++) {
        uint32_t lo = s->c->set.r[i].lo, hi = s->c->set.r[i].hi;
        if (s->c->uid || lo == SEQ_STAR || hi == SEQ_STAR || lo > w->view || hi > w->view) return true;
    }
    return false;
}

/* T-MAP-9: EXISTS may come first within the command; then what it announces is meant, too. */
static void announced_first(struct run *r, struct step *s) {
    const struct wsession *w = step_session(r, s);
    if (w->loose || !may_reach_beyond(w, s)) return;
    for (unsigned i = 0; i < r->n_heard; i++) {
        const struct heard *h = &r->heard[i];
        if (!h->r || h->session != s->session || h->event <= s->since) continue;
        if ((s->reply_event && h->event > s->reply_event) || h->r->kind == RESP_EXPUNGE) return;
        if (h->r->kind != RESP_EXISTS || h->r->number <= w->view) continue;
        uint32_t there = w->view;
        for (uint16_t m = w->announced ? w_message(r->w, w->announced)->next : w_box(r->w, w->box)->first; m; m = w_message(r->w, m)->next)
            there++;
        if (h->r->number <= there && run_fork(r, 2)) view_extend(r, s->session, h->r->number, h->event);
        return;
    }
}

bool resolve_targets(struct run *r, struct step *s) {
    if (r->mode == JUDGE) announced_first(r, s);
    s->first = (uint16_t)r->targets;
    s->targets = 0;
    s->all_dead = 1;
    if (s->c->uid)
        uid_targets(r, s, &s->c->set);
    else
        view_targets(r, s, &s->c->set);
    if (!s->targets) s->all_dead = 0;
    if (!s->beyond) return true;
    int f[2] = {range_cmd(s->c->kind), s->star ? 2 : s->targets ? 1 : 0};
    uint32_t context = point_context(P_RANGE_BEYOND, 2, f);
    if (r->mode == SERVE) {
        const struct answer *a = run_serve_answer(r, P_RANGE_BEYOND, context);
        if (run_fault(r, P_FAULT_FETCH, 0, OP_F_SEQ_BEYOND) || answer_has(a, OP_VALID_PART)) return true;
        s->word = a->reply;
        s->text = a->text;
        s->code = a->code;
        s->refused = 1;
        return false;
    }
    if (s->word == REPLY_OK) {
        run_note_point(r, V_UNDOCUMENTED, s, P_RANGE_BEYOND, context, "OK with the valid part", "T-MAP-9",
                       "numbers beyond the view are ignored");
        return true;
    }
    if (s->word == REPLY_NONE) return false;
    run_note_point(r, V_CONFORMS, s, P_RANGE_BEYOND, context, s->word == REPLY_BAD ? "BAD" : "NO",
                   s->word == REPLY_BAD ? "T-MAP-9" : "MAP-4.1.1-b T-MAP-9", "");
    s->refused = s->judged = 1;
    return false;
}

/* ---- FETCH ---- */

static void act_fetch(struct run *r, struct step *s) {
    if (doomed_refusal(r, s) || !resolve_targets(r, s)) return;
    if (r->mode == SERVE) {
        says(r, s, REPLY_OK, "Fetched");
        if (s->some_dead) { /* each item class is asked; the first NO or BYE decides the word */
            for (uint32_t i = 0; i < s->c->wants; i++) {
                uint8_t att = s->c->want[i].att;
                int item = att == ATT_FLAGS || att == ATT_UID ? 0
                           : att == ATT_RFC822 || att == ATT_RFC822_TEXT || att == ATT_RFC822_HEADER || att == ATT_BODY_SECTION ? 2 : 1;
                int f[3] = {s->c->uid, s->all_dead, item};
                const struct answer *a = run_serve_answer(r, P_FETCH_EXPUNGED, point_context(P_FETCH_EXPUNGED, 3, f));
                if (a->reply == REPLY_OK && a->code && s->word == REPLY_OK) s->code = a->code, s->text = a->text;
                if (a->reply != REPLY_OK && s->word == REPLY_OK) s->word = a->reply, s->text = a->text, s->code = a->code;
            }
            if (s->word == REPLY_NO) step_session(r, s)->owes = 1;
        }
    }
    const struct wsession *w = step_session(r, s);
    if (!sets_seen(s->c) || w->read_only || s->word == REPLY_BAD) return;
    for (unsigned i = 0; i < s->targets; i++) {
        const struct target *t = &r->target[s->first + i];
        if (t->dead) continue;
        uint32_t f = world_flags(r->w, t->m);
        if ((s->word != REPLY_OK || s->cut || w->doom) && !(f & FLAG_SEEN) && r->mode == JUDGE)
            w_message(r->w, t->m)->flags_unknown = 1; /* delivered or not, before the NO or the end */
        else if (s->word == REPLY_OK && !world_set_flags(r->w, t->m, f | FLAG_SEEN))
            r->full = true;
    }
}

/* ---- STORE ---- */

enum { STORE_TRIED = 3 };

uint32_t stored_flags(uint32_t old, uint8_t mode, uint32_t flags) {
    return mode == STORE_SET ? flags : mode == STORE_ADD ? old | flags : old & ~flags;
}

static void store_one(struct run *r, struct step *s, struct target *t, uint32_t flags) {
    int v = world_view_at(r->w, (unsigned)s->session, t->m, t->seq);
    t->flags = stored_flags(world_flags(r->w, t->m), s->c->store_mode, flags);
    t->unsure = w_message(r->w, t->m)->flags_unknown && s->c->store_mode != STORE_SET;
    t->hit = t->flags != world_flags(r->w, t->m) && !t->unsure; /* a STORE that changes nothing need not be told */
    if (r->mode == JUDGE && (s->cut || step_session(r, s)->doom)) { /* cut in the middle; or what a session writes whose mailbox was taken away may be lost */
        w_message(r->w, t->m)->flags_unknown = 1;
        return;
    }
    if (s->c->store_mode == STORE_SET)
        w_message(r->w, t->m)->flags_unknown = 0;
    if (!world_set_flags(r->w, t->m, t->flags)) r->full = true;
    /* What a session wrote itself it may not be told otherwise; the judge raises the floor after the responses. */
    if (v >= 0 && r->mode == SERVE) w_view(r->w, (unsigned)s->session)[v].floor = w_message(r->w, t->m)->last;
}

static void store_living(struct run *r, struct step *s, uint32_t flags) {
    for (unsigned i = 0; i < s->targets; i++) {
        struct target *t = &r->target[s->first + i];
        if (!t->dead) store_one(r, s, t, flags);
    }
}

/* The flags of a message that is gone, as this session goes on seeing it: any are matched, so nothing is kept. */
static void store_faults(struct run *r, struct step *s, uint32_t flags) {
    int f[2] = {s->c->uid, s->some_dead};
    uint32_t context = point_context(P_FAULT_STORE, 2, f);
    if (run_fault(r, P_FAULT_STORE, context, OP_F_LOSE_WRITE)) {
        for (unsigned i = 0; i < s->targets; i++)
            r->target[s->first + i].flags = stored_flags(world_flags(r->w, r->target[s->first + i].m), s->c->store_mode, flags);
        return;
    }
    if (run_fault(r, P_FAULT_STORE, context, OP_F_SHIFT_SEQ) && !s->c->uid) { /* acts on the truth's n-th message */
        for (unsigned i = 0; i < s->targets; i++) {
            struct target *t = &r->target[s->first + i];
            unsigned n = 0;
            for (uint16_t m = w_box(r->w, step_session(r, s)->box)->first; m; m = w_message(r->w, m)->next)
                if (!w_message(r->w, m)->dead && ++n == t->seq) t->m = m, t->dead = 0;
        }
    }
    store_living(r, s, flags);
    if (run_fault(r, P_FAULT_STORE, context, OP_F_STORE_NEIGHBOUR) && s->targets) {
        uint16_t m = w_message(r->w, r->target[s->first + s->targets - 1u].m)->next;
        if (m && !w_message(r->w, m)->dead)
            world_set_flags(r->w, m, stored_flags(world_flags(r->w, m), s->c->store_mode, flags));
    }
}

static uint32_t command_flags(struct run *r, const struct imap_command *c) {
    uint32_t flags = 0;
    for (uint32_t i = 0; i < c->flags; i++) {
        uint32_t bit = world_flag(r->w, c->flag[i]);
        if (!bit && r->w->keywords < WORLD_KEYWORDS && c->flag[i].n <= KEYWORD_MAX) r->full = true;
        flags |= bit & ~(uint32_t)FLAG_RECENT;
    }
    return flags;
}

/* SHOULDs of RFC 2180 4.2 that an answer may break, whatever practice it is. */
static void store_shoulds(struct run *r, struct step *s) {
    if (r->mode == SERVE) return;
    if (!s->c->silent && s->all_dead && s->word == REPLY_OK)
        run_note_more(run_note(r, V_DEVIATES, s->session, s->reply_event, "MAP-4.2.2-a",
                               "OK to a STORE of expunged messages alone"), "OK", "NO alone [MAP-4.2.2-a]");
    if (s->c->silent && s->word == REPLY_NO && s->answer && answer_has(s->answer, OP_STORE_LIVING))
        run_note_more(run_note(r, V_DEVIATES, s->session, s->reply_event, "MAP-4.2.1-a",
                               "NO to a STORE.SILENT that set the flags of all messages that live"), "NO", "OK [MAP-4.2.1-a]");
}

/* STORE is not atomic: after a NO each message may have been written, or not. Few are tried out, many are not known. */
static void store_in_part(struct run *r, struct step *s, uint32_t flags) {
    struct target *changed[STORE_TRIED];
    unsigned n = 0, all = 0;
    for (unsigned i = 0; i < s->targets; i++) {
        struct target *t = &r->target[s->first + i];
        if (t->dead || stored_flags(world_flags(r->w, t->m), s->c->store_mode, flags) == world_flags(r->w, t->m)) continue;
        if (n < STORE_TRIED) changed[n++] = t;
        all++;
    }
    if (all > STORE_TRIED) {
        for (unsigned i = 0; i < s->targets; i++) w_message(r->w, r->target[s->first + i].m)->flags_unknown = 1;
        return;
    }
    unsigned mask = run_fork(r, 1u << n);
    for (unsigned i = 0; i < n; i++)
        if (mask >> i & 1) store_one(r, s, changed[i], flags);
}

/* NO to numbers of which some are beyond the view: the part inside may have been written as with any NO (T-MAP-9); where
 * messages of it are gone, all that live or none (MAP-4.2.3-a, MAP-4.2.4-a). */
static void store_beyond(struct run *r, struct step *s) {
    if (r->mode == SERVE || s->word != REPLY_NO || step_session(r, s)->read_only) return;
    uint32_t flags = s->stored = command_flags(r, s->c);
    if (!s->some_dead)
        store_in_part(r, s, flags);
    else if (!s->all_dead && run_fork(r, 2))
        store_living(r, s, flags);
}

static void act_store(struct run *r, struct step *s) {
    struct wsession *w = step_session(r, s);
    if (doomed_refusal(r, s)) return;
    if (!resolve_targets(r, s)) {
        store_beyond(r, s);
        return;
    }
    uint32_t flags = s->stored = command_flags(r, s->c);
    if (w->read_only && !run_fault(r, P_FAULT_SELECT, 1, OP_F_READ_ONLY_WRITES)) {
        says(r, s, REPLY_NO, "Read-only");
        s->refused = s->judged = 1; /* an OK that changes nothing is legal; a change will show */
        if (s->word == REPLY_OK && r->mode == JUDGE)
            run_note(r, V_UNDOCUMENTED, s->session, s->reply_event, "R3501-6.3.2", "OK to STORE in a read-only mailbox");
        for (unsigned i = 0; i < s->targets && r->mode == JUDGE; i++) w_message(r->w, r->target[s->first + i].m)->read_only = 1;
        return;
    }
    if (s->some_dead) {
        int f[3] = {s->c->uid, s->c->silent, s->all_dead};
        const struct answer *a = run_choose(r, s, P_STORE_EXPUNGED, point_context(P_STORE_EXPUNGED, 3, f));
        bool write = a ? answer_has(a, OP_STORE_LIVING) : s->word == REPLY_OK || run_fork(r, 2) == 0;
        if (s->word == REPLY_NO) w->owes = 1;
        if (r->mode == SERVE) {
            int g[2] = {s->c->uid, 1};
            if (run_fault(r, P_FAULT_STORE, point_context(P_FAULT_STORE, 2, g), OP_F_WRITE_ON_NO)) write = s->word == REPLY_NO;
            if (write) store_faults(r, s, flags);
        } else if (write) {
            s->wrote = s->word == REPLY_NO;
            store_living(r, s, flags);
        }
        store_shoulds(r, s);
        return;
    }
    if (says(r, s, REPLY_OK, "Stored")) {
        if (r->mode == SERVE)
            store_faults(r, s, flags);
        else
            store_living(r, s, flags);
        return;
    }
    refuse_undocumented(r, s, "STORE was refused although all its messages live");
    store_in_part(r, s, flags);
}

/* ---- the rest ---- */

static void act_close(struct run *r, struct step *s) {
    if (s->c->kind == CMD_CLOSE && !doomed_refusal(r, s)) act_expunge(r, s);
    if (s->c->kind == CMD_UNSELECT && !says(r, s, REPLY_OK, "Unselected")) {
        if (!step_session(r, s)->doom) refuse_undocumented(r, s, "UNSELECT was refused");
        return;
    }
    if (r->mode == SERVE) s->word = REPLY_OK;
    if (s->word == REPLY_OK || (step_session(r, s)->doom && run_fork(r, 2) == 0)) world_leave(r->w, (unsigned)s->session);
}

void act_message(struct run *r, struct step *s) {
    switch (s->c->kind) {
    case CMD_FETCH: act_fetch(r, s); break;
    case CMD_STORE: act_store(r, s); break;
    case CMD_CLOSE: case CMD_UNSELECT: act_close(r, s); break;
    case CMD_EXPUNGE: if (!doomed_refusal(r, s)) act_expunge(r, s); break;
    case CMD_SEARCH: if (!doomed_refusal(r, s)) act_search(r, s); break;
    case CMD_COPY: case CMD_MOVE: if (!doomed_refusal(r, s)) act_copy(r, s); break;
    default: break;
    }
}
