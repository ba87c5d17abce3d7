/* serve.h: the insides of the model as a server, shared by model_server.c and serve_*.c alone. */
#ifndef SERVE_H
#define SERVE_H

#include "model_server.h"
#include "step.h"

#define SERVE_OUT (1u << 16)

struct serve_session {
    bool open, idle, secret, closing, caps_told;
    char tag[256];          /* of IDLE */
    uint8_t *in;            /* kept from one session of this number to the next */
    size_t cap;
    size_t n, scanned, line; /* octets held; looked at; start of the current line */
    size_t literal_end;     /* > 0: a literal reaches to here */
    size_t command;         /* AUTHENTICATE: length of the command before its answer line */
    unsigned held_tag;      /* F_NO_TAGGED: replies kept back */
    int behaviour;          /* one of opt.rotate: what this connection meets */
    char tag_before[32];    /* F_OLD_TAG: of the last reply, cut */
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
    int top;                /* sessions from here on were never opened since the last reset */
    size_t held;            /* octets of all input buffers */
    struct out out;
    int speaking;           /* the session that `out` goes to */
    uint32_t next_validity;
    uint32_t selects;
    unsigned opened;        /* connections so far, for opt.rotate */
    bool told_empty;        /* by the command in progress */
    struct facts facts;
};

/* Hands over what `out` holds. */
void serve_flush(struct model_server *m);
void serve_line(struct model_server *m, int session, const char *format, ...) __attribute__((format(printf, 3, 4)));
void serve_hangup(struct model_server *m, int session);
void serve_start_run(struct model_server *m, int session);
/* Runs the command in the session's first n octets, and answers it; `secret`: AUTHENTICATE's answer line. */
void serve_command(struct model_server *m, int session, size_t n, struct slice secret);
/* serve_wire.c, faults: a response is begun, and its end never comes: true. */
bool serve_breaks_off(struct model_server *m, int session, uint32_t tagged_context);
/* The command at the buffer's beginning, which reaches to `end`, is overtaken by the one behind it: they change places. Returns
 * where the first one ends now. */
size_t serve_overtaken(struct model_server *m, int session, size_t end);
/* Frees a large input buffer that holds nothing. */
void serve_give_back(struct model_server *m, struct serve_session *s);
/* The command would make more than the host allows: answers NO, true. */
bool serve_over_quota(struct model_server *m, struct step *s);
/* Octets into `out`, which is handed over first where they do not fit. */
void serve_octets(struct model_server *m, const uint8_t *p, size_t n);
/* Untagged data of a command, before its tagged reply. */
void serve_data(struct model_server *m, struct step *s);
void serve_fetch_data(struct model_server *m, struct step *s);
void serve_store_data(struct model_server *m, struct step *s);
void serve_names(struct model_server *m, struct step *s);
void serve_select_data(struct model_server *m, struct step *s);
void serve_capability(struct model_server *m, int session);
void serve_greeting(struct model_server *m, int session);
/* The command belongs to a capability that is left out. */
bool serve_unoffered(const struct model_server *m, uint8_t kind);
/* Pending changes, as far as the moment permits. */
enum moment { MOMENT_FETCH, MOMENT_STORE, MOMENT_SEARCH, MOMENT_UID, MOMENT_NOOP, MOMENT_IDLE, MOMENT_NONE, MOMENT_OTHER };
void serve_tell(struct model_server *m, int session, enum moment moment, const struct step *s);
void print_flags(struct model_server *m, uint32_t flags);

#endif
