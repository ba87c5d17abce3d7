/* between_session.c: a whole session through the proxy, compared octet for octet on both sides; and whether a
 * new connection begins as new. */
#include "between_priv.h"

#include <string.h>

#define MAILBOX "Between"

/* A command in pieces: `%` stands for a tag; "\1" for a literal that is asked for, "\2" for one that is not;
 * "\3": wait for a
 * `+`; "\4": the other client acts, and something is told. */
struct script {
    const char *text;
    int literal; /* which one */
    bool plus;   /* needs LITERAL+ */
};

enum { LARGE = 300000, TOLD_MS = 2000, MOMENT_MS = 100 };

static const struct script scripts[] = {
    {.text = "% NAMESPACE\r\n"},
    {.text = "% LIST \"\" *\r\n"},
    {.text = "% list \"\" \"Entw%%\"\r\n"},
    {.text = "% CREATE " MAILBOX "\r\n"},
    {.text = "% SUBSCRIBE " MAILBOX "\r\n"},
    {.text = "% LSUB \"\" \"*\"\r\n"},
    {.text = "% STATUS INBOX (MESSAGES RECENT UIDNEXT UIDVALIDITY UNSEEN)\r\n"},
    {.text = "% APPEND " MAILBOX " (\\Seen work) \" 2-Nov-2026 09:15:10 +0100\" \1\r\n", .literal = 0},
    {.text = "% APPEND " MAILBOX " \1\r\n", .literal = 1},
    {.text = "% APPEND " MAILBOX " \2\r\n", .literal = 2, .plus = true},
    {.text = "% APPEND " MAILBOX " (\\Flagged) \1\r\n", .literal = 3},
    {.text = "% APPEND Nowhere/else \1\r\n", .literal = 1},
    {.text = "% SELECT " MAILBOX "\r\n"},
    {.text = "% FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE)\r\n"},
    {.text = "% FETCH 1 BODY.PEEK[]\r\n"},
    {.text = "% fetch 2 (body.peek[header.fields (subject x-none)] body[text]<2.40>)\r\n"},
    {.text = "% FETCH 1:* (RFC822)\r\n"},
    {.text = "% UID FETCH 1:* (FLAGS)\r\n"},
    {.text = "% STORE 1 +FLAGS (\\Answered odd)\r\n"},
    {.text = "% STORE 2 +FLAGS.SILENT (\\Deleted)\r\n"},
    {.text = "% SEARCH ALL\r\n"},
    {.text = "% UID SEARCH OR SUBJECT \"a \\\"q\\\" \\\\\" NOT DELETED\r\n"},
    {.text = "% SEARCH CHARSET UTF-8 BODY \1\r\n", .literal = 4},
    {.text = "% SEARCH CHARSET UTF-8 BODY \2 UNSEEN\r\n", .literal = 4, .plus = true},
    {.text = "% COPY 1 INBOX\r\n"},
    {.text = "% UID COPY 1:* Trash\r\n"},
    {.text = "% IDLE\r\n\3\4DONE\r\n"},
    {.text = "% NOOP\r\n"},
    {.text = "% EXPUNGE\r\n"},
    {.text = "% NOOP\r\n% SEARCH UNSEEN\r\n% FETCH 1 FLAGS\r\n% CHECK\r\n"}, /* in one packet */
    {.text = "% XYZZY (odd) \"word\"\r\n"},
    {.text = "% FETCH 1 (NIL\r\n"},
    {.text = "% SELECT \"no such mailbox\"\r\n"},
    {.text = "% EXAMINE INBOX\r\n"},
    {.text = "% FETCH 1:* (ENVELOPE BODY UID)\r\n"},
    {.text = "% UNSELECT\r\n"},
    {.text = "% UNSUBSCRIBE " MAILBOX "\r\n"},
    {.text = "% DELETE " MAILBOX "\r\n"},
    {.text = "% ENABLE X\r\n"},
};

/* Messages that a reader who does not count takes for the protocol: replies, literals, NIL, each octet but
 * NUL. */
static void message(int i, struct octets *to) {
    static const char head[] =
        "From: \"A \\\"q\\\" (NIL)\" <a@example.org>\r\nSubject: =?utf-8?q?a_=22q=22_=5C?= {3}\r\n"
        "Date: Mon, 2 Nov 2026 09:15:00 +0100\r\n";
    static const char body[] =
        "\r\nb1 OK no reply\r\n* 7 EXISTS\r\n* BYE\r\n+ \r\n{10}\r\nNIL\r\n)\r\n\"\\\"\r\n.\r\n\r\n.\r\n";
    to->n = 0;
    if (i == 4) {
        octets_add(to, "sch\303\266n", 6);
        return;
    }
    if (i == 2) { /* no header at all, and no line end */
        octets_add(to, "\r\nx", 3);
        return;
    }
    octets_add(to, head, sizeof head - 1);
    if (i == 1)
        octets_add(to, "Subject: a \"q\" \\\r\n", 18);
    octets_add(to, body, sizeof body - 1);
    if (i == 0)
        for (unsigned c = 1; c < 256; c++)
            octets_add(to, (uint8_t[]){(uint8_t)c}, c == '\r' || c == '\n' ? 0 : 1);
    while (i == 3 && to->n < LARGE)
        octets_add(to, body, sizeof body - 1);
    octets_add(to, "\r\n", 2);
}

/* ---- one exchange ---- */

struct exchange {
    struct between *b;
    struct front *f;
    struct octets sent, piece;
    unsigned tag; /* the last one */
    enum heard word;
};

static void flush(struct exchange *x) {
    front_write(x->f, x->piece.p, x->piece.n);
    octets_add(&x->sent, x->piece.p, x->piece.n);
    x->piece.n = 0;
}

static bool is_plus(struct slice r) { return slice_is(word_of(r, 0), "+"); }

/* Waits for `+`; a tagged reply instead ends the command. */
static bool go_on(struct exchange *x) {
    flush(x);
    for (;;) {
        struct slice r = front_response(x->f, x->b->o->deadline_ms);
        if (is_plus(r))
            return true;
        if (!r.n || !slice_is(word_of(r, 0), "*"))
            return false;
    }
}

static void put_literal(struct exchange *x, int which, bool sync) {
    struct octets text = {0};
    char head[32];
    message(which, &text);
    snprintf(head, sizeof head, "{%zu%s}\r\n", text.n, sync ? "" : "+");
    octets_add(&x->piece, head, strlen(head));
    if (!sync || go_on(x))
        octets_add(&x->piece, text.p, text.n);
    octets_free(&text);
}

/* Another client of the same user brings a message, while IDLE waits. */
static void other_client(struct exchange *x) {
    static const char news[] = "Subject: news\r\n\r\nFrom the other client.\r\n";
    struct between *b = x->b;
    char err[200];
    if (!host_fill_user(b->h, b->user, b->password, err, sizeof err) ||
        !host_fill_message(b->h, MAILBOX, "", "24-Nov-2026 10:00:00 +0000", news, sizeof news - 1, err,
                           sizeof err))
        give_up(b, "the other client: %s", err);
    /* If it comes later, it is still before the reply to IDLE. */
    for (struct slice r = front_response(x->f, TOLD_MS); r.n && !has_text(r, "EXISTS", true);)
        r = front_response(x->f, TOLD_MS);
}

static void play(struct exchange *x, const struct script *s) {
    for (const char *p = s->text; *p; p++) {
        char tag[16];
        if (*p == '%' && p[1] == '%') {
            octets_add(&x->piece, p++, 1);
        } else if (*p == '%') {
            x->tag = front_tag(x->f, tag);
            octets_add(&x->piece, tag, strlen(tag));
        } else if (*p == '\1' || *p == '\2')
            put_literal(x, s->literal, *p == '\1');
        else if (*p == '\3')
            go_on(x);
        else if (*p == '\4')
            other_client(x);
        else
            octets_add(&x->piece, p, 1);
    }
    flush(x);
}

/* ---- both sides ---- */

static void note(struct between *b, const struct difference *d, const char *command) {
    enum between_row row = d->commands ? ROW_COMMANDS : ROW_RESPONSES;
    if (!d->differs)
        return;
    changed(b, d->commands ? "a command" : d->text_only ? "a text" : "a response");
    trace(b, row, "%s: %s", command, d->text);
    if (d->commands || d->text_only)
        judge(b, row, V_UNDOCUMENTED, "ID-5-a", "`%s`: %s", command, d->text);
    else
        judge(b, row, V_VIOLATES, d->clauses, "`%s`: %s", command, d->text);
}

static bool one(struct between *b, struct front *f, const struct script *s, struct octets *work) {
    struct exchange x = {.b = b, .f = f, .sent = work[0], .piece = work[1]};
    char command[80];
    x.sent.n = x.piece.n = 0;
    size_t from = f->at;
    back_mark(&b->back);
    play(&x, s);
    x.word = front_reply(f, x.tag).word;
    work[0] = x.sent;
    work[1] = x.piece;
    struct slice sent = octets_from(&x.sent, 0), heard = {f->in.p + from, (uint32_t)(f->in.n - from)};
    f->at = f->in.n;
    octets_text(sent, 0, 50, command, sizeof command);
    struct back_conn *c = back_carrier(&b->back);
    if (x.word == HEARD_END || x.word == HEARD_NOTHING) {
        judge(b, ROW_RESPONSES, V_VIOLATES, "MAP-I13 R3501-2.2.2", "`%s`: %s; %s", command,
              heard_name(x.word), f->why);
        changed(b, "a response");
        return false;
    }
    struct slice none = {0};
    struct difference d = compare_commands(sent, c ? octets_from(&c->got, c->got_mark) : none);
    note(b, &d, command);
    d = compare_responses(c ? octets_from(&c->said, c->said_mark) : none, heard);
    note(b, &d, command);
    return true;
}

void rows_of_session(struct between *b) {
    struct front f;
    struct octets work[2] = {{0}, {0}};
    int n = 0;
    if (!reach(b, &f, false))
        return;
    if (log_in(&f, NULL) == HEARD_OK) {
        for (size_t i = 0; i < sizeof scripts / sizeof *scripts && !stopped(b); i++) {
            if (scripts[i].plus && !caps_has(&b->front_caps[AT_IN], "LITERAL+"))
                continue;
            n++;
            if (!one(b, &f, &scripts[i], work))
                break;
        }
        judge(b, ROW_RESPONSES, V_CONFORMS, "R3501-7", "%d exchanges, octet for octet", n);
        judge(b, ROW_COMMANDS, V_CONFORMS, "R3501-2.2.1", "%d exchanges, octet for octet", n);
    }
    octets_free(&work[0]);
    octets_free(&work[1]);
    front_close(&f);
}

/* ---- a new connection ---- */

/* `* 1 FETCH (FLAGS ...)` and a tagged reply: what FETCH 1 FLAGS is answered in a selected mailbox. */
static bool is_flags_alone(struct slice heard) {
    struct slice r, last;
    return next_response(&heard, &r) && slice_is(word_of(r, 1), "1") && slice_is(word_of(r, 2), "FETCH") &&
           !has_text(r, "BODY[", true) && next_response(&heard, &last) && !heard.n;
}

static void pause_a_moment(struct between *b) {
    for (uint64_t began = host_ms(); host_ms() - began < MOMENT_MS;)
        host_turn(b->h);
}

/* One session that leaves something behind: a selected mailbox, or a command whose answer it did not wait
 * for. */
static bool leave(struct between *b, const char *command, bool logout) {
    struct front f;
    char tag[16], line[200];
    if (!reach(b, &f, false))
        return false;
    if (log_in(&f, NULL) == HEARD_OK && front_ask(&f, "SELECT INBOX").word == HEARD_OK) {
        if (command) {
            front_tag(&f, tag);
            snprintf(line, sizeof line, "%s %s\r\n", tag, command);
            front_write(&f, line, strlen(line));
            front_flush(&f); /* and closes before the back end has its turn */
        }
        if (logout)
            front_ask(&f, "LOGOUT");
    }
    front_close(&f);
    pause_a_moment(b);
    return true;
}

/* A proxy that uses a connection to the back end again hands on neither its state nor its unread replies. */
static void again(struct between *b, const char *command, bool logout, const char *what) {
    struct front f;
    char text[300];
    if (!leave(b, command, logout) || !reach(b, &f, false))
        return;
    enum heard h = log_in(&f, NULL);
    if (h != HEARD_OK)
        judge(b, ROW_FRESH, V_VIOLATES, "R3501-6.2.3", "behind %s a new LOGIN is answered %s", what,
              heard_name(h));
    else {
        size_t from = f.at;
        struct answer_of a = front_ask(&f, "FETCH 1 FLAGS");
        struct slice heard = {f.in.p + from, (uint32_t)(f.in.n - from)}, rest = heard, first = {0};
        next_response(&rest, &first);
        octets_text(heard, 0, 250, text, sizeof text);
        trace(b, ROW_FRESH, "%s; then a new connection: LOGIN, b%u FETCH 1 FLAGS -> %s", what, f.tag, text);
        if (a.word == HEARD_END || a.word == HEARD_NOTHING)
            judge(b, ROW_FRESH, V_VIOLATES, "MAP-I13", "behind %s a new session hears %s", what,
                  heard_name(a.word));
        else if (rest.n && !is_flags_alone(heard))
            judge(b, ROW_FRESH, V_VIOLATES, "R3501-2.2.2 MAP-I13",
                  "behind %s a new session hears replies to the old one: %.200s", what, text);
        else if (a.word == HEARD_OK)
            judge(b, ROW_FRESH, V_VIOLATES, "R3501-3.2 R3501-3",
                  "behind %s a new login finds a mailbox selected: %.200s", what, text);
    }
    front_close(&f);
}

void rows_of_fresh(struct between *b) {
    again(b, NULL, true, "SELECT and LOGOUT");
    again(b, NULL, false, "SELECT and the connection's end");
    again(b, "FETCH 1:* BODY[]", false, "a FETCH that was not waited for and the connection's end");
    again(b, "IDLE", false, "IDLE and the connection's end");
    if (caps_has(&b->front_caps[AT_IN], "LITERAL+"))
        again(b, "APPEND Trash {500+}\r\nSubject: broken", false,
              "an APPEND broken off by the connection's end");
    judge(b, ROW_FRESH, V_CONFORMS, "R3501-3.2",
          "a new login finds no mailbox selected, and nothing of an earlier session");
}
