/* test_transcripts.c: short transcripts of what servers seldom say, each with the verdict that the document
 * gives it, and of what is over a limit of ours.
 */
#include "canned.h"
#include "failed.h"
#include "imap.h"
#include "oracle.h"

#include <stdlib.h>
#include <string.h>

static struct {
    unsigned n[V_COUNT];
    char said[V_COUNT][400]; /* the clauses and summary of the first */
} notes;
static uint64_t now;

static void on_note(void *user, const struct note *n) {
    (void)user;
    if (!notes.n[n->verdict]++)
        snprintf(notes.said[n->verdict], sizeof notes.said[0], "%s %s", n->cites, n->summary);
}

/* A line for each event: "+1" opens session 1, "T1" with TLS; "C1: " and "S1: " are octets with `|` for CRLF
 * and a CRLF at the end, "A1: " an answer to a continuation; "X1" is the server's end of the connection. */
static void play(struct oracle *o, const char *script) {
    static char text[1 << 16];
    for (const char *p = script, *end; *p; p = *end ? end + 1 : end) {
        end = p + strcspn(p, "\n");
        int session = p[1] - '0';
        size_t n = 0;
        for (const char *q = p + 4; q < end; q++)
            if (*q == '|')
                text[n++] = '\r', text[n++] = '\n';
            else
                text[n++] = *q;
        text[n++] = '\r', text[n++] = '\n';
        if (*p == '+' || *p == 'T')
            oracle_opened(o, session, ++now, *p == 'T');
        else if (*p == 'X')
            oracle_closed(o, session, ++now, 0, "");
        else if (*p == 'C')
            oracle_sent(o, session, ++now, (const uint8_t *)text, n);
        else if (*p == 'S')
            oracle_received(o, session, ++now, (const uint8_t *)text, n);
        else if (*p == 'A')
            oracle_continued(o, session, ++now, (const uint8_t *)text, n);
    }
    oracle_end(o);
}

#define IN(n, t) "+" n "\nS" n ": * OK hello\nC" n ": " t "1 LOGIN u1 pw\nS" n ": " t "1 OK in\n"
#define OPENED(n, t, k)                                                                                      \
    "S" n ": * FLAGS (\\Deleted \\Seen)\nS" n ": * " k " EXISTS\nS" n ": * 0 RECENT\nS" n                    \
    ": * OK [UIDVALIDITY 7] x\n"
#define SELECT(n, t, k)                                                                                      \
    "C" n ": " t "2 SELECT INBOX\n" OPENED(n, t, k) "S" n ": " t "2 OK [READ-WRITE] done\n"
#define UIDS                                                                                                 \
    "C1: a3 FETCH 1:3 (UID)\nS1: * 1 FETCH (UID 1)\nS1: * 2 FETCH (UID 2)\nS1: * 3 FETCH (UID 3)\nS1: a3 "   \
    "OK x\n"
#define THREE      IN("1", "a") SELECT("1", "a", "3") UIDS
#define ADVERTISED "T1\nS1: * OK hello\nC1: a1 CAPABILITY\nS1: * CAPABILITY IMAP4rev1 CLIENTID\nS1: a1 OK x\n"
#define X64        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define X256       X64 X64 X64 X64
#define X1025      X256 X256 X256 X256 "x"
#define SET13      "1,1,1,1,1,1,1,1,1,1,1,1,1"
#define SET65      SET13 "," SET13 "," SET13 "," SET13 "," SET13
#define PAIRS10                                                                                              \
    "\"a\" NIL \"b\" NIL \"c\" NIL \"d\" NIL \"e\" NIL \"f\" NIL \"g\" NIL \"h\" NIL \"i\" NIL \"j\" NIL "
#define UIDS8 "UID 1 UID 1 UID 1 UID 1 UID 1 UID 1 UID 1 UID 1 "
#define KEYS                                                                                                 \
    "a1 a2 a3 a4 a5 a6 a7 a8 a9 b1 b2 b3 b4 b5 b6 b7 b8 b9 c1 c2 c3 c4 c5 c6 c7 c8 c9 d1 d2 d3 d4 d5 d6 d7 " \
    "d8 d9"
#define APPEND                                                                                               \
    "C1: a4 APPEND INBOX {52}|From: a@example.org|Subject: m2||line 1|line 2|\nS1: * 4 EXISTS\nS1: a4 OK "   \
    "x\n"
#define NOTS8 "NOT NOT NOT NOT NOT NOT NOT NOT "
#define OTHER(n, k)                                                                                          \
    "S" n ": * FLAGS (\\Deleted \\Seen)\nS" n ": * " k " EXISTS\nS" n ": * 0 RECENT\nS" n                    \
    ": * OK [UIDVALIDITY 8] x\n"
#define APPEND_TO(tag, box)                                                                                  \
    "C1: " tag " APPEND " box " {52}|From: a@example.org|Subject: m2||line 1|line 2|\nS1: " tag " OK x\n"
#define MADE "C1: m1 CREATE foo\nS1: m1 OK x\n" APPEND_TO("m2", "foo") APPEND_TO("m3", "foo")
#define FOO_GONE                                                                                             \
    IN("1", "a")                                                                                             \
    MADE "C1: a2 SELECT foo\n" OTHER("1", "2") "S1: a2 OK x\n"                                               \
    "C1: a3 FETCH 1:2 (UID)\nS1: * 1 FETCH (UID 1)\nS1: * 2 FETCH (UID 2)\nS1: a3 OK x\n" IN("2", "b")     \
    "C2: b2 SELECT foo\n" OTHER("2", "2") "S2: b2 OK x\nC2: b3 STORE 1:2 FLAGS.SILENT (\\Deleted)\n"       \
    "S2: b3 OK x\nC2: b4 EXPUNGE\nS2: * 1 EXPUNGE\nS2: * 1 EXPUNGE\nS2: b4 OK x\n"
#define TOLD_LATE                                                                                            \
    "C1: a4 APPEND INBOX {52}|From: a@example.org|Subject: m2||line 1|line 2|\nS1: a4 OK x\n"
#define STATUS_APPEND                                                                                        \
    "C1: a3 STATUS INBOX (MESSAGES)\nC1: a4 APPEND INBOX {52}|From: a@example.org|Subject: m2||line 1|line " \
    "2|\n"
#define TWO_GONE                                                                                             \
    IN("2", "b")                                                                                             \
    SELECT("2", "b", "3")                                                                                    \
    "C2: b3 STORE 1:2 FLAGS.SILENT (\\Deleted)\nS2: b3 OK x\nC2: b4 EXPUNGE\n"                               \
    "S2: * 1 EXPUNGE\nS2: * 1 EXPUNGE\nS2: b4 OK x\n"

#define NONE_SET    "C1: a4 FETCH 3 (FLAGS)\nS1: * 3 FETCH (FLAGS ())\nS1: a4 OK x\n"
#define THIRD(flags)                                                                                         \
    "C1: a6 NOOP\nS1: * 1 EXPUNGE\nS1: * 1 EXPUNGE\nS1: a6 OK x\nC1: a7 FETCH 1 (FLAGS)\nS1: * 1 FETCH (FLAGS " flags ")\nS1: a7 OK x\n"

static const struct row {
    const char *name;
    enum verdict verdict; /* the worst that is said; V_CONFORMS also stands for silence */
    const char *cites;    /* in the first note of that verdict */
    const char *script;
} rows[] = {
    /* Commands sent without waiting for the reply before (RFC 3501 5.5): each response is of the state that
       the session was in then. */
    {"two pipelined SELECTs", V_CONFORMS, "",
     IN("1", "a") MADE "C1: a2 SELECT INBOX\nC1: a3 SELECT foo\n" OPENED("1", "a", "3") "S1: a2 OK x\n" OTHER(
         "1", "2") "S1: a3 OK x\n"},
    {"a SELECT behind a NOOP that tells of nothing true", V_VIOLATES, "MAP-I5",
     THREE MADE
     "C1: a4 NOOP\nC1: a5 SELECT foo\nS1: * 2 EXPUNGE\nS1: a4 OK x\n" OTHER("1", "2") "S1: a5 OK x\n"},
    {"a SELECT behind a FETCH", V_CONFORMS, "",
     THREE MADE "C1: a4 FETCH 1 (UID)\nC1: a5 SELECT foo\nS1: * 1 FETCH (UID 1)\nS1: a4 OK x\n" OTHER(
         "1", "2") "S1: a5 OK x\nC1: a6 FETCH 1 (UID)\nS1: * 1 FETCH (UID 20)\nS1: a6 OK x\n"},
    {"a SELECT behind a FETCH with another UID", V_VIOLATES, "MAP-I8",
     THREE MADE "C1: a4 FETCH 1 (UID)\nC1: a5 SELECT foo\nS1: * 1 FETCH (UID 20)\nS1: a4 OK x\n" OTHER(
         "1", "2") "S1: a5 OK x\n"},
    {"a SELECT behind a FETCH without data", V_VIOLATES, "R3501-6.4.5",
     THREE MADE "C1: a4 FETCH 1 (UID)\nC1: a5 SELECT foo\nS1: a4 OK x\n" OTHER("1", "2") "S1: a5 OK x\n"},
    {"a FETCH behind a SELECT", V_VIOLATES, "MAP-I7",
     THREE MADE "C1: a4 SELECT foo\nC1: a5 FETCH 1 (UID)\n" OTHER(
         "1", "2") "S1: a4 OK x\nS1: * 1 FETCH (UID 20)\nS1: * 3 FETCH (UID 22)\nS1: a5 OK x\n"},
    {"EXPUNGE during a CLOSE behind a NOOP", V_VIOLATES, "MAP-I4",
     THREE
     "C1: a4 NOOP\nC1: a5 CLOSE\nC1: a6 NOOP\nS1: a4 OK x\nS1: a5 OK x\nS1: * 1 EXPUNGE\nS1: a6 OK x\n"},
    {"a line without a tag, then two SELECTs", V_CONFORMS, "",
     IN("1", "a") MADE "C1:  x\nS1: * BAD x\nC1: a2 SELECT INBOX\n" OPENED(
         "1", "a", "3") "S1: a2 OK x\nC1: a3 SELECT foo\n" OTHER("1", "2") "S1: a3 OK x\n"},
    {"a line without a tag and without a reply", V_VIOLATES, "MAP-I6",
     THREE "C1:  x\nC1: a4 NOOP\nS1: * 2 EXISTS\nS1: a4 OK x\n"},
    {"a greeting while another session's command is in progress", V_CONFORMS, "",
     IN("1", "a") "C1: a2 NOOP\n" IN("2", "b") "S1: a2 OK x\n"},
    {"a session opened anew while another's command is in progress", V_UNDECIDED, "",
     IN("1", "a") IN("2", "b") "C2: b2 NOOP\nC1: a2 LOGOUT\nS1: * BYE x\nS1: a2 OK x\nX1\n" IN(
         "1", "c") "S2: b2 OK x\n"},
    {"no greeting while another session's command is in progress", V_VIOLATES, "R3501-7.1.1",
     IN("1", "a") "C1: a2 NOOP\n+2\nC2: b1 LOGIN u1 pw\nS2: b1 OK in\nS1: a2 OK x\n"},
    {"STATUS before a pipelined APPEND", V_CONFORMS, "",
     THREE STATUS_APPEND "S1: * STATUS INBOX (MESSAGES 3)\nS1: a3 OK x\nS1: a4 OK x\n"},
    {"STATUS before a pipelined APPEND counts two more", V_VIOLATES, "R3501-6.3.10",
     THREE STATUS_APPEND "S1: * STATUS INBOX (MESSAGES 5)\nS1: a3 OK x\nS1: a4 OK x\n"},
    {"SELECT before a pipelined COPY", V_CONFORMS, "",
     THREE MADE "C1: a4 SELECT foo\nC1: a5 UID COPY 1 foo\n" OTHER(
         "1", "2") "S1: * OK [UIDNEXT 3] x\nS1: a4 OK x\nS1: a5 OK [COPYUID 8 1 3] x\nC1: a6 NOOP\nS1: * 3 "
                   "EXISTS\nS1: a6 OK x\n"},
    {"SELECT with a UIDNEXT that was given", V_VIOLATES, "MAP-I8",
     THREE "C1: a4 SELECT INBOX\n" OPENED("1", "a", "3") "S1: * OK [UIDNEXT 3] x\nS1: a4 OK x\n"},
    {"LIST before a pipelined CREATE", V_CONFORMS, "",
     IN("1", "a") "C1: a2 LIST \"\" foo\nC1: a3 CREATE foo\nS1: a2 OK x\nS1: a3 OK x\n"},
    {"LIST behind a CREATE", V_VIOLATES, "R3501-6.3.8",
     IN("1", "a") "C1: a3 CREATE foo\nS1: a3 OK x\nC1: a2 LIST \"\" foo\nS1: a2 OK x\n"},
    {"CLIENTID behind CAPABILITY", V_CONFORMS, "",
     "T1\nS1: * OK hello\nC1: a1 CAPABILITY\nC1: a2 CLIENTID UUID x\nS1: * CAPABILITY IMAP4rev1 "
     "CLIENTID\nS1: a1 OK x\n"
     "S1: a2 OK x\n"},
    {"CLIENTID behind a CAPABILITY that has none", V_VIOLATES, "CID-3.4-1s",
     "T1\nS1: * OK hello\nC1: a1 CAPABILITY\nC1: a2 CLIENTID UUID x\nS1: * CAPABILITY IMAP4rev1\nS1: a1 OK "
     "x\nS1: a2 OK x\n"},
    {"numbers behind a command that tells of expunges", V_AMBIGUOUS, "R3501-5.5",
     THREE TWO_GONE
     "C1: a5 NOOP\nC1: a6 STORE 1 +FLAGS (\\Seen)\nS1: * 1 EXPUNGE\nS1: * 1 EXPUNGE\nS1: a5 OK x\n"
     "S1: * 1 FETCH (FLAGS (\\Seen))\nS1: a6 OK x\n"},
    {"two pipelined STOREs", V_CONFORMS, "",
     THREE "C1: a5 STORE 1 FLAGS (\\Seen)\nC1: a6 STORE 1 +FLAGS (\\Deleted)\nS1: * 1 FETCH (FLAGS "
           "(\\Seen))\nS1: a5 OK x\n"
           "S1: * 1 FETCH (FLAGS (\\Seen \\Deleted))\nS1: a6 OK x\n"},
    {"two pipelined STOREs, the first told wrong", V_VIOLATES, "MAP-I10",
     THREE "C1: a5 STORE 1 FLAGS (\\Seen)\nC1: a6 STORE 1 +FLAGS (\\Deleted)\nS1: * 1 FETCH (FLAGS ())\nS1: "
           "a5 OK x\n"
           "S1: * 1 FETCH (FLAGS (\\Seen \\Deleted))\nS1: a6 OK x\n"},
    {"MOVE out of a mailbox that EXAMINE opened", V_VIOLATES, "R6851-3.3",
     IN("1", "a") MADE "C1: a2 EXAMINE INBOX\n" OPENED(
         "1", "a", "3") "S1: a2 OK [READ-ONLY] x\nC1: a3 MOVE 1 foo\nS1: * 1 EXPUNGE\nS1: a3 OK x\n"},
    {"APPENDUID names another UID than FETCH told", V_VIOLATES, "MAP-I16",
     THREE "C1: a4 APPEND INBOX {52}|From: a@example.org|Subject: m2||line 1|line 2|\nS1: * 4 EXISTS\n"
           "S1: * 4 FETCH (UID 9)\nS1: a4 OK [APPENDUID 7 8] x\n"},
    {"STORE beyond the view, refused, that wrote to the living", V_CONFORMS, "", /* MAP-4.2.3-a */
     THREE NONE_SET TWO_GONE "C1: a5 STORE 1:9 +FLAGS (\\Seen)\nS1: a5 NO x\n" THIRD("(\\Seen)")},
    {"STORE beyond the view, refused, that wrote nothing", V_CONFORMS, "", /* MAP-4.2.4-a */
     THREE NONE_SET TWO_GONE "C1: a5 STORE 1:9 +FLAGS (\\Seen)\nS1: a5 NO x\n" THIRD("()")},
    {"STORE beyond the view, refused, that wrote another flag", V_VIOLATES, "MAP-I10",
     THREE NONE_SET TWO_GONE "C1: a5 STORE 1:9 +FLAGS (\\Seen)\nS1: a5 NO x\n" THIRD("(\\Deleted)")},
    {"two pipelined MOVEs, each with its COPYUID", V_CONFORMS, "",
     THREE MADE "C1: a4 MOVE 1 foo\nC1: a5 UID MOVE 3 foo\nS1: * OK [COPYUID 8 1 3] x\nS1: * 1 EXPUNGE\nS1: a4 "
                "OK x\nS1: * OK [COPYUID 8 3 4] x\nS1: * 2 EXPUNGE\nS1: a5 OK x\n"},
    {"two pipelined MOVEs, the second with another's COPYUID", V_VIOLATES, "MAP-I16",
     THREE MADE "C1: a4 MOVE 1 foo\nC1: a5 UID MOVE 3 foo\nS1: * OK [COPYUID 8 1 3] x\nS1: * 1 EXPUNGE\nS1: a4 "
                "OK x\nS1: * OK [COPYUID 8 2 4] x\nS1: * 2 EXPUNGE\nS1: a5 OK x\n"},
    {"a FETCH of flags that are not known, then a STORE that adds to them", V_CONFORMS, "",
     THREE "C1: a5 FETCH 1 (FLAGS)\nC1: a6 STORE 1 +FLAGS (\\Deleted)\nS1: * 1 FETCH (FLAGS (\\Seen))\nS1: a5 "
           "OK x\nS1: * 1 FETCH (FLAGS (\\Seen \\Deleted))\nS1: a6 OK x\n"},
    {"a FETCH of flags that are not known, then a STORE that loses one", V_VIOLATES, "MAP-I10",
     THREE "C1: a5 FETCH 1 (FLAGS)\nC1: a6 STORE 1 +FLAGS (\\Deleted)\nS1: * 1 FETCH (FLAGS (\\Seen))\nS1: a5 "
           "OK x\nS1: * 1 FETCH (FLAGS (\\Deleted))\nS1: a6 OK x\n"},
    {"a UID STORE behind a NOOP that tells of the expunges", V_CONFORMS, "",
     FOO_GONE
     "C1: a5 NOOP\nC1: a6 UID STORE 1:2 +FLAGS (\\Seen)\nS1: * 1 EXPUNGE\nS1: * 1 EXPUNGE\nS1: a5 OK x\n"
     "S1: a6 OK x\n"},
    {"a UID STORE before the expunges are told", V_DEVIATES, "MAP-4.2.2-a",
     FOO_GONE "C1: a6 UID STORE 1:2 +FLAGS (\\Seen)\nS1: a6 OK x\n"},
    {"SEARCH of the last one behind an APPEND", V_CONFORMS, "",
     THREE "C1: a4 APPEND INBOX {52}|From: a@example.org|Subject: m2||line 1|line 2|\nC1: a5 SEARCH *\nS1: * 4 "
           "EXISTS\nS1: a4 OK x\nS1: * SEARCH 4\nS1: a5 OK x\n"},
    {"SEARCH of the last one, which is announced first", V_CONFORMS, "",
     THREE TOLD_LATE "C1: a5 SEARCH *:*\nS1: * 4 EXISTS\nS1: * SEARCH 4\nS1: a5 OK x\n"},
    {"SEARCH of the last one finds another", V_VIOLATES, "R3501-6.4.4",
     THREE TOLD_LATE "C1: a5 SEARCH *:*\nS1: * 4 EXISTS\nS1: * SEARCH 2\nS1: a5 OK x\n"},
    {"the second of two commands is answered first", V_CONFORMS, "",
     THREE MADE "C1: a4 FETCH 1 (UID)\nC1: a5 STATUS foo (MESSAGES)\nS1: * STATUS foo (MESSAGES 2)\nS1: a5 OK "
                "x\nS1: * 1 FETCH (UID 1)\nS1: a4 OK x\n"},

    /* What a mailbox held before is not known. */
    {"STORE adds to flags that are not known", V_CONFORMS, "",
     THREE "C1: a5 STORE 1 +FLAGS (\\Deleted)\nS1: * 1 FETCH (FLAGS (\\Seen \\Deleted))\nS1: a5 OK x\n"},
    {"STORE adds to flags that are not known, and they lack it", V_VIOLATES, "MAP-I10",
     THREE "C1: a5 STORE 1 +FLAGS (\\Deleted)\nS1: * 1 FETCH (FLAGS (\\Seen))\nS1: a5 OK x\n"},
    {"a message that is not known has no body", V_CONFORMS, "",
     THREE "C1: a5 FETCH 1 BODY.PEEK[TEXT]\nS1: * 1 FETCH (BODY[TEXT] \"\")\nS1: a5 OK x\n"},
    {"a message that is not known loses its body", V_VIOLATES, "MAP-I2",
     THREE "C1: a5 FETCH 1 BODY.PEEK[TEXT]\nS1: * 1 FETCH (BODY[TEXT] \"x\")\nS1: a5 OK x\nC1: a6 FETCH 1 "
           "BODY.PEEK[TEXT]\nS1: * 1 FETCH (BODY[TEXT] \"\")\nS1: a6 OK x\n"},
    {"a part behind the end", V_CONFORMS, "",
     THREE "C1: a5 FETCH 1 BODY.PEEK[]<100000.5>\nS1: * 1 FETCH (BODY[]<100000> \"\")\nS1: a5 OK x\n"},
    {"a message that is not known has no octet", V_VIOLATES, "MAP-I2",
     THREE "C1: a5 FETCH 1 BODY.PEEK[]\nS1: * 1 FETCH (BODY[] \"\")\nS1: a5 OK x\n"},
    {"the largest number is no star", V_VIOLATES, "MAP-I2",
     THREE "C1: a5 UID SEARCH UID 4294967295\nS1: * SEARCH 3\nS1: a5 OK x\n"},

    /* CLIENTID */
    {"the draft's own type is accepted", V_AMBIGUOUS, "T-CID-5",
     ADVERTISED "C1: a2 CLIENTID DEVICE_ID x\nS1: a2 OK x\n"},
    {"the draft's own type is refused", V_CONFORMS, "",
     ADVERTISED "C1: a2 CLIENTID DEVICE_ID x\nS1: a2 BAD x\n"},
    {"the draft's own type is answered NO", V_VIOLATES, "CID-3.2-c",
     ADVERTISED "C1: a2 CLIENTID DEVICE_ID x\nS1: a2 NO x\n"},
    {"an underscore and no token", V_VIOLATES, "CID-3.2-c",
     ADVERTISED "C1: a2 CLIENTID DEVICE_ID\nS1: a2 OK x\n"},
    {"an underscore and a token of two words", V_VIOLATES, "CID-3.2-c",
     ADVERTISED "C1: a2 CLIENTID DEVICE_ID x y\nS1: a2 OK x\n"},
    {"an underscore without TLS", V_VIOLATES, "CID-3.2-c",
     "+1\nS1: * OK hello\nC1: a2 CLIENTID DEVICE_ID x\nS1: a2 OK x\n"},
    {"another mark in the type", V_VIOLATES, "CID-3.2-c",
     ADVERTISED "C1: a2 CLIENTID DEVICE-ID x\nS1: a2 OK x\n"},
    {"the capability with a value", V_VIOLATES, "CID-4-b",
     "T1\nS1: * OK hello\nC1: a1 CAPABILITY\nS1: * CAPABILITY IMAP4rev1 CLIENTID=UUID\nS1: a1 OK x\n"},

    /* capabilities: RFC 3501 7.2.1; those of a code may be fewer (ID-3-g is of replies) */
    {"a list without its revision", V_VIOLATES, "R3501-9",
     "+1\nS1: * OK hello\nC1: a1 CAPABILITY\nS1: * CAPABILITY IDLE\nS1: a1 OK x\n"},
    {"a shorter list in a code after ID", V_CONFORMS, "",
     "+1\nS1: * OK hello\nC1: a1 CAPABILITY\nS1: * CAPABILITY IMAP4rev1 ID IDLE\nS1: a1 OK x\nC1: a2 ID "
     "NIL\nS1: * ID NIL\n"
     "S1: a2 OK x\nC1: a3 LOGIN u1 pw\nS1: a3 OK [CAPABILITY IMAP4rev1 ID] in\nC1: a4 NOOP\nS1: * OK "
     "[CAPABILITY IMAP4rev1] x\n"
     "S1: a4 OK x\n"},
    {"another list after ID", V_VIOLATES, "ID-3-g",
     "+1\nS1: * OK hello\nC1: a1 CAPABILITY\nS1: * CAPABILITY IMAP4rev1 ID IDLE\nS1: a1 OK x\nC1: a2 ID "
     "NIL\nS1: * ID NIL\n"
     "S1: a2 OK x\nC1: a3 CAPABILITY\nS1: * CAPABILITY IMAP4rev1 ID\nS1: a3 OK x\n"},

    /* ID: the limits bind the sender */
    {"an ID value of 1025 octets", V_VIOLATES, "ID-3.3-e",
     "+1\nS1: * OK hello\nC1: a1 ID NIL\nS1: * ID (\"name\" \"" X1025 "\")\nS1: a1 OK x\n"},
    {"31 ID pairs", V_VIOLATES, "ID-3.3-f",
     "+1\nS1: * OK hello\nC1: a1 ID NIL\nS1: * ID (" PAIRS10 PAIRS10 PAIRS10 "\"k\" NIL)\nS1: a1 OK x\n"},

    /* SELECT, SEARCH, UIDPLUS, MOVE */
    {"EXAMINE read-write", V_VIOLATES, "R3501-6.3.2",
     IN("1", "a") "C1: a2 EXAMINE INBOX\n" OPENED("1", "a", "3") "S1: a2 OK [READ-WRITE] done\n"},
    {"more recent than there are", V_VIOLATES, "MAP-I7",
     IN("1", "a") "C1: a2 SELECT INBOX\nS1: * FLAGS (\\Seen)\nS1: * 1 EXISTS\nS1: * 2 RECENT\nS1: * OK "
                  "[UIDVALIDITY 7] x\n"
                  "S1: a2 OK [READ-WRITE] done\n"},
    {"an unknown charset", V_CONFORMS, "",
     THREE "C1: a4 SEARCH CHARSET X-FOO ALL\nS1: a4 NO [BADCHARSET (US-ASCII)] unknown\n"},
    {"a SEARCH by more ranges than we keep: any answer", V_CONFORMS, "",
     THREE "C1: a4 SEARCH UNDELETED " SET65 "\nS1: * SEARCH 1\nS1: a4 OK x\nC1: a5 SEARCH " SET65
           "\nS1: * SEARCH\nS1: a5 OK x\n"},
    {"COPYUID with a reversed range means the ordered one", V_CONFORMS, "",
     THREE "C1: a4 CREATE x\nS1: a4 OK x\nC1: a5 COPY 1:3 x\nS1: a5 OK [COPYUID 7 3:1 13:11] x\nC1: a6 "
           "SELECT x\n" OPENED("1", "a", "3") "S1: a6 OK [READ-WRITE] x\n"},
    {"MOVE with COPYUID in an untagged OK", V_CONFORMS, "", /* RFC 6851 4.3 */
     THREE "C1: a4 CREATE x\nS1: a4 OK x\nC1: a5 MOVE 1:2 x\nS1: * OK [COPYUID 9 1:2 11:12] moved\nS1: * 1 "
           "EXPUNGE\n"
           "S1: * 1 EXPUNGE\nS1: a5 OK x\n"},
    {"MOVE with an untagged COPYUID of other messages", V_VIOLATES, "MAP-I16",
     THREE "C1: a4 CREATE x\nS1: a4 OK x\nC1: a5 MOVE 1:2 x\nS1: * OK [COPYUID 9 1,3 11:12] moved\nS1: * 1 "
           "EXPUNGE\n"
           "S1: * 1 EXPUNGE\nS1: a5 OK x\n"},
    {"COPYUID with more ranges than we keep is not judged", V_CONFORMS, "",
     THREE "C1: a4 CREATE x\nS1: a4 OK x\nC1: a5 COPY 1 x\nS1: a5 OK [COPYUID 9 " SET65 " " SET65 "] x\n"},
    {"COPYUID with more messages than we count is not judged", V_CONFORMS, "",
     THREE "C1: a4 CREATE x\nS1: a4 OK x\nC1: a5 COPY 1 x\nS1: a5 OK [COPYUID 9 1:5000 1:5000] x\n"},

    /* RFC 3501 4.3: a quoted string and a literal are the same string */
    {"the same octets quoted and literal", V_CONFORMS, "",
     THREE "C1: a4 FETCH 1 (BODY[TEXT])\nS1: * 1 FETCH (BODY[TEXT] \"a\\\\b\\\"c\")\nS1: a4 OK x\n"
           "C1: a5 FETCH 1 (BODY[TEXT])\nS1: * 1 FETCH (BODY[TEXT] {5}|a\\b\"c)\nS1: a5 OK x\n"},
    {"other octets quoted and literal", V_VIOLATES, "MAP-I2",
     THREE "C1: a4 FETCH 1 (BODY[TEXT])\nS1: * 1 FETCH (BODY[TEXT] \"a\\\\b\\\"c\")\nS1: a4 OK x\n"
           "C1: a5 FETCH 1 (BODY[TEXT])\nS1: * 1 FETCH (BODY[TEXT] {7}|a\\\\b\\\"c)\nS1: a5 OK x\n"},

    {"a UIDVALIDITY that RENAME changed, first told by COPYUID", V_CONFORMS, "",
     THREE "C1: a4 CREATE x\nS1: a4 OK x\nC1: a5 COPY 1 x\nS1: a5 OK [COPYUID 9 1 100] x\nC1: a6 RENAME x "
           "y\nS1: a6 OK x\n"
           "C1: a7 COPY 2 y\nS1: a7 OK [COPYUID 10 2 2] x\n"},
    {"a connection that ends in the middle of COPY", V_VIOLATES, "MAP-I13",
     THREE "C1: a4 CREATE x\nS1: a4 OK x\nC1: a5 COPY 1:3 x\nX1\n"},
    /* MAP-I13 counts the end alone: what was cut off may have taken effect, in part, too (RFC 6851 3.3) */
    {"a connection that ends in the middle of MOVE", V_DEVIATES, "MAP-I13",
     THREE IN("2", "b")
         SELECT("2", "b", "3") "C1: a4 CREATE x\nS1: a4 OK x\nC1: a5 MOVE 1:3 x\nS1: * BYE x\nX1\n"
                               "C2: b3 NOOP\nS2: * 2 EXPUNGE\nS2: b3 OK x\nC2: b4 NOOP\nS2: b4 OK x\n"},
    {"a connection that ends in the middle of RENAME INBOX", V_CONFORMS, "",
     THREE "C1: a4 RENAME INBOX x\nS1: * BYE x\nX1\n" IN("2", "b") SELECT("2", "b", "3")},
    {"SUBSCRIBE to a superior name proves nothing", V_CONFORMS, "", /* R3501-6.3.6 */
     IN("1", "a") "C1: a2 CREATE foo/bar\nS1: a2 OK x\nC1: a3 SUBSCRIBE foo\nS1: a3 OK x\n"
                  "C1: a4 STATUS foo (MESSAGES)\nS1: a4 NO x\n"},
    {"two commands in one piece, the first malformed", V_CONFORMS, "",
     IN("1", "a") "C1: a2 CREATE|a3 NOOP\nS1: a2 BAD x\nS1: a3 OK x\n"},

    /* FETCH: what was appended comes back (MAP-I2); of a part that it has not, anything */
    {"other octets than were appended", V_VIOLATES, "MAP-I2",
     THREE APPEND "C1: a5 FETCH 4 (BODY[])\nS1: * 4 FETCH (BODY[] {5}|hello)\nS1: a5 OK x\n"},
    {"a part that the message has not", V_CONFORMS, "",
     THREE APPEND "C1: a5 FETCH 4 (BODY[9])\nS1: * 4 FETCH (BODY[9] {5}|hello)\nS1: a5 OK x\n"},
    {"more keywords than we keep", V_CONFORMS, "",
     THREE "C1: a4 FETCH 1 (FLAGS)\nS1: * 1 FETCH (FLAGS (" KEYS
           "))\nS1: a4 OK x\nC1: a5 NOOP\nS1: a5 OK x\n"},

    /* RFC 2180 3.4, R3501-6.3.5: the inferior mailbox moves along, and those inside keep it */
    {"RENAME above a mailbox that is open", V_CONFORMS, "",
     IN("1", "a") "C1: a2 CREATE foo/bar\nS1: a2 OK x\n" IN("2", "b") "C2: b2 SELECT foo/bar\n" OPENED(
         "2", "b",
         "0") "S2: b2 OK [READ-WRITE] x\nC1: a3 RENAME foo zap\nS1: a3 OK x\nC2: b3 NOOP\nS2: b3 OK x\n"
              "C1: a4 STATUS zap/bar (MESSAGES)\nS1: * STATUS zap/bar (MESSAGES 0)\nS1: a4 OK x\n"},

    /* limits of ours: never a verdict on the server */
    {"a command over a limit", V_UNDECIDED, "",
     THREE "C1: a4 SEARCH " NOTS8 NOTS8 NOTS8 NOTS8 "NOT ALL\nS1: a4 BAD x\n"},
    {"a response over a limit", V_UNDECIDED, "limit",
     THREE "C1: a4 FETCH 1 (UID)\nS1: * 1 FETCH (" UIDS8 UIDS8 UIDS8 UIDS8 "UID 1)\nS1: a4 OK x\n"},
    {"a mailbox name over a limit", V_UNDECIDED, "",
     IN("1", "a") "C1: a2 CREATE " X256 X256 "x\nS1: a2 OK x\n"},
    {"a user name over a limit", V_UNDECIDED, "",
     "+1\nS1: * OK hello\nC1: a1 LOGIN " X256 "x pw\nS1: a1 NO x\n"},
    {"a password over a limit", V_UNDECIDED, "",
     "+1\nS1: * OK hello\nC1: a1 LOGIN u1 " X256 "x\nS1: a1 NO x\n"},
};

static void run_rows(void) {
    static const enum verdict worst[] = {V_VIOLATES, V_UNDECIDED, V_DEVIATES, V_AMBIGUOUS};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *t = &rows[i];
        struct oracle_options opt = {.content = canned_ops(), .note = on_note, .dialect = DIALECT_3501};
        struct oracle *o = oracle_new(&opt);
        memset(&notes, 0, sizeof notes);
        play(o, t->script);
        enum verdict said = V_CONFORMS;
        for (size_t k = sizeof worst / sizeof *worst; k--;)
            if (notes.n[worst[k]])
                said = worst[k];
        CHECK(said == t->verdict, "%s: %s, expected %s: %s", t->name, verdict_name(said),
              verdict_name(t->verdict), said ? notes.said[said] : "");
        CHECK(said != t->verdict || strstr(notes.said[said], t->cites), "%s: %s, expected %s", t->name,
              notes.said[said], t->cites);
        oracle_free(o);
    }
}

int main(void) {
    run_rows();
    printf("transcripts: %u failed\n", check_failed);
    return check_failed != 0;
}
