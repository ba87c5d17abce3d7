/* fuzz_differ.c: one input, judged by ourselves in every dialect. */
#include "fuzz_common.h"

int fuzz_differ(enum lib_item item, const uint8_t *p, size_t n) {
    for (uint8_t dialect = DIALECT_2060; dialect <= DIALECT_9051; dialect++) {
        struct lex_options o = {.dialect = dialect, .literals = dialect, .utf8 = dialect == DIALECT_9051};
        own_check(item, p, n, &o);
    }
    return 0;
}
