/* script_lines.c: on which lines the fields of a constructor's table stand. Lua forgets that, so its source
 * is read a second time, by tokens; a field that cannot be told (computed elsewhere) gets its table's line.
 */
#include "script_impl.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum token { END, NAME, TEXT, LONG_TEXT, OTHER }; /* OTHER: one octet */

struct reader {
    const char *p, *end;
    int line;
    enum token kind;
    const char *at; /* the token; a TEXT's without its quotes */
    uint32_t n;
    int at_line, text_line;
    struct script_lines *out;
    bool failed;
};

/* The level of a long bracket that begins at p ("[[": 0, "[==[": 2), or -1. */
static int bracket_level(const char *p, const char *end) {
    const char *q = p + 1;
    if (p >= end || *p != '[')
        return -1;
    while (q < end && *q == '=')
        q++;
    return q < end && *q == '[' ? (int)(q - p - 1) : -1;
}

static void skip_to(struct reader *r, const char *p) {
    for (; r->p < p; r->p++)
        r->line += *r->p == '\n';
}

/* Goes behind a long bracket. The text's octets are in at, n. */
static void read_bracket(struct reader *r, int level) {
    const char *text = r->p + level + 2, *p = text;
    if (text < r->end && *text == '\r')
        text++;
    if (text < r->end && *text == '\n')
        text++;
    for (; p < r->end; p++)
        if (*p == ']' && r->end - p >= level + 2 && p[level + 1] == ']' &&
            strspn(p + 1, "=") == (size_t)level)
            break;
    r->at = text;
    r->n = p > text ? (uint32_t)(p - text) : 0;
    skip_to(r, text < r->end ? text : r->end);
    r->text_line = r->line;
    const char *behind = p + level + 2;
    skip_to(r, behind < r->end ? behind : r->end);
}

static void skip_blanks(struct reader *r) {
    while (r->p < r->end) {
        if (isspace((unsigned char)*r->p)) {
            skip_to(r, r->p + 1);
        } else if (r->end - r->p > 1 && r->p[0] == '-' && r->p[1] == '-') {
            int level = bracket_level(r->p + 2, r->end);
            if (level >= 0) {
                r->p += 2;
                read_bracket(r, level);
            } else {
                const char *line_end = memchr(r->p, '\n', (size_t)(r->end - r->p));
                skip_to(r, line_end ? line_end : r->end);
            }
        } else
            return;
    }
}

static void read_quoted(struct reader *r) {
    const char *p = r->p + 1;
    while (p < r->end && *p != *r->p && *p != '\n')
        p += *p == '\\' && r->end - p > 1 ? 2 : 1;
    r->at = r->p + 1;
    r->n = (uint32_t)(p - r->at);
    skip_to(r, p < r->end ? p + 1 : r->end);
}

static void next(struct reader *r) {
    skip_blanks(r);
    r->at = r->p;
    r->n = 1;
    r->at_line = r->text_line = r->line;
    int level = bracket_level(r->p, r->end);
    if (r->p >= r->end) {
        r->kind = END;
    } else if (isalpha((unsigned char)*r->p) || *r->p == '_') {
        const char *p = r->p;
        while (p < r->end && (isalnum((unsigned char)*p) || *p == '_'))
            p++;
        r->kind = NAME;
        r->n = (uint32_t)(p - r->p);
        r->p = p;
    } else if (*r->p == '"' || *r->p == '\'') {
        r->kind = TEXT;
        read_quoted(r);
    } else if (level >= 0) {
        r->kind = LONG_TEXT;
        read_bracket(r, level);
    } else {
        r->kind = OTHER;
        r->p++;
    }
}

static bool is(const struct reader *r, const char *word) {
    return (r->kind == NAME || r->kind == OTHER) && strlen(word) == r->n && memcmp(r->at, word, r->n) == 0;
}

static uint32_t add(struct reader *r, uint32_t parent, const char *name, uint32_t n, uint32_t position) {
    struct script_lines *l = r->out;
    if (l->n == l->cap) {
        uint32_t cap = l->cap ? 2 * l->cap : 64;
        if (cap > 4 * SCRIPT_VALUES)
            return 0; /* the table will be refused for its number of values */
        struct script_line *v = realloc(l->v, cap * sizeof *v);
        if (!v) { /* uncovered: out of memory */
            r->failed = true;
            return 0;
        }
        l->v = v;
        l->cap = cap;
    }
    l->v[l->n] = (struct script_line){parent, name, n, position, r->at_line, r->text_line};
    return l->n++;
}

/* Goes on to the `,`, `;` or `}` that ends a field's value: over brackets and over functions' bodies. */
static void skip_value(struct reader *r) {
    int depth = 0;
    for (; r->kind != END; next(r)) {
        if (depth == 0 && (is(r, ",") || is(r, ";") || is(r, "}")))
            return;
        if (is(r, "{") || is(r, "(") || is(r, "[") || is(r, "function") || is(r, "if") || is(r, "do") ||
            is(r, "repeat"))
            depth++;
        if (is(r, "}") || is(r, ")") || is(r, "]") || is(r, "end") || is(r, "until"))
            depth--;
    }
}

static void read_table(struct reader *r, uint32_t self, int depth);

static void read_value(struct reader *r, uint32_t parent, const char *name, uint32_t n, uint32_t position,
                       int depth) {
    uint32_t self = add(r, parent, name, n, position);
    if (self && is(r, "{") && depth < SCRIPT_DEPTH) {
        read_table(r, self, depth + 1);
        next(r);
    }
    skip_value(r);
}

/* From a `{` to its `}`. */
static void read_table(struct reader *r, uint32_t self, int depth) {
    uint32_t position = 0;
    next(r);
    while (r->kind != END && !is(r, "}") && !r->failed) {
        struct reader here = *r;
        const char *name = NULL;
        uint32_t n = 0;
        if (r->kind == NAME) {
            name = r->at;
            n = r->n;
            next(r);
        } else if (is(r, "[")) {
            next(r);
            if (r->kind == TEXT) {
                name = r->at;
                n = r->n;
            }
            while (r->kind != END && !is(r, "]"))
                next(r);
            next(r);
        }
        bool named = (name || here.kind == OTHER) && is(r, "=") && !(r->p < r->end && *r->p == '=');
        if (named)
            next(r);
        else
            *r = here;
        if (named && !name)
            skip_value(r);
        else
            read_value(r, self, named ? name : NULL, named ? n : 0, named ? 0 : ++position, depth);
        if (is(r, ",") || is(r, ";"))
            next(r);
    }
}

bool script_find_lines(struct script_lines *l, const char *source, size_t n, const char *constructor) {
    struct reader r = {.p = source, .end = source + n, .line = 1, .out = l};
    *l = (struct script_lines){0};
    bool called = false;
    for (next(&r); r.kind != END; next(&r)) {
        if (called && is(&r, "{"))
            break;
        called = is(&r, constructor) || (called && is(&r, "("));
    }
    if (r.kind == END) /* called in some other way */
        r.at_line = r.text_line = 1;
    add(&r, 0, NULL, 0, 0);
    if (r.kind != END && !r.failed)
        read_table(&r, 0, 0);
    return !r.failed;
}

uint32_t script_line_of(const struct script_lines *l, uint32_t parent, const char *name, uint32_t position) {
    for (uint32_t i = 1; i < l->n; i++) {
        const struct script_line *e = &l->v[i];
        if (e->parent != parent || !e->name != !name || e->position != position)
            continue;
        if (!name || (strlen(name) == e->length && memcmp(e->name, name, e->length) == 0))
            return i;
    }
    return 0;
}
