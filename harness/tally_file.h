/* tally_file.h: what a tally's files look like, shared by harness/tally*.c alone. */
#ifndef TALLY_FILE_H
#define TALLY_FILE_H

#include "tally.h"

#define TALLY_MAGIC   "imapdiff tally 2"
#define TALLY_NAME    200     /* octets of an input's name */
#define TALLY_NEW     ".new." /* and the process number: an input that is being written */
#define TALLY_RECORDS 2048
#define TALLY_INPUT   65536 /* longer inputs are kept as they came */

/* Fold of one process. Causes by name: their numbers change. */
struct tally_record {
    char library[32], cause[24], place[LIB_PLACE];
    uint8_t item, part, verdict, raw,
        zero[4];       /* raw: the input is as it came: there was no time to shorten it */
    uint32_t shortest; /* octets of what is kept, UINT32_MAX: nothing yet */
    uint32_t zeros;
    uint64_t count;
};

/* A file `counts.PID`; it ends behind `used` records once its process has ended in order. */
struct tally_file {
    char magic[16];
    uint64_t executed;
    uint64_t overflow; /* differences that found no room */
    uint32_t used, zero;
    struct tally_record record[TALLY_RECORDS];
};

/* "dovecot.id.takes.odd-count"; of a fault "dovecot.id.crash.escape.FUNCTION:CALLER": the file's name in the folder.
 */
void tally_input_name(const struct tally_record *r, char *name, size_t n);

#endif
