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

void bench_row(const char *name, double value, const char *unit, double against, const char *yardstick, double reach, int less) {
    double ratio = against > 0 ? (less ? against / value : value / against) : 0;
    int met = reach <= 0 ? -1 : less ? value <= reach : value >= reach;
    printf("%-52s %12.4g %-16s", name, value, unit);
    if (against > 0) printf(" %8.3g x %s", ratio, yardstick);
    if (reach > 0) printf("  reach %s %.4g: %s", less ? "<=" : ">=", reach, met ? "met" : "NOT met");
    printf("\n");
    fflush(stdout);
    json_t *r = json_pack("{s:s, s:f, s:s}", "name", name, "value", value, "unit", unit);
    json_object_set_new(r, "against", against > 0 ? json_real(against) : json_null());
    json_object_set_new(r, "ratio", against > 0 ? json_real(ratio) : json_null());
    json_object_set_new(r, "reach", reach > 0 ? json_real(reach) : json_null());
    json_object_set_new(r, "met", met < 0 ? json_null() : json_boolean(met));
    json_array_append_new(rows, r);
}

void bench_note(const char *name, const char *why) {
    printf("%-52s not measured: %s\n", name, why);
    json_array_append_new(rows, json_pack("{s:s, s:n, s:s}", "name", name, "value", "why", why));
}

int main(int argc, char **argv) {
    const char *out = argc > 1 ? argv[1] : "build/bench.json", *lua = argc > 2 ? argv[2] : "lua/behaviour";
    rows = json_array();
    bool drive_alone = argc > 3 && !strcmp(argv[3], "drive");
    if (!drive_alone) {
        bench_lex();
        bench_model(lua);
        bench_oracle(lua);
    }
    bench_drive(lua);
    if (json_dump_file(rows, out, JSON_INDENT(1)) != 0) {
        fprintf(stderr, "bench: cannot write %s\n", out);
        return 2;
    }
    printf("written: %s\n", out);
    json_decref(rows);
    return 0;
}
