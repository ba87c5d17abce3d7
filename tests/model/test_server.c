/* test_server.c: the model as a server without a harness: transcripts, pieces, random octets; and the oracle
 * accepts what it says. */
#include "canned.h"
#include "failed.h"
#include "model_server.h"
#include "oracle.h"

#include <stdlib.h>
#include <string.h>

#define OUT 200000
static struct {
    char out[4][OUT]; /* by session: what was emitted */
    size_t n[4];
    bool gone[4];
    struct oracle *oracle; /* told everything, if there is one */
    struct frame frame[4];
    size_t told[4];
    unsigned violates;
    char first[300];
} w;

static void note(void *user, const struct note *n) {
    (void)user;
    if (n->verdict == V_VIOLATES && !w.violates++)
        snprintf(w.first, sizeof w.first, "%s: %s", n->cites, n->summary);
}

static uint64_t now;
static void tell(int s) { /* whole responses go to the oracle */
    size_t len;
    while (w.oracle && frame_response(&w.frame[s], (const uint8_t *)w.out[s] + w.told[s], w.n[s] - w.told[s],
                                      100000, 100000, &len) == FRAME_WHOLE) {
        oracle_received(w.oracle, s, ++now, (const uint8_t *)w.out[s] + w.told[s], len);
        w.told[s] += len;
        w.frame[s] = (struct frame){0};
    }
}

static void emit(void *user, int s, const uint8_t *p, size_t n) {
    (void)user;
    if (w.n[s] + n >= OUT)
        return;
    memcpy(w.out[s] + w.n[s], p, n);
    w.n[s] += n;
    w.out[s][w.n[s]] = 0;
    tell(s);
}

static void hangup(void *user, int s) {
    (void)user;
    w.gone[s] = true;
    if (w.oracle)
        oracle_closed(w.oracle, s, ++now, 0, "");
}

static struct model_server *start(const uint8_t *fuzz, size_t n, const struct behaviours *b) {
    struct oracle *o = w.oracle;
    memset(&w, 0, sizeof w);
    w.oracle = o;
    if (o)
        oracle_reset(o);
    struct model_server_options opt = {.behaviours = b,
                                       .fuzz = fuzz,
                                       .fuzz_n = n,
                                       .seed = 5,
                                       .content = canned_ops(),
                                       .emit = emit,
                                       .hangup = hangup};
    return model_server_new(&opt);
}

static void client_opens(struct model_server *m, int s) {
    if (w.oracle)
        oracle_opened(w.oracle, s, ++now, false);
    w.told[s] = w.n[s];
    w.gone[s] = false;
    CHECK(model_server_open(m, s, false) == 0, "session %d opens", s);
}

static void send(struct model_server *m, int s, const char *text) {
    if (w.oracle)
        oracle_sent(w.oracle, s, ++now, (const uint8_t *)text, strlen(text));
    model_server_input(m, s, (const uint8_t *)text, strlen(text));
}

static void dialogue(void) {
    struct model_server *m = start(NULL, 0, NULL);
    client_opens(m, 1);
    CHECK(!strncmp(w.out[1], "* OK ", 5), "the greeting: %s", w.out[1]);
    CHECK(model_server_open(m, 1, false) == -1, "a session that is in use");
    static const struct {
        const char *sent, *answer;
    } t[] = {{"a1 SELECT INBOX\r\n", "a1 BAD "},
             {"a2 LOGIN u1 wrong\r\n", "a2 NO "},
             {"a3 LOGIN u1 pw\r\n", "a3 OK "},
             {"a4 SELECT INBOX\r\n", "* 0 EXISTS\r\n"},
             {"a5 FETCH 1 (FLAGS)\r\n", "a5 BAD "},
             {"a6 CREATE foo\r\n", "a6 OK "},
             {"a7 CREATE foo\r\n", "a7 NO "},
             {"a8 SELECT nothing\r\n", "a8 NO "},
             {"a9 FETCH 1 (FLAGS)\r\n", "a9 BAD "},
             {"b1 gibberish\r\n", "b1 BAD "},
             {"b2 NOOP", ""},
             {"\r\n", "b2 OK "},
             {"b3 noop\r\nb4 Noop\r\n", "b4 OK "},
             {"b5 CREATE {3}\r\n", "+ "},
             {"bar\r\n", "b5 OK "},
             {"b6 LOGOUT\r\n", "* BYE "}};
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        size_t from = w.n[1];
        model_server_input(m, 1, (const uint8_t *)t[i].sent, strlen(t[i].sent));
        CHECK(!*t[i].answer ? w.n[1] == from : strstr(w.out[1] + from, t[i].answer) != NULL, "%s -> %s",
              t[i].sent, w.out[1] + from);
    }
    CHECK(w.gone[1], "LOGOUT ends the connection");
    model_server_free(m);
}

/* The same octets in any pieces: the same answers. */
static void pieces(void) {
    char text[2000], whole[2][OUT / 10];
    snprintf(text, sizeof text,
             "a1 LOGIN u1 pw\r\na2 CREATE FOO\r\na3 APPEND FOO (\\Seen) {%u+}\r\n%s\r\na4 SELECT FOO\r\n"
             "a5 FETCH 1 (UID FLAGS RFC822.SIZE ENVELOPE BODY BODY[])\r\na6 STORE 1 +FLAGS (\\Deleted "
             "work)\r\na7 SEARCH DELETED\r\n"
             "a8 EXPUNGE\r\na9 STATUS FOO (MESSAGES UIDNEXT)\r\nb1 LIST \"\" *\r\nb2 ID NIL\r\nb3 LOGOUT\r\n",
             canned_size(3), canned_text(3));
    for (size_t step = 0; step < 9; step++) {
        struct model_server *m = start(NULL, 0, NULL);
        client_opens(m, 1);
        size_t n = strlen(text);
        for (size_t at = 0, k; at < n; at += k) {
            k = step ? step : n;
            if (k > n - at)
                k = n - at;
            model_server_input(m, 1, (const uint8_t *)text + at, k);
        }
        snprintf(whole[step > 0], sizeof *whole, "%.*s", (int)sizeof *whole - 1, w.out[1]);
        CHECK(!step || !strcmp(whole[0], whole[1]), "in pieces of %zu octets: %s", step, whole[1]);
        model_server_free(m);
    }
    static const char *const expected[] = {"a3 OK",          "* 1 EXISTS",      "Subject: m3", "\\Deleted",
                                           "* SEARCH 1\r\n", "* 1 EXPUNGE\r\n", "MESSAGES 0",  "FOO",
                                           "b3 OK"};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        CHECK(strstr(whole[0], expected[i]), "no %s in %s", expected[i], whole[0]);
}

static uint32_t x = 99;
static uint32_t pick(uint32_t n) {
    x = x * 1664525u + 1013904223u;
    return (x >> 8) % n;
}

static void random_octets(void) {
    static const char some[] = "a1 LOGIN u1 pw\r\nSELECT INBOX FETCH 1:* (FLAGS) {3}\r\n{0+}UID STORE\"\\() "
                               "\r\n\r\nNOOP CLIENTID APPEND * EXPUNGE IDLE DONE\r\n";
    for (unsigned round = 0; round < 300; round++) {
        struct model_server *m = start(NULL, 0, NULL);
        client_opens(m, 1);
        for (unsigned i = 0; i < 60 && !w.gone[1]; i++) {
            uint8_t octets[40];
            size_t at = pick(sizeof some - 1), n = 1 + pick(30);
            for (size_t k = 0; k < n; k++)
                octets[k] = pick(12) ? (uint8_t)some[(at + k) % (sizeof some - 1)] : (uint8_t)pick(256);
            model_server_input(m, 1, octets, n);
        }
        model_server_closed(m, 1);
        model_server_tick(m);
        model_server_free(m);
    }
}

/* Every legal server at once, by octets; the oracle must accept each. */
static void closed_loop(void) {
    char err[400];
    struct behaviours *b = behaviours_new();
    CHECK(b && behaviours_load_folder(b, "lua/behaviour", err, sizeof err) > 0, "lua/behaviour: %s", err);
    struct oracle_options o = {.behaviours = b, .content = canned_ops(), .note = note};
    static const char *const commands[] = {"NOOP",
                                           "FETCH 1:* (UID FLAGS)",
                                           "FETCH 1 (BODY[])",
                                           "STORE 1:* +FLAGS (\\Deleted)",
                                           "STORE 1 FLAGS.SILENT (\\Seen)",
                                           "EXPUNGE",
                                           "SEARCH DELETED",
                                           "UID FETCH 1:* (FLAGS RFC822.SIZE)",
                                           "UID SEARCH ALL",
                                           "COPY 1:* BAR",
                                           "UID MOVE 1:2 BAR",
                                           "SELECT FOO",
                                           "EXAMINE FOO",
                                           "CLOSE",
                                           "DELETE FOO",
                                           "CREATE FOO",
                                           "RENAME FOO BAR",
                                           "RENAME BAR FOO",
                                           "STATUS FOO (MESSAGES UIDNEXT)",
                                           "LIST \"\" *",
                                           "SELECT BAR",
                                           "DELETE BAR",
                                           "CREATE BAR"};
    w.oracle = oracle_new(&o);
    for (unsigned round = 0; w.oracle && round < 150; round++) {
        uint8_t fuzz[600];
        for (size_t i = 0; i < sizeof fuzz; i++)
            fuzz[i] = (uint8_t)pick(256);
        struct model_server *m = start(fuzz, sizeof fuzz, b);
        char line[500];
        unsigned tag = 0;
        for (int s = 1; s < 4; s++) {
            client_opens(m, s);
            snprintf(line, sizeof line, "t%u LOGIN u1 pw\r\n", tag++);
            send(m, s, line);
        }
        send(m, 1, "x CREATE FOO\r\n");
        for (unsigned k = 0; k < 40; k++) {
            int s = 1 + (int)pick(3);
            unsigned c = pick(sizeof commands / sizeof *commands + 4), message = 1 + pick(CANNED);
            if (w.gone[s])
                continue;
            if (c < sizeof commands / sizeof *commands)
                snprintf(line, sizeof line, "t%u %s\r\n", tag++, commands[c]);
            else
                snprintf(line, sizeof line, "t%u APPEND FOO {%u+}\r\n%s\r\n", tag++, canned_size(message),
                         canned_text(message));
            send(m, s, line);
            model_server_tick(m);
        }
        oracle_end(w.oracle);
        CHECK(!w.violates, "round %u: %s", round, w.first);
        model_server_free(m);
    }
    const struct oracle_counts *c = oracle_counts(w.oracle);
    CHECK(c->commands > 4000 && c->responses > 8000 && c->unjudged * 10 < c->responses &&
              !c->verdicts[V_UNDECIDED],
          "%u commands, %u responses, %u unjudged, %u UNDECIDED", (unsigned)c->commands,
          (unsigned)c->responses, (unsigned)c->unjudged, (unsigned)c->verdicts[V_UNDECIDED]);
    oracle_free(w.oracle);
    w.oracle = NULL;
    behaviours_free(b);
}

/* However many flags changed since it was told last, a session is told of each once, in the order of the
 * numbers, at its next command, and then of none (RFC 3501 5.2, 7.4.2); of an expunge, too. */
static void changes_are_told(void) {
    for (unsigned k = 0; k <= 9; k++) {
        struct model_server *m = start(NULL, 0, NULL);
        char line[400], want[600] = "";
        size_t at = 0;
        for (int s = 1; s <= 2; s++) {
            client_opens(m, s);
            send(m, s, "a1 LOGIN u1 pw\r\n");
        }
        for (unsigned i = 1; i <= 10; i++) {
            snprintf(line, sizeof line, "a2 APPEND INBOX {%u+}\r\n%s\r\n", canned_size(1), canned_text(1));
            send(m, 1, line);
        }
        for (int s = 1; s <= 2; s++)
            send(m, s, "a3 SELECT INBOX\r\n");
        for (unsigned i = k; i; i--) { /* from the last to the first, and the first twice */
            snprintf(line, sizeof line, "a4 STORE %u +FLAGS.SILENT (\\Seen)\r\n", i);
            send(m, 1, line);
        }
        if (k)
            send(m, 1, "a5 STORE 1 +FLAGS.SILENT (\\Draft)\r\n");
        for (unsigned i = 1; i <= k; i++)
            at += (size_t)snprintf(want + at, sizeof want - at, "* %u FETCH (FLAGS (\\Seen%s))\r\n", i,
                                   i == 1 ? " \\Draft" : "");
        snprintf(want + at, sizeof want - at, "a6 OK ");
        w.n[2] = 0;
        send(m, 2, "a6 NOOP\r\n");
        CHECK(!strncmp(w.out[2], want, strlen(want)), "%u changes: %s", k, w.out[2]);
        send(m, 1, "a7 STORE 10 +FLAGS.SILENT (\\Deleted)\r\na8 EXPUNGE\r\n");
        w.n[2] = 0;
        send(m, 2, "a9 NOOP\r\n");
        CHECK(!strncmp(w.out[2], "* 10 EXPUNGE\r\na9 OK ", 20), "an expunge after %u changes: %s", k,
              w.out[2]);
        w.n[2] = 0;
        send(m, 2, "b1 NOOP\r\n");
        CHECK(!strncmp(w.out[2], "b1 OK ", 6), "nothing is left: %s", w.out[2]);
        model_server_free(m);
    }
}

#define PUT(tag, box) tag " APPEND " box " {52}\r\nFrom: a@example.org\r\nSubject: m2\r\n\r\nline 1\r\nline 2\r\n\r\n"

/* Names of mailboxes that are gone are given back: who makes and deletes many does not fill the world, and what lives keeps its name. */
static void names_are_given_back(void) {
    struct model_server *m = start(NULL, 0, NULL);
    char line[500];
    client_opens(m, 0);
    send(m, 0, "a LOGIN u1 pw\r\nb CREATE kept\r\nc SUBSCRIBE gone\r\n" PUT("d", "kept"));
    send(m, 0, "e SELECT kept\r\nf STORE 1 FLAGS (first second)\r\ng CLOSE\r\n");
    for (int i = 0; i < 70000; i++) {
        snprintf(line, sizeof line, "d CREATE n%d-%0200d\r\ne DELETE n%d-%0200d\r\n", i, i, i, i);
        w.n[0] = 0;
        send(m, 0, line);
        if (!strstr(w.out[0], "d OK") || !strstr(w.out[0], "e OK"))
            break;
    }
    CHECK(strstr(w.out[0], "d OK") && strstr(w.out[0], "e OK"), "CREATE and DELETE of a new name: %s", w.out[0]);
    w.n[0] = 0;
    send(m, 0, "f LIST \"\" *\r\ng LSUB \"\" *\r\nh SELECT kept\r\ni FETCH 1 FLAGS\r\n");
    CHECK(strstr(w.out[0], "FLAGS (first second))"), "the keywords of a message: %s", w.out[0]);
    CHECK(strstr(w.out[0], "\"/\" kept\r\n") && strstr(w.out[0], "\"/\" gone\r\n") && strstr(w.out[0], "h OK") && !strstr(w.out[0], "n6"),
          "what is left: %s", w.out[0]);
    model_server_free(m);
}

/* What a host permits: names in all, messages in a mailbox. Beyond, NO, with the code of RFC 5530 for messages; what was deleted or expunged
 * does not count. */
static void limits(void) {
    memset(&w, 0, sizeof w);
    struct model_server_options opt = {.seed = 5, .content = canned_ops(), .emit = emit, .hangup = hangup, .max_mailboxes = 8, .max_messages = 2};
    struct model_server *m = model_server_new(&opt);
    char line[80];
    int made = 0;
    client_opens(m, 0);
    send(m, 0, "a LOGIN u1 pw\r\nb CREATE box\r\n" PUT("c", "box") PUT("d", "box"));
    CHECK(strstr(w.out[0], "c OK") && strstr(w.out[0], "d OK"), "as many messages as are permitted: %s", w.out[0]);
    send(m, 0, PUT("e", "box") "f SELECT box\r\ng COPY 1 box\r\n");
    CHECK(strstr(w.out[0], "e NO [OVERQUOTA]") && strstr(w.out[0], "g NO [OVERQUOTA]"), "one more: %s", w.out[0]);
    send(m, 0, "h STORE 1 FLAGS.SILENT (\\Deleted)\r\ni EXPUNGE\r\n" PUT("j", "box"));
    CHECK(strstr(w.out[0], "i OK") && strstr(w.out[0], "j OK"), "one more, after EXPUNGE: %s", w.out[0]);
    send(m, 0, "k APPEND INBOX {3}\r\nx\r\n\r\n");
    CHECK(strstr(w.out[0], "k NO [OVERQUOTA]"), "a message that the host has no room for: %s", w.out[0]);
    for (; made < 20; made++) {
        snprintf(line, sizeof line, "m%d CREATE n%d\r\n", made, made);
        w.n[0] = 0;
        send(m, 0, line);
        if (!strstr(w.out[0], " OK "))
            break;
    }
    CHECK(made > 0 && made < 8 && strstr(w.out[0], " NO [LIMIT]"), "%d mailboxes, then: %s", made, w.out[0]);
    send(m, 0, "o DELETE n0\r\np CREATE n0\r\nq RENAME n0 n00\r\n");
    CHECK(strstr(w.out[0], "o OK") && strstr(w.out[0], "p OK"), "one more, after DELETE: %s", w.out[0]);
    model_server_free(m);
}

int main(void) {
    limits();
    dialogue();
    names_are_given_back();
    changes_are_told();
    pieces();
    random_octets();
    closed_loop();
    printf("server: %u failed\n", check_failed);
    return check_failed != 0;
}
