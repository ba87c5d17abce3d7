/* small_truth.c: hidden states by brute force; see small_truth.h. Includes nothing of the model. */
#include "small_truth.h"

#include <string.h>

#define BIT(m) ((uint8_t)(1u << (m)))

/* ---- flags ---- */

static bool truth(const struct small_state *s, int m) { return s->flag[m].bits >> (s->flag[m].n - 1) & 1; }
static bool knows(const struct small_state *s, int session, int m) {
    return s->flag[m].bits >> s->s[session].at[m] & 1;
}

static void change(struct small_state *s, int m, bool to) {
    if (truth(s, m) != to)
        s->flag[m].bits |= (uint8_t)(to << s->flag[m].n++);
}

/* ---- sets of states ---- */

/* What can no longer matter is made equal: the flags of the dead (any may be told of them: RFC 2180 4.1), and
 * changes that both sessions know. */
static void add(struct small_set *set, struct small_state s) {
    for (int m = 0; m < SMALL_MESSAGES; m++) {
        bool alive = s.alive & BIT(m);
        while (!alive ? s.flag[m].n > 0 : s.s[0].at[m] && s.s[1].at[m]) {
            s.flag[m].bits >>= 1;
            s.flag[m].n--;
            s.s[0].at[m] -= s.s[0].at[m] > 0;
            s.s[1].at[m] -= s.s[1].at[m] > 0;
        }
    }
    for (unsigned i = 0; i < set->n; i++)
        if (memcmp(&set->v[i], &s, sizeof s) == 0)
            return;
    if (set->n == SMALL_STATES)
        set->full = true;
    else
        set->v[set->n++] = s;
}

static bool in_view(const struct small_state *s, int session, int m) {
    for (unsigned i = 0; i < s->s[session].n; i++)
        if (s->s[session].view[i] == m)
            return true;
    return false;
}

/* ---- what happens unseen ---- */

/* A message that was announced while the command ran, in whose set its number lies: the server may mean it,
 * too. */
static bool announced_target(const struct small_set *set, const struct small_state *s, int m) {
    for (unsigned i = 0; i < s->s[set->session].n; i++)
        if (s->s[set->session].view[i] == m)
            return !(s->at_start & BIT(m)) && i + 1 >= set->command.lo &&
                   (i + 1 <= set->command.hi || !set->command.hi);
    return false;
}

/* RFC 3501 6.4.6: on OK the flag is set or cleared. Message by message, since nothing promises that it is one
 * act. */
static void effect_store(struct small_set *set, const struct small_state *from) {
    for (int m = 0; m < SMALL_MESSAGES; m++) {
        if (!(from->alive & BIT(m)) || from->done & BIT(m))
            continue;
        if (!(from->targets & BIT(m)) && !announced_target(set, from, m))
            continue;
        struct small_state s = *from;
        if (truth(&s, m) == set->command.remove)
            s.changed |= BIT(m);
        change(&s, m, !set->command.remove);
        s.done |= BIT(m);
        add(set, s); /* the session's process knows what it wrote at the OK; should it fail, perhaps never */
    }
}

/* RFC 3501 6.4.3: removes what is \Deleted. A message must go when this session knows of it and of its flag;
 * one that another session flagged or appended, unknown here, may have been seen or not (a matter of how late
 * news travel). */
static void effect_expunge(struct small_set *set, const struct small_state *from) {
    if (from->done)
        return;
    uint8_t all = 0, must = 0;
    for (int m = 0; m < SMALL_MESSAGES; m++) {
        if (!(from->alive & BIT(m)) || !truth(from, m))
            continue;
        all |= BIT(m);
        if (knows(from, set->session, m) && in_view(from, set->session, m))
            must |= BIT(m);
    }
    for (uint8_t extra = 0; extra < BIT(SMALL_MESSAGES); extra++) {
        if (extra & ~(all & ~must))
            continue;
        struct small_state s = *from;
        s.done = 1;
        s.gone = must | extra;
        s.alive &= (uint8_t)~s.gone;
        add(set, s);
    }
}

static void effect_append(struct small_set *set, const struct small_state *from) {
    if (from->done || from->made == SMALL_MESSAGES)
        return;
    struct small_state s = *from;
    s.flag[s.made].bits = set->command.deleted;
    s.flag[s.made].n = 1;
    s.alive |= BIT(s.made++);
    s.done = 1;
    add(set, s);
}

/* Everything that can happen without a word, any number of times. */
static void close_set(struct small_set *set) {
    for (unsigned i = 0; i < set->n; i++) {
        for (int k = 0; k < 2; k++)
            for (int m = 0; m < SMALL_MESSAGES; m++) { /* the session's process hears of one more change */
                struct small_state s = set->v[i];
                if (s.s[k].at[m] + 1 >= s.flag[m].n)
                    continue;
                s.s[k].at[m]++;
                add(set, s);
            }
        if (!set->busy)
            continue;
        struct small_state now = set->v[i];
        if (set->command.kind == SMALL_STORE)
            effect_store(set, &now);
        if (set->command.kind == SMALL_EXPUNGE)
            effect_expunge(set, &now);
        if (set->command.kind == SMALL_APPEND)
            effect_append(set, &now);
    }
}

/* ---- commands ---- */

void small_start(struct small_set *set, unsigned messages) {
    struct small_state s = {.made = (uint8_t)messages, .alive = (uint8_t)(BIT(messages) - 1)};
    for (unsigned m = 0; m < messages; m++)
        s.flag[m].n = 1;
    for (int k = 0; k < 2; k++) {
        s.s[k].n = s.s[k].next = (uint8_t)messages;
        for (uint8_t m = 0; m < messages; m++)
            s.s[k].view[m] = m;
    }
    set->n = 0;
    set->full = set->busy = false;
    add(set, s);
}

static void aim(struct small_state *s, int session, const struct small_command *c) {
    s->targets = s->beyond = s->at_start = 0;
    uint8_t n = s->s[session].n;
    for (unsigned i = 0; i < n; i++) {
        unsigned m = s->s[session].view[i], key = c->kind == SMALL_UID_FETCH ? m + 1 : i + 1;
        s->at_start |= BIT(m);
        if (key >= c->lo && (key <= c->hi || !c->hi))
            s->targets |= BIT(m);
    }
    if (c->kind == SMALL_FETCH || c->kind == SMALL_STORE)
        s->beyond = c->lo > n || c->hi > n;
    if (c->kind != SMALL_FETCH && c->kind != SMALL_UID_FETCH && c->kind != SMALL_STORE)
        s->targets = 0;
    s->dead = s->targets & (uint8_t)~s->alive;
}

void small_send(struct small_set *set, int session, const struct small_command *c) {
    set->busy = true;
    set->session = session;
    set->command = *c;
    for (unsigned i = 0; i < set->n; i++) {
        struct small_state *s = &set->v[i];
        s->done = s->changed = s->gone = s->saw_uid = s->saw_flag = s->told = 0;
        aim(s, session, c);
    }
    close_set(set);
}

/* ---- responses: each takes one state and adds what may be afterwards ---- */

/* RFC 3501 5.2, 7.3.1: never fewer (only EXPUNGE removes), never more than there are. Messages are told in
 * their order; one that came and went untold may be counted (its EXPUNGE follows later) or never be. */
static void hear_exists(struct small_set *out, struct small_state s, int session, unsigned count) {
    if (count < s.s[session].n)
        return;
    if (count == s.s[session].n) {
        add(out, s);
        return;
    }
    if (s.s[session].next == s.made)
        return;
    uint8_t m = s.s[session].next++;
    if (!(s.alive & BIT(m)))
        hear_exists(out, s, session, count);
    s.s[session].view[s.s[session].n++] = m;
    hear_exists(out, s, session, count);
}

/* RFC 3501 7.4.1: only while a command is in progress, and not FETCH, STORE or SEARCH (5.5: their UID forms
 * permit it). */
static void hear_expunged(const struct small_set *set, struct small_set *out, struct small_state s,
                          int session, unsigned n) {
    bool permitted = set->busy && set->session == session && set->command.kind != SMALL_FETCH &&
                     set->command.kind != SMALL_STORE && set->command.kind != SMALL_SEARCH;
    if (!permitted || n < 1 || n > s.s[session].n)
        return;
    uint8_t m = s.s[session].view[n - 1];
    if (s.alive & BIT(m))
        return;
    memmove(&s.s[session].view[n - 1], &s.s[session].view[n], s.s[session].n - n);
    s.s[session].view[--s.s[session].n] = 0;
    add(out, s);
}

/* RFC 3501 7.4.2, 2.3.1.1: the message with that number has that UID; its flag is as this session knows it,
 * which may be late. Of a message that is gone any flag may be told (RFC 2180 4.1), but it keeps its UID. */
static void hear_fetched(const struct small_set *set, struct small_set *out, struct small_state s,
                         int session, const struct small_response *r) {
    if (r->number < 1 || r->number > s.s[session].n)
        return;
    uint8_t m = s.s[session].view[r->number - 1];
    if (r->uid && r->uid != m + 1)
        return;
    if (s.alive & BIT(m) && r->deleted != knows(&s, session, m))
        return;
    if (set->busy && set->session == session) {
        if (r->uid)
            s.saw_uid |= BIT(m);
        s.saw_flag |= BIT(m);
        s.told = (uint8_t)((s.told & ~BIT(m)) | (r->deleted ? BIT(m) : 0));
    }
    add(out, s);
}

/* RFC 3501 6.4.4: what matches and nothing else; RFC 2180 4.3: those that are gone may be left out. The
 * search may have looked at what this session knows or at anything newer. A message told of while it ran need
 * not be found. */
static bool may_find(const struct small_state *s, int session, bool undeleted, unsigned numbers) {
    if (numbers >> s->s[session].n)
        return false;
    for (unsigned i = 0; i < s->s[session].n; i++) {
        uint8_t m = s->s[session].view[i];
        bool found = numbers >> i & 1;
        if (!(s->alive & BIT(m)) || (!found && !(s->at_start & BIT(m))))
            continue;
        bool could = false;
        for (int v = s->s[session].at[m]; v < s->flag[m].n; v++)
            could |= ((s->flag[m].bits >> v & 1) != undeleted) == found;
        if (!could)
            return false;
    }
    return true;
}

static void hear_found(struct small_set *out, struct small_state s, int session, bool undeleted,
                       unsigned numbers) {
    if (!may_find(&s, session, undeleted, numbers))
        return;
    s.done = 1;
    add(out, s);
}

/* May the command in progress end with OK? */
static bool may_end_ok(const struct small_set *set, const struct small_state *s) {
    uint8_t alive = s->targets & s->alive;
    switch (set->command.kind) {
    case SMALL_FETCH: /* 6.4.5: the data of every message that lives; RFC 2180 4.1 leaves the others open */
    case SMALL_UID_FETCH: /* 6.4.8: with the UID */
        return !(alive & ~(s->saw_uid & s->saw_flag));
    case SMALL_STORE: /* 6.4.6: all stored; where a FETCH of its flags came, the last one shows them */
        if (alive & ~s->done)
            return false;
        for (int m = 0; m < SMALL_MESSAGES && !set->command.silent; m++)
            if (alive & s->saw_flag & BIT(m) && !!(s->told & BIT(m)) != truth(s, m))
                return false;
        return true;
    case SMALL_EXPUNGE: /* 6.4.3: an EXPUNGE response for each message that it removed, as far as this session
                           knows them */
        for (int m = 0; m < SMALL_MESSAGES; m++)
            if (s->gone & BIT(m) && in_view(s, set->session, m))
                return false;
        return s->done;
    case SMALL_APPEND:
        return s->done;
    case SMALL_SEARCH: /* 6.4.4: SEARCH is required; where it is missing nothing was found */
        return s->done || may_find(s, set->session, set->command.remove, 0);
    default:
        return true;
    }
}

/* ... with NO? A server may refuse for reasons of its own, but a refusal has no effect, save for STORE. */
static bool may_end_no(const struct small_set *set, const struct small_state *s) {
    uint8_t alive = s->targets & s->alive;
    switch (set->command.kind) {
    case SMALL_EXPUNGE:
        return !s->done; /* RFC 2180 4.1.4 */
    case SMALL_APPEND:
        return !s->done; /* RFC 3501 6.3.11 */
    case SMALL_STORE: /* RFC 2180 4.2.3, 4.2.4: all that live, and where it is not silent each change is told;
                         or none. Where nothing is gone, nothing says how far it came */
        if (!s->dead || !s->done)
            return true;
        for (int m = 0; m < SMALL_MESSAGES && !set->command.silent; m++)
            if (s->changed & BIT(m) && (!(s->saw_flag & BIT(m)) || !!(s->told & BIT(m)) != truth(s, m)))
                return false;
        return s->done == alive;
    default:
        return true;
    }
}

static void end_command(struct small_set *out, struct small_state s) {
    s.targets = s.dead = s.beyond = s.at_start = s.done = s.changed = s.gone = s.saw_uid = s.saw_flag =
        s.told = 0;
    add(out, s);
}

/* RFC 3501 6.4.6: what a session has stored itself it may not be told otherwise. */
static void end_ok(const struct small_set *set, struct small_set *out, struct small_state s) {
    for (int m = 0; m < SMALL_MESSAGES; m++)
        if (set->command.kind == SMALL_STORE && s.targets & s.alive & BIT(m))
            s.s[set->session].at[m] = s.flag[m].n - 1;
    end_command(out, s);
}

static void hear_one(const struct small_set *set, struct small_set *out, const struct small_state *s,
                     int session, const struct small_response *r) {
    switch (r->kind) {
    case SMALL_EXISTS:
        hear_exists(out, *s, session, r->number);
        break;
    case SMALL_EXPUNGED:
        hear_expunged(set, out, *s, session, r->number);
        break;
    case SMALL_FETCHED:
        hear_fetched(set, out, *s, session, r);
        break;
    case SMALL_FOUND:
        hear_found(out, *s, session, set->command.remove, r->number);
        break;
    case SMALL_OK:
        if (may_end_ok(set, s))
            end_ok(set, out, *s);
        break;
    case SMALL_NO:
        if (may_end_no(set, s))
            end_command(out, *s);
        break;
    default:
        break;
    }
}

bool small_hear(const struct small_set *set, int session, const struct small_response *r,
                struct small_set *out) {
    static struct small_set scratch;
    struct small_set *to = out ? out : &scratch;
    to->n = 0;
    to->full = set->full;
    to->busy = set->busy;
    to->session = set->session;
    to->command = set->command;
    for (unsigned i = 0; i < set->n && (out || !to->n); i++)
        hear_one(set, to, &set->v[i], session, r);
    bool possible = to->n > 0;
    if (!out)
        return possible;
    if (r->kind == SMALL_OK || r->kind == SMALL_NO)
        to->busy = false;
    close_set(to);
    return possible;
}
