/* diff_servers.c: `imapdiff diff` of servers: the same programs on each, and where they part: answers at choice points, findings,
 * outcomes of scenarios. */
#include "diff.h"

#include "check.h"
#include "cli.h"
#include "interrupt.h"
#include "report.h"
#include "server.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct servers {
    struct check_options o;
    struct check_run *run;
    int runs;
    uint32_t alike, one, parted; /* contexts: all say the same; only one has reached it; the rest */
    uint32_t findings, scenarios; /* that not all have; that end otherwise */
    uint32_t unoffered;           /* scenarios that need what not all have */
    int width;                    /* of the longest name */
};

/* "unseen" is no answer: nothing told it from the others. */
static bool is_answer(const struct profile_row *r, int point, uint32_t context) {
    return r->point == point && r->context == context && strcmp(r->answer, "unseen") != 0;
}

static const struct profile_row *find_answer(const struct check_run *r, int point, uint32_t context, const char *answer) {
    for (uint32_t i = 0; i < r->tally.rows; i++)
        if (is_answer(&r->tally.row[i], point, context) && (!answer || !strcmp(r->tally.row[i].answer, answer)))
            return &r->tally.row[i];
    return NULL;
}

static bool holds_all_of(const struct check_run *a, const struct check_run *b, int point, uint32_t context) {
    for (uint32_t i = 0; i < b->tally.rows; i++) {
        const struct profile_row *row = &b->tally.row[i];
        if (is_answer(row, point, context) && !find_answer(a, point, context, row->answer))
            return false;
    }
    return true;
}

enum parting { NOWHERE, ONE, ALIKE, PARTED };

/* Where all that have reached it gave the same answers, whatever their counts, they are alike. */
static enum parting part(const struct servers *s, int point, uint32_t context) {
    const struct check_run *first = NULL;
    enum parting p = NOWHERE;
    for (int i = 0; i < s->runs; i++) {
        const struct check_run *r = &s->run[i];
        if (!find_answer(r, point, context, NULL))
            continue;
        if (!first) {
            first = r;
            p = ONE;
        } else if (!holds_all_of(first, r, point, context) || !holds_all_of(r, first, point, context))
            return PARTED;
        else
            p = ALIKE;
    }
    return p;
}

static bool next_context(int *point, uint32_t *context) {
    if (*point >= 0 && ++*context < point_contexts(*point))
        return true;
    for (*context = 0; ++*point < POINT_COUNT;)
        if (point_kind(*point) == POINT_ENUM || point_kind(*point) == POINT_MATCH)
            return true;
    return false;
}

/* What no row of the grid holds: what breaks a rule, and what belongs to no choice point. */
static bool is_told(const struct finding *f) {
    return f->verdict == V_VIOLATES || f->verdict == V_DEVIATES || (f->verdict == V_UNDOCUMENTED && f->point < 0);
}

static const struct finding *find_finding(const struct check_run *r, const char *id) {
    for (uint32_t i = 0; i < r->tally.findings; i++)
        if (!strcmp(r->tally.finding[i].id, id))
            return &r->tally.finding[i];
    return NULL;
}

/* Has another run lacked it, and none before run `i` had it? */
static bool parts_by_finding(const struct servers *s, int i, const struct finding *f) {
    bool lacks = false;
    for (int k = 0; k < s->runs; k++) {
        const bool has = find_finding(&s->run[k], f->id) != NULL;
        if (has && k < i)
            return false;
        lacks = lacks || !has;
    }
    return lacks && is_told(f);
}

static const struct scenario_outcome *find_scenario(const struct check_run *r, const char *name) {
    for (uint32_t i = 0; i < r->scenarios; i++)
        if (!strcmp(r->scenario[i].name, name))
            return &r->scenario[i];
    return NULL;
}

/* Scenarios of the first run: all have the same, unless one ended early. What not all offer is told, and no difference of practice. */
static bool parts_by_scenario(const struct servers *s, const struct scenario_outcome *x, bool *unoffered) {
    bool parts = false;
    *unoffered = x->state == SCENARIO_NOT_OFFERED;
    for (int k = 1; k < s->runs; k++) {
        const struct scenario_outcome *y = find_scenario(&s->run[k], x->name);
        parts = parts || (y && y->state != x->state);
        *unoffered = *unoffered || (y && y->state == SCENARIO_NOT_OFFERED);
    }
    *unoffered = *unoffered && parts;
    return parts && !*unoffered;
}

static void count(struct servers *s) {
    uint32_t context = 0;
    for (int i = 0; i < s->runs; i++)
        s->width = (int)strlen(s->run[i].target) > s->width ? (int)strlen(s->run[i].target) : s->width;
    for (int point = -1; next_context(&point, &context);) {
        const enum parting p = part(s, point, context);
        s->alike += p == ALIKE;
        s->one += p == ONE;
        s->parted += p == PARTED;
    }
    for (int i = 0; i < s->runs; i++)
        for (uint32_t k = 0; k < s->run[i].tally.findings; k++)
            s->findings += parts_by_finding(s, i, &s->run[i].tally.finding[k]);
    for (uint32_t k = 0; s->runs && k < s->run[0].scenarios; k++) {
        bool unoffered;
        s->scenarios += parts_by_scenario(s, &s->run[0].scenario[k], &unoffered);
        s->unoffered += unoffered;
    }
}

/* ---- for people ---- */

static void show_context(const struct servers *s, int point, uint32_t context) {
    char text[160];
    point_context_text(point, context, text, sizeof text);
    printf("  %s\n", text[0] ? text : "always");
    for (int i = 0; i < s->runs; i++) {
        const struct check_run *r = &s->run[i];
        printf("    %-*s  ", s->width, r->target);
        for (uint32_t k = 0, n = 0; k < r->tally.rows; k++) {
            const struct profile_row *row = &r->tally.row[k];
            if (is_answer(row, point, context))
                printf("%s%s ×%llu%s%s%s", n++ ? " · " : "", row->answer, (unsigned long long)row->count,
                       row->cites[0] ? " [" : "", row->cites, row->cites[0] ? "]" : "");
        }
        puts(find_answer(r, point, context, NULL) ? "" : "not reached");
    }
}

static void show_grid(const struct servers *s) {
    uint32_t context = 0;
    int last = -1;
    for (int point = -1; next_context(&point, &context);) {
        if (part(s, point, context) != PARTED)
            continue;
        if (point != last)
            puts(point_name(point));
        last = point;
        show_context(s, point, context);
    }
}

static void show_findings(const struct servers *s) {
    for (int i = 0; i < s->runs; i++)
        for (uint32_t k = 0; k < s->run[i].tally.findings; k++) {
            const struct finding *f = &s->run[i].tally.finding[k];
            if (!parts_by_finding(s, i, f))
                continue;
            printf("%s %s  %s  %s\n", verdict_name(f->verdict), f->cites, f->summary, f->id);
            for (int j = 0; j < s->runs; j++) {
                const struct finding *g = find_finding(&s->run[j], f->id);
                printf("    %-*s  ", s->width, s->run[j].target);
                if (g)
                    printf("×%llu%s%s\n", (unsigned long long)g->count, g->trace ? "  " : "", g->trace ? g->trace : "");
                else
                    puts("-");
            }
        }
}

static const char *outcome(const struct scenario_outcome *x) {
    static const char *const names[] = {"pass", "otherwise", "not offered", "FAIL"};
    return x ? names[x->state] : "not run";
}

static void show_scenarios(const struct servers *s) {
    for (uint32_t k = 0; k < s->run[0].scenarios; k++) {
        const struct scenario_outcome *x = &s->run[0].scenario[k];
        bool unoffered;
        if (!parts_by_scenario(s, x, &unoffered))
            continue;
        printf("scenario %s  %s\n", x->name, x->cites);
        for (int i = 0; i < s->runs; i++) {
            const struct scenario_outcome *y = find_scenario(&s->run[i], x->name);
            printf("    %-*s  %s%s%s\n", s->width, s->run[i].target, outcome(y), y && y->text[0] ? ": " : "", y ? y->text : "");
        }
    }
}

static void show(const struct servers *s) {
    for (int i = 0; i < s->runs; i++)
        printf("%s, seed %llu: %llu programs, %llu commands, %llu responses\n", s->run[i].target,
               (unsigned long long)s->o.seed, (unsigned long long)s->run[i].programs,
               (unsigned long long)s->run[i].counts.commands, (unsigned long long)s->run[i].counts.responses);
    puts("");
    show_grid(s);
}

static void show_rest(const struct servers *s, int status) {
    show_findings(s);
    if (s->runs)
        show_scenarios(s);
    printf("%salike in %u contexts of choice points; %u more were reached on one alone, and %u scenarios need what not all offer\n",
           s->parted + s->findings + s->scenarios ? "\n" : "", s->alike, s->one, s->unoffered);
    printf("exit status %d: %u contexts are answered otherwise, %u findings are not on all, %u scenarios end otherwise\n", status,
           s->parted, s->findings, s->scenarios);
}

/* How much of what the server answers the model answers, too; of \Recent, which it calls no message, it is not asked. */
static void show_prediction(const struct servers *s) {
    uint64_t all = 0, both = 0;
    for (uint32_t i = 0; i < s->run[0].tally.rows; i++) {
        const struct profile_row *row = &s->run[0].tally.row[i];
        const enum point_kind kind = point_kind((enum point)row->point);
        if ((kind != POINT_ENUM && kind != POINT_MATCH) || !is_answer(row, row->point, row->context) ||
            !find_answer(&s->run[1], row->point, row->context, NULL) || row->point == P_RECENT)
            continue;
        all += row->count;
        both += find_answer(&s->run[1], row->point, row->context, row->answer) ? row->count : 0;
    }
    printf("%sthe model answers alike in %u of %u contexts that both reached; of the server's %llu answers there it gives %.1f %%\n",
           s->parted ? "\n" : "", s->alike, s->alike + s->parted, (unsigned long long)all, all ? 100.0 * (double)both / (double)all : 0.0);
}

/* ---- for machines ---- */

static json_t *answers(const struct check_run *r, int point, uint32_t context) {
    json_t *o = json_object();
    for (uint32_t k = 0; k < r->tally.rows; k++)
        if (is_answer(&r->tally.row[k], point, context))
            json_object_set_new(o, r->tally.row[k].answer, json_integer((json_int_t)r->tally.row[k].count));
    return o;
}

static json_t *parted_json(const struct servers *s) {
    json_t *list = json_array();
    uint32_t context = 0;
    for (int point = -1; next_context(&point, &context);) {
        char text[160];
        if (part(s, point, context) != PARTED)
            continue;
        json_t *each = json_array();
        for (int i = 0; i < s->runs; i++)
            json_array_append_new(each, answers(&s->run[i], point, context));
        json_array_append_new(list, json_pack("{s:s, s:s, s:o}", "point", point_name(point), "context",
                                              point_context_text(point, context, text, sizeof text), "answers", each));
    }
    return list;
}

static json_t *findings_json(const struct servers *s) {
    json_t *list = json_array();
    for (int i = 0; i < s->runs; i++)
        for (uint32_t k = 0; k < s->run[i].tally.findings; k++) {
            const struct finding *f = &s->run[i].tally.finding[k];
            if (!parts_by_finding(s, i, f))
                continue;
            json_t *counts = json_array();
            for (int j = 0; j < s->runs; j++) {
                const struct finding *g = find_finding(&s->run[j], f->id);
                json_array_append_new(counts, json_integer(g ? (json_int_t)g->count : 0));
            }
            json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:o}", "id", f->id, "verdict", verdict_name(f->verdict),
                                                  "cites", f->cites, "counts", counts));
        }
    return list;
}

static json_t *scenarios_json(const struct servers *s) {
    json_t *list = json_array();
    for (uint32_t k = 0; s->runs && k < s->run[0].scenarios; k++) {
        const struct scenario_outcome *x = &s->run[0].scenario[k];
        bool unoffered;
        if (!parts_by_scenario(s, x, &unoffered))
            continue;
        json_t *each = json_array();
        for (int i = 0; i < s->runs; i++)
            json_array_append_new(each, json_string(outcome(find_scenario(&s->run[i], x->name))));
        json_array_append_new(list, json_pack("{s:s, s:o}", "name", x->name, "results", each));
    }
    return list;
}

/* The runs as `check --json` writes them, and what parts them; each list there has one place for each of `targets`. */
static bool write_json(const struct servers *s, int status) {
    const char *name = s->o.json_file ? s->o.json_file : "standard output";
    FILE *f = s->o.json_file ? fopen(s->o.json_file, "w") : stdout;
    json_t *all = report_json(s->run, s->runs);
    if (all && s->runs == 1) /* the others could not be run */
        all = json_pack("{s:s, s:[o]}", "version", IMAPDIFF_VERSION, "targets", all);
    json_object_set_new(all, "differences",
                        json_pack("{s:i, s:i, s:i, s:o, s:o, s:o}", "alike", (int)s->alike, "one", (int)s->one,
                                  "unoffered", (int)s->unoffered, "contexts",
                                  parted_json(s), "findings", findings_json(s), "scenarios", scenarios_json(s)));
    json_object_set_new(all, "status", json_integer(status));
    bool ok = f && all && json_dumpf(all, f, JSON_INDENT(1)) == 0 && fputc('\n', f) != EOF && fflush(f) == 0;
    int why = errno;
    if (f && f != stdout && fclose(f) != 0 && ok) {
        ok = false;
        why = errno;
    }
    if (!ok)
        cli_error("diff: cannot write %s: %s", name, strerror(why));
    json_decref(all);
    return ok;
}

/* ---- the runs ---- */

static void run_each(struct servers *s, const volatile int *stop, int *status) {
    for (int i = 0; i < s->o.targets && !*stop; i++) {
        struct check_run *r = &s->run[s->runs++];
        const int one = check_target(s->o.target[i], &s->o, stop, r);
        if (one == EXIT_TARGET || one == EXIT_USAGE) {
            cli_error("diff: %s: %s", r->target, r->end_text[0] ? r->end_text : r->io_error);
            *status = check_worse(*status, one);
        }
    }
    if (*stop)
        *status = check_worse(*status, EXIT_TARGET);
}

/* Among servers, `dovecot` and `cyrus` are servers too; other libraries are not. */
static bool sound(struct check_options *o) {
    char err[800];
    for (int i = 0; i < o->targets; i++)
        if (!diff_names_server(o->target[i]) && !server_is_name(o->target[i], err, sizeof err)) {
            cli_error("diff: expected libraries or servers, not both: `%s` is no server", o->target[i]);
            return false;
        }
    if (o->targets < 2)
        cli_error("diff: expected two servers or more (imapdiff check judges one)");
    else if (o->junit || o->tap || o->report || o->profile || o->resume || o->print_programs)
        cli_error("diff: --junit, --tap, --report, --profile, --resume and --print-programs are options of check alone");
    else if (!check_inputs(o, err, sizeof err))
        cli_error("%s", err);
    else
        return true;
    return false;
}

static bool begin(struct servers *s, const struct check_options *o) {
    *s = (struct servers){.o = *o, .run = calloc((size_t)o->targets, sizeof *s->run)};
    if (!s->run)
        cli_error("diff: out of memory");
    return s->run != NULL;
}

static void end(struct servers *s) {
    for (int i = 0; i < s->runs; i++)
        check_run_free(&s->run[i]);
    free(s->run);
}

int diff_prediction(const struct check_options *o) {
    struct servers s;
    int status = EXIT_CLEAN;
    if (!begin(&s, o))
        return EXIT_USAGE;
    run_each(&s, interrupt_catch(), &status);
    count(&s);
    if (s.runs == 2) {
        show(&s);
        show_prediction(&s);
    }
    end(&s);
    return status;
}

static int diff_servers(const struct check_options *o) {
    struct servers s;
    int status = EXIT_CLEAN;
    if (!begin(&s, o))
        return EXIT_USAGE;
    run_each(&s, interrupt_catch(), &status);
    count(&s);
    if (s.parted + s.findings + s.scenarios)
        status = EXIT_FINDINGS;
    if (s.o.json && !write_json(&s, status))
        status = check_worse(status, EXIT_USAGE);
    if (!s.o.json || s.o.json_file) {
        show(&s);
        show_rest(&s, status);
    }
    end(&s);
    return status;
}

int diff_servers_main(int argc, char **argv) {
    struct check_options o = {.seed = 1, .clients = 4, .programs = CHECK_NO_LIMIT};
    if (!check_parse(argc, argv, &o) || !sound(&o))
        return EXIT_USAGE;
    if (!o.time_ms && o.programs == CHECK_NO_LIMIT)
        o.programs = DIFF_PROGRAMS;
    return diff_servers(&o);
}
