/* hear_fetch.c: matches the data of a FETCH response with what the session may be told of that message. */
#include "step.h"

#include <string.h>

uint32_t item_key(uint8_t att, struct slice section, bool has_origin, uint32_t origin) {
    uint8_t buf[300];
    uint32_t n = 0;
    for (uint32_t i = 0; i < section.n && n < sizeof buf; i++)
        if (section.p[i] != '"') buf[n++] = (uint8_t)(section.p[i] >= 'a' && section.p[i] <= 'z' ? section.p[i] - 32 : section.p[i]);
    uint32_t h = hash_octets(buf, n) * 31u + att;
    return has_origin ? h * 31u + origin + 7u : h;
}

static unsigned saw_hash(int session, uint16_t m, uint32_t key) {
    return (key ^ m * 2654435761u ^ (unsigned)session << 5) >> 3 & (SAW_BUCKETS - 1);
}

void add_saw(struct run *r, const struct saw *s) {
    if (r->saws >= RUN_SAW) {
        r->capped = true;
        return;
    }
    if (!r->saws) memset(r->saw_bucket, 0, sizeof r->saw_bucket);
    uint32_t *bucket = &r->saw_bucket[saw_hash(s->session, s->m, s->key)];
    r->saw[r->saws] = *s;
    r->saw[r->saws].chain = *bucket;
    *bucket = ++r->saws;
}

const struct saw *find_saw_before(const struct run *r, int session, uint16_t m, uint32_t key, uint32_t event) {
    for (uint32_t i = r->saws ? r->saw_bucket[saw_hash(session, m, key)] : 0; i; i = r->saw[i - 1].chain) {
        const struct saw *s = &r->saw[i - 1];
        if (s->m == m && s->key == key && s->session == session && (!event || s->event < event)) return s;
    }
    return NULL;
}

const struct saw *find_saw(const struct run *r, int session, uint16_t m, uint32_t key) {
    return find_saw_before(r, session, m, key, 0);
}

static bool contains(struct slice hay, struct slice needle) {
    return needle.n && hay.n >= needle.n && hay.p && memmem(hay.p, hay.n, needle.p, needle.n);
}

/* Does the octets' mark belong to another message that we know? Then it is that one's data. A message of a mailbox of
 * unknown content may itself be a copy of any. */
static bool anothers(const struct run *r, uint16_t m, struct slice data) {
    const struct content_ops *o = r->content;
    if (!w_content(r->w, w_message(r->w, m)->content)->id) return false;
    for (unsigned c = 1; c < r->w->contents; c++) {
        uint32_t id = w_content(r->w, c)->id;
        if (!id || c == w_message(r->w, m)->content || id == w_content(r->w, w_message(r->w, m)->content)->id) continue;
        if (contains(data, o->mark(o->self, id))) return true;
    }
    return false;
}

/* A value that is bound at its first observation and compared after. */
static enum said bound(uint32_t *slot, uint32_t hash, bool empty, bool dead) {
    if (*slot == hash) return SAID_TRUE;
    if (empty) return SAID_EMPTY;
    if (*slot) return dead ? SAID_OTHER : SAID_WRONG;
    *slot = hash;
    return SAID_TRUE;
}

static struct slice our_section(const struct run *r, const struct wcontent *c, const struct fetch_item *it, bool *have) {
    struct slice want = {(const uint8_t *)"", 0}, out = {0};
    if (it->att == ATT_BODY_SECTION) want = it->section;
    if (it->att == ATT_RFC822_HEADER) want = (struct slice){(const uint8_t *)"HEADER", 6};
    if (it->att == ATT_RFC822_TEXT) want = (struct slice){(const uint8_t *)"TEXT", 4};
    *have = c->id && r->content->section && r->content->section(r->content->self, c->id, want, &out);
    return out;
}

static enum said said_octets(struct run *r, uint16_t m, const struct fetch_item *it, const struct istring *v) {
    struct wmessage *g = w_message(r->w, m);
    struct wcontent *c = w_content(r->w, g->content);
    uint8_t buf[2048];
    struct slice got = v->s;
    if (v->kind == STR_QUOTED && v->escaped) {
        size_t n = istring_copy(v, buf, sizeof buf);
        if (n > sizeof buf) return SAID_TRUE; /* too long to compare */
        got = (struct slice){buf, (uint32_t)n};
    }
    bool have, whole = it->att == ATT_RFC822 || (it->att == ATT_BODY_SECTION && !it->section.n);
    struct slice ours = our_section(r, c, it, &have);
    if (have && it->has_origin) { /* a partial has at most the octets from its origin on */
        ours.p += it->origin < ours.n ? it->origin : ours.n;
        ours.n -= it->origin < ours.n ? it->origin : ours.n;
        if (!got.n && !ours.n) return g->dead ? SAID_EITHER : SAID_TRUE;
        if (got.n && got.n <= ours.n && memcmp(got.p, ours.p, got.n) == 0) return SAID_TRUE;
    } else if (have && slice_equal(got, ours)) {
        if (whole && c->same != 1) c->same = 1;
        return g->dead && !got.n ? SAID_EITHER : SAID_TRUE;
    }
    if (anothers(r, m, got)) return SAID_WRONG;
    bool header = it->att == ATT_RFC822_HEADER || slice_is_nocase(it->section, "HEADER");
    /* A message that we do not know may have no body, or end before the origin (R3501-6.4.5). */
    bool bare = !c->id && !g->dead && v->kind != STR_NIL && ((!whole && !header) || (it->has_origin && it->origin));
    if ((!got.n && !bare) || v->kind == STR_NIL) return SAID_EMPTY;
    if (!have && c->id) return SAID_TRUE; /* a part that the message has not: anything */
    if (it->has_origin || c->same == 2) return SAID_TRUE;
    if (c->same == 1) return g->dead ? SAID_OTHER : SAID_WRONG;
    /* The server stored other octets than we sent: they are its own, bound now. */
    uint32_t *slot = whole ? &c->whole : header ? &c->header
                     : it->att == ATT_RFC822_TEXT || slice_is_nocase(it->section, "TEXT") ? &c->body : NULL;
    if (c->id && !contains(got, r->content->mark(r->content->self, c->id)) && whole) return SAID_WRONG;
    return slot ? bound(slot, hash_octets(got.p, got.n), false, g->dead) : SAID_TRUE;
}

static bool all_nil(const struct node_pool *nodes, uint32_t first) {
    for (; first; first = nodes->v[first].next)
        if (nodes->v[first].kind != NODE_NIL) return false;
    return true;
}

static enum said said_envelope(struct run *r, uint16_t m, const struct node_pool *nodes, uint32_t value) {
    struct wmessage *g = w_message(r->w, m);
    struct wcontent *c = w_content(r->w, g->content);
    const struct node *list = &nodes->v[value];
    bool unmarked = !c->id || !r->content->mark(r->content->self, c->id).n, bare = !g->dead && unmarked; /* it may be without such fields */
    if (g->dead && c->id && unmarked && list->kind == NODE_LIST && all_nil(nodes, list->child)) return SAID_EITHER;
    if (list->kind != NODE_LIST || (!bare && all_nil(nodes, list->child))) return SAID_EMPTY; /* MAP-4.1.3-e1 */
    uint32_t subject = nodes->v[list->child].next;
    if (c->id && subject) {
        uint8_t buf[256];
        size_t n = istring_copy(&nodes->v[subject].str, buf, sizeof buf);
        struct slice mark = r->content->mark(r->content->self, c->id);
        if (mark.n && n <= sizeof buf && !slice_equal((struct slice){buf, (uint32_t)n}, mark))
            return anothers(r, m, (struct slice){buf, (uint32_t)n}) || !g->dead ? SAID_WRONG : SAID_OTHER;
    }
    return bound(&c->envelope, hash_octets(list->str.s.p, list->str.s.n), false, g->dead);
}

static enum said said_structure(struct run *r, uint16_t m, const struct node_pool *nodes, uint32_t value, bool extensible) {
    struct wmessage *g = w_message(r->w, m);
    struct wcontent *c = w_content(r->w, g->content);
    const struct node *list = &nodes->v[value];
    unsigned zeros = 0;
    for (uint32_t i = list->child; i; i = nodes->v[i].next) zeros += nodes->v[i].kind == NODE_NUMBER && nodes->v[i].number == 0;
    bool empty = list->kind != NODE_LIST || zeros >= 2; /* MAP-4.1.3-e8, -e9: size 0, lines 0 */
    bool have;
    struct slice text = our_section(r, c, &(struct fetch_item){.att = ATT_RFC822_TEXT}, &have);
    if (have && !text.n && empty && g->dead) return SAID_EITHER;
    if (have && !text.n) empty = false; /* a message without a body has just that */
    uint32_t *slot = extensible ? &c->bodystructure : &c->structure;
    if (empty && !*slot && !g->dead && c->id == 0) return SAID_TRUE;
    return bound(slot, hash_octets(list->str.s.p, list->str.s.n), empty, g->dead);
}

/* ---- flags ---- */

static uint32_t told_flags(struct run *r, const struct node_pool *nodes, uint32_t first, bool *all) {
    uint32_t flags = 0;
    for (; first; first = nodes->v[first].next) {
        uint32_t bit = world_flag(r->w, nodes->v[first].str.s);
        if (!bit) {
            if (r->w->keywords < WORLD_KEYWORDS && nodes->v[first].str.s.n <= KEYWORD_MAX) r->full = true;
            *all = false;
        }
        flags |= bit;
    }
    return flags & ~(uint32_t)FLAG_RECENT;
}

static void wrong_flags(struct run *r, const struct heard *h, uint16_t m, uint32_t flags, uint16_t floor) {
    bool older = false;
    for (uint16_t v = w_message(r->w, m)->first; v && v != floor; v = w_version(r->w, v)->next)
        older |= w_version(r->w, v)->flags == flags;
    bool read_only = w_message(r->w, m)->read_only;
    struct pending_note *n =
        read_only ? run_note(r, V_VIOLATES, h->session, h->event, "R3501-6.3.2 MAP-I10", "STORE in a read-only mailbox changes flags")
        : run_note(r, V_VIOLATES, h->session, h->event, older ? "MAP-I10 R3501-7.4.2" : "MAP-I10 MAP-I2 R3501-7.4.2",
                 older ? "flags older than those that this session was told or wrote" : "flags that the message never had");
    run_note_more(n, run_say(r, "flags %#x of message %u", flags, h->r->number),
                  run_say(r, "flags %#x or newer", w_version(r->w, floor)->flags));
    w_message(r->w, m)->flags_unknown = 1;
}

static enum said said_flags(struct run *r, const struct heard *h, uint16_t m, uint32_t list, uint32_t *flags) {
    struct wmessage *g = w_message(r->w, m);
    struct wview *v = &w_view(r->w, (unsigned)h->session)[h->r->number - 1];
    bool all = true;
    *flags = told_flags(r, h->nodes, list, &all);
    if (!all || r->full || w_session(r->w, (unsigned)h->session)->doom) return SAID_TRUE;
    v->told = 1;
    if (g->flags_unknown) {
        g->flags_unknown = 0;
        if (!world_set_flags(r->w, m, *flags)) r->full = true;
        v->floor = w_message(r->w, m)->last;
        return SAID_TRUE;
    }
    if (g->dead) {
        for (uint16_t k = g->first; k; k = w_version(r->w, k)->next)
            if (w_version(r->w, k)->flags == *flags) return SAID_TRUE;
        return *flags ? SAID_OTHER : SAID_EMPTY;
    }
    for (uint16_t k = v->floor; k; k = w_version(r->w, k)->next)
        if (w_version(r->w, k)->flags == *flags) {
            v->floor = k;
            return SAID_TRUE;
        }
    wrong_flags(r, h, m, *flags, v->floor);
    return SAID_TRUE; /* reported; the required data did come */
}

/* ---- UID, size, date ---- */

static enum said said_uid(struct run *r, const struct heard *h, uint16_t m, uint64_t uid) {
    struct wmessage *g = w_message(r->w, m);
    struct wbox *b = w_box(r->w, g->box);
    if (g->uid == uid) return SAID_TRUE;
    if (g->uid) {
        run_note_more(run_note(r, V_VIOLATES, h->session, h->event, "MAP-I8 MAP-I2", "a message's UID changes, or it is another message's"),
                      run_say(r, "UID %u", (unsigned)uid), run_say(r, "UID %u", g->uid));
        w_session(r->w, (unsigned)h->session)->loose = 1;
        return SAID_TRUE;
    }
    if (!world_set_uid(r->w, m, (uint32_t)uid))
        run_note(r, V_VIOLATES, h->session, h->event, "MAP-I8 R3501-2.3.1.1", "UIDs do not ascend with the sequence numbers");
    else if (b->validity && b->validity == b->forbidden_validity && uid <= b->forbidden_uid)
        run_note(r, V_VIOLATES, h->session, h->event, "MAP-I8 R3501-2.3.1.1", "a mailbox made anew uses old UIDs under the old UIDVALIDITY");
    return SAID_TRUE;
}

static enum said said_item(struct run *r, const struct heard *h, uint16_t m, const struct fetch_item *it, uint32_t *flags) {
    struct wmessage *g = w_message(r->w, m);
    const struct node *v = &h->nodes->v[it->value];
    switch (it->att) {
    case ATT_UID: return said_uid(r, h, m, it->number);
    case ATT_FLAGS: return said_flags(r, h, m, it->value, flags);
    case ATT_INTERNALDATE: {
        struct slice d = v->str.s;
        return bound(&g->date, hash_octets(d.p, d.n), d.n > 6 && memcmp(d.p, "00-Jan-", 7) == 0, g->dead);
    }
    case ATT_RFC822_SIZE: {
        struct wcontent *c = w_content(r->w, g->content);
        return bound(&c->size, (uint32_t)it->number, it->number == 0, g->dead);
    }
    case ATT_RFC822: case ATT_RFC822_HEADER: case ATT_RFC822_TEXT: case ATT_BODY_SECTION:
        return said_octets(r, m, it, &v->str);
    case ATT_ENVELOPE: return said_envelope(r, m, h->nodes, it->value);
    case ATT_BODY: return said_structure(r, m, h->nodes, it->value, false);
    case ATT_BODYSTRUCTURE: return said_structure(r, m, h->nodes, it->value, true);
    default: return SAID_TRUE;
    }
}

static const char *const item_names[ATT_COUNT] = {
    "UID", "FLAGS", "INTERNALDATE", "RFC822", "RFC822.HEADER", "RFC822.SIZE", "RFC822.TEXT", "ENVELOPE", "BODY",
    "BODYSTRUCTURE", "BODY[]", "MODSEQ", "data"};

static void report(struct run *r, const struct heard *h, uint16_t m, const struct fetch_item *it, enum said said) {
    bool dead = w_message(r->w, m)->dead, doomed = w_session(r->w, (unsigned)h->session)->doom;
    if (said == SAID_WRONG || (said == SAID_EMPTY && !dead && !doomed)) {
        struct pending_note *n = run_note(r, V_VIOLATES, h->session, h->event, said == SAID_WRONG ? "MAP-I2" : "MAP-I2 R3501-6.4.5",
                                          said == SAID_WRONG ? "FETCH returns data that is not this message's"
                                                             : "FETCH returns empty data for a message that lives");
        run_note_more(n, run_say(r, "%s of message %u", item_names[it->att], h->r->number), "its own data [MAP-I2]");
    }
}

void hear_fetch(struct run *r, const struct heard *h) {
    struct wsession *s = w_session(r->w, (unsigned)h->session);
    if (s->state != SES_SELECTED || h->r->number < 1 || h->r->number > s->view) {
        struct pending_note *n = run_note(r, V_VIOLATES, h->session, h->event, "MAP-I7 MAP-I1",
                                          "FETCH response with a number beyond the view");
        run_note_more(n, run_say(r, "FETCH %u", h->r->number), run_say(r, "1 to %u", s->view));
        return;
    }
    uint16_t m = w_view(r->w, (unsigned)h->session)[h->r->number - 1].message;
    if (!(h->kinds & HEARD_FETCH)) {
        int when = h->idle != 0;
        struct pending_note *n = run_note(r, V_CONFORMS, h->session, h->event, point_cites(P_FETCH_UNSOLICITED), "");
        n->point = P_FETCH_UNSOLICITED;
        n->context = point_context(P_FETCH_UNSOLICITED, 1, &when);
        n->answer = "told";
    }
    for (uint32_t i = 0; i < h->r->items && !r->full; i++) {
        const struct fetch_item *it = &h->r->item[i];
        uint32_t flags = 0;
        enum said said = said_item(r, h, m, it, &flags);
        report(r, h, m, it, said);
        if (s->loose) return;
        add_saw(r, &(struct saw){.m = m, .session = (uint8_t)h->session, .said = (uint8_t)said, .flags = flags,
                                         .key = item_key(it->att, it->section, it->has_origin, it->origin), .event = h->event});
    }
}
