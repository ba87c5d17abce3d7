/* mutants.h: recorded legal traces, and streams that differ from them in one lie.
 *
 * A trace is recorded from the model as a server and kept as events with octets. What is said of it here
 * (which command a response belongs to, what it tells) is read off the octets by mutants_read.c, which shares
 * nothing with grammar/ and model/. Operators (mutants_make.c) change one thing; rules (mutants_permit.c)
 * recognise those changes that a clause permits, so that no judge can reject them.
 */
#ifndef MUTANTS_H
#define MUTANTS_H

#include "drive.h"

struct mut_event {
    uint8_t kind, session, how;
    uint64_t t;
    const uint8_t *p;
    uint32_t n;
};

enum mut_said {
    MUT_NOTHING,
    MUT_TAGGED,
    MUT_EXISTS,
    MUT_RECENT,
    MUT_EXPUNGE,
    MUT_FETCH,
    MUT_SEARCH,
    MUT_STATUS,
    MUT_LIST,
    MUT_FLAGS,
    MUT_CODE /* untagged OK, NO, BAD */,
    MUT_BYE,
    MUT_CAPABILITY,
    MUT_ID,
    MUT_CONTINUE,
    MUT_GREETING,
    MUT_OTHER
};
struct mut_command {
    uint32_t event, reply; /* reply: event, 0: none */
    uint8_t session;
    char word[16]; /* upper case, without UID */
    bool uid, silent;
    char reply_word; /* 'O', 'N', 'B'; 0: none */
};
/* A place in the view that a session had of a mailbox; what it is told of it stays with it when numbers
 * shift. */
struct mut_slot {
    uint32_t uid;  /* 0: never told */
    uint32_t box;  /* hash of the name that was selected */
    uint32_t gone; /* the event of its EXPUNGE, 0: none */
};
struct mut_fact { /* one for each event */
    uint8_t said;
    uint32_t number;  /* EXISTS, EXPUNGE, RECENT, FETCH */
    int command;      /* index of the oldest command in progress (TAGGED: its own); -1: none */
    int epoch;        /* of the session: counts its SELECTs and EXAMINEs, and opened connections */
    uint32_t view;    /* messages in the session's view before this event */
    uint32_t slot;    /* FETCH, EXPUNGE: which; 0: none */
    uint32_t view_at; /* EXISTS, EXPUNGE, FETCH, SEARCH: the view's slots before: mut_trace.views[view_at + n
                         - 1] */
    uint32_t box;     /* hash of the name selected, 0: none */
};

struct mut_trace {
    struct mut_event *event;
    struct mut_fact *fact;
    uint32_t events;
    struct mut_command *command;
    uint32_t commands;
    struct mut_slot *slot; /* from 1 */
    uint32_t slots, slots_cap;
    uint32_t *views;
    uint32_t views_n, views_cap;
    uint8_t *octets;
    char name[200]; /* behaviours and program */
};

bool mut_read(struct mut_trace *t); /* fills facts and commands from the events. false: out of memory */

void mut_forget(struct mut_trace *t);
/* Are two slots one message, as far as UIDs tell? */
bool mut_same(const struct mut_trace *t, uint32_t a, uint32_t b);
/* The text of a response's item, like "FLAGS (" or "UID ": from behind it to the end of its value. n = 0: not
 * there. */
struct slice mut_item(const struct mut_event *e, const char *item);
uint32_t mut_number(const struct mut_event *e, const char *item); /* 0: not there */

/* Operators. */
enum mut_class {
    MUT_DROP,
    MUT_DUPLICATE,
    MUT_SWAP,
    MUT_RENUMBER,
    MUT_WORD,
    MUT_FLAG,
    MUT_UID,
    MUT_COUNT,
    MUT_CONTENT,
    MUT_CLASSES
};
extern const char *const mut_class_name[MUT_CLASSES];
#define MUT_OCTETS 65536
struct mutant {
    uint8_t cls;
    const struct mut_trace *of;
    uint32_t a, b;           /* events touched; b: of a swap */
    char what[120];          /* "OK of STORE becomes NO" */
    struct mut_event *event; /* its own list */
    uint32_t events;
    uint8_t octets[MUT_OCTETS]; /* of the changed response */
};
struct mut_random {
    uint64_t s;
};
uint32_t mut_pick(struct mut_random *r, uint32_t n); /* 0 .. n - 1 */
/* Changes something of that class somewhere. false: nothing there to change; try again or elsewhere. */
bool mut_make(struct mutant *m, const struct mut_trace *t, enum mut_class cls, struct mut_random *r);

/* The clause that permits this change, with what it says, or NULL. */
const char *mut_permitted(const struct mutant *m);

/* The text of an event, up to its first CR LF, shortened. */
void mut_line(const struct mut_event *e, char *out, size_t n);
bool mut_has(const struct mut_event *e, const char *z);             /* the octets hold z, in any case */
const uint8_t *mut_find(const uint8_t *p, size_t n, const char *z); /* the octet after z, in any case; NULL */

#endif
