/* model_server.c: the model as a server: cuts octets into commands, runs a step, and says its tagged reply. */
#include "serve.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- output ---- */

void serve_flush(struct model_server *m) {
    if (m->out.len && m->speaking >= 0 && m->opt.emit)
        m->opt.emit(m->opt.user, m->speaking, m->out.p, m->out.len < m->out.cap ? m->out.len : m->out.cap);
    m->out.len = 0;
}

void serve_line(struct model_server *m, int session, const char *format, ...) {
    char line[700];
    va_list a;
    va_start(a, format);
    int n = vsnprintf(line, sizeof line - 2, format, a);
    va_end(a);
    if (n < 0) return;
    if ((size_t)n > sizeof line - 3) n = (int)sizeof line - 3;
    memcpy(line + n, "\r\n", 2);
    serve_flush(m);
    if (m->opt.emit) m->opt.emit(m->opt.user, session, (const uint8_t *)line, (size_t)n + 2);
}

/* The buffer is kept for the next of this number; its octets may still be looked at. */
static void forget(struct serve_session *s) { *s = (struct serve_session){.in = s->in, .cap = s->cap}; }

void serve_hangup(struct model_server *m, int session) {
    struct serve_session *s = &m->session[session];
    if (!s->open) return;
    serve_flush(m);
    s->closing = true;
    world_leave(m->w, (unsigned)session);
    *w_session(m->w, (unsigned)session) = (struct wsession){.state = SES_NONE};
    forget(s);
    if (m->opt.hangup) m->opt.hangup(m->opt.user, session);
}

/* ---- life ---- */

struct model_server *model_server_new(const struct model_server_options *o) {
    struct model_server *m = calloc(1, sizeof *m);
    if (!m) return NULL;
    m->opt = *o;
    for (int i = 0; i < o->chosen_n; i++) m->run.faulty |= behaviours_at(o->behaviours, o->chosen[i])->fault;
    m->caps = world_caps_small;
    m->w = malloc(world_size(&m->caps));
    m->nodes.cap = 4096;
    m->nodes.v = malloc(m->nodes.cap * sizeof *m->nodes.v);
    m->out.cap = SERVE_OUT;
    m->out.p = malloc(m->out.cap);
    if (!m->w || !m->nodes.v || !m->out.p) {
        model_server_free(m);
        return NULL;
    }
    model_server_reset(m);
    return m;
}

void model_server_free(struct model_server *m) {
    if (!m) return;
    for (int i = 0; i < MODEL_SESSIONS; i++) free(m->session[i].in);
    free(m->w);
    free(m->nodes.v);
    free(m->out.p);
    free(m);
}

void model_server_reset(struct model_server *m) {
    for (int i = 0; i < m->top; i++) forget(&m->session[i]);
    m->top = 0;
    world_init(m->w, &m->caps);
    m->next_validity = (uint32_t)(m->opt.seed % 1000000) + 1000;
    m->speaking = -1;
    m->out.len = 0;
    m->run.fuzz_at = 0;
    m->run.fuzz_any = false;
}

static bool grow(struct model_server *m) {
    if (!world_more(&m->caps, m->w)) return false;
    struct world *w = malloc(world_size(&m->caps));
    if (!w) return false;
    world_copy_into(w, &m->caps, m->w);
    free(m->w);
    m->w = w;
    return true;
}

/* ---- one step ---- */

void serve_start_run(struct model_server *m, int session) {
    struct run *r = &m->run;
    r->mode = SERVE;
    r->w = m->w;
    r->behaviours = m->opt.behaviours;
    r->content = &m->opt.content;
    r->users = m->opt.users;
    r->host = &m->opt;
    r->facts = &m->facts;
    r->chosen = m->opt.chosen;
    r->chosen_n = m->opt.chosen_n;
    if (m->opt.rotate_n) {
        r->chosen = &m->session[session].behaviour;
        r->chosen_n = 1;
    }
    r->fuzz = m->opt.fuzz;
    r->fuzz_n = m->opt.fuzz_n;
    r->full = r->failed = r->capped = false;
    r->targets = r->saws = r->notes = 0;
    r->steps = &m->step;
    r->n_steps = 1;
    r->n_heard = 0;
    r->shared = m->opt.shared;
}

static void bind_date(struct model_server *m, const struct step *s, struct wmessage *g) {
    char now[40] = "";
    const struct content_ops *o = &m->opt.content;
    if (!s->c->date.n && m->opt.now) m->opt.now(m->opt.user, now);
    struct slice text = s->c->date.n ? s->c->date : (struct slice){(const uint8_t *)now, (uint32_t)strlen(now)};
    g->date = text.n && o->intern ? o->intern(o->self, text) : 0;
}

/* What a server binds by rule: UIDVALIDITY, UIDs and dates. */
static void bind_unknowns(struct model_server *m, const struct step *s) {
    struct world *w = m->w;
    if (!s->name) return; /* nothing comes into being without a mailbox's name */
    for (unsigned b = 1; b < w->boxes; b++) {
        struct wbox *box = w_box(w, b);
        if (!box->used) continue;
        if (!box->validity) box->validity = m->next_validity++;
        for (uint16_t i = box->first; i; i = w_message(w, i)->next)
            if (!w_message(w, i)->uid) w_message(w, i)->uid = box->uidnext++;
    }
    if (s->c->kind != CMD_APPEND || !s->message) return;
    struct wmessage *g = w_message(w, s->message);
    bind_date(m, s, g);
    if (run_fault(&m->run, P_FAULT_APPEND, 0, OP_F_UID_REUSED) && g->uid > 1) g->uid--;
    if (run_fault(&m->run, P_FAULT_APPEND, 0, OP_F_UID_DESCENDS) && g->uid > 2) g->uid -= 2;
}

/* Drops what is dead, and its text where that is most. */
static void tidy(struct model_server *m) {
    world_collect(m->w);
    char *spare = m->w->text > m->w->cap.text / 2 ? malloc(m->w->text) : NULL;
    if (spare) world_pack_text(m->w, spare);
    free(spare);
}

/* Makes room before the step, so that a step neither fails nor needs a copy to fall back on. */
static bool make_room(struct model_server *m, const struct step *s) {
    uint32_t text = s->c->args.n - s->c->message.s.n;
    if (s->c->kind == CMD_RENAME) text = 2 * text + m->w->text; /* inferior names move along */
    if (text > 1u << 16) return false;
    if (world_has_room(m->w, text)) return true;
    tidy(m);
    for (int tries = 0; tries < 12 && !world_has_room(m->w, text); tries++)
        if (!grow(m)) return false;
    return world_has_room(m->w, text);
}

static bool run_act(struct model_server *m, struct step *s) {
    if (!make_room(m, s)) return false;
    serve_start_run(m, s->session);
    act(&m->run, s);
    assert(!m->run.full);
    bind_unknowns(m, s);
    return true;
}

static int tagged_context(const struct step *s) {
    switch (s->c->kind) {
    case CMD_FETCH: return 0;
    case CMD_STORE: return 1;
    case CMD_SEARCH: return 2;
    case CMD_COPY: case CMD_MOVE: return 3;
    case CMD_NOOP: return 4;
    case CMD_SELECT: case CMD_EXAMINE: case CMD_CREATE: case CMD_DELETE: case CMD_RENAME: case CMD_LIST: case CMD_LSUB:
    case CMD_STATUS: case CMD_APPEND: return 5;
    default: return 6;
    }
}

static void reply_code(struct model_server *m, const struct step *s, char *buf, size_t cap) {
    buf[0] = 0;
    const struct wsession *w = w_session(m->w, (unsigned)s->session);
    int f[2] = {s->c->kind == CMD_MOVE, s->c->uid}, t = tagged_context(s);
    uint32_t copy = point_context(P_FAULT_COPY, 2, f);
    uint32_t wrong = (s->c->kind == CMD_APPEND ? run_fault(&m->run, P_FAULT_APPEND, 0, OP_F_COPY_WRONG_UID)
                                               : run_fault(&m->run, P_FAULT_COPY, copy, OP_F_COPY_WRONG_UID)) ? 7 : 0;
    if (s->word == REPLY_OK && s->c->kind == CMD_APPEND && s->box) {
        uint32_t uid = s->message ? w_message(m->w, s->message)->uid : w_box(m->w, s->box)->uidnext;
        snprintf(buf, cap, "[APPENDUID %u %u] ", w_box(m->w, s->box)->validity, uid + wrong);
    } else if (s->word == REPLY_OK && (s->c->kind == CMD_SELECT || s->c->kind == CMD_EXAMINE)) {
        snprintf(buf, cap, "[%s] ", w->read_only ? "READ-ONLY" : "READ-WRITE");
    } else if (s->word == REPLY_OK && s->copies && (s->c->kind == CMD_COPY || s->c->kind == CMD_MOVE)) {
        size_t n = (size_t)snprintf(buf, cap, "[COPYUID %u ", w_box(m->w, s->box)->validity);
        unsigned k = 0, skip = run_fault(&m->run, P_FAULT_COPY, copy, OP_F_COPY_SHORT);
        bool all = s->answer && answer_has(s->answer, OP_COPY_ALL);
        for (unsigned i = 0; i < s->targets && n < cap; i++) {
            const struct target *g = &m->run.target[s->first + i];
            if (!g->dead || all) n += (size_t)snprintf(buf + n, cap - n, "%s%u", k++ ? "," : "", w_message(m->w, g->m)->uid);
        }
        if (n < cap) n += (size_t)snprintf(buf + n, cap - n, " ");
        uint16_t g = s->message;
        for (unsigned i = 0; i < s->copies - (s->copies > 1 ? skip : 0) && g && n < cap; i++, g = w_message(m->w, g)->next)
            n += (size_t)snprintf(buf + n, cap - n, "%s%u", i ? "," : "", w_message(m->w, g)->uid + wrong);
        if (n < cap) n += (size_t)snprintf(buf + n, cap - n, "%s] ", skip && s->copies == 1 ? ",99" : "");
        if (n >= cap) buf[0] = 0; /* too long for a code: left out, which UIDPLUS permits */
    } else if (s->word == REPLY_NO && s->code == CODE_TRYCREATE) {
        snprintf(buf, cap, "[TRYCREATE] ");
    } else if (s->code == CODE_EXPUNGEISSUED || run_fault(&m->run, P_FAULT_TAGGED, point_context(P_FAULT_TAGGED, 1, &t), OP_F_STICKY_CODE)) {
        snprintf(buf, cap, "[EXPUNGEISSUED] ");
    } else if (s->code == CODE_INUSE)
        snprintf(buf, cap, "[INUSE] ");
}

static const char *word_text(uint8_t w) { return w == REPLY_OK ? "OK" : w == REPLY_NO ? "NO" : "BAD"; }

/* RFC 2180 3.4: the hint in a NO to a command that names a renamed mailbox. */
static bool newname(struct model_server *m, const struct step *s) {
    if (s->word != REPLY_NO || !s->name || !w_name(m->w, s->name)->newname) return false;
    struct slice a = world_name_text(m->w, s->name), b = world_name_text(m->w, w_name(m->w, s->name)->newname);
    serve_line(m, s->session, "%.*s NO [NEWNAME %.*s %.*s] Mailbox has been renamed", (int)s->c->tag.n, (const char *)s->c->tag.p,
               (int)a.n, (const char *)a.p, (int)b.n, (const char *)b.p);
    return true;
}

static void tagged_reply(struct model_server *m, struct step *s) {
    int t = tagged_context(s), session = s->session;
    uint32_t context = point_context(P_FAULT_TAGGED, 1, &t);
    char code[4000];
    if (!m->session[session].open) return;
    if (run_fault(&m->run, P_FAULT_TAGGED, context, OP_F_CLOSE_SILENT)) {
        serve_hangup(m, session);
        return;
    }
    if (run_fault(&m->run, P_FAULT_TAGGED, context, OP_F_NO_TAGGED) || serve_breaks_off(m, session, context)) return;
    if (s->word == REPLY_BYE || s->word == REPLY_NONE) {
        serve_line(m, session, "* BYE %s", s->text && *s->text ? s->text : "Gone");
        serve_hangup(m, session);
        return;
    }
    if (newname(m, s)) return;
    reply_code(m, s, code, sizeof code);
    if (run_fault(&m->run, P_FAULT_TAGGED, context, OP_F_BAD_SYNTAX)) serve_line(m, session, "* 1 FETCH FLAGS \\Seen");
    if (run_fault(&m->run, P_FAULT_TAGGED, context, OP_F_NO_TEXT)) serve_line(m, session, "* NO");
    int tag_n = s->c->tag.n ? (int)s->c->tag.n : 1;
    const char *tag = s->c->tag.n ? (const char *)s->c->tag.p : "*";
    bool wrong = run_fault(&m->run, P_FAULT_TAGGED, context, OP_F_WRONG_TAG);
    const char *text = s->text && *s->text ? s->text : "Done";
    int reveals = 1;
    if (s->c->kind == CMD_LOGIN && s->word != REPLY_OK &&
        (run_fault(&m->run, P_FAULT_CLIENTID, 0, OP_F_CID_REVEALS) || run_fault(&m->run, P_FAULT_SESSION, point_context(P_FAULT_SESSION, 1, &reveals), OP_F_CID_REVEALS)))
        text = "This client identity is not known";
    serve_flush(m);
    m->out.len = 0;
    m->speaking = session;
    if (wrong) out_text(&m->out, "Z99");
    else if (run_fault(&m->run, P_FAULT_TAGGED, context, OP_F_OLD_TAG)) out_text(&m->out, m->session[session].tag_before);
    else out_octets(&m->out, tag, (size_t)tag_n);
    out_text(&m->out, " ");
    out_text(&m->out, word_text(s->word));
    out_text(&m->out, " ");
    out_text(&m->out, code);
    out_text(&m->out, text);
    out_text(&m->out, run_fault(&m->run, P_FAULT_TAGGED, context, OP_F_LF_ALONE) ? "\n" : "\r\n");
    serve_flush(m);
    snprintf(m->session[session].tag_before, sizeof m->session[session].tag_before, "%.*s", tag_n, tag);
    if (run_fault(&m->run, P_FAULT_TAGGED, context, OP_F_TWO_TAGGED))
        serve_line(m, session, "%.*s %s again", tag_n, tag, word_text(s->word));
}

bool serve_over_quota(struct model_server *m, struct step *s) {
    const struct imap_command *c = s->c;
    unsigned names = m->opt.max_mailboxes, most = m->opt.max_messages;
    bool adds = c->kind == CMD_APPEND || c->kind == CMD_COPY || c->kind == CMD_MOVE;
    bool full = false;
    for (unsigned b = 1; most && adds && b < m->w->boxes; b++) full |= w_box(m->w, b)->held * 2u > most;
    bool names_one = c->kind == CMD_CREATE || c->kind == CMD_RENAME || c->kind == CMD_SUBSCRIBE;
    if (full || (names_one && m->w->names > names + m->w->free_names)) tidy(m); /* the dead do not count */
    if (!names || m->w->names <= names + m->w->free_names || !names_one) return false;
    s->word = REPLY_NO;
    s->text = "[LIMIT] Too many mailboxes";
    return true;
}

static enum moment moment_of(const struct step *s) {
    if (s->c->uid) return MOMENT_UID;
    switch (s->c->kind) {
    case CMD_FETCH: return MOMENT_FETCH;
    case CMD_STORE: return MOMENT_STORE;
    case CMD_SEARCH: return MOMENT_SEARCH;
    case CMD_NOOP: case CMD_CHECK: return MOMENT_NOOP;
    default: return MOMENT_OTHER;
    }
}

static void after_reply(struct model_server *m, struct step *s) {
    int session = s->session;
    if (!m->session[session].open) return;
    if (s->c->kind == CMD_LOGOUT && s->word == REPLY_OK) {
        serve_hangup(m, session);
        return;
    }
    if (s->c->kind == CMD_STARTTLS && s->word == REPLY_OK && m->opt.start_tls) m->opt.start_tls(m->opt.user, session);
}

static void begin_idle(struct model_server *m, int session) {
    struct serve_session *ss = &m->session[session];
    ss->idle = true;
    w_session(m->w, (unsigned)session)->idles = 1;
    snprintf(ss->tag, sizeof ss->tag, "%.*s", (int)m->command.tag.n, (const char *)m->command.tag.p);
    serve_line(m, session, "+ idling");
    serve_start_run(m, session);
    serve_tell(m, session, MOMENT_IDLE, NULL);
    m->step.word = REPLY_OK;
}

static void answer(struct model_server *m, int session) {
    struct step *s = &m->step;
    if (!serve_over_quota(m, s) && !run_act(m, s)) {
        s->word = REPLY_NO;
        s->text = "No room";
    }
    m->speaking = session;
    int t = tagged_context(s);
    bool late = run_fault(&m->run, P_FAULT_TAGGED, point_context(P_FAULT_TAGGED, 1, &t), OP_F_LATE_DATA);
    if (late) tagged_reply(m, s);
    m->speaking = session;
    serve_data(m, s);
    serve_flush(m);
    if (m->session[session].open && w_session(m->w, (unsigned)session)->state == SES_SELECTED && s->word != REPLY_BYE)
        serve_tell(m, session, moment_of(s), s);
    if (!late) tagged_reply(m, s);
    after_reply(m, s);
    if (m->run.full) grow(m); /* a view had no room for what there is to tell */
}

static bool untold_deaths(const struct model_server *m, int session) {
    const struct wsession *w = w_session(m->w, (unsigned)session);
    for (unsigned i = 0; w->state == SES_SELECTED && i < w->view; i++)
        if (w_message(m->w, w_view(m->w, (unsigned)session)[i].message)->dead) return true;
    return false;
}

void serve_command(struct model_server *m, int session, size_t n, struct slice secret) {
    struct serve_session *ss = &m->session[session];
    static const struct lex_options lex = {.dialect = DIALECT_3501, .literals = LITERALS_PLUS};
    m->nodes.len = 1;
    m->told_empty = false;
    struct lex_result syntax = parse_command(ss->in, n, &lex, &m->nodes, &m->command);
    struct step *s = &m->step;
    *s = (struct step){.c = &m->command, .nodes = &m->nodes, .syntax = syntax, .session = session, .point = -1, .secret = secret};
    const struct wsession *w = w_session(m->w, (unsigned)session);
    struct served_command told = {.c = &m->command, .syntax = syntax, .octets = {ss->in, (uint32_t)n}, .nonauth = w->state == SES_NONAUTH,
                                  .selected = w->state == SES_SELECTED, .tls = w->tls, .caps_told = ss->caps_told,
                                  .cid_advertised = w->cid_advertised, .cid_accepted = w->cid_accepted};
    if (m->opt.on_heard) m->opt.on_heard(m->opt.user, session, told.octets);
    uint8_t kind = m->command.kind;
    told.unoffered = m->opt.without && serve_unoffered(m, kind);
    if (told.unoffered) m->command.kind = CMD_UNKNOWN;
    if (syntax.verdict == LEX_ACCEPT && m->command.kind == CMD_IDLE && w->state >= SES_AUTH && m->command.tag.n < sizeof ss->tag)
        begin_idle(m, session);
    else
        answer(m, session);
    if (!m->opt.on_command) return;
    m->command.kind = kind;
    told.word = s->word;
    told.wrong_state = s->wrong_state;
    told.some_dead = s->some_dead;
    told.untold = s->some_dead && untold_deaths(m, session);
    told.beyond = s->beyond && !s->star;
    told.told_empty = m->told_empty;
    m->opt.on_command(m->opt.user, session, &told);
}

/* ---- sessions ---- */

int model_server_open(struct model_server *m, int session, bool tls) {
    assert(session >= 0 && session < MODEL_SESSIONS);
    struct serve_session *s = &m->session[session];
    if (s->open) return -1;
    while (session >= m->w->cap.sessions) {
        m->caps.sessions = (uint16_t)(m->caps.sessions * 2);
        struct world *w = malloc(world_size(&m->caps));
        if (!w) return -1;
        world_copy_into(w, &m->caps, m->w);
        free(m->w);
        m->w = w;
    }
    s->open = true;
    if (session >= m->top) m->top = session + 1;
    *w_session(m->w, (unsigned)session) = (struct wsession){.state = SES_NONAUTH, .tls = tls};
    if (m->opt.rotate_n) s->behaviour = m->opt.rotate[m->opened++ % (unsigned)m->opt.rotate_n];
    serve_start_run(m, session);
    if (m->opt.pieces && answer_has(run_serve_answer(&m->run, P_WIRE_PIECES, 0), OP_OCTETS)) m->opt.pieces(m->opt.user, session);
    serve_greeting(m, session);
    return 0;
}

void model_server_tls_done(struct model_server *m, int session) {
    struct wsession *w = w_session(m->w, (unsigned)session);
    w->tls = 1;
    w->handshake = 0;
    w->cid_advertised = 0;
    int starttls = 2;
    bool inject = run_fault(&m->run, P_FAULT_SESSION, point_context(P_FAULT_SESSION, 1, &starttls), OP_F_TLS_INJECT);
    if (!inject) m->session[session].n = m->session[session].scanned = 0; /* CID-D2: nothing sent in clear is executed */
}

void model_server_closed(struct model_server *m, int session) {
    struct serve_session *s = &m->session[session];
    if (!s->open) return;
    world_leave(m->w, (unsigned)session);
    *w_session(m->w, (unsigned)session) = (struct wsession){.state = SES_NONE};
    forget(s);
    serve_give_back(m, s);
}

bool model_server_logged_in(const struct model_server *m, int session) {
    return m->session[session].open && w_session(m->w, (unsigned)session)->state >= SES_AUTH;
}

void model_server_bye(struct model_server *m, int session, const char *text) {
    if (!m->session[session].open) return;
    serve_line(m, session, "* BYE %s", text);
    serve_hangup(m, session);
}

void model_server_tick(struct model_server *m) {
    for (int i = 0; i < m->top; i++) {
        struct wsession *w = w_session(m->w, (unsigned)i);
        if (!m->session[i].open || (!m->session[i].idle && !w->doom && !m->run.faulty)) continue;
        serve_start_run(m, i);
        if (w->state == SES_SELECTED && w->doom == DOOM_DISCONNECT) {
            serve_line(m, i, "* BYE The mailbox is gone");
            serve_hangup(m, i);
        } else if (w->state == SES_SELECTED)
            serve_tell(m, i, m->session[i].idle ? MOMENT_IDLE : MOMENT_NONE, NULL);
        serve_flush(m);
    }
}

void model_server_mail(const struct model_server *m, int user, server_mail *each, void *arg) {
    const struct content_ops *o = &m->opt.content;
    for (unsigned i = 1; i < m->w->names; i++) {
        const struct wname *n = w_name(m->w, i);
        if (!n->box || (n->user != user && n->user != USER_SHARED)) continue;
        for (uint16_t g = w_box(m->w, n->box)->first; g; g = w_message(m->w, g)->next)
            if (!w_message(m->w, g)->dead)
                each(arg, world_name_text(m->w, (uint16_t)i), o->octets(o->self, w_content(m->w, w_message(m->w, g)->content)->id),
                     world_flags(m->w, g) & FLAG_DELETED);
    }
}
