/* fuzz_id_response.c: ID responses. Input: the octets as they are. */
#include "fuzz_common.h"

FUZZ_ITEM(ITEM_ID_RESPONSE);
