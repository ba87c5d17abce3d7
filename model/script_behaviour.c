/* script_behaviour.c: `behaviour { ... }`: what the file says of itself, and each handler's answer in each
 * context. */
#include "script_behaviour.h"
#include "clauses.h"
#include "script_impl.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What one call of a handler says. */
struct recording {
    enum point point;
    uint32_t context;
    struct answer answer;
};

/* ---- handles: the mailbox (or messages) and the context of one call ---- */

static struct recording *current(lua_State *L, const char *type) {
    unsigned *call = luaL_testudata(L, 1, type);
    struct script *s = script_of(L);
    if (!call) {
        script_fail(L, "called on %s: expected a colon, `box:name()`", script_type_text(L, 1));
        return NULL;
    }
    if (*call != s->call)
        script_fail(L, "this handle is stale: expected the one of the running call");
    return s->user;
}

static int call_op(lua_State *L) {
    struct recording *r = current(L, "box");
    enum op op = (enum op)lua_tointeger(L, lua_upvalueindex(1));
    if (lua_gettop(L) > 1)
        return script_fail(L, "%s is called with %s: expected no argument", op_name(op),
                           script_type_text(L, 2));
    if (answer_has(&r->answer, op))
        return script_fail(L, "%s is called twice: expected once", op_name(op));
    if (r->answer.ops == ANSWER_OPS)
        return script_fail(L, "too many primitives: expected at most %d", ANSWER_OPS);
    r->answer.op[r->answer.ops++] = (uint8_t)op;
    return 0;
}

static int box_index(lua_State *L) {
    struct recording *r = current(L, "box");
    const char *name = script_name_at(L, 2), *names[OP_COUNT];
    int op = name ? op_by_name(name, r->point) : -1;
    if (op >= 0) {
        lua_pushinteger(L, op);
        lua_pushcclosure(L, call_op, 1);
        return 1;
    }
    size_t n = 0;
    for (int o = OP_NONE + 1; o < OP_COUNT; o++)
        if (op_allowed((enum op)o, r->point))
            names[n++] = op_name((enum op)o);
    if (n == 0)
        return script_fail(L, "unknown primitive `%.60s`: %s offers none, expected a tagged word alone",
                           name ? name : "?", point_name(r->point));
    return script_fail(L, "unknown primitive `%.60s`: expected one that %s offers (nearest name: %s)",
                       name ? name : "?", point_name(r->point), script_nearest(name ? name : "", names, n));
}

static bool is_yes_no(struct slice values) { return slice_is(values, "no,yes"); }

/* Takes the next word of a comma list. */
static bool take_value(struct slice *list, char *word, size_t cap) {
    if (list->n == 0)
        return false;
    const uint8_t *comma = memchr(list->p, ',', list->n);
    uint32_t n = comma ? (uint32_t)(comma - list->p) : list->n;
    snprintf(word, cap, "%.*s", (int)n, (const char *)list->p);
    uint32_t taken = n + (comma != NULL);
    *list = (struct slice){list->p + taken, list->n - taken};
    return true;
}

/* by.FIELD is the field's value; by.VALUE is whether some field has that value; a field of no and yes is a
 * boolean. */
static int context_index(lua_State *L) {
    struct recording *r = current(L, "context");
    const char *name = script_name_at(L, 2);
    char words[32][24]; /* names offered, for "nearest" */
    const char *names[32];
    struct slice field, values;
    size_t n = 0;
    for (int i = 0; point_field_at(r->point, i, &field, &values); i++) {
        char text[24], word[24];
        snprintf(text, sizeof text, "%.*s", (int)field.n, (const char *)field.p);
        const char *value = point_field(r->point, r->context, text);
        if (name && strcmp(name, text) == 0) {
            if (is_yes_no(values))
                lua_pushboolean(L, strcmp(value, "yes") == 0);
            else
                lua_pushstring(L, value);
            return 1;
        }
        names[n] = strcpy(words[n], text);
        n++;
        for (struct slice list = values; !is_yes_no(values) && take_value(&list, word, sizeof word);) {
            if (name && strcmp(name, word) == 0) {
                lua_pushboolean(L, strcmp(value, word) == 0);
                return 1;
            }
            names[n] = strcpy(words[n], word);
            n++;
        }
    }
    const char *near = script_nearest(name ? name : "", names, n);
    return script_fail(L, "unknown field `%.60s`: expected one of %s's context (nearest name: %s)",
                       name ? name : "?", point_name(r->point), near ? near : "none; it has no field");
}

/* ---- OK "text", NO("text", "INUSE") ---- */

struct said {
    uint8_t reply, code;
    char text[sizeof((struct answer *)0)->text];
};

static int say(lua_State *L, enum reply reply) {
    size_t n;
    const char *text = lua_type(L, 1) == LUA_TSTRING ? lua_tolstring(L, 1, &n) : NULL;
    if (!text || lua_gettop(L) > 2)
        return script_fail(L, "%s is called with %s: expected a text, and perhaps a code", reply_name(reply),
                           lua_gettop(L) > 2 ? "more than two values" : script_type_text(L, 1));
    bool plain = n >= 1 && n < sizeof((struct said *)0)->text && text[0] != '[' && text[0] != ' ';
    for (size_t i = 0; i < n && plain; i++)
        plain = text[i] >= ' ' && text[i] <= '~';
    if (!plain)
        return script_fail(
            L,
            "the text of %s cannot be sent: expected 1 to %u printable ASCII characters, the first "
            "neither a blank nor [",
            reply_name(reply), (unsigned)sizeof((struct said *)0)->text - 1);
    const char *code = lua_isnoneornil(L, 2) ? "" : script_name_at(L, 2);
    int kind = code && *code ? answer_code(code) : CODE_NONE;
    if (!code || (*code && kind == CODE_NONE)) {
        const char *const *codes = answer_codes();
        size_t k = 0;
        while (codes[k])
            k++;
        return script_fail(L, "unknown code `%.60s`: expected another (nearest name: %s)", code ? code : "?",
                           script_nearest(code ? code : "", codes, k));
    }
    struct said *said = lua_newuserdatauv(L, sizeof *said, 0);
    *said = (struct said){.reply = (uint8_t)reply, .code = (uint8_t)kind};
    memcpy(said->text, text, n);
    luaL_setmetatable(L, "reply");
    return 1;
}

static int say_ok(lua_State *L) { return say(L, REPLY_OK); }
static int say_no(lua_State *L) { return say(L, REPLY_NO); }
static int say_bad(lua_State *L) { return say(L, REPLY_BAD); }
static int say_bye(lua_State *L) { return say(L, REPLY_BYE); }

static int reply_index(lua_State *L) {
    return script_fail(L, "a reply has no fields: expected `return` with it, or a code as second value");
}

int script_behaviour_types(lua_State *L) {
    script_new_type(L, "box", box_index);
    script_new_type(L, "context", context_index);
    script_new_type(L, "reply", reply_index);
    return 0;
}

/* ---- asking ---- */

struct loader {
    struct script *s;
    struct script_file *file;
    struct recorded *out;
    char *err;
    size_t errlen;
};

static bool refuse(const struct loader *l, const char *field, const char *text) {
    return script_error(l->file, script_get(script_file_root(l->file), field), l->err, l->errlen, "%s", text);
}

/* The handler's answer in its context does not do. */
static bool refuse_answer(const struct loader *l, const struct recording *r, const char *what) {
    char where[128], text[512];
    point_context_text(r->point, r->context, where, sizeof where);
    snprintf(text, sizeof text, "%s%s%s%s %s", point_handler(r->point), *where ? " (" : "", where,
             *where ? ")" : "", what);
    return refuse(l, point_handler(r->point), text);
}

/* What the handler returned, on top of the stack, becomes part of the answer. */
static bool take_result(const struct loader *l, struct recording *r) {
    lua_State *L = l->s->L;
    struct answer *a = &r->answer;
    const struct said *said = luaL_testudata(L, -1, "reply");
    if (said) {
        a->reply = said->reply;
        a->code = said->code;
        memcpy(a->text, said->text, sizeof a->text);
    } else if (lua_isboolean(L, -1) && r->point == P_GHOST_VISIBLE && a->ops == 0) {
        a->ops = 1;
        a->op[0] = lua_toboolean(L, -1) ? OP_SHOW : OP_HIDE;
    } else if (!lua_isnil(L, -1)) {
        char what[128];
        snprintf(what, sizeof what, "returns %s: expected %s", script_type_text(L, -1),
                 r->point == P_GHOST_VISIBLE ? "true or false"
                 : point_has_reply(r->point) ? "a tagged word such as OK \"text\", or nothing"
                                             : "nothing");
        return refuse_answer(l, r, what);
    }
    return true;
}

static void push_handle(lua_State *L, const char *type, unsigned call) {
    *(unsigned *)lua_newuserdatauv(L, sizeof call, 0) = call;
    luaL_setmetatable(L, type);
}

/* Calls the handler of a point in one context. */
static bool ask(const struct loader *l, struct recording *r) {
    lua_State *L = l->s->L;
    char what[256];
    bool fault = l->out->about.fault;
    l->s->call++;
    l->s->user = r;
    lua_getfield(L, LUA_REGISTRYINDEX, "constructed");
    lua_getfield(L, -1, point_handler(r->point));
    push_handle(L, "box", l->s->call);
    push_handle(L, "context", l->s->call);
    bool ok = script_call(l->s, 2, 1, SCRIPT_STEPS_CALL, l->err, l->errlen) && take_result(l, r);
    l->s->call++;
    l->s->user = NULL;
    lua_settop(L, 0);
    if (ok && !answer_is_blank(&r->answer) && !answer_fits(r->point, &r->answer, fault, what, sizeof what))
        return refuse_answer(l, r, what);
    return ok;
}

/* All contexts of a point, then all again from the last to the first: an answer depends on its context alone.
 */
static bool ask_all(const struct loader *l, enum point p) {
    uint32_t n = point_contexts(p);
    struct answer *a = calloc(n, sizeof *a);
    l->out->at[p] = a;
    if (!a)
        return refuse(l, "", "out of memory");
    for (uint32_t i = 0; i < 2 * n; i++) {
        uint32_t c = i < n ? i : 2 * n - 1 - i;
        struct recording r = {.point = p, .context = c};
        if (!ask(l, &r))
            return false;
        if (i >= n && memcmp(&a[c], &r.answer, sizeof r.answer) != 0)
            return refuse_answer(l, &r,
                                 "depends on earlier calls: expected the same answer in the same context");
        a[c] = r.answer;
    }
    l->out->about.points |= (uint64_t)1 << p;
    return true;
}

/* ---- what the file says of itself ---- */

#define OWN_FIELDS 4

static bool check_fields(const struct loader *l) {
    struct script_rule rule[OWN_FIELDS + POINT_COUNT] = {
        {"name", SCRIPT_STRING, true},
        {"point", SCRIPT_STRING, true},
        {"cites", SCRIPT_STRING, true},
        {"fault", SCRIPT_BOOLEAN, false},
    };
    for (int p = 0; p < POINT_COUNT; p++)
        rule[OWN_FIELDS + p] = (struct script_rule){point_handler((enum point)p), SCRIPT_FUNCTION, false};
    return script_check(l->file, script_file_root(l->file), rule, OWN_FIELDS + POINT_COUNT, false, l->err,
                        l->errlen);
}

static bool take_name(const struct loader *l) {
    const struct script_value *v = script_get(script_file_root(l->file), "name");
    struct behaviour *b = &l->out->about;
    bool fine = v->length >= 1 && v->length < sizeof b->name && strlen(v->text) == v->length;
    for (const char *p = v->text; fine && *p; p++)
        fine = islower((unsigned char)*p) || isdigit((unsigned char)*p) || *p == '-' || *p == '.';
    if (!fine)
        return refuse(l, "name", "the name cannot be used: expected 1 to 47 of a-z, 0-9, - and .");
    strcpy(b->name, v->text);
    l->out->name_line = v->line;
    return true;
}

static bool take_cites(const struct loader *l) {
    const struct script_value *v = script_get(script_file_root(l->file), "cites");
    struct behaviour *b = &l->out->about;
    char text[256];
    unsigned ids = 0;
    if (v->length >= sizeof b->cites || strlen(v->text) != v->length)
        return refuse(l, "cites",
                      "cites is too long: expected ids of clauses, parted by blanks, in at most 95 octets");
    for (const char *p = v->text + strspn(v->text, " "); *p; p += strspn(p, " ")) {
        char id[sizeof b->cites];
        size_t n = strcspn(p, " ");
        snprintf(id, sizeof id, "%.*s", (int)n, p);
        p += n;
        ids++;
        if (clause_find(id))
            continue;
        snprintf(text, sizeof text, "unknown clause `%s`: expected an id of the catalogue (nearest name: %s)",
                 id, clause_nearest(id)->id);
        return refuse(l, "cites", text);
    }
    if (ids == 0)
        return refuse(l, "cites", "cites is empty: expected ids of clauses, parted by blanks");
    strcpy(b->cites, v->text);
    return true;
}

static bool take_point(const struct loader *l) {
    const struct script_value *root = script_file_root(l->file), *v = script_get(root, "point");
    const struct script_value *fault = script_get(root, "fault");
    const char *names[POINT_COUNT];
    char text[256];
    int p = point_by_name(v->text);
    l->out->about.fault = fault && fault->boolean;
    if (p < 0) {
        for (int i = 0; i < POINT_COUNT; i++)
            names[i] = point_name((enum point)i);
        snprintf(text, sizeof text, "unknown point `%.60s`: expected a choice point (nearest name: %s)",
                 v->text, script_nearest(v->text, names, POINT_COUNT));
        return refuse(l, "point", text);
    }
    l->out->about.point = (uint8_t)p;
    if (!script_get(root, point_handler((enum point)p))) {
        snprintf(text, sizeof text, "no handler for the point %s: expected `%s = function(box, by) ... end`",
                 point_name((enum point)p), point_handler((enum point)p));
        return refuse(l, "point", text);
    }
    for (p = 0; p < POINT_COUNT; p++) {
        if (point_kind((enum point)p) != POINT_FAULT || l->out->about.fault ||
            !script_get(root, point_handler((enum point)p)))
            continue;
        for (int i = 0; i < POINT_COUNT; i++)
            names[i] = point_kind((enum point)i) == POINT_FAULT ? point_handler(P_DELETE_IN_USE)
                                                                : point_handler((enum point)i);
        snprintf(text, sizeof text,
                 "`%s` answers %s, which only breaks rules: expected `fault = true` (nearest name: %s)",
                 point_handler((enum point)p), point_name((enum point)p),
                 script_nearest(point_handler((enum point)p), names, POINT_COUNT));
        return refuse(l, point_handler((enum point)p), text);
    }
    return true;
}

static bool load_all(const struct loader *l) {
    if (!check_fields(l) || !take_name(l) || !take_cites(l) || !take_point(l))
        return false;
    snprintf(l->out->about.doc, sizeof l->out->about.doc, "%s", script_file_doc(l->file));
    bool some = false;
    for (int p = 0; p < POINT_COUNT; p++) {
        if (!script_get(script_file_root(l->file), point_handler((enum point)p)))
            continue;
        if (!ask_all(l, (enum point)p))
            return false;
        for (uint32_t c = 0; p == l->out->about.point && c < point_contexts((enum point)p); c++)
            some |= !answer_is_blank(&l->out->at[p][c]);
    }
    return some ||
           refuse(l, point_handler((enum point)l->out->about.point),
                  "the handler answers in no context: expected a tagged word or a primitive in one at least");
}

const luaL_Reg script_behaviour_env[] = {
    {"behaviour", script_construct},
    {"OK", say_ok},
    {"NO", say_no},
    {"BAD", say_bad},
    {"BYE", say_bye},
    {NULL, NULL},
};

bool script_load_behaviour(const char *path, struct recorded *out, char *err, size_t errlen) {
    *out = (struct recorded){0};
    snprintf(out->path, sizeof out->path, "%s", path);
    struct loader l = {.s = script_new(path, script_behaviour_env, script_behaviour_types),
                       .out = out,
                       .err = err,
                       .errlen = errlen};
    bool ok = false;
    if (!l.s)
        snprintf(err, errlen, "%s: out of memory", path);
    else if (script_run(l.s, "behaviour", err, errlen))
        ok = (l.file = script_tree(l.s, "behaviour", err, errlen)) && load_all(&l);
    script_file_free(l.file);
    script_free(l.s);
    if (!ok)
        recorded_free(out);
    return ok;
}
