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

/* The buffer is kept for the next of this number: it is large. */
static void forget(struct serve_session *s) { *s = (struct serve_session){.in = s->in}; }

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
    for (int i = 0; i < MODEL_SESSIONS; i++) forget(&m->session[i]);
    world_init(m->w, &m->caps);
    m->next_validity = (uint32_t)(m->opt.seed % 1000000) + 1000;
    m->speaking = -1;
    m->out.len = 0;
    m->run.fuzz_at = 0;
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

static void start_run(struct model_server *m) {
    struct run *r = &m->run;
    r->mode = SERVE;
    r->w = m->w;
    r->behaviours = m->opt.behaviours;
    r->content = &m->opt.content;
    r->users = m->opt.users;
    r->facts = &m->facts;
    r->chosen = m->opt.chosen;
    r->chosen_n = m->opt.chosen_n;
    r->fuzz = m->opt.fuzz;
    r->fuzz_n = m->opt.fuzz_n;
    r->full = r->failed = r->capped = false;
    r->targets = r->saws = r->notes = 0;
    r->steps = &m->step;
    r->n_steps = 1;
    r->n_heard = 0;
    r->idle = 0;
    for (int i = 0; i < MODEL_SESSIONS && i < m->w->cap.sessions; i++)
        if (m->session[i].idle) r->idle |= (uint64_t)1 << i;
}

/* What a server binds by rule: UIDVALIDITY and UIDs. */
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
    if (run_fault(&m->run, P_FAULT_APPEND, 0, OP_F_UID_REUSED) && g->uid > 1) g->uid--;
    if (run_fault(&m->run, P_FAULT_APPEND, 0, OP_F_UID_DESCENDS) && g->uid > 2) g->uid -= 2;
}

/* Makes room before the step, so that a step neither fails nor needs a copy to fall back on. */
static bool make_room(struct model_server *m, const struct step *s) {
    uint32_t text = s->c->args.n - s->c->message.s.n;
    if (s->c->kind == CMD_RENAME) text = 2 * text + m->w->text; /* inferior names move along */
    if (text > 1u << 16) return false;
    if (world_has_room(m->w, text)) return true;
    world_collect(m->w);
    for (int tries = 0; tries < 12 && !world_has_room(m->w, text); tries++)
        if (!grow(m)) return false;
    return world_has_room(m->w, text);
}

static bool run_act(struct model_server *m, struct step *s) {
    if (!make_room(m, s)) return false;
    start_run(m);
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
    if (run_fault(&m->run, P_FAULT_TAGGED, context, OP_F_NO_TAGGED)) return;
    if (s->word == REPLY_BYE || s->word == REPLY_NONE) {
        serve_line(m, session, "* BYE %s", s->text && *s->text ? s->text : "Gone");
        serve_hangup(m, session);
        return;
    }
    if (newname(m, s)) return;
    reply_code(m, s, code, sizeof code);
    if (run_fault(&m->run, P_FAULT_TAGGED, context, OP_F_BAD_SYNTAX)) serve_line(m, session, "* 1 FETCH FLAGS \\Seen");
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
    else out_octets(&m->out, tag, (size_t)tag_n);
    out_text(&m->out, " ");
    out_text(&m->out, word_text(s->word));
    out_text(&m->out, " ");
    out_text(&m->out, code);
    out_text(&m->out, text);
    out_text(&m->out, "\r\n");
    serve_flush(m);
    if (run_fault(&m->run, P_FAULT_TAGGED, context, OP_F_TWO_TAGGED))
        serve_line(m, session, "%.*s %s again", tag_n, tag, word_text(s->word));
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

static void execute(struct model_server *m, int session, size_t n, struct slice secret) {
    struct serve_session *ss = &m->session[session];
    static const struct lex_options lex = {.dialect = DIALECT_3501, .literals = LITERALS_PLUS};
    m->nodes.len = 1;
    memset(&m->command, 0, sizeof m->command);
    struct lex_result syntax = parse_command(ss->in, n, &lex, &m->nodes, &m->command);
    m->step = (struct step){.c = &m->command, .nodes = &m->nodes, .syntax = syntax, .session = session, .point = -1, .secret = secret};
    struct step *s = &m->step;
    if (syntax.verdict == LEX_ACCEPT && m->command.kind == CMD_IDLE && w_session(m->w, (unsigned)session)->state >= SES_AUTH) {
        ss->idle = true;
        snprintf(ss->tag, sizeof ss->tag, "%.*s", (int)m->command.tag.n, (const char *)m->command.tag.p);
        serve_line(m, session, "+ idling");
        start_run(m);
        serve_tell(m, session, MOMENT_IDLE, NULL);
        return;
    }
    if (!run_act(m, s)) {
        s->word = REPLY_NO;
        s->text = "No room";
    }
    m->speaking = session;
    serve_data(m, s);
    serve_flush(m);
    if (m->session[session].open && w_session(m->w, (unsigned)session)->state == SES_SELECTED && s->word != REPLY_BYE)
        serve_tell(m, session, moment_of(s), s);
    tagged_reply(m, s);
    after_reply(m, s);
    if (m->run.full) grow(m); /* a view had no room for what there is to tell */
}

/* ---- input ---- */

static bool is_word(struct slice line, const char *word) { /* the second word of a command line */
    const uint8_t *sp = memchr(line.p, ' ', line.n);
    if (!sp) return false;
    struct slice rest = {sp + 1, (uint32_t)(line.p + line.n - sp - 1)};
    size_t n = strlen(word);
    return rest.n > n && slice_is_nocase((struct slice){rest.p, (uint32_t)n}, word) && rest.p[n] == ' ';
}

/* Does the line (CRLF included) end in a literal's announcement? Its size, or -1. */
static int64_t announced(struct slice line, bool *sync) {
    if (line.n < 5 || line.p[line.n - 3] != '}') return -1;
    uint32_t i = line.n - 4;
    *sync = line.p[i] != '+';
    if (!*sync) i--;
    int64_t n = 0, scale = 1;
    uint32_t digits = 0;
    for (; i && line.p[i] >= '0' && line.p[i] <= '9' && digits < 12; i--, digits++, scale *= 10) n += (line.p[i] - '0') * scale;
    return digits && line.p[i] == '{' ? n : -1;
}

static void consume(struct serve_session *s, size_t n) {
    if (!s->in) return;
    if (n > s->n) n = s->n; /* TLS began: the rest was dropped */
    memmove(s->in, s->in + n, s->n - n);
    s->n -= n;
    s->scanned = s->line = s->literal_end = s->command = 0;
}

static void line_done(struct model_server *m, int session, size_t end) {
    struct serve_session *s = &m->session[session];
    struct slice line = {s->in + s->line, (uint32_t)(end - s->line)};
    if (s->idle) {
        s->idle = false;
        bool done = line.n >= 4 && slice_is_nocase((struct slice){line.p, 4}, "DONE");
        start_run(m);
        serve_line(m, session, "%s %s", s->tag, done ? "OK Idle over" : "BAD Expected DONE");
        consume(s, end);
        return;
    }
    if (s->secret) {
        s->secret = false;
        execute(m, session, s->command, line);
        if (m->session[session].open) consume(s, end);
        return;
    }
    struct slice whole = {s->in, (uint32_t)end};
    bool sync = true, clientid = is_word(whole, "CLIENTID");
    int64_t literal = clientid && !run_fault(&m->run, P_FAULT_CLIENTID, 0, OP_F_CID_LITERAL) ? -1 : announced(line, &sync);
    if (literal >= 0) {
        if ((size_t)literal > SERVE_INPUT - 4096 - s->n) {
            serve_line(m, session, "* BYE The literal is too large");
            serve_hangup(m, session);
            return;
        }
        if (sync) serve_line(m, session, "+ go on");
        s->literal_end = end + (size_t)literal;
        s->line = s->literal_end;
        return;
    }
    /* AUTHENTICATE without an initial response: the answer line follows. */
    if (is_word(whole, "AUTHENTICATE")) {
        uint32_t spaces = 0;
        for (uint32_t i = 0; i < whole.n; i++) spaces += whole.p[i] == ' ';
        if (spaces == 2 && w_session(m->w, (unsigned)session)->state == SES_NONAUTH) {
            s->secret = true;
            s->command = s->line = end;
            serve_line(m, session, "+ ");
            return;
        }
    }
    execute(m, session, end, (struct slice){0});
    if (s->open) consume(s, end);
}

void model_server_input(struct model_server *m, int session, const uint8_t *p, size_t n) {
    struct serve_session *s = &m->session[session];
    m->speaking = session;
    if (!s->open) return;
    if (s->n + n > SERVE_INPUT) {
        serve_line(m, session, "* BYE The command is too long");
        serve_hangup(m, session);
        return;
    }
    memcpy(s->in + s->n, p, n);
    s->n += n;
    while (s->open && s->scanned < s->n && !w_session(m->w, (unsigned)session)->handshake) {
        if (s->literal_end > s->scanned) {
            s->scanned = s->literal_end < s->n ? s->literal_end : s->n;
            continue;
        }
        uint8_t *lf = memchr(s->in + s->scanned, '\n', s->n - s->scanned);
        s->scanned = lf ? (size_t)(lf - s->in) + 1 : s->n;
        if (lf) line_done(m, session, s->scanned);
    }
    serve_flush(m);
    model_server_tick(m);
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
    if (!s->in && !(s->in = malloc(SERVE_INPUT))) return -1;
    s->open = true;
    *w_session(m->w, (unsigned)session) = (struct wsession){.state = SES_NONAUTH, .tls = tls};
    start_run(m);
    serve_line(m, session, "* OK imapdiff model ready");
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
}

void model_server_tick(struct model_server *m) {
    for (int i = 0; i < MODEL_SESSIONS && i < m->w->cap.sessions; i++) {
        if (!m->session[i].open) continue;
        struct wsession *w = w_session(m->w, (unsigned)i);
        start_run(m);
        if (w->state == SES_SELECTED && w->doom == DOOM_DISCONNECT) {
            serve_line(m, i, "* BYE The mailbox is gone");
            serve_hangup(m, i);
        } else if (w->state == SES_SELECTED)
            serve_tell(m, i, m->session[i].idle ? MOMENT_IDLE : MOMENT_NONE, NULL);
        serve_flush(m);
    }
}
