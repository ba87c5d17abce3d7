/* small_feed.h: one tiny trace, as wire octets, told to a fresh oracle. */
#ifndef SMALL_FEED_H
#define SMALL_FEED_H

#include "oracle.h"
#include "small_truth.h"

#define SMALL_STEPS 40
struct small_step {
    uint8_t session;
    bool command;
    struct small_command c;
    struct small_response r;
};
struct small_trace {
    unsigned messages; /* there at the start */
    unsigned n;
    struct small_step step[SMALL_STEPS];
};

struct small_judge;
struct small_judge *small_judge_new(void); /* NULL: out of memory */
void small_judge_free(struct small_judge *j);
/* The oracle's opinion of the whole trace. */
struct small_opinion {
    unsigned violates, undecided;
    char first[200]; /* the first VIOLATES or UNDECIDED: summary and what was seen */
};
struct small_opinion small_judge(struct small_judge *j, const struct small_trace *t);
uint64_t small_judge_events(const struct small_judge *j);
/* The trace as text, a line each. */
void small_print(const struct small_trace *t);

#endif
