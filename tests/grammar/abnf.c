/* abnf.c: an ABNF reader, and Thompson's construction of a regular rule. */
#include "abnf.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char core[] = "ALPHA = %x41-5A / %x61-7A\n"
                           "BIT = \"0\" / \"1\"\n"
                           "CHAR = %x01-7F\n"
                           "CR = %x0D\n"
                           "CRLF = CR LF\n"
                           "CTL = %x00-1F / %x7F\n"
                           "DIGIT = %x30-39\n"
                           "DQUOTE = %x22\n"
                           "HEXDIG = DIGIT / \"A\" / \"B\" / \"C\" / \"D\" / \"E\" / \"F\"\n"
                           "HTAB = %x09\n"
                           "LF = %x0A\n"
                           "LWSP = *(WSP / CRLF WSP)\n"
                           "OCTET = %x00-FF\n"
                           "SP = %x20\n"
                           "VCHAR = %x21-7E\n"
                           "WSP = SP / HTAB\n";

#define ALL_DIALECTS 7u

static char *copy(const char *p, size_t n) {
    char *s = keep(n + 1);
    memcpy(s, p, n);
    return s;
}

static bool name_char(int c) { return isalnum(c) || c == '-'; }

/* ---- reading
 * ------------------------------------------------------------------------------------------------------- */

static unsigned dialect_marks(const char *p) {
    unsigned set = 0;
    while ((p = strchr(p, '@')))
        switch (atoi(++p)) {
        case 2060:
            set |= 1u << DIALECT_2060;
            break;
        case 3501:
            set |= 1u << DIALECT_3501;
            break;
        case 9051:
            set |= 1u << DIALECT_9051;
            break;
        default:
            give_up("unknown dialect mark: @%.10s", p);
        }
    return set;
}

static void add_rule(struct abnf *g, const char *name, char *body, unsigned dialects, bool incremental,
                     const char *path) {
    bool extended = false;
    for (int i = 0; i < g->rules; i++) {
        struct abnf_rule *r = &g->rule[i];
        if (strcasecmp(r->name, name) || !(r->dialects & dialects))
            continue;
        if (!incremental)
            give_up("%s: %s is defined twice for a dialect", path, name);
        char *both = keep(strlen(r->body) + strlen(body) + 4);
        sprintf(both, "%s / %s", r->body, body);
        r->body = both;
        extended = true;
    }
    if (extended)
        return;
    if (g->rules == (int)(sizeof g->rule / sizeof *g->rule))
        give_up("too many rules");
    g->rule[g->rules++] = (struct abnf_rule){copy(name, strlen(name)), body, dialects};
}

static void note(struct abnf *g, const char *comment) {
    char word[40], a[80], b[80];
    const bool equation = sscanf(comment, "; %39[a-z] %79[A-Za-z0-9_-] = %79[A-Za-z0-9_-]", word, a, b) == 3;
    if (!equation && sscanf(comment, "; bound %79[A-Za-z0-9_-] %79[0-9]", a, b) != 2)
        return;
    if (!equation)
        strcpy(word, "bound");
    if (g->notes == (int)(sizeof g->note / sizeof *g->note))
        give_up("too many notes");
    g->note[g->notes++] = (struct abnf_note){copy(word, strlen(word)), copy(a, strlen(a)), copy(b, strlen(b)),
                                             dialect_marks(comment)};
}

/* The start of a line's comment, or its end: a semicolon outside quotes and prose. */
static const char *comment_of(const char *p, const char *end) {
    for (char close = 0; p < end; p++)
        if (close)
            close = *p == close ? 0 : close;
        else if (*p == '"')
            close = '"';
        else if (*p == '<')
            close = '>';
        else if (*p == ';')
            return p;
    return end;
}

void abnf_parse(struct abnf *g, const char *text, const char *path) {
    while (*text) {
        const char *end = strchrnul(text, '\n');
        if (*text == ';')
            note(g, copy(text, (size_t)(end - text)));
        if (!isalpha((unsigned char)*text)) {
            text = end + (*end != 0);
            continue;
        }
        const char *p = text;
        while (name_char((unsigned char)*p))
            p++;
        char *name = copy(text, (size_t)(p - text));
        p += strspn(p, " \t");
        if (*p++ != '=')
            give_up("%s: no \"=\" behind %s", path, name);
        const bool incremental = *p == '/';
        p += incremental;
        unsigned dialects = 0;
        char *body = keep(1);
        for (;;) { /* this line, and those that are indented */
            const char *stop = comment_of(p, end);
            char *more = keep(strlen(body) + (size_t)(stop - p) + 2);
            sprintf(more, "%s%.*s ", body, (int)(stop - p), p);
            body = more;
            dialects |= dialect_marks(copy(stop, (size_t)(end - stop)));
            text = end + (*end != 0);
            if (*text != ' ' && *text != '\t')
                break;
            p = text;
            end = strchrnul(text, '\n');
        }
        add_rule(g, name, body, dialects ? dialects : ALL_DIALECTS, incremental, path);
    }
}

void abnf_read(struct abnf *g, const char *path) {
    FILE *f = fopen(path, "rb");
    if (!f)
        give_up("cannot read %s", path);
    char *text = keep(1 << 20);
    size_t n = fread(text, 1, (1 << 20) - 1, f);
    fclose(f);
    if (n == (1 << 20) - 1)
        give_up("%s is larger than 1 MiB", path);
    abnf_parse(g, text, path);
}

struct abnf *abnf_new(void) {
    struct abnf *g = keep(sizeof *g);
    abnf_parse(g, core, "core rules");
    return g;
}

void abnf_override(struct abnf *g, const char *rule, const char *body) {
    for (int i = 0; i < g->rules; i++)
        if (!strcasecmp(g->rule[i].name, rule))
            g->rule[i].dialects = 0;
    add_rule(g, rule, copy(body, strlen(body)), ALL_DIALECTS, false, "override");
}

bool abnf_has(const struct abnf *g, const char *rule) {
    for (int i = 0; i < g->rules; i++)
        if (!strcasecmp(g->rule[i].name, rule) && g->rule[i].dialects)
            return true;
    return false;
}

/* ---- compiling
 * ------------------------------------------------------------------------------------------------------ */

struct span {
    int in, out;
};

struct compiler {
    const struct abnf *g;
    enum dialect d;
    struct nfa *n;
    const char *rule, *p; /* the rule being read, and where in its body */
    int depth;
};

static struct span alternation(struct compiler *c);

static struct span fresh(struct compiler *c) {
    int in = nfa_state(c->n);
    return (struct span){in, nfa_state(c->n)};
}

static void blank(struct compiler *c) { c->p += strspn(c->p, " \t\r"); }

static const char *body_of(const struct compiler *c, const char *name, size_t len) {
    for (int i = 0; i < c->g->rules; i++) {
        const struct abnf_rule *r = &c->g->rule[i];
        if (strlen(r->name) == len && !strncasecmp(r->name, name, len) && r->dialects >> c->d & 1)
            return r->body;
    }
    give_up("rule %.*s, used by %s, is not defined in this dialect", (int)len, name, c->rule);
}

static struct span rule(struct compiler *c, const char *name, size_t len) {
    struct compiler inner = *c;
    if (inner.depth++ > 100)
        give_up("rule %.*s is recursive", (int)len, name);
    inner.p = body_of(c, name, len);
    inner.rule = copy(name, len);
    struct span s = alternation(&inner);
    blank(&inner);
    if (*inner.p)
        give_up("rule %s: cannot read \"%.20s\"", inner.rule, inner.p);
    return s;
}

static int number(struct compiler *c, int base) {
    char *end;
    long v = strtol(c->p, &end, base);
    if (end == c->p || v < 0 || v > 255)
        give_up("rule %s: bad octet at \"%.10s\"", c->rule, c->p);
    c->p = end;
    return (int)v;
}

/* %x41, %x41-5A, %x0D.0A */
static struct span num_val(struct compiler *c) {
    struct span s = fresh(c);
    const char kind = (char)tolower((unsigned char)*++c->p);
    const int base = kind == 'x' ? 16 : kind == 'd' ? 10 : kind == 'b' ? 2 : 0;
    if (!base)
        give_up("rule %s: %%%c is not a base", c->rule, kind);
    c->p++;
    int v = number(c, base), at = s.in;
    if (*c->p == '-') {
        c->p++;
        nfa_move(c->n, at, v, number(c, base), s.out);
        return s;
    }
    for (;; v = number(c, base)) {
        int next = *c->p == '.' ? nfa_state(c->n) : s.out;
        nfa_move(c->n, at, v, v, next);
        at = next;
        if (*c->p != '.')
            return s;
        c->p++;
    }
}

static struct span char_val(struct compiler *c) {
    struct span s = fresh(c);
    int at = s.in;
    for (c->p++; *c->p != '"'; c->p++) {
        if (!*c->p)
            give_up("rule %s: a quote is not closed", c->rule);
        int next = nfa_state(c->n), o = (unsigned char)*c->p;
        nfa_move(c->n, at, tolower(o), tolower(o), next);
        nfa_move(c->n, at, toupper(o), toupper(o), next);
        at = next;
    }
    c->p++;
    nfa_silent(c->n, at, s.out);
    return s;
}

/* The octets of a rule or a quoted octet that derives single octets alone. */
static void octets_of(struct compiler *c, const char *item, size_t len, bool set[256]) {
    struct compiler lone = *c;
    lone.n = nfa_new();
    lone.p = copy(item, len);
    struct span s = *item == '"' ? char_val(&lone) : rule(&lone, item, len);
    nfa_final(lone.n, s.out);
    const struct dfa *d = nfa_to_dfa(lone.n, s.in);
    for (int o = 0; o < 256; o++)
        set[o] = d->accept[d->next[d->start][o]];
}

/* <any A except B and C>, <content> */
static struct span prose_val(struct compiler *c) {
    struct span s = fresh(c);
    const char *end = strchr(c->p, '>');
    if (!strncmp(c->p, "<content>", 9)) {
        nfa_move(c->n, s.in, CONTENT, CONTENT, s.out);
    } else if (end && !strncmp(c->p, "<any ", 5)) {
        bool take[256] = {false}, first = true;
        for (const char *q = c->p + 5; q < end; q += strspn(q, " ,")) {
            size_t len = *q == '"' ? strcspn(q + 1, "\"") + 2 : strcspn(q, " ,>");
            bool set[256];
            if (!strncmp(q, "except ", 7) || !strncmp(q, "and ", 4) || !strncmp(q, "or ", 3)) {
                q += len;
                continue;
            }
            octets_of(c, q, len, set);
            for (int o = 0; o < 256; o++)
                take[o] = first ? set[o] : take[o] && !set[o];
            first = false;
            q += len;
        }
        for (int o = 0; o < 256; o++)
            if (take[o])
                nfa_move(c->n, s.in, o, o, s.out);
    } else {
        give_up("rule %s: cannot read prose \"%.40s\"", c->rule, c->p);
    }
    c->p = end + 1;
    return s;
}

static struct span element(struct compiler *c) {
    const char open = *c->p;
    if (open == '(' || open == '[') {
        c->p++;
        struct span s = alternation(c);
        blank(c);
        if (*c->p++ != (open == '(' ? ')' : ']'))
            give_up("rule %s: a bracket is not closed", c->rule);
        if (open == '[')
            nfa_silent(c->n, s.in, s.out);
        return s;
    }
    if (open == '"')
        return char_val(c);
    if (open == '%')
        return num_val(c);
    if (open == '<')
        return prose_val(c);
    const char *name = c->p;
    while (name_char((unsigned char)*c->p))
        c->p++;
    if (c->p == name)
        give_up("rule %s: cannot read \"%.20s\"", c->rule, c->p);
    return rule(c, name, (size_t)(c->p - name));
}

/* min*max element: `min` copies, then optional ones or a loop. The element's text is read once for each copy.
 */
static struct span repetition(struct compiler *c) {
    int min = 1, max = 1;
    if (isdigit((unsigned char)*c->p) || *c->p == '*') {
        min = (int)strtol(c->p, (char **)&c->p, 10);
        max = min;
        if (*c->p == '*') {
            c->p++;
            max = isdigit((unsigned char)*c->p) ? (int)strtol(c->p, (char **)&c->p, 10) : -1;
            if (c->g->relaxed)
                max = -1;
        }
        blank(c);
    }
    if (min > 1000 || max > 1000 || (max >= 0 && max < min))
        give_up("rule %s: bad repeat", c->rule);
    struct span s = fresh(c);
    const char *text = c->p;
    int at = s.in;
    for (int i = 0; i < (max < 0 ? min : max); i++) {
        c->p = text;
        struct span e = element(c);
        nfa_silent(c->n, at, e.in);
        if (i >= min)
            nfa_silent(c->n, at, s.out);
        at = e.out;
    }
    if (max < 0) {
        c->p = text;
        struct span e = element(c);
        int loop = nfa_state(c->n);
        nfa_silent(c->n, at, loop);
        nfa_silent(c->n, loop, e.in);
        nfa_silent(c->n, e.out, loop);
        at = loop;
    }
    nfa_silent(c->n, at, s.out);
    return s;
}

static struct span concatenation(struct compiler *c) {
    blank(c);
    struct span s = repetition(c);
    for (;;) {
        blank(c);
        if (!*c->p || strchr("/)]", *c->p))
            return s;
        struct span next = repetition(c);
        nfa_silent(c->n, s.out, next.in);
        s.out = next.out;
    }
}

static struct span alternation(struct compiler *c) {
    struct span s = fresh(c);
    for (;;) {
        struct span a = concatenation(c);
        nfa_silent(c->n, s.in, a.in);
        nfa_silent(c->n, a.out, s.out);
        blank(c);
        if (*c->p != '/')
            return s;
        c->p++;
    }
}

struct dfa *abnf_dfa(const struct abnf *g, const char *name, enum dialect d) {
    struct compiler c = {g, d, nfa_new(), name, NULL, 0};
    struct span s = rule(&c, name, strlen(name));
    nfa_final(c.n, s.out);
    return nfa_to_dfa(c.n, s.in);
}
