/* mutate_words.c: the words that inputs are made of: the grammar's tables, ID's fields; and dictionaries of
 * them. */
#include "mutate_priv.h"

#include <ctype.h>
#include <string.h>

const struct words *const word_tables[] = {&command_words,
                                           &fetch_words,
                                           &macro_words,
                                           &status_words,
                                           &search_words,
                                           &store_words,
                                           &section_words,
                                           &untagged_words,
                                           &numbered_words,
                                           &state_words,
                                           &code_words,
                                           &misc_words,
                                           NULL};

/* ID-3.3-g1 to ID-3.3-g11: the fields that the document names. */
const char *const id_fields[] = {"name",    "version", "os",      "os-version", "vendor",      "support-url",
                                 "address", "date",    "command", "arguments",  "environment", NULL};

const char *m_word(struct mut *m, const struct words *w) { return w->v[m_below(m, w->n)].text; }

const char *m_id_field(struct mut *m) {
    return id_fields[m_below(m, sizeof id_fields / sizeof *id_fields - 1)];
}

static void entry(FILE *out, const char *z, size_t n) {
    fputc('"', out);
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)z[i];
        if (c < ' ' || c > '~' || c == '"' || c == '\\')
            fprintf(out, "\\x%02X", c);
        else
            fputc(c, out);
    }
    fputs("\"\n", out);
}
static void word(FILE *out, const char *z) { entry(out, z, strlen(z)); }

static void table(FILE *out, const struct words *w) {
    for (uint32_t i = 0; i < w->n; i++)
        word(out, w->v[i].text);
}

void mutate_dictionary(enum lib_item item, FILE *out) {
    static const char *const marks[] = {"\r\n",
                                        "\n",
                                        "(",
                                        ")",
                                        "()",
                                        "NIL",
                                        "nil",
                                        "\"",
                                        "\"\"",
                                        "\\\"",
                                        "\\\\",
                                        " ",
                                        "* ",
                                        "+ ",
                                        "{0}\r\n",
                                        "{1}\r\n",
                                        "{3}\r\n",
                                        "{3+}\r\n",
                                        "~{1}\r\n",
                                        "{4294967295}\r\n",
                                        "{4294967296}\r\n",
                                        "{18446744073709551616}\r\n",
                                        "2147483648",
                                        "4294967295",
                                        "\xff",
                                        "\xc3\xa9"};
    fprintf(out, "# The words of %s, from the grammar's tables.\n", lib_item_name(item));
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        word(out, marks[i]);
    entry(out, "\0", 1);
    if (item == ITEM_CLIENTID) {
        word(out, "CLIENTID");
        return;
    }
    word(out, "ID");
    for (int i = 0; id_fields[i]; i++)
        word(out, id_fields[i]);
    for (int i = 0; word_tables[i] && (item == ITEM_COMMAND || item == ITEM_RESPONSE); i++)
        table(out, word_tables[i]);
}
