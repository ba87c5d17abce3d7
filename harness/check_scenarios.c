/* check_scenarios.c: the scenarios of a run: each once, and again as long as what they send was not sent
 * often.
 */
#include "check_running.h"

#include "cli.h"

#include <stdlib.h>
#include <string.h>

static bool play(void *user, const struct program *p) {
    struct running *r = user;
    bool on = run_one(r, p);
    for (int i = 0; i < FORMS_MAX; i++) {
        uint8_t *has = &r->has[r->turn][i];
        *has = (uint8_t)(*has > r->run->forms.last[i] ? *has : r->run->forms.last[i]);
    }
    return on;
}

static const struct drive_log *played(void *user) { return drive_log(((struct running *)user)->stage.drive); }

/* A scenario that is repeated has one outcome: once failed is failed. */
static bool keep_outcome(struct check_run *run, const struct scenario_outcome *o) {
    for (uint32_t i = 0; i < run->scenarios; i++)
        if (!strcmp(run->scenario[i].name, o->name)) {
            if (o->state > run->scenario[i].state && o->state != SCENARIO_NOT_OFFERED)
                run->scenario[i] = *o;
            return true;
        }
    if (run->scenarios == run->scenarios_cap) {
        uint32_t cap = run->scenarios_cap ? run->scenarios_cap * 2 : 64;
        struct scenario_outcome *more = realloc(run->scenario, cap * sizeof *more);
        if (!more)
            return false;
        run->scenario = more;
        run->scenarios_cap = cap;
    }
    run->scenario[run->scenarios++] = *o;
    return true;
}

static bool load_scenarios(struct running *r) {
    char lua[512], path[600], err[800];
    if (r->run->o->scenario && !r->run->o->scenario[0])
        return true;
    const char *glob = r->run->o->scenario;
    const bool file = glob && scenario_is_file(glob);
    if (file)
        snprintf(path, sizeof path, "%s", glob);
    else if (!lua_folder(lua, sizeof lua, err, sizeof err))
        return true; /* a wrong IMAPDIFF_LUA was refused before */
    else
        snprintf(path, sizeof path, "%s/scenario", lua);
    if ((r->set = scenarios_load(path, file ? NULL : glob, err, sizeof err)) &&
        (r->has = calloc(scenarios_count(r->set) + 1, sizeof *r->has)) &&
        (r->cost_ms = calloc(scenarios_count(r->set) + 1, sizeof *r->cost_ms)))
        return true;
    if (r->set)
        snprintf(err, sizeof err, "out of memory");
    snprintf(r->run->io_error, sizeof r->run->io_error, "%.290s", err);
    return false;
}

/* Runs the scenario whose turn it is. false: the run is over. */
static bool run_scenario(struct running *r) {
    /* The words live in the driver, which forgets them with an instance that died. */
    const char *offered = drive_capabilities(r->stage.drive);
    if (!offered) {
        run_unreachable(r);
        return false;
    }
    struct scenario_runner runner = {.play = play, .log = played, .note = r->stage.note, .user = r};
    struct scenario_host host = {.capabilities = offered,
                                 .secure = r->stage.target->secure,
                                 .users = r->stage.target->users_n,
                                 .inbox = r->stage.target->inbox};
    struct scenario_outcome outcome = {0};
    memcpy(host.can, r->stage.target->can, sizeof host.can);
    r->scenario = &runner;
    uint64_t t = clock_ms();
    bool on = scenario_run(scenarios_at(r->set, r->turn), &host, &runner, &outcome);
    r->scenario = NULL;
    r->cost_ms[r->turn] = (uint32_t)(clock_ms() - t) + 1;
    return keep_outcome(r->run, &outcome) && on;
}

bool run_scenarios(struct running *r) {
    if (!load_scenarios(r))
        return false;
    bool on = true;
    for (r->turn = 0; on && r->set && r->turn < scenarios_count(r->set) && run_time_left(r); r->turn++)
        on = run_scenario(r);
    return on;
}

static uint32_t missing(const struct forms *f, uint32_t i) {
    return forms_rare(f, i) ? (uint32_t)(FORMS_OFTEN - f->form[i].count) : 0;
}

/* Rare commands that a scenario would send. */
static uint32_t gain(const struct running *r, uint32_t scenario) {
    uint32_t sum = 0;
    for (uint32_t i = 0; i < r->run->forms.n; i++) {
        uint32_t has = r->has[scenario][i], miss = missing(&r->run->forms, i);
        sum += has < miss ? has : miss;
    }
    return sum;
}

/* The scenario that sends most of what is rare in its time. *on false: the run is over. */
static bool rare_scenario(struct running *r, bool *on) {
    uint32_t all = r->set ? scenarios_count(r->set) : 0, best = all;
    double most = 0;
    for (uint32_t i = 0; i < all; i++) {
        double rate = (double)gain(r, i) / (r->cost_ms[i] ? r->cost_ms[i] : 1);
        if (rate > most) {
            most = rate;
            best = i;
        }
    }
    if (best == all)
        return false;
    r->turn = best;
    uint32_t before = gain(r, best), paid = r->cost_ms[best];
    *on = run_scenario(r);
    if (gain(r, best) == before && r->cost_ms[best] < paid * 4) /* it could not: the others first */
        r->cost_ms[best] = paid * 4;
    return true;
}

static bool rare_program(struct running *r, struct program *p, bool *on) {
    struct form_want want[FORMS_MAX];
    const struct forms *f = &r->run->forms;
    for (uint32_t i = 0; i < f->n; i++)
        want[i] = (struct form_want){f->form[i].name, missing(f, i)};
    if (!generator_forms(r->run->generator, want, f->n, p))
        return false;
    *on = run_one(r, p);
    return true;
}

bool run_rare_forms(struct running *r, struct program *p) {
    bool on = true, done = true;
    while (on && done && r->budget_ms > 0 && run_time_left(r)) {
        uint64_t t = clock_ms();
        /* Two programs, then a scenario, which alone has some of the forms. */
        bool scenario = r->refills++ % 3 == 2;
        done = scenario ? rare_scenario(r, &on) : rare_program(r, p, &on);
        if (!done)
            done = scenario ? rare_program(r, p, &on) : rare_scenario(r, &on);
        r->budget_ms -= (int64_t)(clock_ms() - t);
    }
    return on;
}

void run_scenarios_free(struct running *r) {
    scenarios_free(r->set);
    free(r->has);
    free(r->cost_ms);
    r->set = NULL;
    r->has = NULL;
    r->cost_ms = NULL;
}
