/* hear.c: what one untagged response, or a connection's end, does to the session that it reaches. */
#include "step.h"

#include "id.h"

#include <string.h>

static struct pending_note *violates(struct run *r, const struct heard *h, const char *cites, const char *summary) {
    return run_note(r, V_VIOLATES, h->session, h->event, cites, summary);
}

/* ---- EXISTS ---- */

static bool add_to_view(struct run *r, int session, uint16_t m) {
    if (world_view_add(r->w, (unsigned)session, m, w_message(r->w, m)->first)) return true;
    r->full = true;
    return false;
}

/* Messages of the box that the view has not reached yet: those that live, and those that died unannounced. */
static uint16_t next_unannounced(const struct world *w, int session) {
    const struct wsession *s = w_session(w, (unsigned)session);
    return s->announced ? w_message(w, s->announced)->next : w_box(w, s->box)->first;
}

bool view_extend(struct run *r, int session, uint32_t exists, uint32_t event) {
    struct wsession *s = w_session(r->w, (unsigned)session);
    uint32_t want = exists - s->view, living = 0, dead = 0;
    uint16_t first = next_unannounced(r->w, session);
    for (uint16_t m = first; m; m = w_message(r->w, m)->next) {
        if (w_message(r->w, m)->dead)
            dead++;
        else
            living++;
    }
    if (want > living + dead) {
        struct pending_note *n = run_note(r, V_VIOLATES, session, event, "MAP-I5 MAP-I1", "EXISTS counts messages that are not there");
        run_note_more(n, run_say(r, "EXISTS %u", exists), run_say(r, "at most %u", s->view + living + dead));
        s->loose = 1;
        return false;
    }
    /* Messages that came and went unannounced may be counted (and then expunged), or never. */
    uint32_t take_dead = want > living ? want - living : 0;
    bool dead_first = dead && (take_dead < dead || want <= living) && run_fork(r, 2);
    if (dead_first && want <= living) take_dead = dead < want ? dead : want;
    for (uint16_t m = first; m && want; m = w_message(r->w, m)->next) {
        if (w_message(r->w, m)->dead) {
            bool skip = dead_first ? !take_dead : dead > take_dead;
            dead--;
            if (skip || !take_dead) continue;
            take_dead--;
        }
        if (!add_to_view(r, session, m)) return false;
        want--;
    }
    return true;
}

/* Does this response belong to a SELECT or EXAMINE? */
static bool opens(const struct run *r, const struct heard *h) {
    for (unsigned i = 0; i < r->n_steps; i++) {
        const struct step *s = &r->steps[i];
        if (s->session == h->session && s->event < h->event && (!s->reply_event || h->event < s->reply_event) &&
            (s->c->kind == CMD_SELECT || s->c->kind == CMD_EXAMINE))
            return true;
    }
    return false;
}

/* A batch's effects come before what was heard: while a command that leaves the mailbox has no reply yet, the
 * response is of the mailbox that was selected until then. */
static bool leaving(const struct run *r, const struct heard *h) {
    for (unsigned i = 0; i < r->n_steps; i++) {
        const struct step *s = &r->steps[i];
        uint8_t kind = s->c->kind;
        if (s->session == h->session && (!s->reply_event || h->event < s->reply_event) &&
            (kind == CMD_SELECT || kind == CMD_EXAMINE || kind == CMD_CLOSE || kind == CMD_UNSELECT || kind == CMD_LOGOUT))
            return true;
    }
    return false;
}

static void hear_exists(struct run *r, const struct heard *h) {
    struct wsession *s = w_session(r->w, (unsigned)h->session);
    if (s->state != SES_SELECTED) {
        if (!leaving(r, h)) run_note(r, V_DEVIATES, h->session, h->event, "R3501-7.3.1", "EXISTS while no mailbox is selected");
        return;
    }
    if (h->r->number < s->view) {
        bool opening = opens(r, h);
        struct pending_note *n = violates(r, h, opening ? "MAP-I5 R3501-6.3.1" : "MAP-I6 MAP-I1",
                                          opening ? "SELECT or EXAMINE counts fewer messages than the mailbox must hold: some are lost"
                                                  : "EXISTS shrinks without EXPUNGE");
        run_note_more(n, run_say(r, "EXISTS %u", h->r->number), run_say(r, "at least %u", s->view));
        s->loose = 1;
    } else if (h->r->number > s->view)
        view_extend(r, h->session, h->r->number, h->event);
    if (s->view > r->most[h->session]) r->most[h->session] = s->view;
}

/* ---- EXPUNGE ---- */

static void expunge_living(struct run *r, const struct heard *h, uint16_t m) {
    struct wsession *s = w_session(r->w, (unsigned)h->session);
    if (s->doom == DOOM_EMPTIED || s->doom == DOOM_DISCONNECT || s->doom == DOOM_OTHER) return;
    if (s->doom == DOOM_ORPHAN) {
        run_note(r, V_UNDOCUMENTED, h->session, h->event, "MAP-1-c", "EXPUNGE of messages of a mailbox that was taken away");
        return;
    }
    struct pending_note *n = violates(r, h, "MAP-I5 MAP-I1", "EXPUNGE names a message that lives");
    run_note_more(n, run_say(r, "EXPUNGE %u (UID %u)", h->r->number, w_message(r->w, m)->uid), "");
    s->loose = 1;
}

static void hear_expunge(struct run *r, const struct heard *h) {
    struct wsession *s = w_session(r->w, (unsigned)h->session);
    if (!h->in_progress)
        violates(r, h, "MAP-I3 R3501-7.4.1", "EXPUNGE while no command is in progress");
    else if (!h->expunge_ok)
        violates(r, h, "MAP-I3 MAP-4-a R3501-7.4.1", "EXPUNGE during FETCH, STORE or SEARCH");
    else if (h->overtaken)
        violates(r, h, "R3501-5.5-s MAP-I3 R3501-7.4.1", "EXPUNGE before the reply to a FETCH, STORE or SEARCH that was sent ahead");
    if (s->loose) return;
    if (s->state != SES_SELECTED) {
        if (!leaving(r, h)) violates(r, h, "MAP-I4", "EXPUNGE while no mailbox is selected");
        return;
    }
    if (h->r->number < 1 || h->r->number > s->view) {
        struct pending_note *n = violates(r, h, "MAP-I4 MAP-I1", "EXPUNGE with a number beyond the view");
        run_note_more(n, run_say(r, "EXPUNGE %u", h->r->number), run_say(r, "1 to %u", s->view));
        s->loose = 1;
        return;
    }
    uint16_t m = w_view(r->w, (unsigned)h->session)[h->r->number - 1].message;
    if (s->doom == DOOM_EMPTIED) r->facts->emptied++;
    bool moved = !s->doom && name_is_inbox(world_name_text(r->w, w_box(r->w, s->box)->name)); /* RENAME of INBOX */
    if (s->doom == DOOM_EMPTIED || moved) prove(r, (unsigned)h->session, h->event);
    /* Who is to be cut off or gets NO alone need not be told: "emptied" explains it better. */
    if (s->doom == DOOM_DISCONNECT || s->doom == DOOM_ORPHAN) r->cost += 4;
    if (!w_message(r->w, m)->dead) expunge_living(r, h, m);
    world_view_remove(r->w, (unsigned)h->session, h->r->number - 1);
}

/* ---- status responses and codes ---- */

/* A rename may bring a new UIDVALIDITY (RFC 3501 2.3.1.1): the UIDs are others then, and greater is what it must be. */
void new_validity(struct run *r, uint16_t box, uint32_t validity) {
    struct wbox *b = w_box(r->w, box);
    for (uint16_t m = b->first; m; m = w_message(r->w, m)->next) w_message(r->w, m)->uid = 0;
    if (validity < b->validity)
        run_note(r, V_VIOLATES, 0, r->n_heard ? r->heard[r->n_heard - 1].event : 0, "MAP-I8 R3501-2.3.1.1", "a new UIDVALIDITY is not greater");
    b->validity = validity;
    b->uidnext = 1;
    b->renamed = 0;
}

/* UIDs SHOULD persist; where they do not, UIDVALIDITY MUST be greater. */
void change_validity(struct run *r, int session, uint32_t event, uint16_t box, uint32_t validity) {
    struct wbox *b = w_box(r->w, box);
    if (!b->renamed) {
        bool less = validity < b->validity;
        struct pending_note *n = run_note(r, less ? V_VIOLATES : V_DEVIATES, session, event, less ? "MAP-I8 R3501-2.3.1.1" : "R3501-2.3.1.1",
                                          less ? "UIDVALIDITY of a mailbox shrinks" : "UIDVALIDITY of a mailbox grows without cause");
        run_note_more(n, run_say(r, "%u", validity), run_say(r, "%u", b->validity));
        b->validity = less ? validity : b->validity;
    }
    new_validity(r, box, validity);
}

static void hear_validity(struct run *r, const struct heard *h, uint32_t validity) {
    struct wsession *s = w_session(r->w, (unsigned)h->session);
    if (s->state != SES_SELECTED || !s->box) return;
    struct wbox *b = w_box(r->w, s->box);
    if (b->validity && b->validity != validity) {
        change_validity(r, h->session, h->event, s->box, validity);
    }
    b->validity = validity;
    b->renamed = 0;
}

/* A batch's effects come before what was heard: of several commands one may have been answered before another gave UIDs. */
uint32_t least_uidnext(const struct run *r, uint16_t box) {
    uint32_t now = w_box(r->w, box)->uidnext, then = box < r->before->boxes ? w_box(r->before, box)->uidnext : 0;
    return r->n_steps > 1 && then < now ? then : now;
}

static void hear_uidnext(struct run *r, const struct heard *h, uint32_t next) {
    struct wsession *s = w_session(r->w, (unsigned)h->session);
    if (s->state != SES_SELECTED || !s->box) return;
    struct wbox *b = w_box(r->w, s->box);
    if (b->renamed) return; /* UIDVALIDITY may come behind it */
    if (next < least_uidnext(r, s->box)) {
        struct pending_note *n = violates(r, h, "MAP-I8 R3501-2.3.1.1", "UIDNEXT is not above the UIDs that were given");
        run_note_more(n, run_say(r, "%u", next), run_say(r, "at least %u", b->uidnext));
    } else if (next > b->uidnext)
        b->uidnext = next;
}

static void hear_code(struct run *r, const struct heard *h) {
    const struct resp_code *c = &h->r->code;
    switch (c->kind) {
    case CODE_UIDVALIDITY: hear_validity(r, h, c->number); break;
    case CODE_UIDNEXT: hear_uidnext(r, h, c->number); break;
    case CODE_CAPABILITY: hear_caps(r, h->session, h->event, c->list, h->nodes, true); break;
    default: break;
    }
}

/* ---- the end of a connection ---- */

static void hear_bye(struct run *r, const struct heard *h) {
    struct wsession *s = w_session(r->w, (unsigned)h->session);
    bool explained = s->state == SES_LOGOUT || s->state == SES_GREETING || (h->kinds & HEARD_LOGOUT) || s->bye;
    s->bye = 1;
    if (!explained && s->doom == DOOM_DISCONNECT && s->maker) r->facts->cut++;
    if (!explained && s->doom == DOOM_DISCONNECT) prove(r, (unsigned)h->session, h->event);
    if (explained || s->doom == DOOM_DISCONNECT || s->doom == DOOM_OTHER) return;
    const char *said = run_say(r, "BYE %.*s", (int)(h->r ? h->r->text.n : 0), h->r ? (const char *)h->r->text.p : "");
    if (s->doom)
        run_note(r, V_UNDOCUMENTED, h->session, h->event, "MAP-1-c", "BYE after the mailbox was taken away otherwise");
    else
        run_note_more(run_note(r, V_DEVIATES, h->session, h->event, "MAP-I13 R3501-7.1.5", "unexplained BYE"), said, "");
}

static void hear_close(struct run *r, const struct heard *h) {
    struct wsession *s = w_session(r->w, (unsigned)h->session);
    bool ours = h->how == 1, known = s->bye || s->state == SES_LOGOUT || s->state == SES_NONE;
    if (!ours && !known && s->handshake)
        run_note(r, V_UNDOCUMENTED, h->session, h->event, "R3501-6.2.1 CID-D2", "the connection ends in the TLS handshake");
    else if (!ours && !known && s->doom)
        run_note(r, V_DEVIATES, h->session, h->event, "MAP-3.3-a MAP-I13", "a session is cut off without BYE after its mailbox was taken away");
    else if (!ours && !known && h->how != 2)
        violates(r, h, "MAP-I13", "the connection ends without BYE");
    if (!ours && !known && h->how != 2 && s->doom == DOOM_DISCONNECT) prove(r, (unsigned)h->session, h->event);
    if (ours && !known) left_uncut(r, (unsigned)h->session);
    world_leave(r->w, (unsigned)h->session);
    *s = (struct wsession){.state = SES_NONE};
}

/* ---- capabilities and ID ---- */

static void caps_clientid(struct run *r, int session, uint32_t event, bool listed) {
    struct wsession *s = w_session(r->w, (unsigned)session);
    bool before = s->state == SES_GREETING || s->state == SES_NONAUTH;
    if (listed && !s->tls)
        run_note(r, V_VIOLATES, session, event, "CID-3.3-a", "CLIENTID is advertised without TLS");
    else if (listed && !before)
        run_note(r, V_VIOLATES, session, event, "CID-3.3-b", "CLIENTID is advertised after login");
    else if (!listed && before && s->tls && s->cid_advertised && !s->cid_accepted)
        run_note(r, V_VIOLATES, session, event, "CID-3.3-d", "CLIENTID is no longer advertised although its conditions hold");
    else if (!listed && before && s->tls && s->cid_advertised)
        run_note(r, V_AMBIGUOUS, session, event, "T-CID-6 CID-3.3-d",
                 "CLIENTID is no longer advertised after an accepted one (3.3: still must be; 3.4: no further is possible)");
    if (listed) {
        s->cid_advertised = 1;
        r->w->offers |= OFFERS_CLIENTID;
    }
}

void hear_caps(struct run *r, int session, uint32_t event, uint32_t list, const struct node_pool *nodes, bool code) {
    struct wsession *s = w_session(r->w, (unsigned)session);
    bool clientid = false, id = false; /* a list without IMAP4rev1 is outside the grammar */
    uint32_t hash = 1;
    for (uint32_t i = list; i; i = nodes->v[i].next) {
        struct slice c = nodes->v[i].str.s;
        uint8_t upper[64];
        uint32_t n = c.n < sizeof upper ? c.n : (uint32_t)sizeof upper;
        for (uint32_t k = 0; k < n; k++) upper[k] = (uint8_t)(c.p[k] >= 'a' && c.p[k] <= 'z' ? c.p[k] - 32 : c.p[k]);
        if (!slice_is_nocase(c, "CLIENTID")) hash += hash_octets(upper, n); /* the order has no meaning */
        if (slice_is_nocase(c, "ID")) id = true;
        if (slice_is_nocase(c, "CLIENTID")) clientid = true;
        if (n > 9 && memcmp(upper, "CLIENTID=", 9) == 0)
            run_note(r, V_VIOLATES, session, event, "CID-4-b", "the capability CLIENTID has a value");
        if (slice_is_nocase(c, "UIDPLUS")) r->w->offers |= OFFERS_UIDPLUS;
    }
    if (id) r->w->offers |= OFFERS_ID;
    caps_clientid(r, session, event, clientid);
    bool after = s->state != SES_GREETING && s->state != SES_NONAUTH;
    if (code) return; /* a greeting's or an OK's list may be another, shorter one: only replies are compared */
    if (s->caps[after] && s->caps[after] != hash && s->id_caps)
        run_note(r, V_VIOLATES, session, event, "ID-3-g ID-3-c", "the capabilities differ after an ID command");
    s->caps[after] = hash;
    s->id_caps = 0;
}

/* ID-3.2-a: one list for one command; the limits bind the sender (ID-3.3-d to ID-3.3-f, ID-3.3-l). */
static void hear_id(struct run *r, const struct heard *h) {
    struct id_limits l = id_check_limits(h->r->id);
    if (!(h->kinds & HEARD_ID))
        run_note(r, V_DEVIATES, h->session, h->event, "ID-3.2-a", "an ID response that no ID command asked for");
    if (l.field_too_long) violates(r, h, "ID-3.3-d", "an ID field is longer than 30 octets");
    if (l.value_too_long) violates(r, h, "ID-3.3-e", "an ID value is longer than 1024 octets");
    if (l.too_many_pairs) violates(r, h, "ID-3.3-f", "an ID list has more than 30 pairs");
    if (l.duplicate) violates(r, h, "ID-3.3-l", "an ID list has a field twice");
}

static void hear_unasked(struct run *r, const struct heard *h, int kinds, const char *cites, const char *summary) {
    if (!(h->kinds & kinds)) run_note(r, V_VIOLATES, h->session, h->event, cites, summary);
}

void hear(struct run *r, const struct heard *h) {
    struct wsession *s = w_session(r->w, (unsigned)h->session);
    if (!h->r) {
        hear_close(r, h);
        return;
    }
    if (s->loose && (h->r->kind == RESP_EXISTS || h->r->kind == RESP_FETCH)) return;
    switch (h->r->kind) {
    case RESP_EXISTS: hear_exists(r, h); break;
    case RESP_EXPUNGE: hear_expunge(r, h); break;
    case RESP_FETCH: hear_fetch(r, h); break;
    case RESP_BYE:
        hear_code(r, h);
        hear_bye(r, h);
        break;
    case RESP_OK: case RESP_NO: case RESP_BAD: case RESP_PREAUTH:
        if (s->state == SES_GREETING) {
            s->state = h->r->kind == RESP_PREAUTH ? SES_AUTH : SES_NONAUTH;
            s->caps[0] = s->caps[1] = 0;
        }
        hear_code(r, h);
        break;
    case RESP_CAPABILITY: hear_caps(r, h->session, h->event, h->r->list, h->nodes, false); break;
    case RESP_ID: hear_id(r, h); break;
    case RESP_CONTINUE:
        if (!(h->kinds & HEARD_CONTINUE))
            violates(r, h, h->kinds & HEARD_CLIENTID ? "CID-D3 CID-4-f" : h->kinds & HEARD_ID ? "ID-D3" : "R3501-7.5",
                     h->kinds & HEARD_CLIENTID ? "a CLIENTID token is taken for a literal" : "a continuation request that nothing asked for");
        break;
    case RESP_SEARCH:
        r->search_view[h->session] = s->view;
        r->search_last[h->session] = s->announced;
        hear_unasked(r, h, HEARD_SEARCH, "R3501-7.2.5", "a SEARCH response that no command asked for"); break;
    case RESP_LIST: hear_unasked(r, h, HEARD_LIST | HEARD_LSUB, "R3501-7.2.2", "a LIST response that no command asked for"); break;
    case RESP_STATUS: hear_unasked(r, h, HEARD_STATUS, "R3501-7.2.4", "a STATUS response that no command asked for"); break;
    case RESP_OTHER: /* CID-3.1-b: CLIENTID has no untagged response */
        if (h->kinds & HEARD_CLIENTID) violates(r, h, "CID-3.1-b", "an untagged response to CLIENTID");
        break;
    default: break;
    }
}
