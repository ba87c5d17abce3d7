/* fake_server.c: the scripted transport. */
#include "fake_server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct fake {
    struct transport_events ev;
    const struct fake_step *script;
    size_t at;
    int errors;
    bool open[TRANSPORT_SESSIONS];
    struct {
        int session;
        const char *answer;
        bool opened, tls, secured;
    } queue[256];
    size_t head, tail;
    uint64_t clock, deadline[TRANSPORT_SESSIONS];
    char what[TRANSPORT_SESSIONS][80];
};

struct fake *fake_new(const struct fake_step *script, const struct transport_events *ev) {
    struct fake *f = calloc(1, sizeof *f);
    f->script = script;
    f->ev = *ev;
    return f;
}

static bool step(struct fake *f, int session, const char *what, size_t n, bool opened, bool tls) {
    const struct fake_step *s = &f->script[f->at];
    if (!s->want || s->session != session || strlen(s->want) != n || memcmp(s->want, what, n)) {
        printf("step %zu: session %d sent <%.*s>, the script wants session %d <%s>\n", f->at, session, (int)n,
               what, s->session, s->want ? s->want : "its end");
        f->errors++;
        return false;
    }
    f->queue[f->tail].session = session;
    f->queue[f->tail].answer = s->answer;
    f->queue[f->tail].opened = opened;
    f->queue[f->tail].secured = !strcmp(s->want, "starttls");
    f->queue[f->tail++].tls = tls;
    f->at++;
    return true;
}

static int f_open(void *self, int session, bool tls) {
    struct fake *f = self;
    f->open[session] = true;
    return step(f, session, tls ? "open tls" : "open", tls ? 8 : 4, true, tls) ? 0 : -1;
}

static int f_send(void *self, int session, const uint8_t *p, size_t n) {
    struct fake *f = self;
    f->clock += 10;
    return step(f, session, (const char *)p, n, false, false) ? 0 : -1;
}

static int f_starttls(void *self, int session) {
    return step(self, session, "starttls", 8, false, true) ? 0 : -1;
}

static void f_close(void *self, int session) {
    struct fake *f = self;
    f->open[session] = false;
    f->deadline[session] = 0;
}

/* Length of one response: its line, and what a literal's announcement at a line's end adds. */
static size_t response_length(const char *answer) {
    size_t n = 0;
    for (;;) {
        const char *end = strstr(answer + n, "\r\n"), *brace;
        if (!end)
            return strlen(answer);
        n = (size_t)(end - answer) + 2;
        for (brace = end; brace > answer && brace[-1] != '{' && brace[-1] != '\n'; brace--)
            continue;
        if (end[-1] != '}' || brace == answer || brace[-1] != '{')
            return n;
        n += strtoul(brace, NULL, 10);
    }
}

static void tell(struct fake *f, int session, const char *answer) {
    while (*answer && f->open[session]) {
        size_t n = response_length(answer);
        f->clock += 10;
        if (!strncmp(answer, "<eof>", 5) || !strncmp(answer, "<timeout>", 9)) {
            bool eof = answer[1] == 'e';
            f->open[session] = false;
            f->ev.on_closed(f->ev.user, session, f->clock, eof ? CLOSED_EOF : CLOSED_TIMEOUT, NULL, 0,
                            eof ? "fake: closed" : "fake: deadline");
            return;
        }
        if (!strncmp(answer, "<leftover>", 10))
            f->ev.on_leftover(f->ev.user, session, f->clock, (const uint8_t *)answer + 10, n - 10);
        else
            f->ev.on_response(f->ev.user, session, f->clock, (const uint8_t *)answer, n);
        answer += n;
    }
}

static int f_poll(void *self, int timeout_ms) {
    struct fake *f = self;
    int told = 0;
    for (; f->head < f->tail; f->head++, told++) {
        int s = f->queue[f->head].session;
        if (f->queue[f->head].opened)
            f->ev.on_opened(f->ev.user, s, f->clock, f->queue[f->head].tls);
        const char *answer = f->queue[f->head].answer;
        tell(f, s, answer);
        if (f->queue[f->head].secured && f->open[s])
            f->ev.on_secured(f->ev.user, s, f->clock);
    }
    f->head = f->tail = 0;
    if (told)
        return told;
    f->clock += (uint64_t)timeout_ms * 1000000u;
    for (int i = 0; i < TRANSPORT_SESSIONS; i++)
        if (f->open[i] && f->deadline[i] && f->deadline[i] <= f->clock) {
            f->open[i] = false;
            f->ev.on_closed(f->ev.user, i, f->clock, CLOSED_TIMEOUT, NULL, 0, f->what[i]);
            told++;
        }
    return told;
}

static const char *f_error(void *self) {
    (void)self;
    return "fake: not in the script";
}

static uint64_t f_now(void *self) { return ((struct fake *)self)->clock; }

static void f_expect(void *self, int session, const char *what, int ms) {
    struct fake *f = self;
    f->deadline[session] = what ? f->clock + (uint64_t)ms * 1000000u : 0;
    snprintf(f->what[session], sizeof f->what[session], "%s", what ? what : "");
}

static const struct transport_ops ops = {.open = f_open,
                                         .send = f_send,
                                         .starttls = f_starttls,
                                         .close = f_close,
                                         .poll = f_poll,
                                         .error = f_error,
                                         .now = f_now,
                                         .expect = f_expect};

struct transport fake_transport(struct fake *f) {
    return (struct transport){&ops, f};
}

int fake_errors(struct fake *f) {
    if (f->script[f->at].want) {
        printf("step %zu was not reached: <%s>\n", f->at, f->script[f->at].want);
        f->errors++;
    }
    return f->errors;
}

void fake_free(struct fake *f) { free(f); }
