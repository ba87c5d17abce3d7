/* generate_state.c: commands, and what each is believed to do to mailboxes and views. The belief only steers:
 * where a server acts otherwise, the program is as good a question. */
#include "generate_priv.h"

#include <stdio.h>
#include <string.h>

static const char *const g_names[] = {"FOO", "BAR", "BAZ",
                                      "QUX", "GOO", "GAR"}; /* the last two need @mailbox */

/* ---- sending ---- */

void emit(struct generator *g, int s) {
    struct line *l = program_add(g->out, LINE_SEND, s, g->text, g->text_n);
    g->text_n = 0;
    g->commands++;
    if (!l) {
        g->failed = true;
        return;
    }
    if (g->plus)
        l->flags |= LINE_NOWAIT;
    struct g_session *w = &g->ses[s];
    if (w->state == G_CLOSED) {
        *w = (struct g_session){.state = G_AUTH, .box = -1};
    }
    w->used = true;
}

void emit_text(struct generator *g, int s, const char *text) {
    put(g, "%s", text);
    emit(g, s);
}

bool g_room(const struct generator *g) { return g->commands < (uint32_t)g->o.commands; }

/* ---- beliefs ---- */

uint64_t g_living(const struct generator *g, int box) {
    const struct g_box *b = &g->box[box];
    return (b->n ? ~0ull >> (64 - b->n) : 0) & ~b->dead;
}

uint64_t g_view(const struct generator *g, int s) {
    uint64_t mask = 0;
    for (int i = 0; i < g->ses[s].n; i++)
        mask |= 1ull << g->ses[s].view[i];
    return mask;
}

uint64_t g_untold(const struct generator *g, int s) {
    return g->ses[s].box < 0 ? 0 : g_view(g, s) & g->box[g->ses[s].box].dead;
}

void g_told(struct generator *g, int s) {
    struct g_session *w = &g->ses[s];
    if (w->state != G_SELECTED || w->lost || g->box[w->box].state != G_LIVE)
        return;
    uint64_t living = g_living(g, w->box);
    w->n = 0;
    for (int i = 0; i < g->box[w->box].n; i++)
        if (living >> i & 1)
            w->view[w->n++] = (uint8_t)i;
}

const char *g_free_name(struct generator *g) {
    for (uint32_t i = 0; i < sizeof g_names / sizeof *g_names; i++)
        if (!(g->names_used >> i & 1)) {
            g->names_used |= 1u << i;
            if (i == 4 && !program_add(g->out, LINE_MAILBOX, 0, "GOO GAR", 7))
                g->failed = true;
            return g_names[i];
        }
    return NULL;
}

int g_free_session(struct generator *g) {
    for (int s = 1; s <= g->actors; s++)
        if (!g->ses[s].used)
            return s;
    return g->actors > 1 ? g_between(g, 2, g->actors) : 1;
}

int g_other(struct generator *g, int s) {
    if (g->actors < 2)
        return s;
    int other = g_between(g, 1, g->actors - 1);
    return other < s ? other : other + 1;
}

int g_box_of(const struct generator *g, const char *name) {
    for (int i = 0; i < g->boxes; i++)
        if (g->box[i].state == G_LIVE && !strcmp(g->box[i].name, name))
            return i;
    return -1;
}

int g_other_box(struct generator *g, int s, int box) {
    for (int i = 0; i < g->boxes; i++)
        if (g->box[i].state == G_LIVE && i != box)
            return i;
    const char *name = g_free_name(g);
    return name ? do_create(g, s, name) : -1;
}

static void leave(struct g_session *w) {
    w->state = G_AUTH;
    w->box = -1;
    w->n = 0;
    w->read_only = w->lost = false;
}

static void lose_visitors(struct generator *g, int box) {
    for (int s = 1; s <= G_SESSIONS; s++)
        if (g->ses[s].state == G_SELECTED && g->ses[s].box == box)
            g->ses[s].lost = true;
}

static void add_message(struct generator *g, int box, bool deleted) {
    struct g_box *b = &g->box[box];
    if (b->n >= G_MESSAGES)
        return;
    if (deleted)
        b->deleted |= 1ull << b->n;
    b->n++;
}

/* ---- sessions ---- */

void do_open(struct generator *g, int s, enum line_tls tls, bool login) {
    if (!program_open(g->out, s, 0, tls, login))
        g->failed = true;
    if (g->ses[s].state == G_CLOSED)
        g->ses[s] = (struct g_session){.state = login ? G_AUTH : G_NONAUTH, .box = -1};
    g->ses[s].used = true;
}

void do_end(struct generator *g, int s) {
    if (g->ses[s].state == G_CLOSED)
        return;
    if (g_chance(g, 50))
        emit_text(g, s, "LOGOUT");
    else if (!program_close(g->out, s))
        g->failed = true;
    g->ses[s] = (struct g_session){.state = G_CLOSED, .box = -1, .used = true};
}

void do_noop(struct generator *g, int s) {
    emit_text(g, s, g->ses[s].state == G_SELECTED && g_chance(g, 12) ? "CHECK" : "NOOP");
    g_told(g, s);
}

void do_idle(struct generator *g, int s) {
    if (!(g->o.families & GENERATE_IDLE)) {
        do_noop(g, s);
        return;
    }
    emit_text(g, s, "IDLE");
    g_told(g, s);
    g->ses[s].idle = true;
}

void do_done(struct generator *g, int s) {
    if (!g->ses[s].idle)
        return;
    emit_text(g, s, "DONE");
    g->ses[s].idle = false;
    g_told(g, s);
}

/* ---- mailboxes ---- */

int do_create(struct generator *g, int s, const char *name) {
    if (g->boxes == G_BOXES)
        return -1;
    put(g, "CREATE ");
    put_name(g, name);
    emit(g, s);
    struct g_box *b = &g->box[g->boxes];
    *b = (struct g_box){.state = G_LIVE};
    snprintf(b->name, sizeof b->name, "%s", name);
    return g->boxes++;
}

int do_mailbox(struct generator *g, int s, int messages) {
    const char *name = g_free_name(g);
    int box = name ? do_create(g, s, name) : -1;
    for (int i = 0; i < messages && box >= 0; i++)
        do_append(g, s, box);
    return box;
}

void do_append(struct generator *g, int s, int box) {
    bool deleted = g_chance(g, 3);
    put(g, "APPEND ");
    put_name(g, g->box[box].name);
    put(g, " ");
    if (deleted || g_chance(g, 30)) {
        put_flag_list(g, deleted);
        put(g, " ");
    }
    if (g_chance(g, 12))
        put(g, "\"%2d-Mar-1996 02:23:25 +0100\" ", (int)(g->marks % 28) + 1);
    put_message(g);
    emit(g, s);
    if (g->box[box].state == G_LIVE)
        add_message(g, box, deleted);
    if (g->ses[s].box == box)
        g_told(g, s);
}

void do_enter(struct generator *g, int s, int box, bool examine) {
    put(g, examine ? "EXAMINE " : "SELECT ");
    put_name(g, g->box[box].name);
    emit(g, s);
    struct g_session *w = &g->ses[s];
    leave(w);
    if (g->box[box].state != G_LIVE)
        return;
    w->state = G_SELECTED;
    w->box = (int8_t)box;
    w->read_only = examine;
    g_told(g, s);
}

void do_delete(struct generator *g, int s, int box) {
    put(g, "DELETE ");
    put_name(g, g->box[box].name);
    emit(g, s);
    if (!strcmp(g->box[box].name, "INBOX"))
        return;
    g->box[box].state = G_GONE;
    lose_visitors(g, box);
}

void do_rename(struct generator *g, int s, int box, const char *to) {
    put(g, "RENAME ");
    put_name(g, g->box[box].name);
    put(g, " ");
    put_name(g, to);
    emit(g, s);
    struct g_box *b = &g->box[box];
    lose_visitors(g, box);
    if (!strcmp(b->name, "INBOX")) { /* its messages move, it stays */
        uint64_t living = g_living(g, box);
        if (g->boxes == G_BOXES)
            return;
        struct g_box *made = &g->box[g->boxes++];
        *made = (struct g_box){.state = G_LIVE};
        snprintf(made->name, sizeof made->name, "%s", to);
        for (int i = 0; i < b->n; i++)
            if (living >> i & 1)
                add_message(g, g->boxes - 1, b->deleted >> i & 1);
        b->dead |= living;
        return;
    }
    snprintf(b->name, sizeof b->name, "%s", to);
}

void do_status(struct generator *g, int s, const char *name) {
    put(g, "STATUS ");
    put_name(g, name);
    put(g, " ");
    put_status_items(g);
    emit(g, s);
    g_told(g, s);
}

void do_list(struct generator *g, int s) {
    static const char *const patterns[] = {"LIST \"\" $box*",     "LIST \"\" $box%", "LSUB \"\" $box*",
                                           "LIST \"\" \"\"",      "LIST \"\" FOO",   "LSUB \"\" \"$box%\"",
                                           "LIST \"\" \"$box*\"", "LIST \"\" FOO$/%"};
    emit_text(g, s, G_PICK(g, patterns));
    g_told(g, s);
}

/* ---- messages ---- */

void do_fetch(struct generator *g, int s, bool uid, uint64_t mask, enum g_item item) {
    put(g, uid ? "UID FETCH " : "FETCH ");
    put_set(g, s, uid, mask, true);
    put(g, " ");
    put_items(g, item);
    emit(g, s);
    if (uid)
        g_told(g, s);
}

void do_store(struct generator *g, int s, bool uid, uint64_t mask, enum g_store mode, bool silent) {
    static const char *const word[] = {"FLAGS", "+FLAGS", "-FLAGS"};
    put(g, uid ? "UID STORE " : "STORE ");
    put_set(g, s, uid, mask, true);
    put(g, " %s%s ", word[mode], silent ? ".SILENT" : "");
    if (g_chance(g, 10))
        put(g, "\\Flagged"); /* without parentheses */
    else
        put_flag_list(g, false);
    emit(g, s);
    if (mode == G_SET && !g->ses[s].read_only && g->ses[s].box >= 0)
        g->box[g->ses[s].box].deleted &= ~mask;
    if (uid)
        g_told(g, s);
}

void do_mark_deleted(struct generator *g, int s, uint64_t mask) {
    bool uid = g_chance(g, 25), silent = g_chance(g, 60);
    put(g, uid ? "UID STORE " : "STORE ");
    put_set(g, s, uid, mask, true);
    put(g, " +FLAGS%s (\\Deleted)", silent ? ".SILENT" : "");
    emit(g, s);
    if (!g->ses[s].read_only && g->ses[s].box >= 0)
        g->box[g->ses[s].box].deleted |= mask;
    if (uid)
        g_told(g, s);
}

void do_search(struct generator *g, int s, bool uid, bool content) {
    put(g, uid ? "UID SEARCH " : "SEARCH ");
    put_search(g, s, content);
    emit(g, s);
    if (uid)
        g_told(g, s);
}

void do_copy(struct generator *g, int s, bool move, bool uid, uint64_t mask, int to) {
    struct g_session *w = &g->ses[s];
    put(g, "%s%s ", uid ? "UID " : "", move ? "MOVE" : "COPY");
    put_set(g, s, uid, mask, true);
    put(g, " ");
    put_name(g, to >= 0 ? g->box[to].name : "QUX");
    emit(g, s);
    if (to < 0 || w->box < 0 || (move && w->read_only))
        return;
    int from = w->box;
    uint64_t living = mask & g_living(g, from);
    for (int i = 0; i < g->box[from].n && g->box[to].state == G_LIVE; i++)
        if (living >> i & 1)
            add_message(g, to, g->box[from].deleted >> i & 1);
    if (move)
        g->box[from].dead |= living;
    g_told(g, s);
}

void do_some_store(struct generator *g, int s, uint64_t mask) {
    bool uid = g_chance(g, 40), silent = g_chance(g, 50);
    do_store(g, s, uid, mask, (enum g_store)g_below(g, 3), silent);
}

void do_some_search(struct generator *g, int s) {
    bool uid = g_chance(g, 40), content = g_chance(g, 40);
    do_search(g, s, uid, content);
}

void do_some_copy(struct generator *g, int s, uint64_t mask, int to) {
    bool move = g->o.families & GENERATE_MOVE && g_chance(g, 40), uid = g_chance(g, 50);
    do_copy(g, s, move, uid, mask, to);
}

static void expunged(struct generator *g, int s, uint64_t mask) {
    struct g_session *w = &g->ses[s];
    if (w->box >= 0 && !w->read_only)
        g->box[w->box].dead |= g->box[w->box].deleted & mask;
}

void do_expunge(struct generator *g, int s) {
    emit_text(g, s, "EXPUNGE");
    expunged(g, s, ~0ull);
    g_told(g, s);
}

void do_uid_expunge(struct generator *g, int s, uint64_t mask) {
    put(g, "UID EXPUNGE ");
    put_set(g, s, true, mask, true);
    emit(g, s);
    expunged(g, s, mask);
    g_told(g, s);
}

void do_close(struct generator *g, int s) {
    emit_text(g, s, "CLOSE");
    if (g->ses[s].state != G_SELECTED)
        return;
    expunged(g, s, ~0ull);
    leave(&g->ses[s]);
}

void do_unselect(struct generator *g, int s) {
    if (!(g->o.families & GENERATE_UNSELECT)) {
        do_close(g, s);
        return;
    }
    emit_text(g, s, "UNSELECT");
    if (g->ses[s].state == G_SELECTED)
        leave(&g->ses[s]);
}

void do_remove(struct generator *g, int s, uint64_t mask, int flagger) {
    int box = g->ses[s].box;
    uint32_t how = g_below(g, 20);
    if (how < 2 && g->o.families & GENERATE_MOVE) {
        int to = g_other_box(g, s, box);
        if (to >= 0) {
            bool uid = g_chance(g, 50);
            do_copy(g, s, true, uid, mask, to);
            return;
        }
    }
    do_mark_deleted(g, flagger, mask);
    if (flagger != s && g_chance(g, 70))
        do_noop(g, s); /* else the expunger may not know */
    if (how < 5 && g->o.families & GENERATE_UIDPLUS)
        do_uid_expunge(g, s, mask);
    else if (how < 8)
        do_close(g, s);
    else
        do_expunge(g, s);
}
