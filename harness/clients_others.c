/* clients_others.c: the other client of `imapdiff clients`. */
#include "clients.h"

#include <stdlib.h>
#include <string.h>

enum { BOXES = 32, NAME = 200 };

struct others {
    struct host *host;
    char selected[MODEL_SESSIONS][NAME];
    char visited[BOXES][NAME]; /* by the other client */
    int visits;
    char now[NAME]; /* where it is to act */
    unsigned acts;
    bool deletes, renames;
};

struct others *others_new(bool deletes, bool renames) {
    struct others *o = calloc(1, sizeof *o);
    if (o)
        *o = (struct others){.deletes = deletes, .renames = renames};
    return o;
}
void others_free(struct others *o) { free(o); }
void others_at(struct others *o, struct host *h) { o->host = h; }
void others_calm(struct others *o) { o->visits = BOXES; }
unsigned others_count(const struct others *o) { return o->acts; }

static bool visited(const struct others *o, const char *name) {
    for (int i = 0; i < o->visits; i++)
        if (!strcmp(o->visited[i], name))
            return true;
    return o->visits == BOXES;
}

/* When a client has looked at the messages of a mailbox for the first time: it knows their numbers. */
bool others_after(void *arg, int session, const struct served_command *c) {
    struct others *o = arg;
    char *at = o->selected[session];
    if ((c->c->kind == CMD_SELECT || c->c->kind == CMD_EXAMINE) && c->syntax.verdict == LEX_ACCEPT) {
        size_t n = istring_copy(&c->c->mailbox, (uint8_t *)at, NAME - 1);
        at[c->word == REPLY_OK && n < NAME ? n : 0] = '\0';
    }
    bool looked = c->c->kind == CMD_FETCH || c->c->kind == CMD_SEARCH;
    if (!looked || !c->selected || c->word != REPLY_OK || !*at || visited(o, at))
        return false;
    snprintf(o->now, sizeof o->now, "%s", at);
    snprintf(o->visited[o->visits++], NAME, "%s", o->now);
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
