/* referee.c: the expected verdict of any octets: the ABNF's automaton, and the count of literals beside it.
 */
#include "proof.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* States from which an accepting one can be reached without CONTENT. */
static void reach_without_content(const struct dfa *d, bool *reach) {
    memcpy(reach, d->accept, (size_t)d->states);
    for (bool more = true; more;) {
        more = false;
        for (int s = 1; s < d->states; s++)
            for (int c = 0; c < 256 && !reach[s]; c++)
                if (reach[d->next[s][c]])
                    reach[s] = more = true;
    }
}

struct referee referee_of(const struct dfa *d, uint64_t number_max, uint64_t plus_max) {
    bool *header = keep((size_t)d->states), *reach = keep((size_t)d->states);
    reach_without_content(d, reach);
    for (int s = 1; s < d->states; s++)
        header[s] = !reach[s];
    return (struct referee){d, header, number_max, plus_max};
}

/* The number whose last digit is p[-1]; UINT64_MAX stands for anything larger. */
static uint64_t number_before(const uint8_t *base, const uint8_t *p) {
    const uint8_t *first = p;
    uint64_t v = 0;
    while (first > base && first[-1] >= '0' && first[-1] <= '9')
        first--;
    for (; first < p; first++)
        if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, *first - '0', &v))
            return UINT64_MAX;
    return v;
}

struct lex_result referee_verdict(const struct referee *r, const uint8_t *p, size_t n) {
    const struct dfa *d = r->d;
    size_t i = 0;
    int s = d->start;
    for (;;) {
        if (d->next[s]
                   [CONTENT]) { /* p[i - 3] is the "}" of a complete header, or the "+" stands before that */
            const uint8_t *brace = p + i - 3;
            uint64_t count = number_before(p, brace[-1] == '+' ? brace - 1 : brace);
            for (; count > 0 && i < n; count--, i++)
                if (p[i] == 0)
                    return (struct lex_result){LEX_REJECT, (uint32_t)i, NULL, NULL};
            if (count > 0)
                break;
            s = d->next[s][CONTENT];
        }
        if (i == n || !d->next[s][p[i]])
            break;
        const bool digit = p[i] >= '0' && p[i] <= '9';
        if (r->header[s] && digit && number_before(p, p + i + 1) > r->number_max)
            break;
        if (r->header[s] && p[i] == '+' && number_before(p, p + i) > r->plus_max)
            break;
        s = d->next[s][p[i++]];
    }
    const enum lex_verdict v = d->accept[s] ? LEX_ACCEPT : i == n ? LEX_MORE : LEX_REJECT;
    return (struct lex_result){v, (uint32_t)i, NULL, NULL};
}

uint8_t *before_guard(size_t n) {
    enum { ROOM = 1 << 16 };
    static uint8_t *end;
    if (n > ROOM)
        give_up("an input of %zu octets", n);
    if (!end) {
        const size_t page = (size_t)sysconf(_SC_PAGESIZE);
        uint8_t *at = mmap(NULL, ROOM + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (at == MAP_FAILED || mprotect(at + ROOM, page, PROT_NONE))
            give_up("no guard page");
        end = at + ROOM;
    }
    return end - n;
}
