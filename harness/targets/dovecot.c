/* dovecot.c: Dovecot's imap-parser, with both of its readings of ID.
 *
 * `dovecot` is the imap process (after login): the tag and the name are words, then all arguments of the line
 * are read; cmd_id looks at none of them. `dovecot-login` is the imap-login process: its ID takes one
 * argument at a time, in three states, and leaves the rest of the line at the first thing that ends a list.
 * Neither process awaits a literal's continuation, so literals in line are read. Stream and parsers live on:
 * only the stream's buffer is replaced.
 */
#include "lib.h"
#include "istream-private.h"
#include "imap-parser.h"
#include "imap-id.h"

#include "library.h"

#define LOGIN_LINE  8192        /* imap-login's MAX_IMAP_LINE */
#define LINE        (64 * 1024) /* imap_max_line_length */
#define DOVECOT_TAG 128         /* longer tags are refused */

static struct istream *stream;
static struct imap_parser *parser, *login_parser;

static struct imap_parser *new_parser(size_t max_line, unsigned int lists) {
#ifdef DOVECOT_PARSER_PARAMS /* Debian's security update has an argument more */
    struct imap_parser_params params = {.list_count_limit = lists};
    return imap_parser_create(stream, NULL, max_line, &params);
#else
    (void)lists;
    return imap_parser_create(stream, NULL, max_line);
#endif
}

static bool start(char *err, size_t errlen) {
    (void)err, (void)errlen;
    if (stream != NULL)
        return true;
    lib_init();
    stream = i_stream_create_from_data("", 0);
    parser = new_parser(LINE, 0);
    login_parser = new_parser(LOGIN_LINE, 1);
    return true;
}

static void feed(struct imap_parser *which, const uint8_t *p, size_t n) {
    struct istream_private *s = stream->real_stream;
    s->buffer = p;
    s->pos = n;
    s->skip = 0;
    stream->v_offset = 0;
    imap_parser_reset(which);
}

static void refuse(struct imap_parser *which, struct lib_answer *a, const char *why) {
    enum imap_parser_error code;
    a->verdict = LIB_REJECT;
    if (why == NULL)
        why = imap_parser_get_error(which, &code);
    i_snprintf(a->why, sizeof a->why, "%.70s", why);
}

/* The line's end: a CR that belongs to it, and LF. */
static void finish(struct lib_answer *a) {
    size_t n;
    const unsigned char *p = i_stream_get_data(stream, &n), *lf = memchr(p, '\n', n);
    a->verdict = lf != NULL ? LIB_ACCEPT : LIB_MORE;
    a->used = lf != NULL ? (uint32_t)(stream->v_offset + (size_t)(lf - p) + 1) : 0;
}

static void canon_args(struct out *o, const struct imap_arg *arg) {
    const struct imap_arg *list;
    for (; !IMAP_ARG_IS_EOL(arg); arg++)
        if (imap_arg_get_list(arg, &list)) {
            canon_open(o);
            canon_args(o, list);
            canon_close(o);
        } else
            canon_string(o, arg->type == IMAP_ARG_NIL ? NULL : imap_arg_as_astring(arg), arg->str_len);
}

/* Commands whose arguments are strings, or lists of words, in a fixed number: their content is told. */
static bool is_plain(const char *name, const struct imap_arg *arg, unsigned int n) {
    static const struct {
        const char *name;
        unsigned int n;
    } table[] = {{"CAPABILITY", 0},  {"NOOP", 0},    {"LOGOUT", 0},   {"CHECK", 0},  {"CLOSE", 0},
                 {"UNSELECT", 0},    {"EXPUNGE", 0}, {"STARTTLS", 0}, {"LOGIN", 2},  {"SELECT", 1},
                 {"EXAMINE", 1},     {"CREATE", 1},  {"DELETE", 1},   {"RENAME", 2}, {"SUBSCRIBE", 1},
                 {"UNSUBSCRIBE", 1}, {"LIST", 2},    {"LSUB", 2}};
    for (unsigned int i = 0; i < N_ELEMENTS(table); i++)
        if (strcmp(name, table[i].name) == 0) {
            for (unsigned int k = 0; k < n; k++)
                if (!IMAP_ARG_IS_ASTRING(&arg[k]))
                    return false;
            return n == table[i].n;
        }
    return strcmp(name, "ID") == 0;
}

/* 1: the word is in *word, 0: more is awaited, -1: refused. */
static int read_word(int (*read)(struct imap_parser *, const char **), const char **word,
                     struct lib_answer *a, const char *why) {
    int ret = read(parser, word);
    if (ret == 0)
        a->verdict = LIB_MORE;
    else if (ret < 0 || **word == 0)
        refuse(parser, a, why);
    return ret > 0 && **word == 0 ? -1 : ret;
}

static void parse(enum lib_item item, const uint8_t *p, size_t n, struct lib_answer *a) {
    const char *tag = NULL, *name = "";
    const struct imap_arg *args;
    feed(parser, p, n);
    if (item == ITEM_COMMAND && (read_word(imap_parser_read_tag, &tag, a, "Invalid tag") <= 0))
        return;
    if (tag != NULL && strlen(tag) > DOVECOT_TAG) {
        refuse(parser, a, "Too long tag");
        return;
    }
    T_BEGIN {
        tag = t_strdup(tag); /* the parser's words do not survive its next call */
        if (read_word(imap_parser_read_command_name, &name, a, "Invalid command name") > 0) {
            name = t_str_ucase(name);
            int count = imap_parser_read_args(parser, 0, 0, &args);
            if (count == -2)
                a->verdict = LIB_MORE;
            else if (count < 0)
                refuse(parser, a, NULL);
            else if (item != ITEM_COMMAND && strcmp(name, item == ITEM_ID ? "ID" : "CLIENTID") != 0)
                refuse(parser, a, "another command");
            else if (item == ITEM_CLIENTID &&
                     (count != 2 || !IMAP_ARG_IS_ASTRING(&args[0]) || !IMAP_ARG_IS_ASTRING(&args[1])))
                refuse(parser, a, "Invalid arguments");
            else if (item != ITEM_COMMAND || is_plain(name, args, (unsigned int)count)) {
                if (tag != NULL) {
                    canon_string(&a->canon, tag, strlen(tag));
                    canon_word(&a->canon, name);
                }
                canon_args(&a->canon, args);
                finish(a);
            } /* else LIB_PASS: what each command makes of its arguments is not the parser's affair */
        }
    }
    T_END;
}

/* ---- imap-login -------------------------------------------------------------------------------------- */

enum id_state { ID_LIST, ID_KEY, ID_VALUE };

/* One argument. 0: go on, 1: the command is complete, -1: bad. */
static int login_argument(enum id_state *state, const struct imap_arg *arg, struct out *canon) {
    const char *text;
    switch (*state) {
    case ID_LIST:
        if (arg->type == IMAP_ARG_NIL)
            return 1;
        *state = ID_KEY;
        return arg->type == IMAP_ARG_LIST ? 0 : -1;
    case ID_KEY:
        if (!imap_arg_get_string(arg, &text) || strlen(text) > IMAP_ID_KEY_MAX_LEN)
            return -1;
        canon_string(canon, text, arg->str_len);
        *state = ID_VALUE;
        return 0;
    case ID_VALUE:
        if (!imap_arg_get_nstring(arg, &text))
            return -1;
        canon_string(canon, text, arg->str_len);
        *state = ID_KEY;
        return 0;
    }
    return -1;
}

static void parse_login(enum lib_item item, const uint8_t *p, size_t n, struct lib_answer *a) {
    enum id_state state = ID_LIST;
    const struct imap_arg *args;
    const char *name;
    int ret, done = 0;
    (void)item;
    feed(login_parser, p, n);
    if ((name = imap_parser_read_word(login_parser)) == NULL) {
        a->verdict = LIB_MORE;
        return;
    }
    if (strcasecmp(name, "ID") != 0) {
        refuse(login_parser, a, "another command");
        return;
    }
    imap_parser_reset(login_parser);
    canon_open(&a->canon);
    while ((ret = imap_parser_read_args(
                login_parser, 1,
                state == ID_LIST ? IMAP_PARSE_FLAG_STOP_AT_LIST : IMAP_PARSE_FLAG_INSIDE_LIST, &args)) == 1) {
        if ((done = login_argument(&state, args, &a->canon)) != 0)
            break;
        imap_parser_reset(login_parser);
    }
    canon_close(&a->canon);
    if (done < 0)
        refuse(login_parser, a, "Invalid ID parameters");
    else if (ret == -1)
        refuse(login_parser, a, NULL);
    else if (ret == -2)
        a->verdict = LIB_MORE;
    else {
        if (state == ID_LIST) { /* NIL, or nothing at all */
            a->canon.len = 0;
            canon_word(&a->canon, "NIL");
        }
        finish(a); /* whatever is left of the line is skipped */
    }
}

static const char *version(void) { return TARGET_VERSION; }

LIBRARY(dovecot) = {.name = "dovecot",
                    .package = "dovecot-dev",
                    .about = "imap_parser_read_args on the whole line, as its imap process does after login",
                    .items = 1u << ITEM_ID | 1u << ITEM_CLIENTID | 1u << ITEM_COMMAND,
                    .dialect = DIALECT_3501,
                    .literals = LITERALS_PLUS,
                    .start = start,
                    .parse = parse,
                    .version = version};
LIBRARY(dovecot_login) = {
    .name = "dovecot-login",
    .package = "dovecot-dev",
    .about = "imap_parser_read_args one by one, as its imap-login process does with ID before login",
    .items = 1u << ITEM_ID,
    .dialect = DIALECT_3501,
    .literals = LITERALS_PLUS,
    .start = start,
    .parse = parse_login,
    .version = version};
