/* generate_table.c: what builds each point's contexts, or why no program of one user whose commands do not
 * overlap can. */
#include "generate_priv.h"

#include <string.h>

#define NEED(f)     .needs = GENERATE_##f
#define NEVER(why_) .why = why_
/* The first line whose words the context's text holds is its. No point but those
 * that only the serving model asks may be left out, nor a context of one. */
const struct g_row g_table[] = {
    {P_DELETE_IN_USE, "who=own state=idle",
     NEVER("needs overlapping commands: the session that deletes would be in IDLE itself")},
    {P_DELETE_IN_USE, "state=idle", build_delete, NEED(IDLE)},
    {P_DELETE_IN_USE, "", build_delete, .weight = 1},
    {P_RENAME_IN_USE, "who=own state=idle",
     NEVER("needs overlapping commands: the session that renames would be in IDLE itself")},
    {P_RENAME_IN_USE, "box=inbox state=idle", build_rename, NEED(IDLE), .inbox = true},
    {P_RENAME_IN_USE, "box=inbox", build_rename, .inbox = true},
    {P_RENAME_IN_USE, "state=idle", build_rename, NEED(IDLE)},
    {P_RENAME_IN_USE, "", build_rename, .weight = 1},
    {P_CREATE_RECYCLED, "", build_recycled, .weight = 2},
    {P_EXPUNGE_IN_USE, "cmd=uid_expunge", build_expunge, NEED(UIDPLUS), .weight = 2},
    {P_EXPUNGE_IN_USE, "", build_expunge, .weight = 2},
    {P_FETCH_EXPUNGED, "", build_fetch, .weight = 1},
    {P_STORE_EXPUNGED, "", build_store, .weight = 1},
    {P_SEARCH_EXPUNGED, "", build_search, .weight = 1},
    {P_COPY_EXPUNGED, "cmd=move", build_copy, NEED(MOVE)},
    {P_COPY_EXPUNGED, "", build_copy, .weight = 1},
    {P_RANGE_BEYOND, "cmd=search part=all",
     NEVER("a set is only one of SEARCH's keys: what is beyond the view is asked for as part=some")},
    {P_RANGE_BEYOND, "", build_range, .weight = 1},
    {P_STATUS_SELECTED, "", build_status, .weight = 1},
    {P_ERROR_WORD, "", build_error, .weight = 1},
    {P_FETCH_UNSOLICITED, "when=idle", build_unsolicited, NEED(IDLE)},
    {P_FETCH_UNSOLICITED, "", build_unsolicited, .weight = 1},
    {P_RECENT, "", build_recent, .weight = 1},
    {P_SELECT_FAILED, "", build_select_failed, .weight = 1},
    {P_ID_RESPONSE, "", build_id, NEED(ID)},
    {P_ID_LIMITS, "", build_id_limits, NEED(ID)},
    {P_CLIENTID_POLICY, "", build_clientid, NEED(CLIENTID) | GENERATE_TLS},
    {P_CLIENTID_TYPE, "", build_clientid_type, NEED(CLIENTID) | GENERATE_TLS},
    {P_LOGIN_REFUSED, "cause=clientid", build_login_refused, NEED(CLIENTID) | GENERATE_TLS},
    {P_LOGIN_REFUSED, "", build_login_refused, .weight = 1},
    /* Themes: worth a program, though no point stands for them. */
    {-1, "unannounced", build_unannounced, .weight = 3},
    {-1, "many views", build_many_views, .weight = 4},
    {-1, "read-only", build_read_only, .weight = 2},
    {-1, "same mailbox", build_same_mailbox, .weight = 2},
    {-1, "crowd", build_crowd, .weight = 3},
    {-1, "recreate", build_recreate, .weight = 2},
    {-1, "rename chain", build_rename_chain, .weight = 1},
    {-1, "subscriptions", build_subscriptions, .weight = 2},
    {-1, "hierarchy", build_hierarchy, .weight = 1},
    {-1, "inbox", build_inbox, .inbox = true},
    {-1, "authenticate", build_authenticate, .weight = 5},
    {-1, "starttls", build_starttls, NEED(TLS), .starttls = true, .weight = 3},
    {-1, "pipeline", build_pipeline, .weight = 4},
    {-1, "walk", build_walk, .weight = 6},
    {-1, "starttls injection", build_injection, NEED(TLS) | GENERATE_FORBIDDEN, .starttls = true},
    {-1, "id service", build_id_service, NEED(ID), .weight = 2},
    {-1, "id forms", build_id_forms, NEED(ID), .weight = 2},
    {-1, "id malformed", build_id_malformed, NEED(ID), .weight = 2},
    {-1, "clientid forms", build_clientid_forms, NEED(CLIENTID) | GENERATE_TLS, .weight = 2},
    {-1, "clientid wrong", build_clientid_wrong, NEED(CLIENTID) | GENERATE_TLS, .weight = 2},
};
const uint32_t g_table_n = sizeof g_table / sizeof *g_table;

/* Every word of `part` is one of the context's. */
static bool holds(const char *text, const char *part) {
    while (*part) {
        size_t n = strcspn(part, " ");
        const char *at = text;
        bool found = false;
        for (; *at && !found; at += strcspn(at, " "), at += strspn(at, " "))
            found = strcspn(at, " ") == n && !memcmp(at, part, n);
        if (!found)
            return false;
        part += n;
        part += strspn(part, " ");
    }
    return true;
}

const struct g_row *g_row_of(int point, uint32_t context) {
    char text[160];
    point_context_text((enum point)point, context, text, sizeof text);
    for (uint32_t i = 0; i < g_table_n; i++)
        if (g_table[i].point == point && holds(text, g_table[i].part))
            return &g_table[i];
    return NULL;
}

const char *generator_unreachable(int point, uint32_t context) {
    if (point_kind((enum point)point) == POINT_SERVE || point_kind((enum point)point) == POINT_FAULT)
        return "is only asked when the model is the server";
    const struct g_row *row = g_row_of(point, context);
    return row && !row->build ? row->why : NULL;
}

const char *generator_excluded(const struct generator *g, int point, uint32_t context) {
    static const struct {
        uint32_t family;
        const char *why;
    } missing[] = {{GENERATE_IDLE, "the server does not offer IDLE"},
                   {GENERATE_MOVE, "the server does not offer MOVE"},
                   {GENERATE_UIDPLUS, "the server does not offer UIDPLUS"},
                   {GENERATE_ID, "the server does not offer ID"},
                   {GENERATE_CLIENTID, "the server does not offer CLIENTID"},
                   {GENERATE_TLS, "there is no TLS"}};
    const char *why = generator_unreachable(point, context);
    const struct g_row *row = why ? NULL : g_row_of(point, context);
    if (!row)
        return why;
    if (row->inbox && !g->o.allow_inbox)
        return "INBOX is used with --allow-inbox only";
    for (size_t i = 0; i < sizeof missing / sizeof *missing; i++)
        if (row->needs & missing[i].family & ~g->o.families)
            return missing[i].why;
    if (g->o.mix == GENERATE_WALK)
        return "the programs are noise alone";
    return NULL;
}
