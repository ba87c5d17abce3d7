/* server_names.c: which private servers there are, and what a name means. */
#include <stdio.h>
#include <string.h>

#include "server_kind.h"

static const struct server_kind *const server_kinds[] = {&server_dovecot, &server_cyrus, NULL};
static const struct server_kind *const proxy_kinds[] = {&server_nginx, &server_perdition, &server_imapproxy,
                                                       &server_dovecot_proxy, NULL};

#define NAME_ROOM 48
#define MAX_NAMES 32

/* All names with their variants, default variants first, and the bare kinds behind them (for "did you mean"). */
static char names[MAX_NAMES][NAME_ROOM];
static size_t name_count;

static void add_name(const char *kind, const char *variant)
{
    if (name_count < MAX_NAMES)
        snprintf(names[name_count++], NAME_ROOM, variant ? "%s:%s" : "%s", kind, variant);
}

static void fill_names(void)
{
    if (name_count)
        return;
    for (const struct server_kind *const *k = server_kinds; *k; k++)
        add_name((*k)->name, (*k)->variants ? (*k)->variants[0] : NULL);
    for (const struct server_kind *const *k = server_kinds; *k; k++)
        for (size_t v = 1; (*k)->variants && (*k)->variants[v]; v++)
            add_name((*k)->name, (*k)->variants[v]);
}

const char *server_name(size_t i)
{
    fill_names();
    return i < name_count ? names[i] : NULL;
}

/* Edits (insert, delete, change, swap neighbours count 1) between two short texts. */
static int distance(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b);
    int d[NAME_ROOM + 1][NAME_ROOM + 1];
    if (n > NAME_ROOM || m > NAME_ROOM)
        return NAME_ROOM;
    for (size_t i = 0; i <= n; i++) {
        for (size_t j = 0; j <= m; j++) {
            if (!i || !j) {
                d[i][j] = (int)(i + j);
                continue;
            }
            int best = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            if (d[i - 1][j] + 1 < best)
                best = d[i - 1][j] + 1;
            if (d[i][j - 1] + 1 < best)
                best = d[i][j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && d[i - 2][j - 2] + 1 < best)
                best = d[i - 2][j - 2] + 1;
            d[i][j] = best;
        }
    }
    return d[n][m];
}

/* The names nearest to what was written: those with the fewest edits, all if none is near. */
static void suggest(const char *name, char *err, size_t errlen)
{
    int best = NAME_ROOM;
    fill_names();
    for (size_t i = 0; i < name_count; i++) {
        int d = distance(name, names[i]);
        best = d < best ? d : best;
    }
    const struct server_kind *const *k;
    for (k = server_kinds; *k; k++) {
        int d = distance(name, (*k)->name);
        best = d < best ? d : best;
    }
    bool near = best <= 3;
    size_t used = (size_t)snprintf(err, errlen, "no server is called \"%.60s\"; %s", name, near ? "did you mean" : "there are");
    const char *separator = " ";
    for (k = server_kinds; near && *k && used < errlen; k++)
        if (distance(name, (*k)->name) == best) {
            used += (size_t)snprintf(err + used, errlen - used, "%s%s", separator, (*k)->name);
            separator = ", ";
        }
    for (size_t i = 0; i < name_count && used < errlen; i++)
        if (!near || distance(name, names[i]) == best) {
            used += (size_t)snprintf(err + used, errlen - used, "%s%s", separator, names[i]);
            separator = ", ";
        }
    if (near && used < errlen)
        snprintf(err + used, errlen - used, "?");
}

const struct server_kind *server_parse(const char *name, const char **variant, char *err, size_t errlen)
{
    size_t n = strcspn(name, ":");
    for (const struct server_kind *const *k = proxy_kinds; *k; k++)
        if (!strcmp((*k)->name, name)) {
            *variant = "";
            return *k;
        }
    for (const struct server_kind *const *k = server_kinds; *k; k++) {
        if (strlen((*k)->name) != n || memcmp((*k)->name, name, n))
            continue;
        const char *const *list = (*k)->variants;
        if (!name[n]) {
            *variant = list ? list[0] : "";
            return *k;
        }
        for (size_t v = 0; list && list[v]; v++)
            if (!strcmp(list[v], name + n + 1)) {
                *variant = list[v];
                return *k;
            }
        size_t used = (size_t)snprintf(err, errlen, "%s has no variant \"%.60s\"%s", (*k)->name, name + n + 1,
                                       list ? "; it has" : "");
        for (size_t v = 0; list && list[v] && used < errlen; v++)
            used += (size_t)snprintf(err + used, errlen - used, "%s %s:%s", v ? "," : "", (*k)->name, list[v]);
        return NULL;
    }
    suggest(name, err, errlen);
    return NULL;
}

bool server_is_name(const char *name, char *err, size_t errlen)
{
    const char *variant;
    const struct server_kind *kind = server_parse(name, &variant, err, errlen);
    if (kind && kind->proxy)
        snprintf(err, errlen, "%s is a proxy: see `imapdiff between`", name);
    return kind && !kind->proxy;
}

const char *server_proxy_name(size_t i)
{
    return i + 1 < sizeof proxy_kinds / sizeof *proxy_kinds ? proxy_kinds[i]->name : NULL;
}

bool server_is_proxy(const char *name, char *err, size_t errlen)
{
    size_t used = (size_t)snprintf(err, errlen, "no private proxy is called \"%.60s\"; there are", name);
    for (size_t i = 0; server_proxy_name(i); i++) {
        if (!strcmp(name, server_proxy_name(i)))
            return true;
        if (used < errlen)
            used += (size_t)snprintf(err + used, errlen - used, "%s %s", i ? "," : "", server_proxy_name(i));
    }
    return false;
}
