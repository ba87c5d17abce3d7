/* generate.c: the generator: the schedule of aims, and the frame of each program. */
#include "generate_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool g_is(const struct generator *g, const char *field, const char *value) {
    if (g->now.row->point < 0)
        return false;
    const char *v = point_field((enum point)g->now.row->point, g->now.context, field);
    return v && !strcmp(v, value);
}

static void add_aim(struct generator *g, const struct g_row *row, uint32_t context) {
    for (int i = row->weight ? row->weight : 1; i > 0 && g->aims < G_AIMS; i--)
        g->aim[g->aims++] = (struct g_aim){row, context};
}

static void add_aims(struct generator *g) {
    for (int p = 0; p < POINT_COUNT && g->o.mix != GENERATE_WALK; p++)
        for (uint32_t c = 0; c < point_contexts((enum point)p); c++) {
            const struct g_row *row = g_row_of(p, c);
            if (row && row->build && !generator_excluded(g, p, c))
                add_aim(g, row, c);
        }
    for (uint32_t i = 0; i < g_table_n; i++) {
        const struct g_row *row = &g_table[i];
        if (row->point >= 0 || (row->inbox && !g->o.allow_inbox) || row->needs & ~g->o.families ||
            (row->starttls && !g->o.starttls))
            continue;
        if (g->o.mix == GENERATE_WALK ? row->build == build_walk
                                      : g->o.mix == GENERATE_BOTH || row->build != build_walk)
            add_aim(g, row, 0);
    }
}

struct generator *generator_new(uint64_t seed, const struct generator_options *o) {
    struct generator *g = calloc(1, sizeof *g);
    if (!g)
        return NULL;
    g->o = *o;
    g->seed = seed;
    if (!g->o.clients)
        g->o.clients = 4;
    if (g->o.clients < 2)
        g->o.clients = 2;
    if (g->o.clients > G_SESSIONS)
        g->o.clients = G_SESSIONS;
    if (g->o.commands <= 0)
        g->o.commands = 24;
    if (!g->o.idle_ms)
        g->o.idle_ms = 600;
    add_aims(g);
    return g;
}

void generator_free(struct generator *g) { free(g); }

void generator_seek(struct generator *g, uint64_t n) { g->n = n; }

uint32_t generator_aims(const struct generator *g) { return g->aims; }

const char *generator_aim(const struct generator *g, int *point, uint32_t *context) {
    *point = g->now.row ? g->now.row->point : -1;
    *context = g->now.context;
    return g->name;
}

/* Each round has all aims in an order of its own (Fisher and Yates). `more` > 0: further ones for the same
 * program. */
static struct g_aim aim_of(struct generator *g, uint64_t n, uint32_t more) {
    uint64_t round = n / g->aims;
    if (g->round != round + 1) {
        g_seed(g, g->seed ^ 0x6f72646572u, round);
        for (uint32_t i = 0; i < g->aims; i++)
            g->order[i] = (uint16_t)i;
        for (uint32_t i = g->aims - 1; i > 0; i--) {
            uint32_t k = g_below(g, i + 1);
            uint16_t x = g->order[i];
            g->order[i] = g->order[k];
            g->order[k] = x;
        }
        g->round = round + 1;
    }
    return g->aim[g->order[(n % g->aims + more * (g->aims / 3 + 1)) % g->aims]];
}

static void name_aim(struct generator *g) {
    char context[120];
    if (g->now.row->point < 0)
        snprintf(g->name, sizeof g->name, "%s", g->now.row->part);
    else
        snprintf(g->name, sizeof g->name, "%s %s", point_name((enum point)g->now.row->point),
                 point_context_text((enum point)g->now.row->point, g->now.context, context, sizeof context));
}

void g_reset(struct generator *g, struct program *out) {
    program_clear(out);
    g->out = out;
    g->boxes = 0;
    g->names_used = g->commands = g->marks = g->errors = 0;
    g->plus = g->failed = false;
    g->text_n = 0;
    for (int s = 0; s <= G_SESSIONS; s++)
        g->ses[s] = (struct g_session){.state = G_CLOSED, .box = -1};
    int most = g->o.clients < 3 ? 2 : g->o.clients - 1, few = most < 3 ? most : 3;
    g->actors = g_chance(g, 60) ? g_between(g, 2, few) : g_between(g, 2, most);
}

static void register_inbox(struct generator *g) {
    g->box[g->boxes] = (struct g_box){.name = "INBOX", .state = G_LIVE};
    g->boxes++;
}

/* Other situations in the same program, where there is room: what one leaves behind is the other's noise. */
static void more_aims(struct generator *g, uint64_t n) {
    struct g_aim first = g->now;
    for (uint32_t k = 1; k < 3 && g->o.mix == GENERATE_BOTH && g->commands * 2 < (uint32_t)g->o.commands;
         k++) {
        g->now = aim_of(g, n, k);
        if (!g->now.row->inbox)
            g->now.row->build(g);
    }
    g->now = first;
}

bool generator_next(struct generator *g, struct program *out) {
    uint64_t n = g->n++;
    g->now = aim_of(g, n, 0);
    g->number = n;
    name_aim(g);
    g_seed(g, g->seed, n);
    g_reset(g, out);
    program_comment(out, "aim: %s", g->name);
    if (g->now.row->inbox)
        register_inbox(g);
    g->now.row->build(g);
    g_noise(g, 3);
    more_aims(g, n);
    g_verify(g);
    return !out->failed && !g->failed;
}
