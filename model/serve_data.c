/* serve_data.c: the untagged data of the commands, but for FETCH's (serve_fetch.c) and names (serve_names.c). */
#include "serve.h"

#include "id.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static void print_flag(struct model_server *m, unsigned bit) {
    static const char *const system[] = {"\\Answered", "\\Flagged", "\\Deleted", "\\Seen", "\\Draft", "\\Recent"};
    out_text(&m->out, bit < 6 ? system[bit] : w_text(m->w, m->w->keyword[bit - 6]));
}

void print_flags(struct model_server *m, uint32_t flags) {
    bool first = true;
    out_text(&m->out, "(");
    for (unsigned b = 0; b < 6u + m->w->keywords; b++) {
        if (!(flags >> b & 1)) continue;
        if (!first) out_text(&m->out, " ");
        first = false;
        print_flag(m, b);
    }
    out_text(&m->out, ")");
}

/* What is offered to all, and can be left out; CLIENTID by its own rules. */
static const struct {
    const char *name;
    uint8_t kind; /* CMD_UNKNOWN: no command belongs to it */
} offered[] = {{"ID", CMD_ID},           {"IDLE", CMD_IDLE},           {"UNSELECT", CMD_UNSELECT}, {"MOVE", CMD_MOVE},
               {"NAMESPACE", CMD_NAMESPACE}, {"ENABLE", CMD_ENABLE},   {"CLIENTID", CMD_CLIENTID}, {"LITERAL+", CMD_UNKNOWN},
               {"CHILDREN", CMD_UNKNOWN},    {"SPECIAL-USE", CMD_UNKNOWN}, {"UIDPLUS", CMD_UNKNOWN}};
enum { OFFERED = sizeof offered / sizeof *offered, OFFERED_KINDS = 7 /* those that can be left out */ };

const char *model_server_without_name(int i) { return i < OFFERED_KINDS ? offered[i].name : NULL; }

uint32_t model_server_without(const char *capability) {
    for (unsigned i = 0; i < OFFERED_KINDS; i++)
        if (strcasecmp(offered[i].name, capability) == 0) return 1u << i;
    return 0;
}

bool serve_unoffered(const struct model_server *m, uint8_t kind) {
    for (unsigned i = 0; i < OFFERED_KINDS; i++)
        if (offered[i].kind == kind) return m->opt.without >> i & 1;
    return false;
}

static void capability(struct model_server *m, int session, const char *before_it, const char *behind) {
    struct wsession *w = w_session(m->w, (unsigned)session);
    struct run *r = &m->run;
    int capability = 0;
    uint32_t context = point_context(P_FAULT_SESSION, 1, &capability);
    bool before = w->state == SES_NONAUTH;
    bool clear = run_fault(r, P_FAULT_CLIENTID, 0, OP_F_CID_CLEAR) || run_fault(r, P_FAULT_SESSION, context, OP_F_CID_CLEAR);
    bool after = run_fault(r, P_FAULT_CLIENTID, 0, OP_F_CID_AFTER) || run_fault(r, P_FAULT_SESSION, context, OP_F_CID_AFTER);
    bool hides = (run_fault(r, P_FAULT_CLIENTID, 0, OP_F_CID_HIDES) || run_fault(r, P_FAULT_SESSION, context, OP_F_CID_HIDES)) &&
                 w->cid_advertised;
    /* CID-3.3-a, CID-3.3-b: under TLS, before login. */
    bool clientid = ((w->tls || clear) && (before || after)) && !hides && !serve_unoffered(m, CMD_CLIENTID);
    bool feature = false;
    for (int state = 0; state < 3; state++) feature |= run_fault(r, P_FAULT_ID, (uint32_t)state, OP_F_ID_FEATURE);
    if (clientid) w->cid_advertised = 1;
    m->session[session].caps_told = true;
    char list[200] = "";
    size_t n = 0;
    for (unsigned i = 0; i < OFFERED; i++)
        if (offered[i].kind != CMD_CLIENTID && !(m->opt.without >> i & 1))
            n += (size_t)snprintf(list + n, sizeof list - n, " %s", offered[i].name);
    serve_line(m, session, "%sCAPABILITY%s%s%s%s%s%s%s%s%s", before_it,
               run_fault(r, P_FAULT_SESSION, context, OP_F_CAPS_WITHOUT) ? "" : " IMAP4rev1", list,
               before ? " AUTH=PLAIN SASL-IR" : "", before && !w->tls ? " STARTTLS" : "", clientid ? " CLIENTID" : "",
               feature && w->ids ? " X-FAST" : "", m->opt.capability ? " " : "", m->opt.capability ? m->opt.capability : "", behind);
}

void serve_capability(struct model_server *m, int session) { capability(m, session, "* ", ""); }

void serve_greeting(struct model_server *m, int session) {
    if (m->opt.greets_with_capability)
        capability(m, session, "* OK [", "] imapdiff model ready");
    else {
        const struct behaviour *b = m->opt.rotate_n ? behaviours_at(m->opt.behaviours, m->session[session].behaviour) : NULL;
        serve_line(m, session, "* OK imapdiff model ready%s%s", b ? ", behaves as " : "", b ? b->name : "");
    }
}

/* ---- ID ---- */

static void serve_id(struct model_server *m, struct step *s) {
    struct run *r = &m->run;
    struct wsession *w = w_session(m->w, (unsigned)s->session);
    int state = s->was_selected ? 2 : w->state == SES_NONAUTH ? 0 : 1;
    uint32_t context = point_context(P_ID_RESPONSE, 1, &state), pos = 0;
    struct id_pair pair;
    bool empty = s->syntax.verdict == LEX_ACCEPT && !id_params_is_nil(s->c->id) && !id_next_pair(s->c->id, &pos, &pair);
    if (run_fault(r, P_FAULT_ID, context, OP_F_ID_ATOM) && s->syntax.verdict != LEX_ACCEPT) s->word = REPLY_OK;
    if (run_fault(r, P_FAULT_ID, context, OP_F_ID_NO)) s->word = REPLY_NO;
    if (run_fault(r, P_FAULT_ID, context, OP_F_ID_BAD) || (empty && run_fault(r, P_FAULT_ID, context, OP_F_ID_EMPTY_BAD))) s->word = REPLY_BAD;
    if (run_fault(r, P_FAULT_ID, context, OP_F_ID_STATE) && w->state == SES_SELECTED) world_leave(m->w, (unsigned)s->session);
    if (s->syntax.verdict == LEX_ACCEPT && s->word == REPLY_OK) {
        struct id_limits l = id_check_limits(s->c->id);
        bool broken[] = {l.field_too_long, l.value_too_long, l.too_many_pairs, l.duplicate};
        for (int i = 0; i < 4; i++)
            if (broken[i] && answer_has(run_serve_answer(r, P_ID_LIMITS, point_context(P_ID_LIMITS, 1, &i)), OP_REFUSE)) {
                s->word = REPLY_BAD;
                s->text = "Over the limits";
            }
    }
    if (s->syntax.verdict == LEX_ACCEPT && m->opt.on_id) m->opt.on_id(m->opt.user, s->session, s->c->id);
    if (s->word != REPLY_OK || s->syntax.verdict != LEX_ACCEPT) return;
    const struct answer *a = run_serve_answer(r, P_ID_RESPONSE, context);
    if (answer_has(a, OP_ID_NONE)) return;
    int times = run_fault(r, P_FAULT_ID, context, OP_F_ID_TWICE) ? 2 : 1;
    for (int i = 0; i < times; i++) {
        if (answer_has(a, OP_ID_NIL))
            serve_line(m, s->session, "* ID NIL");
        else if (m->opt.id)
            serve_line(m, s->session, "* ID %s", m->opt.id);
        else
            serve_line(m, s->session, "* ID (\"name\" \"imapdiff model\"%s%s%s%s)", run_fault(r, P_FAULT_ID, context, OP_F_ID_ODD) ? " \"odd\"" : "",
                       run_fault(r, P_FAULT_ID, context, OP_F_ID_LONG) ? " \"a234567890123456789012345678901\" \"x\"" : "",
                       run_fault(r, P_FAULT_ID, context, OP_F_ID_DUP) ? " \"NAME\" \"again\"" : "",
                       run_fault(r, P_FAULT_ID, context, OP_F_ID_BLANK) ? " " : "");
    }
}

static void serve_clientid(struct model_server *m, struct step *s) {
    struct run *r = &m->run;
    struct wsession *w = w_session(m->w, (unsigned)s->session);
    bool limit = s->syntax.verdict == LEX_REJECT && s->c->kind == CMD_CLIENTID;
    if (limit && run_fault(r, P_FAULT_CLIENTID, 0, OP_F_CID_LONG)) s->word = REPLY_OK;
    if (w->state != SES_NONAUTH && run_fault(r, P_FAULT_CLIENTID, 0, OP_F_CID_AFTER)) s->word = REPLY_OK;
    if (s->word == REPLY_OK && run_fault(r, P_FAULT_CLIENTID, 0, OP_F_CID_UNTAGGED)) serve_line(m, s->session, "* CLIENTID stored");
}

/* ---- SEARCH ---- */

enum { HIT_MAX = 11 };

/* A blank and the number, where there is room for it: there may be many. Returns what is behind it. */
static uint8_t *put_hit(uint8_t *at, uint32_t n) {
    *at++ = ' ';
    if (n >= 1000) {
        unsigned digits = 4;
        for (uint32_t k = n / 10000; k; k /= 10) digits++;
        for (unsigned i = digits; i; n /= 10) at[--i] = (uint8_t)('0' + n % 10);
        return at + digits;
    }
    if (n >= 100) *at++ = (uint8_t)('0' + n / 100);
    if (n >= 10) *at++ = (uint8_t)('0' + n / 10 % 10);
    *at++ = (uint8_t)('0' + n % 10);
    return at;
}

static void serve_search(struct model_server *m, struct step *s) {
    struct run *r = &m->run;
    const struct answer *a = run_serve_answer(r, P_SEARCH_EXPUNGED, s->context);
    int uid = s->c->uid;
    uint32_t context = point_context(P_FAULT_SEARCH, 1, &uid);
    bool skip = run_fault(r, P_FAULT_SEARCH, context, OP_F_SKIP_LIVING), wrong = run_fault(r, P_FAULT_SEARCH, context, OP_F_SEARCH_WRONG);
    m->out.len = 0;
    m->speaking = s->session;
    out_text(&m->out, "* SEARCH");
    uint8_t *at = m->out.p + m->out.len, *const full = m->out.p + m->out.cap - HIT_MAX;
    for (const struct target *t = &r->target[s->first], *const end = t + s->targets; t < end; t++) {
        bool hit = t->hit;
        if (!t->dead && wrong && !hit) hit = true, wrong = false;
        if (!t->dead && skip && hit) {
            skip = false;
            continue;
        }
        if (!hit || (t->dead && !answer_has(a, OP_INCLUDE))) continue;
        if (at > full) {
            m->out.len = (size_t)(at - m->out.p);
            serve_flush(m);
            at = m->out.p;
        }
        at = put_hit(at, uid ? w_message(m->w, t->m)->uid : t->seq);
    }
    m->out.len = (size_t)(at - m->out.p);
    if (run_fault(r, P_FAULT_SEARCH, context, OP_F_SEARCH_GHOST_SEQ)) {
        out_text(&m->out, " ");
        out_number(&m->out, 900000u + s->targets);
    }
    out_text(&m->out, "\r\n");
    serve_flush(m);
}

/* ---- SELECT ---- */

static void first_unseen(struct model_server *m, int session) {
    const struct wview *v = w_view(m->w, (unsigned)session);
    for (unsigned i = 0; i < w_session(m->w, (unsigned)session)->view; i++)
        if (!(world_flags(m->w, v[i].message) & FLAG_SEEN)) {
            serve_line(m, session, "* OK [UNSEEN %u] The first that was not seen", i + 1);
            return;
        }
}

void serve_select_data(struct model_server *m, struct step *s) {
    struct wsession *w = w_session(m->w, (unsigned)s->session);
    struct wbox *b = w_box(m->w, w->box);
    int mode = s->c->kind == CMD_EXAMINE;
    uint32_t context = point_context(P_FAULT_SELECT, 1, &mode);
    uint32_t more = run_fault(&m->run, P_FAULT_SELECT, context, OP_F_EXISTS_WRONG);
    uint32_t drift = run_fault(&m->run, P_FAULT_SELECT, context, OP_F_VALIDITY_CHANGES) ? ++m->selects : 0;
    m->out.len = 0;
    m->speaking = s->session;
    out_text(&m->out, "* FLAGS ");
    print_flags(m, 0xFFFFFFDFu);
    out_text(&m->out, "\r\n* OK [PERMANENTFLAGS ");
    print_flags(m, 0xFFFFFFDFu);
    m->out.len--;
    out_text(&m->out, w->read_only ? ")] None can be set\r\n" : " \\*)] Kept\r\n");
    serve_flush(m);
    serve_line(m, s->session, "* %u EXISTS", w->view + more);
    serve_line(m, s->session, "* 0 RECENT");
    first_unseen(m, s->session);
    serve_line(m, s->session, "* OK [UIDVALIDITY %u] UIDs are valid", b->validity - drift);
    serve_line(m, s->session, "* OK [UIDNEXT %u] Predicted", b->uidnext);
}

void serve_data(struct model_server *m, struct step *s) {
    if (s->c->kind == CMD_ID) serve_id(m, s);
    if (s->c->kind == CMD_CLIENTID) serve_clientid(m, s);
    bool fetch_no = s->c->kind == CMD_FETCH && s->word == REPLY_NO && !s->refused;
    bool store_no = s->c->kind == CMD_STORE && s->word == REPLY_NO && !s->refused && s->answer;
    if ((s->word != REPLY_OK && !fetch_no && !store_no) || s->syntax.verdict != LEX_ACCEPT) return;
    switch (s->c->kind) {
    case CMD_CAPABILITY: serve_capability(m, s->session); break;
    case CMD_LOGOUT: serve_line(m, s->session, "* BYE Logging out"); break;
    case CMD_NAMESPACE:
        if (m->opt.shared)
            serve_line(m, s->session, "* NAMESPACE ((\"\" \"/\")) NIL ((\"%s\" \"/\"))", m->opt.shared);
        else
            serve_line(m, s->session, "* NAMESPACE ((\"\" \"/\")) NIL NIL");
        break;
    case CMD_ENABLE: serve_line(m, s->session, "* ENABLED"); break; /* RFC 5161: there is nothing to enable */
    case CMD_SELECT: case CMD_EXAMINE: serve_select_data(m, s); break;
    case CMD_LIST: case CMD_LSUB: case CMD_STATUS: serve_names(m, s); break;
    case CMD_SEARCH: serve_search(m, s); break;
    case CMD_FETCH: serve_fetch_data(m, s); break;
    case CMD_STORE: serve_store_data(m, s); break;
    default: break;
    }
}
