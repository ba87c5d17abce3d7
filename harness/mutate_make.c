/* mutate_make.c: parts of items from the grammar's productions. A production is a short text, read letter by
 * letter; where a rule may be broken (m_odd) its parts are left out, doubled or replaced.
 *
 * A blank is SP; ( and ) and other marks are themselves; words stand between apostrophes. Letters:
 *   m mailbox   p LIST's pattern   s sequence-set   u uid-set   n number   z nz-number   a atom   t string T
 * nstring f flag list   F flag   D date-time   d date   S section   P <partial>   k search keys   K search
 * key   g tag   x base64 I id-params-list   y CLIENTID's type   Y its token   e what FETCH asks for   E what
 * it answers   v status items V status items with values   A address list   L body parameters   B body   C
 * response code   c capabilities   Q delimiter X text   N namespace   w, i, o: one of e, E, v
 */
#include "mutate_priv.h"

#include <string.h>

/* ---- lists ---- */

/* `form` once or more, parted by SP, between marks. */
static void list(struct mut *m, const char *open, const char *form, const char *close, uint32_t least) {
    uint32_t n = least + m_below(m, 4);
    if (m_one_in(m, 60))
        n = 29 + m_below(m, 5); /* our limits and the documents' are 30, 32, 64 */
    else if (m_one_in(m, 120))
        n = 62 + m_below(m, 4);
    if (m->depth > 4)
        n = least;
    m_text(m, m_odd(m) && m_one_in(m, 4) ? "" : open);
    for (uint32_t i = 0; i < n; i++) {
        if (i)
            m_sp(m);
        m_form(m, form);
    }
    m_text(m, m_odd(m) && m_one_in(m, 4) ? "" : close);
}

static void set(struct mut *m, bool star) {
    uint32_t n = m_one_in(m, 80) ? 63 + m_below(m, 3) : 1 + m_below(m, 3);
    for (uint32_t i = 0; i < n; i++) {
        m_text(m, i ? "," : "");
        for (uint32_t k = 0; k < 2 && (k == 0 || m_one_in(m, 3)); k++) {
            m_text(m, k ? ":" : "");
            if ((star || m_odd(m)) && m_one_in(m, 5))
                m_text(m, "*");
            else
                m_number(m, false);
        }
    }
    if (m_odd(m))
        m_text(m, m_one_in(m, 2) ? "," : ":");
}

/* ---- parts of commands and responses ---- */

static void mailbox(struct mut *m) {
    uint8_t content[64];
    if (m_one_in(m, 3))
        m_case(m, "INBOX");
    else if (m_one_in(m, 2))
        m_atom(m);
    else
        m_string_of(m, AS_ANY, content, m_content(m, content, sizeof content));
}

static void flag(struct mut *m) {
    static const char *const flags[] = {"\\Seen",   "\\Deleted", "\\Answered", "\\Flagged", "\\Draft",
                                        "\\Recent", "\\*",       "\\",         "\\X",       "$Junk"};
    if (m_one_in(m, 4))
        m_atom(m);
    else
        m_case(m, flags[m_below(m, m->odd ? 10 : 5)]);
}

static void date(struct mut *m, bool time) {
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul",
                                         "Aug", "Sep", "Oct", "Nov", "Dec", "Xyz"};
    uint32_t day = m_below(m, 40);
    if (time)
        m_text(m, "\"");
    if (day < 10)
        m_text(m, time ? " " : "");
    m_decimal(m, day);
    m_text(m, "-");
    m_case(m, months[m_below(m, m->odd ? 13 : 12)]);
    m_text(m, "-");
    m_decimal(m, 1000 + m_below(m, m->odd ? 20000 : 3000));
    if (time)
        m_text(m, ONE(m, ((const char *const[]){" 00:00:00 +0000\"", " 23:59:60 -1200\"", " 24:60:61 +9999\"",
                                                " 12:00:00 +0200\""})));
}

static void section(struct mut *m) {
    static const char *const specs[] = {"",
                                        "'HEADER'",
                                        "'TEXT'",
                                        "'1'",
                                        "'1.2'",
                                        "'1.MIME'",
                                        "'1.HEADER'",
                                        "'HEADER.FIELDS' (m)",
                                        "'HEADER.FIELDS.NOT' (m m)",
                                        "'1.TEXT'",
                                        "z'.TEXT'",
                                        "'MIME'",
                                        "'0'",
                                        "'HEADER.FIELDS' ()",
                                        "'1.'",
                                        "'.1'"};
    m_text(m, "[");
    m_form(m, specs[m_below(m, m->odd ? 16 : 11)]);
    m_text(m, "]");
}

static void search_key(struct mut *m) {
    static const char *const forms[] = {
        "s",          "'UID' s",     "'NOT' K",      "'OR' K K",    "(k)",           "'BCC' m",
        "'BEFORE' d", "'BODY' m",    "'HEADER' m m", "'KEYWORD' a", "'LARGER' n",    "'SENTSINCE' d",
        "'SINCE' d",  "'SMALLER' n", "'SUBJECT' m",  "'TEXT' m",    "'UNKEYWORD' a", "'SENTON' \"d\"",
        "()",         "'UID'",       "'NOT'",        "'OR' K"};
    if (m->depth > 6 || m_one_in(m, 3))
        m_case(m, m_word(m, &search_words));
    else
        m_form(m, forms[m_below(m, m->odd ? 22 : 18)]);
}

static void fetch_want(struct mut *m) {
    static const char *const forms[] = {"'BODY'S",   "'BODY.PEEK'S", "'BODY'S'<'n'.'z'>'",
                                        "'BINARY'S", "'BODY'",       "'BODY'S'<'n'>'"};
    if (m_one_in(m, 2))
        m_case(m, m_word(m, &fetch_words));
    else
        m_form(m, forms[m_below(m, m->odd ? 6 : 5)]);
}

static void fetch_item(struct mut *m) {
    static const char *const forms[] = {
        "'UID' z",      "'FLAGS' f",         "'RFC822.SIZE' n",   "'INTERNALDATE' D",
        "'RFC822' T",   "'RFC822.HEADER' T", "'RFC822.TEXT' T",   "'ENVELOPE' (T T A A A A A A T T)",
        "'BODY' B",     "'BODYSTRUCTURE' B", "'BODY'S T",         "'BODY'S'<'n'>' T",
        "'MODSEQ' (z)", "'EMAILID' (a)",     "'X-GM-LABELS' (m)", "'BINARY'S T",
        "a T",          "'ENVELOPE' T",      "'FLAGS' T"};
    m_form(m, forms[m_below(m, m->odd ? 19 : 16)]);
}

static void body(struct mut *m) {
    static const char *const forms[] = {"(t t L T T t n)",
                                        "('\"TEXT\"' t L T T t n n)",
                                        "('\"MESSAGE\"' '\"RFC822\"' L T T t n (T T A A A A A A T T) B n)",
                                        "(BB t)",
                                        "(B t)",
                                        "(BBB t L T T T)",
                                        "(t t L T T t n T T T T)",
                                        "(t t L T T t n T (t L) (t t) T T)",
                                        "(B)",
                                        "()"};
    m_form(m, forms[m->depth > 4 ? 0 : m_below(m, m->odd ? 10 : 8)]);
}

static void code(struct mut *m) {
    static const char *const forms[] = {"'ALERT'",
                                        "'BADCHARSET' (m)",
                                        "'BADCHARSET'",
                                        "'CAPABILITY'c",
                                        "'PERMANENTFLAGS' f",
                                        "'UIDNEXT' z",
                                        "'UIDVALIDITY' z",
                                        "'UNSEEN' z",
                                        "'NEWNAME' m m",
                                        "'APPENDUID' z z",
                                        "'COPYUID' z u u",
                                        "'HIGHESTMODSEQ' z",
                                        "a X",
                                        "a",
                                        "'UIDNEXT' n"};
    m_text(m, "[");
    if (m_one_in(m, 3))
        m_case(m, m_word(m, &code_words));
    else
        m_form(m, ONE(m, forms));
    m_text(m, m_odd(m) ? " " : "] ");
}

static void free_text(struct mut *m) {
    static const char *const odd[] = {"",     "[",    "]",    "\xc3\xa9", "\x80",
                                      "a\rb", "\x01", "=?x?", "wait {5}", "a [b] c"};
    if (m_odd(m))
        m_text(m, ONE(m, odd));
    else
        m_form(m, "a a");
}

static void base64(struct mut *m) {
    static const char *const some[] = {"AHUxAHB3", "=",   "YQ==", "YWI=", "YWJj",
                                       "*",        "YQ=", "Y",    "!!!!", "YWJjZA==YQ=="};
    m_text(m, some[m_below(m, m->odd ? 10 : 5)]);
}

/* ---- forms ---- */

static void letter(struct mut *m, char c) {
    static const char *const delimiters[] = {"NIL",  "\"/\"", "\".\"", "\"\\\\\"", "\"\xe2\x82\xac\"",
                                             "\"\"", "/",     "\"ab\""};
    switch (c) {
    case ' ':
        m_sp(m);
        break;
    case 'm':
        mailbox(m);
        break;
    case 'p':
        m_form(m, ONE(m, ((const char *const[]){"'*'", "'%'", "a'%'", "m", "'\"*\"'", "a'/%'"})));
        break;
    case 's':
        set(m, true);
        break;
    case 'u':
        set(m, false);
        break;
    case 'n':
        m_number(m, true);
        break;
    case 'z':
        m_number(m, false);
        break;
    case 'a':
        m_atom(m);
        break;
    case 't':
        m_string(m);
        break;
    case 'T':
        if (m_one_in(m, 4))
            m_case(m, "NIL");
        else
            m_string(m);
        break;
    case 'f':
        list(m, "(", "F", ")", 0);
        break;
    case 'F':
        flag(m);
        break;
    case 'D':
        date(m, true);
        break;
    case 'd':
        date(m, false);
        break;
    case 'S':
        section(m);
        break;
    case 'k':
        list(m, "", "K", "", 1);
        break;
    case 'K':
        search_key(m);
        break;
    case 'g':
        m_text(m, m_odd(m) ? ONE(m, ((const char *const[]){"+", "a]", "*", "", "a+", "\"a\"", "{1}"}))
                           : ONE(m, ((const char *const[]){"a", "A001", "z9", "a.b"})));
        break;
    case 'x':
        base64(m);
        break;
    case 'I':
        m_id_list(m);
        break;
    case 'y':
        m_clientid_type(m);
        break;
    case 'Y':
        m_clientid_token(m);
        break;
    case 'e':
        if (m_one_in(m, 3))
            m_case(m, m_word(m, &macro_words));
        else
            list(m, "(", "w", ")", 1);
        break;
    case 'w':
        fetch_want(m);
        break;
    case 'E':
        list(m, "(", "i", ")", 1);
        break;
    case 'i':
        fetch_item(m);
        break;
    case 'v':
        list(m, "(", "o", ")", 1);
        break;
    case 'o':
        m_case(m, m_word(m, &status_words));
        break;
    case 'V':
        list(m, "(", "o n", ")", 0);
        break;
    case 'A':
        m_form(m, m_one_in(m, 2)   ? "'NIL'"
                  : m_one_in(m, 2) ? "((T T T T))"
                  : m_odd(m)       ? "(T)"
                                   : "((T T T T)(T T T T))");
        break;
    case 'L':
        m_form(m, m_one_in(m, 2) ? "'NIL'" : m_one_in(m, 2) ? "(t t)" : m_odd(m) ? "()" : "(t t t t)");
        break;
    case 'B':
        body(m);
        break;
    case 'C':
        if (m_one_in(m, 2))
            code(m);
        break;
    case 'c':
        m_form(m, m_odd(m) ? " a a"
                           : ONE(m, ((const char *const[]){" 'IMAP4rev1'", " 'IMAP4rev1' 'ID' 'CLIENTID'",
                                                           " a 'AUTH=PLAIN' 'IMAP4rev1'",
                                                           " 'IMAP4rev1' 'IMAP4rev2'"})));
        break;
    case 'Q':
        m_text(m, delimiters[m_below(m, m->odd ? 8 : 5)]);
        break;
    case 'X':
        free_text(m);
        break;
    case 'N':
        m_form(m, m_one_in(m, 2) ? "'NIL'" : m_one_in(m, 2) ? "((t Q))" : "((t Q)(t Q t (t)))");
        break;
    default:
        m_octet(m, (uint8_t)c);
    }
}

void m_form(struct mut *m, const char *form) {
    if (m->depth > 12)
        return;
    m->depth++;
    for (; *form; form++) {
        if (*form == '\'') {
            char word[64];
            size_t n = strcspn(++form, "'");
            memcpy(word, form, n);
            word[n] = 0;
            m_case(m, word);
            form += n;
            continue;
        }
        if (m_odd(m) && m_one_in(m, 24)) { /* left out, or doubled */
            if (m_one_in(m, 2))
                continue;
            letter(m, *form);
        }
        letter(m, *form);
    }
    m->depth--;
}
