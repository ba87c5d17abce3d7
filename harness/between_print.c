/* between_print.c: the grid of one proxy, the table of several, and both as JSON. */
#include "between_priv.h"

#include <string.h>

static const char *verdict_of(const struct verdict_row *r) {
    return r->judged ? verdict_name(r->verdict) : "-";
}

static void print_trace(const char *text, FILE *to) {
    while (*text) {
        int n = (int)strcspn(text, "\n");
        fprintf(to, "      | %.*s\n", n, text);
        text += n + (text[n] != '\0');
    }
}

void between_print(const struct between_result *r, FILE *to) {
    fprintf(to, "%s\n", r->label);
    for (enum between_row i = 0; i < ROWS; i++) {
        const struct verdict_row *row = &r->row[i];
        fprintf(to, "  %-17s %-12s %s%s%s\n", between_row_name(i), verdict_of(row),
                row->judged ? row->clauses : "", row->judged ? "  " : "",
                row->text[0] ? row->text : "not judged");
        print_trace(row->trace, to);
    }
    if (r->error[0])
        fprintf(to, "  not all was judged: %s\n", r->error);
}

void between_table(const struct between_result *r, int n, FILE *to) {
    fprintf(to, "%-18s %-18s", "row", "requirement");
    for (int k = 0; k < n; k++)
        fprintf(to, " %-14.14s", r[k].label);
    fputc('\n', to);
    for (enum between_row i = 0; i < ROWS; i++) {
        fprintf(to, "%-18s %-18s", between_row_name(i), between_row_rule(i));
        for (int k = 0; k < n; k++)
            fprintf(to, " %-14s", verdict_of(&r[k].row[i]));
        fputc('\n', to);
    }
}

/* What a proxy said is printable by now (octets_text). */
static json_t *rows_of(const struct between_result *r) {
    json_t *rows = json_array();
    for (enum between_row i = 0; i < ROWS; i++) {
        const struct verdict_row *row = &r->row[i];
        json_array_append_new(rows, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "row", between_row_name(i),
                                              "requirement", between_row_rule(i), "verdict",
                                              row->judged ? verdict_name(row->verdict) : "", "clauses",
                                              row->judged ? row->clauses : "", "text", row->text, "trace",
                                              row->trace));
    }
    return rows;
}

json_t *between_json(const struct between_result *r, int n, bool strict) {
    json_t *list = json_array();
    for (int k = 0; k < n; k++) {
        int fails = 0;
        for (enum between_row i = 0; i < ROWS; i++)
            fails += between_fails(&r[k].row[i], strict);
        json_array_append_new(list, json_pack("{s:s, s:o, s:i, s:s}", "proxy", r[k].label, "rows",
                                              rows_of(&r[k]), "failing", fails, "error", r[k].error));
    }
    return json_pack("{s:o}", "proxies", list);
}
