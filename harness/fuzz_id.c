/* fuzz_id.c: ID commands without their tags. Input: the octets as they are. */
#include "fuzz_common.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) { return fuzz_differ(ITEM_ID, p, n); }
