/* mutants_read.c: what a recorded stream says, read off the octets by simple means of its own. */
#include "mutants.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const uint8_t *mut_find(const uint8_t *p, size_t n, const char *z) {
    size_t k = strlen(z);
    for (size_t i = 0; i + k <= n; i++)
        if (!strncasecmp((const char *)p + i, z, k))
            return p + i + k;
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
        if (n + 1 < cap)
            out[n++] = (char)toupper(*p);
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
    static const struct {
        const char *word;
        uint8_t said;
    } table[] = {{"EXISTS", MUT_EXISTS},
                 {"RECENT", MUT_RECENT},
                 {"EXPUNGE", MUT_EXPUNGE},
                 {"FETCH", MUT_FETCH},
                 {"SEARCH", MUT_SEARCH},
                 {"STATUS", MUT_STATUS},
                 {"LIST", MUT_LIST},
                 {"LSUB", MUT_LIST},
                 {"FLAGS", MUT_FLAGS},
                 {"OK", MUT_CODE},
                 {"NO", MUT_CODE},
                 {"BAD", MUT_CODE},
                 {"BYE", MUT_BYE},
                 {"CAPABILITY", MUT_CAPABILITY},
                 {"ID", MUT_ID}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (!strcmp(word, table[i].word))
            return table[i].said;
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
    int open[64]; /* commands in progress, by age */
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
        if (strcmp(sent, tag))
            continue;
        c->reply = i;
        c->reply_word = word[0];
        t->fact[i].command = r->open[k];
        memmove(r->open + k, r->open + k + 1, (r->n - k - 1) * sizeof *r->open);
        r->n--;
        return;
    }
}

/* ---- views ---- */

bool mut_same(const struct mut_trace *t, uint32_t a, uint32_t b) {
    const struct mut_slot *x = &t->slot[a], *y = &t->slot[b];
    return a && b && (a == b || (x->uid && x->uid == y->uid && x->box == y->box));
}

struct slice mut_item(const struct mut_event *e, const char *item) {
    const uint8_t *p = mut_find(e->p, e->n, item), *end = e->p + e->n, *q = p;
    if (!p)
        return (struct slice){0};
    if (item[strlen(item) - 1] == '(') {
        q = memchr(p, ')', (size_t)(end - p));
    } else if (p < end && *p == '{') {
        uint32_t n = (uint32_t)strtoul((const char *)p + 1, NULL, 10);
        q = mut_find(p, (size_t)(end - p), "}\r\n");
        q = q && n <= (size_t)(end - q) ? q + n : NULL;
    } else
        while (q < end && *q != ' ' && *q != ')' && *q != ']' && *q != '\r')
            q++;
    return (struct slice){p, q ? (uint32_t)(q - p) : 0};
}

uint32_t mut_number(const struct mut_event *e, const char *item) {
    struct slice s = mut_item(e, item);
    return s.n ? (uint32_t)strtoul((const char *)s.p, NULL, 10) : 0;
}

struct view {
    uint32_t n, cap, *slot, box;
};

static bool room(void *array, uint32_t *cap, uint32_t want, size_t size) {
    void **p = array;
    if (want < *cap)
        return true;
    uint32_t more = want * 2 + 64;
    void *now = realloc(*p, more * size);
    if (!now)
        return false;
    *p = now;
    *cap = more;
    return true;
}

static bool extend(struct mut_trace *t, struct view *v, uint32_t n) {
    while (v->n < n && n < 10000) {
        if (!room(&v->slot, &v->cap, v->n + 1, sizeof *v->slot) ||
            !room(&t->slot, &t->slots_cap, t->slots + 2, sizeof *t->slot))
            return false;
        t->slot[++t->slots] = (struct mut_slot){.box = v->box};
        v->slot[v->n++] = t->slots;
    }
    return true;
}

/* Remembers the view as it is before an event that is about it, then lets the event change it. */
static bool watch(struct mut_trace *t, struct view *v, uint32_t i) {
    struct mut_fact *f = &t->fact[i];
    f->view = v->n;
    f->box = v->box;
    if (f->said != MUT_EXISTS && f->said != MUT_EXPUNGE && f->said != MUT_FETCH && f->said != MUT_SEARCH)
        return true;
    if (!room(&t->views, &t->views_cap, t->views_n + v->n, sizeof *t->views))
        return false;
    f->view_at = t->views_n;
    if (v->n)
        memcpy(t->views + t->views_n, v->slot, v->n * sizeof *v->slot);
    t->views_n += v->n;
    if (f->said == MUT_EXISTS)
        return extend(t, v, f->number);
    if (f->said == MUT_SEARCH || f->number < 1 || f->number > v->n)
        return true;
    f->slot = v->slot[f->number - 1];
    if (f->said == MUT_EXPUNGE) {
        t->slot[f->slot].gone = i;
        memmove(v->slot + f->number - 1, v->slot + f->number, (v->n - f->number) * sizeof *v->slot);
        v->n--;
    } else if (!t->slot[f->slot].uid) {
        t->slot[f->slot].uid = mut_number(&t->event[i], "(UID ");
        if (!t->slot[f->slot].uid)
            t->slot[f->slot].uid = mut_number(&t->event[i], " UID ");
    }
    return true;
}

/* The mailbox's name as it stands, without quotes or a literal's announcement, hashed. */
static uint32_t box_of(const struct mut_event *e) {
    const uint8_t *end = e->p + e->n - 2, *p = mut_find(e->p, e->n, "SELECT ");
    if (!p)
        p = mut_find(e->p, e->n, "EXAMINE ");
    if (!p || e->n < 2)
        return 0;
    const uint8_t *literal = *p == '{' ? mut_find(p, (size_t)(end - p), "}\r\n") : NULL;
    uint32_t h = 2166136261u;
    for (p = literal ? literal : p; p < end; p++)
        if (*p != '"')
            h = (h ^ *p) * 16777619u;
    return h;
}

static bool read_views(struct mut_trace *t) {
    struct view *view = calloc(256, sizeof *view);
    bool ok = view && room(&t->slot, &t->slots_cap, 2, sizeof *t->slot) &&
              room(&t->views, &t->views_cap, 2, sizeof *t->views);
    t->slots = 0;
    if (ok)
        t->slot[0] = (struct mut_slot){0};
    for (uint32_t i = 0; ok && i < t->events; i++) {
        const struct mut_event *e = &t->event[i];
        struct view *v = &view[e->session];
        if (i && t->fact[i].epoch && (e->kind == EV_OPENED || (e->kind == EV_SENT && box_of(e)))) {
            v->n = 0;
            v->box = e->kind == EV_SENT ? box_of(e) : 0;
        }
        ok = watch(t, v, i);
    }
    for (int i = 0; view && i < 256; i++)
        free(view[i].slot);
    free(view);
    return ok;
}

void mut_forget(struct mut_trace *t) {
    free(t->event);
    free(t->fact);
    free(t->command);
    free(t->octets);
    free(t->slot);
    free(t->views);
    memset(t, 0, sizeof *t);
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
        if (e->kind == EV_OPENED)
            *r = (struct reader){.epoch = r->epoch + 1};
        if (e->kind == EV_SENT) {
            struct mut_command *c = &t->command[t->commands];
            *c = (struct mut_command){.event = i, .session = e->session};
            read_command(c, e);
            if (!strcmp(c->word, "SELECT") || !strcmp(c->word, "EXAMINE"))
                r->epoch++;
            if (r->n < 64)
                r->open[r->n++] = (int)t->commands++;
        }
        f->epoch = r->epoch;
        if (e->kind != EV_RECEIVED || e->n < 3)
            continue;
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
    return read_views(t);
}
