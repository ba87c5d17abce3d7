/* bench_drive.c: generated programs on a private Dovecot with every check on: commands per second, our CPU beside the
 * server's, scenarios per second. */
#include "bench.h"

#include "content_mime.h"
#include "drive.h"
#include "generate.h"

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

/* A scenario as RFC 2180 4.1.2's: 17 commands, a fresh mailbox, 7 messages. */
static const char scenario[] =
    "C1: CREATE FOO\n"
    "C1: APPEND FOO (\\Seen) {19}\n  | Subject: m1\n  | \n  | x1\n"
    "C1: APPEND FOO (\\Seen) {19}\n  | Subject: m2\n  | \n  | x2\n"
    "C1: APPEND FOO (\\Seen) {19}\n  | Subject: m3\n  | \n  | x3\n"
    "C1: APPEND FOO (\\Deleted) {19}\n  | Subject: m4\n  | \n  | x4\n"
    "C1: APPEND FOO (\\Deleted) {19}\n  | Subject: m5\n  | \n  | x5\n"
    "C1: APPEND FOO (\\Deleted) {19}\n  | Subject: m6\n  | \n  | x6\n"
    "C1: APPEND FOO (\\Deleted) {19}\n  | Subject: m7\n  | \n  | x7\n"
    "C1: SELECT FOO\nC2: SELECT FOO\nC1: EXPUNGE\nC2: FETCH 3:5 (ENVELOPE)\nC2: NOOP\nC2: FETCH 1:3 (FLAGS)\nC1: NOOP\n"
    "C2: CLOSE\nC1: CLOSE\n";

static void run_scenarios(struct drive *d) {
    struct program p;
    char err[200];
    program_init(&p);
    if (!program_parse(&p, "bench", 1, scenario, sizeof scenario - 1, err, sizeof err)) {
        bench_note("a scenario on Dovecot", err);
        return;
    }
    double t = bench_wall();
    int n = 0;
    for (; n < 300 && bench_wall() - t < 5; n++)
        if (drive_run(d, &p, 900000u + (uint32_t)n) != DRIVE_DONE) break;
    bench_row("a scenario on Dovecot (17 commands, 7 messages)", n / (bench_wall() - t), "1/s (wall)", 0, "", 100, 0);
    program_free(&p);
}

static void run_generated(struct drive *d) {
    struct generator_options go = {.clients = 8, .families = GENERATE_ID | GENERATE_MOVE | GENERATE_UIDPLUS | GENERATE_UNSELECT};
    struct generator *g = generator_new(7, &go);
    struct program p;
    program_init(&p);
    struct drive_counts before = *drive_counts(d);
    double t = bench_wall();
    for (uint32_t n = 1; bench_wall() - t < 15 && generator_next(g, &p); n++)
        if (drive_run(d, &p, n) != DRIVE_DONE) break;
    t = bench_wall() - t;
    const struct drive_counts *after = drive_counts(d);
    const char *imaptest = getenv("IMAPTEST");
    bench_row("driving Dovecot, every check on", (double)(after->commands - before.commands) / t, "commands/s (wall)", 0, "", 0, 0);
    if (!imaptest) bench_note("ImapTest on the same server", "IMAPTEST names no imaptest here");
    program_free(&p);
    generator_free(g);
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
    run_generated(d);
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
