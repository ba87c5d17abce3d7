/* oracle_impl.h: the oracle's insides, shared by oracle*.c alone. */
#ifndef ORACLE_IMPL_H
#define ORACLE_IMPL_H

#include "step.h"

#define ORACLE_SESSIONS 64
#ifdef HOSTILE
#define BATCH_STEPS 3
#define RUNS_SPARE 256
#define BATCH_HEARD 16
#else
#define BATCH_STEPS 512
#define RUNS_SPARE 65536 /* runs of one program beyond RUNS_USUAL for each batch */
#define BATCH_HEARD 65536
#endif

#define RUNS_USUAL 64

struct chunk {
    struct chunk *next;
    size_t used, size;
    max_align_t data[];
};
/* Octets and parsed structures of the current batch; given back as a whole. */
struct arena {
    struct chunk *first, *current;
};

/* A note of a world's explanation; `prev` leads to the older ones. */
struct note_node {
    uint32_t prev;
    struct pending_note n;
};

struct lane { /* one session's commands in progress */
    bool open, idle;
    char idle_tag[64];
    uint32_t idle_event;
    unsigned outstanding;
};

struct oracle {
    struct oracle_options opt;
    struct oracle_counts counts;
    struct facts facts;
    struct lex_options lex;
    struct arena arena;
    struct node_pool scratch; /* parse target, copied into the arena */
    uint32_t events;
    struct lane lane[ORACLE_SESSIONS];
    struct step step[BATCH_STEPS];
    unsigned steps;
    struct heard *heard;
    unsigned heards;
    bool overflow; /* the batch is over a cap */
    bool dropped;  /* worlds were given up because there were too many: a violation may be no more than that */
    unsigned spare; /* what is left of RUNS_SPARE: the work is linear in the trace */
    bool blind;    /* a cap was reached: the rest of the program is not judged */
    /* The worlds that explain everything so far, each at caps. */
    struct world_caps caps;
    struct world **world, **next, *scratch_world;
    uint64_t *next_hash; /* of each of `next` */
    unsigned worlds, nexts;
    struct note_node *node;
    uint32_t nodes, node_cap;
    char *text;
    size_t text_n, text_cap;
    struct run run;
    uint32_t order[BATCH_HEARD + 2 * BATCH_STEPS]; /* order.c */
    unsigned orders;
    bool in_order; /* the runs go by it */
};

void *arena_get(struct arena *a, size_t n); /* zeroed; NULL: out of memory */
void arena_reset(struct arena *a);
void arena_free(struct arena *a);

bool oracle_grow(struct oracle *o); /* larger worlds; false: at the limit */
void oracle_evaluate(struct oracle *o, bool checkpoint);
void oracle_settle(struct oracle *o, bool final);
void oracle_direct(struct oracle *o, enum verdict v, int session, uint32_t event, const char *cites, const char *summary,
                   const char *seen, const char *allowed);
/* Marks a session's view unknown in every world. */
void oracle_loosen(struct oracle *o, int session);

#endif
