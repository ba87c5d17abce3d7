/* test_compare.c: the comparison names the rule at which a library and the grammar part.
 *
 * Planted libraries are wrong in one way each, told by the octets alone: the cause named must be that one.
 * What the table of refusals expects is read off the documents' grammar.
 */
#include "compare.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- libraries
 * ------------------------------------------------------------------------------------------------ */

static void answer_as_reference(enum lib_item item, const uint8_t *p, size_t n, struct lib_answer *a) {
    static uint8_t canon[LIB_CANON];
    struct reference r = {.canon = {canon, sizeof canon, 0}};
    const struct lex_options o = {0};
    reference_answer(item, p, n, &o, &r);
    a->verdict = r.lex.verdict == LEX_ACCEPT ? LIB_ACCEPT : r.lex.verdict == LEX_MORE ? LIB_MORE : LIB_REJECT;
    a->used = r.lex.verdict == LEX_ACCEPT ? r.lex.offset : 0;
    out_octets(&a->canon, r.canon.p, r.canon.len);
}

static const struct library right = {.name = "right", .items = 31, .parse = answer_as_reference};

static void take_all(enum lib_item item, const uint8_t *p, size_t n, struct lib_answer *a) {
    (void)item, (void)p, (void)n;
    a->verdict = LIB_ACCEPT;
}
static const struct library takes_all = {.name = "takes-all", .items = 31, .parse = take_all};

static void wait_for_more(enum lib_item item, const uint8_t *p, size_t n, struct lib_answer *a) {
    (void)item, (void)p, (void)n;
    a->verdict = LIB_MORE;
}
static const struct library waits = {.name = "waits", .items = 31, .parse = wait_for_more};

/* Refuses what `wrong` finds in the octets. */
static bool (*wrong)(const uint8_t *p, size_t n);
static void refuse_wrong(enum lib_item item, const uint8_t *p, size_t n, struct lib_answer *a) {
    answer_as_reference(item, p, n, a);
    if (a->verdict == LIB_ACCEPT && wrong(p, n))
        a->verdict = LIB_REJECT;
}
static const struct library refuses = {.name = "refuses", .items = 31, .parse = refuse_wrong};
/* Understands it otherwise. */
static void misread(enum lib_item item, const uint8_t *p, size_t n, struct lib_answer *a) {
    answer_as_reference(item, p, n, a);
    if (a->verdict == LIB_ACCEPT && wrong(p, n))
        out_text(&a->canon, "!");
}
static const struct library misreads = {.name = "misreads", .items = 31, .parse = misread};

static void fault(enum lib_item item, const uint8_t *p, size_t n, struct lib_answer *a) {
    answer_as_reference(item, p, n, a);
    if (wrong(p, n))
        a->verdict = LIB_CRASH;
}
static const struct library faults = {.name = "faults", .items = 31, .parse = fault};

static bool has(const uint8_t *p, size_t n, const char *z) { return memmem(p, n, z, strlen(z)) != NULL; }

/* ---- asking
 * ---------------------------------------------------------------------------------------------------- */

static bool (*last)(const uint8_t *p, size_t n);
static struct difference ask(const struct library *l, enum lib_item item, const void *p, size_t n) {
    static uint8_t canon[LIB_CANON];
    struct reference r = {.canon = {canon, sizeof canon, 0}};
    const struct lex_options o = reference_options(l);
    struct difference d;
    if (wrong != last) /* the same library is wrong in another way now */
        compare_forget();
    last = wrong;
    reference_answer(item, p, n, &o, &r);
    bool part = compare(l, item, p, n, &r, &d);
    assert_int_equal(part, d.part != PART_AGREE);
    return d;
}

static void expect(const struct library *l, enum lib_item item, const void *p, size_t n, enum part part,
                   const char *cause) {
    struct difference d = ask(l, item, p, n);
    if (d.part != part || (part != PART_AGREE && (d.causes != 1 || strcmp(cause_name(d.cause[0]), cause))))
        fail_msg("%s, %s `%.*s`: %s, %d causes: %s, expected %s: %s", l->name, lib_item_name(item), (int)n,
                 (const char *)p, part_name(d.part), d.causes,
                 d.part && d.causes ? cause_name(d.cause[0]) : "", part_name(part), cause);
}

/* ---- what the grammar refuses
 * ---------------------------------------------------------------------------------- */

#define ROW(item, text, cause)                                                                               \
    { ITEM_##item, text, sizeof text - 1, cause }
static const struct {
    enum lib_item item;
    const char *text;
    size_t n;
    const char *cause;
} refused[] = {
    ROW(ID, "ID (\"a\")\r\n", "odd-count"), /* ID-3.1-e */
    ROW(ID, "ID (\"a\" )\r\n", "odd-count"),
    ROW(ID, "ID (\"a\" \"b\" \"c\")\r\n", "odd-count"),
    ROW(ID, "ID (a \"b\")\r\n", "atom"), /* ID-3.1-f */
    ROW(ID, "ID (\"a\" b)\r\n", "atom"), /* ID-3.1-g */
    ROW(ID, "ID (\"a\" NILx)\r\n", "atom"),
    ROW(ID, "ID (\"a\" nob)\r\n", "atom"),
    ROW(ID, "ID (NIL \"b\")\r\n", "nil-field"),
    ROW(ID, "ID (\"a\" \"b\" nil \"b\")\r\n", "nil-field"),
    ROW(ID, "ID (\"a\"  \"b\")\r\n", "spacing"), /* ID-4-d */
    ROW(ID, "ID (\"a\"\t\"b\")\r\n", "spacing"),
    ROW(ID, "ID (\"a\"\"b\")\r\n", "spacing"),
    ROW(ID, "ID ( \"a\" \"b\")\r\n", "spacing"),
    ROW(ID, "ID (\"a\" \"b\" )\r\n", "spacing"),
    ROW(ID, "ID ( )\r\n", "spacing"),
    ROW(ID, "ID  NIL\r\n", "spacing"),
    ROW(ID, "ID\tNIL\r\n", "spacing"),
    ROW(ID, "ID(\"a\" \"b\")\r\n", "spacing"),
    ROW(ID, "ID NIL \r\n", "spacing"),
    ROW(ID, "ID (\"a\" \"b\") \t\r\n", "spacing"),
    ROW(ID, "ID (\"a\" NIL\"b\" NIL)\r\n", "spacing"),
    ROW(ID, "ID NIL x\r\n", "trailing-octets"), /* T-ID-7 */
    ROW(ID, "ID NILx\r\n", "trailing-octets"),
    ROW(ID, "ID (\"a\" \"b\"))\r\n", "trailing-octets"),
    ROW(ID, "ID () ()\r\n", "trailing-octets"),
    ROW(ID, "ID\r\n", "no-argument"), /* ID-3.1-a */
    ROW(ID, "ID \r\n", "no-argument"),
    ROW(ID, "ID \"NIL\"\r\n", "nil-word"), /* T-ID-10 */
    ROW(ID, "ID \"a\" \"b\"\r\n", "no-list"),
    ROW(ID, "ID a\r\n", "no-list"),
    ROW(ID, "ID NI\r\n", "no-list"),
    ROW(ID, "ID ((\"a\" \"b\"))\r\n", "nested-list"),
    ROW(ID, "ID (\"a\" (\"b\"))\r\n", "nested-list"),
    ROW(ID, "ID (\"a\" ()\r\n", "nested-list"),
    ROW(ID, "ID (\"a\" \"b\"\r\n", "unclosed"),
    ROW(ID, "ID (\"a\"\r\n", "unclosed"),
    ROW(ID, "ID (\r\n", "unclosed"),
    ROW(ID, "ID NIL\n", "bare-lf"),
    ROW(ID, "ID (\"a\" {1}\nx)\r\n", "bare-lf"),
    ROW(ID, "ID NIL\rx\r\n", "bare-cr"),
    ROW(ID, "ID (\"a\x80\" \"b\")\r\n", "8-bit-quoted"),
    ROW(ID, "ID (\"a\0\" \"b\")\r\n", "nul-quoted"), /* T-ID-9 */
    ROW(ID, "ID (\"a\" {1}\r\n\0)\r\n", "nul-literal"),
    ROW(ID, "ID (\"a\r\n\" \"b\")\r\n", "cr-lf-quoted"),
    ROW(ID, "ID (\"a\n\" \"b\")\r\n", "cr-lf-quoted"),
    ROW(ID, "ID (\"\\a\" \"b\")\r\n", "escape"),
    ROW(ID, "ID (\"\\\\\\n\" \"b\")\r\n", "escape"),
    ROW(ID, "ID (\"a\" {1+}\r\nx)\r\n", "nonsync-literal"), /* R7888-8 */
    ROW(ID, "ID (\"a\" ~{1}\r\nx)\r\n", "literal8"),
    ROW(ID, "ID (\"a\" {4294967296}\r\nx)\r\n", "literal-size-overflow"),
    ROW(ID, "ID (\"a\" {18446744073709551617}\r\nx)\r\n", "literal-size-overflow"),
    ROW(ID, "ID (\"a\" {00000000004294967296}\r\nx)\r\n", "literal-size-overflow"),
    ROW(ID, "ID (\"a\" {-1}\r\nx)\r\n", "literal-header"),
    ROW(ID, "ID (\"a\" {1 }\r\nx)\r\n", "literal-header"),
    ROW(ID, "ID (\"a\" {}\r\nx)\r\n", "literal-header"),
    ROW(ID, "ID (\"a\" {+}\r\nx)\r\n", "literal-header"),
    ROW(ID, "ID (\"a\" {1}+\r\nx)\r\n", "literal-header"),
    ROW(ID, "ID (\"a\" {1}x)\r\n", "literal-header"),
    ROW(ID, "IDLE\r\n", "keyword"),
    ROW(ID, "IX NIL\r\n", "keyword"),
    ROW(ID_RESPONSE, "* ID (\"a\")\r\n", "odd-count"),
    ROW(ID_RESPONSE, "* ID\r\n", "no-argument"),
    ROW(ID_RESPONSE, "* ID NIL \r\n", "spacing"),
    ROW(ID_RESPONSE, "*  ID NIL\r\n", "spacing"),
    ROW(ID_RESPONSE, "* ID (\"a\" {1+}\r\nx)\r\n", "nonsync-literal"), /* R7888-3-s */
    ROW(ID_RESPONSE, "* ID ((\"a\" NIL))\r\n", "nested-list"),
    ROW(CLIENTID, "CLIENTID\r\n", "clientid-argument-count"), /* CID-3.1-a */
    ROW(CLIENTID, "CLIENTID uuid\r\n", "clientid-argument-count"),
    ROW(CLIENTID, "CLIENTID uuid \r\n", "clientid-argument-count"),
    ROW(CLIENTID, "CLIENTID uuid a b\r\n", "clientid-argument-count"), /* T-CID-10 */
    ROW(CLIENTID, "CLIENTID uuid a \r\n", "spacing"),
    ROW(CLIENTID, "CLIENTID uuid  a\r\n", "spacing"),
    ROW(CLIENTID, "CLIENTID  uuid a\r\n", "spacing"),
    ROW(CLIENTID, "CLIENTID\tuuid a\r\n", "spacing"),
    ROW(CLIENTID, "CLIENTID DEVICE_ID a\r\n", "clientid-underscore"), /* T-CID-5 */
    ROW(CLIENTID, "CLIENTID \"uuid\" a\r\n", "clientid-quoted"),
    ROW(CLIENTID, "CLIENTID {4}\r\nuuid a\r\n", "clientid-literal-like"),
    ROW(CLIENTID, "CLIENTID uu-id a\r\n", "clientid-type-octets"),
    ROW(CLIENTID, "CLIENTID abcdefghijklmnopq a\r\n", "clientid-length"), /* CID-3.2-a */
    ROW(CLIENTID,
        "CLIENTID uuid 0123456789012345678901234567890123456789012345678901234567890123"
        "01234567890123456789012345678901234567890123456789012345678901234\r\n",
        "clientid-length"), /* CID-3.2-b */
    ROW(CLIENTID, "CLIENTID uuid a\x80\r\n", "clientid-octets"),
    ROW(CLIENTID, "CLIENTID uuid a\x01\r\n", "clientid-octets"),
    ROW(CLIENTID, "CLIENTID uuid a\n", "bare-lf"),
    ROW(COMMAND, "a1 ID (\"a\")\r\n", "odd-count"),
    ROW(COMMAND, "a1 ID NIL \r\n", "spacing"),
    ROW(COMMAND, "a1 ID NIL x\r\n", "trailing-octets"),
    ROW(COMMAND, "a1 ID (\"a\" {1+}\r\nx)\r\n", "nonsync-literal"),
    ROW(COMMAND, "a1 ID (\"a\" (\"b\"))\r\n", "nested-list"),
    ROW(COMMAND, "a1 CLIENTID DEVICE_ID a\r\n", "clientid-underscore"),
    ROW(COMMAND, "a1 NOOP\n", "bare-lf"),
    ROW(COMMAND, "a1 NOOP \r\n", "spacing"),
    ROW(COMMAND, "a1 NOOP x\r\n", "trailing-octets"),
    ROW(COMMAND, "a1 SELECT\r\n", "argument-count"),
    ROW(COMMAND, "a1 SELECT\n", "argument-count"),
    ROW(CLIENTID, "CLIENTID uuid\n", "clientid-argument-count"),
    ROW(CLIENTID, "CLIENTID uuid \n", "clientid-argument-count"),
    ROW(COMMAND, "a1 LOGIN a\r\n", "argument-count"),
    ROW(COMMAND, "a1 SELECT  x\r\n", "spacing"),
    ROW(COMMAND, "a1 SELECT \"\x80\"\r\n", "8-bit-quoted"),
    ROW(COMMAND, "a1 SELECT {4294967296}\r\n", "literal-size-overflow"),
    ROW(COMMAND, "a1 SELECT {1+}\r\nx\r\n", "nonsync-literal"),
    ROW(COMMAND, "a1 FETCH 0 FLAGS\r\n", "number-zero"), /* R3501-9-num */
    ROW(COMMAND, "a1 FETCH 4294967296 FLAGS\r\n", "number-overflow"),
    ROW(COMMAND, "a1 FETCH 1,,2 FLAGS\r\n", "sequence-set"),
    ROW(COMMAND, "+ NOOP\r\n", "tag"),
    ROW(RESPONSE, "* 4294967296 EXISTS\r\n", "number-overflow"),
    ROW(RESPONSE, "* 0 EXPUNGE\r\n", "number-zero"),
    ROW(RESPONSE, "* 02 EXPUNGE\r\n", "number-zero"),
    ROW(RESPONSE, "* 1 FETCH (FLAGS (a b)\r\n", "unclosed"),
    ROW(RESPONSE, "a1 OK\r\n", "argument-count"),
    ROW(RESPONSE, "* OK a \xa9\r\n", "response-text"), /* R3501-9-text: 7 bits */
    ROW(RESPONSE, "+  \xa9\r\n", "response-text"),
    ROW(RESPONSE, "* NO [x\r\n", "code"),
    ROW(RESPONSE, "a NO [x (\r\n", "code"),       /* a list is not what is open */
    ROW(RESPONSE, "a1 OK \r\n", "response-text"), /* T-MAP-14 */
    ROW(RESPONSE, "* 1 EXISTS \r\n", "spacing"),
};

static void refusals_have_causes(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        expect(&takes_all, refused[i].item, refused[i].text, refused[i].n, PART_TAKES, refused[i].cause);
        expect(&right, refused[i].item, refused[i].text, refused[i].n, PART_AGREE, "");
    }
}

/* Where a line has ended and a library waits still, what is open then is the cause. */
static const struct {
    enum lib_item item;
    const char *text, *cause; /* NULL: nothing to say */
} ended[] = {
    {ITEM_ID, "ID (\"a\" \"b\"\r\n", "unclosed"},
    {ITEM_ID, "ID (a (\r\n", "unclosed"},
    {ITEM_ID, "ID (a \"b)\r\n", "cr-lf-quoted"},
    {ITEM_ID, "ID (a \"\\\n\"", "cr-lf-quoted"},
    {ITEM_ID, "ID NIL x\r\n", "trailing-octets"},
    {ITEM_ID, "ID NIL\n", "bare-lf"},
    {ITEM_ID, "ID (\"a\" {4294967296}\r\n", "literal-size-overflow"},
    {ITEM_ID, "ID (\"a\" {20}\r\n", NULL}, /* more must come */
    {ITEM_ID, "ID (a {}\r\n", NULL},
    {ITEM_ID, "ID (a {7+}\r\nx", NULL},
    {ITEM_ID, "ID (a \"", NULL},
    {ITEM_COMMAND, "a1 SELECT x y\r\n", "trailing-octets"},
    {ITEM_CLIENTID, "CLIENTID uuid_ x{7}\r\n", "clientid-literal-like"}, /* T-CID-7 */
    {ITEM_CLIENTID, "CLIENTID uuid_ (\"\r\n", "clientid-quoted"},
    {ITEM_CLIENTID, "CLIENTID uuid_ x\r\n", "clientid-underscore"},
};

static void lingering(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof ended / sizeof *ended; i++)
        expect(&waits, ended[i].item, ended[i].text, strlen(ended[i].text),
               ended[i].cause ? PART_LINGERS : PART_AGREE, ended[i].cause ? ended[i].cause : "");
}

/* ---- what the grammar accepts
 * ---------------------------------------------------------------------------------- */

static bool w_literal(const uint8_t *p, size_t n) { return has(p, n, "}\r\n"); }
static bool w_zero_literal(const uint8_t *p, size_t n) { return has(p, n, "{0}"); }
static bool w_leading_zeros(const uint8_t *p, size_t n) { return has(p, n, "{02") || has(p, n, "{01"); }
static bool w_nil(const uint8_t *p, size_t n) { return has(p, n, "nil") && !has(p, n, "\"nil"); }
static bool w_any_nil(const uint8_t *p, size_t n) { return has(p, n, " NIL)") || has(p, n, " NIL "); }
static bool w_nil_list(const uint8_t *p, size_t n) { return has(p, n, "ID NIL"); }
static bool w_nil_string(const uint8_t *p, size_t n) { return has(p, n, "\"NIL\""); }
static bool w_empty(const uint8_t *p, size_t n) { return has(p, n, "()"); }
static bool w_empty_string(const uint8_t *p, size_t n) { return has(p, n, "\"\""); }
static bool w_escape(const uint8_t *p, size_t n) { return has(p, n, "\\"); }
static bool w_case(const uint8_t *p, size_t n) { return has(p, n, "id "); }
static bool w_paren(const uint8_t *p, size_t n) { return memchr(p, ')', n - 3) != NULL; }
static bool w_control(const uint8_t *p, size_t n) { return has(p, n, "\x01"); }
static bool w_tab_quoted(const uint8_t *p, size_t n) { return has(p, n, "\t"); }
static bool w_8_bit(const uint8_t *p, size_t n) { return has(p, n, "\xff"); }
static bool w_crlf(const uint8_t *p, size_t n) {
    for (size_t i = 1; i + 2 < n; i++)
        if (p[i] == '\r' && p[i - 1] != '}')
            return true;
    return false;
}
static bool w_always(const uint8_t *p, size_t n) { return p && n; }
static uint32_t quotes(const uint8_t *p, size_t n) {
    uint32_t k = 0;
    for (size_t i = 0; i < n; i++)
        k += p[i] == '"';
    return k;
}
static bool w_second_pair(const uint8_t *p, size_t n) { return quotes(p, n) > 4; }
static bool w_pairs(const uint8_t *p, size_t n) { return quotes(p, n) > 120; }
static uint32_t longest(const uint8_t *p, size_t n) {
    uint32_t most = 0, run = 0;
    for (size_t i = 0; i < n; i++) {
        run = p[i] == '"' ? 0 : run + 1;
        most = run > most ? run : most;
    }
    return most;
}
static bool w_30(const uint8_t *p, size_t n) { return longest(p, n) > 30; }
static bool w_20(const uint8_t *p, size_t n) { return longest(p, n) > 20; }
static bool w_1024(const uint8_t *p, size_t n) { return longest(p, n) > 1024; }
/* A field that came before: strings 0, 2, 4, ... */
static bool repeated(const uint8_t *p, size_t n, bool fold) {
    const uint8_t *at[200];
    uint32_t len[200], k = 0;
    for (size_t i = 0; i < n && k < 200; i++)
        if (p[i] == '"') {
            size_t from = ++i;
            while (i < n && p[i] != '"')
                i++;
            at[k] = p + from, len[k++] = (uint32_t)(i - from);
        }
    for (uint32_t i = 0; i < k; i += 2)
        for (uint32_t j = 0; j < i; j += 2) {
            bool exactly = len[i] == len[j] && !memcmp(at[i], at[j], len[i]);
            bool folded = len[i] == len[j] && !strncasecmp((const char *)at[i], (const char *)at[j], len[i]);
            if (fold ? folded && !exactly : exactly)
                return true;
        }
    return false;
}
static bool w_duplicate(const uint8_t *p, size_t n) { return repeated(p, n, false); }
static bool w_duplicate_case(const uint8_t *p, size_t n) { return repeated(p, n, true); }
static bool w_tag(const uint8_t *p, size_t n) { return n > 2 && p[1] == ']'; }
static bool w_long_tag(const uint8_t *p, size_t n) {
    const uint8_t *blank = memchr(p, ' ', n);
    return blank != NULL && blank - p > 40;
}
static bool w_closes(const uint8_t *p, size_t n) { return memchr(p, ')', n) != NULL; }
static bool w_quote(const uint8_t *p, size_t n) { return memchr(p, '"', n) != NULL; }
static bool w_brace(const uint8_t *p, size_t n) { return n > 3 && p[n - 3] == '}'; }
static bool w_digit_in_type(const uint8_t *p, size_t n) {
    for (size_t i = 9; i < n && p[i] != ' '; i++)
        if (p[i] >= '0' && p[i] <= '9')
            return true;
    return false;
}
static bool w_nil_type(const uint8_t *p, size_t n) { return has(p, n, " NIL "); }
static bool w_special(const uint8_t *p, size_t n) { return has(p, n, "%"); }
static bool w_bracket(const uint8_t *p, size_t n) { return has(p, n, "["); }
static bool w_2_31(const uint8_t *p, size_t n) { return has(p, n, "3000000000"); }
static bool w_star(const uint8_t *p, size_t n) { return has(p, n, "*") && p[0] != '*'; }
static bool w_envelope(const uint8_t *p, size_t n) { return has(p, n, "ENVELOPE"); }

#define A30 "aaaaaaaaaabbbbbbbbbbcccccccccc"
#define RICH                                                                                                 \
    "iD (\"name\" \"a\\\\b\" \"os\" {3}\r\n\xff(x \"NIL\" nil \"Name\" NIL \"e\" \"\" \"os\" \"\x01)\" "     \
    "\"z\" {0}\r\n "                                                                                         \
    "\"q\" {02}\r\nxy \"" A30 "x\" \"v\" \"nl\" {4}\r\ny\r\nz \"b\" \"\t\")\r\n"
static const struct {
    bool (*wrong)(const uint8_t *p, size_t n);
    enum lib_item item;
    const char *text;
    const char *cause;
} accepted[] = {
    {w_literal, ITEM_ID, RICH, "literal"},
    {w_zero_literal, ITEM_ID, RICH, "zero-literal"},
    {w_leading_zeros, ITEM_ID, RICH, "leading-zeros"},
    {w_nil, ITEM_ID, RICH, "lower-case-nil"},
    {w_any_nil, ITEM_ID, RICH, "nil-value"},
    {w_nil_string, ITEM_ID, RICH, "nil-word"},
    {w_empty_string, ITEM_ID, RICH, "empty-string"},
    {w_escape, ITEM_ID, RICH, "escape"},
    {w_case, ITEM_ID, "id (\"a\" {1}\r\nb)\r\n", "keyword-case"},
    {w_paren, ITEM_ID, RICH, "special-quoted"},
    {w_control, ITEM_ID, RICH, "control-quoted"},
    {w_tab_quoted, ITEM_ID, RICH, "control-quoted"},
    {w_8_bit, ITEM_ID, RICH, "8-bit-literal"},
    {w_crlf, ITEM_ID, RICH, "cr-lf-literal"},
    {w_second_pair, ITEM_ID, RICH, "several-pairs"},
    {w_duplicate, ITEM_ID, "id (\"a\" \"\" \"b\" \"\\\\\" \"a\" \"x\")\r\n", "duplicate-field"},
    {w_duplicate_case, ITEM_ID, "id (\"ab\" \"\" \"b\" \"\\\\\" \"Ab\" \"x\")\r\n", "duplicate-case"},
    {w_30, ITEM_ID, RICH, "limit-field"},
    {w_20, ITEM_ID, RICH, "length"},
    {w_nil_list, ITEM_ID, "ID NIL\r\n", "nil-list"},
    {w_nil, ITEM_ID, "ID nil\r\n", "lower-case-nil"},
    {w_empty, ITEM_ID, "ID ()\r\n", "empty-list"},
    {w_always, ITEM_ID, RICH, "plain"},
    {w_literal, ITEM_COMMAND, "a1 ID (\"a\" {1}\r\nb \"c\" nil)\r\n", "literal"},
    {w_escape, ITEM_ID_RESPONSE, "* ID (\"a\" {1}\r\nb \"c\" \"\\\"\")\r\n", "escape"},
    {w_digit_in_type, ITEM_CLIENTID, "CLIENTID sha256 \"{x}%\r\n", "clientid-type"},
    {w_quote, ITEM_CLIENTID, "CLIENTID sha256 \"{x}%\r\n", "clientid-quoted"},
    {w_special, ITEM_CLIENTID, "CLIENTID sha256 \"{x}%\r\n", "clientid-special"},
    {w_brace, ITEM_CLIENTID, "CLIENTID sha256 %x{7+}\r\n", "clientid-literal-like"},
    {w_always, ITEM_CLIENTID, "CLIENTID sha256 %x{7+}\r\n", "plain"},
    {w_quote, ITEM_CLIENTID, "CLIENTID uuid \"NIL\"\r\n", "clientid-quoted"},
    {w_nil_type, ITEM_CLIENTID, "CLIENTID NIL x\r\n", "nil-word"},
    {w_quote, ITEM_CLIENTID,
     "CLIENTID abcdefghijklmnop 01234567890123456789\"0123456789012345678901234567890%\r\n",
     "clientid-quoted"},
    {w_literal, ITEM_COMMAND, "a1 login {1}\r\na \"\\\"b\"\r\n", "literal"},
    {w_escape, ITEM_COMMAND, "a1 login {1}\r\na \"\\\"b\"\r\n", "escape"},
    {w_star, ITEM_COMMAND, "a1 FETCH 3000000000:* flags\r\n", "sequence-set"},
    {w_2_31, ITEM_RESPONSE, "* 3000000000 exists\r\n", "number-large"},
    {w_bracket, ITEM_RESPONSE, "* OK [UIDNEXT 7] a b\r\n", "code"},
    {w_envelope, ITEM_RESPONSE,
     "* 3 FETCH (FLAGS (\\Seen) ENVELOPE (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) UID 7)\r\n", "envelope"},
    {w_always, ITEM_RESPONSE, "* LIST () \"/\" x\r\n", "mailbox-list"},
};

static void features_are_causes(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof accepted / sizeof *accepted; i++) {
        const char *z = accepted[i].text;
        wrong = accepted[i].wrong;
        expect(&right, accepted[i].item, z, strlen(z), PART_AGREE, "");
        expect(&refuses, accepted[i].item, z, strlen(z), PART_REFUSES, accepted[i].cause);
        expect(&faults, accepted[i].item, z, strlen(z), PART_FAULT, accepted[i].cause);
        if (accepted[i].item != ITEM_RESPONSE && !strstr(z, "FETCH"))
            expect(&misreads, accepted[i].item, z, strlen(z), PART_CONTENT, accepted[i].cause);
    }
}

/* An ID command of n pairs with values of the given length. */
static size_t many(char *to, int pairs, int length) {
    size_t n = (size_t)sprintf(to, "ID (");
    for (int i = 0; i < pairs; i++)
        n += (size_t)sprintf(to + n, "%s\"n%d\" \"%0*d\"", i ? " " : "", i, length, 7);
    return n + (size_t)sprintf(to + n, ")\r\n");
}

static void limits_are_causes(void **state) {
    (void)state;
    static char text[65536];
    size_t n = many(text, 31, 3); /* ID-3.3-f */
    wrong = w_pairs;
    expect(&refuses, ITEM_ID, text, n, PART_REFUSES, "limit-pairs");
    expect(&refuses, ITEM_ID, text, many(text, 30, 3), PART_AGREE, "");
    wrong = w_1024;
    n = many(text, 3, 1025); /* ID-3.3-e */
    expect(&refuses, ITEM_ID, text, n, PART_REFUSES, "limit-value");
    expect(&refuses, ITEM_ID, text, many(text, 3, 1024), PART_AGREE, "");
}

/* Two ways of being wrong at once are two causes. */
static bool w_two(const uint8_t *p, size_t n) { return w_escape(p, n) || w_any_nil(p, n); }
static bool w_both(const uint8_t *p, size_t n) { return w_escape(p, n) && w_8_bit(p, n); }
static void several_causes(void **state) {
    (void)state;
    wrong = w_two;
    struct difference d = ask(&refuses, ITEM_ID, RICH, strlen(RICH));
    assert_int_equal(d.causes, 2);
    assert_int_equal(d.cause[0], CAUSE_NIL_VALUE);
    assert_int_equal(d.cause[1], CAUSE_ESCAPE);
    wrong = w_both; /* none alone, but two together */
    d = ask(&refuses, ITEM_ID, RICH, strlen(RICH));
    assert_int_equal(d.causes, 2);
    assert_int_equal(d.cause[0], CAUSE_ESCAPE);
    assert_int_equal(d.cause[1], CAUSE_EIGHT_BIT_LITERAL);
}

/* ---- what is no difference
 * ------------------------------------------------------------------------------------- */

static void say_pass(enum lib_item item, const uint8_t *p, size_t n, struct lib_answer *a) {
    (void)item, (void)p, (void)n;
    a->verdict = LIB_PASS;
}
static void refuse(enum lib_item item, const uint8_t *p, size_t n, struct lib_answer *a) {
    (void)item, (void)p, (void)n;
    a->verdict = LIB_REJECT;
}
static void accept_silently(enum lib_item item, const uint8_t *p, size_t n, struct lib_answer *a) {
    answer_as_reference(item, p, n, a);
    a->used = 0;
    a->canon.len = 0;
}
static void takes_one_less(enum lib_item item, const uint8_t *p, size_t n, struct lib_answer *a) {
    answer_as_reference(item, p, n, a);
    a->used--;
}

static const struct library passes = {.name = "passes", .items = 31, .parse = say_pass},
                            never = {.name = "never", .items = 31, .parse = refuse},
                            silent = {.name = "silent", .items = 31, .parse = accept_silently},
                            other = {.name = "other", .items = 1 << ITEM_CLIENTID, .parse = refuse},
                            less = {.name = "less", .items = 31, .parse = takes_one_less};

static void no_false_alarm(void **state) {
    (void)state;
    const char *id = "ID (\"a\" \"b\")\r\n", *part = "ID (\"a\" \"b", *wrong_and_open = "ID (a \"b",
               *two = "ID NIL\r\na1 x";
    expect(&passes, ITEM_ID, id, strlen(id), PART_AGREE, "");
    expect(&other, ITEM_ID, id, strlen(id), PART_AGREE, "");
    expect(&silent, ITEM_ID, id, strlen(id), PART_AGREE, "");
    expect(&never, ITEM_ID, part, strlen(part), PART_AGREE, "");                     /* not whole */
    expect(&waits, ITEM_ID, wrong_and_open, strlen(wrong_and_open), PART_AGREE, ""); /* lazier */
    expect(&waits, ITEM_ID, id, strlen(id), PART_WAITS, "plain");
    expect(&right, ITEM_ID, two, strlen(two), PART_AGREE, ""); /* the first item is compared */
    expect(&less, ITEM_ID, id, strlen(id), PART_SHORT, "plain");
    expect(&takes_all, ITEM_ID, part, strlen(part), PART_TAKES, "unclosed");
    /* The literal has not come yet, though the line before it has ended. */
    const char *literal = "ID (a {20}\r\nx)\r\n";
    expect(&waits, ITEM_ID, literal, strlen(literal), PART_AGREE, "");
    /* A number is too large, but it is not the literal's. */
    const char *set = "a FETCH 4294977295 {2}\r\nxy";
    expect(&waits, ITEM_COMMAND, set, strlen(set), PART_AGREE, "");
    /* Without its literal APPEND is none: the literal is there for the grammar alone. */
    const char *append = "a] APPEND INBOX {2}\r\nxy\r\n";
    wrong = w_tag;
    expect(&refuses, ITEM_COMMAND, append, strlen(append), PART_REFUSES, "tag");
    /* A tag of 50 octets, whatever stands behind it, and whatever it is made of. */
#define FIFTY "aaaaaaaaaAaaaaaaaaaAaaaaaaaaaAaaaaaaaaaAaaaaaaaaaA"
    static const char *const long_tags[] = {FIFTY " NOOP\r\n", FIFTY " LIST x y\r\n", FIFTY " ID NIL\r\n",
                                            FIFTY " CLIENTID a b\r\n", "]" FIFTY " NOOP\r\n",
                                            "55555555555555555555555555555555555555555555555555 NOOP\r\n",
                                            FIFTY " AUTHENTICATE PLAIN 000000000003\r\n"};
    wrong = w_long_tag;
    for (size_t i = 0; i < sizeof long_tags / sizeof *long_tags; i++)
        expect(&refuses, ITEM_COMMAND, long_tags[i], strlen(long_tags[i]), PART_REFUSES, "tag-length");
    wrong = w_closes;
    expect(&refuses, ITEM_RESPONSE, "x OK )\r\n", 8, PART_REFUSES, "response-text");
    /* A token that looks like a literal announces nothing (T-CID-7). */
    const char *token = "CLIENTID uuid_ x{7}\r\n";
    expect(&waits, ITEM_CLIENTID, token, strlen(token), PART_LINGERS, "clientid-literal-like");
}

static void standings(void **state) {
    (void)state;
    assert_int_equal(standing_of(ITEM_ID, PART_REFUSES, CAUSE_LIMIT_FIELD), STANDING_EITHER); /* T-ID-4 */
    assert_int_equal(standing_of(ITEM_ID, PART_REFUSES, CAUSE_DUPLICATE_CASE), STANDING_EITHER);
    assert_int_equal(standing_of(ITEM_ID, PART_FAULT, CAUSE_LIMIT_FIELD), STANDING_WRONG);
    assert_int_equal(standing_of(ITEM_ID, PART_TAKES, CAUSE_ODD_COUNT), STANDING_WRONG);    /* ID-3.1-c */
    assert_int_equal(standing_of(ITEM_ID, PART_REFUSES, CAUSE_EMPTY_LIST), STANDING_WRONG); /* T-ID-2 */
    assert_int_equal(standing_of(ITEM_ID_RESPONSE, PART_TAKES, CAUSE_ODD_COUNT), STANDING_EITHER);
    assert_int_equal(standing_of(ITEM_RESPONSE, PART_LINGERS, CAUSE_ESCAPE), STANDING_EITHER);
    assert_int_equal(standing_of(ITEM_ID, PART_LINGERS, CAUSE_ESCAPE), STANDING_WRONG);
    assert_int_equal(standing_of(ITEM_ID_RESPONSE, PART_REFUSES, CAUSE_LITERAL), STANDING_WRONG);
    assert_int_equal(standing_of(ITEM_CLIENTID, PART_REFUSES, CAUSE_CLIENTID_TYPE),
                     STANDING_CONTRADICT); /* T-CID-3 */
    assert_int_equal(standing_of(ITEM_CLIENTID, PART_TAKES, CAUSE_CLIENTID_UNDERSCORE), STANDING_CONTRADICT);
}

static void names(void **state) {
    (void)state;
    for (int i = CAUSE_NONE + 1; i < CAUSE_COUNT; i++) {
        assert_int_equal(cause_by_name(cause_name(i)), i);
        assert_true(strlen(cause_name(i)) < 24 && strlen(cause_what(i)) < 100);
    }
    assert_int_equal(cause_by_name("odd"), -1);
    assert_int_equal(part_by_name("takes"), PART_TAKES);
    assert_int_equal(part_by_name("x"), -1);
}

/* ---- shortening
 * ------------------------------------------------------------------------------------------------ */

static void shortened(void **state) {
    (void)state;
    uint8_t p[400];
    const char *odd = "ID (\"name\" \"value\" \"os\" {3}\r\nabc \"vendor\" nil \"last\")\r\n";
    memcpy(p, odd, strlen(odd));
    size_t n = compare_shorten(&takes_all, ITEM_ID, p, strlen(odd), PART_TAKES,
                               &(struct lib_answer){.verdict = LIB_ACCEPT}, CAUSE_ODD_COUNT, 2000);
    struct difference d = ask(&takes_all, ITEM_ID, p, n);
    if (n > 10)
        fail_msg("`%.*s`", (int)n, (const char *)p);
    assert_true(n <= 10); /* ID ("") and its line end */
    assert_int_equal(d.cause[0], CAUSE_ODD_COUNT);
    wrong = w_literal;
    memcpy(p, RICH, strlen(RICH));
    compare_forget();
    n = compare_shorten(&refuses, ITEM_ID, p, strlen(RICH), PART_REFUSES,
                        &(struct lib_answer){.verdict = LIB_REJECT}, CAUSE_LITERAL, 3000);
    d = ask(&refuses, ITEM_ID, p, n);
    assert_true(n <= 24);
    assert_int_equal(d.cause[0], CAUSE_LITERAL);
}

int main(void) {
    static const struct library *const all[] = {&right,  &takes_all, &waits,  &refuses, &misreads, &faults,
                                                &passes, &never,     &silent, &other,   &less};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        library_register(all[i]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refusals_have_causes),
        cmocka_unit_test(features_are_causes),
        cmocka_unit_test(limits_are_causes),
        cmocka_unit_test(several_causes),
        cmocka_unit_test(no_false_alarm),
        cmocka_unit_test(lingering),
        cmocka_unit_test(standings),
        cmocka_unit_test(names),
        cmocka_unit_test(shortened),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
