/* test_scenario_golden.c: the examples of the drafts (tests/golden/examples.txt): accepted where they are
 * well formed, rejected where they are not, and all ids are clauses. */
#include "clauses.h"
#include "imap.h"

#include <stdio.h>
#include <string.h>

struct example {
    char verdict[8], kind[12], ids[120], wire[4096];
    size_t n;
    int line;
};

static int failed(const struct example *e, const char *what) {
    fprintf(stderr, "tests/golden/examples.txt:%d: %s: %.*s", e->line, what, (int)e->n, e->wire);
    return 1;
}

static int check(const struct example *e) {
    static struct node nodes[4096];
    static struct imap_command command;
    static struct imap_response response;
    struct node_pool pool = {nodes, 4096, 1};
    struct lex_options o = {.dialect = DIALECT_2060};
    char ids[sizeof e->ids];
    snprintf(ids, sizeof ids, "%s", e->ids);
    for (char *save, *id = strtok_r(ids, " ", &save); id; id = strtok_r(NULL, " ", &save))
        if (!clause_find(id))
            return failed(e, id);
    struct lex_result r = !strcmp(e->kind, "command")
                              ? parse_command((const uint8_t *)e->wire, e->n, &o, &pool, &command)
                              : parse_response((const uint8_t *)e->wire, e->n, &o, &pool, &response);
    bool accepted = r.verdict == LEX_ACCEPT && r.offset == e->n;
    if (!strcmp(e->verdict, "accept"))
        return accepted ? 0 : failed(e, r.rule ? r.rule : "expected to be accepted");
    return r.verdict == LEX_REJECT && r.rule ? 0 : failed(e, "expected to be rejected, with a rule");
}

struct totals {
    int n, bad, rejected;
};

static void finish(struct example *e, struct totals *t) {
    if (!e->verdict[0])
        return;
    t->bad += e->n ? check(e) : failed(e, "expected an example below");
    t->rejected += !strcmp(e->verdict, "reject");
    t->n++;
}

int main(void) {
    FILE *f = fopen("tests/golden/examples.txt", "r");
    struct example e = {0};
    struct totals t = {0};
    char line[2048];
    if (!f) {
        perror("tests/golden/examples.txt");
        return 1;
    }
    for (int at = 1; fgets(line, sizeof line, f); at++) {
        line[strcspn(line, "\n")] = '\0';
        if (!line[0] || line[0] == '#')
            continue;
        if (line[0] != '=') {
            e.n += (size_t)snprintf(e.wire + e.n, sizeof e.wire - e.n, "%s\r\n", line);
            continue;
        }
        finish(&e, &t);
        e = (struct example){.line = at};
        if (sscanf(line, "= %7s %11s %119[^\n]", e.verdict, e.kind, e.ids) != 3)
            t.bad += failed(&e, "expected `= VERDICT KIND IDS`\n");
    }
    finish(&e, &t);
    fclose(f);
    printf("%d examples, %d of them malformed, %d wrong\n", t.n, t.rejected, t.bad);
    return t.bad || t.n < 60 || t.rejected < 10 ? 1 : 0;
}
