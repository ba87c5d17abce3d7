/* check_running.h: a run at work, as the files that run programs share it. */
#ifndef CHECK_RUNNING_H
#define CHECK_RUNNING_H

#include "check_stage.h"
#include "scenario.h"

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
    uint8_t (*has)[FORMS_MAX]; /* how often a scenario of the set sends each form */
    uint32_t *cost_ms;         /* of the scenario; more, where it did not send what it was repeated for */
    uint32_t turn;             /* the scenario that runs, or ran last */
    int64_t budget_ms; /* what repeating rare forms may take: twice what the generated programs took */
    uint32_t refills;  /* programs and scenarios for rare forms */
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
/* In a run that has a time: what sends command forms that were sent less than FORMS_OFTEN times, as long as
 * the budget lasts: programs made of them, and scenarios again. Generated programs stay what they are. p:
 * room for a program. false: the run is over. */
bool run_rare_forms(struct running *r, struct program *p);
void run_scenarios_free(struct running *r);

#endif
