/* lex_tree.c: parsed commands and responses as JSON trees. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lex.h"

void lex_no_memory(void)
{
    fputs("imapdiff lex: out of memory\n", stderr);
    exit(2);
}

json_t *lex_octets(const void *p, size_t n)
{
    const uint8_t *in = p;
    char *utf8 = malloc(2 * n + 1);
    if (utf8 == NULL)
        lex_no_memory();
    size_t len = 0;
    for (size_t i = 0; i < n; i++) {
        if (in[i] >= 0x80)
            utf8[len++] = (char)(0xc0 | in[i] >> 6);
        utf8[len++] = (char)(in[i] >= 0x80 ? 0x80 | (in[i] & 0x3f) : in[i]);
    }
    json_t *s = json_stringn(utf8, len);
    free(utf8);
    return s;
}

static json_t *slice(struct slice s) { return lex_octets(s.p, s.n); }

/* The decoded string, or null for NIL. */
static json_t *string(const struct istring *s)
{
    if (s->kind == STR_NIL || s->kind == STR_NONE)
        return json_null();
    uint8_t *b = malloc(s->s.n + 1);
    if (b == NULL)
        lex_no_memory();
    json_t *t = lex_octets(b, istring_copy(s, b, s->s.n));
    free(b);
    return t;
}

static void put_slice(json_t *into, const char *key, struct slice s)
{
    if (s.n > 0)
        json_object_set_new(into, key, slice(s));
}

static void put_string(json_t *into, const char *key, const struct istring *s)
{
    if (s->kind != STR_NONE)
        json_object_set_new(into, key, string(s));
}

static void put_number(json_t *into, const char *key, uint64_t n)
{
    json_object_set_new(into, key, json_integer((json_int_t)n));
}

static json_t *value(const struct node_pool *nodes, uint32_t i);

static json_t *values(const struct node_pool *nodes, uint32_t i)
{
    json_t *a = json_array();
    for (; i != 0; i = nodes->v[i].next)
        json_array_append_new(a, value(nodes, i));
    return a;
}

static json_t *value(const struct node_pool *nodes, uint32_t i)
{
    const struct node *n = &nodes->v[i];
    switch (n->kind) {
    case NODE_LIST: return values(nodes, n->child);
    case NODE_NUMBER: return json_integer((json_int_t)n->number);
    case NODE_NIL: return json_null();
    case NODE_STRING: return string(&n->str);
    default: return slice(n->str.s);
    }
}

/* A search key as [its text's first word, arguments...]. */
static json_t *search_key(const struct node_pool *nodes, uint32_t i)
{
    const struct node *n = &nodes->v[i];
    bool keys = n->number == SK_NOT || n->number == SK_OR || n->number == SK_AND;
    json_t *a = json_array();
    struct slice word = n->str.s;
    for (uint32_t k = 0; k < word.n; k++)
        if (word.p[k] == ' ')
            word.n = k;
    json_array_append_new(a, n->number == SK_AND        ? json_string("AND")
                             : n->number == SK_SEQUENCE ? json_string("SEQUENCE")
                                                        : slice(word));
    for (i = n->child; i != 0; i = nodes->v[i].next)
        json_array_append_new(a, keys ? search_key(nodes, i) : value(nodes, i));
    return a;
}

static const char *const status_names[ST_COUNT] = {
    [ST_MESSAGES] = "MESSAGES", [ST_RECENT] = "RECENT", [ST_UIDNEXT] = "UIDNEXT", [ST_UIDVALIDITY] = "UIDVALIDITY",
    [ST_UNSEEN] = "UNSEEN", [ST_SIZE] = "SIZE", [ST_DELETED] = "DELETED",
};

static void wants(json_t *into, const struct imap_command *c)
{
    json_t *a = json_array();
    for (uint32_t i = 0; i < c->wants; i++) {
        const struct fetch_want *w = &c->want[i];
        static const char *const names[ATT_COUNT] = {
            "UID", "FLAGS", "INTERNALDATE", "RFC822", "RFC822.HEADER", "RFC822.SIZE", "RFC822.TEXT", "ENVELOPE", "BODY",
            "BODYSTRUCTURE", "BODY[]", "MODSEQ", "other",
        };
        json_t *o = json_object();
        json_object_set_new(o, "item", json_string(names[w->att]));
        json_object_set_new(o, "as", slice(w->name));
        if (w->att == ATT_BODY_SECTION || w->att == ATT_OTHER)
            json_object_set_new(o, "section", slice(w->section));
        if (w->partial) {
            put_number(o, "first", w->first);
            put_number(o, "count", w->count);
        }
        json_array_append_new(a, o);
    }
    json_object_set_new(into, "items", a);
}

void lex_tree_command(json_t *into, const struct imap_command *c, const struct node_pool *nodes)
{
    static const char *const first[] = {[CMD_LOGIN] = "user", [CMD_LIST] = "reference", [CMD_LSUB] = "reference"};
    static const char *const second[] = {[CMD_LOGIN] = "password", [CMD_RENAME] = "new-name"};
    put_slice(into, "tag", c->tag);
    put_slice(into, "name", c->name);
    json_object_set_new(into, "command", json_string(command_name(c->kind)));
    if (c->uid)
        json_object_set_new(into, "uid", json_true());
    bool named = c->kind == CMD_LOGIN || c->kind == CMD_LIST || c->kind == CMD_LSUB;
    put_slice(into, "set", c->set.raw);
    put_string(into, named ? first[c->kind] : "mailbox", &c->mailbox);
    put_string(into, c->kind == CMD_LOGIN || c->kind == CMD_RENAME ? second[c->kind] : "pattern", &c->mailbox2);
    if (c->kind == CMD_FETCH)
        wants(into, c);
    if (c->kind == CMD_STORE) {
        static const char *const modes[] = {"FLAGS", "+FLAGS", "-FLAGS"};
        json_object_set_new(into, "mode", json_string(modes[c->store_mode]));
        json_object_set_new(into, "silent", json_boolean(c->silent));
    }
    if (c->has_flags || c->flags > 0) {
        json_t *a = json_array();
        for (uint32_t i = 0; i < c->flags; i++)
            json_array_append_new(a, slice(c->flag[i]));
        json_object_set_new(into, "flags", a);
    }
    put_slice(into, "date", c->date);
    put_string(into, "message", &c->message);
    if (c->status != 0) {
        json_t *a = json_array();
        for (uint32_t i = 0; i < ST_COUNT; i++)
            if (c->status >> i & 1)
                json_array_append_new(a, json_string(status_names[i]));
        json_object_set_new(into, "status", a);
    }
    put_slice(into, "charset", c->charset);
    if (c->search != 0) {
        json_t *a = json_array();
        for (uint32_t i = c->search; i != 0; i = nodes->v[i].next)
            json_array_append_new(a, search_key(nodes, i));
        json_object_set_new(into, "search", a);
    }
    put_slice(into, "mechanism", c->mechanism);
    put_slice(into, "initial", c->initial);
    put_slice(into, "select-options", c->select_options);
    put_slice(into, "return-options", c->return_options);
    if (c->list != 0)
        json_object_set_new(into, "capabilities", values(nodes, c->list));
}

static void code(json_t *into, const struct resp_code *c, const struct node_pool *nodes)
{
    if (c->kind == CODE_NONE)
        return;
    json_t *o = json_object();
    json_object_set_new(o, "name", slice(c->name));
    put_slice(o, "argument", c->arg);
    if (c->number != 0)
        put_number(o, "number", c->number);
    put_slice(o, "set1", c->set1);
    put_slice(o, "set2", c->set2);
    if (c->list != 0)
        json_object_set_new(o, "list", values(nodes, c->list));
    json_object_set_new(into, "code", o);
}

static void fetch_items(json_t *into, const struct imap_response *r, const struct node_pool *nodes)
{
    json_t *a = json_array();
    for (uint32_t i = 0; i < r->items; i++) {
        const struct fetch_item *f = &r->item[i];
        json_t *o = json_object();
        json_object_set_new(o, "item", slice(f->name));
        if (f->att == ATT_BODY_SECTION || f->section.n > 0)
            json_object_set_new(o, "section", slice(f->section));
        if (f->has_origin)
            put_number(o, "origin", f->origin);
        json_object_set_new(o, "value", f->att == ATT_FLAGS ? values(nodes, f->value) : value(nodes, f->value));
        json_array_append_new(a, o);
    }
    json_object_set_new(into, "items", a);
}

void lex_tree_response(json_t *into, const struct imap_response *r, const struct node_pool *nodes)
{
    put_slice(into, "tag", r->tag);
    json_object_set_new(into, "response", json_string(response_name(r->kind)));
    if (r->kind == RESP_OTHER)
        put_slice(into, "name", r->name);
    if (r->kind == RESP_EXISTS || r->kind == RESP_RECENT || r->kind == RESP_EXPUNGE || r->kind == RESP_FETCH)
        put_number(into, "number", r->number);
    code(into, &r->code, nodes);
    put_slice(into, "text", r->text);
    if (r->kind == RESP_FETCH)
        fetch_items(into, r, nodes);
    if (r->kind == RESP_CAPABILITY || r->kind == RESP_FLAGS || r->kind == RESP_SEARCH || r->kind == RESP_LIST ||
        r->kind == RESP_LSUB || r->kind == RESP_ENABLED || r->kind == RESP_NAMESPACE || r->kind == RESP_ESEARCH)
        json_object_set_new(into, "list", values(nodes, r->list));
    if (r->kind == RESP_LIST || r->kind == RESP_LSUB)
        json_object_set_new(into, "delimiter",
                            r->delimiter < 0 ? json_null() : lex_octets(&(uint8_t){(uint8_t)r->delimiter}, 1));
    put_string(into, "mailbox", &r->mailbox);
    for (uint32_t i = 0; i < ST_COUNT; i++)
        if (r->status >> i & 1)
            put_number(into, status_names[i], r->status_value[i]);
    put_slice(into, "extended", r->extended);
    put_slice(into, "set", r->set);
    if (r->earlier)
        json_object_set_new(into, "earlier", json_true());
}

void lex_tree_id(json_t *into, json_t *limits, struct slice params)
{
    json_t *pairs = json_array();
    struct id_pair p;
    uint32_t pos = 0;
    while (id_next_pair(params, &pos, &p)) {
        json_t *pair = json_array();
        json_array_append_new(pair, string(&p.field));
        json_array_append_new(pair, string(&p.value));
        json_array_append_new(pairs, pair);
    }
    json_object_set_new(into, "nil", json_boolean(id_params_is_nil(params)));
    json_object_set_new(into, "pairs", pairs);
    struct id_limits l = id_check_limits(params);
    const struct { bool broken; const char *clause; } checks[] = {
        {l.field_too_long, "ID-3.3-d"}, {l.value_too_long, "ID-3.3-e"},
        {l.too_many_pairs, "ID-3.3-f"}, {l.duplicate, "ID-3.3-l"},
    };
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
        if (checks[i].broken)
            json_array_append_new(limits, json_string(checks[i].clause));
}
