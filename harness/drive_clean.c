/* drive_clean.c: the mailboxes of a run: where they may be, INBOX emptied before, everything of ours deleted
 * after.
 *
 * All of it goes through sessions of its own, one per user, of which neither the oracle nor the log hears.
 */
#include "drive_priv.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* One command in the user's housekeeping session; its responses are then in session.answers. false: it could
 * not be asked. */
static bool ask(struct drive *d, int user, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
static bool ask(struct drive *d, int user, const char *fmt, ...) {
    int session = HOUSEKEEPING - (user - 1);
    struct session *s = &d->session[session];
    char command[1200];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(command, sizeof command, fmt, ap);
    va_end(ap);
    if (n < 0 || n >= (int)sizeof command)
        return false;
    s->answers.n = 0;
    if (d->clean_end) {
        uint64_t now = d->net->now(d->self), next = now + CLEAN_SILENT_MS * UINT64_C(1000000);
        d->give_up = next < d->clean_end ? next : d->clean_end;
        if (now >= d->clean_end || d->end != DRIVE_DONE) /* once silent, it is not asked again */
            return false;
    }
    if (s->state != SESSION_OPEN && !session_open(d, session, user, TLS_DEFAULT, true))
        return false;
    s->answers.n = 0;
    return session_send(d, session, (struct slice){(const uint8_t *)command, (uint32_t)n}, LINE_AUTO) &&
           s->state == SESSION_OPEN;
}

static struct session *keeper(struct drive *d, int user) { return &d->session[HOUSEKEEPING - (user - 1)]; }

static void dismiss(struct drive *d) {
    for (int user = 1; user <= HOUSEKEEPING_USERS; user++) {
        session_close(d, HOUSEKEEPING - (user - 1));
        keeper(d, user)->state = SESSION_NONE;
    }
}

/* The k-th quoted string of the first answer line that begins with `start`; false if there is none. */
static bool quoted(const struct session *s, const char *start, int k, char *out, size_t cap) {
    const uint8_t *p = s->answers.p, *end = p + s->answers.n;
    while (p < end) {
        const uint8_t *nl = memchr(p, '\n', (size_t)(end - p));
        const uint8_t *stop = nl ? nl : end;
        if ((size_t)(stop - p) > strlen(start) && !strncasecmp((const char *)p, start, strlen(start))) {
            size_t n = 0;
            bool in = false;
            int which = 0;
            for (const uint8_t *q = p; q < stop; q++) {
                if (in && *q == '\\' && q + 1 < stop)
                    q++;
                else if (*q == '"') {
                    which += in;
                    in = !in;
                    continue;
                }
                if (in && which == k && n + 1 < cap)
                    out[n++] = (char)*q;
            }
            out[n] = '\0';
            return which > k;
        }
        p = stop + 1;
    }
    return false;
}

/* The separator, and the folder of this run: below the personal namespace's prefix where there is one
 * (Courier: INBOX.). */
bool clean_first(struct drive *d) {
    char text[64];
    if (d->separator)
        return true;
    d->mute_text[0] = '\0';
    if (!ask(d, 1, "LIST \"\" \"\"")) {
        drive_fail(d, DRIVE_UNREACHABLE, "%s",
                   d->mute_text[0] ? d->mute_text : "the connection ended at LIST \"\" \"\"");
        return false;
    }
    /* A server that refuses this LIST is a matter for programs, not for us. */
    d->separator =
        quoted(keeper(d, 1), "* LIST ", 0, text, sizeof text) && text[0] && !text[1] ? text[0] : '/';
    if (d->target->prefix[0]) {
        char personal[40] = "";
        if (ask(d, 1, "NAMESPACE") && !strcmp(keeper(d, 1)->word, "OK"))
            quoted(keeper(d, 1), "* NAMESPACE ((", 0, personal, sizeof personal);
        snprintf(d->prefix, sizeof d->prefix, "%s%.30s%c", personal, d->target->prefix, d->separator);
    }
    if (!d->target->clean)
        dismiss(d);
    return true;
}

/* Adds the words of every CAPABILITY response or code in the answers, each once. */
static void add_capabilities(struct drive *d, const struct session *s) {
    char *all = d->capabilities;
    const uint8_t *p = s->answers.p, *end = p + s->answers.n;
    for (; p && p + 12 < end; p++) {
        if (strncasecmp((const char *)p, "CAPABILITY ", 11))
            continue;
        p += 11;
        while (p < end && *p != '\r' && *p != ']') {
            char word[64] = " ";
            size_t n = 1;
            while (p < end && *p != ' ' && *p != '\r' && *p != ']') {
                if (n < sizeof word - 2)
                    word[n++] = (char)toupper(*p);
                p++;
            }
            word[n++] = ' ';
            word[n] = '\0';
            if (n > 2 && !strstr(all, word) && strlen(all) + n < sizeof d->capabilities)
                strcat(all, word + 1);
            p += p < end && *p == ' ';
        }
    }
}

const char *drive_capabilities(struct drive *d) {
    if (d->capabilities[0])
        return d->capabilities;
    d->end = DRIVE_DONE;
    names_of(&d->names, &(struct program){0});
    if (!clean_first(d) || !ask(d, 1, "CAPABILITY"))
        return NULL;
    strcpy(d->capabilities, " ");
    add_capabilities(d, keeper(d, 1));
    /* Before login, secured if possible: STARTTLS is told in clear only, CLIENTID under TLS only. */
    bool listed = false;
    for (int secure = 0; secure < SECURE_COUNT; secure++) {
        static const uint8_t line_tls[] = {TLS_PLAIN, TLS_IMPLICIT, TLS_STARTTLS};
        int session = HOUSEKEEPING - HOUSEKEEPING_USERS;
        struct session *s = &d->session[session];
        if (secure == SECURE_STARTTLS && d->target->kind == TARGET_URL && !listed)
            d->target->can[secure] = false;
        if (!d->target->can[secure])
            continue;
        s->answers.n = 0;
        if (session_open(d, session, 1, line_tls[secure], false) &&
            session_send(d, session, (struct slice){(const uint8_t *)"CAPABILITY", 10}, LINE_AUTO))
            add_capabilities(d, s);
        listed = listed || (secure == SECURE_PLAIN && s->starttls);
        session_close(d, session);
        s->state = SESSION_NONE;
        d->end = DRIVE_DONE; /* a way that does not work is not offered */
    }
    if (!d->target->clean)
        dismiss(d);
    return d->capabilities;
}

static bool mentions(const struct program *p, const char *word) {
    size_t n = strlen(word);
    for (uint32_t i = 0; i < p->lines; i++) {
        struct slice s = program_text(p, &p->line[i]);
        for (uint32_t k = 0; p->line[i].kind == LINE_SEND && k + n <= s.n; k++)
            if (!strncasecmp((const char *)s.p + k, word, n))
                return true;
    }
    return false;
}

static void each_user(struct drive *d, const struct program *p) {
    for (uint32_t i = 0; i < p->lines; i++)
        if (p->line[i].kind == LINE_OPEN && p->line[i].user > 1 && p->line[i].user <= HOUSEKEEPING_USERS &&
            p->line[i].user <= d->target->users_n)
            d->users |= 1u << (p->line[i].user - 1);
}

/* Deletes all messages of the user's INBOX. On somebody's server only if it was empty when this run began. */
static bool empty_inbox(struct drive *d, int user) {
    bool seen = d->inbox_seen >> (user - 1) & 1, empty;
    if (!ask(d, user, "STATUS INBOX (MESSAGES)"))
        return false;
    struct session *s = keeper(d, user);
    grow_put(&s->answers, "", 1);
    empty = s->answers.p && strstr((const char *)s->answers.p, "(MESSAGES 0)");
    if (!seen && !empty && d->target->kind == TARGET_URL) {
        drive_fail(d, DRIVE_UNREACHABLE, "%s: --allow-inbox needs an empty INBOX, and user %d's is not",
                   d->target->name, user);
        return false;
    }
    d->inbox_seen |= 1u << (user - 1);
    if (empty)
        return true;
    return ask(d, user, "SELECT INBOX") && ask(d, user, "STORE 1:* +FLAGS.SILENT (\\Deleted)") &&
           ask(d, user, "CLOSE");
}

bool clean_before(struct drive *d, const struct program *p) {
    each_user(d, p);
    if (!d->target->clean)
        return true;
    bool inbox = mentions(p, "INBOX");
    if (inbox && !d->target->inbox) {
        drive_fail(d, DRIVE_UNREACHABLE, "%s: a program that uses INBOX needs --allow-inbox",
                   d->target->name);
        return false;
    }
    for (int user = 1; user <= HOUSEKEEPING_USERS; user++) {
        if (!(d->users >> (user - 1) & 1))
            continue;
        if (d->prefix[0] && !(d->made >> (user - 1) & 1)) {
            ask(d, user, "CREATE %.*s", (int)strlen(d->prefix) - 1, d->prefix);
            d->made |= 1u << (user - 1);
        }
        if (inbox && !empty_inbox(d, user))
            return false;
    }
    return true;
}

/* Mailbox names from `* LIST (...) "/" name` lines, longest first, so that children go before their parents.
 */
struct found {
    char *name[512];
    int n;
};

static int longer(const void *a, const void *b) {
    size_t x = strlen(*(char *const *)a), y = strlen(*(char *const *)b);
    return x < y ? 1 : x > y ? -1 : strcmp(*(char *const *)b, *(char *const *)a);
}

static void collect(const struct session *s, const char *response, const char *below, struct found *f) {
    const uint8_t *p = s->answers.p, *end = p + s->answers.n;
    f->n = 0;
    while (p < end && f->n < (int)(sizeof f->name / sizeof *f->name)) {
        const uint8_t *nl = memchr(p, '\n', (size_t)(end - p));
        const uint8_t *stop = nl ? nl : end;
        /* Our own names begin with `below` and need neither escapes nor literals: the rest of the line is the
         * name. */
        for (const uint8_t *q = p;
             q + strlen(below) <= stop && !strncasecmp((const char *)p, response, strlen(response)); q++) {
            if (memcmp(q, below, strlen(below)) || q == p || (q[-1] != ' ' && q[-1] != '"'))
                continue;
            const uint8_t *last = stop;
            while (last > q && (last[-1] == '\r' || last[-1] == '"' || last[-1] == ' '))
                last--;
            f->name[f->n++] = strndup((const char *)q, (size_t)(last - q));
            break;
        }
        p = stop + 1;
    }
    qsort(f->name, (size_t)f->n, sizeof *f->name, longer);
}

static void delete_below(struct drive *d, int user, const char *below, bool subscriptions) {
    struct found *f = calloc(1, sizeof *f);
    if (!f)
        return;
    for (int lsub = subscriptions ? 1 : 0; lsub >= 0; lsub--) {
        if (!ask(d, user, "%s \"\" \"%s*\"", lsub ? "LSUB" : "LIST", below))
            break;
        collect(keeper(d, user), lsub ? "* LSUB " : "* LIST ", below, f);
        for (int i = 0; i < f->n; i++) {
            if (f->name[i])
                ask(d, user, "%s \"%s\"", lsub ? "UNSUBSCRIBE" : "DELETE", f->name[i]);
            free(f->name[i]);
        }
    }
    free(f);
}

void clean_after(struct drive *d, const struct program *p) {
    /* A server that was silent just now would be awaited in vain; drive_clean has the folder. */
    if (!d->target->clean || !d->log.box[0] || (d->end == DRIVE_SILENT && d->prefix[0]))
        return;
    enum drive_end end = d->end;
    char text[sizeof d->text];
    memcpy(text, d->text, sizeof text);
    d->end = DRIVE_DONE;
    bool lsub = mentions(p, "SUBSCRIBE");
    for (int user = 1; user <= HOUSEKEEPING_USERS; user++)
        if (d->users >> (user - 1) & 1)
            delete_below(d, user, d->log.box, lsub);
    d->end = end;
    memcpy(d->text, text, sizeof text);
}

/* What the server still lists of this run; -1: it could not be asked. */
static int count_below(struct drive *d, int user, const char *folder) {
    struct found *f = calloc(1, sizeof *f);
    int n = -1;
    if (f && ask(d, user, "LIST \"\" \"%s*\"", folder)) {
        collect(keeper(d, user), "* LIST ", folder, f);
        n = f->n;
        while (f->n > 0)
            free(f->name[--f->n]);
    }
    free(f);
    return n;
}

/* Everything of the user's below the run's folder, and the folder. false: it may still be there. */
static bool clean_user(struct drive *d, int user) {
    enum { TRIES = 6, FIRST_PAUSE_MS = 200 }; /* 6 seconds in all: the server may be busy */
    char folder[sizeof d->prefix];
    int left = 1;
    snprintf(folder, sizeof folder, "%.*s", (int)strlen(d->prefix) - 1, d->prefix);
    /* A command that was cut off may still be at work in the server, and bring back a name behind us. */
    for (int i = 0; i < TRIES && left > 0; i++) {
        if (i > 0)
            d->net->poll(d->self, FIRST_PAUSE_MS << (i - 1));
        delete_below(d, user, folder, true);
        left = count_below(d, user, folder);
    }
    bool emptied = !(d->inbox_seen >> (user - 1) & 1) || empty_inbox(d, user);
    return left == 0 && emptied;
}

const char *drive_clean(struct drive *d) {
    d->left[0] = '\0';
    if (!d->target || !d->target->clean || d->end == DRIVE_DIED)
        return d->left;
    const volatile int *stop = d->o.stop;
    d->o.stop = NULL; /* a signal ended the run, but not the cleaning */
    d->end = DRIVE_DONE;
    names_of(&d->names, &(struct program){0});
    bool all = true;
    d->clean_end = d->net->now(d->self) + CLEAN_MS * UINT64_C(1000000);
    if (d->target->kind == TARGET_URL && d->prefix[0])
        for (int user = 1; user <= HOUSEKEEPING_USERS; user++)
            if (d->made >> (user - 1) & 1)
                all = clean_user(d, user) && all;
    d->clean_end = d->give_up = 0;
    if (!all)
        snprintf(d->left, sizeof d->left, "%.*s", (int)strlen(d->prefix) - 1, d->prefix);
    dismiss(d);
    d->o.stop = stop;
    return d->left;
}
