/* bench_lex.c: nanoseconds of the lexers and parsers on typical and on large input. */
#include "bench.h"

#include "id.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct lex_result lexer(struct lex_state *, const uint8_t *, size_t, const struct lex_options *);
static const struct lex_options options = {.dialect = DIALECT_3501};
static volatile uint32_t sink;

static double per_call(lexer *f, const char *text, size_t n) {
    long rounds = n > 10000 ? 2000 : 400000;
    double best = 1e9;
    for (int k = 0; k < 5; k++) {
        double t = bench_now();
        for (long i = 0; i < rounds; i++) {
            struct lex_state st = {0};
            struct lex_result r = f(&st, (const uint8_t *)text, n, &options);
            sink += r.offset;
            if (r.verdict != LEX_ACCEPT) abort();
        }
        t = (bench_now() - t) / (double)rounds;
        if (t < best) best = t;
    }
    return best;
}

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
        if (x.verdict != LEX_ACCEPT) abort();
    }
    return (bench_now() - t) / 200000;
}

void bench_lex(void) {
    static const char typical[] = "ID (\"name\" \"sodr\" \"version\" \"19.34\" \"vendor\" \"Pink Floyd Music Limited\")\r\n";
    static const char cid[] = "CLIENTID UUID 23bf83be-aad7-46aa-9e0f-39191ccf402f\r\n";
    bench_row("lex a typical ID list (74 octets)", per_call(lex_id, typical, sizeof typical - 1) * 1e9, "ns", 0, "", 50, 1);
    char *large = malloc(40000);
    size_t n = (size_t)sprintf(large, "ID (");
    for (int i = 0; i < 30; i++) {
        n += (size_t)sprintf(large + n, "%s\"field%02d\" \"", i ? " " : "", i);
        memset(large + n, 'v', 1024);
        n += 1024;
        large[n++] = '"';
    }
    n += (size_t)sprintf(large + n, ")\r\n");
    bench_row("lex 30 pairs of 1024 octets", (double)n / per_call(lex_id, large, n) / 1e9, "GB/s", 0, "", 10, 0);
    free(large);
    bench_row("lex CLIENTID", per_call(lex_clientid, cid, sizeof cid - 1) * 1e9, "ns", 0, "", 0, 1);
    bench_row("parse a FETCH response (UID FLAGS RFC822.SIZE)",
              per_parse("* 12 FETCH (UID 4711 FLAGS (\\Seen \\Answered) RFC822.SIZE 2048)\r\n", 1) * 1e9, "ns", 0, "", 0, 1);
    bench_row("parse a STORE command", per_parse("a12 STORE 1:4 +FLAGS.SILENT (\\Seen \\Deleted)\r\n", 0) * 1e9, "ns", 0, "", 0, 1);
}
