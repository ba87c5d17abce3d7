/* bench_library.c: our lexers beside the parsers of others, on the same inputs, in turns.
 *
 * A library is entered as a comparison enters it, its parse() in harness/targets, but is not made to write
 * what it understood: the canonical form is our affair. Times are of CPU, the best of several turns; in each
 * turn everybody has the input once.
 */
#include "bench.h"

#include "id.h"
#include "library.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TURNS = 15, CONTESTANTS = 16 };

typedef struct lex_result lexer(struct lex_state *, const uint8_t *, size_t, const struct lex_options *);
static const struct lex_options plus = {.dialect = DIALECT_3501, .literals = LITERALS_PLUS};
static const struct lex_options sync = {.dialect = DIALECT_3501, .literals = LITERALS_SYNC};
static volatile uint64_t sink;

struct input {
    const char *what;
    enum lib_item item;
    const uint8_t *p;
    size_t n;
    long rounds;
};

/* ---- who takes part ---- */

static bool ours(const struct input *in, long rounds) {
    lexer *f = in->item == ITEM_ID ? lex_id : in->item == ITEM_ID_RESPONSE ? lex_id_response : lex_clientid;
    const struct lex_options *o = in->item == ITEM_ID_RESPONSE ? &sync : &plus;
    for (long i = 0; i < rounds; i++) {
        struct lex_state st = {{0}};
        struct lex_result r = f(&st, in->p, in->n, o);
        sink += r.offset;
        if (r.verdict != LEX_ACCEPT)
            return false;
    }
    return true;
}

/* The lexer, then every string as the caller would get it. */
static bool ours_read(const struct input *in, long rounds) {
    const size_t head = in->item == ITEM_ID ? sizeof "ID" : sizeof "* ID";
    const struct slice params = {in->p + head, (uint32_t)(in->n - head - 2)};
    for (long i = 0; i < rounds; i++) {
        struct id_pair pair;
        if (!ours(in, 1))
            return false;
        for (uint32_t pos = 0; id_next_pair(params, &pos, &pair);)
            sink += pair.value.s.n;
    }
    return true;
}

static bool theirs(const struct library *l, const struct input *in, long rounds) {
    for (long i = 0; i < rounds; i++) {
        struct lib_answer a;
        a.verdict = LIB_PASS;
        a.used = 0;
        a.canon = (struct out){NULL, 0, 0};
        a.why[0] = 0;
        l->parse(in->item, in->p, in->n, &a);
        sink += a.used;
        if (a.verdict != LIB_ACCEPT)
            return false;
    }
    return true;
}

static const struct library *library[CONTESTANTS];
static int libraries;

static void load(void) {
    struct library_name v[LIBRARY_MAX];
    int n = library_names(v, LIBRARY_MAX);
    for (int i = 0; i < n; i++) {
        char err[300];
        const struct library *l = v[i].missing ? NULL : library_load(v[i].name, err, sizeof err);
        if (!l)
            bench_note(v[i].name, v[i].missing ? v[i].why : err);
        else if (!l->isolate && libraries < CONTESTANTS)
            library[libraries++] = l;
    }
    if (n == 0)
        bench_note("libraries", "none is there: `make targets` builds them");
}

/* ---- a comparison ---- */

/* Nanoseconds per input, the best of all turns; 0: it does not take this input. [0], [1] ours, then the
 * libraries. */
static void race(const struct input *in, double best[CONTESTANTS + 2]) {
    for (int i = 0; i < CONTESTANTS + 2; i++)
        best[i] = 0;
    for (int turn = 0; turn < TURNS; turn++)
        for (int i = 0; i < libraries + 2; i++) {
            const struct library *l = i < 2 ? NULL : library[i - 2];
            if ((l && !(l->items >> in->item & 1)) || (turn > 0 && best[i] == 0) ||
                (i == 1 && in->item == ITEM_CLIENTID))
                continue;
            long rounds = l ? in->rounds / 10 + 1 : in->rounds;
            double t = bench_now();
            bool good = i == 0 ? ours(in, rounds) : i == 1 ? ours_read(in, rounds) : theirs(l, in, rounds);
            t = (bench_now() - t) / (double)rounds * 1e9;
            if (good && (best[i] == 0 || t < best[i]))
                best[i] = t;
        }
    if (best[0] == 0)
        abort(); /* our own inputs are right */
}

/* reach: of the ratio beside libraries of these names. */
struct goal {
    const char *library;
    double reach;
};

static void show(const struct input *in, const struct goal *goal, double rate) {
    double best[CONTESTANTS + 2];
    char name[120];
    race(in, best);
    snprintf(name, sizeof name, "lex %s", in->what);
    if (rate > 0)
        bench_row(name, (double)in->n / best[0], "GB/s", 0, "", rate, 0);
    for (int i = 0; i < libraries; i++) {
        const struct library *l = library[i];
        double reach = goal && !strcmp(goal->library, l->name) ? goal->reach : 0;
        snprintf(name, sizeof name, "lex %s, beside %s", in->what, l->name);
        if (best[i + 2] > 0)
            bench_ratio(name, best[0], "ns", best[i + 2], l->name, reach, 1);
        else if (l->items >> in->item & 1)
            bench_note(name, "it refuses the input, by a limit of its own");
    }
    snprintf(name, sizeof name, "lex %s, and read its strings", in->what);
    if (best[1] > 0)
        bench_row(name, best[1], "ns", 0, "", 0, 1);
}

/* ---- the inputs ---- */

#define TYPICAL  "ID (\"name\" \"sodr\" \"version\" \"19.34\" \"vendor\" \"Pink Floyd Music Limited\")\r\n"
#define CLIENTID "CLIENTID UUID 23bf83be-aad7-46aa-9e0f-39191ccf402f\r\n"
enum { PAIRS = 30, VALUE = 1024, LITERAL = 32768, ROOM = 40000 };

/* 30 pairs, their values of 1024 octets. */
static size_t large(char *to, const char *head) {
    size_t n = (size_t)sprintf(to, "%sID (", head);
    for (int i = 0; i < PAIRS; i++) {
        n += (size_t)sprintf(to + n, "%s\"field%02d\" \"", i ? " " : "", i);
        memset(to + n, 'v', VALUE);
        n += VALUE;
        to[n++] = '"';
    }
    return n + (size_t)sprintf(to + n, ")\r\n");
}

static size_t literal(char *to, const char *head, const char *plus_sign) {
    size_t n = (size_t)sprintf(to, "%sID (\"name\" {%d%s}\r\n", head, LITERAL, plus_sign);
    memset(to + n, 'v', LITERAL);
    n += LITERAL;
    return n + (size_t)sprintf(to + n, ")\r\n");
}

void bench_library(void) {
    static const struct goal dovecot = {"dovecot", 15}, dovecot_large = {"dovecot", 20},
                             libetpan = {"libetpan", 80};
    char *big = malloc(ROOM);
    if (!big)
        abort();
    load();
#define INPUT(what, item, text, n, rounds) (&(struct input){what, item, (const uint8_t *)(text), n, rounds})
    show(INPUT("a typical ID list (74 octets)", ITEM_ID, TYPICAL, sizeof TYPICAL - 1, 100000), &dovecot, 0);
    show(INPUT("a typical ID response", ITEM_ID_RESPONSE, "* " TYPICAL, sizeof TYPICAL + 1, 100000),
         &libetpan, 0);
    size_t n = large(big, "");
    show(INPUT("30 pairs of 1024 octets", ITEM_ID, big, n, 2000), &dovecot_large, 10);
    n = large(big, "* ");
    show(INPUT("30 pairs of 1024 octets, a response", ITEM_ID_RESPONSE, big, n, 2000), NULL, 0);
    show(INPUT("CLIENTID", ITEM_CLIENTID, CLIENTID, sizeof CLIENTID - 1, 100000), NULL, 0);
    n = literal(big, "", "+");
    show(INPUT("a literal of 32 KiB", ITEM_ID, big, n, 4000), NULL, 0);
    n = literal(big, "* ", "");
    show(INPUT("a literal of 32 KiB, a response", ITEM_ID_RESPONSE, big, n, 4000), NULL, 0);
    free(big);
}
