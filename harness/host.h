/* host.h: the model as a server on the network: one event loop, one world that all clients share, one profile
 * of behaviours.
 *
 * No client stops another: what one may have waiting to be read, in work, and in time is limited, and the
 * connection that goes beyond is ended with a BYE that says why, or cut where it does not read.
 */
#ifndef HOST_H
#define HOST_H

#include "host_policy.h"
#include "host_report.h"
#include "model_server.h"

#include <stdio.h>

/* What goes over the wire between the served model and one of its clients. */
enum host_tap { HOST_OPENED, HOST_GOT, HOST_SENT, HOST_SECURED, HOST_CLOSED };

struct host_options {
    const char *listen; /* ADDR:PORT, in clear with STARTTLS; [ADDR]:PORT for IPv6; port 0 is any free one */
    const char *listen_tls;            /* the same, TLS from the first octet on */
    const char *cert, *key;            /* PEM files; NULL: both are made on the fly */
    const char *write_ca;              /* a file that gets the authority made on the fly; NULL: none */
    struct model_server_options model; /* what is to be served; limits and callbacks are set here */
    int sessions;                      /* at once, at most 500 */
    size_t max_output, max_output_all; /* octets that wait to be read: by one client, by all */
    int login_ms, idle_ms; /* until login, the TLS handshake included; then without a word from the client */
    FILE *id_log;          /* NULL: none */
    struct client_report *report; /* NULL: clients are not judged */
    /* After a client's command; then `between` is called, before any further command: it may use host_fill_*.
     */
    bool (*after)(void *arg, int session, const struct served_command *c); /* true: call `between` */
    void (*between)(void *arg);
    void *arg;
    /* Each octet of the clients' and of ours, in order. */
    void (*tap)(void *arg, int session, enum host_tap what, bool tls, const uint8_t *p, size_t n);
    void *tap_arg;
    struct policy *policy; /* on CLIENTID; NULL: all may log in */
};
/* 500 sessions, 64 MiB, 256 MiB, 60 s, 30 min (RFC 3501 5.4). */
struct host_options host_defaults(void);

struct event_base; /* libevent's */
struct host;
uint64_t host_ms(void); /* monotonic */
/* Listens. NULL: one line in err. */
struct host *host_new(const struct host_options *o, char *err, size_t errlen);
/* Before host_run: puts mail in, by commands of a session of its own. Names are in modified UTF-7; a mailbox
 * that is not there is made, and subscribed. `flags` is "" or "\\Seen work"; `date` as in APPEND without
 * quotes, or "" for now. false: one line in err. */
bool host_fill_user(struct host *h, const char *user, const char *password, char *err, size_t errlen);
/* Any command of one line, without tag and CRLF. */
bool host_fill_command(struct host *h, const char *command, char *err, size_t errlen);
bool host_fill_mailbox(struct host *h, const char *mailbox, char *err, size_t errlen);
bool host_fill_message(struct host *h, const char *mailbox, const char *flags, const char *date,
                       const void *octets, size_t n, char *err, size_t errlen);
/* The same of a text whose lines may end in LF alone. */
bool host_fill_text(struct host *h, const char *mailbox, const char *flags, const char *date, const char *p,
                    size_t n, char *err, size_t errlen);
/* host_mail.c: a Maildir with its folders, or an mbox file, for the user that host_fill_user logged in. */
bool host_fill_mail(struct host *h, const char *path, char *err, size_t errlen);
/* host_builtin.c: for each user of the model's options a few mailboxes and messages; Shared/Team for all. */
bool host_fill_builtin(struct host *h, char *err, size_t errlen);
const char *const *host_users(const struct host *h); /* "name:password", NULL-terminated */
/* "imap://127.0.0.1:1143/ imaps://127.0.0.1:1993/": where it listens. */
const char *host_where(const struct host *h);
struct model_server *host_model(struct host *h);
/* Its event loop, for sockets of the caller's own: host_turn serves them, too. */
struct event_base *host_base(struct host *h);
/* Waits for something to happen, a moment at most, and serves it. */
void host_turn(struct host *h);
void host_end(struct host *h); /* says BYE to all, and waits until they have it, a moment at most */
/* Serves until *stop is not 0; then says BYE to all and ends. */
void host_run(struct host *h, const volatile int *stop);
void host_free(struct host *h); /* NULL does nothing */

#endif
