/* between_id.c: the ID command and its response on their way through the proxy: ID-5-a, ID-7-a to ID-7-c. */
#include "between_priv.h"

#include "id.h"

#include <string.h>

enum { PAIRS = 30, FIELD = 40, VALUE = 200 };
struct list {
    bool seen, nil; /* ID came; with NIL or () */
    int n;
    struct {
        char field[FIELD], value[VALUE];
        bool nil;
    } pair[PAIRS];
};

/* Nothing in it can harm: a proxy that takes such a list away does so whatever is in it (ID-7-c). */
#define CLIENT_LIST(when)                                                                                    \
    "(\"name\" \"between\" \"version\" \"1.0\" \"vendor\" \"imapdiff\" \"os\" \"Plan 9\" \"support-url\" "   \
    "NIL "                                                                                                   \
    "\"x-quoted\" \"a \\\"b\\\" (c) \\\\ {3}\" \"x-when\" \"" when "\")"

static void read_list(struct slice params, struct list *l) {
    struct lex_state st = {0};
    struct lex_options o = {.dialect = DIALECT_3501, .literals = LITERALS_PLUS};
    struct id_pair p;
    uint32_t pos = 0;
    *l = (struct list){.seen = true, .nil = true};
    struct lex_result r = lex_id_params(&st, params.p, params.n, &o);
    if (r.verdict == LEX_REJECT && r.offset) /* what stands behind it is the line's end */
        params.n = r.offset;
    st = (struct lex_state){0};
    r = lex_id_params(&st, params.p, params.n, &o);
    if (r.verdict != LEX_ACCEPT)
        return;
    params.n = r.offset;
    while (!id_params_is_nil(params) && l->n < PAIRS && id_next_pair(params, &pos, &p)) {
        size_t f = istring_copy(&p.field, (uint8_t *)l->pair[l->n].field, FIELD - 1);
        size_t v = istring_copy(&p.value, (uint8_t *)l->pair[l->n].value, VALUE - 1);
        l->pair[l->n].field[f < FIELD ? f : FIELD - 1] = '\0';
        l->pair[l->n].value[v < VALUE ? v : VALUE - 1] = '\0';
        l->pair[l->n].nil = p.value.kind == STR_NIL;
        l->nil = false;
        l->n++;
    }
}

/* What stands behind the ID of a command or response; empty if it is another one. */
static struct slice params_of(struct slice line) {
    struct slice id = word_of(line, 1);
    if (!slice_is_nocase(id, "ID"))
        return (struct slice){0};
    const uint8_t *from = id.p + id.n + 1, *end = line.p + line.n;
    while (end > from && (end[-1] == '\r' || end[-1] == '\n'))
        end--;
    return from < end ? (struct slice){from, (uint32_t)(end - from)} : (struct slice){0};
}

static int find(const struct list *l, const char *field) {
    for (int i = 0; i < l->n; i++)
        if (!strcasecmp(l->pair[i].field, field)) /* ID-3.3-c */
            return i;
    return -1;
}

static bool same_value(const struct list *a, int i, const struct list *b, int j) {
    return a->pair[i].nil == b->pair[j].nil && !strcmp(a->pair[i].value, b->pair[j].value);
}

struct id_change {
    char gone[200], rewritten[300], come[300];
    int kept;
};

static void add(char *text, size_t n, const char *field, const char *value) {
    size_t used = strlen(text);
    snprintf(text + used, n - used, "%s%s%s%.60s", used ? ", " : "", field, value ? "=" : "",
             value ? value : "");
}

static void compare(const struct list *sent, const struct list *came, struct id_change *d) {
    *d = (struct id_change){.kept = 0};
    for (int i = 0; i < sent->n; i++) {
        int j = find(came, sent->pair[i].field);
        if (j < 0)
            add(d->gone, sizeof d->gone, sent->pair[i].field, NULL);
        else if (!same_value(sent, i, came, j))
            add(d->rewritten, sizeof d->rewritten, sent->pair[i].field, came->pair[j].value);
        else
            d->kept++;
    }
    for (int j = 0; j < came->n; j++)
        if (find(sent, came->pair[j].field) < 0)
            add(d->come, sizeof d->come, came->pair[j].field,
                came->pair[j].nil ? "NIL" : came->pair[j].value);
}

/* ---- what the back end got ---- */

struct arrival {
    bool ours[2], removed[2]; /* before login, after it: the list came; a NIL or another list came for it */
    struct id_change change[2];
};

static void one_arrival(struct between *b, struct slice line, bool after, struct arrival *a) {
    struct list sent[2], came;
    char text[300];
    read_list((struct slice){(const uint8_t *)CLIENT_LIST("before"), sizeof CLIENT_LIST("before") - 1},
              &sent[0]);
    read_list((struct slice){(const uint8_t *)CLIENT_LIST("after"), sizeof CLIENT_LIST("after") - 1},
              &sent[1]);
    read_list(params_of(line), &came);
    int when = find(&came, "x-when");
    int k = when >= 0 ? !strcmp(came.pair[when].value, "after") : after;
    struct id_change d;
    compare(&sent[k], &came, &d);
    trace(b, ROW_PRESENCE, "the back end gets: %s", octets_text(line, 0, 260, text, sizeof text));
    if (d.kept) {
        a->ours[k] = true;
        a->change[k] = d;
    } else
        a->removed[k] = true;
    /* What the client did not say shows that somebody else is there. */
    if (d.come[0] || (d.kept && d.rewritten[0]))
        snprintf(b->how, sizeof b->how, "%.280s", d.come[0] ? d.come : d.rewritten);
}

static void arrivals(struct between *b, int from, struct arrival *a) {
    *a = (struct arrival){.ours = {false}};
    for (int i = 0; i < b->back.n; i++) {
        const struct back_conn *c = b->back.conn[i];
        struct slice rest = octets_from(&c->got, i < from ? c->got_mark : 0), line;
        while (next_command(&rest, &line))
            if (slice_is_nocase(word_of(line, 1), "ID"))
                one_arrival(b, line, (size_t)(line.p - c->got.p) >= c->in_mark, a);
    }
}

/* ---- what the driver hears ---- */

struct id_reply {
    bool asked, listed, response;
    enum heard word;
    struct list list;
};

static void ask(struct between *b, struct front *f, const char *command, enum stage at, struct id_reply *r) {
    char text[300];
    *r = (struct id_reply){.asked = true, .listed = caps_has(&b->front_caps[at], "ID")};
    struct answer_of a = front_ask(f, command);
    struct slice heard = front_heard(f, a), line;
    r->word = a.word;
    trace(b, ROW_ENABLED, "%s: ID %s -> %s", at == AT_IN ? "after login" : "before login",
          r->listed ? "(listed)" : "(not listed)", octets_text(heard, 0, 200, text, sizeof text));
    while (next_response(&heard, &line))
        if (slice_is(word_of(line, 0), "*") && slice_is_nocase(word_of(line, 1), "ID")) {
            r->response = true;
            read_list(params_of(line), &r->list);
        }
}

static void judge_enabled(struct between *b, const struct id_reply r[2]) {
    static const char *const when[] = {"before login", "after login"};
    bool works = false;
    char text[400] = "";
    for (int k = 0; k < 2; k++) {
        const struct id_reply *x = &r[k];
        if (!x->asked)
            continue;
        works |= x->listed && x->word == HEARD_OK;
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s %s, answered %s%s", k ? "; " : "",
                 when[k], x->listed ? "listed" : "not listed", heard_name(x->word),
                 x->word == HEARD_OK && !x->response ? " without an ID response" : "");
        if (x->listed && x->word != HEARD_OK)
            judge(b, ROW_ENABLED, V_VIOLATES, "ID-3-a ID-3.1-d ID-7-b", "ID is listed %s, and answered %s",
                  when[k], heard_name(x->word));
    }
    judge(b, ROW_ENABLED, works ? V_CONFORMS : V_DEVIATES, "ID-7-b", "%s", text);
}

static void judge_client_list(struct between *b, const struct id_reply r[2], const struct arrival *a) {
    static const char *const when[] = {"before login", "after login"};
    char text[400] = "";
    for (int k = 0; k < 2; k++)
        if (r[k].asked)
            snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s %s", k ? "; " : "", when[k],
                     a->ours[k]      ? "it arrives"
                     : a->removed[k] ? "another one arrives"
                                     : "none arrives");
    judge(b, ROW_CLIENT_LIST, a->ours[0] || a->ours[1] ? V_CONFORMS : V_DEVIATES, "ID-7-c", "%s", text);
}

static void judge_server_list(struct between *b, const struct id_reply r[2],
                              const struct id_change change[2]) {
    static const char *const when[] = {"before login", "after login"};
    char text[400] = "";
    bool any = false;
    for (int k = 0; k < 2; k++) {
        if (!r[k].asked)
            continue;
        bool ours = r[k].response && change[k].kept;
        any |= ours;
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s %s", k ? "; " : "", when[k],
                 ours             ? "it arrives"
                 : !r[k].response ? "none is shown"
                 : r[k].list.nil  ? "NIL is shown"
                                  : "another one is shown");
    }
    judge(b, ROW_SERVER_LIST, any ? V_CONFORMS : V_DEVIATES, "ID-7-c", "%s", text);
}

/* ID-7-a permits to withhold a field. To put another value in its place is written nowhere. */
static void judge_fields(struct between *b, const struct id_change *d, const char *whose) {
    if (!d->kept)
        return;
    if (d->rewritten[0]) {
        changed(b, "%s ID field %s", whose, d->rewritten);
        judge(b, ROW_FIELDS, V_AMBIGUOUS, "ID-7-a ID-5-a ID-3-k",
              "the %s arrives as %s: the proxy speaks for itself (ID-5-a), or what the field says of its "
              "sender is "
              "not true (ID-3-k)",
              whose, d->rewritten);
    }
    if (d->gone[0]) {
        changed(b, "%s ID fields withheld", whose);
        trace(b, ROW_FIELDS, "withheld from the %s list: %s", whose, d->gone);
    }
    if (d->come[0])
        trace(b, ROW_FIELDS, "put into the %s list: %s", whose, d->come);
}

static void judge_all(struct between *b, const struct id_reply r[2], const struct arrival *a) {
    struct list ours;
    struct id_change from_server[2] = {{.kept = 0}};
    read_list((struct slice){(const uint8_t *)BETWEEN_SERVER_ID, sizeof BETWEEN_SERVER_ID - 1}, &ours);
    for (int k = 0; k < 2; k++)
        if (r[k].asked && r[k].response)
            compare(&ours, &r[k].list, &from_server[k]);
    judge_enabled(b, r);
    judge_client_list(b, r, a);
    judge_server_list(b, r, from_server);
    for (int k = 0; k < 2; k++) {
        judge_fields(b, &a->change[k], "client's");
        judge_fields(b, &from_server[k], "server's");
        if (r[k].asked && (!r[k].response || !from_server[k].kept))
            changed(b, "server's ID list %s login", k ? "after" : "before");
        if (r[k].asked && !a->ours[k])
            changed(b, "client's ID list %s login", k ? "after" : "before");
        if (from_server[k].come[0] && !b->how[0]) {
            b->response_only = true;
            snprintf(b->how, sizeof b->how, "%.280s", from_server[k].come);
        }
    }
    bool any = a->ours[0] || a->ours[1] || from_server[0].kept || from_server[1].kept;
    if (any)
        judge(b, ROW_FIELDS, V_CONFORMS, "ID-7-a", "%s",
              b->r->row[ROW_FIELDS].trace[0] ? "single fields are withheld or put in" : "all fields pass");
}

void rows_of_id(struct between *b) {
    struct front f;
    struct id_reply r[2] = {{.asked = false}};
    struct arrival a;
    if (!reach(b, &f, false))
        return;
    back_mark(&b->back);
    int from = b->back.n;
    ask(b, &f, "ID " CLIENT_LIST("before"), f.tls ? AT_TLS : AT_CLEAR, &r[0]);
    if (f.eof) { /* some end the connection at what they do not know */
        front_close(&f);
        if (!reach(b, &f, false))
            return;
    }
    enum heard h = log_in(&f, NULL);
    if (h == HEARD_OK)
        ask(b, &f, "ID " CLIENT_LIST("after"), AT_IN, &r[1]);
    else
        judge(b, ROW_ENABLED, V_VIOLATES, "ID-3.1-d ID-3-i", "after ID, LOGIN is answered %s", heard_name(h));
    arrivals(b, from, &a);
    front_close(&f);
    judge_all(b, r, &a);
}

void rows_of_presence(struct between *b) {
    if (!b->changes[0])
        judge(b, ROW_PRESENCE, V_CONFORMS, "ID-5-a", "nothing is changed");
    else if (b->how[0] && !b->response_only)
        judge(b, ROW_PRESENCE, V_CONFORMS, "ID-5-a", "the proxy shows in the ID command (%s); changed: %s",
              b->how, b->changes);
    else if (b->how[0])
        judge(b, ROW_PRESENCE, V_AMBIGUOUS, "ID-5-a T-ID-12",
              "the proxy shows in the response alone (%s), the text asks for the command; changed: %s",
              b->how, b->changes);
    else
        judge(b, ROW_PRESENCE, V_VIOLATES, "ID-5-a", "no ID command shows the proxy; changed: %s",
              b->changes);
}
