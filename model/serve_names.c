/* serve_names.c: LIST, LSUB and STATUS of the model's server. */
#include "serve.h"

#include <string.h>

static struct slice text_of(const struct model_server *m, unsigned name) { return world_name_text(m->w, (uint16_t)name); }

static bool is_ours(const struct model_server *m, const struct step *s, unsigned name) {
    uint8_t user = w_name(m->w, name)->user;
    return user == w_session(m->w, (unsigned)s->session)->user || (m->opt.shared && user == USER_SHARED);
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

/* In the list that the command asks for? */
static bool listed(struct model_server *m, struct step *s, unsigned name) {
    if (!is_ours(m, s, name)) return false;
    return s->c->kind == CMD_LSUB ? w_name(m->w, name)->subscribed == NAME_YES : shown(m, s, (uint16_t)name);
}

static bool below(struct slice name, struct slice parent) {
    return name.n > parent.n && name.p[parent.n] == '/' && memcmp(name.p, parent.p, parent.n) == 0;
}

/* The first listed name, from `from` on, that is below this one; 0: none. */
static unsigned first_below(struct model_server *m, struct step *s, struct slice parent, unsigned from) {
    for (unsigned i = from; i < m->w->names; i++)
        if (below(text_of(m, i), parent) && listed(m, s, i)) return i;
    return 0;
}

/* RFC 6154: as mailboxes are usually called. */
static const char *special_use(struct slice name) {
    static const char *const use[][2] = {{"Drafts", " \\Drafts"}, {"Sent", " \\Sent"}, {"Trash", " \\Trash"},
                                         {"Junk", " \\Junk"}, {"Archive", " \\Archive"}};
    for (unsigned i = 0; i < sizeof use / sizeof *use; i++)
        if (slice_is(name, use[i][0])) return use[i][1];
    return "";
}

static void list_one(struct model_server *m, struct step *s, struct slice name, bool exists) {
    bool lsub = s->c->kind == CMD_LSUB;
    m->out.len = 0;
    m->speaking = s->session;
    out_text(&m->out, lsub ? "* LSUB (" : "* LIST (");
    out_text(&m->out, exists ? "" : lsub ? "\\Noselect" : "\\Noselect ");
    if (!lsub) out_text(&m->out, first_below(m, s, name, 1) ? "\\HasChildren" : "\\HasNoChildren");
    if (!lsub) out_text(&m->out, special_use(name));
    out_text(&m->out, ") \"/\" ");
    out_astring(&m->out, name);
    out_text(&m->out, "\r\n");
    serve_flush(m);
}

/* RFC 3501 6.3.8, 6.3.9: levels of a listed name that the pattern meets, and that are no listed names themselves; each once. */
static void list_levels(struct model_server *m, struct step *s, struct slice pattern, unsigned i) {
    struct slice name = text_of(m, i);
    for (uint32_t k = 1; k < name.n; k++) {
        struct slice level = {name.p, k};
        if (name.p[k] != '/' || !pattern_matches(pattern, level, '/') || first_below(m, s, level, 1) != i) continue;
        uint16_t self = world_find_name(m->w, w_name(m->w, i)->user, level);
        if (!self || !listed(m, s, self)) list_one(m, s, level, false);
    }
}

static void serve_list(struct model_server *m, struct step *s) {
    uint8_t ref[512], pat[512], both[1024];
    size_t rn = istring_copy(&s->c->mailbox, ref, sizeof ref), pn = istring_copy(&s->c->mailbox2, pat, sizeof pat);
    bool lsub = s->c->kind == CMD_LSUB;
    if (rn > sizeof ref || pn > sizeof pat) return;
    if (!pn) { /* RFC 3501 6.3.8: asks for the separator */
        serve_line(m, s->session, "* %s (\\Noselect) \"/\" \"\"", lsub ? "LSUB" : "LIST");
        return;
    }
    for (size_t i = 0; i < rn; i++) both[i] = ref[i];
    for (size_t i = 0; i < pn; i++) both[rn + i] = pat[i];
    struct slice p = {both, (uint32_t)(rn + pn)};
    int list = lsub ? 5 : 4;
    bool lost = run_fault(&m->run, P_FAULT_MAILBOX, point_context(P_FAULT_MAILBOX, 1, &list), OP_F_NAME_LOST);
    bool stays = run_fault(&m->run, P_FAULT_MAILBOX, point_context(P_FAULT_MAILBOX, 1, &list), OP_F_NAME_STAYS);
    bool star = memchr(p.p, '*', p.n) != NULL; /* it meets the inferior names, too; LSUB: RFC 3501 6.3.9 wants the levels for % */
    for (unsigned i = 1; i < m->w->names; i++) {
        struct wname *n = w_name(m->w, i);
        bool show = listed(m, s, i) || (stays && !lsub && n->last_validity && is_ours(m, s, i));
        if (!show) continue;
        if (!star) list_levels(m, s, p, i);
        if (!pattern_matches(p, text_of(m, i), '/')) continue;
        if (lost && !name_is_inbox(text_of(m, i))) {
            lost = false;
            continue;
        }
        list_one(m, s, text_of(m, i), n->box || !lsub);
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
