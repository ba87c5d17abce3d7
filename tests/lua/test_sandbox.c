/* test_sandbox.c: ways out of the sandbox, and broken behaviours: each file fails with exactly this one line.
 * ids-as-data
 */
#include "behaviour.h"
#include "script.h"

#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct broken {
    const char *source;
    const char *error; /* behind the path; "" means that it loads */
};

/* Bodies of a file; the error is reported at a line of it. */
static const struct broken escapes[] = {
    /* Lua's own ways to the outside, and around the budget. */
    {"os.execute('id')", ":1: unknown name `os`: expected one that lua/API.md lists (nearest name: OK)"},
    {"io.open('/etc/passwd')",
     ":1: unknown name `io`: expected one that lua/API.md lists (nearest name: NO)"},
    {"\nrequire 'os'",
     ":2: unknown name `require`: expected one that lua/API.md lists (nearest name: error)"},
    {"load('return os')", ":1: unknown name `load`: expected one that lua/API.md lists (nearest name: BAD)"},
    {"loadstring('x')",
     ":1: unknown name `loadstring`: expected one that lua/API.md lists (nearest name: tostring)"},
    {"dofile('/dev/zero')",
     ":1: unknown name `dofile`: expected one that lua/API.md lists (nearest name: table)"},
    {"pcall(error)", ":1: unknown name `pcall`: expected one that lua/API.md lists (nearest name: math)"},
    {"xpcall(error, error)",
     ":1: unknown name `xpcall`: expected one that lua/API.md lists (nearest name: ipairs)"},
    {"coroutine.wrap(error)",
     ":1: unknown name `coroutine`: expected one that lua/API.md lists (nearest name: string)"},
    {"setmetatable({}, {})",
     ":1: unknown name `setmetatable`: expected one that lua/API.md lists (nearest name: table)"},
    {"getmetatable('')",
     ":1: unknown name `getmetatable`: expected one that lua/API.md lists (nearest name: table)"},
    {"rawset({}, 1, 2)",
     ":1: unknown name `rawset`: expected one that lua/API.md lists (nearest name: assert)"},
    {"collectgarbage()",
     ":1: unknown name `collectgarbage`: expected one that lua/API.md lists (nearest name: select)"},
    {"debug.sethook()", ":1: unknown name `debug`: expected one that lua/API.md lists (nearest name: table)"},
    {"package.loadlib('x', 'y')",
     ":1: unknown name `package`: expected one that lua/API.md lists (nearest name: pairs)"},
    {"print(1)", ":1: unknown name `print`: expected one that lua/API.md lists (nearest name: pairs)"},
    {"next({})", ":1: unknown name `next`: expected one that lua/API.md lists (nearest name: NO)"},
    {"_G.os = 1", ":1: unknown name `_G`: expected one that lua/API.md lists (nearest name: NO)"},
    {"local x = _ENV.os", ":1: unknown name `os`: expected one that lua/API.md lists (nearest name: OK)"},
    {"local x = _ENV[{}]", ":1: _ENV is indexed with a table: expected a name"},
    {"string.dump(error)",
     ":1: unknown name `string.dump`: expected one that lua/API.md lists (nearest name: string.rep)"},
    {"string.match('a', '.')",
     ":1: unknown name `string.match`: expected one that lua/API.md lists (nearest name: string.byte)"},
    {"string.gsub('a', '.', '')",
     ":1: unknown name `string.gsub`: expected one that lua/API.md lists (nearest name: string.sub)"},
    {"local x = ('a'):gmatch('.')",
     ":1: unknown name `string.gmatch`: expected one that lua/API.md lists (nearest name: string.byte)"},
    {"table.move({}, 1, 1e9, 2)",
     ":1: unknown name `table.move`: expected one that lua/API.md lists (nearest name: table.remove)"},
    {"math.random()",
     ":1: unknown name `math.random`: expected one that lua/API.md lists (nearest name: math.abs)"},
    {"\033Lua", ":1: compiled Lua: expected source text"},
    {"('').gsub('x', '.', coroutine.yield)",
     ":1: unknown name `string.gsub`: expected one that lua/API.md lists (nearest name: string.sub)"},
    {"utf8.char(1)", ":1: unknown name `utf8`: expected one that lua/API.md lists (nearest name: BAD)"},
    {"string.pack('i', 1)",
     ":1: unknown name `string.pack`: expected one that lua/API.md lists (nearest name: string.byte)"},
    {"error(tostring(('aaab'):find('a-b')) .. tostring((('%'):rep(60000)):find('%%')))", ":1: nil1"},
    /* Metamethods, and what runs when a value goes. */
    {"local t = { __gc = error, __close = error, __index = error, __name = 'x' }\nerror(type(t.x))", ":2: nil"},
    {"local x <close> = { __close = error }", ":1: variable 'x' got a non-closable value"},
    {"local x <const> = 1\nx = 2", ":2: attempt to assign to const variable 'x'"},
    {"local s = ''\ns.rep = 1", ":2: attempt to index a string value (local 's')"},
    /* Objects as errors; a new environment has nothing in it that was not given. */
    {"error({})", ":1: error without a text"},
    {"error(error)", ":1: error without a text"},
    {"error()", ":1: error without a text"},
    {"_ENV = { error = error }\nerror(type)", ":2: error without a text"},
    {"local _ENV = {}\nos.exit()", ":2: attempt to index a nil value (global 'os')"},
    {"_ENV = nil\nos.exit()", ":2: attempt to index a nil value (upvalue '_ENV')"},
    {"for k in pairs(_ENV) do error(k) end",
     ":1: the file returns nothing: expected `return behaviour { ... }`"},
    /* What others would see. */
    {"_ENV.error = 1", ":1: `error` cannot be set: expected a `local`"},
    {"local s = string\ns.rep = nil", ":2: `string.rep` cannot be set: expected a `local`"},
    {"x = 1", ":1: `x` cannot be set: expected a `local`"},
    {"function error() end", ":1: `error` cannot be set: expected a `local`"},
    {"string.find = nil", ":1: `string.find` cannot be set: expected a `local`"},
    {"error(tostring({}) .. tostring(error))", ":1: tablefunction"},
    /* Our own forms of Lua's functions. */
    {"assert(false)", ":1: assertion failed"},
    {"\nassert(1 == 2, 'no')", ":2: no"},
    {"assert(nil, {})", ":1: assertion failed"},
    {"error(assert(7, 'no') .. select('#', assert(1, 2, 3)))", ":1: 73"},
    {"error(type(1) .. type(nil) .. type(type))", ":1: numbernilfunction"},
    {"type()", ":1: bad argument #1 to 'type' (value expected)"},
    {"error(tonumber(7) .. tonumber('7'))", ":1: 77"},
    {"\npairs({ [error] = 1 })", ":2: a key is a function: expected numbers, strings and booleans"},
    {"string.format('%p', {})", ":1: bad argument #1 to 'format' (expected no %p)"},
    {"string.format('%s', {})", ":1: bad argument #2 to 'format' (expected a string, a number or a boolean)"},
    {"error('\\27[31m\\n red')", ":1:  [31m  red"},
    /* Without end, in steps, in memory, in C. */
    {"while true do end", ":1: runs for ever: expected to end within 1000000 steps"},
    {"\n::a::\ngoto a", ":3: runs for ever: expected to end within 1000000 steps"},
    {"local function f() return f() end\nf()", ":1: runs for ever: expected to end within 1000000 steps"},
    {"local function f() f() end\nf()", ":1: takes too much memory: expected at most 2048 KiB"},
    {"local t = {}\nfor i = 1, 1e9 do\n  t[i] = {}\nend",
     ":3: takes too much memory: expected at most 2048 KiB"},
    {"local s = 'x'\nwhile true do\n  s = s .. s\nend",
     ":3: takes too much memory: expected at most 2048 KiB"},
    {"local s = ('x'):rep(65536)\nlocal t = {}\nfor i = 1, 1e9 do t[i] = s .. i end",
     ":3: takes too much memory: expected at most 2048 KiB"},
    {"string.rep('x', 1e9)", ":1: string.rep makes too much: expected at most 65536 octets"},
    {"string.rep('', 1e15)\n", ":1: the file returns nothing: expected `return behaviour { ... }`"},
    {"local t = {}\nfor i = 0, 40 do t[1 << i] = i end t[5] = 5\ntable.insert(t, 1, 1)",
     ":3: the table has too many items: expected at most 65536"},
    {"local t = {}\nfor i = 0, 40 do t[1 << i] = i end t[5] = 5\ntable.sort(t)",
     ":3: the table has too many items: expected at most 65536"},
    {"local a = ('a'):rep(65536)\nlocal b = ('a'):rep(32768) .. 'b'\nwhile true do a:find(b) end",
     ":3: takes too long: expected to end within 2 s"},
    {"local s = ('x'):rep(65536)\nlocal t = string.format('%s%s%s%s%s%s%s%s%s%s%s%s%s%s%s%s%s%s%s%s', s, s, s, s, s, s, "
     "s, s, s, s, s, s, s, s, s, s, s, s, s, s)\nt = t .. t",
     ":2: takes too much memory: expected at most 2048 KiB"},
    {"string.format('%99999d', 1)", ":1: invalid conversion specification: '%99999d'"},
    {"('x'):rep(65536, ('y'):rep(65536))", ":1: string.rep makes too much: expected at most 65536 octets"},
    {"local t, x = {}, ('x'):rep(64)\nfor i = 1, 60000 do t[i] = x end\nlocal s = table.concat(t)",
     ":3: takes too much memory: expected at most 2048 KiB"},
    {"table.concat({}, 'x', 1, 1e9)", ":1: invalid value (nil) at index 1 in table for 'concat'"},
    {"table.insert({}, 9007199254740993, 1)", ":1: bad argument #2 to 'insert' (position out of bounds)"},
    {"table.sort({ 3, 2, 1 }, function() while true do end end)",
     ":1: runs for ever: expected to end within 1000000 steps"},
    {"table.sort({ 1, 2, 3, 4, 5 }, function() return true end)", ":1: invalid order function for sorting"},
    {"local function f(...) return f(1, ...) end\nf()", ":1: takes too much memory: expected at most 2048 KiB"},
    {"goto nowhere", ":1: no visible label 'nowhere' for <goto> at line 1"},
    {"do goto a end\nlocal x\n::a::\nerror(x)", ":4: <goto a> at line 1 jumps into the scope of local 'x'"},
    {"table.unpack({}, 1, 1e8)", ":1: too many results to unpack"},
    {"local t = {}\nt[1] = t\nreturn behaviour { name = t }",
     ":3: tables are nested too deeply, or in a circle: expected at most 16 levels"},
    {"return behaviour(1)", ":1: the constructor takes a number: expected one table, `{ ... }`"},
    {"behaviour {}\nreturn behaviour {}",
     ":2: the constructor is called a second time: expected one for each file"},
    {"", ":1: the file returns nothing: expected `return behaviour { ... }`"},
    {"return {}", ":1: the file returns a table: expected `return behaviour { ... }`"},
    {"behaviour {}\nreturn {}", ":2: the file returns a table: expected `return behaviour { ... }`"},
    {"return scenario {}",
     ":1: `scenario` begins a file of another kind: expected `return behaviour { ... }`"},
    {"return behaviour {\n  name = \n}", ":3: unexpected symbol near '}'"},
    {"return behaviour {\n  name = 'a'\n  point = 'b'\n}",
     ":3: '}' expected (to close '{' at line 1) near 'point'"},
};

/* What stands between the fields of a good behaviour and its end: a whole file is HEAD, this, "}\n". It
 * begins on line 3. */
#define HEAD "return behaviour {\n  name = \"x\", cites = \"MAP-3.1-a\","
static const struct broken handlers[] = {
    {"point = 'delete.in_use',\n DELETE = function(box, by) return NO 'No' end,", ""},
    {"", ":1: no field `point`: expected a string"},
    {"point = 'delete.in_us',\nDELETE = function() return NO 'No' end",
     ":3: unknown point `delete.in_us`: expected a choice point (nearest name: delete.in_use)"},
    {"point = 'delete.in_use'",
     ":3: no handler for the point delete.in_use: expected `DELETE = function(box, by) ... end`"},
    {"point = 'delete.in_use', DELETE = 1", ":3: field `DELETE` is an integer: expected a function"},
    {"point = 7", ":3: field `point` is an integer: expected a string"},
    {"point = 'delete.in_use',\nDELET = function() end",
     ":4: unknown field `DELET`: expected another (nearest name: DELETE)"},
    {"point = 'delete.in_use',\n\nfalt = true",
     ":5: unknown field `falt`: expected another (nearest name: fault)"},
    {"point = 'delete.in_use',\n{}", ":4: a value without a name: expected `name = value`"},
    {"point = 'fault.store',\nstore = function(m) m:lose_write() end",
     ":4: `store` answers fault.store, which only breaks rules: expected `fault = true` (nearest name: "
     "STORE)"},
    {"point = 'fault.store', fault = true,\nstore = function(m) m:lose_write() end", ""},
    {"point = 'delete.in_use',\nDELETE = function(box, by)\n  box:gost()\nend",
     ":5: unknown primitive `gost`: expected one that delete.in_use offers (nearest name: ghost)"},
    {"point = 'delete.in_use',\nDELETE = function(box, by)\n  box:lose_write()\nend",
     ":5: unknown primitive `lose_write`: expected one that delete.in_use offers (nearest name: close_own)"},
    {"point = 'error.word',\nerror = function(s, by)\n  s:ghost()\nend",
     ":5: unknown primitive `ghost`: error.word offers none, expected a tagged word alone"},
    {"point = 'delete.in_use',\nDELETE = function(box, by)\n  box.ghost()\nend",
     ":5: called on nothing: expected a colon, `box:name()`"},
    {"point = 'delete.in_use',\nDELETE = function(box, by)\n  box:ghost(1)\nend",
     ":5: ghost is called with a number: expected no argument"},
    {"point = 'fault.clientid', fault = true,\nclientid = function(s, by)\n  s:cid_clear() s:cid_after() "
     "s:cid_twice() "
     "s:cid_no() s:cid_untagged() s:cid_long() s:cid_short() s:cid_literal()\n  s:cid_hides()\nend",
     ":6: too many primitives: expected at most 8"},
    {"point = 'delete.in_use',\nDELETE = function(box, by)\n  box:ghost(true)\nend",
     ":5: ghost is called with a boolean: expected no argument"},
    {"point = 'delete.in_use',\nDELETE = function(box, by)\n  return NO('No').text\nend",
     ":5: a reply has no fields: expected `return` with it, or a code as second value"},
    {"point = 'delete.in_use',\nkept = OK 'x'", ":4: a handle in the table: expected plain values"},
    {"point = 'delete.in_use',\nDELETE = function(box, by)\n  box:ghost() box:ghost()\nend",
     ":5: ghost is called twice: expected once"},
    {"point = 'delete.in_use',\nDELETE = function(box, by)\n  box.ghost = 1\nend",
     ":5: `ghost` cannot be set: box is read-only"},
    {"point = 'delete.in_use',\nDELETE = function(box, by)\n  if by.whom == 'own' then return NO 'No' "
     "end\nend",
     ":5: unknown field `whom`: expected one of delete.in_use's context (nearest name: who)"},
    {"point = 'delete.in_use',\nDELETE = function(box, by)\n  if by.othr then return NO 'No' end\nend",
     ":5: unknown field `othr`: expected one of delete.in_use's context (nearest name: other)"},
    {"point = 'fault.append', fault = true,\nappend = function(box, by)\n  if by.x then box:twice() end\nend",
     ":5: unknown field `x`: expected one of fault.append's context (nearest name: none; it has no field)"},
    {"point = 'delete.in_use',\nDELETE = function(box, by)\n  return 'No'\nend",
     ":4: DELETE (who=other mode=select state=quiet) returns a string: expected a tagged word such as OK "
     "\"text\", or nothing"},
    {"point = 'delete.in_use',\nDELETE = function(box, by)\n  return OK 'Yes'\nend",
     ":4: DELETE (who=other mode=select state=quiet) returns OK after 0 primitives: expected some of ghost, "
     "orphan, "
     "disconnect_others, disconnect_own, empty, destroy, close_own"},
    {"point = 'delete.in_use',\nDELETE = function(box, by)\n  if by.own then box:ghost() end\n return NO "
     "'No'\nend",
     ":4: DELETE (who=own mode=select state=quiet) returns NO, yet calls ghost: expected no primitive with "
     "it"},
    {"point = 'delete.in_use', fault = true,\nDELETE = function(box, by)\n  box:ghost()\n return NO "
     "'No'\nend",
     ""},
    {"point = 'delete.in_use',\nDELETE = function(box, by)\n  box:ghost()\nend",
     ":4: DELETE (who=other mode=select state=quiet) returns nothing: expected OK or NO"},
    {"point = 'delete.in_use',\nDELETE = function(box, by)\n  box:ghost() box:destroy() return OK 'x'\nend",
     ":4: DELETE (who=other mode=select state=quiet) calls both ghost and destroy: expected one of them"},
    {"point = 'delete.in_use',\nDELETE = function(box, by)\n  return BAD 'x'\nend",
     ":4: DELETE (who=other mode=select state=quiet) returns BAD: expected OK or NO"},
    {"point = 'fetch.expunged',\nFETCH = function(m, by)\n  return OK 'x'\nend",
     ":4: FETCH (form=seq gone=some item=flags) returns OK after 0 primitives: expected one of true_data, "
     "empty_data, absent"},
    {"point = 'tell.flags',\ntell_flags = function(m, by)\n  return OK 'x'\nend",
     ":4: tell_flags (when=command) returns OK: expected nothing, since tell.flags prescribes no tagged "
     "word"},
    {"point = 'tell.flags',\ntell_flags = function(m, by)\n  m:now() m:later()\nend",
     ":4: tell_flags (when=command) calls 2 primitives: expected one of now, later"},
    {"point = 'ghost.last',\nlast_one_left = function(m, by)\n  return 1\nend",
     ":4: last_one_left returns a number: expected nothing"},
    {"point = 'ghost.visible',\nvisible = function(m, by)\n  return 'yes'\nend",
     ":4: visible (who=inside) returns a string: expected true or false"},
    {"point = 'delete.in_use',\nDELETE = function(box, by)\n  return NO 'No' .. by.who\nend",
     ":5: attempt to concatenate a reply value"},
    {"point = 'delete.in_use',\nDELETE = function(box, by)\n  return NO\nend",
     ":4: DELETE (who=other mode=select state=quiet) returns a function: expected a tagged word such as OK "
     "\"text\", or nothing"},
    {"point = 'delete.in_use',\nDELETE = function(box, by)\n  return NO()\nend",
     ":5: NO is called with nothing: expected a text, and perhaps a code"},
    {"point = 'delete.in_use',\nDELETE = function(box, by)\n  return NO 'a\\r\\nb'\nend",
     ":5: the text of NO cannot be sent: expected 1 to 63 printable ASCII characters, the first neither a "
     "blank nor ["},
    {"point = 'delete.in_use',\nDELETE = function(box, by)\n  return NO(('x'):rep(64))\nend",
     ":5: the text of NO cannot be sent: expected 1 to 63 printable ASCII characters, the first neither a "
     "blank nor ["},
    {"point = 'delete.in_use',\nDELETE = function(box, by)\n  return NO(('x'):rep(63))\nend", ""},
    {"point = 'delete.in_use',\nDELETE = function(box, by)\n  return NO('x', 'INUS')\nend",
     ":5: unknown code `INUS`: expected another (nearest name: INUSE)"},
    {"point = 'delete.in_use',\nDELETE = function(box, by)\nend",
     ":4: the handler answers in no context: expected a tagged word or a primitive in one at least"},
    {"point = 'delete.in_use',\nDELETE = function(box, by)\n  while true do end\nend",
     ":5: runs for ever: expected to end within 100000 steps"},
    {"point = 'delete.in_use',\nDELETE = function(box, by)\n  local s = 'x'\n  while true do s = s .. s "
     "end\nend",
     ":6: takes too much memory: expected at most 2048 KiB"},
    {"point = 'delete.in_use',\nDELETE = function(box, by)\n  os.exit()\nend",
     ":5: unknown name `os`: expected one that lua/API.md lists (nearest name: OK)"},
    {"point = 'delete.in_use',\nDELETE = function(box, by)\n  return NO(by)\nend",
     ":5: NO is called with context: expected a text, and perhaps a code"},
    {"point = 'delete.in_use',\nDELETE = behaviour",
     ":1: the constructor takes more than one value: expected one table, `{ ... }`"},
};

/* Whole files, for what needs a state of its own before the table. */
static const struct broken wholes[] = {
    {"local kept\nreturn behaviour {\n  name = 'x', cites = 'MAP-3.1-a', point = 'delete.in_use',\n"
     "  DELETE = function(box, by)\n    if kept then kept:ghost() end\n    kept = box\n    return NO 'No'\n  "
     "end,\n}",
     ":5: this handle is stale: expected the one of the running call"},
    {"local kept\nreturn behaviour {\n  name = 'x', cites = 'MAP-3.1-a', point = 'delete.in_use',\n"
     "  DELETE = function(box, by)\n    if kept and kept.own then box:ghost() end\n    kept = by\n    return "
     "NO 'No'\n  end,\n}",
     ":5: this handle is stale: expected the one of the running call"},
    {"local ghost\nreturn behaviour {\n  name = 'x', cites = 'MAP-3.1-a', point = 'delete.in_use',\n"
     "  DELETE = function(box, by)\n    ghost = ghost or box.ghost\n    ghost(box)\n    return OK 'x'\n  "
     "end,\n}",
     ""},
    {"local n = 0\nreturn behaviour {\n  name = 'x', cites = 'MAP-3.1-a', point = 'delete.in_use',\n\n"
     "  DELETE = function(box, by)\n    n = n + 1\n    if n % 2 == 0 then return NO 'No' end\n  end,\n}",
     ":5: DELETE (who=both mode=examine state=idle) depends on earlier calls: expected the same answer in "
     "the same context"},
    {"return behaviour {\n  cites = 'MAP-3.1-a',\n  point = 'delete.in_use',\n  DELETE = function() return "
     "NO 'No' end,\n}",
     ":1: no field `name`: expected a string"},
    {"\n\nreturn behaviour {\n  name = 'x', point = 'delete.in_use',\n  DELETE = function() return NO 'No' "
     "end,\n}",
     ":3: no field `cites`: expected a string"},
    {"return behaviour {\n  name = 'x',\n  cites = 'MAP-3.1-a MAP-3.9-z',\n  point = 'delete.in_use',\n  "
     "DELETE = function() return NO 'No' end,\n}",
     ":3: unknown clause `MAP-3.9-z`: expected an id of the catalogue (nearest name: MAP-3.1-a)"},
    {"return behaviour {\n  name = 'x',\n  cites = ' ',\n  point = 'delete.in_use',\n  DELETE = function() "
     "return NO 'No' end,\n}",
     ":3: cites is empty: expected ids of clauses, parted by blanks"},
    {"return behaviour {\n  name = 'x',\n  cites = ('MAP-3.1-a '):rep(10),\n  point = 'delete.in_use',\n  "
     "DELETE "
     "= function() return NO 'No' end,\n}",
     ":3: cites is too long: expected ids of clauses, parted by blanks, in at most 95 octets"},
    {"return behaviour {\n  name = 'A b',\n  cites = 'MAP-3.1-a',\n  point = 'delete.in_use',\n  DELETE = "
     "function() return NO 'No' end,\n}",
     ":2: the name cannot be used: expected 1 to 47 of a-z, 0-9, - and ."},
    /* The line of a field is found behind comments, long strings and functions. */
    {"--[[ return behaviour {\n name = 1 } ]]\nreturn behaviour({\n  DELETE = function(box) local t = { "
     "point = 1 } if box then return NO 'No' end end,\n"
     "  ['name'] = [==[\nx]==],\n  -- point = 1\n  cites = \"MAP-3.1-a\", --[=[\n ]=]\n  point = 'x' })",
     ":10: unknown point `x`: expected a choice point (nearest name: recent)"},
};

static int failures;
static char path[400];

static bool write_file(const char *text, size_t n) {
    FILE *f = fopen(path, "wb");
    bool ok = f && fwrite(text, 1, n, f) == n;
    return (f && fclose(f) == 0) && ok;
}

static void expect(const char *source, const char *have, const char *want) {
    if (strcmp(have, want) == 0)
        return;
    printf("---- %s\n  have %s\n  want %s\n", source, have, want);
    failures++;
}

static void check(const char *source, const char *error) {
    char err[2048] = "", want[2048];
    struct behaviours *b = behaviours_new();
    if (!write_file(source, strlen(source))) {
        printf("cannot write %s\n", path);
        exit(1);
    }
    int index = behaviours_load(b, path, err, sizeof err);
    snprintf(want, sizeof want, "%s%s", *error ? path : "", error);
    expect(source, index < 0 ? err : "", want);
    if ((index < 0) != (behaviours_count(b) == 0)) {
        printf("---- %s\n  index %d of %d\n", source, index, behaviours_count(b));
        failures++;
    }
    behaviours_free(b);
}

/* Files that are no Lua files. */
static void test_files(void) {
    char err[2048], want[2048];
    struct behaviours *b = behaviours_new();
    char *big = calloc(1, SCRIPT_OCTETS + 1);
    memset(big, ' ', SCRIPT_OCTETS + 1);
    unlink(path);
    behaviours_load(b, path, err, sizeof err);
    snprintf(want, sizeof want, "%s: No such file or directory", path);
    expect("a file that is not there", err, want);
    if (big && write_file(big, SCRIPT_OCTETS + 1))
        behaviours_load(b, path, err, sizeof err);
    snprintf(want, sizeof want, "%s: too long: expected at most 256 KiB", path);
    expect("a long file", err, want);
    free(big);
    behaviours_load(b, "/dev/zero", err, sizeof err);
    expect("/dev/zero", err, "/dev/zero: not a file: expected a Lua file");
    unlink(path);
    if (mkfifo(path, 0600) == 0)
        behaviours_load(b, path, err, sizeof err);
    snprintf(want, sizeof want, "%s: not a file: expected a Lua file", path);
    expect("a pipe", err, want);
    unlink(path);
    if (behaviours_load_folder(b, "/nonexistent", err, sizeof err) != -1)
        expect("a folder that is not there", "loads", "");
    expect("a folder that is not there", err, "/nonexistent: No such file or directory");
    behaviours_free(b);
}

/* Sources that are nested so deep that the compiler itself would run out of stack. */
static void test_deep(void) {
    static const char *const open[] = {"(", "{", "- ", "not ", "function() return ", "'a' .. "};
    for (size_t i = 0; i < sizeof open / sizeof *open; i++) {
        char *source = calloc(1, 200000), want[2048], err[2048] = "";
        struct behaviours *b = behaviours_new();
        size_t n = source ? (size_t)sprintf(source, "return ") : 0;
        for (int k = 0; source && k < 5000; k++)
            n += (size_t)sprintf(source + n, "%s", open[i]);
        if (source && write_file(source, n))
            behaviours_load(b, path, err, sizeof err);
        snprintf(want, sizeof want, "%s:1: C stack overflow", path);
        expect(open[i], err, want);
        behaviours_free(b);
        free(source);
    }
}

/* A script finds nothing of another's: each has a state of its own, even where one has failed. */
static void test_apart(void) {
    static const char *const first = "local t = string\nfor _, k in ipairs({ 'rep', 'find' }) do t[k .. '2'] = error end";
    char err[2048] = "", want[2048];
    struct behaviours *b = behaviours_new();
    write_file(first, strlen(first));
    behaviours_load(b, path, err, sizeof err);
    snprintf(want, sizeof want, "%s:2: `string.rep2` cannot be set: expected a `local`", path);
    expect(first, err, want);
    static const char *const second = "error(tostring(string.rep2))";
    write_file(second, strlen(second));
    behaviours_load(b, path, err, sizeof err);
    snprintf(want, sizeof want,
             "%s:1: unknown name `string.rep2`: expected one that lua/API.md lists (nearest name: string.rep)", path);
    expect(second, err, want);
    behaviours_free(b);
}

static void test_twice(void) {
    char err[2048] = "", want[2048];
    struct behaviours *b = behaviours_new();
    const char *good = "\nreturn behaviour {\n  name = 'x', cites = 'MAP-3.1-a', point = 'delete.in_use',\n"
                       "  DELETE = function(box, by) if by.own then return NO 'No' end end,\n}";
    write_file(good, strlen(good));
    int first = behaviours_load(b, path, err, sizeof err), second = behaviours_load(b, path, err, sizeof err);
    snprintf(want, sizeof want, "%s:3: the name `x` is taken by %s: expected another", path, path);
    expect("twice the same", err, want);
    if (first != 0 || second != -1 || behaviours_find(b, "x") != 0 || behaviours_find(b, "y") != -1)
        expect("twice the same", "found wrongly", "");
    const char *other = "return behaviour {\n  name = 'y', cites = 'MAP-3.1-a', point = 'delete.in_use',\n"
                        "  DELETE = function(box, by) if not by.other then return NO 'No' end end,\n}";
    write_file(other, strlen(other));
    int y = behaviours_load(b, path, err, sizeof err);
    if (behaviours_compatible(b, (int[]){first, y}, 2, err, sizeof err))
        expect("two that answer the same", "compatible", "");
    expect("two that answer the same", err,
           "behaviours `x` and `y` both answer delete.in_use (who=own mode=select state=quiet): expected one "
           "of them");
    if (!behaviours_compatible(b, (int[]){y}, 1, err, sizeof err))
        expect("one alone", err, "");
    const char *third = "return behaviour {\n  name = 'z', cites = 'MAP-3.1-a', point = 'rename.in_use',\n"
                        "  RENAME = function(box, by) return NO 'No' end,\n}";
    write_file(third, strlen(third));
    int z = behaviours_load(b, path, err, sizeof err);
    if (!behaviours_compatible(b, (int[]){first, z}, 2, err, sizeof err))
        expect("two that answer other points", err, "");
    behaviours_free(b);
}

/* The set of behaviours has a limit, and a folder's entries that lead nowhere are passed over. */
static void test_many(void) {
    char err[2048] = "", want[2048], folder[420], file[500];
    struct behaviours *b = behaviours_new();
    snprintf(folder, sizeof folder, "%s.d", path);
    mkdir(folder, 0777);
    for (int i = 0; i <= BEHAVIOURS_MAX; i++) {
        char source[300];
        snprintf(source, sizeof source,
                 "return behaviour { name = 'n%d', cites = 'MAP-3.1-a', point = 'rename.in_use',\n"
                 "  RENAME = function() return NO 'No' end }",
                 i);
        write_file(source, strlen(source));
        int index = behaviours_load(b, path, err, sizeof err);
        if (index != (i < BEHAVIOURS_MAX ? i : -1))
            expect("many", err, "");
    }
    snprintf(want, sizeof want, "%s:1: too many behaviours: expected at most %d", path, BEHAVIOURS_MAX);
    expect("one too many", err, want);
    behaviours_free(b);
    b = behaviours_new();
    snprintf(file, sizeof file, "%s/nowhere.lua", folder);
    unlink(file);
    if (symlink("nothing", file) != 0 || behaviours_load_folder(b, folder, err, sizeof err) != 0)
        expect("a link to nothing", err, "");
    unlink(file);
    rmdir(folder);
    behaviours_free(b);
}

int main(int argc, char **argv) {
    (void)argc;
    char *self = strdup(argv[0]);
    snprintf(path, sizeof path, "%s/case-%ld.lua", dirname(self), (long)getpid());
    free(self);
    size_t n = 0;
    for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++, n++)
        check(escapes[i].source, escapes[i].error);
    for (size_t i = 0; i < sizeof handlers / sizeof *handlers; i++, n++) {
        char source[2048];
        snprintf(source, sizeof source, HEAD "\n%s\n}\n", handlers[i].source);
        check(source, handlers[i].error);
    }
    for (size_t i = 0; i < sizeof wholes / sizeof *wholes; i++, n++)
        check(wholes[i].source, wholes[i].error);
    test_files();
    test_deep();
    test_apart();
    test_twice();
    test_many();
    unlink(path);
    printf("%zu files, %d failures\n", n, failures);
    return failures > 0;
}
