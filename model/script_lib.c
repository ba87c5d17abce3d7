/* script_lib.c: the common functions of every script. Lua's own where they are safe and their cost is bounded
 * by what memory holds; ours where Lua's would run for long in one step, show an address, or follow a hash's
 * order.
 */
#include "script_impl.h"

#include <lualib.h>
#include <string.h>

/* ---- base ---- */

static int base_assert(lua_State *L) {
    if (lua_gettop(L) < 1 || lua_toboolean(L, 1))
        return lua_gettop(L);
    const char *text = lua_tostring(L, 2);
    return script_fail(L, "%s", text ? text : "assertion failed");
}

static int base_error(lua_State *L) {
    const char *text = lua_tostring(L, 1);
    return script_fail(L, "%s", text ? text : "error without a text");
}

static int base_type(lua_State *L) {
    luaL_checkany(L, 1);
    lua_pushstring(L, luaL_typename(L, 1));
    return 1;
}

static int base_tostring(lua_State *L) {
    luaL_checkany(L, 1);
    lua_settop(L, 1);
    if (lua_isboolean(L, 1))
        lua_pushstring(L, lua_toboolean(L, 1) ? "true" : "false");
    else if (!lua_tostring(L, 1))
        /* Lua's would show an address, new in each run. */
        lua_pushstring(L, lua_isuserdata(L, 1) ? script_type_text(L, 1) : luaL_typename(L, 1));
    return 1;
}

static int base_tonumber(lua_State *L) {
    size_t n;
    const char *text = lua_type(L, 1) == LUA_TSTRING ? lua_tolstring(L, 1, &n) : NULL;
    if (lua_type(L, 1) == LUA_TNUMBER)
        lua_pushvalue(L, 1);
    else if (!text || lua_stringtonumber(L, text) != n + 1)
        lua_pushnil(L);
    return 1;
}

static int base_select(lua_State *L) {
    int n = lua_gettop(L);
    if (lua_type(L, 1) == LUA_TSTRING && strcmp(lua_tostring(L, 1), "#") == 0) {
        lua_pushinteger(L, n - 1);
        return 1;
    }
    lua_Integer i = luaL_checkinteger(L, 1);
    luaL_argcheck(L, i >= 1, 1, "expected a position from 1, or '#'");
    return i >= n ? 0 : n - (int)i;
}

static int ipairs_next(lua_State *L) {
    lua_Integer i = luaL_checkinteger(L, 2) + 1;
    lua_pushinteger(L, i);
    return lua_geti(L, 1, i) == LUA_TNIL ? 1 : 2;
}

static int base_ipairs(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_pushcfunction(L, ipairs_next);
    lua_pushvalue(L, 1);
    lua_pushinteger(L, 0);
    return 3;
}

/* pairs goes through the keys in order: numbers, strings, then booleans; a hash's own order changes from run
 * to run. */
static int key_less(lua_State *L) {
    int a = lua_type(L, 1), b = lua_type(L, 2);
    if (a != b)
        lua_pushboolean(L, (a == LUA_TBOOLEAN ? 9 : a) < (b == LUA_TBOOLEAN ? 9 : b));
    else if (a == LUA_TBOOLEAN)
        lua_pushboolean(L, lua_toboolean(L, 1) < lua_toboolean(L, 2));
    else
        lua_pushboolean(L, lua_compare(L, 1, 2, LUA_OPLT));
    return 1;
}

static int pairs_next(lua_State *L) {
    lua_Integer i = lua_tointeger(L, lua_upvalueindex(2)) + 1;
    lua_pushinteger(L, i);
    lua_replace(L, lua_upvalueindex(2));
    if (lua_geti(L, lua_upvalueindex(1), i) == LUA_TNIL)
        return 1;
    lua_pushvalue(L, -1);
    lua_gettable(L, 1);
    return 2;
}

static int base_pairs(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    lua_newtable(L);
    lua_Integer n = 0;
    for (lua_pushnil(L); lua_next(L, 1);) {
        lua_pop(L, 1);
        int type = lua_type(L, -1);
        if (type != LUA_TNUMBER && type != LUA_TSTRING && type != LUA_TBOOLEAN)
            return script_fail(L, "a key is %s: expected numbers, strings and booleans",
                               script_type_text(L, -1));
        lua_pushvalue(L, -1);
        lua_seti(L, 2, ++n);
    }
    lua_getfield(L, LUA_REGISTRYINDEX, "sort");
    lua_pushvalue(L, 2);
    lua_pushcfunction(L, key_less);
    lua_call(L, 2, 0);
    lua_pushinteger(L, 0);
    lua_pushcclosure(L, pairs_next, 2);
    lua_pushvalue(L, 1);
    return 2;
}

/* ---- string ---- */

/* string.find(s, text [, from]): text is plain, and the search linear. First and last position, or nil. */
static int string_find(lua_State *L) {
    size_t n, m;
    const char *s = luaL_checklstring(L, 1, &n), *text = luaL_checklstring(L, 2, &m);
    lua_Integer from = luaL_optinteger(L, 3, 1);
    luaL_argcheck(L, from >= 1, 3, "expected a position from 1");
    luaL_argcheck(L, lua_isnoneornil(L, 4), 4, "expected nothing: the text is always plain");
    const char *hit = (size_t)from > n + 1 ? NULL : memmem(s + from - 1, n - (size_t)from + 1, text, m);
    if (!hit) {
        lua_pushnil(L);
        return 1;
    }
    lua_pushinteger(L, hit - s + 1);
    lua_pushinteger(L, hit - s + (lua_Integer)m);
    return 2;
}

static int string_rep(lua_State *L) {
    size_t n, m;
    const char *s = luaL_checklstring(L, 1, &n), *between = luaL_optlstring(L, 3, "", &m);
    lua_Integer times = luaL_checkinteger(L, 2);
    if (times > 0 && (n + m) && (uint64_t)times > SCRIPT_TEXT / (n + m))
        return script_fail(L, "string.rep makes too much: expected at most %u octets", SCRIPT_TEXT);
    luaL_Buffer b;
    luaL_buffinit(L, &b);
    for (lua_Integer i = 0; i < times && n + m; i++) {
        luaL_addlstring(&b, s, n);
        if (i + 1 < times)
            luaL_addlstring(&b, between, m);
    }
    luaL_pushresult(&b);
    return 1;
}

/* Lua's, but for %p and for values that would show as addresses. */
static int string_format(lua_State *L) {
    const char *f = luaL_checkstring(L, 1);
    for (const char *p = strchr(f, '%'); p; p = strchr(p + 1, '%')) {
        p += 1 + strspn(p + 1, "-+ #0123456789.");
        luaL_argcheck(L, *p && *p != 'p', 1, "expected no %p");
    }
    for (int i = 2; i <= lua_gettop(L); i++)
        luaL_argcheck(L, lua_isboolean(L, i) || lua_isstring(L, i) || lua_isnil(L, i), i,
                      "expected a string, a number or a boolean");
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, 1);
    return 1;
}

/* ---- table ---- */

/* Of sequences alone: a table with holes can have a border far beyond what it holds. */
static lua_Integer items(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_Unsigned n = lua_rawlen(L, 1);
    if (n > SCRIPT_ITEMS)
        return script_fail(L, "the table has too many items: expected at most %u", SCRIPT_ITEMS);
    return (lua_Integer)n;
}

static int table_insert(lua_State *L) {
    lua_Integer n = items(L), at = n + 1;
    if (lua_gettop(L) == 3)
        at = luaL_checkinteger(L, 2);
    else
        luaL_argcheck(L, lua_gettop(L) == 2, lua_gettop(L),
                      "expected table.insert(t, value) or (t, position, value)");
    luaL_argcheck(L, at >= 1 && at <= n + 1, 2, "position out of bounds");
    for (lua_Integer i = n; i >= at; i--) {
        lua_rawgeti(L, 1, i);
        lua_rawseti(L, 1, i + 1);
    }
    lua_rawseti(L, 1, at);
    return 0;
}

static int table_remove(lua_State *L) {
    lua_Integer n = items(L), at = luaL_optinteger(L, 2, n);
    luaL_argcheck(L, (at >= 1 && at <= n) || (n == 0 && at == 0), 2, "position out of bounds");
    lua_rawgeti(L, 1, at);
    for (lua_Integer i = at; i < n; i++) {
        lua_rawgeti(L, 1, i + 1);
        lua_rawseti(L, 1, i);
    }
    if (n) {
        lua_pushnil(L);
        lua_rawseti(L, 1, n);
    }
    return 1;
}

/* Lua's own of the upvalue, after a look at the number of items. */
static int table_checked(lua_State *L) {
    items(L);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    return lua_gettop(L);
}

/* ---- put together ---- */

/* Copies Lua's functions of these names from the library on top into the table below it. */
static void take(lua_State *L, const char *const *names) {
    for (; *names; names++) {
        lua_getfield(L, -1, *names);
        lua_setfield(L, -3, *names);
    }
}

/* The same, each behind a guard. */
static void take_guarded(lua_State *L, const char *name, lua_CFunction guard) {
    lua_getfield(L, -1, name);
    lua_pushcclosure(L, guard, 1);
    lua_setfield(L, -3, name);
}

static void open_string(lua_State *L) {
    static const luaL_Reg own[] = {{"find", string_find}, {"rep", string_rep}, {NULL, NULL}};
    static const char *const names[] = {"byte", "char", "len", "lower", "reverse", "sub", "upper", NULL};
    luaL_newlib(L, own);
    lua_pushcfunction(L, luaopen_string);
    lua_call(L, 0, 1);
    take(L, names);
    take_guarded(L, "format", string_format);
    lua_pop(L, 1);
    script_seal(L, "string.");
    lua_pushliteral(
        L, ""); /* the methods of strings, ("x"):rep(3), are the same functions; luaopen_string set Lua's */
    lua_createtable(L, 0, 1);
    lua_pushvalue(L, -3);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
    lua_pop(L, 1);
}

static void open_table(lua_State *L) {
    static const luaL_Reg own[] = {{"insert", table_insert}, {"remove", table_remove}, {NULL, NULL}};
    luaL_newlib(L, own);
    lua_pushcfunction(L, luaopen_table);
    lua_call(L, 0, 1);
    take_guarded(L, "concat", table_checked);
    take_guarded(L, "sort", table_checked);
    take_guarded(L, "unpack", table_checked);
    lua_getfield(L, -1, "sort");
    lua_setfield(L, LUA_REGISTRYINDEX, "sort");
    lua_pop(L, 1);
    script_seal(L, "table.");
}

static void open_math(lua_State *L) {
    static const char *const names[] = {"abs", "ceil", "floor", "max", "min", NULL};
    lua_newtable(L);
    lua_pushcfunction(L, luaopen_math);
    lua_call(L, 0, 1);
    take(L, names);
    lua_pop(L, 1);
    script_seal(L, "math.");
}

void script_open_libs(lua_State *L) {
    static const luaL_Reg base[] = {
        {"assert", base_assert},     {"error", base_error},   {"ipairs", base_ipairs},
        {"pairs", base_pairs},       {"select", base_select}, {"tonumber", base_tonumber},
        {"tostring", base_tostring}, {"type", base_type},     {NULL, NULL},
    };
    luaL_setfuncs(L, base, 0);
    open_string(L);
    lua_setfield(L, -2, "string");
    open_table(L);
    lua_setfield(L, -2, "table");
    open_math(L);
    lua_setfield(L, -2, "math");
}
