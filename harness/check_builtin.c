/* check_builtin.c: hand-written programs: the situations of RFC 2180, each once, before anything generated.
 */
#include "check.h"

#define MESSAGE(n)                                                                                           \
    "C1: APPEND FOO {78}\n"                                                                                  \
    "  | From: a@example.org\n  | Subject: m" #n "\n  | Date: Mon, 7 Feb 1994 21:52:25 -0800\n  |\n  | m" #n \
    "\n  |\n"
#define SEVEN MESSAGE(1) MESSAGE(2) MESSAGE(3) MESSAGE(4) MESSAGE(5) MESSAGE(6) MESSAGE(7)
#define SETUP "C1: CREATE FOO\n" SEVEN "C1: SELECT FOO\n"
#define TWO   SETUP "C2: SELECT FOO\n"
#define GONE  TWO "C1: STORE 4:7 +FLAGS (\\Deleted)\nC1: EXPUNGE\n"

static const char *const programs[] = {
    /* 3.1 to 3.3: DELETE of a mailbox that another client has open */
    TWO "C1: CLOSE\nC3: DELETE FOO\nC2: FETCH 1:7 (FLAGS)\nC2: NOOP\nC3: STATUS FOO (MESSAGES)\nC3: CREATE "
        "FOO\nC2: CLOSE\n"
        "C3: CREATE FOO\n",
    SETUP
    "C2: EXAMINE FOO\nC1: UNSELECT\nC1: DELETE FOO\nC2: FETCH 1 (UID)\nC2: STATUS FOO (MESSAGES)\nC2: NOOP\n",
    SETUP "C1: DELETE FOO\nC1: FETCH 1 (FLAGS)\nC1: NOOP\n",
    TWO "C1: DELETE FOO\nC1: NOOP\nC2: STORE 1 +FLAGS (\\Seen)\nC2: NOOP\n",
    /* 3.4: RENAME */
    TWO "C1: UNSELECT\nC1: RENAME FOO BAR\nC2: FETCH 2:4 (FLAGS)\nC2: STATUS FOO (MESSAGES)\nC2: STATUS BAR "
        "(MESSAGES)\n"
        "C2: NOOP\nC1: SELECT BAR\nC1: FETCH 1:7 (UID)\n",
    /* 4.1: FETCH of messages that another client has expunged */
    GONE "C2: FETCH 4:7 (RFC822)\nC2: NOOP\nC2: FETCH 4:7 (RFC822)\n",
    GONE "C2: FETCH 3:5 (ENVELOPE)\nC2: NOOP\n",
    GONE
    "C2: FETCH 1:7 (FLAGS INTERNALDATE RFC822.SIZE BODYSTRUCTURE)\nC2: UID FETCH 1:* (FLAGS)\nC2: NOOP\n",
    GONE "C2: FETCH 4:7 (BODY[TEXT] BODY[HEADER]<0.10>)\nC2: CHECK\n",
    /* 4.2: STORE */
    GONE "C2: STORE 1:7 +FLAGS.SILENT (\\Seen)\nC2: NOOP\nC1: FETCH 1:3 (FLAGS)\n",
    GONE "C2: STORE 5:7 +FLAGS (\\Seen)\nC2: NOOP\n",
    GONE "C2: STORE 1:7 +FLAGS (\\Seen)\nC2: NOOP\nC1: FETCH 1:3 (FLAGS)\n",
    GONE "C2: UID STORE $uid(FOO,2),$uid(FOO,5) +FLAGS (\\Flagged)\nC2: NOOP\n",
    /* 4.3: SEARCH */
    GONE "C2: SEARCH SUBJECT m5\nC2: SEARCH ALL\nC2: NOOP\nC2: SEARCH ALL\n",
    GONE "C2: UID SEARCH ALL\nC2: SEARCH BODY m6\nC2: NOOP\n",
    /* 4.4: COPY */
    GONE "C1: CREATE BAR\nC2: COPY 2:5 BAR\nC2: NOOP\nC1: STATUS BAR (MESSAGES UIDNEXT)\n",
    GONE "C1: CREATE BAR\nC2: UID COPY $uid(FOO,5) BAR\nC2: NOOP\nC1: STATUS BAR (MESSAGES UIDNEXT)\n",
    /* IDLE, ranges beyond the view, errors, ID */
    TWO "C2: IDLE\nC1: STORE 1 +FLAGS (\\Deleted)\nC1: EXPUNGE\n@wait 50\nC2: DONE\nC2: FETCH $size+1 "
        "(FLAGS)\nC2: FETCH 1:$size+3 (UID)\n",
    "C1: ID NIL\nC1: ID (\"name\" \"imapdiff\")\nC1: ID ()\nC1: FETCH 1 FLAGS\nC1: XUNKNOWN\nC1: CREATE "
    "FOO\nC1: SELECT FOO\n"
    "C1: ID NIL\nC1: FETCH 1 FLAGS\nC1: FETCH\nC1: SEARCH ALL\n",
    "C1: CREATE FOO\nC1: CREATE FOO$/KID\nC1: SUBSCRIBE FOO\nC1: LIST \"\" $box*\nC1: LSUB \"\" $box*\nC1: "
    "RENAME FOO BAR\n"
    "C1: LIST \"\" $box%\nC1: DELETE BAR\nC1: LSUB \"\" $box*\nC1: UNSUBSCRIBE FOO\nC1: LOGOUT\n",
};

const char *builtin_program(uint32_t i) {
    return i < sizeof programs / sizeof *programs ? programs[i] : NULL;
}
