/* host_fixture.c: users, mailboxes and messages that a Lua file lists. */
#include "host_fixture.h"
#include "mutf7.h"
#include "script.h"

#include <stdlib.h>
#include <string.h>

enum { NAME = 200, PATH = 1000 };

struct fixture {
    struct script_file *file;
    const char *user[FIXTURE_USERS + 1];
    char text[FIXTURE_USERS][2 * NAME + 2];
};

static const struct script_rule root_rules[] = {{"users", SCRIPT_TABLE, true}};
static const struct script_rule user_rules[] = {
    {"name", SCRIPT_STRING, true}, {"password", SCRIPT_STRING, true}, {"mailboxes", SCRIPT_TABLE, false}};
static const struct script_rule box_rules[] = {{"name", SCRIPT_STRING, true},
                                               {"messages", SCRIPT_TABLE, false}};
static const struct script_rule message_rules[] = {
    {"text", SCRIPT_STRING, true}, {"flags", SCRIPT_STRING, false}, {"date", SCRIPT_STRING, false}};

/* The k-th of a list that holds nothing but tables of these fields. */
static const struct script_value *row(const struct fixture *f, const struct script_value *list, uint32_t k,
                                      const char *what, const struct script_rule *rule, size_t rules,
                                      char *err, size_t errlen) {
    const struct script_item *item = &list->item[k];
    char have[60];
    if (item->name)
        script_error(f->file, &item->value, err, errlen, "unknown field `%s`: expected a list of %s",
                     item->name, what);
    else if (item->value.kind != SCRIPT_TABLE)
        script_error(f->file, &item->value, err, errlen, "%s in a list of %s: expected a table, { ... }",
                     script_kinds_text(item->value.kind, have, sizeof have), what);
    else if (script_check(f->file, &item->value, rule, rules, false, err, errlen))
        return &item->value;
    return NULL;
}

static bool plain(const struct script_value *v, const char *without) {
    bool ok = v->length > 0 && v->length <= NAME && strlen(v->text) == v->length;
    for (uint32_t i = 0; ok && i < v->length; i++)
        ok = (unsigned char)v->text[i] >= ' ' && !strchr(without, v->text[i]);
    return ok;
}

static bool add_user(struct fixture *f, int i, const struct script_value *u, char *err, size_t errlen) {
    const struct script_value *name = script_get(u, "name"), *password = script_get(u, "password");
    if (!plain(name, ":"))
        return script_error(f->file, name, err, errlen,
                            "the name cannot be used: expected 1 to %d octets without `:`", NAME);
    if (!plain(password, ""))
        return script_error(f->file, password, err, errlen,
                            "the password cannot be used: expected 1 to %d octets", NAME);
    for (int k = 0; k < i; k++)
        if (!strncmp(f->text[k], name->text, name->length) && f->text[k][name->length] == ':')
            return script_error(f->file, name, err, errlen, "a second user `%s`: expected another name",
                                name->text);
    snprintf(f->text[i], sizeof f->text[i], "%s:%s", name->text, password->text);
    f->user[i] = f->text[i];
    return true;
}

static bool check_box(const struct fixture *f, const struct script_value *box, char *err, size_t errlen) {
    const struct script_value *messages = script_get(box, "messages");
    for (uint32_t i = 0; messages && i < messages->items; i++)
        if (!row(f, messages, i, "messages", message_rules, 3, err, errlen))
            return false;
    return true;
}

static bool check(struct fixture *f, char *err, size_t errlen) {
    const struct script_value *root = script_file_root(f->file), *users, *u, *boxes, *box;
    if (!script_check(f->file, root, root_rules, 1, false, err, errlen))
        return false;
    users = script_get(root, "users");
    if (!users->items || users->items > FIXTURE_USERS)
        return script_error(f->file, users, err, errlen, "%u users: expected 1 to %d", users->items,
                            FIXTURE_USERS);
    for (uint32_t i = 0; i < users->items; i++) {
        if (!(u = row(f, users, i, "users", user_rules, 3, err, errlen)) ||
            !add_user(f, (int)i, u, err, errlen))
            return false;
        boxes = script_get(u, "mailboxes");
        for (uint32_t k = 0; boxes && k < boxes->items; k++)
            if (!(box = row(f, boxes, k, "mailboxes", box_rules, 2, err, errlen)) ||
                !check_box(f, box, err, errlen))
                return false;
    }
    return true;
}

struct fixture *fixture_load(const char *path, char *err, size_t errlen) {
    struct fixture *f = calloc(1, sizeof *f);
    if (!f) {
        snprintf(err, errlen, "out of memory");
        return NULL;
    }
    f->file = script_load_table(path, "fixture", err, errlen);
    if (f->file && check(f, err, errlen))
        return f;
    fixture_free(f);
    return NULL;
}

void fixture_free(struct fixture *f) {
    if (f)
        script_file_free(f->file);
    free(f);
}

const char *const *fixture_users(const struct fixture *f) { return f->user; }

static const char *text_of(const struct script_value *table, const char *name) {
    const struct script_value *v = script_get(table, name);
    return v ? v->text : "";
}

static bool fill_box(const struct fixture *f, const struct script_value *box, struct host *h, char *err,
                     size_t errlen) {
    const struct script_value *name = script_get(box, "name"), *messages = script_get(box, "messages");
    char wire[PATH], why[300] = "";
    if (!plain(name, "") || !mutf7(name->text, wire, sizeof wire))
        return script_error(f->file, name, err, errlen,
                            "the name cannot be used: expected a mailbox's, in UTF-8, of 1 to %d octets",
                            NAME);
    if (!host_fill_mailbox(h, wire, why, sizeof why))
        return script_error(f->file, name, err, errlen, "the mailbox `%s` cannot be made: %s", name->text,
                            why);
    for (uint32_t i = 0; messages && i < messages->items; i++) {
        const struct script_value *m = &messages->item[i].value, *text = script_get(m, "text");
        const struct script_value *date = script_get(m, "date"), *flags = script_get(m, "flags");
        if (!host_fill_text(h, wire, text_of(m, "flags"), text_of(m, "date"), text->text, text->length, why,
                            sizeof why))
            return script_error(f->file, date ? date : flags ? flags : text, err, errlen,
                                "the message cannot be stored (%s): expected flags such as \"\\\\Seen work\" "
                                "and a date such as \"20-Nov-2026 12:00:00 +0000\"",
                                why);
    }
    return true;
}

bool fixture_fill(const struct fixture *f, struct host *h, char *err, size_t errlen) {
    const struct script_value *users = script_get(script_file_root(f->file), "users");
    for (uint32_t i = 0; i < users->items; i++) {
        const struct script_value *u = &users->item[i].value, *boxes = script_get(u, "mailboxes");
        if (!host_fill_user(h, script_get(u, "name")->text, script_get(u, "password")->text, err, errlen))
            return false;
        for (uint32_t k = 0; boxes && k < boxes->items; k++)
            if (!fill_box(f, &boxes->item[k].value, h, err, errlen))
                return false;
    }
    return true;
}
