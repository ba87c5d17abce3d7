/* dot.c: reads `re2c --emit-dot` and the rules' source lines; joins conditions to one automaton. */
#include "dot.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NODES_MAX = 4000, CONDITIONS_MAX = 100 };

/* ---- reading
 * ------------------------------------------------------------------------------------------------------- */

static char *read_all(FILE *f) {
    char *text = keep(1 << 20);
    size_t n = fread(text, 1, (1 << 20) - 1, f);
    if (n == (1 << 20) - 1)
        give_up("more than 1 MiB of input");
    return text;
}

static char *copy(const char *p, size_t n) {
    char *s = keep(n + 1);
    memcpy(s, p, n);
    return s;
}

static char *find_path(const char *name) {
    const char *folder[] = {getenv("PROOF_GRAMMAR"), "grammar"};
    for (int i = 0; i < 2; i++) {
        char path[4096];
        if (folder[i] && snprintf(path, sizeof path, "%s/%s", folder[i], name) < (int)sizeof path &&
            access(path, R_OK) == 0)
            return copy(path, strlen(path));
    }
    give_up("no file %s", name);
}

static void read_lines(struct re_file *r) {
    FILE *f = fopen(r->path, "rb");
    if (!f)
        give_up("cannot read %s", r->path);
    char *text = read_all(f);
    fclose(f);
    r->line = keep(10000 * sizeof *r->line);
    for (char *p = text; *p && r->lines < 9998;) {
        size_t n = strcspn(p, "\n");
        r->line[++r->lines] = copy(p, n);
        p += n + (p[n] != 0);
    }
}

/* One octet as re2c writes it: 0x41, A, \" or \\ */
static int octet(const char **p) {
    int v = (unsigned char)**p;
    if (!strncmp(*p, "0x", 2) && isxdigit((unsigned char)(*p)[2]) && isxdigit((unsigned char)(*p)[3])) {
        char hex[3] = {(*p)[2], (*p)[3], 0};
        *p += 4;
        return (int)strtol(hex, NULL, 16);
    }
    if (v == '\\')
        v = (unsigned char)*++*p;
    ++*p;
    return v;
}

struct dot {
    struct re_file *r;
    bool leaf[NODES_MAX], restore[NODES_MAX];
    int rule[NODES_MAX]; /* of a leaf */
    bool head[NODES_MAX];
    int head_of[NODES_MAX]; /* the loop's head behind this node; 0: none (node 0 is the choice of the
                               condition) */
    struct {
        int from, to;
        const char *label; /* NULL, or "[a-z][0x00]" */
    } edge[4 * NODES_MAX];
    int edges;
};

/* A node's number; a condition's name also declares it. */
static int node_of(struct dot *d, const char *name, size_t n) {
    if (isdigit((unsigned char)*name)) {
        int v = atoi(name);
        if (v >= NODES_MAX)
            give_up("%s: too many states", d->r->path);
        if (v >= d->r->nodes)
            d->r->nodes = v + 1;
        return v;
    }
    for (int i = 0; i < d->r->conditions; i++)
        if (strlen(d->r->condition[i].name) == n && !memcmp(d->r->condition[i].name, name, n))
            return -1 - i;
    if (d->r->conditions == CONDITIONS_MAX)
        give_up("%s: too many conditions", d->r->path);
    d->r->condition[d->r->conditions++] = (struct re_condition){copy(name, n), -1};
    return -d->r->conditions;
}

static void dot_line(struct dot *d, const char *p) {
    const char *label = strstr(p, "[label=\"");
    const size_t n = strcspn(p, " ");
    if (strncmp(p + n, " -> ", 4)) {
        const char *colon = label ? strrchr(label, ':') : NULL;
        if (!colon || !isdigit((unsigned char)*p))
            return;
        int v = node_of(d, p, n);
        d->leaf[v] = true;
        d->rule[v] = atoi(colon + 1);
        return;
    }
    const char *to = p + n + 4;
    const int to_node = node_of(d, to, strcspn(to, " ")), from = node_of(d, p, n);
    if (label && !strncmp(label + 8, "state=", 6))
        return;
    if (from < 0) {
        d->r->condition[-1 - from].start = to_node;
        return;
    }
    if (label && !strncmp(label + 8, "yyaccept", 8)) {
        d->restore[from] = true;
        return;
    }
    d->edge[d->edges].from = from;
    d->edge[d->edges].to = to_node;
    d->edge[d->edges++].label = label ? label + 8 : NULL;
}

static bool is_default(const struct re_file *r, int line) {
    const char *p = strchr(r->line[line], '>');
    if (!p)
        give_up("%s:%d: a rule without condition", r->path, line);
    p += 1 + strspn(p + 1, " ");
    return p[0] == '*' && p[1] == ' ';
}

/* The octets of a label like [a-z][0x00]; an edge without label takes none. */
static void label_octets(const struct dot *d, const char *label, bool set[256]) {
    memset(set, 0, 256);
    for (const char *p = label; p && *p == '[';) {
        p++;
        int lo = octet(&p), hi = *p == '-' && p[1] != ']' ? (p++, octet(&p)) : lo;
        for (int c = lo; c <= hi; c++)
            set[c] = true;
        if (*p++ != ']')
            give_up("%s: cannot read the label %s", d->r->path, label);
    }
}

/* Re2c peels loops: an edge without label leads to a loop's head, which is no place of its own but the second
 * half of the one before: it decides by the octet that was looked at there. A labelled edge into a head takes
 * no octet either. */
static void find_heads(struct dot *d) {
    for (int i = 0; i < d->edges; i++)
        if (!d->edge[i].label && !d->leaf[d->edge[i].to] && !d->restore[d->edge[i].to]) {
            d->head_of[d->edge[i].from] = d->edge[i].to;
            d->head[d->edge[i].to] = true;
        }
}

static void make_nodes(struct dot *d) {
    struct re_file *r = d->r;
    bool set[256];
    r->node = keep((size_t)r->nodes * sizeof *r->node);
    for (int i = 0; i < r->nodes; i++)
        memset(r->node[i].next, -1, sizeof r->node[i].next);
    find_heads(d);
    for (int i = 0; i < d->edges; i++) {
        const int to = d->edge[i].to;
        struct re_node *from = &r->node[d->edge[i].from];
        if (d->restore[to]) /* back to the last match: nothing is accepted here */
            continue;
        if (d->leaf[to]) { /* by whatever comes next, which is not taken: accepted here */
            if (!is_default(r, d->rule[to]))
                from->rule = d->rule[to];
            continue;
        }
        label_octets(d, d->edge[i].label, set);
        for (int c = 0; c < 256; c++)
            if (set[c] && !d->head[to])
                from->next[c] = d->head_of[to] ? d->head_of[to] : to;
    }
    for (int i = 0; i < d->edges; i++) { /* edges into heads, now that the heads are complete */
        const int to = d->edge[i].to;
        struct re_node *from = &r->node[d->edge[i].from];
        if (!d->head[to] || !d->edge[i].label)
            continue;
        if (d->head[d->edge[i].from])
            give_up("%s: a loop's head leads to another", r->path);
        label_octets(d, d->edge[i].label, set);
        for (int c = 0; c < 256; c++)
            if (set[c])
                from->next[c] = r->node[to].next[c];
        for (int k = 0; k < d->edges; k++) { /* the head accepts by one of these octets: so does this node */
            bool also[256];
            if (d->edge[k].from != to || !d->leaf[d->edge[k].to] || is_default(r, d->rule[d->edge[k].to]))
                continue;
            label_octets(d, d->edge[k].label, also);
            for (int c = 0; c < 256; c++)
                if (set[c] && also[c])
                    from->rule = d->rule[d->edge[k].to];
        }
    }
    for (int i = 0; i < r->conditions; i++)
        if (d->head_of[r->condition[i].start])
            r->condition[i].start = d->head_of[r->condition[i].start];
}

struct re_file *re_read(const char *name) {
    struct re_file *r = keep(sizeof *r);
    struct dot *d = keep(sizeof *d);
    r->path = find_path(name);
    r->condition = keep(CONDITIONS_MAX * sizeof *r->condition);
    d->r = r;
    read_lines(r);
    const char *flags = r->lines && !strncmp(r->line[1], "// re2c: ", 9) ? r->line[1] + 9 : "";
    char *command = keep(strlen(flags) + strlen(r->path) + 60);
    sprintf(command, "re2c -i --no-generation-date %s -D '%s'", flags, r->path);
    FILE *f = popen(command, "r");
    char *text = f ? read_all(f) : NULL;
    if (!f || pclose(f) != 0)
        give_up("%s failed", command);
    for (char *p = strtok(text, "\n"); p; p = strtok(NULL, "\n"))
        dot_line(d, p);
    make_nodes(d);
    return r;
}

int re_condition(const struct re_file *r, const char *name) {
    for (int i = 0; i < r->conditions; i++)
        if (!strcmp(r->condition[i].name, name))
            return i;
    give_up("%s: no condition %s", r->path, name);
}

int re_states(const struct re_file *r, int condition) {
    bool *seen = keep((size_t)r->nodes);
    int *stack = keep((size_t)r->nodes * sizeof *stack), n = 0, count = 0;
    stack[n++] = r->condition[condition].start;
    seen[stack[0]] = true;
    while (n) {
        const struct re_node *node = &r->node[stack[--n]];
        count++;
        for (int c = 0; c < 256; c++)
            if (node->next[c] >= 0 && !seen[node->next[c]]) {
                seen[node->next[c]] = true;
                stack[n++] = node->next[c];
            }
    }
    return count;
}

/* ---- automata
 * ------------------------------------------------------------------------------------------------------ */

/* One NFA state per node. */
static struct nfa *nodes_nfa(const struct re_file *r) {
    struct nfa *n = nfa_new();
    for (int i = 0; i < r->nodes; i++)
        nfa_state(n);
    for (int i = 0; i < r->nodes; i++)
        for (int c = 0; c < 256; c++)
            if (r->node[i].next[c] >= 0)
                nfa_move(n, i, c, c, r->node[i].next[c]);
    return n;
}

struct dfa *re_dfa(const struct re_file *r, const char *condition) {
    struct nfa *n = nodes_nfa(r);
    for (int i = 0; i < r->nodes; i++)
        if (r->node[i].rule)
            nfa_final(n, i);
    return nfa_to_dfa(n, r->condition[re_condition(r, condition)].start);
}

static bool left_out(const char *without, const char *name) {
    size_t n = strlen(name);
    for (const char *p = without; p && (p = strstr(p, name)); p += n)
        if ((p == without || p[-1] == ' ') && (p[n] == ' ' || p[n] == 0))
            return true;
    return false;
}

/* Adds the arrows of the rule in `line`, from NFA state `from`. */
static void add_arrows(const struct re_file *r, struct nfa *n, int line, int from, const char *without) {
    const char *text = r->line[line];
    int found = 0;
    if (strstr(text, "DONE"))
        found++, nfa_final(n, from);
    for (const char *p = text; (p = strchr(p, '(')); p++) {
        const char *macro = p;
        while (macro > text && (isupper((unsigned char)macro[-1]) || macro[-1] == '_'))
            macro--;
        const size_t len = strcspn(p + 1, "),");
        for (int i = 0; macro < p && i < r->conditions; i++) {
            const char *name = r->condition[i].name;
            if (strlen(name) != len || strncmp(name, p + 1, len) || !strncmp(macro, "FAIL(", 5))
                continue;
            found++;
            if (!left_out(without, name)) {
                if (!strncmp(macro, "LITERAL(", 8))
                    nfa_move(n, from, CONTENT, CONTENT, r->condition[i].start);
                else
                    nfa_silent(n, from, r->condition[i].start);
            } else if (!strncmp(macro, "LAST(", 5)) {
                nfa_final(n, from);
            }
        }
    }
    if (!found)
        give_up("%s:%d: the rule does not say what comes next", r->path, line);
}

/* From condition `c` on, walks tokens and the joined automaton together: where a token may end, what comes
 * next must be all that the joined automaton permits there, since the lexer will not look back unless the
 * longer token fails. */
static int check_longest(const struct re_file *r, int c, const struct dfa *d, int at, const int *after) {
    struct pair {
        int node, state;
    } *queue = keep((size_t)r->nodes * (size_t)d->states * sizeof *queue);
    bool *seen = keep((size_t)r->nodes * (size_t)d->states);
    int head = 0, tail = 0, checks = 0;
    queue[tail++] = (struct pair){r->condition[c].start, at};
    for (; head < tail; head++) {
        const struct pair q = queue[head];
        const int rule = r->node[q.node].rule;
        if (rule) {
            checks++;
            if (after[rule] != q.state)
                give_up("%s:%d: condition %s: the longest match hides a shorter one", r->path, rule,
                        r->condition[c].name);
        }
        for (int o = 0; o < 256; o++) {
            const struct pair next = {r->node[q.node].next[o], d->next[q.state][o]};
            if (next.node < 0 || seen[next.node * d->states + next.state])
                continue;
            seen[next.node * d->states + next.state] = true;
            queue[tail++] = next;
        }
    }
    return checks;
}

struct dfa *re_joined(const struct re_file *r, const char *condition, const char *without, int *checks) {
    struct nfa *n = nodes_nfa(r);
    int *start = keep((size_t)(1 + r->conditions + r->lines + 1) * sizeof *start), starts = 0;
    int *after = keep((size_t)(r->lines + 1) * sizeof *after);
    start[starts++] = r->condition[re_condition(r, condition)].start;
    for (int i = 0; i < r->conditions; i++)
        start[starts++] = r->condition[i].start;
    for (int i = 0; i < r->nodes; i++) {
        const int rule = r->node[i].rule;
        if (!rule)
            continue;
        if (!after[rule]) {
            start[starts] = after[rule] = nfa_state(n);
            add_arrows(r, n, rule, after[rule], without);
            starts++;
        }
        nfa_silent(n, i, after[rule]);
    }
    int *before = keep((size_t)starts * sizeof *before);
    memcpy(before, start, (size_t)starts * sizeof *start);
    struct dfa *d = nfa_to_dfa_many(n, start, starts);
    for (int l = 1; l <= r->lines; l++)
        for (int i = 1 + r->conditions; after[l] && i < starts; i++)
            if (before[i] == after[l]) {
                after[l] = start[i];
                break;
            }
    *checks = 0;
    for (int i = 0; i < r->conditions; i++)
        if (!left_out(without, r->condition[i].name))
            *checks += check_longest(r, i, d, start[1 + i], after);
    return d;
}
