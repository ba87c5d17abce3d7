/* between_login.c: whether who logs in arrives as sent: a password with a quote, a backslash and a blank, in
 * each form that IMAP has for it. */
#include "between_priv.h"

#include <string.h>

static const char user[] = "odd", password[] = "p\"w\\ x";

static const struct form {
    const char *name, *text; /* "\1": waits for `+` */
    bool plain;              /* needs AUTH=PLAIN */
} forms[] = {{"a quoted string", "LOGIN \"odd\" \"p\\\"w\\\\ x\"", false},
             {"literals", "LOGIN {3}\r\n\1odd {6}\r\n\1p\"w\\ x", false},
             {"AUTHENTICATE PLAIN", "AUTHENTICATE PLAIN\r\n\1AG9kZABwIndcIHg=", true}};

static enum heard send_form(struct front *f, const struct form *form) {
    char tag[16];
    unsigned k = front_tag(f, tag);
    const char *p = form->text;
    front_write(f, tag, strlen(tag));
    front_write(f, " ", 1);
    for (;;) {
        size_t n = strcspn(p, "\1");
        front_write(f, p, n);
        p += n;
        if (!*p++)
            break;
        struct slice r = front_response(f, f->b->o->deadline_ms);
        if (slice_is(word_of(r, 0), "+"))
            continue;
        return !r.n ? HEARD_END : slice_is_nocase(word_of(r, 1), "NO") ? HEARD_NO : HEARD_BAD;
    }
    front_write(f, "\r\n", 2);
    return front_reply(f, k).word;
}

static bool is_string(const struct istring *s, const char *z) {
    uint8_t text[64];
    size_t n = istring_copy(s, text, sizeof text);
    return n == strlen(z) && n <= sizeof text && !memcmp(text, z, n);
}

/* The LOGIN that the back end got since the mark. */
static bool arrived(struct between *b, int from, struct slice *command) {
    for (int i = 0; i < b->back.n; i++) {
        const struct back_conn *c = b->back.conn[i];
        struct slice rest = octets_from(&c->got, i < from ? c->got_mark : 0);
        while (next_command(&rest, command))
            if (slice_is_nocase(word_of(*command, 1), "LOGIN"))
                return true;
    }
    return false;
}

static bool is_as_sent(struct slice command) {
    struct node nodes[16];
    struct node_pool pool = {.v = nodes, .cap = 16, .len = 1};
    struct lex_options o = {.dialect = DIALECT_3501, .literals = LITERALS_PLUS};
    struct imap_command c;
    struct lex_result r = parse_command(command.p, command.n, &o, &pool, &c);
    return r.verdict == LEX_ACCEPT && is_string(&c.mailbox, user) && is_string(&c.mailbox2, password);
}

static void one(struct between *b, const struct form *form) {
    struct front f;
    struct slice command;
    char text[200];
    if (!reach(b, &f, false))
        return;
    back_mark(&b->back);
    int from = b->back.n;
    enum heard h = send_form(&f, form);
    bool came = arrived(b, from, &command);
    if (came)
        trace(b, ROW_LOGIN, "%s -> back end: %s; client: %s", form->name,
              octets_text(command, 0, 120, text, sizeof text), heard_name(h));
    else
        trace(b, ROW_LOGIN, "%s -> client: %s", form->name, heard_name(h));
    if (came && !is_as_sent(command))
        judge(b, ROW_LOGIN, V_VIOLATES, "R3501-6.2.3 R3501-4.3",
              "user and password in %s arrive altered: `%s`", form->name,
              octets_text(command, 0, 120, text, sizeof text));
    else if (came && h != HEARD_OK)
        judge(b, ROW_LOGIN, V_VIOLATES, "R3501-6.2.3", "LOGIN by %s arrives as sent, and is answered %s",
              form->name, heard_name(h));
    else if (h == HEARD_NO)
        judge(b, ROW_LOGIN, V_UNDECIDED, "R3501-6.2.3",
              "the proxy refuses user `%s` by itself: it may not know it", user);
    else if (h != HEARD_OK)
        judge(b, ROW_LOGIN, V_VIOLATES, "R3501-6.2.3 R3501-9",
              "a password with quote, backslash and blank in %s is answered %s", form->name, heard_name(h));
    front_close(&f);
}

void rows_of_login(struct between *b) {
    for (size_t i = 0; i < sizeof forms / sizeof *forms && !b->r->error[0]; i++)
        if (!forms[i].plain ||
            caps_has(&b->front_caps[b->front_caps[AT_TLS].seen ? AT_TLS : AT_CLEAR], "AUTH=PLAIN"))
            one(b, &forms[i]);
    judge(b, ROW_LOGIN, V_CONFORMS, "R3501-6.2.3",
          "a password with quote, backslash and blank arrives as sent");
}
