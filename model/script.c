/* script.c: one Lua state for one file, with budgets of memory, steps and time, and one way for errors to
 * leave it. */
#include "script_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Lua puts this name before the line in its messages; the file's own path takes its place, uncut. */
#define CHUNK      "@"
#define HOOK_STEPS 100

static int64_t cpu_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* The line that runs now; 0 if no Lua function does. Allocates nothing. */
static int running_line(lua_State *L) {
    lua_Debug d;
    for (int level = 0; lua_getstack(L, level, &d); level++)
        if (lua_getinfo(L, "Sl", &d) && d.currentline > 0)
            return d.currentline;
    return 0;
}

static void *allocate(void *user, void *p, size_t old, size_t n) {
    struct script *s = user;
    size_t before = p ? old : 0; /* without p, `old` is a type */
    if (n == 0) {
        free(p);
        s->used -= before;
        return NULL;
    }
    void *q = s->bounded && n > before && s->used + (n - before) > SCRIPT_MEMORY ? NULL : realloc(p, n);
    if (q)
        s->used += n - before;
    else if (s->L)
        s->refused_line = running_line(s->L);
    return q;
}

struct script *script_of(lua_State *L) {
    void *user;
    lua_getallocf(L, &user);
    return user;
}

static void count_steps(lua_State *L, lua_Debug *d) {
    (void)d;
    struct script *s = script_of(L);
    s->steps += HOOK_STEPS;
    if (s->steps > s->steps_max)
        script_fail(L, "runs for ever: expected to end within %u steps", (unsigned)s->steps_max);
    if (cpu_ms() - s->started > SCRIPT_SECONDS * 1000)
        script_fail(L, "takes too long: expected to end within %d s", SCRIPT_SECONDS);
}

/* ---- errors ---- */

int script_fail(lua_State *L, const char *format, ...) {
    char text[512];
    va_list a;
    va_start(a, format);
    vsnprintf(text, sizeof text, format, a);
    va_end(a);
    lua_pushfstring(L, CHUNK ":%d: %s", running_line(L), text);
    return lua_error(L);
}

void script_write_error(const struct script *s, int line, char *err, size_t errlen, const char *format, ...) {
    char text[512];
    va_list a;
    va_start(a, format);
    vsnprintf(text, sizeof text, format, a);
    va_end(a);
    snprintf(err, errlen, "%s:%d: %s", s->path, line > 0 ? line : 1, text);
    for (char *p = err; errlen && *p;
         p++) /* a script's text may hold anything; a terminal should not see it */
        if ((unsigned char)*p < ' ' || *p == 0x7F)
            *p = ' ';
}

/* Where an error is raised: puts the running line before a message that has none, as of Lua's C functions. */
static int add_line(lua_State *L) {
    const char *m = lua_tostring(L, 1);
    if (!m || strncmp(m, CHUNK ":", 2) != 0)
        lua_pushfstring(L, CHUNK ":%d: %s", running_line(L), m ? m : "failed without a text");
    return 1;
}

/* The message on top of the stack as the one line; pops it. */
static void take_message(struct script *s, int status, char *err, size_t errlen) {
    lua_State *L = s->L;
    if (status == LUA_ERRMEM) {
        script_write_error(s, s->refused_line, err, errlen, "takes too much memory: expected at most %u KiB",
                           SCRIPT_MEMORY >> 10);
    } else {
        const char *m = lua_tostring(L, -1);
        char *text = NULL;
        int line = 0;
        if (m && strncmp(m, CHUNK ":", 2) == 0)
            line = (int)strtol(m + 2, &text, 10);
        if (text && *text == ':')
            m = text + 1 + (text[1] == ' ');
        script_write_error(s, line, err, errlen, "%s", m ? m : "failed without a text");
    }
    lua_settop(L, 0);
}

bool script_call(struct script *s, int args, int results, uint64_t steps, char *err, size_t errlen) {
    s->steps = 0;
    s->steps_max = steps;
    s->bounded = true;
    int handler = lua_gettop(s->L) - args;
    lua_pushcfunction(s->L, add_line);
    lua_insert(s->L, handler);
    lua_sethook(s->L, count_steps, LUA_MASKCOUNT, HOOK_STEPS);
    int status = lua_pcall(s->L, args, results, handler);
    lua_sethook(s->L, NULL, 0, 0);
    s->bounded = false;
    if (status == LUA_OK) {
        lua_remove(s->L, handler);
        return true;
    }
    take_message(s, status, err, errlen);
    return false;
}

/* ---- life ---- */

static int open_protected(lua_State *L) {
    const luaL_Reg *own = lua_touserdata(L, 1);
    lua_remove(L, 1);
    if (!lua_isnil(L, 1))
        lua_call(L, 0, 0);
    lua_settop(L, 0);
    script_open_env(L, own);
    return 0;
}

struct script *script_new(const char *path, const luaL_Reg *own, lua_CFunction types) {
    struct script *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->path = path;
    s->started = cpu_ms();
    lua_State *L = lua_newstate(allocate, s);
    s->L = L;
    if (L) {
        lua_pushcfunction(L, open_protected);
        lua_pushlightuserdata(L, (void *)own);
        if (types)
            lua_pushcfunction(L, types);
        else
            lua_pushnil(L);
        if (lua_pcall(L, 2, 0, 0) == LUA_OK)
            return s;
    }
    script_free(s);
    return NULL;
}

void script_free(struct script *s) {
    if (!s)
        return;
    if (s->L)
        lua_close(s->L);
    free(s->source);
    free(s);
}

/* ---- the file ---- */

static bool read_source(struct script *s, char *err, size_t errlen) {
    struct stat st;
    int fd = open(s->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &st) < 0) {
        snprintf(err, errlen, "%s: %s", s->path, strerror(errno));
        if (fd >= 0)
            close(fd);
        return false;
    }
    bool ok = false;
    if (!S_ISREG(st.st_mode))
        snprintf(err, errlen, "%s: not a file: expected a Lua file", s->path);
    else if (st.st_size > (off_t)SCRIPT_OCTETS)
        snprintf(err, errlen, "%s: too long: expected at most %u KiB", s->path, SCRIPT_OCTETS >> 10);
    else if (!(s->source = malloc((size_t)st.st_size + 1)))
        snprintf(err, errlen, "%s: out of memory", s->path);
    else {
        size_t size = (size_t)st.st_size;
        ssize_t n;
        while (s->source_n < size && (n = read(fd, s->source + s->source_n, size - s->source_n)) > 0)
            s->source_n += (size_t)n;
        s->source[s->source_n] = '\0';
        ok = true;
    }
    close(fd);
    return ok;
}

bool script_run(struct script *s, const char *constructor, char *err, size_t errlen) {
    lua_State *L = s->L;
    if (!read_source(s, err, errlen))
        return false;
    if (s->source_n && s->source[0] == LUA_SIGNATURE[0]) {
        script_write_error(s, 1, err, errlen, "compiled Lua: expected source text");
        return false;
    }
    s->bounded = true;
    int status = luaL_loadbufferx(L, s->source, s->source_n, "=" CHUNK, "t");
    s->bounded = false;
    if (status != LUA_OK) {
        take_message(s, status, err, errlen);
        return false;
    }
    if (!script_call(s, 0, 1, SCRIPT_STEPS, err, errlen))
        return false;
    lua_getfield(L, LUA_REGISTRYINDEX, "constructed");
    if (lua_istable(L, -1) && lua_rawequal(L, -1, -2)) {
        lua_pop(L, 1);
        return true;
    }
    int last = 1;
    for (size_t i = 0; i + 1 < s->source_n; i++)
        last += s->source[i] == '\n';
    script_write_error(s, last, err, errlen, "the file returns %s: expected `return %s { ... }`",
                       script_type_text(L, -2), constructor);
    lua_settop(L, 0);
    return false;
}

int script_construct(lua_State *L) {
    if (lua_gettop(L) != 1 || !lua_istable(L, 1))
        return script_fail(L, "the constructor takes %s: expected one table, `{ ... }`",
                           lua_gettop(L) > 1 ? "more than one value" : script_type_text(L, 1));
    lua_getfield(L, LUA_REGISTRYINDEX, "constructed");
    if (!lua_isnil(L, -1))
        return script_fail(L, "the constructor is called a second time: expected one for each file");
    lua_pushvalue(L, 1);
    lua_setfield(L, LUA_REGISTRYINDEX, "constructed");
    lua_settop(L, 1);
    return 1;
}
