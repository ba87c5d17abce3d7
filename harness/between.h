/* between.h: a proxy under test: the model behind it, a driver of ours before it, and what must be the same
 * on both sides.
 *
 * The served model (host.h) and the driver share one event loop and one thread. All octets of both sides are
 * kept: what the driver says and hears, and what each connection of the back end gets and says. A row of the
 * grid is judged once, by a verdict, its clauses and a text; a row that nothing was seen of stays unjudged.
 */
#ifndef BETWEEN_H
#define BETWEEN_H

#include "host.h"
#include "oracle.h"
#include "url.h"

#include <jansson.h>

enum between_row {
    ROW_PRESENCE,    /* ID-5-a: who changes the session shows in the ID command */
    ROW_FIELDS,      /* ID-7-a: single fields that are withheld or rewritten */
    ROW_ENABLED,     /* ID-7-b: listed and answered */
    ROW_CLIENT_LIST, /* ID-7-c: the client's list arrives */
    ROW_SERVER_LIST, /* ID-7-c: the server's list arrives */
    ROW_UNKNOWN,     /* ID-7-d: X-ZZTEST */
    ROW_FILTER,      /* other capabilities that come and go */
    ROW_CID_LISTED,
    ROW_CID_PASSED,
    ROW_CID_REFUSED, /* a second one, after login */
    ROW_CID_CLEAR,
    ROW_TLS_OFFERED,
    ROW_TLS_INJECTED, /* CID-D2 */
    ROW_LOGIN,        /* user and password arrive as sent */
    ROW_RESPONSES,
    ROW_COMMANDS,
    ROW_FRESH, /* a new connection begins without what an earlier one did */
    ROWS
};
/* "id.presence". */
const char *between_row_name(enum between_row r);
/* The requirement that heads it: "ID-5-a". */
const char *between_row_rule(enum between_row r);

struct verdict_row {
    bool judged; /* else `text` says why not, or is empty */
    enum verdict verdict;
    char clauses[120];
    char text[700];   /* one line */
    char trace[1500]; /* lines; "" where there is nothing to show */
};

/* A user that the back end has besides, with a password that has to be quoted. */
#define BETWEEN_ODD_USER "odd:p\"w\\ x"

struct between_options {
    struct imap_url front;
    struct host_options host; /* listeners and certificate */
    const char *const *users; /* "name:password", NULL-terminated; the first one logs in */
    int wait_ms;              /* until the proxy greets */
    int deadline_ms;          /* for one reply */
    const volatile int *stop;
};

struct between_result {
    char label[300];
    struct verdict_row row[ROWS];
    char error[600]; /* why not all was judged; "" */
};

/* Judges one proxy. `start`, which may be NULL, is called when the back end listens, and says where the proxy
 * is; it may call host_turn. */
void between_judge(const struct between_options *o,
                   bool (*start)(void *arg, struct host *h, struct imap_url *front, char *err, size_t errlen),
                   void *arg, struct between_result *r);
/* Does the row fail a run? */
bool between_fails(const struct verdict_row *r, bool strict);

/* between_print.c */
void between_print(const struct between_result *r, FILE *to);
/* proxy × row. */
void between_table(const struct between_result *r, int n, FILE *to);
json_t *between_json(const struct between_result *r, int n, bool strict);

#endif
