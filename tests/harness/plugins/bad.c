/* bad.c: a plug-in that does, by the input's first octet, what no library should do. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "library.h"

static int parses;

static int deep(volatile char *from) {
    volatile char here[4096];
    here[0] = from == NULL ? 'x' : from[0];
    return deep(here) + here[0];
}

static void eat(void) {
    for (;;) {
        char *p = malloc(1 << 20);
        p[0] = 'x'; /* who does not look whether there was any */
        memset(p, 'x', 1 << 20);
    }
}

static void parse(enum lib_item item, const uint8_t *p, size_t n, struct lib_answer *a) {
    volatile uint8_t seen;
    (void)item;
    parses++;
    switch (n > 0 ? p[0] : 0) {
    case 'a': /* abort */
        abort();
    case 'n': /* a null pointer */
        seen = *(volatile uint8_t *)(uintptr_t)(n - n);
        break;
    case 'r': /* reads one octet too many */
        seen = p[n];
        (void)seen;
        break;
    case 's': /* the stack */
        deep(NULL);
        break;
    case 'x':
        exit(3);
    case 'h': /* hangs */
        for (volatile int i = 0;; i++) {
        }
    case 'w': /* waits */
        for (;;)
            pause();
    case 'm':
        eat();
        break;
    case 'b': /* one block that nobody has; it copes with that */
        free(malloc((size_t)1 << 40));
        break;
    case 'l': /* leaks */
        memset(malloc(24 << 20), 'x', 24 << 20);
        break;
    case 'o':
        printf("who reads this?");
        break;
    case 'e':
        fprintf(stderr, "parse\nerror\n");
        break;
    case 'f': /* closes what is not its own */
        for (int fd = 3; fd < 64; fd++)
            close(fd);
        break;
    default:
        break;
    }
    a->verdict = LIB_ACCEPT;
    a->used = (uint32_t)n;
    canon_string(&a->canon, p, n);
    canon_number(&a->canon, (uint64_t)parses);
}

static bool no_start(char *err, size_t errlen) {
    snprintf(err, errlen, "it is missing its hat");
    return false;
}

static bool bad_start(char *err, size_t errlen) {
    (void)err, (void)errlen;
    abort();
}

LIBRARY(bad) = {.name = "bad",
                .package = "none",
                .about = "misbehaves",
                .items = 1u << ITEM_ID,
                .isolate = true,
                .parse = parse};
LIBRARY(hatless) = {.name = "bad-hatless",
                    .package = "none",
                    .about = "does not start",
                    .items = 1u << ITEM_ID,
                    .start = no_start,
                    .parse = parse};
LIBRARY(stillborn) = {.name = "bad-stillborn",
                      .package = "none",
                      .about = "dies when it starts",
                      .items = 1u << ITEM_ID,
                      .isolate = true,
                      .start = bad_start,
                      .parse = parse};
