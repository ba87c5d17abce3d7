/* test_net.c: what sessions over sockets carry: framing, STARTTLS, certificates, speed of small replies,
 * large output. */
#include "net_seen.h"

#include <stdlib.h>
#include <string.h>

/* Literals join their lines; octets come out as they were sent, whole or octet by octet. */
static void test_literals(bool one_octet) {
    static const char fetch[] = "* 1 FETCH (BODY[] {11}\r\nab\r\ncd\r\n{9} FLAGS (\\Seen))\r\n";
    struct net_options o = net_defaults();
    o.one_octet = one_octet;
    struct seen e;
    seen_begin(&e, &o);
    struct endpoint to = seen_at("good");
    CHECK(net_connect(e.net, 5, &to, false) == 0, "%s", net_error(e.net));
    seen_await(&e, 1);
    e.got_n = 0;
    seen_send(&e, 5, "b FETCH 1 BODY[]\r\n");
    seen_await(&e, 3);
    CHECK(e.got_n == strlen(fetch) + 11 && memcmp(e.got, fetch, strlen(fetch)) == 0, "%.*s", (int)e.got_n,
          e.got);
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
    struct transport_events ev = {.user = &e, .on_response = on_size, .on_closed = seen_closed};
    e.net = net_new(&o, &ev);
    struct endpoint to = seen_at("sizes");
    net_connect(e.net, 0, &to, false);
    seen_await(&e, 1);
    sizes_total = 0;
    seen_send(&e, 0, "a NOOP\r\n");
    seen_await(&e, 2001);
    CHECK(sizes_total == 2000, "%zu of 2000 whole", sizes_total);
    net_free(e.net);
}

/* `localhost` may mean ::1 first, where nobody listens: the next address is tried. */
static void test_next_address(void) {
    struct seen e;
    seen_begin(&e, NULL);
    struct endpoint to = seen_at("good");
    to.host = "localhost";
    CHECK(net_connect(e.net, 0, &to, false) == 0, "%s", net_error(e.net));
    seen_await(&e, 1);
    net_free(e.net);
}

static void try_certificate(const char *host, bool verify, const char *ca, const char *error) {
    struct seen e;
    seen_begin(&e, NULL);
    struct endpoint to = {
        .host = host, .port = hostile_port(&seen_server, "good_tls"), .verify = verify, .ca_file = ca};
    CHECK(net_connect(e.net, 0, &to, true) == 0, "%s", net_error(e.net));
    if (!error) {
        seen_await(&e, 1);
    } else {
        net_run(e.net, 5000, seen_end, &e);
        CHECK(e.closed && e.how == CLOSED_TLS_ERROR && strstr(e.text, error) && e.opened == 0, "%s, %s: %s",
              host, error, e.text);
    }
    net_free(e.net);
}

static void test_certificates(void) {
    const char *ca = fixture_certificate();
    try_certificate("127.0.0.1", false, NULL, NULL);
    try_certificate("127.0.0.1", true, ca, NULL);
    try_certificate("localhost", true, ca, NULL);
    try_certificate("127.0.0.1", true, NULL, "certificate refused: self-signed certificate");
    try_certificate("127.1", true, ca,
                    "certificate refused: hostname mismatch"); /* a name that the certificate has not */
    try_certificate("127.0.0.1", true, "no/such/file.pem", "TLS cannot be set up: ");
}

/* Injected in a segment of its own: either it stood in the input before TLS, or it breaks the handshake. */
static void test_late_injection(void) {
    for (int i = 0; i < 10; i++) {
        struct seen e;
        seen_begin(&e, NULL);
        struct endpoint to = seen_at("starttls_injected_late");
        net_connect(e.net, 0, &to, false);
        seen_await(&e, 1);
        seen_send(&e, 0, "a STARTTLS\r\n");
        seen_await(&e, 2);
        if (e.responses == 2) { /* else the injected line came with it: called too late, the driver's fault */
            CHECK(net_starttls(e.net, 0) == 0, "%s", net_error(e.net));
            net_run(e.net, 5000, seen_secure, &e);
            CHECK(e.leftovers == 1 ? e.secured == 1
                                   : e.how == CLOSED_TLS_ERROR && strstr(e.text, "plain text: \"* 9"),
                  "%d leftovers, %s", e.leftovers, e.text);
        }
        net_free(e.net);
    }
}

/* More than the socket's buffers hold arrives whole. */
static void test_upload(bool tls) {
    struct seen e;
    seen_begin(&e, NULL);
    struct endpoint to = seen_at(tls ? "sink_tls" : "sink");
    net_connect(e.net, 0, &to, tls);
    seen_await(&e, 1);
    size_t n = 8 << 20;
    uint8_t *p = malloc(n);
    unsigned long sum = '\n';
    for (size_t i = 0; i < n; i++)
        sum += p[i] = (uint8_t)('0' + i * 7 % 61);
    for (size_t i = 0; i < n; i += n / 8)
        CHECK(net_send(e.net, 0, p + i, n / 8) == 0, "%s", net_error(e.net));
    seen_send(&e, 0, "\n");
    e.got_n = 0;
    char want[100];
    snprintf(want, sizeof want, "a OK %zu %lu\r\n", n + 1, sum);
    seen_await(&e, 2);
    CHECK(e.got_n == strlen(want) && memcmp(e.got, want, e.got_n) == 0, "%.*s, not %s", (int)e.got_n, e.got,
          want);
    free(p);
    net_free(e.net);
}

/* Without TCP_QUICKACK each of these takes 40 ms: see net_io.c. */
static void test_quick_ack(void) {
    struct seen e;
    seen_begin(&e, NULL);
    struct endpoint to = seen_at("two_writes");
    net_connect(e.net, 0, &to, false);
    seen_await(&e, 1);
    uint64_t t = net_now();
    for (int i = 0; i < 100 && !e.closed; i++) {
        seen_send(&e, 0, "a NOOP\r\n");
        seen_await(&e, 3 + 2 * i);
    }
    long ms = (long)((net_now() - t) / 1000000);
    CHECK(ms < 1500, "100 commands took %ld ms", ms);
    net_free(e.net);
}

static void test_pipeline(bool tls) {
    struct seen e;
    seen_begin(&e, NULL);
    struct endpoint to = seen_at(tls ? "good_tls" : "good");
    net_connect(e.net, 0, &to, tls);
    seen_await(&e, 1);
    for (int i = 0; i < 2000; i++)
        seen_send(&e, 0, "a NOOP\r\n");
    seen_await(&e, 2001);
    net_free(e.net);
}

static void test_transport(void) {
    struct seen e;
    seen_begin(&e, NULL);
    struct endpoint to = seen_at("good_starttls");
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
    hostile_start(&seen_server);
    test_literals(false);
    test_literals(true);
    test_sizes(false);
    test_sizes(true);
    test_next_address();
    test_certificates();
    test_late_injection();
    test_quick_ack();
    test_upload(false);
    test_upload(true);
    test_pipeline(false);
    test_pipeline(true);
    test_transport();
    hostile_stop(&seen_server, 0);
    printf("network sessions: %d failures\n", seen_failures);
    return seen_failures ? 1 : 0;
}
