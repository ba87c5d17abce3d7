/* print.c: parsed commands and responses back to octets. */
#include "cursor.h"

static void octet(struct out *o, char c) { out_octets(o, &c, 1); }
static void slice(struct out *o, struct slice s) { out_octets(o, s.p, s.n); }

void out_istring(struct out *o, const struct istring *s)
{
    switch (s->kind) {
    case STR_NIL: out_text(o, "NIL"); break;
    case STR_ATOM: slice(o, s->s); break;
    case STR_QUOTED: octet(o, '"'), slice(o, s->s), octet(o, '"'); break;
    case STR_LITERAL8: octet(o, '~'), out_literal(o, s->s); break;
    case STR_LITERAL: out_literal(o, s->s); break;
    default: out_astring(o, s->s); break;
    }
}

static const struct node *node(const struct node_pool *nodes, uint32_t i) { return &nodes->v[i]; }

/* A chain with SP between its elements; `tight`: none between the lists at its beginning. */
static void chain(struct out *o, const struct node_pool *nodes, uint32_t i, bool tight)
{
    for (bool first = true, lists = tight; i != 0; i = node(nodes, i)->next, first = false) {
        lists = lists && node(nodes, i)->kind == NODE_LIST;
        if (!first && !lists)
            octet(o, ' ');
        out_node(o, nodes, i);
    }
}

static void in_parentheses(struct out *o, const struct node_pool *nodes, uint32_t i)
{
    octet(o, '(');
    chain(o, nodes, i, false);
    octet(o, ')');
}

void out_node(struct out *o, const struct node_pool *nodes, uint32_t i)
{
    const struct node *n = node(nodes, i);
    switch (n->kind) {
    case NODE_NIL: out_text(o, "NIL"); break;
    case NODE_STRING: out_istring(o, &n->str); break;
    case NODE_NUMBER:
        if (n->str.s.n == 0)
            out_number(o, n->number);
        slice(o, n->str.s);
        break;
    case NODE_LIST:
        if (n->child == 0 && n->str.s.n > 0) {
            slice(o, n->str.s);
            break;
        }
        octet(o, '(');
        chain(o, nodes, n->child, n->number != 0);
        octet(o, ')');
        break;
    default: slice(o, n->str.s); break;
    }
}

static void sequence_number(struct out *o, uint32_t n)
{
    if (n == SEQ_STAR)
        octet(o, '*');
    else
        out_number(o, n);
}

static void set(struct out *o, const struct seq_set *s)
{
    slice(o, s->raw);
    for (uint32_t i = 0; s->raw.n == 0 && i < s->n; i++) {
        if (i > 0)
            octet(o, ',');
        sequence_number(o, s->r[i].lo);
        if (s->r[i].hi != s->r[i].lo) {
            octet(o, ':');
            sequence_number(o, s->r[i].hi);
        }
    }
}

static const char *word_of(const struct words *w, uint8_t kind)
{
    for (uint32_t i = 0; i < w->n; i++)
        if (w->v[i].kind == kind)
            return w->v[i].text;
    return ""; /* uncovered: for a structure built by hand that names neither its kind nor its word */
}

static void sp_istring(struct out *o, const struct istring *s)
{
    octet(o, ' ');
    out_istring(o, s);
}

static void sp_slice(struct out *o, struct slice s)
{
    octet(o, ' ');
    slice(o, s);
}

static void flag_list(struct out *o, const struct imap_command *c)
{
    octet(o, '(');
    for (uint32_t i = 0; i < c->flags; i++) {
        if (i > 0)
            octet(o, ' ');
        slice(o, c->flag[i]);
    }
    octet(o, ')');
}

static void status_items(struct out *o, uint32_t bits)
{
    const char *before = "(";
    for (uint8_t i = 0; i < ST_COUNT; i++)
        if (bits >> i & 1) {
            out_text(o, before);
            out_text(o, word_of(&status_words, i));
            before = " ";
        }
    octet(o, ')');
}

static void section(struct out *o, struct slice s)
{
    octet(o, '[');
    slice(o, s);
    octet(o, ']');
}

static void fetch_want(struct out *o, const struct fetch_want *w)
{
    if (w->att == ATT_OTHER)
        slice(o, w->name);
    else if (w->att == ATT_BODY_SECTION)
        out_text(o, w->peek ? "BODY.PEEK" : "BODY");
    else
        out_text(o, word_of(&fetch_words, w->att));
    if (w->att == ATT_OTHER || w->att == ATT_BODY_SECTION)
        section(o, w->section);
    if (w->partial) {
        octet(o, '<');
        out_number(o, w->first);
        octet(o, '.');
        out_number(o, w->count);
        octet(o, '>');
    }
}

static void fetch(struct out *o, const struct imap_command *c)
{
    out_text(o, " ");
    set(o, &c->set);
    out_text(o, c->wants == 1 ? " " : " (");
    for (uint32_t i = 0; i < c->wants; i++) {
        if (i > 0)
            octet(o, ' ');
        fetch_want(o, &c->want[i]);
    }
    if (c->wants != 1)
        octet(o, ')');
}

static void store(struct out *o, const struct imap_command *c)
{
    octet(o, ' ');
    set(o, &c->set);
    out_text(o, c->store_mode == STORE_ADD ? " +" : c->store_mode == STORE_REMOVE ? " -" : " ");
    out_text(o, c->silent ? "FLAGS.SILENT " : "FLAGS ");
    if (c->has_flags || c->flags == 0) {
        flag_list(o, c);
        return;
    }
    for (uint32_t i = 0; i < c->flags; i++) {
        if (i > 0)
            octet(o, ' ');
        slice(o, c->flag[i]);
    }
}

/* A key and its arguments; those of NOT, OR and AND are keys again. */
static void search_key(struct out *o, const struct node_pool *nodes, uint32_t i)
{
    const struct node *n = node(nodes, i);
    bool keys = n->number == SK_NOT || n->number == SK_OR || n->number == SK_AND, sp = n->number < SK_SEQUENCE;
    if (n->number == SK_AND)
        octet(o, '(');
    if (sp)
        out_text(o, word_of(&search_words, (uint8_t)n->number));
    for (i = n->child; i != 0; i = node(nodes, i)->next) {
        if (sp)
            octet(o, ' ');
        sp = true;
        if (keys)
            search_key(o, nodes, i);
        else
            out_node(o, nodes, i);
    }
    if (n->number == SK_AND)
        octet(o, ')');
}

static void search(struct out *o, const struct imap_command *c, const struct node_pool *nodes)
{
    if (c->return_options.n > 0) {
        out_text(o, " RETURN");
        sp_slice(o, c->return_options);
    }
    if (c->charset.n > 0 || c->charset_kind != STR_NONE) {
        out_text(o, " CHARSET");
        sp_istring(o, &(struct istring){c->charset_kind, false, c->charset});
    }
    for (uint32_t i = c->search; i != 0; i = node(nodes, i)->next) {
        octet(o, ' ');
        search_key(o, nodes, i);
    }
}

static void append(struct out *o, const struct imap_command *c)
{
    sp_istring(o, &c->mailbox);
    if (c->has_flags) {
        octet(o, ' ');
        flag_list(o, c);
    }
    if (c->date.n > 0) {
        octet(o, ' ');
        out_quoted(o, c->date);
    }
    octet(o, ' ');
    out_literal(o, c->message.s);
}

static void list(struct out *o, const struct imap_command *c)
{
    if (c->select_options.n > 0)
        sp_slice(o, c->select_options);
    sp_istring(o, &c->mailbox);
    octet(o, ' ');
    if (c->mailbox2.kind == STR_NONE) /* a pattern by hand: `%` and `*` may stand bare, but a string always may */
        out_string(o, c->mailbox2.s);
    else
        out_istring(o, &c->mailbox2);
    if (c->return_options.n > 0) {
        out_text(o, " RETURN");
        sp_slice(o, c->return_options);
    }
}

static void command_arguments(struct out *o, const struct imap_command *c, const struct node_pool *nodes)
{
    switch (c->kind) {
    case CMD_SELECT: case CMD_EXAMINE: case CMD_CREATE: case CMD_DELETE: case CMD_SUBSCRIBE: case CMD_UNSUBSCRIBE:
        sp_istring(o, &c->mailbox);
        break;
    case CMD_LOGIN: case CMD_RENAME:
        sp_istring(o, &c->mailbox);
        sp_istring(o, &c->mailbox2);
        break;
    case CMD_LIST: case CMD_LSUB: list(o, c); break;
    case CMD_STATUS:
        sp_istring(o, &c->mailbox);
        octet(o, ' ');
        status_items(o, c->status);
        break;
    case CMD_APPEND: append(o, c); break;
    case CMD_AUTHENTICATE:
        sp_slice(o, c->mechanism);
        if (c->initial.n > 0)
            sp_slice(o, c->initial);
        break;
    case CMD_ENABLE: octet(o, ' '), chain(o, nodes, c->list, false); break;
    case CMD_ID:
        octet(o, ' ');
        if (c->id.n == 0)
            out_text(o, "NIL");
        slice(o, c->id);
        break;
    case CMD_CLIENTID: sp_slice(o, c->clientid_type), sp_slice(o, c->clientid_token); break;
    case CMD_EXPUNGE:
        if (c->uid)
            octet(o, ' '), set(o, &c->set);
        break;
    case CMD_SEARCH: search(o, c, nodes); break;
    case CMD_FETCH: fetch(o, c); break;
    case CMD_STORE: store(o, c); break;
    case CMD_COPY: case CMD_MOVE:
        octet(o, ' ');
        set(o, &c->set);
        sp_istring(o, &c->mailbox);
        break;
    default: break;
    }
}

void print_command(struct out *o, const struct imap_command *c, const struct node_pool *nodes)
{
    slice(o, c->tag);
    octet(o, ' ');
    if (c->kind == CMD_UNKNOWN) {
        slice(o, c->name);
        if (c->args.n > 0)
            sp_slice(o, c->args);
    } else {
        out_text(o, c->uid ? "UID " : "");
        out_text(o, command_name(c->kind));
        command_arguments(o, c, nodes);
    }
    out_text(o, "\r\n");
}

static void code_argument(struct out *o, const struct resp_code *c, const struct node_pool *nodes)
{
    if (c->arg.n > 0) {
        sp_slice(o, c->arg);
        return;
    }
    /* RFC 2060 has no CAPABILITY code: there it may stand without its list. PERMANENTFLAGS () has an empty one. */
    bool empty = c->kind == CODE_PERMANENTFLAGS && c->name.n == 0;
    if (empty || (c->list != 0 && (c->kind == CODE_CAPABILITY || c->kind == CODE_PERMANENTFLAGS || c->kind == CODE_BADCHARSET))) {
        octet(o, ' ');
        if (c->kind == CODE_CAPABILITY)
            chain(o, nodes, c->list, false);
        else
            in_parentheses(o, nodes, c->list);
        return;
    }
    if (c->number == 0)
        return;
    octet(o, ' ');
    out_number(o, c->number);
    if (c->kind == CODE_APPENDUID || c->kind == CODE_COPYUID)
        sp_slice(o, c->set1);
    if (c->kind == CODE_COPYUID)
        sp_slice(o, c->set2);
}

static void resp_text(struct out *o, const struct imap_response *r, const struct node_pool *nodes)
{
    octet(o, ' ');
    if (r->code.kind != CODE_NONE) {
        octet(o, '[');
        if (r->code.name.n == 0)
            out_text(o, word_of(&code_words, r->code.kind));
        slice(o, r->code.name);
        code_argument(o, &r->code, nodes);
        out_text(o, "] ");
    }
    slice(o, r->text);
}

static void value(struct out *o, const struct fetch_item *i, const struct node_pool *nodes)
{
    if (i->att == ATT_FLAGS)
        in_parentheses(o, nodes, i->value);
    else if (i->value != 0)
        out_node(o, nodes, i->value);
    else if (i->att == ATT_UID || i->att == ATT_RFC822_SIZE)
        out_number(o, i->number);
    else if (i->att == ATT_MODSEQ)
        octet(o, '('), out_number(o, i->number), octet(o, ')');
    else
        out_text(o, "NIL");
}

static void fetch_item(struct out *o, const struct fetch_item *i, const struct node_pool *nodes)
{
    if (i->att == ATT_OTHER)
        slice(o, i->name);
    else if (i->att == ATT_BODY_SECTION)
        out_text(o, "BODY");
    else
        out_text(o, word_of(&fetch_words, i->att));
    if (i->att == ATT_BODY_SECTION || (i->att == ATT_OTHER && i->section.p != NULL))
        section(o, i->section);
    if (i->has_origin)
        octet(o, '<'), out_number(o, i->origin), octet(o, '>');
    octet(o, ' ');
    value(o, i, nodes);
}

static void numbered(struct out *o, const struct imap_response *r, const struct node_pool *nodes)
{
    octet(o, ' ');
    out_number(o, r->number);
    octet(o, ' ');
    out_text(o, response_name(r->kind));
    if (r->kind != RESP_FETCH)
        return;
    for (uint32_t i = 0; i < r->items; i++) {
        out_text(o, i == 0 ? " (" : " ");
        fetch_item(o, &r->item[i], nodes);
    }
    octet(o, ')');
}

static void delimiter(struct out *o, int c)
{
    uint8_t b[4];
    uint32_t n = 0;
    if (c < 0) {
        out_text(o, "NIL");
        return;
    }
    if (c >= 0x10000)
        b[n++] = (uint8_t)(0xf0 | c >> 18), b[n++] = (uint8_t)(0x80 | (c >> 12 & 0x3f));
    else if (c >= 0x800)
        b[n++] = (uint8_t)(0xe0 | c >> 12);
    if (c >= 0x800)
        b[n++] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
    else if (c >= 0x80)
        b[n++] = (uint8_t)(0xc0 | c >> 6);
    b[n++] = (uint8_t)(c >= 0x80 ? 0x80 | (c & 0x3f) : c);
    out_quoted(o, (struct slice){b, n});
}

static void mailbox_list(struct out *o, const struct imap_response *r, const struct node_pool *nodes)
{
    octet(o, ' ');
    in_parentheses(o, nodes, r->list);
    octet(o, ' ');
    delimiter(o, r->delimiter);
    sp_istring(o, &r->mailbox);
    if (r->extended.n > 0)
        sp_slice(o, r->extended);
}

static void status(struct out *o, const struct imap_response *r)
{
    const char *before = "";
    sp_istring(o, &r->mailbox);
    out_text(o, " (");
    for (uint8_t i = 0; i < ST_COUNT; i++)
        if (r->status >> i & 1) {
            out_text(o, before);
            out_text(o, word_of(&status_words, i));
            octet(o, ' ');
            out_number(o, r->status_value[i]);
            before = " ";
        }
    octet(o, ')');
}

/* What stands behind the word of an untagged response without a number. */
static void untagged(struct out *o, const struct imap_response *r, const struct node_pool *nodes)
{
    switch (r->kind) {
    case RESP_OK: case RESP_NO: case RESP_BAD: case RESP_BYE: case RESP_PREAUTH: resp_text(o, r, nodes); break;
    case RESP_LIST: case RESP_LSUB: mailbox_list(o, r, nodes); break;
    case RESP_STATUS: status(o, r); break;
    case RESP_FLAGS: octet(o, ' '), in_parentheses(o, nodes, r->list); break;
    case RESP_CAPABILITY: case RESP_SEARCH: case RESP_ENABLED: case RESP_NAMESPACE: case RESP_ESEARCH:
        if (r->list != 0)
            octet(o, ' '), chain(o, nodes, r->list, false);
        break;
    case RESP_ID:
        octet(o, ' ');
        if (r->id.n == 0)
            out_text(o, "NIL");
        slice(o, r->id);
        break;
    case RESP_VANISHED:
        out_text(o, r->earlier ? " (EARLIER)" : "");
        sp_slice(o, r->set);
        break;
    default:
        if (r->text.n > 0)
            sp_slice(o, r->text);
    }
}

void print_response(struct out *o, const struct imap_response *r, const struct node_pool *nodes)
{
    if (r->kind == RESP_CONTINUE) {
        octet(o, '+');
        resp_text(o, r, nodes);
    } else if (r->tag.n > 0) {
        slice(o, r->tag);
        octet(o, ' ');
        out_text(o, response_name(r->kind));
        resp_text(o, r, nodes);
    } else if (r->kind == RESP_EXISTS || r->kind == RESP_RECENT || r->kind == RESP_EXPUNGE || r->kind == RESP_FETCH) {
        octet(o, '*');
        numbered(o, r, nodes);
    } else {
        out_text(o, "* ");
        if (r->kind == RESP_OTHER)
            slice(o, r->name);
        else
            out_text(o, response_name(r->kind));
        untagged(o, r, nodes);
    }
    out_text(o, "\r\n");
}
