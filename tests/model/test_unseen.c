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

#define UID_FETCHED "C2: b3 UID FETCH 1 (FLAGS)\nS2: * 1 FETCH (UID 1 FLAGS ())\nS2: b3 OK x\n"
#define REFUSED     "C2: b3 FETCH 1 (FLAGS)\nS2: b3 NO x\n"
#define AGAIN       "C1: a5 CREATE FOO\nS1: a5 OK x\n"
#define ENTERED                                                                                              \
    "C1: a5 SELECT FOO\nS1: * FLAGS (\\Seen)\nS1: * 1 EXISTS\nS1: * 0 RECENT\nS1: a5 OK [READ-WRITE] x\n"
#define DELETED_BOTH INSIDE ENTERED "C1: a6 DELETE FOO\nS1: a6 OK x\nS1: * BYE x\nX1\n"
#define DELETED_MESSAGE                                                                                      \
    INSIDE ENTERED "C1: a6 STORE 1 +FLAGS.SILENT (\\Deleted)\nS1: a6 OK x\nC1: a7 CLOSE\nS1: a7 OK x\n"
#define FETCHED_DELETED "C2: b3 FETCH 1 (FLAGS)\nS2: * 1 FETCH (FLAGS (\\Deleted))\n"

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
    {"UID forms are served from a cache, too", DELETED UID_FETCHED "-2\n", P_DELETE_IN_USE, "unseen",
     V_CONFORMS},
    {"UID forms, then NOOP", DELETED UID_FETCHED NOOP "-2\n", P_DELETE_IN_USE, "ghosted-mailbox", V_CONFORMS},
    /* Once a mailbox has the name again, only what is told tells. */
    {"the name again, served and quiet", DELETED AGAIN FETCHED NOOP "K\n-2\n", P_DELETE_IN_USE, "unseen",
     V_CONFORMS},
    {"the name again, refused and quiet", DELETED AGAIN REFUSED NOOP "K\n-2\n", P_DELETE_IN_USE, "unseen",
     V_CONFORMS},
    {"the name again, BYE", DELETED AGAIN "S2: * BYE x\nX2\n", P_DELETE_IN_USE, "disconnect-on-delete",
     V_CONFORMS},
    {"the name again, EXPUNGE: of the old one's end, or of the new one's view",
     DELETED AGAIN "C2: b3 NOOP\nS2: * 1 EXPUNGE\nS2: b3 OK x\n-2\n", P_DELETE_IN_USE, "unseen", V_CONFORMS},
    {"served before the name was there again", DELETED FETCHED NOOP AGAIN "-2\n", P_DELETE_IN_USE,
     "ghosted-mailbox", V_CONFORMS},
    /* T-MAP-12: what the caller meets says nothing of the others. */
    {"the caller is cut off, nobody saw the others", DELETED_BOTH "-2\n", P_DELETE_IN_USE, "unseen",
     V_CONFORMS},
    {"all are cut off", DELETED_BOTH "S2: * BYE x\nX2\n", P_DELETE_IN_USE, "delete-cuts-own", V_UNDOCUMENTED},
    {"the caller is cut off, the others are refused", DELETED_BOTH REFUSED NOOP "K\n-2\n", P_DELETE_IN_USE,
     "orphaned-own-cut", V_UNDOCUMENTED},
    {"a new mailbox, and nobody saw the old one", DELETED AGAIN "-2\n", P_CREATE_RECYCLED, "unseen",
     V_CONFORMS},
    {"a new mailbox beside a ghost", DELETED FETCHED NOOP AGAIN "-2\n", P_CREATE_RECYCLED,
     "create-beside-old", V_UNDOCUMENTED},
    {"a new mailbox, the old one's visitors are cut off", DELETED AGAIN "S2: * BYE x\nX2\n",
     P_CREATE_RECYCLED, "create-beside-old", V_UNDOCUMENTED},
    {"the renamed one's name again", RENAMED AGAIN FETCHED NOOP "K\n", P_RENAME_IN_USE, "unseen", V_CONFORMS},
    {"the renamed one's name again, BYE", RENAMED AGAIN "S2: * BYE x\nX2\n", P_RENAME_IN_USE,
     "disconnect-on-rename", V_CONFORMS},
    {"renamed, the name again, BYE of one of two",
     INSIDE
     "+3\nS3: * OK hi\nC3: c1 LOGIN u1 pw\nS3: c1 OK x\nC3: c2 SELECT FOO\nS3: * FLAGS (\\Seen)\nS3: * 1 "
     "EXISTS\nS3: * 0 RECENT\nS3: c2 OK [READ-WRITE] x\nC1: a4 RENAME FOO BAR\nS1: a4 OK x\n"
     "S3: * BYE x\nX3\nC1: a5 CREATE FOO\nS1: a5 OK x\nC2: b3 NOOP\nS2: b3 OK x\nK\nK\n-2\n",
     P_RENAME_IN_USE, "disconnect-on-rename", V_CONFORMS},
    /* CLOSE tells nothing; what a FETCH behind it tells must not be taken against it. */
    {"MAP-4.1.1-a", DELETED_MESSAGE FETCHED_DELETED "S2: b3 OK x\n", P_FETCH_EXPUNGED, "fetch-ghosted",
     V_CONFORMS},
    {"R5530-3", DELETED_MESSAGE FETCHED_DELETED "S2: b3 OK [EXPUNGEISSUED] x\n", P_FETCH_EXPUNGED,
     "fetch-cached", V_UNDOCUMENTED},
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
