/* content_section.c: BODY[section]: which octets of a message a section names (RFC 3501 6.4.5). */
#include "content_impl.h"

#include <string.h>
#include <strings.h>

static bool take_word(struct slice *s, const char *word) {
    size_t n = strlen(word);
    if (s->n < n || strncasecmp((const char *)s->p, word, n))
        return false;
    s->p += n, s->n -= (uint32_t)n;
    return true;
}

static bool take_number(struct slice *s, uint32_t *out) {
    uint32_t n = 0;
    *out = 0;
    for (; n < s->n && s->p[n] >= '0' && s->p[n] <= '9' && *out < 100000; n++)
        *out = *out * 10 + (uint32_t)(s->p[n] - '0');
    s->p += n, s->n -= n;
    return n && *out;
}

/* One astring of the field list: atom, quoted or literal; as a plain slice where no escape is in it. */
static bool take_name(struct slice *s, struct istring *out) {
    while (s->n && s->p[0] == ' ')
        s->p++, s->n--;
    *out = (struct istring){.kind = STR_ATOM, .s = {s->p, 0}};
    if (!s->n || s->p[0] == ')')
        return false;
    uint32_t i = 0, n = 0;
    if (s->p[0] == '"') {
        out->kind = STR_QUOTED;
        for (i = 1; i < s->n && s->p[i] != '"'; i++)
            if (s->p[i] == '\\')
                out->escaped = true, i++;
        out->s = (struct slice){s->p + 1, (i < s->n ? i : s->n) - 1};
        i += i < s->n;
        i = i > s->n ? s->n : i;
    } else if (s->p[0] == '{') {
        struct slice t = {s->p + 1, s->n - 1};
        const uint8_t *lf = memchr(s->p, '\n', s->n);
        if (!take_number(&t, &n) || !lf || n > s->n - (uint32_t)(lf + 1 - s->p))
            return false;
        out->kind = STR_LITERAL;
        out->s = (struct slice){lf + 1, n};
        i = (uint32_t)(lf + 1 - s->p) + n;
    } else {
        while (i < s->n && s->p[i] != ' ' && s->p[i] != ')')
            i++;
        out->s.n = i;
    }
    s->p += i, s->n -= i;
    return true;
}

static bool named(struct slice list, struct slice name) {
    struct istring want;
    uint8_t buf[256];
    while (take_name(&list, &want)) {
        size_t n = istring_copy(&want, buf, sizeof buf);
        if (n == name.n && n <= sizeof buf && !strncasecmp((const char *)buf, (const char *)name.p, n))
            return true;
    }
    return false;
}

/* HEADER.FIELDS (...) and .NOT: the fields as they stand, and the blank line. */
static bool fields(struct content *c, struct slice header, struct slice list, bool not, struct slice *out) {
    struct slice field, name, value;
    uint8_t *to = arena(c, header.n + 2);
    uint32_t n = 0, end = header.n;
    if (!to || !list.n || list.p[0] != '(')
        return false;
    list.p++, list.n--;
    if (end && header.p[end - 1] == '\n') /* the blank line is not a field */
        end -= end > 1 && header.p[end - 2] == '\r' ? 2 : 1;
    bool blank = end < header.n && (!end || header.p[end - 1] == '\n');
    struct slice lines = {header.p, blank ? end : header.n};
    for (uint32_t pos = 0; next_field(lines, &pos, &field, &name, &value);)
        if (named(list, name) != not ) {
            memcpy(to + n, field.p, field.n);
            n += field.n;
        }
    if (blank) {
        memcpy(to + n, header.p + end, header.n - end);
        n += header.n - end;
    }
    *out = (struct slice){to, n};
    return true;
}

/* What may stand behind a message's or message part's number: HEADER..., TEXT. */
static bool of_message(struct content *c, const struct message *m, const struct part *p, struct slice word,
                       struct slice *out) {
    struct slice header = cut(m->octets, p->header);
    if (take_word(&word, "HEADER.FIELDS.NOT "))
        return fields(c, header, word, true, out);
    if (take_word(&word, "HEADER.FIELDS "))
        return fields(c, header, word, false, out);
    if (slice_is_nocase(word, "HEADER"))
        *out = header;
    else if (slice_is_nocase(word, "TEXT"))
        *out = cut(m->octets, p->body);
    else
        return false;
    return true;
}

/* Part `number` inside p: of a message that is no multipart, 1 is the message's own body. NULL: there is
 * none. */
static const struct part *inside(const struct part *all, const struct part *p, uint32_t number,
                                 bool message) {
    if (p->kind == PART_MESSAGE && !message) {
        p = &all[p->child];
        message = true;
    }
    if (p->kind == PART_MULTI) {
        uint16_t i = p->child;
        while (i && --number)
            i = all[i].next;
        return i ? &all[i] : NULL;
    }
    return message && number == 1 ? p : NULL;
}

bool find_section(struct content *c, struct message *m, struct slice section, struct slice *out) {
    const struct part *all = index_of(c, m), *p = all;
    bool message = true; /* p is a whole message, not a part of one */
    uint32_t number;
    if (!p)
        return false;
    while (section.n && section.p[0] >= '0' && section.p[0] <= '9') {
        if (!take_number(&section, &number) || !(p = inside(all, p, number, message)))
            return false;
        message = false;
        if (!section.n) {
            *out = cut(m->octets, p->body);
            return true;
        }
        if (section.p[0] != '.')
            return false;
        section.p++, section.n--;
    }
    if (message)
        return of_message(c, m, p, section, out);
    if (slice_is_nocase(section, "MIME")) {
        *out = cut(m->octets, p->header);
        return true;
    }
    return p->kind == PART_MESSAGE && of_message(c, m, &all[p->child], section, out);
}
