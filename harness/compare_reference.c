/* compare_reference.c: the grammar's answer to an input, and the canonical form of what it understood. */
#include "compare_priv.h"

#include <string.h>

struct imap_command reference_command;
struct imap_response reference_response;
static struct node nodes[COMPARE_NODES];
struct node_pool reference_nodes = {nodes, COMPARE_NODES, 1};

struct lex_options reference_options(const struct library *l) {
    return (struct lex_options){.dialect = l->dialect,
                                .literals = l->literals,
                                .reading = READING_PROSE,
                                .utf8 = l->dialect == DIALECT_9051};
}

struct lex_result reference_parse(enum lib_item item, const uint8_t *p, size_t n,
                                  const struct lex_options *o) {
    struct lex_state st = {{0}};
    reference_nodes.len = 1;
    switch (item) {
    case ITEM_ID:
        return lex_id(&st, p, n, o);
    case ITEM_ID_RESPONSE:
        return lex_id_response(&st, p, n, o);
    case ITEM_CLIENTID:
        return lex_clientid(&st, p, n, o);
    case ITEM_COMMAND:
        return parse_command(p, n, o, &reference_nodes, &reference_command);
    default:
        return parse_response(p, n, o, &reference_nodes, &reference_response);
    }
}

struct slice reference_id(enum lib_item item, const uint8_t *p, size_t n) {
    const size_t head = item == ITEM_ID ? sizeof "ID" : sizeof "* ID";
    if (item == ITEM_COMMAND)
        return reference_command.kind == CMD_ID ? reference_command.id : (struct slice){NULL, 0};
    if (item == ITEM_RESPONSE)
        return reference_response.kind == RESP_ID ? reference_response.id : (struct slice){NULL, 0};
    return item == ITEM_CLIENTID ? (struct slice){NULL, 0}
                                 : (struct slice){p + head, (uint32_t)(n - head - 2)};
}

/* A string decoded, in quotes. */
static void string(struct out *o, const struct istring *s) {
    static uint8_t decoded[LIB_CANON];
    if (s->kind == STR_NIL || s->kind == STR_NONE) {
        canon_word(o, "NIL");
    } else if (!s->escaped) {
        canon_string(o, s->s.n > 0 ? s->s.p : decoded, s->s.n);
    } else {
        size_t n = istring_copy(s, decoded, sizeof decoded);
        canon_string(o, decoded, n < sizeof decoded ? n : sizeof decoded);
    }
}

static void slice(struct out *o, struct slice s) {
    canon_string(o, s.n > 0 ? s.p : (const uint8_t *)"", s.n);
}

static void pairs(struct out *o, struct slice params) {
    struct id_pair pair;
    if (id_params_is_nil(params)) {
        canon_word(o, "NIL");
        return;
    }
    canon_open(o);
    for (uint32_t pos = 0; o->len <= o->cap && id_next_pair(params, &pos, &pair);) {
        string(o, &pair.field);
        string(o, &pair.value);
    }
    canon_close(o);
}

/* "tag" WORD, then the arguments; of a kind without a canonical form, nothing. */
static void command(struct out *o, const struct imap_command *c) {
    const size_t before = o->len;
    slice(o, c->tag);
    canon_word(o, command_name(c->kind));
    switch (c->kind) {
    case CMD_CAPABILITY:
    case CMD_NOOP:
    case CMD_LOGOUT:
    case CMD_STARTTLS:
    case CMD_IDLE:
    case CMD_NAMESPACE:
    case CMD_CHECK:
    case CMD_CLOSE:
    case CMD_UNSELECT:
        return;
    case CMD_ID:
        pairs(o, c->id);
        return;
    case CMD_CLIENTID:
        slice(o, c->clientid_type);
        slice(o, c->clientid_token);
        return;
    case CMD_SELECT:
    case CMD_EXAMINE:
    case CMD_CREATE:
    case CMD_DELETE:
    case CMD_SUBSCRIBE:
    case CMD_UNSUBSCRIBE:
        string(o, &c->mailbox);
        return;
    case CMD_LOGIN:
    case CMD_RENAME:
    case CMD_LSUB:
    case CMD_LIST:
        string(o, &c->mailbox);
        string(o, &c->mailbox2);
        if (c->select_options.n + c->return_options.n == 0 && c->mailbox2.kind != STR_NONE)
            return;
        break;
    default:
        break;
    }
    o->len = before;
}

/* UID, FLAGS and RFC822.SIZE; nothing at all if one of them comes twice. */
static bool fetch(struct out *o, const struct imap_response *r, const struct node_pool *pool) {
    static const uint8_t kept[] = {ATT_UID, ATT_FLAGS, ATT_RFC822_SIZE};
    static const char *const words[] = {"UID", "FLAGS", "RFC822.SIZE"};
    canon_open(o);
    for (size_t k = 0; k < sizeof kept; k++) {
        const struct fetch_item *found = NULL;
        for (uint32_t i = 0; i < r->items; i++)
            if (r->item[i].att == kept[k]) {
                if (found != NULL)
                    return false;
                found = &r->item[i];
            }
        if (found == NULL)
            continue;
        canon_word(o, words[k]);
        if (kept[k] != ATT_FLAGS) {
            canon_number(o, found->number);
            continue;
        }
        canon_open(o);
        for (uint32_t i = found->value; i != 0; i = pool->v[i].next)
            canon_flag(o, pool->v[i].str.s.p, pool->v[i].str.s.n);
        canon_close(o);
    }
    canon_close(o);
    return true;
}

static void response(struct out *o, const struct imap_response *r, const struct node_pool *pool) {
    const size_t before = o->len;
    switch (r->kind) {
    case RESP_OK:
    case RESP_NO:
    case RESP_BAD:
    case RESP_BYE:
        if (r->tag.n > 0)
            slice(o, r->tag);
        canon_word(o, response_name(r->kind));
        return;
    case RESP_EXISTS:
    case RESP_RECENT:
    case RESP_EXPUNGE:
        canon_word(o, response_name(r->kind));
        canon_number(o, r->number);
        return;
    case RESP_SEARCH:
        canon_word(o, "SEARCH");
        for (uint32_t i = r->list; i != 0; i = pool->v[i].next) {
            if (pool->v[i].kind != NODE_NUMBER)
                break;
            canon_number(o, pool->v[i].number);
        }
        return;
    case RESP_ID:
        canon_word(o, "ID");
        pairs(o, r->id);
        return;
    case RESP_FETCH:
        canon_word(o, "FETCH");
        canon_number(o, r->number);
        if (fetch(o, r, pool))
            return;
        break;
    default:
        break;
    }
    o->len = before;
}

static void answer(enum lib_item item, const uint8_t *p, size_t n, const struct lex_options *o, struct reference *r) {
    r->canon.len = 0;
    r->lex = reference_parse(item, p, n, o);
    if (r->lex.verdict != LEX_ACCEPT || r->canon.p == NULL)
        return;
    if (item == ITEM_CLIENTID) {
        struct clientid c = clientid_args(p, r->lex.offset);
        slice(&r->canon, c.type);
        slice(&r->canon, c.token);
    } else if (item == ITEM_COMMAND) {
        command(&r->canon, &reference_command);
    } else if (item == ITEM_RESPONSE) {
        response(&r->canon, &reference_response, &reference_nodes);
    } else {
        pairs(&r->canon, reference_id(item, p, r->lex.offset));
    }
}

volatile uint8_t reference_running;

void reference_answer(enum lib_item item, const uint8_t *p, size_t n, const struct lex_options *o,
                      struct reference *r) {
    reference_running = 1;
    answer(item, p, n, o, r);
    reference_running = 0;
}
