/* replay.c: `imapdiff replay FILE [TARGET]`: a trace's commands on a fresh instance: does its finding come
 * again, how often? */
#include "check_stage.h"
#include "cli.h"
#include "interrupt.h"

#include <stdlib.h>
#include <string.h>

struct replay {
    struct expectation expect;
    bool came, show;
    struct tally tally;
};

static const volatile int *stop;

static void on_note(void *user, const struct note *n) {
    struct replay *r = user;
    bool fresh;
    struct finding *f = tally_note(&r->tally, n, &fresh);
    if (expectation_met(&r->expect, n, false))
        r->came = true;
    if (f && fresh && r->show)
        printf("%s %s: %s\n    seen     %s\n    allowed  %s\n", verdict_name(n->verdict), f->cites,
               f->summary, f->seen, f->allowed);
}

/* One fresh instance, one run of the program. Returns 1 it came, 0 it did not, < 0 minus the exit status. */
static int once(const char *name, const struct program *p, const struct check_options *o, struct replay *r) {
    struct stage s = {.name = name, .o = o, .stop = stop, .note = on_note, .user = r};
    char err[1024], label[300];
    int status;
    r->came = false;
    if (!stage_open(&s, &status, err, sizeof err)) {
        cli_error("%s: %s", target_label(name, label, sizeof label), err);
        stage_close(&s);
        return -status;
    }
    enum drive_end end = stage_run(&s, p);
    int result = r->came;
    if (!r->came && end != DRIVE_DONE) {
        cli_error("%s: %s", s.target->name, drive_text(s.drive));
        result = -EXIT_TARGET;
    }
    stage_close(&s);
    if (s.left[0])
        cli_error("%s: mailboxes may be left on the server: %s", target_label(name, label, sizeof label),
                  s.left);
    return result;
}

static int times_over(const char *file, const char *target, const struct program *p,
                      const struct check_options *o, int times, struct replay *r) {
    int came = 0, ran = 0;
    char label[300];
    target_label(target, label, sizeof label);
    for (; ran < times && !*stop; ran++) {
        r->show = ran == 0 && !o->quiet;
        int result = once(target, p, o, r);
        if (result < 0)
            return -result;
        came += result;
    }
    if (r->expect.verdict < 0) {
        printf("%s: ran %d of %d times on %s; the file has no `# expect:` line\n", file, ran, times, label);
        return tally_fails(&r->tally, o->strict) ? EXIT_FINDINGS : EXIT_CLEAN;
    }
    printf("%s: %s %s came again %d of %d times on %s\n", file, verdict_name(r->expect.verdict),
           r->expect.clauses, came, ran, label);
    return came ? EXIT_FINDINGS : *stop ? EXIT_TARGET : EXIT_CLEAN;
}

static int replay_file(const char *file, const char *target, struct check_options *o, uint64_t times,
                       uint64_t seed) {
    struct program p;
    struct replay r = {0};
    char err[600];
    int status = EXIT_USAGE;
    program_init(&p);
    if (!program_read(&p, file, err, sizeof err)) {
        cli_error("%s", err);
    } else if (!expectation_read(&p, &r.expect)) {
        cli_error("%s: expected `# expect: VERDICT CLAUSE...`, such as `# expect: VIOLATES MAP-I3`", file);
    } else if (!target && !(target = program_head(&p, "target"))) {
        cli_error("%s names no target: imapdiff replay FILE TARGET", file);
    } else {
        const char *recorded = program_head(&p, "seed");
        o->seed = seed ? seed : recorded ? strtoull(recorded, NULL, 10) : 1;
        stop = interrupt_catch();
        status = times_over(file, target, &p, o, (int)times, &r);
    }
    tally_free(&r.tally);
    program_free(&p);
    return status;
}

int replay_main(int argc, char **argv) {
    struct check_options o = {.seed = 1};
    uint64_t times = 1, seed = 0;
    const char *word[2];
    int words;
    const struct cli_option options[] = {
        {.name = "times", .type = CLI_NUMBER, .to = &times},
        {.name = "seed", .type = CLI_NUMBER, .to = &seed},
        {.name = "strict", .type = CLI_FLAG, .to = &o.strict},
        {.name = "quiet", .type = CLI_FLAG, .to = &o.quiet},
        {.name = "deadline", .type = CLI_TIME, .to = &o.deadline_ms},
        {.name = "pause", .type = CLI_TIME, .to = &o.pause_ms},
        {.name = "allow-inbox", .type = CLI_FLAG, .to = &o.allow_inbox},
        {.name = "user", .type = CLI_LIST, .to = o.users, .n = &o.users_n, .max = TARGET_USERS},
        {.name = "behaviours", .type = CLI_LIST, .to = o.behaviours, .n = &o.folders, .max = CHECK_FOLDERS},
        {0},
    };
    if (!cli_parse(options, argc, argv, word, 2, &words))
        return EXIT_USAGE;
    if (!words || !times || times > 1000000) {
        cli_error(words ? "replay: --times: expected 1 to 1000000" : "replay: expected a trace file");
        return EXIT_USAGE;
    }
    return replay_file(word[0], words > 1 ? word[1] : NULL, &o, times, seed);
}
