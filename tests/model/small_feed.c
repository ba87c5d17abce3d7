/* small_feed.c: tiny traces as octets; the fixed legal beginning (greeting, login, messages, SELECT in both
 * sessions). */
#include "small_feed.h"

#include "canned.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct small_judge {
    struct oracle *oracle;
    struct small_opinion opinion;
    uint64_t events;
    bool echo;
    unsigned tag[2], appended;
};

static void on_note(void *user, const struct note *n) {
    struct small_judge *j = user;
    if (n->verdict != V_VIOLATES && n->verdict != V_UNDECIDED)
        return;
    if (n->verdict == V_VIOLATES)
        j->opinion.violates++;
    if (n->verdict == V_UNDECIDED)
        j->opinion.undecided++;
    if (!j->opinion.first[0])
        snprintf(j->opinion.first, sizeof j->opinion.first, "%s [%s] %s", n->summary, n->cites, n->seen);
}

struct small_judge *small_judge_new(void) {
    struct small_judge *j = calloc(1, sizeof *j);
    struct oracle_options o = {.content = canned_ops(), .note = on_note, .user = j, .dialect = DIALECT_3501};
    if (!j || (j->oracle = oracle_new(&o)))
        return j;
    free(j);
    return NULL;
}

void small_judge_free(struct small_judge *j) {
    if (!j)
        return;
    oracle_free(j->oracle);
    free(j);
}

uint64_t small_judge_events(const struct small_judge *j) { return j->events; }

/* ---- the wire ---- */

static void say(struct small_judge *j, int session, bool sent, const char *text) {
    j->events++;
    if (j->echo)
        printf("    %c%d: %s", sent ? 'C' : 'S', session + 1, text);
    else if (sent)
        oracle_sent(j->oracle, session, j->events, (const uint8_t *)text, strlen(text));
    else
        oracle_received(j->oracle, session, j->events, (const uint8_t *)text, strlen(text));
}

static void append_text(char *out, size_t n, unsigned tag, int session, unsigned message, bool deleted) {
    snprintf(out, n, "%c%u APPEND FOO %s{%u}\r\n%s\r\n", 'a' + session, tag, deleted ? "(\\Deleted) " : "",
             canned_size(message), canned_text(message));
}

static void command(struct small_judge *j, int s, const struct small_command *c) {
    char line[400], set[16];
    unsigned tag = ++j->tag[s];
    char t = (char)('a' + s);
    if (!c->hi)
        snprintf(set, sizeof set, "%u:*", c->lo);
    else if (c->lo == c->hi)
        snprintf(set, sizeof set, "%u", c->lo);
    else
        snprintf(set, sizeof set, "%u:%u", c->lo, c->hi);
    switch (c->kind) {
    case SMALL_FETCH:
        snprintf(line, sizeof line, "%c%u FETCH %s (UID FLAGS)\r\n", t, tag, set);
        break;
    case SMALL_UID_FETCH:
        snprintf(line, sizeof line, "%c%u UID FETCH %s (FLAGS)\r\n", t, tag, set);
        break;
    case SMALL_STORE:
        snprintf(line, sizeof line, "%c%u STORE %s %cFLAGS%s (\\Deleted)\r\n", t, tag, set,
                 c->remove ? '-' : '+', c->silent ? ".SILENT" : "");
        break;
    case SMALL_EXPUNGE:
        snprintf(line, sizeof line, "%c%u EXPUNGE\r\n", t, tag);
        break;
    case SMALL_SEARCH:
        snprintf(line, sizeof line, "%c%u SEARCH %sDELETED\r\n", t, tag, c->remove ? "UN" : "");
        break;
    case SMALL_APPEND:
        append_text(line, sizeof line, tag, s, j->appended + 1, c->deleted);
        break;
    default:
        snprintf(line, sizeof line, "%c%u NOOP\r\n", t, tag);
        break;
    }
    say(j, s, true, line);
}

static void numbers(char *out, size_t n, unsigned mask) {
    size_t at = 0;
    out[0] = 0;
    for (unsigned i = 0; i < 8; i++)
        if (mask >> i & 1)
            at += (size_t)snprintf(out + at, n - at, " %u", i + 1);
}

static void response(struct small_judge *j, int s, const struct small_command *last,
                     const struct small_response *r) {
    char line[100], list[40], t = (char)('a' + s);
    const char *flags = r->deleted ? "\\Deleted" : "";
    switch (r->kind) {
    case SMALL_EXISTS:
        snprintf(line, sizeof line, "* %u EXISTS\r\n", r->number);
        break;
    case SMALL_EXPUNGED:
        snprintf(line, sizeof line, "* %u EXPUNGE\r\n", r->number);
        break;
    case SMALL_FETCHED:
        if (r->uid)
            snprintf(line, sizeof line, "* %u FETCH (UID %u FLAGS (%s))\r\n", r->number, r->uid, flags);
        else
            snprintf(line, sizeof line, "* %u FETCH (FLAGS (%s))\r\n", r->number, flags);
        break;
    case SMALL_FOUND:
        numbers(list, sizeof list, r->number);
        snprintf(line, sizeof line, "* SEARCH%s\r\n", list);
        break;
    case SMALL_OK:
        if (last->kind == SMALL_APPEND)
            snprintf(line, sizeof line, "%c%u OK [APPENDUID 7 %u] done\r\n", t, j->tag[s], ++j->appended);
        else
            snprintf(line, sizeof line, "%c%u OK done\r\n", t, j->tag[s]);
        break;
    default:
        snprintf(line, sizeof line, "%c%u NO refused\r\n", t, j->tag[s]);
        break;
    }
    say(j, s, false, line);
}

/* ---- the fixed beginning ---- */

static void dialogue(struct small_judge *j, int s, const char *sent, const char *untagged) {
    char line[400];
    unsigned tag = ++j->tag[s];
    snprintf(line, sizeof line, "%c%u %s\r\n", 'a' + s, tag, sent);
    say(j, s, true, line);
    for (const char *p = untagged, *end; *p; p = end + 2) {
        end = strstr(p, "\r\n");
        snprintf(line, sizeof line, "%.*s\r\n", (int)(end - p), p);
        say(j, s, false, line);
    }
    snprintf(line, sizeof line, "%c%u OK done\r\n", 'a' + s, tag);
    say(j, s, false, line);
}

static void beginning(struct small_judge *j, unsigned messages) {
    char line[400], fetched[200] = "";
    for (int s = 0; s < 2; s++) {
        if (!j->echo)
            oracle_opened(j->oracle, s, ++j->events, false);
        say(j, s, false, "* OK ready\r\n");
        dialogue(j, s, "LOGIN u1 pw", "");
    }
    dialogue(j, 0, "CREATE FOO", "");
    for (; j->appended < messages; j->appended++) {
        append_text(line, sizeof line, ++j->tag[0], 0, j->appended + 1, false);
        say(j, 0, true, line);
        snprintf(line, sizeof line, "a%u OK [APPENDUID 7 %u] done\r\n", j->tag[0], j->appended + 1);
        say(j, 0, false, line);
        size_t at = strlen(fetched);
        snprintf(fetched + at, sizeof fetched - at, "* %u FETCH (UID %u FLAGS ())\r\n", j->appended + 1,
                 j->appended + 1);
    }
    for (int s = 0; s < 2; s++) {
        snprintf(line, sizeof line,
                 "* %u EXISTS\r\n* 0 RECENT\r\n* FLAGS (\\Deleted \\Seen)\r\n* OK [UIDVALIDITY 7] x\r\n* OK "
                 "[UIDNEXT %u] x\r\n",
                 messages, messages + 1);
        dialogue(j, s, "SELECT FOO", line);
        dialogue(j, s, "FETCH 1:* (UID FLAGS)", fetched);
    }
}

static void play(struct small_judge *j, const struct small_trace *t) {
    struct small_command last[2] = {0};
    for (unsigned i = 0; i < t->n; i++) {
        const struct small_step *s = &t->step[i];
        if (s->command) {
            last[s->session] = s->c;
            command(j, s->session, &s->c);
        } else
            response(j, s->session, &last[s->session], &s->r);
    }
}

struct small_opinion small_judge(struct small_judge *j, const struct small_trace *t) {
    j->tag[0] = j->tag[1] = j->appended = 0;
    memset(&j->opinion, 0, sizeof j->opinion);
    oracle_reset(j->oracle);
    beginning(j, t->messages);
    play(j, t);
    oracle_end(j->oracle);
    return j->opinion;
}

void small_print(const struct small_trace *t) {
    struct small_judge j = {.echo = true};
    printf("    (both have FOO with %u messages selected, flags () told)\n", t->messages);
    j.appended = t->messages;
    play(&j, t);
}
