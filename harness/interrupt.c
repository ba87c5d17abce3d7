/* interrupt.c: signals that end a run. */
#include "interrupt.h"

#include <signal.h>
#include <time.h>

static volatile int interrupted; /* a sig_atomic_t, under the type that all layers of a run know */
_Static_assert(sizeof(sig_atomic_t) == sizeof interrupted, "an int is written at once");

static struct timespec first; /* when the first one came */

/* Who ends a process often does so twice at once: by its number and by its group. Only a later signal means that it takes too long. */
static void on_signal(int number) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (!interrupted)
        first = now;
    else if (now.tv_sec - first.tv_sec > 1) {
        signal(number, SIG_DFL);
        raise(number);
    }
    interrupted = 1;
}

const volatile int *interrupt_catch(void) {
    struct sigaction a = {.sa_handler = on_signal, };
    sigaction(SIGINT, &a, NULL);
    sigaction(SIGTERM, &a, NULL);
    sigaction(SIGHUP, &a, NULL);
    signal(SIGPIPE, SIG_IGN);
    return &interrupted;
}
