/* act_search.c: SEARCH's keys over a view, in three values: a key may hold, not hold, or depend on what is not known. */
#include "step.h"

#include <string.h>

enum { NO = 0, YES = 1, MAYBE = 2 };
enum { ANNOUNCED = 2 };

struct search {
    struct run *r;
    struct step *s;
    uint32_t max_uid; /* 0: not asked for yet */
    int grows;    /* the same: -1 no, 1 yes, ANNOUNCED: looked at is one of those that were announced meanwhile */
    bool inside;  /* a sequence set names a message of the view */
    bool content; /* a key looked at the message itself */
};

static int invert(int v) { return v == MAYBE ? MAYBE : !v; }
static int both(int a, int b) { return a == NO || b == NO ? NO : a == YES && b == YES ? YES : MAYBE; }
static int either(int a, int b) { return a == YES || b == YES ? YES : a == NO && b == NO ? NO : MAYBE; }

/* Any version from the view's floor on may be what the server looked at. */
static int flag_key(const struct search *q, unsigned i, uint32_t flag) {
    const struct world *w = q->r->w;
    const struct wview *v = &w_view(w, (unsigned)q->s->session)[i];
    if (!flag || w_message(w, v->message)->flags_unknown) return MAYBE;
    if (q->r->mode == SERVE) return (world_flags(w, v->message) & flag) != 0;
    bool with = false, without = false;
    for (uint16_t k = v->floor; k; k = w_version(w, k)->next) {
        if (w_version(w, k)->flags & flag)
            with = true;
        else
            without = true;
    }
    return with && without ? MAYBE : with;
}

/* Keys that ask for one of the system's flags. */
struct flag_wanted {
    uint32_t flag; /* 0: another key */
    bool set;
};
static struct flag_wanted flag_of(int kind) {
    switch (kind) {
    case SK_ANSWERED: return (struct flag_wanted){FLAG_ANSWERED, true};
    case SK_DELETED: return (struct flag_wanted){FLAG_DELETED, true};
    case SK_DRAFT: return (struct flag_wanted){FLAG_DRAFT, true};
    case SK_FLAGGED: return (struct flag_wanted){FLAG_FLAGGED, true};
    case SK_SEEN: return (struct flag_wanted){FLAG_SEEN, true};
    case SK_UNANSWERED: return (struct flag_wanted){FLAG_ANSWERED, false};
    case SK_UNDELETED: return (struct flag_wanted){FLAG_DELETED, false};
    case SK_UNDRAFT: return (struct flag_wanted){FLAG_DRAFT, false};
    case SK_UNFLAGGED: return (struct flag_wanted){FLAG_FLAGGED, false};
    case SK_UNSEEN: return (struct flag_wanted){FLAG_SEEN, false};
    default: return (struct flag_wanted){0, false};
    }
}

static struct slice argument(const struct search *q, uint32_t node, unsigned which) {
    uint32_t a = q->s->nodes->v[node].child;
    while (which-- && a) a = q->s->nodes->v[a].next;
    return a ? q->s->nodes->v[a].str.s : (struct slice){0};
}

static int content_key(struct search *q, unsigned i, int kind, uint32_t node) {
    const struct world *w = q->r->w;
    const struct wcontent *c = w_content(w, w_message(w, w_view(w, (unsigned)q->s->session)[i].message)->content);
    const struct content_ops *o = q->r->content;
    q->content = true;
    if (!c->id || !o->match) return MAYBE;
    struct slice first = argument(q, node, 0);
    if (kind == SK_HEADER) return o->match(o->self, c->id, kind, first, argument(q, node, 1));
    return o->match(o->self, c->id, kind, (struct slice){0}, first);
}

static int size_key(const struct search *q, unsigned i, int kind, uint32_t node) {
    const struct world *w = q->r->w;
    const struct wcontent *c = w_content(w, w_message(w, w_view(w, (unsigned)q->s->session)[i].message)->content);
    uint32_t a = q->s->nodes->v[node].child;
    uint64_t n = a ? q->s->nodes->v[a].number : 0;
    uint32_t size = c->size;
    if (q->r->mode == SERVE && c->id) size = q->r->content->octets(q->r->content->self, c->id).n;
    if (!size) return MAYBE;
    return kind == SK_LARGER ? size > n : size < n;
}

static uint32_t max_uid(struct search *q) {
    if (q->max_uid) return q->max_uid;
    const struct wview *v = w_view(q->r->w, (unsigned)q->s->session);
    q->max_uid = 1;
    for (unsigned i = 0; i < w_session(q->r->w, (unsigned)q->s->session)->view; i++)
        if (w_message(q->r->w, v[i].message)->uid > q->max_uid) q->max_uid = w_message(q->r->w, v[i].message)->uid;
    return q->max_uid;
}

/* T-MAP-9: EXISTS may come first within the command, or in those before it that have no reply yet; then `*` is another one. */
static bool grows(struct search *q) {
    const struct step *s = q->s;
    if (q->grows) return q->grows > 0;
    unsigned view = w_session(q->r->w, (unsigned)s->session)->view;
    for (unsigned i = 0; i < q->r->n_heard; i++) {
        const struct heard *h = &q->r->heard[i];
        if (h->r && h->r->kind == RESP_EXISTS && h->session == s->session && h->event > s->since && h->r->number > view &&
            (!s->reply_event || h->event < s->reply_event))
            return (q->grows = 1) > 0;
    }
    q->grows = -1;
    return false;
}

static int set_key(struct search *q, unsigned i, bool uid, struct slice text) {
    const struct world *w = q->r->w;
    struct seq_set set;
    if (!seq_set_parse(text, true, &set)) return MAYBE;
    unsigned view = w_session(w, (unsigned)q->s->session)->view;
    if (!uid && q->r->mode == JUDGE && q->s->beyond) return MAYBE; /* T-MAP-9 */
    uint32_t u = uid ? w_message(w, w_view(w, (unsigned)q->s->session)[i].message)->uid : i + 1, most = uid ? max_uid(q) : view;
    if (!u) return MAYBE;
    int had = seq_set_has(&set, u, most);
    if (q->r->mode == SERVE || !grows(q)) return had;
    int later = seq_set_has(&set, u, UINT32_MAX), as_last = q->grows == ANNOUNCED ? seq_set_has(&set, u, u) : had;
    return had == later && had == as_last ? had : MAYBE;
}

/* The day of the INTERNALDATE, whatever its zone (RFC 3501 6.4.4). */
static int date_key(const struct search *q, unsigned i, int kind, uint32_t node) {
    char buf[40];
    if (q->r->mode != SERVE) return MAYBE;
    uint32_t want = date_day(argument(q, node, 0));
    uint32_t day = date_day(message_date(q->r, w_view(q->r->w, (unsigned)q->s->session)[i].message, buf));
    return want && day && (kind == SK_BEFORE ? day < want : kind == SK_ON ? day == want : day >= want);
}

static int keys(struct search *q, unsigned i, uint32_t node);

static int key(struct search *q, unsigned i, uint32_t node) {
    const struct node *n = &q->s->nodes->v[node];
    int kind = (int)n->number;
    switch (kind) {
    case SK_ALL: return YES;
    case SK_ANSWERED: case SK_DELETED: case SK_DRAFT: case SK_FLAGGED: case SK_SEEN: return flag_key(q, i, flag_of(kind).flag);
    case SK_UNANSWERED: case SK_UNDELETED: case SK_UNDRAFT: case SK_UNFLAGGED: case SK_UNSEEN:
        return invert(flag_key(q, i, flag_of(kind).flag));
    case SK_KEYWORD: return flag_key(q, i, world_flag(q->r->w, argument(q, node, 0)));
    case SK_UNKEYWORD: return invert(flag_key(q, i, world_flag(q->r->w, argument(q, node, 0))));
    case SK_NOT: return invert(key(q, i, n->child));
    case SK_OR: return either(key(q, i, n->child), key(q, i, q->s->nodes->v[n->child].next));
    case SK_AND: return keys(q, i, n->child);
    case SK_SEQUENCE: return set_key(q, i, false, n->str.s);
    case SK_UID: return set_key(q, i, true, argument(q, node, 0));
    case SK_LARGER: case SK_SMALLER: return size_key(q, i, kind, node);
    case SK_BODY: case SK_TEXT: case SK_SUBJECT: case SK_FROM: case SK_TO: case SK_CC: case SK_BCC: case SK_HEADER:
        return content_key(q, i, kind, node);
    case SK_SENTBEFORE: case SK_SENTON: case SK_SENTSINCE: return content_key(q, i, kind, node);
    case SK_BEFORE: case SK_ON: case SK_SINCE: return date_key(q, i, kind, node);
    case SK_RECENT: case SK_NEW: return q->r->mode == SERVE ? NO : MAYBE; /* it calls no message \Recent */
    case SK_OLD: return q->r->mode == SERVE ? YES : MAYBE;
    default: return MAYBE;
    }
}

static int keys(struct search *q, unsigned i, uint32_t node) {
    int v = YES;
    for (; node; node = q->s->nodes->v[node].next) v = both(v, key(q, i, node));
    return v;
}

/* A sequence set in the keys that reaches beyond the view (T-MAP-9). */
static void find_beyond(struct search *q, uint32_t node) {
    unsigned view = w_session(q->r->w, (unsigned)q->s->session)->view;
    for (; node; node = q->s->nodes->v[node].next) {
        const struct node *n = &q->s->nodes->v[node];
        struct seq_set set;
        if (n->number == SK_NOT || n->number == SK_OR || n->number == SK_AND) find_beyond(q, n->child);
        if (n->number != SK_SEQUENCE || !seq_set_parse(n->str.s, true, &set)) continue;
        for (unsigned k = 1; k <= view; k++) q->inside |= seq_set_has(&set, k, view);
        for (uint32_t k = 0; k < set.n; k++) {
            if ((set.r[k].lo == SEQ_STAR || set.r[k].hi == SEQ_STAR) && !view) q->s->beyond = q->s->star = 1;
            if ((set.r[k].lo != SEQ_STAR && set.r[k].lo > view) || (set.r[k].hi != SEQ_STAR && set.r[k].hi > view))
                q->s->beyond = 1;
        }
    }
}

static bool beyond(struct run *r, struct step *s, bool inside) {
    int f[2] = {2, s->star ? 2 : inside};
    uint32_t context = point_context(P_RANGE_BEYOND, 2, f);
    if (r->mode == SERVE) {
        const struct answer *a = run_serve_answer(r, P_RANGE_BEYOND, context);
        if (answer_has(a, OP_VALID_PART)) return false;
        s->word = a->reply;
        s->text = a->text;
        s->refused = 1;
        return true;
    }
    if (s->word == REPLY_OK) {
        run_note_point(r, V_UNDOCUMENTED, s, P_RANGE_BEYOND, context, "OK with the valid part", "T-MAP-9",
                       "numbers beyond the view are ignored");
        return false;
    }
    run_note_point(r, V_CONFORMS, s, P_RANGE_BEYOND, context, s->word == REPLY_BAD ? "BAD" : "NO", "T-MAP-9", "");
    s->refused = s->judged = 1;
    return true;
}

int search_matches(struct run *r, struct step *s, unsigned i) {
    struct search q = {.r = r, .s = s, .max_uid = UINT32_MAX, .grows = ANNOUNCED};
    return keys(&q, i, s->c->search);
}

/* Every message of the view, by the keys from `first` on. */
static void try_each(struct search *q, uint32_t first, unsigned n) {
    struct step *s = q->s;
    const struct wview *v = w_view(q->r->w, (unsigned)s->session);
    bool one = first && !s->nodes->v[first].next; /* as a rule there is a single key */
    for (unsigned i = 0; i < n; i++) {
        int hit = one ? key(q, i, first) : keys(q, i, first);
        uint8_t dead = w_message(q->r->w, v[i].message)->dead;
        q->r->target[s->first + i] = (struct target){.m = v[i].message, .seq = (uint16_t)(i + 1), .dead = dead, .hit = (uint8_t)hit};
        s->some_dead |= dead;
    }
}

/* The same for a single key that asks for a flag of what is so, which is asked more often than any other. */
static void try_flag(struct search *q, struct flag_wanted want, unsigned n) {
    const struct world *w = q->r->w;
    const struct wview *v = w_view(w, (unsigned)q->s->session);
    const struct wmessage *message = w_message(w, 0);
    const struct wversion *version = w_version(w, 0);
    struct target *t = &q->r->target[q->s->first];
    uint8_t some_dead = 0;
    for (unsigned i = 0; i < n; i++) {
        const struct wmessage *g = &message[v[i].message];
        bool set = (version[g->last].flags & want.flag) != 0;
        t[i] = (struct target){.m = v[i].message, .seq = (uint16_t)(i + 1), .dead = g->dead,
                               .hit = g->flags_unknown ? MAYBE : set == want.set};
        some_dead |= g->dead;
    }
    q->s->some_dead |= some_dead;
}

void act_search(struct run *r, struct step *s) {
    struct wsession *w = step_session(r, s);
    struct search q = {.r = r, .s = s};
    find_beyond(&q, s->c->search);
    if (s->beyond && beyond(r, s, q.inside)) return;
    if (!says(r, s, REPLY_OK, "Searched")) {
        if (s->c->charset.n && s->word == REPLY_NO) {
            s->refused = s->judged = 1; /* RFC 3501 6.4.4: an unknown charset */
            return;
        }
        refuse_undocumented(r, s, "SEARCH was refused");
        return;
    }
    s->first = (uint16_t)r->targets;
    s->targets = 0;
    const unsigned view = w->view, left = RUN_TARGETS - r->targets;
    const uint32_t first = s->c->search;
    s->targets = (uint16_t)(view < left ? view : left);
    struct flag_wanted want = first && !s->nodes->v[first].next ? flag_of((int)s->nodes->v[first].number) : (struct flag_wanted){0, false};
    if (r->mode == SERVE && want.flag)
        try_flag(&q, want, s->targets);
    else
        try_each(&q, first, s->targets);
    r->targets += s->targets;
    if (view > left) {
        r->capped = true;
        return;
    }
    int f[2] = {s->c->uid, q.content};
    s->context = point_context(P_SEARCH_EXPUNGED, 2, f);
}
