/* scenario_load.c: scenarios from their Lua files: fields checked, `given` made into lines, plays parsed. */
#include "scenario_priv.h"

#include "clauses.h"
#include "names.h"
#include "script.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct scenarios {
    struct scenario **v;
    uint32_t n, cap;
};

struct loading {
    const struct script_file *f;
    struct scenario *s;
    char *err;
    size_t errlen;
};

static bool copy_text(struct loading *l, const char *field, char *to, size_t cap) {
    const struct script_value *v = script_get(script_file_root(l->f), field);
    if (!v)
        return true;
    if (v->length >= cap || strlen(v->text) != v->length)
        return script_error(l->f, v, l->err, l->errlen, "%s: expected at most %zu octets of text", field,
                            cap - 1);
    memcpy(to, v->text, v->length + 1);
    return true;
}

static bool check_cites(struct loading *l) {
    char id[64];
    const struct script_value *v = script_get(script_file_root(l->f), "cites");
    for (const char *p = l->s->cites; *p; p += strspn(p, " ")) {
        size_t n = strcspn(p, " ");
        if (n >= sizeof id)
            return script_error(l->f, v, l->err, l->errlen, "expected ids separated by blanks");
        memcpy(id, p, n);
        id[n] = '\0';
        if (!clause_find(id))
            return script_error(l->f, v, l->err, l->errlen, "%s is no id (nearest: %s)", id,
                                clause_nearest(id)->id);
        p += n;
    }
    return l->s->cites[0] || script_error(l->f, v, l->err, l->errlen, "expected at least one id");
}

/* ---- given ---- */

static const struct script_rule mailbox_rules[] = {
    {"messages", SCRIPT_INTEGER, false}, {"deleted", SCRIPT_STRING, false},   {"seen", SCRIPT_STRING, false},
    {"flagged", SCRIPT_STRING, false},   {"answered", SCRIPT_STRING, false},  {"draft", SCRIPT_STRING, false},
    {"open_in", SCRIPT_TABLE, false},    {"examine_in", SCRIPT_TABLE, false}, {"by", SCRIPT_INTEGER, false}};
#define MAILBOX_RULES (sizeof mailbox_rules / sizeof *mailbox_rules)

static bool has_flag(struct loading *l, const struct script_value *box, const char *flag, uint32_t message,
                     uint32_t messages, bool *out) {
    const struct script_value *v = script_get(box, flag);
    struct seq_set set;
    *out = false;
    if (!v)
        return true;
    if (!seq_set_parse((struct slice){(const uint8_t *)v->text, v->length}, true, &set))
        return script_error(l->f, v, l->err, l->errlen, "%s: expected a sequence set such as \"4:7\"", flag);
    *out = seq_set_has(&set, message, messages);
    return true;
}

static bool make_mailbox(struct loading *l, struct program *p, const char *name,
                         const struct script_value *box) {
    static const char *const flags[][2] = {{"deleted", "\\Deleted"},
                                           {"seen", "\\Seen"},
                                           {"flagged", "\\Flagged"},
                                           {"answered", "\\Answered"},
                                           {"draft", "\\Draft"}};
    const struct script_value *messages = script_get(box, "messages"), *by = script_get(box, "by");
    int64_t n = messages ? messages->integer : 0, who = by ? by->integer : 1;
    if (n < 0 || n > 1000 || who < 1 || who > PROGRAM_SESSIONS)
        return script_error(l->f, box, l->err, l->errlen, "expected 0 to 1000 messages, by session 1 to %d",
                            PROGRAM_SESSIONS);
    if (strcmp(name, "INBOX"))
        program_send(p, (int)who, "CREATE %s", name);
    for (uint32_t k = 1; k <= (uint32_t)n; k++) {
        char list[120] = "(", mark[40];
        for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
            bool on;
            if (!has_flag(l, box, flags[i][0], k, (uint32_t)n, &on))
                return false;
            if (on)
                snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s", list[1] ? " " : "",
                         flags[i][1]);
        }
        strcat(list, ")");
        size_t m = 0;
        for (; name[m] && m < 20; m++)
            mark[m] = (char)(name[m] | 0x20);
        snprintf(mark + m, sizeof mark - m, "%u", k);
        program_append(p, (int)who, name, list[1] == ')' ? NULL : list, mark);
    }
    return true;
}

static bool enter_mailbox(struct loading *l, struct program *p, const char *name,
                          const struct script_value *box, const char *field, const char *command) {
    const struct script_value *list = script_get(box, field);
    for (uint32_t i = 1; list && i <= list->items; i++) {
        const struct script_value *v = script_at(list, i);
        if (!v || v->kind != SCRIPT_INTEGER || v->integer < 1 || v->integer > PROGRAM_SESSIONS)
            return script_error(l->f, list, l->err, l->errlen, "%s: expected sessions, such as {1, 2}",
                                field);
        program_send(p, (int)v->integer, "%s %s", command, name);
    }
    return true;
}

static bool make_given(struct loading *l, struct program *p) {
    const struct script_value *given = script_get(script_file_root(l->f), "given");
    for (int pass = 0; pass < 3; pass++)
        for (uint32_t i = 0; given && i < given->items; i++) {
            const char *name = given->item[i].name;
            const struct script_value *box = &given->item[i].value;
            if (!name || box->kind != SCRIPT_TABLE)
                return script_error(l->f, given, l->err, l->errlen,
                                    "given: expected mailboxes: FOO = { messages = 7 }");
            if (!pass && !script_check(l->f, box, mailbox_rules, MAILBOX_RULES, false, l->err, l->errlen))
                return false;
            if (!(pass == 0 ? make_mailbox(l, p, name, box)
                            : enter_mailbox(l, p, name, box, pass == 1 ? "open_in" : "examine_in",
                                            pass == 1 ? "SELECT" : "EXAMINE")))
                return false;
        }
    return true;
}

/* ---- plays ---- */

static bool is_status(struct slice w) {
    static const char *const words[] = {"OK", "NO", "BAD"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (slice_is_nocase(w, words[i]))
            return true;
    return false;
}

/* Of a tagged response each alternative begins with one of the words that a server may answer. */
static bool check_expected(struct loading *l, struct slice s, uint32_t at) {
    if (!s.n || s.p[0] == '*' || s.p[0] == '+' || s.p[0] == '.')
        return true;
    struct slice w = {s.p, 0};
    for (uint32_t i = 0; i <= s.n; i++)
        if (i == s.n || s.p[i] == '|' || s.p[i] == ' ') {
            w.n = (uint32_t)(s.p + i - w.p);
            if (!is_status(w)) {
                char seen[41];
                uint32_t k = 0;
                for (; k < w.n && k < sizeof seen - 1; k++)
                    seen[k] = (char)(w.p[k] > ' ' && w.p[k] < 0x7f ? w.p[k] : '?');
                seen[k] = '\0';
                snprintf(l->err, l->errlen, "%s:%u: expected OK, NO or BAD, `* ...`, + or ..., not `%s`", script_file_path(l->f), at,
                         seen);
                return false;
            }
            if (i == s.n || s.p[i] == ' ')
                break;
            w.p = s.p + i + 1;
        }
    return true;
}

static bool check_line(struct loading *l, const struct program *text, const struct line *line, const bool *begun) {
    if (line->kind != LINE_EXPECT)
        return true;
    if (begun[line->session])
        return check_expected(l, program_text(text, line), line->at);
    snprintf(l->err, l->errlen, "%s:%u: expected a C%d line or @open C%d above it", script_file_path(l->f), line->at,
             line->session, line->session);
    return false;
}

static bool make_play(struct loading *l, const struct script_value *v, struct program *p) {
    struct program text;
    if (v->kind != SCRIPT_STRING)
        return script_error(l->f, v, l->err, l->errlen, "expected a play: [=[ ... ]=]");
    program_init(&text);
    bool ok = make_given(l, p) &&
              program_parse(&text, script_file_path(l->f), (uint32_t)(v->text_line ? v->text_line : 1),
                            v->text, v->length, l->err, l->errlen);
    bool begun[PROGRAM_SESSIONS + 1] = {false}, says = false;
    for (uint32_t i = 0; ok && i < text.lines; i++) {
        const struct line *line = &text.line[i];
        ok = check_line(l, &text, line, begun);
        begun[line->session] = true;
        says |= line->kind == LINE_SEND || line->kind == LINE_OPEN;
        ok = ok && program_take(p, &text, line) != NULL;
    }
    if (ok && !says)
        ok = script_error(l->f, v, l->err, l->errlen, "expected a play with a line `C1: command`");
    if (ok && p->failed) {
        snprintf(l->err, l->errlen, "%s: too long, or out of memory", script_file_path(l->f));
        ok = false;
    }
    program_free(&text);
    return ok;
}

static bool make_plays(struct loading *l) {
    const struct script_value *play = script_get(script_file_root(l->f), "play");
    const struct script_value *applies = script_get(script_file_root(l->f), "applies");
    if (play->kind == SCRIPT_STRING) {
        l->s->plays = 1;
        if (!make_play(l, play, &l->s->play[0]))
            return false;
    } else {
        for (uint32_t i = 1; i <= play->items; i++) {
            const struct script_value *v = script_at(play, i);
            if (!v || i > PLAYS_MAX)
                return script_error(l->f, play, l->err, l->errlen,
                                    "play: expected at most %d plays by position", PLAYS_MAX);
            l->s->plays = i;
            if (!make_play(l, v, &l->s->play[i - 1]))
                return false;
        }
    }
    l->s->has_applies = applies != NULL;
    return !applies || make_play(l, applies, &l->s->applies);
}

/* A typing error in what is needed would leave the scenario out for good. What is near no word is another capability's name. */
static bool check_needs(struct loading *l) {
    static const char *const known[] = {"PLAIN",     "TLS",       "SECURE",   "INBOX",       "USERS2",     "STARTTLS",  "ID",
                                        "CLIENTID",  "IDLE",      "UNSELECT", "MOVE",        "NAMESPACE",  "ENABLE",    "UIDPLUS",
                                        "LITERAL+",  "LITERAL-",  "CHILDREN", "SPECIAL-USE", "SASL-IR",    "CONDSTORE", "QRESYNC",
                                        "IMAP4rev1", "IMAP4rev2", "ESEARCH",  "BINARY",      "MULTIAPPEND"};
    const size_t n = sizeof known / sizeof *known;
    char word[70];
    for (const char *p = l->s->needs; *p; p += strspn(p, " ")) {
        snprintf(word, sizeof word, "%.*s", (int)strcspn(p, " "), p);
        p += strcspn(p, " ");
        const char *name = word + (*word == '!'), *near = names_nearest(name, known, n);
        bool users = !strncmp(name, "USERS", 5) && name[5] >= '2' && name[5] <= '9' && !name[6];
        if (near && strcmp(near, name) && !users && !strchr(name, '='))
            return script_error(l->f, script_get(script_file_root(l->f), "needs"), l->err, l->errlen,
                                "needs: expected a capability, PLAIN, TLS, SECURE, INBOX or USERS2, not `%s` (nearest: %s)", name, near);
    }
    return true;
}

static bool boolean(const struct loading *l, const char *field) {
    const struct script_value *v = script_get(script_file_root(l->f), field);
    return v && v->boolean;
}

static bool make(struct loading *l) {
    static const struct script_rule rules[] = {{"name", SCRIPT_STRING, true},
                                               {"cites", SCRIPT_STRING, true},
                                               {"play", SCRIPT_STRING | SCRIPT_TABLE, true},
                                               {"given", SCRIPT_TABLE, false},
                                               {"needs", SCRIPT_STRING, false},
                                               {"applies", SCRIPT_STRING, false},
                                               {"must", SCRIPT_BOOLEAN, false},
                                               {"should", SCRIPT_BOOLEAN, false},
                                               {"any", SCRIPT_BOOLEAN, false},
                                               {"compare", SCRIPT_STRING, false}};
    static const char *const compares[] = {"", "all", "last", "refused"};
    const struct script_value *root = script_file_root(l->f);
    char compare[16] = "";
    struct scenario *s = l->s;
    if (!script_check(l->f, root, rules, sizeof rules / sizeof *rules, false, l->err, l->errlen) ||
        !copy_text(l, "name", s->name, sizeof s->name) || !copy_text(l, "cites", s->cites, sizeof s->cites) ||
        !copy_text(l, "needs", s->needs, sizeof s->needs) ||
        !copy_text(l, "compare", compare, sizeof compare) || !check_cites(l) || !check_needs(l))
        return false;
    snprintf(s->doc, sizeof s->doc, "%s", script_file_doc(l->f));
    s->must = boolean(l, "must");
    s->should = boolean(l, "should");
    s->any = boolean(l, "any");
    while (strcmp(compare, compares[s->compare]))
        if (++s->compare == sizeof compares / sizeof *compares)
            return script_error(l->f, script_get(root, "compare"), l->err, l->errlen,
                                "compare: expected \"all\", \"last\" or \"refused\"");
    if (!make_plays(l))
        return false;
    if (s->plays < (s->compare || s->any ? 2 : 1))
        return script_error(l->f, script_get(root, "play"), l->err, l->errlen,
                            "compare and any: expected at least two plays");
    return s->name[0] || script_error(l->f, root, l->err, l->errlen, "expected a name");
}

static void scenario_free(struct scenario *s) {
    if (!s)
        return;
    for (int i = 0; i < PLAYS_MAX; i++)
        program_free(&s->play[i]);
    program_free(&s->applies);
    free(s);
}

static struct scenario *load(const char *path, char *err, size_t errlen) {
    struct script_file *f = script_load_table(path, "scenario", err, errlen);
    struct scenario *s = f ? calloc(1, sizeof *s) : NULL;
    struct loading l = {.f = f, .s = s, .err = err, .errlen = errlen};
    if (f && !s)
        snprintf(err, errlen, "%s: out of memory", path);
    if (s && !make(&l)) {
        scenario_free(s);
        s = NULL;
    }
    script_file_free(f);
    return s;
}

/* ---- folders ---- */

static bool add(struct scenarios *all, struct scenario *s, const char *path, char *err, size_t errlen) {
    for (uint32_t i = 0; i < all->n; i++)
        if (!strcmp(all->v[i]->name, s->name)) {
            snprintf(err, errlen, "%s: another file has the name \"%s\"", path, s->name);
            return false;
        }
    if (all->n == all->cap) {
        uint32_t cap = all->cap ? all->cap * 2 : 32;
        struct scenario **more = realloc(all->v, cap * sizeof *more);
        if (!more) {
            snprintf(err, errlen, "%s: out of memory", path);
            return false;
        }
        all->v = more;
        all->cap = cap;
    }
    all->v[all->n++] = s;
    return true;
}

static int is_lua(const struct dirent *e) {
    size_t n = strlen(e->d_name);
    return n > 4 && !strcmp(e->d_name + n - 4, ".lua");
}

struct scenarios *scenarios_load(const char *folder, const char *glob, char *err, size_t errlen) {
    struct scenarios *all = calloc(1, sizeof *all);
    struct dirent **names = NULL;
    int n = all ? scandir(folder, &names, is_lua, alphasort) : -1;
    bool file = all && n < 0 && errno == ENOTDIR, ok = all && (n >= 0 || file || errno == ENOENT);
    if (file) {
        struct scenario *s = load(folder, err, errlen);
        ok = s && add(all, s, folder, err, errlen);
    } else if (!ok)
        snprintf(err, errlen, "%s: %m", folder);
    for (int i = 0; i < n; i++) {
        char path[1024];
        snprintf(path, sizeof path, "%s/%s", folder, names[i]->d_name);
        struct scenario *s = ok ? load(path, err, errlen) : NULL;
        ok = ok && s && add(all, s, path, err, errlen);
        if (s && !ok)
            scenario_free(s);
        free(names[i]);
    }
    free(names);
    uint32_t kept = 0;
    for (uint32_t i = 0; ok && i < all->n; i++) {
        if (!glob || fnmatch(glob, all->v[i]->name, 0) == 0)
            all->v[kept++] = all->v[i];
        else
            scenario_free(all->v[i]);
    }
    if (ok) {
        all->n = kept;
        return all;
    }
    scenarios_free(all);
    return NULL;
}

bool scenario_is_file(const char *word) {
    const size_t n = strlen(word);
    return strchr(word, '/') || (n > 4 && !strcmp(word + n - 4, ".lua"));
}

void scenarios_free(struct scenarios *s) {
    for (uint32_t i = 0; s && i < s->n; i++)
        scenario_free(s->v[i]);
    if (s)
        free(s->v);
    free(s);
}

uint32_t scenarios_count(const struct scenarios *s) { return s->n; }
const struct scenario *scenarios_at(const struct scenarios *s, uint32_t i) {
    return i < s->n ? s->v[i] : NULL;
}
const char *scenario_name(const struct scenario *s) { return s->name; }
const char *scenario_cites(const struct scenario *s) { return s->cites; }
const char *scenario_doc(const struct scenario *s) { return s->doc; }
const struct program *scenario_program(const struct scenario *s, uint32_t k) {
    return k < s->plays ? &s->play[k] : NULL;
}
