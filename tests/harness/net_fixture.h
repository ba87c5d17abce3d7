/* net_fixture.h: a certificate and a running hostile.py for the tests of the network sessions. */
#ifndef NET_FIXTURE_H
#define NET_FIXTURE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define HOSTILE_MODES 80
struct hostile {
    pid_t pid;
    int hold; /* the server ends when this pipe does */
    int modes;
    struct {
        char name[40];
        uint16_t port;
    } mode[HOSTILE_MODES];
};

/* A self-signed certificate for localhost and 127.0.0.1 with its key, in a file beside the test program;
 * removed at exit. The path is static. Exits with a message when it cannot be made. */
const char *fixture_certificate(void);
void hostile_start(struct hostile *h); /* exits with a message when it cannot */
uint16_t hostile_port(const struct hostile *h, const char *mode);
void hostile_stop(struct hostile *h, int sig); /* sig 0: in order */

#endif
