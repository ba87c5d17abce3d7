/* test_mutate.c: the mutator: bounded, deterministic, and from nothing it reaches what the differential must
 * see. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "id.h"
#include "mutate.h"

static unsigned failed;
#define CHECK(holds, ...)                                                                                    \
    do {                                                                                                     \
        if (!(holds)) {                                                                                      \
            printf("line %d: ", __LINE__);                                                                   \
            printf(__VA_ARGS__);                                                                             \
            printf("\n");                                                                                    \
            failed++;                                                                                        \
        }                                                                                                    \
    } while (0)

#define CAP 4096

/* The same seed gives the same octets; nothing is written behind cap; one octet at least. */
static void bounds(void) {
    static uint8_t a[CAP + 8], b[CAP + 8];
    for (unsigned seed = 0; seed < 20000; seed++) {
        enum lib_item item = (enum lib_item)(seed % ITEM_COUNT);
        size_t cap = 1 + seed * 7919u % CAP, n = 0, m = 0;
        memset(a, 0xee, sizeof a);
        memset(b, 0xee, sizeof b);
        for (unsigned k = 0; k < 3; k++) {
            n = mutate(item, a, n, cap, seed * 3u + k);
            m = mutate(item, b, m, cap, seed * 3u + k);
            CHECK(n >= 1 && n <= cap && a[cap] == 0xee, "seed %u: %zu of %zu octets", seed, n, cap);
            CHECK(n == m && !memcmp(a, b, n), "seed %u: not the same twice", seed);
        }
        static uint8_t x[CAP + 8], y[CAP + 8];
        memset(x, 0xee, sizeof x);
        n = mutate_cross(item, a, n, b, m / 2, x, cap, seed);
        CHECK(n >= 1 && n <= cap && x[cap] == 0xee, "crossed %u: %zu of %zu octets", seed, n, cap);
        CHECK(n == mutate_cross(item, a, m, b, m / 2, y, cap, seed) && !memcmp(x, y, n),
              "crossed %u: not the same twice", seed);
    }
}

/* ---- what must come up ---- */

static bool has(const uint8_t *p, size_t n, const char *z, size_t k) { return memmem(p, n, z, k) != NULL; }
#define HAS(z) has(p, n, z, sizeof(z) - 1)

/* Octets between a quoted string's quotes. */
static bool in_quotes(const uint8_t *p, size_t n, uint8_t from, uint8_t to) {
    bool inside = false;
    for (size_t i = 0; i < n; i++) {
        if (inside && p[i] == '\\' && i + 1 < n)
            i++;
        else if (p[i] == '"')
            inside = !inside;
        else if (inside && p[i] >= from && p[i] <= to)
            return true;
    }
    return false;
}

struct seen { /* what an accepted list has */
    uint32_t pairs;
    bool field30, field31, value1024, value1025, literal, empty, nil_value, duplicate, in_case, nul, eight;
};
static struct seen look(struct slice params) {
    struct seen s = {0};
    struct id_pair x, first = {0};
    for (uint32_t at = 0; id_next_pair(params, &at, &x); s.pairs++) {
        s.field30 |= x.field.s.n == 30;
        s.field31 |= x.field.s.n == 31;
        s.value1024 |= x.value.s.n == 1024;
        s.value1025 |= x.value.s.n == 1025;
        s.literal |= x.field.kind == STR_LITERAL || x.value.kind == STR_LITERAL;
        s.empty |= x.value.kind != STR_NIL && !x.value.s.n;
        s.nil_value |= x.value.kind == STR_NIL;
        for (uint32_t i = 0; x.value.kind == STR_LITERAL && i < x.value.s.n; i++)
            s.eight |= x.value.s.p[i] > 0x7f;
        if (s.pairs) {
            s.duplicate |= istring_equal(&first.field, &x.field);
            s.in_case |= first.field.s.n == x.field.s.n && x.field.s.n &&
                         first.field.s.p[0] == (x.field.s.p[0] ^ 0x20) &&
                         !memcmp(first.field.s.p + 1, x.field.s.p + 1, x.field.s.n - 1);
        } else
            first = x;
    }
    return s;
}

static void id_features(void) {
    static const char *const names[] = {"accepted",
                                        "NIL",
                                        "nil",
                                        "()",
                                        "30 pairs",
                                        "31 pairs",
                                        "field of 30",
                                        "field of 31",
                                        "value of 1024",
                                        "value of 1025",
                                        "literal",
                                        "{0}",
                                        "empty value",
                                        "NIL value",
                                        "twice",
                                        "twice in other case",
                                        "8-bit literal",
                                        "bare LF",
                                        "bare CR",
                                        "NUL",
                                        "NUL in quotes",
                                        "8-bit in quotes",
                                        "an escape",
                                        "a wrong escape",
                                        "{n+}",
                                        "~{n}",
                                        "2^31",
                                        "2^32-1",
                                        "2^32",
                                        "2^64",
                                        "leading zero",
                                        "two blanks",
                                        "TAB",
                                        "nested",
                                        "\"NIL\"",
                                        "a trailing blank",
                                        "a second command",
                                        "CR in quotes",
                                        "unfinished"};
    enum { N = sizeof names / sizeof *names };
    unsigned count[N] = {0}, runs = 100000;
    static uint8_t p[CAP];
    size_t n = 0;
    const struct lex_options o = {.dialect = DIALECT_3501, .literals = LITERALS_PLUS};
    for (unsigned seed = 1; seed <= runs; seed++) {
        n = mutate(ITEM_ID, p, seed % 4 == 1 ? 0 : n, CAP, seed);
        struct lex_state st = {{0}};
        struct lex_result r = lex_id(&st, p, n, &o);
        struct seen s = {0};
        if (r.verdict == LEX_ACCEPT)
            s = look((struct slice){p + 3, r.offset - 5});
        bool v[N] = {r.verdict == LEX_ACCEPT,
                     HAS("NIL\r\n"),
                     HAS("nil"),
                     HAS("()"),
                     s.pairs == 30,
                     s.pairs == 31,
                     s.field30,
                     s.field31,
                     s.value1024,
                     s.value1025,
                     s.literal,
                     HAS("{0}\r\n"),
                     s.empty,
                     s.nil_value,
                     s.duplicate,
                     s.in_case,
                     s.eight,
                     n > 1 && p[n - 1] == '\n' && p[n - 2] != '\r',
                     p[n - 1] == '\r',
                     memchr(p, 0, n) != NULL,
                     in_quotes(p, n, 0, 0),
                     in_quotes(p, n, 0x80, 0xff),
                     HAS("\\\""),
                     HAS("\\n"),
                     HAS("+}\r\n"),
                     HAS("~{"),
                     HAS("2147483648"),
                     HAS("4294967295"),
                     HAS("4294967296"),
                     HAS("18446744073709551616"),
                     HAS("{0"),
                     HAS("  "),
                     HAS("\t"),
                     HAS("(("),
                     HAS("\"NIL\""),
                     HAS(" \r\n"),
                     HAS("\r\nA9 NOOP\r\n"),
                     in_quotes(p, n, '\r', '\r'),
                     r.verdict == LEX_MORE};
        for (int i = 0; i < N; i++)
            count[i] += v[i];
    }
    for (int i = 0; i < N; i++)
        CHECK(count[i] >= 5, "%s: %u of %u ID commands", names[i], count[i], runs);
    /* Of nothing but valid inputs, or of next to none, a differential learns little. */
    CHECK(count[0] > runs / 5 && count[0] < runs * 4 / 5, "accepted: %u of %u ID commands", count[0], runs);
}

static void clientid_features(void) {
    static const char *const names[] = {
        "accepted", "type of 16",       "type of 17", "token of 128", "token of 129", "a quoted token", "{3}",
        "{n+}",     "type with digits", "_",          "8-bit"};
    enum { N = sizeof names / sizeof *names };
    unsigned count[N] = {0}, runs = 50000;
    static uint8_t p[CAP];
    size_t n = 0;
    const struct lex_options o = {0};
    for (unsigned seed = 1; seed <= runs; seed++) {
        n = mutate(ITEM_CLIENTID, p, seed % 4 == 1 ? 0 : n, CAP, seed);
        struct lex_state st = {{0}};
        struct lex_result r = lex_clientid(&st, p, n, &o);
        const uint8_t *sp = n > 9 ? memchr(p + 9, ' ', n - 9) : NULL,
                      *cr = sp ? memchr(sp, '\r', (size_t)(p + n - sp)) : NULL;
        size_t type = sp ? (size_t)(sp - p) - 9 : 0, token = cr ? (size_t)(cr - sp) - 1 : 0;
        bool digits = false, eight = false;
        for (size_t i = 9; sp && p + i < sp; i++)
            digits |= p[i] >= '0' && p[i] <= '9';
        for (size_t i = 0; i < n; i++)
            eight |= p[i] > 0x7f;
        bool v[N] = {r.verdict == LEX_ACCEPT,
                     type == 16,
                     type == 17,
                     token == 128,
                     token == 129,
                     HAS(" \""),
                     HAS("{3}"),
                     HAS("+}"),
                     digits,
                     HAS("_"),
                     eight};
        for (int i = 0; i < N; i++)
            count[i] += v[i];
    }
    for (int i = 0; i < N; i++)
        CHECK(count[i] >= 5, "%s: %u of %u CLIENTID commands", names[i], count[i], runs);
    CHECK(count[0] > runs / 5 && count[0] < runs * 4 / 5, "accepted: %u of %u CLIENTID commands", count[0],
          runs);
}

/* Every command and response that we know comes up, understood. */
static void kinds(void) {
    static uint8_t p[CAP];
    static struct node v[2048];
    static struct imap_command c;
    static struct imap_response x;
    unsigned commands[CMD_COUNT] = {0}, responses[RESP_COUNT] = {0}, accepted[2] = {0}, runs = 60000;
    const struct lex_options o = {.dialect = DIALECT_3501, .literals = LITERALS_PLUS};
    for (unsigned seed = 1; seed <= runs; seed++) {
        struct node_pool pool = {v, 2048, 1};
        size_t n = mutate(ITEM_COMMAND, p, 0, CAP, seed);
        if (parse_command(p, n, &o, &pool, &c).verdict == LEX_ACCEPT) {
            commands[c.kind]++;
            accepted[0]++;
        }
        pool.len = 1;
        n = mutate(ITEM_RESPONSE, p, 0, CAP, seed);
        if (parse_response(p, n, &o, &pool, &x).verdict == LEX_ACCEPT) {
            responses[x.kind]++;
            accepted[1]++;
        }
    }
    for (int i = CMD_UNKNOWN + 1; i < CMD_COUNT; i++)
        CHECK(commands[i] >= 5, "command %d: %u", i, commands[i]);
    for (int i = 0; i < RESP_COUNT; i++)
        CHECK(responses[i] >= 5, "response %s: %u", response_name((enum response_kind)i), responses[i]);
    for (int i = 0; i < 2; i++)
        CHECK(accepted[i] > runs / 5 && accepted[i] < runs * 9 / 10, "accepted: %u of %u %s", accepted[i],
              runs, i ? "responses" : "commands");
}

/* Lines are "text" with \xHH, or comments. */
static void dictionary(void) {
    for (int item = 0; item < ITEM_COUNT; item++) {
        char *text = NULL, *line, *rest;
        size_t n;
        FILE *f = open_memstream(&text, &n);
        mutate_dictionary((enum lib_item)item, f);
        fclose(f);
        unsigned lines = 0;
        rest = text;
        while ((line = strsep(&rest, "\n")) && *line) {
            size_t k = strlen(line);
            CHECK(line[0] == '#' || (k > 2 && line[0] == '"' && line[k - 1] == '"' && k < 128),
                  "dictionary %d: %s", item, line);
            lines++;
        }
        CHECK(lines > 20, "dictionary %d: %u lines", item, lines);
        free(text);
    }
}

int main(void) {
    bounds();
    id_features();
    clientid_features();
    kinds();
    dictionary();
    printf("mutate: %u failed\n", failed);
    return failed != 0;
}
