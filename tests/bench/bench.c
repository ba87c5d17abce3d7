/* bench.c: measures lexers, model, oracle and driver in one run, and prints them beside the design's figures.
 * build/bench.json holds the same rows. Rates are per second of CPU of one core unless they say otherwise. */
#include "bench.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static json_t *rows;

static double seconds(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

double bench_now(void) { return seconds(CLOCK_PROCESS_CPUTIME_ID); }
double bench_wall(void) { return seconds(CLOCK_MONOTONIC); }

struct row {
    const char *name, *unit, *yardstick;
    double value, against, reach;
    bool less, of_ratio;
};

static void add_row(const struct row *w) {
    double ratio = w->against > 0 ? (w->less ? w->against / w->value : w->value / w->against) : 0;
    double reached = w->of_ratio ? ratio : w->value;
    bool met = w->less && !w->of_ratio ? reached <= w->reach : reached >= w->reach;
    printf("%-58s %12.4g %-16s", w->name, w->value, w->unit);
    if (w->against > 0)
        printf(" %8.3g x %s", ratio, w->yardstick);
    if (w->reach > 0)
        printf("  reach %s %.4g%s: %s", w->less && !w->of_ratio ? "<=" : ">=", w->reach,
               w->of_ratio ? " x" : "", met ? "met" : "NOT met");
    printf("\n");
    fflush(stdout);
    json_t *r = json_pack("{s:s, s:f, s:s}", "name", w->name, "value", w->value, "unit", w->unit);
    json_object_set_new(r, "against", w->against > 0 ? json_real(w->against) : json_null());
    json_object_set_new(r, "ratio", w->against > 0 ? json_real(ratio) : json_null());
    json_object_set_new(r, "reach", w->reach > 0 ? json_real(w->reach) : json_null());
    json_object_set_new(r, "reach_of", json_string(w->of_ratio ? "ratio" : "value"));
    json_object_set_new(r, "met", w->reach > 0 ? json_boolean(met) : json_null());
    json_array_append_new(rows, r);
}

void bench_row(const char *name, double value, const char *unit, double against, const char *yardstick,
               double reach, int less) {
    add_row(&(struct row){name, unit, yardstick, value, against, reach, less != 0, false});
}

void bench_ratio(const char *name, double value, const char *unit, double against, const char *yardstick,
                 double reach, int less) {
    add_row(&(struct row){name, unit, yardstick, value, against, reach, less != 0, true});
}

void bench_none(const char *name, unsigned long count, long of, const char *unit) {
    printf("%-58s %12lu in %ld %s  reach 0: %s\n", name, count, of, unit, count ? "NOT met" : "met");
    fflush(stdout);
    json_array_append_new(rows, json_pack("{s:s, s:i, s:s, s:n, s:n, s:i, s:s, s:b}", "name", name, "value", (int)count,
                                          "unit", unit, "against", "ratio", "reach", 0, "reach_of", "value", "met", !count));
}

void bench_note(const char *name, const char *why) {
    printf("%-58s not measured: %s\n", name, why);
    json_array_append_new(rows, json_pack("{s:s, s:n, s:s, s:n, s:n, s:n, s:n, s:s}", "name", name, "value",
                                          "unit", "", "against", "ratio", "reach", "met", "why", why));
}

int main(int argc, char **argv) {
    const char *out = argc > 1 ? argv[1] : "build/bench.json", *lua = argc > 2 ? argv[2] : "lua/behaviour";
    rows = json_array();
    const char *alone = argc > 3 ? argv[3] : NULL; /* one part: lex, model, drive */
    if (!alone || !strcmp(alone, "lex")) {
        bench_lex();
        bench_library();
    }
    if (!alone || !strcmp(alone, "model")) {
        bench_model(lua);
        bench_oracle(lua);
    }
    if (!alone || !strcmp(alone, "drive"))
        bench_drive(lua);
    if (json_dump_file(rows, out, JSON_INDENT(1)) != 0) {
        fprintf(stderr, "bench: cannot write %s\n", out);
        return 2;
    }
    printf("written: %s\n", out);
    json_decref(rows);
    return 0;
}
