/* fuzz_loop.h: the closed loop's input: a program as text (program.h); behind the first NUL, the octets that
 * answer the model's choices. */
#ifndef FUZZ_LOOP_H
#define FUZZ_LOOP_H

#include "program.h"

/* Parses the program; lines that are none are left out. Returns the number of its octets, answers not
 * counted. */
size_t loop_read(struct program *p, const uint8_t *octets, size_t n);

#endif
