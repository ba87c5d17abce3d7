/* fuzz_own.c: what the grammar promises of its lexers and parsers, on any octets. */
#include "fuzz_common.h"
#include "id.h"
#include "scan.h"

#include <stdlib.h>
#include <string.h>

#define NODES 4096
#define PRINT (1u << 20)

typedef struct lex_result lexer(struct lex_state *st, const uint8_t *p, size_t n,
                                const struct lex_options *o);

static bool same_text(const char *a, const char *b) { return a == b || (a && b && !strcmp(a, b)); }

static void same_result(struct lex_result a, struct lex_result b, const char *what, size_t step) {
    OWN(a.verdict == b.verdict && a.offset == b.offset && same_text(a.rule, b.rule) &&
            same_text(a.clause, b.clause),
        "%s %zu: verdict %d at %u (%s), whole: %d at %u (%s)", what, step, b.verdict, b.offset,
        b.rule ? b.rule : "-", a.verdict, a.offset, a.rule ? a.rule : "-");
}

/* Octets that the verdict needs: with fewer the answer is MORE. */
static size_t needed(struct lex_result r) { return r.verdict == LEX_ACCEPT ? r.offset : r.offset + 1u; }

static void check_verdict(struct lex_result r, size_t n) {
    OWN(r.offset <= n, "offset %u of %zu octets", r.offset, n);
    OWN(r.verdict != LEX_REJECT || r.offset < n, "REJECT behind the end, at %u", r.offset);
    OWN((r.verdict == LEX_ACCEPT) == !r.rule, "verdict %d, rule %s", r.verdict, r.rule ? r.rule : "-");
}

static void in_pieces(lexer *lex, const struct exact *e, const struct lex_options *o, size_t step,
                      struct lex_result whole) {
    struct lex_state st = {{0}};
    for (size_t k = 0;; k = k + step < e->n ? k + step : e->n) {
        exact_show(e, k);
        struct lex_result r = lex(&st, e->p, k, o);
        if (k < e->n && r.verdict == LEX_MORE)
            continue;
        same_result(whole, r, "in pieces of", step);
        OWN(whole.verdict == LEX_MORE || k >= needed(whole), "decided after %zu octets, needs %zu", k,
            needed(whole));
        return;
    }
}

static struct lex_result check_lexer(lexer *lex, const uint8_t *p, size_t n, const struct lex_options *o) {
    struct lex_state st = {{0}};
    struct exact e;
    exact_make(&e, p, n);
    struct lex_result whole = lex(&st, e.p, n, o);
    check_verdict(whole, n);
    in_pieces(lex, &e, o, 1 + n / 2000, whole);
    in_pieces(lex, &e, o, 3 + n / 300, whole);
    in_pieces(lex, &e, o, 17 + n / 50, whole);
    /* Split in two, everywhere or at about 64 places. */
    for (size_t k = 0; k < n && k < needed(whole); k += 1 + n / 64) {
        memset(&st, 0, sizeof st);
        exact_show(&e, k);
        struct lex_result r = lex(&st, e.p, k, o);
        OWN(r.verdict == LEX_MORE, "the first %zu octets: verdict %d, whole: %d at %u", k, r.verdict,
            whole.verdict, whole.offset);
        exact_show(&e, n);
        same_result(whole, lex(&st, e.p, n, o), "split at", k);
    }
    exact_free(&e);
    return whole;
}

/* ---- ID and CLIENTID ---- */

static uint8_t lower(uint8_t c) { return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c; }

struct decoded {
    uint8_t p[1100];
    size_t n;
};
static bool repeated(const struct decoded *a, const struct decoded *b) {
    if (a->n != b->n || a->n > sizeof a->p)
        return false;
    for (size_t i = 0; i < a->n; i++)
        if (lower(a->p[i]) != lower(b->p[i]))
            return false;
    return true;
}

/* The prose limits once more, the slow way (ID-3.3-d, ID-3.3-e, ID-3.3-f, ID-3.3-l). */
static void check_limits(struct slice params) {
    static struct decoded field[64];
    struct decoded value;
    struct id_limits is = id_check_limits(params), want = {0};
    struct id_pair pair;
    for (uint32_t at = 0; id_next_pair(params, &at, &pair); want.pairs++) {
        struct decoded *f = &field[want.pairs % 64];
        f->n = istring_copy(&pair.field, f->p, sizeof f->p);
        want.field_too_long |= f->n > 30;
        value.n = istring_copy(&pair.value, value.p, sizeof value.p);
        want.value_too_long |= pair.value.kind != STR_NIL && value.n > 1024;
        for (uint32_t i = 0; i < want.pairs && want.pairs < 64; i++)
            want.duplicate |= repeated(&field[i], f);
        OWN(at <= params.n, "a pair ends behind the list");
    }
    want.too_many_pairs = want.pairs > 30;
    OWN(is.pairs == want.pairs && is.field_too_long == want.field_too_long &&
            is.value_too_long == want.value_too_long && is.too_many_pairs == want.too_many_pairs,
        "limits: %u pairs", is.pairs);
    OWN(is.duplicate == want.duplicate || want.pairs > 64 || want.field_too_long, "limits: duplicate %d",
        is.duplicate);
}

/* The list printed string by string is the same list. */
static void check_params(struct slice params, const struct lex_options *o) {
    static uint8_t printed[PRINT];
    struct out out = {printed, sizeof printed, 0};
    struct id_pair pair;
    uint32_t k = 0;
    check_limits(params);
    if (id_params_is_nil(params))
        return;
    out_text(&out, "(");
    for (uint32_t at = 0; id_next_pair(params, &at, &pair); k++) {
        out_text(&out, k ? " " : "");
        out_istring(&out, &pair.field);
        out_text(&out, " ");
        out_istring(&out, &pair.value);
    }
    out_text(&out, ")");
    if (out.len > out.cap)
        return;
    struct lex_state st = {{0}};
    struct lex_options plain = *o;
    struct lex_result r = lex_id_params(&st, out.p, out.len, &plain);
    OWN(r.verdict == LEX_ACCEPT && r.offset == out.len, "printed: verdict %d at %u of %zu: %.*s", r.verdict,
        r.offset, out.len, (int)out.len, out.p);
    const char *differs = same_id(params, (struct slice){out.p, (uint32_t)out.len});
    OWN(!differs, "printed: differs in %s", differs);
}

void own_check_params(const uint8_t *p, size_t n, const struct lex_options *o) {
    struct lex_result r = check_lexer(lex_id_params, p, n, o);
    if (r.verdict == LEX_ACCEPT) {
        struct exact e;
        exact_make(&e, p, r.offset);
        check_params((struct slice){e.p, r.offset}, o);
        exact_free(&e);
    }
}

static void check_clientid(const uint8_t *p, size_t n) {
    struct clientid c = clientid_args(p, n);
    OWN(c.type.n >= 1 && c.type.n <= 16 && c.token.n >= 1 && c.token.n <= 128,
        "CID-4-e, CID-4-f: %u and %u octets", c.type.n, c.token.n);
    OWN(c.type.p == p + 9 && c.token.p == c.type.p + c.type.n + 1 && c.token.p + c.token.n + 2 == p + n,
        "the two arguments are not the line");
}

/* ---- commands and responses ---- */

/* Which item, parsed into which structure. */
struct parsed {
    union {
        struct imap_command command;
        struct imap_response response;
    } u;
    struct node nodes[NODES];
    struct node_pool pool;
};
static struct parsed first, second;

static struct lex_result parse(bool command, const uint8_t *p, size_t n, const struct lex_options *o,
                               struct parsed *to, uint32_t cap) {
    to->pool = (struct node_pool){to->nodes, cap, 1};
    struct node_pool *pool = cap ? &to->pool : NULL;
    return command ? parse_command(p, n, o, pool, &to->u.command)
                   : parse_response(p, n, o, pool, &to->u.response);
}

static void print(bool command, struct out *o, const struct parsed *x) {
    if (command)
        print_command(o, &x->u.command, &x->pool);
    else
        print_response(o, &x->u.response, &x->pool);
}

/* Parse, print, parse: the same structure; print again: the same octets. */
static void check_round_trip(bool command, const struct lex_options *o) {
    static uint8_t printed[PRINT], again[PRINT];
    struct out a = {printed, sizeof printed, 0}, b = {again, sizeof again, 0};
    struct exact e;
    print(command, &a, &first);
    if (a.len > a.cap)
        return;
    exact_make(&e, a.p, a.len);
    struct lex_result r = parse(command, e.p, e.n, o, &second, NODES);
    OWN(r.verdict == LEX_ACCEPT && r.offset == a.len, "printed: verdict %d at %u (%s) of %zu: %.*s",
        r.verdict, r.offset, r.rule ? r.rule : "-", a.len, (int)a.len, a.p);
    const char *differs =
        command ? same_command(&first.u.command, &first.pool, &second.u.command, &second.pool)
                : same_response(&first.u.response, &first.pool, &second.u.response, &second.pool);
    OWN(!differs, "printed: differs in %s: %.*s", differs, (int)a.len, a.p);
    print(command, &b, &second);
    OWN(a.len == b.len && !memcmp(a.p, b.p, a.len), "printed twice: %.*s", (int)b.len, b.p);
    exact_free(&e);
}

static void check_prefixes(bool command, const struct exact *e, const struct lex_options *o,
                           struct lex_result whole) {
    size_t need = whole.verdict == LEX_MORE ? e->n : needed(whole), step = 1 + need / 32;
    for (size_t k = 0; k < need; k += step) {
        size_t at = need - 1 - k;
        exact_show(e, at);
        struct lex_result r = parse(command, e->p, at, o, &second, NODES);
        OWN(r.verdict == LEX_MORE, "the first %zu octets: verdict %d at %u (%s), whole: %d at %u (%s)", at,
            r.verdict, r.offset, r.rule ? r.rule : "-", whole.verdict, whole.offset,
            whole.rule ? whole.rule : "-");
    }
    exact_show(e, e->n);
}

static void check_parser(bool command, const uint8_t *p, size_t n, const struct lex_options *o) {
    struct exact e;
    exact_make(&e, p, n);
    /* Few nodes, and none: a limit at most. */
    struct lex_result none = parse(command, e.p, n, o, &second, 0),
                      few = parse(command, e.p, n, o, &second, 8),
                      whole = parse(command, e.p, n, o, &first, NODES);
    check_verdict(none, n);
    check_verdict(few, n);
    check_verdict(whole, n);
    if (few.verdict == LEX_MORE) /* another rule, where the limit is reached with the last octet */
        OWN(whole.verdict == LEX_MORE, "8 nodes: MORE, whole: %d at %u", whole.verdict, whole.offset);
    else if (few.verdict != LEX_LIMIT)
        same_result(few, whole, "nodes, not", 8);
    if (whole.verdict != LEX_LIMIT) {
        same_result(none, whole, "nodes, not", 0);
        check_prefixes(command, &e, o, whole);
    }
    if (whole.verdict == LEX_ACCEPT) {
        check_round_trip(command, o);
        /* Where a stream of RFC 2060 goes on is asked of nobody: there BADCHARSET is any code, and holds no strings. */
        if (!command && !(o->dialect == DIALECT_2060 && first.u.response.code.kind == CODE_BADCHARSET)) {
            struct frame f = {0};
            size_t len = 0;
            OWN(frame_response(&f, e.p, n, SIZE_MAX, SIZE_MAX, &len) == FRAME_WHOLE && len == whole.offset,
                "a response of %u octets has a frame of %zu", whole.offset, len);
        }
        if (command ? first.u.command.kind == CMD_ID : first.u.response.kind == RESP_ID)
            check_params(command ? first.u.command.id : first.u.response.id, o);
    }
    exact_free(&e);
}

void own_check(enum lib_item item, const uint8_t *p, size_t n, const struct lex_options *o) {
    if (item == ITEM_COMMAND || item == ITEM_RESPONSE) {
        check_parser(item == ITEM_COMMAND, p, n, o);
        return;
    }
    lexer *lex = item == ITEM_ID ? lex_id : item == ITEM_ID_RESPONSE ? lex_id_response : lex_clientid;
    struct lex_result r = check_lexer(lex, p, n, o);
    if (r.verdict != LEX_ACCEPT)
        return;
    struct exact e;
    exact_make(&e, p, r.offset);
    uint32_t head = item == ITEM_ID ? 3 : 5;
    if (item == ITEM_CLIENTID)
        check_clientid(e.p, e.n);
    else
        check_params((struct slice){e.p + head, r.offset - head - 2}, o);
    exact_free(&e);
}

/* ---- frames, sets, scanning ---- */

/* One item after the other; whole against one octet more at a time. */
void own_check_frames(const uint8_t *p, size_t n) {
    enum { LINE = 100, LITERAL = 300 };
    for (size_t from = 0; from < n;) {
        struct exact e;
        struct frame whole = {0}, piece = {0};
        size_t len = 0, got = 0;
        exact_make(&e, p + from, n - from);
        enum frame_result r = frame_response(&whole, e.p, e.n, LINE, LITERAL, &len), s = FRAME_MORE;
        for (size_t k = 0; s == FRAME_MORE && k < e.n;) {
            k += 1 + e.n / 500;
            if (k > e.n)
                k = e.n;
            exact_show(&e, k);
            s = frame_response(&piece, e.p, k, LINE, LITERAL, &got);
        }
        exact_free(&e);
        OWN(r == s && len == got, "a frame in pieces: %d, %zu octets; whole: %d, %zu octets", s, got, r, len);
        if (r != FRAME_WHOLE)
            return;
        OWN(len && len <= n - from && p[from + len - 1] == '\n', "a frame of %zu octets", len);
        from += len;
    }
}

void own_check_sets(const uint8_t *p, size_t n) {
    struct exact e;
    static struct seq_set set, again;
    exact_make(&e, p, n);
    struct slice s = {e.p, (uint32_t)n};
    bool uids = seq_set_parse(s, false, &set), any = seq_set_parse(s, true, &set);
    OWN(any || !uids, "a uid-set that is no sequence-set");
    if (any) {
        static const uint32_t some[] = {1, 2, 3, 9, 10, 4294967294u, 4294967295u};
        OWN(set.n >= 1 && set.n <= SEQ_RANGES_MAX, "%u ranges", set.n);
        OWN(uids == !memchr(e.p, '*', n), "a star in a uid-set");
        for (size_t i = 0; i < sizeof some / sizeof *some; i++)
            for (size_t k = 0; k < sizeof some / sizeof *some; k++) {
                bool has = false;
                for (uint32_t j = 0; j < set.n; j++) {
                    uint32_t lo = set.r[j].lo, hi = set.r[j].hi;
                    lo = lo == SEQ_STAR ? some[k] : lo;
                    hi = hi == SEQ_STAR ? some[k] : hi;
                    has |= (some[i] >= lo && some[i] <= hi) || (some[i] >= hi && some[i] <= lo);
                }
                OWN(has == seq_set_has(&set, some[i], some[k]), "has %u of %u", some[i], some[k]);
            }
        OWN(seq_set_parse(s, true, &again) && again.n == set.n &&
                !memcmp(again.r, set.r, set.n * sizeof *set.r),
            "parsed twice");
    }
    exact_free(&e);
}

void own_check_scan(const uint8_t *p, size_t n) {
    struct exact e;
    struct scan_window window = {NULL, 0};
    exact_make(&e, p, n);
    for (size_t from = 0; from <= n && from < 40; from++) {
        const uint8_t *a = scan_plain_scalar(e.p, e.p + from, e.p + n),
                      *b = scan_plain(&window, e.p, e.p + from, e.p + n);
        OWN(a == b, "from %zu: %td one by one, %td by vectors", from, a - e.p, b - e.p);
    }
    exact_free(&e);
}
