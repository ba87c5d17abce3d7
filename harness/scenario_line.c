/* scenario_line.c: does one response match one `S1:` line? */
#include "scenario_priv.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool is(struct slice s, const char *z) {
    return s.n == strlen(z) && !strncasecmp((const char *)s.p, z, s.n);
}
static struct slice text_of(const struct seen *s) { return (struct slice){s->text.p, (uint32_t)s->text.n}; }

/* `...` stands for any octets. */
bool wild(struct slice p, struct slice t) {
    uint32_t i = 0, k = 0, star = UINT32_MAX, from = 0;
    while (k < t.n) {
        if (i + 3 <= p.n && !memcmp(p.p + i, "...", 3)) {
            star = i += 3;
            from = k;
        } else if (i < p.n && (p.p[i] | 0x20) == (t.p[k] | 0x20) &&
                   (p.p[i] == t.p[k] || ((p.p[i] | 0x20) >= 'a' && (p.p[i] | 0x20) <= 'z'))) {
            i++, k++;
        } else if (star != UINT32_MAX) {
            i = star;
            k = ++from;
        } else {
            return false;
        }
    }
    while (i + 3 <= p.n && !memcmp(p.p + i, "...", 3))
        i += 3;
    return i == p.n;
}

/* ---- one spelling ---- */

static void put_string(struct grow *g, struct slice s) {
    bool bare = s.n > 0;
    for (uint32_t i = 0; i < s.n && bare; i++)
        bare = s.p[i] > ' ' && s.p[i] < 0x7f && !strchr("(){}[]\"\\", s.p[i]);
    if (bare) {
        grow_put(g, s.p, s.n);
        return;
    }
    grow_put(g, "\"", 1);
    for (uint32_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"' || s.p[i] == '\\')
            grow_put(g, "\\", 1);
        grow_put(g, s.p + i, 1);
    }
    grow_put(g, "\"", 1);
}

/* Length of a quoted string at the front, its content in *out; 0: it does not end. */
static uint32_t quoted(struct slice s, struct grow *out) {
    uint32_t i = 1;
    for (; i < s.n && s.p[i] != '"'; i++) {
        if (s.p[i] == '\\' && i + 1 < s.n)
            i++;
        grow_put(out, s.p + i, 1);
    }
    return i < s.n ? i + 1 : 0;
}

static uint32_t literal(struct slice s, struct slice *out) {
    uint64_t n;
    bool plus;
    const uint8_t *cr = memchr(s.p, '\r', s.n);
    if (!cr || cr + 1 >= s.p + s.n || cr[1] != '\n')
        return 0;
    uint32_t head = (uint32_t)(cr - s.p);
    if (literal_at_end((struct slice){s.p, head}, &n, &plus) != head || n > s.n - head - 2)
        return 0;
    *out = (struct slice){cr + 2, (uint32_t)n};
    return head + 2 + (uint32_t)n;
}

static void one_spelling(struct grow *g, struct slice s) {
    for (uint32_t i = 0; i < s.n;) {
        struct slice rest = {s.p + i, s.n - i}, in;
        struct grow content = {0};
        uint32_t k = 0;
        if (*rest.p == '"' && (k = quoted(rest, &content)))
            put_string(g, (struct slice){content.p, (uint32_t)content.n});
        else if (*rest.p == '{' && (k = literal(rest, &in)))
            put_string(g, in);
        if (!k)
            grow_put(g, rest.p, k = 1);
        free(content.p);
        i += k;
    }
}

/* ---- what it is ---- */

static struct slice word(struct slice *s) {
    while (s->n && *s->p == ' ')
        s->p++, s->n--;
    struct slice w = {s->p, 0};
    while (w.n < s->n && s->p[w.n] != ' ')
        w.n++;
    s->p += w.n, s->n -= w.n;
    return w;
}

static uint8_t kind_of(struct slice rest, uint32_t *number) {
    static const char *const status[] = {"OK", "NO", "BAD", "BYE", "PREAUTH"}, *const nothing[] = {
                                                                                   "EXISTS", "RECENT",
                                                                                   "FLAGS", "CAPABILITY"};
    struct slice w = word(&rest);
    *number = 0;
    if (w.n && w.p[0] >= '0' && w.p[0] <= '9') {
        for (uint32_t i = 0; i < w.n && w.p[i] >= '0' && w.p[i] <= '9'; i++)
            *number = *number * 10 + (uint32_t)(w.p[i] - '0');
        w = word(&rest);
    }
    for (size_t i = 0; i < sizeof status / sizeof *status; i++)
        if (is(w, status[i]))
            return SEEN_STATUS;
    for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++)
        if (is(w, nothing[i]))
            return SEEN_FREE;
    return is(w, "EXPUNGE")  ? SEEN_EXPUNGE
           : is(w, "SEARCH") ? SEEN_SEARCH
           : is(w, "FETCH")  ? SEEN_FETCH
                             : SEEN_OTHER;
}

bool seen_make(struct seen *out, struct slice raw, bool response) {
    *out = (struct seen){0};
    while (raw.n && (raw.p[raw.n - 1] == '\n' || raw.p[raw.n - 1] == '\r'))
        raw.n--;
    if (raw.n && raw.p[0] == '+') {
        out->kind = SEEN_CONTINUE;
    } else if (raw.n > 1 && raw.p[0] == '*' && raw.p[1] == ' ') {
        out->kind = kind_of((struct slice){raw.p + 2, raw.n - 2}, &out->number);
    } else if (!response && is(raw, "...")) {
        out->kind = SEEN_MORE;
    } else {
        out->kind = SEEN_TAGGED;
        if (response) {
            out->tag = word(&raw);
            if (raw.n)
                raw.p++, raw.n--;
        }
    }
    one_spelling(&out->text, raw);
    return !out->text.bad;
}

/* ---- matching ---- */

/* Word and code as the pattern has them, then any text. `NO|BAD` is either. */
static bool status_matches(struct slice p, struct slice t) {
    struct slice pr = p, tr = t, pw = word(&pr), tw = word(&tr);
    bool ok = false;
    for (uint32_t from = 0, i = 0; i <= pw.n && !ok; i++)
        if (i == pw.n || pw.p[i] == '|') {
            ok = i - from == tw.n && !strncasecmp((const char *)pw.p + from, (const char *)tw.p, tw.n);
            from = i + 1;
        }
    if (!ok || !pr.n)
        return ok;
    struct grow g = {0};
    grow_put(&g, pr.p, pr.n);
    grow_put(&g, "...", 3);
    ok = wild((struct slice){g.p, (uint32_t)g.n}, tr);
    free(g.p);
    return ok;
}

/* One value of a list: up to the blank or `)` that ends it. */
static struct slice value(struct slice *s) {
    struct slice v = {s->p, 0};
    uint32_t depth = 0;
    bool in = false;
    for (; v.n < s->n; v.n++) {
        uint8_t b = s->p[v.n];
        if (in) {
            v.n += b == '\\' && v.n + 1 < s->n;
            in = b != '"';
        } else if (b == '"') {
            in = true;
        } else if (b == '(' || b == '[') {
            depth++;
        } else if (b == ')' || b == ']') {
            if (!depth)
                break;
            depth--;
        } else if (b == ' ' && !depth) {
            break;
        }
    }
    s->p += v.n, s->n -= v.n;
    if (s->n && *s->p == ' ')
        s->p++, s->n--;
    return v;
}

static struct slice inside(struct slice list) {
    if (list.n && *list.p == '(')
        list.p++, list.n--;
    if (list.n && list.p[list.n - 1] == ')')
        list.n--;
    return list;
}

/* Are all words of `a` (but those left out) among those of `b`? A word of the pattern may hold `...`. */
static bool words_among(struct slice a, struct slice b, const char *but, bool pattern_is_a) {
    for (struct slice w; (w = word(&a)).n;) {
        struct slice rest = b, x;
        bool found = (but && is(w, but)) || is(w, "...");
        while (!found && (x = word(&rest)).n)
            found = pattern_is_a ? wild(w, x) : wild(x, w);
        if (!found)
            return false;
    }
    return true;
}

static bool flags_match(struct slice p, struct slice t) {
    bool more = memmem(p.p, p.n, "...", 3) != NULL;
    p = inside(p);
    t = inside(t);
    return words_among(p, t, NULL, true) && (more || words_among(t, p, "\\Recent", false));
}

static bool take_item(struct slice *s, struct slice *name, struct slice *val) {
    if (!s->n)
        return false;
    *name = value(s);
    if (is(*name, "...")) {
        *val = (struct slice){s->p, 0};
        return true;
    }
    *val = value(s);
    return name->n > 0;
}

static bool item_among(struct slice name, struct slice val, struct slice list) {
    struct slice n, v;
    while (take_item(&list, &n, &v))
        if (wild(name, n) && (is(n, "FLAGS") ? flags_match(val, v) : wild(val, v)))
            return true;
    return false;
}

static bool along(struct slice name) { return is(name, "UID") || is(name, "MODSEQ") || is(name, "FLAGS"); }

bool seen_flags_only(const struct seen *s) {
    struct slice t = text_of(s), n, v;
    word(&t), word(&t), word(&t);
    while (t.n && *t.p == ' ')
        t.p++, t.n--;
    bool only = s->kind == SEEN_FETCH;
    for (struct slice list = inside(t); only && take_item(&list, &n, &v);)
        only = along(n);
    return only;
}

static bool fetch_matches(struct slice p, struct slice t) {
    struct slice pr = p, tr = t, n, v;
    word(&pr), word(&tr);
    struct slice a = word(&pr), b = word(&tr);
    if (!wild(a, b))
        return false;
    word(&pr), word(&tr);
    while (pr.n && *pr.p == ' ')
        pr.p++, pr.n--;
    while (tr.n && *tr.p == ' ')
        tr.p++, tr.n--;
    if (is(pr, "..."))
        return true;
    pr = inside(pr);
    tr = inside(tr);
    if (pr.n > 3 && !memcmp(pr.p, "...", 3)) /* text somewhere in the list */
        return wild(pr, tr);
    bool more = false;
    uint32_t want = 0, have = 0;
    for (struct slice list = pr; take_item(&list, &n, &v);) {
        if (is(n, "...")) {
            more = true;
        } else {
            want++;
            if (!item_among(n, v, tr))
                return false;
        }
    }
    /* UID, MODSEQ and FLAGS (a BODY[] that sets \\Seen tells them) may always come along */
    for (struct slice list = tr; take_item(&list, &n, &v);)
        have += !along(n);
    for (struct slice list = pr; take_item(&list, &n, &v);)
        want -= along(n);
    return more || have <= want;
}

/* The words behind CAPABILITY, also inside a code. */
static bool capability_words(struct slice t, struct slice *out) {
    static const char name[] = "CAPABILITY ";
    for (uint32_t i = 0; i + sizeof name - 1 <= t.n; i++) {
        if (strncasecmp((const char *)t.p + i, name, sizeof name - 1) || !i ||
            (t.p[i - 1] != ' ' && t.p[i - 1] != '['))
            continue;
        *out = (struct slice){t.p + i + sizeof name - 1, t.n - i - (uint32_t)sizeof name + 1};
        const uint8_t *end = t.p[i - 1] == '[' ? memchr(out->p, ']', out->n) : NULL;
        if (end)
            out->n = (uint32_t)(end - out->p);
        return true;
    }
    return false;
}

bool seen_capable(const struct seen *pattern, const struct seen *response) {
    struct slice a, b;
    return pattern->kind == SEEN_FREE && capability_words(text_of(pattern), &a) &&
           capability_words(text_of(response), &b) && words_among(a, b, NULL, true);
}

bool seen_matches(const struct seen *pattern, const struct seen *response) {
    struct slice p = text_of(pattern), t = text_of(response);
    if (pattern->kind == SEEN_CONTINUE)
        return response->kind == SEEN_CONTINUE && (p.n <= 2 || wild(p, t));
    if (pattern->kind == SEEN_TAGGED)
        return response->kind == SEEN_TAGGED &&
               (!pattern->tag.n || slice_equal(pattern->tag, response->tag)) && status_matches(p, t);
    if (seen_capable(pattern, response))
        return true;
    if (response->kind == SEEN_TAGGED || response->kind == SEEN_CONTINUE)
        return false;
    if (pattern->kind == SEEN_STATUS)
        return response->kind == SEEN_STATUS && t.n > 2 &&
               status_matches((struct slice){p.p + 2, p.n - 2}, (struct slice){t.p + 2, t.n - 2});
    if (pattern->kind == SEEN_FETCH)
        return response->kind == SEEN_FETCH && fetch_matches(p, t);
    return wild(p, t);
}
