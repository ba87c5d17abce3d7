/* report_html.h: pieces of the page. */
#ifndef REPORT_HTML_H
#define REPORT_HTML_H

#include "report.h"

/* Text with what HTML reserves escaped, cut after `max` octets (0: not cut), octets outside ASCII as
 * character references. */
void html_text(FILE *out, const char *z, size_t n, size_t max);
/* A trace as a sequence chart: a lane per session and one for the server, an arrow per command and response.
 */
void html_chart(FILE *out, const struct program *trace);

#endif
