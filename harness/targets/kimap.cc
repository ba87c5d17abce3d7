/* kimap.cc: KIMAP's ImapStreamParser over a device that never has more than what it was given.
 *
 * The class is exported, but its header is not installed, so it is declared here, as of release 22.12.
 * Responses are read as its session does: strings, lists and a response code, until the command's end. The
 * session itself judges no response, so there is an opinion only on those whose content is told. ID and
 * CLIENTID are read as a server would read them with its server mode: words, and one list. The parser tells
 * neither NIL from "NIL", nor what was quoted.
 */
#include <QtCore/QByteArray>
#include <QtCore/QIODevice>
#include <QtCore/QList>
#include <cstdio>
#include <cstring>
#include <exception>
#include <strings.h>

#include "library.h"

namespace KIMAP {
class ImapStreamParser {
  public:
    explicit ImapStreamParser(QIODevice *socket, bool server = false);
    QByteArray readString();
    QList<QByteArray> readParenthesizedList();
    bool hasString();
    bool hasList();
    bool hasResponseCode();
    bool atResponseCodeEnd();
    bool atCommandEnd();
    void setData(const QByteArray &data);
    int availableDataSize() const;

  private: /* their sizes and order are the library's */
    QIODevice *m_socket;
    bool m_isServerModeEnabled;
    QByteArray m_data;
    int m_position;
    qint64 m_literalSize;
};
} // namespace KIMAP

namespace {

using KIMAP::ImapStreamParser;

class dry : public QIODevice {
  public:
    bool isSequential() const override { return true; }
    bool waitForReadyRead(int) override { return false; }
    bool waitForBytesWritten(int) override { return true; }

  protected:
    qint64 readData(char *, qint64) override { return 0; }
    qint64 writeData(const char *, qint64 n) override { return n; } /* "+ Ready for literal data" */
};

dry *device;

bool start(char *err, size_t errlen) {
    if (device != nullptr)
        return true;
    device = new dry;
    bool good = device->open(QIODevice::ReadWrite | QIODevice::Unbuffered);
    if (!good)
        snprintf(err, errlen, "its device cannot be opened");
    return good;
}

struct refused : std::exception {
    const char *text;
    explicit refused(const char *t) : text(t) {}
    const char *what() const noexcept override { return text; }
};

bool is(const QByteArray &word, const char *z) { return strcasecmp(word.constData(), z) == 0; }

void canon_text(struct out *o, const QByteArray &s) {
    canon_string(o, s.constData(), static_cast<size_t>(s.size()));
}

/* In a list, or as its session takes any argument: the octets NIL are NIL. */
void canon_value(struct out *o, const QByteArray &s) {
    if (s == "NIL")
        canon_word(o, "NIL");
    else
        canon_text(o, s);
}

void canon_list(struct out *o, const QList<QByteArray> &list) {
    if (list.size() % 2 != 0)
        throw refused("a name without a value");
    canon_open(o);
    for (int i = 0; i < list.size(); i++)
        if (i % 2 == 0)
            canon_text(o, list[i]);
        else
            canon_value(o, list[i]);
    canon_close(o);
}

/* What stands behind ID. */
void read_id(ImapStreamParser &parser, struct out *o) {
    if (parser.hasList())
        canon_list(o, parser.readParenthesizedList());
    else if (parser.hasString() && is(parser.readString(), "NIL"))
        canon_word(o, "NIL");
    else
        throw refused("no list, and not NIL");
}

QByteArray word(ImapStreamParser &parser) {
    if (!parser.hasString())
        throw refused("a word is missing");
    return parser.readString();
}

void read_command(ImapStreamParser &parser, enum lib_item item, struct out *o) {
    if (!is(word(parser), item == ITEM_ID ? "ID" : "CLIENTID"))
        throw refused("another command");
    if (item == ITEM_ID)
        read_id(parser, o);
    for (int i = 0; item == ITEM_CLIENTID && i < 2; i++)
        canon_text(o, word(parser));
    if (!parser.atCommandEnd())
        throw refused("more arguments");
}

/* All of it, as the session's loop. */
void skip(ImapStreamParser &parser) {
    while (!parser.atCommandEnd())
        if (parser.hasString())
            parser.readString();
        else if (parser.hasList())
            parser.readParenthesizedList();
        else if (!parser.hasResponseCode() && !parser.atResponseCodeEnd())
            throw refused("neither string, list nor code");
}

bool read_response(ImapStreamParser &parser, struct out *o) {
    QByteArray tag = word(parser), key = word(parser);
    const char *const statuses[] = {"OK", "NO", "BAD", "BYE", "PREAUTH"};
    const char *const numbers[] = {"EXISTS", "RECENT", "EXPUNGE"};
    bool told = false, number = false;
    uint64_t n = tag == "*" ? key.toULongLong(&number) : 0;
    QByteArray name = number && parser.hasString() ? parser.readString() : key;
    for (int i = 0; i < 5 && !number; i++)
        if (is(key, statuses[i]) && (told = tag == "*" || i < 3)) {
            if (tag != "*")
                canon_text(o, tag);
            canon_word(o, statuses[i]);
        }
    for (int i = 0; i < 3 && number; i++)
        if (is(name, numbers[i])) {
            canon_word(o, numbers[i]);
            canon_number(o, n);
            told = parser.atCommandEnd();
            return told; /* the session looks at nothing behind it */
        }
    skip(parser);
    return told;
}

void parse(enum lib_item item, const uint8_t *p, size_t n, struct lib_answer *a) {
    bool response = item == ITEM_RESPONSE || item == ITEM_ID_RESPONSE;
    ImapStreamParser parser(device, !response);
    parser.setData(QByteArray(reinterpret_cast<const char *>(p), static_cast<int>(n)));
    try {
        a->verdict = LIB_ACCEPT;
        if (item == ITEM_ID_RESPONSE) {
            if (word(parser) != "*")
                throw refused("another response");
            read_command(parser, ITEM_ID, &a->canon);
        } else if (item != ITEM_RESPONSE)
            read_command(parser, item, &a->canon);
        else if (!read_response(parser, &a->canon))
            a->verdict = LIB_PASS;
        a->used = static_cast<uint32_t>(static_cast<int>(n) - parser.availableDataSize());
    } catch (const refused &e) {
        a->verdict = LIB_REJECT;
        snprintf(a->why, sizeof a->why, "%s", e.what());
    } catch (const std::exception &e) { /* the parser's own: it has no other complaint than that data ended */
        a->verdict = LIB_MORE;
        snprintf(a->why, sizeof a->why, "%s", e.what());
    }
}

const char *version(void) { return TARGET_VERSION; }

} // namespace

LIBRARY(kimap) = {.name = "kimap",
                  .package = "libkf5imap-dev",
                  .about = "ImapStreamParser: readString and readParenthesizedList",
                  .items = 1u << ITEM_ID | 1u << ITEM_ID_RESPONSE | 1u << ITEM_CLIENTID | 1u << ITEM_RESPONSE,
                  .dialect = DIALECT_3501,
                  .literals = LITERALS_SYNC,
                  .isolate = true,
                  .start = start,
                  .parse = parse,
                  .version = version};
