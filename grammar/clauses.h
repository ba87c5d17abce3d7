/* clauses.h: the clause catalogue: every rule that code, tests and verdicts cite, as the table clauses.def.
 *
 * Code cites a clause by its enum constant, CL_ and the id with '_' for '-' and '.' (CL_MAP_4_1_2_a), or in a
 * comment or a string by the id itself (MAP-4.1.2-a). `make clauses` counts both and finds ids that do not
 * exist. All is constant data: nothing is allocated and every pointer stays valid.
 */
#ifndef CLAUSES_H
#define CLAUSES_H

#include <stdbool.h>

enum clause_id {
#define CLAUSE(name, id, doc, section, level, binds, wire, see, statement) CL_##name,
#include "clauses.def"
#undef CLAUSE
    CLAUSE_COUNT
};

/* The document that a clause stands in. */
enum clause_doc {
#define DOC(name, title) CLAUSE_DOC_##name,
#include "clauses.def"
#undef DOC
    CLAUSE_DOC_COUNT
};

enum clause_level {
    CLAUSE_MUST,
    CLAUSE_MUSTNOT,
    CLAUSE_SHOULD,
    CLAUSE_SHOULDNOT,
    CLAUSE_MAY,
    CLAUSE_EFF, /* no key word in the text, but normative in effect */
    CLAUSE_EFF_MUST,
    CLAUSE_EFF_MUSTNOT,
    CLAUSE_EFF_SHOULD,
    CLAUSE_EFF_MAY,
    CLAUSE_EX,        /* an example */
    CLAUSE_INFO,      /* a reason or a remark */
    CLAUSE_INVARIANT, /* holds under every practice */
    CLAUSE_TRAP,      /* a contradiction or a slip of the text */
    CLAUSE_LEVEL_COUNT
};

/* Whom a clause binds. */
enum clause_binds { CLAUSE_BINDS_NONE, CLAUSE_BINDS_S, CLAUSE_BINDS_C, CLAUSE_BINDS_P, CLAUSE_BINDS_B };

struct clause {
    const char *id;        /* "MAP-4.1.2-a" */
    const char *name;      /* "MAP_4_1_2_a": the enum constant without CL_ */
    const char *section;   /* "4.1.2"; "derived" for a consequence that no section states */
    const char *wire;      /* letters of S R T X M C P G, or "-"; their meaning is in clauses.def */
    const char *see;       /* related ids, separated by blanks; "" if there is none */
    const char *statement; /* one sentence */
    enum clause_doc doc;
    enum clause_level level;
    enum clause_binds binds;
};

/* The clause of an enum constant; anything else is our own bug (assert). */
const struct clause *clause_get(enum clause_id id);
/* The clause with exactly this id (case counts), or NULL. To go over all, clause_get 0 to CLAUSE_COUNT - 1.
 */
const struct clause *clause_find(const char *id);
/* The clause whose id is fewest edits away, for "did you mean"; the first of several. Never NULL. */
const struct clause *clause_nearest(const char *id);
/* Whether the clause's `see` names this id. */
bool clause_sees(const struct clause *c, const char *id);

/* For people: "RFC 3501"; "MUST", "effective MUST", "trap"; "server", "both ends", "nobody". */
const char *clause_doc_title(enum clause_doc doc);
const char *clause_level_name(enum clause_level level);
const char *clause_binds_name(enum clause_binds binds);

#endif
