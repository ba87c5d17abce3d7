/* diff.h: `imapdiff diff`: libraries beside the grammar, on a corpus and on what a mutator makes of it.
 *
 * Two processes: a worker asks the libraries; its parent watches it. What both know lies in shared memory, so
 * that a library that takes the worker down costs one input: the parent writes the finding and starts the
 * next worker behind it.
 */
#ifndef DIFF_H
#define DIFF_H

#include "compare.h"
#include "tally.h"

#include <stdatomic.h>

#define DIFF_INPUT    65536 /* octets of one input; longer files of a corpus are cut */
#define DIFF_POOL     8192  /* inputs that are kept */
#define DIFF_ARENA    (32u << 20)
#define DIFF_PATTERNS 65536
#define DIFF_FAULTS   10000 /* so many, and a library is left out for the rest of the run */

struct diff_options {
    const char *name[LIBRARY_MAX];
    int names;
    const char *item, *corpus, *out, *json_file;
    const char *profile[16];
    int profiles;
    uint64_t time_ms, inputs, seed;
    bool json, quiet;
};

/* diff_servers.c: servers beside each other instead; options of `check`. Returns the exit status. */
int diff_servers_main(int argc, char **argv);
#define DIFF_PROGRAMS 300 /* on each server, unless told otherwise: seconds on most */
struct check_options;
/* Are the options such as diff (of servers) and learn take? false: one line on standard error, which begins with `command`. */
bool diff_takes(const struct check_options *o, const char *command);
/* Runs the programs of o->seed on a server and on the model, o->target, shows the contexts where they part, and how much of the server
 * the model predicts. Returns EXIT_CLEAN, or why not both could be run. */
int diff_prediction(const struct check_options *o);
/* A server's name that is no library's: `dovecot` and `cyrus` are both. */
bool diff_names_server(const char *z);

/* What worker and parent share. */
struct diff_shared {
    _Atomic uint64_t round; /* of the input that is being compared; the corpus comes first */
    _Atomic uint64_t executed;
    _Atomic uint64_t asked_ms; /* when the question that is open was asked; 0: none is */
    _Atomic int library;       /* that it was put to */
    _Atomic int folds;         /* patterns of answers seen: for the progress line */
    _Atomic bool stop, done;
    uint32_t n;
    uint8_t item, input[DIFF_INPUT];
    uint32_t faults[LIBRARY_MAX]; /* of each library */
    char err[300];                /* what could not be written */
    char place[LIB_PLACE];        /* where a library in the worker died */
    /* The corpus: what was given, and what showed something new. */
    struct diff_input {
        uint32_t at, n;
        uint8_t item;
    } pool[DIFF_POOL];
    uint32_t pooled, given, arena_used;
    uint64_t pattern[DIFF_PATTERNS]; /* a set, by hash */
    uint8_t arena[DIFF_ARENA];
};

struct diff {
    struct diff_options o;
    const struct library *library[LIBRARY_MAX];
    int libraries, isolated; /* all, and those that run in children */
    uint32_t items;          /* that are compared: bits */
    char out[500];
    struct diff_shared *s;
    int noise; /* where the worker's standard output and error go: a file in memory */
    const volatile int *stop;
    uint64_t began_ms;
    bool told[LIBRARY_MAX];
};

/* diff_corpus.c: files into the pool. `given`: the caller asked for this folder or file, so that nothing in
 * it is an error. */
bool corpus_read(struct diff *d, const char *path, bool given, char *err, size_t errlen);
bool pool_add(struct diff_shared *s, enum lib_item item, const uint8_t *p, size_t n);
/* What an input is, by its first words. */
enum lib_item input_item(const uint8_t *p, size_t n);

/* diff_worker.c: the loop. Never returns. */
void diff_work(struct diff *d) __attribute__((noreturn));

/* diff_watch.c: workers one after the other until time, inputs or the user end it. false: err. */
bool diff_run(struct diff *d, char *err, size_t errlen);

/* diff_grid.c: what was found, set apart from what profiles know. Returns the exit status. */
int diff_report(struct diff *d);
/* Before the run: are the given profiles whole and of libraries of this run, can --json be written? false: one line in err. */
bool diff_ready(const struct diff *d, char *err, size_t errlen);

/* diff.c */
int diff_main(int argc, char **argv);

#endif
