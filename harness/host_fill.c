/* host_fill.c: mail that is there from the start, put in by the commands that a client would send. */
#include "host_priv.h"

#include <stdlib.h>
#include <string.h>

enum { NAME = 1000 };

/* The last octets that were said: the tagged reply is among them. */
void fill_heard(struct host *h, const uint8_t *p, size_t n) {
    size_t room = sizeof h->heard - 1, have = strlen(h->heard), take = n < room ? n : room;
    if (have + take > room) {
        size_t drop = have + take - room;
        memmove(h->heard, h->heard + drop, have - drop + 1);
        have -= drop;
    }
    memcpy(h->heard + have, p + n - take, take);
    h->heard[have + take] = '\0';
}

static void say(struct host *h, const void *p, size_t n) { model_server_input(h->model, HOST_FILLER, p, n); }

static void say_text(struct host *h, const char *text) { say(h, text, strlen(text)); }

static void say_string(struct host *h, const char *text) {
    char head[32];
    snprintf(head, sizeof head, "{%zu+}\r\n", strlen(text));
    say_text(h, head);
    say_text(h, text);
}

/* The end of a command: is it OK? */
static bool done(struct host *h, const char *what, char *err, size_t errlen) {
    h->heard[0] = '\0';
    say_text(h, "\r\n");
    const char *reply = strstr(h->heard, "fill ");
    if (reply && !strncmp(reply, "fill OK", 7))
        return true;
    int n = reply ? (int)strcspn(reply + 5, "\r\n") : 0;
    snprintf(err, errlen, "%.200s: %.*s", what, reply ? n : 20, reply ? reply + 5 : "no reply of the model");
    return false;
}

bool host_fill_user(struct host *h, const char *user, const char *password, char *err, size_t errlen) {
    model_server_closed(h->model, HOST_FILLER);
    if (model_server_open(h->model, HOST_FILLER, true) != 0) {
        snprintf(err, errlen, "out of memory");
        return false;
    }
    say_text(h, "fill LOGIN ");
    say_string(h, user);
    say_text(h, " ");
    say_string(h, password);
    return done(h, user, err, errlen);
}

bool host_fill_command(struct host *h, const char *command, char *err, size_t errlen) {
    say_text(h, "fill ");
    say_text(h, command);
    return done(h, command, err, errlen);
}

static bool on_mailbox(struct host *h, const char *command, const char *mailbox, char *err, size_t errlen) {
    say_text(h, "fill ");
    say_text(h, command);
    say_text(h, " ");
    say_string(h, mailbox);
    return done(h, mailbox, err, errlen);
}

bool host_fill_mailbox(struct host *h, const char *mailbox, char *err, size_t errlen) {
    if (strlen(mailbox) > NAME) {
        snprintf(err, errlen, "%.60s...: a mailbox name of more than %d octets", mailbox, NAME);
        return false;
    }
    say_text(h, "fill STATUS ");
    say_string(h, mailbox);
    say_text(h, " (MESSAGES)");
    char none[100];
    return (done(h, mailbox, none, sizeof none) || on_mailbox(h, "CREATE", mailbox, err, errlen)) &&
           on_mailbox(h, "SUBSCRIBE", mailbox, err, errlen);
}

bool host_fill_message(struct host *h, const char *mailbox, const char *flags, const char *date,
                       const void *octets, size_t n, char *err, size_t errlen) {
    char head[64];
    say_text(h, "fill APPEND ");
    say_string(h, mailbox);
    say_text(h, " (");
    say_text(h, flags);
    say_text(h, ") ");
    if (*date) {
        say_text(h, "\"");
        say_text(h, date);
        say_text(h, "\" ");
    }
    snprintf(head, sizeof head, "{%zu+}\r\n", n);
    say_text(h, head);
    say(h, octets, n);
    return done(h, mailbox, err, errlen);
}

/* Line ends become CRLF (RFC 3501 2.3.1.1 knows no other). */
bool host_fill_text(struct host *h, const char *mailbox, const char *flags, const char *date, const char *p,
                    size_t n, char *err, size_t errlen) {
    char *text = malloc(2 * n + 1);
    size_t k = 0;
    for (size_t i = 0; text && i < n; i++) {
        if (p[i] == '\n' && (!i || p[i - 1] != '\r'))
            text[k++] = '\r';
        text[k++] = p[i] ? p[i] : '?'; /* NUL cannot be sent */
    }
    bool ok = text && host_fill_message(h, mailbox, flags, date, text, k, err, errlen);
    if (!text)
        snprintf(err, errlen, "out of memory");
    free(text);
    return ok;
}
