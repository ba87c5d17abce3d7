/* items.c: runs tables of commands and responses: whole, at every prefix, against a guard page, printed and parsed again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "items.h"

enum { NODES = 4096 };
static struct node first_nodes[NODES], second_nodes[NODES];
static const char *const verdicts[] = {"accept", "more", "reject", "limit"};
static const char *const dialects[] = {"2060", "3501", "9051"};

const uint8_t *against_guard(const void *p, size_t n)
{
    static uint8_t *area;
    static size_t pages = 64, page;
    if (area == NULL) {
        page = (size_t)sysconf(_SC_PAGESIZE);
        area = mmap(NULL, (pages + 1) * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (area == MAP_FAILED || mprotect(area + pages * page, page, PROT_NONE) != 0)
            abort();
    }
    if (n > pages * page)
        abort();
    uint8_t *at = area + pages * page - n;
    memcpy(at, p, n);
    return at;
}

static bool same_nodes(const struct node_pool *an, uint32_t a, const struct node_pool *bn, uint32_t b)
{
    for (; a != 0 && b != 0; a = an->v[a].next, b = bn->v[b].next) {
        const struct node *x = &an->v[a], *y = &bn->v[b];
        if (x->kind != y->kind || x->number != y->number)
            return false;
        if (x->kind == NODE_STRING && !istring_equal(&x->str, &y->str))
            return false;
        if (x->kind == NODE_ATOM && x->child == 0 && !slice_equal(x->str.s, y->str.s))
            return false;
        if (!same_nodes(an, x->child, bn, y->child))
            return false;
    }
    return a == 0 && b == 0;
}

static bool same_want(const struct fetch_want *a, const struct fetch_want *b)
{
    return a->att == b->att && a->peek == b->peek && a->partial == b->partial && a->first == b->first &&
           a->count == b->count && slice_equal(a->section, b->section) &&
           (a->att != ATT_OTHER || slice_equal(a->name, b->name));
}

bool same_command(const struct imap_command *a, const struct node_pool *an, const struct imap_command *b,
                  const struct node_pool *bn)
{
    if (!slice_equal(a->tag, b->tag) || a->kind != b->kind || a->uid != b->uid || a->wants != b->wants ||
        a->store_mode != b->store_mode || a->silent != b->silent || a->has_flags != b->has_flags ||
        a->flags != b->flags || a->status != b->status || a->set.n != b->set.n ||
        memcmp(a->set.r, b->set.r, a->set.n * sizeof *a->set.r) != 0)
        return false;
    for (uint32_t i = 0; i < a->wants; i++)
        if (!same_want(&a->want[i], &b->want[i]))
            return false;
    for (uint32_t i = 0; i < a->flags; i++)
        if (!slice_equal(a->flag[i], b->flag[i]))
            return false;
    return istring_equal(&a->mailbox, &b->mailbox) && istring_equal(&a->mailbox2, &b->mailbox2) &&
           istring_equal(&a->message, &b->message) && slice_equal(a->set.raw, b->set.raw) &&
           slice_equal(a->date, b->date) && slice_equal(a->charset, b->charset) &&
           slice_equal(a->mechanism, b->mechanism) && slice_equal(a->initial, b->initial) &&
           slice_equal(a->id, b->id) && slice_equal(a->clientid_type, b->clientid_type) &&
           slice_equal(a->clientid_token, b->clientid_token) && slice_equal(a->select_options, b->select_options) &&
           slice_equal(a->return_options, b->return_options) && same_nodes(an, a->search, bn, b->search) &&
           same_nodes(an, a->list, bn, b->list);
}

static bool same_item(const struct fetch_item *a, const struct node_pool *an, const struct fetch_item *b,
                      const struct node_pool *bn)
{
    return a->att == b->att && slice_equal(a->section, b->section) && a->has_origin == b->has_origin &&
           a->origin == b->origin && a->number == b->number && same_nodes(an, a->value, bn, b->value);
}

bool same_response(const struct imap_response *a, const struct node_pool *an, const struct imap_response *b,
                   const struct node_pool *bn)
{
    if (a->kind != b->kind || !slice_equal(a->tag, b->tag) || a->number != b->number || a->items != b->items ||
        a->delimiter != b->delimiter || a->status != b->status || a->earlier != b->earlier ||
        memcmp(a->status_value, b->status_value, sizeof a->status_value) != 0)
        return false;
    for (uint32_t i = 0; i < a->items; i++)
        if (!same_item(&a->item[i], an, &b->item[i], bn))
            return false;
    return a->code.kind == b->code.kind && slice_equal(a->code.name, b->code.name) &&
           slice_equal(a->code.arg, b->code.arg) && a->code.number == b->code.number &&
           slice_equal(a->code.set1, b->code.set1) && slice_equal(a->code.set2, b->code.set2) &&
           same_nodes(an, a->code.list, bn, b->code.list) && slice_equal(a->text, b->text) &&
           istring_equal(&a->mailbox, &b->mailbox) && slice_equal(a->id, b->id) && slice_equal(a->set, b->set) &&
           slice_equal(a->extended, b->extended) && same_nodes(an, a->list, bn, b->list);
}

static void show(const struct item *t, uint8_t dialect)
{
    printf("%s ", dialects[dialect]);
    for (uint32_t i = 0; i < t->n; i++)
        if (t->in[i] >= ' ' && t->in[i] < 0x7f)
            putchar(t->in[i]);
        else
            printf("\\x%02x", (uint8_t)t->in[i]);
    printf(" (%s): ", t->source);
}

static struct lex_result judge(enum item_kind kind, const uint8_t *p, size_t n, const struct lex_options *o,
                               struct node_pool *nodes, void *out)
{
    return kind == COMMAND ? parse_command(p, n, o, nodes, out) : parse_response(p, n, o, nodes, out);
}

static bool prefixes(enum item_kind kind, const struct item *t, const struct lex_options *o, struct lex_result whole)
{
    static union { struct imap_command c; struct imap_response r; } out;
    for (uint32_t n = 0; n < t->n; n++) {
        struct node_pool nodes = {second_nodes, NODES, 1};
        struct lex_result r = judge(kind, against_guard(t->in, n), n, o, &nodes, &out);
        bool more = whole.verdict != LEX_REJECT || n <= whole.offset;
        if (more ? r.verdict == LEX_MORE : r.verdict == LEX_REJECT && r.offset == whole.offset)
            continue;
        if (whole.verdict == LEX_LIMIT && r.verdict == LEX_LIMIT)
            continue;
        show(t, o->dialect);
        printf("prefix of %u octets: %s at %u by %s\n", n, verdicts[r.verdict], r.offset, r.rule);
        return false;
    }
    return true;
}

static bool round_trip(enum item_kind kind, const struct item *t, const struct lex_options *o)
{
    static union { struct imap_command c; struct imap_response r; } a, b;
    static uint8_t kept[1 << 16], printed[1 << 16];
    struct node_pool an = {first_nodes, NODES, 1}, bn = {second_nodes, NODES, 1};
    struct out out = {printed, sizeof printed, 0};
    memcpy(kept, t->in, t->n);
    judge(kind, kept, t->n, o, &an, &a);
    if (kind == COMMAND)
        print_command(&out, &a.c, &an);
    else
        print_response(&out, &a.r, &an);
    struct lex_result r = judge(kind, printed, out.len, o, &bn, &b);
    if (r.verdict == LEX_ACCEPT && r.offset == out.len &&
        (kind == COMMAND ? same_command(&a.c, &an, &b.c, &bn) : same_response(&a.r, &an, &b.r, &bn)))
        return true;
    show(t, o->dialect);
    printf("printed as %.*s: %s at %u\n", (int)out.len, (char *)printed, verdicts[r.verdict], r.offset);
    return false;
}

/* How many nodes there are is no part of the grammar. */
static bool pools(enum item_kind kind, const struct item *t, const struct lex_options *o, uint32_t needed)
{
    static union { struct imap_command c; struct imap_response r; } out;
    for (uint32_t cap = 0; cap <= needed; cap++) {
        struct node_pool nodes = {second_nodes, cap, cap > 1}; /* 0 stands for a pool nobody has used yet */
        struct lex_result r = judge(kind, against_guard(t->in, t->n), t->n, o, cap > 0 ? &nodes : NULL, &out);
        bool whole = r.verdict == LEX_ACCEPT && r.offset == t->n;
        bool generic = kind == RESPONSE && o->dialect == DIALECT_2060 && out.r.code.kind != CODE_NONE;
        if (cap == 0 || cap == needed ? whole : r.verdict == LEX_LIMIT || (whole && generic))
            continue;
        show(t, o->dialect);
        printf("with %u of %u nodes: %s at %u by %s\n", cap, needed, verdicts[r.verdict], r.offset, r.rule);
        return false;
    }
    return true;
}

static bool run_item(enum item_kind kind, const struct item *t, uint8_t dialect)
{
    static union { struct imap_command c; struct imap_response r; } out;
    struct lex_options o = {.dialect = dialect, .literals = t->literals, .utf8 = t->utf8};
    struct node_pool nodes = {first_nodes, NODES, 1};
    struct lex_result r = judge(kind, against_guard(t->in, t->n), t->n, &o, &nodes, &out);
    if (r.verdict != t->verdict || (r.verdict == LEX_REJECT && r.offset != t->offset) ||
        (r.verdict == LEX_ACCEPT && r.offset != t->n) || (r.verdict == LEX_ACCEPT) != (r.rule == NULL)) {
        show(t, dialect);
        printf("%s at %u by %s, expected %s at %u\n", verdicts[r.verdict], r.offset, r.rule != NULL ? r.rule : "-",
               verdicts[t->verdict], t->offset);
        return false;
    }
    uint32_t needed = nodes.len;
    return prefixes(kind, t, &o, r) &&
           (r.verdict != LEX_ACCEPT || (round_trip(kind, t, &o) && pools(kind, t, &o, needed)));
}

unsigned run_items(enum item_kind kind, const struct item *v, size_t n)
{
    unsigned failed = 0, ran = 0;
    for (size_t i = 0; i < n; i++)
        for (uint8_t d = 0; d < 3; d++)
            if (v[i].dialects >> d & 1) {
                failed += !run_item(kind, &v[i], d);
                ran++;
            }
    printf("%u of %u table rows failed\n", failed, ran);
    return failed;
}
