/* check_shrink.c: drives the shrinker: each try is a run on the stage, and fails if the same finding comes
 * again. */
#include "check_shrink.h"
#include "cli.h"
#include "interrupt.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct trying {
    struct stage *stage;
    const struct expectation *expect;
    bool came;
    uint64_t until_ms;
    char *why;
    size_t why_cap;
};

static void on_note(void *user, const struct note *n) {
    struct trying *t = user;
    t->came = t->came || expectation_met(t->expect, n, true);
}

/* 1 the finding came, 0 it did not, -1 the run must stop. */
static int attempt(void *user, const struct program *p) {
    struct trying *t = user;
    char err[1024];
    if (t->until_ms && clock_ms() >= t->until_ms) {
        snprintf(t->why, t->why_cap, "time is up");
        return -1;
    }
    t->came = false;
    enum drive_end end = stage_run(t->stage, p);
    if (end == DRIVE_STOPPED || end == DRIVE_MEMORY) {
        snprintf(t->why, t->why_cap, "%s", drive_text(t->stage->drive));
        return -1;
    }
    if (end == DRIVE_DIED && !stage_restart(t->stage, err, sizeof err)) {
        snprintf(t->why, t->why_cap, "not started again: %.300s", err);
        return -1;
    }
    return t->came;
}

static bool write_file(const char *path, const struct program *p, char *err, size_t errlen) {
    size_t n;
    char *text = program_print(p, &n);
    FILE *f = text ? fopen(path, "wb") : NULL;
    bool ok = f && fwrite(text, 1, n, f) == n;
    int why = errno;
    if (f && fclose(f) != 0) {
        ok = false;
        why = errno;
    }
    if (!ok)
        snprintf(err, errlen, "cannot write %s: %s", path, text ? strerror(why) : "out of memory");
    free(text);
    return ok;
}

/* Runs the small program `rate` times and keeps the last failing run's log as a trace with the old header. */
static bool measure(struct trying *t, const struct program *p, const struct program *old, uint32_t rate,
                    const char *path, struct small *out, char *err, size_t errlen) {
    struct program trace;
    program_init(&trace);
    bool ok = true, any = false;
    for (uint32_t i = 0; ok && i < rate; i++) {
        t->came = false;
        enum drive_end end = stage_run(t->stage, p);
        out->of++;
        out->came += t->came;
        if (t->came) {
            program_clear(&trace);
            const struct drive_log *log = drive_log(t->stage->drive);
            ok = any = log_trace(log, log->n, p, &trace) && !trace.failed;
        }
        if (end == DRIVE_DIED)
            ok = stage_restart(t->stage, err, errlen) && ok;
        else if (end == DRIVE_STOPPED)
            break;
    }
    if (ok && !any) {
        snprintf(err, errlen, "the finding did not come again in %u runs", out->of);
        ok = false;
    }
    for (uint32_t i = 0; ok && i < old->heads; i++)
        program_set_head(&trace, old->head[i].key, "%s", old->head[i].value);
    program_set_head(&trace, "rate", "%u of %u", out->came, out->of);
    ok = ok && write_file(path, &trace, err, errlen);
    program_free(&trace);
    return ok;
}

bool small_trace(struct stage *s, const struct program *old, const struct expectation *e, uint32_t tries,
                 uint32_t rate, uint64_t until_ms, const char *path, struct small *out, char *err,
                 size_t errlen) {
    struct trying t = {
        .stage = s, .expect = e, .until_ms = until_ms, .why = out->text, .why_cap = sizeof out->text};
    void (*note)(void *, const struct note *) = s->note;
    void *user = s->user;
    struct program p;
    *out = (struct small){0};
    program_init(&p);
    s->note = on_note;
    s->user = &t;
    bool ok = true;
    out->end = shrink_program(old, attempt, &t, &p, &(struct shrink_limits){.tries = tries, .repeats = 2},
                              &out->counts);
    if (out->end == SHRINK_MEMORY) {
        snprintf(err, errlen, "out of memory");
        ok = false;
    } else if (out->end == SHRINK_NOT_FAILING) {
        snprintf(err, errlen, "the finding does not come again");
        ok = false;
    }
    ok = ok && measure(&t, &p, old, rate, path, out, err, errlen);
    s->note = note;
    s->user = user;
    program_free(&p);
    return ok;
}

static void quiet_note(void *user, const struct note *n) { (void)user, (void)n; }

static int shrink_file(const char *file, const char *target, const char *to, struct check_options *o,
                       uint64_t tries, uint64_t rate) {
    struct program p;
    struct expectation e;
    struct small small;
    struct stage s = {.o = o, .stop = interrupt_catch(), .note = quiet_note};
    char err[1024] = "", path[700];
    int status = EXIT_USAGE;
    program_init(&p);
    if (!program_read(&p, file, err, sizeof err))
        cli_error("%s", err);
    else if (!expectation_read(&p, &e) || e.verdict < 0)
        cli_error("%s: expected `# expect: VERDICT CLAUSE...`, such as `# expect: VIOLATES MAP-I3`", file);
    else if (!(s.name = target ? target : program_head(&p, "target")))
        cli_error("%s names no target: imapdiff shrink FILE TARGET", file);
    else if (stage_open(&s, &status, err, sizeof err)) {
        size_t n = strlen(file);
        bool suffix = n > 6 && !strcmp(file + n - 6, ".trace");
        snprintf(path, sizeof path, "%.*s.min.trace", (int)(suffix ? n - 6 : n), file);
        status = EXIT_FINDINGS;
        if (small_trace(&s, &p, &e, (uint32_t)tries, (uint32_t)rate, 0, to ? to : path, &small, err,
                        sizeof err))
            printf("%s: %u commands; %s %s came %u of %u times; %u tries%s%s\n", to ? to : path,
                   small.counts.lines_after, verdict_name(e.verdict), e.clauses, small.came, small.of,
                   small.counts.tries, small.end == SHRINK_DONE ? "" : ", ended early: ",
                   small.end == SHRINK_DONE ? "" : shrink_end_name(small.end));
        else {
            cli_error("%s: %s", file, err);
            status = EXIT_CLEAN;
        }
    } else
        cli_error("%s: %s", target_label(s.name, path, sizeof path), err);
    stage_close(&s);
    if (s.left[0])
        cli_error("%s: mailboxes may be left on the server: %s", target_label(s.name, path, sizeof path),
                  s.left);
    program_free(&p);
    return status;
}

int shrink_main(int argc, char **argv) {
    struct check_options o = {.seed = 1};
    uint64_t tries = 600, rate = 10;
    const char *word[2], *to = NULL;
    int words;
    const struct cli_option options[] = {
        {.name = "o", .type = CLI_TEXT, .to = &to},
        {.name = "tries", .type = CLI_NUMBER, .to = &tries},
        {.name = "times", .type = CLI_NUMBER, .to = &rate},
        {.name = "seed", .type = CLI_NUMBER, .to = &o.seed},
        {.name = "deadline", .type = CLI_TIME, .to = &o.deadline_ms},
        {.name = "pause", .type = CLI_TIME, .to = &o.pause_ms},
        {.name = "allow-inbox", .type = CLI_FLAG, .to = &o.allow_inbox},
        {.name = "user", .type = CLI_LIST, .to = o.users, .n = &o.users_n, .max = TARGET_USERS},
        {.name = "behaviours", .type = CLI_LIST, .to = o.behaviours, .n = &o.folders, .max = CHECK_FOLDERS},
        {0},
    };
    if (!cli_parse(options, argc, argv, word, 2, &words))
        return EXIT_USAGE;
    if (!words || !tries || tries > 100000 || !rate || rate > 10000) {
        cli_error(words ? "shrink: --tries: expected 1 to 100000; --times: 1 to 10000"
                        : "shrink: expected a trace file");
        return EXIT_USAGE;
    }
    return shrink_file(word[0], words > 1 ? word[1] : NULL, to, &o, tries, rate);
}
