/* report_text.c: what a person reads at the end of a run: counts, the grid of practices, findings. */
#include "report.h"

#include "clauses.h"
#include "target.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PLAIN, BOLD, RED, GREEN, YELLOW, DIM };
struct paper {
    FILE *f;
    bool colour;
};

bool report_colour(FILE *out) {
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    return isatty(fileno(out)) && !(no && *no) && term && strcmp(term, "dumb");
}

static const char *ink(const struct paper *p, int k) {
    static const char *const code[] = {"\033[0m", "\033[1m", "\033[31m", "\033[32m", "\033[33m", "\033[2m"};
    return p->colour ? code[k] : "";
}

static int verdict_ink(uint8_t verdict) {
    return verdict == V_VIOLATES    ? RED
           : verdict == V_CONFORMS  ? GREEN
           : verdict == V_AMBIGUOUS ? PLAIN
                                    : YELLOW;
}

static void counts(const struct paper *p, const struct check_run *r) {
    uint64_t ms = r->elapsed_ms ? r->elapsed_ms : 1, judged = r->judged.responses - r->judged.unjudged;
    fprintf(p->f, "%s%s%s, seed %llu: %llu programs, %llu commands, %llu responses", ink(p, BOLD), r->target,
            ink(p, PLAIN), (unsigned long long)r->o->seed, (unsigned long long)r->programs,
            (unsigned long long)r->counts.commands, (unsigned long long)r->counts.responses);
    if (r->kind != TARGET_MODEL) /* the model's output is the same in every run with one seed */
        fprintf(p->f, " in %llu.%llu s (%llu commands per second)", (unsigned long long)(ms / 1000),
                (unsigned long long)(ms % 1000 / 100), (unsigned long long)(r->counts.commands * 1000 / ms));
    if (r->judged.responses)
        fprintf(p->f, "; %.2f %% of responses judged", 100.0 * (double)judged / (double)r->judged.responses);
    fputs("\nverdicts:", p->f);
    for (int v = 0; v < V_COUNT; v++)
        fprintf(p->f, "%s %llu %s", v ? "," : "", (unsigned long long)r->tally.verdicts[v], verdict_name(v));
    fputs("\n", p->f);
}

static void unreached(const struct paper *p, const struct check_run *r, int point, uint32_t context) {
    const char *why = reach_reason(r, point, context);
    fprintf(p->f, "%s%s%s%s\n", ink(p, why ? DIM : YELLOW),
            why ? "not reached: " : "not reached, no reason known", why ? why : "", ink(p, PLAIN));
}

static void grid_row(const struct paper *p, const struct check_run *r, int point, uint32_t context) {
    char text[160];
    point_context_text(point, context, text, sizeof text);
    fprintf(p->f, "  %-44s ", text[0] ? text : "always");
    bool any = false;
    for (uint32_t i = 0; i < r->tally.rows; i++) {
        const struct profile_row *row = &r->tally.row[i];
        if (row->point != point || row->context != context)
            continue;
        fprintf(p->f, "%s%s%s%s ×%llu%s%s%s", any ? " · " : "", ink(p, verdict_ink(row->verdict)),
                row->answer, ink(p, PLAIN), (unsigned long long)row->count, row->cites[0] ? " [" : "",
                row->cites, row->cites[0] ? "]" : "");
        if (r->o->profile && !row->expected)
            fprintf(p->f, " %snew%s", ink(p, BOLD), ink(p, PLAIN));
        any = true;
    }
    if (any)
        fputs("\n", p->f);
    else
        unreached(p, r, point, context);
}

static void grid(const struct paper *p, const struct check_run *r) {
    for (int point = 0; point < POINT_COUNT; point++) {
        if (point_kind(point) != POINT_ENUM && point_kind(point) != POINT_MATCH)
            continue;
        fprintf(p->f, "%s%s%s\n", ink(p, BOLD), point_name(point), ink(p, PLAIN));
        for (uint32_t c = 0; c < point_contexts(point); c++)
            grid_row(p, r, point, c);
    }
}

/* The first clause's own words. */
static void clause_line(const struct paper *p, const char *cites) {
    char id[48];
    const char *start = cites;
    while (*start) {
        size_t n = strcspn(start, " ");
        snprintf(id, sizeof id, "%.*s", (int)n, start);
        const struct clause *c = clause_find(id);
        if (c)
            fprintf(p->f, "    %-9s%s: %s\n", start == cites ? "clause" : "", c->id, c->statement);
        start += n + strspn(start + n, " ");
    }
}

static void finding(const struct paper *p, const struct check_run *r, const struct finding *f) {
    fprintf(p->f, "%s%s%s %s  %s  ×%llu%s  %s%s%s\n", ink(p, verdict_ink(f->verdict)),
            verdict_name(f->verdict), ink(p, PLAIN), f->cites, f->summary, (unsigned long long)f->count,
            f->known ? "  (known)" : "", ink(p, DIM), f->id, ink(p, PLAIN));
    if (f->point >= 0) {
        char context[160];
        point_context_text(f->point, f->context, context, sizeof context);
        fprintf(p->f, "    at       %s%s%s\n", point_name(f->point), context[0] ? " " : "", context);
    }
    if (f->seen[0])
        fprintf(p->f, "    seen     %s\n", f->seen);
    if (f->allowed[0])
        fprintf(p->f, "    allowed  %s\n", f->allowed);
    clause_line(p, f->cites);
    if (f->trace)
        fprintf(p->f, "    trace    imapdiff replay %s %s\n", f->trace,
                r->kind == TARGET_URL ? "URL" : r->target);
}

/* Practices that nobody wrote down stand in the grid, too: a line each. */
static void short_finding(const struct paper *p, const struct finding *f) {
    char context[160] = "";
    if (f->point >= 0)
        point_context_text(f->point, f->context, context, sizeof context);
    fprintf(p->f, "%s%s%s %s%s%s%s  ×%llu  %s%s  %s%s%s\n", ink(p, verdict_ink(f->verdict)),
            verdict_name(f->verdict), ink(p, PLAIN), f->point >= 0 ? point_name(f->point) : f->cites,
            context[0] ? " " : "", context, f->point >= 0 ? ":" : "", (unsigned long long)f->count,
            f->summary, f->known ? "  (known)" : "", ink(p, DIM), f->id, ink(p, PLAIN));
}

static void findings(const struct paper *p, const struct check_run *r) {
    uint32_t shown = 0;
    for (uint32_t i = 0; i < r->tally.findings; i++) {
        const struct finding *f = &r->tally.finding[i];
        if (r->o->quiet && !finding_fails(f, r->o->strict))
            continue;
        if (f->verdict == V_UNDOCUMENTED)
            short_finding(p, f);
        else
            finding(p, r, f);
        shown++;
    }
    if (!shown && !r->o->quiet)
        fputs("no finding\n", p->f);
}

/* Those that need what the server does not have, by what that is. */
static void not_offered(const struct paper *p, const struct check_run *r) {
    for (uint32_t i = 0; i < r->scenarios; i++) {
        const struct scenario_outcome *s = &r->scenario[i];
        uint32_t n = 0;
        bool first = s->state == SCENARIO_NOT_OFFERED;
        for (uint32_t k = 0; first && k < r->scenarios; k++) {
            bool same = r->scenario[k].state == SCENARIO_NOT_OFFERED && !strcmp(r->scenario[k].text, s->text);
            n += same;
            first = !same || k >= i;
        }
        if (first)
            fprintf(p->f, "  %s%s%s (%u scenario%s)%s\n", ink(p, DIM),
                    strncmp(s->text, "not offered", 11) ? "not offered: " : "", s->text, n, n == 1 ? "" : "s",
                    ink(p, PLAIN));
    }
}

static void scenarios(const struct paper *p, const struct check_run *r) {
    static const char *const names[] = {"pass", "otherwise", "not offered", "FAIL"};
    static const int inks[] = {GREEN, PLAIN, DIM, RED};
    uint32_t n[4] = {0};
    for (uint32_t i = 0; i < r->scenarios; i++)
        n[r->scenario[i].state]++;
    if (!r->scenarios || (r->o->quiet && !n[SCENARIO_FAIL]))
        return;
    fprintf(p->f, "%sscenarios%s: %u pass, %u allowed otherwise, %u not offered, %u fail\n", ink(p, BOLD),
            ink(p, PLAIN), n[0], n[1], n[2], n[3]);
    for (uint32_t i = 0; i < r->scenarios; i++) {
        const struct scenario_outcome *s = &r->scenario[i];
        if (s->state == SCENARIO_PASS || s->state == SCENARIO_NOT_OFFERED ||
            (r->o->quiet && s->state != SCENARIO_FAIL))
            continue;
        fprintf(p->f, "  %s%-11s%s %-36s %s%s%s\n", ink(p, inks[s->state]), names[s->state], ink(p, PLAIN),
                s->name, s->text, s->cites[0] ? "  " : "", s->cites);
    }
    if (!r->o->quiet)
        not_offered(p, r);
}

void report_text(FILE *out, const struct check_run *r, bool colour) {
    struct paper p = {out, colour};
    bool quiet = r->o->quiet;
    if (!r->programs && (r->end_text[0] || r->io_error[0]))
        return; /* nothing was done: the error says all */
    if (!quiet) {
        counts(&p, r);
        fputs("\n", out);
        grid(&p, r);
        fputs("\n", out);
    }
    scenarios(&p, r);
    findings(&p, r);
    if (quiet)
        return;
    if (r->folder[0])
        fprintf(out, "\nwritten: %s/\n", r->folder);
    uint32_t missing = reach_missing(r);
    if (missing)
        fprintf(out, "%u contexts of choice points were not reached and have no reason%s\n", missing,
                r->o->reach ? ": this fails the run" : "");
    if (tally_fails(&r->tally, r->o->strict))
        fprintf(out, "%sfindings fail this run%s (exit status 1)\n", ink(&p, RED), ink(&p, PLAIN));
}
