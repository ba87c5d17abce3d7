/* transport.h: how the driver reaches a server without knowing what it is: a socket (net.h) or a model in
 * this process.
 *
 * A transport carries up to TRANSPORT_SESSIONS sessions, named by small integers that the driver picks. The
 * driver calls the functions of `struct transport_ops`; what comes back is delivered through `struct
 * transport_events`, which the creator of the transport is given, and only while `poll` runs. One thread.
 * Inside a callback every function but `poll` may be called, `close` of the same session included.
 */
#ifndef TRANSPORT_H
#define TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TRANSPORT_SESSIONS 64

/* How a session ended. `close` by the driver is not reported: no event follows it. */
enum closed_how {
    CLOSED_EOF,       /* the peer ended it in order (over TLS: with close_notify) */
    CLOSED_RESET,     /* reset, or another error of an established connection */
    CLOSED_CONNECT,   /* could not be connected: refused, unreachable, no such name */
    CLOSED_TLS_EOF,   /* ended inside TLS without close_notify: a peer that died, or a truncation */
    CLOSED_TLS_ERROR, /* handshake or record failed, certificate refused, plain text where TLS was awaited */
    CLOSED_TIMEOUT,   /* a deadline passed: connect, TLS, greeting, an expectation, or the session's total */
    CLOSED_OVERLONG, /* a line, a literal or a whole response passed its limit, or no memory is left for it */
    CLOSED_HOW_COUNT
};
const char *closed_how_name(enum closed_how how); /* "eof", "reset", ...; static */

/* What a transport tells. Times are nanoseconds of one monotonic clock (CLOCK_MONOTONIC for sockets; a
 * counter will do for a model) and never go back from one event to the next. Octets are borrowed until the
 * callback returns. Members other than on_response and on_closed may be NULL. */
struct transport_events {
    void *user;
    /* Connected, and the TLS handshake done where it was asked for. The greeting follows as the first
     * response. */
    void (*on_opened)(void *user, int session, uint64_t t_ns, bool tls);
    /* One whole response, lines joined by their literals, CRLF included; in order. t is when it was read. */
    void (*on_response)(void *user, int session, uint64_t t_ns, const uint8_t *octets, size_t n);
    /* Octets that stood in the plain input when `starttls` was called. They have been discarded: a server
     * must not send any there, and a client that reads them as if they had come under TLS can be injected
     * (RFC 3501 6.2.1, CID-D2). */
    void (*on_leftover)(void *user, int session, uint64_t t_ns, const uint8_t *octets, size_t n);
    /* The handshake begun by `starttls` is done. No greeting follows. */
    void (*on_secured)(void *user, int session, uint64_t t_ns);
    /* The session is over; its number may be opened again, from inside the callback too. `octets` are those
     * of an unfinished response (n may be 0). `text` is one line that names the server, what was awaited and
     * for how long. */
    void (*on_closed)(void *user, int session, uint64_t t_ns, enum closed_how how, const uint8_t *octets,
                      size_t n, const char *text);
};

/* `self` is the transport. Functions that return int: 0, or < 0 with the reason in `error`. */
struct transport_ops {
    /* Begins to connect (implicit TLS if `tls`). Fails at once when the session is open already or the name
     * does not resolve; later failures come as on_closed. */
    int (*open)(void *self, int session, bool tls);
    /* Hands over octets for sending, whole (they are copied). The caller may read `now` just before: the time
     * of a send is its hand-over. Several sends before the next poll go out together. Fails before on_opened
     * and when more than the transport's limit is waiting because the peer does not read. */
    int (*send)(void *self, int session, const uint8_t *octets, size_t n);
    /* Starts the client's handshake. Call it from on_response of the tagged OK, so that everything behind
     * that OK counts as left over; no send until on_secured. */
    int (*starttls)(void *self, int session);
    /* Ends the session quietly: what was sent is flushed as far as possible at once, no event follows. */
    void (*close)(void *self, int session);
    /* Delivers events; waits up to timeout_ms (0: not at all) for the first one. Returns how many, 0 at the
     * timeout. */
    int (*poll)(void *self, int timeout_ms);
    /* The text of the last failure, one line; valid until the next call. */
    const char *(*error)(void *self);
    /* The clock of the events. */
    uint64_t (*now)(void *self);
    /* Arms the session's deadline: unless disarmed (what = NULL) or armed anew, it ends with CLOSED_TIMEOUT
     * after `ms`, and the text says that `what` ("a reply to a7 FETCH") was awaited; `what` is copied.
     * Answers do not disarm it: the driver does. May do nothing where a peer cannot be silent. */
    void (*expect)(void *self, int session, const char *what, int ms);
};

struct transport {
    const struct transport_ops *ops;
    void *self;
};

#endif
