/* drive_judge.c: a recorded trace told to an oracle again, without a server. */
#include "drive_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct judged {
    bool open, idling, challenge;
    uint32_t tags;
    struct {
        char tag[TAG_MAX];
        bool idle, authenticate, starttls;
    } pending[PENDING_MAX];
    uint32_t pendings;
};

struct judge {
    struct oracle *oracle;
    const struct program *p;
    struct names names;
    struct judged session[PROGRAM_SESSIONS + 1];
    uint64_t t;
    struct grow wire;
};

static uint64_t tick(struct judge *j) { return j->t += 1000000u; }

static bool word_is(struct slice s, const char *word) {
    size_t n = strlen(word);
    return s.n >= n && !strncasecmp((const char *)s.p, word, n) &&
           (s.n == n || s.p[n] == ' ' || s.p[n] == '\r');
}

static bool compose(struct judge *j, const char *tag, const struct line *l) {
    struct words w = {.names = &j->names, .box = "", .separator = '/'};
    j->wire.n = 0;
    if (tag) {
        grow_put(&j->wire, tag, strlen(tag));
        grow_put(&j->wire, " ", 1);
    }
    expand(&w, program_text(j->p, l), &j->wire, NULL);
    if (!(l->flags & LINE_CUT))
        grow_put(&j->wire, "\r\n", 2);
    return !j->wire.bad;
}

static bool sent(struct judge *j, const struct line *l) {
    struct judged *s = &j->session[l->session];
    struct slice text = program_text(j->p, l);
    bool answers = s->challenge || (s->idling && word_is(text, "DONE") && !(l->flags & LINE_RAW));
    char tag[TAG_MAX] = "";
    if (answers || l->flags & LINE_RAW) {
        if (!compose(j, NULL, l))
            return false;
        s->idling = s->challenge = false;
        if (answers)
            oracle_continued(j->oracle, l->session, tick(j), j->wire.p, j->wire.n);
        else
            oracle_sent(j->oracle, l->session, tick(j), j->wire.p, j->wire.n);
        return true;
    }
    char letter = l->session <= 26 ? (char)('a' + l->session - 1) : (char)('A' + l->session - 27);
    snprintf(tag, sizeof tag, "%c%u", letter, ++s->tags);
    if (!compose(j, tag, l))
        return false;
    if (s->pendings < PENDING_MAX) {
        uint32_t k = s->pendings++;
        memcpy(s->pending[k].tag, tag, sizeof tag);
        s->pending[k].idle = word_is(text, "IDLE");
        s->pending[k].authenticate = word_is(text, "AUTHENTICATE");
        s->pending[k].starttls = word_is(text, "STARTTLS");
    }
    oracle_sent(j->oracle, l->session, tick(j), j->wire.p, j->wire.n);
    return true;
}

/* Takes the tag's command off the list; its STARTTLS accepted is a handshake done. */
static void completed(struct judge *j, int session, struct slice tag, struct slice rest) {
    struct judged *s = &j->session[session];
    for (uint32_t i = 0; i < s->pendings; i++) {
        if (strlen(s->pending[i].tag) != tag.n || memcmp(s->pending[i].tag, tag.p, tag.n))
            continue;
        bool tls = s->pending[i].starttls && word_is(rest, "OK");
        if (s->pending[i].idle)
            s->idling = false;
        if (s->pending[i].authenticate)
            s->challenge = false;
        memmove(&s->pending[i], &s->pending[i + 1], (s->pendings - i - 1) * sizeof s->pending[0]);
        s->pendings--;
        if (tls)
            oracle_tls(j->oracle, session, tick(j));
        return;
    }
}

static bool received(struct judge *j, const struct line *l) {
    struct judged *s = &j->session[l->session];
    struct slice text = program_text(j->p, l), tag = program_tag(j->p, l);
    bool raw = l->flags & LINE_RAW, plus = !raw && text.n && text.p[0] == '+' && !tag.n;
    bool star = !raw && text.n > 1 && text.p[0] == '*' && text.p[1] == ' ' && !tag.n;
    char own[TAG_MAX];
    j->wire.n = 0;
    if (!raw && !plus && !star) {
        if (!tag.n && s->pendings) {
            memcpy(own, s->pending[0].tag, sizeof own);
            tag = (struct slice){(const uint8_t *)own, (uint32_t)strlen(own)};
        }
        grow_put(&j->wire, tag.p, tag.n);
        grow_put(&j->wire, " ", 1);
    }
    grow_put(&j->wire, text.p, text.n);
    if (!(l->flags & LINE_CUT))
        grow_put(&j->wire, "\r\n", 2);
    if (j->wire.bad)
        return false;
    oracle_received(j->oracle, l->session, tick(j), j->wire.p, j->wire.n);
    if (plus && s->pendings) {
        s->idling = s->idling || s->pending[s->pendings - 1].idle;
        s->challenge = s->challenge || s->pending[s->pendings - 1].authenticate;
    }
    if (tag.n)
        completed(j, l->session, tag, text);
    return true;
}

static bool line(struct judge *j, const struct line *l) {
    struct judged *s = &j->session[l->session];
    struct slice text = program_text(j->p, l);
    char why[256];
    int how = l->flags & LINE_BY_SERVER ? (l->n ? 2 : 0) : 1;
    switch ((enum line_kind)l->kind) {
    case LINE_SEND:
        return sent(j, l);
    case LINE_EXPECT:
        return received(j, l);
    case LINE_OPEN:
        *s = (struct judged){.open = true};
        oracle_opened(j->oracle, l->session, tick(j), l->tls == TLS_IMPLICIT);
        return true;
    case LINE_CLOSE:
        snprintf(why, sizeof why, "%.*s", (int)(text.n > 7 ? text.n - 7 : 0),
                 text.n > 7 ? (const char *)text.p + 7 : "");
        oracle_closed(j->oracle, l->session, tick(j), how, why);
        *s = (struct judged){0};
        return true;
    case LINE_WAIT:
        j->t += (uint64_t)l->ms * 1000000u;
        return true;
    case LINE_CHECKPOINT:
        oracle_checkpoint(j->oracle);
        return true;
    case LINE_MAILBOX:
    case LINE_COMMENT:
        break;
    }
    return true;
}

bool judge_trace(const struct program *trace, struct oracle *o, char *err, size_t errlen) {
    bool any = false;
    for (uint32_t i = 0; i < trace->lines && !any; i++)
        any = trace->line[i].kind == LINE_EXPECT;
    if (!any) {
        snprintf(err, errlen, "no response is recorded here: replay it on a target");
        return false;
    }
    struct judge *j = calloc(1, sizeof *j);
    bool ok = j != NULL;
    if (j) {
        j->oracle = o;
        j->p = trace;
        names_of(&j->names, trace);
        oracle_reset(o);
        for (uint32_t i = 0; ok && i < trace->lines; i++)
            ok = line(j, &trace->line[i]);
        oracle_end(o);
        free(j->wire.p);
        free(j);
    }
    if (!ok)
        snprintf(err, errlen, "out of memory");
    return ok;
}
