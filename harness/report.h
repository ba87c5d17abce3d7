/* report.h: a run for people (text, HTML) and machines (JSON, JUnit, TAP). */
#ifndef REPORT_H
#define REPORT_H

#include "check.h"

#include <jansson.h>

/* Colour on this stream? A terminal, and neither NO_COLOR nor TERM=dumb. */
bool report_colour(FILE *out);
/* Counts, grid, findings, and where traces are. quiet: only what fails the run and why it ended. */
void report_text(FILE *out, const struct check_run *run, bool colour);
/* The object that --json writes; with several runs {"version":..., "targets":[...]}. New reference, NULL: out
 * of memory. */
json_t *report_json(const struct check_run *runs, int n);
const char *report_outcome(uint8_t state); /* enum scenario_state: "pass", as in --json */
void report_junit(FILE *out, const struct check_run *runs, int n);
void report_tap(FILE *out, const struct check_run *runs, int n);
/* Writes DIR/index.html, which needs no other file. false: one line in err. */
bool report_html(const char *dir, const struct check_run *runs, int n, char *err, size_t errlen);
/* Writes all that the options ask for. false: one line in err; what could be written is written. */
bool report_files(const struct check_run *runs, int n, char *err, size_t errlen);

#endif
