/* script.h: Lua files as plain C data. A file runs once, in a sandbox of its own (lua/API.md), and must
 * return what its constructor built: `return scenario { ... }`. Only model/script*.c knows Lua.
 *
 * Every error is one line, "file:line: what happened, what was expected (nearest name: X)".
 */
#ifndef SCRIPT_H
#define SCRIPT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What one file may use, its handlers included. Beyond it the script fails. */
#define SCRIPT_OCTETS     (256u << 10) /* of the file */
#define SCRIPT_MEMORY     (2u << 20)   /* octets alive at one time */
#define SCRIPT_STEPS      1000000u     /* of the file's body, in instructions of Lua's machine */
#define SCRIPT_STEPS_CALL 100000u      /* of one call of a handler */
#define SCRIPT_SECONDS    2            /* of CPU time, for all; only what no step counts gets here */
#define SCRIPT_TEXT       (64u << 10)  /* octets of one string that string.rep makes */
#define SCRIPT_ITEMS      (64u << 10)  /* items that table.insert, remove, sort take */
#define SCRIPT_DEPTH      16           /* of nested tables in a result */
#define SCRIPT_VALUES     20000        /* in a result */

enum script_kind {
    SCRIPT_BOOLEAN = 1 << 0,
    SCRIPT_INTEGER = 1 << 1,
    SCRIPT_NUMBER = 1 << 2, /* not integral */
    SCRIPT_STRING = 1 << 3,
    SCRIPT_TABLE = 1 << 4,
    SCRIPT_FUNCTION = 1 << 5,
};

/* A value of the returned table. Read-only; lives as long as its script_file. */
struct script_value {
    enum script_kind kind;
    int line;      /* where it begins in the file; of its table, where that cannot be told */
    int text_line; /* STRING: the line of its first octet, which in a long bracket may be the next */
    bool boolean;
    int64_t integer;
    double number;                  /* INTEGER, too */
    const char *text;               /* STRING: NUL-terminated; may hold NULs itself */
    uint32_t length;                /* STRING: octets */
    uint32_t items;                 /* TABLE */
    const struct script_item *item; /* TABLE: 1, 2, 3, ... first, then the named ones in byte order */
};
struct script_item {
    const char *name; /* NULL: by position */
    struct script_value value;
};

struct script_file;

/* Runs the file, whose environment has `constructor` besides the common names. NULL: err holds the error. */
struct script_file *script_load_table(const char *path, const char *constructor, char *err, size_t errlen);
void script_file_free(struct script_file *f);                             /* NULL is fine */
const struct script_value *script_file_root(const struct script_file *f); /* a TABLE */
const char *script_file_path(const struct script_file *f);
/* The first line of the file's leading `---` comment, without dashes; "" if there is none. */
const char *script_file_doc(const struct script_file *f);

/* A table's item by name (NULL: there is none, or v is no table), or by position from 1. */
const struct script_value *script_get(const struct script_value *v, const char *name);
const struct script_value *script_at(const struct script_value *v, uint32_t position);

/* One field that a table may have. */
struct script_rule {
    const char *name;
    unsigned kinds; /* of enum script_kind, or-ed */
    bool required;
};
/* Has the table only fields of the rules, of the right kinds, and all that are required? `positional` permits
 * items by position, too. If not: false, and err. */
bool script_check(const struct script_file *f, const struct script_value *table,
                  const struct script_rule *rule, size_t rules, bool positional, char *err, size_t errlen);
/* Writes "file:line: ..." for a value (NULL: the whole table) into err. Always returns false. */
bool script_error(const struct script_file *f, const struct script_value *v, char *err, size_t errlen,
                  const char *format, ...) __attribute__((format(printf, 5, 6)));

/* "a string", "a string or a table" */
const char *script_kinds_text(unsigned kinds, char *buf, size_t cap);
/* The name that is fewest edits away; the first of several; NULL if there are none. */
const char *script_nearest(const char *want, const char *const *names, size_t n);

#endif
