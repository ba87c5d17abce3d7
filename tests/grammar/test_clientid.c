/* test_clientid.c: the CLIENTID lexer and its arguments, against values taken from the draft by hand. */
#include "suite.h"

#include "id.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct lex_result lex(const char *text, size_t n, enum reading reading) {
    struct lex_state st = {{0}};
    const struct lex_options o = {.reading = (uint8_t)reading};
    uint8_t *p = before_guard(n);
    memcpy(p, text, n);
    return lex_clientid(&st, p, n, &o);
}

struct sample {
    const char *text;
    /* by the prose, by the ABNF */
    struct {
        enum lex_verdict verdict;
        uint32_t offset;
    } want[2];
    const char *rule;
};

#define BOTH(v, at)                                                                                          \
    {                                                                                                        \
        {v, at}, { v, at }                                                                                   \
    }

static const struct sample samples[] = {
    {"CLIENTID UUID 23bf83be-aad7-46aa-9e0f-39191ccf402f\r\n", BOTH(LEX_ACCEPT, 52), NULL}, /* section 7.1 */
    {"CLIENTID UUID\r\n", BOTH(LEX_REJECT, 13), "client-id-type"},                          /* section 7.2 */
    {"clientid uuid x\r\n", BOTH(LEX_ACCEPT, 17), NULL},                                    /* CID-4-a */
    {"cLiEnTiD uUiD x\r\nA2 NOOP\r\n", BOTH(LEX_ACCEPT, 17), NULL},
    /* T-CID-3: what the two readings make of digits */
    {"CLIENTID SHA256 x\r\n", {{LEX_ACCEPT, 19}, {LEX_REJECT, 12}}, "client-id-type"},
    {"CLIENTID 7 x\r\n", BOTH(LEX_ACCEPT, 14), NULL},
    {"CLIENTID 12 x\r\n", {{LEX_ACCEPT, 15}, {LEX_REJECT, 10}}, "client-id-type"},
    {"CLIENTID 1A x\r\n", {{LEX_ACCEPT, 15}, {LEX_REJECT, 10}}, "client-id-type"},
    {"CLIENTID DEVICE_ID x\r\n", BOTH(LEX_REJECT, 15),
     "client-id-type"}, /* T-CID-5: the draft's own example */
    /* CID-3.2-a: 1 to 16 */
    {"CLIENTID  x\r\n", BOTH(LEX_REJECT, 9), "client-id-type"},
    {"CLIENTID ABCDEFGHIJKLMNO x\r\n", BOTH(LEX_ACCEPT, 28), NULL},
    {"CLIENTID ABCDEFGHIJKLMNOP x\r\n", BOTH(LEX_ACCEPT, 29), NULL},
    {"CLIENTID ABCDEFGHIJKLMNOPQ x\r\n", BOTH(LEX_REJECT, 25), "client-id-type"},
    {"CLIENTID ABCDEFGHIJKLMNOPQRSTUVWX", BOTH(LEX_REJECT, 25), "client-id-type"},
    /* CID-4-d: the frame */
    {"CLIENTID\r\n", BOTH(LEX_REJECT, 8), "client-id"},
    {"CLIENTID\tUUID x\r\n", BOTH(LEX_REJECT, 8), "client-id"},
    {"CLIENTID UUID  x\r\n", BOTH(LEX_REJECT, 14), "client-id-token"},
    {"CLIENTID UUID x \r\n", BOTH(LEX_REJECT, 15), "client-id-token"}, /* T-CID-10 */
    {"CLIENTID UUID x y\r\n", BOTH(LEX_REJECT, 15), "client-id-token"},
    {"CLIENTID UUID x\n", BOTH(LEX_REJECT, 15), "client-id-token"},
    {"CLIENTID UUID x\rx", BOTH(LEX_REJECT, 16), "client-id-token"},
    {"CLIENTIDS UUID x\r\n", BOTH(LEX_REJECT, 8), "client-id"},
    {"CLIENTID UUID", BOTH(LEX_MORE, 13), "client-id-type"},
    {"CLIENTID UUID x\r", BOTH(LEX_MORE, 16), "client-id-token"},
    /* T-CID-7: the token is taken as it is, whatever it looks like */
    {"CLIENTID UUID \"abc\"\r\n", BOTH(LEX_ACCEPT, 21), NULL},
    {"CLIENTID UUID \"\r\n", BOTH(LEX_ACCEPT, 17), NULL},
    {"CLIENTID UUID {3}\r\n", BOTH(LEX_ACCEPT, 19), NULL},
    {"CLIENTID UUID x{7+}\r\n", BOTH(LEX_ACCEPT, 21), NULL},
    {"CLIENTID UUID NIL\r\n", BOTH(LEX_ACCEPT, 19), NULL},
    {"CLIENTID UUID (%*\\])\r\n", BOTH(LEX_ACCEPT, 22), NULL},
};

static void verdicts(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
        for (int reading = 0; reading < 2; reading++) {
            const struct sample *s = &samples[i];
            const struct lex_result r = lex(s->text, strlen(s->text), (enum reading)reading);
            if (r.verdict != s->want[reading].verdict || r.offset != s->want[reading].offset)
                fail_msg("%s: verdict %d at %u", s->text, r.verdict, r.offset);
            if (r.verdict == LEX_ACCEPT)
                assert_null(r.rule);
            else
                assert_string_equal(r.rule, s->rule);
            if (r.verdict == LEX_REJECT)
                assert_non_null(r.clause);
        }
}

/* CID-4-f: every octet as the whole token, and within it. */
static void every_octet(void **state) {
    (void)state;
    for (int c = 0; c < 256; c++) {
        char one[] = "CLIENTID A ?\r\n", two[] = "CLIENTID A x?y\r\n";
        one[11] = two[12] = (char)c;
        const bool vchar = c >= 0x21 && c <= 0x7e;
        assert_int_equal(lex(one, 14, READING_PROSE).verdict, vchar ? LEX_ACCEPT : LEX_REJECT);
        const struct lex_result r = lex(two, 16, READING_ABNF);
        assert_int_equal(r.verdict, vchar ? LEX_ACCEPT : LEX_REJECT);
        assert_int_equal(r.offset, vchar ? 16 : c == '\r' ? 13 : 12);
    }
}

/* CID-3.2-b: 1 to 128 */
static void lengths(void **state) {
    static const int length[] = {0, 1, 127, 128, 129, 1000};
    (void)state;
    for (int i = 0; i < 6; i++) {
        char text[1100];
        memset(text, '~', sizeof text);
        memcpy(text, "CLIENTID A ", 11);
        memcpy(text + 11 + length[i], "\r\n", 2);
        const struct lex_result r = lex(text, (size_t)length[i] + 13, READING_PROSE);
        const bool right = length[i] >= 1 && length[i] <= 128;
        assert_int_equal(r.verdict, right ? LEX_ACCEPT : LEX_REJECT);
        assert_int_equal(r.offset, right ? length[i] + 13 : length[i] == 0 ? 11 : 139);
    }
}

static void arguments(void **state) {
    static const char text[] = "clientid SHA256 \"a{5+}\\\r\n";
    const struct clientid c = clientid_args((const uint8_t *)text, sizeof text - 1);
    (void)state;
    assert_int_equal(c.type.n, 6);
    assert_memory_equal(c.type.p, "SHA256", 6);
    assert_int_equal(c.token.n, 7);
    assert_memory_equal(c.token.p, "\"a{5+}\\", 7); /* T-CID-7: verbatim */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verdicts),
        cmocka_unit_test(every_octet),
        cmocka_unit_test(lengths),
        cmocka_unit_test(arguments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
