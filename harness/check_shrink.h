/* check_shrink.h: a finding's trace made small, on one running target. */
#ifndef CHECK_SHRINK_H
#define CHECK_SHRINK_H

#include "check_stage.h"
#include "shrink.h"

struct small {
    uint32_t came, of; /* how often the small one failed when it was run again at the end */
    struct shrink_counts counts;
    enum shrink_end end;
    char text[400]; /* why it stopped, where end is SHRINK_STOPPED */
};
/* Shrinks `trace` on the stage (whose note and user it borrows meanwhile), then runs the result `rate` times
 * and writes the last failing run as a trace to `path`, its header taken from `trace`, with the rate.
 * until_ms (clock_ms): when to stop; 0: never. false: one line in err. */
bool small_trace(struct stage *s, const struct program *trace, const struct expectation *e, uint32_t tries,
                 uint32_t rate, uint64_t until_ms, const char *path, struct small *out, char *err,
                 size_t errlen);

/* `imapdiff shrink FILE [TARGET]` */
int shrink_main(int argc, char **argv);

#endif
