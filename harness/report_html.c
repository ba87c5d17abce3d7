/* report_html.c: one page that needs no other file: counts, grid, findings with their traces as charts and
 * clauses. */
#include "report_html.h"

#include "clauses.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

void html_text(FILE *out, const char *z, size_t n, size_t max) {
    for (size_t i = 0; i < n && (!max || i < max); i++) {
        unsigned char c = (unsigned char)z[i];
        if (c == '&' || c == '<' || c == '>' || c == '"' || c >= 0x7f || c == '\n')
            fprintf(out, "&#%d;", c);
        else
            fputc(c < 0x20 ? ' ' : c, out);
    }
    if (max && n > max)
        fputs("…", out);
}

static void text(FILE *out, const char *z) { html_text(out, z, strlen(z), 0); }

static const char style[] =
    ":root{--bg:#fff;--fg:#1b1f24;--dim:#667;--line:#d5d9e0;--red:#b3261e;--green:#1a7f37;--amber:#8a5a00;--"
    "soft:#f5f6f8}"
    "@media(prefers-color-scheme:dark){:root{--bg:#14171b;--fg:#e4e7eb;--dim:#98a1ad;--line:#343a43;--red:#"
    "ff7b72;"
    "--green:#56d364;--amber:#e3b341;--soft:#1c2127}}"
    "body{background:var(--bg);color:var(--fg);font:15px/1.5 "
    "system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}"
    "h1{font-size:1.5rem}h2{font-size:1.2rem;margin-top:2.5rem;border-bottom:1px solid "
    "var(--line)}h3{font-size:1rem;margin:0}"
    "table{border-collapse:collapse;width:100%}td,th{border:1px solid var(--line);padding:.25rem "
    ".5rem;text-align:left;"
    "vertical-align:top}th{background:var(--soft)}code{font-size:.85em;white-space:pre-wrap;overflow-wrap:"
    "anywhere}"
    "small,.dim{color:var(--dim)}.VIOLATES{color:var(--red)}.CONFORMS{color:var(--green)}"
    ".UNDOCUMENTED,.DEVIATES,.UNDECIDED{color:var(--amber)}"
    ".finding{border:1px solid var(--line);border-left:4px solid "
    "var(--amber);border-radius:4px;padding:.75rem 1rem;margin:1rem 0}"
    ".finding.fails{border-left-color:var(--red)}dl{display:grid;grid-template-columns:8rem 1fr;gap:.1rem "
    ".75rem;margin:.5rem 0}"
    "dt{color:var(--dim)}dd{margin:0}.chart{overflow-x:auto;background:var(--soft);padding:.5rem;border-"
    "radius:4px}"
    ".row{display:flex;align-items:center;min-height:22px}.row svg{flex:none}.row "
    "b{flex:none;width:2.4rem;font-size:.8em}"
    ".life{stroke:var(--line)}.arrow{stroke:var(--fg)}.head{fill:var(--fg)}.got .arrow{stroke:var(--green)}"
    ".got .head{fill:var(--green)}.auto,.note{color:var(--dim)}.auto .arrow{stroke:var(--dim)}svg "
    "text{fill:var(--fg);"
    "font-size:11px;text-anchor:middle}summary{cursor:pointer}";

static void counts(FILE *out, const struct check_run *r) {
    fprintf(out,
            "<p>seed %llu · %llu programs · %llu commands · %llu responses, %llu of them not judged · "
            "%llu.%llu s</p>\n<p>",
            (unsigned long long)r->o->seed, (unsigned long long)r->programs,
            (unsigned long long)r->counts.commands, (unsigned long long)r->counts.responses,
            (unsigned long long)r->judged.unjudged, (unsigned long long)(r->elapsed_ms / 1000),
            (unsigned long long)(r->elapsed_ms % 1000 / 100));
    for (int v = 0; v < V_COUNT; v++)
        fprintf(out, "%s<span class=\"%s\">%llu %s</span>", v ? " · " : "", verdict_name(v),
                (unsigned long long)r->tally.verdicts[v], verdict_name(v));
    fputs("</p>\n", out);
    if (r->end_text[0]) {
        fputs("<p class=\"VIOLATES\">The run ended early: ", out);
        text(out, r->end_text);
        fputs("</p>\n", out);
    }
}

static void grid_row(FILE *out, const struct check_run *r, int point, uint32_t context, bool first,
                     uint32_t rows) {
    char name[160];
    bool any = false;
    fputs("<tr>", out);
    if (first)
        fprintf(out, "<th rowspan=\"%u\">%s</th>", rows, point_name(point));
    point_context_text(point, context, name, sizeof name);
    fprintf(out, "<td>%s</td><td>", name[0] ? name : "always");
    for (uint32_t i = 0; i < r->tally.rows; i++) {
        const struct profile_row *row = &r->tally.row[i];
        if (row->point != point || row->context != context)
            continue;
        fprintf(out, "%s<span class=\"%s\">", any ? "<br>" : "", verdict_name(row->verdict));
        text(out, row->answer);
        fprintf(out, "</span> ×%llu <small>", (unsigned long long)row->count);
        text(out, row->cites);
        fputs("</small>", out);
        any = true;
    }
    const char *why = reach_reason(r, point, context);
    if (!any)
        fprintf(out, "<small>not reached%s%s</small>", why ? ": " : ", no reason known", why ? why : "");
    fputs("</td></tr>\n", out);
}

static void grid(FILE *out, const struct check_run *r) {
    fputs("<table><tr><th>choice point</th><th>context</th><th>answers seen</th></tr>\n", out);
    for (int p = 0; p < POINT_COUNT; p++)
        for (uint32_t c = 0;
             (point_kind(p) == POINT_ENUM || point_kind(p) == POINT_MATCH) && c < point_contexts(p); c++)
            grid_row(out, r, p, c, c == 0, point_contexts(p));
    fputs("</table>\n", out);
}

static void term(FILE *out, const char *name, const char *value) {
    if (!value || !value[0])
        return;
    fprintf(out, "<dt>%s</dt><dd><code>", name);
    text(out, value);
    fputs("</code></dd>\n", out);
}

static void clauses(FILE *out, const char *cites) {
    char id[48];
    while (*cites) {
        size_t n = strcspn(cites, " ");
        snprintf(id, sizeof id, "%.*s", (int)n, cites);
        const struct clause *c = clause_find(id);
        if (c) {
            fprintf(out, "<dt>%s</dt><dd>", c->id);
            text(out, c->statement);
            fprintf(out, " <small>%s %s, %s</small></dd>\n", clause_doc_title(c->doc), c->section,
                    clause_level_name(c->level));
        }
        cites += n + strspn(cites + n, " ");
    }
}

static void finding(FILE *out, const struct check_run *r, const struct finding *f) {
    char where[200] = "", context[160];
    if (f->point >= 0)
        snprintf(where, sizeof where, "%s %s", point_name(f->point),
                 point_context_text(f->point, f->context, context, sizeof context));
    fprintf(out, "<section class=\"finding%s\" id=\"%s\"><h3><span class=\"%s\">%s</span> ",
            finding_fails(f, r->o->strict) ? " fails" : "", f->id, verdict_name(f->verdict),
            verdict_name(f->verdict));
    text(out, f->summary[0] ? f->summary : f->answer);
    fprintf(out, " <small>×%llu %s%s</small></h3>\n<dl>", (unsigned long long)f->count, f->id,
            f->known ? ", known" : "");
    term(out, "at", where);
    term(out, "answer", f->point >= 0 ? f->answer : NULL);
    term(out, "seen", f->seen);
    term(out, "allowed", f->allowed);
    clauses(out, f->cites);
    term(out, "trace", f->trace);
    fputs("</dl>\n", out);
    struct program p;
    char err[600];
    program_init(&p);
    if (f->trace && program_read(&p, f->trace, err, sizeof err)) {
        fprintf(out, "<details%s><summary>sequence: %u commands</summary>\n",
                finding_fails(f, r->o->strict) && p.lines < 60 ? " open" : "", program_commands(&p));
        html_chart(out, &p);
        fputs("</details>\n", out);
    }
    program_free(&p);
    fputs("</section>\n", out);
}

static void scenarios(FILE *out, const struct check_run *r) {
    static const char *const names[] = {"pass", "allowed otherwise", "not offered", "fail"};
    if (!r->scenarios) {
        fputs("<p>none</p>\n", out);
        return;
    }
    fputs("<table><tr><th>scenario</th><th>clauses</th><th>result</th></tr>\n", out);
    for (uint32_t i = 0; i < r->scenarios; i++) {
        const struct scenario_outcome *s = &r->scenario[i];
        fputs("<tr><td>", out);
        text(out, s->name);
        fputs("</td><td><small>", out);
        text(out, s->cites);
        fprintf(out, "</small></td><td class=\"%s\">%s ", s->state == SCENARIO_FAIL ? "VIOLATES" : "",
                names[s->state]);
        text(out, s->text);
        fputs("</td></tr>\n", out);
    }
    fputs("</table>\n", out);
}

static void findings(FILE *out, const struct check_run *r, bool undocumented) {
    uint32_t n = 0;
    for (uint32_t k = 0; k < r->tally.findings; k++)
        if ((r->tally.finding[k].verdict == V_UNDOCUMENTED) == undocumented && ++n)
            finding(out, r, &r->tally.finding[k]);
    if (!n)
        fputs("<p>none</p>\n", out);
}

/* MAP-I15: told, never a failure. */
static void unstable(FILE *out, const struct check_run *r) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < r->tally.rows; i++) {
        const struct profile_row *row = &r->tally.row[i];
        if (tally_answers(&r->tally, i) < 2)
            continue;
        char context[160];
        point_context_text(row->point, row->context, context, sizeof context);
        fprintf(out, "%s<li>%s %s: ", n++ ? "" : "<ul>", point_name(row->point), context);
        for (uint32_t k = i, m = 0; k < r->tally.rows; k++) {
            const struct profile_row *other = &r->tally.row[k];
            if (other->point != row->point || other->context != row->context)
                continue;
            fputs(m++ ? ", " : "", out);
            text(out, other->answer);
            fprintf(out, " ×%llu", (unsigned long long)other->count);
        }
        fputs("</li>\n", out);
    }
    fputs(n ? "</ul>\n" : "<p>nothing</p>\n", out);
}

/* What stands where on a long page; i numbers the target. */
static void section(FILE *out, int i, const char *id, const char *title) {
    fprintf(out, "<h2 id=\"%s%d\">%s</h2>\n", id, i, title);
}

static void contents(FILE *out, int i) {
    fprintf(out,
            "<nav><a href=\"#findings%d\">Findings</a> · <a href=\"#practices%d\">Practices</a> · "
            "<a href=\"#unstable%d\">Not always the same</a> · <a href=\"#scenarios%d\">Scenarios</a> · "
            "<a href=\"#undocumented%d\">Undocumented</a></nav>\n",
            i, i, i, i, i);
}

static void page(FILE *out, const struct check_run *runs, int n) {
    fputs("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
          "content=\"width=device-width,initial-scale=1\"><title>imapdiff",
          out);
    for (int i = 0; i < n; i++) {
        fputs(" ", out);
        text(out, runs[i].target);
    }
    fprintf(out, "</title><style>%s</style></head><body>\n", style);
    for (int i = 0; i < n; i++) {
        const struct check_run *r = &runs[i];
        fputs("<h1>imapdiff: ", out);
        text(out, r->target);
        fputs("</h1>\n", out);
        counts(out, r);
        contents(out, i);
        section(out, i, "findings", "Findings");
        findings(out, r, false);
        section(out, i, "practices", "Practices");
        grid(out, r);
        section(out, i, "unstable", "Not always the same (MAP-I15)");
        unstable(out, r);
        section(out, i, "scenarios", "Scenarios");
        scenarios(out, r);
        section(out, i, "undocumented", "Undocumented practices");
        findings(out, r, true);
    }
    fprintf(out, "<p class=\"dim\">imapdiff %s</p>\n</body></html>\n", IMAPDIFF_VERSION);
}

bool report_html(const char *dir, const struct check_run *runs, int n, char *err, size_t errlen) {
    char path[600];
    if (mkdir(dir, 0777) != 0 && errno != EEXIST) {
        snprintf(err, errlen, "cannot make the folder %s: %s", dir, strerror(errno));
        return false;
    }
    snprintf(path, sizeof path, "%s/index.html", dir);
    FILE *f = fopen(path, "w");
    if (!f) {
        snprintf(err, errlen, "cannot write %s: %s", path, strerror(errno));
        return false;
    }
    errno = 0;
    page(f, runs, n);
    bool ok = !ferror(f);
    int why = errno;
    if (fclose(f) != 0) {
        ok = false;
        why = errno;
    }
    if (!ok)
        snprintf(err, errlen, "cannot write %s: %s", path, strerror(why));
    return ok;
}
