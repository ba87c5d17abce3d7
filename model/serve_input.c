/* serve_input.c: cuts a client's octets into commands, with their literals and answer lines, within the limits. */
#include "serve.h"

#include <stdlib.h>
#include <string.h>

#define INPUT_MAX (1u << 22)   /* where the host states no limit */
#define INPUT_KEPT (1u << 16)  /* a buffer that is larger is given back when it is empty */
#define INPUT_TOTAL (1u << 28) /* all sessions' buffers */

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

static size_t or_max(size_t limit) { return limit ? limit : INPUT_MAX; }

static size_t command_limit(const struct model_server *m, int session) {
    size_t before = m->opt.max_before_login, all = or_max(m->opt.max_command);
    return before && before < all && !model_server_logged_in(m, session) ? before : all;
}

static void consume(struct serve_session *s, size_t n) {
    if (!s->in) return;
    if (n > s->n) n = s->n; /* TLS began: the rest was dropped */
    memmove(s->in, s->in + n, s->n - n);
    s->n -= n;
    s->scanned = s->line = s->literal_end = s->command = 0;
}

static void idle_over(struct model_server *m, int session, struct slice line, size_t end) {
    struct serve_session *s = &m->session[session];
    s->idle = false;
    w_session(m->w, (unsigned)session)->idles = 0;
    bool done = line.n >= 4 && slice_is_nocase((struct slice){line.p, 4}, "DONE");
    serve_start_run(m, session);
    serve_line(m, session, "%s %s", s->tag, done ? "OK Idle over" : "BAD Expected DONE");
    consume(s, end);
}

/* A literal that is too large: not asked for, the command is over; where it comes unasked, so is the connection. */
static void literal_refused(struct model_server *m, int session, bool sync, size_t end) {
    struct serve_session *s = &m->session[session];
    const uint8_t *sp = memchr(s->in, ' ', s->n);
    if (sync && sp && sp - s->in < 200) {
        serve_line(m, session, "%.*s NO [TOOBIG] The literal is too large", (int)(sp - s->in), (const char *)s->in);
        consume(s, end);
        return;
    }
    model_server_bye(m, session, "The literal is too large");
}

static void literal_begins(struct model_server *m, int session, int64_t literal, bool sync, size_t end) {
    struct serve_session *s = &m->session[session];
    size_t limit = command_limit(m, session);
    if ((uint64_t)literal > limit || end + (size_t)literal > limit) {
        literal_refused(m, session, sync, end);
        return;
    }
    if (sync) serve_line(m, session, "+ go on");
    s->literal_end = end + (size_t)literal;
    s->line = s->literal_end;
}

/* AUTHENTICATE without an initial response: the answer line follows. */
static bool wants_answer(const struct model_server *m, int session, struct slice whole) {
    uint32_t spaces = 0;
    if (!is_word(whole, "AUTHENTICATE")) return false;
    for (uint32_t i = 0; i < whole.n; i++) spaces += whole.p[i] == ' ';
    return spaces == 2 && w_session(m->w, (unsigned)session)->state == SES_NONAUTH;
}

static void line_done(struct model_server *m, int session, size_t end) {
    struct serve_session *s = &m->session[session];
    struct slice line = {s->in + s->line, (uint32_t)(end - s->line)}, whole = {s->in, (uint32_t)end};
    if (s->idle) {
        idle_over(m, session, line, end);
        return;
    }
    if (s->secret) {
        s->secret = false;
        serve_command(m, session, s->command, line);
        if (s->open) consume(s, end);
        return;
    }
    bool sync = true, clientid = is_word(whole, "CLIENTID");
    int64_t literal = clientid && !run_fault(&m->run, P_FAULT_CLIENTID, 0, OP_F_CID_LITERAL) ? -1 : announced(line, &sync);
    if (literal >= 0) {
        literal_begins(m, session, literal, sync, end);
        return;
    }
    if (wants_answer(m, session, whole)) {
        s->secret = true;
        s->command = s->line = end;
        serve_line(m, session, "+ ");
        return;
    }
    end = serve_overtaken(m, session, end);
    serve_command(m, session, end, (struct slice){0});
    if (s->open) consume(s, end);
}

/* Nothing is allocated for what is merely announced. */
static bool keep(struct model_server *m, struct serve_session *s, const uint8_t *p, size_t n) {
    if (s->n + n > s->cap) {
        size_t cap = s->cap ? s->cap : 4096;
        while (cap < s->n + n) cap *= 2;
        uint8_t *in = m->held + cap - s->cap > INPUT_TOTAL ? NULL : realloc(s->in, cap);
        if (!in) return false;
        m->held += cap - s->cap;
        s->in = in;
        s->cap = cap;
    }
    memcpy(s->in + s->n, p, n);
    s->n += n;
    return true;
}

void serve_give_back(struct model_server *m, struct serve_session *s) {
    if (s->cap <= INPUT_KEPT || (s->open && s->n)) return;
    free(s->in);
    m->held -= s->cap;
    s->in = NULL;
    s->cap = 0;
}

/* true: the line that is not over yet, or the whole, has reached its limit. */
static bool too_long(const struct model_server *m, int session) {
    const struct serve_session *s = &m->session[session];
    size_t line = s->n > s->line ? s->n - s->line : 0;
    return line > or_max(m->opt.max_line) || s->n > command_limit(m, session) + or_max(m->opt.max_line);
}

void model_server_resume(struct model_server *m, int session) {
    struct serve_session *s = &m->session[session];
    m->speaking = session;
    while (s->open && s->scanned < s->n && !w_session(m->w, (unsigned)session)->handshake) {
        if (s->literal_end > s->scanned) {
            s->scanned = s->literal_end < s->n ? s->literal_end : s->n;
            continue;
        }
        if (!s->scanned && m->opt.busy && m->opt.busy(m->opt.user, session)) break;
        uint8_t *lf = memchr(s->in + s->scanned, '\n', s->n - s->scanned);
        s->scanned = lf ? (size_t)(lf - s->in) + 1 : s->n;
        if (lf)
            line_done(m, session, s->scanned);
        else if (too_long(m, session))
            model_server_bye(m, session, "The line is too long");
    }
    serve_flush(m);
    serve_give_back(m, s);
    model_server_tick(m);
}

void model_server_input(struct model_server *m, int session, const uint8_t *p, size_t n) {
    struct serve_session *s = &m->session[session];
    if (!s->open) return;
    if (!keep(m, s, p, n)) {
        model_server_bye(m, session, "No room for the command");
        return;
    }
    model_server_resume(m, session);
}
