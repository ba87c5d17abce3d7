/* oracle_eval.c: evaluates a batch: in every world, every combination of answers that explains it; keeps the cheapest. Commands are
 * taken one after the other (order.c); where that finds a fault, all effects first (epoch.c), and the better one holds. */
#include "oracle_impl.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- worlds ---- */

static bool regrow(struct world **slot, const struct world_caps *caps, bool copy) {
    if (!*slot) return true;
    struct world *w = malloc(world_size(caps));
    if (!w) return false;
    if (copy) world_copy_into(w, caps, *slot);
    free(*slot);
    *slot = w;
    return true;
}

bool oracle_grow(struct oracle *o) {
    bool ok = true;
    for (unsigned i = 0; i < o->opt.max_worlds * 2; i++) {
        ok = ok && regrow(&o->world[i], &o->caps, i < o->worlds);
        ok = ok && regrow(&o->next[i], &o->caps, i < o->nexts);
    }
    return ok && regrow(&o->scratch_world, &o->caps, false);
}

static struct world *slot(struct oracle *o, struct world **list, unsigned i) {
    if (!list[i]) list[i] = malloc(world_size(&o->caps));
    return list[i];
}

/* ---- notes ---- */

static uint32_t push_notes(struct oracle *o, uint32_t prev) {
    for (unsigned i = 0; i < o->run.notes; i++) {
        if (o->nodes == o->node_cap) {
            struct note_node *more = realloc(o->node, 2u * o->node_cap * sizeof *more);
            if (!more) return prev;
            o->node = more;
            o->node_cap *= 2;
        }
        o->node[o->nodes] = (struct note_node){prev, o->run.note[i]};
        prev = o->nodes++;
    }
    return prev;
}

static void emit(struct oracle *o, const struct pending_note *p) {
    struct note n = {.verdict = p->verdict, .point = p->point, .context = p->context, .answer = p->answer,
                     .cites = p->cites, .summary = p->summary, .seen = p->seen, .allowed = p->allowed,
                     .event = p->event, .session = p->session};
    o->counts.verdicts[p->verdict]++;
    if (o->opt.note) o->opt.note(o->opt.user, &n);
}

/* What nothing seen tells apart from other answers names none of them. */
static void unsee(struct pending_note *p) {
    p->verdict = V_CONFORMS;
    p->answer = "unseen";
    p->cites = p->summary = p->seen = p->allowed = "";
}

static void unsee_resting(struct oracle *o, uint32_t from, uint64_t inside, bool unseen) {
    for (; from; from = o->node[from].prev) {
        struct pending_note *p = &o->node[from].n;
        if (!(p->old & inside)) continue;
        if (unseen) unsee(p);
        p->old = 0; /* an earlier answer about these sessions does not matter */
    }
}

static void emit_chain(struct oracle *o, uint32_t node) {
    uint32_t reversed = 0;
    uint64_t proven = 0; /* sessions of which a proof was met on the way back */
    while (node) { /* reverse in place: the chain is given up afterwards */
        uint32_t prev = o->node[node].prev;
        struct pending_note *p = &o->node[node].n;
        if (p->proof) proven |= (uint64_t)1 << p->session;
        if (p->unproven) {
            const uint64_t others = p->inside[0], own = p->inside[1];
            bool unseen = !(others | own) || (others && !(others & proven)) || (own && !(own & proven));
            if (unseen) unsee(p);
            unsee_resting(o, reversed, others | own, unseen);
            proven &= ~(others | own);
        }
        o->node[node].prev = reversed;
        reversed = node;
        node = prev;
    }
    for (; reversed; reversed = o->node[reversed].prev)
        if (!o->node[reversed].n.proof) emit(o, &o->node[reversed].n);
}

void oracle_settle(struct oracle *o, bool final) {
    if (o->worlds > 1 && !final) return;
    unsigned b = 0;
    for (unsigned i = 1; i < o->worlds; i++)
        if (o->world[i]->cost < o->world[b]->cost) b = i;
    emit_chain(o, o->world[b]->note);
    o->world[b]->note = 0;
    o->world[b]->cost = 0;
    struct world *w = o->world[b];
    o->world[b] = o->world[0];
    o->world[0] = w;
    o->worlds = 1;
    o->nodes = 1;
    o->text_n = 0;
}

/* ---- one run ---- */

static uint64_t idle_sessions(const struct oracle *o) {
    uint64_t m = 0;
    for (int i = 0; i < ORACLE_SESSIONS; i++)
        if (o->lane[i].idle) m |= (uint64_t)1 << i;
    return m;
}

static void start_run(struct oracle *o, struct world *w, const struct world *before) {
    struct run *r = &o->run;
    r->mode = JUDGE;
    r->w = w;
    r->before = before;
    r->behaviours = o->opt.behaviours;
    r->content = &o->opt.content;
    r->users = o->opt.users;
    r->facts = &o->facts;
    r->steps = o->step;
    r->n_steps = o->steps;
    r->heard = o->heard;
    r->n_heard = o->heards;
    r->idle = idle_sessions(o);
    r->full = r->failed = r->capped = false;
    r->targets = r->saws = r->at = r->notes = r->epochs = r->epoch_views = 0;
    r->cost = 0;
    memset(r->most, 0, sizeof r->most);
    memset(r->search_view, 0, sizeof r->search_view);
    memset(r->search_last, 0, sizeof r->search_last);
    r->arena = o->text;
    r->arena_n = o->text_n;
    r->arena_cap = o->text_cap;
}

static void reset_step(struct step *s, bool in_order) {
    uint8_t word = s->cut ? REPLY_NONE : s->word;
    struct step kept = {.c = s->c, .nodes = s->nodes, .syntax = s->syntax, .raw = s->raw, .session = s->session, .event = s->event, .word = word,
                        .cut = s->cut, .reply = s->reply, .reply_event = s->reply_event, .since_state = s->since_state,
                        .since_reply = s->since_reply, .secret = s->secret, .point = -1};
    *s = kept;
    s->since = in_order ? s->since_reply : s->since_state;
}

/* Effects first, then what was heard, in order; then what must have been said. */
static void effects_first(struct oracle *o) {
    struct run *r = &o->run;
    for (unsigned i = 0; i < o->steps && !r->full && !r->failed; i++) epoch_act(r, &o->step[i]);
    for (unsigned i = 0; i < o->heards && !r->full && !r->failed; i++) epoch_hear(r, &o->heard[i]);
    for (unsigned i = 0; i < o->steps && !r->full && !r->failed; i++) epoch_judge(r, &o->step[i]);
}

/* One command after the other. */
static void one_by_one(struct oracle *o) {
    struct run *r = &o->run;
    for (unsigned k = 0; k < o->orders && !r->full && !r->failed; k++) {
        uint32_t i = o->order[k] >> 2;
        switch (o->order[k] & 3) {
        case ORDER_ACT: act(r, &o->step[i]); break;
        case ORDER_HEAR: hear(r, &o->heard[i]); break;
        default: judge_answer(r, &o->step[i]); break;
        }
    }
}

static void one_run(struct oracle *o, bool checkpoint) {
    struct run *r = &o->run;
    for (unsigned i = 0; i < o->steps; i++) reset_step(&o->step[i], o->in_order);
    if (o->in_order)
        one_by_one(o);
    else
        effects_first(o);
    if (checkpoint && !r->full && !r->failed) judge_checkpoint(r, o->events ? o->events - 1 : 0);
}

static bool advance(struct run *r) {
    r->depth = r->at; /* choices beyond were not asked in this run */
    while (r->depth) {
        if (++r->choice[r->depth - 1] < r->choices[r->depth - 1]) return true;
        r->depth--;
    }
    return false;
}

static void keep_world(struct oracle *o, uint32_t cost, uint32_t note) {
    struct world *w = o->scratch_world;
    w->cost = cost + o->run.cost;
    uint64_t hash = world_hash(w);
    unsigned worst = 0;
    for (unsigned i = 0; i < o->nexts; i++) {
        if (o->next[i]->size == w->size && o->next[i]->cost <= w->cost && o->next_hash[i] == hash) return;
        if (o->next[i]->cost > o->next[worst]->cost) worst = i;
    }
    o->dropped |= o->nexts == o->opt.max_worlds;
    unsigned at = o->nexts < o->opt.max_worlds ? o->nexts++ : worst;
    if (at == worst && o->nexts == o->opt.max_worlds && o->next[at] && o->next[at]->cost < w->cost) return;
    if (!slot(o, o->next, at)) return;
    o->text_n = o->run.arena_n;
    w->note = push_notes(o, note);
    memcpy(o->next[at], w, w->size);
    o->next_hash[at] = hash;
}

/* All runs of one world, in one of the two ways. false: it needs more room. `best`: the least cost of what it added. */
static bool explore_way(struct oracle *o, const struct world *from, bool checkpoint, bool *capped, unsigned *runs, uint32_t *best) {
    struct run *r = &o->run;
    r->depth = 0;
    memset(r->choice, 0, sizeof r->choice);
    *best = UINT32_MAX;
    do {
        if (++*runs > o->opt.max_runs) {
            *capped = true;
            return true;
        }
        memcpy(o->scratch_world, from, from->size);
        start_run(o, o->scratch_world, from);
        one_run(o, checkpoint);
        if (r->full) return false;
        *capped |= r->capped;
        if (r->failed) continue;
        if (r->cost < *best) *best = r->cost;
        keep_world(o, from->cost, from->note);
    } while (advance(r));
    return true;
}

/* All runs of one world. false: it needs more room; nothing was kept. Where commands done one after the other explain the batch no
 * better than by a fault, all effects come first. */
static bool explore(struct oracle *o, const struct world *from, bool checkpoint, bool *capped, unsigned *runs) {
    unsigned before = o->nexts;
    uint32_t best = UINT32_MAX;
    bool room = true;
    o->in_order = o->steps > 1;
    if (o->in_order) room = explore_way(o, from, checkpoint, capped, runs, &best);
    o->in_order = false;
    if (room && best >= verdict_cost(V_DEVIATES) && !*capped) room = explore_way(o, from, checkpoint, capped, runs, &best);
    if (!room) o->nexts = before;
    return room;
}

static uint32_t cheapest(struct world *const *list, unsigned n) {
    uint32_t best = UINT32_MAX;
    for (unsigned i = 0; i < n; i++)
        if (list[i]->cost < best) best = list[i]->cost;
    return best;
}

static void prune(struct oracle *o) {
    uint32_t best = cheapest(o->world, o->worlds);
    unsigned n = 0;
    for (unsigned i = 0; i < o->worlds; i++)
        if (o->world[i]->cost <= best + 500) {
            struct world *w = o->world[n];
            o->world[n++] = o->world[i];
            o->world[i] = w;
        }
    o->worlds = n;
}

/* At a cap nothing further of this program is judged: what happened is not known well enough. */
static void give_up(struct oracle *o, const char *what) {
    for (unsigned i = 0; i < o->heards; i++) o->counts.unjudged += o->heard[i].r != NULL;
    oracle_settle(o, true);
    o->blind = true;
    for (int i = 0; i < ORACLE_SESSIONS; i++) o->lane[i].outstanding = 0;
    oracle_direct(o, V_UNDECIDED, 0, o->events ? o->events - 1 : 0, "", what, "", "");
}

static void count_unjudged(struct oracle *o) {
    const struct world *w = o->world[0];
    for (unsigned i = 0; i < o->heards; i++) {
        const struct heard *h = &o->heard[i];
        if (h->r && (h->r->kind == RESP_OTHER || (w_session(w, (unsigned)h->session)->loose &&
                                                  (h->r->kind == RESP_EXISTS || h->r->kind == RESP_EXPUNGE || h->r->kind == RESP_FETCH ||
                                                   h->r->kind == RESP_SEARCH || h->r->tag.n))))
            o->counts.unjudged++;
    }
}

void oracle_evaluate(struct oracle *o, bool checkpoint) {
    if (o->blind || (!o->steps && !o->heards && !checkpoint)) return;
    if (o->overflow) {
        give_up(o, "a batch of commands is over a limit of ours");
        return;
    }
    o->nexts = 0;
    epochs_plan(o->step, o->steps);
    if (o->steps > 1) o->orders = order_plan(o->step, o->steps, o->heard, o->heards, o->order);
    bool capped = false;
    unsigned runs = 0;
    for (unsigned i = 0; i < o->worlds; i++)
        while (!explore(o, o->world[i], checkpoint, &capped, &runs))
            if (!world_more(&o->caps, o->scratch_world) || !oracle_grow(o)) {
                give_up(o, "the world is over a limit of ours");
                return;
            }
    o->counts.runs += runs;
    unsigned more = runs > RUNS_USUAL ? runs - RUNS_USUAL : 0;
    if (more > o->spare) {
        give_up(o, "the ways to explain the trace so far are over a limit of ours");
        return;
    }
    o->spare -= more;
    if (capped) { /* the worlds before the batch are kept, and their notes */
        give_up(o, "the ways to explain a batch are over a limit of ours");
        return;
    }
    if (o->dropped && o->nexts && cheapest(o->next, o->nexts) >= cheapest(o->world, o->worlds) + verdict_cost(V_VIOLATES)) {
        give_up(o, "more worlds explain the trace than are kept");
        return;
    }
    if (o->nexts) {
        struct world **t = o->world;
        o->world = o->next;
        o->next = t;
        o->worlds = o->nexts;
        o->nexts = 0;
    }
    prune(o);
    if (o->worlds > o->counts.worlds_peak) o->counts.worlds_peak = o->worlds;
    count_unjudged(o);
    oracle_settle(o, false);
    struct world *w = o->world[0]; /* a long trace must not make the world grow */
    if (o->worlds == 1 && (w->cap.versions - w->versions + w->free_versions) * 4 < w->cap.versions) world_trim(w);
}
