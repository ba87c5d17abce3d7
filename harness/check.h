/* check.h: a run of programs against one target: what was asked, what came out, and its findings folded. */
#ifndef CHECK_H
#define CHECK_H

#include "drive.h"
#include "generate.h"
#include "oracle.h"

#include <stdio.h>

#define CHECK_TARGETS  16
#define CHECK_FOLDERS  16
#define CHECK_NO_LIMIT UINT64_MAX
struct check_options {
    const char *target[CHECK_TARGETS];
    int targets;
    uint64_t time_ms;     /* 0: no limit of time */
    uint64_t deadline_ms; /* of one reply; 0: the target's own */
    uint64_t pause_ms;    /* of a checkpoint: what is still untold behind it is late; 0: the target's own */
    uint64_t programs;    /* generated ones; CHECK_NO_LIMIT: as many as there is time for */
    uint64_t seed;
    int clients;          /* sessions of a generated program, at most */
    const char *scenario; /* glob over scenario names; NULL: all */
    const char *profile;  /* an earlier --json file: its findings are known, its rows expected */
    bool json, junit, tap;
    const char *json_file, *junit_file, *tap_file; /* NULL: standard output */
    const char *report;                            /* folder of the HTML page; NULL: none */
    bool strict, quiet, reach, allow_inbox;
    bool shrink; /* make the traces of findings that fail the run small */
    bool first;  /* stop after the program with the first finding that fails the run */
    const char *users[TARGET_USERS + 1];
    int users_n;
    const char *behaviours[CHECK_FOLDERS];
    int folders;
    const char *resume;         /* folder of an earlier run, which goes on; NULL: a new run */
    const char *print_programs; /* write the programs that were run to this file */
    const struct generator_options *within; /* what generated programs may use; NULL: what the target offers */
    int again; /* how many targets of this name had their run before: their traces stay */
};

/* Equal notes, folded: equal in verdict, cites, summary, point and context. */
struct finding {
    char id[12]; /* the same in every run: a hash of what makes notes equal */
    uint8_t verdict;
    bool known; /* in the profile */
    int point;  /* -1: none */
    uint32_t context;
    char *answer, *cites, *summary, *seen, *allowed;
    uint64_t count;
    uint32_t program, event; /* the first one's */
    int session;
    char *trace; /* path of the first one's trace; NULL if it could not be written */
};
struct profile_row {
    int point;
    uint32_t context;
    char answer[64], cites[96];
    uint8_t verdict; /* of the first one seen */
    bool expected;   /* in the profile given by --profile */
    uint64_t count;
};
struct tally {
    struct finding *finding;
    uint32_t findings, findings_cap;
    struct profile_row *row;
    uint32_t rows, rows_cap;
    uint64_t verdicts[V_COUNT];
    bool failed; /* memory ran out: something was not noted */
};
void tally_free(struct tally *t);
/* Counts a note. *fresh: it is a finding (not CONFORMS) that no earlier note equals. Returns the finding, or
 * NULL when it is none (or memory ran out). */
struct finding *tally_note(struct tally *t, const struct note *n, bool *fresh);
/* Findings by weight (VIOLATES first), then count; rows by point, context, count. */
void tally_sort(struct tally *t);
/* How many answers row i's (point, context) had, where row i is the first of them; 0: row i is not. More than
 * one: the same situation was not always answered in the same way (MAP-I15). "unseen" is no answer. */
uint32_t tally_answers(const struct tally *t, uint32_t i);
bool finding_fails(const struct finding *f, bool strict);
bool tally_fails(const struct tally *t, bool strict);

/* check_forms.c: command forms, such as "UID FETCH body" or "STORE +FLAGS.SILENT", and how often they were
 * sent. */
#define FORMS_MAX   256 /* far more than there are names */
#define FORMS_OFTEN 50  /* what shows up now and then has shown up by then */
struct form {
    char name[56];
    uint64_t count;
    bool scenario;   /* a scenario has it */
    uint32_t deaths; /* how often a server died of it */
};
struct forms {
    struct form form[FORMS_MAX]; /* in the order of their first use */
    uint32_t n;
    uint8_t last[FORMS_MAX]; /* how often each came in the program that was counted last */
    uint32_t latest,
        unanswered; /* its last; the one to which nothing was said before an end. FORMS_MAX: none */
};
void forms_count(struct forms *f, const struct drive_log *log, bool scenario);
/* Is form i one of a scenario's that was sent less than FORMS_OFTEN times? */
bool forms_rare(const struct forms *f, uint32_t i);
/* The server died of the program that was counted last. What it mostly dies of is not repeated: it is found.
 */
void forms_death(struct forms *f);
bool forms_fatal(const struct forms *f, uint32_t i);

struct scenario_outcome {
    char name[64], cites[64], text[200];
    uint8_t state; /* enum scenario_state */
};
enum scenario_state { SCENARIO_PASS, SCENARIO_OTHERWISE, SCENARIO_NOT_OFFERED, SCENARIO_FAIL };

struct check_run {
    const struct check_options *o;
    char target[160]; /* as the target names itself */
    uint8_t kind;     /* enum target_kind */
    uint64_t programs, elapsed_ms;
    struct drive_counts counts;
    struct oracle_counts judged;
    struct tally tally;
    struct forms forms;
    struct run_before {
        uint64_t programs, commands, responses, unjudged, elapsed_ms;
    } before;                    /* of the run that --resume continues: part of the counts */
    uint32_t number;             /* of the last program */
    uint64_t generated;          /* programs taken from the generator */
    struct generator *generator; /* NULL before the generated programs */
    struct scenario_outcome *scenario;
    uint32_t scenarios, scenarios_cap;
    char folder[400]; /* where traces are; "" if nothing was written */
    enum drive_end end;
    char end_text[400]; /* why the run ended early; "" if it did not */
    char io_error[300]; /* what could not be written; "" */
    int status;         /* exit status of this run alone */
};

/* `imapdiff check`: the whole command. argv[0] is "check". Returns the exit status. */
int check_main(int argc, char **argv);
/* Options and targets of `check`, of `diff` between servers and of `learn`; argv[0] begins its errors. false: one line on
 * standard error. */
bool check_parse(int argc, char **argv, struct check_options *o);
/* The gravest of two exit statuses: findings before a lost target before wrong input. */
int check_worse(int a, int b);
/* What generated programs may use on a target. false: it could not be asked; one line on standard error, and *status is
 * the exit status. */
bool check_offers(const char *name, const struct check_options *o, struct generator_options *g, int *status);
/* What went wrong with a target, on standard error; its name stands before it once. */
void check_target_error(const char *target, const char *text);
/* Did the run end before its end, or could something of it not be written? Then one line each on standard error. */
bool check_tell_end(const struct check_run *run);
/* Runs one target. Fills *run (to be freed by check_run_free). Returns run->status. */
int check_target(const char *name, const struct check_options *o, const volatile int *stop,
                 struct check_run *run);
void check_run_free(struct check_run *run);

/* check_out.c: the folder for traces: build/out/NAME where build/ is, else imapdiff-out/NAME. false:
 * *run->io_error says why. */
bool out_folder(struct check_run *run, uint64_t seed);
/* Writes a finding's trace at once. */
void out_trace(struct check_run *run, struct finding *f, const struct drive_log *log,
               const struct program *p);

/* check_progress.c: a line on the terminal's standard error, or one now and then where it is none. */
struct progress {
    bool tty, off;
    uint64_t last_ms, start_ms;
};
void progress_start(struct progress *p, bool quiet);
void progress_show(struct progress *p, const struct check_run *run, bool force);
void progress_end(struct progress *p);
uint64_t clock_ms(void);

/* check_inputs.c: are --scenario, --profile and --resume there? false: one line in err. */
bool check_inputs(struct check_options *o, char *err, size_t errlen);
/* Can the file (or folder) of an option be written? Looked at before a long run. NULL: yes. false: one line in err. */
bool check_writable(const char *option, const char *file, bool folder, char *err, size_t errlen);

/* check_resume.c: takes over the seed of the run in o->resume. false: one line in err. */
bool resume_options(struct check_options *o, char *err, size_t errlen);

/* check_profile.c: --profile. false: one line in err. */
bool profile_known(struct check_run *run, const char *file, char *err, size_t errlen);

/* check_builtin.c: hand-written programs: RFC 2180's situations. NULL behind the last. */
const char *builtin_program(uint32_t i);

/* check_reach.c: why a point's context does not come up in this run; NULL: it could have. */
const char *reach_reason(const struct check_run *run, int point, uint32_t context);
/* Contexts of ENUM and MATCH points that were not seen and have no reason. */
uint32_t reach_missing(const struct check_run *run);

#endif
