/* check_target.c: one target: programs one after the other, notes folded, traces written, the end explained. */
#include "check.h"

#include "cli.h"
#include "content_mime.h"

#include <stdlib.h>
#include <string.h>

#define RESTARTS_MAX 50 /* of a private server in one run */

struct running {
    struct check_run *run;
    struct drive *drive;
    struct target *target;
    struct oracle *oracle;
    struct content *content;
    const struct program *program;
    struct progress progress;
    FILE *print;
    const volatile int *stop;
    uint32_t number;        /* of the program, from 1 */
    const char *name;       /* of the target, as given */
    struct behaviours *behaviours;
    char *user[TARGET_USERS + 1]; /* the target's users; the oracle outlives an instance */
    int restarts;
    uint32_t failing;       /* notes of this program that fail the run */
    int silent;             /* programs in a row that ended without a reply */
};

static void on_note(void *user, const struct note *n)
{
    struct running *r = user;
    bool fresh;
    struct finding *f = tally_note(&r->run->tally, n, &fresh);
    r->failing += n->verdict == V_VIOLATES || (n->verdict == V_DEVIATES && r->run->o->strict);
    if (!fresh)
        return;
    f->program = r->number;
    out_trace(r->run, f, drive_log(r->drive), r->program);
}

static bool print_program(struct running *r, const struct program *p)
{
    if (!r->print)
        return true;
    size_t n;
    char *text = program_print_sent(p, &n);
    bool ok = text && fprintf(r->print, "# program %u\n", r->number) > 0 && fwrite(text, 1, n, r->print) == n &&
              fputc('\n', r->print) != EOF;
    free(text);
    if (!ok && !r->run->io_error[0])
        snprintf(r->run->io_error, sizeof r->run->io_error, "cannot write %s: %m", r->run->o->print_programs);
    return ok;
}

static bool open_target(struct running *r, bool *usage, char *err, size_t errlen)
{
    const struct check_options *o = r->run->o;
    struct target_options to = {.behaviours = r->behaviours, .content = content_ops(r->content), .seed = o->seed,
                                .users = o->users, .allow_inbox = o->allow_inbox, .events = drive_events(r->drive)};
    r->target = target_open(r->name, &to, err, errlen, usage);
    return r->target != NULL;
}

static void attach(struct running *r)
{
    drive_attach(r->drive, r->target, &(struct drive_options){.oracle = r->oracle, .note = on_note, .user = r,
                                                              .stop = r->stop, .pause_ms = -1});
}

/* A private server whose process died is a finding; a new instance takes its place. false: not again, or it failed. */
static bool restart(struct running *r)
{
    char err[1024];
    bool usage;
    if (++r->restarts > RESTARTS_MAX)
        return false;
    drive_detach(r->drive);
    target_free(r->target);
    if (!open_target(r, &usage, err, sizeof err)) {
        snprintf(r->run->end_text, sizeof r->run->end_text, "not started again: %.360s", err);
        return false;
    }
    attach(r);
    return true;
}

/* Runs one program; false: the run is over. */
static bool one(struct running *r, const struct program *p)
{
    struct check_run *run = r->run;
    r->program = p;
    r->number++;
    r->failing = 0;
    if (!print_program(r, p))
        return false;
    content_reset(r->content); /* model and oracle begin anew, too */
    enum drive_end end = drive_run(r->drive, p, r->number);
    run->counts = *drive_counts(r->drive);
    run->programs = run->counts.programs;
    run->judged = *oracle_counts(r->oracle);
    progress_show(&r->progress, run, false);
    bool enough = run->o->first && tally_fails(&run->tally, run->o->strict);
    if (end == DRIVE_DONE) {
        r->silent = 0;
        return !enough;
    }
    run->end = end;
    snprintf(run->end_text, sizeof run->end_text, "%s", drive_text(r->drive));
    /* A server that was found out may fall silent now and then; one that is only silent is gone. */
    bool again = (end == DRIVE_SILENT || end == DRIVE_UNREACHABLE) && r->number > 1 &&
                 (r->failing || ++r->silent < 3);
    if (end == DRIVE_DIED && !enough)
        again = restart(r);
    if (again) {
        run->end = DRIVE_DONE;
        run->end_text[0] = '\0';
    }
    return again && !enough;
}

static bool time_left(const struct running *r)
{
    uint64_t ms = r->run->o->time_ms;
    return !ms || clock_ms() - r->progress.start_ms < ms;
}

static bool builtin(struct running *r, struct program *p)
{
    const char *text;
    char err[256], name[32];
    for (uint32_t i = 0; time_left(r) && (text = builtin_program(i)); i++) {
        snprintf(name, sizeof name, "built-in program %u", i + 1);
        if (!program_parse(p, name, 1, text, strlen(text), err, sizeof err)) {
            snprintf(r->run->io_error, sizeof r->run->io_error, "%s", err);
            return false;
        }
        if (!one(r, p))
            return false;
    }
    return true;
}

/* What generated programs may use here: what the server says that it offers. */
static bool options_for(struct running *r, struct generator_options *g)
{
    static const struct { const char *name; uint32_t family; } families[] = {
        {" ID ", GENERATE_ID}, {" CLIENTID ", GENERATE_CLIENTID}, {" IDLE ", GENERATE_IDLE}, {" MOVE ", GENERATE_MOVE},
        {" UIDPLUS ", GENERATE_UIDPLUS}, {" UNSELECT ", GENERATE_UNSELECT}, {" STARTTLS ", GENERATE_TLS},
    };
    const char *offered = drive_capabilities(r->drive);
    if (!offered)
        return false;
    *g = (struct generator_options){.clients = r->run->o->clients, .allow_inbox = r->target->inbox};
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        if (strstr(offered, families[i].name))
            g->families |= families[i].family;
    g->starttls = g->families & GENERATE_TLS && r->target->can[SECURE_STARTTLS];
    g->implicit_tls = r->target->can[SECURE_TLS];
    if (g->implicit_tls || r->target->secure != SECURE_PLAIN)
        g->families |= GENERATE_TLS;
    return true;
}

static void generated(struct running *r, struct program *p)
{
    struct generator_options g;
    if (!options_for(r, &g) || !(r->run->generator = generator_new(r->run->o->seed, &g))) {
        r->run->end = DRIVE_UNREACHABLE;
        snprintf(r->run->end_text, sizeof r->run->end_text, "%s", drive_text(r->drive));
        return;
    }
    uint64_t limit = r->run->o->programs;
    for (uint64_t n = 0; (!limit || n < limit) && time_left(r); n++)
        if (!generator_next(r->run->generator, p) || !one(r, p))
            return;
}

static void run_all(struct running *r)
{
    struct program p;
    program_init(&p);
    if (builtin(r, &p))
        generated(r, &p);
    program_free(&p);
}

static int status_of(const struct check_run *run)
{
    if (tally_fails(&run->tally, run->o->strict))
        return EXIT_FINDINGS;
    for (uint32_t i = 0; i < run->scenarios; i++)
        if (run->scenario[i].state == SCENARIO_FAIL)
            return EXIT_FINDINGS;
    if (run->end != DRIVE_DONE)
        return EXIT_TARGET;
    if (run->io_error[0])
        return EXIT_USAGE;
    return run->o->reach && reach_missing(run) ? EXIT_FINDINGS : EXIT_CLEAN;
}

/* The parts of a run in the order in which they depend on each other. false: run->end_text says why. */
static bool prepare(struct running *r, const struct check_options *o, int *status)
{
    struct check_run *run = r->run;
    bool usage = false;
    char err[1024] = "out of memory";
    r->drive = drive_new();
    if (!r->drive || !open_target(r, &usage, err, sizeof err)) {
        *status = usage ? EXIT_USAGE : EXIT_TARGET;
        snprintf(run->end_text, sizeof run->end_text, "%.390s", err);
        return false;
    }
    snprintf(run->target, sizeof run->target, "%s", r->target->name);
    run->kind = r->target->kind;
    bool whole = true;
    for (int i = 0; i < r->target->users_n; i++)
        whole = (r->user[i] = strdup(r->target->users[i])) && whole;
    struct oracle_options oo = {.behaviours = r->behaviours, .content = content_ops(r->content), .note = on_note,
                                .user = r, .users = (const char *const *)r->user};
    r->oracle = oracle_new(&oo);
    if (!r->oracle || !whole) {
        *status = EXIT_TARGET;
        snprintf(run->end_text, sizeof run->end_text, "out of memory");
        return false;
    }
    attach(r);
    if (o->print_programs && !(r->print = fopen(o->print_programs, "w"))) {
        *status = EXIT_USAGE;
        snprintf(run->end_text, sizeof run->end_text, "cannot write %s: %m", o->print_programs);
        return false;
    }
    return true;
}

int check_target(const char *name, const struct check_options *o, const volatile int *stop, struct check_run *run)
{
    *run = (struct check_run){.o = o};
    snprintf(run->target, sizeof run->target, "%s", name);
    struct running r = {.run = run, .stop = stop, .content = content_new(), .name = name};
    char err[400] = "out of memory";
    r.behaviours = r.content ? load_behaviours(o->behaviours, o->folders, err, sizeof err) : NULL;
    run->status = -1;
    if (!r.behaviours) {
        run->status = EXIT_USAGE;
        snprintf(run->end_text, sizeof run->end_text, "%s", err);
    } else if (prepare(&r, o, &run->status)) {
        out_folder(run, o->seed);
        progress_start(&r.progress, o->quiet);
        run_all(&r);
        if (r.number)
            progress_show(&r.progress, run, r.progress.tty);
        progress_end(&r.progress);
        run->elapsed_ms = clock_ms() - r.progress.start_ms;
        drive_clean(r.drive);
        if (o->profile && !profile_known(run, o->profile, err, sizeof err))
            snprintf(run->io_error, sizeof run->io_error, "%.290s", err);
        tally_sort(&run->tally);
        run->status = -1;
    }
    if (r.print && fclose(r.print) != 0 && !run->io_error[0])
        snprintf(run->io_error, sizeof run->io_error, "cannot write %s: %m", o->print_programs);
    drive_free(r.drive);
    target_free(r.target);
    if (r.oracle)
        oracle_free(r.oracle);
    if (r.behaviours)
        behaviours_free(r.behaviours);
    content_free(r.content);
    for (int i = 0; i < TARGET_USERS; i++)
        free(r.user[i]);
    if (run->status < 0)
        run->status = status_of(run);
    return run->status;
}

void check_run_free(struct check_run *run)
{
    tally_free(&run->tally);
    generator_free(run->generator);
    free(run->scenario);
    run->generator = NULL;
    run->scenario = NULL;
}
