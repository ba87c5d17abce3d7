/* node.c: recursive values as nodes in the caller's pool. */
#include <string.h>

#include "cursor.h"

/* A value for those who gave no pool: written, never read. */
static _Thread_local struct node nowhere;

struct node *cur_add(struct cursor *s, struct chain *c, enum node_kind kind)
{
    if (s->nodes == NULL) {
        nowhere = (struct node){.kind = kind};
        return &nowhere;
    }
    if (s->nodes->len >= s->nodes->cap) {
        cur_limit(s, "nodes");
        return NULL;
    }
    uint32_t i = s->nodes->len++;
    s->nodes->v[i] = (struct node){.kind = kind};
    if (c->last != 0)
        s->nodes->v[c->last].next = i;
    else
        c->first = i;
    c->last = i;
    return &s->nodes->v[i];
}

bool cur_add_text(struct cursor *s, struct chain *c, enum node_kind kind, struct slice text, uint64_t number)
{
    struct node *n = cur_add(s, c, kind);
    if (n == NULL)
        return false;
    n->str = (struct istring){STR_ATOM, false, text};
    n->number = number;
    return true;
}

bool cur_add_string(struct cursor *s, struct chain *c, struct istring v)
{
    struct node *n = cur_add(s, c, v.kind == STR_NIL ? NODE_NIL : NODE_STRING);
    if (n == NULL)
        return false;
    n->str = v;
    return true;
}

bool cur_open(struct cursor *s, struct chain *c, struct open_list *l, const char *rule)
{
    l->from = s->p;
    l->inner = (struct chain){0};
    if (!cur_octet(s, '(', rule) || !cur_enter(s) || cur_add(s, c, NODE_LIST) == NULL)
        return false;
    l->node = c->last;
    return true;
}

bool cur_close(struct cursor *s, struct open_list *l, bool tight, const char *rule)
{
    if (!cur_octet(s, ')', rule))
        return false;
    cur_leave(s);
    if (s->nodes != NULL) {
        struct node *n = &s->nodes->v[l->node];
        n->child = l->inner.first;
        n->number = tight;
        n->str = (struct istring){STR_ATOM, false, cur_from(s, l->from)};
    }
    return true;
}

static bool ext_atom(struct cursor *s, struct chain *c)
{
    struct slice t;
    if (!cur_token(s, TOK_ext_atom, "ext-value", &t))
        return false;
    if (slice_is_nocase(t, "NIL"))
        return cur_add_string(s, c, (struct istring){.kind = STR_NIL});
    uint64_t v = 0;
    for (uint32_t i = 0; i < t.n; i++) {
        if (t.p[i] < '0' || t.p[i] > '9' || v > (NUMBER63 - 9) / 10)
            return cur_add_text(s, c, NODE_ATOM, t, 0);
        v = v * 10 + (uint64_t)(t.p[i] - '0');
    }
    return cur_add_text(s, c, NODE_NUMBER, t, v);
}

/* "(" [ext-value *(SP ext-value)] ")" */
static bool ext_list(struct cursor *s, struct chain *c)
{
    struct open_list l;
    if (!cur_open(s, c, &l, "ext-value"))
        return false;
    if (cur_peek(s) != ')')
        while (true) {
            if (!cur_ext_value(s, &l.inner))
                return false;
            if (cur_peek(s) != ' ')
                break;
            s->p++;
        }
    return cur_close(s, &l, false, "ext-value");
}

bool cur_ext_value(struct cursor *s, struct chain *c)
{
    struct istring v;
    switch (cur_peek(s)) {
    case '(': return ext_list(s, c);
    case '"':
    case '{': return cur_string(s, &v) && cur_add_string(s, c, v);
    case '~': /* also an atom's first octet */
        if (s->end - s->p > 1 && s->p[1] == '{')
            return cur_literal8(s, &v) && cur_add_string(s, c, v);
        return ext_atom(s, c);
    default: return ext_atom(s, c);
    }
}
