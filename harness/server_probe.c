/* server_probe.c: a small blocking IMAP client, with which a guardian sees that its server answers. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "server_kind.h"

#define COMMAND_MS 10000

static void set_timeout(int fd, int ms)
{
    struct timeval t = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof t);
}

/* Reads one line without its CRLF; longer ones are cut. False at the end or at the timeout. */
static bool read_line(struct server_probe *p, char *line, size_t size)
{
    for (;;) {
        char *end = memchr(p->buffer, '\n', p->held);
        if (end || p->held == sizeof p->buffer) {
            size_t n = end ? (size_t)(end - p->buffer) + 1 : p->held;
            size_t keep = n - (end != NULL) < size - 1 ? n - (end != NULL) : size - 1;
            memcpy(line, p->buffer, keep);
            if (keep && line[keep - 1] == '\r')
                keep--;
            line[keep] = 0;
            p->held -= n;
            memmove(p->buffer, p->buffer + n, p->held);
            return true;
        }
        ssize_t n = recv(p->fd, p->buffer + p->held, sizeof p->buffer - p->held, 0);
        if (n <= 0)
            return false;
        p->held += (size_t)n;
    }
}

int server_probe_open(struct server_probe *p, const struct server_instance *in, int timeout_ms)
{
    char line[512];
    *p = (struct server_probe){.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)in->port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    set_timeout(p->fd, timeout_ms);
    setsockopt(p->fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    if (connect(p->fd, (struct sockaddr *)&address, sizeof address) == 0 && read_line(p, line, sizeof line) &&
        !strncmp(line, "* OK", 4)) {
        set_timeout(p->fd, COMMAND_MS);
        return 0;
    }
    server_probe_close(p);
    return -1;
}

int server_probe_command(struct server_probe *p, const char *command, char *err, size_t errlen)
{
    char line[1024], tag[16];
    int n = snprintf(tag, sizeof tag, "p%d ", ++p->tag);
    int length = snprintf(line, sizeof line, "%s%s\r\n", tag, command);
    if (send(p->fd, line, (size_t)length, MSG_NOSIGNAL) == length)
        while (read_line(p, line, sizeof line))
            if (!strncmp(line, tag, (size_t)n)) {
                if (!strncmp(line + n, "OK", 2))
                    return 0;
                snprintf(err, errlen, "%.100s: %.200s", command, line + n);
                return -1;
            }
    snprintf(err, errlen, "%.100s: no answer", command);
    return -1;
}

void server_probe_close(struct server_probe *p)
{
    if (p->fd >= 0)
        close(p->fd);
    p->fd = -1;
}

int server_probe_users(const struct server_instance *in, char *err, size_t errlen)
{
    for (int i = 1; i <= SERVER_USERS; i++) {
        struct server_probe p;
        char user[64], command[128];
        snprintf(user, sizeof user, "u%d", i);
        if (server_probe_open(&p, in, COMMAND_MS) < 0) {
            snprintf(err, errlen, "%s: no greeting at the login of %s", in->kind->name, user);
            return -1;
        }
        size_t n = (size_t)snprintf(command, sizeof command, "LOGIN ");
        n += (size_t)snprintf(command + n, sizeof command - n, in->kind->login, user);
        snprintf(command + n, sizeof command - n, " %s", SERVER_PASSWORD);
        int result = server_probe_command(&p, command, err, errlen);
        if (result == 0)
            result = server_probe_command(&p, "SELECT INBOX", err, errlen);
        server_probe_close(&p);
        if (result < 0)
            return -1;
    }
    return 0;
}
