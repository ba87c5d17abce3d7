/* interrupt.h: how a run of the command line is interrupted: in order at the first signal, at once at the second. */
#ifndef INTERRUPT_H
#define INTERRUPT_H

/* Catches SIGINT, SIGTERM and SIGHUP; a second one of a kind ends the process (guardians and watchers clean up behind it).
 * SIGPIPE is an error of writing from now on. Returns what becomes 1 at the first signal; it lives as long as the process. */
const volatile int *interrupt_catch(void);

#endif
