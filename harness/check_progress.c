/* check_progress.c: how far the run is: a line that is written over on a terminal, a line every ten seconds
 * elsewhere. */
#include "check.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

uint64_t clock_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000u + (uint64_t)t.tv_nsec / 1000000u;
}

void progress_start(struct progress *p, bool quiet) {
    const char *term = getenv("TERM");
    p->tty = isatty(2) && term && strcmp(term, "dumb");
    p->off = quiet;
    p->start_ms = clock_ms();
    p->last_ms = p->tty ? 0 : p->start_ms;
}

void progress_show(struct progress *p, const struct check_run *run, bool force) {
    uint64_t now = clock_ms();
    if (p->off || (!force && now - p->last_ms < (p->tty ? 200u : 10000u)))
        return;
    p->last_ms = now;
    uint64_t ms = now - p->start_ms;
    char left[48] = "";
    if (run->o->time_ms)
        snprintf(left, sizeof left, " · %llu s left",
                 (unsigned long long)(ms < run->o->time_ms ? (run->o->time_ms - ms + 999) / 1000 : 0));
    else if (run->o->programs != CHECK_NO_LIMIT)
        snprintf(left, sizeof left, " of %llu", (unsigned long long)run->o->programs);
    uint32_t failing = 0;
    for (uint32_t i = 0; i < run->tally.findings; i++)
        failing += finding_fails(&run->tally.finding[i], run->o->strict);
    fprintf(stderr, "%s%s: %llu programs%s · %llu commands, %llu per second · %u findings, %u fail the run%s",
            p->tty ? "\r" : "", run->target, (unsigned long long)run->programs, run->o->time_ms ? "" : left,
            (unsigned long long)run->counts.commands,
            (unsigned long long)(ms ? (run->counts.commands - run->before.commands) * 1000 / ms : 0),
            run->tally.findings, failing, run->o->time_ms ? left : "");
    fprintf(stderr, "%s", p->tty ? "\033[K" : "\n");
    fflush(stderr);
}

void progress_end(struct progress *p) {
    if (!p->off && p->tty && p->last_ms)
        fprintf(stderr, "\r\033[K");
}
