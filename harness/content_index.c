/* content_index.c: where the parts, headers and fields of a message lie in its octets. */
#include "content_impl.h"

#include <string.h>
#include <strings.h>

static bool blank(uint8_t b) { return b == ' ' || b == '\t'; }
static bool space(uint8_t b) { return blank(b) || b == '\r' || b == '\n'; }

struct slice trimmed(struct slice s) {
    while (s.n && space(s.p[0]))
        s.p++, s.n--;
    while (s.n && space(s.p[s.n - 1]))
        s.n--;
    return s;
}

/* End of the line at `at`, behind its LF. */
static uint32_t line_end(struct slice s, uint32_t at) {
    const uint8_t *lf = at < s.n ? memchr(s.p + at, '\n', s.n - at) : NULL;
    return lf ? (uint32_t)(lf - s.p) + 1 : s.n;
}

static uint32_t line_ends(struct slice s) {
    uint32_t n = 0;
    for (uint32_t at = 0; at < s.n; at = line_end(s, at))
        n++;
    return n - (s.n && s.p[s.n - 1] != '\n');
}

/* Length of the header with its blank line; all of `s` when there is none. */
static uint32_t header_end(struct slice s) {
    for (uint32_t at = 0; at < s.n;) {
        uint32_t end = line_end(s, at);
        if (s.p[at] == '\n' || (end == at + 2 && s.p[at] == '\r' && s.p[at + 1] == '\n'))
            return end;
        at = end;
    }
    return s.n;
}

bool next_field(struct slice header, uint32_t *pos, struct slice *field, struct slice *name,
                struct slice *value) {
    while (*pos < header.n) {
        uint32_t from = *pos, end = line_end(header, from);
        while (end < header.n && blank(header.p[end]))
            end = line_end(header, end);
        *pos = end;
        const uint8_t *colon = memchr(header.p + from, ':', end - from);
        if (!colon)
            continue;
        *field = (struct slice){header.p + from, end - from};
        *name = (struct slice){field->p, (uint32_t)(colon - field->p)};
        while (name->n && blank(name->p[name->n - 1]))
            name->n--;
        *value = (struct slice){colon + 1, (uint32_t)(field->p + field->n - colon - 1)};
        if (name->n && !memchr(name->p, ' ', name->n) && !memchr(name->p, '\n', name->n))
            return true;
    }
    return false;
}

bool find_field(struct slice header, const char *name, struct slice *value) {
    struct slice field, n;
    for (uint32_t pos = 0; next_field(header, &pos, &field, &n, value);)
        if (slice_is_nocase(n, name))
            return true;
    return false;
}

struct slice unfold(struct content *c, struct slice v) {
    v = trimmed(v);
    if (v.n > FIELD_MAX)
        v.n = FIELD_MAX;
    bool plain = true;
    for (uint32_t i = 0; i < v.n && plain; i++)
        plain = v.p[i] && v.p[i] != '\r' && v.p[i] != '\n';
    if (plain)
        return v;
    struct slice own = arena_copy(c, v.p, v.n);
    uint8_t *to = (uint8_t *)own.p;
    uint32_t n = 0;
    for (uint32_t i = 0; i < own.n; i++)
        if (own.p[i] != '\r' && own.p[i] != '\n')
            to[n++] = own.p[i] ? own.p[i] : '?'; /* NUL cannot stand in a string */
    return (struct slice){to, n};
}

bool field_text(struct content *c, struct slice header, const char *name, struct slice *value) {
    if (!find_field(header, name, value))
        return false;
    *value = unfold(c, *value);
    return true;
}

/* ---- structured values: blanks, comments, tokens, quoted strings ---- */

static void skip_blanks(struct slice *s) {
    uint32_t depth = 0;
    while (s->n && (depth || space(s->p[0]) || s->p[0] == '(')) {
        if (s->p[0] == '(')
            depth++;
        else if (s->p[0] == ')' && depth)
            depth--;
        uint32_t k = s->p[0] == '\\' && s->n > 1 ? 2 : 1;
        s->p += k, s->n -= k;
    }
}

bool take_token(struct slice *s, struct slice *token) {
    skip_blanks(s);
    *token = (struct slice){s->p, 0};
    while (token->n < s->n && s->p[token->n] > ' ' && s->p[token->n] < 0x7f &&
           !strchr("()<>@,;:\\\"/[]?=", s->p[token->n]))
        token->n++;
    s->p += token->n, s->n -= token->n;
    return token->n > 0;
}

/* A quoted string at the front, unescaped into the arena. */
static struct slice take_quoted(struct content *c, struct slice *s) {
    uint8_t *to = arena(c, s->n);
    uint32_t n = 0, i = 1;
    for (; i < s->n && s->p[i] != '"'; i++) {
        if (s->p[i] == '\\' && i + 1 < s->n)
            i++;
        if (to)
            to[n++] = s->p[i];
    }
    i += i < s->n;
    s->p += i, s->n -= i;
    return to ? (struct slice){to, n} : text("");
}

bool next_param(struct content *c, struct slice params, uint32_t *pos, struct slice *name,
                struct slice *value) {
    struct slice s = {params.p + *pos, params.n - *pos};
    while (s.n) {
        if (s.p[0] != ';') {
            s.p++, s.n--;
            continue;
        }
        s.p++, s.n--;
        if (!take_token(&s, name))
            continue;
        skip_blanks(&s);
        if (!s.n || s.p[0] != '=')
            continue;
        s.p++, s.n--;
        skip_blanks(&s);
        if (s.n && s.p[0] == '"') {
            *value = take_quoted(c, &s);
        } else { /* lenient: everything up to a blank or `;` */
            *value = (struct slice){s.p, 0};
            while (value->n < s.n && !space(s.p[value->n]) && s.p[value->n] != ';')
                value->n++;
            s.p += value->n, s.n -= value->n;
        }
        *pos = (uint32_t)(s.p - params.p);
        return true;
    }
    return false;
}

static bool param(struct content *c, struct slice params, const char *name, struct slice *value) {
    struct slice n;
    for (uint32_t pos = 0; next_param(c, params, &pos, &n, value);)
        if (slice_is_nocase(n, name))
            return true;
    return false;
}

/* ---- parts ---- */

struct builder {
    struct content *c;
    struct message *m;
    struct part part[PARTS_MAX];
    uint32_t n;
};

static uint16_t add_part(struct builder *b, struct span whole, bool digest, unsigned depth);

/* Is the line at [at, end) `--boundary` (*last: with `--` behind it)? */
static bool is_boundary(struct slice s, uint32_t at, uint32_t end, struct slice boundary, bool *last) {
    if (end - at < boundary.n + 2 || s.p[at] != '-' || s.p[at + 1] != '-' ||
        memcmp(s.p + at + 2, boundary.p, boundary.n))
        return false;
    at += boundary.n + 2;
    *last = end - at >= 2 && s.p[at] == '-' && s.p[at + 1] == '-';
    for (; !*last && at < end; at++)
        if (!space(s.p[at]))
            return false;
    return true;
}

/* Divides a multipart's body. The line end before a boundary belongs to the boundary. false: no part was
 * found. */
static bool divide(struct builder *b, uint16_t of, struct slice boundary, bool digest, unsigned depth) {
    struct slice s = b->m->octets;
    uint32_t end = b->part[of].body.at + b->part[of].body.n, from = 0;
    uint16_t last_part = 0;
    bool inside = false, last = false;
    s.n = end;
    for (uint32_t at = b->part[of].body.at; at <= end && !last;) {
        uint32_t next = line_end(s, at);
        bool hit = at < end && is_boundary(s, at, next, boundary, &last), over = at >= end;
        if ((hit || over) && inside) {
            uint32_t stop = over ? end : at;
            if (hit && stop > from && s.p[stop - 1] == '\n')
                stop -= stop - 1 > from && s.p[stop - 2] == '\r' ? 2 : 1;
            uint16_t child = add_part(b, (struct span){from, stop - from}, digest, depth + 1);
            if (!child)
                break;
            *(last_part ? &b->part[last_part].next : &b->part[of].child) = child;
            last_part = child;
        }
        if (hit) {
            inside = true;
            from = next;
        }
        if (over)
            break;
        at = next;
    }
    return b->part[of].child != 0;
}

/* Content-Type, or its default (RFC 2045 5.2, RFC 2046 5.1.5). */
static void type_of(struct builder *b, struct part *p, bool digest) {
    struct slice v, t, u;
    p->type = text(digest ? "MESSAGE" : "TEXT");
    p->subtype = text(digest ? "RFC822" : "PLAIN");
    p->params = text("");
    if (field_text(b->c, cut(b->m->octets, p->header), "Content-Type", &v) && take_token(&v, &t) && v.n &&
        v.p[0] == '/') {
        v.p++, v.n--;
        if (take_token(&v, &u)) {
            p->type = t;
            p->subtype = u;
            p->params = v;
        }
    }
    p->default_charset = slice_is_nocase(p->type, "text") && slice_is_nocase(p->subtype, "plain") &&
                         !param(b->c, p->params, "charset", &v);
}

static void undivided(struct part *p) {
    p->kind = PART_LEAF;
    p->type = text("TEXT");
    p->subtype = text("PLAIN");
    p->params = text("");
    p->default_charset = true;
}

static uint16_t add_part(struct builder *b, struct span whole, bool digest, unsigned depth) {
    struct slice boundary;
    if (b->n == PARTS_MAX)
        return 0;
    uint16_t i = (uint16_t)b->n++;
    struct part *p = &b->part[i];
    uint32_t head = header_end(cut(b->m->octets, whole));
    *p = (struct part){.whole = whole, .header = {whole.at, head}, .body = {whole.at + head, whole.n - head}};
    p->lines = line_ends(cut(b->m->octets, p->body));
    type_of(b, p, digest);
    if (slice_is_nocase(p->type, "multipart")) {
        p->kind = PART_MULTI;
        if (depth >= DEPTH_MAX || !param(b->c, p->params, "boundary", &boundary) || !boundary.n ||
            boundary.n > BOUNDARY_MAX ||
            !divide(b, i, boundary, slice_is_nocase(p->subtype, "digest"), depth))
            undivided(p);
    } else if (slice_is_nocase(p->type, "message") && slice_is_nocase(p->subtype, "rfc822")) {
        p->kind = PART_MESSAGE;
        if (depth >= DEPTH_MAX || !(p->child = add_part(b, p->body, false, depth + 1)))
            undivided(p);
    }
    return i;
}

const struct part *index_of(struct content *c, struct message *m) {
    static struct builder b; /* large; one thread */
    if (m->part)
        return m->part;
    b.c = c;
    b.m = m;
    b.n = 0;
    add_part(&b, (struct span){0, m->octets.n}, false, 0);
    struct part *own = arena(c, b.n * sizeof *own);
    if (!own)
        return NULL;
    memcpy(own, b.part, b.n * sizeof *own);
    m->parts = b.n;
    return m->part = own;
}
