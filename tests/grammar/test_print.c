/* test_print.c: printing structures that no parser filled: those that a program builds by hand. */
#include <stdio.h>
#include <string.h>

#include "items.h"

static unsigned failed;
static uint8_t octets[512];
static struct node v[32];

static struct slice sl(const char *z) { return (struct slice){(const uint8_t *)z, (uint32_t)strlen(z)}; }
static struct istring raw(const char *z) { return (struct istring){STR_NONE, false, sl(z)}; }

static void check(const struct out *o, const char *want, int line)
{
    if (o->len == strlen(want) && memcmp(octets, want, o->len) == 0)
        return;
    printf("line %d: %.*sexpected %s", line, (int)o->len, (const char *)octets, want);
    failed++;
}

static void command(struct imap_command c, const char *want, int line)
{
    struct out o = {octets, sizeof octets, 0};
    struct node_pool nodes = {v, 32, 32};
    c.tag = sl("a");
    print_command(&o, &c, &nodes);
    check(&o, want, line);
}

static void response(struct imap_response r, const char *want, int line)
{
    struct out o = {octets, sizeof octets, 0};
    struct node_pool nodes = {v, 32, 32};
    print_response(&o, &r, &nodes);
    check(&o, want, line);
}
#define COMMAND(want, ...) command((struct imap_command){__VA_ARGS__}, want "\r\n", __LINE__)
#define RESPONSE(want, ...) response((struct imap_response){__VA_ARGS__}, want "\r\n", __LINE__)

static void commands(void)
{
    struct seq_set set = {.n = 3, .r = {{1, 1}, {4, 2}, {7, SEQ_STAR}}};
    COMMAND("a NOOP", .kind = CMD_NOOP);
    COMMAND("a XFOO", .name = sl("XFOO"));
    COMMAND("a XFOO b (c", .name = sl("XFOO"), .args = sl("b (c"));
    COMMAND("a LOGIN NIL {1}\r\nx", .kind = CMD_LOGIN, .mailbox = {.kind = STR_NIL},
            .mailbox2 = {STR_LITERAL, false, sl("x")});
    COMMAND("a LOGIN u \"p w\"", .kind = CMD_LOGIN, .mailbox = raw("u"), .mailbox2 = raw("p w"));
    COMMAND("a LIST \"\" \"%\"", .kind = CMD_LIST, .mailbox = raw(""), .mailbox2 = raw("%"));
    COMMAND("a UID FETCH 1,4:2,7:* (FLAGS BODY.PEEK[1]<0.5>)", .kind = CMD_FETCH, .uid = true, .set = set, .wants = 2,
            .want = {{.att = ATT_FLAGS},
                     {.att = ATT_BODY_SECTION, .peek = true, .partial = true, .section = sl("1"), .count = 5}});
    COMMAND("a STORE 1,4:2,7:* -FLAGS.SILENT (\\Seen x)", .kind = CMD_STORE, .set = set, .store_mode = STORE_REMOVE,
            .silent = true, .has_flags = true, .flags = 2, .flag = {sl("\\Seen"), sl("x")});
    COMMAND("a STORE 1,4:2,7:* FLAGS ()", .kind = CMD_STORE, .set = set);
    COMMAND("a STATUS x (MESSAGES UNSEEN)", .kind = CMD_STATUS, .mailbox = raw("x"),
            .status = 1u << ST_MESSAGES | 1u << ST_UNSEEN);
    COMMAND("a APPEND x () \" 1-Jan-2020 00:00:00 +0000\" {2}\r\nhi", .kind = CMD_APPEND, .mailbox = raw("x"),
            .has_flags = true, .date = sl(" 1-Jan-2020 00:00:00 +0000"), .message = raw("hi"));
    COMMAND("a ID NIL", .kind = CMD_ID);
    COMMAND("a CLIENTID UUID x{3}", .kind = CMD_CLIENTID, .clientid_type = sl("UUID"), .clientid_token = sl("x{3}"));
    /* OR SEEN (NOT 1:3) */
    v[1] = (struct node){.kind = NODE_ATOM, .number = SK_OR, .child = 2};
    v[2] = (struct node){.kind = NODE_ATOM, .number = SK_SEEN, .next = 3};
    v[3] = (struct node){.kind = NODE_ATOM, .number = SK_AND, .child = 4};
    v[4] = (struct node){.kind = NODE_ATOM, .number = SK_NOT, .child = 5};
    v[5] = (struct node){.kind = NODE_ATOM, .number = SK_SEQUENCE, .child = 6};
    v[6] = (struct node){.kind = NODE_ATOM, .str = {STR_ATOM, false, sl("1:3")}};
    COMMAND("a UID SEARCH CHARSET UTF-8 OR SEEN (NOT 1:3)", .kind = CMD_SEARCH, .uid = true, .charset = sl("UTF-8"),
            .charset_kind = STR_ATOM, .search = 1);
}

static void responses(void)
{
    RESPONSE("* OK [UIDNEXT 7] x", .kind = RESP_OK, .code = {.kind = CODE_UIDNEXT, .number = 7}, .text = sl("x"));
    RESPONSE("t NO [INUSE] x", .kind = RESP_NO, .tag = sl("t"), .code = {.kind = CODE_INUSE}, .text = sl("x"));
    RESPONSE("t OK [APPENDUID 1 2] x", .kind = RESP_OK, .tag = sl("t"), .text = sl("x"),
             .code = {.kind = CODE_APPENDUID, .number = 1, .set1 = sl("2")});
    RESPONSE("t OK [COPYUID 1 2:3 5:6] x", .kind = RESP_OK, .tag = sl("t"), .text = sl("x"),
             .code = {.kind = CODE_COPYUID, .number = 1, .set1 = sl("2:3"), .set2 = sl("5:6")});
    RESPONSE("t NO [NEWNAME FOO BAR] x", .kind = RESP_NO, .tag = sl("t"), .text = sl("x"),
             .code = {.kind = CODE_NEWNAME, .arg = sl("FOO BAR")});
    v[1] = (struct node){.kind = NODE_ATOM, .str = {STR_ATOM, false, sl("\\Deleted")}, .next = 2};
    v[2] = (struct node){.kind = NODE_ATOM, .str = {STR_ATOM, false, sl("\\*")}};
    RESPONSE("* OK [PERMANENTFLAGS (\\Deleted \\*)] x", .kind = RESP_OK, .text = sl("x"),
             .code = {.kind = CODE_PERMANENTFLAGS, .list = 1});
    RESPONSE("* OK [CAPABILITY \\Deleted \\*] x", .kind = RESP_OK, .text = sl("x"),
             .code = {.kind = CODE_CAPABILITY, .list = 1});
    RESPONSE("* OK [PERMANENTFLAGS ()] x", .kind = RESP_OK, .code = {.kind = CODE_PERMANENTFLAGS}, .text = sl("x"));
    RESPONSE("* 0 EXISTS", .kind = RESP_EXISTS);
    RESPONSE("* 4 EXPUNGE", .kind = RESP_EXPUNGE, .number = 4);
    RESPONSE("* SEARCH", .kind = RESP_SEARCH);
    RESPONSE("* ID NIL", .kind = RESP_ID);
    RESPONSE("+ x", .kind = RESP_CONTINUE, .text = sl("x"));
    RESPONSE("* LIST () \"\\\\\" \"a b\"", .kind = RESP_LIST, .delimiter = '\\', .mailbox = raw("a b"));
    RESPONSE("* LIST () NIL x", .kind = RESP_LIST, .delimiter = -1, .mailbox = raw("x"));
    RESPONSE("* LIST () \"\xe2\x82\xac\" x", .kind = RESP_LIST, .delimiter = 0x20ac, .mailbox = raw("x"));
    RESPONSE("* LIST () \"\xf0\x9d\x84\x9e\" x", .kind = RESP_LIST, .delimiter = 0x1d11e, .mailbox = raw("x")); /* RFC 3629 7 */
    RESPONSE("* STATUS x (UIDNEXT 9)", .kind = RESP_STATUS, .mailbox = raw("x"), .status = 1u << ST_UIDNEXT,
             .status_value = {[ST_UIDNEXT] = 9});
    RESPONSE("* FLAGS (\\Deleted \\*)", .kind = RESP_FLAGS, .list = 1);
    v[3] = (struct node){.kind = NODE_STRING, .str = raw("a\r\n")};
    v[4] = (struct node){.kind = NODE_LIST, .str = {STR_ATOM, false, sl("(NIL \"s\")")}};
    RESPONSE("* 3 FETCH (UID 7 FLAGS () BODY[1]<2> {3}\r\na\r\n ENVELOPE (NIL \"s\") RFC822 NIL MODSEQ (5))",
             .kind = RESP_FETCH, .number = 3, .items = 6,
             .item = {{.att = ATT_UID, .number = 7},
                      {.att = ATT_FLAGS},
                      {.att = ATT_BODY_SECTION, .section = sl("1"), .has_origin = true, .origin = 2, .value = 3},
                      {.att = ATT_ENVELOPE, .value = 4},
                      {.att = ATT_RFC822},
                      {.att = ATT_MODSEQ, .number = 5}});
    RESPONSE("* VANISHED (EARLIER) 1:3", .kind = RESP_VANISHED, .earlier = true, .set = sl("1:3"));
    v[1] = (struct node){.kind = NODE_NUMBER, .number = 2, .next = 2};
    v[2] = (struct node){.kind = NODE_NUMBER, .number = 3};
    RESPONSE("* SEARCH 2 3", .kind = RESP_SEARCH, .list = 1);
}

/* What has no word of the documents' has one of ours. */
static void words(void)
{
    failed += strcmp(command_name(CMD_UNKNOWN), "UNKNOWN") != 0 || strcmp(command_name(CMD_FETCH), "FETCH") != 0;
    failed += strcmp(response_name(RESP_CONTINUE), "+") != 0 || strcmp(response_name(RESP_OTHER), "OTHER") != 0 ||
              strcmp(response_name(RESP_EXPUNGE), "EXPUNGE") != 0 || strcmp(response_name(RESP_ESEARCH), "ESEARCH") != 0;
}

int main(void)
{
    commands();
    responses();
    words();
    printf("print: %u failed\n", failed);
    return failed != 0;
}
