/* test_clauses.c: the catalogue is complete and its columns are right; lookups; and `make clauses` sees what
 * it should. This file has ids-as-data: it cites none of them.
 */
#include "clauses.h"
#include "nearest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Every requirement and trap as it was read out of the three texts: id, level, whom it binds, wire class. */
/* clang-format off */
static const char *const expected[] = {
    "ID-3-a EFF_MUST S T", "ID-3-b EFF_MUSTNOT C C", "ID-3-c MUSTNOT B M", "ID-3-d EFF_MUSTNOT B M",
    "ID-3-e MUSTNOT S M", "ID-3-f MUSTNOT C CM", "ID-3-g MUSTNOT S M", "ID-3-h MUSTNOT C CM",
    "ID-3-i MUSTNOT S MX", "ID-3-j MUSTNOT C CM", "ID-3-k MUSTNOT C T", "ID-3-l MAY B R",
    "ID-3.1-a EFF_MUST C S", "ID-3.1-b MAY S R", "ID-3.1-c EFF_MUST S R", "ID-3.1-d EFF_MUST S TM",
    "ID-3.1-e EFF_MUST B S", "ID-3.1-f EFF_MUST B S", "ID-3.1-g EFF_MUST B S", "ID-3.1-h EFF B CM",
    "ID-3.1-i MAY C C", "ID-3.1-j EFF B -", "ID-3.1-ex1 EX B G", "ID-3.2-a EFF_MUST S R",
    "ID-3.2-b EFF_MUST S S", "ID-3.2-c MUST S R", "ID-3.2-d MAY S S", "ID-3.2-ex2 EX S G",
    "ID-3.3-a EFF_MAY B R", "ID-3.3-b EFF_MAY B R", "ID-3.3-c EFF_MUST B M", "ID-3.3-d MUSTNOT B S",
    "ID-3.3-e MUSTNOT B S", "ID-3.3-f MUSTNOT B S", "ID-3.3-g1 EFF B -", "ID-3.3-g2 EFF B -",
    "ID-3.3-g3 EFF B -", "ID-3.3-g4 EFF B -", "ID-3.3-g5 EFF B -", "ID-3.3-g6 EFF B -", "ID-3.3-g7 EFF B -",
    "ID-3.3-g8 EFF B S", "ID-3.3-g9 EFF B -", "ID-3.3-g10 EFF B -", "ID-3.3-g11 EFF B -",
    "ID-3.3-h MUSTNOT B -", "ID-3.3-i EFF_MUSTNOT B -", "ID-3.3-j INFO B -", "ID-3.3-k INFO B -",
    "ID-3.3-l MUSTNOT B S", "ID-4-a EFF_MUST C S", "ID-4-b EFF_MUST S S", "ID-4-c EFF_MUST B S",
    "ID-4-d EFF_MUST B S", "ID-4-e EFF S S", "ID-5-a EFF_MUST P P", "ID-7-a MAY P P",
    "ID-7-b SHOULDNOT P P", "ID-7-c SHOULDNOT P P", "ID-7-d MUSTNOT P P", "ID-8-a EFF_SHOULD B -",
    "ID-8-b EFF_SHOULD B C", "ID-8-c EFF B S", "ID-8-d EFF_MUST S TR", "ID-8-e INFO S -", "ID-8-f INFO P -",
    "ID-D1 EFF_MUST C C", "ID-D2 MAY S T", "ID-D3 EFF_MUST S T", "ID-D4 EFF_MUST C C", "ID-D5 EFF_MUST S R",
    "T-ID-1 TRAP NONE -", "T-ID-2 TRAP NONE -", "T-ID-3 TRAP NONE -", "T-ID-4 TRAP NONE -",
    "T-ID-5 TRAP NONE -", "T-ID-6 TRAP NONE -", "T-ID-7 TRAP NONE -", "T-ID-8 TRAP NONE -",
    "T-ID-9 TRAP NONE -", "T-ID-10 TRAP NONE -", "T-ID-11 TRAP NONE -", "T-ID-12 TRAP NONE -",
    "T-ID-13 TRAP NONE -", "CID-1-a EFF_MUST S T", "CID-1-b EFF_MAY S X", "CID-3.1-a EFF_MUST C S",
    "CID-3.1-b EFF_MUST S R", "CID-3.1-c EFF_MUST S R", "CID-3.1-d EFF_MUST S R", "CID-3.1-e MUSTNOT S M",
    "CID-3.1-f SHOULD S X", "CID-3.2-a MUST C S", "CID-3.2-b MUST C S", "CID-3.2-c MUST S R",
    "CID-3.2-d MUST S R", "CID-3.2-e SHOULD S X", "CID-3.3-a MUST B T", "CID-3.3-b MUST S T",
    "CID-3.3-c MUST S T", "CID-3.3-d MUST S T", "CID-3.4-1s MUST S T", "CID-3.4-1c MUSTNOT C C",
    "CID-3.4-2s MUST S T", "CID-3.4-2c MUSTNOT C C", "CID-3.4-3s MUST S T", "CID-3.4-3c MUSTNOT C C",
    "CID-3.4-3i EFF S T", "CID-4-a MUST B SM", "CID-4-b EFF_MUST S S", "CID-4-c EFF_MUST S T",
    "CID-4-d EFF_MUST C S", "CID-4-e EFF_MUST C S", "CID-4-f EFF_MUST C S", "CID-5.1-1 MAY S X",
    "CID-5.1-2 MAY S R", "CID-5.1-3 MAY S R", "CID-5.1-4 MAY S R", "CID-5.1-5 MAY S R",
    "CID-5.1-6 SHOULD S T", "CID-5.1-7 SHOULD S M", "CID-5.1-8 SHOULDNOT S M", "CID-5.3-1 MAY S X",
    "CID-5.3-2 MAY S X", "CID-5.3-3 MAY S X", "CID-5.3-4 MAY S X", "CID-5.3-5 MAY S X",
    "CID-5.5 INFO NONE -", "CID-6-a EFF S -", "CID-6-b SHOULD S R", "CID-6-c SHOULDNOT S R",
    "CID-6-d EFF_SHOULD S -", "CID-7.1-ex EX B G", "CID-7.2-ex EX S G", "CID-7.3-ex EX S G",
    "CID-7.4-ex EX S G", "CID-8-a SHOULDNOT S -", "CID-8-b SHOULDNOT S -", "CID-8-c EFF_MUST C C",
    "CID-8-d INFO B -", "CID-9 INFO NONE -", "CID-D1 EFF_MUST C C", "CID-D2 EFF_MUST S T",
    "CID-D3 EFF_MUST S T", "CID-D4 EFF_MUST S M", "CID-D5 EFF_MUST S X", "T-CID-1 TRAP NONE -",
    "T-CID-2 TRAP NONE -", "T-CID-3 TRAP NONE -", "T-CID-4 TRAP NONE -", "T-CID-5 TRAP NONE -",
    "T-CID-6 TRAP NONE -", "T-CID-7 TRAP NONE -", "T-CID-8 TRAP NONE -", "T-CID-9 TRAP NONE -",
    "T-CID-10 TRAP NONE -", "T-CID-11 TRAP NONE -", "T-CID-12 TRAP NONE -", "T-CID-13 TRAP NONE -",
    "T-CID-14 TRAP NONE -", "T-CID-15 TRAP NONE -", "T-CID-16 TRAP NONE -", "T-CID-17 TRAP NONE -",
    "T-CID-18 TRAP NONE -", "MAP-1-a EFF_MUST C C", "MAP-1-b INFO NONE -", "MAP-1-c INFO NONE -",
    "MAP-2-a EFF B -", "MAP-3.1-a MAY S X", "MAP-3.1-ex EX S G", "MAP-3.2-a MAY S X",
    "MAP-3.2-b EFF_MUST S X", "MAP-3.2-c EFF_MUST S X", "MAP-3.2-d EFF S X", "MAP-3.2-ex1 EX S G",
    "MAP-3.2-ex2 EX S G", "MAP-3.2-ex3 EX S G", "MAP-3.2-ex4 EX S G", "MAP-3.2-ex5 EX S G",
    "MAP-3.3-a MAY S X", "MAP-3.3-ex EX S G", "MAP-3.4-a MAY S X", "MAP-3.4-b EFF_MUST S X",
    "MAP-3.4-c EFF S X", "MAP-3.4-d MAY S XS", "MAP-3.4-ex1 EX S G", "MAP-3.4-ex2 EX S G",
    "MAP-4-a EFF_MUSTNOT S T", "MAP-4.1-sc EX NONE -", "MAP-4.1.1-a MAY S X", "MAP-4.1.1-b EFF S X",
    "MAP-4.1.1-ex1 EX S G", "MAP-4.1.1-ex2 EX S G", "MAP-4.1.1-ex3 EX S G", "MAP-4.1.2-a MAY S X",
    "MAP-4.1.2-b SHOULD S X", "MAP-4.1.2-c SHOULD C C", "MAP-4.1.2-d MAY C C", "MAP-4.1.2-ex1 EX B G",
    "MAP-4.1.2-ex2 EX B G", "MAP-4.1.3-a MAY S X", "MAP-4.1.3-b SHOULD S X", "MAP-4.1.3-c SHOULD C C",
    "MAP-4.1.3-d MAY C C", "MAP-4.1.3-e1 EFF S SC", "MAP-4.1.3-e2 EFF S SC", "MAP-4.1.3-e3 EFF S SC",
    "MAP-4.1.3-e4 EFF S SC", "MAP-4.1.3-e5 EFF S SC", "MAP-4.1.3-e6 EFF S SC", "MAP-4.1.3-e7 EFF S SC",
    "MAP-4.1.3-e8 EFF S SC", "MAP-4.1.3-e9 EFF S SC", "MAP-4.1.3-e10 EFF S SC", "MAP-4.1.3-e11 EFF S SC",
    "MAP-4.1.3-f SHOULD C C", "MAP-4.1.3-ex1 EX S G", "MAP-4.1.3-ex2 EX S G", "MAP-4.1.4-a MAY S X",
    "MAP-4.2.1-a SHOULD S X", "MAP-4.2.1-ex EX S G", "MAP-4.2.2-a SHOULD S X", "MAP-4.2.2-ex EX S G",
    "MAP-4.2.3-a MAY S X", "MAP-4.2.3-b SHOULD C C", "MAP-4.2.3-c MAY C C", "MAP-4.2.3-ex1 EX S G",
    "MAP-4.2.3-ex2 EX S G", "MAP-4.2.4-a MAY S X", "MAP-4.2.4-b SHOULD C C", "MAP-4.2.4-c EFF C C",
    "MAP-4.2.4-ex1 EX B G", "MAP-4.2.4-ex2 EX B G", "MAP-4.2.4-ex3 EX B G", "MAP-4.2x-a MAY S X",
    "MAP-4.2x-b SHOULD C C", "MAP-5-a INFO S X", "MAP-I1 INVARIANT S X", "MAP-I2 INVARIANT S X",
    "MAP-I3 INVARIANT S T", "MAP-I4 INVARIANT S T", "MAP-I5 INVARIANT S X", "MAP-I6 INVARIANT S T",
    "MAP-I7 INVARIANT S T", "MAP-I8 INVARIANT S X", "MAP-I9 INVARIANT S X", "MAP-I10 INVARIANT S X",
    "MAP-I11 INVARIANT S X", "MAP-I12 INVARIANT S T", "MAP-I13 INVARIANT S T", "MAP-I14 INVARIANT S X",
    "MAP-I15 INVARIANT S M", "MAP-I16 INVARIANT S X", "T-MAP-1 TRAP NONE -", "T-MAP-2 TRAP NONE -",
    "T-MAP-3 TRAP NONE -", "T-MAP-4 TRAP NONE -", "T-MAP-5 TRAP NONE -", "T-MAP-6 TRAP NONE -",
    "T-MAP-7 TRAP NONE -", "T-MAP-8 TRAP NONE -", "T-MAP-9 TRAP NONE -", "T-MAP-10 TRAP NONE -",
    "T-MAP-11 TRAP NONE -", "T-MAP-12 TRAP NONE -", "T-MAP-13 TRAP NONE -", "T-MAP-14 TRAP NONE -",
    "T-MAP-15 TRAP NONE -", "T-MAP-16 TRAP NONE -", "T-MAP-17 TRAP NONE -", "T-MAP-18 TRAP NONE -",
    "T-MAP-19 TRAP NONE -", "T-MAP-20 TRAP NONE -", "T-MAP-21 TRAP NONE -", "T-MAP-22 TRAP NONE -",
    "T-MAP-23 TRAP NONE -",
};
/* clang-format on */

/* The catalogue's rows in the same form. */
static const char *const rows[CLAUSE_COUNT] = {
#define CLAUSE(name, id, doc, section, level, binds, wire, see, statement) id " " #level " " #binds " " wire,
#include "clauses.def"
#undef CLAUSE
};

static bool of_base(const char *id) { return id[0] == 'R' && isdigit((unsigned char)id[1]); }

static void catalogue_equals_the_requirements(void **state) {
    (void)state;
    int wrong = 0, own = 0;
    for (size_t e = 0; e < sizeof expected / sizeof *expected; e++) {
        bool found = false;
        for (int i = 0; i < CLAUSE_COUNT && !found; i++)
            found = strcmp(rows[i], expected[e]) == 0;
        if (!found) {
            print_error("no such row in the catalogue: %s\n", expected[e]);
            wrong++;
        }
    }
    for (int i = 0; i < CLAUSE_COUNT; i++)
        own += !of_base(clause_get(i)->id);
    assert_int_equal(own, sizeof expected / sizeof *expected);
    assert_int_equal(wrong, 0);
}

static void constants_are_made_of_ids(void **state) {
    (void)state;
    for (int i = 0; i < CLAUSE_COUNT; i++) {
        const struct clause *c = clause_get(i);
        char name[40];
        assert_true(strlen(c->id) < sizeof name);
        for (size_t k = 0; k <= strlen(c->id); k++)
            name[k] = c->id[k] == '-' || c->id[k] == '.' ? '_' : c->id[k];
        assert_string_equal(c->name, name);
    }
    assert_string_equal(clause_get(CL_MAP_4_1_2_a)->id, "MAP-4.1.2-a");
}

/* Prints what is wrong with a clause's columns; the number of faults. */
static int faults(const struct clause *c) {
    int wrong = 0;
    size_t n = strlen(c->statement);
#define FAULT(condition, what)                                                                               \
    if (condition) {                                                                                         \
        print_error("%s: %s\n", c->id, what);                                                                \
        wrong++;                                                                                             \
    }
    FAULT(n < 10 || n > 160 || c->statement[n - 1] != '.',
          "statement is not a sentence of at most 160 characters")
    FAULT(c->wire[0] == '\0' ||
              strspn(c->wire, strcmp(c->wire, "-") == 0 ? "-" : "SRTXMCPG") != strlen(c->wire),
          "unknown wire class")
    FAULT(c->section[0] == '\0', "no section")
    FAULT(c->level == CLAUSE_TRAP && c->see[0] == '\0', "a trap that names no clause")
    FAULT((c->level == CLAUSE_TRAP) != (strncmp(c->id, "T-", 2) == 0), "only T- ids are traps")
    FAULT(clause_sees(c, c->id), "names itself")
    char see[160];
    FAULT(strlen(c->see) >= sizeof see, "names too many")
    snprintf(see, sizeof see, "%s", c->see);
    for (char *save, *id = strtok_r(see, " ", &save); id; id = strtok_r(NULL, " ", &save))
        FAULT(!clause_find(id), "names an id that does not exist")
#undef FAULT
    return wrong;
}

static void rows_are_well_formed(void **state) {
    (void)state;
    int wrong = 0;
    for (int i = 0; i < CLAUSE_COUNT; i++)
        wrong += faults(clause_get(i));
    assert_int_equal(wrong, 0);
}

static void find_is_exact(void **state) {
    (void)state;
    for (int i = 0; i < CLAUSE_COUNT; i++) /* also: no id stands twice */
        assert_ptr_equal(clause_find(clause_get(i)->id), clause_get(i));
    assert_null(clause_find("MAP-I1x"));
    assert_null(clause_find("MAP-I"));
    assert_null(clause_find("map-i1"));
    assert_null(clause_find(""));
}

static void nearest_is_near(void **state) {
    (void)state;
    for (int i = 0; i < CLAUSE_COUNT; i++)
        assert_ptr_equal(clause_nearest(clause_get(i)->id), clause_get(i));
    assert_string_equal(clause_nearest("map-i3")->id, "MAP-I3");
    assert_string_equal(clause_nearest("MAP-4.1.2a")->id, "MAP-4.1.2-a");
    assert_string_equal(clause_nearest("MAP-4.1.2-aa")->id, "MAP-4.1.2-a");
    assert_string_equal(clause_nearest("CID-3.4-2S")->id, "CID-3.4-2s");
    assert_string_equal(clause_nearest("R3501-7,4.1")->id, "R3501-7.4.1");
    char monstrous[5000];
    memset(monstrous, 'x', sizeof monstrous - 1);
    monstrous[sizeof monstrous - 1] = '\0';
    assert_non_null(clause_nearest(monstrous));
    assert_non_null(clause_nearest(""));
}

/* Edits count before case, and case before nothing. */
static void distances(void **state) {
    (void)state;
    static const struct { const char *a, *b; unsigned edits, cases; } pairs[] = {
        {"", "", 0, 0}, {"", "abc", 3, 0}, {"abc", "", 3, 0}, {"abc", "abc", 0, 0}, {"abc", "aBC", 0, 2},
        {"abc", "abd", 1, 0}, {"abc", "ac", 1, 0}, {"abc", "acb", 1, 0}, {"abc", "aCb", 1, 0}, {"kitten", "sitting", 3, 0},
        {"ca", "abc", 3, 0}, // with text between the swapped two it would be 2
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        assert_int_equal(nearest_distance(pairs[i].a, pairs[i].b), pairs[i].edits * NEAREST_EDIT + pairs[i].cases);
        assert_int_equal(nearest_distance(pairs[i].b, pairs[i].a), pairs[i].edits * NEAREST_EDIT + pairs[i].cases);
    }
}

static void sees_whole_words(void **state) {
    (void)state;
    const struct clause *c = clause_get(CL_T_CID_1);
    assert_true(clause_sees(c, "CID-3.1-d"));
    assert_true(clause_sees(c, "CID-5.1-6"));
    assert_false(clause_sees(c, "CID-3.1"));
    assert_false(clause_sees(c, "CID-5.1-66"));
    assert_false(clause_sees(c, ""));
}

static void names_for_people(void **state) {
    (void)state;
    for (int i = 0; i < CLAUSE_DOC_COUNT; i++)
        assert_true(strlen(clause_doc_title(i)) > 0);
    for (int i = 0; i < CLAUSE_LEVEL_COUNT; i++)
        assert_true(strlen(clause_level_name(i)) > 0);
    assert_string_equal(clause_level_name(CLAUSE_EFF_MUSTNOT), "effective MUST NOT");
    assert_string_equal(clause_binds_name(CLAUSE_BINDS_P), "proxy");
    assert_string_equal(clause_doc_title(clause_get(CL_R3501_7_4_1)->doc), "RFC 3501");
}

/* A small tree of sources on which mk/clauses.sh runs. */
static char tree[] = "build/clauses-XXXXXX";
static char report[4096];

static void put(const char *file, const char *text) {
    char path[128];
    snprintf(path, sizeof path, "%s/%s", tree, file);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static int clauses_sh(void) {
    char command[128];
    snprintf(command, sizeof command, "sh mk/clauses.sh %s 2>&1", tree);
    FILE *p = popen(command, "r");
    assert_non_null(p);
    size_t n = fread(report, 1, sizeof report - 1, p);
    report[n] = '\0';
    int status = pclose(p);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static int make_tree(void **state) {
    (void)state;
    mkdir("build", 0777);
    if (!mkdtemp(tree))
        return -1;
    const char *const folders[] = {"grammar", "lua", "lua/scenario", "tests"};
    for (int i = 0; i < 4; i++) {
        char path[64];
        snprintf(path, sizeof path, "%s/%s", tree, folders[i]);
        if (mkdir(path, 0777) != 0)
            return -1;
    }
    return 0;
}

static int remove_tree(void **state) {
    (void)state;
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", tree);
    return system(command);
}

#define ROW(name, id, level, binds, wire)                                                                    \
    "CLAUSE(" name ", \"" id "\", MAP, \"3\", " level ", " binds ", \"" wire "\", \"\", \"It is so.\")\n"

static void clauses_sh_judges(void **state) {
    (void)state;
    put("grammar/clauses.def", ROW("MAP_3_2_a", "MAP-3.2-a", "MAY", "S", "X") /* must be tested */
        ROW("MAP_3_2_ab", "MAP-3.2-ab", "MUST", "B", "MS")                    /* must be tested */
        ROW("MAP_I1", "MAP-I1", "INVARIANT", "S", "T")                        /* must be tested */
        ROW("MAP_I13", "MAP-I13", "INVARIANT", "S", "M") ROW("MAP_3_c", "MAP-3-c", "INFO", "S", "X")
            ROW("MAP_3_d", "MAP-3-d", "MUST", "C", "T") ROW("MAP_3_e", "MAP-3-e", "MUST", "P", "P")
                ROW("T_MAP_1", "T-MAP-1", "TRAP", "NONE", "-") ROW("R3501_7", "R3501-7", "MUST", "S", "T"));
    put("grammar/a.c", "/* MAP-3.2-a. */ int x = CL_MAP_I1; int CL_OTHER;\n");
    put("tests/t.c", "/* MAP-3.2-ab, MAP-I13: no prefix counts */\n");
    assert_int_equal(clauses_sh(), 1);
    assert_non_null(strstr(report, "of 3 requirements"));
    assert_non_null(strstr(report, "cited by no test: 2\n  MAP-3.2-a MAP-I1\n"));
    assert_non_null(
        strstr(report, "requirements and traps cited by neither: 4\n  MAP-3-c MAP-3-d MAP-3-e T-MAP-1\n"));
    assert_null(strstr(report, "which is no id"));

    put("lua/scenario/s.lua", "cites = \"MAP-3.2-a MAP-I1\"\n");
    assert_int_equal(clauses_sh(), 0);
    assert_non_null(strstr(report, "cited by no test: 0\n"));

    put("lua/scenario/s.lua", "cites = \"MAP-3.2-a\" -- MAP-I1..MAP-I13 is both ends\n");
    assert_int_equal(clauses_sh(), 0);
    put("lua/scenario/s.lua", "cites = \"MAP-3.2-a MAP-I1\" ids-as-data\n");
    assert_int_equal(clauses_sh(), 1);
    put("lua/scenario/s.lua", "cites = \"MAP-3.2-a X-MAP-I1\"\n"); /* another name that ends like an id */
    assert_int_equal(clauses_sh(), 1);
    put("lua/scenario/s.lua", "cites = \"MAP-3.2-a MAP-I1\"\n");
    put("lua/behaviour.lua", "-- fine\ncites = \"MAP-3.2-b\"\n");
    assert_int_equal(clauses_sh(), 1);
    assert_non_null(strstr(report, "lua/behaviour.lua:2: cites MAP-3.2-b, which is no id"));
    put("lua/behaviour.lua", "\n\nCL_MAP_I14 CL_MAP_I1\n");
    assert_int_equal(clauses_sh(), 1);
    assert_non_null(strstr(report, "lua/behaviour.lua:3: cites CL_MAP_I14, which is no id"));
}

static void clauses_sh_needs_the_catalogue(void **state) {
    (void)state;
    char path[64];
    snprintf(path, sizeof path, "%s/grammar/clauses.def", tree);
    unlink(path);
    assert_int_equal(clauses_sh(), 2);
    assert_non_null(strstr(report, "cannot read grammar/clauses.def"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(catalogue_equals_the_requirements),
        cmocka_unit_test(constants_are_made_of_ids),
        cmocka_unit_test(rows_are_well_formed),
        cmocka_unit_test(find_is_exact),
        cmocka_unit_test(nearest_is_near),
        cmocka_unit_test(distances),
        cmocka_unit_test(sees_whole_words),
        cmocka_unit_test(names_for_people),
        cmocka_unit_test(clauses_sh_judges),
        cmocka_unit_test(clauses_sh_needs_the_catalogue),
    };
    return cmocka_run_group_tests(tests, make_tree, remove_tree);
}
