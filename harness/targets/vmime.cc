/* vmime.cc: VMime's IMAP grammar, which is classes in a header, over a socket that reads from memory.
 *
 * It has no ID: here the response is put together from its classes for blanks, strings and line ends, as its
 * own rules are. Untagged responses and continuation requests are its own rules. A tagged one must have the
 * tag that the parser awaits: no opinion.
 */
#include <vmime/vmime.hpp>
#include <vmime/net/imap/IMAPParser.hpp>

#include <strings.h>

#include "library.h"

using vmime::string;
using vmime::net::imap::IMAPParser;

namespace {

struct starved {}; // it wants more than there is

class memory_socket : public vmime::net::socket {
  public:
    const uint8_t *p = nullptr;
    size_t n = 0;

    void receive(string &to) override {
        if (n == 0)
            throw starved();
        auto *lf = static_cast<const uint8_t *>(memchr(p, '\n', n));
        size_t some = lf != nullptr ? static_cast<size_t>(lf - p) + 1
                                    : n; // a line, so that the parser holds nothing back
        to.assign(reinterpret_cast<const char *>(p), some);
        p += some;
        n -= some;
    }
    void connect(const string &, const vmime::port_t) override {}
    void disconnect() override {}
    bool isConnected() const override { return true; }
    bool waitForRead(const int) override { return true; }
    bool waitForWrite(const int) override { return true; }
    size_t receiveRaw(vmime::byte_t *, const size_t) override { return 0; }
    void send(const string &) override {}
    void send(const char *) override {}
    void sendRaw(const vmime::byte_t *, const size_t) override {}
    size_t sendRawNonBlocking(const vmime::byte_t *, const size_t count) override { return count; }
    size_t getBlockSize() const override { return 4096; }
    unsigned int getStatus() const override { return 0; }
    const string getPeerName() const override { return ""; }
    const string getPeerAddress() const override { return ""; }
    vmime::shared_ptr<vmime::net::timeoutHandler> getTimeoutHandler() override { return {}; }
    void setTracer(vmime::shared_ptr<vmime::net::tracer>) override {}
    vmime::shared_ptr<vmime::net::tracer> getTracer() override { return {}; }
};

std::shared_ptr<memory_socket> memory;

bool start(char *, size_t) {
    memory = std::make_shared<memory_socket>();
    return true;
}

void canon_text(struct out *o, const string &s) { canon_string(o, s.data(), s.size()); }

// "* ID" and what follows it. In the relaxed mode, which is its default, blanks may stand before the line's
// end.
bool parse_id(IMAPParser &parser, string &line, size_t *pos, struct out *o) {
    auto is = [&](auto c) { return parser.check<decltype(c)>(line, pos); };
    if (!is(IMAPParser::one_char<'*'>()) || !is(IMAPParser::SPACE()) ||
        !parser.checkWithArg<IMAPParser::special_atom>(line, pos, "id") || !is(IMAPParser::SPACE()))
        return false;
    if (is(IMAPParser::NIL()))
        canon_word(o, "NIL");
    else {
        if (!is(IMAPParser::one_char<'('>()))
            return false;
        canon_open(o);
        for (bool first = true; !is(IMAPParser::one_char<')'>()); first = false) {
            IMAPParser::xstring name;
            IMAPParser::nstring value;
            if ((!first && !is(IMAPParser::SPACE())) || !name.parse(parser, line, pos) ||
                !is(IMAPParser::SPACE()) || !value.parse(parser, line, pos))
                return false;
            canon_text(o, name.value());
            if (value.isNIL())
                canon_word(o, "NIL");
            else
                canon_text(o, value.value());
        }
        canon_close(o);
    }
    return is(IMAPParser::CRLF());
}

// UID, FLAGS, RFC822.SIZE, in this order. false: not told (twice the same, or a flag whose case is lost).
bool canon_fetch(struct out *o, const IMAPParser::msg_att &att) {
    static const char *const names[] = {"", "\\Answered", "\\Flagged", "\\Deleted", "\\Seen", "\\Draft"};
    const IMAPParser::msg_att_item *found[3] = {};
    for (auto *i : att.items()) {
        if (i == nullptr) // where it took what is no item
            return false;
        int k = i->type() == IMAPParser::msg_att_item::UID     ? 0
                : i->type() == IMAPParser::msg_att_item::FLAGS ? 1
                                                               : 2;
        if (k == 2 && i->type() != IMAPParser::msg_att_item::RFC822_SIZE)
            continue;
        if (found[k] != nullptr)
            return false;
        found[k] = i;
    }
    canon_open(o);
    if (found[0] != nullptr) {
        canon_word(o, "UID");
        canon_number(o, found[0]->unique_id()->value());
    }
    if (found[1] != nullptr) {
        canon_word(o, "FLAGS");
        canon_open(o);
        for (auto *f : found[1]->flag_list()->flags()) {
            if (f->type() == IMAPParser::flag::KEYWORD_OR_EXTENSION)
                canon_text(o, f->flag_keyword()->value());
            else if (f->type() >= IMAPParser::flag::ANSWERED && f->type() <= IMAPParser::flag::DRAFT)
                canon_text(o, names[f->type()]);
            else if (f->name() == "recent")
                canon_text(o, "\\Recent");
            else
                return false;
        }
        canon_close(o);
    }
    if (found[2] != nullptr) {
        canon_word(o, "RFC822.SIZE");
        canon_number(o, found[2]->number()->value());
    }
    canon_close(o);
    return true;
}

void canon_data(struct out *o, const IMAPParser::response_data &r) {
    static const char *const states[] = {"OK", "NO", "BAD"};
    auto *box = r.mailbox_data();
    auto *message = r.message_data();
    if (r.resp_cond_state() != nullptr)
        canon_word(o, states[r.resp_cond_state()->status()]);
    else if (r.resp_cond_bye() != nullptr)
        canon_word(o, "BYE");
    else if (box != nullptr && (box->type() == IMAPParser::mailbox_data::EXISTS ||
                                box->type() == IMAPParser::mailbox_data::RECENT)) {
        canon_word(o, box->type() == IMAPParser::mailbox_data::EXISTS ? "EXISTS" : "RECENT");
        canon_number(o, box->number()->value());
    } else if (box != nullptr && box->type() == IMAPParser::mailbox_data::SEARCH) {
        canon_word(o, "SEARCH");
        for (auto *n : box->search_nz_number_list())
            canon_number(o, n->value());
    } else if (message != nullptr) {
        canon_word(o, message->type() == IMAPParser::message_data::EXPUNGE ? "EXPUNGE" : "FETCH");
        canon_number(o, message->number());
        if (message->type() == IMAPParser::message_data::FETCH && !canon_fetch(o, *message->msg_att()))
            o->len = 0;
    }
}

bool parse_response(IMAPParser &parser, string &line, size_t *pos, struct out *o) {
    if (line[0] == '+') {
        IMAPParser::continue_req more;
        return more.parse(parser, line, pos);
    }
    IMAPParser::response_data data;
    if (!data.parse(parser, line, pos))
        return false;
    canon_data(o, data);
    return true;
}

// Its rules leak what they have begun when the socket ends them: a response that breaks off in a literal, or
// behind one, is passed over. Sizes are read as it reads them, modulo 2^32.
bool is_cut(const uint8_t *p, size_t n) {
    for (const uint8_t *end = p + n, *lf;
         (lf = static_cast<const uint8_t *>(memchr(p, '\n', end - p))) != nullptr;) {
        const uint8_t *q = lf - 2;
        uint32_t size = 0, unit = 1;
        if (lf - p < 3 || q[1] != '\r' || *q != '}')
            return false;
        for (q--; q > p && *q >= '0' && *q <= '9'; q--, unit *= 10)
            size += unit * (*q - '0');
        if (*q != '{')
            return false;
        p = lf + 1;
        if (size > static_cast<size_t>(end - p))
            return true;
        p += size;
    }
    return true;
}

void parse(enum lib_item item, const uint8_t *p, size_t n, struct lib_answer *a) {
    a->verdict = LIB_PASS;
    if (n > 0 && item == ITEM_RESPONSE && *p != '*' && *p != '+')
        return;
    if (n >= 9 && strncasecmp(reinterpret_cast<const char *>(p), "* PREAUTH", 9) == 0)
        return; // a greeting: it has a rule of its own
    a->verdict = LIB_MORE;
    if (memchr(p, '\n', n) == nullptr)
        return;
    if (item == ITEM_RESPONSE && is_cut(p, n)) {
        a->verdict = LIB_PASS;
        return;
    }
    memory->p = p;
    memory->n = n;
    try {
        IMAPParser parser;
        size_t pos = 0;
        parser.setSocket(memory);
        string line = parser.readLine();
        bool good = item == ITEM_RESPONSE ? parse_response(parser, line, &pos, &a->canon)
                                          : parse_id(parser, line, &pos, &a->canon);
        a->verdict = good ? LIB_ACCEPT : LIB_REJECT;
        a->used = good ? static_cast<uint32_t>(n - memory->n - (line.size() - pos)) : 0;
    } catch (const starved &) {
        a->verdict = LIB_MORE;
    } catch (const std::exception &e) {
        a->verdict = LIB_REJECT;
        snprintf(a->why, sizeof a->why, "%s", e.what());
    }
}

const char *version(void) { return TARGET_VERSION; }

} // namespace

LIBRARY(vmime) = {.name = "vmime",
                  .package = "libvmime-dev",
                  .about = "the classes of its IMAPParser; its string and nstring in a rule for ID",
                  .items = 1u << ITEM_ID_RESPONSE | 1u << ITEM_RESPONSE,
                  .dialect = DIALECT_3501,
                  .literals = LITERALS_SYNC,
                  .isolate = false,
                  .start = start,
                  .parse = parse,
                  .version = version};
