/* script_impl.h: the inside of the sandbox, shared by model/script*.c alone. */
#ifndef SCRIPT_IMPL_H
#define SCRIPT_IMPL_H

#include "script.h"

#include <lauxlib.h>
#include <lua.h>

/* One Lua state with one file. */
struct script {
    lua_State *L;
    const char *path; /* the caller's */
    char *source;     /* NUL-terminated */
    size_t source_n;
    size_t used;      /* octets of memory alive */
    bool bounded;     /* by SCRIPT_MEMORY: while the script itself runs */
    int refused_line; /* where memory was refused last; 0: never */
    uint64_t steps, steps_max;
    int64_t started; /* CPU time in ms */
    unsigned call;   /* handles belong to one call: number of the current one, 0 outside */
    void *user;      /* of the current call */
};

/* A state whose globals are the common names and, from `own`, the file's own constructors. `types` (may be
 * NULL) is run first, to make the types of handles. NULL: out of memory. */
struct script *script_new(const char *path, const luaL_Reg *own, lua_CFunction types);
void script_free(struct script *s);
struct script *script_of(lua_State *L);

/* Runs the file; its result, made by the constructor, is on the stack. False: err. */
bool script_run(struct script *s, const char *constructor, char *err, size_t errlen);
/* lua_pcall with budgets; false: err holds the one line and nothing is left on the stack. */
bool script_call(struct script *s, int args, int results, uint64_t steps, char *err, size_t errlen);
/* Writes "path:line: text" into err, printable octets alone. */
void script_write_error(const struct script *s, int line, char *err, size_t errlen, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* Raises an error at the Lua line that is running. */
int script_fail(lua_State *L, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* "a string", "nothing", "a table" of a stack index */
const char *script_type_text(lua_State *L, int index);
/* Is the value a name, that is a string without NUL? */
const char *script_name_at(lua_State *L, int index);

/* Fills the state's globals. */
void script_open_env(lua_State *L, const luaL_Reg *own);
/* Puts the safe functions of string, table, math, and the base functions, into the table on top. */
void script_open_libs(lua_State *L);
/* Pushes a read-only table whose unknown names are errors; pops the table of its contents. `prefix`:
 * "string." */
void script_seal(lua_State *L, const char *prefix);
/* Makes a metatable for handles: reading goes to `index`, writing is an error. Leaves the stack as it was. */
void script_new_type(lua_State *L, const char *type, lua_CFunction index);
/* `constructor { ... }`: takes one table, marks it and returns it. For use in `own` lists. */
int script_construct(lua_State *L);

/* What a behaviour's file has besides the common names, and its types of handles. */
extern const luaL_Reg script_behaviour_env[];
int script_behaviour_types(lua_State *L);

/* Where the fields of the constructor's table stand in the source. */
struct script_line {
    uint32_t parent;  /* index, 0: the table itself */
    const char *name; /* in the source; NULL: by position */
    uint32_t length, position;
    int line, text_line;
};
struct script_lines {
    struct script_line *v; /* v[0]: the table */
    uint32_t n, cap;
};
/* Reads the source again for lines. False: out of memory. */
bool script_find_lines(struct script_lines *l, const char *source, size_t n, const char *constructor);
/* The entry of a field, or 0. name NULL: by position. */
uint32_t script_line_of(const struct script_lines *l, uint32_t parent, const char *name, uint32_t position);

/* The table on top of the stack as a tree; pops it. NULL: err. Takes over nothing. */
struct script_file *script_tree(struct script *s, const char *constructor, char *err, size_t errlen);

#endif
