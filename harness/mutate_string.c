/* mutate_string.c: tokens, as they should be or nearly: keywords, blanks, line ends, numbers, strings in all
 * their forms. */
#include "mutate_priv.h"

#include <string.h>

/* ---- chance and output ---- */

uint32_t m_below(struct mut *m, uint32_t n) { /* splitmix64 */
    uint64_t z = m->state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (uint32_t)(((z ^ z >> 31) >> 32) * n >> 32);
}
bool m_one_in(struct mut *m, uint32_t n) { return m_below(m, n) == 0; }
bool m_odd(struct mut *m) { return m->odd && m_one_in(m, m->odd); }

void m_octet(struct mut *m, uint8_t c) {
    if (m->n < m->cap)
        m->p[m->n++] = c;
}
void m_octets(struct mut *m, const void *p, size_t n) {
    n = n < m->cap - m->n ? n : m->cap - m->n;
    if (n)
        memcpy(m->p + m->n, p, n);
    m->n += n;
}
void m_text(struct mut *m, const char *z) { m_octets(m, z, strlen(z)); }
void m_decimal(struct mut *m, uint64_t n) {
    char digits[20];
    size_t k = 0;
    do
        digits[k++] = (char)('0' + n % 10);
    while ((n /= 10));
    while (k)
        m_octet(m, (uint8_t)digits[--k]);
}

/* ---- words, blanks, ends ---- */

void m_case(struct mut *m, const char *z) {
    uint32_t how = m_below(m, 8); /* 0: lower case, 1: mixed */
    for (; *z; z++) {
        bool letter = (*z >= 'A' && *z <= 'Z') || (*z >= 'a' && *z <= 'z');
        m_octet(m, (uint8_t)(letter && (how == 0 || (how == 1 && m_one_in(m, 2))) ? *z ^ 0x20 : *z));
    }
}

void m_sp(struct mut *m) {
    static const char *const wrong[] = {"  ", "\t", "", ",", ", ", "\r\n ", "\xa0"};
    m_text(m, m_odd(m) && m_one_in(m, 3) ? wrong[m_below(m, sizeof wrong / sizeof *wrong)] : " ");
}

void m_crlf(struct mut *m) {
    if (!m_odd(m)) {
        m_text(m, "\r\n");
        return;
    }
    switch (m_below(m, 10)) {
    case 0:
        m_text(m, "\n");
        break;
    case 1:
        m_text(m, "\r");
        break;
    case 2:
        m_text(m, "\r\r\n");
        break;
    case 3:
        break; /* more is to come */
    case 4:
        m_octets(m, "\0\r\n", 3);
        break;
    case 5:
        m_text(m, " \r\n");
        break;
    case 6:
        m_text(m, "\r\nA9 NOOP\r\n");
        break;
    case 7:
        m_text(m, ")\r\n");
        break;
    default:
        m_sp(m);
        m_string(m);
        m_text(m, "\r\n");
    }
}

/* ---- numbers ---- */

static void near_limit(struct mut *m) {
    static const char *const limit[] = {
        "2147483647",           "2147483648",           "4294967294",           "4294967295",
        "4294967296",           "4294967297",           "9223372036854775807",  "9223372036854775808",
        "18446744073709551615", "18446744073709551616", "18446744073709551617", "99999999999999999999999"};
    m_text(m, limit[m_below(m, sizeof limit / sizeof *limit)]);
}

void m_number(struct mut *m, bool zero) {
    if (m_one_in(m, 16))
        m_text(m, m_one_in(m, 2) ? "0" : "00000000000");
    if (m_odd(m)) {
        static const char *const wrong[] = {"", "-1", "+1", "0", "1x", "0x1", " 1", "1.0", "*", "NIL"};
        if (m_one_in(m, 2))
            m_text(m, wrong[m_below(m, sizeof wrong / sizeof *wrong)]);
        else
            near_limit(m);
    } else if (m_one_in(m, 8))
        m_text(m, m_one_in(m, 2) ? "4294967295" : m_one_in(m, 2) ? "2147483648" : "2147483647");
    else
        m_decimal(m, (zero ? 0 : 1) + m_below(m, m_one_in(m, 3) ? 10000 : 12));
}

/* ---- strings ---- */

static size_t some_length(struct mut *m) {
    static const uint16_t limit[] = {0,  1,   15,  16,  17,  29,  30,   31,   32,   63,
                                     64, 127, 128, 129, 255, 256, 1023, 1024, 1025, 1026};
    if (m_one_in(m, 200))
        return 4095 + m_below(m, 4); /* LITERAL-: 4096 */
    if (m_one_in(m, 10))
        return limit[m_below(m, sizeof limit / sizeof *limit)];
    return m_below(m, 12);
}

/* Most contents are plain words; some have the octets that parsers trip over. */
size_t m_content(struct mut *m, uint8_t *to, size_t cap) {
    static const char *const bits[] = {"\"",
                                       "\\",
                                       "\\\"",
                                       "(",
                                       ")",
                                       "{3}",
                                       "{",
                                       "}",
                                       "%",
                                       "*",
                                       "]",
                                       "NIL",
                                       "nil",
                                       " ",
                                       "\r\n",
                                       "\r",
                                       "\n",
                                       "\x01",
                                       "\t",
                                       "\x7f",
                                       "\x80",
                                       "\xff",
                                       "\xc3\xa9",
                                       "\xed\xa0\x80",
                                       "\xf0\x9f\x98\x80",
                                       "+",
                                       "&",
                                       "~",
                                       "\\n",
                                       "{3}\r\nabc"};
    size_t n = some_length(m);
    n = n < cap ? n : cap;
    uint32_t what = m_below(m, 8);
    if (what == 0 && n > 11)
        memset(to, 'a' + (int)m_below(m, 26), n); /* long ones of one letter */
    for (size_t i = 0; i < n && !(what == 0 && n > 11); i++)
        to[i] = (uint8_t)((m_one_in(m, 6) ? '0' + m_below(m, 10) : 'a' + m_below(m, 26)));
    if (what == 1 && n < 100) { /* a word of the documents */
        const char *z = m_one_in(m, 4) ? "NIL" : m_id_field(m);
        n = strlen(z) < cap ? strlen(z) : cap;
        memcpy(to, z, n);
    }
    if (what > 5 && n) {
        const char *z = bits[m_below(m, sizeof bits / sizeof *bits)];
        size_t k = strlen(z), at = m_below(m, (uint32_t)n + 1);
        if (m_one_in(m, 12))
            to[at < n ? at : n - 1] = 0;
        else
            for (size_t i = 0; i < k && at + i < cap; i++) {
                to[at + i] = (uint8_t)z[i];
                n = at + i + 1 > n ? at + i + 1 : n;
            }
    }
    return n;
}

static void quoted(struct mut *m, const uint8_t *p, size_t n) {
    m_text(m, "\"");
    for (size_t i = 0; i < n; i++) {
        bool special = p[i] == '"' || p[i] == '\\',
             never = p[i] == 0 || p[i] == '\r' || p[i] == '\n' || p[i] > 0x7f;
        if (special && !m_odd(m))
            m_octet(m, '\\');
        else if (m_odd(m) && m_one_in(m, 16))
            m_text(m, m_one_in(m, 2) ? "\\" : "\\n");
        if (!never || m_odd(m))
            m_octet(m, p[i]);
    }
    if (!m_odd(m) || !m_one_in(m, 6))
        m_text(m, "\"");
}

static void size(struct mut *m, size_t n) {
    if (m_one_in(m, 16))
        m_text(m, m_one_in(m, 2) ? "0" : "000000000000");
    if (!m_odd(m)) {
        m_decimal(m, n);
        return;
    }
    switch (m_below(m, 5)) {
    case 0:
        m_decimal(m, n + 1);
        break;
    case 1:
        m_decimal(m, n ? n - 1 : 0);
        break;
    case 2:
        near_limit(m);
        break;
    case 3:
        m_number(m, true);
        break;
    default:
        m_decimal(m, n + m_below(m, 5000));
    }
}

static void literal(struct mut *m, enum form form, const uint8_t *p, size_t n) {
    static const char *const ends[] = {"}\n",    "}\r",     "} \r\n", "}",        "\r\n",
                                       "+}\r\n", "++}\r\n", "-}\r\n", "}\r\n\r\n"};
    m_text(m, form == AS_EIGHT ? "~{" : "{");
    size(m, n);
    if (m_odd(m) && m_one_in(m, 3))
        m_text(m, ends[m_below(m, sizeof ends / sizeof *ends)]);
    else
        m_text(m, form == AS_PLUS ? "+}\r\n" : "}\r\n");
    m_octets(m, p, n);
}

void m_string_of(struct mut *m, enum form form, const void *p, size_t n) {
    if (form == AS_ANY) {
        uint32_t k = m_below(m, 12);
        form = k < 7      ? AS_QUOTED
               : k < 10   ? AS_LITERAL
               : m_odd(m) ? (m_one_in(m, 2) ? AS_BARE : AS_EIGHT)
                          : AS_PLUS;
        for (size_t i = 0; i < n && form == AS_QUOTED && !m->odd; i++)
            if (!((const uint8_t *)p)[i] || ((const uint8_t *)p)[i] > 0x7f ||
                memchr("\r\n", ((const uint8_t *)p)[i], 2))
                form = AS_LITERAL;
    }
    if (form == AS_QUOTED)
        quoted(m, p, n);
    else if (form == AS_BARE)
        m_octets(m, p, n);
    else
        literal(m, form, p, n);
}

void m_string(struct mut *m) {
    uint8_t content[4200];
    m_string_of(m, AS_ANY, content, m_content(m, content, sizeof content));
}

void m_atom(struct mut *m) {
    static const char *const odd[] = {"]", "a]",  "a%",   "a*b", "{1}", "\\a", "a\"b",
                                      "",  "a(b", "\x80", "+",   "a+b", "NIL"};
    if (m_odd(m))
        m_text(m, odd[m_below(m, sizeof odd / sizeof *odd)]);
    else
        for (uint32_t k = 1 + m_below(m, 6); k; k--)
            m_octet(m, (uint8_t)(m_one_in(m, 5) ? '0' + m_below(m, 10) : 'A' + m_below(m, 26)));
}
