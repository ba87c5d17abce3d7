/* fuzz_share.c: which part of its CPU time a fuzzer spends in the reference: sampled, so that nothing is
 * slowed by clocks. */
#include "compare.h"
#include "fuzz_common.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>

static volatile unsigned long all, inside;

static void sample(int signal) {
    (void)signal;
    all = all + 1;
    if (reference_running)
        inside = inside + 1;
}

static void say(void) {
    setitimer(ITIMER_PROF, &(struct itimerval){{0, 0}, {0, 0}}, NULL);
    fprintf(stderr, "reference: %lu of %lu samples\n", inside, all);
}

void fuzz_share_start(void) {
    struct sigaction a = {.sa_handler = sample, .sa_flags = SA_RESTART};
    if (getenv("IMAPDIFF_SHARE") && sigaction(SIGPROF, &a, NULL) == 0 &&
        setitimer(ITIMER_PROF, &(struct itimerval){{0, 1000}, {0, 1000}}, NULL) == 0)
        atexit(say);
}
