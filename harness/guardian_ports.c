/* guardian_ports.c: free ports for servers that cannot bind port 0 and tell which they got. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "guardian.h"

#define FIRST_PORT 10001
#define LAST_PORT 32767 /* Linux takes the ports of outgoing connections from 32768 on */

/* Binds an abstract socket named after the port. The kernel frees the name with the process, so it keeps other guardians
 * from a port that no daemon has bound yet. */
static int claim(int port)
{
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    int n = snprintf(name.sun_path + 1, sizeof name.sun_path - 1, "imapdiff-port-%d", port);
    if (bind(fd, (struct sockaddr *)&name, (socklen_t)(sizeof name.sun_family + 1 + (size_t)n)) == 0)
        return fd;
    close(fd);
    return -1;
}

static bool is_free(int port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bool ok = bind(fd, (struct sockaddr *)&address, sizeof address) == 0;
    close(fd);
    return ok;
}

int guardian_port(void)
{
    for (int i = 0; i < 1000; i++) {
        unsigned random;
        if (getrandom(&random, sizeof random, 0) != sizeof random)
            random = (unsigned)getpid() + (unsigned)i * 7919u;
        int port = FIRST_PORT + (int)(random % (LAST_PORT - FIRST_PORT + 1));
        int fd = claim(port);
        if (fd < 0)
            continue;
        if (is_free(port))
            return port; /* fd stays open: that is the claim */
        close(fd);
    }
    return -1;
}
