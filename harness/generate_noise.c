/* generate_noise.c: commands that fit the believed state, at random; what shows the outcome of a situation;
 * the last phase. */
#include "generate_priv.h"

#include <stdio.h>
#include <string.h>

static int random_box(struct generator *g) {
    int live[G_BOXES], n = 0;
    for (int i = 0; i < g->boxes; i++)
        if (g->box[i].state == G_LIVE)
            live[n++] = i;
    return n ? live[g_below(g, (uint32_t)n)] : -1;
}

/* Commands of either state after login. */
static void anywhere(struct generator *g, int s) {
    int box = random_box(g);
    uint32_t how = g_below(g, 16);
    if (box < 0)
        how = how < 12 ? 12 : how;
    switch (how) {
    case 0:
    case 1:
    case 2:
        do_append(g, s, box);
        break;
    case 3:
    case 4:
        do_status(g, s, g->box[box].name);
        break;
    case 5:
    case 6:
        do_enter(g, s, box, false);
        break;
    case 7:
        do_enter(g, s, box, true);
        break;
    case 8:
        put(g, "%s ", g_chance(g, 60) ? "SUBSCRIBE" : "UNSUBSCRIBE");
        put_name(g, g->box[box].name);
        emit(g, s);
        break;
    case 9:
        put(g, "CREATE ");
        put_name(g, g->box[box].name);
        emit(g, s);
        break; /* it exists */
    case 10:
        emit_text(g, s, "CAPABILITY");
        break;
    case 11:
        if (g->o.families & GENERATE_ID) {
            put(g, "ID ");
            put_id_list(g);
            emit(g, s);
        } else {
            do_noop(g, s);
        }
        break;
    case 12:
    case 13:
        do_list(g, s);
        break;
    default:
        do_noop(g, s);
    }
}

/* UIDs that no message has: OK and nothing, whatever the command (RFC 3501 6.4.8). */
static void no_such_uid(struct generator *g, int s) {
    static const char *const commands[] = {"UID FETCH %s (FLAGS)", "UID FETCH %s BODY.PEEK[]",
                                           "UID STORE %s +FLAGS (\\Seen)",
                                           "UID STORE %s +FLAGS.SILENT (\\Deleted)", "UID SEARCH UID %s"};
    static const char *const sets[] = {"4000000000", "4000000000:4000000005",
                                       "4000000005:4000000000,4000000009"};
    const char *command = G_PICK(g, commands), *at = strstr(command, "%s");
    put(g, "%.*s%s%s", (int)(at - command), command, G_PICK(g, sets), at + 2);
    emit(g, s);
    g_told(g, s);
}

static void selected(struct generator *g, int s) {
    struct g_session *w = &g->ses[s];
    uint64_t view = g_view(g, s), some = g_subset(g, view, false);
    uint32_t how = g_below(g, 25);
    if (!view && how < 14)
        how = 18;
    switch (how) {
    case 0:
        do_fetch(g, s, false, some, G_FLAGS);
        break;
    case 1:
        do_fetch(g, s, false, some, G_META);
        break;
    case 2:
        do_fetch(g, s, false, some, G_BODY);
        break;
    case 3:
    case 4:
        do_fetch(g, s, true, some, (enum g_item)g_below(g, 3));
        break;
    case 5:
    case 6:
    case 7:
        do_some_store(g, s, some);
        break;
    case 8:
        do_some_search(g, s);
        break;
    case 9:
    case 10:
        put(g, g_chance(g, 30) ? "UID SEARCH " : "SEARCH ");
        put_some_search(g, s);
        emit(g, s);
        break;
    case 11:
        do_some_copy(g, s, some, random_box(g));
        break;
    case 12:
    case 13:
        w->read_only ? do_noop(g, s) : do_mark_deleted(g, s, some);
        break;
    case 14:
        do_expunge(g, s);
        break;
    case 15:
        do_close(g, s);
        break;
    case 16:
        do_unselect(g, s);
        break;
    case 17:
        if (view && g->o.families & GENERATE_UIDPLUS)
            do_uid_expunge(g, s, some);
        else
            do_noop(g, s);
        break;
    case 18:
        do_append(g, s, w->box);
        break;
    case 19:
        do_idle(g, s);
        break;
    case 20:
    case 21:
        do_noop(g, s);
        break;
    case 22:
        no_such_uid(g, s);
        break;
    default:
        anywhere(g, s);
    }
}

static void one(struct generator *g) {
    int s = g_between(g, 1, g->actors);
    struct g_session *w = &g->ses[s];
    if (w->state == G_CLOSED) { /* prefer those who are there */
        s = g_between(g, 1, g->actors);
        w = &g->ses[s];
    }
    if (w->idle)
        do_done(g, s);
    else if (w->lost || w->state != G_SELECTED)
        anywhere(g, s);
    else
        selected(g, s);
}

void g_noise(struct generator *g, int n) {
    if (g->o.mix == GENERATE_STEER)
        return;
    for (n = g_between(g, 0, n); n > 0 && g_room(g); n--)
        one(g);
}

void g_reveal(struct generator *g, int s, int box) {
    int other = g_other(g, s);
    if (g->ses[s].state == G_SELECTED && g_chance(g, 60))
        do_noop(g, s);
    for (int i = g_between(g, 0, 2); i > 0; i--) {
        uint64_t view = g_view(g, s);
        uint32_t how = g_below(g, 7);
        if (how < 3 && view)
            do_fetch(g, s, false, view, (enum g_item)how);
        else if (how == 3 && view)
            do_fetch(g, s, true, view, (enum g_item)g_below(g, 3));
        else if (how == 4)
            do_status(g, other, g->box[box].name);
        else if (how == 5)
            do_noop(g, other);
        else {
            int third = g_free_session(g);
            if (third != s && g->box[box].state == G_LIVE) {
                do_enter(g, third, box, g_chance(g, 40));
                do_fetch(g, third, true, g_view(g, third), (enum g_item)g_below(g, 3));
            }
        }
    }
    g_noise(g, 3);
}

/* ---- the end: all is told, and a fresh session reads everything ---- */

static void read_back(struct generator *g, int s, const struct g_box *b) {
    static const char *const items[] = {"(ENVELOPE)", "(BODY.PEEK[])", "(INTERNALDATE BODY.PEEK[HEADER])",
                                        "(BODY.PEEK[TEXT])", "(RFC822.SIZE ENVELOPE BODYSTRUCTURE)"};
    put(g, "%s ", g_chance(g, 50) ? "SELECT" : "EXAMINE");
    put(g, "%s", b->name);
    emit(g, s);
    if (b->state != G_LIVE)
        return;
    put(g, "UID FETCH 1:* (FLAGS RFC822.SIZE)");
    emit(g, s);
    put(g, "UID FETCH 1:* %s", G_PICK(g, items));
    emit(g, s);
}

void g_verify(struct generator *g) {
    int s = g->actors + 1;
    if (g->o.clients < 3) { /* no session is left for it: the last is made anew */
        s = g->actors;
        if (g->ses[s].used && !program_close(g->out, s))
            g->failed = true;
        g->ses[s] = (struct g_session){.state = G_CLOSED, .box = -1};
    }
    /* The driver adds a checkpoint behind the last line: what a pause costs is not paid twice as a rule. */
    if (g_chance(g, 25) && !program_checkpoint(g->out))
        g->failed = true;
    if (g_chance(g, 50))
        emit_text(g, s, "LIST \"\" $box*");
    int gone = 0;
    for (int i = 0; i < g->boxes; i++) {
        const struct g_box *b = &g->box[i];
        if (b->state == G_LIVE)
            read_back(g, s, b);
        else if (g_box_of(g, b->name) < 0 && !gone++ && g_chance(g, 60))
            read_back(g, s, b);
    }
}
