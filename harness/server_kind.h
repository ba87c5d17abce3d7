/* server_kind.h: what a kind of server has to tell so that an instance of it can be started; one file per kind.
 *
 * The guardian makes the folder, the ports, the certificate and the processes; a kind writes its configuration and names
 * its commands. To add a server: a file server_NAME.c with a `const struct server_kind`, a line in server_kinds
 * (server_names.c), and its packages in mk/packages.sh.
 */
#ifndef SERVER_KIND_H
#define SERVER_KIND_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "server.h"

#define SERVER_PATH 256   /* room for a path here */
#define SERVER_ARGS 32    /* argv and envp of a daemon, the last NULL included */

/* One instance. Strings live as long as the instance. */
struct server_instance {
    const struct server_kind *kind;
    const char *variant;        /* one of kind->variants; "" if it has none */
    const char *sysroot;        /* the unpacked packages */
    const char *dir;            /* the instance's folder: all files below it; at most 48 octets long */
    const char *user, *group;   /* names of the owner of its processes */
    uid_t uid;
    gid_t gid;
    int port, tls_port;         /* free ports on 127.0.0.1 */
    int backend_port, backend_tls_port; /* of a proxy: what it is to stand before */
    const char *certificate, *key; /* PEM files, readable by uid */
    const char *log;            /* where the daemons' output goes, and what they log */
    const char *triplet;        /* "x86_64-linux-gnu": the library folder's name in the sysroot */
};

/* A command line. Strings come from server_arg and live until the guardian has started it. */
struct server_command {
    char *argv[SERVER_ARGS];
    char *envp[SERVER_ARGS];
    size_t argc, envc;
};

struct server_kind {
    const char *name;
    const char *const *variants;  /* NULL-terminated, the default first; NULL if there are none */
    const char *probe;            /* a file below the sysroot without which its packages are not there */
    const char *login;            /* format of a user's login name: "%s" */
    int daemons;                  /* how many commands, started in order; the instance dies with any of them. 1 or more */
    bool proxy;                   /* stands before another server, whose ports are the instance's backend_port ... */
    bool needs_mounts;            /* wants a mount namespace of its own, entered by `enter` */

    /* Writes configuration and folders. Runs in a child as the instance's user. 0, or -1 with err. */
    int (*prepare)(const struct server_instance *, char *err, size_t errlen);
    /* Before `command` in the daemon's process and before privileges go (mounts). NULL: nothing to do. */
    int (*enter)(const struct server_instance *, char *err, size_t errlen);
    /* Fills the i-th command. */
    void (*command)(const struct server_instance *, int i, struct server_command *);
    /* Whether the i-th daemon is far enough for the next; NULL: at once. The last one is ready when it greets. */
    bool (*started)(const struct server_instance *, int i);
    /* After the greeting: makes users, warms up. 0, or -1 with err. NULL: nothing to do. */
    int (*populate)(const struct server_instance *, char *err, size_t errlen);
    /* Whether a line of the log says that a process of the server crashed or was killed. */
    bool (*is_death)(const char *line);
};

extern const struct server_kind server_dovecot, server_cyrus;
extern const struct server_kind server_nginx, server_perdition, server_imapproxy, server_dovecot_proxy;

/* server_names.c: the kind and variant that a name means, or NULL with the nearest names in err. */
const struct server_kind *server_parse(const char *name, const char **variant, char *err, size_t errlen);

/* server_files.c: helpers for kinds; all return 0 or -1 with err. Paths are below the instance's folder. */
int server_mkdirs(const struct server_instance *, const char *const *names, char *err, size_t errlen);
int server_write(const struct server_instance *, const char *name, mode_t mode, char *err, size_t errlen,
                 const char *format, ...) __attribute__((format(printf, 6, 7)));
void server_arg(struct server_command *, const char *format, ...) __attribute__((format(printf, 2, 3)));
void server_env(struct server_command *, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Runs a command to its end as the caller, output to the instance's log; its exit status, or -1. */
int server_run(const struct server_instance *, struct server_command *);

/* server_probe.c: a small blocking IMAP client for readiness and administration. */
struct server_probe { int fd; int tag; size_t held; char buffer[4096]; };
/* Connects to the plain port and reads the greeting. 0, or -1 (nobody answers yet, or no "* OK"). */
int server_probe_open(struct server_probe *, const struct server_instance *, int timeout_ms);
/* Sends one command (without tag and CRLF) and waits for its tagged reply. 0 if it is OK, else -1 with the reply in err. */
int server_probe_command(struct server_probe *, const char *command, char *err, size_t errlen);
void server_probe_close(struct server_probe *);
/* Logs in u1 to u3 once: makes their INBOX, and starts what the server starts lazily. */
int server_probe_users(const struct server_instance *, char *err, size_t errlen);

/* server_cert.c: writes a new certificate and its key (PEM). 0, or -1 with err. */
int server_make_certificate(const char *certificate, const char *key, char *err, size_t errlen);

#endif
