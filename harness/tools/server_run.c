/* server_run.c: a private server by hand: `server-run NAME` prints "host port tlsport user password" and keeps it until its
 * input ends. -v adds the folder and the log. A proxy wants to know the port of what it is to stand before: `server-run nginx
 * PORT`. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server.h"

int main(int argc, char **argv)
{
    char err[SERVER_ERROR], obituary[8192];
    struct server *s;
    bool verbose = argc > 2 && !strcmp(argv[1], "-v");
    struct server_options options = {.backend_port = argc == 3 + verbose ? atoi(argv[2 + verbose]) : 0};
    if (argc != 2 + verbose && options.backend_port <= 0) {
        fprintf(stderr, "usage: server-run [-v] NAME [PORT]\n");
        for (size_t i = 0; server_name(i); i++)
            fprintf(stderr, "  %s\n", server_name(i));
        for (size_t i = 0; server_proxy_name(i); i++)
            fprintf(stderr, "  %s PORT\n", server_proxy_name(i));
        return 2;
    }
    int result = server_start(argv[1 + verbose], &options, &s, err, sizeof err);
    if (result < 0) {
        fprintf(stderr, "server-run: %s\n", err);
        return result == SERVER_NO_SUCH ? 2 : 3;
    }
    const struct server_address *a = server_address(s);
    printf("%s %d %d %s %s\n", a->host, a->port, a->tls_port, a->users[0], a->password);
    if (verbose)
        printf("dir %s log %s guardian %d started in %d ms\n", a->dir, a->log, a->pid, a->start_ms);
    fflush(stdout);
    for (char c[256]; read(0, c, sizeof c) > 0;)
        ;
    if (server_obituary(s, 0, obituary, sizeof obituary))
        fprintf(stderr, "server-run: %s\n", obituary);
    server_stop(s);
    return 0;
}
