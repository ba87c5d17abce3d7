/* fuzz_share.c: where a fuzzer's CPU time goes: the reference, each library, and the rest, which is the
 * engine, the mutator and the search for causes. Sampled, so that nothing is slowed by clocks.
 */
#include "compare.h"
#include "fuzz_common.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>

static volatile unsigned long all, inside;
static struct {
    const struct library *volatile l;
    volatile unsigned long samples;
} reading[LIBRARY_MAX];

static void sample(int signal) {
    (void)signal;
    const struct library *l = library_reading;
    all = all + 1;
    if (reference_running)
        inside = inside + 1;
    for (int i = 0; l && i < LIBRARY_MAX; i++)
        if (!reading[i].l || reading[i].l == l) {
            reading[i].l = l;
            reading[i].samples = reading[i].samples + 1;
            break;
        }
}

static void say(void) {
    setitimer(ITIMER_PROF, &(struct itimerval){{0, 0}, {0, 0}}, NULL);
    fprintf(stderr, "reference: %lu of %lu samples\n", inside, all);
    for (int i = 0; i < LIBRARY_MAX && reading[i].l; i++)
        fprintf(stderr, "%s: %lu of %lu samples\n", reading[i].l->name, reading[i].samples, all);
}

void fuzz_share_start(void) {
    struct sigaction a = {.sa_handler = sample, .sa_flags = SA_RESTART};
    if (getenv("IMAPDIFF_SHARE") && sigaction(SIGPROF, &a, NULL) == 0 &&
        setitimer(ITIMER_PROF, &(struct itimerval){{0, 1000}, {0, 1000}}, NULL) == 0)
        atexit(say);
}
