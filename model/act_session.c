/* act_session.c: what a command may do in its session's state; NOOP to CLIENTID, whose effects stay in the session. */
#include "step.h"

#include "id.h"

#include <string.h>

/* States in which a command is permitted (RFC 3501 section 6; CID-4-c; ID-3.1-d). */
static bool permitted(uint8_t kind, uint8_t state) {
    bool auth = state == SES_AUTH || state == SES_SELECTED;
    switch (kind) {
    case CMD_CAPABILITY: case CMD_NOOP: case CMD_LOGOUT: case CMD_ID: return true;
    case CMD_STARTTLS: case CMD_LOGIN: case CMD_AUTHENTICATE: case CMD_CLIENTID: return state == SES_NONAUTH;
    case CMD_CHECK: case CMD_CLOSE: case CMD_UNSELECT: case CMD_EXPUNGE: case CMD_SEARCH: case CMD_FETCH:
    case CMD_STORE: case CMD_COPY: case CMD_MOVE: return state == SES_SELECTED;
    default: return auth;
    }
}

static void error_note(struct run *r, struct step *s, int error, const char *cites_no, const char *cites_ok,
                       enum verdict ok_verdict, const char *no_text, const char *ok_text) {
    uint32_t context = point_context(P_ERROR_WORD, 1, &error);
    if (r->mode == SERVE) {
        const struct answer *a = run_serve_answer(r, P_ERROR_WORD, context);
        s->word = s->c->kind == CMD_ID || s->c->kind == CMD_CLIENTID ? REPLY_BAD : a->reply;
        s->text = a->text;
        return;
    }
    bool strict = s->c->kind == CMD_ID || s->c->kind == CMD_CLIENTID;
    s->judged = 1;
    if (s->word == REPLY_BAD) {
        run_note_point(r, V_CONFORMS, s, P_ERROR_WORD, context, "BAD", point_cites(P_ERROR_WORD), "");
    } else if (s->word == REPLY_NO) {
        run_note_point(r, strict ? V_VIOLATES : V_DEVIATES, s, P_ERROR_WORD, context, "NO", cites_no, no_text);
        run_note_more(&r->note[r->notes ? r->notes - 1 : 0], "NO", "BAD");
    } else if (s->word == REPLY_OK) {
        struct pending_note *n = run_note(r, ok_verdict, s->session, s->reply_event, cites_ok, ok_text);
        run_note_more(n, run_say(r, "OK to %.*s", (int)s->c->name.n, (const char *)s->c->name.p), "BAD");
        if (!strict) step_session(r, s)->loose = 1;
    }
}

static bool alphanumeric(uint8_t c) {
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
}

/* T-CID-5: the draft's own example type DEVICE_ID has an underscore, which neither reading allows. true: it was that. */
static bool underscore(struct run *r, struct step *s) {
    if (r->mode == SERVE || !s->raw.n) return false;
    const struct wsession *w = step_session(r, s);
    const uint8_t *behind = s->c->name.p + s->c->name.n + 1, *end = s->raw.p + s->raw.n;
    struct slice a = {behind, behind < end ? (uint32_t)(end - behind) : 0};
    uint32_t i = 0, marks = 0, token;
    while (a.n && (a.p[a.n - 1] == '\r' || a.p[a.n - 1] == '\n')) a.n--;
    for (; i < a.n && (a.p[i] == '_' || alphanumeric(a.p[i])); i++) marks += a.p[i] == '_';
    if (!marks || i > 16 || i >= a.n || a.p[i] != ' ') return false;
    for (token = ++i; i < a.n; i++)
        if (a.p[i] < 0x21 || a.p[i] > 0x7e) return false;
    if (i == token || i - token > 128 || s->word == REPLY_NO || !w->tls || !w->cid_advertised || w->cid_accepted)
        return false;
    int type = 1;
    s->judged = 1;
    run_note_point(r, s->word == REPLY_OK ? V_AMBIGUOUS : V_CONFORMS, s, P_CLIENTID_TYPE, point_context(P_CLIENTID_TYPE, 1, &type),
                   s->word == REPLY_OK ? "accepted" : "BAD", "T-CID-5",
                   s->word == REPLY_OK ? "a type with an underscore is accepted (the draft's example has one; its grammar forbids it)" : "");
    if (s->word == REPLY_OK) step_session(r, s)->cid_accepted = 1;
    return true;
}

/* RFC 3501 6.3.1 has no mailbox selected after a SELECT that failed; whether one outside the grammar is an attempt it does
 * not say: what follows shows it, and either is right. */
static void failed_select(struct run *r, struct step *s) {
    bool select = s->c->kind == CMD_SELECT || s->c->kind == CMD_EXAMINE;
    int before = 1;
    if (r->mode == SERVE || !select || !s->was_selected || s->word == REPLY_OK || s->word == REPLY_NONE || !run_fork(r, 2)) return;
    run_note_point(r, V_CONFORMS, s, P_SELECT_FAILED, point_context(P_SELECT_FAILED, 1, &before), "deselected", "R3501-6.3.1", "");
    world_leave(r->w, (unsigned)s->session);
}

static void act_malformed(struct run *r, struct step *s) {
    if (s->syntax.verdict == LEX_LIMIT) {
        r->capped = true;
        says(r, s, REPLY_NO, "The command is too large");
        return;
    }
    if (s->c->kind == CMD_CLIENTID && underscore(r, s)) return;
    if (s->c->kind == CMD_CLIENTID)
        error_note(r, s, 0, "CID-3.1-c CID-3.2-c", "CID-3.2-c", V_VIOLATES, "NO to a malformed CLIENTID",
                   "a malformed CLIENTID was accepted");
    else if (s->c->kind == CMD_ID)
        error_note(r, s, 0, "ID-3.1-c", "ID-3.1-c ID-3.1-a", V_VIOLATES, "NO to a malformed ID",
                   "a malformed ID was accepted");
    else if (s->c->kind == CMD_UNKNOWN)
        error_note(r, s, 2, "R3501-7.1.3", "R3501-6", V_UNDOCUMENTED, "NO to an unknown command",
                   "an unknown command was accepted");
    else
        error_note(r, s, 0, "R3501-7.1.3", "R3501-9", V_UNDOCUMENTED, "NO to a command outside the grammar",
                   "a command outside the grammar was accepted");
    failed_select(r, s);
}

static void act_wrong_state(struct run *r, struct step *s) {
    s->wrong_state = 1;
    bool cid = s->c->kind == CMD_CLIENTID;
    error_note(r, s, 1, cid ? "CID-3.1-c CID-3.4-2s" : "R3501-7.1.3", cid ? "CID-3.4-2s CID-4-c" : "R3501-6", V_VIOLATES,
               cid ? "NO to CLIENTID outside the non-authenticated state" : "NO to a command in the wrong state",
               cid ? "CLIENTID was accepted outside the non-authenticated state" : "a command succeeded in the wrong state");
}

static bool credentials_known(const struct run *r, struct slice user, struct slice password, int *index) {
    static const char *const usual[] = {"u1:pw", "u2:pw", "u3:pw", NULL};
    const char *const *u = r->users ? r->users : usual;
    for (int i = 0; u[i]; i++) {
        const char *colon = strchr(u[i], ':');
        struct slice n = {(const uint8_t *)u[i], (uint32_t)(colon - u[i])};
        if (slice_equal(n, user) && slice_is(password, colon + 1)) {
            *index = i;
            return true;
        }
        if (slice_equal(n, user)) *index = i;
    }
    return false;
}

static void logged_in(struct run *r, struct step *s, int user) {
    struct wsession *w = step_session(r, s);
    w->state = SES_AUTH;
    w->user = (uint8_t)user;
    w->caps[1] = 0;
    w->id_caps = 0;
    if (r->mode == JUDGE) return;
    uint16_t inbox = world_name(r->w, (uint8_t)user, (struct slice){(const uint8_t *)"INBOX", 5}); /* it is always there */
    if (!inbox || (!w_name(r->w, inbox)->box && !world_add_box(r->w, inbox, BOX_LIVE))) r->full = true;
}

static void act_credentials(struct run *r, struct step *s, struct slice user, struct slice password) {
    struct wsession *w = step_session(r, s);
    int index = -1;
    bool known = credentials_known(r, user, password, &index);
    int cause = known ? 2 : index >= 0 ? 0 : 1;
    uint32_t context = point_context(P_LOGIN_REFUSED, 1, &cause);
    if (r->mode == SERVE) {
        /* CID-5.1-6 to 5.1-8: who is refused for a client's identity meets what a wrong password meets. */
        const struct model_server_options *h = r->host;
        known = known && !(h && h->admits && !h->admits(h->user, s->session, user));
        if (known || run_fault(r, P_FAULT_SESSION, 1, OP_F_LOGIN_ANY)) {
            says(r, s, REPLY_OK, "Logged in");
            logged_in(r, s, index < 0 ? 0 : index);
            return;
        }
        const struct answer *a = run_serve_answer(r, P_LOGIN_REFUSED, context);
        s->word = a->reply;
        s->text = a->text;
        return;
    }
    if (s->word == REPLY_OK) {
        if (!known)
            run_note(r, V_VIOLATES, s->session, s->reply_event, "R3501-6.2.3", "a login with wrong credentials succeeded");
        logged_in(r, s, known ? index : 0);
        return;
    }
    const char *word = s->word == REPLY_BAD ? "BAD" : "NO";
    if (!known || w->cid_accepted)
        run_note_point(r, s->word == REPLY_BAD ? V_AMBIGUOUS : V_CONFORMS, s, P_LOGIN_REFUSED, context, word, "T-CID-9",
                       s->word == REPLY_BAD ? "a refused login is answered BAD (RFC 3501: NO; the CLIENTID draft's example: BAD)" : "");
    else
        run_note(r, V_UNDOCUMENTED, s->session, s->reply_event, "R3501-6.2.3", "a login with right credentials was refused");
}

static void act_login(struct run *r, struct step *s) {
    uint8_t user[256], password[256];
    struct slice u, p;
    if (!mailbox_argument(r, &s->c->mailbox, user, sizeof user, &u) ||
        !mailbox_argument(r, &s->c->mailbox2, password, sizeof password, &p))
        return;
    act_credentials(r, s, u, p);
}

/* Decodes base64 (RFC 3501 section 9); the result's length, or -1. */
static int from_base64(struct slice in, uint8_t *out, int cap) {
    uint32_t bits = 0;
    int n = 0, have = 0;
    for (uint32_t i = 0; i < in.n && in.p[i] != '='; i++) {
        const char *set = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        const char *at = in.p[i] ? strchr(set, in.p[i]) : NULL;
        if (!at) return -1;
        bits = bits << 6 | (uint32_t)(at - set);
        have += 6;
        if (have >= 8) {
            have -= 8;
            if (n >= cap) return -1;
            out[n++] = (uint8_t)(bits >> have);
        }
    }
    return n;
}

static void act_authenticate(struct run *r, struct step *s) {
    uint8_t buf[600];
    struct slice in = s->c->initial.n ? s->c->initial : s->secret;
    while (in.n && (in.p[in.n - 1] == '\n' || in.p[in.n - 1] == '\r')) in.n--;
    int n = slice_is_nocase(s->c->mechanism, "PLAIN") ? from_base64(in, buf, (int)sizeof buf) : -1;
    uint8_t *u = n > 0 ? memchr(buf, 0, (size_t)n) : NULL;
    uint8_t *p = u ? memchr(u + 1, 0, (size_t)(buf + n - u - 1)) : NULL;
    if (!p) {
        s->judged = 1;
        if (r->mode == SERVE)
            says(r, s, slice_is_nocase(s->c->mechanism, "PLAIN") ? REPLY_BAD : REPLY_NO, "Not understood");
        else if (s->word == REPLY_OK)
            run_note(r, V_VIOLATES, s->session, s->reply_event, "R3501-6.2.2", "AUTHENTICATE without credentials succeeded");
        return;
    }
    act_credentials(r, s, (struct slice){u + 1, (uint32_t)(p - u - 1)},
                    (struct slice){p + 1, (uint32_t)(buf + n - p - 1)});
}

/* ID-3.1-c: OK or BAD; T-ID-4: over the limits either is legal. */
static void judge_id_word(struct run *r, struct step *s) {
    static const char *const limit_name[] = {"field", "value", "pairs", "duplicate"};
    struct id_limits l = id_check_limits(s->c->id);
    bool broken[] = {l.field_too_long, l.value_too_long, l.too_many_pairs, l.duplicate};
    bool any = broken[0] || broken[1] || broken[2] || broken[3];
    for (int i = 0; i < 4; i++)
        if (broken[i] && s->word != REPLY_NO) {
            (void)limit_name;
            run_note_point(r, V_CONFORMS, s, P_ID_LIMITS, point_context(P_ID_LIMITS, 1, &i),
                           s->word == REPLY_OK ? "accepted" : "BAD", "T-ID-4", "");
        }
    if (s->word == REPLY_NO)
        run_note_more(run_note(r, V_VIOLATES, s->session, s->reply_event, "ID-3.1-c",
                               any ? "NO to an ID over the limits" : "NO to a valid ID"), "NO", "OK or BAD [ID-3.1-c]");
    else if (s->word == REPLY_BAD && !any && (r->w->offers & OFFERS_ID)) {
        uint32_t pos = 0;
        struct id_pair pair;
        bool empty = !id_params_is_nil(s->c->id) && !id_next_pair(s->c->id, &pos, &pair);
        run_note_more(run_note(r, V_VIOLATES, s->session, s->reply_event, empty ? "ID-4-c T-ID-2" : "ID-3.1-c ID-3-a",
                               empty ? "BAD to the empty ID list (), which the grammar has" : "BAD to a valid ID although ID is advertised"),
                      "BAD", "OK [ID-3.1-c]");
    }
}

static void act_id(struct run *r, struct step *s) {
    struct wsession *w = step_session(r, s);
    if (r->mode == SERVE)
        says(r, s, REPLY_OK, "ID completed");
    else
        judge_id_word(r, s);
    if (w->ids < 255) w->ids++;
    w->id_caps = 1;
    w->after_id = r->mode == JUDGE && w->state == SES_SELECTED && s->word == REPLY_OK;
}

/* Do the two readings of the type part here (T-CID-3)? */
static bool type_is_ambiguous(struct slice t) {
    bool digit = false, alpha = false;
    for (uint32_t i = 0; i < t.n; i++) {
        if (t.p[i] >= '0' && t.p[i] <= '9')
            digit = true;
        else
            alpha = true;
    }
    return digit && (alpha || t.n > 1);
}

/* CLIENTID may have been sent behind CAPABILITY, without waiting for its response. */
static bool clientid_advertised(const struct run *r, const struct step *s) {
    for (unsigned i = 0; i < r->n_heard; i++) {
        const struct heard *h = &r->heard[i];
        if (h->session != s->session || !h->r || (s->reply_event && h->event > s->reply_event)) continue;
        if (h->r->kind != RESP_CAPABILITY && h->r->code.kind != CODE_CAPABILITY) continue;
        for (uint32_t c = h->r->kind == RESP_CAPABILITY ? h->r->list : h->r->code.list; c; c = h->nodes->v[c].next)
            if (slice_is_nocase(h->nodes->v[c].str.s, "CLIENTID")) return true;
    }
    return step_session(r, s)->cid_advertised;
}

static void judge_clientid(struct run *r, struct step *s) {
    struct wsession *w = step_session(r, s);
    bool eligible = w->tls && w->cid_advertised && !w->cid_accepted;
    struct slice t = s->c->clientid_type;
    int mixed = 0;
    if (s->word == REPLY_NO) {
        run_note_more(run_note(r, V_VIOLATES, s->session, s->reply_event, "CID-3.1-d CID-3.1-c",
                               eligible ? "NO to a valid CLIENTID" : "NO to a CLIENTID that must be rejected"), "NO", "OK or BAD [CID-3.1-c]");
        return;
    }
    if (s->word == REPLY_OK) {
        if (!w->tls)
            run_note(r, V_VIOLATES, s->session, s->reply_event, "CID-3.4-1s CID-3.3-a", "CLIENTID was accepted without TLS");
        else if (!clientid_advertised(r, s))
            run_note(r, V_VIOLATES, s->session, s->reply_event, "CID-3.4-1s", "CLIENTID was accepted before it was advertised");
        else if (w->cid_accepted)
            run_note(r, V_VIOLATES, s->session, s->reply_event, "CID-3.4-3s", "a second CLIENTID was accepted");
        if (type_is_ambiguous(t))
            run_note_point(r, V_AMBIGUOUS, s, P_CLIENTID_TYPE, point_context(P_CLIENTID_TYPE, 1, &mixed), "accepted", "T-CID-3",
                           "a type of letters and digits is accepted (the prose's reading; the ABNF has letters or one digit)");
        else if (!slice_is_nocase(t, "UUID") && !slice_is_nocase(t, "LICENSE"))
            r->facts->cid_any = 1;
        int unknown = !slice_is_nocase(t, "UUID") && !slice_is_nocase(t, "LICENSE");
        run_note_point(r, V_CONFORMS, s, P_CLIENTID_POLICY, point_context(P_CLIENTID_POLICY, 1, &unknown), "accepted", "CID-3.2-d", "");
        return;
    }
    if (s->word == REPLY_BAD && !(r->w->offers & OFFERS_CLIENTID)) {
        int unadvertised = 3;
        run_note_point(r, V_CONFORMS, s, P_ERROR_WORD, point_context(P_ERROR_WORD, 1, &unadvertised), "BAD", "CID-1-a", "");
    }
    if (!eligible || s->word != REPLY_BAD) return;
    if (type_is_ambiguous(t)) {
        run_note_point(r, V_AMBIGUOUS, s, P_CLIENTID_TYPE, point_context(P_CLIENTID_TYPE, 1, &mixed), "BAD", "T-CID-3",
                       "a type of letters and digits is refused (the ABNF's reading; the prose allows it)");
        return;
    }
    /* CID-3.2-d against CID-5.1-2 to 5.1-5: a server that takes what no list can know has no policy to refuse by. */
    int unknown = !slice_is_nocase(t, "UUID") && !slice_is_nocase(t, "LICENSE");
    run_note_point(r, r->facts->cid_any ? V_VIOLATES : V_AMBIGUOUS, s, P_CLIENTID_POLICY,
                   point_context(P_CLIENTID_POLICY, 1, &unknown), "BAD",
                   r->facts->cid_any ? "CID-3.2-d" : "T-CID-1 CID-3.2-d CID-5.1-4",
                   r->facts->cid_any ? "a valid CLIENTID was refused by a server that accepts unknown types"
                                     : "a valid CLIENTID was refused (3.2: must be accepted; 5.1: may be rejected by policy)");
}

static void act_clientid(struct run *r, struct step *s) {
    struct wsession *w = step_session(r, s);
    if (r->mode == SERVE) {
        bool bad = !w->tls ? !run_fault(r, P_FAULT_CLIENTID, 0, OP_F_CID_CLEAR)
                   : !w->cid_advertised ? !run_fault(r, P_FAULT_CLIENTID, 0, OP_F_CID_UNADVERTISED)
                   : w->cid_accepted && !run_fault(r, P_FAULT_CLIENTID, 0, OP_F_CID_TWICE);
        if (s->c->clientid_type.n == 16 || s->c->clientid_token.n == 128)
            bad = bad || run_fault(r, P_FAULT_CLIENTID, 0, OP_F_CID_SHORT);
        int unknown = !slice_is_nocase(s->c->clientid_type, "UUID") && !slice_is_nocase(s->c->clientid_type, "LICENSE");
        const struct answer *a = run_serve_answer(r, P_CLIENTID_POLICY, point_context(P_CLIENTID_POLICY, 1, &unknown));
        bad = bad || answer_has(a, OP_REFUSE);
        if (!bad && type_is_ambiguous(s->c->clientid_type)) {
            int mixed = 0;
            bad = answer_has(run_serve_answer(r, P_CLIENTID_TYPE, point_context(P_CLIENTID_TYPE, 1, &mixed)), OP_REFUSE);
        }
        if (!bad && run_fault(r, P_FAULT_CLIENTID, 0, OP_F_CID_NO))
            says(r, s, REPLY_NO, "Not you");
        else
            says(r, s, bad ? REPLY_BAD : REPLY_OK, bad ? "CLIENTID refused" : "CLIENTID completed");
        r->fuzz_any |= s->word == REPLY_OK && unknown;
        if (s->word == REPLY_OK && r->host && r->host->on_clientid)
            r->host->on_clientid(r->host->user, s->session, s->c->clientid_type, s->c->clientid_token);
    } else
        judge_clientid(r, s);
    if (s->word == REPLY_OK) w->cid_accepted = 1;
}

bool act_session(struct run *r, struct step *s) {
    struct wsession *w = step_session(r, s);
    switch (s->c->kind) {
    case CMD_CAPABILITY: case CMD_NOOP: case CMD_CHECK: case CMD_IDLE: case CMD_ENABLE: case CMD_NAMESPACE:
        says(r, s, REPLY_OK, "Completed");
        return true;
    case CMD_LOGOUT:
        says(r, s, REPLY_OK, "Logged out");
        world_leave(r->w, (unsigned)s->session);
        w->state = SES_LOGOUT;
        return true;
    case CMD_STARTTLS:
        says(r, s, w->tls ? REPLY_BAD : REPLY_OK, "Begin TLS");
        w->handshake = s->word == REPLY_OK;
        return true;
    case CMD_LOGIN: act_login(r, s); return true;
    case CMD_AUTHENTICATE: act_authenticate(r, s); return true;
    case CMD_ID: act_id(r, s); return true;
    case CMD_CLIENTID: act_clientid(r, s); return true;
    default: return false;
    }
}

/* The greeting, where another session's open command put it into the same batch; effects come before what was heard. */
static const struct heard *greeting(const struct run *r, const struct step *s) {
    for (unsigned i = 0; i < r->n_heard; i++) {
        const struct heard *h = &r->heard[i];
        if (h->session == s->session && h->event < s->event && h->r && (h->r->kind == RESP_OK || h->r->kind == RESP_PREAUTH)) return h;
    }
    return NULL;
}

/* RFC 3501 5.5: numbers sent while a command that permits EXPUNGE is in progress, and an EXPUNGE does come: nobody can tell
 * which messages they mean. */
static bool numbers_are_ambiguous(const struct run *r, const struct step *s) {
    uint8_t kind = s->c->kind;
    if (s->c->uid || (kind != CMD_FETCH && kind != CMD_STORE && kind != CMD_SEARCH && kind != CMD_COPY && kind != CMD_MOVE)) return false;
    uint32_t until = 0;
    for (const struct step *o = r->steps; o < s; o++) {
        bool bars = !o->c->uid && (o->c->kind == CMD_FETCH || o->c->kind == CMD_STORE || o->c->kind == CMD_SEARCH);
        if (o->session != s->session || bars) continue;
        uint32_t end = o->reply_event ? o->reply_event : UINT32_MAX;
        until = end > until ? end : until;
    }
    if (s->reply_event && until > s->reply_event) until = s->reply_event;
    for (unsigned i = 0; i < r->n_heard && r->heard[i].event < until; i++) {
        const struct heard *h = &r->heard[i];
        if (h->session == s->session && h->event > s->since_state && h->r && h->r->kind == RESP_EXPUNGE) return true;
    }
    return false;
}

void act(struct run *r, struct step *s) {
    struct wsession *w = step_session(r, s);
    s->point = -1;
    s->was_selected = w->state == SES_SELECTED;
    s->view_before = w->view;
    for (unsigned i = 0; r->mode == JUDGE && i < w->view && !s->view_dead; i++)
        s->view_dead = w_message(r->w, w_view(r->w, (unsigned)s->session)[i].message)->dead;
    if (w->state == SES_GREETING && r->mode == JUDGE) {
        const struct heard *h = greeting(r, s);
        if (!h) run_note(r, V_VIOLATES, s->session, s->event, "R3501-7.1.1 R3501-3", "the connection has no greeting");
        w->state = h && h->r->kind == RESP_PREAUTH ? SES_AUTH : SES_NONAUTH;
    }
    if (s->cut) { /* no reply came: it took effect, or not */
        s->judged = 1;
        if (s->syntax.verdict == LEX_REJECT) return;
        s->word = run_fork(r, 2) ? REPLY_OK : REPLY_NO;
        if (s->word == REPLY_NO) return;
    }
    bool cid_after = s->c->kind == CMD_CLIENTID && run_fault(r, P_FAULT_CLIENTID, 0, OP_F_CID_AFTER);
    if (s->word == REPLY_OK && (s->c->kind == CMD_SELECT || s->c->kind == CMD_EXAMINE || s->c->kind == CMD_CLOSE ||
                                s->c->kind == CMD_UNSELECT || s->c->kind == CMD_LOGOUT))
        left_uncut(r, (unsigned)s->session);
    if (r->mode == JUDGE && w->state == SES_SELECTED && s->syntax.verdict == LEX_ACCEPT && numbers_are_ambiguous(r, s)) {
        run_note(r, V_AMBIGUOUS, s->session, s->event, "R3501-5.5",
                 "message numbers sent while a command was in progress during which expunges were told");
        w->loose = 1;
    }
    if (s->syntax.verdict != LEX_ACCEPT || s->c->kind == CMD_UNKNOWN) {
        act_malformed(r, s);
    } else if (!permitted(s->c->kind, w->state) && !cid_after) {
        act_wrong_state(r, s);
    } else if (r->mode == JUDGE && w->loose && w->state == SES_SELECTED && permitted(s->c->kind, SES_SELECTED) &&
               !permitted(s->c->kind, SES_AUTH)) {
        /* Nothing that depends on an unknown view is judged; what it writes is unknown, too. */
        s->judged = 1;
        if (s->c->kind == CMD_CLOSE || s->c->kind == CMD_UNSELECT) {
            if (s->c->kind == CMD_CLOSE) lose_track(r, w->box);
            if (s->word == REPLY_OK) world_leave(r->w, (unsigned)s->session);
        } else if (s->c->kind != CMD_CHECK && s->c->kind != CMD_SEARCH && (s->c->kind != CMD_FETCH || (sets_seen(s->c) && !w->read_only)))
            lose_track(r, w->box);
        if ((s->c->kind == CMD_COPY || s->c->kind == CMD_MOVE) && s->word == REPLY_OK) {
            uint16_t name = step_name(r, s, &s->c->mailbox);
            if (name) lose_track(r, w_name(r->w, name)->box);
        }
    } else if (!act_session(r, s)) {
        if (permitted(s->c->kind, SES_AUTH))
            act_mailbox(r, s);
        else
            act_message(r, s);
    }
}
