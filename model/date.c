/* date.c: INTERNALDATE of served messages: the text that APPEND or the host's clock gave, or one made of its number. */
#include "step.h"

#include <stdio.h>

struct slice message_date(const struct run *r, uint16_t m, char buf[40]) {
    const struct wmessage *g = w_message(r->w, m);
    if (g->date) return r->content->octets(r->content->self, g->date);
    uint32_t id = w_content(r->w, g->content)->id;
    int n = snprintf(buf, 40, "%02u-Feb-2026 %02u:%02u:00 +0000", 1 + id % 28, id % 24, id % 60);
    return (struct slice){(const uint8_t *)buf, (uint32_t)n};
}

uint32_t date_day(struct slice t) {
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    uint32_t i = 0, day = 0, year = 0, month = 0;
    while (i < t.n && (t.p[i] == '"' || t.p[i] == ' ')) i++;
    for (; i < t.n && t.p[i] >= '0' && t.p[i] <= '9' && day < 100; i++) day = day * 10 + t.p[i] - '0';
    if (i + 9 > t.n || t.p[i] != '-' || t.p[i + 4] != '-') return 0;
    for (uint32_t k = 0; k < 12; k++)
        if (slice_is_nocase((struct slice){t.p + i + 1, 3}, months[k])) month = k + 1;
    for (uint32_t k = i + 5; k < i + 9; k++) {
        if (t.p[k] < '0' || t.p[k] > '9') return 0;
        year = year * 10 + t.p[k] - '0';
    }
    return day && month ? year * 10000 + month * 100 + day : 0;
}
