/* fuzz_command.c: whole command lines. Input: the octets as they are. */
#include "fuzz_common.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) { return fuzz_differ(ITEM_COMMAND, p, n); }
