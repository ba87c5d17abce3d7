/* between_compare.c: what one side said against what the other heard, octet for octet, but for tags; and
 * which rule a difference breaks. */
#include "between_priv.h"

#include <ctype.h>
#include <string.h>

enum { FRAMES = 512 };
struct frames {
    struct slice v[FRAMES];
    int n;
    struct slice rest; /* no whole one */
};

static void cut(struct slice s, bool (*next)(struct slice *, struct slice *), struct frames *f) {
    f->n = 0;
    while (f->n < FRAMES && next(&s, &f->v[f->n]))
        f->n++;
    f->rest = s;
}

/* Without its tag; `*`, `+` and DONE are none. */
static struct slice body(struct slice frame) {
    struct slice tag = word_of(frame, 0);
    if (slice_is(tag, "*") || slice_is(tag, "+") || tag.n + 2 >= frame.n)
        return frame;
    return (struct slice){frame.p + tag.n, frame.n - tag.n};
}

/* ID has rows of its own. */
static bool is_id(struct slice frame) { return slice_is_nocase(word_of(frame, 1), "ID"); }

static bool same(struct slice a, struct slice b) {
    if (is_id(a) && is_id(b))
        return true;
    bool tagged[2] = {body(a).n != a.n, body(b).n != b.n};
    return tagged[0] == tagged[1] && slice_equal(body(a), body(b));
}

/* ---- the rule that a response is under ---- */

static bool is_number(struct slice w) {
    for (uint32_t i = 0; i < w.n; i++)
        if (!isdigit(w.p[i]))
            return false;
    return w.n;
}

static const char *rule_of(struct slice r) {
    static const struct {
        const char *word, *clauses;
    } rules[] = {{"FETCH", "R3501-6.4.5 MAP-I2"}, {"EXISTS", "R3501-7.3.1 MAP-I5"},
                 {"RECENT", "R3501-7.3.2"},       {"EXPUNGE", "R3501-7.4.1-d MAP-I5"},
                 {"SEARCH", "R3501-7.2.5"},       {"LIST", "R3501-7.2.2"},
                 {"LSUB", "R3501-7.2.3"},         {"STATUS", "R3501-7.2.4"},
                 {"FLAGS", "R3501-7.2.6"},        {"CAPABILITY", "R3501-7.2.1"},
                 {"BYE", "R3501-7.1.5"}};
    struct slice word = word_of(r, is_number(word_of(r, 1)) ? 2 : 1);
    if (slice_is(word_of(r, 0), "+"))
        return "R3501-7.5";
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (slice_is_nocase(word, rules[i].word))
            return rules[i].clauses;
    if (has_text(r, "[APPENDUID", true) || has_text(r, "[COPYUID", true))
        return "R4315-3 MAP-I16";
    return slice_is(word_of(r, 0), "*") ? "R3501-6.3.1-o" : "R3501-2.2.2 MAP-I13";
}

/* The numbers of two FETCH or EXPUNGE responses that are otherwise the same. */
static bool renumbered(struct slice a, struct slice b) {
    struct slice n[2] = {word_of(a, 1), word_of(b, 1)};
    if (!is_number(n[0]) || !is_number(n[1]) || slice_equal(n[0], n[1]))
        return false;
    struct slice rest[2] = {{n[0].p + n[0].n, (uint32_t)(a.p + a.n - n[0].p - n[0].n)},
                            {n[1].p + n[1].n, (uint32_t)(b.p + b.n - n[1].p - n[1].n)}};
    return slice_equal(rest[0], rest[1]);
}

/* Up to where the text for people begins in OK, NO, BAD, BYE; all of any other response. */
static uint32_t to_text(struct slice r) {
    struct slice word = word_of(r, 1);
    static const char *const status[] = {"OK", "NO", "BAD", "BYE", NULL};
    for (int i = 0; status[i]; i++) {
        if (!slice_is_nocase(word, status[i]))
            continue;
        uint32_t n = (uint32_t)(word.p + word.n - r.p);
        const uint8_t *code = n + 1 < r.n && r.p[n + 1] == '[' ? memchr(r.p + n, ']', r.n - n) : NULL;
        return code ? (uint32_t)(code + 1 - r.p) : n;
    }
    return r.n;
}

static bool text_only(struct slice a, struct slice b) {
    struct slice x = body(a), y = body(b);
    uint32_t n = to_text(a), m = to_text(b);
    if (n == a.n || m == b.n)
        return false;
    n -= a.n - x.n;
    m -= b.n - y.n;
    return n == m && !memcmp(x.p, y.p, n);
}

static size_t first_difference(struct slice a, struct slice b) {
    size_t i = 0;
    while (i < a.n && i < b.n && a.p[i] == b.p[i])
        i++;
    return i;
}

/* ---- two streams ---- */

static void describe(struct difference *d, const char *what, struct slice from, struct slice to) {
    char a[150], b[150];
    size_t at = first_difference(from, to);
    octets_text(from, at, 60, a, sizeof a);
    octets_text(to, at, 60, b, sizeof b);
    d->differs = true;
    if (!to.n)
        snprintf(d->text, sizeof d->text, "%s is lost: `%s`", what, a);
    else if (!from.n)
        snprintf(d->text, sizeof d->text, "%s comes from nowhere: `%s`", what, b);
    else
        snprintf(d->text, sizeof d->text, "%s is altered at octet %zu: sent `%s`, came `%s`", what, at, a, b);
}

static void judge_pair(struct difference *d, struct slice sent, struct slice came) {
    struct slice ruled = sent.n ? sent : came;
    snprintf(d->clauses, sizeof d->clauses, "%s", rule_of(ruled));
    if (sent.n && came.n && renumbered(sent, came))
        snprintf(d->clauses, sizeof d->clauses, "MAP-I1 MAP-I2");
    d->text_only = sent.n && came.n && text_only(sent, came);
    describe(d, "a response", sent, came);
}

/* The first place where they part: one is lost, one is new, or one is altered. */
static void part(const struct frames *s, const struct frames *h, struct slice *sent, struct slice *came) {
    int i = 0;
    while (i < s->n && i < h->n && same(s->v[i], h->v[i]))
        i++;
    *sent = i < s->n ? s->v[i] : i == h->n ? s->rest : (struct slice){0};
    *came = i < h->n ? h->v[i] : i == s->n ? h->rest : (struct slice){0};
    if (i + 1 < s->n && i < h->n && same(s->v[i + 1], h->v[i]))
        came->n = 0;
    else if (i + 1 < h->n && i < s->n && same(s->v[i], h->v[i + 1]))
        sent->n = 0;
}

struct difference compare_responses(struct slice said, struct slice heard) {
    static struct frames s, h;
    struct difference d = {.differs = false};
    struct slice sent, came;
    cut(said, next_response, &s);
    cut(heard, next_response, &h);
    part(&s, &h, &sent, &came);
    if (sent.n || came.n)
        judge_pair(&d, sent, came);
    return d;
}

struct difference compare_commands(struct slice sent_octets, struct slice got) {
    static struct frames s, g;
    struct difference d = {.commands = true};
    struct slice sent, came;
    cut(sent_octets, next_command, &s);
    cut(got, next_command, &g);
    part(&s, &g, &sent, &came);
    if (sent.n || came.n) {
        snprintf(d.clauses, sizeof d.clauses, "ID-5-a");
        describe(&d, "a command", sent, came);
    }
    return d;
}
