/* fuzz_view.c: how many messages a client counts after a stream of EXISTS, EXPUNGE and FETCH responses:
 * libetpan's and c-client's sessions beside a view that follows the rules (MAP-I1, MAP-I4, MAP-I6, MAP-I7).
 *
 * Input: for each response an octet that says which and how its number is chosen, and up to four octets of
 * that number. Responses are well formed; their numbers need not be possible. What breaks a rule changes
 * nothing in the view; a session that counts otherwise parts from it there. Disagreements are folded into the
 * folder that IMAPDIFF_TALLY names.
 */
#include "compare.h"
#include "fuzz_common.h"
#include "tally.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RESPONSES 64
#define TEXT      (RESPONSES * 48)

enum kind { EXISTS, EXPUNGE, FETCH, RECENT };
struct told {
    enum kind kind;
    uint32_t number;
};
struct stream {
    struct told v[RESPONSES];
    int n;
};

static const char *const names[] = {"libetpan-view", "cclient-view"};
#define NAMES ((int)(sizeof names / sizeof names[0]))
static const struct library *library[NAMES]; /* NULL: left out */
static struct tally *tally;
static bool started;

/* ---- the view ---------------------------------------------------------------------------------------- */

/* The rule that a response breaks in a view of so many messages; CAUSE_NONE: none. */
static enum cause breaks(uint32_t view, const struct told *r) {
    bool there = r->number >= 1 && r->number <= view;
    switch (r->kind) {
    case EXISTS:
        return r->number < view ? CAUSE_EXISTS_SHRINKS : CAUSE_NONE;
    case EXPUNGE:
        return there ? CAUSE_NONE : CAUSE_EXPUNGE_BEYOND;
    case FETCH:
        return there ? CAUSE_NONE : CAUSE_FETCH_BEYOND;
    default:
        return CAUSE_NONE;
    }
}

static uint32_t view_after(uint32_t view, const struct told *r) {
    if (breaks(view, r) != CAUSE_NONE || r->kind == FETCH || r->kind == RECENT)
        return view;
    return r->kind == EXISTS ? r->number : view - 1;
}

static uint32_t view_of(const struct stream *s, int n) {
    uint32_t view = 0;
    for (int i = 0; i < n; i++)
        view = view_after(view, &s->v[i]);
    return view;
}

/* ---- responses --------------------------------------------------------------------------------------- */

static uint32_t choose(unsigned how, uint32_t view, const uint8_t **p, size_t *n) {
    static const uint32_t borders[] = {0x7fffffff, 0x80000000, 0xffffffff, 1000000, 65536, 0};
    uint32_t number = 0;
    switch (how) {
    case 0: /* around the view */
        return view;
    case 1:
        return view + 1;
    case 2:
        return view - 1;
    case 3: /* any */
        for (int i = 0; i < 4 && *n > 0; i++, ++*p, --*n)
            number = number << 8 | **p;
        return number;
    default:
        if (how < 10)
            return borders[how - 4];
        number = *n > 0 ? **p : 0; /* a small one, below the view, or not far beyond it */
        *p += *n > 0;
        *n -= *n > 0;
        return how < 14 || view == 0 ? number : number % view + 1;
    }
}

static void read_stream(struct stream *s, const uint8_t *p, size_t n) {
    uint32_t view = 0;
    int large = 3; /* responses to a view so large that c-client needs its time for each */
    s->n = 0;
    while (n > 0 && s->n < RESPONSES && (view < 65536 || large-- > 0)) {
        struct told *r = &s->v[s->n++];
        const uint8_t octet = *p++;
        n--;
        r->kind = octet & 3;
        r->number = choose(octet >> 2 & 15, view, &p, &n);
        view = view_after(view, r);
    }
}

static size_t print_told(char *to, size_t size, const struct told *r) {
    static const char *const words[] = {"EXISTS", "EXPUNGE", "FETCH (FLAGS (\\Seen))", "RECENT"};
    return (size_t)snprintf(to, size, "* %u %s\r\n", r->number, words[r->kind]);
}

static size_t print_stream(char *to, const struct stream *s, int n) {
    size_t at = 0;
    for (int i = 0; i < n; i++)
        at += print_told(to + at, TEXT - at, &s->v[i]);
    return at;
}

/* The grammar reads what was written, but for a message 0, which no response but EXISTS and RECENT has. */
static void own_check_told(const struct told *r) {
    static const uint8_t kinds[] = {RESP_EXISTS, RESP_EXPUNGE, RESP_FETCH, RESP_RECENT};
    static struct imap_response parsed;
    char text[64];
    size_t n = print_told(text, sizeof text, r);
    struct lex_options o = {.dialect = DIALECT_3501};
    struct node nodes[16];
    struct node_pool pool = {nodes, 16, 1};
    struct lex_result got = parse_response((const uint8_t *)text, n, &o, &pool, &parsed);
    bool legal = r->number > 0 || r->kind == EXISTS || r->kind == RECENT;
    OWN((got.verdict == LEX_ACCEPT) == legal, "the grammar's verdict on %s", text);
    OWN(!legal || (parsed.kind == kinds[r->kind] && parsed.number == r->number),
        "the grammar's reading of %s", text);
}

/* ---- sessions beside it ------------------------------------------------------------------------------ */

static void stop(void) {
    tally_close(tally);
    library_end();
}

static void start(void) {
    char err[400];
    const char *folder = getenv("IMAPDIFF_TALLY");
    started = true;
    for (int i = 0; i < NAMES; i++)
        if ((library[i] = library_load(names[i], err, sizeof err)) == NULL)
            fprintf(stderr, "fuzz: %s is left out: %s\n", names[i], err);
    if (folder && *folder && !(tally = tally_open(folder, err, sizeof err)))
        fprintf(stderr, "fuzz: findings are not kept: %s\n", err);
    atexit(stop);
}

/* Does it count otherwise after the first n responses? */
static bool parts(const struct library *l, const struct stream *s, int n, struct difference *d) {
    static uint8_t canon[64];
    char text[TEXT], count[24];
    size_t len = print_stream(text, s, n);
    d->answer = (struct lib_answer){.canon = {canon, sizeof canon, 0}};
    library_ask(l, ITEM_RESPONSE, (const uint8_t *)text, len, &d->answer);
    snprintf(count, sizeof count, "%u", view_of(s, n));
    d->part = d->answer.verdict >= LIB_CRASH    ? PART_FAULT
              : d->answer.verdict == LIB_REJECT ? PART_REFUSES
              : d->answer.verdict == LIB_PASS ||
                      (d->answer.canon.len == strlen(count) && memcmp(canon, count, strlen(count)) == 0)
                  ? PART_AGREE
                  : PART_CONTENT;
    return d->part != PART_AGREE;
}

static void drop(struct stream *s, int i) {
    memmove(&s->v[i], &s->v[i + 1], sizeof s->v[0] * (size_t)(s->n - i - 1));
    s->n--;
}

/* Which response it is that they part at, and the fewest before it that still have them part so. */
static void find(const struct library *l, struct stream s) {
    struct difference d = {.causes = 1}, again;
    char text[TEXT], err[400];
    int n = 1;
    while (n < s.n && !parts(l, &s, n, &d))
        n++;
    s.n = n;
    if (!parts(l, &s, n, &d)) /* not twice the same */
        return;
    static int shortest[CAUSE_COUNT][NAMES];
    int *best = &shortest[breaks(view_of(&s, n - 1), &s.v[n - 1])][l == library[0] ? 0 : 1];
    enum cause cause = breaks(view_of(&s, n - 1), &s.v[n - 1]);
    for (int i = s.n - 2; i >= 0 && (*best == 0 || s.n < *best); i--) {
        struct stream fewer = s;
        drop(&fewer, i);
        if (parts(l, &fewer, fewer.n, &again) && again.part == d.part &&
            breaks(view_of(&fewer, fewer.n - 1), &fewer.v[fewer.n - 1]) == cause &&
            !(fewer.n > 1 && parts(l, &fewer, fewer.n - 1, &again)))
            s = fewer;
    }
    *best = *best == 0 || s.n < *best ? s.n : *best;
    d.cause[0] = cause != CAUSE_NONE ? cause : CAUSE_VIEW_COUNT;
    d.at = (uint32_t)print_stream(text, &s, s.n - 1);
    size_t len = print_stream(text, &s, s.n);
    if (tally && !tally_add(tally, l, ITEM_RESPONSE, &d, (const uint8_t *)text, len, err, sizeof err))
        fprintf(stderr, "fuzz: %s\n", err);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
    struct stream s;
    struct difference d;
    if (!started)
        start();
    read_stream(&s, p, n);
    for (int i = 0; i < s.n; i++)
        own_check_told(&s.v[i]);
    for (int i = 0; i < NAMES; i++)
        if (library[i] != NULL && s.n > 0 && parts(library[i], &s, s.n, &d))
            find(library[i], s);
    if (tally)
        tally_executed(tally, 1);
    return 0;
}
