/* world.c: layout, forks and the small changes that every command is made of. */
#include "world.h"

#include <assert.h>
#include <string.h>

const struct world_caps world_caps_small = {6, 10, 48, 28, 112, 16, 40, 640};

static uint32_t align8(size_t n) { return (uint32_t)((n + 7) & ~(size_t)7); }

static void offsets(struct world *w, const struct world_caps *c) {
    uint32_t at = align8(sizeof(struct world));
    w->cap = *c;
    w->o_session = at;
    at += align8(c->sessions * sizeof(struct wsession));
    w->o_box = at;
    at += align8(c->boxes * sizeof(struct wbox));
    w->o_message = at;
    at += align8(c->messages * sizeof(struct wmessage));
    w->o_version = at;
    at += align8(c->versions * sizeof(struct wversion));
    w->o_name = at;
    at += align8(c->names * sizeof(struct wname));
    w->o_content = at;
    at += align8(c->contents * sizeof(struct wcontent));
    w->o_view = at;
    at += align8((size_t)c->sessions * c->view * sizeof(struct wview));
    w->o_text = at;
    at += align8(c->text);
    w->size = at;
}

size_t world_size(const struct world_caps *caps) {
    struct world w;
    offsets(&w, caps);
    return w.size;
}

void world_init(struct world *w, const struct world_caps *caps) {
    size_t size = world_size(caps);
    memset(w, 0, size);
    offsets(w, caps);
    w->boxes = w->messages = w->versions = w->names = w->contents = 1;
    w->text = 1;
}

void world_copy_into(struct world *b, const struct world_caps *caps, const struct world *f) {
    world_init(b, caps);
    struct world head = *b;
    *b = *f;
    offsets(b, caps);
    assert(b->size == head.size);
    for (unsigned i = 0; i < f->cap.sessions; i++) {
        *w_session(b, i) = *w_session(f, i);
        memcpy(w_view(b, i), w_view(f, i), f->cap.view * sizeof(struct wview));
    }
    memcpy(w_box(b, 0), w_box(f, 0), f->boxes * sizeof(struct wbox));
    memcpy(w_message(b, 0), w_message(f, 0), f->messages * sizeof(struct wmessage));
    memcpy(w_version(b, 0), w_version(f, 0), f->versions * sizeof(struct wversion));
    memcpy(w_name(b, 0), w_name(f, 0), f->names * sizeof(struct wname));
    memcpy(w_content(b, 0), w_content(f, 0), f->contents * sizeof(struct wcontent));
    memcpy(w_text(b, 0), w_text(f, 0), f->text);
}

static bool twice(uint16_t *v, unsigned used) {
    if (used * 4u < *v * 3u) return true;
    if (*v > 30000) return false;
    *v = (uint16_t)(*v * 2);
    return true;
}

bool world_more(struct world_caps *c, const struct world *w) {
    unsigned view = 0;
    struct world_caps old = *c;
    for (unsigned i = 0; i < w->cap.sessions; i++)
        if (w_session(w, i)->view > view) view = w_session(w, i)->view;
    bool ok = twice(&c->boxes, w->boxes) && twice(&c->messages, w->messages) && twice(&c->versions, w->versions) &&
              twice(&c->names, w->names) && twice(&c->contents, w->contents) && twice(&c->view, view);
    if (w->text * 4u >= c->text * 3u) c->text *= 2;
    if (ok && memcmp(&old, c, sizeof old) == 0) { /* one large request: everything grows */
        if (c->messages > 15000 || c->view > 15000 || c->versions > 15000) return false;
        c->messages = (uint16_t)(c->messages * 2);
        c->view = (uint16_t)(c->view * 2);
        c->versions = (uint16_t)(c->versions * 2);
        c->text *= 2;
        c->boxes = (uint16_t)(c->boxes * 2);
        c->names = (uint16_t)(c->names * 2);
        c->contents = (uint16_t)(c->contents * 2);
    }
    return ok && c->text < (1u << 24);
}

static uint64_t mix(uint64_t h, const void *p, size_t n) {
    const uint8_t *s = p;
    for (; n >= 8; n -= 8, s += 8) {
        uint64_t v;
        memcpy(&v, s, 8);
        h = (h ^ v) * 0x9E3779B97F4A7C15u;
        h ^= h >> 29;
    }
    for (; n; n--, s++) h = (h ^ *s) * 0x100000001B3u;
    return h ^ (h >> 32);
}

uint64_t world_hash(const struct world *w) {
    uint64_t h = 0x1234567;
    h = mix(h, w_box(w, 0), w->boxes * sizeof(struct wbox));
    h = mix(h, w_message(w, 0), w->messages * sizeof(struct wmessage));
    h = mix(h, w_version(w, 0), w->versions * sizeof(struct wversion));
    h = mix(h, w_name(w, 0), w->names * sizeof(struct wname));
    h = mix(h, w_content(w, 0), w->contents * sizeof(struct wcontent));
    for (unsigned i = 0; i < w->cap.sessions; i++) {
        h = mix(h, w_session(w, i), sizeof(struct wsession));
        h = mix(h, w_view(w, i), w_session(w, i)->view * sizeof(struct wview));
    }
    return mix(h, &w->separator, 2);
}

uint32_t hash_octets(const void *p, size_t n) {
    uint64_t h = mix(n + 1, p, n);
    uint32_t r = (uint32_t)(h ^ (h >> 32));
    return r ? r : 1;
}

/* ---- names and mailboxes ---- */

bool name_is_inbox(struct slice n) { return slice_is_nocase(n, "INBOX"); }

uint16_t world_find_name(const struct world *w, uint8_t user, struct slice name) {
    bool inbox = name_is_inbox(name);
    for (unsigned i = 1; i < w->names; i++) {
        const struct wname *n = w_name(w, i);
        if (n->user != user || n->len != name.n) continue;
        if (inbox ? name_is_inbox((struct slice){(uint8_t *)w_text(w, n->text), n->len})
                  : memcmp(w_text(w, n->text), name.p, name.n) == 0)
            return (uint16_t)i;
    }
    return 0;
}

static uint32_t add_text(struct world *w, const void *p, size_t n) {
    if (w->text + n + 1 > w->cap.text) {
        w->text = w->cap.text; /* so that world_more sees what was short */
        return 0;
    }
    uint32_t at = w->text;
    memcpy(w_text(w, at), p, n);
    w_text(w, at)[n] = 0;
    w->text += (uint32_t)n + 1;
    return at;
}

uint16_t world_name(struct world *w, uint8_t user, struct slice name) {
    uint16_t i = world_find_name(w, user, name);
    if (i) return i;
    if (!w->free_names && w->names >= w->cap.names) return 0;
    uint32_t at = add_text(w, name.p, name.n);
    if (!at) return 0;
    if (w->free_names) {
        i = w->free_name;
        w->free_name = w_name(w, i)->newname;
        w->free_names--;
    } else
        i = w->names++;
    struct wname *n = w_name(w, i);
    *n = (struct wname){.text = at, .len = (uint16_t)name.n, .user = user};
    if (name_is_inbox(name)) n->exists = NAME_YES;
    return i;
}

struct slice world_name_text(const struct world *w, uint16_t name) {
    const struct wname *n = w_name(w, name);
    return (struct slice){(uint8_t *)w_text(w, n->text), n->len};
}

uint16_t world_add_box(struct world *w, uint16_t name, uint8_t state) {
    uint16_t i = 0;
    for (unsigned k = 1; k < w->boxes && !i; k++)
        if (!w_box(w, k)->used) i = (uint16_t)k;
    if (!i) {
        if (w->boxes >= w->cap.boxes) return 0;
        i = w->boxes++;
    }
    struct wname *n = w_name(w, name);
    *w_box(w, i) = (struct wbox){.name = name, .state = state, .used = 1, .uidnext = 1,
                                 .forbidden_validity = n->last_validity, .forbidden_uid = n->last_uid};
    if (state == BOX_LIVE) {
        n->box = i;
        n->exists = NAME_YES;
        n->newname = 0;
    }
    return i;
}

unsigned world_visitors(const struct world *w, uint16_t box, int except) {
    unsigned n = 0;
    for (unsigned i = 0; i < w->cap.sessions; i++)
        if (w_session(w, i)->state == SES_SELECTED && w_session(w, i)->box == box && (int)i != except) n++;
    return n;
}

void world_leave(struct world *w, unsigned session) {
    struct wsession *s = w_session(w, session);
    uint16_t box = s->box;
    s->box = s->view = s->announced = s->was = 0;
    s->doom = DOOM_NONE;
    s->maker = s->stays = s->loose = s->read_only = s->owes = s->unproven = 0;
    memset(w_view(w, session), 0, w->cap.view * sizeof(struct wview));
    if (s->state == SES_SELECTED) s->state = SES_AUTH;
    /* MAP-3.2-b: the last visitor's end is the ghost's. */
    if (box && w_box(w, box)->state != BOX_LIVE && !world_visitors(w, box, -1)) w_box(w, box)->state = BOX_DEAD;
}

/* ---- messages ---- */

uint16_t world_add_content(struct world *w, uint32_t id) {
    uint16_t i = w->free_content;
    if (i) {
        w->free_content = (uint16_t)w_content(w, i)->id;
        w->free_contents--;
    } else if (w->contents < w->cap.contents)
        i = w->contents++;
    else
        return 0;
    *w_content(w, i) = (struct wcontent){.id = id};
    return i;
}

static uint16_t add_version(struct world *w, uint32_t flags) {
    uint16_t i = w->free_version;
    if (i) {
        w->free_version = w_version(w, i)->next;
        w->free_versions--;
    } else if (w->versions < w->cap.versions)
        i = w->versions++;
    else
        return 0;
    *w_version(w, i) = (struct wversion){.flags = flags, .used = 1};
    return i;
}

static uint16_t new_message(struct world *w) {
    uint16_t i = w->free_message;
    if (i) {
        w->free_message = w_message(w, i)->next;
        w->free_messages--;
        return i;
    }
    return w->messages < w->cap.messages ? w->messages++ : 0;
}

uint16_t world_add_message(struct world *w, uint16_t box, uint16_t content, uint32_t flags) {
    uint16_t i = new_message(w), v = i ? add_version(w, flags) : 0;
    if (!i || !v) return 0;
    struct wbox *b = w_box(w, box);
    *w_message(w, i) = (struct wmessage){.box = box, .content = content, .first = v, .last = v, .used = 1};
    if (b->last)
        w_message(w, b->last)->next = i;
    else
        b->first = i;
    b->last = i;
    b->created++;
    b->held++;
    b->changes++;
    return i;
}

uint32_t world_flags(const struct world *w, uint16_t m) { return w_version(w, w_message(w, m)->last)->flags; }

bool world_set_flags(struct world *w, uint16_t m, uint32_t flags) {
    struct wmessage *g = w_message(w, m);
    if (w_version(w, g->last)->flags == flags) return true;
    uint16_t v = add_version(w, flags);
    if (!v) return false;
    w_version(w, g->last)->next = v;
    g->last = v;
    struct wbox *b = w_box(w, g->box);
    b->changes++;
    b->flagged[b->flaggings++ % BOX_FLAGGED] = m;
    return true;
}

uint32_t world_flag(struct world *w, struct slice name) {
    static const char *const system[] = {"\\Answered", "\\Flagged", "\\Deleted", "\\Seen", "\\Draft", "\\Recent"};
    for (unsigned i = 0; i < 6; i++)
        if (slice_is_nocase(name, system[i])) return 1u << i;
    for (unsigned i = 0; i < w->keywords; i++)
        if (slice_is_nocase(name, w_text(w, w->keyword[i]))) return (uint32_t)FLAG_KEYWORD0 << i;
    if (w->keywords >= WORLD_KEYWORDS || name.n > KEYWORD_MAX) return 0;
    uint32_t at = add_text(w, name.p, name.n);
    if (!at) return 0;
    w->keyword[w->keywords] = at;
    return (uint32_t)FLAG_KEYWORD0 << w->keywords++;
}

void world_kill(struct world *w, uint16_t m) {
    w_message(w, m)->dead = 1;
    struct wbox *b = w_box(w, w_message(w, m)->box);
    b->changes++;
    b->deaths++;
}

bool world_set_uid(struct world *w, uint16_t m, uint32_t uid) {
    struct wmessage *g = w_message(w, m);
    struct wbox *b = w_box(w, g->box);
    bool before = true, ok = true;
    for (uint16_t i = b->first; i; i = w_message(w, i)->next) {
        uint32_t u = w_message(w, i)->uid;
        if (i == m)
            before = false;
        else if (u && (before ? u >= uid : u <= uid))
            ok = false;
    }
    g->uid = uid;
    if (uid >= b->uidnext) b->uidnext = uid + 1;
    return ok;
}

unsigned world_living(const struct world *w, uint16_t box) {
    unsigned n = 0;
    for (uint16_t i = w_box(w, box)->first; i; i = w_message(w, i)->next) n += !w_message(w, i)->dead;
    return n;
}

/* ---- views ---- */

int world_view_find(const struct world *w, unsigned session, uint16_t m) {
    const struct wview *v = w_view(w, session);
    for (unsigned i = 0; i < w_session(w, session)->view; i++)
        if (v[i].message == m) return (int)i;
    return -1;
}

int world_view_at(const struct world *w, unsigned session, uint16_t m, unsigned seq) {
    if (seq && seq <= w_session(w, session)->view && w_view(w, session)[seq - 1].message == m) return (int)seq - 1;
    return world_view_find(w, session, m);
}

bool world_view_add(struct world *w, unsigned session, uint16_t m, uint16_t floor) {
    struct wsession *s = w_session(w, session);
    if (s->view >= w->cap.view) return false;
    w_view(w, session)[s->view++] = (struct wview){m, floor, 0};
    s->announced = m;
    return true;
}

void world_view_remove(struct world *w, unsigned session, unsigned i) {
    struct wsession *s = w_session(w, session);
    struct wview *v = w_view(w, session);
    assert(i < s->view);
    memmove(v + i, v + i + 1, (s->view - i - 1u) * sizeof *v);
    v[--s->view] = (struct wview){0, 0, 0};
}

/* ---- collection ---- */

bool world_has_room(const struct world *w, uint32_t text) {
    unsigned most = 0;
    for (unsigned i = 0; i < w->cap.sessions; i++)
        if (w_session(w, i)->view > most) most = w_session(w, i)->view;
    for (unsigned b = 1; b < w->boxes; b++) {
        if (w_box(w, b)->used && w_box(w, b)->held > most) most = w_box(w, b)->held;
    }
    most += 2;
    return w->cap.messages - w->messages + w->free_messages + 0u >= most &&
           w->cap.versions - w->versions + w->free_versions + 0u >= 2 * most &&
           w->cap.contents - w->contents + w->free_contents >= 2 && w->cap.view >= most && w->cap.boxes - w->boxes >= 2 &&
           w->cap.names >= 2 * (w->names - w->free_names) + 3 && w->cap.text - w->text >= text + 64;
}

static void give_version(struct world *w, uint16_t v) {
    *w_version(w, v) = (struct wversion){.next = w->free_version};
    w->free_version = v;
    w->free_versions++;
}

static void free_message(struct world *w, uint16_t m) {
    for (uint16_t v = w_message(w, m)->first, next; v; v = next) {
        next = w_version(w, v)->next;
        give_version(w, v);
    }
    *w_message(w, m) = (struct wmessage){.next = w->free_message};
    w->free_message = m;
    w->free_messages++;
}

/* Versions older than the oldest that any view may be told. */
static void trim_versions(struct world *w, uint16_t m) {
    struct wmessage *g = w_message(w, m);
    while (g->first != g->last && !w_version(w, g->first)->floor) {
        uint16_t old = g->first;
        g->first = w_version(w, old)->next;
        give_version(w, old);
    }
}

static void mark_views(struct world *w) {
    for (unsigned m = 1; m < w->messages; m++) w_message(w, m)->viewed = 0;
    for (unsigned v = 1; v < w->versions; v++) w_version(w, v)->floor = 0;
    for (unsigned s = 0; s < w->cap.sessions; s++)
        for (unsigned i = 0; i < w_session(w, s)->view; i++) {
            w_message(w, w_view(w, s)[i].message)->viewed = 1;
            w_version(w, w_view(w, s)[i].floor)->floor = 1;
        }
}

static void free_contents(struct world *w) {
    for (unsigned c = 1; c < w->contents; c++) w_content(w, c)->held = w_content(w, c)->held == 2 ? 2 : 0;
    for (unsigned m = 1; m < w->messages; m++)
        if (w_message(w, m)->used) w_content(w, w_message(w, m)->content)->held = 1;
    for (unsigned c = 1; c < w->contents; c++) {
        if (w_content(w, c)->held) continue;
        *w_content(w, c) = (struct wcontent){.id = w->free_content, .held = 2};
        w->free_content = (uint16_t)c;
        w->free_contents++;
    }
}

/* Names that no mailbox, subscription, session or hint has. */
static void free_names(struct world *w) {
    for (unsigned i = 1; i < w->names; i++) w_name(w, i)->held = 0;
    for (unsigned b = 1; b < w->boxes; b++) w_name(w, w_box(w, b)->used ? w_box(w, b)->name : 0)->held = 1;
    for (unsigned s = 0; s < w->cap.sessions; s++) w_name(w, w_session(w, s)->was)->held = 1;
    for (unsigned i = 1; i < w->names; i++) w_name(w, w_name(w, i)->user == USER_FREE ? 0 : w_name(w, i)->newname)->held = 1;
    for (unsigned i = 1; i < w->names; i++) {
        struct wname *n = w_name(w, i);
        if (n->held || n->box || n->newname || n->exists || n->subscribed || n->user == USER_FREE) continue;
        *n = (struct wname){.newname = w->free_name, .user = USER_FREE};
        w->free_name = (uint16_t)i;
        w->free_names++;
    }
}

void world_pack_text(struct world *w, char *spare) {
    uint32_t at = 1;
    spare[0] = 0;
    for (unsigned i = 1; i < w->names; i++) {
        struct wname *n = w_name(w, i);
        if (n->user == USER_FREE) continue;
        memcpy(spare + at, w_text(w, n->text), n->len + 1u);
        n->text = at;
        at += n->len + 1u;
    }
    for (unsigned i = 0; i < w->keywords; i++) {
        size_t n = strlen(w_text(w, w->keyword[i])) + 1;
        memcpy(spare + at, w_text(w, w->keyword[i]), n);
        w->keyword[i] = at;
        at += (uint32_t)n;
    }
    memcpy(w_text(w, 0), spare, at);
    w->text = at;
}

void world_collect(struct world *w) {
    mark_views(w);
    for (unsigned b = 1; b < w->boxes; b++) {
        struct wbox *box = w_box(w, b);
        uint16_t before = 0;
        for (uint16_t m = box->first, next; m; m = next) {
            next = w_message(w, m)->next;
            if ((w_message(w, m)->dead || box->state == BOX_DEAD) && !w_message(w, m)->viewed) {
                if (before)
                    w_message(w, before)->next = next;
                else
                    box->first = next;
                if (box->last == m) box->last = before;
                box->held--;
                free_message(w, m);
            } else {
                trim_versions(w, m);
                before = m;
            }
        }
        if (box->used && box->state == BOX_DEAD && !box->first && !world_visitors(w, (uint16_t)b, -1))
            *box = (struct wbox){0};
    }
    free_contents(w);
    free_names(w);
}

void world_trim(struct world *w) {
    mark_views(w);
    for (unsigned m = 1; m < w->messages; m++)
        if (w_message(w, m)->used && !w_message(w, m)->dead) trim_versions(w, (uint16_t)m);
}
