/* compare_text.c: accepted commands and responses other than ID and CLIENTID: strings, numbers, words, and
 * spans that can be left out (a response code, a FETCH item) or made plain (a text, a sequence set).
 */
#include "compare_priv.h"

#include <string.h>

static bool is_digit(uint8_t c) { return c >= '0' && c <= '9'; }
static bool is_lower(uint8_t c) { return c >= 'a' && c <= 'z'; }
static bool in_word(uint8_t c) { return c > ' ' && c < 0x7f && !strchr("(){}[]\",:<>", c); }

#define TAG_PLAIN 32 /* octets of a tag that no library should mind */
/* Spans that are kept or replaced as a whole: what looks like a string or a number in them is none. */
#define VERBATIM (FEATURE(F_RESPONSE_TEXT) | FEATURE(F_TAG) | FEATURE(F_TAG_LENGTH))

/* ---- spans ---- */

static void add(struct featured *f, struct slice s, const char *with, enum feature feature) {
    if (s.n == 0 && !with)
        return;
    if (f->edits < EDITS_MAX) {
        f->edit[f->edits++] = (struct edit){s.p, s.p + s.n, with, FEATURE(feature)};
        f->set |= FEATURE(feature);
    }
}

static bool tag_is_plain(struct slice s) {
    bool plain = s.n > 0;
    for (uint32_t i = 0; plain && i < s.n; i++)
        plain = is_digit(s.p[i]) || is_lower(s.p[i] | 0x20);
    return plain;
}

enum cause tag_cause(struct slice tag) {
    struct slice begin = {tag.p, tag.n < TAG_PLAIN ? tag.n : TAG_PLAIN};
    return !tag_is_plain(begin) ? CAUSE_TAG : tag.n > TAG_PLAIN ? CAUSE_TAG_LENGTH : CAUSE_PLAIN;
}

static void find_tag(struct featured *f, struct slice tag) {
    struct slice begin = {tag.p, tag.n < TAG_PLAIN ? tag.n : TAG_PLAIN};
    if (tag.n > 0 && !tag_is_plain(begin))
        add(f, begin, tag.n > TAG_PLAIN ? "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" : "a", F_TAG);
    else if (tag.n > 0) /* digits in it are no number */
        f->edit[f->edits++] = (struct edit){tag.p, begin.p + begin.n, NULL, 0};
    if (tag.n > TAG_PLAIN)
        add(f, (struct slice){tag.p + TAG_PLAIN, tag.n - TAG_PLAIN}, "", F_TAG_LENGTH);
}

static bool plain_text(struct slice s) {
    bool plain = s.n > 0 && s.n < 80;
    for (uint32_t i = 0; plain && i < s.n; i++)
        plain = s.p[i] >= ' ' && s.p[i] < 0x7f && !strchr("[](){}\"\\=", s.p[i]);
    return plain;
}

/* The code with its SP, and the text. */
static void status_response(struct featured *f, const struct imap_response *r) {
    find_tag(f, r->tag);
    if (r->code.kind != CODE_NONE) {
        const uint8_t *from = r->code.name.p - 1;
        add(f, (struct slice){from, (uint32_t)(r->text.p - from)}, "", F_CODE);
    }
    if (!plain_text(r->text))
        add(f, r->text, "x", F_RESPONSE_TEXT);
    else /* so that quotes and digits in it are no strings and numbers */
        f->edit[f->edits++] = (struct edit){r->text.p, r->text.p + r->text.n, NULL, 0};
}

static enum feature item_feature(const struct fetch_item *item) {
    switch (item->att) {
    case ATT_ENVELOPE:
        return F_ENVELOPE;
    case ATT_BODY:
    case ATT_BODYSTRUCTURE:
        return F_BODY;
    case ATT_BODY_SECTION:
        return F_SECTION;
    case ATT_FLAGS:
        return F_FLAG;
    case ATT_MODSEQ:
    case ATT_OTHER:
        return F_EXTENSION;
    default:
        return F_FETCH_ITEM;
    }
}

/* Each item with the SP behind it, the last with the one before: what remains is a list again if UID stays.
 */
static void fetch_response(struct featured *f, const struct imap_response *r) {
    for (uint32_t i = 0; i < r->items; i++) {
        const struct fetch_item *item = &r->item[i];
        const uint8_t *end = i + 1 < r->items ? item[1].name.p : f->p + f->n - 3;
        bool stays = item->att == ATT_UID || item->att == ATT_RFC822_SIZE;
        if (!stays)
            add(f, (struct slice){item->name.p, (uint32_t)(end - item->name.p)},
                i + 1 < r->items ? "" : "UID 7", item_feature(item));
    }
}

static void response_find(struct featured *f) {
    const struct imap_response *r = &reference_response;
    switch (r->kind) {
    case RESP_OK:
    case RESP_NO:
    case RESP_BAD:
    case RESP_BYE:
    case RESP_PREAUTH:
        status_response(f, r);
        return;
    case RESP_CONTINUE:
        f->plain = CAUSE_RESPONSE_TEXT;
        f->edit[f->edits++] = (struct edit){f->p + 1, f->p + f->n, NULL, 0};
        return;
    case RESP_FETCH:
        f->plain = CAUSE_FETCH_ITEM;
        fetch_response(f, r);
        return;
    case RESP_LIST:
    case RESP_LSUB:
        f->plain = CAUSE_MAILBOX_LIST;
        return;
    case RESP_STATUS:
        f->plain = r->status >> ST_SIZE ? CAUSE_EXTENSION : CAUSE_STATUS_ITEM;
        return;
    case RESP_CAPABILITY:
        f->plain = CAUSE_CAPABILITY;
        return;
    case RESP_FLAGS:
        f->plain = CAUSE_FLAG;
        return;
    case RESP_NAMESPACE:
        f->plain = CAUSE_NAMESPACE;
        return;
    case RESP_ENABLED:
    case RESP_ESEARCH:
    case RESP_VANISHED:
    case RESP_OTHER:
        f->plain = CAUSE_EXTENSION;
        f->edit[f->edits++] = (struct edit){f->p, f->p + f->n, NULL, 0};
        return;
    default:
        return;
    }
}

static bool plain_set(struct slice s) {
    for (uint32_t i = 0; i < s.n; i++)
        if (!is_digit(s.p[i]))
            return false;
    return true;
}

static void command_find(struct featured *f) {
    const struct imap_command *c = &reference_command;
    static const uint8_t causes[CMD_COUNT] = {
        [CMD_LIST] = CAUSE_LIST_PATTERN,  [CMD_LSUB] = CAUSE_LIST_PATTERN,
        [CMD_STATUS] = CAUSE_STATUS_ITEM, [CMD_SEARCH] = CAUSE_SEARCH_KEY,
        [CMD_FETCH] = CAUSE_FETCH_ITEM,   [CMD_STORE] = CAUSE_FLAG,
        [CMD_ENABLE] = CAUSE_CAPABILITY,  [CMD_AUTHENTICATE] = CAUSE_AUTHENTICATE,
    };
    find_tag(f, c->tag);
    f->plain = causes[c->kind] ? causes[c->kind] : CAUSE_COMMAND_WORD;
    if (c->set.raw.n > 0 && !plain_set(c->set.raw))
        add(f, c->set.raw, "1", F_SEQUENCE_SET);
    if (c->kind == CMD_AUTHENTICATE) /* digits in base64 are no number */
        f->edit[f->edits++] = (struct edit){c->name.p + c->name.n, f->p + f->n, NULL, 0};
}

/* ---- octets between the spans ---- */

/* Reads the string at p, if one begins there: it is accepted input, so that it is whole. */
static const uint8_t *string_at(const uint8_t *p, const uint8_t *end, struct istring *s) {
    if (*p == '"') {
        const uint8_t *q = p + 1;
        for (; q < end && *q != '"'; q++)
            q += *q == '\\';
        *s = (struct istring){STR_QUOTED, true, {p + 1, (uint32_t)(q - p - 1)}};
        return q < end ? q + 1 : NULL;
    }
    const uint8_t *q = p + 1;
    uint64_t n = 0;
    if (*p != '{')
        return NULL;
    for (; q < end && is_digit(*q) && n < UINT32_MAX; q++)
        n = n * 10 + (uint64_t)(*q - '0');
    q += q < end && *q == '+';
    if (q == p + 1 || end - q < 3 || memcmp(q, "}\r\n", 3) || n > (uint64_t)(end - q - 3))
        return NULL;
    *s = (struct istring){STR_LITERAL, false, {q + 3, (uint32_t)n}};
    return q + 3 + n;
}

static const uint8_t *number_at(const uint8_t *p, const uint8_t *end, const uint8_t *before, uint64_t *v) {
    *v = 0;
    if (!is_digit(*p) || (before && in_word(*before)))
        return NULL;
    const uint8_t *q = p;
    for (; q < end && is_digit(*q); q++)
        *v = *v > UINT64_MAX / 10 - 10 ? UINT64_MAX / 10 : *v * 10 + (uint64_t)(*q - '0');
    return q == end || !in_word(*q) ? q : NULL;
}

/* Goes over [p, end) outside the spans: collects features, and writes when `out` is not NULL. */
static uint64_t walk(const uint8_t *p, const uint8_t *end, const uint8_t *first, uint64_t keep,
                     struct out *out) {
    uint64_t set = 0;
    while (p < end) {
        struct istring s;
        uint64_t v;
        const uint8_t *q = string_at(p, end, &s);
        if (q) {
            uint64_t own = string_features(&s, ROLE_TEXT);
            set |= own;
            if (out && own & ~keep)
                string_write(&s, ROLE_TEXT, keep, NULL, out);
            else if (out)
                out_octets(out, p, (size_t)(q - p));
        } else if ((q = number_at(p, end, p > first ? p - 1 : NULL, &v))) {
            uint64_t large = v > INT32_MAX ? FEATURE(F_NUMBER_LARGE) : 0;
            uint64_t zeros = q - p > 1 && *p == '0' ? FEATURE(F_LEADING_ZEROS) : 0;
            set |= large | zeros;
            if (out && zeros & keep)
                out_text(out, "0");
            if (out)
                out_number(out, large & ~keep ? 7 : v);
        } else {
            q = p + 1;
            uint8_t c = *p;
            if (is_lower(c))
                set |= FEATURE(F_KEYWORD_CASE);
            if (is_lower(c) && !(keep & FEATURE(F_KEYWORD_CASE)))
                c = (uint8_t)(c - 32);
            if (out)
                out_octets(out, &c, 1);
        }
        p = q;
    }
    return set;
}

void text_find(enum lib_item item, struct featured *f) {
    if (item == ITEM_RESPONSE)
        response_find(f);
    else
        command_find(f);
    const uint8_t *p = f->p;
    for (uint32_t i = 0; i <= f->edits; i++) {
        const uint8_t *end = i < f->edits ? f->edit[i].from : f->p + f->n;
        f->set |= walk(p, end, f->p, 0, NULL);
        p = i < f->edits ? f->edit[i].to : end;
        if (i < f->edits && f->edit[i].with && !(f->edit[i].feature & VERBATIM)) /* kept, it is walked too */
            f->set |= walk(f->edit[i].from, f->edit[i].to, f->p, 0, NULL);
    }
}

void text_write(const struct featured *f, uint64_t keep, struct out *out) {
    const uint8_t *p = f->p;
    for (uint32_t i = 0; i < f->edits; i++) {
        const struct edit *e = &f->edit[i];
        walk(p, e->from, f->p, keep, out);
        if (!e->with || e->feature & keep & VERBATIM)
            out_octets(out, e->from, (size_t)(e->to - e->from));
        else if (e->feature & keep)
            walk(e->from, e->to, f->p, keep, out);
        else
            out_text(out, e->with);
        p = e->to;
    }
    walk(p, f->p + f->n, f->p, keep, out);
}
