/* compare_features.c: an accepted ID list or CLIENTID: its features, and the same written with some of them
 * alone. */
#include "compare_priv.h"

#include <stdio.h>
#include <string.h>

enum { KIND_ID, KIND_CLIENTID, KIND_TEXT };

#define LITERAL_BASE FEATURE(F_LITERAL)
#define SEVERAL_BASE FEATURE(F_SEVERAL)
#define LENGTH_BASE  FEATURE(F_LENGTH)
const struct feature_row feature_rows[F_COUNT] = {
    [F_LITERAL] = {CAUSE_LITERAL, 0},
    [F_NIL_LIST] = {CAUSE_NIL_LIST, 0},
    [F_NIL_VALUE] = {CAUSE_NIL_VALUE, 0},
    [F_EMPTY_LIST] = {CAUSE_EMPTY_LIST, 0},
    [F_SEVERAL] = {CAUSE_SEVERAL_PAIRS, 0},
    [F_KEYWORD_CASE] = {CAUSE_KEYWORD_CASE, 0},
    [F_EMPTY_STRING] = {CAUSE_EMPTY_STRING, 0},
    [F_LENGTH] = {CAUSE_LENGTH, 0},
    [F_ESCAPE] = {CAUSE_ESCAPE, 0},
    [F_SPECIAL_QUOTED] = {CAUSE_SPECIAL_QUOTED, 0},
    [F_CONTROL_QUOTED] = {CAUSE_CONTROL_QUOTED, 0},
    [F_EIGHT_BIT_QUOTED] = {CAUSE_EIGHT_BIT_QUOTED, 0},
    [F_NONSYNC] = {CAUSE_NONSYNC_LITERAL, LITERAL_BASE},
    [F_ZERO_LITERAL] = {CAUSE_ZERO_LITERAL, LITERAL_BASE | FEATURE(F_EMPTY_STRING)},
    [F_LEADING_ZEROS] = {CAUSE_LEADING_ZEROS, LITERAL_BASE},
    [F_EIGHT_BIT_LITERAL] = {CAUSE_EIGHT_BIT_LITERAL, LITERAL_BASE},
    [F_CR_LF_LITERAL] = {CAUSE_CR_LF_LITERAL, LITERAL_BASE},
    [F_CONTROL_LITERAL] = {CAUSE_CONTROL_LITERAL, LITERAL_BASE},
    [F_SPECIAL_LITERAL] = {CAUSE_SPECIAL_LITERAL, LITERAL_BASE},
    [F_LOWER_CASE_NIL] = {CAUSE_LOWER_CASE_NIL, FEATURE(F_NIL_LIST) | FEATURE(F_NIL_VALUE)},
    [F_NIL_WORD] = {CAUSE_NIL_WORD, 0},
    [F_LIMIT_FIELD] = {CAUSE_LIMIT_FIELD, LENGTH_BASE},
    [F_LIMIT_VALUE] = {CAUSE_LIMIT_VALUE, LENGTH_BASE},
    [F_LIMIT_PAIRS] = {CAUSE_LIMIT_PAIRS, SEVERAL_BASE},
    [F_DUPLICATE] = {CAUSE_DUPLICATE_FIELD, SEVERAL_BASE},
    [F_DUPLICATE_CASE] = {CAUSE_DUPLICATE_CASE, SEVERAL_BASE | FEATURE(F_DUPLICATE)},
    [F_CLIENTID_TYPE] = {CAUSE_CLIENTID_TYPE, 0},
    [F_CLIENTID_QUOTED] = {CAUSE_CLIENTID_QUOTED, 0},
    [F_CLIENTID_LITERAL] = {CAUSE_CLIENTID_LITERAL, 0},
    [F_CLIENTID_SPECIAL] = {CAUSE_CLIENTID_SPECIAL, 0},
    [F_CLIENTID_LENGTH] = {CAUSE_CLIENTID_LENGTH, 0},
    [F_NUMBER_LARGE] = {CAUSE_NUMBER_LARGE, 0},
    [F_CODE] = {CAUSE_CODE, 0},
    [F_RESPONSE_TEXT] = {CAUSE_RESPONSE_TEXT, 0},
    [F_SEQUENCE_SET] = {CAUSE_SEQUENCE_SET, 0},
    [F_ENVELOPE] = {CAUSE_ENVELOPE, 0},
    [F_BODY] = {CAUSE_BODY, 0},
    [F_SECTION] = {CAUSE_SECTION, 0},
    [F_FETCH_ITEM] = {CAUSE_FETCH_ITEM, 0},
    [F_FLAG] = {CAUSE_FLAG, 0},
    [F_EXTENSION] = {CAUSE_EXTENSION, 0},
    [F_TAG] = {CAUSE_TAG, 0},
    [F_TAG_LENGTH] = {CAUSE_TAG_LENGTH, 0},
};

static uint64_t when(bool b, enum feature f) { return b ? FEATURE(f) : 0; }

static bool has_lower(struct slice s) {
    for (uint32_t i = 0; i < s.n; i++)
        if (s.p[i] >= 'a' && s.p[i] <= 'z')
            return true;
    return false;
}

/* ---- ID ---- */

static bool equal_folded(const struct istring *a, const struct istring *b) {
    static uint8_t x[64], y[64];
    size_t n = istring_copy(a, x, sizeof x), m = istring_copy(b, y, sizeof y);
    if (n != m || n > sizeof x)
        return false;
    for (size_t i = 0; i < n; i++) {
        int c = x[i] >= 'A' && x[i] <= 'Z' ? x[i] + 32 : x[i],
            d = y[i] >= 'A' && y[i] <= 'Z' ? y[i] + 32 : y[i];
        if (c != d)
            return false;
    }
    return true;
}

/* Marks pairs whose field an earlier one has. The first 64 pairs alone are looked through. */
static void find_duplicates(struct featured *f) {
    uint32_t n = f->pairs < 64 ? f->pairs : 64;
    for (uint32_t i = 1; i < n; i++)
        for (uint32_t j = 0; j < i && !f->same[i]; j++)
            if (!f->same[j] && equal_folded(&f->pair[i].field, &f->pair[j].field)) {
                bool exactly = istring_equal(&f->pair[i].field, &f->pair[j].field);
                f->same[i] = (uint16_t)(j + 1);
                f->has[i] |= FEATURE(exactly ? F_DUPLICATE : F_DUPLICATE_CASE);
                f->has[j] |= FEATURE(exactly ? F_DUPLICATE : F_DUPLICATE_CASE);
            }
}

static void id_find(struct featured *f) {
    uint32_t pos = 0, word = f->head.n - 3;
    f->set = when(has_lower((struct slice){f->head.p + word, 2}), F_KEYWORD_CASE);
    if (id_params_is_nil(f->params)) {
        f->set |= FEATURE(F_NIL_LIST) | when(!slice_is(f->params, "NIL"), F_LOWER_CASE_NIL);
        return;
    }
    while (f->pairs < PAIRS_MAX && id_next_pair(f->params, &pos, &f->pair[f->pairs])) {
        const struct id_pair *pair = &f->pair[f->pairs];
        f->has[f->pairs] =
            string_features(&pair->field, ROLE_FIELD) | string_features(&pair->value, ROLE_VALUE);
        f->same[f->pairs++] = 0;
    }
    find_duplicates(f);
    for (uint32_t i = 0; i < f->pairs; i++)
        f->set |= f->has[i];
    f->set |= when(f->pairs == 0, F_EMPTY_LIST) | when(f->pairs > 1, F_SEVERAL) |
              when(f->pairs > 30, F_LIMIT_PAIRS);
}

/* A name like no other's, or that of the pair whose field this one repeats. */
static void field_name(const struct featured *f, uint32_t i, uint64_t keep, char name[8]) {
    uint64_t repeated = f->has[i] & keep & (FEATURE(F_DUPLICATE) | FEATURE(F_DUPLICATE_CASE));
    bool upper = false;
    if (f->same[i] && repeated) {
        upper = !istring_equal(&f->pair[i].field, &f->pair[f->same[i] - 1].field) &&
                (keep & FEATURE(F_DUPLICATE_CASE));
        i = f->same[i] - 1u;
    }
    snprintf(name, 8, upper ? "F%u" : "f%u", i);
}

static void id_write(const struct featured *f, uint64_t keep, struct out *out) {
    uint32_t word = f->head.n - 3, written = 0;
    bool every = keep & (FEATURE(F_SEVERAL) | FEATURE(F_LIMIT_PAIRS));
    uint32_t most = keep & FEATURE(F_LIMIT_PAIRS) ? PAIRS_MAX : 30;
    out_octets(out, f->head.p, word);
    if (keep & FEATURE(F_KEYWORD_CASE))
        out_octets(out, f->head.p + word, 3);
    else
        out_text(out, "ID ");
    if (f->set & keep & FEATURE(F_LOWER_CASE_NIL) && f->set & FEATURE(F_NIL_LIST)) {
        out_octets(out, f->params.p, 3);
    } else if (keep & f->set & FEATURE(F_NIL_LIST)) {
        out_text(out, "NIL");
    } else if (keep & f->set & FEATURE(F_EMPTY_LIST)) {
        out_text(out, "()");
    } else {
        out_text(out, "(");
        for (uint32_t i = 0; i < f->pairs && written < most; i++) {
            char name[8];
            if ((!every && !(f->has[i] & keep)) || (f->only && i + 1 != f->only))
                continue;
            field_name(f, i, keep, name);
            out_text(out, written++ ? " " : "");
            string_write(&f->pair[i].field, ROLE_FIELD, keep, name, out);
            out_text(out, " ");
            string_write(&f->pair[i].value, ROLE_VALUE, keep, NULL, out);
        }
        out_text(out, written ? ")" : "\"f0\" \"x\")");
    }
    out_text(out, "\r\n");
}

/* ---- CLIENTID ---- */

static bool is_alnum(uint8_t c) { return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z'); }

static uint64_t token_octet(uint8_t c) {
    return c == '"'                              ? FEATURE(F_CLIENTID_QUOTED)
           : c == '{' || c == '}'                ? FEATURE(F_CLIENTID_LITERAL)
           : is_alnum(c) || c == '-' || c == '+' ? 0
                                                 : FEATURE(F_CLIENTID_SPECIAL);
}

static void clientid_find(struct featured *f) {
    bool letter = false, digits = false;
    for (uint32_t i = 0; i < f->args.type.n; i++) {
        digits |= f->args.type.p[i] <= '9';
        letter |= f->args.type.p[i] > '9';
    }
    for (uint32_t i = 0; i < f->args.token.n; i++)
        f->set |= token_octet(f->args.token.p[i]);
    f->set |=
        when(digits && (letter || f->args.type.n > 1), F_CLIENTID_TYPE) |
        when(f->args.type.n > 8 || f->args.token.n > 36, F_CLIENTID_LENGTH) |
        when(slice_is_nocase(f->args.token, "NIL") || slice_is_nocase(f->args.type, "NIL"), F_NIL_WORD) |
        when(has_lower((struct slice){f->head.p + f->head.n - 9, 8}), F_KEYWORD_CASE);
}

static void clientid_write(const struct featured *f, uint64_t keep, struct out *out) {
    const struct slice type = f->args.type, token = f->args.token;
    const bool length = keep & FEATURE(F_CLIENTID_LENGTH);
    uint32_t n = type.n > 8 && !length ? 8 : type.n;
    uint8_t written[128];
    out_octets(out, f->head.p, f->head.n - 9);
    if (keep & FEATURE(F_KEYWORD_CASE))
        out_octets(out, f->head.p + f->head.n - 9, 9);
    else
        out_text(out, "CLIENTID ");
    bool nil_type = slice_is_nocase(type, "NIL") && !(keep & FEATURE(F_NIL_WORD));
    for (uint32_t i = 0; i < n; i++)
        if (nil_type)
            out_text(out, "t");
        else if (keep & FEATURE(F_CLIENTID_TYPE) || (type.p[i] > '9'))
            out_octets(out, type.p + i, 1);
        else
            out_text(out, "t");
    out_text(out, " ");
    n = 0;
    for (uint32_t i = 0; i < token.n; i++) {
        uint64_t special = token_octet(token.p[i]);
        bool middle = i >= 16 && i + 16 < token.n; /* how it begins and ends matters */
        if (special & ~keep || (!special && middle && !length))
            continue;
        written[n++] = token.p[i];
    }
    if (n == 0 || (!(keep & FEATURE(F_NIL_WORD)) && slice_is_nocase((struct slice){written, n}, "NIL")))
        written[0] = 'x', n = 1;
    out_octets(out, written, n);
    out_text(out, "\r\n");
}

/* Of ID and CLIENTID the head stays as it is: if it is not plain, it is the cause. RFC 3501 has no ID among
 * its responses. */
static enum cause plain_cause(enum lib_item item) {
    if (item == ITEM_RESPONSE)
        return CAUSE_EXTENSION;
    return item == ITEM_COMMAND ? tag_cause(reference_command.tag) : CAUSE_PLAIN;
}

/* ---- either, or another command or response ---- */

void features_find(enum lib_item item, const uint8_t *p, size_t n, const struct lex_options *o,
                   struct featured *f) {
    f->p = p, f->n = n, f->pairs = f->edits = 0, f->only = 0, f->set = 0, f->plain = CAUSE_PLAIN;
    reference_parse(item, p, n, o);
    f->params = reference_id(item, p, n);
    f->kind = KIND_TEXT;
    if (f->params.n > 0) {
        f->kind = KIND_ID;
        f->plain = plain_cause(item);
        f->head = (struct slice){p, (uint32_t)(f->params.p - p)};
        id_find(f);
    } else if (item == ITEM_CLIENTID || (item == ITEM_COMMAND && reference_command.kind == CMD_CLIENTID)) {
        const uint8_t *line = item == ITEM_CLIENTID ? p : reference_command.name.p;
        f->kind = KIND_CLIENTID;
        f->plain = plain_cause(item);
        f->args = clientid_args(line, n - (size_t)(line - p));
        f->head = (struct slice){p, (uint32_t)(f->args.type.p - p)};
        clientid_find(f);
    } else {
        text_find(item, f);
    }
}

void features_write(const struct featured *f, uint64_t keep, struct out *out) {
    switch (f->kind) {
    case KIND_ID:
        id_write(f, keep, out);
        return;
    case KIND_CLIENTID:
        clientid_write(f, keep, out);
        return;
    default:
        text_write(f, keep, out);
    }
}
