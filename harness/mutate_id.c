/* mutate_id.c: the arguments of ID and CLIENTID: lists of pairs, a type, a token; around every limit, and
 * with what is taken for an argument. */
#include "mutate_priv.h"

#include <string.h>

static void id_field(struct mut *m, const char *earlier) {
    uint8_t content[4200];
    size_t n;
    if (m_odd(m) && m_one_in(m, 3)) {
        m_case(m, "NIL");
        return;
    }
    if (earlier && m_one_in(m, 10)) { /* twice, perhaps in other letters */
        n = strlen(earlier);
        memcpy(content, earlier, n + 1);
        if (m_one_in(m, 2))
            content[0] ^= 0x20;
    } else if (m_one_in(m, 3))
        n = m_content(m, content, sizeof content);
    else {
        const char *z = m_id_field(m);
        n = strlen(z);
        memcpy(content, z, n + 1);
    }
    m_string_of(m, AS_ANY, content, n);
}

static void id_pairs(struct mut *m) {
    uint32_t n = m_one_in(m, 12) ? 29 + m_below(m, 4) : m_one_in(m, 8) ? 0 : 1 + m_below(m, 3);
    const char *earlier = m_id_field(m);
    for (uint32_t i = 0; i < n; i++) {
        if (i)
            m_sp(m);
        if (i == 0 && n > 1 && m_one_in(m, 3))
            m_string_of(m, AS_QUOTED, earlier, strlen(earlier));
        else
            id_field(m, earlier);
        if (i + 1 == n && m_odd(m) && m_one_in(m, 2))
            return; /* a field without a value */
        m_sp(m);
        if (m_odd(m) && m_one_in(m, 4))
            m_form(m, m_one_in(m, 2) ? "(T)" : "a");
        else
            m_form(m, "T");
    }
}

void m_id_list(struct mut *m) {
    static const char *const wrong[] = {"t", "a",   "T T",       "()()", "(())",        "((T T))", "'(NIL)'",
                                        "",  "( )", "'\"NIL\"'", "n",    "'NIL' 'NIL'", "(t T) t"};
    if (m_one_in(m, 8))
        m_case(m, "NIL");
    else if (m_odd(m) && m_one_in(m, 3))
        m_form(m, ONE(m, wrong));
    else {
        m_text(m, m_odd(m) && m_one_in(m, 3) ? "( " : "(");
        id_pairs(m);
        m_text(m, m_odd(m) && m_one_in(m, 2) ? ONE(m, ((const char *const[]){"", " )", "))", " "})) : ")");
    }
}

void m_clientid_type(struct mut *m) {
    static const uint8_t lengths[] = {1, 2, 4, 15, 16, 17, 18, 33};
    static const char *const odd[] = {"DEVICE_ID", "a-b",   "\"UUID\"", "{4}\r\nUUID", "A\x80",
                                      "",          "UU ID", "A.B",      "a\x01"};
    if (m_odd(m)) {
        m_text(m, ONE(m, odd));
        return;
    }
    uint32_t n = m_one_in(m, 3) ? ONE(m, lengths) : 3 + m_below(m, 4), digits = m_below(m, 3);
    if (n > 16 && !m->odd)
        n = 16;
    for (uint32_t i = 0; i < n; i++) /* T-CID-3: letters, or letters and digits, or one digit */
        m_octet(m, (uint8_t)(digits == 0 && m_one_in(m, 3) ? '0' + m_below(m, 10)
                                                           : "Aa"[m_below(m, 2)] + m_below(m, 26)));
}

void m_clientid_token(struct mut *m) {
    static const char *const watched[] = {"\"abc\"", "{3}",  "{3+}", "x{3}", "x{7+}",
                                          "NIL",     "(a)",  "a\\b", "%*",   "a]",
                                          "\"",      "\\\"", "~{1}", "&",    "{3}\r\nabc"};
    static const uint8_t lengths[] = {1, 2, 16, 17, 30, 126, 127, 128, 129, 130, 255};
    if (m_one_in(m, 3)) {
        m_text(m, watched[m_below(m, sizeof watched / sizeof *watched - !m->odd)]);
        return;
    }
    uint32_t n = m_one_in(m, 3) ? ONE(m, lengths) : 1 + m_below(m, 40);
    if (n > 128 && !m->odd)
        n = 128;
    for (uint32_t i = 0; i < n; i++)
        m_octet(m, (uint8_t)(m_odd(m) && m_one_in(m, 8) ? m_below(m, 256) : '!' + m_below(m, 94)));
    if (m_odd(m))
        m_octet(m, (uint8_t)(m_one_in(m, 2) ? 0x7f + m_below(m, 3) : m_below(m, 32)));
}
