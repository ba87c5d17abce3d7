/* test_frame.c: where responses end in a stream, at every split, and with each limit. */
#include <stdio.h>
#include <string.h>

#include "items.h"

static unsigned failed;
static void check(bool ok, const char *what, size_t i, size_t split)
{
    if (!ok) {
        printf("%s: row %zu, split %zu\n", what, i, split);
        failed++;
    }
}

/* The first response of each stream is `n` octets long; 0: the stream has not ended it. */
static const struct { const char *in; size_t len, n; const char *source; } table[] = {
    {IN("* OK x\r\n"), 8, "R3501-2.2.2"},
    {IN("* OK x\r\n* OK y\r\n"), 8, "R3501-2.2.2"},
    {IN("* OK x\n* OK y\r\n"), 7, "a lone LF ends a line; the parser rejects it"},
    {IN("\n"), 1, "a lone LF ends a line"},
    {IN("* OK x\ry"), 0, "a lone CR does not"},
    {IN("* 1 FETCH (BODY[] {5}\r\na\r\nb) UID 1)\r\nx"), 37, "R3501-4.3"},
    {IN("* 1 FETCH (BODY[] {0}\r\n BODY[1] {2}\r\n\r\n)\r\nx"), 42, "R3501-4.3"},
    {IN("* 1 FETCH (BINARY[] ~{2}\r\n\0\n)\r\n"), 31, "R9051-9 literal8"},
    {IN("* 1 FETCH (BODY[] {5}\n"), 22, "a literal is announced by CRLF"},
    {IN("* 1 FETCH (BODY[] {5}\r\na\r\n"), 0, "a literal that lies"},
    {IN("* LIST () \"/\" {1}\r\n\n\r\n"), 22, "R3501-9 astring"},
    {IN("* LIST () \"/\" {}\r\n"), 18, "no number"},
    {IN("* LIST () \"/\" {1x}\r\n"), 20, "no number"},
    {IN("* LIST () \"/\" 1}\r\n"), 18, "no brace"},
    {IN("* OK wait {5}\r\n* OK\r\n"), 15, "text is no place for a literal"},
    {IN("a NO wait {5}\r\nx"), 15, "text is no place for a literal"},
    {IN("* PREAUTH {5}\r\nx"), 15, "text is no place for a literal"},
    {IN("+ send {5}\r\nx"), 12, "text is no place for a literal"},
    {IN("* no [BADCHARSET ({3}\r\na]b x)] foo\r\nx"), 36, "R3501-9 BADCHARSET (astring)"},
    {IN("* no [BADCHARSET (a \"i]\" {1}\r\n])] x\r\ny"), 37, "R3501-9 BADCHARSET (quoted)"},
    {IN("* no [BADCHARSET ({3}\r\na]b {0}\r\n)] foo\r\nx"), 40, "R3501-9 BADCHARSET (literals)"},
    {IN("* no [BADCHARSET (\"\\\"]\" {0}\r\n)]\r\nx"), 33, "R3501-9 quoted: an escaped quote does not end it"},
    {IN("* no [BADCHARSET (\"a] {3}\r\nx"), 27, "a quoted string ends on its line, or is none"},
    {IN("* no [BADCHARSET (a)] \"{3}\r\nx"), 28, "a code that is closed"},
    {IN("* no [FOO \"a] {3}\r\nx"), 19, "other codes hold no strings"},
    {IN("* NO [ALERT] foo {3}\r\nx"), 22, "a code that is closed"},
    {IN("* OKAY {1}\r\nx\r\n"), 15, "no status response: its literal counts"},
    {IN("{1}\r\nx\r\n"), 8, "whatever it is, it announces"},
};

static enum frame_result run(const char *in, size_t len, size_t step, size_t *n)
{
    struct frame f = {0};
    enum frame_result r = FRAME_MORE;
    for (size_t have = step; r == FRAME_MORE; have += step) {
        size_t now = have < len ? have : len;
        r = frame_response(&f, against_guard(in, now), now, 1000, 1000, n);
        if (now == len)
            break;
    }
    return r;
}

static enum frame_result limit(const char *in, size_t max_line, size_t max_literal)
{
    struct frame f = {0};
    size_t n;
    return frame_response(&f, against_guard(in, strlen(in)), strlen(in), max_line, max_literal, &n);
}

int main(void)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        for (size_t step = 1; step <= table[i].len; step++) {
            size_t n = 0;
            enum frame_result r = run(table[i].in, table[i].len, step, &n);
            check(table[i].n == 0 ? r == FRAME_MORE : r == FRAME_WHOLE && n == table[i].n, table[i].source, i, step);
        }
    /* Every prefix that does not hold the whole response asks for more. */
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        for (size_t len = 0; len < (table[i].n > 0 ? table[i].n : table[i].len); len++) {
            struct frame f = {0};
            size_t n;
            check(frame_response(&f, against_guard(table[i].in, len), len, 1000, 1000, &n) == FRAME_MORE, "prefix", i, len);
        }
    check(limit("* OK abc\r\n", 10, 0) == FRAME_WHOLE, "a line of the limit's length", 0, 0);
    check(limit("* OK abcd\r\n", 10, 0) == FRAME_LINE_TOO_LONG, "a line beyond", 0, 0);
    check(limit("* OK abcdef", 10, 0) == FRAME_LINE_TOO_LONG, "a line beyond, not ended yet", 0, 0);
    check(limit("* X {5}\r\n12345 12345\r\n", 9, 5) == FRAME_WHOLE, "literals do not count for the line", 0, 0);
    check(limit("* X {6}\r\n", 9, 5) == FRAME_LITERAL_TOO_LONG, "a literal beyond", 0, 0);
    check(limit("* X {4294967296}\r\n", 50, 1000) == FRAME_LITERAL_TOO_LONG, "4 GiB", 0, 0);
    check(limit("* X {99999999999999999999999999}\r\n", 50, SIZE_MAX) == FRAME_LITERAL_TOO_LONG, "2^64", 0, 0);
    printf("frame: %u failed\n", failed);
    return failed != 0;
}
