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

/* Findings of one choice point with one answer, in whatever contexts: the grid has each of them already. What
 * fails the run is never folded: each has a trace of its own to replay. */
struct fold {
    uint32_t first; /* index of the most frequent one */
    uint32_t contexts;
    uint64_t count;
    bool known; /* all of them */
};

static bool same_fold(const struct finding *a, const struct finding *b) {
    return a->verdict == b->verdict && a->point == b->point && !strcmp(a->answer, b->answer) &&
           !strcmp(a->cites, b->cites) && !strcmp(a->summary, b->summary);
}

/* Fold of finding i; contexts is 0 if an earlier finding stands for it. */
static struct fold fold_of(const struct check_run *r, uint32_t i) {
    const struct finding *f = &r->tally.finding[i];
    struct fold o = {.first = i, .contexts = 1, .count = f->count, .known = f->known};
    if (f->point < 0 || finding_fails(f, r->o->strict))
        return o;
    for (uint32_t k = 0; k < r->tally.findings; k++) {
        const struct finding *g = &r->tally.finding[k];
        if (k == i || finding_fails(g, r->o->strict) || !same_fold(f, g))
            continue;
        if (k < i)
            return (struct fold){0};
        o.contexts++;
        o.count += g->count;
        o.known = o.known && g->known;
    }
    return o;
}

static void in_contexts(const struct paper *p, const struct finding *f, uint32_t n) {
    char context[160] = "";
    point_context_text(f->point, f->context, context, sizeof context);
    if (n > 1)
        fprintf(p->f, " in %u contexts", n);
    else if (context[0])
        fprintf(p->f, " %s", context);
}

static void finding(const struct paper *p, const struct check_run *r, const struct fold *o) {
    const struct finding *f = &r->tally.finding[o->first];
    fprintf(p->f, "%s%s%s %s  %s  ×%llu%s  %s%s%s\n", ink(p, verdict_ink(f->verdict)),
            verdict_name(f->verdict), ink(p, PLAIN), f->cites, f->summary, (unsigned long long)o->count,
            o->known ? "  (known)" : "", ink(p, DIM), f->id, ink(p, PLAIN));
    if (f->point >= 0) {
        fprintf(p->f, "    at       %s", point_name(f->point));
        in_contexts(p, f, o->contexts);
        fprintf(p->f, ": %s\n", f->answer);
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

/* Practices that nobody wrote down: a line each, with the answer and its words. */
static void short_finding(const struct paper *p, const struct check_run *r, const struct fold *o) {
    const struct finding *f = &r->tally.finding[o->first];
    fprintf(p->f, "%s%s%s %s", ink(p, verdict_ink(f->verdict)), verdict_name(f->verdict), ink(p, PLAIN),
            f->point >= 0 ? point_name(f->point) : f->cites);
    if (f->point >= 0)
        fprintf(p->f, ": %s", f->answer);
    fprintf(p->f, "  ×%llu", (unsigned long long)o->count);
    if (f->point >= 0)
        in_contexts(p, f, o->contexts);
    fprintf(p->f, "%s%s%s  %s%s%s\n", f->summary[0] ? "  " : "", f->summary, o->known ? "  (known)" : "",
            ink(p, DIM), f->id, ink(p, PLAIN));
}

/* By the greatest weight first: the tally is sorted so. */
static void findings(const struct paper *p, const struct check_run *r) {
    uint32_t shown = 0;
    for (uint32_t i = 0; i < r->tally.findings; i++) {
        const struct finding *f = &r->tally.finding[i];
        struct fold o = fold_of(r, i);
        if (!o.contexts || (r->o->quiet && !finding_fails(f, r->o->strict)))
            continue;
        if (f->verdict == V_UNDOCUMENTED)
            short_finding(p, r, &o);
        else
            finding(p, r, &o);
        shown++;
    }
    if (!shown && !r->o->quiet)
        fputs("no finding\n", p->f);
}

/* MAP-I15: a server that answers one situation now so, now otherwise. That is told, and fails nothing: what
 * tells two situations apart may be something that contexts do not hold. */
static void unstable(const struct paper *p, const struct check_run *r) {
    for (uint32_t i = 0; i < r->tally.rows; i++) {
        const struct profile_row *row = &r->tally.row[i];
        if (tally_answers(&r->tally, i) < 2)
            continue;
        char context[160];
        point_context_text(row->point, row->context, context, sizeof context);
        fprintf(p->f, "not always the same: %s%s%s:", point_name(row->point), context[0] ? " " : "", context);
        for (uint32_t k = i, n = 0; k < r->tally.rows; k++) {
            const struct profile_row *other = &r->tally.row[k];
            if (other->point == row->point && other->context == row->context)
                fprintf(p->f, "%s %s ×%llu", n++ ? "," : "", other->answer, (unsigned long long)other->count);
        }
        fprintf(p->f, " %s[MAP-I15]%s\n", ink(p, DIM), ink(p, PLAIN));
    }
}

/* Which of the scenarios' commands a long run did not repeat often enough to meet defects that come and go.
 */
static void rare_forms(const struct paper *p, const struct check_run *r) {
    uint32_t rare = 0, all = 0;
    for (uint32_t i = 0; i < r->forms.n; i++) {
        all += r->forms.form[i].scenario;
        rare += r->forms.form[i].scenario && r->forms.form[i].count < FORMS_OFTEN;
    }
    if (!r->o->reach || r->o->time_ms < 60000 || !all)
        return;
    fprintf(p->f, "command forms of scenarios: %u of %u were sent at least %d times\n", all - rare, all,
            FORMS_OFTEN);
    for (uint32_t i = 0; i < r->forms.n; i++)
        if (r->forms.form[i].scenario && r->forms.form[i].count < FORMS_OFTEN)
            fprintf(p->f, "  %-32s ×%llu%s\n", r->forms.form[i].name,
                    (unsigned long long)r->forms.form[i].count,
                    forms_fatal(&r->forms, i) ? "  not repeated: the server dies of it" : "");
}

/* Why the exit status is what it is. */
static void status(const struct paper *p, const struct check_run *r) {
    uint32_t findings = 0, scenarios = 0, missing = reach_missing(r);
    for (uint32_t i = 0; i < r->tally.findings; i++)
        findings += finding_fails(&r->tally.finding[i], r->o->strict);
    for (uint32_t i = 0; i < r->scenarios; i++)
        scenarios += r->scenario[i].state == SCENARIO_FAIL;
    if (missing)
        fprintf(p->f, "%u contexts of choice points were not reached and have no reason%s\n", missing,
                r->o->reach ? ": this fails the run" : "");
    fprintf(p->f, "%sexit status %d%s: ", ink(p, r->status ? RED : GREEN), r->status, ink(p, PLAIN));
    if (findings || scenarios)
        fprintf(p->f, "%u finding%s and %u scenario%s fail this run\n", findings, findings == 1 ? "" : "s",
                scenarios, scenarios == 1 ? "" : "s");
    else if (r->end != DRIVE_DONE)
        fputs("the run ended early\n", p->f);
    else if (r->io_error[0])
        fputs("something could not be written\n", p->f);
    else
        fputs(r->status ? "contexts were not reached (--reach)\n" : "nothing here fails a run\n", p->f);
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
    if (!r->programs && !r->tally.findings && (r->end_text[0] || r->io_error[0]))
        return; /* nothing was done: the error says all */
    if (!quiet) {
        counts(&p, r);
        fputs("\n", out);
        grid(&p, r);
        fputs("\n", out);
        unstable(&p, r);
        rare_forms(&p, r);
    }
    scenarios(&p, r);
    findings(&p, r);
    if (quiet)
        return;
    fputs("\n", out);
    if (r->folder[0])
        fprintf(out, "written: %s/\n", r->folder);
    status(&p, r);
}
