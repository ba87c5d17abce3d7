/* mutants_record.h: legal traces from the model as a server, under each behaviour that is no fault. */
#ifndef MUTANTS_RECORD_H
#define MUTANTS_RECORD_H

#include "mutants.h"

struct mut_recorder;
/* Loads behaviours from lua/behaviour. NULL: one line in err. */
struct mut_recorder *mut_recorder_new(uint64_t seed, char *err, size_t errlen);
void mut_recorder_free(struct mut_recorder *r);
/* The next trace; valid until the next call. NULL: err says why. */
const struct mut_trace *mut_record(struct mut_recorder *r, char *err, size_t errlen);
/* Feeds a stream to a fresh oracle. Returns the number of VIOLATES; `first` gets the first one's text. */
unsigned mut_judge(struct mut_recorder *r, const struct mut_event *event, uint32_t n, char *first,
                   size_t cap);

/* Responses that no verdict covered, since the last mut_record. */
uint64_t mut_unjudged(const struct mut_recorder *r);

#endif
