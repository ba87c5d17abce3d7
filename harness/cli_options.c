/* cli_options.c: options of any command. */
#include "cli.h"
#include "names.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void cli_error(const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    fputs("imapdiff: ", stderr);
    vfprintf(stderr, fmt, ap);
    fputc('\n', stderr);
    va_end(ap);
}

static bool number(const char *text, uint64_t *out, const char **end) {
    if (*text < '0' || *text > '9')
        return false;
    errno = 0;
    char *stop;
    *out = strtoull(text, &stop, 10);
    *end = stop;
    return errno == 0;
}

static bool set_time(const char *text, uint64_t *to) {
    static const struct {
        const char *unit;
        uint64_t ms;
    } units[] = {{"", 1000}, {"ms", 1}, {"s", 1000}, {"m", 60000}, {"min", 60000}, {"h", 3600000}};
    const char *end;
    uint64_t v;
    if (!number(text, &v, &end) || v > 1000000000u)
        return false;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (!strcmp(end, units[i].unit)) {
            *to = v * units[i].ms;
            return true;
        }
    return false;
}

static bool set(const struct cli_option *o, const char *value) {
    const char *end;
    uint64_t v;
    switch ((enum cli_type)o->type) {
    case CLI_TEXT:
        *(const char **)o->to = value;
        return true;
    case CLI_NUMBER:
    case CLI_INT:
        if (!number(value, &v, &end) || *end || (o->type == CLI_INT && v > INT_MAX)) {
            cli_error("--%s: expected a number, not `%s`", o->name, value);
            return false;
        }
        if (o->type == CLI_INT)
            *(int *)o->to = (int)v;
        else
            *(uint64_t *)o->to = v;
        return true;
    case CLI_TIME:
        if (set_time(value, o->to))
            return true;
        cli_error("--%s: expected a time such as 30s, 2m or 500ms, not `%s`", o->name, value);
        return false;
    case CLI_LIST:
        if (*o->n < o->max) {
            ((const char **)o->to)[(*o->n)++] = value;
            return true;
        }
        cli_error("--%s: at most %d", o->name, o->max);
        return false;
    case CLI_FLAG:
    case CLI_FILE:
    case CLI_PAIR:
        break;
    }
    return false;
}

static const struct cli_option *find(const struct cli_option *options, const char *name, size_t n) {
    for (const struct cli_option *o = options; o->name; o++)
        if (strlen(o->name) == n && !strncmp(o->name, name, n))
            return o;
    return NULL;
}

static bool unknown(const struct cli_option *options, const char *word) {
    const char *known[64];
    size_t k = 0;
    char name[64];
    const char *start = word + strspn(word, "-");
    snprintf(name, sizeof name, "%.*s", (int)strcspn(start, "="), start);
    for (const struct cli_option *o = options; o->name && k < 64; o++)
        known[k++] = o->name;
    const char *near = names_nearest(name, known, k);
    cli_error("unknown option `%s`%s%s%s; see imapdiff --help", word, near ? " (nearest: --" : "",
              near ? near : "", near ? ")" : "");
    return false;
}

/* One option; *i moves over a value that is a word of its own. */
static bool option(const struct cli_option *options, int argc, char **argv, int *i) {
    const char *word = argv[*i], *name = word + (word[1] == '-' ? 2 : 1), *equals = strchr(name, '=');
    const struct cli_option *o = find(options, name, equals ? (size_t)(equals - name) : strlen(name));
    if (!o)
        return unknown(options, word);
    if (o->type == CLI_FLAG || (o->type == CLI_FILE && !equals)) {
        if (equals) {
            cli_error("--%s takes no value", o->name);
            return false;
        }
        *(bool *)o->to = true;
        return true;
    }
    if (o->type == CLI_FILE && !equals[1]) {
        cli_error("--%s: expected a file name behind `=`", o->name);
        return false;
    }
    if (o->type == CLI_FILE) {
        *(bool *)o->to = true;
        *o->file = equals + 1;
        return true;
    }
    if (o->type == CLI_PAIR) {
        const char **to = o->to;
        if (equals || *i + 2 >= argc) {
            cli_error("--%s: expected two values behind it", o->name);
            return false;
        }
        to[0] = argv[++*i];
        to[1] = argv[++*i];
        return true;
    }
    if (!equals && *i + 1 >= argc) {
        cli_error("--%s: expected a value behind it", o->name);
        return false;
    }
    return set(o, equals ? equals + 1 : argv[++*i]);
}

bool cli_parse(const struct cli_option *options, int argc, char **argv, const char **operand, int max,
               int *n) {
    bool over = false;
    *n = 0;
    for (int i = 1; i < argc; i++) {
        if (!over && !strcmp(argv[i], "--")) {
            over = true;
        } else if (!over && argv[i][0] == '-' && argv[i][1]) {
            if (!option(options, argc, argv, &i))
                return false;
        } else if (*n < max) {
            operand[(*n)++] = argv[i];
        } else {
            cli_error("unexpected word `%s`%s; see imapdiff --help", argv[i],
                      max > 1 ? ": there are too many" : "");
            return false;
        }
    }
    return true;
}
