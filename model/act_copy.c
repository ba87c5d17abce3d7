/* act_copy.c: COPY and MOVE (RFC 3501 6.4.7, RFC 4315, RFC 6851, RFC 2180 4.4; MAP-I11, MAP-I16). */
#include "step.h"

/* Walks a UID set in the order in which it is written. 0 at the end. */
static uint32_t nth_of_set(const struct seq_set *set, uint32_t n) {
    for (uint32_t i = 0; i < set->n; i++) {
        uint32_t lo = set->r[i].lo, hi = set->r[i].hi;
        if (lo > hi) {
            uint32_t x = lo;
            lo = hi;
            hi = x;
        }
        if (n <= hi - lo) return lo + n;
        n -= hi - lo + 1;
    }
    return 0;
}

static uint64_t set_size(const struct seq_set *set) {
    uint64_t n = 0;
    for (uint32_t i = 0; i < set->n; i++) {
        uint32_t lo = set->r[i].lo, hi = set->r[i].hi;
        n += (uint64_t)(lo > hi ? lo - hi : hi - lo) + 1;
    }
    return n;
}

/* The COPYUID code: in the tagged OK, or for MOVE in an untagged one (RFC 6851 4.3). */
static const struct resp_code *copyuid(const struct run *r, const struct step *s) {
    if (s->reply && s->reply->code.kind == CODE_COPYUID) return &s->reply->code;
    for (unsigned i = 0; i < r->n_heard; i++) {
        const struct imap_response *h = r->heard[i].r;
        if (h && h->kind == RESP_OK && !h->tag.n && h->code.kind == CODE_COPYUID && heard_during(s, &r->heard[i]))
            return &h->code;
    }
    return NULL;
}

static bool copy_one(struct run *r, struct step *s, const struct target *t) {
    const struct wmessage *g = w_message(r->w, t->m);
    uint16_t m = world_add_message(r->w, s->box, g->content, world_flags(r->w, t->m));
    if (!m) {
        r->full = true;
        return false;
    }
    g = w_message(r->w, t->m);
    /* The copy has the flags as this session may see them: if several versions qualify, the next look binds. */
    if (r->mode == JUDGE && (g->first != g->last || g->flags_unknown)) w_message(r->w, m)->flags_unknown = 1;
    if (r->mode == SERVE) w_message(r->w, m)->date = g->date; /* RFC 3501 6.4.7 */
    if (!s->message) s->message = m;
    s->copies++;
    return true;
}

static void violates_uid(struct run *r, const struct step *s, const char *summary, const char *seen) {
    run_note_more(run_note(r, V_VIOLATES, s->session, s->reply_event, "MAP-I16 R4315-3", summary), seen, "");
}

/* MAP-I16: what COPYUID says was copied. false: it cannot be used. */
static bool copy_by_code(struct run *r, struct step *s, const struct resp_code *code) {
    struct seq_set from, to;
    if (!seq_set_parse(code->set1, false, &from) || !seq_set_parse(code->set2, false, &to)) return false;
    const char *seen = run_say(r, "COPYUID %u %.*s %.*s", code->number, (int)code->set1.n, (const char *)code->set1.p,
                               (int)code->set2.n, (const char *)code->set2.p);
    if (set_size(&from) != set_size(&to)) {
        violates_uid(r, s, "COPYUID's two sets differ in length", seen);
        return false;
    }
    if (set_size(&from) > 4096) return false;
    struct wbox *b = w_box(r->w, s->box);
    if (b->renamed && code->number != b->validity) new_validity(r, s->box, code->number); /* its UIDs are new, too */
    uint32_t last = 0, missing = 0, k = 0;
    for (uint32_t uid; (uid = nth_of_set(&from, k)) != 0; k++) {
        const struct target *t = NULL;
        for (unsigned i = 0; i < s->targets && !t; i++)
            if (w_message(r->w, r->target[s->first + i].m)->uid == uid) t = &r->target[s->first + i];
        uint32_t dest = nth_of_set(&to, k);
        if (!t) {
            bool unknown = false;
            for (unsigned i = 0; i < s->targets && !unknown; i++)
                unknown = !w_message(r->w, r->target[s->first + i].m)->uid;
            if (unknown) return false;
            violates_uid(r, s, "COPYUID names a message that the command did not ask for", seen);
            return false;
        }
        if (!copy_one(r, s, t)) return true;
        uint16_t m = w_box(r->w, s->box)->last;
        if (dest < last || !world_set_uid(r->w, m, dest))
            violates_uid(r, s, "COPYUID's destination UIDs do not ascend", seen);
        last = dest;
    }
    for (unsigned i = 0; i < s->targets; i++) {
        const struct target *t = &r->target[s->first + i];
        if (!t->dead && !seq_set_has(&from, w_message(r->w, t->m)->uid, 0)) missing++;
    }
    if (missing && !s->c->uid)
        run_note_more(run_note(r, V_DEVIATES, s->session, s->reply_event, "MAP-I16",
                               "OK to COPY or MOVE by sequence number with fewer messages than asked for"), seen, "");
    else if (missing)
        violates_uid(r, s, "COPYUID leaves out messages that live", seen);
    if (b->validity && code->number != b->validity)
        violates_uid(r, s, "COPYUID's UIDVALIDITY is not the destination's", seen);
    else
        b->validity = code->number;
    return true;
}

static void move_away(struct run *r, struct step *s) {
    for (unsigned i = 0; i < s->targets; i++) {
        const struct target *t = &r->target[s->first + i];
        if (!t->dead) world_kill(r->w, t->m);
    }
}

static void copy_all(struct run *r, struct step *s, bool dead_too) {
    for (unsigned i = 0; i < s->targets; i++)
        if ((dead_too || !r->target[s->first + i].dead) && !copy_one(r, s, &r->target[s->first + i])) return;
}

static void serve_copy(struct run *r, struct step *s, bool dead_too) {
    int f[2] = {s->c->kind == CMD_MOVE, s->c->uid};
    uint32_t context = point_context(P_FAULT_COPY, 2, f);
    if (run_fault(r, P_FAULT_COPY, context, OP_F_COPY_NEIGHBOUR))
        for (unsigned i = 0; i < s->targets; i++) {
            uint16_t m = w_message(r->w, r->target[s->first + i].m)->next;
            if (m) r->target[s->first + i].m = m;
        }
    if (!run_fault(r, P_FAULT_COPY, context, OP_F_LOSE_WRITE)) copy_all(r, s, dead_too);
    if (run_fault(r, P_FAULT_COPY, context, OP_F_EXPUNGE_TWICE)) {
        uint16_t first = s->message, n = s->copies;
        copy_all(r, s, dead_too);
        s->message = first;
        s->copies = n;
    }
}

/* The destination: 0 and refused if it is not there. */
static bool destination(struct run *r, struct step *s) {
    if (!(s->name = step_name(r, s, &s->c->mailbox))) return false;
    const struct wsession *w = step_session(r, s);
    s->box = w_name(r->w, s->name)->box;
    if (s->box) return !mailbox_full(r, s, s->box, s->targets);
    if (w_box(r->w, w->box)->name == s->name && w_box(r->w, w->box)->state != BOX_LIVE) s->insider = 1;
    s->code = CODE_TRYCREATE;
    if (says(r, s, REPLY_NO, "No such mailbox")) {
        s->refused = s->judged = 1;
        return false;
    }
    s->judged = 1;
    if (s->word == REPLY_OK && s->targets && !s->insider)
        run_note(r, V_VIOLATES, s->session, s->reply_event, "R3501-6.4.7 MAP-3.2-c", "COPY or MOVE to a mailbox that does not exist succeeded");
    return false;
}

/* RFC 6851 3.3: a MOVE that fails may have moved some messages; EXPUNGE tells which. They must be in the destination. */
static void move_in_part(struct run *r, struct step *s) {
    static uint16_t gone[GONE_MAX];
    unsigned n = told_gone(r, s, gone);
    for (unsigned i = 0; i < n; i++)
        for (unsigned k = 0; k < s->targets; k++) {
            struct target *t = &r->target[s->first + k];
            if (t->m != gone[i] || t->dead || !copy_one(r, s, t)) continue;
            world_kill(r->w, t->m);
            run_note(r, V_UNDOCUMENTED, s->session, s->reply_event, "R6851-3.3", "NO to a MOVE that moved some of its messages");
        }
}

void act_copy(struct run *r, struct step *s) {
    struct wsession *w = step_session(r, s);
    if (!resolve_targets(r, s)) return;
    if (s->judged) { /* of unknown UIDs, or cut off: whatever was copied */
        uint16_t name = step_name(r, s, &s->c->mailbox);
        if (s->cut && s->c->kind == CMD_MOVE) lose_track(r, w->box);
        if (name) lose_track(r, w_name(r->w, name)->box);
        return;
    }
    if (!destination(r, s)) return;
    bool move = s->c->kind == CMD_MOVE, dead_too = true;
    if (move && w->read_only) {
        if (says(r, s, REPLY_NO, "Read-only") || s->word != REPLY_OK) {
            s->refused = s->judged = 1;
            return;
        }
        for (unsigned i = 0; i < s->targets; i++)
            if (!r->target[s->first + i].dead) {
                run_note(r, V_VIOLATES, s->session, s->reply_event, "R3501-6.3.2 R6851-3.3",
                         "MOVE takes messages from a mailbox that is open read-only");
                break;
            }
    }
    if (s->some_dead) {
        int f[3] = {move, s->c->uid, s->all_dead};
        const struct answer *a = run_choose(r, s, P_COPY_EXPUNGED, point_context(P_COPY_EXPUNGED, 3, f));
        if (s->word == REPLY_NO) w->owes = 1;
        dead_too = a ? answer_has(a, OP_COPY_ALL) : run_fork(r, 2) == 0;
        int g[2] = {move, s->c->uid};
        if (s->word == REPLY_NO && move && r->mode == JUDGE) move_in_part(r, s);
        if (s->word != REPLY_OK && !run_fault(r, P_FAULT_COPY, point_context(P_FAULT_COPY, 2, g), OP_F_WRITE_ON_NO)) return;
    } else if (!says(r, s, REPLY_OK, move ? "Moved" : "Copied")) {
        refuse_undocumented(r, s, "COPY or MOVE was refused although all its messages live");
        if (move && s->word == REPLY_NO) move_in_part(r, s);
        return; /* MAP-I11: the destination is as it was */
    }
    if (w_box(r->w, s->box)->unknown && r->mode == JUDGE) {
        if (move) move_away(r, s);
        s->judged = 1;
        return;
    }
    if (r->mode == SERVE) {
        serve_copy(r, s, dead_too);
        int g[2] = {move, s->c->uid};
        if (move && !run_fault(r, P_FAULT_COPY, point_context(P_FAULT_COPY, 2, g), OP_F_MOVE_KEEPS)) move_away(r, s);
        return;
    }
    const struct resp_code *code = copyuid(r, s);
    if (!code || !copy_by_code(r, s, code)) {
        if (code) lose_track(r, s->box);
        copy_all(r, s, dead_too);
    } else if (s->answer && s->some_dead) { /* the code says which answer it was */
        if (answer_has(s->answer, OP_COPY_ALL) != (s->copies == s->targets)) r->failed = true;
    }
    if (move) move_away(r, s);
}
