/* serve_names.c: LIST, LSUB and STATUS of the model's server. */
#include "serve.h"

#include <stdio.h>

static void list_one(struct model_server *m, struct step *s, uint16_t name, const char *attributes) {
    m->out.len = 0;
    m->speaking = s->session;
    out_text(&m->out, s->c->kind == CMD_LSUB ? "* LSUB (" : "* LIST (");
    out_text(&m->out, attributes);
    out_text(&m->out, ") \"/\" ");
    out_astring(&m->out, world_name_text(m->w, name));
    out_text(&m->out, "\r\n");
    serve_flush(m);
}

static bool shown(struct model_server *m, struct step *s, uint16_t name) {
    if (w_name(m->w, name)->box) return true;
    struct wsession *w = w_session(m->w, (unsigned)s->session);
    for (unsigned b = 1; b < m->w->boxes; b++) {
        const struct wbox *x = w_box(m->w, b);
        if (!x->used || x->state != BOX_GHOST || x->name != name) continue;
        int outside = w->box != b;
        return answer_has(run_serve_answer(&m->run, P_GHOST_VISIBLE, point_context(P_GHOST_VISIBLE, 1, &outside)), OP_SHOW) && !outside;
    }
    return false;
}

static void serve_list(struct model_server *m, struct step *s) {
    uint8_t ref[512], pat[512], both[1024];
    size_t rn = istring_copy(&s->c->mailbox, ref, sizeof ref), pn = istring_copy(&s->c->mailbox2, pat, sizeof pat);
    bool lsub = s->c->kind == CMD_LSUB;
    if (rn > sizeof ref || pn > sizeof pat) return;
    if (!pn) { /* RFC 3501 6.3.8: asks for the separator */
        serve_line(m, s->session, "* LIST (\\Noselect) \"/\" \"\"");
        return;
    }
    for (size_t i = 0; i < rn; i++) both[i] = ref[i];
    for (size_t i = 0; i < pn; i++) both[rn + i] = pat[i];
    struct slice p = {both, (uint32_t)(rn + pn)};
    int list = lsub ? 5 : 4;
    bool lost = run_fault(&m->run, P_FAULT_MAILBOX, point_context(P_FAULT_MAILBOX, 1, &list), OP_F_NAME_LOST);
    bool stays = run_fault(&m->run, P_FAULT_MAILBOX, point_context(P_FAULT_MAILBOX, 1, &list), OP_F_NAME_STAYS);
    for (unsigned i = 1; i < m->w->names; i++) {
        struct wname *n = w_name(m->w, i);
        if (n->user != w_session(m->w, (unsigned)s->session)->user || !pattern_matches(p, world_name_text(m->w, (uint16_t)i), '/')) continue;
        bool show = lsub ? n->subscribed == NAME_YES : shown(m, s, (uint16_t)i) || (stays && n->last_validity);
        if (show && lost && !name_is_inbox(world_name_text(m->w, (uint16_t)i))) {
            lost = false;
            continue;
        }
        if (show) list_one(m, s, (uint16_t)i, lsub && !n->box ? "\\Noselect" : "");
    }
}

static void serve_status(struct model_server *m, struct step *s) {
    const struct wsession *w = w_session(m->w, (unsigned)s->session);
    struct wbox *b = w_box(m->w, s->box);
    bool view = s->answer && answer_has(s->answer, OP_VIEW) && w->box == s->box;
    int status = 6;
    uint32_t wrong = run_fault(&m->run, P_FAULT_MAILBOX, point_context(P_FAULT_MAILBOX, 1, &status), OP_F_STATUS_WRONG) ? 3 : 0;
    uint32_t n = view ? w->view : world_living(m->w, s->box), unseen = 0, k = 0;
    for (uint16_t g = b->first; g; g = w_message(m->w, g)->next)
        unseen += !w_message(m->w, g)->dead && !(world_flags(m->w, g) & FLAG_SEEN);
    static const char *const names[ST_COUNT] = {"MESSAGES", "RECENT", "UIDNEXT", "UIDVALIDITY", "UNSEEN", "SIZE"};
    uint32_t value[ST_COUNT] = {n + wrong, 0, b->uidnext, b->validity, unseen, 0};
    m->out.len = 0;
    m->speaking = s->session;
    out_text(&m->out, "* STATUS ");
    out_astring(&m->out, world_name_text(m->w, s->name));
    out_text(&m->out, " (");
    for (int i = 0; i < ST_COUNT; i++) {
        if (!(s->c->status >> i & 1) || i == ST_SIZE) continue;
        if (k++) out_text(&m->out, " ");
        out_text(&m->out, names[i]);
        out_text(&m->out, " ");
        out_number(&m->out, value[i]);
    }
    out_text(&m->out, ")\r\n");
    serve_flush(m);
}

void serve_names(struct model_server *m, struct step *s) {
    if (s->c->kind == CMD_STATUS)
        serve_status(m, s);
    else
        serve_list(m, s);
}
