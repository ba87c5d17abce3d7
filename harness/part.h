/* part.h: where runs of the same programs on several servers part: in answers at choice points, in findings,
 * in scenarios. */
#ifndef PART_H
#define PART_H

#include "check.h"

struct parted {
    struct check_options o[CHECK_TARGETS]; /* of each run */
    struct generator_options within;       /* what all offer */
    struct check_run *run;
    int runs, targets;
    uint32_t alike, one, parted;  /* contexts: all say the same; only one has reached it; the rest */
    uint32_t findings, scenarios; /* that not all have; that end otherwise */
    uint32_t unoffered;           /* scenarios that need what not all have */
    int width;                    /* of the longest name */
};

/* "unseen" is no answer: nothing told it from the others. */
bool part_is_answer(const struct profile_row *r, int point, uint32_t context);
/* Its row; of any answer where `answer` is NULL. NULL: not seen. */
const struct profile_row *part_answer(const struct check_run *r, int point, uint32_t context,
                                      const char *answer);
/* Where all that have reached a context gave the same answers, whatever their counts, they are alike. */
enum parting { NOWHERE, ONE, ALIKE, PARTED };
enum parting part_at(const struct parted *s, int point, uint32_t context);
/* The contexts of the points that a grid shows, from *point = -1 on. false: there are no more. */
bool part_next(int *point, uint32_t *context);
/* A run that ended early has not seen all. */
bool part_is_whole(const struct check_run *r);
/* Does this finding of run i tell the runs apart, and has none before run i it? */
bool part_by_finding(const struct parted *s, int i, const struct finding *f);
const struct finding *part_finding(const struct check_run *r,
                                   const char *id); /* NULL: it has none of this id */
/* The run whose scenarios are gone through: all have the same, but those that ended early fewer. */
const struct check_run *part_longest(const struct parted *s);
const struct scenario_outcome *part_scenario(const struct check_run *r, const char *name); /* or NULL */
/* Does it end otherwise somewhere? What not all offer (*unoffered) is told, and no difference of practice. */
bool part_by_scenario(const struct parted *s, const struct scenario_outcome *x, bool *unoffered);
/* Fills the counts of *s, and the width. */
void part_count(struct parted *s);

/* part_show.c: on standard output. */
void part_show(const struct parted *s); /* the runs, and the grid of contexts where they part */
void part_show_rest(const struct parted *s, int status); /* findings, scenarios, sums */
void part_show_prediction(const struct parted *s);       /* how much of run 0's answers run 1 gives */
/* The runs as `check --json` writes them, and what parts them, to where run 0's options say. false: one line
 * on standard error. */
bool part_write_json(const struct parted *s, int status);

#endif
