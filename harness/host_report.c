/* host_report.c: what a client does that the documents forbid it or advise against, seen from the server. */
#include "host_report.h"

#include "clauses.h"
#include "hash.h"
#include "id.h"

#include <stdlib.h>
#include <string.h>

enum { FINDINGS = 64, LINES = 24, LINE = 160, TAGS = 16, RETRIES = 10, REFUSED = 64, TRACE_MAX = 4 << 20 };

struct seen { /* of one connection */
    char line[LINES][LINE];
    unsigned lines;  /* ever; the ring holds the last LINES */
    bool partial;    /* the last line of the server is not over */
    unsigned number; /* of the connection */
    uint32_t tag[TAGS];
    unsigned tags;
    uint32_t refused; /* the last command that was refused because messages are gone; 0: none */
    unsigned retries;
    const char *owes; /* clauses that want a NOOP now; NULL: none */
};

struct finding {
    const char *cites, *summary;
    bool must;
    unsigned count;
    char trace[LINES * LINE + 1];
};

struct client_report {
    struct seen *of[MODEL_SESSIONS];
    struct finding finding[FINDINGS];
    int findings;
    unsigned connections, commands;
    uint32_t refused[REFUSED]; /* commands that were not answered OK */
    unsigned refusals, retries;
    FILE *trace;
    size_t traced;
};

struct client_report *client_report_new(void) {
    return calloc(1, sizeof(struct client_report));
}

void client_report_free(struct client_report *r) {
    for (int i = 0; r && i < MODEL_SESSIONS; i++)
        free(r->of[i]);
    free(r);
}

/* ---- traces ---- */

static char *new_line(struct seen *s, const char *who) {
    char *line = s->line[s->lines++ % LINES];
    snprintf(line, LINE, "%s", who);
    s->partial = false;
    return line;
}

static void add(char *line, const uint8_t *p, size_t n) {
    size_t at = strlen(line);
    for (size_t i = 0; i < n && at < LINE - 1; i++)
        line[at++] = p[i] >= 0x20 && p[i] < 0x7f ? (char)p[i] : '?';
    line[at] = '\0';
}

/* The line is over. */
static void trace(struct client_report *r, const struct seen *s) {
    if (!r->trace || r->traced > TRACE_MAX)
        return;
    int n = fprintf(r->trace, "%u %s\n", s->number, s->line[(s->lines - 1) % LINES]);
    r->traced += n > 0 ? (size_t)n : 0;
    if (r->traced > TRACE_MAX)
        fputs("(more is left out)\n", r->trace);
}

void client_report_opened(struct client_report *r, int session, bool tls) {
    if (!r->of[session] && !(r->of[session] = malloc(sizeof *r->of[session])))
        return;
    memset(r->of[session], 0, sizeof *r->of[session]);
    r->of[session]->number = ++r->connections;
    new_line(r->of[session], tls ? "-- connected, TLS" : "-- connected, in clear");
    trace(r, r->of[session]);
}

void client_report_heard(struct client_report *r, int session, struct slice c) {
    struct seen *s = r->of[session];
    if (!s)
        return;
    char *line = new_line(s, "C: ");
    const uint8_t *sp = memchr(c.p, ' ', c.n), *end = memchr(c.p, '\r', c.n);
    size_t tag = sp ? (size_t)(sp - c.p) + 1 : 0, n = end ? (size_t)(end - c.p) : c.n;
    static const char *const secret[] = {"LOGIN", "AUTHENTICATE"};
    for (int i = 0; i < 2; i++) {
        uint32_t k = (uint32_t)strlen(secret[i]);
        if (c.n >= tag + k && slice_is_nocase((struct slice){c.p + tag, k}, secret[i])) {
            add(line, c.p, tag + k);
            add(line, (const uint8_t *)" ...", 4);
            trace(r, s);
            return;
        }
    }
    add(line, c.p, n);
    trace(r, s);
}

void client_report_said(struct client_report *r, int session, const uint8_t *p, size_t n) {
    struct seen *s = r->of[session];
    while (s && n) {
        const uint8_t *lf = memchr(p, '\n', n);
        size_t k = lf ? (size_t)(lf - p) + 1 : n, shown = k;
        while (shown && (p[shown - 1] == '\n' || p[shown - 1] == '\r'))
            shown--;
        add(s->partial ? s->line[(s->lines - 1) % LINES] : new_line(s, "S: "), p, shown);
        s->partial = !lf;
        if (lf)
            trace(r, s);
        p += k;
        n -= k;
    }
}

/* ---- findings ---- */

static bool is_must(const char *cites) {
    char id[40];
    snprintf(id, sizeof id, "%.*s", (int)strcspn(cites, " "), cites);
    const struct clause *c = clause_find(id);
    return c && c->level != CLAUSE_SHOULD && c->level != CLAUSE_SHOULDNOT && c->level != CLAUSE_EFF_SHOULD &&
           c->level != CLAUSE_TRAP && c->level != CLAUSE_MAY && c->level != CLAUSE_EFF_MAY &&
           c->level != CLAUSE_INFO;
}

static void find(struct client_report *r, int session, const char *cites, const char *summary) {
    const struct seen *s = r->of[session];
    int i = 0;
    while (i < r->findings && strcmp(r->finding[i].summary, summary))
        i++;
    if (i == FINDINGS)
        return;
    struct finding *f = &r->finding[i];
    if (f->count++)
        return;
    r->findings++;
    f->cites = cites;
    f->summary = summary;
    f->must = is_must(cites);
    size_t n = 0;
    for (unsigned k = s->lines > LINES ? s->lines - LINES : 0; k < s->lines; k++)
        n += (size_t)snprintf(f->trace + n, sizeof f->trace - n, "    %.150s\n", s->line[k % LINES]);
}

/* ---- rules ---- */

static void judge_syntax(struct client_report *r, int session, const struct served_command *c) {
    if (c->c->kind == CMD_CLIENTID)
        find(r, session, "CID-4-d CID-3.2-a CID-3.2-b", "a malformed CLIENTID");
    else if (c->c->kind == CMD_ID)
        find(r, session, "ID-3.1-a ID-4-a ID-4-c", "a malformed ID");
    else if (c->c->kind == CMD_UNKNOWN)
        find(r, session, "R3501-6", "a command that was not offered");
    else
        find(r, session, "R3501-2.2.1 R3501-9", "a command outside the grammar");
}

static void judge_id(struct client_report *r, int session, const struct served_command *c) {
    struct id_limits l = id_check_limits(c->c->id);
    if (!c->caps_told || c->unoffered)
        find(r, session, "ID-3-b", "ID is sent before the server said that it knows it");
    if (l.field_too_long)
        find(r, session, "ID-3.3-d", "an ID field of more than 30 octets");
    if (l.value_too_long)
        find(r, session, "ID-3.3-e", "an ID value of more than 1024 octets");
    if (l.too_many_pairs)
        find(r, session, "ID-3.3-f", "an ID of more than 30 pairs");
    if (l.duplicate)
        find(r, session, "ID-3.3-l ID-3.3-c", "an ID with a field twice");
}

static void judge_clientid(struct client_report *r, int session, const struct served_command *c) {
    if (!c->tls)
        find(r, session, "CID-8-c CID-3.4-1c", "CLIENTID is sent in clear");
    else if (!c->nonauth)
        find(r, session, "CID-3.4-2c", "CLIENTID is sent after login");
    else if (!c->cid_advertised)
        find(r, session, "CID-3.4-1c CID-D1", "CLIENTID is sent before it was offered on this connection");
    else if (c->cid_accepted)
        find(r, session, "CID-3.4-3c", "CLIENTID is sent twice");
}

/* Never 0, which stands for none. */
static uint32_t hash_of(const uint8_t *p, size_t n) { return (uint32_t)hash_octets(HASH_BEGIN, p, n) | 1; }

/* R3501-2.2.1-t, without a key word there; an example of RFC 2180 breaks it (T-MAP-16). */
static void judge_tag(struct client_report *r, int session, const struct served_command *c) {
    struct seen *s = r->of[session];
    uint32_t h = hash_of(c->c->tag.p, c->c->tag.n);
    for (unsigned i = 0; i < TAGS && i < s->tags; i++)
        if (s->tag[i] == h) {
            find(r, session, "R3501-2.2.1-t", "a tag is used again within a few commands");
            break;
        }
    s->tag[s->tags++ % TAGS] = h;
}

static bool on_messages(uint8_t kind) {
    return kind == CMD_FETCH || kind == CMD_STORE || kind == CMD_SEARCH || kind == CMD_COPY ||
           kind == CMD_MOVE;
}

/* The clauses that want a NOOP after this answer, or NULL. */
static const char *owed(const struct served_command *c) {
    if (c->c->kind == CMD_FETCH && c->word == REPLY_NO)
        return "MAP-4.1.2-c MAP-4.1.3-c";
    if (c->c->kind == CMD_STORE && c->word == REPLY_NO)
        return "MAP-4.2.3-b MAP-4.2.4-b";
    return c->told_empty ? "MAP-4.1.3-f" : NULL;
}

/* What was refused because messages are gone: first NOOP, which tells of it (unless the same reply did: UID commands may), and no end
 * of trying. */
static void judge_gone(struct client_report *r, int session, const struct served_command *c) {
    struct seen *s = r->of[session];
    if (s->owes && on_messages(c->c->kind)) {
        find(r, session, s->owes,
             strstr(s->owes, "4.2.3")     ? "no NOOP after a STORE was refused"
             : strstr(s->owes, "4.1.3-f") ? "no NOOP after empty data of messages that are gone"
                                          : "no NOOP after a FETCH was refused");
    }
    s->owes = NULL;
    if (!c->some_dead)
        return;
    if (c->untold)
        s->owes = owed(c);
    if (c->word != REPLY_NO)
        return;
    uint32_t h = hash_of(c->c->args.p, c->c->args.n) ^ c->c->kind;
    s->retries = s->refused == h ? s->retries + 1 : 1;
    s->refused = h;
    if (s->retries == RETRIES)
        find(r, session, "MAP-1-a MAP-4.1.2-d", "the same command is tried again without end");
}

static void count_retries(struct client_report *r, const struct served_command *c) {
    uint32_t h = hash_of(c->c->args.p, c->c->args.n) ^ c->c->kind << 1 ^ c->c->uid << 9;
    for (unsigned i = 0; i < REFUSED && i < r->refusals; i++)
        if (r->refused[i] == h) {
            r->retries++;
            break;
        }
    if (c->word != REPLY_OK && c->word != REPLY_NONE)
        r->refused[r->refusals++ % REFUSED] = h;
}

void client_report_command(struct client_report *r, int session, const struct served_command *c) {
    if (!r->of[session])
        return;
    r->commands++;
    count_retries(r, c);
    if (c->c->tag.n)
        judge_tag(r, session, c);
    if (c->syntax.verdict != LEX_ACCEPT) {
        if (c->syntax.verdict == LEX_REJECT)
            judge_syntax(r, session, c);
        return;
    }
    if (c->c->kind == CMD_UNKNOWN || (c->unoffered && c->c->kind != CMD_ID && c->c->kind != CMD_CLIENTID))
        find(r, session, "R3501-6", "a command that was not offered");
    else if (c->c->kind == CMD_ID)
        judge_id(r, session, c);
    else if (c->c->kind == CMD_CLIENTID)
        judge_clientid(r, session, c);
    else if (c->wrong_state)
        find(r, session, "R3501-6", "a command in a state in which there is none such");
    if (c->selected && !c->c->uid && c->beyond && on_messages(c->c->kind))
        find(r, session, "R3501-2.3.1.2 MAP-I1",
             "a number beyond what the client was told: it does not know its view");
    judge_gone(r, session, c);
}

/* ---- out ---- */

int client_report_count(const struct client_report *r, bool must) {
    int n = 0;
    for (int i = 0; i < r->findings; i++)
        n += r->finding[i].must == must;
    return n;
}

const char *client_report_first(const struct client_report *r) {
    const struct finding *first = NULL;
    for (int i = 0; i < r->findings; i++)
        if (!first || (r->finding[i].must && !first->must))
            first = &r->finding[i];
    return first ? first->cites : "";
}

unsigned client_report_connections(const struct client_report *r) { return r->connections; }
unsigned client_report_commands(const struct client_report *r) { return r->commands; }
unsigned client_report_retries(const struct client_report *r) { return r->retries; }
void client_report_forget_refused(struct client_report *r) { r->refusals = r->retries = 0; }
void client_report_trace(struct client_report *r, FILE *to) { r->trace = to; }

static void print_clauses(const char *cites, FILE *to) {
    char id[40];
    for (; *cites; cites += strcspn(cites, " "), cites += strspn(cites, " ")) {
        snprintf(id, sizeof id, "%.*s", (int)strcspn(cites, " "), cites);
        const struct clause *c = clause_find(id);
        if (c)
            fprintf(to, "  %s (%s): %s\n", id, clause_level_name(c->level), c->statement);
    }
}

void client_report_print(const struct client_report *r, FILE *to) {
    fprintf(to, "clients: %u connections, %u commands; findings: %d break a MUST, %d a SHOULD\n",
            r->connections, r->commands, client_report_count(r, true), client_report_count(r, false));
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < r->findings; i++) {
            const struct finding *f = &r->finding[i];
            if (f->must != !pass)
                continue;
            fprintf(to, "\n%s %s  %s  x%u\n", f->must ? "VIOLATES" : "DEVIATES", f->cites, f->summary,
                    f->count);
            print_clauses(f->cites, to);
            fputs(f->trace, to);
        }
}
