/* host_policy.c: rules on CLIENTID; all of them must be met. */
#include "host_policy.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static bool same(const struct identity *a, const struct identity *b) {
    return a->type[0] && !strcasecmp(a->type, b->type) && !strcmp(a->token, b->token);
}

static bool parse_identity(const char *text, struct identity *to) {
    size_t n = strcspn(text, ":");
    if (!n || n > CID_TYPE || text[n] != ':' || !text[n + 1] || strlen(text + n + 1) > CID_TOKEN)
        return false;
    snprintf(to->type, sizeof to->type, "%.*s", (int)n, text);
    snprintf(to->token, sizeof to->token, "%s", text + n + 1);
    return true;
}

static bool parse(const char *text, struct policy_rule *r) {
    if (!strcmp(text, "require") || !strcmp(text, "one-user")) {
        r->kind = text[0] == 'r' ? POLICY_REQUIRE : POLICY_ONE_USER;
        return true;
    }
    if (!strncmp(text, "revoke=", 7)) {
        r->kind = POLICY_REVOKE;
        return parse_identity(text + 7, &r->who);
    }
    if (!strncmp(text, "license=", 8)) {
        char whole[CID_TOKEN + 16];
        r->kind = POLICY_LICENSE;
        return snprintf(whole, sizeof whole, "LICENSE:%s", text + 8) < (int)sizeof whole &&
               parse_identity(whole, &r->who);
    }
    size_t n = strncmp(text, "allow=", 6) ? 0 : strcspn(text + 6, ":");
    r->kind = POLICY_ALLOW;
    if (!n || n >= sizeof r->user || text[6 + n] != ':')
        return false;
    snprintf(r->user, sizeof r->user, "%.*s", (int)n, text + 6);
    return parse_identity(text + 7 + n, &r->who);
}

bool policy_add(struct policy *p, const char *text, char *err, size_t errlen) {
    struct policy_rule r = {0};
    if (p->n == POLICY_RULES) {
        snprintf(err, errlen, "--clientid: more than %d rules", POLICY_RULES);
        return false;
    }
    if (!parse(text, &r)) {
        snprintf(err, errlen,
                 "--clientid: expected require, one-user, allow=USER:TYPE:TOKEN, revoke=TYPE:TOKEN or "
                 "license=TOKEN, not `%.100s`",
                 text);
        return false;
    }
    p->rule[p->n++] = r;
    return true;
}

/* CID-5.3-2: one identity on many accounts. Where there is no room to remember it, it is refused. */
static bool first_user(struct policy *p, const struct identity *who, struct slice user) {
    if (!who->type[0])
        return true;
    for (int i = 0; i < p->seen_n; i++)
        if (same(who, &p->seen[i].who))
            return slice_is(user, p->seen[i].user);
    if (p->seen_n == (int)(sizeof p->seen / sizeof *p->seen) || user.n >= sizeof p->seen->user)
        return false;
    p->seen[p->seen_n].who = *who;
    snprintf(p->seen[p->seen_n++].user, sizeof p->seen->user, "%.*s", (int)user.n, (const char *)user.p);
    return true;
}

bool policy_admits(struct policy *p, const struct identity *who, struct slice user) {
    bool listed = false, allowed = false, licensed = false, licences = false, one_user = false;
    for (int i = 0; i < p->n; i++) {
        const struct policy_rule *r = &p->rule[i];
        bool is = same(who, &r->who);
        if ((r->kind == POLICY_REQUIRE && !who->type[0]) || (r->kind == POLICY_REVOKE && is))
            return false;
        if (r->kind == POLICY_ALLOW && slice_is(user, r->user))
            listed = true, allowed |= is;
        if (r->kind == POLICY_LICENSE)
            licences = true, licensed |= is;
        one_user |= r->kind == POLICY_ONE_USER;
    }
    return (!listed || allowed) && (!licences || licensed) && (!one_user || first_user(p, who, user));
}
