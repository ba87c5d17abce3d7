/* target_net.h: what URLs and private servers share: a transport over sockets with one endpoint in clear and
 * one for TLS. */
#ifndef TARGET_NET_H
#define TARGET_NET_H

#include "net.h"
#include "target.h"

struct server;
struct target_net {
    struct net *net;
    struct endpoint plain, tls; /* port 0: there is none */
    char host[256];
    char user[TARGET_USERS][520]; /* what target.users points to */
    struct server *server;        /* private servers: the instance */
    bool dead;
};

/* Makes t->self and t->transport. The caller sets the endpoints. NULL: err says why. */
struct target_net *target_net_new(struct target *t, const struct target_options *o, char *err, size_t errlen);
bool target_net_user(struct target *t, const char *name, const char *password); /* one more user */
void target_net_free(struct target *t);

#endif
