/* mutate_item.c: whole items: commands, responses, ID and CLIENTID, each from a form of m_form(). */
#include "mutate_priv.h"

#include <string.h>

struct form_of {
    uint8_t kind;
    const char *form;
};

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
