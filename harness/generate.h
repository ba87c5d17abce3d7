/* generate.h: an endless sequence of multi-client programs, made from a seed, that steer towards the choice
 * points.
 *
 * Program n of a seed depends on seed, n and the options alone: not on the server's answers, time or
 * addresses. The same seed gives byte-identical programs on every machine. Each program has one (point,
 * context) or theme as its aim: it builds the situation, asks the question, looks at what came of it, with
 * some noise between; a short one goes on with another aim. It ends with a fresh session that reads all
 * mailboxes back, now and then behind a checkpoint of its own (the driver ends each program with one). All
 * aims come up once in each round of generator_aims() programs.
 */
#ifndef GENERATE_H
#define GENERATE_H

#include "program.h"

enum generator_family { /* what programs may use beyond RFC 3501 */
                        GENERATE_ID = 1,
                        GENERATE_CLIENTID = 2,
                        GENERATE_TLS = 4 /* STARTTLS or implicit, beside connections in the clear */,
                        GENERATE_IDLE = 8,
                        GENERATE_MOVE = 16,
                        GENERATE_UIDPLUS = 32,
                        GENERATE_UNSELECT = 64,
                        GENERATE_ALL = 127,
                        /* What a client must not do, to see how a server stands it: octets in clear behind
                         * STARTTLS. A server may do with them what it likes, but execute them. Only on
                         * request. */
                        GENERATE_FORBIDDEN = 128
};
enum generator_mix {
    GENERATE_BOTH,  /* aims and noise */
    GENERATE_STEER, /* aims alone */
    GENERATE_WALK   /* noise alone */
};
struct generator_options {
    int clients;       /* sessions of a program at most, the verifying one included: 2 to 8; 0: 4 */
    int commands;      /* of a program, about; 0: 24 */
    uint32_t families; /* GENERATE_... bits */
    bool implicit_tls; /* with GENERATE_TLS: the target has a port for implicit TLS too */
    bool starttls; /* with GENERATE_TLS: it offers STARTTLS. Neither: the target's own way is TLS already */
    bool allow_inbox;
    uint8_t mix;      /* enum generator_mix */
    uint32_t idle_ms; /* how long a program waits that wants to see IDLE tell something; 0: 600 */
};

struct generator;
struct generator *generator_new(uint64_t seed, const struct generator_options *o); /* NULL: out of memory */
void generator_free(struct generator *g);
/* The next generator_next makes program n (from 0). */
void generator_seek(struct generator *g, uint64_t n);
/* Fills *out (initialised by program_init; what it held goes). Programs are numbered from 0. false: out of
 * memory. */
bool generator_next(struct generator *g, struct program *out);

/* Another program, of another series: it sends command forms (check_forms.c's names) that are missed, the
 * most missed first, and counts `missing` down. false: it knows none of them, or memory ran out. */
struct form_want {
    const char *form;
    uint32_t missing;
};
bool generator_forms(struct generator *g, struct form_want *want, uint32_t n, struct program *out);

/* Number of aims in a round. */
uint32_t generator_aims(const struct generator *g);
/* Aim of the program that generator_next made last: its point (-1: a theme) and context. Returns its name:
 * "fetch.expunged form=seq gone=all item=body", or a theme's. Valid until the next call. */
const char *generator_aim(const struct generator *g, int *point, uint32_t *context);

/* Why no sequential program of one user can bring a point's context about, whatever the options; NULL: some
 * can. */
const char *generator_unreachable(int point, uint32_t context);
/* The same, and also what this generator's options leave out. */
const char *generator_excluded(const struct generator *g, int point, uint32_t context);

#endif
