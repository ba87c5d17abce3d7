/* list.c: `imapdiff list` and `imapdiff explain`: what there is, and what it means. */
#include "cli.h"

#include "clauses.h"
#include "compare.h"
#include "content_mime.h"
#include "drive.h"
#include "explain.h"
#include "names.h"
#include "server.h"
#include "target.h"

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <stdlib.h>

static int list_targets(void) {
    for (const struct target_name *t = target_names; t->name; t++)
        printf("%-34s %s\n", t->name, t->what);
    fputs("private servers:", stdout);
    for (size_t i = 0; server_name(i); i++)
        printf(" %s", server_name(i));
    char root[512];
    printf("\ntheir packages: %s\n",
           server_sysroot(root, sizeof root) ? root : "not unpacked (make servers)");
    return EXIT_CLEAN;
}

static int list_proxies(void) {
    for (size_t i = 0; server_proxy_name(i); i++)
        puts(server_proxy_name(i));
    return EXIT_CLEAN;
}

static int list_behaviours(void) {
    char err[800];
    struct behaviours *b = load_behaviours(NULL, 0, err, sizeof err);
    if (!b) {
        cli_error("%s", err);
        return EXIT_USAGE;
    }
    for (int i = 0; i < behaviours_count(b); i++) {
        const struct behaviour *x = behaviours_at(b, i);
        printf("%-32s %-18s %s%s  [%s]\n", x->name, point_name(x->point), x->fault ? "fault: " : "", x->doc,
               x->cites);
    }
    behaviours_free(b);
    return EXIT_CLEAN;
}

static int list_choices(void) {
    static const char *const kinds[] = {"tried by the oracle", "read off the response", "asked when serving",
                                        "fault"};
    for (int p = 0; p < POINT_COUNT; p++) {
        struct slice name, values;
        printf("%-20s %-22s %s\n", point_name(p), kinds[point_kind(p)], point_cites(p));
        for (int i = 0; point_field_at(p, i, &name, &values); i++)
            printf("    %.*s: %.*s\n", (int)name.n, (const char *)name.p, (int)values.n,
                   (const char *)values.p);
    }
    return EXIT_CLEAN;
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* Each file's name below lua/scenario with its first comment line. */
static void scenario_files(const char *folder, int depth) {
    char *name[1024];
    int n = 0;
    DIR *dir = opendir(folder);
    struct dirent *e;
    while (dir && (e = readdir(dir)) && n < 1024)
        if (e->d_name[0] != '.')
            name[n++] = strdup(e->d_name);
    if (dir)
        closedir(dir);
    qsort(name, (size_t)n, sizeof *name, by_name);
    for (int i = 0; i < n; i++) {
        char path[800], line[300] = "";
        struct stat st;
        snprintf(path, sizeof path, "%s/%s", folder, name[i]);
        size_t len = strlen(name[i]);
        if (stat(path, &st) == 0 && S_ISDIR(st.st_mode) && depth < 4) {
            scenario_files(path, depth + 1);
        } else if (len > 4 && !strcmp(name[i] + len - 4, ".lua")) {
            FILE *f = fopen(path, "r");
            if (f && fgets(line, sizeof line, f))
                line[strcspn(line, "\n")] = '\0';
            if (f)
                fclose(f);
            const char *doc = line + strspn(line, "- ");
            printf("%-44.*s %s\n", (int)len - 4, name[i], strncmp(line, "---", 3) ? "" : doc);
        }
        free(name[i]);
    }
}

static int list_scenarios(void) {
    char lua[512], path[600], err[800];
    if (!lua_folder(lua, sizeof lua, err, sizeof err)) {
        cli_error("%s", err[0] ? err : "no lua/ folder: set IMAPDIFF_LUA");
        return EXIT_USAGE;
    }
    snprintf(path, sizeof path, "%s/scenario", lua);
    scenario_files(path, 0);
    return EXIT_CLEAN;
}

static int list_clauses(void) {
    explain_list(stdout);
    return EXIT_CLEAN;
}

static int list_causes(void) {
    for (int c = CAUSE_NONE + 1; c < CAUSE_COUNT; c++)
        printf("%-24s %s%s%s%s\n", cause_name(c), cause_what(c), *cause_clause(c) ? "  [" : "",
               cause_clause(c), *cause_clause(c) ? "]" : "");
    return EXIT_CLEAN;
}

static const struct {
    const char *name;
    int (*list)(void);
} lists[] = {
    {"targets", list_targets}, {"proxies", list_proxies}, {"behaviours", list_behaviours}, {"scenarios", list_scenarios},
    {"choices", list_choices}, {"clauses", list_clauses},       {"causes", list_causes},
};
#define LISTS (sizeof lists / sizeof *lists)

int list_main(int argc, char **argv) {
    static const struct cli_option none[] = {{0}};
    const char *word[1], *known[LISTS];
    int n;
    if (!cli_parse(none, argc, argv, word, 1, &n))
        return EXIT_USAGE;
    for (size_t i = 0; i < LISTS; i++) {
        known[i] = lists[i].name;
        if (n && !strcmp(word[0], lists[i].name))
            return lists[i].list();
    }
    if (!n) {
        fputs("imapdiff list ", stdout);
        for (size_t i = 0; i < LISTS; i++)
            printf("%s%s", i ? "|" : "", lists[i].name);
        fputs("\n", stdout);
        return EXIT_CLEAN;
    }
    cli_error("list: unknown word `%s`%s", word[0], names_hint(word[0], known, LISTS).text);
    return EXIT_USAGE;
}

static void show_note(void *user, const struct note *n) {
    uint64_t *failing = user;
    char context[160] = "";
    if (n->point >= 0)
        point_context_text(n->point, n->context, context, sizeof context);
    printf("event %u, session %d: %s %s  %s\n", n->event, n->session, verdict_name(n->verdict),
           n->cites ? n->cites : "", n->summary ? n->summary : "");
    if (n->point >= 0)
        printf("    at       %s%s%s: %s\n", point_name(n->point), context[0] ? " " : "", context,
               n->answer ? n->answer : "");
    if (n->seen && n->seen[0])
        printf("    seen     %s\n", n->seen);
    if (n->allowed && n->allowed[0])
        printf("    allowed  %s\n", n->allowed);
    *failing += n->verdict == V_VIOLATES;
}

static int explain_trace(const char *file) {
    struct program p;
    char err[600];
    program_init(&p);
    int status = EXIT_USAGE;
    if (!program_read(&p, file, err, sizeof err)) {
        cli_error("%s", err);
        program_free(&p);
        return status;
    }
    struct content *content = content_new();
    struct behaviours *b = content ? load_behaviours(NULL, 0, err, sizeof err) : NULL;
    uint64_t failing = 0;
    static const char *const users[] = {"u1:pw", "u2:pw", "u3:pw", NULL};
    struct oracle_options oo = {.behaviours = b,
                                .content = content ? content_ops(content) : (struct content_ops){0},
                                .note = show_note,
                                .user = &failing,
                                .users = users};
    struct oracle *o = b ? oracle_new(&oo) : NULL;
    if (o && judge_trace(&p, o, err, sizeof err)) {
        const struct oracle_counts *c = oracle_counts(o);
        printf("%llu responses, %llu not judged; ", (unsigned long long)c->responses,
               (unsigned long long)c->unjudged);
        printf("%llu verdicts VIOLATES\n", (unsigned long long)failing);
        status = failing ? EXIT_FINDINGS : EXIT_CLEAN;
    } else {
        cli_error("%s: %s", file, o || !b ? err : "out of memory");
    }
    if (o)
        oracle_free(o);
    if (b)
        behaviours_free(b);
    content_free(content);
    program_free(&p);
    return status;
}

int explain_main(int argc, char **argv) {
    static const struct cli_option none[] = {{0}};
    const char *word[1];
    int n;
    struct stat st;
    if (!cli_parse(none, argc, argv, word, 1, &n))
        return EXIT_USAGE;
    if (!n) {
        cli_error("explain: expected a clause (MAP-I3) or a trace file");
        return EXIT_USAGE;
    }
    if (stat(word[0], &st) == 0 || strchr(word[0], '/'))
        return explain_trace(word[0]);
    if (clause_find(word[0]))
        return explain_clause(stdout, word[0]);
    fputs("imapdiff: ", stderr);
    return explain_clause(stderr, word[0]);
}
