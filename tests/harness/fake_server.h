/* fake_server.h: a transport that follows a script: what must be sent, in order, and what it answers. */
#ifndef FAKE_SERVER_H
#define FAKE_SERVER_H

#include "target.h"

/* One step. `want`: "open", "open tls", "close", "starttls", or the exact octets of one hand-over. `answer`:
 * responses; a line
 * "<eof>", "<timeout>", "<leftover>..." stands for that event; "" for silence. */
struct fake_step {
    int session;
    const char *want, *answer;
};
struct fake;
/* The script must outlive it and end with {0}. Its mistakes are printed and counted in fake_errors. */
struct fake *fake_new(const struct fake_step *script, const struct transport_events *ev);
struct transport fake_transport(struct fake *f);
/* Mistakes so far, steps that were not reached included. */
int fake_errors(struct fake *f);
void fake_free(struct fake *f);

#endif
