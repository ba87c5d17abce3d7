/* test_dialogue.c: the model as a server, line by line: commands that the generator seldom sends, names and
 * sections, and what is over a limit.
 */
#include "canned.h"
#include "failed.h"
#include "model_server.h"

#include <stdlib.h>
#include <string.h>

#define OUT (1 << 20)
static char out[OUT];
static size_t len;
static bool gone;

static void emit(void *user, int s, const uint8_t *p, size_t n) {
    (void)user;
    (void)s;
    if (len + n >= OUT)
        abort();
    memcpy(out + len, p, n);
    out[len += n] = 0;
}

static void hangup(void *user, int s) {
    (void)user;
    (void)s;
    gone = true;
}

static struct model_server *start(void) {
    struct model_server_options opt = {.seed = 5, .content = canned_ops(), .emit = emit, .hangup = hangup};
    struct model_server *m = model_server_new(&opt);
    model_server_open(m, 0, true);
    gone = false;
    return m;
}

/* Sends octets with `|` for CRLF; what is answered is in out. */
static const char *ask(struct model_server *m, const char *text) {
    for (const char *p = text; *p; p++)
        model_server_input(m, 0, (const uint8_t *)(*p == '|' ? "\r\n" : p), *p == '|' ? 2 : 1);
    return out;
}

static const struct row {
    const char *sent,
        *answer; /* the answer up to the text of its tagged reply, with `|` for CRLF; NULL: any */
} rows[] = {
    {"a1 LOGIN u1 pw|", "a1 OK "},
    {"a2 NAMESPACE|", "* NAMESPACE ((\"\" \"/\")) NIL NIL|a2 OK "},
    {"a3 CREATE foo/bar|", NULL},
    {"a4 CREATE foo/baz|", NULL},
    /* RFC 3501 6.3.8: the reference is put before the pattern; an empty pattern asks for the separator alone.
     */
    {"a5 LIST foo/ %|",
     "* LIST (\\HasNoChildren) \"/\" foo/bar|* LIST (\\HasNoChildren) \"/\" foo/baz|a5 OK "},
    {"a6 LIST foo/ba r|", "* LIST (\\HasNoChildren) \"/\" foo/bar|a6 OK "},
    {"a7 LIST foo \"\"|", "* LIST (\\Noselect) \"/\" \"\"|a7 OK "},
    /* A level that is no mailbox is listed for %, once; RFC 3501 6.3.8, RFC 6154. */
    {"a71 CREATE Sent|", NULL},
    {"a72 LIST \"\" %|", "* LIST (\\HasNoChildren) \"/\" INBOX|* LIST (\\Noselect \\HasChildren) \"/\" foo|"
                         "* LIST (\\HasNoChildren \\Sent) \"/\" Sent|a72 OK "},
    {"a73 SUBSCRIBE foo/bar|", NULL},
    {"a74 LSUB \"\" %|", "* LSUB (\\Noselect) \"/\" foo|a74 OK "},
    {"a75 LSUB \"\" *|", "* LSUB () \"/\" foo/bar|a75 OK "},
    {"a76 ENABLE CONDSTORE|", "* ENABLED|a76 OK "}, /* RFC 5161: nothing of it is there */
    {"a8 SELECT foo/bar|", NULL},
    {"a9 CHECK|", "a9 OK "},
    /* RFC 3501 6.4.5: a part that is not there is NIL; a partial has at most what there is. */
    {"b1 APPEND foo/bar {52}|From: a@example.org|Subject: m2||line 1|line 2||", NULL},
    {"b2 FETCH 1 (BODY.PEEK[9])|", "* 1 FETCH (BODY[9] NIL)|b2 OK "},
    {"b3 FETCH 1 (BODY.PEEK[TEXT]<6.4>)|", "* 1 FETCH (BODY[TEXT]<6> {4}||li)|b3 OK "},
    {"b4 FETCH 1 (BODY.PEEK[TEXT]<99.4>)|", "* 1 FETCH (BODY[TEXT]<99> {0}|)|b4 OK "},
    /* RFC 3501 6.3.11, 6.4.4, 6.4.7: the date that APPEND gave is kept, by a copy too, and found by its day.
     */
    {"c1 APPEND foo/bar \" 1-Mar-1999 23:30:00 -0800\" {52+}|From: a@example.org|Subject: m2||line 1|line "
     "2||",
     NULL},
    {"c2 FETCH 2 INTERNALDATE|", "* 2 FETCH (INTERNALDATE \" 1-Mar-1999 23:30:00 -0800\")|c2 OK "},
    {"c3 SEARCH ON 1-Mar-1999|", "* SEARCH 2|c3 OK "},
    {"c4 SEARCH BEFORE 2-Mar-1999|", "* SEARCH 2|c4 OK "},
    {"c5 SEARCH SINCE 2-Mar-1999|", "* SEARCH 1|c5 OK "},
    {"c6 COPY 2 foo/baz|", NULL},
    {"c7 EXAMINE foo/baz|", NULL},
    {"c8 FETCH 1 INTERNALDATE|", "* 1 FETCH (INTERNALDATE \" 1-Mar-1999 23:30:00 -0800\")|c8 OK "},
    {"c9 SEARCH NEW|", "* SEARCH|c9 OK "}, /* no message is \Recent here */
    {"d1 SEARCH OLD|", "* SEARCH 1|d1 OK "},
};

static void dialogue(void) {
    struct model_server *m = start();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        static char want[4096];
        size_t n = 0;
        len = 0, out[0] = 0;
        ask(m, rows[i].sent);
        for (const char *p = rows[i].answer; p && *p; p++)
            n += (size_t)snprintf(want + n, sizeof want - n, "%.*s", *p == '|' ? 2 : 1,
                                  *p == '|' ? "\r\n" : p);
        CHECK(!rows[i].answer || !strncmp(out, want, n), "%s -> %s", rows[i].sent, out);
    }
    model_server_free(m);
}

/* A literal that no buffer would hold is not asked for, and one that comes unasked ends the connection with
 * BYE, as a line does; a name too large to keep is refused. */
static void limits(void) {
    enum { N = 70000 };
    static char big[N + 100];
    struct model_server *m = start();
    ask(m, "a1 LOGIN u1 pw|");
    int n = snprintf(big, sizeof big, "a2 CREATE {%d}\r\n", N);
    memset(big + n, 'x', N);
    strcpy(big + n + N, "\r\n");
    len = 0;
    model_server_input(m, 0, (const uint8_t *)big, strlen(big));
    CHECK(strstr(out, "a2 NO "), "a name of 70000 octets: %s", out);
    len = 0;
    CHECK(strstr(ask(m, "a3 NOOP|"), "a3 OK "), "and it goes on: %s", out);
    len = 0;
    CHECK(strstr(ask(m, "a4 APPEND INBOX {99999999}|"), "a4 NO ") && !strstr(out, "+ "),
          "a literal of 100 MB: %s", out);
    len = 0;
    CHECK(strstr(ask(m, "a41 NOOP|"), "a41 OK ") && !gone, "and it goes on: %s", out);
    len = 0;
    CHECK(strstr(ask(m, "a42 APPEND INBOX {99999999+}|"), "* BYE ") && gone, "the same unasked: %s", out);
    len = 0, out[0] = 0;
    CHECK(!*ask(m, "a5 NOOP|"), "nothing is said to one who is gone: %s", out);
    model_server_closed(m, 0); /* once more: nothing happens */
    model_server_open(m, 0, false);
    gone = false;
    memset(big, 'y', N);
    for (int i = 0; i < 100 && !gone; i++)
        model_server_input(m, 0, (const uint8_t *)big, N);
    CHECK(gone && strstr(out, "* BYE "), "a line of 7 MB: %s", out);
    model_server_free(m);
}

int main(void) {
    dialogue();
    limits();
    printf("dialogue: %u failed\n", check_failed);
    return check_failed != 0;
}
