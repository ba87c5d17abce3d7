/* bench_lex.c: nanoseconds of the parsers of whole commands and responses. bench_library.c has the lexers. */
#include "bench.h"

#include "imap.h"

#include <stdlib.h>
#include <string.h>

static const struct lex_options options = {.dialect = DIALECT_3501};
static volatile uint32_t sink;

static double per_parse(const char *text, int response) {
    static struct node nodes[4096];
    static struct imap_command c;
    static struct imap_response r;
    size_t n = strlen(text);
    double t = bench_now();
    for (long i = 0; i < 200000; i++) {
        struct node_pool pool = {nodes, 4096, 1};
        struct lex_result x = response ? parse_response((const uint8_t *)text, n, &options, &pool, &r)
                                       : parse_command((const uint8_t *)text, n, &options, &pool, &c);
        sink += x.offset;
        if (x.verdict != LEX_ACCEPT)
            abort();
    }
    return (bench_now() - t) / 200000;
}

void bench_lex(void) {
    bench_row("parse a FETCH response (UID FLAGS RFC822.SIZE)",
              per_parse("* 12 FETCH (UID 4711 FLAGS (\\Seen \\Answered) RFC822.SIZE 2048)\r\n", 1) * 1e9,
              "ns", 0, "", 0, 1);
    bench_row("parse a STORE command",
              per_parse("a12 STORE 1:4 +FLAGS.SILENT (\\Seen \\Deleted)\r\n", 0) * 1e9, "ns", 0, "", 0, 1);
}
