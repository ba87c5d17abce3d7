/* drive_events.c: what the transport tells the driver: greetings, responses, TLS, ends. */
#include "drive_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool told(const struct drive *d, const struct session *s) { return !s->mute && d->o.oracle; }

static void on_opened(void *user, int session, uint64_t t, bool tls) {
    struct drive *d = user;
    struct session *s = &d->session[session];
    s->state = SESSION_GREETING;
    s->tls = tls;
    if (told(d, s))
        oracle_opened(d->o.oracle, session, t, tls);
    if (!s->mute) {
        struct event *e = log_event(&d->log, EV_OPENED, session, t, NULL, 0);
        e->line = d->line;
        e->user = s->user;
        d->counts.sessions++;
    }
}

static bool holds(struct slice s, const char *z) {
    size_t n = strlen(z);
    for (uint32_t i = 0; i + n <= s.n; i++)
        if (!strncasecmp((const char *)s.p + i, z, n))
            return true;
    return false;
}

/* The first word behind a tag: "OK", "NO", "BAD"; anything else is "". */
static void reply_word(struct slice rest, char word[4]) {
    uint32_t n = 0;
    while (n < rest.n && rest.p[n] != ' ' && rest.p[n] != '\r')
        n++;
    word[0] = '\0';
    static const char *const known[] = {"OK", "NO", "BAD"};
    for (int i = 0; i < 3; i++)
        if (n == strlen(known[i]) && !strncasecmp((const char *)rest.p, known[i], n))
            memcpy(word, known[i], n + 1);
}

static void arm(struct drive *d, int session) {
    struct session *s = &d->session[session];
    const struct pending *p = &s->pending[0];
    if (!s->pendings || p->raw || s->idling || s->challenge) {
        d->net->expect(d->self, session, NULL, 0);
        return;
    }
    char what[TAG_MAX + 48];
    snprintf(what, sizeof what, "a reply to %s %s", p->tag, p->what);
    d->net->expect(d->self, session, what, d->target->reply_ms);
}

static void done_pending(struct drive *d, int session, uint32_t i) {
    struct session *s = &d->session[session];
    struct pending p = s->pending[i];
    memmove(s->pending + i, s->pending + i + 1, (s->pendings - i - 1) * sizeof p);
    s->pendings--;
    if (p.idle)
        s->idling = false;
    if (p.authenticate)
        s->challenge = false;
    if (p.serial == s->current)
        s->current_done = true;
    if (p.starttls && !strcmp(s->word, "OK")) {
        s->spoilt = p.raw || s->pendings;
        if (d->net->starttls(d->self, session) == 0)
            s->securing = true;
        else
            drive_fail(d, DRIVE_UNREACHABLE, "%s", d->net->error(d->self));
    }
    arm(d, session);
}

static void told_capabilities(struct session *s, struct slice r) {
    s->capability = true;
    s->starttls = holds(r, " STARTTLS");
}

static void tagged_reply(struct drive *d, int session, struct slice r, uint32_t tag_n) {
    struct session *s = &d->session[session];
    struct slice rest = {r.p + tag_n + 1, r.n - tag_n - 1};
    for (uint32_t i = 0; i < s->pendings; i++) {
        if (strlen(s->pending[i].tag) != tag_n || memcmp(s->pending[i].tag, r.p, tag_n))
            continue;
        reply_word(rest, s->word);
        if (holds(rest, "[CAPABILITY "))
            told_capabilities(s, rest);
        done_pending(d, session, i);
        return;
    }
    /* A tag that no command has. A raw line may have been understood so; else the awaited reply has little
     * time left. */
    if (s->pendings && s->pending[0].raw)
        done_pending(d, session, 0);
    else if (s->pendings && !s->idling)
        d->net->expect(d->self, session, "a reply with the command's own tag", 1000);
}

static void understood(struct drive *d, int session, struct slice r) {
    struct session *s = &d->session[session];
    bool greeting = s->state == SESSION_GREETING;
    if (greeting)
        s->state = SESSION_OPEN;
    if (r.n && r.p[0] == '+') {
        s->go_ahead = true;
        if (s->pendings && s->pending[s->pendings - 1].idle)
            s->idling = true;
        if (s->pendings && s->pending[s->pendings - 1].authenticate)
            s->challenge = true;
        arm(d, session);
        return;
    }
    if (r.n > 1 && r.p[0] == '*' && r.p[1] == ' ') {
        if (holds((struct slice){r.p, r.n < 16 ? r.n : 16}, "* CAPABILITY ") || holds(r, "[CAPABILITY "))
            told_capabilities(s, r);
        s->bye = s->bye || holds((struct slice){r.p, r.n < 6 ? r.n : 6}, "* BYE ");
        if (greeting && holds(r, "* PREAUTH"))
            s->preauth = true;
        if (!greeting && s->pendings && s->pending[0].raw &&
            holds((struct slice){r.p, r.n < 6 ? r.n : 6}, "* BAD"))
            done_pending(d, session, 0);
        return;
    }
    uint32_t n = 0;
    while (n < r.n && r.p[n] != ' ' && r.p[n] != '\r' && r.p[n] != '\n')
        n++;
    if (n < r.n && n < TAG_MAX)
        tagged_reply(d, session, r, n);
}

static void on_response(void *user, int session, uint64_t t, const uint8_t *octets, size_t n) {
    struct drive *d = user;
    struct session *s = &d->session[session];
    struct slice r = {octets, (uint32_t)n};
    if (s->mute) {
        grow_put(&s->answers, octets, n);
    } else {
        d->counts.responses++;
        d->counts.octets_in += n;
        struct event *e = log_event(&d->log, EV_RECEIVED, session, t, octets, n);
        e->line = d->line;
        if (told(d, s))
            oracle_received(d->o.oracle, session, t, octets, n);
    }
    understood(d, session, r);
}

static void on_leftover(void *user, int session, uint64_t t, const uint8_t *octets, size_t n) {
    struct drive *d = user;
    (void)t;
    char seen[200];
    int k = snprintf(seen, sizeof seen, "%zu octets in clear: ", n);
    for (size_t i = 0; i < n && k < 150; i++)
        seen[k++] = octets[i] >= 0x20 && octets[i] < 0x7f ? (char)octets[i] : '.';
    seen[k] = '\0';
    if (!d->session[session].mute)
        drive_note(d, session, "CID-D2 R3501-6.2.1", "octets in clear behind the OK to STARTTLS", seen,
                   "nothing before TLS");
}

static void on_secured(void *user, int session, uint64_t t) {
    struct drive *d = user;
    struct session *s = &d->session[session];
    s->tls = true;
    s->securing = s->capability = false;
    if (s->mute)
        return;
    log_event(&d->log, EV_TLS, session, t, NULL, 0)->line = d->line;
    if (told(d, s))
        oracle_tls(d->o.oracle, session, t);
}

/* A handshake that fails for its own reasons is TLS all the same, and nothing to find. Before the first
 * program nothing is noted, since a program will find it; but where TLS was asked for by name there will be
 * none. */
void drive_no_tls(struct drive *d, int session, enum closed_how how, const char *text) {
    bool only = d->target->secure == SECURE_STARTTLS, mute = d->session[session].mute;
    d->starttls_failed = true;
    if ((!mute || only) && (how != CLOSED_TLS_ERROR || strstr(text, "plain text")))
        drive_note(d, session, "R3501-6.2.1", "no TLS behind the OK to STARTTLS", text, "the TLS handshake");
    if (only && !mute)
        drive_fail(d, DRIVE_UNREACHABLE, "%s", text); /* never without it */
}

static void on_closed(void *user, int session, uint64_t t, enum closed_how how, const uint8_t *octets,
                      size_t n, const char *text) {
    struct drive *d = user;
    struct session *s = &d->session[session];
    bool was_open = s->state == SESSION_OPEN, ours = how == CLOSED_TIMEOUT || how == CLOSED_OVERLONG;
    bool connected = s->state == SESSION_GREETING || was_open, spoilt = s->securing && s->spoilt;
    bool insecure = s->securing && !spoilt;
    (void)octets;
    s->state = SESSION_ENDED;
    s->pendings = 0;
    s->idling = s->challenge = s->securing = false;
    if (s->mute) {
        snprintf(d->mute_text, sizeof d->mute_text, "%s", text ? text : closed_how_name(how));
        if (insecure)
            drive_no_tls(d, session, how, d->mute_text);
        return;
    }
    /* A process that died is the finding; that its connection ended with it is not another one. */
    bool dead = connected && (!ours || insecure) && !spoilt && !s->bye && drive_dead(d, 150);
    char whole[360];
    snprintf(whole, sizeof whole, "%s%s", text ? text : closed_how_name(how), n ? ", inside a response" : "");
    if (connected) {
        struct event *e = log_event(&d->log, EV_CLOSED, session, t, whole, ours ? strlen(whole) : 0);
        e->line = d->line;
        e->how = spoilt || dead || insecure ? 1 : ours ? 2 : 0; /* 1: as if we had ended it */
        if (told(d, s))
            oracle_closed(d->o.oracle, session, t, e->how, whole);
    }
    if (insecure && !dead)
        drive_no_tls(d, session, how, whole);
    if (!was_open)
        drive_fail(d, DRIVE_UNREACHABLE, "%s", whole);
    else if (ours && !spoilt && !insecure)
        drive_fail(d, DRIVE_SILENT, "%s", whole);
}

const struct transport_events drive_events_template = {
    .on_opened = on_opened,
    .on_response = on_response,
    .on_leftover = on_leftover,
    .on_secured = on_secured,
    .on_closed = on_closed,
};
