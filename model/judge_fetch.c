/* judge_fetch.c: did FETCH and STORE say what they must, and what did they say of expunged messages? The practice is
 * read off the responses (RFC 2180 4.1, 4.2), never enumerated. */
#include "step.h"

static uint32_t want_key(const struct fetch_want *w) {
    struct slice none = {(const uint8_t *)"", 0};
    return item_key(w->att, w->att == ATT_BODY_SECTION ? w->section : none, w->partial, w->first);
}

static int item_class(uint8_t att) {
    switch (att) {
    case ATT_FLAGS: return 0;
    case ATT_RFC822: case ATT_RFC822_HEADER: case ATT_RFC822_TEXT: case ATT_BODY_SECTION: return 2;
    default: return 1;
    }
}

struct tally {
    unsigned yes, empty, absent, other, either; /* either: true data that looks like empty data */
};

static void tally_dead(const struct run *r, const struct step *s, int item, struct tally *t) {
    for (unsigned i = 0; i < s->targets; i++) {
        const struct target *g = &r->target[s->first + i];
        for (uint32_t k = 0; g->dead && k < s->c->wants; k++) {
            const struct fetch_want *w = &s->c->want[k];
            if (w->att == ATT_UID || item_class(w->att) != item) continue;
            const struct saw *saw = find_saw(r, s->session, g->m, want_key(w));
            if (!saw)
                t->absent++;
            else if (saw->said == SAID_EMPTY)
                t->empty++;
            else if (saw->said == SAID_EITHER || (saw->said == SAID_TRUE && w->att == ATT_FLAGS && !saw->flags))
                t->either++;
            else if (saw->said == SAID_TRUE)
                t->yes++;
            else
                t->other++;
        }
    }
}

static bool missing_living(const struct run *r, const struct step *s, unsigned *seq) {
    for (unsigned i = 0; i < s->targets; i++) {
        const struct target *g = &r->target[s->first + i];
        if (g->dead) continue;
        for (uint32_t k = 0; k < s->c->wants; k++)
            if (s->c->want[k].att < ATT_MODSEQ && !find_saw(r, s->session, g->m, want_key(&s->c->want[k]))) {
                *seq = g->seq;
                return true;
            }
    }
    return false;
}

/* RFC 3501 6.4.8: what a UID command causes has the UID in it. */
static void judge_uids(struct run *r, const struct step *s) {
    uint32_t uid = item_key(ATT_UID, (struct slice){(const uint8_t *)"", 0}, false, 0);
    uint32_t flags = item_key(ATT_FLAGS, (struct slice){(const uint8_t *)"", 0}, false, 0);
    for (unsigned i = 0; s->c->uid && s->word == REPLY_OK && i < s->targets; i++) {
        const struct target *g = &r->target[s->first + i];
        bool owed = s->c->kind == CMD_FETCH ? s->c->wants > 0 : find_saw(r, s->session, g->m, flags) && !s->c->silent;
        if (g->dead || !owed || find_saw(r, s->session, g->m, uid)) continue;
        run_note(r, V_VIOLATES, s->session, s->reply_event, "R3501-6.4.8", "a UID command is answered without the UID");
        return;
    }
}

static void classify(struct run *r, struct step *s, int item) {
    struct tally t = {0};
    tally_dead(r, s, item, &t);
    unsigned kinds = (t.yes > 0) + (t.empty > 0) + (t.absent > 0) + (t.other > 0);
    if (!kinds && !t.either) return;
    int f[3] = {s->c->uid, s->all_dead, item};
    uint32_t context = point_context(P_FETCH_EXPUNGED, 3, f);
    uint8_t op = t.empty ? OP_DATA_EMPTY : t.absent ? OP_DATA_ABSENT : OP_DATA_TRUE;
    bool one = kinds <= 1 && !t.other && !(t.absent && t.either);
    int b = one ? run_recognise(r, P_FETCH_EXPUNGED, context, s, &op, 1) : -1;
    const char *word = s->word == REPLY_OK ? "OK" : s->word == REPLY_NO ? "NO" : "BAD";
    if (b >= 0) {
        run_note_point(r, behaviour_verdict(r->behaviours, b), s, P_FETCH_EXPUNGED, context, behaviours_at(r->behaviours, b)->name,
                       behaviours_at(r->behaviours, b)->cites, behaviour_verdict(r->behaviours, b) ? behaviours_at(r->behaviours, b)->doc : "");
    } else {
        run_note_point(r, V_UNDOCUMENTED, s, P_FETCH_EXPUNGED, context,
                       one ? run_say(r, "%s, %s", word, t.empty ? "empty" : t.absent ? "absent" : "true data") : run_say(r, "%s, a mixture", word),
                       "MAP-1-c", "FETCH of expunged messages is answered in a way that RFC 2180 does not list");
        run_note_more(&r->note[r->notes - 1],
                      run_say(r, "%s with true data %u, empty %u, absent %u, other %u", word, t.yes + t.either, t.empty, t.absent, t.other),
                      "OK with true data [MAP-4.1.1-a], NO with the living [MAP-4.1.2-a], OK with empty data [MAP-4.1.3-a]");
    }
    if (s->all_dead && s->word == REPLY_OK && one && t.empty)
        run_note_more(run_note(r, V_DEVIATES, s->session, s->reply_event, "MAP-4.1.3-b",
                               "OK with empty data to a FETCH of expunged messages alone"), "OK", "NO alone [MAP-4.1.3-b]");
}

/* Were the flags not known before, at least those of the command are known now. */
static void judge_unsure(struct run *r, const struct step *s, uint16_t m) {
    uint32_t now = world_flags(r->w, m);
    if (stored_flags(now, s->c->store_mode, s->stored) == now) return;
    if (r->n_steps == 1) /* else it may have been told before the STORE took effect */
        run_note_more(run_note(r, V_VIOLATES, s->session, s->reply_event, "MAP-I10 R3501-6.4.6", "the flags told after STORE are not those that it leaves"),
                      run_say(r, "flags %#x", now), run_say(r, "STORE of %#x", s->stored));
    w_message(r->w, m)->flags_unknown = 1;
}

static void judge_store_flags(struct run *r, struct step *s) {
    uint32_t key = item_key(ATT_FLAGS, (struct slice){(const uint8_t *)"", 0}, false, 0);
    bool missing = false;
    for (unsigned i = 0; i < s->targets; i++) {
        const struct target *g = &r->target[s->first + i];
        int v = world_view_at(r->w, (unsigned)s->session, g->m, g->seq);
        if (g->dead || v < 0 || w_message(r->w, g->m)->flags_unknown) continue;
        const struct saw *saw = find_saw_before(r, s->session, g->m, key, s->reply_event); /* a later STORE may be pipelined */
        if (!saw)
            missing |= g->hit;
        else if (g->unsure && !s->c->silent)
            judge_unsure(r, s, g->m);
        else if (saw->flags != g->flags && !s->c->silent) {
            run_note_more(run_note(r, V_VIOLATES, s->session, saw->event, "MAP-I10 R3501-6.4.6",
                                   "the flags told after STORE are not those that it leaves"),
                          run_say(r, "flags %#x", saw->flags), run_say(r, "flags %#x", g->flags));
            w_message(r->w, g->m)->flags_unknown = 1;
        }
        if (s->word == REPLY_OK) w_view(r->w, (unsigned)s->session)[v].floor = w_message(r->w, g->m)->last;
    }
    if (missing && !s->c->silent && s->word == REPLY_NO) /* neither MAP-4.2.3-a nor MAP-4.2.4-a */
        run_note(r, V_VIOLATES, s->session, s->reply_event, "MAP-I10 MAP-4.2.4-a",
                 "NO to STORE, and no flags told, but flags were set");
    if (missing && !s->c->silent && s->word == REPLY_OK)
        run_note(r, V_DEVIATES, s->session, s->reply_event, "R3501-6.4.6", "OK to STORE without the new flags of every message");
}

void judge_fetch(struct run *r, struct step *s) {
    struct wsession *w = step_session(r, s);
    unsigned seq = 0;
    if (w->loose) return;
    if (!w->doom) judge_uids(r, s);
    if (s->c->kind == CMD_STORE) {
        if (s->word == REPLY_OK || s->wrote) judge_store_flags(r, s);
        return;
    }
    bool missing = missing_living(r, s, &seq);
    if (missing && s->word == REPLY_OK && !w->doom)
        run_note_more(run_note(r, V_VIOLATES, s->session, s->reply_event, "R3501-6.4.5 MAP-I2",
                               "OK to FETCH without the data of a message that lives"), run_say(r, "without %u", seq), "");
    if (!s->some_dead) {
        if (s->word == REPLY_BAD && w->after_id)
            run_note(r, V_VIOLATES, s->session, s->reply_event, "ID-3.1-d", "after ID a command on the selected mailbox is answered BAD");
        if (s->word == REPLY_OK) w->after_id = 0;
        if (s->word != REPLY_OK && !w->doom)
            run_note(r, s->word == REPLY_BAD ? V_DEVIATES : V_UNDOCUMENTED, s->session, s->reply_event, "R3501-6.4.5",
                     "FETCH was refused although all its messages live");
        return;
    }
    if (s->word == REPLY_NO) w->owes = 1;
    if (w->doom) return;
    for (int item = 0; item < 3; item++) classify(r, s, item);
    if (missing && s->word == REPLY_NO)
        run_note(r, V_UNDOCUMENTED, s->session, s->reply_event, "MAP-4.1.2-a", "NO to FETCH without the data of all that live");
}
