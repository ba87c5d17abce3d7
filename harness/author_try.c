/* author_try.c: `imapdiff try FILE`: what a behaviour answers beside the others, and what the judge says of
 * it in the closed loop: the model as a server that behaves so, under generated programs. */
#include "author.h"

#include "check.h"
#include "cli.h"
#include "interrupt.h"
#include "profile.h"
#include "report.h"
#include "scenario.h"

#include <string.h>

#define ROWS_SHOWN 12

/* Does a comma-separated list hold the word? */
static bool names(const char *list, const char *word) {
    const size_t n = strlen(word);
    for (const char *at = list; (at = strstr(at, word)); at += n)
        if ((at == list || strchr(", ", at[-1])) && (!at[n] || strchr(", ", at[n])))
            return true;
    return false;
}

static void show_finding(const struct finding *f) {
    printf("  %s %s: %s\n    seen     %s\n    allowed  %s\n", verdict_name(f->verdict), f->cites, f->summary,
           f->seen, f->allowed);
    if (f->trace)
        printf("    trace    %s\n", f->trace);
}

/* The points that it answers, as the judge saw them answered. */
static void show_seen(const struct check_run *run, const struct behaviour *own) {
    uint32_t rows = 0;
    uint64_t named = 0;
    char context[160];
    for (uint32_t i = 0; i < run->tally.rows; i++) {
        const struct profile_row *r = &run->tally.row[i];
        if (!(own->points >> r->point & 1))
            continue;
        named += names(r->answer, own->name) ? r->count : 0;
        if (rows++ < ROWS_SHOWN)
            printf("  %-18s %-44s %s ×%llu%s%s%s\n", point_name((enum point)r->point),
                   point_context_text((enum point)r->point, r->context, context, sizeof context), r->answer,
                   (unsigned long long)r->count, *r->cites ? " [" : "", r->cites, *r->cites ? "]" : "");
    }
    if (rows > ROWS_SHOWN)
        printf("  and %u rows more: imapdiff check model:FILE shows all\n", rows - ROWS_SHOWN);
    if (!rows && !own->fault)
        puts("  no program came to a context that it answers");
    else if (named)
        printf("  the judge named it %llu times\n", (unsigned long long)named);
}

static int judge(const struct try_options *o, const struct behaviour *own) {
    struct check_options c = {
        .seed = o->seed, .clients = 4, .programs = o->programs, .quiet = true, .scenario = ""};
    struct check_run run;
    char target[600];
    if (strchr(o->file, ',') || strlen(o->file) > 500) {
        cli_error("try: expected a path without commas, of at most 500 octets");
        return EXIT_USAGE;
    }
    /* A name without / would be a behaviour's. */
    snprintf(target, sizeof target, "model:%s%s", strchr(o->file, '/') ? "" : "./", o->file);
    int status = check_target(target, &c, o->stop, &run);
    const bool found = tally_fails(&run.tally, false);
    printf("\nclosed loop: %llu programs, %llu commands, %llu responses: ", (unsigned long long)run.programs,
           (unsigned long long)run.counts.commands, (unsigned long long)run.judged.responses);
    if (run.end_text[0])
        printf("ended early: %s\n", run.end_text);
    else if (own->fault)
        puts(found ? "found, as a fault should be" : "NOT found; a fault must be seen by the judge");
    else
        puts(found ? "the judge refuses it" : "nothing that breaks a rule");
    for (uint32_t i = 0, shown = 0; i < run.tally.findings && shown < 3; i++)
        if (run.tally.finding[i].verdict == V_VIOLATES && ++shown)
            show_finding(&run.tally.finding[i]);
    show_seen(&run, own);
    if (status == EXIT_CLEAN || status == EXIT_FINDINGS)
        status = found == own->fault ? EXIT_CLEAN : EXIT_FINDINGS;
    check_run_free(&run);
    return status;
}

int try_behaviour(const struct try_options *o, struct behaviours *b, int index) {
    const struct behaviour *own = behaviours_at(b, index);
    printf("%s: behaviour %s%s\n%s\ncites %s\n\n", o->file, own->name, own->fault ? ", a fault" : "",
           *own->doc ? own->doc : "(give it a first line `--- what it does`)", own->cites);
    try_table(stdout, b, index);
    return judge(o, own);
}

static int try_profile(const char *file) {
    char err[800];
    struct profile *p = profile_load(file, err, sizeof err);
    if (!p) {
        cli_error("%s", err);
        return EXIT_USAGE;
    }
    int n = 0;
    for (int item = 0; item < ITEM_COUNT; item++)
        for (int part = PART_TAKES; part <= PART_FAULT; part++)
            for (int c = CAUSE_NONE + 1; c < CAUSE_COUNT; c++)
                n += profile_has(p, (enum lib_item)item, (enum part)part, (enum cause)c);
    printf("%s: profile of %s%s%s, %d known ways to part\nnext: imapdiff diff %s --profile %s\n", file,
           profile_library(p), *profile_version(p) ? " " : "", profile_version(p), n, profile_library(p),
           file);
    profile_free(p);
    return EXIT_CLEAN;
}

/* The constructor after the file's `return`: enough to choose the loader, which then says what is wrong. */
static const char *kind_of(const char *file) {
    static const char *const words[] = {"scenario", "profile"};
    static char line[512];
    FILE *f = fopen(file, "r");
    const char *kind = "behaviour";
    while (f && fgets(line, sizeof line, f))
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
            if (!strncmp(line, "return ", 7) &&
                !strncmp(line + 7 + strspn(line + 7, " "), words[i], strlen(words[i])))
                kind = words[i];
    if (f)
        fclose(f);
    return kind;
}

static int try_file(struct try_options *o) {
    char err[800];
    const char *kind = kind_of(o->file);
    if (o->target && strcmp(kind, "scenario")) {
        cli_error("try: a target is for a scenario; %s is a %s", o->file, kind);
        return EXIT_USAGE;
    }
    if (!strcmp(kind, "profile"))
        return try_profile(o->file);
    struct behaviours *b = load_behaviours(NULL, 0, err, sizeof err);
    int status = EXIT_USAGE, index = 0;
    if (b && !strcmp(kind, "scenario"))
        status = try_scenario(o, b);
    else if (b && (index = behaviours_load(b, o->file, err, sizeof err)) >= 0)
        status = try_behaviour(o, b, index);
    if (!b || index < 0)
        cli_error("%s", err);
    behaviours_free(b);
    return status;
}

int try_main(int argc, char **argv) {
    struct try_options o = {.programs = 300, .seed = 1};
    const char *word[2];
    int n;
    const struct cli_option options[] = {
        {.name = "programs", .type = CLI_NUMBER, .to = &o.programs},
        {.name = "seed", .type = CLI_NUMBER, .to = &o.seed},
        {0},
    };
    if (!cli_parse(options, argc, argv, word, 2, &n))
        return EXIT_USAGE;
    if (!n) {
        cli_error("try: expected a Lua file; imapdiff new writes one");
        return EXIT_USAGE;
    }
    o.file = word[0];
    o.target = n > 1 ? word[1] : NULL;
    o.stop = interrupt_catch();
    return try_file(&o);
}
