/* net.h: IMAP sessions over sockets: plain, TLS and STARTTLS, many at once in one thread.
 *
 * A `struct net` is a transport (transport.h) whose sessions are TCP connections. Everything is asynchronous
 * underneath (libevent and its OpenSSL bufferevents); events are delivered while net_poll runs. Whatever a
 * server does ends in a response, or in one on_closed whose text names host:port, what was awaited and for
 * how long. Nothing waits for ever: connecting, the TLS handshake, the greeting and the session as a whole
 * have deadlines of their own, and replies the one that net_expect sets. No limit makes it allocate what a
 * server merely announces.
 */
#ifndef NET_H
#define NET_H

#include "transport.h"

struct net_options {
    size_t max_line;    /* octets of one line without its literals */
    size_t max_literal; /* octets of one literal; refused when announced */
    size_t
        max_response;  /* octets of one whole response: the most that is ever buffered of what was received */
    size_t max_output; /* octets waiting to be sent before net_send fails */
    int connect_ms, tls_ms, greeting_ms;
    int total_ms;   /* of one session from net_connect on; 0: none */
    bool one_octet; /* take in and frame octet by octet, to test at every split */
};
/* The defaults: 64 KiB, 64 MiB, 80 MiB, 64 MiB; 10 s, 10 s, 10 s; none. one_octet is set in the HOSTILE
 * build. */
struct net_options net_defaults(void);

struct endpoint {
    const char *host; /* name, IPv4 or IPv6 address without brackets; borrowed until net_connect returns */
    uint16_t port;
    bool verify;         /* check the certificate and its name against the system's authorities, or ca_file */
    const char *ca_file; /* PEM, or NULL */
};

struct net;
/* Copies both. NULL: no memory or no event loop. Ignores SIGPIPE in the process if its action was the
 * default. */
struct net *net_new(const struct net_options *o, const struct transport_events *ev);
void net_free(struct net *n); /* closes all sessions; NULL does nothing */

/* The functions of transport.h for any endpoint; see there. Names are resolved while the caller waits. */
int net_connect(struct net *n, int session, const struct endpoint *to, bool tls);
int net_send(struct net *n, int session, const uint8_t *octets, size_t len);
int net_starttls(struct net *n, int session);
void net_close(struct net *n, int session);
void net_abort(struct net *n,
               int session); /* as net_close, but throws away what is unsent and resets (RST) */
void net_expect(struct net *n, int session, const char *what, int ms);
int net_poll(struct net *n, int timeout_ms);
const char *net_error(struct net *n);
uint64_t net_now(void);

/* Polls until `until(arg)` holds (true) or ms have passed (false; net_error says so). */
bool net_run(struct net *n, int ms, bool (*until)(void *arg), void *arg);

/* `n` as a transport whose `open` connects to `to`. What `to` points to is borrowed as long as the transport
 * is used. One endpoint per net at a time; net_free ends it. */
struct transport net_transport(struct net *n, const struct endpoint *to);

#endif
