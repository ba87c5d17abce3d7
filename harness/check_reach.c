/* check_reach.c: contexts that a run cannot come to, with the reason, so that what is missing without one
 * stands out.
 *
 * A row names point and a part of the context's text ("" is all of it). First match wins.
 */
#include "check.h"
#include "target.h"

#include <string.h>

#define ON_MODEL   (1u << TARGET_MODEL)
#define ON_PRIVATE (1u << TARGET_PRIVATE)
#define ON_URL     (1u << TARGET_URL)
#define ON_ALL     (ON_MODEL | ON_PRIVATE | ON_URL)

static const struct reason {
    int point;
    const char *part;
    uint32_t on;
    const char *why;
} reasons[] = {
    {P_CREATE_RECYCLED, "", ON_PRIVATE | ON_URL,
     "only after a DELETE that leaves a ghost or an orphan, which this server may never do"},
    {P_CREATE_RECYCLED, "", ON_MODEL,
     "only after a DELETE that leaves a ghost or an orphan: depends on the behaviour served"},
    {P_ERROR_WORD, "error=unadvertised", ON_ALL,
     "the server advertises every extension that the programs use"},
    {P_STATUS_SELECTED, "view=gone", ON_ALL, "only where a session keeps a mailbox whose name is gone"},
};

const char *reach_reason(const struct check_run *run, int point, uint32_t context) {
    const char *why = run->generator ? generator_excluded(run->generator, point, context)
                                     : generator_unreachable(point, context);
    char text[160];
    point_context_text(point, context, text, sizeof text);
    for (size_t i = 0; !why && i < sizeof reasons / sizeof *reasons; i++)
        if (reasons[i].point == point && reasons[i].on >> run->kind & 1 && strstr(text, reasons[i].part))
            why = reasons[i].why;
    return why;
}

uint32_t reach_missing(const struct check_run *run) {
    uint32_t missing = 0;
    for (int p = 0; p < POINT_COUNT; p++) {
        if (point_kind(p) != POINT_ENUM && point_kind(p) != POINT_MATCH)
            continue;
        for (uint32_t c = 0; c < point_contexts(p); c++) {
            bool seen = false;
            for (uint32_t i = 0; i < run->tally.rows && !seen; i++)
                seen = run->tally.row[i].point == p && run->tally.row[i].context == c;
            missing += !seen && !reach_reason(run, p, c);
        }
    }
    return missing;
}
