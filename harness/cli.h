/* cli.h: the command line: words, options, errors that name the nearest word that exists. */
#ifndef CLI_H
#define CLI_H

#include "behaviour.h"

#include <stdio.h>

enum { EXIT_CLEAN = 0, EXIT_FINDINGS = 1, EXIT_USAGE = 2, EXIT_TARGET = 3 };

enum cli_type {
    CLI_FLAG,   /* --name              bool *to */
    CLI_TEXT,   /* --name X, --name=X  const char **to */
    CLI_NUMBER, /* --name 17           uint64_t *to */
    CLI_INT,    /* the same, up to INT_MAX, int *to */
    CLI_TIME,   /* --name 30s, 2m, 1h, 500ms, 30   uint64_t *to, milliseconds; 30 is seconds */
    CLI_LIST,   /* repeated            const char **to, number in *n, at most `max` */
    CLI_PAIR,   /* --name X Y          const char *(*to)[2] */
    CLI_FILE    /* --name, --name=FILE bool *to is set, const char **file is FILE or NULL */
};
struct cli_option {
    const char *name; /* without dashes */
    uint8_t type;
    void *to;
    int *n, max;       /* LIST */
    const char **file; /* FILE */
};

/* Sorts argv[1..] into options and operands. `--` ends the options; `-o X` stands for the option named "o".
 * false: one line on standard error, usage is wrong. */
bool cli_parse(const struct cli_option *options, int argc, char **argv, const char **operand, int max,
               int *n);
/* "imapdiff: text" on standard error. */
void cli_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

int cli_main(int argc, char **argv); /* imapdiff itself; returns the exit status */
int replay_main(int argc, char **argv);
int explain_main(int argc, char **argv);
int list_main(int argc, char **argv);
int serve_main(int argc, char **argv);
int clients_main(int argc, char **argv);
int between_main(int argc, char **argv);

/* " (nearest: NAME)" for a path that does not exist, where its folder has a similar name; else "". Returns
 * out. */
const char *near_path(const char *path, char *out, size_t n);
/* Where lua/ is: $IMAPDIFF_LUA, else lua in the current folder, ../lua or ../../lua beside the running
 * binary, or ../share/imapdiff/lua beside it. false: nowhere; err is "", or one line if $IMAPDIFF_LUA is
 * wrong. */
bool lua_folder(char *path, size_t n, char *err, size_t errlen);
/* All behaviours of lua/behaviour and of `folders` (--behaviours). NULL: one line in err. A missing lua/
 * gives an empty set; a missing or empty one of `folders` is an error. */
struct behaviours *load_behaviours(const char *const *folders, int n, char *err, size_t errlen);
#endif
