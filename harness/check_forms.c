/* check_forms.c: which command forms a run sent, and how often: some defects show up only now and then.
 *
 * A form is a command's name with what makes servers take another path: UID, the class of what FETCH asks
 * for, STORE's mode, what kind of key SEARCH has. A FETCH of two classes counts for both. Names are from a
 * fixed vocabulary, so that no server's and no program's words grow the table.
 */
#include "check.h"

#include "imap.h"

#include <string.h>
#include <strings.h>

static void add(struct forms *f, const char *name, const char *more, bool scenario) {
    char text[sizeof f->form[0].name];
    snprintf(text, sizeof text, "%s%s%s", name, more[0] ? " " : "", more);
    uint32_t i = 0;
    while (i < f->n && strcmp(f->form[i].name, text))
        i++;
    if (i == FORMS_MAX)
        return;
    if (i == f->n)
        memcpy(f->form[f->n++].name, text, sizeof text);
    f->form[i].count++;
    f->form[i].scenario = f->form[i].scenario || scenario;
    f->last[i] += f->last[i] < 255;
    f->latest = i;
}

/* "UID FETCH", in upper case, of a command that we know; else "unknown command". */
static const char *known_name(const struct imap_command *c) {
    static char name[24];
    struct slice s = c->name;
    bool uid = s.n > 4 && !strncasecmp((const char *)s.p, "UID ", 4);
    if (uid)
        s = (struct slice){s.p + 4, s.n - 4};
    for (int k = CMD_UNKNOWN + 1; k < CMD_COUNT; k++)
        if (slice_is_nocase(s, command_name(k))) {
            snprintf(name, sizeof name, "%s%s", uid ? "UID " : "", command_name(k));
            return name;
        }
    return "unknown command";
}

static void add_fetch(struct forms *f, const char *name, const struct imap_command *c, bool scenario) {
    static const uint8_t class_of[ATT_COUNT] = {
        [ATT_INTERNALDATE] = 1,  [ATT_RFC822_SIZE] = 1, [ATT_ENVELOPE] = 1,      [ATT_BODY] = 1,
        [ATT_BODYSTRUCTURE] = 1, [ATT_RFC822] = 2,      [ATT_RFC822_HEADER] = 2, [ATT_RFC822_TEXT] = 2,
        [ATT_BODY_SECTION] = 2,  [ATT_OTHER] = 1,
    };
    static const char *const classes[] = {"flags", "meta", "body", "body partial"};
    bool asked[4] = {false};
    for (uint32_t i = 0; i < c->wants; i++) {
        asked[class_of[c->want[i].att]] = true;
        asked[3] = asked[3] || c->want[i].partial;
    }
    for (int i = 0; i < 4; i++)
        if (asked[i])
            add(f, name, classes[i], scenario);
}

/* Must a message's text be read to answer this key, or one inside it? */
static bool reads_text(const struct node_pool *nodes, uint32_t key) {
    for (; key; key = nodes->v[key].next) {
        const struct node *n = &nodes->v[key];
        switch (n->kind == NODE_ATOM ? (int)n->number : -1) {
        case SK_BCC:
        case SK_BODY:
        case SK_CC:
        case SK_FROM:
        case SK_HEADER:
        case SK_SENTBEFORE:
        case SK_SENTON:
        case SK_SENTSINCE:
        case SK_SUBJECT:
        case SK_TEXT:
        case SK_TO:
            return true;
        case SK_NOT:
        case SK_OR:
        case SK_AND:
            if (reads_text(nodes, n->child))
                return true;
            break;
        }
    }
    return false;
}

static const char *store_form(const struct imap_command *c) {
    static const char *const forms[3][2] = {
        [STORE_SET] = {"FLAGS", "FLAGS.SILENT"},
        [STORE_ADD] = {"+FLAGS", "+FLAGS.SILENT"},
        [STORE_REMOVE] = {"-FLAGS", "-FLAGS.SILENT"},
    };
    return forms[c->store_mode][c->silent];
}

static const char *id_form(struct slice id) {
    return slice_is_nocase(id, "NIL") ? "NIL" : id.n <= 2 ? "()" : "list";
}

static bool holds(struct slice s, char octet) { return s.n && memchr(s.p, octet, s.n); }

static void add_parsed(struct forms *f, const char *name, const struct imap_command *c,
                       const struct node_pool *nodes, bool scenario) {
    const char *more = "";
    switch ((enum command_kind)c->kind) {
    case CMD_FETCH:
        add_fetch(f, name, c, scenario);
        return;
    case CMD_STORE:
        more = store_form(c);
        break;
    case CMD_SEARCH:
        more = reads_text(nodes, c->search) ? "content" : "meta";
        break;
    case CMD_ID:
        more = id_form(c->id);
        break;
    case CMD_RENAME:
        more = slice_is_nocase(c->mailbox.s, "INBOX") ? "INBOX" : "";
        break;
    case CMD_APPEND:
        more = c->has_flags ? "with flags" : "";
        break;
    case CMD_LIST:
    case CMD_LSUB:
        more = holds(c->mailbox2.s, '%') ? "%" : holds(c->mailbox2.s, '*') ? "*" : "name";
        break;
    default:
        break;
    }
    add(f, name, more, scenario);
}

void forms_count(struct forms *f, const struct drive_log *log, bool scenario) {
    static const struct lex_options options = {.dialect = DIALECT_3501, .literals = LITERALS_PLUS};
    static struct node v[256];
    static struct imap_command c;
    memset(f->last, 0, sizeof f->last);
    uint32_t open[PROGRAM_SESSIONS + 1]; /* each session's form that nothing was said to yet */
    for (int i = 0; i <= PROGRAM_SESSIONS; i++)
        open[i] = FORMS_MAX;
    f->unanswered = FORMS_MAX;
    for (uint32_t i = 0; i < log->n; i++) {
        const struct event *e = &log->event[i];
        if (e->session > PROGRAM_SESSIONS)
            continue;
        if (e->kind == EV_CLOSED && f->unanswered == FORMS_MAX)
            f->unanswered = open[e->session];
        if (e->kind == EV_RECEIVED || e->kind == EV_CLOSED)
            open[e->session] = FORMS_MAX;
        if (e->kind != EV_SENT || !e->n)
            continue;
        struct node_pool nodes = {.v = v, .cap = sizeof v / sizeof *v, .len = 1};
        struct lex_result r = parse_command(log->octets + e->at, e->n, &options, &nodes, &c);
        const char *name = known_name(&c);
        if (r.verdict == LEX_ACCEPT && c.kind != CMD_UNKNOWN)
            add_parsed(f, name, &c, &nodes, scenario);
        else
            add(f, name, strcmp(name, "unknown command") ? "malformed" : "", scenario);
        open[e->session] = f->latest;
    }
}

bool forms_rare(const struct forms *f, uint32_t i) {
    return i < f->n && f->form[i].scenario && f->form[i].count < FORMS_OFTEN && !forms_fatal(f, i);
}

void forms_death(struct forms *f) {
    if (f->unanswered < f->n)
        f->form[f->unanswered].deaths++;
}

bool forms_fatal(const struct forms *f, uint32_t i) {
    return f->form[i].deaths >= 3 && (uint64_t)f->form[i].deaths * 2 >= f->form[i].count;
}
