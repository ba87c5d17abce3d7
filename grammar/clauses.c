/* clauses.c: the clause catalogue as constant data, and how to look into it. */
#include "clauses.h"

#include "nearest.h"

#include <assert.h>
#include <string.h>

static const struct clause clauses[CLAUSE_COUNT] = {
#define CLAUSE(name, id, doc, section, level, binds, wire, see, statement)                                   \
    [CL_##name] = {                                                                                          \
        id, #name, section, wire, see, statement, CLAUSE_DOC_##doc, CLAUSE_##level, CLAUSE_BINDS_##binds},
#include "clauses.def"
#undef CLAUSE
};

const struct clause *clause_get(enum clause_id id) {
    assert((unsigned)id < CLAUSE_COUNT);
    return &clauses[id];
}

const struct clause *clause_find(const char *id) {
    for (int i = 0; i < CLAUSE_COUNT; i++)
        if (strcmp(clauses[i].id, id) == 0)
            return &clauses[i];
    return NULL;
}

const struct clause *clause_nearest(const char *id) {
    const struct clause *nearest = &clauses[0];
    unsigned least = ~0u;
    for (int i = 0; i < CLAUSE_COUNT; i++) {
        unsigned d = nearest_distance(id, clauses[i].id);
        if (d < least) {
            least = d;
            nearest = &clauses[i];
        }
    }
    return nearest;
}

bool clause_sees(const struct clause *c, const char *id) {
    size_t n = strlen(id);
    for (const char *at = c->see; n > 0 && *at;) {
        size_t word = strcspn(at, " ");
        if (word == n && memcmp(at, id, n) == 0)
            return true;
        at += word + strspn(at + word, " ");
    }
    return false;
}

const char *clause_doc_title(enum clause_doc doc) {
    static const char *const titles[CLAUSE_DOC_COUNT] = {
#define DOC(name, title) [CLAUSE_DOC_##name] = title,
#include "clauses.def"
#undef DOC
    };
    assert((unsigned)doc < CLAUSE_DOC_COUNT);
    return titles[doc];
}

const char *clause_level_name(enum clause_level level) {
    static const char *const names[CLAUSE_LEVEL_COUNT] = {
        [CLAUSE_MUST] = "MUST",
        [CLAUSE_MUSTNOT] = "MUST NOT",
        [CLAUSE_SHOULD] = "SHOULD",
        [CLAUSE_SHOULDNOT] = "SHOULD NOT",
        [CLAUSE_MAY] = "MAY",
        [CLAUSE_EFF] = "effective",
        [CLAUSE_EFF_MUST] = "effective MUST",
        [CLAUSE_EFF_MUSTNOT] = "effective MUST NOT",
        [CLAUSE_EFF_SHOULD] = "effective SHOULD",
        [CLAUSE_EFF_MAY] = "effective MAY",
        [CLAUSE_EX] = "example",
        [CLAUSE_INFO] = "note",
        [CLAUSE_INVARIANT] = "invariant",
        [CLAUSE_TRAP] = "trap",
    };
    assert((unsigned)level < CLAUSE_LEVEL_COUNT);
    return names[level];
}

const char *clause_binds_name(enum clause_binds binds) {
    static const char *const names[] = {
        [CLAUSE_BINDS_NONE] = "nobody", [CLAUSE_BINDS_S] = "server",    [CLAUSE_BINDS_C] = "client",
        [CLAUSE_BINDS_P] = "proxy",     [CLAUSE_BINDS_B] = "both ends",
    };
    assert((unsigned)binds < sizeof names / sizeof *names);
    return names[binds];
}
