/* between_clientid.c: CLIENTID on its way through the proxy: listed where it may be, passed as it was sent,
 * refused a second time, after login and in clear. */
#include "between_priv.h"

#include <string.h>

/* Tokens that a reader of strings or literals takes for something else (T-CID-7), letters of both cases, the
 * longest. */
static const struct probe {
    const char *type, *token;
} probes[] = {{"UUID", "23bf83be-aad7-46aa-9e0f-39191ccf402f"},
              {"LICENSE", "\"Ab(C)\"{}%*\\]~!"},
              {"UUID", "{3}"},
              {"Uuid", "x{7+}"},
              {"UUID", "NIL"},
              {"UUID", "xYxxxxxxxxXxxxxxxxxXxxxxxxxxXxxxxxxxxXxxxxxxxxXxxxxxxxxXxxxxxxxxX"
                       "xxxxxxxxxXxxxxxxxxXxxxxxxxxXxxxxxxxxXxxxxxxxxXxxxxxxxxXxxxxxxZ"}};

static void line_of(const struct probe *p, char out[200]) {
    snprintf(out, 200, "CLIENTID %s %s", p->type, p->token);
}

/* Whether one of the back end's connections got the line since the mark; *other: another CLIENTID instead. */
static bool arrived(struct between *b, const char *line, int from, char *other, size_t n) {
    other[0] = '\0';
    for (int i = 0; i < b->back.n; i++) {
        const struct back_conn *c = b->back.conn[i];
        struct slice rest = octets_from(&c->got, i < from ? c->got_mark : 0), command;
        while (next_command(&rest, &command)) {
            struct slice word = word_of(command, 1);
            if (!slice_is_nocase(word, "CLIENTID"))
                continue;
            uint32_t len = (uint32_t)(command.p + command.n - word.p);
            if (len == strlen(line) + 2 && !memcmp(word.p + 8, line + 8, len - 10))
                return true;
            octets_text((struct slice){word.p, len}, 0, 180, other, n);
        }
    }
    return false;
}

struct tally {
    int passed, altered, kept, refused;
};

/* One token on a connection of its own; logs in, since many proxies open the other side then. */
static bool one(struct between *b, const struct probe *p, bool first, struct tally *t) {
    struct front f;
    struct caps c;
    char line[200], other[200];
    line_of(p, line);
    if (!reach(b, &f, false))
        return false;
    caps_ask(&f, &c); /* CID-3.4-1c: not before it was seen */
    back_mark(&b->back);
    int from = b->back.n;
    enum heard h = front_ask(&f, line).word;
    if (h != HEARD_OK) {
        t->refused++;
        judge(b, ROW_CID_PASSED, V_VIOLATES, h == HEARD_NO ? "CID-3.1-d CID-3.2-d" : "CID-3.2-d CID-1-a",
              "CLIENTID is listed, and `%s` is answered %s", line, heard_name(h));
        front_close(&f);
        return true;
    }
    if (first && front_ask(&f, "CLIENTID UUID another").word == HEARD_OK)
        judge(b, ROW_CID_REFUSED, V_VIOLATES, "CID-3.4-3s",
              "a second CLIENTID on the connection is answered OK");
    h = log_in(&f, NULL);
    if (h != HEARD_OK)
        judge(b, ROW_CID_PASSED, V_VIOLATES, "CID-D4", "after CLIENTID, LOGIN is answered %s", heard_name(h));
    if (arrived(b, line, from, other, sizeof other))
        t->passed++;
    else if (other[0]) {
        t->altered++;
        judge(b, ROW_CID_PASSED, V_VIOLATES, "CID-4-f T-CID-7", "sent `%s`, the back end gets `%s`", line,
              other);
    } else
        t->kept++;
    if (first && h == HEARD_OK && front_ask(&f, "CLIENTID UUID probe-after-login").word == HEARD_OK)
        judge(b, ROW_CID_REFUSED, V_VIOLATES, "CID-3.4-2s", "CLIENTID after login is answered OK");
    front_close(&f);
    return true;
}

static void listed(struct between *b) {
    struct tally t = {0};
    enum { PROBES = sizeof probes / sizeof *probes };
    for (int i = 0; i < PROBES && !t.refused; i++)
        if (!one(b, &probes[i], i == 0, &t))
            return;
    if (t.kept)
        judge(b, ROW_CID_PASSED, V_DEVIATES, "CID-3.1-f CID-3.2-e",
              "the proxy answers OK itself, and hands the identity on to nobody (%d of %d)", t.kept, PROBES);
    judge(b, ROW_CID_PASSED, V_CONFORMS, "CID-4-f", "passed as sent, %d of %d tokens", t.passed, PROBES);
    judge(b, ROW_CID_REFUSED, V_CONFORMS, "CID-3.4-2s CID-3.4-3s",
          "a second one is refused, one after login too");
}

/* Not offered: what is not offered must not be taken (CID-3.4-1s). */
static void not_listed(struct between *b) {
    struct front f;
    struct caps c;
    if (!reach(b, &f, false))
        return;
    caps_ask(&f, &c);
    enum heard h = front_ask(&f, "CLIENTID UUID probe-not-listed").word;
    if (h == HEARD_OK)
        judge(b, ROW_CID_REFUSED, V_VIOLATES, "CID-3.4-1s CID-1-a",
              "CLIENTID is not listed, and answered OK");
    if (h != HEARD_END && log_in(&f, NULL) == HEARD_OK &&
        front_ask(&f, "CLIENTID UUID probe-after-login").word == HEARD_OK)
        judge(b, ROW_CID_REFUSED, V_VIOLATES, "CID-3.4-2s", "CLIENTID after login is answered OK");
    judge(b, ROW_CID_REFUSED, V_CONFORMS, "CID-3.4-1s CID-3.4-2s", "refused before login (%s) and after it",
          heard_name(h));
    front_close(&f);
}

static void in_clear(struct between *b) {
    struct front f;
    struct caps c;
    if (!reach(b, &f, true))
        return;
    caps_ask(&f, &c);
    enum heard h = front_ask(&f, "CLIENTID UUID probe-in-clear").word;
    if (h == HEARD_OK)
        judge(b, ROW_CID_CLEAR, V_VIOLATES, "CID-3.4-1s CID-3.3-a", "CLIENTID in clear is answered OK");
    if (h != HEARD_END)
        log_in(&f, NULL);
    front_close(&f);
}

/* CID-8-c: what the driver sent under TLS must not go on in clear. What it sent against the rules, in clear
 * itself or after login, is not laid to a proxy that relays it. */
static void to_the_back(struct between *b) {
    char text[200];
    for (int i = 0; i < b->back.n; i++) {
        const struct back_conn *c = b->back.conn[i];
        struct slice rest = octets_from(&c->got, 0), command;
        while (next_command(&rest, &command))
            if (slice_is_nocase(word_of(command, 1), "CLIENTID") &&
                (size_t)(command.p - c->got.p) < c->secured &&
                !has_text(command, "probe-after-login", true) && !has_text(command, "probe-in-clear", true))
                judge(b, ROW_CID_CLEAR, V_VIOLATES, "CID-8-c CID-3.4-1c", "the proxy sends in clear: `%s`",
                      octets_text(command, 0, 160, text, sizeof text));
    }
}

void rows_of_clientid(struct between *b) {
    bool secured = b->front_caps[AT_TLS].seen;
    bool clear = b->front_caps[AT_CLEAR].seen && caps_has(&b->front_caps[AT_CLEAR], "CLIENTID");
    bool shown = caps_has(&b->front_caps[AT_TLS], "CLIENTID");
    if (clear)
        judge(b, ROW_CID_LISTED, V_VIOLATES, "CID-3.3-a", "CLIENTID is listed in clear");
    if (caps_has(&b->front_caps[AT_IN], "CLIENTID"))
        judge(b, ROW_CID_LISTED, V_VIOLATES, "CID-3.3-b", "CLIENTID is listed after login");
    if (shown)
        judge(b, ROW_CID_LISTED, V_CONFORMS, "CID-3.3-a CID-3.3-b",
              "listed under TLS before login, and only there");
    else
        judge(b, ROW_CID_LISTED, V_CONFORMS, "ID-7-d CID-3.3-c", "not listed%s%s",
              secured ? "" : "; the front has no TLS",
              b->back_tls ? "" : "; the back end is asked in clear, and offers none");
    if (shown)
        listed(b);
    else {
        not_listed(b);
        unjudged(b, ROW_CID_PASSED, "CLIENTID is not listed, so no client sends it");
    }
    if (b->front_caps[AT_CLEAR].seen)
        in_clear(b);
    to_the_back(b);
    judge(b, ROW_CID_CLEAR, V_CONFORMS, "CID-8-c CID-3.4-1s", "never in clear%s",
          b->front_caps[AT_CLEAR].seen ? ", and refused there" : "");
}
