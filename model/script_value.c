/* script_value.c: the returned table as a tree of plain values, and its checks. */
#include "script_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct block {
    struct block *next;
    char data[];
};

struct script_file {
    struct block *blocks;
    char *path, doc[160];
    struct script_value root;
};

struct grower {
    struct script *s;
    struct script_file *f;
    struct script_lines lines;
    unsigned values;
    char *err;
    size_t errlen;
};

static void *keep(struct script_file *f, size_t n) {
    struct block *b = malloc(sizeof *b + n);
    if (!b)
        return NULL;
    b->next = f->blocks;
    f->blocks = b;
    return b->data;
}

static bool refuse(struct grower *g, int line, const char *text) {
    script_write_error(g->s, line, g->err, g->errlen, "%s", text);
    return false;
}

static bool grow_table(struct grower *g, struct script_value *v, uint32_t at, int depth);

/* The value on top of the stack, which stays. `at`: its entry in the lines, 0 if unknown. */
static bool grow(struct grower *g, struct script_value *v, uint32_t at, int line, int depth) {
    lua_State *L = g->s->L;
    *v = (struct script_value){.line = line, .text_line = line};
    if (at || depth == 0) {
        v->line = g->lines.v[at].line;
        v->text_line = g->lines.v[at].text_line;
    }
    if (++g->values > SCRIPT_VALUES)
        return refuse(g, v->line, "too many values: expected fewer");
    switch (lua_type(L, -1)) {
    case LUA_TBOOLEAN:
        v->kind = SCRIPT_BOOLEAN;
        v->boolean = lua_toboolean(L, -1);
        return true;
    case LUA_TNUMBER:
        v->number = lua_tonumber(L, -1);
        v->kind = lua_isinteger(L, -1) ? SCRIPT_INTEGER : SCRIPT_NUMBER;
        v->integer = lua_isinteger(L, -1) ? lua_tointeger(L, -1) : 0;
        return true;
    case LUA_TSTRING: {
        size_t n;
        const char *text = lua_tolstring(L, -1, &n);
        char *copy = keep(g->f, n + 1);
        if (!copy)
            return refuse(g, v->line, "out of memory");
        v->kind = SCRIPT_STRING;
        v->text = memcpy(copy, text, n + 1);
        v->length = (uint32_t)n;
        return true;
    }
    case LUA_TFUNCTION:
        v->kind = SCRIPT_FUNCTION;
        return true;
    case LUA_TTABLE:
        return grow_table(g, v, at, depth);
    default:
        return refuse(g, v->line, "a handle in the table: expected plain values");
    }
}

static int by_name(const void *a, const void *b) {
    return strcmp(((const struct script_item *)a)->name, ((const struct script_item *)b)->name);
}

/* All items' keys: positions 1 to n first; the names follow, in order. */
static bool collect_keys(struct grower *g, struct script_value *v, struct script_item **item) {
    lua_State *L = g->s->L;
    lua_Unsigned positions = lua_rawlen(L, -1);
    uint32_t n = 0, named = 0;
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1))
        n++;
    if (n > SCRIPT_VALUES || positions > n)
        return refuse(g, v->line,
                      "too many values, or holes between them: expected positions 1, 2, 3, ... and names");
    *item = keep(g->f, (n + 1) * sizeof **item);
    if (!*item)
        return refuse(g, v->line, "out of memory");
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
        const char *name = script_name_at(L, -2);
        char *copy = name ? keep(g->f, strlen(name) + 1) : NULL;
        if (copy) {
            (*item)[positions + named++].name = strcpy(copy, name);
            continue;
        }
        lua_Integer i = lua_isinteger(L, -2) ? lua_tointeger(L, -2) : 0;
        if (i < 1 || (lua_Unsigned)i > positions) {
            lua_pop(L, 2);
            return refuse(
                g, v->line,
                "a key is neither a name nor a position: expected positions 1, 2, 3, ... and names");
        }
    }
    qsort(*item + positions, named, sizeof **item, by_name);
    for (lua_Unsigned i = 0; i < positions; i++)
        (*item)[i].name = NULL;
    v->items = n;
    return true;
}

static bool grow_table(struct grower *g, struct script_value *v, uint32_t at, int depth) {
    lua_State *L = g->s->L;
    struct script_item *item = NULL;
    v->kind = SCRIPT_TABLE;
    if (depth == SCRIPT_DEPTH || !lua_checkstack(L, 8))
        return refuse(g, v->line, "tables are nested too deeply, or in a circle: expected at most 16 levels");
    if (!collect_keys(g, v, &item))
        return false;
    v->item = item;
    for (uint32_t i = 0; i < v->items; i++) {
        const char *name = item[i].name;
        uint32_t entry = at || depth == 0 ? script_line_of(&g->lines, at, name, name ? 0 : i + 1) : 0;
        if (name)
            lua_getfield(L, -1, name);
        else
            lua_rawgeti(L, -1, i + 1);
        bool ok = grow(g, &item[i].value, entry, v->line, depth + 1);
        lua_pop(L, 1);
        if (!ok)
            return false;
    }
    return true;
}

/* The first line of the leading `---` comment. */
static void find_doc(const struct script *s, char *doc, size_t cap) {
    if (strncmp(s->source, "---", 3) != 0)
        return;
    const char *p = s->source + 3 + strspn(s->source + 3, "- ");
    snprintf(doc, cap, "%.*s", (int)strcspn(p, "\r\n"), p);
}

struct script_file *script_tree(struct script *s, const char *constructor, char *err, size_t errlen) {
    struct grower g = {.s = s, .f = calloc(1, sizeof *g.f), .err = err, .errlen = errlen};
    bool ok = g.f && (g.f->path = strdup(s->path)) &&
              script_find_lines(&g.lines, s->source, s->source_n, constructor);
    if (!ok)
        refuse(&g, 1, "out of memory");
    ok = ok && grow(&g, &g.f->root, 0, 1, 0);
    if (ok)
        find_doc(s, g.f->doc, sizeof g.f->doc);
    free(g.lines.v);
    lua_settop(s->L, 0);
    if (ok)
        return g.f;
    script_file_free(g.f);
    return NULL;
}

void script_file_free(struct script_file *f) {
    if (!f)
        return;
    for (struct block *b = f->blocks, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    free(f->path);
    free(f);
}

struct script_file *script_load_table(const char *path, const char *constructor, char *err, size_t errlen) {
    const luaL_Reg own[] = {{constructor, script_construct}, {NULL, NULL}};
    struct script_file *f = NULL;
    struct script *s = script_new(path, own, NULL);
    if (!s)
        snprintf(err, errlen, "%s: out of memory", path);
    else if (script_run(s, constructor, err, errlen))
        f = script_tree(s, constructor, err, errlen);
    script_free(s);
    return f;
}

const struct script_value *script_file_root(const struct script_file *f) { return &f->root; }
const char *script_file_path(const struct script_file *f) { return f->path; }
const char *script_file_doc(const struct script_file *f) { return f->doc; }

/* ---- reading and checking ---- */

const struct script_value *script_get(const struct script_value *v, const char *name) {
    for (uint32_t i = 0; v->kind == SCRIPT_TABLE && i < v->items; i++)
        if (v->item[i].name && strcmp(v->item[i].name, name) == 0)
            return &v->item[i].value;
    return NULL;
}

const struct script_value *script_at(const struct script_value *v, uint32_t position) {
    bool there =
        v->kind == SCRIPT_TABLE && position >= 1 && position <= v->items && !v->item[position - 1].name;
    return there ? &v->item[position - 1].value : NULL;
}

bool script_error(const struct script_file *f, const struct script_value *v, char *err, size_t errlen,
                  const char *format, ...) {
    char text[512];
    va_list a;
    va_start(a, format);
    vsnprintf(text, sizeof text, format, a);
    va_end(a);
    const struct script s = {.path = f->path};
    script_write_error(&s, v ? v->line : f->root.line, err, errlen, "%s", text);
    return false;
}

const char *script_kinds_text(unsigned kinds, char *buf, size_t cap) {
    static const char *const names[] = {"a boolean", "an integer", "a number",
                                        "a string",  "a table",    "a function"};
    size_t n = 0;
    buf[0] = '\0';
    if (kinds & SCRIPT_NUMBER)
        kinds &= ~(unsigned)SCRIPT_INTEGER;
    for (unsigned i = 0; i < 6 && n < cap; i++)
        if (kinds >> i & 1)
            n += (size_t)snprintf(buf + n, cap - n, "%s%s", n ? " or " : "", names[i]);
    return buf;
}

static const struct script_rule *rule_of(const struct script_rule *rule, size_t rules, const char *name) {
    for (size_t i = 0; i < rules; i++)
        if (strcmp(rule[i].name, name) == 0)
            return &rule[i];
    return NULL;
}

static bool check_item(const struct script_file *f, const struct script_item *item,
                       const struct script_rule *rule, size_t rules, char *err, size_t errlen) {
    const struct script_rule *r = rule_of(rule, rules, item->name);
    char want[96], have[48];
    if (!r) {
        const char *names[128];
        size_t n = 0;
        for (; n < rules && n < 128; n++)
            names[n] = rule[n].name;
        const char *near = script_nearest(item->name, names, n);
        return script_error(f, &item->value, err, errlen,
                            "unknown field `%.60s`: expected another (nearest name: %s)", item->name,
                            near ? near : "none");
    }
    unsigned kinds = r->kinds | (r->kinds & SCRIPT_NUMBER ? (unsigned)SCRIPT_INTEGER : 0u);
    if (kinds & item->value.kind)
        return true;
    return script_error(f, &item->value, err, errlen, "field `%s` is %s: expected %s", item->name,
                        script_kinds_text(item->value.kind, have, sizeof have),
                        script_kinds_text(r->kinds, want, sizeof want));
}

bool script_check(const struct script_file *f, const struct script_value *table,
                  const struct script_rule *rule, size_t rules, bool positional, char *err, size_t errlen) {
    char want[96];
    if (table->kind != SCRIPT_TABLE)
        return script_error(f, table, err, errlen, "%s: expected a table",
                            script_kinds_text(table->kind, want, sizeof want));
    for (uint32_t i = 0; i < table->items; i++) {
        const struct script_item *item = &table->item[i];
        if (!item->name && !positional)
            return script_error(f, &item->value, err, errlen,
                                "a value without a name: expected `name = value`");
        if (item->name && !check_item(f, item, rule, rules, err, errlen))
            return false;
    }
    for (size_t i = 0; i < rules; i++)
        if (rule[i].required && !script_get(table, rule[i].name))
            return script_error(f, table, err, errlen, "no field `%s`: expected %s", rule[i].name,
                                script_kinds_text(rule[i].kinds, want, sizeof want));
    return true;
}
