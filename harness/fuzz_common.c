/* fuzz_common.c: memory of exact size, and the end at a bug of our own. */
#include "fuzz_common.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define WITH_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ASAN 1
#elif __has_feature(memory_sanitizer)
#define WITH_MSAN 1
#endif
#endif
#ifdef WITH_ASAN
#include <sanitizer/asan_interface.h>
#elif defined(WITH_MSAN)
#include <sanitizer/msan_interface.h>
#endif

void own_bug(const char *file, int line, const char *format, ...) {
    va_list a;
    fprintf(stderr, "OWN BUG %s:%d: ", file, line);
    va_start(a, format);
    vfprintf(stderr, format, a);
    va_end(a);
    fputc('\n', stderr);
    abort();
}

void exact_make(struct exact *e, const uint8_t *p, size_t n) {
    e->p = malloc(n ? n : 1);
    e->n = n;
    if (!e->p)
        abort();
    if (n)
        memcpy(e->p, p, n);
    exact_show(e, n);
}

void exact_show(const struct exact *e, size_t k) {
    (void)e, (void)k;
#ifdef WITH_ASAN
    ASAN_UNPOISON_MEMORY_REGION(e->p, k);
    if (k < e->n)
        ASAN_POISON_MEMORY_REGION(e->p + k, e->n - k);
#elif defined(WITH_MSAN)
    __msan_unpoison(e->p, k);
    if (k < e->n)
        __msan_poison(e->p + k, e->n - k);
#endif
}

void exact_free(struct exact *e) {
    exact_show(e, e->n);
    free(e->p);
}
