/* fuzz_same.c: two parsed items compared field by field. */
#include "fuzz_common.h"
#include "id.h"

#include <string.h>

#define SAME(holds, name)                                                                                    \
    do {                                                                                                     \
        if (!(holds))                                                                                        \
            return name;                                                                                     \
    } while (0)

/* Keywords are printed as they stood or in upper case: the letters' case does not count. */
static bool nocase(struct slice a, struct slice b) {
    if (a.n != b.n)
        return false;
    for (uint32_t i = 0; i < a.n; i++) {
        uint8_t x = a.p[i], y = b.p[i];
        x = x >= 'a' && x <= 'z' ? (uint8_t)(x - 32) : x;
        y = y >= 'a' && y <= 'z' ? (uint8_t)(y - 32) : y;
        if (x != y)
            return false;
    }
    return true;
}

static bool same_string(const struct istring *a, const struct istring *b) {
    if (a->kind == STR_NONE || b->kind == STR_NONE)
        return a->kind == b->kind;
    return istring_equal(a, b);
}

/* A chain of nodes, linked by next. The text of a search key with arguments is that of the arguments, too, as they stood. */
static bool same_nodes(const struct node_pool *an, uint32_t i, const struct node_pool *bn, uint32_t k) {
    for (; i && k; i = an->v[i].next, k = bn->v[k].next) {
        const struct node *a = &an->v[i], *b = &bn->v[k];
        if (a->kind != b->kind || a->number != b->number)
            return false;
        if (a->kind == NODE_STRING && !same_string(&a->str, &b->str))
            return false;
        if (a->kind == NODE_ATOM && !a->child && !nocase(a->str.s, b->str.s))
            return false;
        if (!same_nodes(an, a->child, bn, b->child))
            return false;
    }
    return !i && !k;
}

static bool same_set(const struct seq_set *a, const struct seq_set *b) {
    return a->n == b->n && (!a->n || !memcmp(a->r, b->r, a->n * sizeof *a->r));
}

static const char *same_wants(const struct imap_command *a, const struct imap_command *b) {
    SAME(a->wants == b->wants, "wants");
    for (uint32_t i = 0; i < a->wants; i++) {
        const struct fetch_want *x = &a->want[i], *y = &b->want[i];
        /* A macro is printed as the items that it stands for. */
        SAME(x->att == y->att && x->peek == y->peek && (x->att != ATT_OTHER || nocase(x->name, y->name)), "a wanted item");
        SAME(slice_equal(x->section, y->section), "a wanted section");
        SAME(x->partial == y->partial && x->first == y->first && x->count == y->count, "a wanted part");
    }
    return NULL;
}

const char *same_id(struct slice a, struct slice b) {
    uint32_t at = 0, bt = 0;
    struct id_pair x, y;
    SAME(id_params_is_nil(a) == id_params_is_nil(b), "NIL for the list");
    for (;;) {
        bool more = id_next_pair(a, &at, &x);
        SAME(more == id_next_pair(b, &bt, &y), "number of pairs");
        if (!more)
            return NULL;
        SAME(istring_equal(&x.field, &y.field) && istring_equal(&x.value, &y.value), "a pair");
    }
}

const char *same_command(const struct imap_command *a, const struct node_pool *an,
                         const struct imap_command *b, const struct node_pool *bn) {
    SAME(slice_equal(a->tag, b->tag), "tag");
    SAME(a->kind == b->kind && a->uid == b->uid && nocase(a->name, b->name), "name");
    SAME(a->kind != CMD_UNKNOWN || slice_equal(a->args, b->args), "args");
    SAME(same_string(&a->mailbox, &b->mailbox), "mailbox");
    SAME(same_string(&a->mailbox2, &b->mailbox2), "mailbox2");
    SAME(same_set(&a->set, &b->set), "set");
    const char *wants = same_wants(a, b);
    if (wants)
        return wants;
    SAME(a->store_mode == b->store_mode && a->silent == b->silent, "store_mode");
    SAME(a->has_flags == b->has_flags && a->flags == b->flags, "flags");
    for (uint32_t i = 0; i < a->flags; i++)
        SAME(slice_equal(a->flag[i], b->flag[i]), "a flag");
    SAME(slice_equal(a->date, b->date), "date");
    SAME(same_string(&a->message, &b->message), "message");
    SAME(a->status == b->status, "status");
    SAME(a->charset_kind == b->charset_kind && slice_equal(a->charset, b->charset), "charset");
    SAME(same_nodes(an, a->search, bn, b->search), "search");
    SAME(slice_equal(a->mechanism, b->mechanism) && slice_equal(a->initial, b->initial), "mechanism");
    SAME(slice_equal(a->select_options, b->select_options), "select_options");
    SAME(slice_equal(a->return_options, b->return_options), "return_options");
    SAME(same_nodes(an, a->list, bn, b->list), "list");
    SAME(slice_equal(a->clientid_type, b->clientid_type), "clientid_type");
    SAME(slice_equal(a->clientid_token, b->clientid_token), "clientid_token");
    return a->kind == CMD_ID ? same_id(a->id, b->id) : NULL;
}

static const char *same_code(const struct resp_code *a, const struct node_pool *an, const struct resp_code *b,
                             const struct node_pool *bn) {
    SAME(a->kind == b->kind && nocase(a->name, b->name), "code");
    SAME(slice_equal(a->arg, b->arg), "code's arg");
    SAME(a->number == b->number, "code's number");
    SAME(slice_equal(a->set1, b->set1) && slice_equal(a->set2, b->set2), "code's sets");
    SAME(same_nodes(an, a->list, bn, b->list), "code's list");
    return NULL;
}

static const char *same_items(const struct imap_response *a, const struct node_pool *an,
                              const struct imap_response *b, const struct node_pool *bn) {
    SAME(a->items == b->items, "items");
    for (uint32_t i = 0; i < a->items; i++) {
        const struct fetch_item *x = &a->item[i], *y = &b->item[i];
        SAME(x->att == y->att && nocase(x->name, y->name), "an item");
        SAME(slice_equal(x->section, y->section), "an item's section");
        SAME(x->has_origin == y->has_origin && x->origin == y->origin, "an item's origin");
        SAME(x->number == y->number, "an item's number");
        SAME(same_nodes(an, x->value, bn, y->value), "an item's value");
    }
    return NULL;
}

const char *same_response(const struct imap_response *a, const struct node_pool *an,
                          const struct imap_response *b, const struct node_pool *bn) {
    SAME(a->kind == b->kind, "kind");
    SAME(slice_equal(a->tag, b->tag), "tag");
    SAME(nocase(a->name, b->name), "name");
    SAME(a->number == b->number, "number");
    const char *part = same_code(&a->code, an, &b->code, bn);
    if (!part)
        part = same_items(a, an, b, bn);
    if (part)
        return part;
    SAME(slice_equal(a->text, b->text), "text");
    SAME(same_nodes(an, a->list, bn, b->list), "list");
    SAME(slice_equal(a->extended, b->extended), "extended");
    SAME(a->delimiter == b->delimiter, "delimiter");
    SAME(same_string(&a->mailbox, &b->mailbox), "mailbox");
    SAME(a->status == b->status, "status");
    for (int i = 0; i < ST_COUNT; i++)
        SAME(!(a->status >> i & 1) || a->status_value[i] == b->status_value[i], "a status value");
    SAME(slice_equal(a->set, b->set) && a->earlier == b->earlier, "set");
    return a->kind == RESP_ID ? same_id(a->id, b->id) : NULL;
}
