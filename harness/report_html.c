/* report_html.c: the page. */
#include "report.h"

bool report_html(const char *dir, const struct check_run *runs, int n, char *err, size_t errlen)
{
    (void)dir, (void)runs, (void)n, (void)err, (void)errlen;
    return true;
}
