/* between_caps.c: connections to both sides, and the capability lists that they are shown: ID-7-d, and what
 * else is taken out and put in. */
#include "between_priv.h"

#include <string.h>

bool caps_has(const struct caps *c, const char *name) {
    for (int i = 0; i < c->n; i++)
        if (!strcasecmp(c->name[i], name))
            return true;
    return false;
}

static void caps_read(struct slice line, struct caps *c) {
    *c = (struct caps){.seen = true};
    for (int i = 2; c->n < CAPS_MAX; i++) {
        struct slice w = word_of(line, i);
        if (!w.n)
            break;
        snprintf(c->name[c->n++], CAP_NAME, "%.*s", (int)w.n, (const char *)w.p);
    }
}

/* The CAPABILITY response among the responses; empty: none. */
static struct slice caps_line(struct slice heard) {
    struct slice r;
    while (next_response(&heard, &r))
        if (slice_is(word_of(r, 0), "*") && slice_is_nocase(word_of(r, 1), "CAPABILITY"))
            return r;
    return (struct slice){0};
}

bool caps_ask(struct front *f, struct caps *c) {
    struct answer_of a = front_ask(f, "CAPABILITY");
    struct slice line = caps_line(front_heard(f, a));
    if (a.word != HEARD_OK || !line.n)
        return false;
    caps_read(line, c);
    return true;
}

enum heard log_in(struct front *f, struct answer_of *answer) {
    char line[700];
    struct answer_of a;
    snprintf(line, sizeof line, "LOGIN \"%s\" \"%s\"", f->b->user, f->b->password);
    a = front_ask(f, line);
    if (a.word == HEARD_OK)
        back_mark_in(&f->b->back);
    if (answer)
        *answer = a;
    return a.word;
}

/* TLS by STARTTLS where the front is in clear and offers it. */
static bool secure(struct between *b, struct front *f) {
    struct caps c;
    bool wanted = b->front.tls == URL_STARTTLS;
    if (b->front.tls == URL_TLS || !caps_ask(f, &c) || !caps_has(&c, "STARTTLS"))
        return !wanted || b->front.tls == URL_TLS;
    return front_ask(f, "STARTTLS").word == HEARD_OK && front_secure(f);
}

bool reach(struct between *b, struct front *f, bool clear) {
    if (!front_open(f, b, &b->front)) {
        give_up(b, "the proxy cannot be reached any more: %s", f->why);
        return false;
    }
    if (clear || secure(b, f))
        return true;
    front_close(f);
    return false;
}

/* ---- what both sides show ---- */

/* The back end itself: what it would show a client without a proxy. */
static bool ask_directly(struct between *b) {
    struct front f;
    if (!front_open(&f, b, &b->direct)) {
        give_up(b, "our own back end cannot be reached: %s", f.why);
        return false;
    }
    bool ok = caps_ask(&f, &b->direct_caps[AT_CLEAR]) && front_ask(&f, "STARTTLS").word == HEARD_OK &&
              front_secure(&f) && caps_ask(&f, &b->direct_caps[AT_TLS]) && log_in(&f, NULL) == HEARD_OK &&
              caps_ask(&f, &b->direct_caps[AT_IN]);
    front_close(&f);
    if (!ok)
        give_up(b, "our own back end does not answer: %s", f.why);
    return ok;
}

static void look(struct between *b, struct front *f, enum stage at) {
    back_mark(&b->back);
    struct answer_of a = front_ask(f, "CAPABILITY");
    struct slice line = caps_line(front_heard(f, a));
    struct back_conn *c = back_carrier(&b->back);
    if (a.word != HEARD_OK || !line.n) {
        judge(b, ROW_FILTER, V_VIOLATES, "R3501-6.1.1", "CAPABILITY is answered %s%s", heard_name(a.word),
              line.n ? "" : ", without a list");
        return;
    }
    caps_read(line, &b->front_caps[at]);
    struct slice said = c ? octets_from(&c->said, c->said_mark) : (struct slice){0};
    b->whole[at] = slice_equal(line, caps_line(said));
}

/* The list in a response's code; false: there is none. */
static bool code_read(struct slice r, struct caps *c) {
    static const char begins[] = "[CAPABILITY ";
    const uint8_t *code = r.n ? memmem(r.p, r.n, begins, sizeof begins - 1) : NULL,
                  *end = code ? memchr(code, ']', (size_t)(r.p + r.n - code)) : NULL;
    char line[1000];
    if (!end)
        return false;
    code += sizeof begins - 1;
    snprintf(line, sizeof line, "* CAPABILITY %.*s", (int)(end - code), (const char *)code);
    caps_read((struct slice){(const uint8_t *)line, (uint32_t)strlen(line)}, c);
    return true;
}

static void greeting_code(struct between *b, struct slice g) {
    struct caps c;
    if (!code_read(g, &c))
        return;
    b->greets_unknown = caps_has(&c, "X-ZZTEST");
    if (b->front.tls != URL_TLS && caps_has(&c, "CLIENTID"))
        judge(b, ROW_CID_LISTED, V_VIOLATES, "CID-3.3-a", "CLIENTID is listed in clear, in the greeting");
}

/* Is it what a connection of the back end began with? The proxy may have made it earlier. */
static bool is_of_the_back(const struct between *b, struct slice g) {
    for (int i = 0; i < b->back.n; i++) {
        if (i >= b->direct_n[0] && i < b->direct_n[1])
            continue;
        struct slice rest = octets_from(&b->back.conn[i]->said, 0), first;
        if (next_response(&rest, &first) && slice_equal(first, g))
            return true;
    }
    return false;
}

static void greeting(struct between *b, const struct front *f) {
    struct slice g = front_greeting(f);
    char text[160];
    greeting_code(b, g);
    b->whole_greeting = is_of_the_back(b, g);
    if (!b->whole_greeting)
        changed(b, "greeting: `%s`", octets_text(g, 0, 100, text, sizeof text));
}

/* The back end tells no list when it answers LOGIN: one that comes there is the proxy's own making. */
static void told_with_login(struct between *b, struct slice heard) {
    struct slice r, all = heard;
    struct caps c;
    char text[300];
    while (next_response(&all, &r)) {
        if (slice_is_nocase(word_of(r, 1), "CAPABILITY"))
            caps_read(r, &c);
        else if (!code_read(r, &c))
            continue;
        trace(b, ROW_UNKNOWN, "reply to LOGIN: %s", octets_text(r, 0, 200, text, sizeof text));
        changed(b, "a list put into the reply to LOGIN");
        if (caps_has(&c, "X-ZZTEST"))
            judge(b, ROW_UNKNOWN, V_VIOLATES, "ID-7-d",
                  "X-ZZTEST, which the proxy cannot know, is in a list that it puts into the "
                  "reply to LOGIN");
        if (b->back_tls && caps_has(&c, "STARTTLS"))
            judge(b, ROW_FILTER, V_VIOLATES, "R3501-6.2.1-d CID-D1",
                  "the list that it puts into the reply to LOGIN is what the back end told in clear, before "
                  "STARTTLS");
    }
}

static bool visit(struct between *b) {
    struct front f;
    if (!reach(b, &f, true))
        return false;
    greeting(b, &f);
    if (b->front.tls != URL_TLS) {
        look(b, &f, AT_CLEAR);
        bool offered = caps_has(&b->front_caps[AT_CLEAR], "STARTTLS");
        if (offered && front_ask(&f, "STARTTLS").word == HEARD_OK && front_secure(&f))
            look(b, &f, AT_TLS);
    } else
        look(b, &f, AT_TLS);
    back_mark(&b->back);
    struct answer_of a;
    enum heard h = log_in(&f, &a);
    if (h != HEARD_OK) {
        give_up(b, "LOGIN %s through the proxy is answered %s%s%s", b->user, heard_name(h),
                f.why[0] ? ": " : "", f.why);
        front_close(&f);
        return false;
    }
    struct back_conn *c = back_carrier(&b->back);
    b->back_tls = c && c->tls;
    told_with_login(b, front_heard(&f, a));
    look(b, &f, AT_IN);
    front_close(&f);
    return true;
}

/* A client that never asked CAPABILITY. */
static void login_at_once(struct between *b) {
    struct front f;
    struct answer_of a;
    bool starttls = b->front.tls != URL_TLS && b->front_caps[AT_TLS].seen;
    if (!front_open(&f, b, &b->front))
        return;
    if (!starttls || (front_ask(&f, "STARTTLS").word == HEARD_OK && front_secure(&f))) {
        log_in(&f, &a);
        told_with_login(b, front_heard(&f, a));
    }
    front_close(&f);
}

static const char *const stage_name[] = {"in clear", "under TLS", "after login"};

/* What a proxy provides itself before login; it need not be the back end's. */
static bool is_own(const char *name) {
    static const char *const own[] = {"STARTTLS", "LOGINDISABLED", "SASL-IR", "CLIENTID", "X-ZZTEST", NULL};
    for (int i = 0; own[i]; i++)
        if (!strcasecmp(name, own[i]))
            return true;
    return !strncasecmp(name, "AUTH=", 5);
}

static void list_missing(const struct caps *from, const struct caps *in, char *out, size_t n) {
    size_t used = 0;
    out[0] = '\0';
    for (int i = 0; i < from->n && used < n; i++)
        if (!is_own(from->name[i]) && !caps_has(in, from->name[i]))
            used += (size_t)snprintf(out + used, n - used, "%s%s", used ? " " : "", from->name[i]);
}

static void unknown(struct between *b, enum stage at) {
    const char *where = stage_name[at];
    if (b->greets_unknown && !(b->whole_greeting && b->whole[b->front.tls == URL_TLS ? AT_TLS : AT_CLEAR]))
        judge(b, ROW_UNKNOWN, V_VIOLATES, "ID-7-d",
              "X-ZZTEST, which the proxy cannot know, is shown in the greeting");
    if (!caps_has(&b->front_caps[at], "X-ZZTEST"))
        return;
    if (b->whole[at])
        judge(b, ROW_UNKNOWN, V_AMBIGUOUS, "ID-7-d",
              "X-ZZTEST is shown %s, where the back end's list passes as it is: who handles the response "
              "must take "
              "it out (VIOLATES); who only relays octets handles none",
              where);
    else
        judge(b, ROW_UNKNOWN, V_VIOLATES, "ID-7-d", "X-ZZTEST, which the proxy cannot know, is shown %s%s",
              where, at == AT_IN ? ", in a list that is not the back end's as it was" : "");
}

static void filter(struct between *b, enum stage at) {
    const struct caps *theirs = &b->front_caps[at], *ours = &b->direct_caps[at];
    char gone[300], come[300];
    list_missing(ours, theirs, gone, sizeof gone);
    list_missing(theirs, ours, come, sizeof come);
    bool same = b->whole[at] || (theirs->n == ours->n && !gone[0] && !come[0]);
    for (int i = 0; same && !b->whole[at] && i < ours->n; i++)
        same = caps_has(theirs, ours->name[i]);
    if (!same)
        changed(b, "capabilities %s", stage_name[at]);
    if (come[0])
        judge(b, ROW_FILTER, at == AT_IN ? V_VIOLATES : V_UNDOCUMENTED, "R3501-6.1.1",
              "%s it lists %s, which the back end does not have", stage_name[at], come);
    if (!caps_has(theirs, "IMAP4rev1"))
        judge(b, ROW_FILTER, V_VIOLATES, "R3501-7.2.1 R3501-6.1.1", "no IMAP4rev1 %s", stage_name[at]);
    if (gone[0])
        trace(b, ROW_FILTER, "%s without %s", stage_name[at], gone);
}

void rows_of_capabilities(struct between *b) {
    b->direct_n[0] = b->back.n;
    if (!ask_directly(b))
        return;
    b->direct_n[1] = b->back.n;
    if (!visit(b))
        return;
    login_at_once(b);
    for (enum stage at = 0; at < STAGES; at++) {
        if (!b->front_caps[at].seen)
            continue;
        unknown(b, at);
        filter(b, at);
        char line[1000] = "";
        for (int i = 0; i < b->front_caps[at].n; i++)
            snprintf(line + strlen(line), sizeof line - strlen(line), " %s", b->front_caps[at].name[i]);
        trace(b, ROW_UNKNOWN, "%s:%s", stage_name[at], line);
    }
    judge(b, ROW_UNKNOWN, V_CONFORMS, "ID-7-d", "X-ZZTEST is not shown");
    judge(b, ROW_FILTER, V_CONFORMS, "R3501-6.1.1", "%s",
          b->r->row[ROW_FILTER].trace[0] ? "names are only taken out" : "the back end's names, all of them");
}
