/* behaviour.h: choice points, contexts, and answers: short programs of primitives, recorded from Lua once per behaviour
 * and context. The model executes answers; it never runs Lua itself.
 */
#ifndef BEHAVIOUR_H
#define BEHAVIOUR_H

#include "imap.h"

enum point {
#define POINT(e, name, handler, kind, cites, fields) P_##e,
#include "points.def"
#undef POINT
    POINT_COUNT
};
enum point_kind { POINT_ENUM, POINT_MATCH, POINT_SERVE, POINT_FAULT };

enum op {
    OP_NONE,
#define OP(e, name, points, what) OP_##e,
#include "ops.def"
#undef OP
    OP_COUNT
};

const char *point_name(enum point p);
const char *point_handler(enum point p);
const char *point_cites(enum point p);
enum point_kind point_kind(enum point p);
/* Number of contexts of a point: the product of its fields' value counts (1 if it has no field). */
uint32_t point_contexts(enum point p);
/* Packs one value index per field, in the fields' order. Too few or too many values are our bug (assert). */
uint32_t point_context(enum point p, int n, const int *values);
/* "who=other mode=select state=quiet" into buf; "" for a point without fields. Returns buf. */
const char *point_context_text(enum point p, uint32_t context, char *buf, size_t cap);
/* The value's name of a field in a context ("other"), or NULL if the point has no such field. */
const char *point_field(enum point p, uint32_t context, const char *field);
/* Field number i of a point: its name and values; false beyond the last. */
bool point_field_at(enum point p, int i, struct slice *name, struct slice *values);
int point_by_name(const char *name);    /* -1 if there is none */
const char *op_name(enum op o);         /* Lua name */
const char *op_what(enum op o);         /* what it does, a clause in lower case */
bool op_allowed(enum op o, enum point p);
int op_by_name(const char *name, enum point p); /* an op that point p offers; -1 */

enum reply { REPLY_NONE, REPLY_OK, REPLY_NO, REPLY_BAD, REPLY_BYE };

#define ANSWER_OPS 8
struct answer {
    uint8_t reply;    /* REPLY_NONE: the point prescribes no tagged word */
    uint8_t code;     /* enum code_kind or CODE_NONE */
    uint8_t ops;
    uint8_t op[ANSWER_OPS];
    char text[64];    /* the reply's human-readable text, NUL-terminated */
};
bool answer_has(const struct answer *a, enum op o);

#define BEHAVIOURS_MAX 250
struct behaviour {
    char name[48];
    char cites[96];   /* ids, separated by blanks */
    char doc[160];    /* the leading --- comment's first line */
    uint8_t point;    /* the point it was written for */
    bool fault;
    uint64_t points;  /* bit for each point that it has a handler for */
};

/* A set of loaded behaviours. Opaque; the Lua states live inside (model/script*.c). */
struct behaviours;
struct behaviours *behaviours_new(void); /* NULL: out of memory */
void behaviours_free(struct behaviours *b);
/* Loads one Lua file; all contexts of its points are asked and recorded at once, so later answers cost no Lua.
 * Returns the index, or -1 with one line in err: "file:line: what was expected (nearest name: ...)". */
int behaviours_load(struct behaviours *b, const char *path, char *err, size_t errlen);
/* Loads every *.lua below a folder, in name order. Returns the number loaded, or -1 with err. */
int behaviours_load_folder(struct behaviours *b, const char *folder, char *err, size_t errlen);
int behaviours_count(const struct behaviours *b);
const struct behaviour *behaviours_at(const struct behaviours *b, int index);
int behaviours_find(const struct behaviours *b, const char *name); /* index or -1 */
/* The recorded answer. NULL: the behaviour has no handler for the point, or its handler returned nil in this context
 * ("not mine"). No Lua is run, nothing allocated. */
const struct answer *behaviours_answer(const struct behaviours *b, int index, enum point p, uint32_t context);
/* Two of the chosen behaviours answer the same point in the same context: false and one line in err naming both. */
bool behaviours_compatible(const struct behaviours *b, const int *index, int n, char *err, size_t errlen);

#endif
