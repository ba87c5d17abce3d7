/* check_resume.c: a run's state in its folder, so that --resume goes on where it ended, even by a kill:
 * findings, profile, counts, forms, and the number of the next program.
 */
#include "check_running.h"

#include "cli.h"
#include "report.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SAVE_MS 10000

bool run_save(struct running *r, bool now) {
    struct check_run *run = r->run;
    char path[500], fresh[520];
    if (!run->folder[0] || (!now && clock_ms() - r->saved_ms < SAVE_MS))
        return true;
    r->saved_ms = clock_ms();
    if (!now)
        run->elapsed_ms = run->before.elapsed_ms + clock_ms() - r->progress.start_ms;
    snprintf(path, sizeof path, "%s/run.json", run->folder);
    snprintf(fresh, sizeof fresh, "%s.new", path);
    json_t *j = report_json(run, 1);
    bool ok = j && json_dump_file(j, fresh, JSON_INDENT(1)) == 0 && rename(fresh, path) == 0;
    json_decref(j);
    if (!ok && !run->io_error[0])
        snprintf(run->io_error, sizeof run->io_error, "cannot write %.200s: %m", path);
    return ok;
}

static json_t *load(const char *dir, char *err, size_t errlen) {
    char path[500], near[400];
    json_error_t e;
    snprintf(path, sizeof path, "%s/run.json", dir);
    json_t *j = json_load_file(path, 0, &e);
    if (!j && e.line > 0)
        snprintf(err, errlen, "--resume: %s:%d: %s", path, e.line, e.text);
    else if (!j)
        snprintf(err, errlen, "--resume: expected the folder of an earlier run: %s%s", e.text,
                 near_path(dir, near, sizeof near));
    return j;
}

bool resume_options(struct check_options *o, char *err, size_t errlen) {
    json_t *j = load(o->resume, err, errlen);
    json_t *seed = json_object_get(j, "seed");
    bool ok = json_is_integer(seed);
    if (ok)
        o->seed = (uint64_t)json_integer_value(seed);
    else if (j)
        snprintf(err, errlen, "--resume: %.300s/run.json: expected `seed`", o->resume);
    json_decref(j);
    return ok;
}

static int verdict_of(const char *name) {
    for (int v = 0; v < V_COUNT; v++)
        if (!strcmp(verdict_name(v), name))
            return v;
    return -1;
}

/* false: no such point, or no such context of it. */
static bool place_of(const char *point, const char *context, struct note *n) {
    char text[160];
    for (n->point = 0; n->point < POINT_COUNT; n->point++)
        if (!strcmp(point_name(n->point), point))
            for (n->context = 0; n->context < point_contexts(n->point); n->context++)
                if (!strcmp(point_context_text(n->point, n->context, text, sizeof text), context))
                    return true;
    return false;
}

static bool load_finding(struct check_run *run, json_t *j) {
    const char *verdict, *point = NULL, *context = "";
    json_int_t count, program;
    struct note n = {.point = -1};
    bool fresh;
    if (json_unpack(j, "{s:s, s:s, s:s, s:s, s:s, s:I, s:I, s?s, s?s, s?s}", "verdict", &verdict, "cites",
                    &n.cites, "summary", &n.summary, "seen", &n.seen, "allowed", &n.allowed, "count", &count,
                    "program", &program, "point", &point, "context", &context, "answer", &n.answer) != 0)
        return false;
    int v = verdict_of(verdict);
    if (v < 0 || v == V_CONFORMS || count < 1 || (point && !place_of(point, context, &n)))
        return false;
    n.verdict = (uint8_t)v;
    struct finding *f = tally_note(&run->tally, &n, &fresh);
    if (!f || !fresh)
        return false;
    f->count = (uint64_t)count;
    f->program = (uint32_t)program;
    const char *trace = json_string_value(json_object_get(j, "trace"));
    if (trace && access(trace, R_OK) == 0)
        f->trace = strdup(trace);
    return true;
}

static bool load_row(struct check_run *run, json_t *j) {
    const char *point, *context, *verdict;
    json_int_t count;
    struct note n = {.verdict = V_CONFORMS};
    bool fresh;
    struct tally *t = &run->tally;
    uint32_t before = t->rows;
    if (json_unpack(j, "{s:s, s:s, s:s, s:s, s:s, s:I}", "point", &point, "context", &context, "answer",
                    &n.answer, "cites", &n.cites, "verdict", &verdict, "count", &count) != 0)
        return false;
    int v = verdict_of(verdict);
    if (v < 0 || count < 1 || !place_of(point, context, &n))
        return false;
    tally_note(t, &n, &fresh);
    if (t->rows == before)
        return false;
    t->row[before].verdict = (uint8_t)v;
    t->row[before].count = (uint64_t)count;
    return true;
}

static bool load_tally(struct check_run *run, const json_t *j) {
    const json_t *findings = json_object_get(j, "findings"), *rows = json_object_get(j, "profile"),
                 *verdicts = json_object_get(j, "verdicts");
    if (!json_is_array(findings) || !json_is_array(rows) || !json_is_object(verdicts))
        return false;
    for (size_t i = 0; i < json_array_size(findings); i++)
        if (!load_finding(run, json_array_get(findings, i)))
            return false;
    run->tally.rows = 0; /* the findings' own: all rows follow */
    for (size_t i = 0; i < json_array_size(rows); i++)
        if (!load_row(run, json_array_get(rows, i)))
            return false;
    for (int v = 0; v < V_COUNT; v++)
        run->tally.verdicts[v] = (uint64_t)json_integer_value(json_object_get(verdicts, verdict_name(v)));
    return true;
}

static bool load_forms(struct check_run *run, const json_t *j) {
    const json_t *list = json_object_get(j, "forms");
    if (!json_is_array(list) || json_array_size(list) > FORMS_MAX)
        return false;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i);
        const char *name = json_string_value(json_object_get(one, "form"));
        if (!name || strlen(name) >= sizeof run->forms.form[0].name)
            return false;
        struct form *f = &run->forms.form[run->forms.n++];
        snprintf(f->name, sizeof f->name, "%s", name);
        f->count = (uint64_t)json_integer_value(json_object_get(one, "count"));
        f->scenario = json_is_true(json_object_get(one, "scenario"));
    }
    return true;
}

static bool load_counts(struct running *r, json_t *j) {
    json_int_t programs, commands, responses, unjudged, number, generated, elapsed = 0;
    if (json_unpack(j, "{s:I, s:I, s:I, s:I, s:I, s:I, s?I}", "programs", &programs, "commands", &commands,
                    "responses", &responses, "unjudged", &unjudged, "number", &number, "generated",
                    &generated, "elapsed_ms", &elapsed) != 0 ||
        number < 0 || number > UINT32_MAX)
        return false;
    r->run->before = (struct run_before){.programs = (uint64_t)programs,
                                         .commands = (uint64_t)commands,
                                         .responses = (uint64_t)responses,
                                         .unjudged = (uint64_t)unjudged,
                                         .elapsed_ms = (uint64_t)elapsed};
    r->stage.number = r->run->number = (uint32_t)number;
    r->run->generated = (uint64_t)generated;
    return true;
}

bool run_resume(struct running *r, char *err, size_t errlen) {
    struct check_run *run = r->run;
    json_t *j = load(run->o->resume, err, errlen);
    if (!j)
        return false;
    const char *target = json_string_value(json_object_get(j, "target"));
    bool same = target && !strcmp(target, run->target);
    bool ok = same && load_tally(run, j) && load_forms(run, j) && load_counts(r, j);
    if (ok)
        snprintf(run->folder, sizeof run->folder, "%s", run->o->resume);
    else if (!same && target)
        snprintf(err, errlen, "--resume: %.200s is a run on %.100s", run->o->resume, target);
    else
        snprintf(err, errlen, "--resume: %.200s/run.json: not as this version writes it", run->o->resume);
    json_decref(j);
    return ok;
}
