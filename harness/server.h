/* server.h: a private, unprivileged instance of a real IMAP server on loopback, and whether it still lives.
 *
 * An instance is owned by a guardian process (guardian.h), never by the caller: whatever becomes of the caller, SIGKILL
 * included, the server's processes end and its folder goes.
 */
#ifndef SERVER_H
#define SERVER_H

#include <stdbool.h>
#include <stddef.h>

#define SERVER_USERS 3          /* u1, u2, u3 */
#define SERVER_PASSWORD "pw"
#define SERVER_ERROR 1024       /* room for any error text of this interface */

/* server_start: what went wrong. */
enum server_error {
    SERVER_OK = 0,
    SERVER_NO_SUCH = -1,  /* the name is wrong: wrong usage */
    SERVER_MISSING = -2,  /* its packages are not unpacked: `make servers` or the embedded model */
    SERVER_FAILED = -3    /* it did not start */
};

/* All members may be zero. */
struct server_options {
    const char *sysroot;   /* where the packages are unpacked; default: see server_sysroot */
    const char *run_dir;   /* where the instance's folder is made; default $TMPDIR, else /dev/shm or /tmp (short, for sockets) */
    int start_timeout_ms;  /* default 20000 */
    int backend_port, backend_tls_port; /* of a proxy: on 127.0.0.1, what it is to stand before */
};

struct server_address {
    const char *name;        /* with its variant, as in "dovecot:maildir" */
    const char *host;        /* "127.0.0.1" */
    int port;                /* plain text, offers STARTTLS; > 10000 */
    int tls_port;            /* TLS from the first octet */
    const char *users[SERVER_USERS]; /* as LOGIN wants them */
    const char *password;    /* of each of them */
    const char *certificate; /* PEM file of its certificate (localhost, 127.0.0.1) and of the authority that signed it */
    const char *log;         /* file with what the daemons log; gone after server_stop */
    const char *dir;         /* the instance's folder */
    int pid;                 /* of the guardian */
    int start_ms;            /* how long the start took */
};

struct server;

/* Starts the server called NAME ("dovecot", "dovecot:mdbox", "cyrus:immediate", ...) and waits until it answers and its users
 * exist. 0 and *out (to be ended by server_stop), or < 0 (enum server_error) with one line in err, *out NULL. Blocks. */
int server_start(const char *name, const struct server_options *options, struct server **out, char *err, size_t errlen);

/* Borrowed until server_stop. */
const struct server_address *server_address(const struct server *server);

/* Whether nothing of the server died so far; false stays false. Cheap (two system calls): may be asked after each program. A
 * process's death is learned from the server's own log, so it may be seen a moment after the connection's end. */
bool server_alive(struct server *server);

/* Why server_alive is false: signal or exit status, and the last log lines; waits up to wait_ms for a death to show. Returns the
 * length written (as snprintf), 0 when all is alive. */
size_t server_obituary(struct server *server, int wait_ms, char *text, size_t size);

/* Ends all processes of the instance, removes its folder, frees server. NULL is allowed. */
void server_stop(struct server *server);

/* Names for lists and errors: the i-th "name:variant", default variants first; NULL behind the last. Static. */
const char *server_name(size_t i);
/* Whether NAME means a private server (a valid name). If not, err tells the nearest names. */
bool server_is_name(const char *name, char *err, size_t errlen);
/* The same for private proxies, which server_name and server_is_name leave out. */
const char *server_proxy_name(size_t i);
bool server_is_proxy(const char *name, char *err, size_t errlen);
/* The folder with the unpacked packages: $IMAPDIFF_SYSROOT, else the first of sysroot, ../sysroot, ../../sysroot,
 * ../../../sysroot, ../share/imapdiff/sysroot beside the running binary. False if there is none. */
bool server_sysroot(char *path, size_t size);

#endif
