/* test_content.c: message contents against values worked out by hand from RFC 3501 7.4.2, 6.4.5 and 6.4.4. */
#include "content_mime.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct content *store;
static struct content_ops ops;

static int setup(void **state) {
    (void)state;
    store = content_new();
    ops = content_ops(store);
    return store ? 0 : -1;
}

static int teardown(void **state) {
    (void)state;
    content_free(store);
    return 0;
}

static struct slice sl(const char *z) { return (struct slice){(const uint8_t *)z, (uint32_t)strlen(z)}; }
static uint32_t put(const char *z) { return ops.intern(ops.self, sl(z)); }

static void expect_section(uint32_t id, const char *section, const char *want) {
    struct slice got;
    bool there = ops.section(ops.self, id, sl(section), &got);
    if (!want) {
        assert_false(there);
        return;
    }
    if (!there)
        fail_msg("no section %s", section);
    if (!slice_equal(got, sl(want)))
        fail_msg("section %s is \"%.*s\"", section, (int)got.n, (const char *)got.p);
}

static char *printed(uint32_t id, int what) {
    static uint8_t buf[65536];
    struct out o = {.p = buf, .cap = sizeof buf - 1};
    if (what == 0)
        ops.envelope(ops.self, id, &o);
    else
        ops.structure(ops.self, id, what == 2, &o);
    assert_true(o.len < sizeof buf);
    buf[o.len] = 0;
    return (char *)buf;
}

static bool match(uint32_t id, int kind, const char *field, const char *value) {
    return ops.match(ops.self, id, kind, sl(field), sl(value));
}

/* The message of RFC 3501's sample session (section 8), whose envelope stands there; its body is ours. */
static const char sample[] = "Date: Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\r\n"
                             "From: Terry Gray <gray@cac.washington.edu>\r\n"
                             "Subject: IMAP4rev1 WG mtg summary and minutes\r\n"
                             "To: imap@cac.washington.edu\r\n"
                             "cc: minutes@CNRI.Reston.VA.US, John Klensin <KLENSIN@MIT.EDU>\r\n"
                             "Message-Id: <B27397-0100000@cac.washington.edu>\r\n"
                             "MIME-Version: 1.0\r\n"
                             "Content-Type: TEXT/PLAIN; CHARSET=US-ASCII\r\n"
                             "\r\n"
                             "one\r\ntwo\r\n";

static void rfc3501_sample(void **state) {
    (void)state;
    uint32_t id = put(sample);
    assert_string_equal(
        printed(id, 0),
        "(\"Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\" \"IMAP4rev1 WG mtg summary and minutes\" "
        "((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) ((\"Terry Gray\" NIL \"gray\" "
        "\"cac.washington.edu\")) "
        "((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) ((NIL NIL \"imap\" \"cac.washington.edu\")) "
        "((NIL NIL \"minutes\" \"CNRI.Reston.VA.US\")(\"John Klensin\" NIL \"KLENSIN\" \"MIT.EDU\")) NIL NIL "
        "\"<B27397-0100000@cac.washington.edu>\")");
    assert_string_equal(printed(id, 1),
                        "(\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" 10 2)");
    assert_string_equal(
        printed(id, 2),
        "(\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" 10 2 NIL NIL NIL NIL)");
    struct slice mark = ops.mark(ops.self, id);
    assert_true(slice_is(mark, "IMAP4rev1 WG mtg summary and minutes"));
}

static void envelope_defaults(void **state) {
    (void)state;
    /* absent is NIL, empty is "", empty Sender and Reply-To are From's */
    uint32_t id = put("Subject:\r\nFrom: a@b\r\nSender: \r\nReply-To: c@d\r\nTo:\r\n\r\n");
    assert_string_equal(printed(id, 0),
                        "(NIL \"\" ((NIL NIL \"a\" \"b\")) ((NIL NIL \"a\" \"b\")) ((NIL NIL \"c\" \"d\")) "
                        "NIL NIL NIL NIL NIL)");
    /* groups; folded and encoded text stays as it is on the wire; quotes are escaped */
    id = put("To: Friends: x@y, =?utf-8?Q?J=C3=B6?= <j@z>;, q@r\r\nSubject: a\r\n \"b\"\r\nIn-Reply-To: "
             "<1@2>\r\n\r\n");
    assert_string_equal(
        printed(id, 0),
        "(NIL \"a \\\"b\\\"\" NIL NIL NIL "
        "((NIL NIL \"Friends\" NIL)(NIL NIL \"x\" \"y\")(\"=?utf-8?Q?J=C3=B6?=\" NIL \"j\" \"z\")"
        "(NIL NIL NIL NIL)(NIL NIL \"q\" \"r\")) NIL NIL \"<1@2>\" NIL)");
    id = put("no header at all");
    assert_string_equal(printed(id, 0), "(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)");
}

/* Parts numbered as in the example of RFC 3501 6.4.5: text, application, message/rfc822, multipart. */
static const char nested[] =
    "Subject: top\r\nContent-Type: multipart/mixed; boundary=\"ab c\"\r\n\r\n"
    "preamble\r\n"
    "--ab c\r\n\r\nfirst\r\n"
    "--ab c\r\nContent-Type: application/octet-stream; name=x\r\n"
    "Content-Transfer-Encoding: BASE64\r\nContent-ID: <c@i>\r\nContent-Description: d d\r\n"
    "Content-Disposition: attachment; filename=\"x\\\"y\"\r\nContent-MD5: Q2hlY2s=\r\n\r\nAAEC\r\n\r\n"
    "--ab c\r\nContent-Type: message/rfc822\r\n\r\n"
    "Subject: inner\r\nTo: i@n\r\nX-A: 1\r\n\r\nin one\r\nin two\r\n"
    "--ab c\r\nContent-Type: multipart/alternative; boundary=q\r\nContent-Language: en, de\r\n\r\n"
    "--q\r\n\r\nplain\r\n\r\n--q\r\nContent-Type: text/html\r\nContent-Language: de\r\n\r\n<p>\r\n--q--\r\n"
    "--ab c--\r\nepilogue\r\n";

static void sections(void **state) {
    (void)state;
    uint32_t id = put(nested);
    expect_section(id, "", nested);
    expect_section(id, "HEADER", "Subject: top\r\nContent-Type: multipart/mixed; boundary=\"ab c\"\r\n\r\n");
    expect_section(id, "TEXT", strstr(nested, "preamble"));
    expect_section(id, "1", "first");
    expect_section(id, "1.MIME", "\r\n");
    expect_section(id, "2", "AAEC\r\n");
    expect_section(id, "2.mime",
                   "Content-Type: application/octet-stream; name=x\r\n"
                   "Content-Transfer-Encoding: BASE64\r\nContent-ID: <c@i>\r\nContent-Description: d d\r\n"
                   "Content-Disposition: attachment; filename=\"x\\\"y\"\r\nContent-MD5: Q2hlY2s=\r\n\r\n");
    expect_section(id, "3", "Subject: inner\r\nTo: i@n\r\nX-A: 1\r\n\r\nin one\r\nin two");
    expect_section(id, "3.HEADER", "Subject: inner\r\nTo: i@n\r\nX-A: 1\r\n\r\n");
    expect_section(id, "3.TEXT", "in one\r\nin two");
    expect_section(id, "3.1", "in one\r\nin two");
    expect_section(id, "3.HEADER.FIELDS (x-a subject)", "Subject: inner\r\nX-A: 1\r\n\r\n");
    expect_section(id, "3.HEADER.FIELDS.NOT (X-A)", "Subject: inner\r\nTo: i@n\r\n\r\n");
    expect_section(id, "HEADER.FIELDS (\"Subject\")", "Subject: top\r\n\r\n");
    expect_section(id, "HEADER.FIELDS ({4}\r\nNone)", "\r\n");
    expect_section(id, "4.1", "plain\r\n");
    expect_section(id, "4.2", "<p>");
    expect_section(id, "4.2.MIME", "Content-Type: text/html\r\nContent-Language: de\r\n\r\n");
    static const char *const none[] = {"5",
                                       "0",
                                       "1.1",
                                       "1.TEXT",
                                       "2.HEADER",
                                       "3.2",
                                       "4.3",
                                       "MIME",
                                       "4.TEXT",
                                       "1.",
                                       "x",
                                       "3.1.1",
                                       "99999999999999",
                                       "HEADER.FIELDS",
                                       "HEADER.FIELDS x"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        expect_section(id, none[i], NULL);
    /* a message that is no multipart has part 1 alone */
    id = put(sample);
    expect_section(id, "1", "one\r\ntwo\r\n");
    expect_section(id, "1.1", NULL);
    expect_section(id, "2", NULL);
    expect_section(put("Subject: x\r\n"), "HEADER.FIELDS (SUBJECT)",
                   "Subject: x\r\n"); /* no blank line to add */
}

static void structures(void **state) {
    (void)state;
    uint32_t id = put(nested);
    assert_string_equal(printed(id, 1),
                        "((\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" 5 0)"
                        "(\"application\" \"octet-stream\" (\"name\" \"x\") \"<c@i>\" \"d d\" \"BASE64\" 6)"
                        "(\"message\" \"rfc822\" NIL NIL NIL \"7BIT\" 49 "
                        "(NIL \"inner\" NIL NIL NIL ((NIL NIL \"i\" \"n\")) NIL NIL NIL NIL) "
                        "(\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" 14 1) 5)"
                        "((\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" 7 1)"
                        "(\"text\" \"html\" NIL NIL NIL \"7BIT\" 3 0) \"alternative\") \"mixed\")");
    assert_string_equal(
        printed(id, 2),
        "((\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" 5 0 NIL NIL NIL NIL)"
        "(\"application\" \"octet-stream\" (\"name\" \"x\") \"<c@i>\" \"d d\" \"BASE64\" 6 "
        "\"Q2hlY2s=\" (\"attachment\" (\"filename\" \"x\\\"y\")) NIL NIL)"
        "(\"message\" \"rfc822\" NIL NIL NIL \"7BIT\" 49 "
        "(NIL \"inner\" NIL NIL NIL ((NIL NIL \"i\" \"n\")) NIL NIL NIL NIL) "
        "(\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" 14 1 NIL NIL NIL NIL) 5 NIL NIL NIL "
        "NIL)"
        "((\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" 7 1 NIL NIL NIL NIL)"
        "(\"text\" \"html\" NIL NIL NIL \"7BIT\" 3 0 NIL NIL \"de\" NIL) \"alternative\" (\"boundary\" "
        "\"q\") NIL "
        "(\"en\" \"de\") NIL) \"mixed\" (\"boundary\" \"ab c\") NIL NIL NIL)");
    /* in a digest, a part without a type is a message (RFC 2046 5.1.5) */
    id = put("Content-Type: multipart/digest; boundary=d\r\n\r\n--d\r\n\r\nSubject: s\r\n\r\nb\r\n--d--\r\n");
    assert_string_equal(
        printed(id, 1),
        "((\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 15 (NIL \"s\" NIL NIL NIL NIL NIL NIL NIL NIL) "
        "(\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" 1 0) 2) \"digest\")");
}

static void searches(void **state) {
    (void)state;
    uint32_t id = put(
        "From: =?iso-8859-1?Q?J=F6rg?= <joerg@x>\r\nTo: a@b\r\nCc: c@d\r\nBcc: e@f\r\nX-Empty:\r\n"
        "Subject: =?utf-8?B?R3LDvMOfZQ==?= now\r\nDate: Wed, 31 Dec 1997 23:30:00 -0800\r\n"
        "Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
        "Stra=DFe =\r\nend\r\n");
    assert_true(match(id, SK_SUBJECT, "", "gr\xC3\xBC\xC3\x9F"));
    assert_true(match(id, SK_SUBJECT, "", "E NOW"));
    assert_false(match(id, SK_SUBJECT, "", "utf-8"));
    assert_true(match(id, SK_FROM, "", "J\xC3\x96RG"));
    assert_true(match(id, SK_FROM, "", "joerg@"));
    assert_true(match(id, SK_TO, "", "A@B") && match(id, SK_CC, "", "c@d") && match(id, SK_BCC, "", "e@f"));
    assert_false(match(id, SK_TO, "", "c@d"));
    assert_true(match(id, SK_HEADER, "x-empty", ""));
    assert_false(match(id, SK_HEADER, "x-none", ""));
    assert_false(match(id, SK_HEADER, "x-empty", "v"));
    assert_true(match(id, SK_BODY, "", "STRASSE END")); /* soft line break; sharp s folds to ss */
    assert_false(match(id, SK_BODY, "", "joerg"));
    assert_true(match(id, SK_TEXT, "", "joerg") && match(id, SK_TEXT, "", "end"));
    /* the day as written, "disregarding time and timezone" */
    assert_true(match(id, SK_SENTON, "", "31-Dec-1997"));
    assert_false(match(id, SK_SENTON, "", "1-Jan-1998"));
    assert_true(match(id, SK_SENTBEFORE, "", "1-Jan-1998") && match(id, SK_SENTSINCE, "", "31-dec-1997"));
    assert_false(match(id, SK_SENTBEFORE, "", "31-Dec-1997") || match(id, SK_SENTSINCE, "", "1-Jan-1998"));
    assert_false(match(put("\r\nx"), SK_SENTBEFORE, "", "1-Jan-1998")); /* no Date, no match */
    id = put(nested);
    assert_true(match(id, SK_BODY, "", "in two") && match(id, SK_BODY, "", "Subject: inner"));
    assert_false(match(id, SK_BODY, "", "preamble") || match(id, SK_SUBJECT, "", "inner"));
    id = put("Content-Transfer-Encoding: base64\r\n\r\nSGVsbG8gV29ybGQ=\r\n");
    assert_true(match(id, SK_BODY, "", "hello world"));
}

static void store_and_reset(void **state) {
    (void)state;
    uint32_t first = put(sample);
    struct slice octets = ops.octets(ops.self, first);
    assert_int_equal(put(sample), first);
    assert_int_not_equal(put("Subject: other\r\n\r\n"), first);
    for (int i = 0; i < 3000; i++) {
        char z[64];
        snprintf(z, sizeof z, "Subject: m%d\r\n\r\n", i);
        uint32_t id = put(z);
        assert_true(id > 0 && put(z) == id);
    }
    assert_ptr_equal(ops.octets(ops.self, first).p, octets.p); /* borrowed slices stay */
    assert_true(slice_is(octets, sample));
    assert_int_equal(ops.octets(ops.self, 99999).n, 0);
    content_reset(store);
    assert_int_equal(ops.octets(ops.self, first).n, 0);
    assert_int_equal(put("Subject: again\r\n\r\n"), 1);
    assert_true(put("") > 0);
}

/* Everything that can be asked of a message; only sanitizers and the grammar judge. */
static void ask_all(const char *octets, size_t n) {
    static uint8_t buf[1 << 20];
    static const char *const sec[] = {"HEADER",
                                      "TEXT",
                                      "1",
                                      "1.1.1.1.1",
                                      "1.MIME",
                                      "2.HEADER",
                                      "HEADER.FIELDS (a subject)",
                                      "HEADER.FIELDS.NOT (\"a\\",
                                      "HEADER.FIELDS ({99}\r\na)"};
    struct slice v;
    uint32_t id = ops.intern(ops.self, (struct slice){(const uint8_t *)octets, (uint32_t)n});
    assert_true(id);
    for (size_t i = 0; i < sizeof sec / sizeof *sec; i++)
        ops.section(ops.self, id, sl(sec[i]), &v);
    for (int what = 0; what < 3; what++) {
        struct out o = {.p = buf, .cap = sizeof buf};
        if (what == 0)
            ops.envelope(ops.self, id, &o);
        else
            ops.structure(ops.self, id, what == 2, &o);
        assert_true(o.len > 0);
        if (o.len < sizeof buf - 100 && n < 100000) { /* what we print is a FETCH value of the grammar */
            static uint8_t line[(1 << 20) + 200];
            static struct node nodes[65536];
            static const char *const names[] = {"ENVELOPE", "BODY", "BODYSTRUCTURE"};
            int k = snprintf((char *)line, 100, "* 1 FETCH (%s ", names[what]);
            memcpy(line + k, buf, o.len);
            memcpy(line + k + o.len, ")\r\n", 3);
            struct node_pool pool = {nodes, 65536, 1};
            struct imap_response resp;
            struct lex_options opt = {.dialect = DIALECT_3501, .utf8 = true};
            struct lex_result r = parse_response(line, (size_t)k + o.len + 3, &opt, &pool, &resp);
            if (r.verdict != LEX_ACCEPT)
                fail_msg("%s: %s at %u: %.*s", names[what], r.rule, r.offset, 300, line);
        }
    }
    ops.mark(ops.self, id);
    for (int k = 0; k < SK_COUNT; k++)
        ops.match(ops.self, id, k, sl("a"), sl("1-Feb-1994"));
}

static void hostile(void **state) {
    (void)state;
    static const char *const odd[] = {
        "",
        "\n",
        "\r\n",
        ":",
        ": x\n\n",
        "a",
        "Subject: x\n\nbare LF\n",
        "Content-Type: multipart/mixed\r\n\r\nno boundary",
        "Content-Type: multipart/mixed; boundary=\r\n\r\n--\r\n",
        "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a--",
        "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a",
        "Content-Type: multipart/mixed; boundary=\"a\r\n\r\n--a\r\n\r\n--a\r\n",
        "Content-Type: a/b; c=\"\\",
        "Content-Type: (((((",
        "Content-Type: /",
        "From: (\r\nTo: \"\r\nCc: <<<>>>\r\nBcc: :;:;,,\r\n\r\n",
        "From: =?x?y?z\r\nSubject: \xff\xfe\r\n\r\n",
        "From: a@b@c <\"q\\\"w\"@x>, @r:s@t, g: h: i;;\r\n\r\n",
        "Content-Type: message/rfc822\r\n\r\n",
        "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n====",
        "Content-Disposition: \r\nContent-Language: ,,,\r\nContent-Transfer-Encoding: ;\r\n\r\n"};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
        ask_all(odd[i], strlen(odd[i]));
    static const char nul[] = "Sub\0ject: a\0b\r\nSubject: n\0ul\r\nFrom: \0 <\0@b>\r\n\r\n\0\0";
    ask_all(nul, sizeof nul - 1);
    /* every prefix of a message with everything */
    for (size_t n = 0; n < sizeof nested; n++)
        ask_all(nested, n);
}

static char *deep(const char *head, const char *each, int times, size_t *n) {
    size_t k = strlen(each), h = strlen(head);
    char *z = malloc(h + k * (size_t)times + 1);
    memcpy(z, head, h);
    for (int i = 0; i < times; i++)
        memcpy(z + h + k * (size_t)i, each, k);
    *n = h + k * (size_t)times;
    return z;
}

static void large(void **state) {
    (void)state;
    static const struct {
        const char *head, *each;
        int times;
    } v[] = {{"", "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n", 3000},
             {"", "Content-Type: message/rfc822\r\n\r\n", 3000},
             {"Content-Type: multipart/mixed; boundary=a\r\n\r\n", "--a\r\n\r\nx\r\n", 20000},
             {"Subject: m\r\n\r\n", "0123456789 abcdef\r\n", 600000}, /* 11 MB */
             {"To: ", "a@b, ", 200000},
             {"To: ", "(", 200000},
             {"To: ", "g:", 200000},
             {"Subject: ", "=?utf-8?Q?=C3=B6?= ", 20000},
             {"", "X: y\r\n", 200000},
             {"Content-Type: a/b", "; c=d", 100000},
             {"", "\r", 100000}};
    for (size_t i = 0; i < sizeof v / sizeof *v; i++) {
        size_t n;
        char *z = deep(v[i].head, v[i].each, v[i].times, &n);
        ask_all(z, n);
        free(z);
        content_reset(store);
    }
    assert_int_equal(put(sample), 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(rfc3501_sample, setup, teardown),
        cmocka_unit_test_setup_teardown(envelope_defaults, setup, teardown),
        cmocka_unit_test_setup_teardown(sections, setup, teardown),
        cmocka_unit_test_setup_teardown(structures, setup, teardown),
        cmocka_unit_test_setup_teardown(searches, setup, teardown),
        cmocka_unit_test_setup_teardown(store_and_reset, setup, teardown),
        cmocka_unit_test_setup_teardown(hostile, setup, teardown),
        cmocka_unit_test_setup_teardown(large, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
