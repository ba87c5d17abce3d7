/* failed.c: the number of failed checks of this program. */
#include "failed.h"

unsigned check_failed;
