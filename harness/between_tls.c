/* between_tls.c: whether STARTTLS survives the proxy, and what becomes of commands that came in clear behind
 * it (CID-D2). */
#include "between_priv.h"

#include <string.h>

enum { MORE_MS = 300 }; /* for what is answered in clear behind the OK */

static void offered(struct between *b) {
    bool listed = caps_has(&b->front_caps[AT_CLEAR], "STARTTLS");
    if (b->front.tls == URL_TLS)
        return;
    if (listed && b->front_caps[AT_TLS].seen)
        judge(b, ROW_TLS_OFFERED, V_CONFORMS, "R3501-6.2.1", "STARTTLS is offered, and works");
    else if (listed)
        judge(b, ROW_TLS_OFFERED, V_VIOLATES, "R3501-6.2.1", "STARTTLS is listed, and does not work");
    else if (b->front.tls == URL_STARTTLS)
        judge(b, ROW_TLS_OFFERED, V_VIOLATES, "R3501-6.2.1",
              "STARTTLS is not listed, though the back end offers it: a client goes on in clear, or not at "
              "all");
    else
        judge(b, ROW_TLS_OFFERED, V_UNDOCUMENTED, "R3501-6.2.1",
              "the back end offers STARTTLS, the proxy does not: its clients go on in clear");
}

/* Responses under TLS to the tags that were sent in clear. */
static bool answers_injected(struct slice heard, unsigned first, unsigned last) {
    struct slice r;
    while (next_response(&heard, &r))
        for (unsigned k = first; k <= last; k++) {
            char tag[16];
            snprintf(tag, sizeof tag, "b%u", k);
            if (slice_is(word_of(r, 0), tag))
                return true;
        }
    return false;
}

static void under_tls(struct between *b, struct front *f, unsigned first, unsigned last) {
    char text[300];
    size_t from = f->at;
    struct answer_of a = front_ask(f, "SELECT INBOX");
    struct slice heard = {f->in.p + from, (uint32_t)(f->in.n - from)};
    trace(b, ROW_TLS_INJECTED, "under TLS: %s", octets_text(heard, 0, 250, text, sizeof text));
    if (answers_injected(heard, first, last))
        judge(b, ROW_TLS_INJECTED, V_VIOLATES, "CID-D2",
              "commands that came in clear behind STARTTLS are answered under TLS");
    else if (a.word == HEARD_OK)
        judge(b, ROW_TLS_INJECTED, V_VIOLATES, "CID-D2",
              "a LOGIN that came in clear behind STARTTLS was executed");
    else
        judge(b, ROW_TLS_INJECTED, V_CONFORMS, "CID-D2", "%s",
              a.word == HEARD_END ? "the connection ends"
                                  : "commands that came in clear behind STARTTLS are dropped");
}

/* Why a handshake failed: octets that were no TLS, rather than an alert or the end. */
static bool is_no_tls(const char *why) {
    return strstr(why, "wrong version") || strstr(why, "packet length") || strstr(why, "unknown protocol");
}

static void injection(struct between *b) {
    struct front f;
    struct octets line = {0};
    char tag[16], login[600], text[300];
    if (!reach(b, &f, true))
        return;
    unsigned starttls = front_tag(&f, tag), first = starttls + 1, last = starttls + 3;
    octets_add(&line, tag, strlen(tag));
    octets_add(&line, " STARTTLS\r\n", 11);
    for (unsigned k = first; k <= last; k++) {
        front_tag(&f, tag);
        snprintf(login, sizeof login, "%s %s", tag,
                 k == first  ? "NOOP"
                 : k == last ? "CAPABILITY"
                             : "LOGIN ");
        octets_add(&line, login, strlen(login));
        if (k == first + 1) {
            snprintf(login, sizeof login, "\"%s\" \"%s\"", b->user, b->password);
            octets_add(&line, login, strlen(login));
        }
        octets_add(&line, "\r\n", 2);
    }
    front_write(&f, line.p, line.n); /* in one piece */
    octets_free(&line);
    struct answer_of a = front_reply(&f, starttls);
    trace(b, ROW_TLS_INJECTED, "b%u STARTTLS, b%u NOOP, b%u LOGIN, b%u CAPABILITY in one packet -> %s",
          starttls, first, first + 1, last, octets_text(front_heard(&f, a), 0, 200, text, sizeof text));
    if (a.word != HEARD_OK)
        judge(b, ROW_TLS_INJECTED, V_CONFORMS, "CID-D2", "STARTTLS with more behind it is answered %s",
              heard_name(a.word));
    else if (front_response(&f, MORE_MS).n || (!front_secure(&f) && is_no_tls(f.why)))
        judge(b, ROW_TLS_INJECTED, V_VIOLATES, "CID-D2 R3501-6.2.1",
              "what came behind STARTTLS is answered in clear, behind its OK");
    else if (!f.tls || !f.connected)
        judge(b, ROW_TLS_INJECTED, V_CONFORMS, "CID-D2", "there is no handshake: %s", f.why);
    else
        under_tls(b, &f, first, last);
    front_close(&f);
}

void rows_of_tls(struct between *b) {
    offered(b);
    if (caps_has(&b->front_caps[AT_CLEAR], "STARTTLS"))
        injection(b);
    else
        unjudged(b, ROW_TLS_INJECTED,
                 b->front.tls == URL_TLS ? "TLS from the first octet on" : "no STARTTLS");
    if (b->front.tls == URL_TLS)
        unjudged(b, ROW_TLS_OFFERED, "TLS from the first octet on");
}
