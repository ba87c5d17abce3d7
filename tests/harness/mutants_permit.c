/* mutants_permit.c: changes that a clause permits: the changed stream is one that a lawful server may have
 * produced, or a stream in which nobody could see the lie. Written from the documents and from what stands in
 * the octets; the judge has no say. Where a rule is not sure it does not apply. */
#include "mutants.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct context {
    const struct mutant *m;
    const struct mut_trace *t;
    const struct mut_event *was, *now; /* the changed response */
    const struct mut_fact *f;
    const struct mut_command *c; /* in progress, or NULL */
};

static bool is(const struct context *x, const char *words) { /* is the command one of these? "|A|B|" */
    char key[24];
    if (!x->c)
        return false;
    snprintf(key, sizeof key, "|%s|", x->c->word);
    return strstr(words, key) != NULL;
}

/* ---- what else the stream holds ---- */

/* Does another response tell the item of the same message? A body's section counts as part of its name. */
static bool told_again(const struct context *x, const char *name) {
    char item[120];
    const uint8_t *p = mut_find(x->was->p, x->was->n, name), *end = x->was->p + x->was->n;
    size_t n = strlen(name);
    memcpy(item, name, n);
    bool open = name[n - 1] != ' ' && name[n - 1] != '(';
    while (open && p && p < end && n + 3 < sizeof item && *p != ' ')
        item[n++] = (char)*p++;
    if (open)
        item[n++] = ' ';
    item[n] = 0;
    for (uint32_t i = 0; i < x->t->events; i++)
        if (i != x->m->a && x->t->fact[i].said == MUT_FETCH &&
            mut_same(x->t, x->t->fact[i].slot, x->f->slot) && mut_has(&x->t->event[i], item))
            return true;
    return false;
}

/* Was the message expunged, as far as any session was told before event i? */
static bool dead_before(const struct mut_trace *t, uint32_t slot, uint32_t i) {
    for (uint32_t s = 1; s <= t->slots; s++)
        if (t->slot[s].gone && t->slot[s].gone < i && mut_same(t, s, slot))
            return true;
    return false;
}

/* May it have been, though nobody was told yet? Somebody who has the mailbox selected has closed or expunged
 * it. */
static bool may_be_dead(const struct mut_trace *t, uint32_t slot, uint32_t i) {
    bool told = false, done = false;
    for (uint32_t s = 1; s <= t->slots; s++)
        told |= t->slot[s].gone && mut_same(t, s, slot);
    for (uint32_t k = 0; k < t->commands && !done; k++) {
        const struct mut_command *c = &t->command[k];
        done = c->event < i && t->fact[c->event].box == t->slot[slot].box &&
               (!strcmp(c->word, "CLOSE") || !strcmp(c->word, "EXPUNGE") || !strcmp(c->word, "MOVE"));
    }
    return dead_before(t, slot, i) || (told && done);
}

/* Does a later response of the same view hold a message number of at least `least`? A later EXISTS makes up
 * for a missing one, not for a missing EXPUNGE. */
static bool counted_later(const struct context *x, uint32_t least, bool expunge) {
    for (uint32_t i = x->m->a + 1; i < x->t->events; i++) {
        const struct mut_fact *f = &x->t->fact[i];
        if (x->t->event[i].session != x->was->session || x->t->event[i].kind != EV_RECEIVED ||
            f->epoch != x->f->epoch)
            continue;
        if (f->said == MUT_EXISTS)
            return expunge;
        if (f->said == MUT_SEARCH)
            return true;
        if ((f->said == MUT_FETCH || f->said == MUT_EXPUNGE) && f->number >= least)
            return true;
    }
    return false;
}

static bool sends_later(const struct context *x) {
    for (uint32_t i = x->m->a + 1; i < x->t->events; i++)
        if (x->t->event[i].session == x->was->session &&
            (x->t->event[i].kind == EV_SENT || x->t->event[i].kind == EV_RECEIVED))
            return true;
    return false;
}

/* Flag lists as sets. */
static bool same_flags(struct slice a, struct slice b) {
    for (int turn = 0; turn < 2; turn++) {
        struct slice s = turn ? b : a, o = turn ? a : b;
        for (uint32_t i = 0; i < s.n;) {
            uint32_t k = i;
            while (k < s.n && s.p[k] != ' ')
                k++;
            char word[120];
            snprintf(word, sizeof word, "%.*s", (int)(k - i), (const char *)s.p + i);
            if (strcasecmp(word, "\\Recent") && word[0] && !mut_find(o.p, o.n, word))
                return false;
            i = k + 1;
        }
    }
    return true;
}

static bool told_flags(const struct context *x, uint32_t slot, struct slice flags) {
    for (uint32_t i = 0; i < x->t->events; i++) {
        if (i == x->m->a || x->t->fact[i].said != MUT_FETCH || !mut_same(x->t, x->t->fact[i].slot, slot))
            continue;
        if (mut_has(&x->t->event[i], "FLAGS (") && same_flags(mut_item(&x->t->event[i], "FLAGS ("), flags))
            return true;
    }
    return false;
}

/* ---- owed: what the command in progress must be answered with ---- */

static bool owed(const struct context *x) {
    switch (x->f->said) {
    case MUT_FETCH:
        return is(x, "|FETCH|") && !may_be_dead(x->t, x->f->slot, x->m->a);
    case MUT_EXPUNGE:
        return is(x, "|EXPUNGE|MOVE|");
    case MUT_EXISTS:
    case MUT_FLAGS:
    case MUT_RECENT:
        return is(x, "|SELECT|EXAMINE|");
    case MUT_SEARCH:
        return is(x, "|SEARCH|");
    case MUT_STATUS:
        return is(x, "|STATUS|");
    case MUT_LIST:
        return is(x, "|LIST|LSUB|");
    case MUT_CAPABILITY:
        return is(x, "|CAPABILITY|");
    case MUT_ID:
    case MUT_BYE:
    case MUT_TAGGED:
    case MUT_GREETING:
        return true;
    default:
        return false;
    }
}

/* ---- the classes ---- */

static const char *drop(const struct context *x) {
    switch (x->f->said) {
    case MUT_CODE:
        return "a code may be missing: \"the client can assume\" something then (R3501-6.3.1)";
    case MUT_CONTINUE:
        return is(x, "|IDLE|AUTHENTICATE|")
                   ? NULL
                   : "whether the client waited for + is not in the stream (R3501-7.5)";
    case MUT_ID:
        return "the ID response is optional by one of two readings (T-ID-1)";
    case MUT_CAPABILITY:
        return owed(x) ? NULL : "told though not asked: may be left out";
    case MUT_TAGGED:
        return sends_later(x) ? NULL : "the client hung up before the reply could be missed";
    case MUT_FETCH:
        if (is(x, "|STORE|"))
            return "STORE \"normally\" returns the new flags: no MUST (R3501-6.4.6)";
        return owed(x) ? NULL
               : may_be_dead(x->t, x->f->slot, x->m->a) && is(x, "|FETCH|")
                   ? "FETCH of an expunged message may leave it out (RFC 2180 4.1.2)"
                   : "news of flags may come late (R3501-5.2)";
    case MUT_EXISTS:
        return owed(x) || counted_later(x, x->f->view + 1, false)
                   ? NULL
                   : "news of messages may come late (R3501-5.2)";
    case MUT_EXPUNGE:
        return owed(x) || counted_later(x, x->f->number, true)
                   ? NULL
                   : "EXPUNGE may come late (R3501-7.4.1, RFC 2180 4.1)";
    default:
        return NULL;
    }
}

static const char *duplicate(const struct context *x) {
    switch (x->f->said) {
    case MUT_EXPUNGE:
    case MUT_TAGGED:
    case MUT_ID:
    case MUT_CONTINUE:
    case MUT_OTHER:
    case MUT_NOTHING:
        return NULL;
    case MUT_GREETING:
        return "a second greeting is an untagged OK: information (R3501-7.1.1)";
    default:
        return "the same truth once more (R3501-5.2, 7)";
    }
}

/* Data whose place among other untagged data has no meaning. */
static bool free_place(uint8_t said) {
    return said == MUT_CODE || said == MUT_FLAGS || said == MUT_RECENT || said == MUT_STATUS ||
           said == MUT_LIST || said == MUT_CAPABILITY || said == MUT_CONTINUE || said == MUT_ID;
}

static bool same_order(const struct context *x, const struct mut_fact *a, const struct mut_fact *b) {
    if (free_place(a->said) || free_place(b->said))
        return true;
    if (a->said == MUT_FETCH && b->said == MUT_FETCH)
        return a->number != b->number ||
               !(mut_has(x->was, "FLAGS (") && mut_has(&x->t->event[x->m->b], "FLAGS ("));
    if ((a->said == MUT_FETCH && b->said == MUT_SEARCH) || (a->said == MUT_SEARCH && b->said == MUT_FETCH))
        return true;
    const struct mut_fact *exists = a->said == MUT_EXISTS   ? a
                                    : b->said == MUT_EXISTS ? b
                                                            : NULL,
                          *other = exists == a ? b : a;
    if (exists)
        return other->said == MUT_FETCH ? other->number <= a->view : other->said == MUT_SEARCH && !x->f->view;
    const struct mut_fact *gone = a->said == MUT_EXPUNGE ? a : b->said == MUT_EXPUNGE ? b : NULL;
    other = gone == a ? b : a;
    if (gone && other->said == MUT_FETCH)
        return other->number < gone->number;
    return a->said == MUT_EXPUNGE && b->said == MUT_EXPUNGE && a->number == b->number;
}

/* Does found data of SEARCH name only what was in view before? */
static bool found_old(const struct context *x, uint32_t search) {
    const uint8_t *p = mut_find(x->t->event[search].p, x->t->event[search].n, "SEARCH");
    for (const uint8_t *end = x->t->event[search].p + x->t->event[search].n; p && p < end; p++)
        if (*p == ' ' && strtoul((const char *)p + 1, NULL, 10) > x->f->view)
            return false;
    return true;
}

static const char *swap(const struct context *x) {
    const struct mut_fact *a = x->f, *b = &x->t->fact[x->m->b];
    struct context y = *x;
    if (b->said == MUT_BYE && a->said != MUT_GREETING && x->f->command >= 0 && !is(x, "|LOGOUT|"))
        return "BYE announces that the connection is about to be closed: a reply may follow (R3501-7.1.5)";
    if (a->said == MUT_TAGGED) { /* what followed a reply now comes before it */
        if (b->said == MUT_EXPUNGE)
            return NULL;
        return b->said == MUT_TAGGED ? "tagged replies of a pipeline come in any order (R3501-5.5)"
               : b->said == MUT_BYE  ? NULL
                                     : "news may come at any time (R3501-5.2, 5.3)";
    }
    if (b->said == MUT_TAGGED) {
        if (a->said == MUT_EXPUNGE || a->said == MUT_BYE || a->said == MUT_GREETING)
            return NULL;
        if (a->said == MUT_ID)
            return "the ID response is optional by one of two readings (T-ID-1)";
        if (a->said == MUT_CONTINUE)
            return NULL;
        if (a->said == MUT_FETCH && is(x, "|STORE|"))
            return "STORE \"normally\" returns the new flags: no MUST (R3501-6.4.6)";
        if (a->said == MUT_CODE)
            return is(x, "|MOVE|") ? NULL : "a code may be missing, and come later (R3501-6.3.1, 7.1)";
        return owed(&y) ? NULL : "news may come at any time (R3501-5.2, 5.3)";
    }
    if (a->said == MUT_GREETING || a->said == MUT_BYE || b->said == MUT_BYE)
        return NULL;
    if (a->said == MUT_EXISTS && b->said == MUT_SEARCH)
        return found_old(x, x->m->b) ? "the order of untagged data is free (R3501-7)" : NULL;
    if (a->said == MUT_SEARCH && b->said == MUT_EXISTS)
        return "the order of untagged data is free (R3501-7)";
    if (a->said == MUT_EXPUNGE && b->said == MUT_EXISTS && b->number == a->view &&
        !counted_later(x, b->number, false))
        return "EXISTS told nothing new; news of messages may come late (R3501-5.2)";
    return same_order(x, a, b) ? "the order of untagged data is free (R3501-7)" : NULL;
}

/* Plays the EXPUNGEs of the window from the changed one on, with and without the change: the same messages
 * left? */
static bool same_effect(const struct context *x) {
    uint32_t n = x->f->view, left[2][4096], size[2] = {n, n};
    if (n > 4096)
        return false;
    for (int turn = 0; turn < 2; turn++) {
        memcpy(left[turn], x->t->views + x->f->view_at, n * sizeof *left[turn]);
        for (uint32_t i = x->m->a; i < x->t->events; i++) {
            if (x->t->event[i].session != x->was->session)
                continue;
            if (x->t->event[i].kind != EV_RECEIVED || x->t->fact[i].said != MUT_EXPUNGE)
                break;
            uint32_t k = i == x->m->a && turn ? (uint32_t)strtoul((const char *)x->now->p + 2, NULL, 10)
                                              : x->t->fact[i].number;
            if (k < 1 || k > size[turn])
                return false;
            memmove(left[turn] + k - 1, left[turn] + k, (size[turn]-- - k) * sizeof *left[turn]);
        }
    }
    return size[0] == size[1] && !memcmp(left[0], left[1], size[0] * sizeof *left[0]);
}

/* Is what is said of the one message true of the other, whose number it has now? Flags alone. */
static bool true_of_other(const struct context *x) {
    uint32_t k = (uint32_t)strtoul((const char *)x->now->p + 2, NULL, 10);
    if (owed(x) || k < 1 || k > x->f->view || mut_has(x->was, "UID ") || !mut_has(x->was, "(FLAGS ("))
        return false;
    uint32_t slot = x->t->views[x->f->view_at + k - 1];
    return may_be_dead(x->t, slot, x->m->a) || told_flags(x, slot, mut_item(x->was, "FLAGS ("));
}

static const char *renumber(const struct context *x) {
    if (x->f->said == MUT_EXPUNGE)
        return same_effect(x) ? "EXPUNGE numbers count by their effect (T-MAP-19)" : NULL;
    if (x->f->said == MUT_FETCH && true_of_other(x))
        return "true of the other message, too (R3501-7.4.2)";
    return NULL;
}

/* Does the session go on with the mailbox that it has, or has not? */
static bool used_later(const struct context *x) {
    for (uint32_t i = x->m->a + 1; i < x->t->events; i++) {
        const struct mut_fact *f = &x->t->fact[i];
        if (x->t->event[i].session != x->was->session || f->epoch != x->f->epoch ||
            x->t->event[i].kind != EV_RECEIVED)
            continue;
        if (f->said == MUT_FETCH || f->said == MUT_EXISTS || f->said == MUT_EXPUNGE || f->said == MUT_SEARCH)
            return true;
        if (f->said != MUT_TAGGED || f->command < 0)
            continue;
        char key[24];
        snprintf(key, sizeof key, "|%s|", x->t->command[f->command].word);
        if (strstr("|FETCH|STORE|SEARCH|COPY|MOVE|EXPUNGE|CHECK|CLOSE|UNSELECT|", key))
            return true;
    }
    return false;
}

static bool listed_later(const struct context *x) {
    for (uint32_t k = 0; k < x->t->commands; k++)
        if (x->t->command[k].event > x->m->a && !strcmp(x->t->command[k].word, "LSUB"))
            return true;
    return false;
}

static const char *word(const struct context *x) {
    char was = x->c ? x->c->reply_word : 0;
    const uint8_t *p = mut_find(x->now->p, x->now->n, " ");
    char now = p ? (char)*p : 0;
    if (is(x, "|ID|CLIENTID|"))
        return NULL;
    if (was == 'B' && now == 'O' && is(x, "|FETCH|STORE|"))
        return "numbers beyond the view may be ignored (T-MAP-9)";
    if (was == 'O' && is(x, "|SELECT|EXAMINE|UNSELECT|") && !used_later(x))
        return "a server may refuse what leaves no trace (R3501-7.1.2, UNDOCUMENTED or DEVIATES)";
    if (was == 'O' && is(x, "|SUBSCRIBE|UNSUBSCRIBE|") && !listed_later(x))
        return "a server may refuse what leaves no trace (R3501-7.1.2, UNDOCUMENTED or DEVIATES)";
    if (was != 'O' && now != 'O')
        return "a refusal by another word (R3501-7.1.2, 7.1.3)";
    if (now != 'O' &&
        is(x, "|NOOP|CHECK|CAPABILITY|FETCH|SEARCH|STATUS|LIST|LSUB|NAMESPACE|STORE|LOGOUT|IDLE|ENABLE|"))
        return "a server may refuse what leaves no trace (R3501-7.1.2, UNDOCUMENTED or DEVIATES)";
    return NULL;
}

static const char *flag(const struct context *x) {
    if (may_be_dead(x->t, x->f->slot, x->m->a))
        return "of an expunged message any flags may be told (RFC 2180 4.1)";
    if (told_flags(x, x->f->slot, mut_item(x->now, "FLAGS (")))
        return "flags that the message had at another time: late news (R3501-5.2)";
    return NULL;
}

/* Is the UID named by an APPENDUID or COPYUID code? */
static bool uid_in_code(const struct context *x, uint32_t uid) {
    char end[24];
    snprintf(end, sizeof end, " %u]", uid);
    for (uint32_t i = 0; i < x->t->events; i++) {
        const struct mut_event *e = &x->t->event[i];
        if (i == x->m->a || e->kind != EV_RECEIVED)
            continue;
        if (mut_has(e, "[COPYUID ") || (mut_has(e, "[APPENDUID ") && mut_has(e, end)))
            return true;
    }
    return false;
}

static bool uid_told(const struct context *x, uint32_t uid, uint32_t but) {
    for (uint32_t i = 0; i < x->t->events; i++)
        if (i != but && x->t->fact[i].said == MUT_FETCH &&
            (mut_number(&x->t->event[i], "(UID ") == uid || mut_number(&x->t->event[i], " UID ") == uid))
            return true;
    return false;
}

static const char *uid(const struct context *x) {
    if (x->f->said == MUT_FETCH) {
        uint32_t was = x->t->slot[x->f->slot].uid;
        if (may_be_dead(x->t, x->f->slot, x->m->a) || uid_told(x, was, x->m->a) || uid_in_code(x, was))
            return NULL;
        return "told only once: the server's choice (R3501-2.3.1.1)";
    }
    if (x->f->said == MUT_CODE && mut_has(x->was, "[UIDNEXT ")) {
        uint32_t now = mut_number(x->now, "[UIDNEXT "), was = mut_number(x->was, "[UIDNEXT ");
        for (uint32_t s = 1; s <= x->t->slots; s++)
            if (x->t->slot[s].box == x->f->box && x->t->slot[s].uid >= (now < was ? now : was) &&
                x->t->slot[s].uid)
                return NULL;
        return "a prediction that nothing in the stream tests (R3501-2.3.1.1)";
    }
    if (x->f->said == MUT_CODE && mut_has(x->was, "[UIDVALIDITY ")) {
        if (mut_number(x->now, "[UIDVALIDITY ") > mut_number(x->was, "[UIDVALIDITY "))
            return "that UIDs persist is a SHOULD; a greater UIDVALIDITY says that they did not "
                   "(R3501-2.3.1.1)";
        for (uint32_t i = 0; i < x->t->events; i++)
            if (i != x->m->a && x->t->fact[i].box == x->f->box && mut_has(&x->t->event[i], "[UIDVALIDITY "))
                return NULL;
        return "told only once: the server's choice (R3501-2.3.1.1)";
    }
    return NULL;
}

static const char *count(const struct context *x) {
    if (mut_has(x->was, "[APPENDUID ")) {
        const uint8_t *p = mut_find(x->was->p, x->was->n, "[APPENDUID ");
        const uint8_t *q = mut_find(p, (size_t)(x->was->p + x->was->n - p), " ");
        uint32_t uid = q ? (uint32_t)strtoul((const char *)q, NULL, 10) : 0;
        const uint8_t *now = mut_find(x->now->p, x->now->n, "[APPENDUID ");
        bool validity = strtoul((const char *)now, NULL, 10) != strtoul((const char *)p, NULL, 10);
        if (validity && strtoul((const char *)now, NULL, 10) < strtoul((const char *)p, NULL, 10))
            return "that UIDs persist is a SHOULD; a greater UIDVALIDITY says that they did not "
                   "(R3501-2.3.1.1)";
        if (validity || uid_told(x, uid, x->m->a))
            return NULL;
        return "told only once: the server's choice (R3501-2.3.1.1)";
    }
    if (x->f->said == MUT_EXISTS && owed(x) && x->c && mut_has(&x->t->event[x->c->event], "INBOX"))
        for (uint32_t i = 0, seen = 0; i <= x->m->a; i++) {
            seen += x->t->fact[i].said == MUT_EXISTS && x->t->fact[i].box == x->f->box;
            if (i == x->m->a && seen == 1)
                return "the first look at a mailbox that was there before (R3501-5.1)";
        }
    if (x->f->said == MUT_EXPUNGE)
        return same_effect(x) ? "EXPUNGE numbers count by their effect (T-MAP-19)" : NULL;
    if (x->f->said == MUT_EXISTS && !owed(x)) {
        uint32_t now = (uint32_t)strtoul((const char *)x->now->p + 2, NULL, 10);
        if (now >= x->f->view && now < x->f->number && !counted_later(x, now + 1, false))
            return "news of messages may come late (R3501-5.2)";
    }
    return NULL;
}

static const char *content(const struct context *x) {
    static const char *const items[] = {"RFC822.SIZE ", "ENVELOPE (", "BODY[", "RFC822"};
    if (may_be_dead(x->t, x->f->slot, x->m->a))
        return "of an expunged message anything may be told (RFC 2180 4.1.3)";
    for (int i = 0; i < 4; i++)
        if (strstr(x->m->what, i == 0 ? "RFC822.SIZE" : i == 1 ? "subject" : i == 2 ? "BODY[]" : "of RFC822"))
            return told_again(x, items[i])
                       ? NULL
                       : "told only once: what the server keeps is its own (R3501-6.3.11)";
    return NULL;
}

const char *mut_permitted(const struct mutant *m) {
    struct context x = {
        .m = m, .t = m->of, .was = &m->of->event[m->a], .now = &m->event[m->a], .f = &m->of->fact[m->a]};
    x.c = x.f->command < 0 ? NULL : &m->of->command[x.f->command];
    static const char *(*const rule[MUT_CLASSES])(const struct context *) = {
        drop, duplicate, swap, renumber, word, flag, uid, count, content};
    return rule[m->cls](&x);
}
