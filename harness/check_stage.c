/* check_stage.c: opening, running on, and closing a target together with driver, oracle and contents. */
#include "check_stage.h"

#include "cli.h"

#include <stdlib.h>
#include <string.h>

static bool open_target(struct stage *s, int *status, char *err, size_t errlen) {
    bool usage = false;
    struct target_options to = {.behaviours = s->behaviours,
                                .content = content_ops(s->content),
                                .seed = s->o->seed,
                                .users = s->o->users,
                                .allow_inbox = s->o->allow_inbox,
                                .events = drive_events(s->drive)};
    s->target = target_open(s->name, &to, err, errlen, &usage);
    *status = usage ? EXIT_USAGE : EXIT_TARGET;
    if (s->target && s->o->deadline_ms)
        s->target->reply_ms = s->o->deadline_ms > 3600000 ? 3600000 : (int)s->o->deadline_ms;
    if (s->target && s->o->pause_ms)
        s->target->pause_ms = s->o->pause_ms > 60000 ? 60000 : (int)s->o->pause_ms;
    return s->target != NULL;
}

/* Whoever listens to the stage may change while the oracle lives. */
static void on_note(void *user, const struct note *n) {
    struct stage *s = user;
    s->note(s->user, n);
}

static void attach(struct stage *s) {
    drive_attach(s->drive, s->target,
                 &(struct drive_options){
                     .oracle = s->oracle, .note = on_note, .user = s, .stop = s->stop, .pause_ms = -1});
}

static bool open_oracle(struct stage *s) {
    for (int i = 0; i < s->target->users_n; i++)
        if (!(s->login[i] = strdup(s->target->users[i])))
            return false;
    struct oracle_options oo = {.behaviours = s->behaviours,
                                .content = content_ops(s->content),
                                .note = on_note,
                                .user = s,
                                .users = (const char *const *)s->login};
    s->oracle = oracle_new(&oo);
    return s->oracle != NULL;
}

bool stage_open(struct stage *s, int *status, char *err, size_t errlen) {
    *status = EXIT_TARGET;
    snprintf(err, errlen, "out of memory");
    s->content = content_new();
    s->drive = drive_new();
    if (!s->content || !s->drive)
        return false;
    s->behaviours = load_behaviours(s->o->behaviours, s->o->folders, err, errlen);
    if (!s->behaviours) {
        *status = EXIT_USAGE;
        return false;
    }
    if (!open_target(s, status, err, errlen))
        return false;
    if (!open_oracle(s)) {
        snprintf(err, errlen, "out of memory");
        return false;
    }
    attach(s);
    return true;
}

bool stage_restart(struct stage *s, char *err, size_t errlen) {
    int status;
    drive_detach(s->drive);
    target_free(s->target);
    if (!open_target(s, &status, err, errlen))
        return false;
    attach(s);
    return true;
}

enum drive_end stage_run(struct stage *s, const struct program *p) {
    content_reset(s->content); /* model and oracle begin anew, too */
    return drive_run(s->drive, p, ++s->number);
}

void stage_close(struct stage *s) {
    if (s->target)
        snprintf(s->left, sizeof s->left, "%s", drive_clean(s->drive));
    drive_free(s->drive);
    target_free(s->target);
    if (s->oracle)
        oracle_free(s->oracle);
    if (s->behaviours)
        behaviours_free(s->behaviours);
    if (s->content)
        content_free(s->content);
    for (int i = 0; i < TARGET_USERS; i++)
        free(s->login[i]);
    s->target = NULL;
    s->drive = NULL;
    s->oracle = NULL;
    s->behaviours = NULL;
    s->content = NULL;
    memset(s->login, 0, sizeof s->login);
}

bool expectation_read(const struct program *trace, struct expectation *e) {
    const char *text = program_head(trace, "expect"), *summary = program_head(trace, "summary");
    *e = (struct expectation){.verdict = -1};
    if (!text)
        return true;
    size_t n = strcspn(text, " ");
    for (int v = 0; v < V_COUNT; v++)
        if (strlen(verdict_name(v)) == n && !strncmp(text, verdict_name(v), n))
            e->verdict = v;
    snprintf(e->clauses, sizeof e->clauses, "%s", text + n + strspn(text + n, " "));
    snprintf(e->summary, sizeof e->summary, "%s", summary ? summary : "");
    return e->verdict >= 0;
}

static bool has_word(const char *words, const char *word, size_t n) {
    while (*words) {
        size_t m = strcspn(words, " ");
        if (m == n && !strncmp(words, word, n))
            return true;
        words += m + strspn(words + m, " ");
    }
    return false;
}

bool expectation_met(const struct expectation *e, const struct note *n, bool with_summary) {
    if (n->verdict != e->verdict)
        return false;
    /* A header's value was cut to its room, and has no blanks at its ends. */
    size_t room = strlen(e->summary);
    if (with_summary && room && strncmp(e->summary, n->summary ? n->summary : "", room))
        return false;
    const char *c = e->clauses;
    while (*c) {
        size_t m = strcspn(c, " ");
        if (has_word(n->cites ? n->cites : "", c, m))
            return true;
        c += m + strspn(c + m, " ");
    }
    return !e->clauses[0];
}
