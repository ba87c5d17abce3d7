/* test_net_life.c: how sessions begin and end: wrong calls, calls from inside callbacks, limits of our own,
 * deadlines while the driver is away, last words, and what the peer sees of our end. */
#include "net_seen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Closing says close_notify, so that a server does not take us for cut off. */
static void test_goodbye(void) {
    struct seen e;
    seen_begin(&e, NULL);
    struct endpoint to = seen_at("tls_ends"), last = seen_at("last_end");
    net_connect(e.net, 0, &to, true);
    seen_await(&e, 1);
    net_close(e.net, 0);
    for (int i = 0; i < 50 && !strstr(e.got, "* OK in order"); i++) {
        usleep(20000);
        e.got_n = 0;
        net_connect(e.net, 1, &last, false);
        seen_await(&e, e.responses + 1);
        net_close(e.net, 1);
    }
    CHECK(strstr(e.got, "* OK in order"), "%.*s", (int)e.got_n, e.got);
    net_free(e.net);
}

static void test_wrong_calls(void) {
    struct seen e;
    seen_begin(&e, NULL);
    struct endpoint to = seen_at("good");
    CHECK(net_send(e.net, 3, (const uint8_t *)"x", 1) < 0 && strstr(net_error(e.net), "not open"), "%s",
          net_error(e.net));
    CHECK(net_connect(e.net, 3, &to, false) == 0, "%s", net_error(e.net));
    CHECK(net_connect(e.net, 3, &to, false) < 0 && strstr(net_error(e.net), "open already"), "%s",
          net_error(e.net));
    CHECK(net_send(e.net, 3, (const uint8_t *)"x", 1) < 0 && strstr(net_error(e.net), "yet"), "%s",
          net_error(e.net));
    CHECK(net_starttls(e.net, 3) < 0, "before the greeting");
    seen_await(&e, 1);
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
    seen_begin(&e, NULL);
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof a;
    int s =
        socket(AF_INET, SOCK_STREAM, 0); /* bound, not listening: refuses, and nobody else gets the port */
    bind(s, (struct sockaddr *)&a, sizeof a);
    getsockname(s, (struct sockaddr *)&a, &len);
    struct endpoint to = {.host = "127.0.0.1", .port = ntohs(a.sin_port)};
    CHECK(net_connect(e.net, 0, &to, false) == 0, "%s", net_error(e.net));
    CHECK(net_run(e.net, 2000, seen_end, &e), "hangs");
    CHECK(e.how == CLOSED_CONNECT &&
              strstr(e.text, ": cannot connect: Connection refused; awaited a connection for "),
          "%s", e.text);
    close(s);
    to.host = "a-label-of-more-than-sixty-three-octets-has-no-meaning-in-the-domain-name-system.invalid";
    CHECK(net_connect(e.net, 0, &to, false) < 0 && strstr(net_error(e.net), "cannot resolve"), "%s",
          net_error(e.net));
    CHECK(e.closed == 1, "an event for what failed at once");
    net_free(e.net);
}

static void test_close_inside(void) {
    struct seen e;
    seen_begin(&e, NULL);
    struct endpoint to = seen_at("flood");
    net_connect(e.net, 0, &to, false);
    seen_await(&e, 1);
    e.close_at = 7;
    seen_send(&e, 0, "a NOOP\r\n");
    for (int i = 0; i < 20; i++)
        net_poll(e.net, 5);
    CHECK(e.responses == 7 && e.closed == 0, "%d responses, %d closed", e.responses, e.closed);
    net_free(e.net);
}

static void test_reopen_inside(void) {
    struct seen e;
    seen_begin(&e, NULL);
    struct endpoint to = seen_at("drop_at_once");
    e.to = seen_at("good");
    e.reopen = true;
    net_connect(e.net, 63, &to, false);
    net_run(e.net, 5000, seen_end, &e);
    e.closed = 0;
    seen_await(&e, 1);
    CHECK(e.opened == 2, "%d opened", e.opened);
    net_free(e.net);
}

static void test_deaf(void) {
    struct net_options o = net_defaults();
    o.max_output = 1 << 20;
    struct seen e;
    seen_begin(&e, &o);
    struct endpoint to = seen_at("deaf");
    net_connect(e.net, 0, &to, false);
    seen_await(&e, 1);
    static uint8_t block[64 << 10];
    size_t sent = 0;
    while (sent < (64u << 20) && net_send(e.net, 0, block, sizeof block) == 0) {
        sent += sizeof block;
        net_poll(e.net, 0);
    }
    CHECK(strstr(net_error(e.net), "the server does not read: "), "%s", net_error(e.net));
    net_expect(e.net, 0, "a reply to a1 APPEND", 50);
    net_run(e.net, 2000, seen_end, &e);
    CHECK(e.how == CLOSED_TIMEOUT && strstr(e.text, "a reply to a1 APPEND for 5"), "%s", e.text);
    net_free(e.net);
}

/* Sessions in every stage are given back; the leak checker looks. */
static void test_free_in_any_stage(void) {
    static const char *const modes[] = {
        "silent", "silent_after_greeting", "tls_silent", "tls_half", "good_tls", "flood", "drop_in_literal"};
    for (int polls = 0; polls < 12; polls++) {
        struct seen e;
        seen_begin(&e, NULL);
        for (int s = 0; s < (int)(sizeof modes / sizeof *modes); s++) {
            struct endpoint to = seen_at(modes[s]);
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

static void test_deadlines(void) {
    struct net_options o = net_defaults();
    o.total_ms = 700;
    struct seen e;
    seen_begin(&e, &o);
    struct endpoint to = seen_at("good");
    net_connect(e.net, 0, &to, false);
    seen_await(&e, 1);
    uint64_t t = net_now();
    CHECK(net_poll(e.net, 60) == 0, "an event from nowhere");
    CHECK(net_now() - t >= 60000000, "poll came back early");
    CHECK(!net_run(e.net, 30, seen_end, &e) && strstr(net_error(e.net), "not reached within 30 ms"), "%s",
          net_error(e.net));
    net_expect(e.net, 0, "nothing", 30);
    net_expect(e.net, 0, NULL, 0);
    net_poll(e.net, 60);
    CHECK(!e.closed, "a disarmed deadline struck: %s", e.text);
    /* the answer came in time, but we were away */
    net_expect(e.net, 0, "a reply to a NOOP", 30);
    seen_send(&e, 0, "a NOOP\r\n");
    net_poll(e.net, 0);
    usleep(100000);
    seen_await(&e, 2);
    net_expect(e.net, 0, NULL, 0);
    net_run(e.net, 2000, seen_end, &e);
    CHECK(e.how == CLOSED_TIMEOUT && strstr(e.text, "the session lasted longer than 700 ms"), "%s", e.text);
    CHECK(!strstr(e.text, "awaited"), "%s", e.text);
    net_free(e.net);
}

/* A TLS peer that is really killed. */
static void test_killed_peer(void) {
    struct hostile other;
    hostile_start(&other);
    struct seen e;
    seen_begin(&e, NULL);
    struct endpoint to = {.host = "127.0.0.1", .port = hostile_port(&other, "good_tls")};
    net_connect(e.net, 0, &to, true);
    seen_await(&e, 1);
    hostile_stop(&other, SIGKILL);
    CHECK(net_run(e.net, 2000, seen_end, &e), "silence");
    CHECK(e.how == CLOSED_TLS_EOF || e.how == CLOSED_RESET, "%s", e.text);
    net_free(e.net);
}

/* The server said why it goes and is gone; we find out by writing. Its BYE is not lost. */
static void test_last_words(bool tls) {
    struct seen e;
    seen_begin(&e, NULL);
    struct endpoint to = seen_at(tls ? "tls_bye_and_reset" : "bye_and_reset");
    net_connect(e.net, 0, &to, tls);
    seen_await(&e, 1);
    seen_send(&e, 0, "a NOOP\r\n");
    net_poll(e.net, 0);
    usleep(200000);
    seen_send(&e, 0, "b NOOP\r\n");
    net_run(e.net, 2000, seen_end, &e);
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
        seen_begin(&e, NULL);
        struct endpoint to = {.host = "127.0.0.1", .port = ntohs(a.sin_port)};
        net_connect(e.net, 0, &to, false);
        net_poll(e.net, 1000);
        CHECK(e.opened == 1, "%s", net_error(e.net));
        int s = accept(l, NULL, NULL);
        seen_send(&e, 0, "a LOGOUT\r\n");
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

int main(void) {
    hostile_start(&seen_server);
    test_goodbye();
    test_wrong_calls();
    test_no_server();
    test_close_inside();
    test_reopen_inside();
    test_deaf();
    test_free_in_any_stage();
    test_deadlines();
    test_killed_peer();
    test_close_and_abort();
    test_last_words(false);
    test_last_words(true);
    hostile_stop(&seen_server, 0);
    printf("life of network sessions: %d failures\n", seen_failures);
    return seen_failures ? 1 : 0;
}
