/* libetpan.c: libetpan's parser of responses, over a stream from memory.
 *
 * As in a session, a line is read first, and the parser itself reads on behind a literal. What begins with
 * "*" goes to the parser of one untagged response, "+" to that of continuation requests, and everything else
 * to that of a whole reply.
 */
#include <libetpan/libetpan.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "library.h"

/* Exported, but in no installed header. */
int mailimap_response_data_parse(mailstream *, MMAPString *, struct mailimap_parser_context *, size_t *,
                                 struct mailimap_response_data **, size_t, progress_function *);
int mailimap_continue_req_parse(mailstream *, MMAPString *, struct mailimap_parser_context *, size_t *,
                                struct mailimap_continue_req **, size_t, progress_function *);
int mailimap_response_parse(mailstream *, MMAPString *, struct mailimap_parser_context *, size_t *,
                            struct mailimap_response **, size_t, progress_function *);

static const uint8_t *octets;
static size_t left;
static bool starved; /* it asked for more than there is */

static ssize_t memory_read(mailstream_low *low, void *to, size_t n) {
    (void)low;
    if (n > left)
        n = left;
    if (n == 0) {
        starved = true;
        return -1; /* as a connection that timed out: 0 is tried again for ever */
    }
    memcpy(to, octets, n);
    octets += n;
    left -= n;
    return (ssize_t)n;
}

static ssize_t memory_write(mailstream_low *low, const void *p, size_t n) {
    return low == NULL || p == NULL ? -1 : (ssize_t)n;
}
static int memory_close(mailstream_low *low) { return low == NULL; }
static int memory_fd(mailstream_low *low) { return low == NULL ? -2 : -1; }
static void memory_free(mailstream_low *low) { free(low); }
static mailstream_low_driver driver = {.mailstream_read = memory_read,
                                       .mailstream_write = memory_write,
                                       .mailstream_close = memory_close,
                                       .mailstream_get_fd = memory_fd,
                                       .mailstream_free = memory_free};
static mailstream *stream;
static MMAPString *line;
static struct mailimap_parser_context *context;

static bool start(char *err, size_t errlen) {
    mailimap *session = mailimap_new(0, NULL); /* an ordinary one: no server's workaround is on */
    stream = mailstream_new(mailstream_low_new(NULL, &driver), 8192);
    line = mmap_string_sized_new(4096);
    context = session != NULL ? mailimap_parser_context_new(session) : NULL;
    if (session != NULL)
        mailimap_free(session);
    mmap_string_set_ceil(SIZE_MAX); /* long strings are not kept in files */
    if (stream == NULL || line == NULL || context == NULL)
        snprintf(err, errlen, "no memory");
    return stream != NULL && line != NULL && context != NULL;
}

static void canon_id(struct out *o, const struct mailimap_id_params_list *list) {
    if (list == NULL) {
        canon_word(o, "NIL");
        return;
    }
    canon_open(o);
    for (clistiter *i = clist_begin(list->idpa_list); i != NULL; i = clist_next(i)) {
        const struct mailimap_id_param *pair = clist_content(i);
        canon_string(o, pair->idpa_name, strlen(pair->idpa_name));
        canon_string(o, pair->idpa_value, pair->idpa_value != NULL ? strlen(pair->idpa_value) : 0);
    }
    canon_close(o);
}

static void canon_state(struct out *o, int type) {
    canon_word(o, type == MAILIMAP_RESP_COND_STATE_OK   ? "OK"
                  : type == MAILIMAP_RESP_COND_STATE_NO ? "NO"
                                                        : "BAD");
}

static void canon_flags(struct out *o, clist *flags) {
    static const char *const names[] = {"\\Answered", "\\Flagged", "\\Deleted", "\\Seen", "\\Draft"};
    canon_open(o);
    for (clistiter *i = flags != NULL ? clist_begin(flags) : NULL; i != NULL; i = clist_next(i)) {
        const struct mailimap_flag_fetch *f = clist_content(i);
        const char *name = "\\Recent";
        char extension[1024];
        if (f->fl_type == MAILIMAP_FLAG_FETCH_OTHER && f->fl_flag->fl_type <= MAILIMAP_FLAG_DRAFT)
            name = names[f->fl_flag->fl_type];
        else if (f->fl_type == MAILIMAP_FLAG_FETCH_OTHER && f->fl_flag->fl_type == MAILIMAP_FLAG_KEYWORD)
            name = f->fl_flag->fl_data.fl_keyword;
        else if (f->fl_type == MAILIMAP_FLAG_FETCH_OTHER) {
            snprintf(extension, sizeof extension, "\\%s", f->fl_flag->fl_data.fl_extension);
            name = extension;
        }
        canon_string(o, name, strlen(name));
    }
    canon_close(o);
}

/* UID, FLAGS, RFC822.SIZE, in this order; nothing when one of them comes twice. */
static bool canon_fetch(struct out *o, const struct mailimap_message_data *m) {
    const struct mailimap_msg_att_static *uid = NULL, *size = NULL;
    const struct mailimap_msg_att_dynamic *flags = NULL;
    for (clistiter *i = clist_begin(m->mdt_msg_att->att_list); i != NULL; i = clist_next(i)) {
        const struct mailimap_msg_att_item *item = clist_content(i);
        const struct mailimap_msg_att_static *s =
            item->att_type == MAILIMAP_MSG_ATT_ITEM_STATIC ? item->att_data.att_static : NULL;
        if ((s != NULL && s->att_type == MAILIMAP_MSG_ATT_UID && uid != NULL) ||
            (s != NULL && s->att_type == MAILIMAP_MSG_ATT_RFC822_SIZE && size != NULL) ||
            (item->att_type == MAILIMAP_MSG_ATT_ITEM_DYNAMIC && flags != NULL))
            return false;
        if (item->att_type == MAILIMAP_MSG_ATT_ITEM_DYNAMIC)
            flags = item->att_data.att_dyn;
        else if (s != NULL && s->att_type == MAILIMAP_MSG_ATT_UID)
            uid = s;
        else if (s != NULL && s->att_type == MAILIMAP_MSG_ATT_RFC822_SIZE)
            size = s;
    }
    canon_word(o, "FETCH");
    canon_number(o, m->mdt_number);
    canon_open(o);
    if (uid != NULL) {
        canon_word(o, "UID");
        canon_number(o, uid->att_data.att_uid);
    }
    if (flags != NULL) {
        canon_word(o, "FLAGS");
        canon_flags(o, flags->att_list);
    }
    if (size != NULL) {
        canon_word(o, "RFC822.SIZE");
        canon_number(o, size->att_data.att_rfc822_size);
    }
    canon_close(o);
    return true;
}

static void canon_mailbox(struct out *o, const struct mailimap_mailbox_data *m) {
    switch (m->mbd_type) {
    case MAILIMAP_MAILBOX_DATA_EXISTS:
    case MAILIMAP_MAILBOX_DATA_RECENT:
        canon_word(o, m->mbd_type == MAILIMAP_MAILBOX_DATA_EXISTS ? "EXISTS" : "RECENT");
        canon_number(o, m->mbd_type == MAILIMAP_MAILBOX_DATA_EXISTS ? m->mbd_data.mbd_exists
                                                                    : m->mbd_data.mbd_recent);
        break;
    case MAILIMAP_MAILBOX_DATA_SEARCH:
        canon_word(o, "SEARCH");
        for (clistiter *i = m->mbd_data.mbd_search != NULL ? clist_begin(m->mbd_data.mbd_search) : NULL;
             i != NULL; i = clist_next(i))
            canon_number(o, *(uint32_t *)clist_content(i));
        break;
    default: /* lists and so on: content is not compared */
        break;
    }
}

static void canon_data(struct out *o, const struct mailimap_response_data *r, bool id) {
    const struct mailimap_message_data *m = r->rsp_data.rsp_message_data;
    const struct mailimap_extension_data *e = r->rsp_data.rsp_extension_data;
    switch (r->rsp_type) {
    case MAILIMAP_RESP_DATA_TYPE_COND_STATE:
        canon_state(o, r->rsp_data.rsp_cond_state->rsp_type);
        break;
    case MAILIMAP_RESP_DATA_TYPE_COND_BYE:
        canon_word(o, "BYE");
        break;
    case MAILIMAP_RESP_DATA_TYPE_MAILBOX_DATA:
        canon_mailbox(o, r->rsp_data.rsp_mailbox_data);
        break;
    case MAILIMAP_RESP_DATA_TYPE_MESSAGE_DATA:
        if (m->mdt_type == MAILIMAP_MESSAGE_DATA_EXPUNGE) {
            canon_word(o, "EXPUNGE");
            canon_number(o, m->mdt_number);
        } else if (!canon_fetch(o, m))
            o->len = 0;
        break;
    case MAILIMAP_RESP_DATA_TYPE_EXTENSION_DATA:
        if (e->ext_extension == &mailimap_extension_id) {
            if (!id)
                canon_word(o, "ID");
            canon_id(o, e->ext_data);
        }
        break;
    default:
        break;
    }
}

static int parse_reply(size_t *at, struct out *canon) {
    struct mailimap_response *r = NULL;
    int code = mailimap_response_parse(stream, line, context, at, &r, 0, NULL);
    if (code != MAILIMAP_NO_ERROR)
        return code;
    if (r->rsp_resp_done->rsp_type == MAILIMAP_RESP_DONE_TYPE_TAGGED) {
        const struct mailimap_response_tagged *t = r->rsp_resp_done->rsp_data.rsp_tagged;
        canon_string(canon, t->rsp_tag, strlen(t->rsp_tag));
        canon_state(canon, t->rsp_cond_state->rsp_type);
    }
    mailimap_response_free(r);
    return code;
}

static int parse_line(enum lib_item item, size_t *at, struct lib_answer *a) {
    struct mailimap_response_data *data = NULL;
    struct mailimap_continue_req *more = NULL;
    int code;
    if (item == ITEM_RESPONSE && line->str[0] == '+') {
        code = mailimap_continue_req_parse(stream, line, context, at, &more, 0, NULL);
        if (code == MAILIMAP_NO_ERROR)
            mailimap_continue_req_free(more);
        return code;
    }
    if (item == ITEM_RESPONSE && line->str[0] != '*')
        return parse_reply(at, &a->canon);
    code = mailimap_response_data_parse(stream, line, context, at, &data, 0, NULL);
    if (code != MAILIMAP_NO_ERROR)
        return code;
    if (item == ITEM_ID_RESPONSE &&
        (data->rsp_type != MAILIMAP_RESP_DATA_TYPE_EXTENSION_DATA ||
         data->rsp_data.rsp_extension_data->ext_extension != &mailimap_extension_id))
        code = MAILIMAP_ERROR_PARSE; /* another response */
    else
        canon_data(&a->canon, data, item == ITEM_ID_RESPONSE);
    mailimap_response_data_free(data);
    return code;
}

static void parse(enum lib_item item, const uint8_t *p, size_t n, struct lib_answer *a) {
    size_t at = 0;
    if (n >= 9 && strncasecmp((const char *)p, "* PREAUTH", 9) == 0)
        return; /* a greeting: it has a parser of its own */
    octets = p;
    left = n;
    starved = false;
    stream->read_buffer_len = 0;
    mmap_string_truncate(line, 0);
    char *got = mailstream_read_line_append(stream, line);
    if (got == NULL || line->len == 0 || line->str[line->len - 1] != '\n') {
        a->verdict = LIB_MORE;
        return;
    }
    starved = false;
    int code = parse_line(item, &at, a);
    a->verdict = code == MAILIMAP_NO_ERROR ? LIB_ACCEPT : starved ? LIB_MORE : LIB_REJECT;
    if (code == MAILIMAP_NO_ERROR) /* of a reply's last line it leaves the end, and the session drops it */
        a->used = (uint32_t)(n - left - stream->read_buffer_len -
                             (p[0] == '*' || p[0] == '+' ? line->len - at : 0));
    else
        snprintf(a->why, sizeof a->why, "%s",
                 code == MAILIMAP_ERROR_PARSE    ? "parse error"
                 : code == MAILIMAP_ERROR_STREAM ? "the stream ended"
                                                 : "memory");
}

static const char *version(void) { return TARGET_VERSION; }

LIBRARY(libetpan) = {.name = "libetpan",
                     .package = "libetpan-dev",
                     .about = "mailimap_response_data_parse and its kin, as a session calls them",
                     .items = 1u << ITEM_ID_RESPONSE | 1u << ITEM_RESPONSE,
                     .dialect = DIALECT_3501,
                     .literals = LITERALS_SYNC,
                     .start = start,
                     .parse = parse,
                     .version = version};
