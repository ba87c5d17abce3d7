/* model_server.h: the model as a server: command octets in, response octets out, under chosen behaviours. No socket, no clock. */
#ifndef MODEL_SERVER_H
#define MODEL_SERVER_H

#include "behaviour.h"
#include "content.h"

#define MODEL_SESSIONS 512

/* One command as a client sent it and as it was answered. */
struct served_command {
    const struct imap_command *c;
    struct lex_result syntax;
    struct slice octets;  /* of the whole command */
    uint8_t word;         /* enum reply; REPLY_OK for an IDLE that has begun */
    bool nonauth, selected, tls, caps_told, cid_advertised, cid_accepted; /* when it came */
    bool wrong_state;     /* it is not permitted in the state that the session was in */
    bool some_dead;       /* it named messages that are gone, and the session had not been told */
    bool untold;          /* messages of the session's view are gone, and the session has not been told by now */
    bool beyond;          /* it named a sequence number beyond the session's view, `*` of an empty one apart */
    bool unoffered;       /* it belongs to a capability that is left out */
    bool told_empty;      /* FETCH: empty forms were told for messages that are gone (MAP-4.1.3-e1..e11) */
};

struct model_server_options {
    const struct behaviours *behaviours;
    const int *chosen;       /* indices into `behaviours`: the ones to serve; later ones only where earlier have no answer */
    int chosen_n;
    const int *rotate;       /* or: each connection has one of these instead of `chosen`, one after the other */
    int rotate_n;            /* 0: by `chosen` */
    const uint8_t *fuzz;     /* or: every choice is answered by these octets (0 when they run out); NULL: by `chosen` */
    size_t fuzz_n;
    uint64_t seed;           /* UIDVALIDITY and first UIDs are drawn from it */
    struct content_ops content;
    const char *const *users; /* "name:password", NULL-terminated; NULL: u1:pw u2:pw u3:pw */
    /* Output: octets for a session; and: the server ends the session's connection. */
    void (*emit)(void *user, int session, const uint8_t *p, size_t n);
    void (*hangup)(void *user, int session);
    void (*start_tls)(void *user, int session); /* after the OK to STARTTLS was emitted */
    void *user;
    /* Each of what follows may be NULL or 0. */
    const char *capability; /* one more name for the capability list; it stands for nothing */
    bool greets_with_capability; /* the list stands in the greeting's code */
    const char *id;     /* what ID is answered with: a parameter list in parentheses */
    uint32_t without;   /* bits of capabilities that are not offered; their commands are unknown */
    const char *shared; /* mailboxes whose names begin so ("Shared/") are all users' in common */
    size_t max_line, max_command, max_before_login; /* octets: a line, a command with its literals; 0: 4 MiB */
    unsigned max_mailboxes, max_messages; /* in all, in one mailbox; beyond, the command is answered NO */
    /* Octets of contents, which stay as long as the contents do: need not be copied. */
    void (*lend)(void *user, int session, const uint8_t *p, size_t n);
    /* Between two commands: has the session enough to read or compute for now? Then model_server_resume goes on. */
    bool (*busy)(void *user, int session);
    void (*pieces)(void *user, int session); /* from now on its octets are to be sent one by one */
    void (*now)(void *user, char text[40]); /* for APPEND without a date: "25-Nov-2026 17:35:07 +0000" */
    void (*on_id)(void *user, int session, struct slice list); /* a valid ID, as it was sent */
    void (*on_clientid)(void *user, int session, struct slice type, struct slice token); /* one that was accepted */
    void (*on_heard)(void *user, int session, struct slice command); /* before it is answered */
    void (*on_command)(void *user, int session, const struct served_command *c); /* afterwards; no command may be put in now */
    bool (*admits)(void *user, int session, struct slice name); /* the password is right: may this client log in? */
};

/* The bit of `without` for a capability that can be left out, as "ID"; 0: there is no such. */
uint32_t model_server_without(const char *capability);
const char *model_server_without_name(int i); /* NULL beyond the last */

struct model_server;
struct model_server *model_server_new(const struct model_server_options *o); /* NULL: out of memory */
void model_server_free(struct model_server *m);
void model_server_reset(struct model_server *m); /* an empty store with INBOX for each user, no session */
int model_server_open(struct model_server *m, int session, bool tls); /* emits the greeting; -1: session in use */
void model_server_tls_done(struct model_server *m, int session);
/* Octets from the client, in any pieces. */
void model_server_input(struct model_server *m, int session, const uint8_t *p, size_t n);
void model_server_resume(struct model_server *m, int session); /* goes on where `busy` stopped it */
bool model_server_logged_in(const struct model_server *m, int session);
/* Ends a session with BYE and this text; nothing if it is not open. */
void model_server_bye(struct model_server *m, int session, const char *text);
/* Each message that lives in a mailbox of the users' list's `user`-th, or of all: for a host that compares. deleted: it has that flag. */
typedef void server_mail(void *arg, struct slice mailbox, struct slice octets, bool deleted);
void model_server_mail(const struct model_server *m, int user, server_mail *each, void *arg);
void model_server_closed(struct model_server *m, int session); /* the client is gone */
/* Changes that are due without a command (IDLE, BYE of a disconnected session): called by the host's loop. */
void model_server_tick(struct model_server *m);

#endif
