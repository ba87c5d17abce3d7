/* bench_count.c: counts this process's allocations: its own, its libraries' and Lua's. They stand before the C library's. */
#include "bench.h"

#include <stdlib.h>

volatile int bench_counting;
volatile unsigned long bench_allocations;

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);

void *malloc(size_t n) {
    bench_allocations = bench_allocations + (bench_counting != 0);
    return __libc_malloc(n);
}

void *calloc(size_t n, size_t size) {
    bench_allocations = bench_allocations + (bench_counting != 0);
    return __libc_calloc(n, size);
}

void *realloc(void *p, size_t n) {
    bench_allocations = bench_allocations + (bench_counting != 0);
    return __libc_realloc(p, n);
}
