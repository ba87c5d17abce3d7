/* profile.c: a library's known deviations, read from Lua and checked against the names of items, causes and
 * parts. */
#include "profile.h"

#include "script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct profile {
    struct script_file *file;
    const char *library, *version;
    const struct script_value *faults; /* NULL, or a list of places, "hang", "memory" */
    uint8_t parts[ITEM_COUNT][CAUSE_COUNT]; /* bits 1 << enum part; CAUSE_NONE: whatever the cause */
};

static const char *const part_words[] = {"takes", "refuses", "waits", "short", "content", "lingers", "fault"};
#define PART_WORDS (sizeof part_words / sizeof *part_words)

static bool one_part(const struct profile *p, const struct script_value *v, uint8_t *bits, char *err,
                     size_t errlen) {
    if (v->kind != SCRIPT_STRING) {
        char have[48];
        return script_error(p->file, v, err, errlen,
                            "a cause is %s: expected \"takes\", or a list of such words",
                            script_kinds_text(v->kind, have, sizeof have));
    }
    for (size_t i = 0; i < PART_WORDS; i++)
        if (strcmp(part_words[i], v->text) == 0) {
            *bits |= (uint8_t)(1u << part_by_name(v->text));
            return true;
        }
    return script_error(
        p->file, v, err, errlen,
        "unknown part `%.40s`: expected takes, refuses, waits, short, content, lingers or fault (nearest "
        "name: %s)",
        v->text, script_nearest(v->text, part_words, PART_WORDS));
}

static bool causes(struct profile *p, int item, const struct script_value *table, char *err, size_t errlen) {
    const char *names[CAUSE_COUNT + 1];
    size_t n = 0;
    for (int c = CAUSE_NONE + 1; c < CAUSE_COUNT; c++)
        names[n++] = cause_name(c);
    names[n++] = "any";
    for (uint32_t i = 0; i < table->items; i++) {
        const struct script_item *row = &table->item[i];
        int c = !row->name ? -1 : strcmp(row->name, "any") == 0 ? CAUSE_NONE : cause_by_name(row->name);
        if (!row->name)
            return script_error(p->file, &row->value, err, errlen,
                                "a value without a name: expected `[\"odd-count\"] = \"takes\"`");
        if (c < 0)
            return script_error(
                p->file, &row->value, err, errlen,
                "unknown cause `%.40s`: expected one that `imapdiff list causes` names (nearest name: %s)",
                row->name, script_nearest(row->name, names, n));
        if (row->value.kind != SCRIPT_TABLE) {
            if (!one_part(p, &row->value, &p->parts[item][c], err, errlen))
                return false;
            continue;
        }
        for (uint32_t k = 0; k < row->value.items; k++)
            if (!one_part(p, &row->value.item[k].value, &p->parts[item][c], err, errlen))
                return false;
    }
    return true;
}

static bool faults(struct profile *p, char *err, size_t errlen) {
    for (uint32_t i = 0; p->faults && i < p->faults->items; i++) {
        const struct script_value *v = &p->faults->item[i].value;
        if (p->faults->item[i].name || v->kind != SCRIPT_STRING)
            return script_error(
                p->file, v, err, errlen,
                "`faults` is a list of places: expected { \"FUNCTION:CALLER\", \"hang\", ... }");
        if (v->length >= LIB_PLACE)
            return script_error(p->file, v, err, errlen,
                                "a place of %u octets: expected at most %d, where longer ones are cut",
                                v->length, LIB_PLACE - 1);
    }
    return true;
}

static bool read(struct profile *p, char *err, size_t errlen) {
    static const struct script_rule fields[] = {{"library", SCRIPT_STRING, true},
                                                {"version", SCRIPT_STRING, false},
                                                {"known", SCRIPT_TABLE, true},
                                                {"faults", SCRIPT_TABLE, false}};
    const struct script_value *root = script_file_root(p->file), *known;
    struct script_rule items[ITEM_COUNT];
    for (int i = 0; i < ITEM_COUNT; i++)
        items[i] = (struct script_rule){lib_item_name(i), SCRIPT_TABLE, false};
    if (!script_check(p->file, root, fields, 4, false, err, errlen))
        return false;
    known = script_get(root, "known");
    if (!script_check(p->file, known, items, ITEM_COUNT, false, err, errlen))
        return false;
    p->library = script_get(root, "library")->text;
    p->version = script_get(root, "version") ? script_get(root, "version")->text : "";
    p->faults = script_get(root, "faults");
    for (int i = 0; i < ITEM_COUNT; i++) {
        const struct script_value *table = script_get(known, lib_item_name(i));
        if (table && !causes(p, i, table, err, errlen))
            return false;
    }
    return faults(p, err, errlen);
}

struct profile *profile_load(const char *path, char *err, size_t errlen) {
    struct profile *p = calloc(1, sizeof *p);
    if (!p) {
        snprintf(err, errlen, "%s: out of memory", path);
        return NULL;
    }
    p->file = script_load_table(path, "profile", err, errlen);
    if (p->file && read(p, err, errlen))
        return p;
    profile_free(p);
    return NULL;
}

void profile_free(struct profile *p) {
    if (p)
        script_file_free(p->file);
    free(p);
}

const char *profile_library(const struct profile *p) { return p->library; }
const char *profile_version(const struct profile *p) { return p->version; }

bool profile_has(const struct profile *p, enum lib_item item, enum part part, enum cause cause) {
    return (p->parts[item][cause] | p->parts[item][CAUSE_NONE]) >> part & 1;
}

bool profile_has_fault(const struct profile *p, enum lib_verdict verdict, const char *place) {
    const char *name = verdict == LIB_CRASH ? place : lib_verdict_name(verdict);
    for (uint32_t i = 0; p->faults && i < p->faults->items; i++)
        if (strcmp(p->faults->item[i].value.text, name) == 0)
            return true;
    return false;
}

void profile_mark(const struct profile *p, struct fold *v, int n) {
    for (struct fold *f = v; f < v + n; f++)
        if (!strcmp(f->library, p->library) &&
            (profile_has(p, f->item, f->part, f->cause) ||
             (f->part == PART_FAULT && profile_has_fault(p, f->verdict, f->place))))
            f->known = true;
}
