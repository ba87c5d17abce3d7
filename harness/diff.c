/* diff.c: the command `imapdiff diff`: options, what is compared, signals. */
#include "diff.h"

#include "check.h"
#include "cli.h"
#include "interrupt.h"
#include "names.h"
#include "server.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

bool diff_names_server(const char *z) {
    char err[200];
    if (strstr(z, "://") || !strcmp(z, "model") || !strncmp(z, "model:", 6))
        return true;
    if (strchr(z, '/'))
        return false;
    if (strchr(z, ':'))
        return server_is_name(z, err, sizeof err);
    struct library_name v[LIBRARY_MAX];
    int n = library_names(v, LIBRARY_MAX);
    for (int i = 0; i < n; i++)
        if (!strcmp(v[i].name, z))
            return false;
    return server_is_name(z, err, sizeof err) && strcmp(z, "dovecot") != 0 && strcmp(z, "cyrus") != 0;
}

static const char *possible(char *text, size_t cap) {
    struct library_name v[LIBRARY_MAX];
    int n = library_names(v, LIBRARY_MAX);
    size_t at = 0;
    text[0] = '\0';
    for (int i = 0; i < n && at < cap; i++)
        if (!v[i].missing)
            at += (size_t)snprintf(text + at, cap - at, "%s%s", at ? ", " : "", v[i].name);
    if (!at)
        snprintf(text, cap, "none is built here; ./mine.so is one of your own");
    return text;
}

static bool check_names(const struct diff_options *o) {
    char text[600];
    if (!o->names)
        cli_error("diff: expected libraries or servers; libraries: %s", possible(text, sizeof text));
    for (int i = 0; i < o->names; i++)
        for (int k = 0; k < i; k++)
            if (!strcmp(o->name[i], o->name[k])) {
                cli_error("diff: `%s` stands there twice", o->name[i]);
                return false;
            }
    return o->names > 0;
}

/* Does a word name a server? Values of options are no names: an option takes the word behind it, unless it is one of these. */
static bool of_servers(int argc, char **argv) {
    static const char *const alone[] = {"--quiet",       "--json",   "--junit", "--tap",  "--strict",
                                        "--allow-inbox", "--shrink", "--first", "--reach"};
    bool value = false, options = true;
    for (int i = 1; i < argc; i++) {
        const bool option = options && argv[i][0] == '-' && argv[i][1];
        if (!value && !option && diff_names_server(argv[i]))
            return true;
        if (option && !strcmp(argv[i], "--"))
            options = false;
        value = option && options && !strchr(argv[i], '=');
        for (size_t k = 0; k < sizeof alone / sizeof *alone; k++)
            value = value && strcmp(argv[i], alone[k]) != 0;
    }
    return false;
}

static bool check_item(const struct diff_options *o) {
    const char *names[ITEM_COUNT];
    for (int i = 0; i < ITEM_COUNT; i++)
        names[i] = lib_item_name(i);
    if (!o->item || lib_item_by_name(o->item) >= 0)
        return true;
    cli_error("diff: --item: expected id, id-response, clientid, command or response, not `%s`%s", o->item,
              names_hint(o->item, names, ITEM_COUNT).text);
    return false;
}

static bool parse(int argc, char **argv, struct diff_options *o) {
    const struct cli_option options[] = {
        {.name = "item", .type = CLI_TEXT, .to = &o->item},
        {.name = "corpus", .type = CLI_TEXT, .to = &o->corpus},
        {.name = "time", .type = CLI_TIME, .to = &o->time_ms},
        {.name = "inputs", .type = CLI_NUMBER, .to = &o->inputs},
        {.name = "seed", .type = CLI_NUMBER, .to = &o->seed},
        {.name = "profile", .type = CLI_LIST, .to = o->profile, .n = &o->profiles, .max = 16},
        {.name = "json", .type = CLI_FILE, .to = &o->json, .file = &o->json_file},
        {.name = "out", .type = CLI_TEXT, .to = &o->out},
        {.name = "quiet", .type = CLI_FLAG, .to = &o->quiet},
        {0},
    };
    return cli_parse(options, argc, argv, o->name, LIBRARY_MAX, &o->names) && check_item(o) && check_names(o);
}

/* Each library, started. Else the exit status. */
static int load(struct diff *d) {
    char err[400];
    for (int i = 0; i < d->o.names; i++) {
        const struct library *l = library_load(d->o.name[i], err, sizeof err);
        if (!l) {
            cli_error("diff: %s", err);
            return EXIT_TARGET;
        }
        d->library[d->libraries++] = l;
        d->items |= l->items;
        d->isolated += l->isolate;
    }
    if (!d->o.item)
        return EXIT_CLEAN;
    d->items &= 1u << lib_item_by_name(d->o.item);
    if (d->items)
        return EXIT_CLEAN;
    cli_error("diff: --item: none of these libraries reads %s", d->o.item);
    return EXIT_USAGE;
}

static bool is_folder(const char *path) {
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Beside lua/, a folder for each item; where there is none, the mutator makes inputs from nothing. */
static bool default_corpus(struct diff *d, char *err, size_t errlen) {
    char lua[512], path[600];
    if (!lua_folder(lua, sizeof lua, err, errlen))
        return !err[0];
    for (int i = 0; i < ITEM_COUNT; i++) {
        snprintf(path, sizeof path, "%s/../corpus/%s", lua, lib_item_name(i));
        for (char *dash = strrchr(path, '/');
             (dash = strchr(dash, '-'));) /* named after fuzzers there: id_response */
            *dash = '_';
        if (d->items >> i & 1 && is_folder(path) && !corpus_read(d, path, false, err, errlen))
            return false;
    }
    return true;
}

/* Findings of one run, unless --out names a folder that collects those of several. */
static void name_folder(struct diff *d) {
    char when[40];
    time_t now = time(NULL);
    struct tm tm;
    strftime(when, sizeof when, "%Y%m%d-%H%M%S", localtime_r(&now, &tm));
    if (d->o.out)
        snprintf(d->out, sizeof d->out, "%s", d->o.out);
    else
        snprintf(d->out, sizeof d->out, "%s/diff-%s-%d", is_folder("build") ? "build/out" : "imapdiff-out",
                 when, (int)getpid());
}

static int run(struct diff *d) {
    char err[700] = "";
    int status = EXIT_CLEAN;
    if (!(d->o.corpus ? corpus_read(d, d->o.corpus, true, err, sizeof err)
                      : default_corpus(d, err, sizeof err))) {
        cli_error("diff: %s", err);
        return EXIT_USAGE;
    }
    d->s->given = d->s->pooled;
    if (!diff_ready(d, err, sizeof err)) {
        cli_error("%s", err);
        return EXIT_USAGE;
    }
    /* A folder that cannot be written is found before the run. */
    struct tally *t = tally_open(d->out, err, sizeof err);
    if (!t) {
        cli_error("diff: %s", err);
        return EXIT_USAGE;
    }
    tally_close(t);
    d->stop = interrupt_catch();
    if (!diff_run(d, err, sizeof err)) {
        cli_error("diff: %s", err);
        status = EXIT_USAGE;
    }
    int report = diff_report(d);
    return report == EXIT_CLEAN ? status : report;
}

int diff_main(int argc, char **argv) {
    struct diff d = {.o = {.seed = 1, .time_ms = UINT64_MAX, .inputs = UINT64_MAX}};
    if (of_servers(argc, argv))
        return diff_servers_main(argc, argv);
    if (!parse(argc, argv, &d.o))
        return EXIT_USAGE;
    if (d.o.time_ms == UINT64_MAX && d.o.inputs == UINT64_MAX)
        d.o.time_ms = 10000;
    int status = load(&d);
    if (status != EXIT_CLEAN)
        return status;
    name_folder(&d);
    d.s = mmap(NULL, sizeof *d.s, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (d.s == MAP_FAILED) {
        cli_error("diff: out of memory");
        return EXIT_USAGE;
    }
    status = run(&d);
    library_end();
    munmap(d.s, sizeof *d.s);
    return status;
}
