/* interrupt.c: signals that end a run. */
#include "interrupt.h"

#include <signal.h>

static volatile int interrupted; /* a sig_atomic_t, under the type that all layers of a run know */
_Static_assert(sizeof(sig_atomic_t) == sizeof interrupted, "an int is written at once");

static void on_signal(int number) {
    (void)number;
    interrupted = 1;
}

const volatile int *interrupt_catch(void) {
    struct sigaction a = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
    sigaction(SIGINT, &a, NULL);
    sigaction(SIGTERM, &a, NULL);
    sigaction(SIGHUP, &a, NULL);
    signal(SIGPIPE, SIG_IGN);
    return &interrupted;
}
