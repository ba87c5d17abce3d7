/* program.h: what several clients send to a server, and what came back: program, scenario play and trace in
 * one text.
 *
 * One item per line. Blanks before an item are ignored; so are empty lines.
 *
 *   C1: FETCH 1:3 (FLAGS)      session 1 sends a command; its tag is implied, its CRLF too
 *   S1: * 3 FETCH (FLAGS ())   session 1 received it (a trace), or must receive it (a scenario)
 *   S1: OK                     a tagged reply: anything that begins neither with `* ` nor `+`
 *   S1 [a7]: OK                the same with its tag written out, where the tag is not that of the oldest
 * open command S2 x4: * 4 EXPUNGE         expected four times        S2?: ... optional        S2!: ... must
 * not appear C1+: NOOP                  does not wait for the reply: the next command of the session is
 * pipelined C1 raw: octets             no tag is put before them  C1 cut: ... no CRLF behind them (the words
 * combine: raw cut) S1 raw cut: octets         a response that is no line with CRLF, or has no tag that the
 * words above can leave out C1: DONE                   ends IDLE. After AUTHENTICATE, the next C1 lines are
 * the answers to its `+` C1 auto: LOGIN $user(1) $pass(1)   traces only: sent by the driver on its own when
 * it opened the session
 *   @open C2 user=2 tls=starttls login=no   opens a session; nothing if it is open. Without it, the first C2
 * line opens it as user 1. tls is plain, tls (implicit) or starttls; without it the target's own. login=no:
 *                              the greeting is read, no more. C2 lines of a session that the server ended are
 * left out
 *   @close C2                  our side ends the connection, without LOGOUT
 *   @close S2 [limit: text]    traces only: the server ended it (or a limit or deadline of ours did)
 *   @wait 50                   milliseconds in which all sessions are read
 *   @checkpoint                quiescence, then NOOP, a pause and NOOP in every session (behind the last one:
 * EXAMINE by those that were not told all)
 *   @mailbox NAME...           more abstract mailbox names than FOO BAR BAZ QUX
 *   # text                     a comment
 *
 * Octets outside 0x20 to 0x7E are written \xHH with two upper-case digits, and so is a backslash that such
 * digits would follow; every other backslash is itself. A blank at the text's beginning or end is \x20. A
 * CRLF inside the text (a literal's announcement, or inside a literal) ends the line, and the text goes on in
 * the next, behind `  | `:
 *
 *   C1: APPEND FOO {30}
 *     | Subject: m1
 *     |
 *     | first message
 *
 * Words that the driver replaces when it sends (never inside a literal; a literal that is one abstract name
 * counts):
 *
 *   FOO BAR BAZ QUX      abstract mailbox names: each program has its own mailboxes behind them. INBOX is
 * itself $box                 what stands before an abstract name on the wire: LIST "" $box*
 *   $/                   the server's hierarchy separator: FOO$/KID
 *   $user(N) $pass(N)    the target's N-th user; $plain(N): both as AUTHENTICATE PLAIN wants them
 *   $uid(FOO,3)          the UID of the third message ever put into FOO
 *   $size  $size+2       the number of messages in the session's view
 *   $uid(FOO,3)=17       the same in a trace, with the value that it had. Live it is worked out again;
 * offline it is used
 *
 * A trace is a program that begins with `# imapdiff trace 1`, then `# key: value` lines, and ends with `#
 * end`.
 */
#ifndef PROGRAM_H
#define PROGRAM_H

#include "imap.h"

#define PROGRAM_SESSIONS   32 /* sessions are 1 .. PROGRAM_SESSIONS */
#define PROGRAM_LINES_MAX  (1u << 20)
#define PROGRAM_OCTETS_MAX (64u << 20)

enum line_kind {
    LINE_SEND,
    LINE_EXPECT,
    LINE_OPEN,
    LINE_CLOSE,
    LINE_WAIT,
    LINE_CHECKPOINT,
    LINE_MAILBOX,
    LINE_COMMENT
};
enum line_flag {
    LINE_NOWAIT = 1, /* SEND: `+` */
    LINE_RAW = 2,    /* SEND: no tag */
    LINE_CUT = 4,    /* SEND: no CRLF */
    LINE_AUTO = 8,   /* SEND: by the driver; replay leaves it out */
    LINE_OPTIONAL = 16,
    LINE_ABSENT = 32,    /* EXPECT: `?`, `!` */
    LINE_NO_LOGIN = 64,  /* OPEN */
    LINE_BY_SERVER = 128 /* CLOSE: `@close S2`; the text is "" or "limit: ..." */
};
enum line_tls { TLS_DEFAULT, TLS_PLAIN, TLS_IMPLICIT, TLS_STARTTLS };

struct line {
    uint8_t kind, flags, session;
    uint8_t user;     /* OPEN: 1 for the first; 0: not given, the first */
    uint8_t tls;      /* OPEN: enum line_tls */
    uint32_t repeat;  /* EXPECT: at least 1 */
    uint32_t ms;      /* WAIT */
    uint32_t at;      /* line number in the text it was read from; 0: made by code */
    uint32_t text, n; /* octets in program.octets: the wire without tag and last CRLF; a comment's or a name
                         list's text */
    uint32_t tag, tag_n; /* EXPECT: the tag in brackets; tag_n = 0: implied */
};

#define HEAD_MAX 12
struct program {
    struct line *line;
    uint32_t lines, lines_cap;
    uint8_t *octets;
    uint32_t used, octets_cap;
    bool trace;  /* begins with `# imapdiff trace 1` and ends with `# end` */
    bool failed; /* memory or a limit ended an addition: the program is not whole */
    struct head {
        char key[16];
        char value[232];
    } head[HEAD_MAX]; /* a trace's header, in order */
    uint32_t heads;
};

void program_init(struct program *p);
void program_clear(struct program *p); /* no line, no header; keeps its memory */
void program_free(struct program *p);
/* Copies `from` into an initialised `to`, replacing what it held. false: out of memory. */
bool program_copy(struct program *to, const struct program *from);

struct slice program_text(const struct program *p, const struct line *l);
struct slice program_tag(const struct program *p, const struct line *l);

/* Additions at the end. They return the line (valid until the next addition), or NULL with p->failed set. */
struct line *program_add(struct program *p, enum line_kind kind, int session, const void *text, size_t n);
struct line *program_send(struct program *p, int session, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
struct line *program_expect(struct program *p, int session, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
struct line *program_comment(struct program *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
struct line *program_open(struct program *p, int session, int user, enum line_tls tls, bool login);
struct line *program_close(struct program *p, int session);
struct line *program_wait(struct program *p, uint32_t ms);
struct line *program_checkpoint(struct program *p);
/* APPEND mailbox [flags] {n} with a small message whose Subject is `mark`; flags NULL or "(\Seen)". */
struct line *program_append(struct program *p, int session, const char *mailbox, const char *flags,
                            const char *mark);
/* Copies one line of another program. */
struct line *program_take(struct program *p, const struct program *from, const struct line *l);

/* A trace's header. program_head: NULL when the key is not there. program_set_head cuts long values and line
 * ends. */
const char *program_head(const struct program *p, const char *key);
void program_set_head(struct program *p, const char *key, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Reads text; `name` is the file's name for messages, first_line its first line's number (1; more inside a
 * Lua file). false: one line in err, "name:line: what was expected"; p is then not usable. */
bool program_parse(struct program *p, const char *name, uint32_t first_line, const char *text, size_t n,
                   char *err, size_t errlen);
/* The same from a file. */
bool program_read(struct program *p, const char *path, char *err, size_t errlen);

/* Prints. Returns malloced text, NUL-terminated, its length in *n (n may be NULL); NULL: out of memory.
 * print(parse(print(p))) is the same text. */
char *program_print(const struct program *p, size_t *n);
/* Only SEND and directive lines, without comments and header: two programs that send the same print the same.
 */
char *program_print_sent(const struct program *p, size_t *n);
/* Number of SEND lines that are commands of the program itself (not `auto`). */
uint32_t program_commands(const struct program *p);

#endif
