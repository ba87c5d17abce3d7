/* test_proof_lexers.c: the compiled lexers of ID and CLIENTID, actions and all, pass the W-method's suite
 * with one state more than the ABNF needs; every prefix answers MORE, and every split equals the whole. */
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The numbers in literals' headers, which the automata do not count: at and around each bound, in both places
 * of a pair, with leading zeros, with and without "+", and with as many octets as there should be or fewer or
 * more. */
static void try_bounds(struct suite_result *out, const struct proof_row *row, const struct referee *r) {
    static const char *const numbers[] = {"0",
                                          "1",
                                          "9",
                                          "10",
                                          "11",
                                          "99",
                                          "100",
                                          "4095",
                                          "4096",
                                          "4097",
                                          "4100",
                                          "40960",
                                          "65535",
                                          "65536",
                                          "2147483647",
                                          "2147483648",
                                          "4294967294",
                                          "4294967295",
                                          "4294967296",
                                          "4294967300",
                                          "42949672950",
                                          "99999999999",
                                          "9223372036854775806",
                                          "9223372036854775807",
                                          "9223372036854775808",
                                          "9223372036854775810",
                                          "9300000000000000000",
                                          "18446744073709551614",
                                          "18446744073709551615",
                                          "18446744073709551616",
                                          "18446744073709551620",
                                          "92233720368547758070",
                                          "340282366920938463463374607431768211456"};
    static uint8_t p[1 << 15];
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        for (unsigned way = 0; way < 48; way++) {
            const char *head = !strcmp(row->condition, "command")    ? "ID ("
                               : !strcmp(row->condition, "response") ? "* ID ("
                                                                     : "(";
            const char *tail = way & 1 ? " NIL)\r\n" : ")\r\n";
            size_t n = (size_t)sprintf((char *)p, "%s%s{%s%s%s}\r\n", head, way & 1 ? "" : "\"a\" ",
                                       way & 2 ? "000" : "", numbers[i], way & 4 ? "+" : "");
            const unsigned long long wanted = strtoull(numbers[i], NULL, 10);
            /* one octet too few, as many as there should be, or one too many; some with NUL or an 8-bit octet
             * as the last */
            const long content = wanted < 8000 ? (long)wanted + way / 8 % 3 - 1 : 20;
            if (content > 0) {
                memset(p + n, 'x', (size_t)content);
                n += (size_t)content;
                if (way >= 24)
                    p[n - 1] = way & 1 ? 0x00 : 0xff; /* T-ID-9 */
            }
            memcpy(p + n, tail, strlen(tail));
            n += strlen(tail);
            try_input(out, row->name, r, row->lex, &row->options, p, n, n < 200);
        }
}

int main(void) {
    const char *only = getenv("PROOF_ONLY");
    int failures = 0;
    long inputs = 0, others = 0;
    for (int i = 0; i < proof_rows_n; i++) {
        const struct proof_row *row = &proof_rows[i];
        if (only && strcmp(only, row->re))
            continue;
        const struct dfa *d = proof_abnf(row, false); /* with all bounds */
        const struct referee r = referee_of(d, row->number_max, row->plus_max ? 4096 : UINT64_MAX);
        struct suite_result s = run_suite(row->name, &r, row->lex, &row->options, true);
        if (row->number_max)
            try_bounds(&s, row, &r);
        printf("proof %s: %d states, %d transitions, %ld inputs, %ld prefixes, %ld splits%s\n", row->name,
               d->states, d->transitions, s.inputs, s.prefixes, s.splits, s.failures ? " FAIL" : "");
        failures += s.failures;
        inputs += s.inputs;
        others += s.prefixes + s.splits;
    }
    printf("proof lexers: %ld inputs, %ld prefixes and splits, %d differences\n", inputs, others, failures);
    return failures != 0;
}
