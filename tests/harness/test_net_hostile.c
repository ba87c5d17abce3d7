/* test_net_hostile.c: every behaviour of hostile.py, all at once in one net, ends in the one right error
 * within its deadline; then the same with input taken octet by octet. */
#include "net.h"
#include "net_fixture.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DUE    1000 /* ms: connecting, TLS, greeting, each reply */
#define LATEST 3500
#define AMPLE                                                                                                \
    30000 /* ms, where the end is another than the deadline: a busy machine must not decide the test */

enum start { IN_PLAIN, IN_TLS, BY_STARTTLS };

static const struct row {
    const char *mode;
    enum start start;
    enum closed_how how;
    const char *text; /* must stand in the error */
    int responses;    /* received, exactly; -1: any number */
    int left;         /* octets of an unfinished response, exactly; -1: any number */
    const char *leftover;
} rows[] = {
    {"good", IN_PLAIN, CLOSED_EOF, "the server closed the connection", 4, 0, NULL},
    {"good_tls", IN_TLS, CLOSED_EOF, "the server closed the connection", 4, 0, NULL},
    {"good_starttls", BY_STARTTLS, CLOSED_EOF, "the server closed the connection", 5, 0, NULL},
    {"one_octet", IN_PLAIN, CLOSED_EOF, "the server closed the connection", 4, 0, NULL},
    {"silent", IN_PLAIN, CLOSED_TIMEOUT, "timeout; awaited the greeting for 10", 0, 0, NULL},
    {"silent_after_greeting", IN_PLAIN, CLOSED_TIMEOUT, "timeout; awaited a reply to a1 NOOP for 10", 1, 0,
     NULL},
    {"greeting_without_end", IN_PLAIN, CLOSED_TIMEOUT, "; 8 octets of an unfinished response", 0, 8, NULL},
    {"trickle", IN_PLAIN, CLOSED_TIMEOUT, "awaited a reply to a1 NOOP", 1, -1, NULL},
    {"drop_at_once", IN_PLAIN, CLOSED_EOF, "closed the connection; awaited the greeting", 0, 0, NULL},
    {"drop_in_line", IN_PLAIN, CLOSED_EOF, "awaited a reply to a1 NOOP", 1, 8, NULL},
    {"drop_in_literal", IN_PLAIN, CLOSED_EOF, "35 octets of an unfinished response", 1, 35, NULL},
    {"bye_and_drop", IN_PLAIN, CLOSED_EOF, "closed", 2, 0, NULL},
    {"bye_and_reset", IN_PLAIN, CLOSED_RESET, "the connection broke: Connection reset by peer", 2, 0, NULL},
    {"reset_in_line", IN_PLAIN, CLOSED_RESET, "Connection reset by peer; awaited a reply to a1", 1, 8, NULL},
    {"half_closed", IN_PLAIN, CLOSED_EOF, "closed", 1, 0, NULL},
    {"garbage", IN_PLAIN, CLOSED_TIMEOUT, "timeout", 9, 0, NULL},
    {"endless_line", IN_PLAIN, CLOSED_OVERLONG, "a line of more than 8192 octets, which begins \"* OK xxx", 1,
     -1, NULL},
    {"endless_greeting", IN_PLAIN, CLOSED_OVERLONG, "a line of more than 8192 octets", 0, -1, NULL},
    {"literal_max32", IN_PLAIN, CLOSED_OVERLONG,
     "more than 131072 octets was announced: \"CH (BODY[] {4294967295}\"", 1, -1, NULL},
    {"literal_2_32", IN_PLAIN, CLOSED_OVERLONG, "{4294967296}\"", 1, -1, NULL},
    {"literal_2_64", IN_PLAIN, CLOSED_OVERLONG, "{18446744073709551616}\"", 1, -1, NULL},
    {"literal_many_digits", IN_PLAIN, CLOSED_OVERLONG, "9999999}\"", 1, -1, NULL},
    {"many_literals", IN_PLAIN, CLOSED_OVERLONG, "a response of more than 1048576 octets", 1, -1, NULL},
    {"flood", IN_PLAIN, CLOSED_TIMEOUT, "awaited a reply to a1 NOOP", -1, -1, NULL},
    /* RFC 3501 6.2.1: what stood in the plain input must not count as said under TLS (CID-D2 from the other
       side) */
    {"starttls_injected", BY_STARTTLS, CLOSED_EOF, "closed", 5, 0, "* 9 EXISTS\r\n* OK inj"},
    {"starttls_plain", BY_STARTTLS, CLOSED_TLS_ERROR,
     "handshake failed: the server speaks plain text: \"* BAD what", 2, 0, NULL},
    {"starttls_drop", BY_STARTTLS, CLOSED_TLS_EOF, "ended without close_notify; awaited the TLS handshake", 2,
     0, NULL},
    {"tls_plain", IN_TLS, CLOSED_TLS_ERROR, "plain text: \"* OK [CAPABILITY", 0, 0, NULL},
    {"tls_silent", IN_TLS, CLOSED_TIMEOUT, "awaited the TLS handshake for 10", 0, 0, NULL},
    {"tls_half", IN_TLS, CLOSED_TIMEOUT, "awaited the TLS handshake for 10", 0, 0, NULL},
    {"tls_alert", IN_TLS, CLOSED_TLS_ERROR, "the TLS handshake failed: sslv3 alert handshake failure", 0, 0,
     NULL},
    {"tls_garbage", IN_TLS, CLOSED_TLS_ERROR, "the TLS handshake failed: ", 0, 0, NULL},
    {"tls_reset_in_handshake", IN_TLS, CLOSED_RESET, "the TLS handshake failed: Connection reset by peer", 0,
     0, NULL},
    {"tls_rst", IN_TLS, CLOSED_RESET, "TLS broke: Connection reset by peer", 1, 8, NULL},
    {"tls_fin", IN_TLS, CLOSED_TLS_EOF, "ended without close_notify", 2, 0, NULL},
    {"tls_dead_silent", IN_TLS, CLOSED_TIMEOUT, "awaited a reply to a1 NOOP for 10", 1, 0, NULL},
    {"tls_then_plain", IN_TLS, CLOSED_TLS_ERROR, "TLS broke: the server speaks plain text: \"a1 OK in the", 1,
     0, NULL},
    {"tls_closed_in_order", IN_TLS, CLOSED_EOF, "closed the connection", 2, 0, NULL},
    {"tls_flood", IN_TLS, CLOSED_TIMEOUT, "awaited a reply to a1 NOOP", -1, -1, NULL},
};
#define ROWS ((int)(sizeof rows / sizeof *rows))

static struct seen {
    int responses, closed, opened, secured;
    uint64_t t_open, t_last, t_closed;
    enum closed_how how;
    size_t left, leftover_n;
    char leftover[64], text[800], last[64];
    bool out_of_order;
} seen[ROWS];

static struct net *net;
static int failures, open_rows;

static bool timed(const struct row *r) { return r->how == CLOSED_TIMEOUT; }
static int due(const struct row *r) { return timed(r) ? DUE : AMPLE; }

static void say(int s, const char *tag, const char *word) {
    char line[64], what[64];
    snprintf(line, sizeof line, "%s %s\r\n", tag, word);
    snprintf(what, sizeof what, "a reply to %s %s", tag, word);
    if (net_send(net, s, (const uint8_t *)line, strlen(line)) < 0) {
        printf("FAIL %s: send: %s\n", rows[s].mode, net_error(net));
        failures++;
    }
    net_expect(net, s, what, due(&rows[s]));
}

static void tick(int s, uint64_t t) {
    seen[s].out_of_order |= t < seen[s].t_last;
    seen[s].t_last = t;
}

static void on_opened(void *user, int s, uint64_t t, bool tls) {
    (void)user;
    tick(s, t);
    seen[s].opened++;
    if (tls != (rows[s].start == IN_TLS)) {
        printf("FAIL %s: opened with tls %d\n", rows[s].mode, tls);
        failures++;
    }
}

static void on_response(void *user, int s, uint64_t t, const uint8_t *p, size_t n) {
    (void)user;
    struct seen *e = &seen[s];
    tick(s, t);
    snprintf(e->last, sizeof e->last, "%.*s", (int)(n < 60 ? n : 60), (const char *)p);
    if (n == 0 || p[n - 1] != '\n') {
        printf("FAIL %s: a response without its end\n", rows[s].mode);
        failures++;
    }
    if (e->responses++ == 0) {
        say(s, "a1", rows[s].start == BY_STARTTLS ? "STARTTLS" : "NOOP");
        return;
    }
    bool tagged = n > 3 && (memcmp(p, "a1 ", 3) == 0 || memcmp(p, "a2 ", 3) == 0);
    if (tagged && p[1] == '1' && rows[s].start == BY_STARTTLS) {
        net_expect(net, s, NULL, 0);
        net_starttls(net, s);
    } else if (tagged) {
        say(s, "a3", "LOGOUT");
    }
}

static void on_leftover(void *user, int s, uint64_t t, const uint8_t *p, size_t n) {
    (void)user;
    tick(s, t);
    seen[s].leftover_n = n;
    memcpy(seen[s].leftover, p, n < sizeof seen[s].leftover ? n : sizeof seen[s].leftover);
}

static void on_secured(void *user, int s, uint64_t t) {
    (void)user;
    tick(s, t);
    seen[s].secured++;
    say(s, "a2", "NOOP");
}

static void on_closed(void *user, int s, uint64_t t, enum closed_how how, const uint8_t *p, size_t n,
                      const char *text) {
    (void)user, (void)p;
    tick(s, t);
    seen[s].closed++;
    seen[s].how = how;
    seen[s].left = n;
    seen[s].t_closed = t;
    snprintf(seen[s].text, sizeof seen[s].text, "%s", text);
    open_rows--;
}

static const struct transport_events events = {NULL,        on_opened,  on_response,
                                               on_leftover, on_secured, on_closed};

static bool all_closed(void *arg) {
    (void)arg;
    return open_rows == 0;
}

static void check(int s, bool one_octet, uint16_t port) {
    const struct row *r = &rows[s];
    const struct seen *e = &seen[s];
    char where[40];
    snprintf(where, sizeof where, "127.0.0.1:%u: ", port);
    long ms = (long)((e->t_closed - e->t_open) / 1000000);
    size_t want = r->leftover ? strlen(r->leftover) : 0;
    const char *wrong = NULL;
    if (e->closed != 1)
        wrong = "not closed once";
    else if (e->how != r->how)
        wrong = "another end";
    else if (!strstr(e->text, r->text) || strncmp(e->text, where, strlen(where)) != 0 ||
             strchr(e->text, '\n'))
        wrong = "another text";
    else if (r->responses >= 0 && e->responses != r->responses)
        wrong = "another number of responses";
    else if (r->left >= 0 && e->left != (size_t)r->left)
        wrong = "another rest";
    else if (e->leftover_n != want || (want && memcmp(e->leftover, r->leftover, want) != 0))
        wrong = "another leftover";
    else if (timed(r) ? ms < DUE || ms > LATEST : ms > AMPLE)
        wrong = "at another time";
    else if (e->out_of_order)
        wrong = "times that go back";
    if (!wrong)
        return;
    printf("FAIL %s%s: %s: %s, \"%s\", %d responses (last \"%s\"), %zu left, %zu leftover, after %ld ms\n",
           r->mode, one_octet ? " by single octets" : "", wrong, closed_how_name(e->how), e->text,
           e->responses, e->last, e->left, e->leftover_n, ms);
    failures++;
}

static struct net_options options(bool one_octet, int due_ms) {
    struct net_options o = net_defaults();
    o.max_line = 8192;
    o.max_literal = 128 << 10;
    o.max_response = 1 << 20;
    o.connect_ms = o.tls_ms = o.greeting_ms = due_ms;
    o.one_octet = one_octet;
    return o;
}

/* All rows that end by the deadline, or all others, at once. */
static void run_rows(const struct hostile *h, bool one_octet, bool by_deadline) {
    struct net_options o = options(one_octet, by_deadline ? DUE : AMPLE);
    net = net_new(&o, &events);
    memset(seen, 0, sizeof seen);
    open_rows = 0;
    for (int s = 0; s < ROWS; s++) {
        if (timed(&rows[s]) != by_deadline)
            continue;
        struct endpoint e = {.host = "127.0.0.1", .port = hostile_port(h, rows[s].mode)};
        seen[s].t_open = net_now();
        if (net_connect(net, s, &e, rows[s].start == IN_TLS) < 0) {
            printf("FAIL %s: %s\n", rows[s].mode, net_error(net));
            failures++;
        } else {
            open_rows++;
        }
    }
    if (!net_run(net, AMPLE + 5000, all_closed, NULL)) {
        printf("FAIL %d sessions hang\n", open_rows);
        failures++;
    }
    for (int s = 0; s < ROWS; s++)
        if (timed(&rows[s]) == by_deadline)
            check(s, one_octet, hostile_port(h, rows[s].mode));
    net_free(net);
}

int main(void) {
    struct hostile h;
    hostile_start(&h);
    for (int pass = 0; pass < 4; pass++)
        run_rows(&h, pass & 1, pass & 2);
    hostile_stop(&h, 0);
    printf("%d hostile behaviours, whole and by single octets: %d failures\n", ROWS, failures);
    return failures ? 1 : 0;
}
