/* small_truth.h: a second judge for tiny mailboxes: at most 3 messages, 2 sessions, one flag, by brute force.
 *
 * Written from RFC 3501 (5.2, 5.5, 6.3.11, 6.4.3 to 6.4.6, 6.4.8, 7, 7.3.1, 7.4.1, 7.4.2) and RFC 2180 alone.
 * It shares no code, header or method with the model: it keeps the set of all hidden states in which a lawful
 * server can be, and at every event tries everything that such a server can have done. A trace is illegal
 * when no hidden state is left.
 *
 * A hidden state: which messages were made, which live, their \Deleted flag (the truth); and for each session
 * the list of messages that it has been told of, and for each message the flag that the server's process for
 * that session knows (it may catch up at any time, silently, change by change, and never goes back). Numbers
 * of messages are 0, 1, 2; message m has the UID m + 1.
 *
 * What the documents leave open counts as legal, whatever a report would say of it (a SHOULD that is not
 * followed, an unexplained NO, news that come late): see small_truth.c, where each rule stands with its
 * clause.
 */
#ifndef SMALL_TRUTH_H
#define SMALL_TRUTH_H

#include <stdbool.h>
#include <stdint.h>

enum small_kind {
    SMALL_NOOP,
    SMALL_FETCH,
    SMALL_UID_FETCH,
    SMALL_STORE,
    SMALL_EXPUNGE,
    SMALL_SEARCH,
    SMALL_APPEND
};
struct small_command {
    uint8_t kind;
    uint8_t lo, hi; /* FETCH, STORE: numbers; UID FETCH: UIDs. hi 0: `*` */
    bool silent;    /* STORE */
    bool remove;    /* STORE: -FLAGS instead of +FLAGS. SEARCH: UNDELETED instead of DELETED */
    bool deleted;   /* APPEND: with the flag \Deleted */
};
enum small_answer { SMALL_EXISTS, SMALL_EXPUNGED, SMALL_FETCHED, SMALL_FOUND, SMALL_OK, SMALL_NO };
struct small_response {
    uint8_t kind;
    uint8_t number; /* EXISTS, EXPUNGE, FETCH; SEARCH: bit n - 1 for each number n */
    uint8_t uid;    /* FETCH: 0: no UID item */
    bool deleted;   /* FETCH: FLAGS (\Deleted), else FLAGS () */
};

#define SMALL_MESSAGES 3
struct small_state {
    uint8_t made, alive; /* made: a count; bit m for message m */
    struct {
        uint8_t bits, n;
    } flag[SMALL_MESSAGES]; /* \Deleted as it was, the oldest change in bit 0; bit n - 1 is the truth */
    struct {
        uint8_t n, view[SMALL_MESSAGES];
        uint8_t next;               /* the first message not yet told or passed over */
        uint8_t at[SMALL_MESSAGES]; /* which change of the flag this session's process knows */
    } s[2];
    /* The command in progress. */
    uint8_t targets, dead, beyond; /* what it means; of these, dead already; numbers beyond the view */
    uint8_t at_start;              /* in the view when it came */
    uint8_t changed;               /* STORE: whose flag its effect changed */
    uint8_t done,
        gone; /* its effect: STORE: on which; EXPUNGE, APPEND, SEARCH: 1; EXPUNGE: what it removed */
    uint8_t saw_uid, saw_flag, told; /* FETCH responses since it came: for whom; told: the flag last told */
};
#define SMALL_STATES 1024
struct small_set {
    struct small_state v[SMALL_STATES];
    unsigned n;
    bool full; /* SMALL_STATES was too small: no verdict */
    bool busy; /* a command is in progress: */
    int session;
    struct small_command command;
};

/* Both sessions have the mailbox with `messages` living messages selected and know that none is \Deleted. */
void small_start(struct small_set *set, unsigned messages);
void small_send(struct small_set *set, int session, const struct small_command *c);
/* Can the server have said this to the session? true: `out` is what is possible afterwards (may be NULL). */
bool small_hear(const struct small_set *set, int session, const struct small_response *r,
                struct small_set *out);

#endif
