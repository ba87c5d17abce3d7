/* hash.h: FNV-1a, 64 bits: tells octets apart where nobody wants them to be alike; no protection against who does. */
#ifndef HASH_H
#define HASH_H

#include <stddef.h>
#include <stdint.h>

#define HASH_BEGIN UINT64_C(14695981039346656037)

/* The hash of what `h` is of, followed by n octets; n may be 0, and then `octets` NULL. */
static inline uint64_t hash_octets(uint64_t h, const void *octets, size_t n) {
    const uint8_t *p = octets;
    for (size_t i = 0; i < n; i++)
        h = (h ^ p[i]) * UINT64_C(1099511628211);
    return h;
}

#endif
