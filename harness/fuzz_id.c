/* fuzz_id.c: ID commands without their tags. Input: the octets as they are. */
#include "fuzz_common.h"

FUZZ_ITEM(ITEM_ID);
