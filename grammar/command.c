/* command.c: one client command, its literals in line.
 *
 * A command ends at the CRLF of its own text: the lines that a client sends after a continuation request (AUTHENTICATE's
 * answers, IDLE's DONE) are separate. CLIENTID's arguments are taken verbatim before any literal could be seen (T-CID-7).
 */
#include <assert.h>
#include <string.h>

#include "cursor.h"
#include "id.h"

typedef bool arguments(struct cursor *s, struct imap_command *c);

static bool mailbox(struct cursor *s, struct imap_command *c) { return cur_sp(s) && cur_astring(s, &c->mailbox); }

static bool none(struct cursor *s, struct imap_command *c)
{
    (void)s, (void)c;
    return true;
}

/* RENAME: two mailboxes; LOGIN: user and password. */
static bool two_astrings(struct cursor *s, struct imap_command *c)
{
    return mailbox(s, c) && cur_sp(s) && cur_astring(s, &c->mailbox2);
}

/* option-extension [SP option-value], SP between; what RFC 9051 writes in parentheses around LIST. */
static bool list_options(struct cursor *s, struct slice *out)
{
    const uint8_t *from = s->p;
    struct chain ignored = {0};
    struct slice t;
    if (!cur_octet(s, '(', "list-select-opts"))
        return false;
    bool more = cur_peek(s) != ')', after_option = false;
    while (more) {
        if (after_option && cur_peek(s) == '(') {
            if (!cur_ext_value(s, &ignored))
                return false;
            after_option = false;
        } else {
            if (!cur_token(s, TOK_atom, "option-extension", &t))
                return false;
            after_option = true;
        }
        more = cur_peek(s) == ' ';
        s->p += more;
    }
    if (!cur_octet(s, ')', "list-select-opts"))
        return false;
    *out = cur_from(s, from);
    return true;
}

/* list-mailbox, in RFC 9051 also "(" list-mailbox ")" */
static bool pattern(struct cursor *s, struct imap_command *c)
{
    if (s->o->dialect != DIALECT_9051 || cur_peek(s) != '(')
        return cur_list_mailbox(s, &c->mailbox2);
    s->p++;
    return cur_list_mailbox(s, &c->mailbox2) && cur_octet(s, ')', "patterns");
}

static bool lsub(struct cursor *s, struct imap_command *c)
{
    return mailbox(s, c) && cur_sp(s) && cur_list_mailbox(s, &c->mailbox2);
}

static bool list(struct cursor *s, struct imap_command *c)
{
    const struct word *w;
    if (s->o->dialect != DIALECT_9051)
        return lsub(s, c);
    if (!cur_sp(s) || (cur_peek(s) == '(' && !(list_options(s, &c->select_options) && cur_sp(s))) ||
        !cur_astring(s, &c->mailbox) || !cur_sp(s) || !pattern(s, c))
        return false;
    if (cur_peek(s) != ' ')
        return true;
    s->p++;
    return cur_keyword(s, &misc_words, MISC_RETURN, &w) && cur_sp(s) && list_options(s, &c->return_options);
}

static bool status(struct cursor *s, struct imap_command *c)
{
    const struct word *w;
    if (!mailbox(s, c) || !cur_sp(s) || !cur_octet(s, '(', "status"))
        return false;
    for (;;) {
        if (!cur_keyword(s, &status_words, IN_COMMAND, &w))
            return false;
        c->status |= 1u << w->kind;
        if (cur_peek(s) != ' ')
            return cur_octet(s, ')', "status");
        s->p++;
    }
}

static bool one_flag(struct cursor *s, struct imap_command *c)
{
    if (c->flags == FLAGS_MAX)
        return cur_limit(s, "flags");
    return cur_flag(s, &c->flag[c->flags]) && ++c->flags > 0;
}

/* flag *(SP flag) */
static bool flags(struct cursor *s, struct imap_command *c)
{
    for (;;) {
        if (!one_flag(s, c))
            return false;
        if (cur_peek(s) != ' ')
            return true;
        s->p++;
    }
}

static bool flag_list(struct cursor *s, struct imap_command *c)
{
    s->p++;
    return (cur_peek(s) == ')' || flags(s, c)) && cur_octet(s, ')', "flag-list");
}

/* "APPEND" SP mailbox [SP flag-list] [SP date-time] SP literal */
static bool append(struct cursor *s, struct imap_command *c)
{
    if (!mailbox(s, c) || !cur_sp(s))
        return false;
    c->has_flags = cur_peek(s) == '(';
    if (c->has_flags && !(flag_list(s, c) && cur_sp(s)))
        return false;
    if (cur_peek(s) == '"' && !(cur_date_time(s, &c->date) && cur_sp(s)))
        return false;
    if (cur_peek(s) != '{')
        return cur_fail(s, s->p, "append");
    return cur_string(s, &c->message);
}

static bool authenticate(struct cursor *s, struct imap_command *c)
{
    if (!cur_sp(s) || !cur_atom(s, &c->mechanism))
        return false;
    if (cur_peek(s) != ' ')
        return true;
    s->p++; /* initial-resp (RFC 4959): "=" or base64, which may be empty */
    if (cur_peek(s) == '\r')
        return true;
    if (cur_peek(s) != '=')
        return cur_token(s, TOK_base64, "initial-resp", &c->initial);
    c->initial = (struct slice){s->p++, 1};
    return true;
}

static bool enable(struct cursor *s, struct imap_command *c)
{
    struct chain names = {0};
    do {
        struct slice t;
        if (!cur_sp(s) || !cur_token(s, TOK_atom, "capability", &t) || !cur_add_text(s, &names, NODE_ATOM, t, 0))
            return false;
        c->list = names.first;
    } while (cur_peek(s) == ' ');
    return true;
}

/* Takes over the verdict of a lexer that began at the cursor. */
static bool take(struct cursor *s, struct lex_result r)
{
    if (r.verdict == LEX_ACCEPT) {
        s->p += r.offset;
        return true;
    }
    r.offset += (uint32_t)(s->p - s->base);
    s->r = r;
    return false;
}

static bool id(struct cursor *s, struct imap_command *c)
{
    struct lex_state st = {{0}};
    if (!cur_sp(s))
        return false;
    const uint8_t *from = s->p;
    if (!take(s, lex_id_params(&st, s->p, (size_t)(s->end - s->p), s->o)))
        return false;
    c->id = cur_from(s, from);
    return true;
}

static bool clientid(struct cursor *s, struct imap_command *c)
{
    struct lex_state st = {{0}};
    s->p = c->name.p;
    if (!take(s, lex_clientid(&st, s->p, (size_t)(s->end - s->p), s->o)))
        return false;
    struct clientid both = clientid_args(c->name.p, (size_t)(s->p - c->name.p));
    c->clientid_type = both.type;
    c->clientid_token = both.token;
    s->p -= 2; /* its CRLF, which every command has */
    return true;
}

static bool sequence_set(struct cursor *s, struct imap_command *c) { return cur_sp(s) && cur_sequence_set(s, &c->set); }

static bool copy(struct cursor *s, struct imap_command *c) { return sequence_set(s, c) && mailbox(s, c); }

static bool expunge(struct cursor *s, struct imap_command *c) { return !c->uid || sequence_set(s, c); }

static bool search(struct cursor *s, struct imap_command *c) { return search_program(s, c); }

static bool store(struct cursor *s, struct imap_command *c)
{
    const struct word *w;
    if (!sequence_set(s, c) || !cur_sp(s))
        return false;
    int sign = cur_peek(s);
    if (sign == '+' || sign == '-') {
        c->store_mode = sign == '+' ? STORE_ADD : STORE_REMOVE;
        s->p++;
    }
    if (!cur_keyword(s, &store_words, 1, &w) || !cur_sp(s))
        return false;
    c->silent = w->kind == STORE_WORD_SILENT;
    c->has_flags = cur_peek(s) == '(';
    return c->has_flags ? flag_list(s, c) : flags(s, c);
}

/* "<" number "." nz-number ">" */
static bool partial(struct cursor *s, struct fetch_want *w)
{
    uint64_t max = cur_number64(s);
    s->p++;
    w->partial = true;
    return cur_number(s, max, &w->first) && cur_octet(s, '.', "partial") && cur_nz_number(s, max, &w->count) &&
           cur_octet(s, '>', "partial");
}

/* Room for one more item, or NULL. */
static struct fetch_want *want(struct cursor *s, struct imap_command *c, enum fetch_att att, struct slice name)
{
    if (c->wants == FETCH_WANTS_MAX) {
        cur_limit(s, "fetch-att items");
        return NULL;
    }
    struct fetch_want *w = &c->want[c->wants++];
    *w = (struct fetch_want){.att = att, .name = name};
    return w;
}

static bool fetch_att(struct cursor *s, struct imap_command *c)
{
    const struct word *word;
    const uint8_t *from = s->p;
    if (!cur_keyword(s, &fetch_words, IN_COMMAND, &word))
        return false;
    struct fetch_want *w = want(s, c, word->kind, cur_from(s, from));
    if (w == NULL)
        return false;
    bool binary = w->att == ATT_OTHER;
    w->peek = slice_is_nocase(w->name, "BODY.PEEK") || slice_is_nocase(w->name, "BINARY.PEEK");
    if (w->att == ATT_BODY && cur_peek(s) == '[')
        w->att = ATT_BODY_SECTION;
    if (w->att != ATT_BODY_SECTION && !binary)
        return true;
    if (!cur_section(s, binary, &w->section))
        return false;
    bool may = cur_peek(s) == '<' && !slice_is_nocase(w->name, "BINARY.SIZE");
    return !may || partial(s, w);
}

/* The macros' meaning: RFC 3501 6.4.5. A macro stands alone, so there is room for its items. */
static void expand(struct cursor *s, struct imap_command *c, uint8_t macro, struct slice name)
{
    static const uint8_t items[] = {ATT_FLAGS, ATT_INTERNALDATE, ATT_RFC822_SIZE, ATT_ENVELOPE, ATT_BODY};
    uint32_t n = macro == MACRO_FAST ? 3 : macro == MACRO_ALL ? 4 : 5;
    static_assert(sizeof items <= FETCH_WANTS_MAX, "room for a macro");
    for (uint32_t i = 0; i < n; i++)
        want(s, c, items[i], name);
}

static bool fetch(struct cursor *s, struct imap_command *c)
{
    const struct word *w;
    if (!sequence_set(s, c) || !cur_sp(s))
        return false;
    if (cur_peek(s) != '(') {
        /* The macros' first letters are A and F; of the items FLAGS alone begins with one of them. */
        const uint8_t *from = s->p;
        struct cursor before = *s;
        if (cur_keyword(s, &macro_words, IN_COMMAND, &w)) {
            expand(s, c, w->kind, cur_from(s, from));
            return true;
        }
        uint32_t reached = s->r.offset;
        struct lex_result r = s->r;
        *s = before;
        if (fetch_att(s, c))
            return true;
        if (s->r.offset < reached)
            s->r = r;
        return false;
    }
    s->p++;
    for (;;) {
        if (!fetch_att(s, c))
            return false;
        if (cur_peek(s) != ' ')
            return cur_octet(s, ')', "fetch");
        s->p++;
    }
}

static arguments *const forms[CMD_COUNT] = {
    [CMD_CAPABILITY] = none, [CMD_NOOP] = none,       [CMD_LOGOUT] = none,      [CMD_ID] = id,
    [CMD_STARTTLS] = none,   [CMD_LOGIN] = two_astrings, [CMD_AUTHENTICATE] = authenticate, [CMD_CLIENTID] = clientid,
    [CMD_SELECT] = mailbox,  [CMD_EXAMINE] = mailbox, [CMD_CREATE] = mailbox,   [CMD_DELETE] = mailbox,
    [CMD_RENAME] = two_astrings, [CMD_SUBSCRIBE] = mailbox, [CMD_UNSUBSCRIBE] = mailbox, [CMD_LIST] = list,
    [CMD_LSUB] = lsub,       [CMD_STATUS] = status,   [CMD_APPEND] = append,    [CMD_IDLE] = none,
    [CMD_ENABLE] = enable,   [CMD_NAMESPACE] = none,  [CMD_CHECK] = none,       [CMD_CLOSE] = none,
    [CMD_UNSELECT] = none,   [CMD_EXPUNGE] = expunge, [CMD_SEARCH] = search,    [CMD_FETCH] = fetch,
    [CMD_STORE] = store,     [CMD_COPY] = copy,       [CMD_MOVE] = copy,
};

static bool in_word(int c) { return c > ' ' && c < 0x7f && strchr("(){%*\"\\]", c) == NULL; }

/* The command word, "UID" SP included. On failure `name` still holds the whole word that the client wrote. */
static bool name(struct cursor *s, struct imap_command *c)
{
    const struct word *w = NULL;
    const uint8_t *from = s->p;
    bool ok = cur_keyword(s, &command_words, IN_PLAIN, &w);
    if (ok && w->kind == WORD_UID_PREFIX) {
        c->uid = true;
        c->name = cur_from(s, from);
        ok = cur_sp(s) && cur_keyword(s, &command_words, IN_UID, &w);
    }
    if (ok && in_word(cur_peek(s))) /* it goes on: `NOOPS` */
        ok = cur_fail(s, s->p, "command");
    if (ok) {
        c->kind = w->kind;
        c->name = cur_from(s, from);
        return true;
    }
    const uint8_t *end = s->base + s->r.offset;
    while (end < s->end && in_word(*end))
        end++;
    c->name = (struct slice){from, (uint32_t)(end - from)};
    return false;
}

static bool command(struct cursor *s, struct imap_command *c)
{
    if (!cur_token(s, TOK_tag, "tag", &c->tag) || !cur_sp(s) || !name(s, c))
        return false;
    const uint8_t *behind = s->p;
    if (!forms[c->kind](s, c))
        return false;
    if (s->p > behind)
        c->args = (struct slice){behind + 1, (uint32_t)(s->p - behind - 1)};
    return cur_crlf(s);
}

struct lex_result parse_command(const uint8_t *p, size_t n, const struct lex_options *o, struct node_pool *nodes,
                                struct imap_command *out)
{
    struct cursor s = cur_start(p, n, o, nodes);
    uint32_t len = nodes != NULL ? nodes->len : 0;
    memset(out, 0, sizeof *out);
    if (command(&s, out))
        return (struct lex_result){LEX_ACCEPT, (uint32_t)(s.p - s.base), NULL, NULL};
    assert(s.r.verdict != LEX_ACCEPT);
    if (nodes != NULL)
        nodes->len = len;
    out->search = out->list = 0;
    return s.r;
}

const char *command_name(enum command_kind kind)
{
    for (uint32_t i = 0; i < command_words.n; i++)
        if (command_words.v[i].kind == kind)
            return command_words.v[i].text;
    return "UNKNOWN";
}
