/* serve_fetch.c: the FETCH responses that the model's server gives, for living and for expunged messages. */
#include "serve.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct answer *answer_for(struct model_server *m, const struct step *s, uint8_t att) {
    int item = att == ATT_FLAGS || att == ATT_UID ? 0
               : att == ATT_RFC822 || att == ATT_RFC822_TEXT || att == ATT_RFC822_HEADER || att == ATT_BODY_SECTION ? 2 : 1;
    int f[3] = {s->c->uid, s->all_dead, item};
    return run_serve_answer(&m->run, P_FETCH_EXPUNGED, point_context(P_FETCH_EXPUNGED, 3, f));
}

void serve_octets(struct model_server *m, const uint8_t *p, size_t n) {
    if (m->out.len + n < m->out.cap) {
        out_octets(&m->out, p, n);
        return;
    }
    serve_flush(m);
    if (m->opt.emit && n) m->opt.emit(m->opt.user, m->speaking, p, n);
}

enum { LENT = 2048 }; /* octets of a message that are worth not being copied */

static void big(struct model_server *m, const struct step *s, struct slice v) {
    char head[32];
    int f[2] = {s->c->uid, 0};
    uint32_t context = point_context(P_FAULT_FETCH, 2, f), announced = v.n;
    if (run_fault(&m->run, P_FAULT_FETCH, context, OP_F_LITERAL_LONG)) announced += 3;
    if (run_fault(&m->run, P_FAULT_FETCH, context, OP_F_LITERAL_SHORT) && v.n > 3) announced -= 3;
    int n = snprintf(head, sizeof head, "{%u}\r\n", announced);
    out_octets(&m->out, head, (size_t)n);
    if (!m->opt.lend || v.n < LENT) {
        serve_octets(m, v.p, v.n);
        return;
    }
    serve_flush(m);
    m->opt.lend(m->opt.user, m->speaking, v.p, v.n);
}

/* An envelope or a structure may be larger than `out`: then `out` grows. */
static void print_made(struct model_server *m, uint32_t id, uint8_t att) {
    const struct content_ops *o = &m->opt.content;
    for (;;) {
        size_t before = m->out.len;
        if (att == ATT_ENVELOPE)
            o->envelope(o->self, id, &m->out);
        else
            o->structure(o->self, id, att == ATT_BODYSTRUCTURE, &m->out);
        if (m->out.len <= m->out.cap) return;
        size_t want = m->out.len - before + 4096;
        m->out.len = before;
        serve_flush(m);
        uint8_t *p = want > m->out.cap ? realloc(m->out.p, want) : m->out.p;
        if (!p) {
            out_text(&m->out, "NIL");
            return;
        }
        m->out.p = p;
        if (want > m->out.cap) m->out.cap = want;
    }
}

static void section_name(struct model_server *m, const struct fetch_want *w) {
    static const char *const names[ATT_COUNT] = {
        [ATT_RFC822] = "RFC822", [ATT_RFC822_HEADER] = "RFC822.HEADER", [ATT_RFC822_TEXT] = "RFC822.TEXT", [ATT_RFC822_SIZE] = "RFC822.SIZE",
        [ATT_ENVELOPE] = "ENVELOPE", [ATT_BODY] = "BODY", [ATT_BODYSTRUCTURE] = "BODYSTRUCTURE", [ATT_INTERNALDATE] = "INTERNALDATE",
        [ATT_UID] = "UID", [ATT_FLAGS] = "FLAGS"};
    if (w->att != ATT_BODY_SECTION) {
        out_text(&m->out, names[w->att] ? names[w->att] : "X-DATA");
        return;
    }
    out_text(&m->out, "BODY[");
    serve_octets(m, w->section.p, w->section.n);
    out_text(&m->out, "]");
    if (w->partial) {
        out_text(&m->out, "<");
        out_number(&m->out, w->first);
        out_text(&m->out, ">");
    }
}

static void print_octets(struct model_server *m, const struct step *s, const struct fetch_want *w, uint32_t id) {
    struct slice want = {(const uint8_t *)"", 0}, v = {(const uint8_t *)"", 0};
    if (w->att == ATT_BODY_SECTION) want = w->section;
    if (w->att == ATT_RFC822_HEADER) want = (struct slice){(const uint8_t *)"HEADER", 6};
    if (w->att == ATT_RFC822_TEXT) want = (struct slice){(const uint8_t *)"TEXT", 4};
    if (!m->opt.content.section(m->opt.content.self, id, want, &v)) {
        out_text(&m->out, "NIL");
        return;
    }
    if (w->partial) {
        uint32_t first = w->first < v.n ? w->first : v.n;
        v.p += first;
        v.n = v.n - first < w->count ? v.n - first : w->count;
    }
    big(m, s, v);
}

/* MAP-4.1.3-e1 to e11 */
static void print_empty(struct model_server *m, const struct fetch_want *w) {
    switch (w->att) {
    case ATT_ENVELOPE: out_text(&m->out, "(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)"); break;
    case ATT_FLAGS: out_text(&m->out, "()"); break;
    case ATT_INTERNALDATE: out_text(&m->out, "\"00-Jan-0000 00:00:00 +0000\""); break;
    case ATT_RFC822_SIZE: out_text(&m->out, "0"); break;
    case ATT_BODY: case ATT_BODYSTRUCTURE: out_text(&m->out, "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 0 0)"); break;
    default: out_text(&m->out, "\"\""); break;
    }
}

static uint32_t flags_for(struct model_server *m, const struct step *s, uint16_t g) {
    int f[2] = {s->c->uid, w_message(m->w, g)->dead};
    uint32_t context = point_context(P_FAULT_FETCH, 2, f);
    uint32_t flags = world_flags(m->w, g);
    if (run_fault(&m->run, P_FAULT_FETCH, context, OP_F_WRONG_FLAGS)) flags ^= FLAG_DRAFT | FLAG_ANSWERED;
    if (run_fault(&m->run, P_FAULT_FETCH, context, OP_F_STALE_FLAGS)) flags = w_version(m->w, w_message(m->w, g)->first)->flags;
    return flags;
}

static void print_item(struct model_server *m, const struct step *s, const struct fetch_want *w, uint16_t g, uint16_t data) {
    const struct wmessage *x = w_message(m->w, g);
    int f[2] = {s->c->uid, x->dead};
    uint32_t context = point_context(P_FAULT_FETCH, 2, f);
    uint32_t id = w_content(m->w, w_message(m->w, data)->content)->id;
    const struct content_ops *o = &m->opt.content;
    if (run_fault(&m->run, P_FAULT_FETCH, context, OP_F_EMPTY_LIVING) && !x->dead && w->att != ATT_UID && w->att != ATT_FLAGS) {
        print_empty(m, w);
        return;
    }
    switch (w->att) {
    case ATT_UID:
        out_number(&m->out, x->uid + (run_fault(&m->run, P_FAULT_FETCH, context, OP_F_WRONG_UID) ? 1 : 0) +
                                (run_fault(&m->run, P_FAULT_FETCH, context, OP_F_UID_CHANGES) ? ++m->selects : 0));
        break;
    case ATT_FLAGS: print_flags(m, flags_for(m, s, g)); break;
    case ATT_INTERNALDATE: {
        char buf[40];
        struct slice date = message_date(&m->run, g, buf);
        out_text(&m->out, "\"");
        out_octets(&m->out, date.p, date.n);
        out_text(&m->out, "\"");
        break;
    }
    case ATT_RFC822_SIZE:
        out_number(&m->out, o->octets(o->self, id).n + (run_fault(&m->run, P_FAULT_FETCH, context, OP_F_WRONG_SIZE) ? ++m->selects : 0));
        break;
    case ATT_ENVELOPE: case ATT_BODY: case ATT_BODYSTRUCTURE: print_made(m, id, w->att); break;
    default: print_octets(m, s, w, id); break;
    }
}

/* One message's response. A UID FETCH has the UID in it whatever was asked (RFC 3501 6.4.8). */
static void fetch_one(struct model_server *m, struct step *s, const struct target *t) {
    static const struct fetch_want uid = {.att = ATT_UID};
    uint16_t data = t->m;
    int f[2] = {s->c->uid, t->dead};
    uint32_t context = point_context(P_FAULT_FETCH, 2, f);
    if (run_fault(&m->run, P_FAULT_FETCH, context, OP_F_WRONG_MESSAGE)) {
        uint16_t next = w_message(m->w, t->m)->next ? w_message(m->w, t->m)->next : w_box(m->w, w_message(m->w, t->m)->box)->first;
        data = next;
    }
    unsigned printed = 0;
    bool has_uid = false;
    m->out.len = 0;
    m->speaking = s->session;
    out_text(&m->out, "* ");
    out_number(&m->out, t->seq);
    out_text(&m->out, " FETCH (");
    for (uint32_t i = 0; i <= s->c->wants; i++) {
        bool extra = i == s->c->wants;
        const struct fetch_want *w = extra ? &uid : &s->c->want[i];
        if (extra && (!s->c->uid || has_uid || !printed)) break;
        has_uid |= w->att == ATT_UID;
        const struct answer *a = t->dead ? answer_for(m, s, w->att) : NULL;
        if (a && answer_has(a, OP_DATA_ABSENT) && !extra) continue;
        if (m->out.len > m->out.cap / 2) serve_flush(m);
        if (printed++) out_text(&m->out, " ");
        section_name(m, w);
        out_text(&m->out, " ");
        if (a && answer_has(a, OP_DATA_EMPTY) && w->att != ATT_UID) {
            m->told_empty = true;
            print_empty(m, w);
        } else
            print_item(m, s, w, t->m, data);
    }
    out_text(&m->out, ")\r\n");
    if (printed)
        serve_flush(m);
    else
        m->out.len = 0;
}

void serve_fetch_data(struct model_server *m, struct step *s) {
    int f[2] = {s->c->uid, 0};
    uint32_t context = point_context(P_FAULT_FETCH, 2, f);
    bool skip = run_fault(&m->run, P_FAULT_FETCH, context, OP_F_SKIP_LIVING);
    bool shift = run_fault(&m->run, P_FAULT_FETCH, context, OP_F_SHIFT_SEQ) && !s->c->uid;
    bool silent = s->some_dead && s->all_dead && s->word == REPLY_NO;
    for (unsigned i = 0; i < s->targets; i++) {
        struct target t = m->run.target[s->first + i];
        if (skip && !t.dead) {
            skip = false;
            continue;
        }
        if (silent && t.dead) continue; /* MAP-4.1.2-b, MAP-4.1.3-b: only the tagged NO */
        if (shift) { /* the truth's n-th message instead of the view's */
            unsigned n = 0;
            for (uint16_t g = w_box(m->w, w_session(m->w, (unsigned)s->session)->box)->first; g; g = w_message(m->w, g)->next)
                if (!w_message(m->w, g)->dead && ++n == t.seq) t.m = g, t.dead = 0;
        }
        fetch_one(m, s, &t);
    }
    if (run_fault(&m->run, P_FAULT_FETCH, context, OP_F_SEQ_BEYOND))
        serve_line(m, s->session, "* %u FETCH (FLAGS ())", w_session(m->w, (unsigned)s->session)->view + 1u);
    for (unsigned i = 0; i < s->targets; i++) { /* told: later answers may not be older */
        int v = world_view_at(m->w, (unsigned)s->session, m->run.target[s->first + i].m, m->run.target[s->first + i].seq);
        for (uint32_t k = 0; v >= 0 && k < s->c->wants; k++)
            if (s->c->want[k].att == ATT_FLAGS)
                w_view(m->w, (unsigned)s->session)[v].floor = w_message(m->w, m->run.target[s->first + i].m)->last;
    }
}

static void store_one(struct model_server *m, struct step *s, const struct target *t, uint32_t flags) {
    m->out.len = 0;
    m->speaking = s->session;
    out_text(&m->out, "* ");
    out_number(&m->out, t->seq);
    out_text(&m->out, " FETCH (");
    if (s->c->uid) {
        out_text(&m->out, "UID ");
        out_number(&m->out, w_message(m->w, t->m)->uid);
        out_text(&m->out, " ");
    }
    out_text(&m->out, "FLAGS ");
    print_flags(m, flags);
    out_text(&m->out, ")\r\n");
    serve_flush(m);
}

void serve_store_data(struct model_server *m, struct step *s) {
    int f[2] = {s->c->uid, s->some_dead};
    uint32_t context = point_context(P_FAULT_STORE, 2, f);
    bool skip = run_fault(&m->run, P_FAULT_STORE, context, OP_F_SKIP_LIVING);
    bool wrong = run_fault(&m->run, P_FAULT_STORE, context, OP_F_WRONG_FLAGS);
    bool living = !s->some_dead || (s->answer && (answer_has(s->answer, OP_TELL_LIVING) || answer_has(s->answer, OP_TELL_ALL)));
    bool dead = s->answer && answer_has(s->answer, OP_TELL_ALL);
    if (s->c->silent && !wrong) return;
    for (unsigned i = 0; i < s->targets; i++) {
        const struct target *t = &m->run.target[s->first + i];
        if (t->dead ? !dead : !living || (skip && !i)) continue;
        uint32_t flags = t->dead ? world_flags(m->w, t->m) : t->flags;
        store_one(m, s, t, wrong ? flags ^ FLAG_ANSWERED : flags);
    }
}
