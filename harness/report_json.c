/* report_json.c: a run as one JSON object. */
#include "report.h"

#include <string.h>

/* Text that a server may have put octets into: what is not UTF-8 is shown as ISO 8859-1. */
static json_t *text(const char *z) {
    json_t *s = json_string(z);
    if (s)
        return s;
    char out[2048];
    size_t n = 0;
    for (; *z && n + 2 < sizeof out; z++) {
        unsigned char c = (unsigned char)*z;
        if (c < 0x80) {
            out[n++] = (char)c;
        } else {
            out[n++] = (char)(0xc0 | c >> 6);
            out[n++] = (char)(0x80 | (c & 0x3f));
        }
    }
    return json_stringn(out, n);
}

static json_t *profile(const struct check_run *r) {
    json_t *rows = json_array();
    for (uint32_t i = 0; i < r->tally.rows; i++) {
        const struct profile_row *row = &r->tally.row[i];
        char context[160];
        point_context_text(row->point, row->context, context, sizeof context);
        json_array_append_new(rows, json_pack("{s:s, s:s, s:o, s:s, s:s, s:I}", "point",
                                              point_name(row->point), "context", context, "answer",
                                              text(row->answer), "cites", row->cites, "verdict",
                                              verdict_name(row->verdict), "count", (json_int_t)row->count));
    }
    return rows;
}

static json_t *unreached(const struct check_run *r) {
    json_t *rows = json_array();
    for (int p = 0; p < POINT_COUNT; p++)
        for (uint32_t c = 0;
             (point_kind(p) == POINT_ENUM || point_kind(p) == POINT_MATCH) && c < point_contexts(p); c++) {
            bool seen = false;
            for (uint32_t i = 0; i < r->tally.rows && !seen; i++)
                seen = r->tally.row[i].point == p && r->tally.row[i].context == c;
            if (seen)
                continue;
            char context[160];
            json_array_append_new(rows, json_pack("{s:s, s:s, s:s*}", "point", point_name(p), "context",
                                                  point_context_text(p, c, context, sizeof context), "reason",
                                                  reach_reason(r, p, c)));
        }
    return rows;
}

/* MAP-I15: situations that were not always answered in the same way. */
static json_t *nondeterminism(const struct check_run *r) {
    json_t *list = json_array();
    for (uint32_t i = 0; i < r->tally.rows; i++) {
        const struct profile_row *row = &r->tally.row[i];
        if (tally_answers(&r->tally, i) < 2)
            continue;
        char context[160];
        json_t *answers = json_object();
        for (uint32_t k = i; k < r->tally.rows; k++)
            if (r->tally.row[k].point == row->point && r->tally.row[k].context == row->context)
                json_object_set_new(answers, r->tally.row[k].answer,
                                    json_integer((json_int_t)r->tally.row[k].count));
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:o, s:s}", "point", point_name(row->point), "context",
                                        point_context_text(row->point, row->context, context, sizeof context),
                                        "answers", answers, "cites", "MAP-I15"));
    }
    return list;
}

static json_t *forms(const struct check_run *r) {
    json_t *list = json_array();
    for (uint32_t i = 0; i < r->forms.n; i++) {
        const struct form *f = &r->forms.form[i];
        json_array_append_new(list, json_pack("{s:s, s:I, s:b}", "form", f->name, "count",
                                              (json_int_t)f->count, "scenario", f->scenario));
    }
    return list;
}

static json_t *findings(const struct check_run *r) {
    json_t *list = json_array();
    for (uint32_t i = 0; i < r->tally.findings; i++) {
        const struct finding *f = &r->tally.finding[i];
        json_t *o = json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:I, s:s*}", "id", f->id, "verdict",
                              verdict_name(f->verdict), "cites", f->cites, "summary", text(f->summary),
                              "seen", text(f->seen), "allowed", text(f->allowed), "count",
                              (json_int_t)f->count, "trace", f->trace);
        if (!f->trace)
            json_object_set_new(o, "trace", json_null());
        if (f->point >= 0) {
            char context[160];
            json_object_set_new(o, "point", json_string(point_name(f->point)));
            json_object_set_new(
                o, "context", json_string(point_context_text(f->point, f->context, context, sizeof context)));
            json_object_set_new(o, "answer", text(f->answer));
        }
        json_object_set_new(o, "program", json_integer(f->program));
        json_object_set_new(o, "known", json_boolean(f->known));
        json_object_set_new(o, "fails", json_boolean(finding_fails(f, r->o->strict)));
        json_array_append_new(list, o);
    }
    return list;
}

const char *report_outcome(uint8_t state) {
    static const char *const names[] = {"pass", "otherwise", "not offered", "fail"};
    return names[state];
}

static json_t *scenarios(const struct check_run *r) {
    json_t *list = json_array();
    for (uint32_t i = 0; i < r->scenarios; i++) {
        const struct scenario_outcome *s = &r->scenario[i];
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:o}", "name", s->name, "cites", s->cites,
                                              "result", report_outcome(s->state), "text", text(s->text)));
    }
    return list;
}

static json_t *one(const struct check_run *r) {
    json_t *verdicts = json_object();
    for (int v = 0; v < V_COUNT; v++)
        json_object_set_new(verdicts, verdict_name(v), json_integer((json_int_t)r->tally.verdicts[v]));
    json_t *o = json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:I}", "version", IMAPDIFF_VERSION, "target",
                          r->target, "seed", (json_int_t)r->o->seed, "programs", (json_int_t)r->programs,
                          "commands", (json_int_t)r->counts.commands, "responses",
                          (json_int_t)r->counts.responses, "unjudged", (json_int_t)r->judged.unjudged);
    if (!o)
        return NULL;
    json_object_set_new(o, "number", json_integer(r->number));
    json_object_set_new(o, "generated", json_integer((json_int_t)r->generated));
    json_object_set_new(o, "verdicts", verdicts);
    json_object_set_new(o, "profile", profile(r));
    json_object_set_new(o, "unreached", unreached(r));
    json_object_set_new(o, "nondeterminism", nondeterminism(r));
    json_object_set_new(o, "forms", forms(r));
    json_object_set_new(o, "findings", findings(r));
    json_object_set_new(o, "scenarios", scenarios(r));
    if (r->kind != TARGET_MODEL)
        json_object_set_new(o, "elapsed_ms", json_integer((json_int_t)r->elapsed_ms));
    json_object_set_new(o, "end", text(r->end_text[0] ? r->end_text : "done"));
    json_object_set_new(o, "status", json_integer(r->status));
    return o;
}

json_t *report_json(const struct check_run *runs, int n) {
    if (n == 1)
        return one(&runs[0]);
    json_t *all = json_pack("{s:s, s:[]}", "version", IMAPDIFF_VERSION, "targets");
    for (int i = 0; all && i < n; i++)
        json_array_append_new(json_object_get(all, "targets"), one(&runs[i]));
    return all;
}
