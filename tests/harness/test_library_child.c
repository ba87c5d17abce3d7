/* test_library_child.c: the libraries that live in children of their own: what they answer, and which inputs
 * they die of, each of which costs one child and nothing else; and the messages that sessions count.
 *
 * A library that is not there is left out with a line.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "library.h"

static char canon[LIB_CANON];

static const struct row {
    const char *library;
    uint8_t item;
    const char *text;
    uint8_t verdict;
    const char *canon; /* ACCEPT */
} rows[] = {
    {"mailutils", ITEM_ID_RESPONSE, "* ID NIL\r\n", LIB_ACCEPT, "NIL"},
    {"mailutils", ITEM_ID_RESPONSE, "* ID (\"a\" \"b\" \"c\" {2}\r\n\"d)\r\n", LIB_ACCEPT,
     "(\"a\" \"b\" \"c\" \"\\\"d\")"},
    {"mailutils", ITEM_ID_RESPONSE, "* ID (\"a\" \"b\"\r\n", LIB_REJECT, ""},
    {"mailutils", ITEM_ID_RESPONSE, "* ID (\"a", LIB_MORE, ""},
    /* _id_mapper ends at the first value that is no string, and a name that is there already */
    {"mailutils", ITEM_ID_RESPONSE, "* ID (\"a\" \"b\" \"c\" NIL \"e\" \"f\")\r\n", LIB_ACCEPT,
     "(\"a\" \"b\")"},
    {"mailutils", ITEM_ID_RESPONSE, "* ID (\"a\" \"b\" \"A\" \"c\")\r\n", LIB_ACCEPT, "(\"a\" \"b\")"},
    /* parse_id_reply looks for a second element, the mapper for pairs, getline for a second word */
    {"mailutils", ITEM_ID_RESPONSE, "* ID\r\n", LIB_CRASH, ""},
    {"mailutils", ITEM_ID_RESPONSE, "* ID (\"a\")\r\n", LIB_CRASH, ""},
    {"mailutils", ITEM_ID_RESPONSE, "* \r\n", LIB_CRASH, ""},
    {"mailutils", ITEM_ID_RESPONSE, "* ID (\"a\" {4294967295}\r\nx)\r\n", LIB_MEMORY, ""},
    {"mailutils", ITEM_RESPONSE, "* 3 EXISTS\r\n", LIB_ACCEPT, "EXISTS 3"},
    {"mailutils", ITEM_RESPONSE, "* 3 EXPUNGE\r\n", LIB_ACCEPT, "EXPUNGE 3"},
    {"mailutils", ITEM_RESPONSE, "* BYE see you\r\n", LIB_ACCEPT, "BYE"},
    {"mailutils", ITEM_RESPONSE, "* SEARCH 1\r\n", LIB_PASS, ""},
    {"mailutils", ITEM_RESPONSE, "a1 OK done\r\n", LIB_PASS, ""},
    /* NIL is a list without octets, of which strtoul is called */
    {"mailutils", ITEM_RESPONSE, "* NIL EXISTS\r\n", LIB_CRASH, ""},
    {"mailutils", ITEM_RESPONSE, "* 1 FETCH (BODY NIL)\r\n", LIB_CRASH, ""},
    {"mailutils", ITEM_ID, "ID (\"a\" {3+}\r\nx)y \"c\" NIL)\r\n", LIB_ACCEPT, "(\"a\" \"x)y\" \"c\" NIL)"},
    {"mailutils", ITEM_ID, "ID (\"a\" {0}\r\n)\r\n", LIB_REJECT, ""},
    {"mailutils", ITEM_CLIENTID, "CLIENTID UUID 1-2-3\r\n", LIB_ACCEPT, "\"UUID\" \"1-2-3\""},
    {"mailutils", ITEM_CLIENTID, "CLIENTID UUID a(b)\r\n", LIB_REJECT, ""},
    {"mailutils", ITEM_COMMAND, "a1 login u {3}\r\np w\r\n", LIB_ACCEPT, "\"a1\" LOGIN \"u\" \"p w\""},
    {"mailutils", ITEM_COMMAND, "a1 FETCH 1 (FLAGS)\r\n", LIB_PASS, ""},

    {"kimap", ITEM_ID, "ID nil\r\n", LIB_ACCEPT, "NIL"},
    {"kimap", ITEM_ID, "ID (\"a\" {3}\r\nxyz \"c\" NIL)\r\n", LIB_ACCEPT, "(\"a\" \"xyz\" \"c\" NIL)"},
    {"kimap", ITEM_ID, "ID (\"a\" \"NIL\")\r\n", LIB_ACCEPT, "(\"a\" NIL)"},
    {"kimap", ITEM_ID, "ID (\"a\" {3}\r\nx", LIB_MORE, ""},
    {"kimap", ITEM_ID, "ID\r\n", LIB_REJECT, ""},
    /* each \\ is replaced until there is none */
    {"kimap", ITEM_ID, "ID (\"a\" \"\\\\\\\\\")\r\n", LIB_ACCEPT, "(\"a\" \"\\\\\")"},
    /* "]" is added to the last element of an empty list */
    {"kimap", ITEM_ID, "ID (])\r\n", LIB_CRASH, ""},
    {"kimap", ITEM_ID_RESPONSE, "* ID (\"a\" \"b\")\r\n", LIB_ACCEPT, "(\"a\" \"b\")"},
    {"kimap", ITEM_CLIENTID, "CLIENTID UUID 1-2-3\r\n", LIB_ACCEPT, "\"UUID\" \"1-2-3\""},
    {"kimap", ITEM_RESPONSE, "* 3 EXISTS\r\n", LIB_ACCEPT, "EXISTS 3"},
    {"kimap", ITEM_RESPONSE, "a1 NO [ALERT] no\r\n", LIB_ACCEPT, "\"a1\" NO"},
    {"kimap", ITEM_RESPONSE, "* 4 FETCH (FLAGS (\\Seen))\r\n", LIB_PASS, ""},
    /* its session takes a text for words: a quote in it has no end */
    {"kimap", ITEM_RESPONSE, "* OK say \"yes\r\n", LIB_MORE, ""},

    {"cclient", ITEM_RESPONSE, "* 3 EXISTS\r\n", LIB_ACCEPT, "EXISTS 3"},
    {"cclient", ITEM_RESPONSE, "* 3 EXPUNGE\r\n", LIB_ACCEPT, "EXPUNGE 3"},
    {"cclient", ITEM_RESPONSE, "* NO [ALERT] no\r\n", LIB_ACCEPT, "NO"},
    {"cclient", ITEM_RESPONSE, "* BYE see you\r\n", LIB_ACCEPT, "BYE"},
    {"cclient", ITEM_RESPONSE, "* 4 FETCH (FLAGS (\\Seen) UID 7)\r\n", LIB_ACCEPT, ""},
    {"cclient", ITEM_RESPONSE, "* 4 FETCH (BODY[] {5}\r\nhel", LIB_MORE, ""},
    {"cclient", ITEM_RESPONSE, "* STATUS \"x\r\n", LIB_REJECT, ""},
    {"cclient", ITEM_RESPONSE, "* 0 EXPUNGE\r\n", LIB_PASS, ""},
    {"cclient", ITEM_RESPONSE, "* ID NIL\r\n", LIB_PASS, ""},
    /* MAXMESSAGES */
    {"cclient", ITEM_RESPONSE, "* 4294967295 EXISTS\r\n", LIB_ACCEPT, "EXISTS 1000000"},
    /* ucase, strtok and strtoul of what is not there */
    {"cclient", ITEM_RESPONSE, "* 3\r\n", LIB_CRASH, ""},
    {"cclient", ITEM_RESPONSE, "* 1 FETCH\r\n", LIB_CRASH, ""},
    {"cclient", ITEM_RESPONSE, "* 1 FETCH (UID\r\n", LIB_CRASH, ""},

    {"cclient-view", ITEM_RESPONSE, "* 3 EXISTS\r\n* 2 EXPUNGE\r\n", LIB_ACCEPT, "2"},
    {"cclient-view", ITEM_RESPONSE, "* 3 EXISTS\r\n* 2 EXISTS\r\n* 4 EXPUNGE\r\n", LIB_ACCEPT, "3"},
    {"libetpan-view", ITEM_RESPONSE, "* 3 EXISTS\r\n* 2 EXPUNGE\r\n", LIB_ACCEPT, "2"},
    {"libetpan-view", ITEM_RESPONSE, "* 3 EXISTS\r\n* 2 EXISTS\r\n", LIB_ACCEPT, "2"},
    /* sel_exists is a number of 32 bits that EXPUNGE makes smaller by one */
    {"libetpan-view", ITEM_RESPONSE, "* 1 EXPUNGE\r\n", LIB_ACCEPT, "4294967295"},
};
#define ROWS (sizeof rows / sizeof rows[0])

static struct lib_answer ask(const struct library *l, uint8_t item, const char *text, size_t n) {
    struct lib_answer a = {.canon = {(uint8_t *)canon, sizeof canon - 1, 0}};
    library_ask(l, item, (const uint8_t *)text, n, &a);
    canon[a.canon.len < sizeof canon ? a.canon.len : sizeof canon - 1] = 0;
    return a;
}

/* Is it left out of what `make targets` built? NULL otherwise: a plain failure. */
static const struct library *load(const char *name) {
    static struct library_name v[64];
    char err[400];
    const struct library *l = library_load(name, err, sizeof err);
    bool missing = false;
    for (int i = 0, n = library_names(v, 64); i < n; i++)
        missing |= strcmp(v[i].name, name) == 0 && v[i].missing;
    if (l == NULL && !missing)
        fail_msg("%s", err);
    return l;
}

static void answers(void **state) {
    (void)state;
    const char *skipped = "";
    for (int times = 0; times < 3; times++)
        for (const struct row *r = rows; r < rows + ROWS; r++) {
            const struct library *l = load(r->library);
            if (l == NULL) {
                if (times == 0 && strcmp(skipped, r->library) != 0)
                    printf("left out: %s\n", r->library);
                skipped = r->library;
                continue;
            }
            struct lib_answer a = ask(l, r->item, r->text, strlen(r->text));
            if (a.verdict != r->verdict)
                fail_msg("%s, %s: %s (%s), not %s", r->library, r->text, lib_verdict_name(a.verdict), a.why,
                         lib_verdict_name(r->verdict));
            if (a.verdict == LIB_ACCEPT && strcmp(canon, r->canon) != 0)
                fail_msg("%s, %s: understands %s, not %s", r->library, r->text, canon, r->canon);
        }
}

/* A literal of 2^64 - 1 octets needs, counted with its end, no room at all: what follows is written behind
 * the line. */
static void literal_overflow(void **state) {
    (void)state;
    static char text[600] = "* ID (\"a\" {18446744073709551615}\r\n";
    const struct library *l = load("mailutils");
    size_t n = strlen(text);
    memset(text + n, 'x', 500);
    strcpy(text + n + 500, "\r\n");
    if (l != NULL)
        assert_int_equal(ask(l, ITEM_ID_RESPONSE, text, strlen(text)).verdict, LIB_CRASH);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers),
        cmocka_unit_test(literal_overflow),
    };
    int failed = cmocka_run_group_tests_name("library children", tests, NULL, NULL);
    library_end();
    return failed;
}
