/* script_near.c: the nearest name to a wrong one, for error texts. */
#include "script.h"

#include "nearest.h"

const char *script_nearest(const char *want, const char *const *names, size_t n) {
    const char *nearest = NULL;
    unsigned least = ~0u;
    for (size_t i = 0; i < n; i++) {
        unsigned d = nearest_distance(want, names[i]);
        if (d < least) {
            least = d;
            nearest = names[i];
        }
    }
    return nearest;
}
