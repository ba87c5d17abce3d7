/* check_target.c: one target: programs one after the other, notes folded, traces written, the end explained.
 */
#include "check_running.h"
#include "check_shrink.h"
#include "cli.h"

#include <stdlib.h>
#include <string.h>

#define RESTARTS_MAX 50 /* of a private server in one run */

static void on_note(void *user, const struct note *n) {
    struct running *r = user;
    bool fresh;
    struct finding *f = tally_note(&r->run->tally, n, &fresh);
    r->failing += n->verdict == V_VIOLATES || (n->verdict == V_DEVIATES && r->run->o->strict);
    if (r->scenario)
        scenario_hear(&r->scenario->ear, n);
    if (!fresh)
        return;
    f->program = r->stage.number;
    out_trace(r->run, f, drive_log(r->stage.drive), r->program);
}

static bool print_program(struct running *r, const struct program *p) {
    if (!r->print)
        return true;
    size_t n;
    char *text = program_print_sent(p, &n);
    bool ok = text && fprintf(r->print, "# program %u\n", r->stage.number + 1) > 0 &&
              fwrite(text, 1, n, r->print) == n && fputc('\n', r->print) != EOF;
    free(text);
    if (!ok && !r->run->io_error[0])
        snprintf(r->run->io_error, sizeof r->run->io_error, "cannot write %s: %m", r->run->o->print_programs);
    return ok;
}

/* A private server whose process died is a finding; a new instance takes its place. false: not again, or it
 * failed. */
static bool restart(struct running *r) {
    char err[1024];
    if (++r->restarts > RESTARTS_MAX)
        return false;
    if (stage_restart(&r->stage, err, sizeof err))
        return true;
    snprintf(r->run->end_text, sizeof r->run->end_text, "not started again: %.360s", err);
    return false;
}

/* Those of driver and oracle, and of the run that this one continues. */
static void take_counts(struct running *r) {
    struct check_run *run = r->run;
    run->counts = *drive_counts(r->stage.drive);
    run->judged = *oracle_counts(r->stage.oracle);
    run->counts.programs += run->before.programs;
    run->counts.commands += run->before.commands;
    run->counts.responses += run->before.responses;
    run->judged.responses += run->before.responses;
    run->judged.unjudged += run->before.unjudged;
    run->programs = run->counts.programs;
    run->number = r->stage.number;
}

bool run_one(struct running *r, const struct program *p) {
    struct check_run *run = r->run;
    r->program = p;
    r->failing = 0;
    if (!print_program(r, p))
        return false;
    enum drive_end end = stage_run(&r->stage, p);
    take_counts(r);
    if (drive_starttls_failed(r->stage.drive))
        drive_without_starttls(r->stage.drive);
    forms_count(&run->forms, drive_log(r->stage.drive), r->scenario != NULL);
    if (end == DRIVE_DIED)
        forms_death(&run->forms);
    progress_show(&r->progress, run, false);
    run_save(r, false);
    bool enough = run->o->first && tally_fails(&run->tally, run->o->strict);
    if (end == DRIVE_DONE) {
        r->silent = 0;
        return !enough;
    }
    run->end = end;
    snprintf(run->end_text, sizeof run->end_text, "%s", drive_text(r->stage.drive));
    /* A server that was found out may fall silent now and then; one that is only silent is gone. */
    bool again = (end == DRIVE_SILENT || end == DRIVE_UNREACHABLE) && r->stage.number > 1 &&
                 (r->failing || ++r->silent < 3);
    if (end == DRIVE_DIED && !enough)
        again = restart(r);
    if (again) {
        run->end = DRIVE_DONE;
        run->end_text[0] = '\0';
    }
    return again && !enough;
}

bool run_time_left(const struct running *r) {
    uint64_t ms = r->run->o->time_ms;
    return !ms || clock_ms() - r->progress.start_ms < ms;
}

static bool builtin(struct running *r, struct program *p) {
    const char *text;
    char err[256], name[32];
    for (uint32_t i = 0; run_time_left(r) && (text = builtin_program(i)); i++) {
        snprintf(name, sizeof name, "built-in program %u", i + 1);
        if (!program_parse(p, name, 1, text, strlen(text), err, sizeof err)) {
            snprintf(r->run->io_error, sizeof r->run->io_error, "%s", err);
            return false;
        }
        if (!run_one(r, p))
            return false;
    }
    return true;
}

void run_unreachable(struct running *r) {
    r->run->end = DRIVE_UNREACHABLE;
    snprintf(r->run->end_text, sizeof r->run->end_text, "%s", drive_text(r->stage.drive));
}

/* What generated programs may use here: what the server says that it offers. */
static bool offers(struct stage *s, struct generator_options *g) {
    static const struct {
        const char *name;
        uint32_t family;
    } families[] = {
        {" ID ", GENERATE_ID},        {" CLIENTID ", GENERATE_CLIENTID}, {" IDLE ", GENERATE_IDLE},
        {" MOVE ", GENERATE_MOVE},    {" UIDPLUS ", GENERATE_UIDPLUS},   {" UNSELECT ", GENERATE_UNSELECT},
        {" STARTTLS ", GENERATE_TLS},
    };
    if (s->o->within) {
        *g = *s->o->within;
        return drive_capabilities(s->drive) != NULL;
    }
    const char *offered = drive_capabilities(s->drive);
    if (!offered)
        return false;
    *g = (struct generator_options){.clients = s->o->clients, .allow_inbox = s->target->inbox};
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        if (strstr(offered, families[i].name))
            g->families |= families[i].family;
    g->starttls = g->families & GENERATE_TLS && s->target->can[SECURE_STARTTLS];
    g->implicit_tls = s->target->can[SECURE_TLS];
    if (g->implicit_tls || s->target->secure != SECURE_PLAIN)
        g->families |= GENERATE_TLS;
    return true;
}

static void generated(struct running *r, struct program *p) {
    struct generator_options g;
    if (!offers(&r->stage, &g) || !(r->run->generator = generator_new(r->run->o->seed, &g))) {
        run_unreachable(r);
        return;
    }
    generator_seek(r->run->generator, r->run->generated);
    uint64_t limit = r->run->o->programs;
    for (uint64_t n = 0; n < limit && run_time_left(r); n++) {
        if (!generator_next(r->run->generator, p))
            return;
        r->run->generated++;
        uint64_t t = clock_ms();
        if (!run_one(r, p))
            return;
        r->budget_ms += 2 * (int64_t)(clock_ms() - t);
        if (r->run->o->time_ms && !run_rare_forms(r, p))
            return;
    }
}

/* A server whose OK to STARTTLS brings no TLS is found out by a program of its own; the others do without.
 * false: the run is over. */
static bool probe_starttls(struct running *r, struct program *p) {
    static const char text[] = "C1: CAPABILITY\n@open C2 tls=starttls login=no\n";
    char err[256];
    if (!drive_capabilities(r->stage.drive)) {
        run_unreachable(r);
        return false;
    }
    if (!drive_starttls_failed(r->stage.drive) ||
        !program_parse(p, "STARTTLS", 1, text, strlen(text), err, sizeof err))
        return true;
    bool on = run_one(r, p);
    drive_without_starttls(r->stage.drive);
    return on;
}

static void run_all(struct running *r) {
    struct program p;
    program_init(&p);
    /* Without lua/scenario the same situations come from the program itself. */
    bool on = probe_starttls(r, &p) && run_scenarios(r);
    if (on && !r->run->scenarios && !r->run->o->scenario && !r->run->o->resume)
        on = builtin(r, &p);
    if (on)
        generated(r, &p);
    program_free(&p);
}

static int status_of(const struct check_run *run) {
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

static bool open_print(struct running *r, int *status) {
    const char *file = r->run->o->print_programs;
    if (!file || (r->print = fopen(file, "w")))
        return true;
    *status = EXIT_USAGE;
    snprintf(r->run->end_text, sizeof r->run->end_text, "cannot write %.300s: %m", file);
    return false;
}

#define SHRINK_MS     12000 /* for one finding */
#define SHRINK_ALL_MS 90000 /* for all */

/* The first trace of a finding is replaced by a small one beside it, where one is found. */
static void shrink_one(struct running *r, struct finding *f, uint64_t until_ms) {
    struct program p;
    struct expectation e;
    struct small small;
    char err[1024], path[700];
    program_init(&p);
    snprintf(path, sizeof path, "%s/%s.min.trace", r->run->folder, f->id);
    if (program_read(&p, f->trace, err, sizeof err) && expectation_read(&p, &e) &&
        small_trace(&r->stage, &p, &e, 400, 5, until_ms, path, &small, err, sizeof err)) {
        char *copy = strdup(path);
        if (copy) {
            free(f->trace);
            f->trace = copy;
        }
    }
    program_free(&p);
}

static void shrink_all(struct running *r) {
    uint64_t all = clock_ms() + SHRINK_ALL_MS;
    bool tty = r->progress.tty && !r->progress.off;
    for (uint32_t i = 0; i < r->run->tally.findings && r->run->end == DRIVE_DONE; i++) {
        struct finding *f = &r->run->tally.finding[i];
        uint64_t now = clock_ms();
        if (!f->trace || strstr(f->trace, ".min.trace") || !finding_fails(f, r->run->o->strict) ||
            now >= all || (r->stage.stop && *r->stage.stop))
            continue;
        if (!r->progress.off)
            fprintf(stderr, "%s%s: making %s small: %s%s", tty ? "\r" : "", r->run->target, f->id, f->summary,
                    tty ? "\033[K" : "\n");
        shrink_one(r, f, now + SHRINK_MS < all ? now + SHRINK_MS : all);
    }
    if (tty)
        fprintf(stderr, "\r\033[K");
}

static void run_target(struct running *r) {
    struct check_run *run = r->run;
    char err[400];
    progress_start(&r->progress, run->o->quiet);
    run_all(r);
    if (r->stage.number)
        progress_show(&r->progress, run, r->progress.tty);
    progress_end(&r->progress);
    run->elapsed_ms = run->before.elapsed_ms + clock_ms() - r->progress.start_ms;
    if (run->o->profile && !profile_known(run, run->o->profile, err, sizeof err))
        snprintf(run->io_error, sizeof run->io_error, "%.290s", err);
    tally_sort(&run->tally);
    if (run->o->shrink)
        shrink_all(r);
}

/* The run's folder: a new one, or that of the run to go on with. */
static bool begin(struct running *r) {
    struct check_run *run = r->run;
    if (!run->o->resume) {
        out_folder(run, run->o->seed); /* without one there are no traces: run->io_error says so */
        return true;
    }
    if (run_resume(r, run->end_text, sizeof run->end_text)) {
        take_counts(r);
        return true;
    }
    run->status = EXIT_USAGE;
    return false;
}

static void no_note(void *user, const struct note *n) { (void)user, (void)n; }

bool check_offers(const char *name, const struct check_options *o, struct generator_options *g, int *status) {
    char err[1024], label[160];
    int why = EXIT_TARGET;
    struct stage s = {.name = name, .o = o, .note = no_note};
    target_label(name, label, sizeof label);
    bool ok = stage_open(&s, &why, err, sizeof err);
    if (ok && !(ok = offers(&s, g)))
        snprintf(err, sizeof err, "%.900s", drive_text(s.drive));
    stage_close(&s);
    if (!ok) {
        check_target_error(label, err);
        *status = why;
    }
    return ok;
}

int check_target(const char *name, const struct check_options *o, const volatile int *stop,
                 struct check_run *run) {
    *run = (struct check_run){.o = o, .status = EXIT_TARGET};
    target_label(name, run->target, sizeof run->target);
    struct running r = {.run = run,
                        .stage = {.name = name, .o = o, .stop = stop, .note = on_note, .user = &r}};
    char err[1024];
    bool ran = false;
    if (!stage_open(&r.stage, &run->status, err, sizeof err)) {
        snprintf(run->end_text, sizeof run->end_text, "%.390s", err);
    } else {
        snprintf(run->target, sizeof run->target, "%s", r.stage.target->name);
        run->kind = r.stage.target->kind;
        if ((ran = open_print(&r, &run->status) && begin(&r)))
            run_target(&r);
    }
    if (r.print && fclose(r.print) != 0 && !run->io_error[0])
        snprintf(run->io_error, sizeof run->io_error, "cannot write %.250s: %m", o->print_programs);
    stage_close(&r.stage);
    if (r.stage.left[0]) {
        size_t n = strlen(run->end_text);
        snprintf(run->end_text + n, sizeof run->end_text - n, "%smailboxes may be left on the server: %s",
                 n ? "; " : "", r.stage.left);
    }
    run_scenarios_free(&r);
    if (ran)
        run->status = status_of(run);
    if (ran && !run_save(&r, true))
        run->status = status_of(run);
    return run->status;
}

void check_run_free(struct check_run *run) {
    tally_free(&run->tally);
    generator_free(run->generator);
    free(run->scenario);
    run->generator = NULL;
    run->scenario = NULL;
}
