/* author_try_scenario.c: `imapdiff try FILE [TARGET]` of a scenario: how it goes on the model under each
 * legal behaviour, or on one target; outcomes that read alike are one row. */
#include "author.h"

#include "check.h"
#include "cli.h"

#include <stdlib.h>
#include <string.h>

struct outcome {
    char who[52], text[200];
    uint8_t state;
};
static const char *const state_words[] = {"as written", "otherwise", "not offered", "FAILS"};

/* false: it could not run; one line was said. */
static bool run_on(const struct try_options *o, const char *target, struct outcome *out, int *status) {
    struct check_options c = {
        .seed = o->seed, .clients = 4, .quiet = true, .scenario = o->file, .time_ms = 0};
    struct check_run run;
    char err[800];
    if (!check_inputs(&c, err, sizeof err)) {
        cli_error("%s", err);
        *status = EXIT_USAGE;
        return false;
    }
    int got = check_target(target, &c, o->stop, &run);
    const bool ok = run.scenarios > 0;
    if (ok) {
        out->state = run.scenario[0].state;
        snprintf(out->text, sizeof out->text, "%s", run.scenario[0].text);
    } else {
        cli_error("%s: %s", target, run.end_text[0] ? run.end_text : run.io_error);
        *status = got == EXIT_CLEAN ? EXIT_TARGET : got;
    }
    check_run_free(&run);
    return ok;
}

static int by_state(const void *a, const void *b) {
    const struct outcome *x = a, *y = b;
    if (x->state != y->state)
        return x->state - y->state;
    int c = strcmp(x->text, y->text);
    return c ? c : strcmp(x->who, y->who);
}

static void show(struct outcome *o, int n) {
    qsort(o, (size_t)n, sizeof *o, by_state);
    for (int i = 0; i < n;) {
        int j = i, column = 0;
        printf("  %s%s%s\n", state_words[o[i].state],
               o[i].text[0] && strcmp(o[i].text, state_words[o[i].state]) ? ": " : "",
               strcmp(o[i].text, state_words[o[i].state]) ? o[i].text : "");
        for (; j < n && o[j].state == o[i].state && !strcmp(o[j].text, o[i].text); j++) {
            column += (int)strlen(o[j].who) + 1;
            printf("%s%s", j == i ? "      " : column > 110 ? "\n      " : " ", o[j].who);
            column = column > 110 ? (int)strlen(o[j].who) : column;
        }
        putchar('\n');
        i = j;
    }
}

int try_scenario(const struct try_options *o, const struct behaviours *b) {
    struct outcome outcome[BEHAVIOURS_MAX + 1];
    int n = 0, status = EXIT_CLEAN, written = 0;
    char target[80];
    if (o->target) {
        snprintf(outcome[0].who, sizeof outcome[0].who, "%s", o->target);
        if (!run_on(o, o->target, &outcome[n++], &status))
            return status;
    }
    for (int i = -1; !o->target && i < behaviours_count(b) && !*o->stop; i++) {
        if (i >= 0 && (behaviours_at(b, i)->fault || !strcmp(behaviours_at(b, i)->name, "default")))
            continue;
        const char *name = i < 0 ? "default" : behaviours_at(b, i)->name;
        snprintf(outcome[n].who, sizeof outcome[n].who, "%s", name);
        snprintf(target, sizeof target, i < 0 ? "model" : "model:%s", name);
        if (!run_on(o, target, &outcome[n++], &status))
            return status;
    }
    for (int i = 0; i < n; i++) {
        written += outcome[i].state == SCENARIO_PASS;
        status = outcome[i].state == SCENARIO_FAIL ? EXIT_FINDINGS : status;
    }
    printf("%s: on %s%s\n", o->file, o->target ? o->target : "the model, under each legal behaviour",
           written || o->target
               ? ""
               : ": none answers as written; a behaviour that does can be tried as model:FILE");
    show(outcome, n);
    return status;
}
