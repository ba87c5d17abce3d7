/* failed.h: counts failed checks and says where. */
#ifndef FAILED_H
#define FAILED_H

#include <stdio.h>

extern unsigned check_failed;
#define CHECK(ok, ...)                                                                                       \
    do {                                                                                                     \
        if (!(ok)) {                                                                                         \
            printf("%s:%d: ", __FILE__, __LINE__);                                                           \
            printf(__VA_ARGS__);                                                                             \
            printf("\n");                                                                                    \
            check_failed++;                                                                                  \
        }                                                                                                    \
    } while (0)

#endif
