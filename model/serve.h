/* serve.h: the insides of the model as a server, shared by model_server.c and serve_*.c alone. */
#ifndef SERVE_H
#define SERVE_H

#include "model_server.h"
#include "step.h"

#define SERVE_INPUT (1u << 22) /* a command with its literals */
#define SERVE_OUT (1u << 16)

struct serve_session {
    bool open, idle, secret, closing;
    char tag[80];           /* of IDLE or AUTHENTICATE */
    uint8_t *in;            /* SERVE_INPUT octets, allocated at the first open, kept to the end */
    size_t n, scanned, line; /* octets held; looked at; start of the current line */
    size_t literal_end;     /* > 0: a literal reaches to here */
    size_t command;         /* AUTHENTICATE: length of the command before its answer line */
    unsigned held_tag;      /* F_NO_TAGGED: replies kept back */
};

struct model_server {
    struct model_server_options opt;
    struct world_caps caps;
    struct world *w;
    struct run run;
    struct step step;
    struct node_pool nodes;
    struct imap_command command;
    struct serve_session session[MODEL_SESSIONS];
    struct out out;
    int speaking;           /* the session that `out` goes to */
    uint32_t next_validity;
    uint32_t selects;
    struct facts facts;
    const char *users[9];
};

/* Hands over what `out` holds. */
void serve_flush(struct model_server *m);
void serve_line(struct model_server *m, int session, const char *format, ...) __attribute__((format(printf, 3, 4)));
void serve_hangup(struct model_server *m, int session);
/* Untagged data of a command, before its tagged reply. */
void serve_data(struct model_server *m, struct step *s);
void serve_fetch_data(struct model_server *m, struct step *s);
void serve_store_data(struct model_server *m, struct step *s);
void serve_names(struct model_server *m, struct step *s);
void serve_select_data(struct model_server *m, struct step *s);
void serve_capability(struct model_server *m, int session);
/* Pending changes, as far as the moment permits. */
enum moment { MOMENT_FETCH, MOMENT_STORE, MOMENT_SEARCH, MOMENT_UID, MOMENT_NOOP, MOMENT_IDLE, MOMENT_NONE, MOMENT_OTHER };
void serve_tell(struct model_server *m, int session, enum moment moment, const struct step *s);
void print_flags(struct model_server *m, uint32_t flags);

#endif
