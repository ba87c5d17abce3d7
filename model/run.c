/* run.c: what a step asks of its run: choices, forks, notes, the tagged word. */
#include "step.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

uint32_t verdict_cost(enum verdict v) {
    static const uint32_t cost[V_COUNT] = {0, 1, 3, 10, 1000, 2};
    return cost[v];
}

const char *run_say(struct run *r, const char *format, ...) {
    if (r->mode == SERVE || r->arena_n >= r->arena_cap) return "";
    va_list a;
    va_start(a, format);
    char *at = r->arena + r->arena_n;
    int n = vsnprintf(at, r->arena_cap - r->arena_n, format, a);
    va_end(a);
    if (n < 0 || (size_t)n >= r->arena_cap - r->arena_n) {
        r->arena_n = r->arena_cap;
        return "";
    }
    r->arena_n += (size_t)n + 1;
    return at;
}

struct pending_note *run_note(struct run *r, enum verdict v, int session, uint32_t event, const char *cites,
                              const char *summary) {
    static struct pending_note sink;
    if (r->mode == SERVE) return &sink;
    r->cost += verdict_cost(v);
    if (r->notes >= RUN_NOTES) {
        r->capped = true;
        return &sink;
    }
    struct pending_note *n = &r->note[r->notes++];
    *n = (struct pending_note){.verdict = (uint8_t)v, .session = (int8_t)session, .point = -1, .behaviour = -1,
                               .event = event, .cites = cites, .summary = summary, .seen = "", .allowed = ""};
    return n;
}

void run_note_more(struct pending_note *n, const char *seen, const char *allowed) {
    n->seen = seen;
    n->allowed = allowed;
}

void run_note_point(struct run *r, enum verdict v, const struct step *s, enum point p, uint32_t context,
                    const char *answer, const char *cites, const char *summary) {
    struct pending_note *n = run_note(r, v, s->session, s->reply_event ? s->reply_event : s->event, cites, summary);
    n->point = (int16_t)p;
    n->context = context;
    n->answer = answer;
}

unsigned run_fork(struct run *r, unsigned n) {
    if (r->mode == SERVE || n <= 1) return 0;
    if (r->at == r->depth) {
        if (r->depth == RUN_DEPTH) {
            r->capped = true;
            return 0;
        }
        r->choice[r->depth] = 0;
        r->choices[r->depth++] = (uint16_t)n;
    }
    return r->choice[r->at++];
}

static bool same_answer(const struct answer *a, const struct answer *b) {
    return a->reply == b->reply && a->ops == b->ops && memcmp(a->op, b->op, a->ops) == 0;
}

enum verdict behaviour_verdict(const struct behaviours *b, int index) {
    if (index < 0) return V_UNDOCUMENTED;
    const char *c = behaviours_at(b, index)->cites;
    /* A practice of RFC 2180 conforms; MAP-I... are invariants, T-... are ambiguities. */
    for (; *c; c += strcspn(c, " "), c += strspn(c, " "))
        if ((strncmp(c, "MAP-", 4) == 0 && c[4] != 'I') || strncmp(c, "R2180-", 6) == 0) return V_CONFORMS;
    return V_UNDOCUMENTED;
}

static const struct answer *take(struct run *r, struct step *s, int index, const struct answer *a) {
    s->behaviour = index;
    s->answer = a;
    const char *cites = index < 0 ? point_cites((enum point)s->point) : behaviours_at(r->behaviours, index)->cites;
    run_note_point(r, behaviour_verdict(r->behaviours, index), s, (enum point)s->point, s->context,
                   index < 0 ? "other" : behaviours_at(r->behaviours, index)->name, cites,
                   index < 0 ? "none of the known practices"
                   : behaviour_verdict(r->behaviours, index) == V_CONFORMS ? "" : behaviours_at(r->behaviours, index)->doc);
    return a;
}

static const struct answer *judge_choose(struct run *r, struct step *s, enum point p, uint32_t context) {
    int candidate[64], n = 0;
    for (int i = 0; r->behaviours && i < behaviours_count(r->behaviours) && n < 63; i++) {
        const struct behaviour *b = behaviours_at(r->behaviours, i);
        const struct answer *a = b->fault ? NULL : behaviours_answer(r->behaviours, i, p, context);
        if (!a || (a->reply != REPLY_NONE && a->reply != s->word)) continue;
        bool known = false;
        for (int k = 0; k < n && !known; k++)
            known = same_answer(a, behaviours_answer(r->behaviours, candidate[k], p, context));
        if (!known) candidate[n++] = i;
    }
    candidate[n++] = -1;
    int index = candidate[run_fork(r, (unsigned)n)];
    return take(r, s, index, index < 0 ? NULL : behaviours_answer(r->behaviours, index, p, context));
}

/* What the server does where no behaviour was chosen. */
static const struct answer *default_answer(enum point p, uint32_t context) {
    static const struct answer table[POINT_COUNT] = {
        [P_DELETE_IN_USE] = {REPLY_OK, 0, 2, {OP_DESTROY, OP_DISCONNECT}, "Mailbox deleted"},
        [P_RENAME_IN_USE] = {REPLY_OK, 0, 1, {OP_KEEP}, "Mailbox renamed"},
        [P_CREATE_RECYCLED] = {REPLY_OK, 0, 1, {OP_FRESH}, "Mailbox created"},
        [P_EXPUNGE_IN_USE] = {REPLY_OK, 0, 1, {OP_EXPUNGE}, "Expunged"},
        [P_FETCH_EXPUNGED] = {REPLY_OK, 0, 1, {OP_DATA_TRUE}, "Fetched"},
        [P_STORE_EXPUNGED] = {REPLY_NO, 0, 2, {OP_STORE_LIVING, OP_TELL_LIVING}, "Some messages are gone"},
        [P_SEARCH_EXPUNGED] = {REPLY_OK, 0, 1, {OP_OMIT}, "Searched"},
        [P_COPY_EXPUNGED] = {REPLY_NO, 0, 0, {0}, "Some messages are gone"},
        [P_RANGE_BEYOND] = {REPLY_BAD, 0, 0, {0}, "No such message"},
        [P_STATUS_SELECTED] = {REPLY_OK, 0, 1, {OP_TRUTH}, "Status"},
        [P_ERROR_WORD] = {REPLY_BAD, 0, 0, {0}, "Error"},
        [P_FETCH_UNSOLICITED] = {REPLY_NONE, 0, 1, {OP_NOW}, ""},
        [P_SELECT_FAILED] = {REPLY_NONE, 0, 1, {OP_DESELECT}, ""},
        [P_TELL_EXISTS] = {REPLY_NONE, 0, 1, {OP_NOW}, ""},
        [P_TELL_EXPUNGE] = {REPLY_NONE, 0, 1, {OP_NOW}, ""},
        [P_TELL_FLAGS] = {REPLY_NONE, 0, 1, {OP_NOW}, ""},
        [P_ID_RESPONSE] = {REPLY_OK, 0, 1, {OP_ID_LIST}, "ID completed"},
        [P_ID_LIMITS] = {REPLY_OK, 0, 1, {OP_ACCEPT}, "ID completed"},
        [P_CLIENTID_POLICY] = {REPLY_OK, 0, 1, {OP_ACCEPT}, "CLIENTID completed"},
        [P_CLIENTID_TYPE] = {REPLY_OK, 0, 1, {OP_ACCEPT}, "CLIENTID completed"},
        [P_LOGIN_REFUSED] = {REPLY_NO, 0, 0, {0}, "Failed to authenticate"},
    };
    static const struct answer silent = {REPLY_OK, 0, 1, {OP_STORE_LIVING}, "Stored"}; /* MAP-4.2.1-a */
    static const struct answer own = {REPLY_OK, 0, 3, {OP_DESTROY, OP_DISCONNECT, OP_CLOSE_OWN}, "Mailbox deleted"}; /* T-MAP-12 */
    if (p == P_STORE_EXPUNGED && strcmp(point_field(p, context, "silent"), "yes") == 0) return &silent;
    return p == P_DELETE_IN_USE && strcmp(point_field(p, context, "who"), "other") != 0 ? &own : &table[p];
}

const struct answer *run_serve_answer(struct run *r, enum point p, uint32_t context) {
    if (r->fuzz) {
        unsigned n = 1, pick = r->fuzz_at < r->fuzz_n ? r->fuzz[r->fuzz_at++] : 0;
        for (int i = 0; i < behaviours_count(r->behaviours); i++)
            n += !behaviours_at(r->behaviours, i)->fault && behaviours_answer(r->behaviours, i, p, context);
        pick = p == P_CLIENTID_POLICY && r->fuzz_any ? 0 : pick % n;
        for (int i = 0; pick && i < behaviours_count(r->behaviours); i++) {
            const struct answer *a = behaviours_answer(r->behaviours, i, p, context);
            if (!behaviours_at(r->behaviours, i)->fault && a && --pick == 0) return a;
        }
        return default_answer(p, context);
    }
    for (int k = 0; k < r->chosen_n; k++) {
        const struct answer *a = behaviours_answer(r->behaviours, r->chosen[k], p, context);
        if (a) return a;
    }
    return default_answer(p, context);
}

const struct answer *run_choose(struct run *r, struct step *s, enum point p, uint32_t context) {
    s->point = (int)p;
    s->context = context;
    if (r->mode == JUDGE) return judge_choose(r, s, p, context);
    const struct answer *a = run_serve_answer(r, p, context);
    s->answer = a;
    s->behaviour = 0;
    s->word = a->reply;
    s->code = a->code;
    s->text = a->text;
    return a;
}

bool run_fault(struct run *r, enum point p, uint32_t context, enum op op) {
    if (r->mode == JUDGE || !r->faulty) return false;
    for (int k = 0; k < r->chosen_n; k++) {
        const struct answer *a = behaviours_answer(r->behaviours, r->chosen[k], p, context);
        if (a && answer_has(a, op)) return true;
    }
    return false;
}

int run_recognise(const struct run *r, enum point p, uint32_t context, const struct step *s, const uint8_t *ops, unsigned n) {
    uint8_t code = s->reply ? s->reply->code.kind : CODE_NONE;
    int near = -1;
    for (int i = 0; r->behaviours && i < behaviours_count(r->behaviours); i++) {
        const struct answer *a = behaviours_answer(r->behaviours, i, p, context);
        if (!a || behaviours_at(r->behaviours, i)->fault || a->ops != n) continue;
        if (a->reply != REPLY_NONE && a->reply != s->word) continue;
        bool all = true;
        for (unsigned k = 0; k < n; k++) all = all && answer_has(a, (enum op)ops[k]);
        if (all && a->code == code) return i;
        if (all && near < 0) near = i;
    }
    return near;
}

bool says(struct run *r, struct step *s, enum reply word, const char *text) {
    if (r->mode == SERVE) {
        s->word = (uint8_t)word;
        s->text = text;
        return true;
    }
    return s->word == word;
}
