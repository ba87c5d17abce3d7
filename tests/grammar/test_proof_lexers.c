/* test_proof_lexers.c: the compiled lexers of ID and CLIENTID, actions and all, pass the W-method's suite with one state
 * more than the ABNF needs; every prefix answers MORE, and every split equals the whole. */
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
        const struct suite_result s = run_suite(row->name, &r, row->lex, &row->options, true);
        printf("proof %s: %d states, %d transitions, %ld inputs, %ld prefixes, %ld splits%s\n", row->name, d->states,
               d->transitions, s.inputs, s.prefixes, s.splits, s.failures ? " FAIL" : "");
        failures += s.failures;
        inputs += s.inputs;
        others += s.prefixes + s.splits;
    }
    printf("proof lexers: %ld inputs, %ld prefixes and splits, %d differences\n", inputs, others, failures);
    return failures != 0;
}
