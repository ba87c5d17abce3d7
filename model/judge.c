/* judge.c: what a command's reply must have said, once its responses were heard: sessions, mailboxes, checkpoints. */
#include "step.h"

#include <string.h>

static unsigned count_heard(const struct run *r, const struct step *s, int kind) {
    unsigned n = 0;
    for (unsigned i = 0; i < r->n_heard; i++) n += r->heard[i].r && r->heard[i].r->kind == kind && heard_during(s, &r->heard[i]);
    return n;
}

static struct pending_note *note_reply(struct run *r, const struct step *s, enum verdict v, const char *cites, const char *summary) {
    return run_note(r, v, s->session, s->reply_event ? s->reply_event : s->event, cites, summary);
}

/* ---- session commands ---- */

static void judge_id(struct run *r, struct step *s) {
    unsigned n = count_heard(r, s, RESP_ID), commands = 0;
    for (unsigned i = 0; i < r->n_steps; i++) commands += r->steps[i].session == s->session && r->steps[i].c->kind == CMD_ID;
    int state = s->was_selected ? 2 : step_session(r, s)->state == SES_NONAUTH ? 0 : 1;
    uint32_t context = point_context(P_ID_RESPONSE, 1, &state);
    if (s->word != REPLY_OK) return;
    if (n > commands) { /* pipelined ones share their windows */
        note_reply(r, s, V_VIOLATES, "ID-3.2-a", "more than one ID response to one ID command");
    } else if (n == 0) {
        run_note_point(r, V_AMBIGUOUS, s, P_ID_RESPONSE, context, "no ID response", "T-ID-1",
                       "OK to ID without an ID response (3.1: optional; 3.2: must be sent)");
    } else
        run_note_point(r, V_CONFORMS, s, P_ID_RESPONSE, context, "ID response", "ID-3.2-a", "");
}

void judge_session(struct run *r, struct step *s) {
    const struct wsession *w = step_session(r, s);
    if (s->word == REPLY_OK && s->c->kind == CMD_CAPABILITY && !count_heard(r, s, RESP_CAPABILITY))
        note_reply(r, s, V_VIOLATES, "R3501-6.1.1", "OK to CAPABILITY without a CAPABILITY response");
    if (s->c->kind == CMD_LOGOUT && s->word == REPLY_OK && !count_heard(r, s, RESP_BYE))
        note_reply(r, s, V_VIOLATES, "R3501-6.1.3 MAP-I13", "OK to LOGOUT without BYE");
    if ((s->c->kind == CMD_NOOP || s->c->kind == CMD_CAPABILITY || s->c->kind == CMD_LOGOUT || s->c->kind == CMD_CHECK) &&
        s->word != REPLY_OK && !w->doom)
        note_reply(r, s, V_DEVIATES, "R3501-6.1.2", "NO or BAD to a command that cannot fail");
    if (s->c->kind == CMD_ID) judge_id(r, s);
}

/* ---- SELECT, APPEND ---- */

static void judge_select(struct run *r, struct step *s) {
    if (s->word != REPLY_OK) return;
    if (!count_heard(r, s, RESP_EXISTS)) {
        note_reply(r, s, V_VIOLATES, "R3501-6.3.1 MAP-I1", "OK to SELECT or EXAMINE without EXISTS");
        step_session(r, s)->loose = 1;
    }
    if (!count_heard(r, s, RESP_FLAGS) || !count_heard(r, s, RESP_RECENT))
        note_reply(r, s, V_VIOLATES, "R3501-6.3.1", "OK to SELECT or EXAMINE without FLAGS or RECENT, which must be told");
    if (s->c->kind == CMD_EXAMINE && s->reply && s->reply->code.kind == CODE_READ_WRITE)
        note_reply(r, s, V_VIOLATES, "R3501-6.3.2", "EXAMINE opened the mailbox read-write");
    unsigned later = world_visitors(r->w, s->box, s->session) > 0;
    for (unsigned i = 0; i < r->n_heard; i++) {
        const struct imap_response *h = r->heard[i].r;
        if (!h || h->kind != RESP_RECENT || !heard_during(s, &r->heard[i])) continue;
        int session = later != 0;
        run_note_point(r, V_CONFORMS, s, P_RECENT, point_context(P_RECENT, 1, &session), h->number ? "some recent" : "none recent",
                       "R3501-2.3.2", "");
        if (h->number > step_session(r, s)->view && !step_session(r, s)->loose)
            note_reply(r, s, V_VIOLATES, "R3501-7.3.2 MAP-I7", "RECENT counts more messages than EXISTS");
        break;
    }
}

static void judge_append(struct run *r, struct step *s) {
    if (s->word != REPLY_OK || !s->message || !s->reply || s->reply->code.kind != CODE_APPENDUID) return;
    if (!w_message(r->w, s->message)->box) return; /* forgotten: a SELECT came behind it and found the mailbox unknown */
    struct wbox *b = w_box(r->w, s->box ? s->box : w_message(r->w, s->message)->box);
    const struct resp_code *c = &s->reply->code;
    struct seq_set set;
    if (b->unknown || !seq_set_parse(c->set1, false, &set) || set.n != 1) return;
    const char *seen = run_say(r, "APPENDUID %u %u", c->number, set.r[0].lo);
    uint32_t next = s->uidnext;
    if (b->renamed && b->validity != c->number) {
        new_validity(r, (uint16_t)(b - w_box(r->w, 0)), c->number);
        next = 1; /* what was known of the UIDs was of the old one */
    }
    if (b->validity && b->validity != c->number && !b->renamed)
        run_note_more(note_reply(r, s, V_VIOLATES, "MAP-I16 MAP-I8 R4315-3", "APPENDUID's UIDVALIDITY is not the mailbox's"), seen,
                      run_say(r, "%u", b->validity));
    b->validity = c->number;
    if (w_message(r->w, s->message)->uid == set.r[0].lo) return;
    if (w_message(r->w, s->message)->uid) {
        run_note_more(note_reply(r, s, V_VIOLATES, "MAP-I16 R4315-3", "APPENDUID names another UID than the message has"), seen,
                      run_say(r, "UID %u", w_message(r->w, s->message)->uid));
        return;
    }
    if (!world_set_uid(r->w, s->message, set.r[0].lo) || set.r[0].lo < next)
        run_note_more(note_reply(r, s, V_VIOLATES, "MAP-I8 MAP-I16 R3501-2.3.1.1", "a new message's UID is not above those given before"),
                      seen, run_say(r, "at least %u", next));
    else if (b->validity == b->forbidden_validity && set.r[0].lo <= b->forbidden_uid)
        run_note_more(note_reply(r, s, V_VIOLATES, "MAP-I8 R3501-2.3.1.1", "a mailbox made anew uses old UIDs under the old UIDVALIDITY"),
                      seen, run_say(r, "another UIDVALIDITY or UIDs above %u", b->forbidden_uid));
}

/* ---- EXPUNGE, MOVE: the own session is told before the OK ---- */

static void judge_gone(struct run *r, struct step *s, bool move) {
    if (s->word != REPLY_OK || step_session(r, s)->loose) return;
    for (unsigned i = 0; i < s->targets; i++) {
        const struct target *t = &r->target[s->first + i];
        if (t->dead || world_view_at(r->w, (unsigned)s->session, t->m, t->seq) < 0) continue;
        note_reply(r, s, V_VIOLATES, move ? "R6851-3.3 MAP-I5" : "R3501-6.4.3 MAP-I5",
                   move ? "OK to MOVE before EXPUNGE was told for every message moved"
                        : "OK to EXPUNGE before EXPUNGE was told for every message removed");
        return;
    }
}

/* ---- SEARCH ---- */

static struct target *searched(struct run *r, struct step *s, uint64_t n) {
    for (unsigned i = 0; i < s->targets; i++) {
        struct target *t = &r->target[s->first + i];
        if (s->c->uid ? w_message(r->w, t->m)->uid == n : t->seq == n) return t;
    }
    return NULL;
}

/* Was the message of this UID, which the view did not hold when the command came, counted by an EXISTS before the response? */
static bool announced_meanwhile(const struct run *r, const struct step *s, uint64_t uid) {
    const struct wsession *w = step_session(r, s);
    uint16_t last = r->search_last[s->session];
    if (w->state != SES_SELECTED || !last || w_message(r->w, last)->box != w->box) return false;
    for (uint16_t m = w_box(r->w, w->box)->first; m; m = m == last ? 0 : w_message(r->w, m)->next)
        if (w_message(r->w, m)->uid == uid) return true;
    return false;
}

static void found(struct run *r, struct step *s, uint64_t n, uint32_t event) {
    struct target *t = searched(r, s, n);
    if (t) {
        if (!t->hit && !t->dead)
            run_note_more(run_note(r, V_VIOLATES, s->session, event, "R3501-6.4.4 MAP-I2", "SEARCH finds a message that does not match"),
                          run_say(r, "%u", (unsigned)n), "");
        t->flags = 1;
        return;
    }
    bool unknown = false;
    for (unsigned i = 0; i < s->targets && s->c->uid && !unknown; i++)
        unknown = !w_message(r->w, r->target[s->first + i].m)->uid;
    unsigned size = r->search_view[s->session]; /* EXISTS came before the response */
    if (unknown || (s->c->uid && (r->most[s->session] > s->targets || announced_meanwhile(r, s, n)))) return;
    if (!s->c->uid && n && n <= size) {
        if (size == step_session(r, s)->view && !search_matches(r, s, (unsigned)n - 1))
            run_note_more(run_note(r, V_VIOLATES, s->session, event, "R3501-6.4.4 MAP-I2", "SEARCH finds a message that does not match"),
                          run_say(r, "%u", (unsigned)n), "");
        return;
    }
    run_note_more(run_note(r, V_VIOLATES, s->session, event, "MAP-I7 R3501-6.4.4", "SEARCH finds a number beyond the view"),
                  run_say(r, "%u", (unsigned)n), "");
}

static void judge_search(struct run *r, struct step *s) {
    if (s->word != REPLY_OK) return;
    unsigned responses = 0;
    for (unsigned i = 0; i < s->targets; i++) r->target[s->first + i].flags = 0;
    for (unsigned i = 0; i < r->n_heard; i++) {
        const struct heard *h = &r->heard[i];
        if (!h->r || h->r->kind != RESP_SEARCH || !heard_during(s, h)) continue;
        responses++;
        for (uint32_t n = h->r->list; n; n = h->nodes->v[n].next) found(r, s, h->nodes->v[n].number, h->event);
    }
    if (!responses) note_reply(r, s, V_DEVIATES, "R3501-6.4.4", "OK to SEARCH without a SEARCH response");
    unsigned with = 0, without = 0;
    for (unsigned i = 0; i < s->targets; i++) {
        const struct target *t = &r->target[s->first + i];
        if (t->dead && t->hit == 1) {
            if (t->flags)
                with++;
            else
                without++;
        } else if (!t->dead && t->hit == 1 && !t->flags && (!s->c->uid || w_message(r->w, t->m)->uid))
            run_note_more(note_reply(r, s, V_VIOLATES, "R3501-6.4.4", "SEARCH leaves out a message that matches"),
                          run_say(r, "without %u", t->seq), "");
    }
    if (!with && !without) return;
    uint8_t op = with ? OP_INCLUDE : OP_OMIT;
    int b = with && without ? -1 : run_recognise(r, P_SEARCH_EXPUNGED, s->context, s, &op, 1);
    run_note_point(r, b < 0 ? V_UNDOCUMENTED : V_CONFORMS, s, P_SEARCH_EXPUNGED, s->context,
                   b < 0 ? "other" : behaviours_at(r->behaviours, b)->name,
                   b < 0 ? "MAP-4.2x-a" : behaviours_at(r->behaviours, b)->cites,
                   b < 0 ? "SEARCH finds some expunged messages and leaves out others" : "");
}

/* ---- checkpoints ---- */

/* What a session was not told yet. */
struct untold {
    unsigned dead, born, stale;
};

static struct untold untold(const struct world *w, unsigned session) {
    const struct wsession *s = w_session(w, session);
    const struct wview *v = w_view(w, session);
    struct untold u = {0};
    unsigned living = 0, all = world_living(w, s->box);
    for (unsigned i = 0; i < s->view; i++) {
        const struct wmessage *m = w_message(w, v[i].message);
        u.dead += m->dead;
        living += !m->dead;
        u.stale += !m->dead && v[i].told && !m->flags_unknown && w_version(w, v[i].floor)->flags != world_flags(w, v[i].message);
    }
    u.born = living < all ? all - living : 0;
    return u;
}

/* Is the session's view one that a checkpoint judges? */
static bool judged_view(const struct world *w, const struct wsession *s) {
    return s->state == SES_SELECTED && !s->loose && !s->doom && !w_box(w, s->box)->unknown;
}

bool world_told(const struct world *w) {
    for (unsigned i = 0; i < w->cap.sessions; i++) {
        const struct wsession *s = w_session(w, i);
        if (s->state == SES_SELECTED && s->doom) return false;
        if (!judged_view(w, s)) continue;
        struct untold u = untold(w, i);
        if (u.dead || u.born || u.stale) return false;
    }
    return true;
}

static void judge_view(struct run *r, unsigned session, uint32_t event) {
    const struct wsession *s = w_session(r->w, session);
    struct untold u = untold(r->w, session);
    if (u.dead)
        run_note(r, s->owes ? V_VIOLATES : V_DEVIATES, (int)session, event, s->owes ? "MAP-I9" : "MAP-I5",
                 s->owes ? "after a NO because of expunged messages NOOP does not tell of the expunges"
                         : "at a checkpoint expunges are still untold");
    if (u.born)
        run_note(r, V_DEVIATES, (int)session, event, "MAP-I5", "at a checkpoint new messages are still untold");
    if (u.stale) run_note(r, V_DEVIATES, (int)session, event, "R3501-7.4.2 MAP-I5", "at a checkpoint flag changes are still untold");
}

/* Does a session that was led into the new mailbox of the name still see the old one's messages? */
static bool led_but_stays(const struct world *w, unsigned session) {
    const struct wsession *s = w_session(w, session);
    if (s->state != SES_SELECTED || s->doom != DOOM_EMPTIED) return false;
    for (unsigned i = 0; i < s->view; i++)
        if (w_message(w, w_view(w, session)[i].message)->box != s->box) return true;
    return false;
}

void judge_checkpoint(struct run *r, uint32_t event) {
    for (unsigned i = 0; i < r->w->cap.sessions; i++) {
        struct wsession *s = w_session(r->w, i);
        /* Who was to be cut off has just answered NOOP twice: it was another practice. */
        bool inside = s->state == SES_SELECTED, again = inside && name_again(r, s), cut = s->doom == DOOM_DISCONNECT && s->maker;
        if (inside && cut && !again) r->failed = true;
        if (led_but_stays(r->w, i)) run_note(r, V_DEVIATES, (int)i, event, "MAP-I5", "at a checkpoint expunges are still untold");
        if (again && (cut || s->doom == DOOM_OTHER) && !s->stays) {
            run_note(r, V_UNDOCUMENTED, (int)i, event, "MAP-1-c MAP-3.3-a",
                     "a session is not cut off when a mailbox has the name again that its own lost");
            s->stays = 1;
        }
        if (judged_view(r->w, s)) judge_view(r, i, event);
    }
}

/* MAP-I12 */
static void judge_code(struct run *r, struct step *s) {
    if (s->reply && s->reply->code.kind == CODE_EXPUNGEISSUED && !s->view_dead && !step_session(r, s)->loose &&
        !step_session(r, s)->doom)
        note_reply(r, s, V_VIOLATES, "MAP-I12 R5530-3", "EXPUNGEISSUED although no other session expunged anything untold");
}

/* RFC 3501 7.5: one continuation request for each literal that waits, and for AUTHENTICATE's answer. */
static void judge_continuations(struct run *r, const struct step *s) {
    unsigned owed = s->c->kind == CMD_AUTHENTICATE;
    for (uint32_t i = 0; i + 2 < s->raw.n; i++)
        owed += s->raw.p[i] == '}' && s->raw.p[i + 1] == '\r' && s->raw.p[i + 2] == '\n' && i && s->raw.p[i - 1] != '+';
    if (owed && r->n_steps == 1 && count_heard(r, s, RESP_CONTINUE) > owed)
        note_reply(r, s, V_VIOLATES, "R3501-7.5", "more continuation requests than the command has literals that wait");
}

void judge_answer(struct run *r, struct step *s) {
    weigh(r, s);
    judge_code(r, s);
    judge_continuations(r, s);
    if (s->judged || s->cut || s->refused || s->syntax.verdict != LEX_ACCEPT) return;
    switch (s->c->kind) {
    case CMD_SELECT: case CMD_EXAMINE: judge_select(r, s); break;
    case CMD_APPEND: judge_append(r, s); break;
    case CMD_STATUS: judge_status(r, s); break;
    case CMD_LIST: case CMD_LSUB: judge_list(r, s); break;
    case CMD_FETCH: case CMD_STORE: judge_fetch(r, s); break;
    case CMD_SEARCH: judge_search(r, s); break;
    case CMD_EXPUNGE: judge_gone(r, s, false); break;
    case CMD_MOVE: judge_gone(r, s, true); break;
    default: judge_session(r, s); break;
    }
}
