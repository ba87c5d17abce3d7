/* drive_session.c: one session of a program: opening, sending, waiting. */
#include "drive_priv.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void drive_fail(struct drive *d, enum drive_end end, const char *fmt, ...) {
    if (d->end != DRIVE_DONE)
        return; /* the first reason is the cause of the others */
    d->end = end;
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(d->text, sizeof d->text, fmt, ap);
    va_end(ap);
}

static bool stopped(struct drive *d) {
    if (d->o.stop && *d->o.stop)
        drive_fail(d, DRIVE_STOPPED, "stopped by a signal");
    return d->end != DRIVE_DONE;
}

bool until(struct drive *d, bool (*done)(struct drive *d, int session), int session, int ms) {
    uint64_t end = d->net->now(d->self) + (uint64_t)ms * 1000000u;
    if (d->give_up && end > d->give_up)
        end = d->give_up;
    while (!done(d, session)) {
        if (!d->session[session].mute && stopped(d))
            return false;
        uint64_t now = d->net->now(d->self);
        if (now >= end)
            return false;
        uint64_t left = (end - now) / 1000000u + 1;
        if (d->net->poll(d->self, left > 200 ? 200 : (int)left) < 0) {
            drive_fail(d, DRIVE_UNREACHABLE, "%s", d->net->error(d->self));
            return false;
        }
    }
    return true;
}

bool never(struct drive *d, int session) {
    (void)d, (void)session;
    return false;
}

bool replied(struct drive *d, int session) {
    const struct session *s = &d->session[session];
    return s->state == SESSION_NONE || s->state == SESSION_ENDED || s->idling || s->challenge ||
           (!s->pendings && !s->securing);
}

static bool greeted(struct drive *d, int session) {
    return d->session[session].state == SESSION_OPEN || d->session[session].state == SESSION_ENDED;
}

static bool may_go_on(struct drive *d, int session) {
    const struct session *s = &d->session[session];
    return s->go_ahead || s->current_done || s->state != SESSION_OPEN;
}

static bool await(struct drive *d, int session) {
    /* The transport's deadlines end a silent session; the time here is for transports without. */
    if (until(d, replied, session, d->target->reply_ms + 2000) || d->end != DRIVE_DONE)
        return d->end == DRIVE_DONE;
    bool securing = d->session[session].securing;
    if (securing) {
        session_close(d, session);
        snprintf(d->mute_text, sizeof d->mute_text, "%s: silence behind the OK to STARTTLS", d->target->name);
        drive_no_tls(d, session, CLOSED_TIMEOUT, d->mute_text);
    } else
        drive_fail(d, DRIVE_SILENT, "%s: no reply to %s %s", d->target->name,
                   d->session[session].pending[0].tag, d->session[session].pending[0].what);
    return d->end == DRIVE_DONE;
}

static bool automatic(struct drive *d, int session, const char *command) {
    return session_send(d, session, (struct slice){(const uint8_t *)command, (uint32_t)strlen(command)},
                        LINE_AUTO);
}

static bool login(struct drive *d, int session, int user) {
    struct session *s = &d->session[session];
    char command[64];
    if (!s->capability && !automatic(d, session, "CAPABILITY"))
        return false;
    s->logged_in = s->preauth;
    if (s->preauth)
        return true;
    snprintf(command, sizeof command, "LOGIN $user(%d) $pass(%d)", user, user);
    s->capability = false;
    if (!automatic(d, session, command))
        return false;
    s->logged_in = !strcmp(s->word, "OK");
    if (s->mute && !s->logged_in &&
        s->state == SESSION_OPEN) { /* of a program's own session the oracle judges it */
        drive_fail(d, DRIVE_UNREACHABLE, "%s: login as user %d is refused", d->target->name, user);
        return false;
    }
    if (s->state == SESSION_OPEN && !s->capability && !s->mute)
        return automatic(d, session, "CAPABILITY");
    return true;
}

/* STARTTLS, on somebody's server only where it is told of. */
static bool secure_session(struct drive *d, int session) {
    struct session *s = &d->session[session];
    if (d->target->kind == TARGET_URL) {
        if (!s->capability && !automatic(d, session, "CAPABILITY"))
            return false;
        if (s->state == SESSION_OPEN && !s->starttls) {
            drive_fail(d, DRIVE_UNREACHABLE, "%s: STARTTLS is not among the server's capabilities",
                       d->target->name);
            return false;
        }
    }
    return automatic(d, session, "STARTTLS") && s->state == SESSION_OPEN;
}

bool session_open(struct drive *d, int session, int user, enum line_tls tls, bool with_login) {
    static const uint8_t secure[] = {TLS_PLAIN, TLS_IMPLICIT, TLS_STARTTLS};
    struct session *s = &d->session[session];
    if (s->state != SESSION_NONE && s->state != SESSION_ENDED)
        return true;
    struct grow answers = s->answers;
    bool mute = s->mute;
    *s = (struct session){
        .state = SESSION_CONNECTING, .user = (uint8_t)(user ? user : 1), .mute = mute, .answers = answers};
    if (tls == TLS_DEFAULT)
        tls = secure[d->target->secure];
    uint32_t at = d->log.n;
    if (d->net->open(d->self, session, tls == TLS_IMPLICIT) != 0) {
        s->state = SESSION_ENDED;
        drive_fail(d, DRIVE_UNREACHABLE, "%s", d->net->error(d->self));
        return false;
    }
    if (!until(d, greeted, session, 30000)) {
        drive_fail(d, DRIVE_UNREACHABLE, "%s: no greeting", d->target->name);
        return false;
    }
    for (uint32_t i = at; i < d->log.n && !mute; i++)
        if (d->log.event[i].kind == EV_OPENED && d->log.event[i].session == session) {
            d->log.event[i].how = tls;
            d->log.event[i].login = with_login;
        }
    if (d->end != DRIVE_DONE)
        return false;
    if (tls == TLS_STARTTLS && !secure_session(d, session)) {
        if (d->end != DRIVE_DONE)
            session_close(d, session); /* nothing may go on in it in clear */
        return d->end == DRIVE_DONE;
    }
    /* automatic() sends nothing once the session has ended */
    return !with_login || login(d, session, s->user);
}

static bool first_word_is(struct slice s, const char *word) {
    size_t n = strlen(word);
    return s.n >= n && !strncasecmp((const char *)s.p, word, n) &&
           (s.n == n || s.p[n] == ' ' || s.p[n] == '\r');
}

static void next_tag(struct session *s, int session, char *tag) {
    char letter = session <= 26 ? (char)('a' + session - 1) : (char)('A' + (session - 27) % 26);
    if (session == 0 || session >= PROGRAM_SESSIONS)
        letter = 'z';
    snprintf(tag, TAG_MAX, "%c%u", letter, ++s->tags);
}

/* Notes the command as outstanding under its tag (a raw line's own first word). */
static struct pending *outstanding(struct session *s, const char *tag, struct slice text, bool raw) {
    if (s->pendings == PENDING_MAX)
        return NULL;
    struct pending *p = &s->pending[s->pendings++];
    *p = (struct pending){.raw = raw, .serial = ++s->current};
    snprintf(p->tag, sizeof p->tag, "%s", tag);
    uint32_t n = 0;
    while (n < text.n && n < sizeof p->what - 1 && text.p[n] > ' ' && text.p[n] < 0x7f)
        n++;
    if (n)
        memcpy(p->what, text.p, n);
    p->idle = first_word_is(text, "IDLE");
    p->authenticate = first_word_is(text, "AUTHENTICATE");
    p->starttls = first_word_is(text, "STARTTLS");
    s->current_done = s->go_ahead = false;
    return p;
}

static void expect(struct drive *d, int session) {
    const struct pending *p = &d->session[session].pending[0];
    char what[TAG_MAX + 48];
    snprintf(what, sizeof what, "a reply to %s %s", p->tag, p->what);
    d->net->expect(d->self, session, p->raw ? NULL : what, d->target->reply_ms);
}

/* Where the wire must stop for a `+`: behind the next synchronizing literal's announcement, else its end. */
static size_t next_stop(struct slice wire, size_t from) {
    for (size_t i = from; i + 2 < wire.n;) {
        const uint8_t *cr = memchr(wire.p + i, '\r', wire.n - i);
        if (!cr || cr + 2 >= wire.p + wire.n)
            break;
        i = (size_t)(cr - wire.p) + 2;
        uint64_t n;
        bool plus;
        if (cr[1] != '\n' || !literal_at_end((struct slice){wire.p, (uint32_t)(cr - wire.p)}, &n, &plus) ||
            n > wire.n - i)
            continue;
        if (!plus)
            return i;
        i += n;
    }
    return wire.n;
}

/* Hands over the wire, stopping at literals. false: the program cannot go on. */
static bool hand_over(struct drive *d, int session, struct slice wire, bool raw) {
    struct session *s = &d->session[session];
    for (size_t at = 0; at < wire.n;) {
        size_t stop = next_stop(wire, at);
        if (d->net->send(d->self, session, wire.p + at, stop - at) != 0) {
            drive_fail(d, DRIVE_SILENT, "%s", d->net->error(d->self));
            return false;
        }
        uint64_t n;
        bool plus;
        at = stop;
        if (at >= wire.n)
            return true;
        /* The literal's own octets may hold what looks like an announcement: send them with what follows. */
        literal_at_end((struct slice){wire.p, (uint32_t)at - 2}, &n, &plus);
        s->go_ahead = false;
        bool went = until(d, may_go_on, session, raw ? d->target->raw_ms : d->target->reply_ms + 2000);
        if (d->end != DRIVE_DONE && !s->mute)
            return false;
        if (!went || s->current_done || s->state != SESSION_OPEN)
            return true; /* refused, or over */
        size_t body = at + n;
        stop = next_stop(wire, body);
        if (body > at && d->net->send(d->self, session, wire.p + at, body - at) != 0) {
            drive_fail(d, DRIVE_SILENT, "%s", d->net->error(d->self));
            return false;
        }
        at = body;
    }
    return true;
}

static void record(struct drive *d, int session, bool continued, uint8_t flags) {
    uint64_t t = d->net->now(d->self);
    d->counts.octets_out += d->wire.n;
    struct event *e =
        log_event(&d->log, continued ? EV_CONTINUED : EV_SENT, session, t, d->wire.p, d->wire.n);
    log_keep(&d->log, d->trace.p, d->trace.n, &e->text, &e->text_n);
    e->flags = flags;
    e->line = d->line;
    if (!d->o.oracle)
        return;
    if (continued)
        oracle_continued(d->o.oracle, session, t, d->wire.p, d->wire.n);
    else
        oracle_sent(d->o.oracle, session, t, d->wire.p, d->wire.n);
}

/* d->wire := tag, the text with its words replaced, CRLF. */
static bool compose(struct drive *d, int session, const char *tag, struct slice text, uint8_t flags) {
    struct words w = {.names = &d->names,
                      .box = d->log.box,
                      .separator = d->separator,
                      .live = true,
                      .users = d->target->users,
                      .users_n = d->target->users_n,
                      .oracle = d->o.oracle,
                      .session = session};
    d->wire.n = d->trace.n = 0;
    if (tag) {
        grow_put(&d->wire, tag, strlen(tag));
        grow_put(&d->wire, " ", 1);
    }
    bool ok = expand(&w, text, &d->wire, &d->trace);
    if (!(flags & LINE_CUT))
        grow_put(&d->wire, "\r\n", 2);
    if (!ok || d->wire.bad || d->trace.bad)
        drive_fail(d, DRIVE_MEMORY, "out of memory");
    return d->end == DRIVE_DONE;
}

static bool send_continued(struct drive *d, int session, struct slice text, uint8_t flags) {
    struct session *s = &d->session[session];
    if (!compose(d, session, NULL, text, flags))
        return false;
    s->idling = s->challenge = false;
    if (!s->mute)
        record(d, session, true, flags);
    expect(d, session);
    struct slice wire = {d->wire.p, (uint32_t)d->wire.n};
    if (d->net->send(d->self, session, wire.p, wire.n) != 0)
        drive_fail(d, DRIVE_SILENT, "%s", d->net->error(d->self));
    return d->end == DRIVE_DONE && await(d, session);
}

static bool send_raw(struct drive *d, int session, struct slice text, uint8_t flags) {
    struct session *s = &d->session[session];
    if (!compose(d, session, NULL, text, flags))
        return false;
    struct slice wire = {d->wire.p, (uint32_t)d->wire.n};
    char tag[TAG_MAX] = "";
    uint32_t n = 0;
    while (n < wire.n && n < TAG_MAX - 1 && wire.p[n] > ' ' && wire.p[n] < 0x7f)
        n++;
    memcpy(tag, wire.p, n);
    struct slice rest = n + 1 < wire.n && wire.p[n] == ' ' ? (struct slice){wire.p + n + 1, wire.n - n - 1}
                                                           : (struct slice){0};
    if (!(flags & LINE_CUT))
        outstanding(s, tag, rest, true);
    record(d, session, false, flags);
    if (!hand_over(d, session, wire, true))
        return false;
    if (flags & (LINE_CUT | LINE_NOWAIT))
        return true;
    /* Nobody owes an answer to any octets: after a silence the program goes on. */
    if (!until(d, replied, session, d->target->raw_ms))
        while (s->pendings && s->pending[s->pendings - 1].raw)
            s->pendings--;
    return d->end == DRIVE_DONE;
}

static bool others_settled(struct drive *d, int session) {
    for (int i = 0; i <= PROGRAM_SESSIONS && !d->o.overlap; i++)
        if (i != session && !replied(d, i) && !await(d, i))
            return false;
    return true;
}

/* As a command, or behind a raw line's own tag. */
static bool mentions_starttls(struct slice text) {
    for (uint32_t i = 0; i + 8 <= text.n; i++)
        if (!strncasecmp((const char *)text.p + i, "STARTTLS", 8))
            return true;
    return false;
}

bool session_send(struct drive *d, int session, struct slice text, uint8_t flags) {
    struct session *s = &d->session[session];
    if (s->state == SESSION_NONE && !session_open(d, session, 1, TLS_DEFAULT, true))
        return false;
    if (s->state != SESSION_OPEN || s->pendings == PENDING_MAX) {
        d->counts.skipped++;
        return d->end == DRIVE_DONE;
    }
    bool is_done = first_word_is(text, "DONE") && text.n == 4 && !(flags & LINE_RAW);
    if (s->challenge || (is_done && s->idling))
        return send_continued(d, session, text, flags);
    if (is_done && !(flags & LINE_AUTO)) {
        d->counts.skipped++; /* the server refused IDLE: DONE would be a command without tag */
        return true;
    }
    if (s->idling && !session_settle(d, session))
        return false;
    if (d->starttls_off && mentions_starttls(text)) {
        d->counts.skipped++;
        return true;
    }
    if (!others_settled(d, session))
        return false;
    if (s->state != SESSION_OPEN) /* it ended meanwhile */
        return true;
    if (!s->mute && !(flags & LINE_AUTO))
        d->counts.commands++;
    if (flags & LINE_RAW)
        return send_raw(d, session, text, flags);
    char tag[TAG_MAX];
    next_tag(s, session, tag);
    if (!compose(d, session, tag, text, flags))
        return false;
    outstanding(s, tag, text, false);
    if (!s->mute)
        record(d, session, false, flags);
    expect(d, session);
    if (!hand_over(d, session, (struct slice){d->wire.p, (uint32_t)d->wire.n}, false))
        return false;
    return (flags & (LINE_NOWAIT | LINE_CUT)) || await(d, session);
}

bool session_settle(struct drive *d, int session) {
    struct session *s = &d->session[session];
    if (s->state != SESSION_OPEN)
        return true;
    if (s->challenge && !send_continued(d, session, (struct slice){(const uint8_t *)"*", 1}, LINE_AUTO))
        return false;
    if (s->idling && !send_continued(d, session, (struct slice){(const uint8_t *)"DONE", 4}, LINE_AUTO))
        return false;
    return await(d, session);
}

void session_close(struct drive *d, int session) {
    struct session *s = &d->session[session];
    if (s->state != SESSION_NONE && s->state != SESSION_ENDED) {
        d->net->close(d->self, session);
        uint64_t t = d->net->now(d->self);
        if (!s->mute && s->state != SESSION_CONNECTING) {
            struct event *e = log_event(&d->log, EV_CLOSED, session, t, NULL, 0);
            e->line = d->line;
            e->how = 1;
            if (d->o.oracle)
                oracle_closed(d->o.oracle, session, t, 1, "");
        }
    }
    s->state = SESSION_ENDED;
    s->pendings = 0;
    s->idling = s->challenge = s->securing = false;
}
