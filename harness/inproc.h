/* inproc.h: the model as a server in this process, behind the transport interface. Time is a counter; nothing
 * waits. */
#ifndef INPROC_H
#define INPROC_H

#include "model_server.h"
#include "transport.h"

struct inproc;
/* `o` as model_server_new wants it; emit, hangup, start_tls and user are set here. NULL: out of memory. */
struct inproc *inproc_new(const struct model_server_options *o, const struct transport_events *ev);
struct transport inproc_transport(struct inproc *p);
void inproc_reset(struct inproc *p); /* the server forgets everything; no session is left */
void inproc_free(struct inproc *p);

#endif
