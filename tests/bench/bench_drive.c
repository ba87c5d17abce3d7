/* bench_drive.c: generated programs on a private Dovecot with every check on: commands per second, our CPU beside the
 * server's, scenarios per second. */
#include "bench.h"

#include "content_mime.h"
#include "drive.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static double cpu(int who) {
    struct rusage u;
    getrusage(who, &u);
    return (double)u.ru_utime.tv_sec + (double)u.ru_utime.tv_usec / 1e6 + (double)u.ru_stime.tv_sec + (double)u.ru_stime.tv_usec / 1e6;
}

static uint64_t violations;
static void count(void *user, const struct note *n) {
    (void)user;
    violations += n->verdict == V_VIOLATES;
}

static char text[1 << 18];
static size_t text_n;

static void add(const char *format, int a, int b) { text_n += (size_t)snprintf(text + text_n, sizeof text - text_n, format, a, b); }

static void add_append(int client, int n, const char *flags) {
    add("C%d: APPEND FOO ", client, 0);
    text_n += (size_t)snprintf(text + text_n, sizeof text - text_n, "%s{24}\n  | Subject: m%04d\n  |\n  | body\n  |\n", flags, n);
}

static bool run_text(struct drive *d, const char *name, uint32_t number, uint64_t *commands) {
    static struct program p;
    static bool begun;
    char err[200];
    if (!begun) program_init(&p);
    begun = true;
    if (!program_parse(&p, "bench", 1, text, text_n, err, sizeof err)) {
        bench_note(name, err);
        return false;
    }
    uint64_t before = drive_counts(d)->commands;
    enum drive_end end = drive_run(d, &p, number);
    *commands += drive_counts(d)->commands - before;
    if (end != DRIVE_DONE) bench_note(name, drive_text(d));
    return end == DRIVE_DONE;
}

/* A scenario as RFC 2180 4.1.2's: 17 commands, a fresh mailbox, 7 messages. */
static void run_scenarios(struct drive *d) {
    static const char name[] = "a scenario on Dovecot (17 commands, 7 messages)";
    text_n = 0;
    add("C1: CREATE FOO\n", 0, 0);
    for (int i = 0; i < 7; i++) add_append(1, i, i < 3 ? "(\\Seen) " : "(\\Deleted) ");
    add("C1: SELECT FOO\nC2: SELECT FOO\nC1: EXPUNGE\nC2: FETCH 3:5 (ENVELOPE)\nC2: NOOP\nC2: FETCH 1:3 (FLAGS)\nC1: NOOP\n"
        "C2: CLOSE\nC1: CLOSE\n", 0, 0);
    uint64_t commands = 0;
    double t = bench_wall();
    uint32_t n = 0;
    while (n < 500 && bench_wall() - t < 5 && run_text(d, name, 900000u + n, &commands)) n++;
    if (n) bench_row(name, n / (bench_wall() - t), "1/s (wall)", 0, "", 100, 0);
}

/* 10 clients, STORE, FETCH, APPEND and logins. */
static void run_mix(struct drive *d) {
    uint64_t commands = 0;
    double t = bench_wall();
    for (uint32_t n = 0; bench_wall() - t < 12; n++) {
        text_n = 0;
        add("C1: CREATE FOO\n", 0, 0);
        for (int i = 0; i < 5; i++) add_append(1, i, "");
        for (int c = 1; c <= 10; c++) add("C%d: SELECT FOO\n", c, 0);
        for (int i = 0; i < 400; i++) {
            int c = 1 + (i * 7 + (int)n) % 10, m = 1 + i % 5;
            if (i % 40 == 39)
                add_append(c, 100 + i, "");
            else if (i % 3 == 0)
                add("C%d: STORE %d +FLAGS (\\Seen)\n", c, m);
            else if (i % 3 == 1)
                add("C%d: FETCH %d (FLAGS BODY.PEEK[])\n", c, m);
            else
                add("C%d: STORE %d -FLAGS (\\Seen)\n", c, m);
        }
        if (!run_text(d, "driving Dovecot", n + 1, &commands)) return;
    }
    bench_row("driving Dovecot, 10 clients, every check on", (double)commands / (bench_wall() - t), "commands/s (wall)", 0, "", 0, 0);
}

void bench_drive(const char *lua) {
    char err[400];
    bool usage;
    struct behaviours *b = behaviours_new();
    struct content_ops c = content_ops(content_new());
    struct drive *d = drive_new();
    if (!b || !d || behaviours_load_folder(b, lua, err, sizeof err) < 0) {
        bench_note("driving Dovecot", err);
        return;
    }
    struct oracle_options oo = {.behaviours = b, .content = c, .note = count};
    struct oracle *o = oracle_new(&oo);
    struct target_options to = {.behaviours = b, .content = c, .seed = 1, .events = drive_events(d)};
    struct target *t = target_open("dovecot", &to, err, sizeof err, &usage);
    if (!t || !o) {
        bench_note("driving Dovecot", err);
        return;
    }
    struct drive_options dro = {.oracle = o, .pause_ms = 0};
    drive_attach(d, t, &dro);
    double self = cpu(RUSAGE_SELF), children = cpu(RUSAGE_CHILDREN);
    run_mix(d);
    run_scenarios(d);
    self = cpu(RUSAGE_SELF) - self;
    drive_clean(d);
    drive_free(d);
    target_free(t);
    children = cpu(RUSAGE_CHILDREN) - children;
    bench_row("our CPU beside the server's", self, "s", children, "the server's", 0, 1);
    if (children > 0) bench_row("our CPU as a part of the server's", self / children * 100, "%", 0, "", 25, 1);
    if (violations) printf("  %lu VIOLATES notes on the way\n", (unsigned long)violations);
    oracle_free(o);
    behaviours_free(b);
}
