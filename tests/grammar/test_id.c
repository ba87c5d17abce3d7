/* test_id.c: the ID lexers, pairs and limits, against values taken from the documents by hand, and by random
 * inputs against the referee (proof.h). */
#include "suite.h"

#include "id.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define O(d, l)                                                                                              \
    { .dialect = DIALECT_##d, .literals = LITERALS_##l }

struct sample {
    const char *text;
    size_t n; /* octets, 0: up to the NUL */
    struct lex_options o;
    enum lex_verdict verdict;
    uint32_t offset;
    const char *rule;
};

static const struct sample commands[] = {
    /* RFC 2971 section 3.1's own example, and what the grammar says of NIL and () */
    {"ID (\"name\" \"sodr\" \"version\" \"19.34\" \"vendor\" \"Pink Floyd Music Limited\")\r\n", 0,
     O(2060, SYNC), LEX_ACCEPT, 74, NULL},
    {"ID NIL\r\n", 0, O(2060, SYNC), LEX_ACCEPT, 8, NULL},
    {"id nil\r\n", 0, O(2060, SYNC), LEX_ACCEPT, 8, NULL}, /* ID-4-a */
    {"Id nIl\r\n", 0, O(2060, SYNC), LEX_ACCEPT, 8, NULL},
    {"ID ()\r\n", 0, O(2060, SYNC), LEX_ACCEPT, 7, NULL},           /* ID-4-c, T-ID-2 */
    {"ID (\"\" \"\")\r\n", 0, O(2060, SYNC), LEX_ACCEPT, 12, NULL}, /* ID-3.3-a */
    {"ID (\"a\" NIL)\r\nA2 NOOP\r\n", 0, O(2060, SYNC), LEX_ACCEPT, 14,
     NULL},                                                             /* what follows is another item */
    {"ID (\"a\" \"NIL\")\r\n", 0, O(2060, SYNC), LEX_ACCEPT, 16, NULL}, /* T-ID-10 */
    {"ID (\"NIL\" NIL)\r\n", 0, O(2060, SYNC), LEX_ACCEPT, 16, NULL},
    {"ID \"NIL\"\r\n", 0, O(2060, SYNC), LEX_REJECT, 3, "id-params-list"},   /* T-ID-10 */
    {"ID (NIL NIL)\r\n", 0, O(2060, SYNC), LEX_REJECT, 4, "id-params-list"}, /* a field is no nstring */
    {"ID (\"a\" \"b\" NIL NIL)\r\n", 0, O(2060, SYNC), LEX_REJECT, 12, "string"},
    {"ID NILS\r\n", 0, O(2060, SYNC), LEX_REJECT, 6, "command"},
    {"ID  NIL\r\n", 0, O(2060, SYNC), LEX_REJECT, 3, "id-params-list"}, /* ID-4-d: one SPACE */
    {"ID\tNIL\r\n", 0, O(2060, SYNC), LEX_REJECT, 2, "id"},
    {"ID\r\n", 0, O(2060, SYNC), LEX_REJECT, 2, "id"},
    {"ID \r\n", 0, O(2060, SYNC), LEX_REJECT, 3, "id-params-list"},
    {"ID NIL \r\n", 0, O(2060, SYNC), LEX_REJECT, 6, "command"},
    {"ID NIL\n", 0, O(2060, SYNC), LEX_REJECT, 6, "command"},
    {"ID NIL\r\r", 0, O(2060, SYNC), LEX_REJECT, 7, "command"},
    {"ID ( \"a\" NIL)\r\n", 0, O(2060, SYNC), LEX_REJECT, 4, "id-params-list"},
    {"ID (\"a\" NIL )\r\n", 0, O(2060, SYNC), LEX_REJECT, 12, "string"},
    {"ID (\"a\"  NIL)\r\n", 0, O(2060, SYNC), LEX_REJECT, 8, "nstring"},
    {"ID (\"a\", NIL)\r\n", 0, O(2060, SYNC), LEX_REJECT, 7, "id-pair"}, /* ID-4-d: not RFC 822's commas */
    {"ID (\"a\" \"b\",\"c\" NIL)\r\n", 0, O(2060, SYNC), LEX_REJECT, 11, "id-params-list"},
    {"ID (\"a\")\r\n", 0, O(2060, SYNC), LEX_REJECT, 7, "id-pair"},        /* an odd string */
    {"ID (a NIL)\r\n", 0, O(2060, SYNC), LEX_REJECT, 4, "id-params-list"}, /* string, not astring */
    {"ID ((\"a\" NIL))\r\n", 0, O(2060, SYNC), LEX_REJECT, 4, "id-params-list"},
    {"ID (\"a\" NIL\r\n", 0, O(2060, SYNC), LEX_REJECT, 11, "id-params-list"},
    {"XD NIL\r\n", 0, O(2060, SYNC), LEX_REJECT, 0, "id"},
    /* quoted */
    {"ID (\"a\" \"\\\"\\\\\")\r\n", 0, O(2060, SYNC), LEX_ACCEPT, 17, NULL},
    {"ID (\"a\" \"\\n\")\r\n", 0, O(2060, SYNC), LEX_REJECT, 10, "quoted"},
    {"ID (\"a\" \"x\ry\")\r\n", 0, O(2060, SYNC), LEX_REJECT, 10, "quoted"},
    {"ID (\"a\" \"x\ny\")\r\n", 0, O(2060, SYNC), LEX_REJECT, 10, "quoted"},
    {"ID (\"a\" \"\x01\t\x1f\x7f\")\r\n", 0, O(2060, SYNC), LEX_ACCEPT, 17, NULL}, /* CTL are TEXT-CHARs */
    {"ID (\"a\" \"\0\")\r\n", 15, O(2060, SYNC), LEX_REJECT, 9, "quoted"},         /* T-ID-9 */
    {"ID (\"a\" \"{3}\")\r\n", 0, O(2060, SYNC), LEX_ACCEPT, 16, NULL}, /* no literal inside quotes */
    {"ID (\"a\" \"caf\xc3\xa9\")\r\n", 0, O(2060, SYNC), LEX_REJECT, 12, "quoted"},
    {"ID (\"a\" \"caf\xc3\xa9\")\r\n", 0, O(3501, SYNC), LEX_REJECT, 12, "quoted"},
    {"ID (\"a\" \"caf\xc3\xa9\")\r\n", 0, O(9051, SYNC), LEX_ACCEPT, 18, NULL},
    {"ID (\"a\" \"caf\xc3\xa9\")\r\n", 0, {.dialect = DIALECT_3501, .utf8 = true}, LEX_ACCEPT, 18, NULL},
    {"ID (\"a\" \"\xc0\x80\")\r\n", 0, O(9051, SYNC), LEX_REJECT, 9, "quoted"},      /* RFC 3629: overlong */
    {"ID (\"a\" \"\xed\xa0\x80\")\r\n", 0, O(9051, SYNC), LEX_REJECT, 10, "quoted"}, /* a surrogate */
    {"ID (\"a\" \"\xf4\x90\x80\x80\")\r\n", 0, O(9051, SYNC), LEX_REJECT, 10, "quoted"}, /* beyond U+10FFFF */
    {"ID (\"a\" \"\xf0\x9f\x98\x80\")\r\n", 0, O(9051, SYNC), LEX_ACCEPT, 17, NULL},
    /* literals, grammar-notes section 3 */
    {"ID ({4}\r\nname {3}\r\na\"\\)\r\n", 0, O(2060, SYNC), LEX_ACCEPT, 25, NULL},
    {"ID ({1}\r\n\xff NIL)\r\n", 0, O(2060, SYNC), LEX_ACCEPT, 17, NULL}, /* CHAR8 */
    {"ID (\"a\" {0}\r\n)\r\n", 0, O(2060, SYNC), LEX_ACCEPT, 16, NULL},
    {"ID (\"a\" {03}\r\nNIL)\r\n", 0, O(2060, SYNC), LEX_ACCEPT, 20, NULL},     /* leading zeros: 1*DIGIT */
    {"ID (\"a\" {1}\r\n\0)\r\n", 17, O(2060, SYNC), LEX_REJECT, 13, "literal"}, /* T-ID-9 */
    {"ID (\"a\" {3}\r\nx\0", 15, O(2060, SYNC), LEX_REJECT, 14, "literal"},
    {"ID (\"a\" {}\r\n", 0, O(2060, SYNC), LEX_REJECT, 9, "literal"},
    {"ID (\"a\" {-1}\r\n", 0, O(2060, SYNC), LEX_REJECT, 9, "literal"},
    {"ID (\"a\" {1 }\r\n", 0, O(2060, SYNC), LEX_REJECT, 10, "literal"},
    {"ID (\"a\" {1}\nx)", 0, O(2060, SYNC), LEX_REJECT, 11, "literal"},
    {"ID (\"a\" {1}x", 0, O(2060, SYNC), LEX_REJECT, 11, "literal"},
    {"ID (\"a\" ~{1}\r\nx)\r\n", 0, O(9051, SYNC), LEX_REJECT, 8, "nstring"}, /* literal8 is no string */
    {"ID (~{1}\r\nx NIL)\r\n", 0, O(9051, PLUS), LEX_REJECT, 4, "id-params-list"},
    {"ID (\"a\" {0+}\r\n)\r\n", 0, O(2060, SYNC), LEX_REJECT, 10, "literal"},
    {"ID (\"a\" {0+}\r\n)\r\n", 0, O(2060, PLUS), LEX_ACCEPT, 17, NULL},
    {"ID (\"a\" {0+}\r\n)\r\n", 0, O(9051, SYNC), LEX_ACCEPT, 17, NULL}, /* RFC 9051's base grammar */
    {"ID (\"a\" {+0}\r\n)\r\n", 0, O(2060, PLUS), LEX_REJECT, 9, "literal"},
    {"ID (\"a\" {0++}\r\n)\r\n", 0, O(2060, PLUS), LEX_REJECT, 11, "literal"},
    {"ID (\"a\" {4096+}\r\n", 0, O(2060, MINUS), LEX_MORE, 17, "literal"},
    {"ID (\"a\" {4097+}\r\n", 0, O(2060, MINUS), LEX_REJECT, 13, "literal"},
    {"ID (\"a\" {04096+}\r\n", 0, O(2060, MINUS), LEX_MORE, 18, "literal"},
    {"ID (\"a\" {4097}\r\n", 0, O(2060, MINUS), LEX_MORE, 16, "literal"},
    {"ID (\"a\" {4097+}\r\n", 0, O(9051, SYNC), LEX_REJECT, 13, "literal"},
    {"ID (\"a\" {4097+}\r\n", 0, O(9051, PLUS), LEX_MORE, 17, "literal"},
    /* numbers: 32 bits, and 63 in RFC 9051 */
    {"ID (\"a\" {4294967295}\r\n", 0, O(2060, SYNC), LEX_MORE, 22, "literal"},
    {"ID (\"a\" {4294967296}\r\n", 0, O(2060, SYNC), LEX_REJECT, 18, "number"},
    {"ID (\"a\" {42949672950}\r\n", 0, O(3501, SYNC), LEX_REJECT, 19, "number"},
    {"ID (\"a\" {0000000000004294967295}\r\n", 0, O(3501, SYNC), LEX_MORE, 34, "literal"},
    {"ID (\"a\" {4294967296}\r\n", 0, O(9051, SYNC), LEX_MORE, 22, "literal"},
    {"ID (\"a\" {9223372036854775807}\r\n", 0, O(9051, SYNC), LEX_MORE, 31, "literal"},
    {"ID (\"a\" {9223372036854775808}\r\n", 0, O(9051, SYNC), LEX_REJECT, 27, "number"},
    {"ID (\"a\" {18446744073709551616}\r\n", 0, O(9051, SYNC), LEX_REJECT, 28, "number"},
    {"", 0, O(2060, SYNC), LEX_MORE, 0, "id"},
    {"I", 0, O(2060, SYNC), LEX_MORE, 1, "id"},
    {"ID (\"a\" {3}\r\nab", 0, O(2060, SYNC), LEX_MORE, 15, "literal"},
};

static const struct sample responses[] = {
    {"* ID NIL\r\n", 0, O(2060, SYNC), LEX_ACCEPT, 10, NULL}, /* ID-4-b */
    {"* id (\"name\" \"Cyrus\")\r\n", 0, O(2060, SYNC), LEX_ACCEPT, 23, NULL},
    {"* ID ()\r\n", 0, O(2060, SYNC), LEX_ACCEPT, 9, NULL},
    {"ID NIL\r\n", 0, O(2060, SYNC), LEX_REJECT, 0, "id-response"},
    {"a1 ID NIL\r\n", 0, O(2060, SYNC), LEX_REJECT, 0,
     "id-response"}, /* T-ID-1: no tagged ID response in the grammar */
    {"*  ID NIL\r\n", 0, O(2060, SYNC), LEX_REJECT, 2, "id-response"},
    {"* ID NIL\n", 0, O(2060, SYNC), LEX_REJECT, 8, "command"}, /* T-ID-7 */
    {"* ID (\"a\" {0+}\r\n)\r\n", 0, O(2060, PLUS), LEX_REJECT, 12,
     "literal"}, /* RFC 7888: never from a server */
    {"* ID (\"a\" {0+}\r\n)\r\n", 0, O(9051, PLUS), LEX_REJECT, 12, "literal"},
};

static const struct sample lists[] = {
    {"NIL)", 0, O(2060, SYNC), LEX_ACCEPT, 3, NULL}, /* the list alone, whatever follows */
    {"()x", 0, O(2060, SYNC), LEX_ACCEPT, 2, NULL},
    {"(\"a\" nil)\r\n", 0, O(2060, SYNC), LEX_ACCEPT, 9, NULL},
    {"(\"a\" nil", 0, O(2060, SYNC), LEX_MORE, 8, "id-params-list"},
};

static void try_samples(lexer *lex, const struct sample *s, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const size_t len = s[i].n ? s[i].n : strlen(s[i].text);
        struct lex_state st = {{0}};
        uint8_t *p = before_guard(len);
        memcpy(p, s[i].text, len);
        const struct lex_result r = lex(&st, p, len, &s[i].o);
        const bool rule = !s[i].rule ? !r.rule : r.rule && !strcmp(r.rule, s[i].rule);
        if (r.verdict != s[i].verdict || r.offset != s[i].offset || !rule)
            fail_msg("%s: verdict %d at %u by %s, wanted %d at %u by %s", s[i].text, r.verdict, r.offset,
                     r.rule ? r.rule : "-", s[i].verdict, s[i].offset, s[i].rule ? s[i].rule : "-");
        if (r.verdict == LEX_REJECT)
            assert_non_null(r.clause);
    }
}

static void verdicts(void **state) {
    (void)state;
    try_samples(lex_id, commands, sizeof commands / sizeof *commands);
    try_samples(lex_id_response, responses, sizeof responses / sizeof *responses);
    try_samples(lex_id_params, lists, sizeof lists / sizeof *lists);
}

/* ---- random inputs against the referee
 * ------------------------------------------------------------------------------ */

static uint64_t seed = 1;

static unsigned dice(unsigned n) { /* splitmix64 */
    uint64_t z = seed += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return (unsigned)((z ^ z >> 31) % n);
}

static size_t add(uint8_t *p, size_t n, const char *text) {
    memcpy(p + n, text, strlen(text));
    return n + strlen(text);
}

static size_t add_string(uint8_t *p, size_t n, bool plus, bool utf8) {
    const unsigned len = dice(4) ? dice(20) : dice(200);
    char head[30];
    if (dice(3) == 0) {
        snprintf(head, sizeof head, dice(2) ? "{%u%s}\r\n" : "{00%u%s}\r\n", len, plus && dice(2) ? "+" : "");
        n = add(p, n, head);
        for (unsigned i = 0; i < len; i++)
            p[n++] = (uint8_t)(1 + dice(255));
        return n;
    }
    n = add(p, n, "\"");
    for (unsigned i = 0; i < len; i++) {
        static const char *const wide[] = {"\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80"};
        const uint8_t c = (uint8_t)(1 + dice(127));
        if (dice(10) == 0)
            n = add(p, n, dice(2) ? "\\\"" : "\\\\");
        else if (utf8 && dice(6) == 0)
            n = add(p, n, wide[dice(3)]);
        else
            p[n++] = strchr("\r\n\"\\", c) ? 'x' : c;
    }
    return add(p, n, "\"");
}

static size_t random_line(uint8_t *p, const struct proof_row *row) {
    const bool utf8 = row->options.utf8 || row->options.dialect == DIALECT_9051;
    const bool plus = strcmp(row->override[0][1], "literal-head <content>") != 0;
    size_t n = add(p, 0, row->lex == lex_id ? "ID " : row->lex == lex_id_response ? "* iD " : "");
    const unsigned pairs = dice(12);
    if (dice(20) == 0) {
        n = add(p, n, "Nil");
    } else {
        n = add(p, n, "(");
        for (unsigned i = 0; i < pairs; i++) {
            n = add(p, n, i ? " " : "");
            n = add_string(p, n, plus, utf8);
            n = add(p, n, " ");
            n = dice(5) ? add_string(p, n, plus, utf8) : add(p, n, "nil");
        }
        n = add(p, n, ")");
    }
    return row->lex == lex_id_params ? n : add(p, n, "\r\n");
}

/* A few changes: an octet, a piece left out, doubled, or swapped for one that means something. */
static size_t mutate(uint8_t *p, size_t n) {
    static const char special[] = "\"\\(){}+ \r\n0123456789~NILnil*ID\x80\xc3\xff,";
    for (unsigned i = 1 + dice(3); i > 0 && n > 0; i--) {
        const size_t at = dice((unsigned)n), len = 1 + dice(4), rest = n - at;
        switch (dice(4)) {
        case 0:
            p[at] = (uint8_t)dice(256);
            break;
        case 1:
            p[at] = (uint8_t)special[dice(sizeof special - 1)];
            break;
        case 2:
            if (len < rest)
                memmove(p + at, p + at + len, rest - len), n -= len;
            break;
        default:
            if (len < rest)
                memmove(p + at + len, p + at, rest), n += len;
        }
    }
    return n;
}

static void random_inputs(void **state) {
    static uint8_t line[1 << 16];
    struct suite_result out = {0};
    (void)state;
    for (int i = 0; i < proof_rows_n; i++) {
        const struct proof_row *row = &proof_rows[i];
        if (strcmp(row->re, "id.re"))
            continue;
        const struct referee r =
            referee_of(proof_abnf(row, false), row->number_max, row->plus_max ? 4096 : UINT64_MAX);
        for (int k = 0; k < 400; k++) {
            size_t n = random_line(line, row);
            assert_int_equal(referee_verdict(&r, line, n).verdict, LEX_ACCEPT);
            try_input(&out, row->name, &r, row->lex, &row->options, line, n, k < 40);
            for (int m = 0; m < 5; m++) {
                n = mutate(line, n);
                try_input(&out, row->name, &r, row->lex, &row->options, line, n, m == 0 && k < 40);
            }
        }
    }
    assert_int_equal(out.failures, 0);
    assert_true(out.inputs > 40000);
}

/* ---- pairs and limits
 * ----------------------------------------------------------------------------------------------- */

static struct slice list_of(const char *text) {
    struct lex_state st = {{0}};
    const struct lex_options o = {.literals = LITERALS_PLUS, .utf8 = true};
    const struct slice s = {(const uint8_t *)text, (uint32_t)strlen(text)};
    const struct lex_result r = lex_id_params(&st, s.p, s.n, &o);
    assert_int_equal(r.verdict, LEX_ACCEPT);
    assert_int_equal(r.offset, s.n);
    return s;
}

static void same_string(struct istring s, int kind, bool escaped, const char *octets) {
    assert_int_equal(s.kind, kind);
    assert_int_equal(s.escaped, escaped);
    assert_int_equal(s.s.n, strlen(octets));
    assert_memory_equal(s.s.p, octets, s.s.n);
}

static void pairs(void **state) {
    const struct slice list = list_of("(\"a\" \"b\" \"\" nil \"q\\\"\" {3}\r\na\")"
                                      " {05+}\r\nfield \"NIL\" \"n\" {0}\r\n)");
    struct id_pair pair;
    uint32_t pos = 0;
    (void)state;
    assert_true(id_next_pair(list, &pos, &pair));
    same_string(pair.field, STR_QUOTED, false, "a"), same_string(pair.value, STR_QUOTED, false, "b");
    assert_true(id_next_pair(list, &pos, &pair));
    same_string(pair.field, STR_QUOTED, false, ""), assert_int_equal(pair.value.kind, STR_NIL);
    assert_true(id_next_pair(list, &pos, &pair));
    same_string(pair.field, STR_QUOTED, true, "q\\\""), same_string(pair.value, STR_LITERAL, false, "a\")");
    assert_true(id_next_pair(list, &pos, &pair));
    same_string(pair.field, STR_LITERAL, false, "field"),
        same_string(pair.value, STR_QUOTED, false, "NIL"); /* T-ID-10 */
    assert_true(id_next_pair(list, &pos, &pair));
    same_string(pair.field, STR_QUOTED, false, "n"), same_string(pair.value, STR_LITERAL, false, "");
    assert_false(id_next_pair(list, &pos, &pair));
    assert_false(id_next_pair(list, &pos, &pair));
    pos = 0;
    assert_false(id_next_pair(list_of("NIL"), &pos, &pair));
    assert_false(id_next_pair(list_of("()"), &pos, &pair));
    assert_true(id_params_is_nil(list_of("nil")));
    assert_false(id_params_is_nil(list_of("()")));
}

static char *repeat(char *p, const char *what, int times) {
    for (; times > 0; times--)
        p = stpcpy(p, what);
    return p;
}

/* A list of `n` fields, f0 to f(n-1), and `extra` at its end. */
static struct id_limits limits_of(int n, const char *extra) {
    static char text[1 << 17];
    char *p = stpcpy(text, "(");
    for (int i = 0; i < n; i++)
        p += sprintf(p, "%s\"f%d\" NIL", i ? " " : "", i);
    p = stpcpy(p, n && *extra ? " " : "");
    stpcpy(stpcpy(p, extra), ")");
    return id_check_limits(list_of(text));
}

static void limits(void **state) {
    static char text[10000];
    (void)state;
    /* ID-3.3-f: 30 pairs */
    static const int counts[] = {0, 1, 29, 30, 31, 1000};
    for (int i = 0; i < 6; i++) {
        const struct id_limits l = limits_of(counts[i], "");
        assert_int_equal(l.pairs, counts[i]);
        assert_int_equal(l.too_many_pairs, counts[i] > 30);
        assert_false(l.duplicate || l.field_too_long || l.value_too_long);
    }
    assert_int_equal(id_check_limits(list_of("NIL")).pairs, 0);
    /* ID-3.3-d: 30 octets, ID-3.3-e: 1024 octets; decoded, so that an escape is one; UTF-8 by octets */
    for (int way = 0; way < 3; way++)
        for (int n = 29; n <= 31; n++) {
            repeat(stpcpy(text, "\""), way == 1 ? "\\\"" : "x", n);
            strcat(text, "\" NIL");
            if (way == 2)
                repeat(text + sprintf(text, "{%d}\r\n", n), "\\", n), strcat(text, " NIL");
            assert_int_equal(limits_of(0, text).field_too_long, n > 30);
            assert_false(limits_of(2, text).value_too_long);
        }
    for (int way = 0; way < 3; way++)
        for (int n = 1023; n <= 1025; n++) {
            repeat(stpcpy(text, "\"a\" \""), way == 1 ? "\\\\" : "x", n);
            strcat(text, "\"");
            if (way == 2)
                repeat(text + sprintf(text, "\"a\" {%d+}\r\n", n), "\"", n);
            assert_int_equal(limits_of(0, text).value_too_long, n > 1024);
            assert_false(limits_of(2, text).field_too_long);
        }
    assert_true(limits_of(0, "\"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
                             "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9x\" NIL")
                    .field_too_long);
    /* ID-3.3-l with ID-3.3-c: twice, whatever the case and the form; values may repeat */
    assert_false(limits_of(0, "\"name\" \"x\" \"nam\" \"x\" \"names\" \"X\"").duplicate);
    assert_true(limits_of(0, "\"name\" \"x\" \"os\" NIL \"name\" NIL").duplicate);
    assert_true(limits_of(0, "\"NAME\" \"x\" \"name\" \"y\"").duplicate);
    assert_true(limits_of(0, "\"q\\\"\" \"x\" {2}\r\nQ\" \"y\"").duplicate);
    assert_true(limits_of(0, "\"\" NIL {0}\r\n NIL").duplicate);
    assert_false(limits_of(0, "\"\xc3\xa9\" NIL \"\xc3\x89\" NIL").duplicate); /* folding is ASCII's */
    assert_false(limits_of(0, "\"a[\" NIL \"a{\" NIL").duplicate);             /* letters alone have case */
    assert_true(limits_of(1000, "\"F999\" NIL").duplicate);
    assert_true(limits_of(3000, "\"F0\" NIL").duplicate);
}

/* ---- strings in every form after each other: field, value, field, value (ID-4-c, ID-4-d) ---- */

static const char *const forms[] = {"\"\"",         "\"some words\"", "\"a\\\"b\"",
                                    "\"\xc3\xa9\"", "{3}\r\n\" \"",   "NIL"};
enum { FORMS = sizeof forms / sizeof forms[0], EIGHT_BIT = 3, LAST_FIELD = 4 };

/* Every prefix is one, whole it is accepted; up to the first 8-bit octet in a quoted string, without UTF-8.
 */
static void try_row(const char *text, size_t n, size_t bad, const struct lex_options *o) {
    for (size_t cut = 0; cut <= n; cut++) {
        struct lex_state st = {{0}};
        const struct lex_result r = lex_id(&st, (const uint8_t *)text, cut, o);
        const enum lex_verdict want = cut > bad ? LEX_REJECT : cut < n ? LEX_MORE : LEX_ACCEPT;
        if (r.verdict != want || (want == LEX_REJECT && r.offset != bad))
            fail_msg("%.*s (dialect %d), %zu octets of %zu: verdict %d at %u, not %d", (int)n, text,
                     o->dialect, cut, n, (int)r.verdict, r.offset, (int)want);
    }
}

static void in_a_row(void **state) {
    (void)state;
    for (int i = 0; i < FORMS * FORMS * FORMS * FORMS; i++) {
        const int form[] = {i % FORMS, i / FORMS % FORMS, i / FORMS / FORMS % FORMS,
                            i / FORMS / FORMS / FORMS};
        char text[200] = "ID (";
        size_t n = strlen(text), bad = sizeof text;
        if (form[0] > LAST_FIELD || form[2] > LAST_FIELD)
            continue; /* a field is not NIL */
        for (int k = 0; k < 4; k++) {
            if (form[k] == EIGHT_BIT && bad == sizeof text)
                bad = n + 1;
            n += (size_t)sprintf(text + n, "%s%s", forms[form[k]], k < 3 ? " " : ")\r\n");
        }
        try_row(text, n, bad, &(struct lex_options)O(2060, SYNC));
        try_row(text, n, bad, &(struct lex_options)O(3501, SYNC));
        try_row(text, n, sizeof text, &(struct lex_options)O(9051, SYNC));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verdicts), cmocka_unit_test(random_inputs), cmocka_unit_test(in_a_row),
        cmocka_unit_test(pairs),    cmocka_unit_test(limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
