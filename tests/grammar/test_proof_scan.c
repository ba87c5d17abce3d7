/* test_proof_scan.c: the vector scanner is the scalar one: at all 64 alignments, lengths 0 to 130, every
 * place of every class of octets; and it reads nothing outside its buffer. */
#include "scan.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { LENGTHS = 131, LONG = 400 };

static long runs, failures;

static void compare(const uint8_t *base, const uint8_t *p, const uint8_t *lim, const char *what) {
    const uint8_t *want = scan_plain_scalar(base, p, lim);
    const uint8_t *vector = scan_plain_long(base, p, lim), *baseline = scan_plain_baseline(base, p, lim);
    struct scan_window fresh = {NULL, 0}, used = fresh;
    const uint8_t *inlined = scan_plain(&fresh, base, p, lim), *again;
    scan_plain(&used, base, base + (p - base) / 2, lim); /* has looked at what is before */
    again = scan_plain(&used, base, p, lim);
    runs += 4;
    if ((inlined != want || vector != want || baseline != want || again != want) && failures++ < 10)
        printf("FAIL %s: %td octets from offset %td: scalar stops at %td, baseline at %td, long at %td, "
               "window at %td, "
               "used window at %td\n",
               what, lim - p, p - base, want - p, baseline - p, vector - p, inlined - p, again - p);
}

/* QUOTED-CHAR of RFC 3501 without the escapes, written from the ABNF: what the scalar form must be. */
static bool plain(int c) {
    return (c >= 0x01 && c <= 0x09) || (c >= 0x0b && c <= 0x0c) || (c >= 0x0e && c <= 0x21) ||
           (c >= 0x23 && c <= 0x5b) || (c >= 0x5d && c <= 0x7f);
}

static void scalar(void) {
    for (int c = 0; c < 256; c++) {
        const uint8_t o = (uint8_t)c;
        if ((scan_plain_scalar(&o, &o, &o + 1) == &o + 1) != plain(c)) {
            printf("FAIL scalar: octet %02x\n", (unsigned)c);
            failures++;
        }
    }
}

static const uint8_t stops[] = {0x00, '\n', '\r', '"', '\\', 0x80, 0xff};
static const uint8_t passes[] = {0x01, '\t', 0x0b, 0x0c, 0x0e, ' ', '!', '#', '[', ']', 'a', 0x7f};

/* One octet that stops at every place, another behind it; around the input what would mislead a scanner that
 * looks there. */
static void places(void) {
    static uint8_t room[64 + 64 + LENGTHS + 64] __attribute__((aligned(64)));
    for (int align = 0; align < 64; align++)
        for (int n = 0; n < LENGTHS; n++)
            for (int at = 0; at <= n; at++) {
                uint8_t *p = room + 64 + align;
                memset(room, at & 1 ? '"' : 'x', sizeof room);
                for (int i = 0; i < n; i++)
                    p[i] = passes[(i + at) % (int)sizeof passes];
                if (at < n)
                    p[at] = stops[(align + n + at) % (int)sizeof stops];
                if (at + 3 < n)
                    p[at + 3] = '"';
                compare(p, p, p + n, "places");
                compare(p - at % 16, p, p + n, "places behind a start");
            }
}

/* Every octet at every place of a few lengths. */
static void octets(void) {
    static uint8_t room[256];
    for (int n = 1; n < LENGTHS; n += n < 20 ? 1 : 13)
        for (int at = 0; at < n; at++)
            for (int c = 0; c < 256; c++) {
                memset(room, 'x', sizeof room);
                room[at] = (uint8_t)c;
                compare(room, room, room + n, "octets");
            }
}

/* Between two pages that cannot be read: nothing before base, nothing from lim on. */
static void edges(void) {
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    uint8_t *at = mmap(NULL, 3 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED || mprotect(at, page, PROT_NONE) || mprotect(at + 2 * page, page, PROT_NONE)) {
        printf("FAIL no guard pages\n");
        failures++;
        return;
    }
    uint8_t *first = at + page, *end = first + page;
    memset(first, 'x', page);
    for (int n = 0; n < LENGTHS; n++)
        for (int stop = -1; stop < n; stop++) {
            if (stop >= 0)
                first[stop] = end[stop - n] = '"';
            for (int from = 0; from <= n; from++) {
                compare(first, first + from, first + n, "a page's start");
                compare(end - n, end - n + from, end, "a page's end");
            }
            if (stop >= 0)
                first[stop] = end[stop - n] = 'x';
        }
    munmap(at, 3 * page);
}

/* The widest steps, several of them: each octet at each place, at some alignments. */
static void steps(void) {
    static uint8_t room[64 + LONG];
    for (int align = 0; align < 64; align += 7)
        for (int at = 0; at < LONG - 1; at++)
            for (int c = 0; c < 256; c++) {
                memset(room, 'x', sizeof room);
                room[align + at] = (uint8_t)c;
                room[align + LONG - 1 - at % 100] = '"';
                compare(room + align, room + align + c % 3, room + align + LONG, "steps");
            }
}

int main(void) {
    scalar();
    places();
    octets();
    steps();
    edges();
    printf("proof scan: 64 alignments, lengths 0 to %d, %ld inputs, %ld differences\n", LENGTHS - 1, runs,
           failures);
    return failures != 0;
}
