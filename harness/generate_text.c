/* generate_text.c: the arguments of generated commands: names, sets in odd forms, items, keys, messages, ID
 * lists. */
#include "generate_priv.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void put(struct generator *g, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(g->text + g->text_n, sizeof g->text - g->text_n, fmt, ap);
    va_end(ap);
    if (n < 0 || (size_t)n >= sizeof g->text - g->text_n)
        g->failed = true; /* our own bug: no line is that long */
    else
        g->text_n += (size_t)n;
}

void put_fill(struct generator *g, char c, size_t n) {
    if (n >= sizeof g->text - g->text_n) {
        g->failed = true;
        return;
    }
    memset(g->text + g->text_n, c, n);
    g->text_n += n;
}

void put_name(struct generator *g, const char *name) {
    uint32_t how = g_below(g, 20);
    if (how == 0 && !strchr(name, '$') && !g->plus)
        put(g, "{%zu}\r\n%s", strlen(name), name);
    else if (how < 3)
        put(g, "\"%s\"", name);
    else
        put(g, "%s", name);
}

/* ---- sets ---- */

struct range {
    int lo, hi;
    bool star;
};

static void put_number(struct generator *g, int s, bool uid, int i) {
    const struct g_session *w = &g->ses[s];
    if (uid)
        put(g, "$uid(%s,%d)", g->box[w->box].name, w->view[i] + 1);
    else
        put(g, "%d", i + 1);
}

static void put_range(struct generator *g, int s, bool uid, const struct range *r, bool swap) {
    int a = swap ? r->hi : r->lo, b = swap ? r->lo : r->hi;
    if (r->star && swap)
        put(g, "*");
    else
        put_number(g, s, uid, a);
    if (r->lo == r->hi && !r->star)
        return;
    put(g, ":");
    if (r->star && !swap)
        put(g, "*");
    else
        put_number(g, s, uid, b);
}

static int ranges(const struct g_session *w, uint64_t mask, struct range *r) {
    int n = 0;
    for (int i = 0; i < w->n; i++) {
        if (!(mask >> w->view[i] & 1))
            continue;
        if (n && r[n - 1].hi == i - 1)
            r[n - 1].hi = i;
        else
            r[n++] = (struct range){i, i, false};
    }
    return n;
}

void put_set(struct generator *g, int s, bool uid, uint64_t mask, bool odd) {
    const struct g_session *w = &g->ses[s];
    struct range r[G_MESSAGES];
    int n = w->box >= 0 ? ranges(w, mask, r) : 0;
    bool gone = w->box < 0 || g->box[w->box].state != G_LIVE;
    if (!n || (uid && gone)) { /* the UIDs of a mailbox without a name cannot be asked for */
        put(g, uid ? "1:*" : "1");
        return;
    }
    bool all = n == 1 && r[0].lo == 0 && r[0].hi == w->n - 1;
    if (all && g_chance(g, 40)) {
        put(g, odd && g_chance(g, 30) ? "*:1" : "1:*");
        return;
    }
    if (odd && n > 1 && g_chance(g, 40)) {
        int k = g_between(g, 1, n - 1);
        struct range first = r[0];
        r[0] = r[k];
        r[k] = first;
    }
    for (int i = 0; i < n; i++) {
        bool swap = odd && g_chance(g, 25);
        r[i].star = odd && r[i].hi == w->n - 1 && g_chance(g, 30);
        put_range(g, s, uid, &r[i], swap);
        if (i < n - 1)
            put(g, ",");
    }
    if (odd && g_chance(g, 10)) { /* a message twice */
        put(g, ",");
        put_number(g, s, uid, r[0].lo);
    }
}

/* ---- FETCH, STORE, SEARCH, STATUS ---- */

static const char *const flag_items[] = {"FLAGS", "(FLAGS)", "(FLAGS UID)", "(UID FLAGS)"};
static const char *const meta_items[] = {"ENVELOPE",
                                         "(ENVELOPE)",
                                         "RFC822.SIZE",
                                         "(RFC822.SIZE)",
                                         "INTERNALDATE",
                                         "(INTERNALDATE)",
                                         "BODYSTRUCTURE",
                                         "(BODYSTRUCTURE)",
                                         "BODY",
                                         "(BODY)",
                                         "FAST",
                                         "ALL",
                                         "FULL",
                                         "(ENVELOPE RFC822.SIZE)",
                                         "(INTERNALDATE RFC822.SIZE)",
                                         "(UID ENVELOPE)",
                                         "(RFC822.SIZE UID)",
                                         "(FLAGS INTERNALDATE RFC822.SIZE ENVELOPE)",
                                         "(BODYSTRUCTURE ENVELOPE)",
                                         "(FLAGS BODYSTRUCTURE)"};
static const char *const body_items[] = {"BODY.PEEK[]",
                                         "(BODY.PEEK[])",
                                         "BODY[]",
                                         "(BODY[])",
                                         "RFC822",
                                         "RFC822.HEADER",
                                         "RFC822.TEXT",
                                         "BODY[TEXT]",
                                         "BODY.PEEK[TEXT]",
                                         "BODY[HEADER]",
                                         "BODY.PEEK[HEADER]",
                                         "BODY.PEEK[1]",
                                         "BODY[1]",
                                         "BODY[]<0.20>",
                                         "BODY.PEEK[]<5.10>",
                                         "BODY.PEEK[TEXT]<0.4>",
                                         "BODY.PEEK[TEXT]<3.1000>",
                                         "BODY.PEEK[]<100000.5>",
                                         "BODY.PEEK[HEADER.FIELDS (SUBJECT)]",
                                         "(BODY.PEEK[HEADER.FIELDS (Subject From)])",
                                         "BODY.PEEK[HEADER.FIELDS.NOT (DATE FROM TO)]",
                                         "(BODY.PEEK[HEADER] BODY.PEEK[TEXT])",
                                         "(RFC822.HEADER RFC822.TEXT)",
                                         "(UID BODY.PEEK[])",
                                         "(RFC822.SIZE BODY[])",
                                         "(FLAGS BODY[])",
                                         "(ENVELOPE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])",
                                         "(FLAGS RFC822.SIZE BODY.PEEK[TEXT])"};

void put_items(struct generator *g, enum g_item item) {
    if (item == G_FLAGS)
        put(g, "%s", G_PICK(g, flag_items));
    else if (item == G_META)
        put(g, "%s", G_PICK(g, meta_items));
    else
        put(g, "%s", G_PICK(g, body_items));
}

void put_flag_list(struct generator *g, bool deleted_too) {
    static const char *const flags[] = {"\\Seen", "\\Answered", "\\Flagged", "\\Draft",
                                        "work",   "$Forwarded", "NonJunk"};
    uint32_t n = sizeof flags / sizeof *flags, bits = 0;
    for (int i = g_between(g, 1, 3); i > 0; i--)
        bits |= 1u << g_below(g, n);
    const char *between = "";
    put(g, "(");
    for (uint32_t i = 0; i < n; i++)
        if (bits >> i & 1) {
            put(g, "%s%s", between, flags[i]);
            between = " ";
        }
    put(g, "%s)", deleted_too ? " \\Deleted" : "");
}

static const char *const meta_keys[] = {"ALL",
                                        "1:*",
                                        "ALL",
                                        "(1:* ALL)",
                                        "OR ALL SEEN",
                                        "NOT KEYWORD never",
                                        "1:* UNKEYWORD never",
                                        "NOT (KEYWORD never)"};
static const char *const content_keys[] = {"SUBJECT imapdiff",
                                           "TEXT \"This is\"",
                                           "HEADER Subject imapdiff",
                                           "BODY \"This is\"",
                                           "FROM foobar",
                                           "ALL SUBJECT \"imapdiff\"",
                                           "TO mooch",
                                           "HEADER Message-Id imapdiff",
                                           "NOT SUBJECT nowhere",
                                           "SENTSINCE 1-Jan-1990"};
static const char *const some_keys[] = {"UNSEEN",
                                        "SEEN",
                                        "DELETED",
                                        "UNDELETED",
                                        "NEW",
                                        "OLD",
                                        "RECENT",
                                        "ANSWERED",
                                        "UNANSWERED",
                                        "FLAGGED",
                                        "UNFLAGGED",
                                        "DRAFT",
                                        "UNDRAFT",
                                        "KEYWORD work",
                                        "UNKEYWORD work",
                                        "OR SEEN FLAGGED",
                                        "NOT SEEN",
                                        "(SEEN FLAGGED)",
                                        "LARGER 200",
                                        "SMALLER 100000",
                                        "NOT (OR DELETED SEEN)",
                                        "SINCE 1-Jan-1990",
                                        "BEFORE 1-Jan-1990",
                                        "ON 7-Feb-1994",
                                        "SENTON 7-Feb-1994",
                                        "SENTBEFORE 1-Jan-2000",
                                        "CC nobody",
                                        "BCC nobody",
                                        "UID 1:*",
                                        "NOT UID 1:*",
                                        "2:*",
                                        "*:1",
                                        "CHARSET UTF-8 ALL",
                                        "CHARSET US-ASCII SUBJECT imapdiff",
                                        "TEXT \"imapdiff\" UNDELETED",
                                        "OR (UNSEEN 1:*) DELETED"};

void put_search(struct generator *g, int s, bool content) {
    if (content) {
        put(g, "%s", G_PICK(g, content_keys));
        return;
    }
    if (g_chance(g, 25) && g->ses[s].n) {
        put_set(g, s, false, g_view(g, s), true);
        return;
    }
    put(g, "%s", G_PICK(g, meta_keys));
}

void put_some_search(struct generator *g, int s) {
    if (g_chance(g, 20) && g->ses[s].n) {
        uint64_t some = g_subset(g, g_view(g, s), false);
        put_set(g, s, false, some, true);
        put(g, " ");
    }
    put(g, "%s", G_PICK(g, some_keys));
}

void put_status_items(struct generator *g) {
    static const char *const items[] = {"MESSAGES",
                                        "MESSAGES UNSEEN",
                                        "MESSAGES UIDNEXT UIDVALIDITY",
                                        "MESSAGES RECENT UIDNEXT UIDVALIDITY UNSEEN",
                                        "UNSEEN MESSAGES RECENT",
                                        "UIDNEXT MESSAGES"};
    put(g, "(%s)", G_PICK(g, items));
}

/* ---- messages ---- */

struct body {
    char b[4000];
    size_t n;
};

static void line(struct body *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void line(struct body *b, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(b->b + b->n, sizeof b->b - b->n, fmt, ap);
    va_end(ap);
    if (n > 0 && (size_t)n < sizeof b->b - b->n)
        b->n += (size_t)n;
}

static void header(struct body *b, const char *mark, uint32_t kind) {
    static const char *const more[] = {
        "", "",
        "Cc: \"Someone, Else\" <else@example.org>, plain@example.org\r\nReply-To: back@example.org\r\n",
        "X-Folded: one\r\n two\r\n\tthree\r\nIn-Reply-To: <root@example.org>\r\n"};
    line(b,
         "Date: Mon, 7 Feb 1994 21:52:25 -0800\r\nFrom: Fred Foobar <foobar@example.org>\r\n"
         "To: Mo Ooch <mooch@example.org>\r\nSubject: %s\r\nMessage-Id: <%s@example.org>\r\n%s",
         mark, mark, more[kind % 4]);
}

static void lines(struct body *b, const char *mark, uint32_t n) {
    for (uint32_t i = 0; i <= n; i++)
        line(b, "This is %s, line %u.\r\n", mark, i + 1);
}

/* The mark stands in the header and in the body; the number of lines makes sizes differ. */
static void message(struct body *b, const char *mark, uint32_t kind, uint32_t more) {
    header(b, mark, kind);
    switch (kind) {
    case 0:
        line(b, "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"=-%s\"\r\n\r\n", mark);
        line(b, "--=-%s\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n", mark);
        lines(b, mark, more);
        line(b,
             "--=-%s\r\nContent-Type: text/html\r\nContent-Disposition: "
             "inline\r\n\r\n<p>%s</p>\r\n--=-%s--\r\n",
             mark, mark, mark);
        return;
    case 1:
        line(b, "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b1\r\n\r\n--b1\r\n\r\n");
        lines(b, mark, more);
        line(b,
             "--b1\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner %s\r\nFrom: "
             "inner@example.org\r\n\r\n",
             mark);
        lines(b, mark, 0);
        line(b, "--b1--\r\n");
        return;
    case 2:
        line(b, "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: "
                "8bit\r\n\r\n"
                "Gr\xc3\xbc\xc3\x9f"
                "e. ");
        lines(b, mark, more);
        return;
    case 3:
        line(b, "\r\nThis is %s without a last line end", mark);
        return;
    default:
        line(b, "\r\n");
        lines(b, mark, more);
    }
}

void put_message(struct generator *g) {
    struct body b = {.n = 0};
    char mark[64];
    snprintf(mark, sizeof mark, "imapdiff-%llu-%u", (unsigned long long)g->number, ++g->marks);
    uint32_t kind = g_below(g, 20);
    uint32_t more = g_below(g, 2) + g->marks % 4;
    message(&b, mark, kind, more);
    put(g, "{%zu}\r\n", b.n);
    if (b.n >= sizeof g->text - g->text_n) {
        g->failed = true;
        return;
    }
    memcpy(g->text + g->text_n, b.b, b.n);
    g->text_n += b.n;
}

/* ---- ID ---- */

void put_id_list(struct generator *g) {
    static const char *const lists[] = {
        "NIL",
        "NIL",
        "nil",
        "()",
        "(\"name\" \"imapdiff\")",
        "(\"name\" \"sodr\" \"version\" \"19.34\" \"vendor\" \"Pink Floyd Music Limited\")",
        "(\"os\" NIL)",
        "(\"name\" \"\" \"os\" \"iOS\")",
        "(\"NAME\" \"x\" \"Version\" nil)",
        "(\"x-unknown\" \"y\" \"z\" \"NIL\")",
        "(\"name\" \"a \\\"quoted\\\" \\\\ one\")",
        "({4}\r\nname \"literal field\")",
        "(\"name\" {5}\r\nvalue)",
        "(\"name\" {0}\r\n)",
        "(\"\" \"an empty field\")",
        "(\"date\" \" 6-Feb-2026 12:00:00 +0000\" \"support-url\" \"mailto:a@example.org\")",
        "(\"name\" \"%s%n\" \"command\" \"a b  c\")",
        "({2}\r\nos {3}\r\nx y \"vendor\" NIL)",
        ("(\"os\" \"Linux\" \"os-version\" \"6\" \"address\" NIL \"arguments\" \"\" \"environment\" "
         "\"TERM=x\")")};
    uint32_t how = g_below(g, 24);
    if (how == 0) { /* as many pairs as there may be */
        put(g, "(");
        for (int i = 0; i < 30; i++)
            put(g, "%s\"field-%d\" \"%d\"", i ? " " : "", i, i);
        put(g, ")");
    } else if (how == 1) { /* a field of 30 octets, a value of 1024 */
        put(g, "(\"");
        put_fill(g, 'f', 30);
        put(g, "\" \"");
        put_fill(g, 'v', 1024);
        put(g, "\")");
    } else {
        put(g, "%s", G_PICK(g, lists));
    }
}
