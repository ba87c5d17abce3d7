/* pattern.c: does a LIST pattern match a mailbox name? */
#include "world.h"

/* RFC 3501 6.3.8, without recursion: the last `*` or `%` is tried again from one octet further on. */
bool pattern_matches(struct slice p, struct slice n, uint8_t separator) {
    uint32_t i = 0, k = 0, star = UINT32_MAX, mark = 0, percent = UINT32_MAX, pmark = 0;
    while (k < n.n) {
        if (i < p.n && p.p[i] == '*') {
            star = i++;
            mark = k;
            percent = UINT32_MAX;
        } else if (i < p.n && p.p[i] == '%') {
            percent = i++;
            pmark = k;
        } else if (i < p.n && p.p[i] == n.p[k]) {
            i++;
            k++;
        } else if (percent != UINT32_MAX && n.p[pmark] != separator) {
            i = percent + 1;
            k = ++pmark;
        } else if (star != UINT32_MAX) {
            percent = UINT32_MAX;
            i = star + 1;
            k = ++mark;
        } else
            return false;
    }
    while (i < p.n && (p.p[i] == '*' || p.p[i] == '%')) i++;
    return i == p.n;
}
