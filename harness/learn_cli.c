/* learn_cli.c: the command `imapdiff learn TARGET -o FILE.lua`: a run, what it has taught, and a second run with other programs, in which
 * the model answers as was learnt, beside the server. */
#include "learn.h"

#include "cli.h"
#include "diff.h"
#include "interrupt.h"
#include "report.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct pupil {
    struct check_options o;
    const char *lua;
    char json[600], name[48];
};

/* "learnt-dovecot-maildir" */
static void name_it(char *name, size_t cap, const char *target) {
    size_t n = (size_t)snprintf(name, cap, "learnt-");
    for (; *target && n + 1 < cap; target++) {
        const int c = tolower((unsigned char)*target);
        if (isalnum(c))
            name[n++] = (char)c;
        else if (name[n - 1] != '-')
            name[n++] = '-';
    }
    while (name[n - 1] == '-')
        n--;
    name[n] = '\0';
}

static bool take_file(struct pupil *p) {
    const size_t n = p->lua ? strlen(p->lua) : 0;
    if (n < 5 || strcmp(p->lua + n - 4, ".lua") != 0) {
        cli_error("learn: expected -o FILE.lua: where the behaviour goes");
        return false;
    }
    snprintf(p->json, sizeof p->json, "%.*s.json", (int)(n - 4), p->lua);
    if (!access(p->lua, F_OK)) {
        cli_error("learn: %s is there already", p->lua);
        return false;
    }
    return true;
}

/* `-o FILE` is taken out; the rest are options of check. */
static bool take_options(int argc, char **argv, struct pupil *p) {
    char **rest = calloc((size_t)argc + 1, sizeof *rest), err[800];
    int n = 0;
    for (int i = 0; rest && i < argc; i++)
        if (!strcmp(argv[i], "-o") && i + 1 < argc)
            p->lua = argv[++i];
        else
            rest[n++] = argv[i];
    const bool ok = rest && check_parse(n, rest, &p->o);
    free(rest);
    if (!ok || !take_file(p))
        return false;
    if (p->o.targets != 1)
        cli_error("learn: expected one target");
    else if (p->o.json || p->o.junit || p->o.tap || p->o.report || p->o.profile || p->o.resume || p->o.print_programs)
        cli_error("learn: --json, --junit, --tap, --report, --profile, --resume and --print-programs are options of check");
    else if (!check_inputs(&p->o, err, sizeof err))
        cli_error("%s", err);
    else
        return true;
    return false;
}

/* Never over a file that is there. */
static bool write_lua(const struct pupil *p, const struct lesson *l, const struct behaviours *b, const char *target) {
    FILE *f = fopen(p->lua, "wx");
    if (f)
        learn_write(f, l, b, p->name, target);
    bool ok = f && !ferror(f);
    if (f && fclose(f) != 0)
        ok = false;
    if (!ok) {
        cli_error("learn: cannot write %s: %s", p->lua, strerror(errno));
        if (f)
            unlink(p->lua);
    }
    return ok;
}

static bool write_profile(const struct pupil *p, const struct check_run *run) {
    json_t *o = report_json(run, 1);
    const bool ok = o && json_dump_file(o, p->json, JSON_INDENT(1)) == 0;
    if (!ok)
        cli_error("learn: cannot write %s: %s", p->json, strerror(errno));
    json_decref(o);
    return ok;
}

static int teach(struct pupil *p, const struct check_run *run) {
    char err[800];
    struct lesson l = {0};
    struct behaviours *b = load_behaviours(p->o.behaviours, p->o.folders, err, sizeof err);
    int status = EXIT_USAGE;
    if (!b)
        cli_error("%s", err);
    else if (!learn(&l, run, b))
        cli_error("learn: out of memory");
    else if (!l.taken)
        cli_error("learn: %s: nothing was seen that a behaviour could be made of", run->target);
    else if (write_lua(p, &l, b, run->target) && write_profile(p, run)) {
        printf("%s: the practices of %s in %u of %u contexts that %llu programs reached, as behaviour %s\n", p->lua, run->target, l.taken,
               l.seen, (unsigned long long)run->programs, p->name);
        printf("%s: its profile, for check --profile\n\n", p->json);
        status = EXIT_CLEAN;
    }
    lesson_free(&l);
    behaviours_free(b);
    return status;
}

/* With programs that it was not learnt from. What the model does otherwise is told, and fails nothing. */
static int put_beside(struct pupil *p) {
    char model[700];
    snprintf(model, sizeof model, "model:%s%s", strchr(p->lua, '/') ? "" : "./", p->lua);
    printf("beside the server, with programs of another seed:\n");
    fflush(stdout);
    p->o.seed++;
    p->o.target[1] = model;
    p->o.targets = 2;
    return diff_prediction(&p->o);
}

int learn_main(int argc, char **argv) {
    struct pupil p = {.o = {.seed = 1, .clients = 4, .programs = CHECK_NO_LIMIT}};
    struct check_run run;
    if (!take_options(argc, argv, &p))
        return EXIT_USAGE;
    if (!p.o.time_ms && p.o.programs == CHECK_NO_LIMIT)
        p.o.programs = DIFF_PROGRAMS;
    const volatile int *stop = interrupt_catch();
    int status = check_target(p.o.target[0], &p.o, stop, &run);
    status = status == EXIT_FINDINGS ? EXIT_CLEAN : status;
    if (run.end_text[0] || run.io_error[0])
        cli_error("learn: %s: %s", run.target, run.end_text[0] ? run.end_text : run.io_error);
    name_it(p.name, sizeof p.name, run.target);
    if (run.programs)
        status = check_worse(status, teach(&p, &run));
    check_run_free(&run);
    return status == EXIT_CLEAN && !*stop ? put_beside(&p) : status == EXIT_CLEAN ? EXIT_TARGET : status;
}
