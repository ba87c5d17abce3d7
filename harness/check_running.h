/* check_running.h: a run at work, as the files that run programs share it. */
#ifndef CHECK_RUNNING_H
#define CHECK_RUNNING_H

#include "check_stage.h"
#include "scenario.h"

#define SCENARIO_EVERY 2 /* generated programs, then a scenario again */

struct running {
    struct stage stage;
    struct check_run *run;
    const struct program *program;
    struct progress progress;
    struct scenario_runner *scenario; /* while one runs */
    FILE *print;
    int restarts;
    uint32_t failing;  /* notes of this program that fail the run */
    int silent;        /* programs in a row that ended without a reply */
    uint64_t saved_ms; /* when run_save wrote last */
    struct scenarios *set;
    uint64_t (*has)[FORMS_MAX / 64]; /* bits: which forms a scenario of the set has */
    uint32_t turn;                   /* the scenario that runs, or ran last */
    bool any;                        /* it was chosen for any rare form, not for the rarest */
};

/* check_target.c: runs one program; false: the run is over. */
bool run_one(struct running *r, const struct program *p);
bool run_time_left(const struct running *r);
void run_unreachable(struct running *r); /* the run ends because of what the driver says */

/* check_resume.c: writes run.json into the run's folder: now, or where the last one is ten seconds old.
 * false: run->io_error says why. */
bool run_save(struct running *r, bool now);
/* Takes over what o->resume holds, before the first program. false: one line in err. */
bool run_resume(struct running *r, char *err, size_t errlen);

/* check_scenarios.c: all scenarios once. false: the run is over. */
bool run_scenarios(struct running *r);
/* In a run that has a time: a scenario with a command form that was sent less than FORMS_OFTEN times runs
 * again, if there is one. Generated programs stay what they are. false: the run is over. */
bool run_rare_scenario(struct running *r);
void run_scenarios_free(struct running *r);

#endif
