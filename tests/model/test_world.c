/* test_world.c: names, messages, flags, UIDs, views; growth and collection leave what can be seen as it was.
 */
#include "failed.h"
#include "step.h"

#include <stdlib.h>
#include <string.h>

static struct slice z(const char *text) {
    return (struct slice){(const uint8_t *)text, (uint32_t)strlen(text)};
}

static struct world *fresh(const struct world_caps *caps) {
    struct world *w = malloc(world_size(caps));
    world_init(w, caps);
    return w;
}

static void
names(void) { /* RFC 3501 5.1: INBOX in any case; every other name is its octets; users are apart */
    struct world *w = fresh(&world_caps_small);
    uint16_t inbox = world_name(w, 1, z("INBOX")), foo = world_name(w, 1, z("Foo"));
    CHECK(inbox && foo && inbox != foo, "two names");
    CHECK(world_name(w, 1, z("inBox")) == inbox, "INBOX in any case");
    CHECK(world_find_name(w, 1, z("foo")) == 0, "foo is not Foo");
    CHECK(world_find_name(w, 2, z("Foo")) == 0, "another user's Foo");
    CHECK(slice_is(world_name_text(w, foo), "Foo"), "the name's text");
    CHECK(world_find_name(w, 1, z("")) == 0 && name_is_inbox(z("iNBOX")) && !name_is_inbox(z("INBOXES")),
          "no INBOX");
    char name[16];
    uint16_t last = 1;
    for (unsigned i = 0; last && i < 100000; i++) {
        snprintf(name, sizeof name, "n%u", i);
        last = world_name(w, 1, z(name));
    }
    CHECK(!last, "names end where the room ends");
    free(w);
}

static void flags(void) {
    struct world *w = fresh(&world_caps_small);
    uint16_t box = world_add_box(w, world_name(w, 1, z("A")), BOX_LIVE),
             m = world_add_message(w, box, world_add_content(w, 1), FLAG_SEEN);
    CHECK(world_flag(w, z("\\DELETED")) == FLAG_DELETED && world_flag(w, z("\\seen")) == FLAG_SEEN,
          "system flags in any case");
    uint32_t work = world_flag(w, z("work"));
    CHECK(work >= FLAG_KEYWORD0 && world_flag(w, z("work")) == work && world_flag(w, z("other")) != work,
          "keywords");
    unsigned before = w->versions;
    CHECK(world_set_flags(w, m, FLAG_SEEN) && w->versions == before, "the same flags are no new version");
    CHECK(world_set_flags(w, m, work) && world_flags(w, m) == work, "new flags");
    CHECK(w_version(w, w_message(w, m)->first)->flags == FLAG_SEEN &&
              w_version(w, w_message(w, m)->first)->next == w_message(w, m)->last,
          "the history is in order");
    char name[KEYWORD_MAX + 2];
    memset(name, 'k', sizeof name);
    name[KEYWORD_MAX + 1] = 0;
    CHECK(!world_flag(w, z(name)), "a keyword over the limit");
    for (int i = 0; i < 40; i++) {
        snprintf(name, sizeof name, "k%d", i);
        (void)world_flag(w, z(name));
    }
    CHECK(w->keywords == WORLD_KEYWORDS, "%u keywords", w->keywords);
    free(w);
}

static void uids(void) { /* MAP-I8: UIDs ascend in the mailbox's order */
    struct world *w = fresh(&world_caps_small);
    uint16_t box = world_add_box(w, world_name(w, 1, z("A")), BOX_LIVE), m[3];
    for (int i = 0; i < 3; i++)
        m[i] = world_add_message(w, box, world_add_content(w, 1), 0);
    CHECK(world_set_uid(w, m[1], 10) && w_box(w, box)->uidnext == 11, "the first");
    CHECK(!world_set_uid(w, m[0], 10), "equal");
    CHECK(world_set_uid(w, m[0], 4), "below, before");
    CHECK(!world_set_uid(w, m[2], 9), "below, behind");
    CHECK(world_set_uid(w, m[2], 4294967295u), "the largest");
    CHECK(world_living(w, box) == 3, "three live");
    world_kill(w, m[1]);
    CHECK(world_living(w, box) == 2 && w_message(w, m[1])->dead, "two live");
    free(w);
}

static void views(void) {
    struct world *w = fresh(&world_caps_small);
    uint16_t box = world_add_box(w, world_name(w, 1, z("A")), BOX_LIVE), m[4];
    for (int i = 0; i < 4; i++) {
        m[i] = world_add_message(w, box, world_add_content(w, 1), 0);
        CHECK(world_view_add(w, 2, m[i], w_message(w, m[i])->first), "added");
    }
    world_view_remove(w, 2, 1);
    CHECK(world_view_find(w, 2, m[1]) == -1 && world_view_find(w, 2, m[2]) == 1 &&
              world_view_find(w, 2, m[3]) == 2,
          "numbers shift");
    CHECK(world_view_find(w, 1, m[0]) == -1 && w_session(w, 2)->view == 3, "views are apart");
    while (world_view_add(w, 2, m[0], 1)) {
    }
    CHECK(w_session(w, 2)->view == w->cap.view, "a view ends at its cap: %u", w_session(w, 2)->view);
    free(w);
}

/* ---- random worlds: what can be seen stays as it is ---- */

static uint32_t seed = 1;
static uint32_t pick(uint32_t n) {
    seed = seed * 1664525u + 1013904223u;
    return n ? (seed >> 8) % n : 0;
}

static void scribble(struct world *w, unsigned steps) {
    uint16_t box[3];
    for (int i = 0; i < 3; i++) {
        char name[4] = {'B', (char)('0' + i), 0};
        uint16_t n = world_name(w, 1, z(name));
        box[i] = w_name(w, n)->box ? w_name(w, n)->box : world_add_box(w, n, BOX_LIVE);
    }
    for (unsigned s = 0; s < 3; s++) {
        w_session(w, s)->state = SES_SELECTED;
        w_session(w, s)->box = box[s];
    }
    while (steps-- && world_has_room(w, 10)) {
        unsigned s = pick(3);
        uint16_t b = box[s], m = w_box(w, b)->last;
        for (uint32_t k = pick(4); m && k--;)
            m = w_message(w, m)->next ? w_message(w, m)->next : w_box(w, b)->first;
        switch (pick(6)) {
        case 0:
        case 1:
            m = world_add_message(w, b, world_add_content(w, 1 + pick(9)), pick(32));
            if (m)
                world_set_uid(w, m, w_box(w, b)->uidnext ? w_box(w, b)->uidnext : 1);
            break;
        case 2:
            if (m)
                world_set_flags(w, m, pick(32));
            break;
        case 3:
            if (m)
                world_kill(w, m);
            break;
        case 4:
            if (m && !w_message(w, m)->dead && world_view_find(w, s, m) < 0)
                world_view_add(w, s, m, w_message(w, m)->first);
            break;
        default:
            if (w_session(w, s)->view)
                world_view_remove(w, s, pick(w_session(w, s)->view));
        }
    }
}

/* What can be seen: the living with UIDs, flags and contents; the views with UIDs and every version that may
 * be told. */
static size_t seen(const struct world *w, char *out, size_t cap) {
    size_t n = 0;
    for (unsigned b = 1; b < w->boxes && n < cap; b++)
        for (uint16_t m = w_box(w, b)->first; m; m = w_message(w, m)->next)
            if (!w_message(w, m)->dead)
                n += (size_t)snprintf(out + n, cap - n, "b%u u%u f%u c%u;", b, w_message(w, m)->uid,
                                      world_flags(w, m), w_content(w, w_message(w, m)->content)->id);
    for (unsigned s = 0; s < 3; s++)
        for (unsigned i = 0; i < w_session(w, s)->view && n < cap; i++) {
            const struct wview *v = &w_view(w, s)[i];
            n += (size_t)snprintf(out + n, cap - n, "s%u u%u", s, w_message(w, v->message)->uid);
            for (uint16_t k = v->floor; k; k = w_version(w, k)->next)
                n += (size_t)snprintf(out + n, cap - n, " %u", w_version(w, k)->flags);
            n += (size_t)snprintf(out + n, cap - n, ";");
        }
    return n;
}

static void collection_and_growth(void) {
    static char before[1 << 18], after[1 << 18];
    for (unsigned round = 0; round < 60; round++) {
        struct world_caps caps = world_caps_small;
        struct world *w = fresh(&caps);
        for (unsigned turn = 0; turn < 8; turn++) {
            scribble(w, 60);
            seen(w, before, sizeof before);
            world_collect(w);
            seen(w, after, sizeof after);
            CHECK(!strcmp(before, after), "round %u: collection changed what can be seen", round);
            if (world_has_room(w, 10))
                continue;
            CHECK(world_more(&caps, w), "room for more");
            struct world *large = malloc(world_size(&caps));
            world_copy_into(large, &caps, w);
            seen(large, after, sizeof after);
            CHECK(!strcmp(before, after), "round %u: growth changed what can be seen", round);
            CHECK(large->size == world_size(&caps) && large->size > w->size, "a larger block");
            free(w);
            w = large;
        }
        struct world *copy = malloc(w->size);
        memcpy(copy, w, w->size);
        CHECK(world_hash(copy) == world_hash(w), "a fork is a copy");
        copy->cost++;
        copy->note++;
        CHECK(world_hash(copy) == world_hash(w), "cost and note are not part of a world");
        w_session(copy, 0)->loose ^= 1;
        CHECK(world_hash(copy) != world_hash(w), "another world");
        free(copy);
        free(w);
    }
}

static void patterns(void) { /* RFC 3501 6.3.8 */
    static const struct {
        const char *pattern, *name;
        bool yes;
    } t[] = {{"*", "", true},      {"*", "a/b/c", true},   {"%", "a", true},       {"%", "a/b", false},
             {"%/b", "a/b", true}, {"a*c", "a/b/c", true}, {"a%c", "a/c", false},  {"a%c", "abc", true},
             {"", "", true},       {"", "a", false},       {"foo", "foo", true},   {"foo", "Foo", false},
             {"*%", "a/b", true},  {"%*", "a/b", true},    {"*/%", "a/b/c", true}, {"%/%", "a/b/c", false}};
    for (size_t i = 0; i < sizeof t / sizeof *t; i++)
        CHECK(pattern_matches(z(t[i].pattern), z(t[i].name), '/') == t[i].yes, "%s against %s", t[i].pattern,
              t[i].name);
    char name[2001], pattern[200];
    memset(name, 'a', 2000);
    name[2000] = 0;
    for (int i = 0; i < 99; i++)
        memcpy(pattern + 2 * i, "*a", 2);
    memcpy(pattern + 198, "b", 2);
    CHECK(!pattern_matches(z(pattern), z(name), '/'), "never exponential"); /* ends at all */
}

/* ---- the odometer of choices ---- */

static struct run run;

/* A tree of questions: how many ways each node has depends on the answers above it. Every leaf must come
 * once. */
static void odometer(void) {
    unsigned leaves = 0, sum = 0;
    run = (struct run){.mode = JUDGE};
    for (;;) {
        run.at = 0;
        unsigned a = run_fork(&run, 3), b = a == 1 ? run_fork(&run, 4) : 0, c = run_fork(&run, 1 + a),
                 d = b == 3 ? run_fork(&run, 2) : 0;
        leaves++;
        sum += a * 1000 + b * 100 + c * 10 + d;
        CHECK(a < 3 && b < 4 && c <= a && d < 2, "an answer out of range");
        run.depth = run.at; /* what comes after is asked anew */
        while (run.depth && ++run.choice[run.depth - 1] >= run.choices[run.depth - 1])
            run.depth--;
        if (!run.depth)
            break;
    }
    /* a = 0: 1 leaf; a = 1: b 0..2: 2 each, b = 3: 4; a = 2: 3 */
    CHECK(leaves == 1 + 3 * 2 + 4 + 3, "%u leaves", leaves);
    CHECK(sum == 0 + 6 * 1000 + 2 * (0 + 100 + 200) + 3 * 10 + 4 * 1300 + 2 * 10 + 2 + 3 * 2000 + 30,
          "each once: %u", sum);
    run = (struct run){.mode = JUDGE};
    for (unsigned i = 0; i < RUN_DEPTH + 5u; i++)
        (void)run_fork(&run, 2);
    CHECK(run.capped && run.at <= RUN_DEPTH, "too deep is a cap, not a crash");
    run = (struct run){.mode = SERVE};
    CHECK(run_fork(&run, 7) == 0 && run.at == 0, "a server does not fork");
}

/* run_choose offers each known practice with the right reply once, `other` once, and no fault. */
static void choosing(void) {
    char err[400];
    struct behaviours *b = behaviours_new();
    CHECK(b && behaviours_load_folder(b, "lua/behaviour/rfc2180", err, sizeof err) > 0,
          "lua/behaviour/rfc2180: %s", err);
    static const uint8_t words[] = {REPLY_OK, REPLY_NO};
    for (int k = 0; b && k < 2; k++)
        for (uint32_t context = 0; context < point_contexts(P_DELETE_IN_USE); context++) {
            unsigned others = 0, known = 0, expected = 0;
            static bool tried[BEHAVIOURS_MAX];
            memset(tried, 0, sizeof tried);
            run = (struct run){.mode = JUDGE, .behaviours = b};
            for (;;) {
                struct step s = {.word = words[k]};
                run.at = run.notes = 0;
                const struct answer *a = run_choose(&run, &s, P_DELETE_IN_USE, context);
                CHECK((a == NULL) == (s.behaviour < 0), "an answer has a behaviour");
                CHECK(!a || a->reply == words[k] || a->reply == REPLY_NONE, "an answer with another reply");
                CHECK(!a || !tried[s.behaviour], "%s twice", a ? behaviours_at(b, s.behaviour)->name : "");
                if (a)
                    tried[s.behaviour] = true;
                if (a)
                    known++;
                else
                    others++;
                CHECK(run.notes == 1 && run.note[0].verdict == (a ? V_CONFORMS : V_UNDOCUMENTED),
                      "a note each");
                run.depth = run.at;
                while (run.depth && ++run.choice[run.depth - 1] >= run.choices[run.depth - 1])
                    run.depth--;
                if (!run.depth)
                    break;
            }
            for (int i = 0; i < behaviours_count(b); i++) {
                const struct answer *a = behaviours_answer(b, i, P_DELETE_IN_USE, context);
                expected += a && (a->reply == words[k] || a->reply == REPLY_NONE);
            }
            CHECK(others == 1 && known <= expected && (known > 0) == (expected > 0),
                  "%u known of %u, %u others", known, expected, others);
        }
    behaviours_free(b);
}

int main(void) {
    names();
    flags();
    uids();
    views();
    collection_and_growth();
    patterns();
    odometer();
    choosing();
    printf("world: %u failed\n", check_failed);
    return check_failed != 0;
}
