/* bench_model.c: model steps as a server, and the oracle's rate on a recorded sequential trace of four sessions. */
#include "bench.h"

#include "content.h"
#include "content_mime.h"
#include "oracle.h"
#include "serve.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct record { /* the stream of a run, for the oracle */
    uint8_t kind;
    int session;
    uint32_t at, n;
};
static struct record *record;
static size_t records, record_cap;
static uint8_t *octets;
static size_t octets_n, octets_cap;
static int recording;

static void keep(int kind, int session, const void *p, size_t n) {
    if (!recording) return;
    if (records == record_cap) record = realloc(record, (record_cap = record_cap ? record_cap * 2 : 1024) * sizeof *record);
    if (octets_n + n > octets_cap) octets = realloc(octets, octets_cap = (octets_n + n) * 2);
    record[records++] = (struct record){(uint8_t)kind, session, (uint32_t)octets_n, (uint32_t)n};
    memcpy(octets + octets_n, p, n);
    octets_n += n;
}

static void emit(void *user, int session, const uint8_t *p, size_t n) {
    (void)user;
    keep(2, session, p, n);
}

static void send_line(struct model_server *m, int session, const char *text) {
    static int tag;
    char line[400];
    int n = snprintf(line, sizeof line, "a%d %s\r\n", ++tag, text);
    keep(1, session, line, (size_t)n);
    model_server_input(m, session, (const uint8_t *)line, (size_t)n);
}

static void fill(struct model_server *m, const char *mailbox, int messages) {
    char text[200];
    snprintf(text, sizeof text, "CREATE %s", mailbox);
    send_line(m, 0, text);
    for (int i = 0; i < messages; i++) {
        char body[80];
        int n = snprintf(body, sizeof body, "Subject: bench-%d\r\n\r\nbench-%d\r\n", i, i);
        snprintf(text, sizeof text, "APPEND %s {%d+}\r\n%s", mailbox, n, body);
        send_line(m, 0, text);
    }
}

static void setup(struct model_server *m, int sessions, int messages) {
    for (int s = 0; s < sessions; s++) {
        keep(0, s, "", 0);
        model_server_open(m, s, false);
        send_line(m, s, "LOGIN u1 pw");
    }
    fill(m, "FOO", messages);
    for (int s = 0; s < sessions; s++) send_line(m, s, "SELECT FOO");
}

static const char *const mix[] = {
    "STORE 1 +FLAGS.SILENT (\\Seen)", "NOOP", "FETCH 2 (UID FLAGS)", "STORE 3 -FLAGS.SILENT (\\Seen)", "NOOP", "SEARCH UNSEEN",
    "STORE 1 -FLAGS.SILENT (\\Seen)", "FETCH 1:2 (FLAGS)", "NOOP", "STORE 3 +FLAGS.SILENT (\\Seen)"};

/* Four sessions in one mailbox of `messages`; `more` further mailboxes of 60 make the world larger. Choices are answered by
 * Lua files. What SEARCH finds is said number by number: that much of the cost is linear in the mailbox. */
static void size_row(const struct behaviours *b, struct content_ops c, int messages, int more) {
    static const char *const names[] = {"ghosted-mailbox", "fetch-ghosted", "store-silent-ok", "search-omits", "tell-at-once"};
    int chosen[sizeof names / sizeof *names];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if ((chosen[i] = behaviours_find(b, names[i])) < 0) abort();
    struct model_server_options o = {.behaviours = b, .content = c, .emit = emit, .chosen = chosen, .chosen_n = sizeof names / sizeof *names};
    struct model_server *m = model_server_new(&o);
    long rounds = 300000;
    char name[120], box[20];
    if (!m) abort();
    recording = 0;
    setup(m, 4, messages);
    for (int i = 0; i < more; i++) {
        snprintf(box, sizeof box, "BOX%d", i);
        fill(m, box, 60);
    }
    snprintf(name, sizeof name, "model steps (%d of %d messages, %u KiB)", messages, messages + 60 * more, (m->w->size + 512) / 1024);
    char line[10][80];
    size_t n[10];
    for (int i = 0; i < 10; i++) n[i] = (size_t)snprintf(line[i], sizeof line[i], "a%d %s\r\n", 100 + i, mix[i]);
    void *volatile probe; /* does the count see any? */
    bench_allocations = 0;
    bench_counting = 1;
    probe = malloc(1);
    bool counted = bench_allocations == 1;
    free(probe);
    bench_allocations = 0;
    double t = bench_now();
    for (long i = 0; i < rounds; i++) model_server_input(m, (int)(i / 3 % 4), (const uint8_t *)line[i % 10], n[i % 10]);
    t = bench_now() - t;
    bench_counting = 0;
    char none[140];
    snprintf(none, sizeof none, "allocations in %s", name);
    if (counted)
        bench_none(none, bench_allocations, rounds, "commands");
    else
        bench_note(none, "the C library's allocator cannot be counted here");
    bench_row(name, (double)rounds / t, "commands/s", 0, "", 1e6, 0);
    model_server_free(m);
}

void bench_model(const char *lua) {
    char err[300];
    struct behaviours *b = behaviours_new();
    if (!b || behaviours_load_folder(b, lua, err, sizeof err) < 0) {
        bench_note("model steps", err);
        return;
    }
    struct content_ops c = content_ops(content_new());
    size_row(b, c, 8, 0);
    size_row(b, c, 64, 8);
    size_row(b, c, 256, 20);
    size_row(b, c, 400, 0);
    behaviours_free(b);
}

static uint64_t judge(struct oracle *o) {
    for (size_t i = 0; i < records; i++) {
        const struct record *r = &record[i];
        const uint8_t *p = octets + r->at;
        size_t left = r->n, n;
        if (r->kind == 0) oracle_opened(o, r->session, i, false);
        if (r->kind == 1) oracle_sent(o, r->session, i, p, left);
        while (r->kind == 2 && left) {
            struct frame f = {0};
            if (frame_response(&f, p, left, 1 << 20, 1 << 20, &n) != FRAME_WHOLE) abort();
            oracle_received(o, r->session, i, p, n);
            p += n;
            left -= n;
        }
    }
    oracle_end(o);
    return oracle_counts(o)->responses;
}

void bench_oracle(const char *lua) {
    char err[300];
    struct behaviours *b = behaviours_new();
    if (!b || behaviours_load_folder(b, lua, err, sizeof err) < 0) {
        bench_note("oracle", err);
        return;
    }
    struct content_ops c = content_ops(content_new());
    struct model_server_options so = {.behaviours = b, .content = c, .emit = emit};
    for (int length = 1; length <= 4; length *= 4) {
        struct model_server *m = model_server_new(&so);
        struct oracle_options oo = {.behaviours = b, .content = c};
        struct oracle *o = oracle_new(&oo);
        if (!m || !o) abort();
        records = octets_n = 0;
        recording = 1;
        setup(m, 4, 8);
        for (long i = 0; i < 50000 * length; i++) send_line(m, (int)(i / 3 % 4), mix[i % 10]);
        recording = 0;
        double t = bench_now();
        uint64_t n = judge(o);
        t = bench_now() - t;
        char name[100];
        snprintf(name, sizeof name, "oracle, a sequential trace of 4 sessions, %d commands", 50000 * length);
        bench_row(name, (double)n / t, "responses/s", 0, "", 300000, 0);
        if (oracle_counts(o)->verdicts[V_VIOLATES]) printf("  but %lu VIOLATES\n", (unsigned long)oracle_counts(o)->verdicts[V_VIOLATES]);
        oracle_free(o);
        model_server_free(m);
    }
    behaviours_free(b);
}
