/* check_profile.c: an earlier run's JSON as what is known: its findings fail nothing, its rows are expected.
 */
#include "check.h"

#include <jansson.h>
#include <string.h>

static const char *text(const json_t *o, const char *key) {
    const char *z = json_string_value(json_object_get(o, key));
    return z ? z : "";
}

static void known_rows(struct check_run *run, const json_t *rows) {
    size_t i;
    json_t *row;
    json_array_foreach(rows, i, row) for (uint32_t k = 0; k < run->tally.rows; k++) {
        struct profile_row *r = &run->tally.row[k];
        char context[160];
        if (!strcmp(point_name(r->point), text(row, "point")) && !strcmp(r->answer, text(row, "answer")) &&
            !strcmp(point_context_text(r->point, r->context, context, sizeof context), text(row, "context")))
            r->expected = true;
    }
}

static void known_findings(struct check_run *run, const json_t *findings) {
    size_t i;
    json_t *finding;
    json_array_foreach(findings, i, finding) for (uint32_t k = 0; k < run->tally.findings;
                                                  k++) if (!strcmp(run->tally.finding[k].id,
                                                                   text(finding, "id"))) run->tally.finding[k]
        .known = true;
}

bool profile_known(struct check_run *run, const char *file, char *err, size_t errlen) {
    json_error_t e;
    json_t *root = json_load_file(file, 0, &e);
    if (!root) {
        if (e.line > 0)
            snprintf(err, errlen, "--profile: %.200s:%d: expected an object as --json writes it: %s", file,
                     e.line, e.text);
        else
            snprintf(err, errlen, "--profile: %s", e.text);
        return false;
    }
    bool ok =
        json_is_array(json_object_get(root, "profile")) && json_is_array(json_object_get(root, "findings"));
    if (ok) {
        known_rows(run, json_object_get(root, "profile"));
        known_findings(run, json_object_get(root, "findings"));
    } else {
        snprintf(err, errlen,
                 "--profile: %.200s: expected `profile` and `findings` as --json writes them for one target",
                 file);
    }
    json_decref(root);
    return ok;
}
