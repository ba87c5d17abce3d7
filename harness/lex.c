/* lex.c: the command line of `imapdiff lex`, its verdict and its caret. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lex.h"

#define INPUT_MAX (64u << 20)
#define NODES_MAX (1u << 20)

enum item { ITEM_ID, ITEM_ID_RESPONSE, ITEM_CLIENTID, ITEM_COMMAND, ITEM_RESPONSE, ITEM_COUNT };
static const char *const item_names[ITEM_COUNT] = {"id", "id-response", "clientid", "command", "response"};
static const char usage[] =
    "usage: imapdiff lex id|id-response|clientid|command|response [--json] [--reading abnf|prose]\n"
    "                    [--dialect 2060|3501|9051] [--literals sync|plus|minus] [FILE]\n"
    "Reads one item with its CRLF from FILE or standard input and shows how the grammar judges it.\n";

struct request {
    int item; /* enum item, -1: not given */
    bool json;
    struct lex_options options;
    const char *file; /* NULL: standard input */
};

static int complain(const char *what, const char *which)
{
    fprintf(stderr, "imapdiff lex: %s%s%s\n", what, which != NULL ? ": " : "", which != NULL ? which : "");
    return 2;
}

static int index_of(const char *z, const char *const *names, int n)
{
    for (int i = 0; i < n; i++)
        if (strcmp(z, names[i]) == 0)
            return i;
    return -1;
}

/* `--name value` or `--name=value` with one of `values`. 0: not this option, 1: taken, 2: wrong (said so). */
static int option(int argc, char **argv, int *i, const char *name, const char *const *values, int n, uint8_t *out)
{
    size_t len = strlen(name);
    const char *value = NULL;
    if (strncmp(argv[*i], name, len) != 0 || (argv[*i][len] != 0 && argv[*i][len] != '='))
        return 0;
    if (argv[*i][len] == '=')
        value = argv[*i] + len + 1;
    else if (*i + 1 < argc)
        value = argv[++*i];
    else
        return complain("a value is missing after", name);
    int k = index_of(value, values, n);
    if (k < 0) {
        fprintf(stderr, "imapdiff lex: %s must be one of", name);
        for (k = 0; k < n; k++)
            fprintf(stderr, " %s", values[k]);
        fprintf(stderr, ", not '%s'\n", value);
        return 2;
    }
    *out = (uint8_t)k;
    return 1;
}

static int one_option(int argc, char **argv, int *i, struct request *r)
{
    static const char *const readings[] = {"prose", "abnf"}, *const dialects[] = {"2060", "3501", "9051"},
                             *const literals[] = {"sync", "plus", "minus"};
    int taken = option(argc, argv, i, "--reading", readings, 2, &r->options.reading);
    if (taken == 0)
        taken = option(argc, argv, i, "--dialect", dialects, 3, &r->options.dialect);
    if (taken == 0)
        taken = option(argc, argv, i, "--literals", literals, 3, &r->options.literals);
    return taken == 0 ? complain("unknown option", argv[*i]) : taken == 1 ? 0 : 2;
}

/* First the item, then the file. */
static int operand(char *z, struct request *r)
{
    if (r->item < 0) {
        r->item = index_of(z, item_names, ITEM_COUNT);
        return r->item < 0 ? complain("not one of id, id-response, clientid, command, response", z) : 0;
    }
    if (r->file != NULL)
        return complain("one file at most", z);
    r->file = z;
    return 0;
}

static int parse_arguments(int argc, char **argv, struct request *r)
{
    bool options = true;
    for (int i = 1; i < argc; i++) {
        bool dash = options && argv[i][0] == '-' && argv[i][1] != 0;
        int bad = 0;
        if (dash && strcmp(argv[i], "--") == 0)
            options = false;
        else if (dash && strcmp(argv[i], "--json") == 0)
            r->json = true;
        else if (dash)
            bad = one_option(argc, argv, &i, r);
        else
            bad = operand(argv[i], r);
        if (bad != 0)
            return bad;
    }
    r->options.utf8 = r->options.dialect == DIALECT_9051;
    return r->item < 0 ? complain("say what to read: id, id-response, clientid, command or response", NULL) : 0;
}

/* The whole input, to be freed, or NULL after a complaint. */
static uint8_t *slurp(const char *file, size_t *n)
{
    FILE *f = file == NULL || strcmp(file, "-") == 0 ? stdin : fopen(file, "rb");
    uint8_t *p = NULL;
    size_t cap = 0, got;
    *n = 0;
    if (f == NULL) {
        fprintf(stderr, "imapdiff lex: cannot read '%s': %s\n", file, strerror(errno));
        return NULL;
    }
    do {
        if (*n == cap) {
            cap = cap == 0 ? 4096 : 2 * cap;
            uint8_t *q = cap > INPUT_MAX * 2u ? NULL : realloc(p, cap);
            if (q == NULL) {
                complain("the input is longer than 64 MiB", file);
                goto failed;
            }
            p = q;
        }
        got = fread(p + *n, 1, cap - *n, f);
        *n += got;
    } while (got > 0);
    if (ferror(f)) {
        fprintf(stderr, "imapdiff lex: cannot read '%s': %s\n", file != NULL ? file : "standard input", strerror(errno));
        goto failed;
    }
    if (f != stdin)
        fclose(f);
    return p;
failed:
    free(p);
    if (f != stdin)
        fclose(f);
    return NULL;
}

/* Lexes, and on ACCEPT adds what was found to `tree` and `limits`. */
static struct lex_result judge(const struct request *r, const uint8_t *p, size_t n, json_t *tree, json_t *limits)
{
    static struct imap_command command;
    static struct imap_response response;
    struct lex_state st = {{0}};
    struct lex_result v;
    struct node_pool nodes = {calloc(NODES_MAX, sizeof(struct node)), NODES_MAX, 1};
    if (nodes.v == NULL)
        lex_no_memory();
    if (r->item == ITEM_ID || r->item == ITEM_ID_RESPONSE)
        json_object_set_new(tree, "pairs", json_array()); /* there whatever the verdict */
    if (r->item == ITEM_CLIENTID) {
        json_object_set_new(tree, "type", json_null());
        json_object_set_new(tree, "token", json_null());
    }
    switch (r->item) {
    case ITEM_ID:
    case ITEM_ID_RESPONSE: {
        uint32_t head = r->item == ITEM_ID ? 3 : 5;
        v = r->item == ITEM_ID ? lex_id(&st, p, n, &r->options) : lex_id_response(&st, p, n, &r->options);
        if (v.verdict == LEX_ACCEPT)
            lex_tree_id(tree, limits, (struct slice){p + head, v.offset - head - 2});
        break;
    }
    case ITEM_CLIENTID:
        v = lex_clientid(&st, p, n, &r->options);
        if (v.verdict == LEX_ACCEPT) {
            struct clientid c = clientid_args(p, v.offset);
            json_object_set_new(tree, "type", lex_octets(c.type.p, c.type.n));
            json_object_set_new(tree, "token", lex_octets(c.token.p, c.token.n));
        }
        break;
    case ITEM_COMMAND:
        v = parse_command(p, n, &r->options, &nodes, &command);
        lex_tree_command(tree, &command, &nodes);
        if (v.verdict == LEX_ACCEPT && command.kind == CMD_ID)
            lex_tree_id(tree, limits, command.id);
        if (v.verdict == LEX_ACCEPT && command.kind == CMD_CLIENTID) {
            json_object_set_new(tree, "type", lex_octets(command.clientid_type.p, command.clientid_type.n));
            json_object_set_new(tree, "token", lex_octets(command.clientid_token.p, command.clientid_token.n));
        }
        break;
    default:
        v = parse_response(p, n, &r->options, &nodes, &response);
        if (v.verdict == LEX_ACCEPT)
            lex_tree_response(tree, &response, &nodes);
        if (v.verdict == LEX_ACCEPT && response.kind == RESP_ID)
            lex_tree_id(tree, limits, response.id);
        break;
    }
    free(nodes.v);
    if (v.verdict == LEX_ACCEPT && v.offset < n) /* one item, then nothing */
        v = (struct lex_result){LEX_REJECT, v.offset, "end of input", NULL};
    return v;
}

/* One octet as people see it; returns its width. */
static int show_octet(uint8_t c)
{
    if (c >= ' ' && c < 0x7f)
        return printf("%c", c);
    return c == '\r' ? printf("\\r") : c == '\n' ? printf("\\n") : c == '\t' ? printf("\\t") : printf("\\x%02x", c);
}

/* The octets around the offset on one line, a caret below. */
static void caret(const uint8_t *p, size_t n, uint32_t at)
{
    size_t from = at > 50 ? at - 50 : 0, to = n - at > 20 ? at + 20 : n;
    int column = printf("  %s", from > 0 ? "..." : "");
    for (size_t i = from; i < to; i++) {
        int width = show_octet(p[i]);
        column += i < at ? width : 0;
    }
    printf("%s\n%*s^\n", to < n ? "..." : "", column, "");
}

/* A tree as indented lines. */
static void show(json_t *t, int indent, const char *key)
{
    printf("%*s%s%s", indent, "", key, *key != 0 ? ": " : "");
    const char *k;
    json_t *v;
    size_t i;
    if (json_is_object(t) || (json_is_array(t) && json_array_size(t) > 0 && !json_is_string(json_array_get(t, 0)))) {
        printf("\n");
        json_object_foreach(t, k, v) show(v, indent + 2, k);
        json_array_foreach(t, i, v) show(v, indent + 2, "-");
        return;
    }
    char *s = json_dumps(t, JSON_ENCODE_ANY | JSON_ENSURE_ASCII);
    printf("%s\n", s);
    free(s);
}

static const char *const verdict_names[] = {"accept", "more", "reject", "limit"};

static void print_people(const struct request *r, const uint8_t *p, size_t n, struct lex_result v, json_t *tree,
                         json_t *limits)
{
    const char *k;
    json_t *t;
    size_t i;
    if (v.verdict == LEX_ACCEPT)
        printf("accept: %s, %u octets\n", item_names[r->item], v.offset);
    else if (v.verdict == LEX_MORE)
        printf("more: a proper prefix of %s; next comes %s%s%s%s\n", item_names[r->item], v.rule,
               v.clause != NULL ? " [" : "", v.clause != NULL ? v.clause : "", v.clause != NULL ? "]" : "");
    else
        printf("%s at octet %u: %s%s%s%s\n", verdict_names[v.verdict], v.offset, v.rule, v.clause != NULL ? " [" : "",
               v.clause != NULL ? v.clause : "", v.clause != NULL ? "]" : "");
    if (v.verdict != LEX_ACCEPT)
        caret(p, n, v.offset);
    json_object_foreach(tree, k, t) show(t, 2, k);
    json_array_foreach(limits, i, t) printf("limit broken: %s\n", json_string_value(t));
}

static void print_json(const struct request *r, struct lex_result v, json_t *tree, json_t *limits)
{
    json_t *o = json_object();
    json_object_set_new(o, "item", json_string(item_names[r->item]));
    json_object_set_new(o, "verdict", json_string(verdict_names[v.verdict]));
    json_object_set_new(o, "offset", json_integer(v.offset));
    json_object_set_new(o, "rule", v.rule != NULL && v.verdict != LEX_ACCEPT ? json_string(v.rule) : json_null());
    json_object_set_new(o, "clause", v.clause != NULL && v.verdict != LEX_ACCEPT ? json_string(v.clause) : json_null());
    json_object_update(o, tree);
    json_object_set(o, "limits", limits);
    json_dumpf(o, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII | JSON_PRESERVE_ORDER);
    printf("\n");
    json_decref(o);
}

int lex_main(int argc, char **argv)
{
    struct request r = {.item = -1};
    size_t n;
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            fputs(usage, stdout);
            return 0;
        }
    int bad = parse_arguments(argc, argv, &r);
    if (bad != 0)
        return bad;
    uint8_t *p = slurp(r.file, &n);
    if (p == NULL)
        return 2;
    json_t *tree = json_object(), *limits = json_array();
    struct lex_result v = judge(&r, p, n, tree, limits);
    if (r.json)
        print_json(&r, v, tree, limits);
    else
        print_people(&r, p, n, v, tree, limits);
    int status = v.verdict == LEX_ACCEPT && json_array_size(limits) == 0 ? 0 : 1;
    json_decref(tree);
    json_decref(limits);
    free(p);
    if (fflush(stdout) != 0 || ferror(stdout))
        return complain("cannot write the result", NULL);
    return status;
}
