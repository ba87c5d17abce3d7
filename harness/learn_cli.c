/* learn_cli.c: the command `imapdiff learn TARGET -o FILE.lua`: a run, what it has taught, and a second run
 * with other programs, in which the model answers as was learnt, beside the server. */
#include "learn.h"

#include "cli.h"
#include "diff.h"
#include "interrupt.h"
#include "report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct pupil {
    struct check_options o;
    const char *lua;
    char json[500], name[48];
};

/* Both files: where they may go, and no file there. Behaviours are told apart by their names: that of
 * FILE.lua. */
static bool take_file(struct pupil *p) {
    char err[800];
    const char *slash = p->lua ? strrchr(p->lua, '/') : NULL, *own = slash ? slash + 1 : p->lua;
    const size_t n = p->lua ? strlen(p->lua) : 0,
                 named = p->lua ? strspn(own, "abcdefghijklmnopqrstuvwxyz0123456789-.") : 0;
    if (n < 5 || n > 450 || strcmp(p->lua + n - 4, ".lua") != 0 || own[named] || named < 5 || named > 51 ||
        *own == '.' || *own == '-' || strchr(p->lua, ',')) {
        cli_error(
            "learn: expected -o NAME.lua: where the behaviour NAME goes, of 1 to 47 of a-z, 0-9, - and .");
        return false;
    }
    snprintf(p->name, sizeof p->name, "%.*s", (int)(named - 4), own);
    snprintf(p->json, sizeof p->json, "%.*s.json", (int)(n - 4), p->lua);
    const char *there = !access(p->lua, F_OK) ? p->lua : !access(p->json, F_OK) ? p->json : NULL;
    if (there)
        cli_error("learn: %s is there already", there);
    else if (!check_writable("learn", p->lua, false, err, sizeof err))
        cli_error("%s", err);
    else
        return true;
    return false;
}

static bool name_is_free(const struct pupil *p) {
    char err[800];
    struct behaviours *b = load_behaviours(p->o.behaviours, p->o.folders, err, sizeof err);
    const bool taken = b && behaviours_find(b, p->name) >= 0;
    behaviours_free(b);
    if (!b)
        cli_error("%s", err);
    else if (taken)
        cli_error("learn: there is a behaviour `%s` already; see imapdiff list behaviours", p->name);
    return b && !taken;
}

/* `-o FILE` is taken out; the rest are options of check. */
static bool take_options(int argc, char **argv, struct pupil *p) {
    char **rest = calloc((size_t)argc + 1, sizeof *rest), err[800];
    int n = 0;
    for (int i = 0; rest && i < argc; i++)
        if (!strcmp(argv[i], "-o"))
            p->lua = i + 1 < argc ? argv[++i] : NULL;
        else if (!strncmp(argv[i], "-o=", 3))
            p->lua = argv[i] + 3;
        else
            rest[n++] = argv[i];
    const bool ok = rest && check_parse(n, rest, &p->o);
    free(rest);
    if (!ok || !take_file(p))
        return false;
    if (p->o.targets != 1)
        cli_error("learn: expected one target");
    else if (p->o.json)
        cli_error("learn: the profile goes to %s, not to --json", p->json);
    else if (!diff_takes(&p->o, "learn"))
        return false;
    else if (!check_inputs(&p->o, err, sizeof err))
        cli_error("%s", err);
    else
        return name_is_free(p);
    return false;
}

/* Never over a file that is there. */
static bool write_lua(const struct pupil *p, const struct lesson *l, const struct behaviours *b,
                      const char *target) {
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
    FILE *f = o ? fopen(p->json, "wx") : NULL;
    bool ok = f && json_dumpf(o, f, JSON_INDENT(1)) == 0;
    if (f && fclose(f) != 0)
        ok = false;
    if (!ok) {
        cli_error("learn: cannot write %s: %s", p->json, strerror(errno));
        unlink(p->lua); /* this run's: one of the two alone is in the way of the next */
        if (f)
            unlink(p->json);
    }
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
    else if (!l.answers)
        cli_error("learn: %s: nothing was seen that a behaviour could be made of", run->target);
    else if (write_lua(p, &l, b, run->target) && write_profile(p, run)) {
        printf("%s: the practices of %s in %u of %u contexts that %llu programs reached, as behaviour %s\n",
               p->lua, run->target, l.taken, l.seen, (unsigned long long)run->programs, p->name);
        printf("%s: its profile, for check --profile\n\n", p->json);
        status = EXIT_CLEAN;
    }
    lesson_free(&l);
    behaviours_free(b);
    return status;
}

/* With generated programs that it was not learnt from. What the model does otherwise is told, and fails
 * nothing. */
static int put_beside(struct pupil *p) {
    char model[700], err[800];
    struct behaviours *b = load_behaviours(p->o.behaviours, p->o.folders, err, sizeof err);
    const bool known = b && behaviours_find(b, p->name) >= 0; /* its folder is one that is loaded */
    behaviours_free(b);
    snprintf(model, sizeof model, "model:%s%s", known || strchr(p->lua, '/') ? "" : "./",
             known ? p->name : p->lua);
    puts("beside the server, with programs of another seed:");
    fflush(stdout);
    p->o.seed++;
    p->o.scenario = "";
    p->o.target[1] = model;
    p->o.targets = 2;
    return diff_prediction(&p->o);
}

int learn_main(int argc, char **argv) {
    struct pupil p = {.o = {.seed = 1, .clients = 4, .programs = CHECK_NO_LIMIT}};
    struct check_run run;
    if (!take_options(argc, argv, &p))
        return EXIT_USAGE;
    if (p.o.programs == CHECK_NO_LIMIT)
        p.o.programs = DIFF_PROGRAMS;
    const volatile int *stop = interrupt_catch();
    int status = check_target(p.o.target[0], &p.o, stop, &run);
    const bool early = check_tell_end(&run);
    status = status == EXIT_USAGE ? EXIT_USAGE : early || *stop ? EXIT_TARGET : EXIT_CLEAN;
    if (run.programs)
        status = check_worse(status, teach(&p, &run));
    else if (status == EXIT_CLEAN) {
        cli_error("learn: no program was run");
        status = EXIT_USAGE;
    }
    check_run_free(&run);
    return status == EXIT_CLEAN ? put_beside(&p) : status;
}
