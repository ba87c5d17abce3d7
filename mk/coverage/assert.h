/* assert.h of the coverage build: as the system's, but what ends the process is not declared to end it. clang counts the
 * statement after the system's assert as never reached.
 */
#include <stdio.h>
#include <stdlib.h>

#undef assert
#define assert(ok) ((ok) ? (void)0 : coverage_assert(#ok, __FILE__, __LINE__))
#undef static_assert
#define static_assert _Static_assert

#ifndef COVERAGE_ASSERT
#define COVERAGE_ASSERT
static inline void coverage_assert(const char *what, const char *file, int line) {
    fprintf(stderr, "%s:%d: assert(%s)\n", file, line, what);
    abort();
}
#endif
