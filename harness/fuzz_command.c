/* fuzz_command.c: whole command lines. Input: the octets as they are. */
#include "fuzz_common.h"

FUZZ_ITEM(ITEM_COMMAND);
