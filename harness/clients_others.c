/* clients_others.c: the other client of `imapdiff clients`. */
#include "clients.h"

#include <stdlib.h>
#include <string.h>

enum { BOXES = 32, NAME = 200, VISITS = 3 };

struct others {
    struct host *host;
    char selected[MODEL_SESSIONS][NAME]; /* and not yet looked at */
    char visited[BOXES][NAME];           /* by the other client */
    int times[BOXES], boxes;
    char now[NAME]; /* where it is to act */
    unsigned acts;
    bool deletes, renames, calm;
};

struct others *others_new(bool deletes, bool renames) {
    struct others *o = calloc(1, sizeof *o);
    if (o)
        *o = (struct others){.deletes = deletes, .renames = renames};
    return o;
}
void others_free(struct others *o) { free(o); }
void others_at(struct others *o, struct host *h) { o->host = h; }
void others_calm(struct others *o) { o->calm = true; }
unsigned others_count(const struct others *o) { return o->acts; }

/* Another visit; false: it was there often enough. */
static bool visit(struct others *o, const char *name) {
    int i = 0;
    while (i < o->boxes && strcmp(o->visited[i], name))
        i++;
    if (i == BOXES || o->times[i] == VISITS)
        return false;
    if (i == o->boxes)
        memmove(o->visited[o->boxes++], name, strlen(name) + 1);
    o->times[i]++;
    return true;
}

/* When a client has looked at the messages of a mailbox for the first time since it opened it: it knows their
 * numbers. */
bool others_after(void *arg, int session, const struct served_command *c) {
    struct others *o = arg;
    char *at = o->selected[session];
    if ((c->c->kind == CMD_SELECT || c->c->kind == CMD_EXAMINE) && c->syntax.verdict == LEX_ACCEPT) {
        size_t n = istring_copy(&c->c->mailbox, (uint8_t *)at, NAME - 1);
        at[c->word == REPLY_OK && n < NAME ? n : 0] = '\0';
    }
    bool looked = c->c->kind == CMD_FETCH || c->c->kind == CMD_SEARCH;
    if (o->calm || !looked || !c->selected || c->word != REPLY_OK || !*at || !visit(o, at))
        return false;
    snprintf(o->now, sizeof o->now, "%s", at);
    *at = '\0';
    return true;
}

void others_between(void *arg) {
    struct others *o = arg;
    static const char news[] = "From: other@example.org\r\nSubject: from the other client\r\n"
                               "Message-ID: <other@example.org>\r\n\r\nNews.\r\n";
    char line[NAME + 40], err[300];
    const char *const *users = host_users(o->host);
    const char *colon = strchr(users[0], ':');
    char user[256];
    snprintf(user, sizeof user, "%.*s", (int)(colon - users[0]), users[0]);
    if (!host_fill_user(o->host, user, colon + 1, err, sizeof err))
        return;
    o->acts++;
    if (o->deletes && !strcmp(o->now, "Archive/2025")) {
        host_fill_command(o->host, "DELETE Archive/2025", err, sizeof err);
    } else if (o->renames && !strcmp(o->now, "Sent")) {
        host_fill_command(o->host, "RENAME Sent Sent-2026", err, sizeof err);
    } else {
        snprintf(line, sizeof line, "SELECT \"%s\"", o->now);
        if (strpbrk(o->now, "\"\\") || !host_fill_command(o->host, line, err, sizeof err))
            return;
        if (host_fill_command(o->host, "STORE 2 +FLAGS.SILENT (\\Deleted)", err, sizeof err))
            host_fill_command(o->host, "EXPUNGE", err, sizeof err);
        host_fill_message(o->host, o->now, "", "24-Nov-2026 10:00:00 +0000", news, sizeof news - 1, err,
                          sizeof err);
        host_fill_command(o->host, "CLOSE", err, sizeof err);
    }
}
