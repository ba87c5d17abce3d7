/* test_url.c: URLs that name a server, and what is said of those that do not. */
#include "url.h"

#include <stdio.h>
#include <string.h>

static const struct good {
    const char *text;
    enum url_tls tls;
    const char *host;
    unsigned port;
    const char *user, *password; /* NULL: none */
    const char *label;
} good[] = {
    {"imap://host", URL_PLAIN, "host", 143, NULL, NULL, "imap://host:143/"},
    {"imap://host/", URL_PLAIN, "host", 143, NULL, NULL, "imap://host:143/"},
    {"imaps://host/", URL_TLS, "host", 993, NULL, NULL, "imaps://host:993/"},
    {"imap+starttls://host/", URL_STARTTLS, "host", 143, NULL, NULL, "imap+starttls://host:143/"},
    {"IMAPS://Mail-1.example.ORG:10993", URL_TLS, "Mail-1.example.ORG", 10993, NULL, NULL,
     "imaps://Mail-1.example.ORG:10993/"},
    {"imap://u@h", URL_PLAIN, "h", 143, "u", NULL, "imap://u@h:143/"},
    {"imap://u:@h", URL_PLAIN, "h", 143, "u", "", "imap://u@h:143/"},
    {"imap://u1:pw@127.0.0.1:10143/", URL_PLAIN, "127.0.0.1", 10143, "u1", "pw",
     "imap://u1@127.0.0.1:10143/"},
    {"imap://a%40b.c:p%3aw%2F%25%5B@h:1", URL_PLAIN, "h", 1, "a@b.c", "p:w/%[", "imap://a%40b.c@h:1/"},
    {"imap://u:a:b;c=d&e+f@h", URL_PLAIN, "h", 143, "u", "a:b;c=d&e+f", "imap://u@h:143/"},
    {"imap://%c3%bc:\xc3\xbc@h", URL_PLAIN, "h", 143, "\xc3\xbc", "\xc3\xbc", "imap://%C3%BC@h:143/"},
    {"imap://[::1]:65535/", URL_PLAIN, "::1", 65535, NULL, NULL, "imap://[::1]:65535/"},
    {"imaps://u:p@[2001:db8::7]", URL_TLS, "2001:db8::7", 993, "u", "p", "imaps://u@[2001:db8::7]:993/"},
    {"imap://[fe80::1%25eth0]/", URL_PLAIN, "fe80::1%eth0", 143, NULL, NULL, "imap://[fe80::1%25eth0]:143/"},
    {"imap://h:/", URL_PLAIN, "h", 143, NULL, NULL, "imap://h:143/"}, /* RFC 3986 3.2.3 */
};

static const struct bad {
    const char *text;
    size_t at;
    const char *error; /* stands in the text */
} bad[] = {
    {"", 0, "expected imap://, imaps:// or imap+starttls://, found the end"},
    {"pop3://h/", 0, "expected imap://"},
    {"imap:/h", 0, "expected imap://"},
    {"imap://", 7, "character 8: expected a host name, found the end"},
    {"imap:///", 7, "expected a host name, found '/'"},
    {"imap://:143/", 7, "expected a host name, found ':'"},
    {"imap://@h", 7, "expected a user name, found '@'"},
    {"imap://:p@h", 7, "expected a user name, found ':'"},
    {"imap://u:p@", 11, "expected a host name, found the end"},
    {"imap://u:p@q@h/", 10, "an '@' before it is written %40"},
    {"imap://u;AUTH=*@h/", 8, "or this one as %XX, found ';'"},
    {"imap://a b@h/", 8, "found octet 0x20"},
    {"imap://a%4@h/", 10, "two hexadecimal digits after '%', found '@'"},
    {"imap://a%g0@h/", 9, "two hexadecimal digits after '%', found 'g'"},
    {"imap://a%00@h/", 8, "no %00"},
    {"imap://u:a%0d%0ab@h/", 10, "no %00, %0D or %0A"},
    {"imap://h:65536/", 13, "a port of at most 65535"},
    {"imap://h:99999999999999999999/", 13, "a port of at most 65535"},
    {"imap://h:0/", 9, "a port from 1 to 65535"},
    {"imap://h:14x/", 11, "a digit of the port"},
    {"imap://::1/", 7, "expected a host name, found ':'"},
    {"imap://2001:db8::1/", 12, "an IPv6 address stands in brackets"},
    {"imap://[::1/", 11, "']' after the IPv6 address, found '/'"},
    {"imap://[1.2.3.4]/", 8, "an IPv6 address in brackets"},
    {"imap://[]/", 8, "an IPv6 address in brackets"},
    {"imap://[::1]x/", 12, "':', '/' or the end, found 'x'"},
    {"imap://h*/", 8, "found '*'"},
    {"imap://-h/", 7, "a host name"},
    {"imap://h/INBOX", 9, "the end (a mailbox or query has no meaning here), found 'I'"},
    {"imap://h?x", 8, "the end"},
    {"imap://h/#f", 9, "the end"},
    {"imap://h\r\n/", 8, "found octet 0x0d"},
};

static int failures;

static void fail(const char *text, const char *what) {
    printf("FAIL \"%s\": %s\n", text, what);
    failures++;
}

static void check_good(const struct good *g) {
    struct imap_url u;
    struct url_error e;
    char label[900];
    if (!url_is(g->text) || !url_parse(g->text, &u, &e))
        fail(g->text, url_is(g->text) ? e.text : "no URL");
    else if (u.tls != g->tls || u.port != g->port || strcmp(u.host, g->host) != 0)
        fail(g->text, "another server");
    else if (u.has_user != !!g->user || strcmp(u.user, g->user ? g->user : "") != 0)
        fail(g->text, "another user");
    else if (u.has_password != !!g->password || strcmp(u.password, g->password ? g->password : "") != 0)
        fail(g->text, "another password");
    else if (strcmp(url_label(&u, label, sizeof label), g->label) != 0)
        fail(g->text, label);
}

static void check_bad(const struct bad *b) {
    struct imap_url u;
    struct url_error e;
    if (url_parse(b->text, &u, &e))
        fail(b->text, "accepted");
    else if (e.at != b->at || !strstr(e.text, b->error) || strchr(e.text, '\n'))
        fail(b->text, e.text);
}

/* Fields of 255 octets fit, those of 256 do not. */
static void check_lengths(void) {
    for (int part = 0; part < 3; part++) {
        for (int n = 255; n <= 256; n++) {
            char field[300], text[900];
            struct imap_url u;
            struct url_error e;
            memset(field, 'a', sizeof field);
            field[n] = 0;
            snprintf(text, sizeof text,
                     part == 0   ? "imap://%s@h"
                     : part == 1 ? "imap://u:%s@h"
                                 : "imap://%s/",
                     field);
            if (url_parse(text, &u, &e) != (n == 255) || (n == 256 && !strstr(e.text, "at most 255 octets")))
                fail(text, n == 255 ? e.text : "not refused for its length");
        }
    }
}

int main(void) {
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        check_good(&good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        check_bad(&bad[i]);
    check_lengths();
    if (url_is("dovecot") || url_is("model:x"))
        fail("dovecot", "taken for a URL");
    printf("URLs: %zu good, %zu bad: %d failures\n", sizeof good / sizeof *good, sizeof bad / sizeof *bad,
           failures);
    return failures ? 1 : 0;
}
