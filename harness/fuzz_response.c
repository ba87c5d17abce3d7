/* fuzz_response.c: whole response lines. Input: the octets as they are. */
#include "fuzz_common.h"

FUZZ_ITEM(ITEM_RESPONSE);
