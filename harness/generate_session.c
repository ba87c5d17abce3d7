/* generate_session.c: states, logins, errors, what is told unasked, pipelines: aims that need no second view.
 */
#include "generate_priv.h"

#include <string.h>

/* ---- errors ---- */

static const char *const malformed[] = {"FETCH",
                                        "FETCH 1",
                                        "FETCH 1 ()",
                                        "FETCH 0 FLAGS",
                                        "FETCH 1,,2 FLAGS",
                                        "FETCH 1 (FLAGS",
                                        "FETCH 1:2:3 FLAGS",
                                        "FETCH 1: FLAGS",
                                        "FETCH FLAGS 1",
                                        "FETCH 99999999999 FLAGS",
                                        "FETCH 1 FROBNICATE",
                                        "FETCH 1 BODY[",
                                        "FETCH  1 FLAGS",
                                        "FETCH 1 FLAGS ",
                                        "STORE 1 FLAGS",
                                        "STORE 1 *FLAGS (\\Seen)",
                                        "STORE 1 +FLAGS (\\Seen",
                                        "STORE +FLAGS (\\Seen)",
                                        "SELECT",
                                        "SELECT FOO BAR",
                                        "CREATE",
                                        "DELETE",
                                        "RENAME FOO",
                                        "STATUS FOO",
                                        "STATUS FOO ()",
                                        "STATUS FOO MESSAGES",
                                        "STATUS FOO (FROBNICATE)",
                                        "SEARCH",
                                        "SEARCH FROBNICATE",
                                        "SEARCH OR SEEN",
                                        "SEARCH (SEEN",
                                        "COPY 1",
                                        "COPY FOO 1",
                                        "UID",
                                        "UID FROBNICATE 1",
                                        "UID FETCH",
                                        "UID NOOP",
                                        "APPEND FOO",
                                        "APPEND FOO (\\Seen)",
                                        "LIST \"\"",
                                        "LSUB",
                                        "SUBSCRIBE",
                                        "EXAMINE \"FOO",
                                        "LOGIN only",
                                        "CHECK now",
                                        "EXPUNGE 1"};
static const char *const strange[] = {"FROBNICATE", "XYZZY now", "FETCHX 1 FLAGS", "X-IMAPDIFF test",
                                      "NOOPE"};
static const char *const early[] = {"SELECT FOO", "LIST \"\" *", "FETCH 1 FLAGS", "STATUS FOO (MESSAGES)",
                                    "CREATE BAR", "CLOSE"};
static const char *const unselected[] = {"FETCH 1 FLAGS",
                                         "STORE 1 +FLAGS (\\Seen)",
                                         "SEARCH ALL",
                                         "CLOSE",
                                         "EXPUNGE",
                                         "COPY 1 FOO",
                                         "UID FETCH 1:* (FLAGS)",
                                         "UID SEARCH ALL",
                                         "UID STORE 1 +FLAGS (\\Seen)",
                                         "UID COPY 1 FOO",
                                         "CHECK"};
static const char *const late[] = {"LOGIN $user(1) $pass(1)", "AUTHENTICATE PLAIN $plain(1)", "STARTTLS"};

static void error_in_state(struct generator *g, int s) {
    uint32_t how = g_below(g, 10);
    if (how < 2 && g->ses[s].state == G_CLOSED) {
        do_open(g, s, TLS_DEFAULT, false);
        emit_text(g, s, G_PICK(g, early));
        emit_text(g, s, "LOGIN $user(1) $pass(1)");
        g->ses[s].state = G_AUTH;
    } else if (how < 5) {
        if (g->ses[s].state == G_CLOSED)
            do_noop(g, s);
        emit_text(g, s,
                  how < 3 && !(g->o.families & GENERATE_TLS) ? late[1] : late[how - 2 < 2 ? how - 2 : 0]);
    } else {
        if (g->ses[s].state == G_SELECTED)
            do_unselect(g, s);
        emit_text(g, s, G_PICK(g, unselected));
    }
}

/* An extension's command where the server has not said that it has it. */
static void unadvertised(struct generator *g, int s) {
    uint32_t missing = ~g->o.families, how = g_below(g, 4);
    if (how == 0 && missing & GENERATE_MOVE) {
        emit_text(g, s, "MOVE 1 BAR");
    } else if (how == 1 && missing & GENERATE_UNSELECT) {
        emit_text(g, s, "UNSELECT");
    } else if (how == 2 && missing & GENERATE_ID) {
        emit_text(g, s, "ID NIL");
    } else {
        s = g_free_session(g);
        do_end(g, s);
        do_open(g, s, TLS_PLAIN, false);
        emit_text(g, s, "CAPABILITY");
        emit_text(g, s, "CLIENTID UUID 23bf83be-aad7-46aa-9e50-39191ccf402f");
        emit_text(g, s, "LOGIN $user(1) $pass(1)");
        g->ses[s].state = G_AUTH;
    }
}

void build_error(struct generator *g) {
    int s = g_free_session(g);
    if (g->errors) /* servers close a connection that makes many */
        return;
    g->errors++;
    if (g_is(g, "error", "state")) {
        error_in_state(g, s);
    } else if (g_is(g, "error", "unadvertised")) {
        unadvertised(g, s);
    } else {
        if (g_chance(g, 60)) {
            int messages = g_between(g, 1, 3), box = do_mailbox(g, s, messages);
            if (box >= 0)
                do_enter(g, s, box, false);
        }
        emit_text(g, s, g_is(g, "error", "syntax") ? G_PICK(g, malformed) : G_PICK(g, strange));
    }
    do_noop(g, s); /* it is still in step */
    g_noise(g, 2);
}

/* ---- what is told unasked ---- */

void build_unsolicited(struct generator *g) {
    int s = g_between(g, 1, g->actors), other = g_other(g, s);
    bool idle = g_is(g, "when", "idle");
    int messages = g_between(g, 1, 4), box = do_mailbox(g, other, messages);
    if (box < 0)
        return;
    do_enter(g, s, box, g_chance(g, 20));
    do_enter(g, other, box, false);
    if (g_chance(g, 40))
        do_fetch(g, s, true, g_view(g, s), G_FLAGS);
    if (idle)
        do_idle(g, s);
    for (int i = g_between(g, 1, 2); i > 0; i--)
        do_some_store(g, other, g_subset(g, g_view(g, other), false));
    if (g_chance(g, 30))
        do_append(g, other, box);
    if (g_chance(g, 30) && g->ses[other].n)
        do_remove(g, other, g_subset(g, g_view(g, other), false), other);
    if (idle) {
        if (g_chance(g, 25) && !program_wait(g->out, g->o.idle_ms))
            g->failed = true;
        do_done(g, s);
    } else if (g_chance(g, 50)) {
        do_noop(g, s);
    } else {
        do_fetch(g, s, false, g_view(g, s), G_META);
    }
    g_reveal(g, s, box);
}

void build_recent(struct generator *g) {
    int s = g_between(g, 1, g->actors), other = g_other(g, s);
    int messages = g_between(g, 0, 3), box = do_mailbox(g, s, messages);
    if (box < 0)
        return;
    if (g_is(g, "session", "later")) {
        do_enter(g, other, box, g_chance(g, 50));
        if (g_chance(g, 50))
            do_append(g, s, box);
    }
    do_enter(g, s, box, g_chance(g, 40));
    if (g_chance(g, 50))
        emit_text(g, s, g_chance(g, 50) ? "SEARCH RECENT" : "SEARCH NEW");
    if (g_chance(g, 50) && g->ses[s].n)
        do_fetch(g, s, false, g_view(g, s), G_FLAGS);
    if (g_chance(g, 40)) {
        do_append(g, other, box);
        do_noop(g, s);
    }
    g_noise(g, 3);
}

void build_select_failed(struct generator *g) {
    static const char *const wrong[] = {"SELECT QUX", "EXAMINE QUX", "SELECT \"QUX\"", "SELECT FOO$/NOWHERE"};
    int s = g_between(g, 1, g->actors);
    if (g->names_used & 8)
        return;
    g->names_used |= 8;
    bool selected = g_is(g, "before", "selected");
    int messages = g_between(g, 1, 3), box = do_mailbox(g, g_other(g, s), messages);
    if (box < 0)
        return;
    if (selected)
        do_enter(g, s, box, g_chance(g, 30));
    else if (g->ses[s].state == G_SELECTED)
        do_unselect(g, s);
    emit_text(g, s, G_PICK(g, wrong));
    /* Is the old one still selected? */
    static const char *const look[] = {"FETCH 1 FLAGS", "SEARCH ALL", "NOOP", "CLOSE",
                                       "UID FETCH 1:* (FLAGS)"};
    if (selected)
        emit_text(g, s, G_PICK(g, look));
    g->ses[s].state = G_AUTH;
    g->ses[s].box = -1;
    g->ses[s].n = 0;
    do_enter(g, s, box, false);
    g_noise(g, 3);
}

/* ---- logins ---- */

void build_login_refused(struct generator *g) {
    static const char *const password[] = {"LOGIN $user(1) wrong", "LOGIN $user(1) \"\"",
                                           "LOGIN $user(1) \"not it\"", "LOGIN $user(1) {5}\r\nwrong"};
    static const char *const user[] = {"LOGIN nobody $pass(1)", "LOGIN nobody@example.org wrong",
                                       "LOGIN \"no body\" $pass(1)"};
    int s = g_free_session(g);
    bool clientid = g_is(g, "cause", "clientid");
    do_end(g, s);
    do_open(g, s, clientid ? g->o.starttls ? TLS_STARTTLS : TLS_IMPLICIT : TLS_DEFAULT, false);
    if (clientid) {
        emit_text(g, s, "CAPABILITY");
        put(g, "CLIENTID %s identity-", g_chance(g, 50) ? "UUID" : "X");
        put(g, "%d", g_between(g, 1, 9));
        emit(g, s);
    } else {
        emit_text(g, s, g_is(g, "cause", "user") ? G_PICK(g, user) : G_PICK(g, password));
        if (g_chance(g, 30))
            emit_text(g, s, G_PICK(g, password));
    }
    emit_text(g, s, "LOGIN $user(1) $pass(1)");
    g->ses[s].state = G_AUTH;
    g_noise(g, 4);
}

void build_authenticate(struct generator *g) {
    int s = g_free_session(g);
    do_end(g, s);
    do_open(g, s, TLS_DEFAULT, false);
    switch (g_below(g, 6)) {
    case 0:
        emit_text(g, s, "AUTHENTICATE PLAIN");
        emit_text(g, s, "$plain(1)");
        break;
    case 1:
        emit_text(g, s, "AUTHENTICATE plain $plain(1)");
        break;
    case 2:
        emit_text(g, s, "AUTHENTICATE PLAIN");
        emit_text(g, s, "*");
        break;
    case 3:
        emit_text(g, s, "AUTHENTICATE PLAIN AG5vYm9keQB3cm9uZw==");
        break; /* nobody, wrong */
    case 4:
        emit_text(g, s, "AUTHENTICATE X-UNKNOWN");
        break;
    default:
        emit_text(g, s, "AUTHENTICATE PLAIN");
        emit_text(g, s, "AG5vYm9keQB3cm9uZw==");
    }
    emit_text(g, s, "CAPABILITY");
    emit_text(g, s, "LOGIN $user(1) $pass(1)"); /* in the wrong state if it has worked */
    g->ses[s].state = G_AUTH;
    g_noise(g, 4);
}

void build_starttls(struct generator *g) {
    int s = g_free_session(g);
    do_end(g, s);
    do_open(g, s, TLS_PLAIN, false);
    if (g_chance(g, 50))
        emit_text(g, s, "CAPABILITY");
    emit_text(g, s, "STARTTLS");
    emit_text(g, s, "CAPABILITY");
    if (g_chance(g, 30))
        emit_text(g, s, "STARTTLS");
    emit_text(g, s, "LOGIN $user(1) $pass(1)");
    g->ses[s].state = G_AUTH;
    g_noise(g, 6);
}

/* Commands in clear behind STARTTLS: they must not be executed under TLS (CID-D2, RFC 3501 6.2.1). */
void build_injection(struct generator *g) {
    static const char *const behind[] = {"z2 NOOP", "z2 CAPABILITY", "z2 LOGIN $user(1) $pass(1)",
                                         "z2 CLIENTID UUID x"};
    int s = g_free_session(g);
    do_end(g, s);
    do_open(g, s, TLS_PLAIN, false);
    put(g, "z1 STARTTLS\r\n%s", G_PICK(g, behind));
    emit(g, s);
    if (!g->failed)
        g->out->line[g->out->lines - 1].flags |= LINE_RAW;
    emit_text(g, s, "CAPABILITY");
    emit_text(g, s, "LOGIN $user(1) $pass(1)");
    g->ses[s].state = G_AUTH;
    g_noise(g, 4);
}

/* ---- pipelines that RFC 3501 5.5 allows ---- */

/* Commands by sequence number that change nothing and may not be answered with EXPUNGE; the last may be any.
 */
static void pipeline_by_sequence(struct generator *g, int s, int n) {
    uint64_t view = g_view(g, s);
    for (int i = 0; i < n; i++) {
        g->plus = true;
        if (g_chance(g, 75))
            do_fetch(g, s, false, g_subset(g, view, false), G_META);
        else
            do_search(g, s, false, g_chance(g, 40));
    }
    g->plus = false;
    uint32_t last = g_below(g, 4);
    if (last == 0)
        do_noop(g, s);
    else if (last == 1 && !g->ses[s].read_only)
        do_expunge(g, s);
    else
        do_fetch(g, s, false, view, G_META);
}

static void pipeline_by_uid(struct generator *g, int s, int n) {
    for (int i = 0; i < n; i++) {
        g->plus = true;
        if (g_chance(g, 60))
            do_fetch(g, s, true, g_subset(g, g_view(g, s), false), G_META);
        else if (g_chance(g, 50))
            emit_text(g, s, "UID SEARCH ALL");
        else
            do_noop(g, s);
    }
    g->plus = false;
    do_fetch(g, s, true, g_view(g, s), G_FLAGS);
}

void build_pipeline(struct generator *g) {
    int s = g_between(g, 1, g->actors), other = g_other(g, s);
    int messages = g_between(g, 2, 5), box = do_mailbox(g, other, messages);
    if (box < 0)
        return;
    do_enter(g, s, box, g_chance(g, 20));
    do_enter(g, other, box, false);
    if (g_chance(g, 60))
        do_remove(g, other, g_subset(g, g_view(g, other), true), other);
    else if (g_chance(g, 50))
        do_append(g, other, box);
    int n = g_between(g, 1, 3);
    if (g_chance(g, 60))
        pipeline_by_sequence(g, s, n);
    else
        pipeline_by_uid(g, s, n);
    g_reveal(g, s, box);
}

void build_walk(struct generator *g) {
    int messages = g_between(g, 2, 5), box = do_mailbox(g, 1, messages);
    for (int s = 1; s <= g->actors && box >= 0; s++)
        if (s < 3 || g_chance(g, 50))
            do_enter(g, s, box, g_chance(g, 15));
    g_noise(g, 12);
}
