/* test_slice.c: strings compared and decoded, sequence sets, printing primitives, the keyword tables' order. */
#include <stdio.h>
#include <string.h>

#include "cursor.h"
#include "items.h"

static unsigned failed;
#define CHECK(x) check(x, #x, __LINE__)
static void check(bool ok, const char *what, int line)
{
    if (!ok) {
        printf("line %d: %s\n", line, what);
        failed++;
    }
}

static struct slice sl(const char *z) { return (struct slice){(const uint8_t *)z, (uint32_t)strlen(z)}; }
static struct istring quoted(const char *z) { return (struct istring){STR_QUOTED, strchr(z, '\\') != NULL, sl(z)}; }

static void strings(void)
{
    struct istring nil = {.kind = STR_NIL}, empty = quoted(""), a = quoted("a\\\"b\\\\"), b = {STR_LITERAL, false, sl("a\"b\\")};
    uint8_t out[8];
    CHECK(istring_equal(&a, &b) && istring_equal(&b, &a) && istring_equal(&nil, &nil));
    CHECK(!istring_equal(&nil, &empty) && !istring_equal(&empty, &nil) && !istring_equal(&a, &empty));
    struct istring c = {STR_ATOM, false, sl("a\\\"b\\\\")};
    CHECK(!istring_equal(&a, &c)); /* a backslash escapes in quoted strings alone */
    CHECK(istring_copy(&a, out, sizeof out) == 4 && memcmp(out, "a\"b\\", 4) == 0);
    CHECK(istring_copy(&a, out, 2) == 4 && istring_copy(&nil, out, 8) == 0 && istring_copy(&b, out, 3) == 4);
    CHECK(slice_equal(sl(""), (struct slice){NULL, 0}) && !slice_equal(sl("a"), sl("ab")));
    CHECK(slice_is(sl("ab"), "ab") && !slice_is(sl("ab"), "a") && !slice_is(sl("a"), "ab") && !slice_is(sl("ab"), "aB"));
    CHECK(slice_is_nocase(sl("aB[z"), "Ab[Z") && !slice_is_nocase(sl("a"), "ab") && !slice_is_nocase(sl("ab"), "a"));
    CHECK(!slice_is_nocase(sl("["), "{") && !slice_is_nocase(sl("@"), "`")); /* letters alone have two cases */
}

static void sets(void)
{
    struct seq_set s;
    CHECK(seq_set_parse(sl("2,4:7,9,12:*"), true, &s) && s.n == 4); /* the example of R3501-9 sequence-set */
    static const uint32_t in[] = {2, 4, 5, 6, 7, 9, 12, 13, 14, 15};
    for (uint32_t n = 1, k = 0; n <= 15; n++) {
        bool want = k < 10 && in[k] == n;
        k += want;
        CHECK(seq_set_has(&s, n, 15) == want);
    }
    CHECK(seq_set_parse(sl("*:4,5:7"), true, &s) && seq_set_has(&s, 10, 10) && seq_set_has(&s, 4, 10) &&
          !seq_set_has(&s, 3, 10) && !seq_set_has(&s, 11, 10));
    CHECK(seq_set_parse(sl("3291:*"), true, &s) && seq_set_has(&s, 7, 7) && !seq_set_has(&s, 6, 7));
    CHECK(seq_set_parse(sl("4:2"), true, &s) && s.r[0].lo == 4 && s.r[0].hi == 2 && seq_set_has(&s, 3, 9));
    CHECK(seq_set_parse(sl("4294967295"), true, &s) && !seq_set_parse(sl("4294967296"), true, &s));
    CHECK(seq_set_parse(sl("4294967295"), true, &s) && !seq_set_has(&s, 9, 9) && seq_set_has(&s, UINT32_MAX, 9)); /* no `*` */
    static const char *const bad[] = {"", "0", "01", "1,", ",1", "1:", ":1", "1:2:3", "a", "1 ", "-1", "1,,2", "*", "1:*"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK(!seq_set_parse(sl(bad[i]), false, &s));
    char many[4 * SEQ_RANGES_MAX] = "";
    for (int i = 0; i < SEQ_RANGES_MAX; i++)
        strcat(many, i > 0 ? ",1" : "1");
    CHECK(seq_set_parse(sl(many), true, &s) && s.n == SEQ_RANGES_MAX);
    strcat(many, ",1");
    CHECK(!seq_set_parse(sl(many), true, &s));
}

static bool prints(void (*f)(struct out *, struct slice), const char *in, const char *want)
{
    uint8_t b[64];
    struct out o = {b, sizeof b, 0};
    f(&o, sl(in));
    return o.len == strlen(want) && memcmp(b, want, o.len) == 0;
}

static void printing(void)
{
    CHECK(prints(out_quoted, "a\"\\b", "\"a\\\"\\\\b\"") && prints(out_quoted, "", "\"\""));
    CHECK(prints(out_literal, "a\r\n", "{3}\r\na\r\n"));
    CHECK(prints(out_string, "a b", "\"a b\"") && prints(out_string, "a\n", "{2}\r\na\n") && prints(out_string, "\xe9", "{1}\r\n\xe9"));
    CHECK(prints(out_astring, "a]b", "a]b") && prints(out_astring, "a b", "\"a b\"") && prints(out_astring, "", "\"\""));
    CHECK(prints(out_astring, "a*", "\"a*\"") && prints(out_astring, "nil", "\"nil\"") && prints(out_astring, "\\", "\"\\\\\""));
    uint8_t b[4] = {0, 0, 0, 7};
    struct out o = {b, 3, 0};
    out_number(&o, 12);
    out_number(&o, UINT64_MAX);
    CHECK(o.len == 22 && memcmp(b, "121\7", 4) == 0); /* what did not fit is counted, not written */
}

static void tables(void)
{
    static const struct words *const all[] = {
        &command_words, &fetch_words, &macro_words, &status_words, &search_words, &store_words, &section_words,
        &untagged_words, &numbered_words, &state_words, &code_words, &misc_words,
    };
    for (size_t t = 0; t < sizeof all / sizeof *all; t++)
        for (uint32_t i = 0; i < all[t]->n; i++) {
            CHECK(i == 0 || strcmp(all[t]->v[i - 1].text, all[t]->v[i].text) < 0);
            CHECK(words_find(all[t], sl(all[t]->v[i].text)) == &all[t]->v[i]);
            CHECK(words_find(all[t], sl("NOSUCHWORD")) == NULL && words_find(all[t], sl("")) == NULL);
        }
}

int main(void)
{
    strings();
    sets();
    printing();
    tables();
    printf("slice: %u failed\n", failed);
    return failed != 0;
}
