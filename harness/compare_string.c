/* compare_string.c: one quoted string or literal: its features, and the same string without some of them. */
#include "compare_priv.h"

#include <string.h>

#define SHORT_LENGTH                                                                                         \
    16 /* LENGTH: longer strings of an ID list; a literal or buffer of a parser may end soon */
#define TEXT_LENGTH   32 /* elsewhere: a date-time has 26 */
#define SPECIALS_KEPT 12 /* of a string that is cut */

#define OF_LITERALS                                                                                          \
    (FEATURE(F_LITERAL) | FEATURE(F_NONSYNC) | FEATURE(F_ZERO_LITERAL) | FEATURE(F_LEADING_ZEROS) |          \
     FEATURE(F_EIGHT_BIT_LITERAL) | FEATURE(F_CR_LF_LITERAL) | FEATURE(F_CONTROL_LITERAL) |                  \
     FEATURE(F_SPECIAL_LITERAL))

/* What an octet of a string is; looked up once for each octet of whatever is asked again. */
enum octet_class { PLAIN, EIGHT_BIT, CR_LF, CONTROL, ESCAPED, SPECIAL, BLANK, CLASSES };
static const uint8_t class_of[256] = {[0x00 ... 0x09] = CONTROL,
                                      ['\n'] = CR_LF,
                                      [0x0b ... 0x0c] = CONTROL,
                                      ['\r'] = CR_LF,
                                      [0x0e ... 0x1f] = CONTROL,
                                      [' '] = BLANK,
                                      ['"'] = ESCAPED,
                                      ['\\'] = ESCAPED,
                                      ['('] = SPECIAL,
                                      [')'] = SPECIAL,
                                      ['{'] = SPECIAL,
                                      ['}'] = SPECIAL,
                                      ['%'] = SPECIAL,
                                      ['*'] = SPECIAL,
                                      ['['] = SPECIAL,
                                      [']'] = SPECIAL,
                                      ['<'] = SPECIAL,
                                      ['>'] = SPECIAL,
                                      ['&'] = SPECIAL,
                                      [0x7f] = CONTROL,
                                      [0x80 ... 0xff] = EIGHT_BIT};

/* The feature that an octet of a string is, or 0. */
static inline uint64_t octet_feature(uint8_t c, bool literal, enum string_role role) {
    static const uint64_t quoted_feature[CLASSES] = {
        [EIGHT_BIT] = FEATURE(F_EIGHT_BIT_QUOTED), [CR_LF] = FEATURE(F_CR_LF_LITERAL),
        [CONTROL] = FEATURE(F_CONTROL_QUOTED),     [ESCAPED] = FEATURE(F_ESCAPE),
        [SPECIAL] = FEATURE(F_SPECIAL_QUOTED),     [BLANK] = FEATURE(F_SPECIAL_QUOTED)};
    static const uint64_t literal_feature[CLASSES] = {
        [EIGHT_BIT] = FEATURE(F_EIGHT_BIT_LITERAL), [CR_LF] = FEATURE(F_CR_LF_LITERAL),
        [CONTROL] = FEATURE(F_CONTROL_LITERAL),     [ESCAPED] = FEATURE(F_SPECIAL_LITERAL),
        [SPECIAL] = FEATURE(F_SPECIAL_LITERAL),     [BLANK] = FEATURE(F_SPECIAL_LITERAL)};
    const uint8_t k = class_of[c];
    return k == BLANK && role == ROLE_TEXT ? 0 : literal ? literal_feature[k] : quoted_feature[k];
}

/* The literal's header, read backwards from its octets. */
static void header(const struct istring *s, bool *plus, bool *zeros) {
    const uint8_t *d = s->s.p - 3; /* "}" CRLF */
    *plus = d[-1] == '+';
    d -= *plus;
    const uint8_t *end = d;
    while (d[-1] >= '0' && d[-1] <= '9')
        d--;
    *zeros = end - d > 1 && *d == '0';
}

static bool next(const struct istring *s, uint32_t *i, uint8_t *c) {
    if (*i >= s->s.n)
        return false;
    if (s->kind == STR_QUOTED && s->s.p[*i] == '\\' && *i + 1 < s->s.n)
        ++*i;
    *c = s->s.p[(*i)++];
    return true;
}

static bool is_nil(const struct istring *s) { return slice_is_nocase(s->s, "NIL"); }

uint64_t string_features(const struct istring *s, enum string_role role) {
    if (s->kind == STR_NIL)
        return FEATURE(F_NIL_VALUE) | (slice_is(s->s, "NIL") ? 0 : FEATURE(F_LOWER_CASE_NIL));
    const bool literal = s->kind == STR_LITERAL;
    uint64_t f = literal ? FEATURE(F_LITERAL) : 0;
    uint32_t i = 0, n = 0;
    for (uint8_t c; next(s, &i, &c); n++)
        f |= octet_feature(c, literal, role);
    if (literal) {
        bool plus, zeros;
        header(s, &plus, &zeros);
        f |= (plus ? FEATURE(F_NONSYNC) : 0) | (zeros ? FEATURE(F_LEADING_ZEROS) : 0) |
             (n == 0 ? FEATURE(F_ZERO_LITERAL) : 0);
    }
    if (n == 0)
        f |= FEATURE(F_EMPTY_STRING);
    if (n > (role == ROLE_TEXT ? TEXT_LENGTH : SHORT_LENGTH))
        f |= FEATURE(F_LENGTH);
    if (role == ROLE_FIELD && n > 30)
        f |= FEATURE(F_LIMIT_FIELD);
    if (role == ROLE_VALUE && n > 1024)
        f |= FEATURE(F_LIMIT_VALUE);
    if (is_nil(s))
        f |= FEATURE(F_NIL_WORD);
    return f;
}

/* How many octets the string written again may have. */
static uint32_t bound(enum string_role role, uint64_t keep) {
    if (keep & (FEATURE(F_LIMIT_FIELD) | FEATURE(F_LIMIT_VALUE)))
        return UINT32_MAX;
    if (keep & FEATURE(F_LENGTH))
        return role == ROLE_FIELD ? 30 : role == ROLE_VALUE ? 1024 : UINT32_MAX;
    return role == ROLE_TEXT ? TEXT_LENGTH : 4;
}

/* Its octets: special ones as they are if kept, plain ones as x (elsewhere than in ID lists as they are). */
static size_t content(const struct istring *s, enum string_role role, uint64_t keep, const char *name,
                      uint8_t *to, size_t cap) {
    const bool literal = s->kind == STR_LITERAL;
    uint32_t most = bound(role, keep), i = 0, specials = 0;
    size_t n = 0;
    if (keep & FEATURE(F_NIL_WORD)) {
        memcpy(to, s->s.p, 3);
        return 3;
    }
    bool any_special = false;
    for (uint8_t c; n < cap && next(s, &i, &c);) {
        uint64_t f = octet_feature(c, literal, role);
        if (f & keep) {
            any_special = true;
            if (n < most || specials < SPECIALS_KEPT)
                to[n++] = c, specials++;
        } else if (n < most) {
            to[n++] = role == ROLE_TEXT && !f ? c : 'x';
        }
    }
    if (n == 0 && !(keep & (FEATURE(F_EMPTY_STRING) | FEATURE(F_ZERO_LITERAL))))
        to[n++] = 'x';
    if (role == ROLE_TEXT && n == 3 && slice_is_nocase((struct slice){to, 3}, "NIL"))
        to[0] = 'x';
    if (name != NULL && !any_special && most <= 4 &&
        !(keep & (FEATURE(F_EMPTY_STRING) | FEATURE(F_ZERO_LITERAL)))) {
        n = strlen(name);
        memcpy(to, name, n);
    }
    return n;
}

void string_write(const struct istring *s, enum string_role role, uint64_t keep, const char *name,
                  struct out *out) {
    static uint8_t octets[COMPARE_INPUT];
    if (s->kind == STR_NIL) {
        if (keep & FEATURE(F_LOWER_CASE_NIL))
            out_octets(out, s->s.p, 3);
        else
            out_text(out, keep & FEATURE(F_NIL_VALUE) ? "NIL" : "\"x\"");
        return;
    }
    keep &= string_features(s, role);
    size_t n = content(s, role, keep, name, octets, sizeof octets);
    if (!(keep & OF_LITERALS)) {
        out_quoted(out, (struct slice){octets, (uint32_t)n});
        return;
    }
    out_text(out, keep & FEATURE(F_LEADING_ZEROS) ? "{0" : "{");
    out_number(out, n);
    out_text(out, keep & FEATURE(F_NONSYNC) ? "+}\r\n" : "}\r\n");
    out_octets(out, octets, n);
}
