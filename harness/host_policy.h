/* host_policy.h: which clients, by their CLIENTID, the served model lets log in (CID-5.1-1, CID-5.1-5,
 * CID-5.3-1..5). */
#ifndef HOST_POLICY_H
#define HOST_POLICY_H

#include "imap.h"

enum { POLICY_RULES = 64, CID_TYPE = 16, CID_TOKEN = 128 };

/* What a connection has said of itself. */
struct identity {
    char type[CID_TYPE + 1], token[CID_TOKEN + 1]; /* "": nothing yet */
};

struct policy_rule {
    enum policy_kind { POLICY_REQUIRE, POLICY_ALLOW, POLICY_REVOKE, POLICY_LICENSE, POLICY_ONE_USER } kind;
    char user[256];      /* ALLOW */
    struct identity who; /* ALLOW, REVOKE, LICENSE */
};
struct policy {
    struct policy_rule rule[POLICY_RULES];
    int n;
    struct { /* POLICY_ONE_USER: whose each identity is; the first to log in with it */
        struct identity who;
        char user[256];
    } seen[256];
    int seen_n;
};

/* Adds a rule: "require", "allow=USER:TYPE:TOKEN", "revoke=TYPE:TOKEN", "license=TOKEN", "one-user".
 * false: one line in err. */
bool policy_add(struct policy *p, const char *rule, char *err, size_t errlen);
/* May this client log in as `user`, whose password was right? Types are compared without case, tokens by
 * octets (T-CID-8). */
bool policy_admits(struct policy *p, const struct identity *who, struct slice user);

#endif
