/* learn_write.c: a lesson as a Lua file: a handler for each choice point, a condition for each answer. */
#include "learn.h"

#include "script_behaviour.h"

#include <string.h>

static bool same(const struct learnt *a, const struct learnt *b) {
    return a->answer && b->answer && a->from == b->from && a->answer->reply == b->answer->reply &&
           a->answer->code == b->answer->code && a->answer->ops == b->answer->ops &&
           !memcmp(a->answer->op, b->answer->op, a->answer->ops) && !strcmp(a->answer->text, b->answer->text);
}

/* by.who == "other" and not by.silent */
static void condition(FILE *out, enum point p, uint32_t context) {
    struct slice name, values;
    for (int i = 0; point_field_at(p, i, &name, &values); i++) {
        char field[32];
        snprintf(field, sizeof field, "%.*s", (int)name.n, (const char *)name.p);
        const char *value = point_field(p, context, field), *and = i ? " and " : "";
        if (values.n == 6 && !memcmp(values.p, "no,yes", 6))
            fprintf(out, "%s%sby.%s", and, strcmp(value, "yes") != 0 ? "not " : "", field);
        else
            fprintf(out, "%sby.%s == \"%s\"", and, field, value);
    }
}

static void quoted(FILE *out, const char *z) {
    fputc('"', out);
    for (; *z; z++) {
        if (*z == '"' || *z == '\\')
            fputc('\\', out);
        fputc(*z, out);
    }
    fputc('"', out);
}

static void say(FILE *out, const struct answer *a, const char *indent) {
    for (int i = 0; i < a->ops; i++)
        fprintf(out, "%sit:%s()\n", indent, op_name((enum op)a->op[i]));
    if (a->reply == REPLY_NONE)
        return;
    fprintf(out, "%sreturn %s(", indent, reply_name((enum reply)a->reply));
    quoted(out, a->text);
    for (int i = 0; answer_codes()[i]; i++)
        if (a->code != CODE_NONE && answer_code(answer_codes()[i]) == a->code)
            fprintf(out, ", \"%s\"", answer_codes()[i]);
    fputs(")\n", out);
}

/* Where one answer was learnt: its contexts with what was seen in each. */
static void cases(FILE *out, const struct learnt *at, enum point p, uint32_t c, const struct behaviours *b) {
    fprintf(out, "    -- %s\n", behaviours_at(b, at[c].from)->name);
    bool any = false;
    for (uint32_t d = c; d < point_contexts(p); d++) {
        if (!same(&at[c], &at[d]))
            continue;
        fputs(any ? "\n      or " : "    if ", out);
        condition(out, p, d);
        if (at[d].of)
            fprintf(out, " -- %llu of %llu", (unsigned long long)at[d].count, (unsigned long long)at[d].of);
        else
            fputs(" -- not seen", out);
        any = true;
    }
    fputs("\n    then\n", out);
    say(out, at[c].answer, "      ");
    if (at[c].answer->reply == REPLY_NONE)
        fputs("      return\n", out);
    fputs("    end\n", out);
}

static void handler(FILE *out, const struct learnt *at, enum point p, const struct behaviours *b) {
    const uint32_t n = point_contexts(p);
    bool all = true;
    for (uint32_t c = 1; c < n; c++)
        all = all && same(&at[0], &at[c]);
    fprintf(out, "\n  %s = function(it, by) -- %s\n", point_handler(p), point_name(p));
    if (all) {
        uint64_t count = 0, of = 0;
        for (uint32_t c = 0; c < n; c++) {
            count += at[c].count;
            of += at[c].of;
        }
        fprintf(out, "    -- %s: ", behaviours_at(b, at[0].from)->name);
        if (of)
            fprintf(out, "%llu of %llu\n", (unsigned long long)count, (unsigned long long)of);
        else
            fputs("not seen\n", out);
        say(out, at[0].answer, "    ");
    }
    for (uint32_t c = 0; c < n && !all; c++) {
        bool before = !at[c].answer;
        for (uint32_t d = 0; d < c && !before; d++)
            before = same(&at[d], &at[c]);
        if (!before)
            cases(out, at, p, c, b);
    }
    fputs("  end,\n", out);
}

static bool handled(const struct lesson *l, int p) {
    for (uint32_t c = 0; c < point_contexts((enum point)p); c++)
        if (l->at[p][c].answer)
            return true;
    return false;
}

static bool has_word(const char *words, const char *word) {
    const size_t n = strlen(word);
    for (const char *at = words; (at = strstr(at, word)); at += n)
        if ((at == words || at[-1] == ' ') && (at[n] == ' ' || !at[n]))
            return true;
    return false;
}

/* The clauses of the behaviours that answer, each once, as many as a file may cite. */
static void cite(FILE *out, const struct lesson *l, const struct behaviours *b) {
    char all[sizeof((struct behaviour *)0)->cites] = "";
    for (int p = 0; p < POINT_COUNT; p++)
        for (uint32_t c = 0; c < point_contexts((enum point)p); c++) {
            const char *z = l->at[p][c].answer ? behaviours_at(b, l->at[p][c].from)->cites : "";
            char id[48];
            snprintf(id, sizeof id, "%.*s", (int)strcspn(z, " "), z);
            if (!id[0] || has_word(all, id) || strlen(all) + strlen(id) + 2 > sizeof all)
                continue;
            strcat(strcat(all, all[0] ? " " : ""), id);
        }
    fputs(all, out);
}

void learn_write(FILE *out, const struct lesson *l, const struct behaviours *b, const char *name,
                 const char *target) {
    int first = 0;
    while (first < POINT_COUNT - 1 && !handled(l, first))
        first++;
    fprintf(out,
            "--- Answers as %s was seen to: the most frequent answer in each context.\nreturn behaviour {\n  "
            "name  = ",
            target);
    quoted(out, name);
    fprintf(out, ",\n  point = \"%s\",\n  cites = \"", point_name((enum point)first));
    cite(out, l, b);
    fputs("\",\n", out);
    for (int p = 0; p < POINT_COUNT; p++)
        if (handled(l, p))
            handler(out, l->at[p], (enum point)p, b);
    fputs("}\n", out);
}
