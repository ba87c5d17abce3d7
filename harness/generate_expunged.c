/* generate_expunged.c: situations in which a session asks about messages that another one has expunged (RFC
 * 2180 section 4), about numbers beyond its view, and what else goes on in a mailbox with several views. */
#include "generate_priv.h"

/* Two sessions in a fresh mailbox; one removes messages, and `asker` has not been told. *ask: what to ask
 * about, all of it gone or some. Returns the mailbox, -1 if there was no room for one. */
static int situation(struct generator *g, int *asker, bool all, bool read_write, uint64_t *ask) {
    *asker = g_between(g, 1, g->actors);
    int remover = g_other(g, *asker), messages = g_between(g, 2, 6);
    int box = do_mailbox(g, remover, messages);
    if (box < 0)
        return -1;
    bool first = g_chance(g, 50), examine = !read_write && g_chance(g, 20);
    do_enter(g, first ? *asker : remover, box, first && examine);
    do_enter(g, first ? remover : *asker, box, !first && examine);
    if (g_chance(g, 30))
        do_fetch(g, *asker, true, g_view(g, *asker), g_chance(g, 50) ? G_FLAGS : G_BODY);
    uint64_t victims = g_subset(g, g_living(g, box), !all || g_chance(g, 70));
    /* \Deleted is set by the remover, by the asker itself, or by a third session. */
    int flagger = remover;
    uint32_t who = g_below(g, 10);
    if (who < 2 && !g->ses[*asker].read_only) {
        flagger = *asker;
    } else if (who < 4 && g->actors > 2) {
        flagger = 1;
        while (flagger == remover || flagger == *asker)
            flagger++;
        do_enter(g, flagger, box, false);
    }
    do_remove(g, remover, victims, flagger);
    uint64_t gone = g_untold(g, *asker), view = g_view(g, *asker), living = view & ~gone;
    *ask = gone ? g_subset(g, gone, false) : g_view(g, *asker);
    if (!all && living)
        *ask |= g_subset(g, living, false);
    return box;
}

/* More questions that may not be answered with EXPUNGE, so that the situation stays. */
static void more_questions(struct generator *g, int s, uint64_t ask, int n) {
    for (; n > 0 && g_room(g); n--) {
        uint32_t what = g_below(g, 5);
        if (what < 3)
            do_fetch(g, s, false, ask, (enum g_item)what);
        else if (what == 3)
            do_search(g, s, false, g_chance(g, 50));
        else
            do_store(g, s, false, ask, G_ADD, g_chance(g, 50));
    }
}

void build_fetch(struct generator *g) {
    uint64_t ask;
    int s, box = situation(g, &s, g_is(g, "gone", "all"), false, &ask);
    if (box < 0)
        return;
    bool uid = g_is(g, "form", "uid");
    enum g_item item = g_is(g, "item", "flags") ? G_FLAGS : g_is(g, "item", "meta") ? G_META : G_BODY;
    if (g_chance(g, 15))
        more_questions(g, s, ask, 1);
    do_fetch(g, s, uid, ask, item);
    if (!uid && g_chance(g, 40))
        do_fetch(g, s, false, ask, item);
    if (!uid)
        more_questions(g, s, ask, g_between(g, 0, 2));
    g_reveal(g, s, box);
}

void build_store(struct generator *g) {
    uint64_t ask;
    int s, box = situation(g, &s, g_is(g, "gone", "all"), true, &ask);
    if (box < 0)
        return;
    bool uid = g_is(g, "form", "uid"), silent = g_is(g, "silent", "yes");
    enum g_store mode = (enum g_store)g_below(g, 3);
    do_store(g, s, uid, ask, mode, silent);
    if (g_chance(g, 30))
        do_store(g, s, uid, ask, mode, silent);
    if (!uid)
        more_questions(g, s, ask, g_between(g, 0, 2));
    g_reveal(g, s, box);
}

void build_search(struct generator *g) {
    uint64_t ask;
    int s, box = situation(g, &s, false, false, &ask);
    if (box < 0)
        return;
    bool uid = g_is(g, "form", "uid"), content = g_is(g, "key", "content");
    do_search(g, s, uid, content);
    if (!uid)
        more_questions(g, s, ask, g_between(g, 0, 2));
    g_reveal(g, s, box);
}

void build_copy(struct generator *g) {
    uint64_t ask;
    bool move = g_is(g, "cmd", "move"), uid = g_is(g, "form", "uid");
    int s, box = situation(g, &s, g_is(g, "gone", "all"), move || g_chance(g, 70), &ask);
    if (box < 0)
        return;
    /* The destination: another mailbox, the same, or none. Making it must not be this session's to do: it
     * could be told. */
    int how = g_between(g, 0, 19), other = g_other(g, s);
    int to = how == 0 ? -1 : how == 1 ? box : g_other_box(g, other, box);
    do_copy(g, s, move, uid, ask, to);
    if (g_chance(g, 25))
        do_copy(g, s, move, uid, ask, to);
    g_reveal(g, s, box);
    if (to >= 0 && to != box && g_chance(g, 30))
        do_status(g, other, g->box[to].name);
}

void build_expunge(struct generator *g) {
    int s = g_between(g, 1, g->actors), other = g_other(g, s);
    int messages = g_between(g, 1, 6), box = do_mailbox(g, s, messages);
    if (box < 0)
        return;
    do_enter(g, other, box, g_chance(g, 25));
    do_enter(g, s, box, false);
    uint64_t victims = g_subset(g, g_living(g, box), false);
    int flagger = g_chance(g, 25) && !g->ses[other].read_only ? other : s;
    do_mark_deleted(g, flagger, victims);
    if (flagger != s && g_chance(g, 60))
        do_noop(g, s);
    if (g_is(g, "cmd", "close"))
        do_close(g, s);
    else if (g_is(g, "cmd", "uid_expunge"))
        do_uid_expunge(g, s, g_subset(g, victims, false));
    else
        do_expunge(g, s);
    if (g_chance(g, 20) && g->ses[s].state == G_SELECTED)
        do_expunge(g, s);
    uint64_t ask = g_view(g, other);
    if (ask && g_chance(g, 70))
        more_questions(g, other, ask, g_between(g, 1, 2));
    g_reveal(g, other, box);
}

/* ---- numbers beyond the view ---- */

static void range_command(struct generator *g, int s, const char *set, int to) {
    if (g_is(g, "cmd", "fetch")) {
        put(g, "FETCH %s ", set);
        put_items(g, (enum g_item)g_below(g, 3));
    } else if (g_is(g, "cmd", "store")) {
        bool silent = g_chance(g, 40);
        put(g, "STORE %s +FLAGS%s ", set, silent ? ".SILENT" : "");
        put_flag_list(g, false);
    } else if (g_is(g, "cmd", "search")) {
        put(g, g_chance(g, 20) ? "UID SEARCH %s" : "SEARCH %s", set);
        if (g_chance(g, 30))
            put(g, " UNDELETED");
    } else {
        bool move = g_chance(g, 30) && g->o.families & GENERATE_MOVE;
        put(g, "%s %s ", move ? "MOVE" : "COPY", set);
        put_name(g, to >= 0 ? g->box[to].name : "QUX");
        if (move && g->ses[s].box >= 0) /* whatever moved, it is not known */
            g->ses[s].lost = true;
    }
    emit(g, s);
}

void build_range(struct generator *g) {
    static const char *const all[] = {"$size+1", "$size+1:$size+3", "$size+2,$size+1", "$size+5",
                                      "$size+3:$size+1"};
    static const char *const some[] = {"1:$size+1", "$size:$size+2", "$size+1,1", "$size+2:1",
                                       "1,$size+4", "$size+1:*",     "*,$size+1"};
    static const char *const star[] = {"*", "1:*", "*:1", "*:*", "*,1", "2:*"};
    bool is_star = g_is(g, "part", "star");
    int s = g_between(g, 1, g->actors), other = g_other(g, s);
    int messages = is_star ? g_chance(g, 60) ? 0 : 1 : g_between(g, g_is(g, "part", "some"), 4);
    int box = do_mailbox(g, other, messages);
    if (box < 0)
        return;
    int to = g_is(g, "cmd", "copy") ? g_other_box(g, other, box) : -1;
    bool examine = g_is(g, "cmd", "fetch") && g_chance(g, 30);
    do_enter(g, s, box, examine);
    if (is_star && messages && !examine) {
        do_mark_deleted(g, s, g_living(g, box));
        do_expunge(g, s);
    } else if (is_star && messages) {
        return;
    }
    if (!is_star && g_chance(g, 35)) /* a number that exists, but was not announced */
        do_append(g, other, box);
    const char *set = is_star ? G_PICK(g, star) : g_is(g, "part", "all") ? G_PICK(g, all) : G_PICK(g, some);
    range_command(g, s, set, to);
    if (g_chance(g, 30))
        range_command(g, s, set, to);
    g_reveal(g, s, box);
}

/* ---- themes ---- */

void build_unannounced(struct generator *g) {
    int s = g_between(g, 1, g->actors), other = g_other(g, s);
    int messages = g_between(g, 0, 3), box = do_mailbox(g, other, messages);
    if (box < 0)
        return;
    do_enter(g, s, box, g_chance(g, 20));
    do_enter(g, other, box, false);
    uint64_t before = g_living(g, box);
    for (int i = g_between(g, 1, 3); i > 0; i--)
        do_append(g, other, box);
    do_remove(g, other, g_subset(g, g_living(g, box) & ~before, false), other);
    uint32_t what = g_below(g, 4);
    if (what == 0)
        do_some_search(g, s);
    else if (what == 1 && messages)
        do_fetch(g, s, false, g_view(g, s), (enum g_item)g_below(g, 3));
    else if (what == 2)
        do_status(g, s, g->box[box].name);
    do_noop(g, s);
    g_reveal(g, s, box);
}

/* Every actor enters at another time; each number means another message to each of them. */
void build_many_views(struct generator *g) {
    int messages = g_between(g, 2, 4), box = do_mailbox(g, 1, messages);
    if (box < 0)
        return;
    for (int s = 1; s <= g->actors; s++) {
        do_enter(g, s, box, s > 1 && g_chance(g, 15));
        uint64_t living = g_view(g, s);
        if (s == g->actors || !living)
            break;
        if (g_chance(g, 60) && !g->ses[s].read_only)
            do_remove(g, s, 1ull << g->ses[s].view[g_below(g, g->ses[s].n)], s);
        else
            do_append(g, s, box);
    }
    for (int i = 0; i < 4 && g_room(g); i++) {
        int s = g_between(g, 1, g->actors);
        if (g->ses[s].state == G_SELECTED && g->ses[s].n)
            more_questions(g, s, g_subset(g, g_view(g, s), false), 1);
    }
    g_reveal(g, g_between(g, 1, g->actors), box);
}

void build_read_only(struct generator *g) {
    int s = g_between(g, 1, g->actors), other = g_other(g, s);
    int messages = g_between(g, 1, 4), box = do_mailbox(g, other, messages);
    if (box < 0)
        return;
    do_enter(g, s, box, true);
    if (g_chance(g, 60))
        do_enter(g, other, box, false);
    if (g_chance(g, 60) && g->ses[other].state == G_SELECTED)
        do_mark_deleted(g, other, g_subset(g, g_living(g, box), false));
    uint64_t some = g_subset(g, g_view(g, s), false);
    switch (g_below(g, 6)) {
    case 0:
        do_some_store(g, s, some);
        break;
    case 1:
        do_mark_deleted(g, s, some);
        break;
    case 2:
        do_expunge(g, s);
        break;
    case 3:
        do_close(g, s);
        break;
    case 4:
        do_fetch(g, s, false, some, G_BODY);
        break;
    default:
        do_some_copy(g, s, some, g_other_box(g, other, box));
    }
    g_reveal(g, g->ses[s].state == G_SELECTED ? s : other, box);
}

/* COPY and MOVE into the mailbox that they come from, which another session has selected too. */
void build_same_mailbox(struct generator *g) {
    int s = g_between(g, 1, g->actors), other = g_other(g, s);
    int messages = g_between(g, 1, 4), box = do_mailbox(g, s, messages);
    if (box < 0)
        return;
    do_enter(g, other, box, g_chance(g, 30));
    do_enter(g, s, box, false);
    bool move = g->o.families & GENERATE_MOVE && g_chance(g, 50), uid = g_chance(g, 50);
    do_copy(g, s, move, uid, g_subset(g, g_view(g, s), false), box);
    if (g_chance(g, 50) && g->ses[other].n)
        more_questions(g, other, g_view(g, other), 1);
    g_reveal(g, other, box);
}

/* More messages than fit a hand: COPY doubles them, sets get holes, and two sessions take away in turn. */
void build_crowd(struct generator *g) {
    int s = g_between(g, 1, g->actors), other = g_other(g, s);
    int messages = g_between(g, 2, 4), box = do_mailbox(g, s, messages);
    if (box < 0)
        return;
    do_enter(g, s, box, false);
    for (int i = g_between(g, 2, 3); i > 0; i--)
        do_copy(g, s, false, g_chance(g, 30), g_view(g, s), box);
    do_enter(g, other, box, false);
    for (int i = g_between(g, 1, 2); i > 0; i--) {
        int who = i == 1 ? s : other;
        if (!g->ses[who].n)
            continue;
        uint64_t victims = g_subset(g, g_view(g, who), true);
        do_mark_deleted(g, who, victims);
        do_expunge(g, who);
    }
    if (g->ses[other].n) {
        uint64_t ask = g_subset(g, g_view(g, other), false);
        more_questions(g, other, ask, g_between(g, 1, 3));
    }
    g_reveal(g, other, box);
}
