/* mutate_make.c: whole items from the grammar's productions. A production is a short text, read letter by
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

struct form_of {
    uint8_t kind;
    const char *form;
};

/* One of n, by chance. */
#define ONE(m, v) (v)[m_below(m, sizeof(v) / sizeof *(v))]

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

/* ---- ID and CLIENTID ---- */

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

static void type(struct mut *m) {
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

static void token(struct mut *m) {
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
        type(m);
        break;
    case 'Y':
        token(m);
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

/* ---- items ---- */

static const struct form_of command_forms[] = {{CMD_APPEND, " m {"},
                                               {CMD_APPEND, " m f D {"},
                                               {CMD_APPEND, " m f {"},
                                               {CMD_AUTHENTICATE, " a"},
                                               {CMD_AUTHENTICATE, " a x"},
                                               {CMD_CLIENTID, " y Y"},
                                               {CMD_COPY, " s m"},
                                               {CMD_CREATE, " m"},
                                               {CMD_DELETE, " m"},
                                               {CMD_ENABLE, " a a"},
                                               {CMD_EXAMINE, " m"},
                                               {CMD_FETCH, " s e"},
                                               {CMD_FETCH, " s w"},
                                               {CMD_ID, " I"},
                                               {CMD_LIST, " m p"},
                                               {CMD_LIST, " ('REMOTE') m (p p) 'RETURN' ('CHILDREN')"},
                                               {CMD_LOGIN, " m m"},
                                               {CMD_LSUB, " m p"},
                                               {CMD_MOVE, " s m"},
                                               {CMD_RENAME, " m m"},
                                               {CMD_SEARCH, " k"},
                                               {CMD_SEARCH, " 'CHARSET' m k"},
                                               {CMD_SEARCH, " 'RETURN' ('MIN' 'ALL') k"},
                                               {CMD_SELECT, " m"},
                                               {CMD_STATUS, " m v"},
                                               {CMD_STORE, " s 'FLAGS' f"},
                                               {CMD_STORE, " s '+FLAGS.SILENT' F"},
                                               {CMD_STORE, " s '-FLAGS' F F"},
                                               {CMD_SUBSCRIBE, " m"},
                                               {CMD_UNSUBSCRIBE, " m"}};

static const char *form_of(struct mut *m, uint8_t kind) {
    const char *found[4] = {""};
    uint32_t n = 0;
    for (size_t i = 0; i < sizeof command_forms / sizeof *command_forms; i++)
        if (command_forms[i].kind == kind)
            found[n++] = command_forms[i].form;
    return found[n ? m_below(m, n) : 0];
}

static void command(struct mut *m) {
    const struct word *w = &command_words.v[m_below(m, command_words.n)];
    m_form(m, "g ");
    if (w->kind == WORD_UID_PREFIX) {
        static const char *const uid[] = {"FETCH", "STORE", "SEARCH", "COPY", "MOVE", "EXPUNGE", "NOOP"};
        m_case(m, "UID");
        m_sp(m);
        const char *word = uid[m_below(m, m->odd ? 7 : 6)];
        for (uint32_t i = 0; i < command_words.n; i++)
            if (!strcmp(command_words.v[i].text, word))
                w = &command_words.v[i];
    }
    m_case(m, m_odd(m) && m_one_in(m, 4) ? "XYZ" : w->text);
    const char *form = form_of(m, w->kind);
    for (; *form && *form != '{'; form++) {
        char one[64] = {*form};
        if (*form == '\'') {
            size_t n = strcspn(form + 1, "'") + 2;
            memcpy(one, form, n);
            form += n - 1;
        }
        m_form(m, one);
    }
    if (*form == '{') {
        uint8_t content[300];
        m_string_of(m,
                    m_odd(m)         ? AS_ANY
                    : m_one_in(m, 2) ? AS_LITERAL
                                     : AS_PLUS,
                    content, m_content(m, content, sizeof content));
    }
}

static void response(struct mut *m) {
    static const char *const forms[] = {"* 'OK' CX",
                                        "* 'NO' CX",
                                        "* 'BAD' X",
                                        "* 'BYE' CX",
                                        "* 'PREAUTH' CX",
                                        "g 'OK' CX",
                                        "g 'NO' CX",
                                        "g 'BAD' CX",
                                        "+ X",
                                        "+ x",
                                        "* 'CAPABILITY'c",
                                        "* 'LIST' f Q m",
                                        "* 'LIST' ('\\Noselect') Q m",
                                        "* 'LSUB' f Q m",
                                        "* 'STATUS' m V",
                                        "* 'SEARCH'",
                                        "* 'SEARCH' z z z",
                                        "* 'FLAGS' f",
                                        "* n 'EXISTS'",
                                        "* n 'RECENT'",
                                        "* z 'EXPUNGE'",
                                        "* z 'FETCH' E",
                                        "* z 'FETCH' E",
                                        "* z 'FETCH' E",
                                        "* 'ID' I",
                                        "* 'ENABLED' a",
                                        "* 'NAMESPACE' N N N",
                                        "* 'ESEARCH' ('TAG' t) 'UID' 'ALL' u",
                                        "* 'ESEARCH' 'COUNT' n",
                                        "* 'VANISHED' u",
                                        "* 'VANISHED' ('EARLIER') u",
                                        "* a T",
                                        "* 'EXPUNGE' z",
                                        "* 'EXISTS' n",
                                        "* z 'EXISTS' n"};
    m_form(m, forms[m_below(m, m->odd ? 35 : 32)]);
}

void m_item(struct mut *m, enum lib_item item) {
    static const char *const words[] = {"IDLE", "XD", "I", "IDENTIFY", "CLIENTIDS", "LOGIN"};
    const char *odd = m_odd(m) && m_one_in(m, 4) ? ONE(m, words) : NULL;
    switch (item) {
    case ITEM_ID:
    case ITEM_ID_RESPONSE:
        if (item == ITEM_ID_RESPONSE)
            m_form(m, m_odd(m) && m_one_in(m, 4) ? "g " : "* ");
        m_case(m, odd ? odd : "ID");
        if (m_odd(m) && m_one_in(m, 6))
            break; /* no argument */
        m_form(m, " I");
        break;
    case ITEM_CLIENTID:
        m_case(m, odd ? odd : "CLIENTID");
        m_form(m, m_odd(m) ? ONE(m, ((const char *const[]){"", " y", " y Y Y", " Y y", " t t", " y t", " "}))
                           : " y Y");
        break;
    case ITEM_COMMAND:
        command(m);
        break;
    default:
        response(m);
    }
    m_crlf(m);
}
