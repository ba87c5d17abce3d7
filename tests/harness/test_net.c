/* test_net.c: sessions over sockets with servers that mean well, and the edges of the interface: wrong calls, calls from inside
 * callbacks, certificates, limits of our own, deadlines while the driver is away. */
#include "net.h"
#include "net_fixture.h"

#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int failures;
#define CHECK(c, ...)                                                     \
    do {                                                                  \
        if (!(c)) {                                                       \
            printf("FAIL %s:%d %s: ", __func__, __LINE__, #c);            \
            printf(__VA_ARGS__);                                          \
            printf("\n");                                                 \
            failures++;                                                   \
        }                                                                 \
    } while (0)

static struct hostile h;

/* What one session was told. */
struct seen {
    struct net *net;
    int opened, secured, responses, closed, leftovers;
    enum closed_how how;
    size_t got_n;
    char got[4096], text[800];
    int close_at;     /* close inside the callback of this response */
    bool reopen;      /* connect again inside on_closed, once */
    struct endpoint to;
};

static void on_opened(void *user, int s, uint64_t t, bool tls) {
    (void)s, (void)t, (void)tls;
    ((struct seen *)user)->opened++;
}
static void on_response(void *user, int s, uint64_t t, const uint8_t *p, size_t n) {
    (void)t;
    struct seen *e = user;
    if (e->got_n + n <= sizeof e->got)
        memcpy(e->got + e->got_n, p, n);
    e->got_n += n;
    if (++e->responses == e->close_at)
        net_close(e->net, s);
}
static void on_leftover(void *user, int s, uint64_t t, const uint8_t *p, size_t n) {
    (void)s, (void)t, (void)p, (void)n;
    ((struct seen *)user)->leftovers++;
}
static void on_secured(void *user, int s, uint64_t t) {
    (void)s, (void)t;
    ((struct seen *)user)->secured++;
}
static void on_closed(void *user, int s, uint64_t t, enum closed_how how, const uint8_t *p, size_t n, const char *text) {
    (void)s, (void)t, (void)p, (void)n;
    struct seen *e = user;
    e->closed++;
    e->how = how;
    snprintf(e->text, sizeof e->text, "%s", text);
    if (e->reopen) {
        e->reopen = false;
        net_connect(e->net, s, &e->to, false);
    }
}

static void begin(struct seen *e, const struct net_options *o) {
    struct net_options d = net_defaults();
    memset(e, 0, sizeof *e);
    struct transport_events ev = {e, on_opened, on_response, on_leftover, on_secured, on_closed};
    e->net = net_new(o ? o : &d, &ev);
}
static struct endpoint at(const char *mode) {
    return (struct endpoint){.host = "127.0.0.1", .port = hostile_port(&h, mode)};
}
static void send_text(struct seen *e, int s, const char *text) {
    CHECK(net_send(e->net, s, (const uint8_t *)text, strlen(text)) == 0, "%s", net_error(e->net));
}

static bool was_closed(void *a) { return ((struct seen *)a)->closed > 0; }
static bool was_secured(void *a) { return ((struct seen *)a)->secured > 0 || was_closed(a); }
static int wanted;
static bool has_wanted(void *a) { return ((struct seen *)a)->responses >= wanted || was_closed(a); }
static bool await(struct seen *e, int responses) {
    wanted = responses;
    bool ok = net_run(e->net, 5000, has_wanted, e) && !e->closed;
    CHECK(ok, "%d of %d responses: %s", e->responses, responses, e->closed ? e->text : net_error(e->net));
    return ok;
}

/* Literals join their lines; octets come out as they were sent, whole or octet by octet. */
static void test_literals(bool one_octet) {
    static const char fetch[] = "* 1 FETCH (BODY[] {11}\r\nab\r\ncd\r\n{9} FLAGS (\\Seen))\r\n";
    struct net_options o = net_defaults();
    o.one_octet = one_octet;
    struct seen e;
    begin(&e, &o);
    struct endpoint to = at("good");
    CHECK(net_connect(e.net, 5, &to, false) == 0, "%s", net_error(e.net));
    await(&e, 1);
    e.got_n = 0;
    send_text(&e, 5, "b FETCH 1 BODY[]\r\n");
    await(&e, 3);
    CHECK(e.got_n == strlen(fetch) + 11 && memcmp(e.got, fetch, strlen(fetch)) == 0, "%.*s", (int)e.got_n, e.got);
    CHECK(memcmp(e.got + strlen(fetch), "b OK done\r\n", 11) == 0, "%.*s", (int)e.got_n, e.got);
    net_free(e.net);
}

static size_t sizes_total;
static void on_size(void *user, int s, uint64_t t, const uint8_t *p, size_t n) {
    (void)s, (void)t;
    struct seen *e = user;
    if (e->responses++ == 0)
        return;
    unsigned i = (unsigned)e->responses - 2, literal = i * i % 9973;
    char head[64];
    size_t k = (size_t)snprintf(head, sizeof head, "* 1 FETCH (BODY[] {%u}\r\n", literal);
    if (n == k + literal + 3 && memcmp(p, head, k) == 0 && memcmp(p + n - 3, ")\r\n", 3) == 0)
        sizes_total++;
}

/* Responses of many lengths in one stream come out each whole, wherever the reads end. */
static void test_sizes(bool one_octet) {
    struct net_options o = net_defaults();
    o.one_octet = one_octet;
    struct seen e = {0};
    struct transport_events ev = {.user = &e, .on_response = on_size, .on_closed = on_closed};
    e.net = net_new(&o, &ev);
    struct endpoint to = at("sizes");
    net_connect(e.net, 0, &to, false);
    await(&e, 1);
    sizes_total = 0;
    send_text(&e, 0, "a NOOP\r\n");
    await(&e, 2001);
    CHECK(sizes_total == 2000, "%zu of 2000 whole", sizes_total);
    net_free(e.net);
}

/* Closing says close_notify, so that a server does not take us for cut off. */
static void test_goodbye(void) {
    struct seen e;
    begin(&e, NULL);
    struct endpoint to = at("tls_ends"), last = at("last_end");
    net_connect(e.net, 0, &to, true);
    await(&e, 1);
    net_close(e.net, 0);
    for (int i = 0; i < 50 && !strstr(e.got, "* OK in order"); i++) {
        usleep(20000);
        e.got_n = 0;
        net_connect(e.net, 1, &last, false);
        await(&e, e.responses + 1);
        net_close(e.net, 1);
    }
    CHECK(strstr(e.got, "* OK in order"), "%.*s", (int)e.got_n, e.got);
    net_free(e.net);
}

static void test_wrong_calls(void) {
    struct seen e;
    begin(&e, NULL);
    struct endpoint to = at("good");
    CHECK(net_send(e.net, 3, (const uint8_t *)"x", 1) < 0 && strstr(net_error(e.net), "not open"), "%s", net_error(e.net));
    CHECK(net_connect(e.net, 3, &to, false) == 0, "%s", net_error(e.net));
    CHECK(net_connect(e.net, 3, &to, false) < 0 && strstr(net_error(e.net), "open already"), "%s", net_error(e.net));
    CHECK(net_send(e.net, 3, (const uint8_t *)"x", 1) < 0 && strstr(net_error(e.net), "yet"), "%s", net_error(e.net));
    CHECK(net_starttls(e.net, 3) < 0, "before the greeting");
    await(&e, 1);
    net_close(e.net, 3);
    net_close(e.net, 3);
    CHECK(net_starttls(e.net, 3) < 0 && strstr(net_error(e.net), "not open"), "%s", net_error(e.net));
    CHECK(net_poll(e.net, 20) == 0, "an event after close");
    CHECK(e.opened == 1 && e.closed == 0, "%d opened, %d closed", e.opened, e.closed);
    net_free(e.net);
    net_free(NULL);
}

static void test_no_server(void) {
    struct seen e;
    begin(&e, NULL);
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof a;
    int s = socket(AF_INET, SOCK_STREAM, 0); /* bound, not listening: refuses, and nobody else gets the port */
    bind(s, (struct sockaddr *)&a, sizeof a);
    getsockname(s, (struct sockaddr *)&a, &len);
    struct endpoint to = {.host = "127.0.0.1", .port = ntohs(a.sin_port)};
    CHECK(net_connect(e.net, 0, &to, false) == 0, "%s", net_error(e.net));
    CHECK(net_run(e.net, 2000, was_closed, &e), "hangs");
    CHECK(e.how == CLOSED_CONNECT && strstr(e.text, ": cannot connect: Connection refused; awaited a connection for "),
          "%s", e.text);
    close(s);
    to.host = "a-label-of-more-than-sixty-three-octets-has-no-meaning-in-the-domain-name-system.invalid";
    CHECK(net_connect(e.net, 0, &to, false) < 0 && strstr(net_error(e.net), "cannot resolve"), "%s", net_error(e.net));
    CHECK(e.closed == 1, "an event for what failed at once");
    net_free(e.net);
}

/* `localhost` may mean ::1 first, where nobody listens: the next address is tried. */
static void test_next_address(void) {
    struct seen e;
    begin(&e, NULL);
    struct endpoint to = at("good");
    to.host = "localhost";
    CHECK(net_connect(e.net, 0, &to, false) == 0, "%s", net_error(e.net));
    await(&e, 1);
    net_free(e.net);
}

static void try_certificate(const char *host, bool verify, const char *ca, const char *error) {
    struct seen e;
    begin(&e, NULL);
    struct endpoint to = {.host = host, .port = hostile_port(&h, "good_tls"), .verify = verify, .ca_file = ca};
    CHECK(net_connect(e.net, 0, &to, true) == 0, "%s", net_error(e.net));
    if (!error) {
        await(&e, 1);
    } else {
        net_run(e.net, 5000, was_closed, &e);
        CHECK(e.closed && e.how == CLOSED_TLS_ERROR && strstr(e.text, error) && e.opened == 0, "%s, %s: %s", host, error, e.text);
    }
    net_free(e.net);
}

static void test_certificates(void) {
    const char *ca = fixture_certificate();
    try_certificate("127.0.0.1", false, NULL, NULL);
    try_certificate("127.0.0.1", true, ca, NULL);
    try_certificate("localhost", true, ca, NULL);
    try_certificate("127.0.0.1", true, NULL, "certificate refused: self-signed certificate");
    try_certificate("127.1", true, ca, "certificate refused: hostname mismatch"); /* a name that the certificate has not */
    try_certificate("127.0.0.1", true, "no/such/file.pem", "TLS cannot be set up: ");
}

/* Injected in a segment of its own: either it stood in the input before TLS, or it breaks the handshake. */
static void test_late_injection(void) {
    for (int i = 0; i < 10; i++) {
        struct seen e;
        begin(&e, NULL);
        struct endpoint to = at("starttls_injected_late");
        net_connect(e.net, 0, &to, false);
        await(&e, 1);
        send_text(&e, 0, "a STARTTLS\r\n");
        await(&e, 2);
        if (e.responses == 2) { /* else the injected line came with it: called too late, the driver's fault */
            CHECK(net_starttls(e.net, 0) == 0, "%s", net_error(e.net));
            net_run(e.net, 5000, was_secured, &e);
            CHECK(e.leftovers == 1 ? e.secured == 1 : e.how == CLOSED_TLS_ERROR && strstr(e.text, "plain text: \"* 9"),
                  "%d leftovers, %s", e.leftovers, e.text);
        }
        net_free(e.net);
    }
}

static void test_close_inside(void) {
    struct seen e;
    begin(&e, NULL);
    struct endpoint to = at("flood");
    net_connect(e.net, 0, &to, false);
    await(&e, 1);
    e.close_at = 7;
    send_text(&e, 0, "a NOOP\r\n");
    for (int i = 0; i < 20; i++)
        net_poll(e.net, 5);
    CHECK(e.responses == 7 && e.closed == 0, "%d responses, %d closed", e.responses, e.closed);
    net_free(e.net);
}

static void test_reopen_inside(void) {
    struct seen e;
    begin(&e, NULL);
    struct endpoint to = at("drop_at_once");
    e.to = at("good");
    e.reopen = true;
    net_connect(e.net, 63, &to, false);
    net_run(e.net, 5000, was_closed, &e);
    e.closed = 0;
    await(&e, 1);
    CHECK(e.opened == 2, "%d opened", e.opened);
    net_free(e.net);
}

static void test_deaf(void) {
    struct net_options o = net_defaults();
    o.max_output = 1 << 20;
    struct seen e;
    begin(&e, &o);
    struct endpoint to = at("deaf");
    net_connect(e.net, 0, &to, false);
    await(&e, 1);
    static uint8_t block[64 << 10];
    size_t sent = 0;
    while (sent < (64u << 20) && net_send(e.net, 0, block, sizeof block) == 0) {
        sent += sizeof block;
        net_poll(e.net, 0);
    }
    CHECK(strstr(net_error(e.net), "the server does not read: "), "%s", net_error(e.net));
    net_expect(e.net, 0, "a reply to a1 APPEND", 50);
    net_run(e.net, 2000, was_closed, &e);
    CHECK(e.how == CLOSED_TIMEOUT && strstr(e.text, "a reply to a1 APPEND for 5"), "%s", e.text);
    net_free(e.net);
}

/* More than the socket's buffers hold arrives whole. */
static void test_upload(bool tls) {
    struct seen e;
    begin(&e, NULL);
    struct endpoint to = at(tls ? "sink_tls" : "sink");
    net_connect(e.net, 0, &to, tls);
    await(&e, 1);
    size_t n = 8 << 20;
    uint8_t *p = malloc(n);
    unsigned long sum = '\n';
    for (size_t i = 0; i < n; i++)
        sum += p[i] = (uint8_t)('0' + i * 7 % 61);
    for (size_t i = 0; i < n; i += n / 8)
        CHECK(net_send(e.net, 0, p + i, n / 8) == 0, "%s", net_error(e.net));
    send_text(&e, 0, "\n");
    e.got_n = 0;
    char want[100];
    snprintf(want, sizeof want, "a OK %zu %lu\r\n", n + 1, sum);
    await(&e, 2);
    CHECK(e.got_n == strlen(want) && memcmp(e.got, want, e.got_n) == 0, "%.*s, not %s", (int)e.got_n, e.got, want);
    free(p);
    net_free(e.net);
}

/* Sessions in every stage are given back; the leak checker looks. */
static void test_free_in_any_stage(void) {
    static const char *const modes[] = {"silent", "silent_after_greeting", "tls_silent", "tls_half", "good_tls", "flood",
                                        "drop_in_literal"};
    for (int polls = 0; polls < 12; polls++) {
        struct seen e;
        begin(&e, NULL);
        for (int s = 0; s < (int)(sizeof modes / sizeof *modes); s++) {
            struct endpoint to = at(modes[s]);
            CHECK(net_connect(e.net, s, &to, strstr(modes[s], "tls") != NULL) == 0, "%s", net_error(e.net));
        }
        for (int i = 0; i < polls; i++) {
            net_poll(e.net, 5);
            for (int s = 0; s < 7; s++)
                net_send(e.net, s, (const uint8_t *)"a NOOP\r\n", 8);
        }
        net_free(e.net);
    }
}

/* Without TCP_QUICKACK each of these takes 40 ms: see net_io.c. */
static void test_quick_ack(void) {
    struct seen e;
    begin(&e, NULL);
    struct endpoint to = at("two_writes");
    net_connect(e.net, 0, &to, false);
    await(&e, 1);
    uint64_t t = net_now();
    for (int i = 0; i < 100 && !e.closed; i++) {
        send_text(&e, 0, "a NOOP\r\n");
        await(&e, 3 + 2 * i);
    }
    long ms = (long)((net_now() - t) / 1000000);
    CHECK(ms < 1500, "100 commands took %ld ms", ms);
    net_free(e.net);
}

static void test_deadlines(void) {
    struct net_options o = net_defaults();
    o.total_ms = 700;
    struct seen e;
    begin(&e, &o);
    struct endpoint to = at("good");
    net_connect(e.net, 0, &to, false);
    await(&e, 1);
    uint64_t t = net_now();
    CHECK(net_poll(e.net, 60) == 0, "an event from nowhere");
    CHECK(net_now() - t >= 60000000, "poll came back early");
    CHECK(!net_run(e.net, 30, was_closed, &e) && strstr(net_error(e.net), "not reached within 30 ms"), "%s", net_error(e.net));
    net_expect(e.net, 0, "nothing", 30);
    net_expect(e.net, 0, NULL, 0);
    net_poll(e.net, 60);
    CHECK(!e.closed, "a disarmed deadline struck: %s", e.text);
    /* the answer came in time, but we were away */
    net_expect(e.net, 0, "a reply to a NOOP", 30);
    send_text(&e, 0, "a NOOP\r\n");
    net_poll(e.net, 0);
    usleep(100000);
    await(&e, 2);
    net_expect(e.net, 0, NULL, 0);
    net_run(e.net, 2000, was_closed, &e);
    CHECK(e.how == CLOSED_TIMEOUT && strstr(e.text, "the session lasted longer than 700 ms"), "%s", e.text);
    CHECK(!strstr(e.text, "awaited"), "%s", e.text);
    net_free(e.net);
}

/* A TLS peer that is really killed. */
static void test_killed_peer(void) {
    struct hostile other;
    hostile_start(&other);
    struct seen e;
    begin(&e, NULL);
    struct endpoint to = {.host = "127.0.0.1", .port = hostile_port(&other, "good_tls")};
    net_connect(e.net, 0, &to, true);
    await(&e, 1);
    hostile_stop(&other, SIGKILL);
    CHECK(net_run(e.net, 2000, was_closed, &e), "silence");
    CHECK(e.how == CLOSED_TLS_EOF || e.how == CLOSED_RESET, "%s", e.text);
    net_free(e.net);
}

/* The server said why it goes and is gone; we find out by writing. Its BYE is not lost. */
static void test_last_words(bool tls) {
    struct seen e;
    begin(&e, NULL);
    struct endpoint to = at(tls ? "tls_bye_and_reset" : "bye_and_reset");
    net_connect(e.net, 0, &to, tls);
    await(&e, 1);
    send_text(&e, 0, "a NOOP\r\n");
    net_poll(e.net, 0);
    usleep(200000);
    send_text(&e, 0, "b NOOP\r\n");
    net_run(e.net, 2000, was_closed, &e);
    CHECK(e.responses == 2 && e.how == CLOSED_RESET, "%d responses, tls %d: %s", e.responses, tls, e.text);
    net_free(e.net);
}

/* close sends what was handed over, then FIN; abort sends RST. */
static void test_close_and_abort(void) {
    for (int abort_it = 0; abort_it < 2; abort_it++) {
        struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        socklen_t len = sizeof a;
        int l = socket(AF_INET, SOCK_STREAM, 0);
        bind(l, (struct sockaddr *)&a, sizeof a);
        listen(l, 1);
        getsockname(l, (struct sockaddr *)&a, &len);
        struct seen e;
        begin(&e, NULL);
        struct endpoint to = {.host = "127.0.0.1", .port = ntohs(a.sin_port)};
        net_connect(e.net, 0, &to, false);
        net_poll(e.net, 1000);
        CHECK(e.opened == 1, "%s", net_error(e.net));
        int s = accept(l, NULL, NULL);
        send_text(&e, 0, "a LOGOUT\r\n");
        if (abort_it)
            net_abort(e.net, 0);
        else
            net_close(e.net, 0);
        char got[100];
        ssize_t n = read(s, got, sizeof got);
        CHECK(abort_it ? n < 0 && errno == ECONNRESET : n == 10, "read %zd", n);
        CHECK(abort_it || read(s, got, sizeof got) == 0, "no end");
        close(s);
        close(l);
        net_free(e.net);
    }
}

static void test_pipeline(bool tls) {
    struct seen e;
    begin(&e, NULL);
    struct endpoint to = at(tls ? "good_tls" : "good");
    net_connect(e.net, 0, &to, tls);
    await(&e, 1);
    for (int i = 0; i < 2000; i++)
        send_text(&e, 0, "a NOOP\r\n");
    await(&e, 2001);
    net_free(e.net);
}

static void test_transport(void) {
    struct seen e;
    begin(&e, NULL);
    struct endpoint to = at("good_starttls");
    struct transport t = net_transport(e.net, &to);
    uint64_t start = t.ops->now(t.self);
    CHECK(t.ops->open(t.self, 2, false) == 0, "%s", t.ops->error(t.self));
    while (e.responses < 1 && !e.closed)
        t.ops->poll(t.self, 1000);
    t.ops->expect(t.self, 2, "a reply to a STARTTLS", 1000);
    t.ops->send(t.self, 2, (const uint8_t *)"a STARTTLS\r\n", 12);
    while (e.responses < 2 && !e.closed)
        t.ops->poll(t.self, 1000);
    t.ops->expect(t.self, 2, NULL, 0);
    CHECK(t.ops->starttls(t.self, 2) == 0, "%s", t.ops->error(t.self));
    while (!e.secured && !e.closed)
        t.ops->poll(t.self, 1000);
    t.ops->send(t.self, 2, (const uint8_t *)"b NOOP\r\n", 8);
    while (e.responses < 3 && !e.closed)
        t.ops->poll(t.self, 1000);
    t.ops->close(t.self, 2);
    CHECK(e.responses == 3 && !e.closed && !e.leftovers && t.ops->now(t.self) > start, "%s", e.text);
    net_free(e.net);
}

int main(void) {
    hostile_start(&h);
    test_literals(false);
    test_literals(true);
    test_sizes(false);
    test_sizes(true);
    test_goodbye();
    test_wrong_calls();
    test_no_server();
    test_next_address();
    test_certificates();
    test_late_injection();
    test_close_inside();
    test_reopen_inside();
    test_deaf();
    test_quick_ack();
    test_upload(false);
    test_upload(true);
    test_free_in_any_stage();
    test_deadlines();
    test_killed_peer();
    test_close_and_abort();
    test_last_words(false);
    test_last_words(true);
    test_pipeline(false);
    test_pipeline(true);
    test_transport();
    hostile_stop(&h, 0);
    printf("network sessions: %d failures\n", failures);
    return failures ? 1 : 0;
}
