/* part_show.c: the differences between servers, for people and machines. */
#include "part.h"

#include "cli.h"
#include "report.h"

#include <errno.h>
#include <string.h>

static void show_context(const struct parted *s, int point, uint32_t context) {
    char text[160];
    point_context_text(point, context, text, sizeof text);
    printf("  %s\n", text[0] ? text : "always");
    for (int i = 0; i < s->runs; i++) {
        const struct check_run *r = &s->run[i];
        printf("    %-*s  ", s->width, r->target);
        uint32_t n = 0;
        bool reached = false;
        for (uint32_t k = 0; k < r->tally.rows; k++) {
            const struct profile_row *row = &r->tally.row[k];
            reached = reached || (row->point == point && row->context == context);
            if (part_is_answer(row, point, context))
                printf("%s%s ×%llu%s%s%s", n++ ? " · " : "", row->answer, (unsigned long long)row->count,
                       row->cites[0] ? " [" : "", row->cites, row->cites[0] ? "]" : "");
        }
        puts(n ? "" : reached ? "unseen" : "not reached");
    }
}

static void show_grid(const struct parted *s) {
    uint32_t context = 0;
    int last = -1;
    for (int point = -1; part_next(&point, &context);) {
        if (part_at(s, point, context) != PARTED)
            continue;
        if (point != last)
            puts(point_name(point));
        last = point;
        show_context(s, point, context);
    }
}

static void show_findings(const struct parted *s) {
    for (int i = 0; i < s->runs; i++)
        for (uint32_t k = 0; k < s->run[i].tally.findings; k++) {
            const struct finding *f = &s->run[i].tally.finding[k];
            if (!part_by_finding(s, i, f))
                continue;
            printf("%s %s  %s  %s\n", verdict_name(f->verdict), f->cites, f->summary, f->id);
            for (int j = 0; j < s->runs; j++) {
                const struct finding *g = part_finding(&s->run[j], f->id);
                printf("    %-*s  ", s->width, s->run[j].target);
                if (g)
                    printf("×%llu%s%s\n", (unsigned long long)g->count, g->trace ? "  " : "",
                           g->trace ? g->trace : "");
                else
                    puts("-");
            }
        }
}

static const char *outcome(const struct scenario_outcome *x) {
    return x ? report_outcome(x->state) : "not run";
}

static void show_scenarios(const struct parted *s) {
    for (uint32_t k = 0; k < part_longest(s)->scenarios; k++) {
        const struct scenario_outcome *x = &part_longest(s)->scenario[k];
        bool unoffered;
        if (!part_by_scenario(s, x, &unoffered))
            continue;
        printf("scenario %s  %s\n", x->name, x->cites);
        for (int i = 0; i < s->runs; i++) {
            const struct scenario_outcome *y = part_scenario(&s->run[i], x->name);
            printf("    %-*s  %s%s%s\n", s->width, s->run[i].target, outcome(y), y && y->text[0] ? ": " : "",
                   y ? y->text : "");
        }
    }
}

void part_show(const struct parted *s) {
    for (int i = 0; i < s->runs; i++)
        printf("%s, seed %llu: %llu programs, %llu commands, %llu responses\n", s->run[i].target,
               (unsigned long long)s->run[i].o->seed, (unsigned long long)s->run[i].programs,
               (unsigned long long)s->run[i].counts.commands, (unsigned long long)s->run[i].counts.responses);
    puts("");
    show_grid(s);
}

void part_show_rest(const struct parted *s, int status) {
    show_findings(s);
    if (s->runs)
        show_scenarios(s);
    printf("%salike in %u contexts of choice points; %u more were reached on one alone, and %u scenarios "
           "need what not all offer\n",
           s->parted + s->findings + s->scenarios ? "\n" : "", s->alike, s->one, s->unoffered);
    printf("exit status %d: %u contexts are answered otherwise, %u findings are not on all, %u scenarios end "
           "otherwise\n",
           status, s->parted, s->findings, s->scenarios);
}

static uint64_t count_of(const struct check_run *r, int point, uint32_t context) {
    uint64_t n = 0;
    for (uint32_t i = 0; i < r->tally.rows; i++)
        n += part_is_answer(&r->tally.row[i], point, context) ? r->tally.row[i].count : 0;
    return n;
}

/* How many of the server's answers in a context the model gives, where it gives each as often as its own
 * shares say. */
static double shared(const struct check_run *server, const struct check_run *model, int point,
                     uint32_t context) {
    const double of = (double)count_of(server, point, context),
                 among = (double)count_of(model, point, context);
    double n = 0;
    for (uint32_t i = 0; i < server->tally.rows; i++) {
        const struct profile_row *row = &server->tally.row[i];
        const struct profile_row *same =
            part_is_answer(row, point, context) ? part_answer(model, point, context, row->answer) : NULL;
        const double share = same ? (double)same->count / among * of : 0;
        n += share < (double)row->count ? share : same ? (double)row->count : 0;
    }
    return n;
}

/* Of \Recent, which it calls no message, the model is not asked. */
void part_show_prediction(const struct parted *s) {
    uint32_t context = 0, alike = 0, both = 0, alone = 0;
    double of = 0, given = 0;
    for (int point = -1; part_next(&point, &context);) {
        const enum parting p = part_at(s, point, context);
        alone += p == ONE && part_answer(&s->run[0], point, context, NULL);
        if (point == P_RECENT || p == ONE || p == NOWHERE)
            continue;
        both++;
        alike += p == ALIKE;
        of += (double)count_of(&s->run[0], point, context);
        given += shared(&s->run[0], &s->run[1], point, context);
    }
    printf(
        "%sthe model answers alike in %u of %u contexts; of the server's %.0f answers there it gives %.1f %%",
        s->parted ? "\n" : "", alike, both, of, of > 0 ? 100 * given / of : 0.0);
    printf("; %u more contexts were reached on the server alone\n", alone);
}

/* ---- for machines ---- */

static json_t *answers(const struct check_run *r, int point, uint32_t context) {
    json_t *o = json_object();
    for (uint32_t k = 0; k < r->tally.rows; k++)
        if (part_is_answer(&r->tally.row[k], point, context))
            json_object_set_new(o, r->tally.row[k].answer, json_integer((json_int_t)r->tally.row[k].count));
    return o;
}

static json_t *parted_json(const struct parted *s) {
    json_t *list = json_array();
    uint32_t context = 0;
    for (int point = -1; part_next(&point, &context);) {
        char text[160];
        if (part_at(s, point, context) != PARTED)
            continue;
        json_t *each = json_array();
        for (int i = 0; i < s->runs; i++)
            json_array_append_new(each, answers(&s->run[i], point, context));
        json_array_append_new(list, json_pack("{s:s, s:s, s:o}", "point", point_name(point), "context",
                                              point_context_text(point, context, text, sizeof text),
                                              "answers", each));
    }
    return list;
}

static json_t *findings_json(const struct parted *s) {
    json_t *list = json_array();
    for (int i = 0; i < s->runs; i++)
        for (uint32_t k = 0; k < s->run[i].tally.findings; k++) {
            const struct finding *f = &s->run[i].tally.finding[k];
            if (!part_by_finding(s, i, f))
                continue;
            json_t *counts = json_array();
            for (int j = 0; j < s->runs; j++) {
                const struct finding *g = part_finding(&s->run[j], f->id);
                json_array_append_new(counts, json_integer(g ? (json_int_t)g->count : 0));
            }
            json_array_append_new(list,
                                  json_pack("{s:s, s:s, s:s, s:o}", "id", f->id, "verdict",
                                            verdict_name(f->verdict), "cites", f->cites, "counts", counts));
        }
    return list;
}

static json_t *scenarios_json(const struct parted *s) {
    json_t *list = json_array();
    for (uint32_t k = 0; s->runs && k < part_longest(s)->scenarios; k++) {
        const struct scenario_outcome *x = &part_longest(s)->scenario[k];
        bool unoffered;
        if (!part_by_scenario(s, x, &unoffered))
            continue;
        json_t *each = json_array();
        for (int i = 0; i < s->runs; i++)
            json_array_append_new(each, json_string(outcome(part_scenario(&s->run[i], x->name))));
        json_array_append_new(list, json_pack("{s:s, s:o}", "name", x->name, "results", each));
    }
    return list;
}

/* The runs as `check --json` writes them, and what parts them; each list there has one place for each of
 * `targets`. */
bool part_write_json(const struct parted *s, int status) {
    const char *name = s->o[0].json_file ? s->o[0].json_file : "standard output";
    FILE *f = s->o[0].json_file ? fopen(s->o[0].json_file, "w") : stdout;
    json_t *all = report_json(s->run, s->runs);
    if (all && s->runs == 1) /* the others could not be run */
        all = json_pack("{s:s, s:[o]}", "version", IMAPDIFF_VERSION, "targets", all);
    json_object_set_new(all, "differences",
                        json_pack("{s:i, s:i, s:i, s:o, s:o, s:o}", "alike", (int)s->alike, "one",
                                  (int)s->one, "unoffered", (int)s->unoffered, "contexts", parted_json(s),
                                  "findings", findings_json(s), "scenarios", scenarios_json(s)));
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
