/* script_env.c: what a script's names mean: sealed tables, in which an unknown name is an error that tells
 * the nearest one; and the types of handles.
 */
#include "script_impl.h"

#include <string.h>

#define NAMES_MAX 64

const char *script_type_text(lua_State *L, int index) {
    switch (lua_type(L, index)) {
    case LUA_TNONE:
    case LUA_TNIL:
        return "nothing";
    case LUA_TBOOLEAN:
        return "a boolean";
    case LUA_TNUMBER:
        return "a number";
    case LUA_TSTRING:
        return "a string";
    case LUA_TTABLE:
        return "a table";
    case LUA_TFUNCTION:
        return "a function";
    default:
        break;
    }
    if (luaL_getmetafield(L, index, "type") == LUA_TNIL)
        return "a handle";
    const char *type = lua_tostring(L, -1); /* the metatable holds it */
    lua_pop(L, 1);
    return type;
}

const char *script_name_at(lua_State *L, int index) {
    size_t n;
    const char *name = lua_type(L, index) == LUA_TSTRING ? lua_tolstring(L, index, &n) : NULL;
    return name && strlen(name) == n ? name : NULL;
}

/* ---- sealed tables ---- */

/* The name in the contents that is nearest; in byte order the first of several. */
static const char *nearest_in(lua_State *L, int contents, const char *want) {
    const char *names[NAMES_MAX];
    size_t n = 0;
    for (lua_pushnil(L); n < NAMES_MAX && lua_next(L, contents); lua_pop(L, 1)) {
        const char *name = lua_tostring(L, -2); /* all keys are strings, and the table holds them */
        size_t i = n++;
        for (; i > 0 && strcmp(names[i - 1], name) > 0; i--)
            names[i] = names[i - 1];
        names[i] = name;
    }
    return script_nearest(want, names, n);
}

/* The constructors of files (lua/API.md): each kind of file knows one of them. */
static const char *const kinds[] = {"behaviour", "scenario", "profile", "fixture"};
#define KINDS (sizeof kinds / sizeof *kinds)

static bool is_kind(const char *name) {
    for (size_t i = 0; i < KINDS; i++)
        if (!strcmp(name, kinds[i]))
            return true;
    return false;
}

/* The one that the contents at 3 have, or NULL. */
static const char *kind_here(lua_State *L) {
    for (size_t i = 0; i < KINDS; i++) {
        lua_pushstring(L, kinds[i]);
        bool here = lua_rawget(L, 3) != LUA_TNIL;
        lua_pop(L, 1);
        if (here)
            return kinds[i];
    }
    return NULL;
}

static int sealed_index(lua_State *L) {
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL)
        return 1;
    const char *prefix = lua_tostring(L, lua_upvalueindex(2)), *name = script_name_at(L, 2);
    if (!name)
        return script_fail(L, "%s is indexed with %s: expected a name", *prefix ? prefix : "_ENV",
                           script_type_text(L, 2));
    lua_settop(L, 2);
    lua_pushvalue(L, lua_upvalueindex(1));
    const char *kind = !*prefix && is_kind(name) ? kind_here(L) : NULL;
    if (kind)
        return script_fail(L, "`%s` begins a file of another kind: expected `return %s { ... }`", name, kind);
    return script_fail(L, "unknown name `%s%.60s`: expected one that lua/API.md lists (nearest name: %s%s)",
                       prefix, name, prefix, nearest_in(L, 3, name));
}

static int sealed_newindex(lua_State *L) {
    const char *prefix = lua_tostring(L, lua_upvalueindex(1)), *name = script_name_at(L, 2);
    return script_fail(L, "`%s%.60s` cannot be set: expected a `local`", prefix, name ? name : "?");
}

/* Gives the table on top the metatable of a sealed one; the contents are below it. */
static void seal_top(lua_State *L, const char *prefix) {
    int contents = lua_absindex(L, -2);
    lua_createtable(L, 0, 2);
    lua_pushvalue(L, contents);
    lua_pushstring(L, prefix);
    lua_pushcclosure(L, sealed_index, 2);
    lua_setfield(L, -2, "__index");
    lua_pushstring(L, prefix);
    lua_pushcclosure(L, sealed_newindex, 1);
    lua_setfield(L, -2, "__newindex");
    lua_setmetatable(L, -2);
}

void script_seal(lua_State *L, const char *prefix) {
    lua_newtable(L);
    seal_top(L, prefix);
    lua_remove(L, -2);
}

void script_open_env(lua_State *L, const luaL_Reg *own) {
    lua_newtable(L);
    script_open_libs(L);
    luaL_setfuncs(L, own, 0);
    lua_pushglobaltable(L);
    seal_top(L, "");
    lua_settop(L, 0);
}

/* ---- handles ---- */

static int type_newindex(lua_State *L) {
    const char *name = script_name_at(L, 2);
    return script_fail(L, "`%.60s` cannot be set: %s is read-only", name ? name : "?",
                       script_type_text(L, 1));
}

void script_new_type(lua_State *L, const char *type, lua_CFunction index) {
    luaL_newmetatable(L, type);
    lua_pushstring(L, type);
    lua_setfield(L, -2, "type");
    lua_pushcfunction(L, index);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, type_newindex);
    lua_setfield(L, -2, "__newindex");
    lua_pop(L, 1);
}
