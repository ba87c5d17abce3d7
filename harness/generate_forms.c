/* generate_forms.c: programs that repeat the command forms that a run has sent seldom, the rarest first: two
 * sessions in one mailbox, of which now and then one expunges what the other is not told of.
 */
#include "generate_priv.h"

#include <string.h>

#define FORM_COMMANDS 72 /* of one program, about */
#define FORM_ERRORS   6  /* servers end a session that sends many wrong commands */

struct snippet {
    const char *form;
    void (*put)(struct generator *g, int s, const struct snippet *x);
    const char *text; /* sent as it is, by put_text */
    uint8_t what, more;
    bool wrong; /* the server is to refuse it */
};

static void put_text(struct generator *g, int s, const struct snippet *x) { emit_text(g, s, x->text); }

static uint64_t some(struct generator *g, int s) {
    uint64_t view = g_view(g, s);
    if (!view) {
        do_append(g, s, g->ses[s].box);
        do_noop(g, s);
        view = g_view(g, s);
    }
    return g_subset(g, view, false);
}

static bool uid_form(const struct snippet *x) { return !strncmp(x->form, "UID ", 4); }

static void put_fetch(struct generator *g, int s, const struct snippet *x) {
    uint64_t mask = some(g, s);
    do_fetch(g, s, uid_form(x), mask, (enum g_item)x->what);
}

static void put_partial(struct generator *g, int s, const struct snippet *x) {
    static const char *const items[] = {"BODY.PEEK[]<0.10>", "BODY[TEXT]<2.4>",
                                        "(UID BODY.PEEK[HEADER]<0.20>)"};
    uint64_t mask = some(g, s);
    put(g, uid_form(x) ? "UID FETCH " : "FETCH ");
    put_set(g, s, uid_form(x), mask, false);
    put(g, " %s", G_PICK(g, items));
    emit(g, s);
    if (uid_form(x))
        g_told(g, s);
}

static void put_store(struct generator *g, int s, const struct snippet *x) {
    uint64_t mask = some(g, s);
    do_store(g, s, uid_form(x), mask, (enum g_store)x->what, x->more);
}

static void put_search_of(struct generator *g, int s, const struct snippet *x) {
    do_search(g, s, uid_form(x), x->what);
}

static void put_copy(struct generator *g, int s, const struct snippet *x) {
    int to = g_other_box(g, s, g->ses[s].box);
    uint64_t mask = some(g, s);
    if (to >= 0)
        do_copy(g, s, x->what, uid_form(x), mask, to);
}

static void put_status(struct generator *g, int s, const struct snippet *x) {
    (void)x;
    do_status(g, s, g->box[g_below(g, (uint32_t)g->boxes)].name);
}

static void put_named(struct generator *g, int s, const struct snippet *x) {
    put(g, "%s", x->text);
    put_name(g, g->box[g_below(g, (uint32_t)g->boxes)].name);
    emit(g, s);
}

static void put_enter(struct generator *g, int s, const struct snippet *x) {
    do_enter(g, s, g->ses[s].box, x->what);
}

static void put_leave(struct generator *g, int s, const struct snippet *x) {
    int box = g->ses[s].box;
    emit_text(g, s, x->form);
    do_enter(g, s, box, false);
}

static void put_expunge(struct generator *g, int s, const struct snippet *x) {
    if (g_chance(g, 50)) {
        uint64_t mask = some(g, s);
        do_mark_deleted(g, s, mask);
    }
    if (x->what)
        do_uid_expunge(g, s, g_view(g, s));
    else
        do_expunge(g, s);
}

/* Names that only stand here: as if they had always been taken. */
static void put_tree(struct generator *g, int s, const struct snippet *x) {
    emit_text(g, s, "CREATE GOO");
    if (x->what)
        emit_text(g, s, "RENAME GOO GAR");
    emit_text(g, s, x->what ? "DELETE GAR" : "DELETE GOO");
}

static void put_inbox(struct generator *g, int s, const struct snippet *x) {
    (void)x;
    put(g, "APPEND INBOX ");
    put_message(g);
    emit(g, s);
    emit_text(g, s, "RENAME INBOX GOO");
    emit_text(g, s, "DELETE GOO");
}

static void put_append(struct generator *g, int s, const struct snippet *x) {
    put(g, "APPEND FOO ");
    if (x->what)
        put(g, "(\\Seen) ");
    put_message(g);
    emit(g, s);
}

static void put_idle(struct generator *g, int s, const struct snippet *x) {
    (void)x;
    do_idle(g, s);
    do_done(g, s);
}

/* In a session of its own. */
static void put_session(struct generator *g, int s, const struct snippet *x) {
    s = 3;
    g->ses[s] = (struct g_session){.state = G_CLOSED, .box = -1};
    bool login = x->what || (!x->more && g_chance(g, 50));
    do_open(g, s, x->more ? TLS_PLAIN : TLS_DEFAULT, login);
    if (x->text)
        emit_text(g, s, x->text);
    if (!program_close(g->out, s))
        g->failed = true;
    g->ses[s].state = G_CLOSED;
}

static const struct snippet snippets[] = {
    {"APPEND", put_append, NULL, 0, 0, false},
    {"APPEND with flags", put_append, NULL, 1, 0, false},
    {"CAPABILITY", put_text, "CAPABILITY", 0, 0, false},
    {"CHECK", put_text, "CHECK", 0, 0, false},
    {"CLIENTID", put_text, "CLIENTID UUID 23bf83be-aad7-46aa-9e50-39191ccf402f", 0, 0, true},
    {"CLOSE", put_leave, NULL, 0, 0, false},
    {"COPY", put_copy, NULL, 0, 0, false},
    {"CREATE", put_tree, NULL, 0, 0, false},
    {"DELETE", put_tree, NULL, 0, 0, false},
    {"EXAMINE", put_enter, NULL, 1, 0, false},
    {"EXPUNGE", put_expunge, NULL, 0, 0, false},
    {"FETCH body", put_fetch, NULL, G_BODY, 0, false},
    {"FETCH body partial", put_partial, NULL, 0, 0, false},
    {"FETCH flags", put_fetch, NULL, G_FLAGS, 0, false},
    {"FETCH meta", put_fetch, NULL, G_META, 0, false},
    {"ID ()", put_text, "ID ()", 0, 0, false},
    {"ID NIL", put_text, "ID NIL", 0, 0, false},
    {"ID list", put_text, "ID (\"name\" \"imapdiff\" \"version\" \"1\")", 0, 0, false},
    {"ID malformed", put_text, "ID (\"name\")", 0, 0, true},
    {"IDLE", put_idle, NULL, 0, 0, false},
    {"LIST %", put_text, "LIST \"\" $box%", 0, 0, false},
    {"LIST *", put_text, "LIST \"\" $box*", 0, 0, false},
    {"LIST name", put_named, "LIST \"\" ", 0, 0, false},
    {"LOGIN", put_session, NULL, 1, 0, false},
    {"LOGOUT", put_session, "LOGOUT", 0, 0, false},
    {"LSUB %", put_text, "LSUB \"\" $box%", 0, 0, false},
    {"LSUB *", put_text, "LSUB \"\" $box*", 0, 0, false},
    {"MOVE", put_copy, NULL, 1, 0, false},
    {"NOOP", put_text, "NOOP", 0, 0, false},
    {"RENAME", put_tree, NULL, 1, 0, false},
    {"RENAME INBOX", put_inbox, NULL, 0, 0, false},
    {"SEARCH content", put_search_of, NULL, 1, 0, false},
    {"SEARCH meta", put_search_of, NULL, 0, 0, false},
    {"SELECT", put_enter, NULL, 0, 0, false},
    {"STARTTLS", put_session, "STARTTLS", 0, 1, false},
    {"STATUS", put_status, NULL, 0, 0, false},
    {"STORE +FLAGS", put_store, NULL, G_ADD, 0, false},
    {"STORE +FLAGS.SILENT", put_store, NULL, G_ADD, 1, false},
    {"STORE -FLAGS", put_store, NULL, G_REMOVE, 0, false},
    {"STORE -FLAGS.SILENT", put_store, NULL, G_REMOVE, 1, false},
    {"STORE FLAGS", put_store, NULL, G_SET, 0, false},
    {"STORE FLAGS.SILENT", put_store, NULL, G_SET, 1, false},
    {"SUBSCRIBE", put_named, "SUBSCRIBE ", 0, 0, false},
    {"UID COPY", put_copy, NULL, 0, 0, false},
    {"UID EXPUNGE", put_expunge, NULL, 1, 0, false},
    {"UID FETCH body", put_fetch, NULL, G_BODY, 0, false},
    {"UID FETCH body partial", put_partial, NULL, 0, 0, false},
    {"UID FETCH flags", put_fetch, NULL, G_FLAGS, 0, false},
    {"UID FETCH meta", put_fetch, NULL, G_META, 0, false},
    {"UID MOVE", put_copy, NULL, 1, 0, false},
    {"UID SEARCH content", put_search_of, NULL, 1, 0, false},
    {"UID SEARCH meta", put_search_of, NULL, 0, 0, false},
    {"UID STORE +FLAGS", put_store, NULL, G_ADD, 0, false},
    {"UID STORE +FLAGS.SILENT", put_store, NULL, G_ADD, 1, false},
    {"UNSELECT", put_leave, NULL, 0, 0, false},
    {"UNSUBSCRIBE", put_named, "UNSUBSCRIBE ", 0, 0, false},
    {"unknown command", put_text, "XUNKNOWN", 0, 0, true},
};

static const struct snippet *snippet_of(const struct generator *g, const char *form) {
    if ((g->o.families & GENERATE_CLIENTID && !strcmp(form, "CLIENTID")) ||
        (!g->o.starttls && !strcmp(form, "STARTTLS")) || (!g->o.allow_inbox && !strcmp(form, "RENAME INBOX")))
        return NULL;
    for (size_t i = 0; i < sizeof snippets / sizeof *snippets; i++)
        if (!strcmp(snippets[i].form, form))
            return &snippets[i];
    return NULL;
}

/* The one that is missed most of those that may still come; n: none. */
static uint32_t most_missed(const struct generator *g, const struct form_want *want, uint32_t n) {
    uint32_t best = n;
    for (uint32_t i = 0; i < n; i++) {
        const struct snippet *x = want[i].missing ? snippet_of(g, want[i].form) : NULL;
        if (x && !(x->wrong && g->errors >= FORM_ERRORS) &&
            (best == n || want[i].missing > want[best].missing))
            best = i;
    }
    return best;
}

/* Both in FOO; BAR is there to copy to. */
static void prepare(struct generator *g) {
    program_comment(g->out, "command forms");
    if (!program_add(g->out, LINE_MAILBOX, 0, "GOO GAR", 7))
        g->failed = true;
    g->names_used |= 0x30;
    g->actors = 2;
    do_mailbox(g, 1, 6);
    g_other_box(g, 1, 0);
    do_enter(g, 1, 0, false);
    do_enter(g, 2, 0, false);
}

bool generator_forms(struct generator *g, struct form_want *want, uint32_t n, struct program *out) {
    uint32_t best;
    g_seed(g, g->seed ^ 0x666f726d73u, g->forms++);
    g_reset(g, out);
    if (most_missed(g, want, n) == n)
        return false;
    prepare(g);
    while (g->commands < FORM_COMMANDS && (best = most_missed(g, want, n)) < n) {
        const struct snippet *x = snippet_of(g, want[best].form);
        int s = g_between(g, 1, 2);
        if (g_chance(g, 8) && g->ses[s].n > 1)
            do_remove(g, s, g_subset(g, g_view(g, s), true), s);
        if (g->ses[s].state != G_SELECTED)
            do_enter(g, s, 0, false);
        g->errors += x->wrong;
        x->put(g, s, x);
        want[best].missing--;
    }
    return !out->failed && !g->failed;
}
