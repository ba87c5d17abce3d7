/* mutants_read.c: what a recorded stream says, read off the octets by simple means of its own. */
#include "mutants.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const uint8_t *mut_find(const uint8_t *p, size_t n, const char *z) {
    size_t k = strlen(z);
    for (size_t i = 0; i + k <= n; i++)
        if (!strncasecmp((const char *)p + i, z, k)) return p + i + k;
    return NULL;
}

bool mut_has(const struct mut_event *e, const char *z) { return mut_find(e->p, e->n, z) != NULL; }

void mut_line(const struct mut_event *e, char *out, size_t n) {
    size_t i = 0;
    for (; i + 1 < n && i < e->n && e->p[i] != '\r' && e->p[i] != '\n'; i++)
        out[i] = isprint(e->p[i]) ? (char)e->p[i] : '?';
    out[i] = 0;
}

/* The word at p, in upper case; returns the octet behind it. */
static const uint8_t *word_at(const uint8_t *p, const uint8_t *end, char *out, size_t cap) {
    size_t n = 0;
    for (; p < end && *p != ' ' && *p != '\r'; p++)
        if (n + 1 < cap) out[n++] = (char)toupper(*p);
    out[n] = 0;
    return p < end && *p == ' ' ? p + 1 : p;
}

static void read_command(struct mut_command *c, const struct mut_event *e) {
    char word[40];
    const uint8_t *end = e->p + e->n, *p = word_at(e->p, end, word, sizeof word);
    p = word_at(p, end, c->word, sizeof c->word);
    if (!strcmp(c->word, "UID")) {
        c->uid = true;
        word_at(p, end, c->word, sizeof c->word);
    }
    c->silent = mut_has(e, ".SILENT");
}

static enum mut_said said_of(const char *word) {
    static const struct { const char *word; uint8_t said; } table[] = {
        {"EXISTS", MUT_EXISTS}, {"RECENT", MUT_RECENT}, {"EXPUNGE", MUT_EXPUNGE}, {"FETCH", MUT_FETCH}, {"SEARCH", MUT_SEARCH},
        {"STATUS", MUT_STATUS}, {"LIST", MUT_LIST}, {"LSUB", MUT_LIST}, {"FLAGS", MUT_FLAGS}, {"OK", MUT_CODE}, {"NO", MUT_CODE},
        {"BAD", MUT_CODE}, {"BYE", MUT_BYE}, {"CAPABILITY", MUT_CAPABILITY}, {"ID", MUT_ID}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (!strcmp(word, table[i].word)) return table[i].said;
    return MUT_OTHER;
}

static void read_untagged(struct mut_fact *f, const struct mut_event *e) {
    char word[24];
    const uint8_t *end = e->p + e->n, *p = word_at(e->p + 2, end, word, sizeof word);
    if (isdigit((unsigned char)word[0])) {
        f->number = (uint32_t)strtoul(word, NULL, 10);
        word_at(p, end, word, sizeof word);
    }
    f->said = (uint8_t)said_of(word);
}

struct reader {
    int open[64];       /* commands in progress, by age */
    unsigned n;
    int epoch;
    bool greeted;
};

static int oldest(const struct reader *r) { return r->n ? r->open[0] : -1; }

static void read_tagged(struct mut_trace *t, struct reader *r, uint32_t i) {
    const struct mut_event *e = &t->event[i];
    char tag[80], word[8];
    const uint8_t *p = word_at(e->p, e->p + e->n, tag, sizeof tag);
    word_at(p, e->p + e->n, word, sizeof word);
    t->fact[i].said = MUT_TAGGED;
    t->fact[i].command = -1;
    for (unsigned k = 0; k < r->n; k++) {
        struct mut_command *c = &t->command[r->open[k]];
        char sent[80];
        word_at(t->event[c->event].p, t->event[c->event].p + t->event[c->event].n, sent, sizeof sent);
        if (strcmp(sent, tag)) continue;
        c->reply = i;
        c->reply_word = word[0];
        t->fact[i].command = r->open[k];
        memmove(r->open + k, r->open + k + 1, (r->n - k - 1) * sizeof *r->open);
        r->n--;
        return;
    }
}

bool mut_read(struct mut_trace *t) {
    struct reader *session = calloc(256, sizeof *session);
    t->fact = calloc(t->events + 1, sizeof *t->fact);
    t->command = calloc(t->events + 1, sizeof *t->command);
    t->commands = 0;
    if (!session || !t->fact || !t->command) {
        free(session);
        return false;
    }
    for (uint32_t i = 0; i < t->events; i++) {
        const struct mut_event *e = &t->event[i];
        struct reader *r = &session[e->session];
        struct mut_fact *f = &t->fact[i];
        f->command = -1;
        if (e->kind == EV_OPENED) *r = (struct reader){.epoch = r->epoch + 1};
        if (e->kind == EV_SENT) {
            struct mut_command *c = &t->command[t->commands];
            *c = (struct mut_command){.event = i, .session = e->session};
            read_command(c, e);
            if (!strcmp(c->word, "SELECT") || !strcmp(c->word, "EXAMINE")) r->epoch++;
            if (r->n < 64) r->open[r->n++] = (int)t->commands++;
        }
        f->epoch = r->epoch;
        if (e->kind != EV_RECEIVED || e->n < 3) continue;
        f->command = oldest(r);
        if (e->p[0] == '+')
            f->said = MUT_CONTINUE;
        else if (e->p[0] != '*')
            read_tagged(t, r, i);
        else if (!r->greeted) {
            f->said = MUT_GREETING;
            r->greeted = true;
        } else
            read_untagged(f, e);
    }
    free(session);
    return true;
}
