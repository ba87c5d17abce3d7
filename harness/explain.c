/* explain.c: prints clauses for people. */
#include "explain.h"

#include "clauses.h"

/* What the letters of a wire class mean, in words. */
static const char *wire_word(char letter) {
    switch (letter) {
    case 'S':
        return "the syntax of one line";
    case 'R':
        return "the reply to one command";
    case 'T':
        return "the trace of one session";
    case 'X':
        return "two sessions or more";
    case 'M':
        return "two runs compared";
    case 'C':
        return "our server against a client";
    case 'P':
        return "us on both sides of a proxy";
    case 'G':
        return "an example to replay";
    default:
        return "nothing on the wire";
    }
}

static void brief(FILE *out, const struct clause *c) {
    fprintf(out, "  %-14s %-18s  %s\n", c->id, clause_level_name(c->level), c->statement);
}

/* The clauses that this one names and those that name it, each once: traps apart from the rest. */
static void related(FILE *out, const struct clause *c, bool traps) {
    bool any = false;
    for (int i = 0; i < CLAUSE_COUNT; i++) {
        const struct clause *o = clause_get(i);
        if ((o->level == CLAUSE_TRAP) != traps || !(clause_sees(c, o->id) || clause_sees(o, c->id)))
            continue;
        if (!any)
            fprintf(out, "\n%s:\n", traps ? "Traps of the text" : "Related");
        any = true;
        brief(out, o);
    }
}

int explain_clause(FILE *out, const char *id) {
    const struct clause *c = clause_find(id);
    if (!c) {
        fprintf(out, "no clause has the id \"%.40s\"; the nearest is %s: %s\n", id, clause_nearest(id)->id,
                clause_nearest(id)->statement);
        return 2;
    }
    fprintf(out, "%s: %s\n\n", c->id, c->statement);
    fprintf(out, "  document  %s, section %s\n", clause_doc_title(c->doc), c->section);
    fprintf(out, "  level     %s\n", clause_level_name(c->level));
    if (c->level != CLAUSE_TRAP) {
        fprintf(out, "  binds     %s\n", clause_binds_name(c->binds));
        fprintf(out, "  seen in   ");
        for (const char *w = c->wire; *w; w++)
            fprintf(out, "%s%s", w == c->wire ? "" : ", ", wire_word(*w));
        fprintf(out, "\n");
    }
    related(out, c, false);
    related(out, c, true);
    return 0;
}

void explain_list(FILE *out) {
    for (int i = 0; i < CLAUSE_COUNT; i++)
        brief(out, clause_get(i));
}
