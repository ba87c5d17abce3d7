/* generate_in_use.c: mailboxes that are deleted, renamed and made anew while somebody looks at them (RFC 2180
 * section 3). */
#include "generate_priv.h"

#include <stdio.h>
#include <string.h>

/* A command of a session whose mailbox was taken away. */
static void inside(struct generator *g, int s, const char *name, int box) {
    struct g_session *w = &g->ses[s];
    if (w->idle && g_chance(g, 80)) {
        do_done(g, s);
        return;
    }
    w->idle = false;
    uint64_t view = g_view(g, s);
    switch (g_below(g, 12)) {
    case 0:
        do_fetch(g, s, false, view, G_FLAGS);
        break;
    case 1:
        do_fetch(g, s, false, view, G_META);
        break;
    case 2:
        do_fetch(g, s, false, view, G_BODY);
        break;
    case 3:
        do_fetch(g, s, true, view, (enum g_item)g_below(g, 3));
        break;
    case 4:
        do_some_store(g, s, view);
        break;
    case 5:
        do_some_search(g, s);
        break;
    case 6:
        do_status(g, s, name);
        break;
    case 7:
        put(g, "APPEND %s ", name);
        put_message(g);
        emit(g, s);
        break;
    case 8:
        do_some_copy(g, s, view, g_other_box(g, s, box));
        break;
    case 9:
        w->read_only ? do_noop(g, s) : do_mark_deleted(g, s, view);
        break;
    case 10:
        do_expunge(g, s);
        break;
    default:
        do_noop(g, s);
    }
}

/* A command of somebody else about the name. */
static void outside(struct generator *g, int s, const char *name) {
    if (g->ses[s].idle)
        do_done(g, s);
    switch (g_below(g, 12)) {
    case 0:
    case 1:
        do_list(g, s);
        break;
    case 2:
        do_status(g, s, name);
        break;
    case 3:
        put(g, "APPEND %s ", name);
        put_message(g);
        emit(g, s);
        break;
    case 4:
        put(g, "SUBSCRIBE %s", name);
        emit(g, s);
        break;
    case 5:
        put(g, "UNSUBSCRIBE %s", name);
        emit(g, s);
        break;
    case 6:
        put(g, "DELETE %s", name);
        emit(g, s);
        break;
    case 7:
        put(g, "RENAME %s QUX", name);
        emit(g, s);
        g->names_used |= 8;
        break;
    case 8:
        put(g, "COPY 1:* %s", name);
        if (g->ses[s].state == G_SELECTED)
            emit(g, s);
        else
            g->text_n = 0;
        break;
    default: /* SELECT or EXAMINE: its own mailbox is gone or not, it works */
        put(g, "%s %s", g_chance(g, 50) ? "SELECT" : "EXAMINE", name);
        emit(g, s);
        g->ses[s].state = G_AUTH;
        g->ses[s].box = -1;
        g->ses[s].n = 0;
        g->ses[s].lost = false;
    }
}

/* CREATE of the name, and a look at what is there now (MAP-3.2-d, MAP-I8). */
static void again(struct generator *g, int s, const char *name) {
    int box = do_create(g, s, name);
    if (box < 0)
        return;
    if (g_chance(g, 60))
        do_append(g, s, box);
    if (g_chance(g, 60))
        do_status(g, s, name);
    do_enter(g, s, box, g_chance(g, 30));
    do_fetch(g, s, true, g_view(g, s), G_FLAGS);
}

/* Those who are inside leave, one way or another. */
static void leave(struct generator *g, int s) {
    if (g->ses[s].idle)
        do_done(g, s);
    switch (g_below(g, 4)) {
    case 0:
        do_end(g, s);
        break;
    case 1:
        do_unselect(g, s);
        break;
    default:
        do_close(g, s);
    }
}

/* `in`: a session inside; `out`: one outside. */
static void aftermath(struct generator *g, int in, int out, const char *name, int box) {
    for (int i = g_between(g, 1, 3); i > 0; i--)
        inside(g, in, name, box);
    for (int i = g_between(g, 1, 3); i > 0; i--)
        outside(g, out, name);
    if (g_chance(g, 40))
        inside(g, in, name, box);
    if (g_chance(g, 60))
        leave(g, in);
}

/* Who is inside when it happens: the acting session, others, or both; in which way; idle or not. Returns one
 * of them. */
static int visitors(struct generator *g, int actor, int box, int *last) {
    bool own = !g_is(g, "who", "other"), others = !g_is(g, "who", "own");
    bool examine = g_is(g, "mode", "examine"), idle = g_is(g, "state", "idle");
    bool select_first = g_chance(g, 70);
    if (own)
        do_enter(g, actor, box, examine || (others && !select_first));
    int in = actor;
    *last = actor;
    int n = others ? g->actors > 2 && g_chance(g, 30) ? 2 : 1 : 0;
    for (int s = 1; s <= g->actors && n; s++) {
        if (s == actor)
            continue;
        /* Someone selects, unless all examine. */
        bool must = !examine && in == actor && (!own || g->ses[actor].read_only);
        do_enter(g, s, box, examine || (!must && g_chance(g, 40)));
        in = *last = s;
        n--;
    }
    if (others && g_chance(g, 30))
        do_fetch(g, in, true, g_view(g, in), (enum g_item)g_below(g, 3));
    if (idle && others)
        do_idle(g, in);
    return in;
}

static int outsider(struct generator *g, int actor, int last) {
    for (int s = 1; s <= g->actors; s++)
        if (!g->ses[s].used)
            return s;
    return last == actor ? g_other(g, actor) : actor;
}

void build_delete(struct generator *g) {
    int actor = g_between(g, 1, g->actors), last;
    char name[16];
    int messages = g_between(g, 0, 4), box = do_mailbox(g, actor, messages);
    if (box < 0)
        return;
    snprintf(name, sizeof name, "%s", g->box[box].name);
    if (g_chance(g, 20)) {
        put(g, "SUBSCRIBE %s", name);
        emit(g, actor);
    }
    int in = visitors(g, actor, box, &last);
    do_delete(g, actor, box);
    int out = outsider(g, actor, last);
    if (g_chance(g, 25)) {
        again(g, out, name);
        inside(g, in, name, box);
        return;
    }
    aftermath(g, in, out, name, box);
    if (g_chance(g, 50))
        again(g, out, name);
}

void build_recycled(struct generator *g) {
    int actor = g_between(g, 1, g->actors), in = g_other(g, actor);
    char name[16];
    int messages = g_between(g, 1, 4), box = do_mailbox(g, actor, messages);
    if (box < 0)
        return;
    snprintf(name, sizeof name, "%s", g->box[box].name);
    do_enter(g, in, box, g_chance(g, 30));
    do_delete(g, actor, box);
    if (g_chance(g, 40))
        inside(g, in, name, box);
    again(g, actor, name);
    for (int i = g_between(g, 1, 2); i > 0; i--)
        inside(g, in, name, box);
    if (g_chance(g, 60)) {
        leave(g, in);
        put(g, "CREATE %s", name);
        emit(g, actor);
        outside(g, actor, name);
    }
}

void build_rename(struct generator *g) {
    int actor = g_between(g, 1, g->actors), last, box;
    bool inbox = g_is(g, "box", "inbox");
    char name[16];
    if (inbox) {
        if ((box = g_box_of(g, "INBOX")) < 0)
            return;
        do_enter(g, actor, box, false); /* what it holds becomes known */
        for (int i = g_between(g, 0, 3); i > 0; i--)
            do_append(g, actor, box);
        if (g_is(g, "who", "other"))
            do_close(g, actor);
    } else {
        int messages = g_between(g, 0, 4);
        if ((box = do_mailbox(g, actor, messages)) < 0)
            return;
    }
    snprintf(name, sizeof name, "%s", g->box[box].name);
    const char *to = g_free_name(g);
    if (!to)
        return;
    int in = visitors(g, actor, box, &last);
    do_rename(g, actor, box, to);
    int out = outsider(g, actor, last);
    aftermath(g, in, out, g_chance(g, 60) ? name : to, box);
    if (g_chance(g, 40))
        inside(g, in, to, box);
    int moved = g_box_of(g, to);
    if (moved >= 0) {
        if (g_chance(g, 40))
            do_append(g, out, moved);
        do_enter(g, out, moved, g_chance(g, 50));
        do_fetch(g, out, true, g_view(g, out), (enum g_item)g_below(g, 3));
    }
    if (!inbox && g_chance(g, 30))
        again(g, out, name);
}

void build_status(struct generator *g) {
    int s = g_between(g, 1, g->actors), other = g_other(g, s);
    char name[16];
    int messages = g_between(g, 0, 4), box = do_mailbox(g, other, messages);
    if (box < 0)
        return;
    snprintf(name, sizeof name, "%s", g->box[box].name);
    do_enter(g, s, box, g_chance(g, 20));
    if (g_is(g, "view", "gone")) {
        do_delete(g, other, box);
    } else if (g_is(g, "view", "untold")) {
        if (g->ses[s].n && g_chance(g, 60)) {
            do_enter(g, other, box, false);
            do_remove(g, other, g_subset(g, g_view(g, other), false), other);
        } else {
            do_append(g, other, box);
        }
    }
    do_status(g, s, name);
    if (g_chance(g, 40))
        do_status(g, s, name);
    if (g_chance(g, 40))
        do_status(g, other, name);
    if (!g_is(g, "view", "gone"))
        g_reveal(g, s, box);
    else
        inside(g, s, name, box);
}

/* ---- themes ---- */

/* DELETE and CREATE with nobody inside, and with UIDs seen before (MAP-I8). */
void build_recreate(struct generator *g) {
    int s = g_between(g, 1, g->actors), other = g_other(g, s);
    char name[16];
    int messages = g_between(g, 1, 4), box = do_mailbox(g, s, messages);
    if (box < 0)
        return;
    snprintf(name, sizeof name, "%s", g->box[box].name);
    if (g_chance(g, 60)) {
        do_enter(g, other, box, false);
        do_fetch(g, other, true, g_view(g, other), G_FLAGS);
        if (g_chance(g, 40))
            do_remove(g, other, g_subset(g, g_view(g, other), false), other);
        if (g->ses[other].state == G_SELECTED)
            do_unselect(g, other);
    } else {
        do_status(g, other, name);
    }
    do_delete(g, s, box);
    if (g_chance(g, 30))
        outside(g, other, name);
    again(g, g_chance(g, 50) ? s : other, name);
}

void build_rename_chain(struct generator *g) {
    int s = g_between(g, 1, g->actors), other = g_other(g, s);
    int messages = g_between(g, 1, 3), box = do_mailbox(g, s, messages);
    const char *second = g_free_name(g), *third = g_free_name(g);
    if (box < 0 || !third)
        return;
    char first[16];
    snprintf(first, sizeof first, "%s", g->box[box].name);
    if (g_chance(g, 50))
        do_enter(g, other, box, g_chance(g, 50));
    do_rename(g, s, box, second);
    switch (g_below(g, 3)) {
    case 0:
        do_rename(g, s, box, first);
        break; /* and back */
    case 1:
        do_rename(g, s, box, third);
        break;
    default:
        again(g, s, first);
        do_rename(g, s, box, third);
    }
    if (g->ses[other].state == G_SELECTED)
        inside(g, other, first, box);
    outside(g, s, g_chance(g, 50) ? first : second);
    do_list(g, s);
}

void build_subscriptions(struct generator *g) {
    int s = g_between(g, 1, g->actors), other = g_other(g, s);
    char name[16];
    int messages = g_between(g, 0, 2), box = do_mailbox(g, s, messages);
    if (box < 0)
        return;
    snprintf(name, sizeof name, "%s", g->box[box].name);
    put(g, "SUBSCRIBE ");
    put_name(g, name);
    emit(g, other);
    if (g_chance(g, 30))
        emit_text(g, s, "LSUB \"\" $box*");
    uint32_t how = g_below(g, 4);
    const char *to = how == 0 ? g_free_name(g) : NULL;
    if (to)
        do_rename(g, s, box, to);
    else if (how == 1)
        put(g, "UNSUBSCRIBE %s", name), emit(g, s);
    else
        do_delete(g, s, box);
    emit_text(g, other, g_chance(g, 50) ? "LSUB \"\" $box*" : "LSUB \"\" $box%");
    if (how == 2)
        again(g, s, name);
    if (g_chance(g, 50)) {
        put(g, "UNSUBSCRIBE %s", name);
        emit(g, s);
        emit_text(g, s, "LSUB \"\" $box*");
    }
}

void build_hierarchy(struct generator *g) {
    static const char *const lists[] = {"LIST \"\" $box*",  "LIST \"\" $box%", "LIST \"\" FOO$/%",
                                        "LIST \"\" FOO$/*", "LIST \"\" FOO",   "LIST \"\" FOO$/KID"};
    int s = g_between(g, 1, g->actors), other = g_other(g, s);
    if (g->names_used & 1 || g->boxes + 2 > G_BOXES)
        return;
    g->names_used |= 1;
    int box = do_create(g, s, "FOO"), kid = do_create(g, s, "FOO$/KID");
    do_append(g, s, kid);
    if (g_chance(g, 50))
        do_enter(g, other, kid, g_chance(g, 30));
    emit_text(g, s, G_PICK(g, lists));
    const char *to = g_free_name(g);
    if (g_chance(g, 50) && to) { /* the child goes along (RFC 3501 6.3.5) */
        do_rename(g, s, box, to);
        snprintf(g->box[kid].name, sizeof g->box[kid].name, "%s$/KID", to);
        if (g->ses[other].box == kid)
            g->ses[other].lost = true;
    } else { /* a parent that still has a child */
        do_delete(g, s, box);
    }
    emit_text(g, s, G_PICK(g, lists));
    if (g_chance(g, 50))
        do_status(g, s, g->box[kid].name);
    if (g->ses[other].state == G_SELECTED)
        inside(g, other, g->box[kid].name, kid);
    if (g_chance(g, 50))
        do_delete(g, s, kid);
    emit_text(g, s, "LIST \"\" $box*");
}

/* INBOX itself: it cannot be deleted, and its name is the same in any case of letters. */
void build_inbox(struct generator *g) {
    int s = g_between(g, 1, g->actors), other = g_other(g, s), box = g_box_of(g, "INBOX");
    if (box < 0)
        return;
    do_enter(g, s, box, false);
    for (int i = g_between(g, 1, 3); i > 0; i--)
        do_append(g, g_chance(g, 50) ? s : other, box);
    if (g_chance(g, 50))
        emit_text(g, other, "STATUS inbox (MESSAGES)");
    else
        do_enter(g, other, box, true);
    if (g_chance(g, 30))
        emit_text(g, other, g_chance(g, 50) ? "DELETE INBOX" : "CREATE INBOX");
    if (g->ses[s].n)
        do_remove(g, s, g_subset(g, g_view(g, s), false), s);
    g_noise(g, 3);
}
