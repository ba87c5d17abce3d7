/* author_skeleton.c: what `imapdiff new` writes: files that say, in comments, all that may be said there. */
#include "author.h"

#include "script_behaviour.h"

#include <string.h>

/* What a handler's first argument stands for. */
static const char *subject(enum point p) {
    static const char *const of[][2] = {
        {"delete.", "box"}, {"rename.", "box"},    {"create.", "box"}, {"expunge.", "box"},
        {"ghost.", "box"},  {"fetch.exp", "msgs"}, {"store.", "msgs"}, {"search.", "msgs"},
        {"copy.", "msgs"},  {"range.", "msgs"},
    };
    for (size_t i = 0; i < sizeof of / sizeof *of; i++)
        if (!strncmp(point_name(p), of[i][0], strlen(of[i][0])))
            return of[i][1];
    return "session";
}

/* How well a behaviour's answer would do for all contexts of a point: 0, not at all. */
static int fitness(const struct behaviours *known, int index, enum point p) {
    const struct behaviour *b = behaviours_at(known, index);
    const struct answer *first = behaviours_answer(known, index, p, 0);
    if (!first || b->fault != (point_kind(p) == POINT_FAULT))
        return 0;
    bool uniform = true;
    for (uint32_t c = 1; uniform && c < point_contexts(p); c++) {
        const struct answer *a = behaviours_answer(known, index, p, c);
        uniform = a && a->reply == first->reply && a->ops == first->ops && !memcmp(a->op, first->op, a->ops);
    }
    return 1 + 4 * uniform + 2 * (b->point == p) + !strncmp(b->cites, "MAP-", 4);
}

/* An answer that the point permits: that of the behaviour which suits best. Its clauses go to *cites. */
static struct answer example(enum point p, const struct behaviours *known, const char **cites) {
    int best = -1, most = 0;
    for (int i = 0; i < behaviours_count(known); i++)
        if (fitness(known, i, p) > most) {
            most = fitness(known, i, p);
            best = i;
        }
    if (best >= 0) {
        *cites = behaviours_at(known, best)->cites;
        return *behaviours_answer(known, best, p, 0);
    }
    struct answer first = {0};
    if (!**cites)
        *cites = "MAP-I1";
    for (int o = OP_NONE + 1; o < OP_COUNT && !first.ops; o++)
        if (op_allowed((enum op)o, p))
            first.op[first.ops++] = (uint8_t)o;
    return first;
}

static void say_context(FILE *out, enum point p) {
    struct slice name, values;
    if (!point_field_at(p, 0, &name, &values))
        fputs("  -- It has one context: `by` has no fields.\n", out);
    for (int i = 0; point_field_at(p, i, &name, &values); i++) {
        bool flag = values.n == 6 && !memcmp(values.p, "no,yes", 6);
        fprintf(out, "  --   by.%-8.*s %.*s\n", (int)name.n, (const char *)name.p, flag ? 13 : (int)values.n,
                flag ? "true or false" : (const char *)values.p);
    }
}

static void say_ops(FILE *out, enum point p) {
    const char *title = "  -- What it can do:\n";
    for (int o = OP_NONE + 1; o < OP_COUNT; o++) {
        if (!op_allowed((enum op)o, p))
            continue;
        char call[48];
        snprintf(call, sizeof call, "%s()", op_name((enum op)o));
        fprintf(out, "%s  --   %s:%-20s %s\n", title, subject(p), call, op_what((enum op)o));
        title = "";
    }
}

void skeleton_behaviour(FILE *out, const char *name, enum point p, const struct behaviours *known) {
    const char *cites = point_cites(p), *it = subject(p);
    char words[64];
    const struct answer a = example(p, known, &cites);
    const bool fault = point_kind(p) == POINT_FAULT;
    point_replies(p, words, sizeof words);
    fprintf(out,
            "--- One line for lists and reports: what a server of this kind does.\n"
            "return behaviour {\n"
            "  name  = \"%s\",\n"
            "  point = \"%s\",\n"
            "  cites = \"%s\", -- %s: imapdiff list clauses\n%s\n",
            name, point_name(p), cites, fault ? "the clauses that it breaks" : "the clauses that permit it",
            fault ? "  fault = true,\n" : "");
    fputs("  -- Asked once in each context, when the file is loaded; the answer is recorded. The context:\n",
          out);
    say_context(out, p);
    say_ops(out, p);
    if (words[0])
        fprintf(out, "  -- It returns %s with a text, or with text and code: NO(\"text\", \"INUSE\").\n",
                words);
    fputs("  -- To leave a context to other behaviours it does and returns nothing.\n", out);
    fprintf(out, "  %s = function(%s, by)\n", point_handler(p), it);
    for (int i = 0; i < a.ops; i++)
        fprintf(out, "    %s:%s()\n", it, op_name((enum op)a.op[i]));
    if (a.reply != REPLY_NONE)
        fprintf(out, "    return %s \"%s\"\n", reply_name((enum reply)a.reply), a.text[0] ? a.text : "Done");
    fputs("  end,\n}\n", out);
}

void skeleton_scenario(FILE *out, const char *name) {
    fprintf(out,
            "--- One line for lists and reports: what is done, and what one practice answers.\n"
            "return scenario {\n"
            "  name  = \"%s\",\n"
            "  cites = \"MAP-4.1.2-a\", -- the clauses that it shows: imapdiff list clauses\n"
            "\n"
            "  -- Mailboxes made before the play: here of 7 messages, 4 of them \\Deleted, open in two "
            "sessions.\n"
            "  given = { FOO = { messages = 7, deleted = \"4:7\", open_in = { 1, 2 } } },\n"
            "  -- must = true,     -- a play that goes otherwise is VIOLATES, not another practice\n"
            "  -- needs = \"MOVE\",  -- capabilities; without them: not offered\n"
            "\n"
            "  -- C1: what session 1 sends. S1: what it is answered; x4 repeats, ? is optional, ! must not "
            "come, ... is any text.\n"
            "  play = [=[\n"
            "    C1: EXPUNGE\n"
            "    S1 x4: * 4 EXPUNGE\n"
            "    S1: OK\n"
            "    # 3 lives; 4 and 5 are gone, and session 2 has not been told.\n"
            "    C2: FETCH 3:5 (ENVELOPE)\n"
            "    S2: * 3 FETCH (ENVELOPE ...)\n"
            "    S2: NO\n"
            "    C2: NOOP\n"
            "    S2 x4: * 4 EXPUNGE\n"
            "    S2?: * 3 EXISTS\n"
            "    S2: OK\n"
            "  ]=],\n"
            "}\n",
            name);
}

void skeleton_profile(FILE *out, const char *name) {
    fprintf(out,
            "--- What %s does otherwise than the grammar.\n"
            "return profile {\n"
            "  library = \"%s\", -- as `imapdiff diff` without words lists it, or the plug-in names it\n"
            "  -- version = \"1.0\", -- how the library's own begins; another one gives a warning\n"
            "\n"
            "  -- item (id, id-response, clientid, command, response), cause (imapdiff list causes), how it "
            "parts: takes, refuses,\n"
            "  -- waits, short, content, lingers, fault; one word or a list.\n"
            "  known = {\n"
            "    [\"id\"] = {\n"
            "      [\"odd-count\"] = \"takes\",\n"
            "      [\"literal\"] = { \"refuses\", \"waits\" },\n"
            "    },\n"
            "  },\n"
            "}\n",
            name, name);
}
