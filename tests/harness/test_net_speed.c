/* test_net_speed.c: what a command costs us: NOOP ping-pong, pipelined and on ten sessions at once, against a
 * loopback server that answers each line with a constant, so that the figures are ours and not a server's.
 * Prints rates and CPU time per command of this process; fails only where a rate is so low that something
 * waits (a delayed acknowledgement, a timer).
 */
#include "net.h"
#include "net_fixture.h"

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <netinet/tcp.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECONDS 0.4
#define LEAST   1000 /* commands per second, sanitizers and a busy machine included */

/* ---- the echo server: a process for each connection
 * ---------------------------------------------------------------- */

static void echo(int s, SSL_CTX *ctx) {
    static char in[1 << 16], out[1 << 18];
    SSL *ssl = ctx ? SSL_new(ctx) : NULL;
    int one = 1, n;
    setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (ssl && (SSL_set_fd(ssl, s) != 1 || SSL_accept(ssl) != 1))
        return;
    size_t k = (size_t)sprintf(out, "* OK ready\r\n");
    do {
        if (k && (ssl ? SSL_write(ssl, out, (int)k) : (int)write(s, out, k)) <= 0)
            return;
        n = ssl ? SSL_read(ssl, in, sizeof in) : (int)read(s, in, sizeof in);
        k = 0;
        for (int i = 0; i < n; i++)
            if (in[i] == '\n') {
                memcpy(out + k, "a OK done\r\n", 11);
                k += 11;
            }
    } while (n > 0);
}

static pid_t serve(uint16_t *port, bool tls) {
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof a;
    int l = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const char *cert = fixture_certificate();
    if (bind(l, (struct sockaddr *)&a, sizeof a) || listen(l, 64) ||
        getsockname(l, (struct sockaddr *)&a, &len)) {
        perror("listen");
        exit(1);
    }
    *port = ntohs(a.sin_port);
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        setpgid(0, 0);
        signal(SIGCHLD, SIG_IGN);
        SSL_CTX *ctx = tls ? SSL_CTX_new(TLS_server_method()) : NULL;
        if (tls && (SSL_CTX_use_certificate_file(ctx, cert, SSL_FILETYPE_PEM) != 1 ||
                    SSL_CTX_use_PrivateKey_file(ctx, cert, SSL_FILETYPE_PEM) != 1))
            _exit(1);
        for (;;) {
            int s = accept(l, NULL, NULL);
            if (s >= 0 && fork() == 0) {
                echo(s, ctx);
                _exit(0);
            }
            close(s);
        }
    }
    setpgid(pid, pid);
    close(l);
    return pid;
}

/* ---- the client
 * -------------------------------------------------------------------------------------------------- */

static struct net *net;
static long done;
static int greeted;

static void on_response(void *user, int s, uint64_t t, const uint8_t *p, size_t n) {
    (void)user, (void)s, (void)t, (void)n;
    if (*p == '*')
        greeted++;
    else
        done++;
}
static void on_closed(void *user, int s, uint64_t t, enum closed_how how, const uint8_t *p, size_t n,
                      const char *text) {
    (void)user, (void)s, (void)t, (void)how, (void)p, (void)n;
    printf("FAIL %s\n", text);
    exit(1);
}

static double cpu(void) {
    struct rusage r;
    getrusage(RUSAGE_SELF, &r);
    return (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) +
           1e-6 * (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec);
}

/* `sessions` at once, each with `window` commands outstanding before the next batch goes out. */
static int measure(const char *name, bool tls, int sessions, int window) {
    uint16_t port;
    pid_t pid = serve(&port, tls);
    struct net_options o = net_defaults();
    struct transport_events ev = {.on_response = on_response, .on_closed = on_closed};
    struct endpoint to = {.host = "127.0.0.1", .port = port};
    net = net_new(&o, &ev);
    greeted = 0;
    done = 0;
    for (int s = 0; s < sessions; s++)
        net_connect(net, s, &to, tls);
    while (greeted < sessions)
        net_poll(net, 1000);
    uint64_t start = net_now(), stop = start + (uint64_t)(SECONDS * 1e9);
    double cpu0 = cpu();
    long sent = 0;
    while (net_now() < stop) {
        for (int s = 0; s < sessions; s++)
            for (int i = 0; i < window; i++, sent++)
                net_send(net, s, (const uint8_t *)"a NOOP\r\n", 8);
        while (done < sent)
            net_poll(net, 1000);
    }
    double wall = 1e-9 * (double)(net_now() - start), used = cpu() - cpu0, rate = (double)done / wall;
    printf("%-28s %9.0f commands/s  %6.2f us CPU per command\n", name, rate, 1e6 * used / (double)done);
    net_free(net);
    kill(-pid, SIGKILL);
    waitpid(pid, NULL, 0);
    if (rate < LEAST)
        printf("FAIL %s: less than %d commands per second\n", name, LEAST);
    return rate < LEAST;
}

int main(void) {
    int failures = 0;
    failures += measure("plain, ping-pong", false, 1, 1);
    failures += measure("plain, 10 sessions", false, 10, 1);
    failures += measure("plain, 100 pipelined", false, 1, 100);
    failures += measure("TLS, ping-pong", true, 1, 1);
    failures += measure("TLS, 10 sessions", true, 10, 1);
    failures += measure("TLS, 100 pipelined", true, 1, 100);
    return failures ? 1 : 0;
}
