/* test_sentences.c: the parsers of commands and responses against the ABNF itself.
 *
 * Random sentences of grammar/abnf/ and their mutants are judged by parse_command or parse_response and by an Earley
 * recognizer over the same ABNF. Verdict and offset must be equal: both directions, recursion, literals and bounds included.
 * SENTENCES=n in the environment: so many per dialect and side (default 2000), each with two mutants.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "earley.h"
#include "items.h"

static const char *const dialects[] = {"2060", "3501", "9051"}, *const verdicts[] = {"accept", "more", "reject", "limit"};
static struct node nodes[4096];
static unsigned long tried[4];

/* The two strings at the start of a body part, decoded: in prose, the type decides, however it is written. */
static bool media(const uint8_t *p, size_t n, const char *type, const char *sub)
{
    char got[2][64] = {"", ""};
    for (int k = 0; k < 2; k++) {
        size_t len = 0;
        if (*p == '"') {
            const uint8_t *q = p + 1;
            for (; *q != '"'; q++) {
                q += *q == '\\';
                if (len < 63)
                    got[k][len++] = (char)*q;
            }
            p = q + 2;
        } else {
            unsigned long count = strtoul((const char *)p + 1, NULL, 10);
            p = (const uint8_t *)memchr(p, '\n', n) + 1;
            snprintf(got[k], sizeof got[k], "%.*s", (int)(count < 63 ? count : 63), (const char *)p);
            p += count + 1;
        }
    }
    return strcasecmp(got[0], type) == 0 && (sub == NULL || strcasecmp(got[1], sub) == 0);
}
static bool is_text(const uint8_t *p, size_t n) { return media(p, n, "TEXT", NULL); }
static bool is_message(const uint8_t *p, size_t n) { return media(p, n, "MESSAGE", "RFC822"); }
static bool is_message9051(const uint8_t *p, size_t n) { return is_message(p, n) || media(p, n, "MESSAGE", "GLOBAL"); }
static bool is_other(const uint8_t *p, size_t n) { return !is_text(p, n) && !is_message(p, n); }
static bool is_other9051(const uint8_t *p, size_t n) { return !is_text(p, n) && !is_message9051(p, n); }

/* Does the line [p, end) end in "{n}"? */
static bool announces(const uint8_t *p, const uint8_t *end, unsigned long long *n)
{
    const uint8_t *d = end - 1;
    if (end == p || *d != '}')
        return false;
    while (d > p && d[-1] >= '0' && d[-1] <= '9')
        d--;
    if (d == end - 1 || d == p || d[-1] != '{')
        return false;
    *n = strtoull((const char *)d, NULL, 10);
    return true;
}

/* Unknown data that ends as if it announced a literal has not ended. */
static bool is_ended(const uint8_t *p, size_t n)
{
    const uint8_t *end = p + n, *cr;
    unsigned long long octets;
    while ((cr = memmem(p, (size_t)(end - p), "\r\n", 2)) != NULL) { /* each is behind an announcement */
        announces(p, cr, &octets);
        p = cr + 2 + octets;
    }
    return !announces(p, end, &octets);
}

/* For judging, the media rules are what they are in prose; for writing sentences, what they are in the ABNF. */
static struct earley *grammar(enum item_kind side, enum dialect d, bool plus, bool judge)
{
    struct abnf *g = abnf_new();
    static const char *const files[] = {"imap", "command", "response", "id", "clientid"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[100];
        snprintf(path, sizeof path, "grammar/abnf/%s.abnf", files[i]);
        abnf_read(g, path);
    }
    abnf_override(g, "literal", plus ? "literal-plus-head <content>" : "literal-head <content>");
    abnf_override(g, "literal8", "literal8-head <octets>");
    abnf_override(g, "client-id-type", "client-id-type-prose");
    if (judge) {
        abnf_override(g, "media-text", "string SP string");
        abnf_override(g, "media-message", "string SP string");
        abnf_override(g, "media-other", "string SP string");
    }
    struct earley *e = earley_new(g, side == COMMAND ? "command" : "response", d);
    if (judge && side == RESPONSE) {
        earley_require(e, "media-text", is_text);
        earley_require(e, "media-message", d == DIALECT_9051 ? is_message9051 : is_message);
        earley_require(e, "media-other", d == DIALECT_9051 ? is_other9051 : is_other);
        earley_require(e, "other-data", is_ended);
    }
    return e;
}

static size_t mutate(uint64_t *seed, uint8_t *p, size_t n)
{
    static const uint8_t liked[] = " ()\"\\{}[]<>*%+$,:.-01249NILniax\r\n\0\x7f\x80\xc3\xa9";
    for (uint32_t times = 1 + earley_random(seed, 2); times > 0 && n > 0; times--) {
        size_t at = earley_random(seed, (uint32_t)n);
        uint8_t c = liked[earley_random(seed, sizeof liked - 1)];
        switch (earley_random(seed, 5)) {
        case 0: p[at] = c; break;
        case 1: memmove(p + at, p + at + 1, --n - at); break;
        case 2: memmove(p + at + 1, p + at, n++ - at), p[at] = c; break;
        case 3: p[at] ^= 32; break;
        default: p[at] = p[earley_random(seed, (uint32_t)n)]; break;
        }
    }
    return n;
}

static bool equal(struct earley *e, enum item_kind side, const struct lex_options *o, const uint8_t *p, size_t n)
{
    static union { struct imap_command c; struct imap_response r; } out;
    struct node_pool pool = {nodes, 4096, 1};
    const uint8_t *g = against_guard(p, n);
    struct lex_result ours = side == COMMAND ? parse_command(g, n, o, &pool, &out.c) : parse_response(g, n, o, &pool, &out.r);
    struct lex_result theirs = earley_judge(e, p, n);
    tried[ours.verdict]++;
    if (ours.verdict == LEX_LIMIT || (ours.verdict == theirs.verdict && ours.offset == theirs.offset))
        return true;
    printf("%s %s: ", dialects[o->dialect], side == COMMAND ? "command" : "response");
    for (size_t i = 0; i < n; i++)
        p[i] >= ' ' && p[i] < 0x7f && p[i] != '\\' ? printf("%c", p[i]) : printf("\\x%02x", p[i]);
    printf("\n    parser %s at %u by %s, ABNF %s at %u\n", verdicts[ours.verdict], ours.offset,
           ours.rule != NULL ? ours.rule : "-", verdicts[theirs.verdict], theirs.offset);
    return false;
}

/* Sentences of each dialect, judged in dialect d. */
static unsigned run(enum item_kind side, enum dialect d, struct earley *const *writers, unsigned long sentences)
{
    static uint8_t p[620];
    struct lex_options o = {.dialect = d, .literals = side == COMMAND && d != DIALECT_2060 ? LITERALS_PLUS : LITERALS_SYNC};
    struct earley *judge = grammar(side, d, o.literals == LITERALS_PLUS, true);
    uint64_t seed = UINT64_C(0x9e3779b97f4a7c15) + d + 8 * side;
    unsigned failed = 0;
    for (unsigned long i = 0; i < sentences && failed < 10; i++) {
        size_t n = earley_sentence(writers[i % 2 == 0 ? (unsigned)d : earley_random(&seed, 3)], &seed, p, 600);
        if (n == 0)
            continue;
        failed += !equal(judge, side, &o, p, n);
        for (int k = 0; k < 2; k++) {
            n = mutate(&seed, p, n);
            failed += !equal(judge, side, &o, p, n);
        }
    }
    return failed;
}

int main(void)
{
    const char *more = getenv("SENTENCES");
    unsigned long n = more != NULL ? strtoul(more, NULL, 10) : 2000;
    unsigned failed = 0;
    for (int side = COMMAND; side <= RESPONSE; side++) {
        struct earley *writers[3];
        for (int d = 0; d < 3; d++)
            writers[d] = grammar((enum item_kind)side, (enum dialect)d, side == COMMAND && d > 0, false);
        for (int d = 0; d < 3; d++)
            failed += run((enum item_kind)side, (enum dialect)d, writers, n);
    }
    printf("sentences: %lu accepted, %lu unfinished, %lu rejected, %lu beyond our limits; %u differ\n", tried[LEX_ACCEPT],
           tried[LEX_MORE], tried[LEX_REJECT], tried[LEX_LIMIT], failed);
    return failed != 0 || tried[LEX_ACCEPT] == 0 || tried[LEX_REJECT] == 0;
}
