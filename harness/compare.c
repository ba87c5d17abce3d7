/* compare.c: a library's answer beside the grammar's: do they part, how, and who is right. */
#include "compare_priv.h"

#include <string.h>

static const struct {
    const char *name, *clause, *what;
} rows[CAUSE_COUNT] = {
    [CAUSE_NONE] = {"none", "", ""},
#define CAUSE(e, name, clause, what) [CAUSE_##e] = {name, clause, what},
#include "causes.def"
#undef CAUSE
};
const char *cause_name(enum cause c) { return rows[c].name; }
const char *cause_clause(enum cause c) { return rows[c].clause; }
const char *cause_what(enum cause c) { return rows[c].what; }

static const char *const parts[] = {"agree", "takes",   "refuses", "waits",
                                    "short", "content", "lingers", "fault"};
const char *part_name(enum part p) { return parts[p]; }

int cause_by_name(const char *name) {
    for (int i = CAUSE_NONE + 1; i < CAUSE_COUNT; i++)
        if (strcmp(rows[i].name, name) == 0)
            return i;
    return -1;
}

int part_by_name(const char *name) {
    for (int i = PART_AGREE; i <= PART_FAULT; i++)
        if (strcmp(parts[i], name) == 0)
            return i;
    return -1;
}

enum standing standing_of(enum lib_item item, enum part part, enum cause c) {
    if (part == PART_FAULT)
        return STANDING_WRONG;
    switch (c) {
    case CAUSE_LIMIT_FIELD:
    case CAUSE_LIMIT_VALUE:
    case CAUSE_LIMIT_PAIRS:
    case CAUSE_DUPLICATE_FIELD:
    case CAUSE_DUPLICATE_CASE:
        return STANDING_EITHER; /* T-ID-4 */
    case CAUSE_CLIENTID_TYPE:
    case CAUSE_CLIENTID_UNDERSCORE:
        return STANDING_CONTRADICT; /* T-CID-3, T-CID-5 */
    case CAUSE_EXPUNGE_BEYOND:
    case CAUSE_EXISTS_SHRINKS:
    case CAUSE_FETCH_BEYOND:
        return STANDING_EITHER; /* the server broke a rule: no document says what a client then counts */
    case CAUSE_RESPONSE_TEXT:
        return STANDING_CONTRADICT; /* T-MAP-14 */
    default:
        break;
    }
    if (part == PART_LINGERS && c == CAUSE_BARE_LF)
        return STANDING_EITHER; /* LF ends no line */
    /* Malformed commands are answered BAD (ID-3.1-c, CID-3.2-c, R3501-7.1.3); nothing obliges a client to
     * notice that a response is malformed, nor to know what an extension sends. */
    bool from_server = item == ITEM_ID_RESPONSE || item == ITEM_RESPONSE;
    if (from_server &&
        (part == PART_TAKES || part == PART_LINGERS || c == CAUSE_EXTENSION || c == CAUSE_NAMESPACE))
        return STANDING_EITHER;
    return STANDING_WRONG;
}

const char *standing_name(enum standing s) {
    static const char *const names[] = {"library wrong", "either permitted", "documents contradict"};
    return names[s];
}

static size_t shared(const struct out *a, const struct out *b) {
    size_t n = a->len < b->len ? a->len : b->len, i = 0;
    n = n < a->cap ? n : a->cap;
    n = n < b->cap ? n : b->cap;
    while (i < n && a->p[i] == b->p[i])
        i++;
    return i;
}

/* Both accept: the octets that each took, then what they understood, as far as both buffers go. */
static enum part both_accept(const struct reference *r, const struct lib_answer *a, uint32_t *at) {
    if (a->used != 0 && a->used != r->lex.offset) {
        *at = a->used < r->lex.offset ? a->used : r->lex.offset;
        return PART_SHORT;
    }
    if (a->canon.len == 0 || r->canon.len == 0)
        return PART_AGREE;
    size_t cap = a->canon.cap < r->canon.cap ? a->canon.cap : r->canon.cap;
    if (a->canon.len == r->canon.len && a->canon.len <= cap &&
        memcmp(a->canon.p, r->canon.p, a->canon.len) == 0)
        return PART_AGREE;
    size_t same = shared(&a->canon, &r->canon);
    if (same == cap)
        return PART_AGREE;
    *at = (uint32_t)same;
    return PART_CONTENT;
}

enum part part_of(enum lib_item item, const uint8_t *p, size_t n, const struct reference *r,
                  const struct lib_answer *a, uint32_t *at) {
    *at = r->lex.offset;
    if (a->verdict >= LIB_CRASH)
        return PART_FAULT;
    if (a->verdict == LIB_PASS || r->lex.verdict == LEX_LIMIT)
        return PART_AGREE;
    if (r->lex.verdict == LEX_ACCEPT)
        return a->verdict == LIB_ACCEPT ? both_accept(r, a, at)
               : a->verdict == LIB_MORE ? PART_WAITS
                                        : PART_REFUSES;
    if (a->verdict == LIB_ACCEPT)
        return PART_TAKES;
    if (r->lex.verdict == LEX_REJECT && a->verdict == LIB_MORE && line_has_ended(item, p, n, r->lex))
        return PART_LINGERS;
    return PART_AGREE;
}

bool compare(const struct library *l, enum lib_item item, const uint8_t *p, size_t n,
             const struct reference *r, struct difference *d) {
    static uint8_t canon[LIB_CANON];
    d->part = PART_AGREE;
    d->causes = 0;
    d->answer = (struct lib_answer){.canon = {canon, sizeof canon, 0}};
    if (!(l->items >> item & 1))
        return false;
    if (r->lex.verdict == LEX_ACCEPT)
        n = r->lex.offset;
    library_ask(l, item, p, n, &d->answer);
    d->part = (uint8_t)part_of(item, p, n, r, &d->answer, &d->at);
    if (d->part == PART_AGREE)
        return false;
    if (r->lex.verdict == LEX_ACCEPT) {
        causes_by_features(l, item, p, n, d);
    } else {
        d->cause[0] = (uint8_t)(d->part == PART_LINGERS        ? cause_of_lingering(item, p, n, r->lex)
                                : r->lex.verdict == LEX_REJECT ? cause_of_reject(item, p, n, r->lex)
                                : d->part == PART_TAKES        ? CAUSE_UNCLOSED
                                                               : CAUSE_UNKNOWN);
        d->causes = 1;
    }
    return true;
}
