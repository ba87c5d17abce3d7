/* host_fixture.h: what is served, from a Lua file `return fixture { ... }` (lua/API.md). */
#ifndef HOST_FIXTURE_H
#define HOST_FIXTURE_H

#include "host.h"

enum { FIXTURE_USERS = 64 };

struct fixture;
/* NULL: one line in err, file:line. */
struct fixture *fixture_load(const char *path, char *err, size_t errlen);
void fixture_free(struct fixture *f); /* NULL does nothing */
/* "name:password" of each user, NULL-terminated; lives as long as the fixture. */
const char *const *fixture_users(const struct fixture *f);
/* Before host_run, of a host that has these users. false: one line in err, file:line. */
bool fixture_fill(const struct fixture *f, struct host *h, char *err, size_t errlen);

#endif
