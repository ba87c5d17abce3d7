/* diff_servers.c: `imapdiff diff` of servers: the same programs on each, and where they part; and the model
 * beside the server that it was learnt from. */
#include "diff.h"

#include "cli.h"
#include "interrupt.h"
#include "part.h"
#include "server.h"

#include <stdlib.h>
#include <string.h>

/* Programs are the same where they may use the same: what all offer. */
static bool agree(struct parted *s, int *status) {
    for (int i = 0; i < s->targets; i++) {
        struct generator_options g;
        if (!check_offers(s->o[i].target[i], &s->o[i], &g, status))
            return false;
        if (i == 0)
            s->within = g;
        s->within.families &= g.families;
        s->within.starttls &= g.starttls;
        s->within.implicit_tls &= g.implicit_tls;
        s->within.allow_inbox &= g.allow_inbox;
    }
    if (!s->within.starttls && !s->within.implicit_tls)
        s->within.families &= ~(uint32_t)GENERATE_TLS;
    return true;
}

static void run_each(struct parted *s, const volatile int *stop, int *status) {
    for (int i = 0; i < s->targets && !*stop; i++) {
        struct check_run *r = &s->run[s->runs++];
        s->o[i].within = &s->within;
        for (int k = 0; k < i; k++)
            s->o[i].again += !strcmp(s->o[i].target[k], s->o[i].target[i]);
        const int one = check_target(s->o[i].target[i], &s->o[i], stop, r);
        if (check_tell_end(r))
            *status = check_worse(*status, one == EXIT_USAGE || part_is_whole(r) ? EXIT_USAGE : EXIT_TARGET);
    }
    if (*stop)
        *status = check_worse(*status, EXIT_TARGET);
}

/* All runs, and what parts them. false: nothing was run; *status says why. */
static bool run_all(struct parted *s, const struct check_options *o, int *status) {
    *status = EXIT_CLEAN;
    *s = (struct parted){.targets = o->targets, .run = calloc((size_t)o->targets, sizeof *s->run)};
    for (int i = 0; i < o->targets; i++)
        s->o[i] = *o;
    if (!s->run) {
        cli_error("out of memory");
        *status = EXIT_USAGE;
    } else if (agree(s, status)) {
        run_each(s, interrupt_catch(), status);
        part_count(s);
    }
    return s->runs > 0;
}

static void end(struct parted *s) {
    for (int i = 0; i < s->runs; i++)
        check_run_free(&s->run[i]);
    free(s->run);
}

int diff_prediction(const struct check_options *o) {
    static struct parted s;
    int status;
    if (run_all(&s, o, &status) && s.runs == 2) {
        part_show(&s);
        part_show_prediction(&s);
    }
    end(&s);
    return status;
}

static int diff_servers(const struct check_options *o) {
    static struct parted s;
    int status;
    if (run_all(&s, o, &status)) {
        if (s.parted + s.findings + s.scenarios)
            status = EXIT_FINDINGS;
        if (o->json && !part_write_json(&s, status))
            status = check_worse(status, EXIT_USAGE);
        if (!o->json || o->json_file) {
            part_show(&s);
            part_show_rest(&s, status);
        }
    }
    end(&s);
    return status;
}

bool diff_takes(const struct check_options *o, const char *command) {
    const bool other = o->junit || o->tap || o->report || o->profile || o->resume || o->print_programs ||
                       o->time_ms || o->first || o->reach || o->strict;
    if (other)
        cli_error("%s: servers get the same programs, --programs of them; --time, --first, --strict, "
                  "--reach, --junit, --tap, "
                  "--report, --profile, --resume and --print-programs are options of check alone",
                  command);
    return !other;
}

/* Among servers, `dovecot` and `cyrus` are servers too; other libraries are not. */
static bool sound(struct check_options *o) {
    char err[800];
    for (int i = 0; i < o->targets; i++)
        if (!diff_names_server(o->target[i]) && !server_is_name(o->target[i], err, sizeof err)) {
            cli_error("diff: expected libraries or servers, not both: `%s` is no server", o->target[i]);
            return false;
        }
    if (o->targets < 2)
        cli_error("diff: expected two servers or more (imapdiff check judges one)");
    else if (!diff_takes(o, "diff"))
        return false;
    else if (!check_inputs(o, err, sizeof err))
        cli_error("%s", err);
    else
        return true;
    return false;
}

int diff_servers_main(int argc, char **argv) {
    struct check_options o = {.seed = 1, .clients = 4, .programs = CHECK_NO_LIMIT};
    if (!check_parse(argc, argv, &o) || !sound(&o))
        return EXIT_USAGE;
    if (o.programs == CHECK_NO_LIMIT)
        o.programs = DIFF_PROGRAMS;
    return diff_servers(&o);
}
