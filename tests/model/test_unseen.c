/* test_unseen.c: which practice is named after DELETE or RENAME of a mailbox in use (RFC 2180 section 3), and
 * that none is where those inside left before anything told the practices apart. */
#include "canned.h"
#include "failed.h"
#include "play.h"

#include <stdlib.h>
#include <string.h>

static char answer[64];
static unsigned verdict, told;
static int about;

static void on_note(void *user, const struct note *n) {
    (void)user;
    if (n->point != about)
        return;
    told++;
    verdict = n->verdict;
    snprintf(answer, sizeof answer, "%s", n->answer);
}

#define INSIDE                                                                                               \
    "+1\nS1: * OK hi\nC1: a1 LOGIN u1 pw\nS1: a1 OK x\nC1: a2 CREATE FOO\nS1: a2 OK x\nA1: a3\nS1: a3 OK "   \
    "x\n"                                                                                                    \
    "+2\nS2: * OK hi\nC2: b1 LOGIN u1 pw\nS2: b1 OK x\nC2: b2 SELECT FOO\nS2: * FLAGS (\\Seen)\nS2: * 1 "    \
    "EXISTS\n"                                                                                               \
    "S2: * 0 RECENT\nS2: b2 OK [READ-WRITE] x\n"
#define DELETED INSIDE "C1: a4 DELETE FOO\nS1: a4 OK x\n"
#define RENAMED INSIDE "C1: a4 RENAME FOO BAR\nS1: a4 OK x\n"
#define FETCHED "C2: b3 FETCH 1 (FLAGS)\nS2: * 1 FETCH (FLAGS ())\nS2: b3 OK x\n"
#define NOOP    "C2: b4 NOOP\nS2: b4 OK x\n"

static const struct {
    const char *name, *script;
    int point;
    const char *answer;
    enum verdict verdict;
} cases[] = {
    {"they leave at once", DELETED "-2\n", P_DELETE_IN_USE, "unseen", V_CONFORMS},
    {"they close it", DELETED "C2: b3 UNSELECT\nS2: b3 OK x\n", P_DELETE_IN_USE, "unseen", V_CONFORMS},
    {"served from what was cached", DELETED FETCHED "-2\n", P_DELETE_IN_USE, "unseen", V_CONFORMS},
    {"refused once, EXPUNGE may follow", DELETED "C2: b3 FETCH 1 (FLAGS)\nS2: b3 NO x\n-2\n", P_DELETE_IN_USE,
     "unseen", V_CONFORMS},
    {"MAP-3.1-a", INSIDE "C1: a4 DELETE FOO\nS1: a4 NO [INUSE] x\n-2\n", P_DELETE_IN_USE, "refuse-delete",
     V_CONFORMS},
    {"MAP-3.2-a", DELETED FETCHED NOOP "-2\n", P_DELETE_IN_USE, "ghosted-mailbox", V_CONFORMS},
    {"MAP-3.2-d", DELETED "C1: a5 CREATE FOO\nS1: a5 NO x\n-2\n", P_DELETE_IN_USE, "ghosted-mailbox",
     V_CONFORMS},
    {"MAP-3.3-a", DELETED "S2: * BYE x\nX2\n", P_DELETE_IN_USE, "disconnect-on-delete", V_CONFORMS},
    {"emptied", DELETED "C2: b3 NOOP\nS2: * 1 EXPUNGE\nS2: b3 OK x\n-2\n", P_DELETE_IN_USE,
     "emptied-on-delete", V_UNDOCUMENTED},
    {"orphaned", DELETED "C2: b3 FETCH 1 (FLAGS)\nS2: b3 NO x\n" NOOP "K\n-2\n", P_DELETE_IN_USE,
     "orphaned-on-delete", V_UNDOCUMENTED},
    {"they leave after RENAME", RENAMED "-2\n", P_RENAME_IN_USE, "unseen", V_CONFORMS},
    {"MAP-3.4-a", RENAMED FETCHED NOOP "K\n", P_RENAME_IN_USE, "keep-on-rename", V_CONFORMS},
};

int main(void) {
    char err[300] = "";
    struct behaviours *b = behaviours_new();
    CHECK(b && behaviours_load_folder(b, "lua/behaviour", err, sizeof err) > 0, "%s", err);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct oracle_options opt = {
            .behaviours = b, .content = canned_ops(), .note = on_note, .dialect = DIALECT_3501};
        struct oracle *o = oracle_new(&opt);
        about = cases[i].point;
        told = 0;
        play(o, "FOO", cases[i].script);
        oracle_end(o);
        CHECK(told == 1 && !strcmp(answer, cases[i].answer), "%s: %u told, %s, not %s", cases[i].name, told,
              answer, cases[i].answer);
        CHECK(verdict == (unsigned)cases[i].verdict, "%s: %s", cases[i].name,
              verdict_name((enum verdict)verdict));
        oracle_free(o);
    }
    behaviours_free(b);
    printf("unseen: %u failed\n", check_failed);
    return check_failed != 0;
}
