/* hostile.c: the hostile build's allocator: IMAPDIFF_FAIL_ALLOC=N lets our N-th allocation fail, and N/M every M-th after it.
 * Linked with --wrap, so that only our own calls are met, not the libraries'. Empty in every other build. */
#ifdef HOSTILE

#include <stdio.h>
#include <stdlib.h>

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t m);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t m);
void *__wrap_realloc(void *p, size_t n);

static int fails(void)
{
    static long count, first = -1, every;
    if (first < 0) {
        const char *e = getenv("IMAPDIFF_FAIL_ALLOC");
        first = 0;
        if (e)
            sscanf(e, "%ld/%ld", &first, &every);
    }
    count++;
    return first && (count == first || (every && count > first && (count - first) % every == 0));
}

void *__wrap_malloc(size_t n) { return fails() ? NULL : __real_malloc(n); }
void *__wrap_calloc(size_t n, size_t m) { return fails() ? NULL : __real_calloc(n, m); }
void *__wrap_realloc(void *p, size_t n) { return fails() ? NULL : __real_realloc(p, n); }

#else
typedef int hostile_is_empty; /* ISO C wants a declaration */
#endif
