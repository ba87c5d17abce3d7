/* check.c: the command `imapdiff check`: options, signals, each target, the report. */
#include "check.h"

#include "cli.h"
#include "interrupt.h"
#include "report.h"

#include <stdlib.h>
#include <string.h>

bool check_parse(int argc, char **argv, struct check_options *o) {
    const struct cli_option options[] = {
        {.name = "time", .type = CLI_TIME, .to = &o->time_ms},
        {.name = "programs", .type = CLI_NUMBER, .to = &o->programs},
        {.name = "seed", .type = CLI_NUMBER, .to = &o->seed},
        {.name = "clients", .type = CLI_INT, .to = &o->clients},
        {.name = "scenario", .type = CLI_TEXT, .to = &o->scenario},
        {.name = "profile", .type = CLI_TEXT, .to = &o->profile},
        {.name = "json", .type = CLI_FILE, .to = &o->json, .file = &o->json_file},
        {.name = "junit", .type = CLI_FILE, .to = &o->junit, .file = &o->junit_file},
        {.name = "tap", .type = CLI_FILE, .to = &o->tap, .file = &o->tap_file},
        {.name = "report", .type = CLI_TEXT, .to = &o->report},
        {.name = "strict", .type = CLI_FLAG, .to = &o->strict},
        {.name = "shrink", .type = CLI_FLAG, .to = &o->shrink},
        {.name = "first", .type = CLI_FLAG, .to = &o->first},
        {.name = "reach", .type = CLI_FLAG, .to = &o->reach},
        {.name = "quiet", .type = CLI_FLAG, .to = &o->quiet},
        {.name = "deadline", .type = CLI_TIME, .to = &o->deadline_ms},
        {.name = "pause", .type = CLI_TIME, .to = &o->pause_ms},
        {.name = "allow-inbox", .type = CLI_FLAG, .to = &o->allow_inbox},
        {.name = "resume", .type = CLI_TEXT, .to = &o->resume},
        {.name = "user", .type = CLI_LIST, .to = o->users, .n = &o->users_n, .max = TARGET_USERS},
        {.name = "behaviours", .type = CLI_LIST, .to = o->behaviours, .n = &o->folders, .max = CHECK_FOLDERS},
        {.name = "print-programs", .type = CLI_TEXT, .to = &o->print_programs},
        {0},
    };
    if (!cli_parse(options, argc, argv, o->target, CHECK_TARGETS, &o->targets))
        return false;
    if (!o->targets)
        cli_error("%s: expected a target: model, dovecot, cyrus, or imap://user:password@host/", argv[0]);
    if ((o->json && !o->json_file) + (o->junit && !o->junit_file) + (o->tap && !o->tap_file) > 1) {
        cli_error(
            "%s: only one of --json, --junit and --tap can go to standard output; give the others =FILE", argv[0]);
        return false;
    }
    if (o->clients < 1 || o->clients > PROGRAM_SESSIONS) {
        cli_error("%s: --clients: expected 1 to %d", argv[0], PROGRAM_SESSIONS);
        return false;
    }
    if (o->resume && o->targets > 1) {
        cli_error("%s: --resume: expected one target", argv[0]);
        return false;
    }
    return o->targets > 0;
}

int check_worse(int a, int b) {
    static const int weight[] = {[EXIT_CLEAN] = 0, [EXIT_USAGE] = 1, [EXIT_TARGET] = 2, [EXIT_FINDINGS] = 3};
    return weight[b] > weight[a] ? b : a;
}

void check_target_error(const char *target, const char *text) {
    const bool named = !strncmp(text, target, strlen(target)) || !strncmp(text, "unknown target ", 15);
    cli_error("%s%s%s", named ? "" : target, named ? "" : ": ", text);
}

bool check_tell_end(const struct check_run *r) {
    if (r->end_text[0])
        check_target_error(r->target, r->end_text);
    if (r->io_error[0])
        cli_error("%s", r->io_error);
    return r->end_text[0] || r->io_error[0] || r->end != DRIVE_DONE;
}

static void defaults(struct check_options *o, const char *target) {
    if (o->time_ms || o->programs != CHECK_NO_LIMIT)
        return;
    if (!strncmp(target, "model", 5))
        o->programs = 2000;
    else
        o->time_ms = 30000;
}

int check_main(int argc, char **argv) {
    struct check_options o = {.seed = 1, .clients = 4, .programs = CHECK_NO_LIMIT};
    char err[800];
    if (!check_parse(argc, argv, &o))
        return EXIT_USAGE;
    if (!check_inputs(&o, err, sizeof err)) {
        cli_error("%s", err);
        return EXIT_USAGE;
    }
    struct check_run *runs = calloc((size_t)o.targets, sizeof *runs);
    struct check_options *each = calloc((size_t)o.targets, sizeof *each);
    int status = EXIT_CLEAN, n = 0;
    bool machine = (o.json && !o.json_file) || (o.junit && !o.junit_file) || (o.tap && !o.tap_file);
    const volatile int *stop = interrupt_catch();
    for (; runs && each && n < o.targets && !*stop; n++) {
        each[n] = o;
        defaults(&each[n], o.target[n]);
        status = check_worse(status, check_target(o.target[n], &each[n], stop, &runs[n]));
        if (!machine)
            report_text(stdout, &runs[n], report_colour(stdout));
        check_tell_end(&runs[n]);
    }
    if (n && !report_files(runs, n, err, sizeof err)) {
        cli_error("%s", err);
        status = check_worse(status, EXIT_USAGE);
    }
    for (int i = 0; i < n; i++)
        check_run_free(&runs[i]);
    free(runs);
    free(each);
    return status;
}
