/* replay.c: `imapdiff replay FILE [TARGET]`: a trace's commands on a fresh instance: does its finding come again, how often? */
#include "check.h"
#include "cli.h"
#include "content_mime.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

struct expected {
    int verdict;             /* -1: nothing is expected; every finding is shown */
    char clauses[200];       /* one of them must be cited */
    bool came;
    bool show;
    struct tally tally;
};

static volatile int stop;

static void on_signal(int number)
{
    (void)number;
    stop = 1;
}

/* "VIOLATES MAP-I3 MAP-4-a" */
static bool read_expected(const char *text, struct expected *e)
{
    e->verdict = -1;
    if (!text)
        return true;
    size_t n = strcspn(text, " ");
    for (int v = 0; v < V_COUNT; v++)
        if (strlen(verdict_name(v)) == n && !strncmp(text, verdict_name(v), n))
            e->verdict = v;
    snprintf(e->clauses, sizeof e->clauses, "%s", text + n);
    return e->verdict >= 0;
}

static bool cites_one_of(const char *cites, const char *clauses)
{
    bool any = false;
    for (const char *c = clauses + strspn(clauses, " "); *c; c += strspn(c, " ")) {
        size_t n = strcspn(c, " ");
        any = true;
        for (const char *d = cites; *d; d += strspn(d, " ")) {
            size_t m = strcspn(d, " ");
            if (m == n && !strncmp(c, d, n))
                return true;
            d += m;
        }
        c += n;
    }
    return !any;
}

static void on_note(void *user, const struct note *n)
{
    struct expected *e = user;
    bool fresh;
    struct finding *f = tally_note(&e->tally, n, &fresh);
    if (n->verdict == e->verdict && cites_one_of(n->cites ? n->cites : "", e->clauses))
        e->came = true;
    if (f && fresh && e->show)
        printf("%s %s: %s\n    seen     %s\n    allowed  %s\n", verdict_name(n->verdict), f->cites, f->summary, f->seen,
               f->allowed);
}

/* One fresh instance, one run of the program. Returns 1 it came, 0 it did not, < 0 minus the exit status. */
static int once(const char *name, const struct program *p, struct behaviours *b, struct content *contents,
                const struct check_options *o, struct expected *e)
{
    content_reset(contents);
    struct content_ops content = content_ops(contents);
    struct drive *d = drive_new();
    char err[1024] = "out of memory";
    bool usage = false;
    struct target_options to = {.behaviours = b, .content = content, .seed = o->seed, .users = o->users,
                                .allow_inbox = o->allow_inbox, .events = d ? drive_events(d) : NULL};
    struct target *t = d ? target_open(name, &to, err, sizeof err, &usage) : NULL;
    struct oracle_options oo = {.behaviours = b, .content = content, .note = on_note, .user = e,
                                .users = t ? t->users : NULL};
    struct oracle *oracle = t ? oracle_new(&oo) : NULL;
    int result = usage ? -EXIT_USAGE : -EXIT_TARGET;
    e->came = false;
    if (oracle) {
        drive_attach(d, t, &(struct drive_options){.oracle = oracle, .note = on_note, .user = e, .stop = &stop, .pause_ms = -1});
        enum drive_end end = drive_run(d, p, 1);
        drive_clean(d);
        result = e->came;
        if (!e->came && end != DRIVE_DONE) {
            snprintf(err, sizeof err, "%s", drive_text(d));
            result = -EXIT_TARGET;
        }
        oracle_free(oracle);
    }
    if (result < 0)
        cli_error("%s: %s", t ? t->name : name, err);
    drive_free(d);
    target_free(t);
    return result;
}

static int times_over(const char *file, const char *target, const struct program *p, const struct check_options *o,
                      int times, struct behaviours *b, struct content *content, struct expected *e)
{
    int came = 0, ran = 0, result = 0;
    for (; ran < times && !stop; ran++) {
        e->show = ran == 0 && !o->quiet;
        result = once(target, p, b, content, o, e);
        if (result < 0)
            return -result;
        came += result;
    }
    if (e->verdict < 0) {
        printf("%s: ran %d of %d times on %s; the file has no `# expect:` line\n", file, ran, times, target);
        return tally_fails(&e->tally, o->strict) ? EXIT_FINDINGS : EXIT_CLEAN;
    }
    printf("%s: %s%s came again %d of %d times on %s\n", file, verdict_name(e->verdict), e->clauses, came, ran, target);
    return came ? EXIT_FINDINGS : stop ? EXIT_TARGET : EXIT_CLEAN;
}

int replay_main(int argc, char **argv)
{
    struct check_options o = {.seed = 1};
    uint64_t times = 1, seed = 0;
    const char *word[2];
    int words;
    const struct cli_option options[] = {
        {.name = "times", .type = CLI_NUMBER, .to = &times},
        {.name = "seed", .type = CLI_NUMBER, .to = &seed},
        {.name = "strict", .type = CLI_FLAG, .to = &o.strict},
        {.name = "quiet", .type = CLI_FLAG, .to = &o.quiet},
        {.name = "allow-inbox", .type = CLI_FLAG, .to = &o.allow_inbox},
        {.name = "user", .type = CLI_LIST, .to = o.users, .n = &o.users_n, .max = TARGET_USERS},
        {.name = "behaviours", .type = CLI_LIST, .to = o.behaviours, .n = &o.folders, .max = CHECK_FOLDERS},
        {0},
    };
    if (!cli_parse(options, argc, argv, word, 2, &words))
        return EXIT_USAGE;
    struct program p;
    struct expected e = {.verdict = -1};
    char err[1024];
    program_init(&p);
    bool ok = words > 0 && times > 0 && times <= 1000000;
    if (!ok)
        cli_error(words ? "replay: --times: expected 1 to 1000000" : "replay: expected a trace file");
    if (ok && !(ok = program_read(&p, word[0], err, sizeof err)))
        cli_error("%s", err);
    if (ok && !(ok = read_expected(program_head(&p, "expect"), &e)))
        cli_error("%s: expected `# expect: VERDICT CLAUSE...`, such as `# expect: VIOLATES MAP-I3`", word[0]);
    const char *target = words > 1 ? word[1] : program_head(&p, "target"), *recorded = program_head(&p, "seed");
    if (ok && !(ok = target != NULL))
        cli_error("%s names no target: imapdiff replay FILE TARGET", word[0]);
    o.seed = seed ? seed : recorded ? strtoull(recorded, NULL, 10) : 1;
    int status = EXIT_USAGE;
    if (ok) {
        struct sigaction a = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
        sigaction(SIGINT, &a, NULL);
        sigaction(SIGTERM, &a, NULL);
        struct content *content = content_new();
        snprintf(err, sizeof err, "out of memory");
        struct behaviours *b = content ? load_behaviours(o.behaviours, o.folders, err, sizeof err) : NULL;
        if (b)
            status = times_over(word[0], target, &p, &o, (int)times, b, content, &e);
        else
            cli_error("%s", err);
        if (b)
            behaviours_free(b);
        content_free(content);
    }
    tally_free(&e.tally);
    program_free(&p);
    return status;
}
