/* test_id_linear.c: the lexers' work is linear in the line, however it is cut: counted in octets looked at,
 * not in time. The lexers are compiled once more here, with a PEEK and a SCAN that count. */
#include <stddef.h>

static size_t work;

#define PEEK(at)        (work++, (seen = (at)) < lim ? *(at) : 0)
#define SCAN(at)        counted_scan(p, at, lim)
#define NUL_IN(at, n)   (work += (n), memchr(at, 0, n))
#define lex_id          counted_id
#define lex_id_response counted_id_response
#define lex_id_params   counted_id_params
#include "scan.h"

static const uint8_t *counted_scan(const uint8_t *base, const uint8_t *p, const uint8_t *lim) {
    const uint8_t *q = scan_plain_long(base, p, lim);
    work += (size_t)(q - p) + 1;
    return q;
}

#include "../gen/id.c" /* build/gen/../gen/id.c: re2c's output, not grammar/id.c */

#include <stdio.h>
#include <stdlib.h>

enum { PER_OCTET = 8 };

static int failures;

static void expect(bool right, const char *name, const char *how, size_t n, size_t did) {
    if (!right) {
        printf("FAIL %s, %s: %zu octets, %zu looked at\n", name, how, n, did);
        failures++;
    }
}

static void line(const char *name, const uint8_t *p, size_t n, size_t step) {
    const struct lex_options o = {.literals = LITERALS_PLUS};
    struct lex_state st = {{0}};
    work = 0;
    struct lex_result r = lex_id(&st, p, n, &o);
    const size_t whole = work;
    expect(r.verdict == LEX_ACCEPT && r.offset == n, name, "whole, accepted", n, r.offset);
    expect(whole <= 2 * n + 16, name, "whole", n, whole);
    for (size_t by = 1; by <= 1000; by = by * 3 + 1) { /* pieces of one size */
        struct lex_state s = {{0}};
        work = 0;
        for (size_t have = by; have < n; have += by)
            expect(lex_id(&s, p, have, &o).verdict == LEX_MORE, name, "pieces: more", n, have);
        expect(lex_id(&s, p, n, &o).verdict == LEX_ACCEPT, name, "pieces: accept", n, n);
        expect(work <= PER_OCTET * n, name, "pieces", n, work);
    }
    for (size_t cut = 0; cut < n; cut += step) { /* two pieces */
        struct lex_state s = {{0}};
        work = 0;
        lex_id(&s, p, cut, &o);
        lex_id(&s, p, n, &o);
        expect(work <= whole + 16, name, "cut in two", n, work);
    }
    printf("linear %s: %zu octets, %zu looked at\n", name, n, whole);
}

/* head, `times` times the middle, tail */
static void built(const char *name, const char *head, const char *middle, size_t times, const char *tail) {
    const size_t h = strlen(head), m = strlen(middle), t = strlen(tail), n = h + m * times + t;
    uint8_t *p = malloc(n);
    memcpy(p, head, h);
    for (size_t i = 0; i < times; i++)
        memcpy(p + h + i * m, middle, m);
    memcpy(p + h + m * times, tail, t);
    line(name, p, n, n / 200 + 1);
    free(p);
}

int main(void) {
    built("a long quoted string", "ID (\"a\" \"", "x", 100000, "\")\r\n");
    built("a long escaped string", "ID (\"a\" \"", "\\\"", 50000, "\")\r\n");
    built("a long literal", "ID (\"a\" {100000}\r\n", "x", 100000, ")\r\n");
    built("a long number", "ID (\"a\" {", "0", 100000, "1}\r\nx)\r\n");
    built("many pairs", "ID (\"a\" nil", " \"name\" \"value\"", 6000, ")\r\n");
    built("many literals", "ID (\"a\" nil", " {1+}\r\nn {0}\r\n", 6000, ")\r\n");
    return failures != 0;
}
