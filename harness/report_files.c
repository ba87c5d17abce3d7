/* report_files.c: JUnit and TAP, and putting every asked-for form into its file. */
#include "report.h"

#include <errno.h>
#include <string.h>

static void xml(FILE *out, const char *z) {
    for (; *z; z++) {
        unsigned char c = (unsigned char)*z;
        if (c == '&' || c == '<' || c == '>' || c == '"')
            fprintf(out, "&#%d;", c);
        else if (c >= 0x20 || c == '\n' || c == '\t')
            fputc(c, out);
        else
            fputc('?', out);
    }
}

static void junit_case(FILE *out, const struct check_run *r, const char *name, bool fails, const char *kind,
                       const char *summary, const char *text) {
    fputs("    <testcase classname=\"", out);
    xml(out, r->target);
    fputs("\" name=\"", out);
    xml(out, name);
    fputs("\">", out);
    if (fails) {
        fputs("<failure type=\"", out);
        xml(out, kind);
        fputs("\" message=\"", out);
        xml(out, summary);
        fputs("\">", out);
        xml(out, text);
        fputs("</failure>", out);
    }
    fputs("</testcase>\n", out);
}

/* One test case per finding, per scenario, and one for the run itself. */
static void junit_run(FILE *out, const struct check_run *r) {
    uint32_t failing = 0;
    for (uint32_t i = 0; i < r->tally.findings; i++)
        failing += finding_fails(&r->tally.finding[i], r->o->strict);
    for (uint32_t i = 0; i < r->scenarios; i++)
        failing += r->scenario[i].state == SCENARIO_FAIL;
    fputs("  <testsuite name=\"imapdiff ", out);
    xml(out, r->target);
    fprintf(out, "\" tests=\"%u\" failures=\"%u\" errors=\"%d\">\n", r->tally.findings + r->scenarios + 1,
            failing, r->end != DRIVE_DONE || r->io_error[0] ? 1 : 0);
    for (uint32_t i = 0; i < r->tally.findings; i++) {
        const struct finding *f = &r->tally.finding[i];
        char name[400], text[1200];
        snprintf(name, sizeof name, "%s %s %s", f->id, f->cites, f->summary);
        snprintf(text, sizeof text, "seen: %.400s\nallowed: %.400s\ntrace: %.300s", f->seen, f->allowed,
                 f->trace ? f->trace : "");
        junit_case(out, r, name, finding_fails(f, r->o->strict), verdict_name(f->verdict), f->summary, text);
    }
    for (uint32_t i = 0; i < r->scenarios; i++) {
        const struct scenario_outcome *s = &r->scenario[i];
        junit_case(out, r, s->name, s->state == SCENARIO_FAIL, s->cites, s->text, s->text);
    }
    fputs("    <testcase classname=\"", out);
    xml(out, r->target);
    fputs("\" name=\"run\">", out);
    if (r->end != DRIVE_DONE || r->end_text[0] || r->io_error[0]) {
        fputs("<error message=\"", out);
        xml(out, r->end_text[0] ? r->end_text : r->io_error);
        fputs("\"/>", out);
    }
    fputs("</testcase>\n  </testsuite>\n", out);
}

void report_junit(FILE *out, const struct check_run *runs, int n) {
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n", out);
    for (int i = 0; i < n; i++)
        junit_run(out, &runs[i]);
    fputs("</testsuites>\n", out);
}

void report_tap(FILE *out, const struct check_run *runs, int n) {
    unsigned total = 0, k = 0;
    for (int i = 0; i < n; i++)
        total += runs[i].tally.findings + runs[i].scenarios + 1;
    fprintf(out, "TAP version 13\n1..%u\n", total);
    for (int i = 0; i < n; i++) {
        const struct check_run *r = &runs[i];
        for (uint32_t j = 0; j < r->tally.findings; j++) {
            const struct finding *f = &r->tally.finding[j];
            fprintf(out, "%sok %u - %s: %s %s: %s (%llu)\n", finding_fails(f, r->o->strict) ? "not " : "",
                    ++k, r->target, verdict_name(f->verdict), f->cites, f->summary,
                    (unsigned long long)f->count);
            fprintf(out, "# seen: %s\n# allowed: %s\n", f->seen, f->allowed);
        }
        for (uint32_t j = 0; j < r->scenarios; j++) {
            const struct scenario_outcome *s = &r->scenario[j];
            fprintf(out, "%sok %u - %s: scenario %s%s\n", s->state == SCENARIO_FAIL ? "not " : "", ++k,
                    r->target, s->name, s->state == SCENARIO_NOT_OFFERED ? " # SKIP not offered" : "");
        }
        bool ended = r->end != DRIVE_DONE || r->end_text[0] || r->io_error[0];
        fprintf(out, "%sok %u - %s: run%s%s\n", ended ? "not " : "", ++k, r->target, ended ? ": " : "",
                r->end_text[0] ? r->end_text : r->io_error);
    }
}

static bool close_file(FILE *f, const char *name, bool ok, char *err, size_t errlen) {
    ok = ok && fflush(f) == 0 && !ferror(f);
    int why = errno;
    if (f != stdout && fclose(f) != 0) {
        ok = false;
        why = errno;
    }
    if (!ok)
        snprintf(err, errlen, "cannot write %s: %s", name, strerror(why));
    return ok;
}

typedef void writer(FILE *out, const struct check_run *runs, int n);

static void write_json(FILE *out, const struct check_run *runs, int n) {
    json_t *o = report_json(runs, n);
    if (o)
        json_dumpf(o, out, JSON_INDENT(1));
    fputc('\n', out);
    json_decref(o);
}

static bool write_to(bool wanted, const char *file, writer *w, const struct check_run *runs, int n, char *err,
                     size_t errlen) {
    if (!wanted)
        return true;
    FILE *f = file ? fopen(file, "w") : stdout;
    if (!f) {
        snprintf(err, errlen, "cannot write %s: %s", file, strerror(errno));
        return false;
    }
    errno = 0;
    w(f, runs, n);
    return close_file(f, file ? file : "to standard output", true, err, errlen);
}

bool report_files(const struct check_run *runs, int n, char *err, size_t errlen) {
    const struct check_options *o = runs[0].o;
    char more[400];
    bool ok = write_to(o->json, o->json_file, write_json, runs, n, err, errlen);
    ok = write_to(o->junit, o->junit_file, report_junit, runs, n, ok ? err : more,
                  ok ? errlen : sizeof more) &&
         ok;
    ok = write_to(o->tap, o->tap_file, report_tap, runs, n, ok ? err : more, ok ? errlen : sizeof more) && ok;
    if (o->report)
        ok = report_html(o->report, runs, n, ok ? err : more, ok ? errlen : sizeof more) && ok;
    return ok;
}
