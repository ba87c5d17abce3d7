/* fuzz_loop.c: the closed loop: the model as a server, its choices answered by the input, judged by the model
 * as an oracle that knows all behaviours. A violation is our own bug: of the server, the oracle or the
 * driver; so is a deviation where the server was left to its own answers, which break no SHOULD.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "content_mime.h"
#include "drive.h"
#include "fuzz_common.h"
#include "fuzz_loop.h"
#include "inproc.h"

static const char *const users[] = {"u1:pw", "u2:pw", "u3:pw", NULL};

static struct loop {
    struct content *content;
    struct behaviours *behaviours;
    struct inproc *inproc;
    struct target target;
    struct drive *drive;
    struct oracle *oracle;
    struct program program;
    uint8_t answers[4096]; /* zeros behind what the input has */
    bool plain;            /* no answer was chosen: all are the server's own */
    char bad[600];         /* the first violation */
} w;

static void on_note(void *user, const struct note *n) {
    (void)user;
    if ((n->verdict == V_VIOLATES || (n->verdict == V_DEVIATES && w.plain)) && !w.bad[0])
        snprintf(w.bad, sizeof w.bad, "%s %s: %s; seen %s; allowed %s; event %u, session %d",
                 verdict_name(n->verdict), n->cites, n->summary, n->seen, n->allowed, n->event, n->session);
}

static bool fresh(struct target *t) {
    (void)t;
    inproc_reset(w.inproc);
    return true;
}

static void start(void) {
    static const struct target_ops ops = {.fresh = fresh};
    char err[600] = "out of memory";
    w.content = content_new();
    w.drive = drive_new();
    w.behaviours = load_behaviours(NULL, 0, err, sizeof err);
    if (!w.content || !w.drive || !w.behaviours || !behaviours_count(w.behaviours)) {
        fprintf(stderr, "fuzz_loop: no behaviours: %s; IMAPDIFF_LUA names the folder lua\n", err);
        exit(2);
    }
    struct model_server_options m = {.behaviours = w.behaviours,
                                     .seed = 5,
                                     .content = content_ops(w.content),
                                     .users = users,
                                     .fuzz = w.answers,
                                     .fuzz_n = sizeof w.answers,
                                     .max_messages = 400}; /* COPY 1:* into the mailbox itself doubles it */
    struct oracle_options o = {
        .behaviours = w.behaviours, .content = content_ops(w.content), .note = on_note, .users = users};
    w.inproc = inproc_new(&m, drive_events(w.drive));
    w.oracle = oracle_new(&o);
    if (!w.inproc || !w.oracle)
        abort();
    w.target = (struct target){.ops = &ops,
                               .transport = inproc_transport(w.inproc),
                               .kind = TARGET_MODEL,
                               .can = {true, true, true},
                               .name = "model",
                               .users = {users[0], users[1], users[2]},
                               .users_n = 3,
                               .reply_ms = 5000,
                               .raw_ms = 50,
                               .inbox = true};
    drive_attach(w.drive, &w.target,
                 &(struct drive_options){.oracle = w.oracle, .note = on_note, .pause_ms = -1});
    program_init(&w.program);
}

static void show_trace(void) {
    struct program trace;
    program_init(&trace);
    const struct drive_log *log = drive_log(w.drive);
    if (log_trace(log, log->n, &w.program, &trace)) {
        char *text = program_print(&trace, NULL);
        fprintf(stderr, "%s\n", text ? text : "");
        free(text);
    }
    program_free(&trace);
}

/* The octets behind the program's NUL. */
static void take_answers(const uint8_t *p, size_t n) {
    memset(w.answers, 0, sizeof w.answers);
    memcpy(w.answers, p, n < sizeof w.answers ? n : sizeof w.answers);
    w.plain = true;
    for (size_t i = 0; i < sizeof w.answers; i++)
        w.plain = w.plain && !w.answers[i];
}

/* Before the first input, whose time is measured: loading all behaviours takes a while. */
int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc, (void)argv;
    start();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
    if (!n)
        return 0;
    size_t used = loop_read(&w.program, p, n);
    take_answers(p + (used < n ? used + 1 : n), used < n ? n - used - 1 : 0);
    if (!w.program.lines)
        return 0;
    w.bad[0] = 0;
    content_reset(w.content);
    oracle_forget(w.oracle); /* each input's answers make another server */
    enum drive_end end = drive_run(w.drive, &w.program, 1);
    if (end != DRIVE_DONE && end != DRIVE_SILENT && !w.bad[0])
        snprintf(w.bad, sizeof w.bad, "the run ended: %s: %s", drive_end_name(end), drive_text(w.drive));
    if (w.bad[0]) {
        show_trace();
        own_bug(__FILE__, __LINE__, "%s", w.bad);
    }
    return 0;
}
