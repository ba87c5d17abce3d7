/* order.c: a batch gone through as its sessions' commands are done one after the other: a command that was
 * sent behind others of its session acts when the reply to the one before was heard. So a server does them
 * that goes by RFC 3501 5.5 in the simplest way, and what each finds is the view that its session has been
 * told of until then. Where this explains a batch badly, all effects are taken first (oracle_eval.c):
 * commands of one session may be done at once, and those of several in other orders.
 */
#include "step.h"

#include <string.h>

enum { ACTS = 1, JUDGED };

struct planner {
    struct step *steps;
    unsigned n, from; /* all before `from` are judged */
    uint32_t *plan;
    unsigned planned;
};

static void put(struct planner *p, int kind, unsigned i) { p->plan[p->planned++] = (uint32_t)kind | i << 2; }

/* What comes before the event: replies that were heard before it are judged, and those act that nothing of
 * their session is before; at a session's end the rest of it; and whose reply it is, whatever is before. */
static void until(struct planner *p, uint32_t event, int session, bool ends) {
    bool busy[EPOCH_SESSIONS] = {false};
    for (unsigned i = p->from; i < p->n && p->steps[i].event < event; i++) {
        struct step *s = &p->steps[i];
        if (s->planned == JUDGED)
            continue;
        if (!s->planned &&
            (!busy[s->session] || s->reply_event == event || (ends && s->session == session))) {
            s->planned = ACTS;
            put(p, ORDER_ACT, i);
        }
        if (s->planned && s->reply_event && s->reply_event < event) {
            s->planned = JUDGED;
            put(p, ORDER_JUDGE, i);
        } else if (!s->cut) /* what gets no reply is waited for by none */
            busy[s->session] = true;
    }
    while (p->from < p->n && p->steps[p->from].planned == JUDGED)
        p->from++;
}

static void plan_since(struct step *steps, unsigned n) {
    uint32_t replied[EPOCH_SESSIONS] = {0};
    for (unsigned i = 0; i < n; i++) {
        struct step *s = &steps[i];
        uint32_t before = replied[s->session];
        s->planned = 0;
        s->since_reply =
            before > s->event && (!s->reply_event || before < s->reply_event) ? before : s->event;
        if (s->reply_event > before)
            replied[s->session] = s->reply_event;
    }
}

unsigned order_plan(struct step *steps, unsigned n, const struct heard *heard, unsigned heards,
                    uint32_t *plan) {
    struct planner p = {.steps = steps, .n = n, .plan = plan};
    plan_since(steps, n);
    for (unsigned k = 0; k < heards; k++) {
        until(&p, heard[k].event, heard[k].session, !heard[k].r);
        put(&p, ORDER_HEAR, k);
    }
    until(&p, UINT32_MAX, 0, false);
    for (unsigned i = p.from; i < n; i++) /* without a reply, and what is behind */
        if (!steps[i].planned)
            put(&p, ORDER_ACT, i);
    for (unsigned i = p.from; i < n; i++)
        if (steps[i].planned != JUDGED)
            put(&p, ORDER_JUDGE, i);
    return p.planned;
}
