/* bench.h: one table of measurements: value, yardstick, ratio, the design's reach. */
#ifndef BENCH_H
#define BENCH_H

#include <stdint.h>

/* reach: the value that the design asks for; higher is better unless `less`. against: the yardstick's value,
 * 0: none. */
void bench_row(const char *name, double value, const char *unit, double against, const char *yardstick,
               double reach, int less);
/* The same where the design's figure is one of the ratio, how many times as fast as the yardstick: reach is
 * of that. */
void bench_ratio(const char *name, double value, const char *unit, double against, const char *yardstick,
                 double reach, int less);
/* Something that must not happen: its count, and in how many of `unit` it did not. */
void bench_none(const char *name, unsigned long count, long of, const char *unit);
void bench_note(const char *name, const char *why); /* a row that could not be measured */
double bench_now(void);                             /* seconds of CPU of this process */
double bench_wall(void);

/* Allocations of this process, whoever makes them, while *counting is set. */
extern volatile int bench_counting; /* volatile: compilers take it that malloc changes nothing of ours */
extern volatile unsigned long bench_allocations;

void bench_lex(void);
void bench_library(void);
void bench_model(const char *lua);
void bench_oracle(const char *lua);
void bench_drive(const char *lua);

#endif
