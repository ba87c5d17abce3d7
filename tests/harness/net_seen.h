/* net_seen.h: what the tests of the network sessions share: what one net was told, and waiting for it. */
#ifndef NET_SEEN_H
#define NET_SEEN_H

#include "net.h"
#include "net_fixture.h"

#include <stdio.h>

extern int seen_failures; /* of this test program */
#define CHECK(c, ...)                                                                                        \
    do {                                                                                                     \
        if (!(c)) {                                                                                          \
            printf("FAIL %s:%d %s: ", __func__, __LINE__, #c);                                               \
            printf(__VA_ARGS__);                                                                             \
            printf("\n");                                                                                    \
            seen_failures++;                                                                                 \
        }                                                                                                    \
    } while (0)

extern struct hostile seen_server;

/* What one session was told. */
struct seen {
    struct net *net;
    int opened, secured, responses, closed, leftovers;
    enum closed_how how;
    size_t got_n;
    char got[4096], text[800];
    int close_at; /* close inside the callback of this response */
    bool reopen;  /* connect again inside on_closed, once */
    struct endpoint to;
};

void seen_begin(struct seen *e,
                const struct net_options *o); /* a net that reports to *e; NULL: the defaults */
void seen_closed(void *user, int s, uint64_t t, enum closed_how how, const uint8_t *p, size_t n,
                 const char *text);
struct endpoint seen_at(const char *mode); /* that mode of seen_server */
void seen_send(struct seen *e, int s, const char *text);
bool seen_end(void *e);    /* for net_run: something was closed */
bool seen_secure(void *e); /* ... or TLS is there */
/* Waits for that many responses in all; false, and a failure, when they do not come. */
bool seen_await(struct seen *e, int responses);

#endif
