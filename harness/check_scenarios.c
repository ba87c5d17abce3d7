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
    for (int i = 0; i < FORMS_MAX / 64; i++)
        r->has[r->turn][i] |= r->run->forms.last[i];
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
    char lua[512], path[600], err[400];
    if (r->run->o->scenario && !r->run->o->scenario[0])
        return true;
    if (!lua_folder(lua, sizeof lua))
        return true;
    snprintf(path, sizeof path, "%s/scenario", lua);
    if ((r->set = scenarios_load(path, r->run->o->scenario, err, sizeof err)) &&
        (r->has = calloc(scenarios_count(r->set) + 1, sizeof *r->has)))
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
    bool on = scenario_run(scenarios_at(r->set, r->turn), &host, &runner, &outcome);
    r->scenario = NULL;
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

static bool has_form(const struct running *r, uint32_t scenario, uint32_t form) {
    return r->has[scenario][form / 64] >> (form % 64) & 1;
}

static bool has_rare(const struct running *r, uint32_t scenario) {
    for (uint32_t i = 0; i < r->run->forms.n; i++)
        if (has_form(r, scenario, i) && forms_rare(&r->run->forms, i))
            return true;
    return false;
}

/* The form that needs repeating most; forms.n: none does. */
static uint32_t rarest(const struct forms *f) {
    uint32_t best = f->n;
    for (uint32_t i = 0; i < f->n; i++)
        if (forms_rare(f, i) && (best == f->n || f->form[i].count < f->form[best].count))
            best = i;
    return best;
}

bool run_rare_scenario(struct running *r) {
    uint32_t all = r->set ? scenarios_count(r->set) : 0, form = rarest(&r->run->forms);
    if (form == r->run->forms.n)
        return true;
    /* Every other time for any rare form: a scenario may be unable to send the rarest one again. */
    r->any = !r->any;
    for (uint32_t tried = 0; tried < all; tried++) {
        r->turn = r->turn + 1 < all ? r->turn + 1 : 0;
        if (r->any ? has_rare(r, r->turn) : has_form(r, r->turn, form))
            return run_scenario(r);
    }
    return true;
}

void run_scenarios_free(struct running *r) {
    scenarios_free(r->set);
    free(r->has);
    r->set = NULL;
    r->has = NULL;
}
