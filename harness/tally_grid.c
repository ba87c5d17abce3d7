/* tally_grid.c: the grid library x cause for people, and the same as JSON. */
#include "tally.h"

#include <jansson.h>
#include <string.h>

#define COLUMNS 12 /* libraries side by side; more follow below */
#define SHOWN   56 /* octets of an input */

static void show_input(FILE *out, const char *path) {
    uint8_t b[400];
    FILE *f = path[0] ? fopen(path, "rb") : NULL;
    size_t n = f ? fread(b, 1, sizeof b, f) : 0;
    int width = 0;
    for (size_t i = 0; i < n; i++) {
        if (width >= SHOWN) {
            fputs("...", out);
            break;
        }
        if (b[i] >= ' ' && b[i] < 0x7f)
            width += fprintf(out, "%c", b[i]);
        else
            width += b[i] == '\r'   ? fprintf(out, "\\r")
                     : b[i] == '\n' ? fprintf(out, "\\n")
                     : b[i] == '\t' ? fprintf(out, "\\t")
                                    : fprintf(out, "\\x%02x", b[i]);
    }
    if (f)
        fclose(f);
}

static const char *how(const struct fold *f) {
    return f->part == PART_FAULT ? lib_verdict_name(f->verdict) : part_name(f->part);
}

/* What a cell says of one library and one cause: t takes, r refuses, ... and their sum. */
static void cell(char *to, size_t n, const struct fold *v, int folds, const char *library, int item,
                 int cause) {
    static const char letters[] = {' ', 't', 'r', 'w', 's', 'c', 'l', '!'};
    uint64_t count = 0;
    char marks[16];
    size_t k = 0;
    for (int i = 0; i < folds; i++)
        if (v[i].item == item && v[i].cause == cause && !strcmp(v[i].library, library)) {
            count += v[i].count;
            if (k + 1 < sizeof marks && (k == 0 || marks[k - 1] != letters[v[i].part]))
                marks[k++] = letters[v[i].part];
        }
    marks[k] = '\0';
    if (count < 100000)
        snprintf(to, n, k ? "%s %llu" : ".", marks, (unsigned long long)count);
    else
        snprintf(to, n, "%s %lluk", marks, (unsigned long long)count / 1000);
}

/* The different libraries, in the order of the folds. */
static int libraries(const struct fold *v, int n, const char **name, int max) {
    int k = 0;
    for (int i = 0; i < n && k < max; i++)
        if (k == 0 || strcmp(name[k - 1], v[i].library))
            name[k++] = v[i].library;
    return k;
}

/* Those libraries that part from the grammar in this item. */
static int of_item(const struct fold *v, int n, int item, const char *const *name, int names,
                   const char **to) {
    int k = 0;
    for (int i = 0; i < names; i++)
        for (int f = 0; f < n; f++)
            if (v[f].item == item && !strcmp(v[f].library, name[i])) {
                to[k++] = name[i];
                break;
            }
    return k;
}

static void matrix(FILE *out, const struct fold *v, int n, const char *const *all, int all_n) {
    char text[40];
    const char *name[COLUMNS];
    for (int item = 0; item < ITEM_COUNT; item++) {
        bool any = false;
        int names = of_item(v, n, item, all, all_n, name);
        for (int cause = 1; cause < CAUSE_COUNT; cause++) {
            bool here = false;
            for (int i = 0; i < n; i++)
                for (int k = 0; k < names; k++)
                    here |= v[i].item == item && v[i].cause == cause && !strcmp(v[i].library, name[k]);
            if (!here)
                continue;
            if (!any) {
                fprintf(out, "\n%-24s", lib_item_name(item));
                for (int k = 0; k < names; k++)
                    fprintf(out, " %13.13s", name[k]);
                fputc('\n', out);
            }
            any = true;
            fprintf(out, "  %-22s", cause_name(cause));
            for (int k = 0; k < names; k++) {
                cell(text, sizeof text, v, n, name[k], item, cause);
                fprintf(out, " %13s", text);
            }
            fputc('\n', out);
        }
    }
}

static void row(FILE *out, const struct fold *f, bool colour) {
    enum standing s = standing_of(f->item, f->part, f->cause);
    const char *on = !colour                 ? ""
                     : f->part == PART_FAULT ? "\033[31m"
                     : s == STANDING_WRONG   ? "\033[33m"
                                             : "";
    fprintf(out, "  %s%-14s %-11s %-8s %-23s%s %9llu  ", on, f->library, lib_item_name(f->item), how(f),
            cause_name(f->cause), *on ? "\033[0m" : "", (unsigned long long)f->count);
    show_input(out, f->input);
    if (f->place[0])
        fprintf(out, " in %s", f->place);
    fprintf(out, "\n  %14s %s%s%s%s: %s\n", "", standing_name(s), *cause_clause(f->cause) ? " [" : "",
            cause_clause(f->cause), *cause_clause(f->cause) ? "]" : "", cause_what(f->cause));
}

static int section(FILE *out, const char *title, const struct fold *v, int n, bool known, bool colour) {
    int k = 0;
    for (int i = 0; i < n; i++)
        if (v[i].known == known) {
            if (!k++)
                fprintf(out, "\n%s\n", title);
            row(out, &v[i], colour);
        }
    return k;
}

void tally_grid(FILE *out, const struct fold *v, int n, uint64_t executed, bool colour) {
    const char *name[LIBRARY_MAX];
    int names = libraries(v, n, name, LIBRARY_MAX);
    fprintf(out, "%llu inputs compared, %d kinds of disagreement\n", (unsigned long long)executed, n);
    for (int at = 0; at < names; at += COLUMNS)
        matrix(out, v, n, name + at, names - at < COLUMNS ? names - at : COLUMNS);
    if (n)
        fputs("\nThe library ... t takes what the grammar refuses, r refuses what it accepts, w waits for "
              "more,\n"
              "s takes another number of octets, c understands something else, l lingers on a line that is "
              "refused,\n"
              "! crashed, hung or the like.\n",
              out);
    section(out, "known by a profile", v, n, true, colour);
    section(out, "new", v, n, false, colour);
}

/* Octets as characters of the same number, so that nothing is lost. */
static json_t *octets(const char *path) {
    uint8_t b[65536];
    static char utf8[2 * sizeof b];
    FILE *f = path[0] ? fopen(path, "rb") : NULL;
    if (!f)
        return json_null();
    size_t n = fread(b, 1, sizeof b, f), len = 0;
    fclose(f);
    for (size_t i = 0; i < n; i++) {
        if (b[i] >= 0x80)
            utf8[len++] = (char)(0xc0 | b[i] >> 6);
        utf8[len++] = (char)(b[i] >= 0x80 ? 0x80 | (b[i] & 0x3f) : b[i]);
    }
    return json_stringn(utf8, len);
}

bool tally_json(FILE *out, const struct fold *v, int n, uint64_t executed) {
    json_t *all = json_object(), *folds = json_array();
    json_object_set_new(all, "executed", json_integer((json_int_t)executed));
    json_object_set(all, "disagreements", folds);
    for (int i = 0; i < n; i++) {
        const struct fold *f = &v[i];
        json_t *o = json_object();
        json_object_set_new(o, "library", json_string(f->library));
        json_object_set_new(o, "item", json_string(lib_item_name(f->item)));
        json_object_set_new(o, "part", json_string(part_name(f->part)));
        json_object_set_new(o, "fault", f->part == PART_FAULT ? json_string(how(f)) : json_null());
        json_object_set_new(o, "place", f->place[0] ? json_string(f->place) : json_null());
        json_object_set_new(o, "cause", json_string(cause_name(f->cause)));
        json_object_set_new(o, "clauses", json_string(cause_clause(f->cause)));
        json_object_set_new(o, "what", json_string(cause_what(f->cause)));
        json_object_set_new(o, "standing",
                            json_string(standing_name(standing_of(f->item, f->part, f->cause))));
        json_object_set_new(o, "known", json_boolean(f->known));
        json_object_set_new(o, "count", json_integer((json_int_t)f->count));
        json_object_set_new(o, "file", f->input[0] ? json_string(f->input) : json_null());
        json_object_set_new(o, "input", octets(f->input));
        json_array_append_new(folds, o);
    }
    bool ok = json_dumpf(all, out, JSON_INDENT(2) | JSON_ENSURE_ASCII | JSON_PRESERVE_ORDER) == 0;
    ok = fputc('\n', out) != EOF && fflush(out) == 0 && !ferror(out) && ok;
    json_decref(folds);
    json_decref(all);
    return ok;
}
