/* test_explain.c: what `imapdiff explain` says of a clause, of a trap, and of an id that does not exist.
 * This file has ids-as-data: it cites none of them.
 */
#include "explain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static char *text;

/* Explains into text; returns the status. */
static int explain(const char *id) {
    size_t n;
    free(text);
    FILE *out = open_memstream(&text, &n);
    assert_non_null(out);
    int status = explain_clause(out, id);
    assert_int_equal(fclose(out), 0);
    return status;
}

static int times(const char *needle) {
    int n = 0;
    for (const char *at = text; (at = strstr(at, needle)); at += strlen(needle))
        n++;
    return n;
}

static void a_clause(void **state) {
    (void)state;
    assert_int_equal(explain("CID-3.1-d"), 0);
    assert_int_equal(strncmp(text, "CID-3.1-d: ", 11), 0);
    assert_non_null(strstr(text, "document  draft-yu-imap-client-id-01, section 3.1\n"));
    assert_non_null(strstr(text, "level     effective MUST\n"));
    assert_non_null(strstr(text, "binds     server\n"));
    assert_non_null(strstr(text, "seen in   the reply to one command\n"));
    const char *traps = strstr(text, "Traps of the text:\n");
    assert_non_null(traps);
    assert_non_null(strstr(traps, "T-CID-1 "));
    assert_null(strstr(text, "T-CID-18"));
}

static void a_relation_is_shown_from_both_ends_and_once(void **state) {
    (void)state;
    assert_int_equal(explain("MAP-I3"), 0);
    assert_int_equal(times("\n  R3501-7.4.1 "), 1);
    assert_int_equal(explain("R3501-7.4.1"), 0);
    assert_int_equal(times("\n  MAP-I3 "), 1);
}

static void a_trap(void **state) {
    (void)state;
    assert_int_equal(explain("T-CID-1"), 0);
    assert_non_null(strstr(text, "Related:\n"));
    assert_int_equal(times("\n  CID-5.1-2 "), 1);
    assert_null(strstr(text, "binds")); /* a trap binds nobody */
}

static void a_wrong_id(void **state) {
    (void)state;
    assert_int_equal(explain("MAP-4.1.2a"), 2);
    assert_non_null(strstr(text, "\"MAP-4.1.2a\""));
    assert_non_null(strstr(text, "nearest is MAP-4.1.2-a:"));
    assert_int_equal(explain(""), 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clause),
        cmocka_unit_test(a_relation_is_shown_from_both_ends_and_once),
        cmocka_unit_test(a_trap),
        cmocka_unit_test(a_wrong_id),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    free(text);
    return failed;
}
