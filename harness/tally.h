/* tally.h: the disagreements of a run, folded by library, item, part and cause (a crash: by its place too): a
 * count, and the shortest input of each.
 *
 * A folder on disk: `counts.PID` is a mapped file of fixed records, so that a kill loses nothing; each fold's
 * shortest input is a file of its own, written at once (a temporary name, then rename). Several processes may
 * write into one folder; reading adds them up.
 */
#ifndef TALLY_H
#define TALLY_H

#include "compare.h"

struct tally; /* one process's */
/* `folder` is made if need be. NULL: one line in err (the place, and what is wrong with it). */
struct tally *tally_open(const char *folder, char *err, size_t errlen);
/* false: something could not be written (a full disk): one line in err, once; counting goes on. */
bool tally_add(struct tally *t, const struct library *l, enum lib_item item, const struct difference *d,
               const uint8_t *p, size_t n, char *err, size_t errlen);
void tally_executed(struct tally *t, uint64_t n); /* inputs compared, for the rate */
void tally_close(struct tally *t);

struct fold {
    char library[32];
    uint8_t item, part, cause, verdict; /* verdict: the library's, of PART_FAULT */
    char place[LIB_PLACE];              /* of PART_FAULT: where it died */
    uint64_t count;
    uint32_t shortest; /* octets */
    char input[700];   /* path of the shortest input */
    bool known;        /* a profile has it */
};
/* Adds up a folder. Returns the number of folds (at most max), -1 with err. Damaged or truncated files are
 * named in err and passed over. */
int tally_read(const char *folder, struct fold *v, int max, uint64_t *executed, char *err, size_t errlen);

/* The grid library x cause for people; new ones apart from known ones. And one JSON object. */
#include <stdio.h>
void tally_grid(FILE *out, const struct fold *v, int n, uint64_t executed, bool colour);
bool tally_json(FILE *out, const struct fold *v, int n, uint64_t executed);

#endif
