/* oracle.c: the stream of events: parses it, matches replies to commands, and cuts it into batches that are evaluated when
 * no command but IDLE is in progress. */
#include "oracle_impl.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SCRATCH_NODES 65536

const char *verdict_name(enum verdict v) {
    static const char *const names[V_COUNT] = {"CONFORMS", "AMBIGUOUS", "UNDOCUMENTED", "DEVIATES", "VIOLATES", "UNDECIDED"};
    return names[v];
}

/* ---- the batch's memory ---- */

void *arena_get(struct arena *a, size_t n) {
    n = (n + 15) & ~(size_t)15;
    while (a->current && a->current->size - a->current->used < n && a->current->next) {
        a->current = a->current->next;
        a->current->used = 0;
    }
    if (!a->current || a->current->size - a->current->used < n) {
        size_t size = n > (1u << 18) ? n : 1u << 18;
        struct chunk *c = malloc(sizeof *c + size);
        if (!c) return NULL;
        *c = (struct chunk){.size = size};
        if (a->current) {
            c->next = a->current->next;
            a->current->next = c;
        } else
            a->first = c;
        a->current = c;
    }
    void *p = (uint8_t *)a->current->data + a->current->used;
    a->current->used += n;
    return memset(p, 0, n);
}

void arena_reset(struct arena *a) {
    a->current = a->first;
    if (a->current) a->current->used = 0;
}

void arena_free(struct arena *a) {
    for (struct chunk *c = a->first, *next; c; c = next) {
        next = c->next;
        free(c);
    }
    *a = (struct arena){0};
}

/* ---- life ---- */

struct oracle *oracle_new(const struct oracle_options *opt) {
    struct oracle *o = calloc(1, sizeof *o);
    if (!o) return NULL;
    o->opt = *opt;
    if (!o->opt.max_worlds) o->opt.max_worlds = 256;
    if (!o->opt.max_runs) o->opt.max_runs = 4096;
    o->lex = (struct lex_options){.dialect = opt->dialect, .literals = LITERALS_PLUS}; /* the client knows what it may */
    o->caps = world_caps_small;
    o->node_cap = 1 << 16;
    o->text_cap = 1 << 20;
    o->scratch.cap = SCRATCH_NODES;
    o->scratch.v = malloc(SCRATCH_NODES * sizeof *o->scratch.v);
    o->heard = malloc(BATCH_HEARD * sizeof *o->heard);
    o->node = malloc(o->node_cap * sizeof *o->node);
    o->text = malloc(o->text_cap);
    o->world = calloc(o->opt.max_worlds * 2, sizeof *o->world);
    o->next = calloc(o->opt.max_worlds * 2, sizeof *o->next);
    o->next_hash = calloc(o->opt.max_worlds * 2, sizeof *o->next_hash);
    bool ok = o->scratch.v && o->heard && o->node && o->text && o->world && o->next && o->next_hash;
    for (unsigned i = 0; ok && i < o->opt.max_worlds * 2; i++) ok = (o->world[i] = NULL, o->next[i] = NULL, true);
    if (ok) ok = (o->world[0] = malloc(world_size(&o->caps))) && (o->scratch_world = malloc(world_size(&o->caps)));
    if (!ok) {
        oracle_free(o);
        return NULL;
    }
    oracle_reset(o);
    return o;
}

void oracle_free(struct oracle *o) {
    if (!o) return;
    for (unsigned i = 0; i < o->opt.max_worlds * 2; i++) {
        if (o->world) free(o->world[i]);
        if (o->next) free(o->next[i]);
    }
    free(o->scratch_world);
    free(o->world);
    free(o->next);
    free(o->next_hash);
    free(o->scratch.v);
    free(o->heard);
    free(o->node);
    free(o->text);
    arena_free(&o->arena);
    free(o);
}

void oracle_reset(struct oracle *o) {
    arena_reset(&o->arena);
    memset(o->lane, 0, sizeof o->lane);
    o->steps = o->heards = o->events = 0;
    o->spare = RUNS_SPARE;
    o->overflow = o->blind = o->dropped = false;
    o->nodes = 1;
    o->text_n = 0;
    world_init(o->world[0], &o->caps);
    o->worlds = 1;
}

void oracle_forget(struct oracle *o) {
    oracle_reset(o);
    o->facts = (struct facts){0};
}

const struct oracle_counts *oracle_counts(const struct oracle *o) { return &o->counts; }

/* ---- direct notes: what no world has a say in ---- */

void oracle_direct(struct oracle *o, enum verdict v, int session, uint32_t event, const char *cites, const char *summary,
                   const char *seen, const char *allowed) {
    struct note n = {.verdict = (uint8_t)v, .point = -1, .cites = cites, .summary = summary, .seen = seen,
                     .allowed = allowed, .event = event, .session = session};
    o->counts.verdicts[v]++;
    if (o->opt.note) o->opt.note(o->opt.user, &n);
}

void oracle_loosen(struct oracle *o, int session) {
    for (unsigned i = 0; i < o->worlds; i++)
        if (session < o->world[i]->cap.sessions) {
            struct wsession *s = w_session(o->world[i], (unsigned)session);
            s->loose = s->state == SES_SELECTED;
            if (s->box && s->loose) w_box(o->world[i], s->box)->unknown = 1;
        }
}

/* ---- batches ---- */

static bool quiet(const struct oracle *o) {
    for (int i = 0; i < ORACLE_SESSIONS; i++)
        if (o->lane[i].outstanding) return false;
    return true;
}

static void evaluate_if_quiet(struct oracle *o) {
    if (!quiet(o)) return;
    oracle_evaluate(o, false);
    arena_reset(&o->arena);
    o->steps = o->heards = 0;
    o->overflow = false;
}

static uint8_t *keep(struct oracle *o, const uint8_t *p, size_t n) {
    uint8_t *copy = arena_get(&o->arena, n + 1);
    if (!copy) {
        o->overflow = true;
        return NULL;
    }
    memcpy(copy, p, n);
    return copy;
}

static struct node_pool *keep_nodes(struct oracle *o) {
    struct node_pool *pool = arena_get(&o->arena, sizeof *pool);
    struct node *v = arena_get(&o->arena, o->scratch.len * sizeof *v);
    if (!pool || !v) {
        o->overflow = true;
        return NULL;
    }
    memcpy(v, o->scratch.v, o->scratch.len * sizeof *v);
    *pool = (struct node_pool){v, o->scratch.len, o->scratch.len};
    return pool;
}

static bool prepare_session(struct oracle *o, int session) {
    assert(session >= 0 && session < ORACLE_SESSIONS);
    while (session >= o->caps.sessions) {
        o->caps.sessions = (uint16_t)(o->caps.sessions * 2);
        if (!oracle_grow(o)) return false;
    }
    return true;
}

void oracle_opened(struct oracle *o, int session, uint64_t t, bool tls) {
    (void)t;
    o->events++;
    o->counts.events++;
    if (!prepare_session(o, session)) return;
    for (unsigned i = 0; i < o->steps; i++) /* opened anew while the batch has what the one before it did: it is not kept apart */
        if (o->step[i].session == session) o->overflow = true;
    for (unsigned i = 0; i < o->heards; i++) /* or heard: its end is one of these */
        if (o->heard[i].session == session) o->overflow = true;
    o->lane[session] = (struct lane){.open = true};
    for (unsigned i = 0; i < o->worlds; i++)
        *w_session(o->world[i], (unsigned)session) = (struct wsession){.state = SES_GREETING, .tls = tls};
}

void oracle_tls(struct oracle *o, int session, uint64_t t) {
    (void)t;
    o->events++;
    o->counts.events++;
    for (unsigned i = 0; i < o->worlds; i++) {
        struct wsession *s = w_session(o->world[i], (unsigned)session);
        s->tls = 1;
        s->handshake = 0;
        s->caps[0] = s->caps[1] = 0; /* RFC 3501 6.2.1: what was told in clear is void; CID-D1 */
        s->cid_advertised = s->id_caps = 0;
    }
}

/* ---- commands ---- */

/* Do octets behind a malformed line begin a command that we know? (Else they belong to it: a literal, say.) */
static bool begins_command(struct oracle *o, const uint8_t *p, size_t n) {
    static const struct imap_command empty;
    struct imap_command c = empty;
    struct node_pool pool = {o->scratch.v + o->scratch.len, o->scratch.cap - o->scratch.len, 1};
    return n && parse_command(p, n, &o->lex, &pool, &c).verdict == LEX_ACCEPT;
}

/* One command of what was handed over. Returns how many octets are behind it: raw octets may hold several commands. */
static size_t one_sent(struct oracle *o, int session, const uint8_t *p, size_t n) {
    uint32_t event = o->events - 1;
    uint8_t *copy = keep(o, p, n);
    struct imap_command *c = copy ? arena_get(&o->arena, sizeof *c) : NULL;
    if (!c || o->steps == BATCH_STEPS) {
        o->overflow = true;
        return 0;
    }
    o->counts.commands++;
    o->scratch.len = 1;
    struct lex_result syntax = parse_command(copy, n, &o->lex, &o->scratch, c);
    size_t end = syntax.verdict == LEX_ACCEPT ? syntax.offset : n;
    const uint8_t *lf = syntax.verdict == LEX_REJECT ? memchr(copy, '\n', n) : NULL;
    if (lf && begins_command(o, lf + 1, (size_t)(copy + n - lf - 1))) end = (size_t)(lf + 1 - copy);
    struct lane *l = &o->lane[session];
    if (syntax.verdict == LEX_ACCEPT && c->kind == CMD_IDLE) { /* no step: nothing of it takes effect */
        l->idle = true;
        l->idle_event = event;
        snprintf(l->idle_tag, sizeof l->idle_tag, "%.*s", (int)c->tag.n, (const char *)c->tag.p);
        return n - end;
    }
    struct step *s = &o->step[o->steps++];
    *s = (struct step){.c = c, .nodes = keep_nodes(o), .syntax = syntax, .raw = {copy, (uint32_t)end},
                        .session = session, .event = event, .point = -1};
    l->outstanding++;
    return n - end;
}

void oracle_sent(struct oracle *o, int session, uint64_t t, const uint8_t *p, size_t n) {
    (void)t;
    o->events++;
    o->counts.events++;
    if (o->blind) o->counts.commands++;
    for (size_t left = o->blind ? 0 : n, behind; left; left = behind) {
        behind = one_sent(o, session, p + n - left, left);
        if (behind >= left) break;
    }
}

void oracle_continued(struct oracle *o, int session, uint64_t t, const uint8_t *p, size_t n) {
    (void)t;
    o->events++;
    o->counts.events++;
    for (unsigned i = 0; i < o->steps; i++) {
        struct step *s = &o->step[i];
        if (s->session != session || s->word || s->cut || s->c->kind != CMD_AUTHENTICATE) continue;
        s->secret = (struct slice){keep(o, p, n), (uint32_t)n};
        if (!s->secret.p) s->secret.n = 0;
    }
}

/* ---- responses ---- */

static struct step *find_step(struct oracle *o, int session, struct slice tag) {
    for (unsigned i = 0; i < o->steps; i++) {
        struct step *s = &o->step[i];
        if (s->session == session && !s->word && !s->cut && slice_equal(s->c->tag, tag)) return s;
    }
    return NULL;
}

/* R3501-7.1.3: the reply to a line whose tag cannot be told is an untagged BAD. */
static bool find_untagged(struct oracle *o, int session) {
    struct step *s = find_step(o, session, (struct slice){0});
    return s && s->syntax.verdict == LEX_REJECT;
}

static void progress(const struct oracle *o, int session, struct heard *h) {
    const struct lane *l = &o->lane[session];
    h->in_progress = l->idle || l->outstanding;
    h->idle = l->idle;
    h->expunge_ok = l->idle;
    if (l->idle) h->kinds |= HEARD_CONTINUE;
    for (unsigned i = 0; i < o->steps; i++) {
        const struct step *s = &o->step[i];
        if (s->session != session || s->word || s->cut) continue;
        bool bars = !s->c->uid && (s->c->kind == CMD_FETCH || s->c->kind == CMD_STORE || s->c->kind == CMD_SEARCH);
        if (bars && !h->expunge_ok) h->overtaken = 1;
        if (!bars) h->expunge_ok = 1; /* RFC 3501 5.5, 7.4.1: UID forms permit it */
        switch (s->c->kind) {
        case CMD_FETCH: case CMD_STORE: h->kinds |= HEARD_FETCH; break;
        case CMD_ID: h->kinds |= HEARD_ID; break;
        case CMD_SEARCH: h->kinds |= HEARD_SEARCH; break;
        case CMD_LIST: h->kinds |= HEARD_LIST; break;
        case CMD_LSUB: h->kinds |= HEARD_LSUB; break;
        case CMD_STATUS: h->kinds |= HEARD_STATUS; break;
        case CMD_LOGOUT: h->kinds |= HEARD_LOGOUT; break;
        case CMD_CLIENTID: h->kinds |= HEARD_CLIENTID; break;
        case CMD_AUTHENTICATE: h->kinds |= HEARD_CONTINUE; break;
        default: break;
        }
        /* A literal announced in the command, by its first line's end. */
        for (uint32_t k = 0; k + 2 < s->raw.n && s->c->kind != CMD_CLIENTID; k++)
            if (s->raw.p[k] == '}' && s->raw.p[k + 1] == '\r') h->kinds |= HEARD_CONTINUE;
    }
}

static void add_heard(struct oracle *o, const struct heard *h) {
    if (o->heards == BATCH_HEARD) {
        o->overflow = true;
        return;
    }
    o->heard[o->heards++] = *h;
}

static void tagged(struct oracle *o, int session, uint32_t event, const struct imap_response *r, struct slice tag, int word) {
    struct lane *l = &o->lane[session];
    if (l->idle && slice_is(tag, l->idle_tag)) {
        l->idle = false;
        return;
    }
    struct step *s = find_step(o, session, tag);
    if (!s && (o->overflow || o->blind)) return;
    if (!s) {
        char seen[80];
        snprintf(seen, sizeof seen, "tag %.*s", (int)(tag.n > 60 ? 60 : tag.n), (const char *)tag.p);
        oracle_direct(o, V_VIOLATES, session, event, "MAP-I13 R3501-2.2.2", "a tagged reply that no command in progress has", seen, "");
        return;
    }
    s->word = (uint8_t)word;
    s->reply = r;
    s->reply_event = event;
    l->outstanding--;
    for (struct step *b = o->step; b < s; b++) /* a line without a tag, to which there may be no reply */
        if (b->session == session && !b->word && !b->cut && !b->c->tag.n && b->syntax.verdict == LEX_REJECT) {
            b->cut = 1;
            l->outstanding--;
        }
}

/* A response outside the grammar. What can be understood of a tagged one is used all the same. */
static void malformed(struct oracle *o, int session, uint32_t event, const uint8_t *p, size_t n, const struct lex_result *x) {
    char seen[200], line[120];
    size_t k = 0;
    for (; k < n && k < sizeof line - 1 && p[k] != '\r' && p[k] != '\n'; k++) line[k] = (char)(p[k] >= 32 && p[k] < 127 ? p[k] : '?');
    line[k] = 0;
    snprintf(seen, sizeof seen, "octet %u of: %s (%s)", x->offset, line, x->rule ? x->rule : "?");
    const uint8_t *sp = memchr(p, ' ', n);
    struct slice tag = {p, sp ? (uint32_t)(sp - p) : 0}, rest = {sp ? sp + 1 : p, sp ? (uint32_t)(p + n - sp - 1) : 0};
    while (rest.n && (rest.p[rest.n - 1] == '\r' || rest.p[rest.n - 1] == '\n')) rest.n--;
    static const char *const words[] = {"OK", "NO", "BAD"};
    bool bare = false;
    for (int w = 0; w < 3; w++)
        if (rest.n >= strlen(words[w]) && slice_is_nocase((struct slice){rest.p, (uint32_t)strlen(words[w])}, words[w]) && tag.n && *p != '*') {
            bare = rest.n == strlen(words[w]) || (rest.n == strlen(words[w]) + 1 && rest.p[rest.n - 1] == ' ');
            tagged(o, session, event, NULL, tag, REPLY_OK + w);
        }
    if (x->verdict == LEX_LIMIT)
        oracle_direct(o, V_UNDECIDED, session, event, "", "a response is over a limit of ours", seen, "");
    else
        oracle_direct(o, bare ? V_DEVIATES : V_VIOLATES, session, event, bare ? "T-MAP-14 R3501-9" : "R3501-9",
                      bare ? "a tagged reply without text" : "a response outside the grammar", seen, "");
    if (!bare) oracle_loosen(o, session);
    o->counts.unjudged += x->verdict == LEX_LIMIT;
}

static void received(struct oracle *o, int session, uint32_t event, const uint8_t *p, size_t n) {
    if (o->blind) {
        o->counts.unjudged++;
        return;
    }
    uint8_t *copy = keep(o, p, n);
    struct imap_response *r = copy ? arena_get(&o->arena, sizeof *r) : NULL;
    if (!r) return;
    o->scratch.len = 1;
    struct lex_result x = parse_response(copy, n, &o->lex, &o->scratch, r);
    struct heard h = {.session = session, .event = event};
    progress(o, session, &h);
    if (x.verdict != LEX_ACCEPT) {
        malformed(o, session, event, copy, n, &x);
        return;
    }
    h.r = r;
    h.nodes = keep_nodes(o);
    if (r->kind == RESP_BAD && !r->tag.n && find_untagged(o, session))
        tagged(o, session, event, r, (struct slice){0}, REPLY_BAD);
    else if (r->tag.n)
        tagged(o, session, event, r, r->tag, r->kind == RESP_OK ? REPLY_OK : r->kind == RESP_NO ? REPLY_NO : REPLY_BAD);
    if (h.nodes) add_heard(o, &h);
}

void oracle_received(struct oracle *o, int session, uint64_t t, const uint8_t *p, size_t n) {
    (void)t;
    uint32_t event = o->events++;
    o->counts.events++;
    o->counts.responses++;
    received(o, session, event, p, n);
    evaluate_if_quiet(o);
}

/* Sent in clear in one piece with STARTTLS: it must not be answered (CID-D2). */
static bool behind_starttls(const struct oracle *o, const struct step *s) {
    for (unsigned i = 0; i < o->steps; i++)
        if (o->step[i].session == s->session && o->step[i].event == s->event && o->step[i].c->kind == CMD_STARTTLS) return true;
    return false;
}

/* MAP-I13: a well-formed command that got no reply although a later one of its session did. The others at the end of a
 * connection may have been cut off. */
static void unanswered(struct oracle *o, int session, uint32_t event) {
    bool later = false;
    for (unsigned i = o->steps; i--;) {
        struct step *s = &o->step[i];
        if (s->session != session || s->cut) continue;
        if (s->word)
            later = true;
        else if (later && s->syntax.verdict == LEX_ACCEPT && !o->blind && !behind_starttls(o, s)) {
            char seen[80];
            snprintf(seen, sizeof seen, "%.*s %.*s", (int)(s->c->tag.n & 31), (const char *)s->c->tag.p, (int)(s->c->name.n & 31),
                     (const char *)s->c->name.p);
            oracle_direct(o, V_VIOLATES, session, event, "MAP-I13", "a command gets no tagged reply", seen, "OK, NO or BAD");
        }
    }
}

void oracle_closed(struct oracle *o, int session, uint64_t t, int how, const char *text) {
    (void)t;
    uint32_t event = o->events++;
    o->counts.events++;
    struct lane *l = &o->lane[session];
    if (!l->open || o->blind) return;
    struct heard h = {.session = session, .event = event, .how = (uint8_t)how, .text = text};
    progress(o, session, &h);
    unanswered(o, session, event);
    if (how == 2)
        oracle_direct(o, l->outstanding || l->idle ? V_VIOLATES : V_UNDECIDED, session, event, "MAP-I13",
                      l->outstanding || l->idle ? "a command gets no tagged reply in time" : "a limit of ours ended the connection",
                      text ? text : "", "");
    for (unsigned i = 0; i < o->steps; i++)
        if (o->step[i].session == session && !o->step[i].word) o->step[i].cut = 1;
    *l = (struct lane){0};
    add_heard(o, &h);
    evaluate_if_quiet(o);
}

void oracle_checkpoint(struct oracle *o) {
    o->events++;
    o->counts.events++;
    if (!quiet(o)) return;
    oracle_evaluate(o, true);
    arena_reset(&o->arena);
    o->steps = o->heards = 0;
}

bool oracle_settled(const struct oracle *o) {
    if (o->blind) return true; /* nothing more is judged */
    bool told = quiet(o) && !o->steps && !o->heards;
    for (unsigned i = 0; told && i < o->worlds; i++) told = world_told(o->world[i]);
    return told;
}

void oracle_end(struct oracle *o) {
    for (int i = 0; i < ORACLE_SESSIONS && o->steps; i++)
        if (o->lane[i].open && o->lane[i].outstanding) unanswered(o, i, o->events ? o->events - 1 : 0);
    if (o->steps || o->heards) { /* commands without a reply: as if cut */
        for (unsigned i = 0; i < o->steps; i++)
            if (!o->step[i].word) o->step[i].cut = 1;
        oracle_evaluate(o, false);
        o->steps = o->heards = 0;
    }
    oracle_settle(o, true);
}

/* ---- questions ---- */

static const struct world *best(const struct oracle *o) {
    const struct world *w = o->world[0];
    for (unsigned i = 1; i < o->worlds; i++)
        if (o->world[i]->cost < w->cost) w = o->world[i];
    return w;
}

uint32_t oracle_uid(const struct oracle *o, const char *mailbox, uint32_t k) {
    const struct world *w = best(o);
    uint16_t name = world_find_name(w, 0, (struct slice){(const uint8_t *)mailbox, (uint32_t)strlen(mailbox)});
    uint16_t m = name && w_name(w, name)->box ? w_box(w, w_name(w, name)->box)->first : 0;
    while (m && --k) m = w_message(w, m)->next;
    return m ? w_message(w, m)->uid : 0;
}

int oracle_view_size(const struct oracle *o, int session) {
    const struct world *w = best(o);
    if (session >= w->cap.sessions || w_session(w, (unsigned)session)->state != SES_SELECTED) return -1;
    return w_session(w, (unsigned)session)->view;
}

struct slice oracle_untold(const struct oracle *o, int session) {
    const struct world *w = best(o);
    if (o->blind || session >= w->cap.sessions) return (struct slice){0};
    const struct wsession *s = w_session(w, (unsigned)session);
    if (s->state != SES_SELECTED || s->loose || s->doom || w_box(w, s->box)->unknown || w_box(w, s->box)->state != BOX_LIVE)
        return (struct slice){0};
    unsigned dead = 0;
    for (unsigned i = 0; i < s->view; i++) dead += w_message(w, w_view(w, (unsigned)session)[i].message)->dead;
    if (!dead && world_living(w, s->box) == s->view) return (struct slice){0};
    return world_name_text(w, w_box(w, s->box)->name);
}
