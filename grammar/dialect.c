/* dialect.c: the keywords as data, each with the dialects and contexts in which it exists. Sorted by their octets.
 *
 * A word of an extension (RFC 2177, 2342, 2971, 3691, 4315, 4959, 5161, 6851, 7162, 8438) counts as a word of every dialect
 * that the extension extends.
 */
#include <string.h>

#include "cursor.h"

#define TABLE(name, what) const struct words name##_words = {name, sizeof name / sizeof *name, what}

static const struct word command[] = {
    {"APPEND", CMD_APPEND, DALL, IN_PLAIN},
    {"AUTHENTICATE", CMD_AUTHENTICATE, DALL, IN_PLAIN},
    {"CAPABILITY", CMD_CAPABILITY, DALL, IN_PLAIN},
    {"CHECK", CMD_CHECK, D20 | D35, IN_PLAIN},
    {"CLIENTID", CMD_CLIENTID, DALL, IN_PLAIN},
    {"CLOSE", CMD_CLOSE, DALL, IN_PLAIN},
    {"COPY", CMD_COPY, DALL, IN_PLAIN | IN_UID},
    {"CREATE", CMD_CREATE, DALL, IN_PLAIN},
    {"DELETE", CMD_DELETE, DALL, IN_PLAIN},
    {"ENABLE", CMD_ENABLE, D35 | D90, IN_PLAIN},
    {"EXAMINE", CMD_EXAMINE, DALL, IN_PLAIN},
    {"EXPUNGE", CMD_EXPUNGE, DALL, IN_PLAIN | IN_UID},
    {"FETCH", CMD_FETCH, DALL, IN_PLAIN | IN_UID},
    {"ID", CMD_ID, DALL, IN_PLAIN},
    {"IDLE", CMD_IDLE, DALL, IN_PLAIN},
    {"LIST", CMD_LIST, DALL, IN_PLAIN},
    {"LOGIN", CMD_LOGIN, DALL, IN_PLAIN},
    {"LOGOUT", CMD_LOGOUT, DALL, IN_PLAIN},
    {"LSUB", CMD_LSUB, D20 | D35, IN_PLAIN},
    {"MOVE", CMD_MOVE, DALL, IN_PLAIN | IN_UID},
    {"NAMESPACE", CMD_NAMESPACE, DALL, IN_PLAIN},
    {"NOOP", CMD_NOOP, DALL, IN_PLAIN},
    {"RENAME", CMD_RENAME, DALL, IN_PLAIN},
    {"SEARCH", CMD_SEARCH, DALL, IN_PLAIN | IN_UID},
    {"SELECT", CMD_SELECT, DALL, IN_PLAIN},
    {"STARTTLS", CMD_STARTTLS, DALL, IN_PLAIN},
    {"STATUS", CMD_STATUS, DALL, IN_PLAIN},
    {"STORE", CMD_STORE, DALL, IN_PLAIN | IN_UID},
    {"SUBSCRIBE", CMD_SUBSCRIBE, DALL, IN_PLAIN},
    {"UID", WORD_UID_PREFIX, DALL, IN_PLAIN},
    {"UNSELECT", CMD_UNSELECT, DALL, IN_PLAIN},
    {"UNSUBSCRIBE", CMD_UNSUBSCRIBE, DALL, IN_PLAIN},
};
TABLE(command, "command");

/* The BINARY family and the items of other extensions are ATT_OTHER; only RFC 9051 lets a client ask for BINARY. */
static const struct word fetch[] = {
    {"BINARY", ATT_OTHER, D90, IN_COMMAND | IN_RESPONSE | HAS_SECTION},
    {"BINARY.PEEK", ATT_OTHER, D90, IN_COMMAND | HAS_SECTION},
    {"BINARY.SIZE", ATT_OTHER, D90, IN_COMMAND | IN_RESPONSE | HAS_SECTION},
    {"BODY", ATT_BODY, DALL, IN_COMMAND | IN_RESPONSE},
    {"BODY.PEEK", ATT_BODY_SECTION, DALL, IN_COMMAND},
    {"BODYSTRUCTURE", ATT_BODYSTRUCTURE, DALL, IN_COMMAND | IN_RESPONSE},
    {"EMAILID", ATT_OTHER, D35 | D90, IN_RESPONSE},
    {"ENVELOPE", ATT_ENVELOPE, DALL, IN_COMMAND | IN_RESPONSE},
    {"FLAGS", ATT_FLAGS, DALL, IN_COMMAND | IN_RESPONSE},
    {"INTERNALDATE", ATT_INTERNALDATE, DALL, IN_COMMAND | IN_RESPONSE},
    {"MODSEQ", ATT_MODSEQ, D35 | D90, IN_COMMAND | IN_RESPONSE},
    {"PREVIEW", ATT_OTHER, D35 | D90, IN_RESPONSE},
    {"RFC822", ATT_RFC822, D20 | D35, IN_COMMAND | IN_RESPONSE},
    {"RFC822.HEADER", ATT_RFC822_HEADER, D20 | D35, IN_COMMAND | IN_RESPONSE},
    {"RFC822.SIZE", ATT_RFC822_SIZE, DALL, IN_COMMAND | IN_RESPONSE},
    {"RFC822.TEXT", ATT_RFC822_TEXT, D20 | D35, IN_COMMAND | IN_RESPONSE},
    {"SAVEDATE", ATT_OTHER, D35 | D90, IN_RESPONSE},
    {"THREADID", ATT_OTHER, D35 | D90, IN_RESPONSE},
    {"UID", ATT_UID, DALL, IN_COMMAND | IN_RESPONSE},
    {"X-GM-LABELS", ATT_OTHER, D35 | D90, IN_RESPONSE},
    {"X-GM-MSGID", ATT_OTHER, D35 | D90, IN_RESPONSE},
    {"X-GM-THRID", ATT_OTHER, D35 | D90, IN_RESPONSE},
};
TABLE(fetch, "fetch-att");

static const struct word macro[] = {
    {"ALL", MACRO_ALL, DALL, IN_COMMAND},
    {"FAST", MACRO_FAST, DALL, IN_COMMAND},
    {"FULL", MACRO_FULL, DALL, IN_COMMAND},
};
TABLE(macro, "fetch");

static const struct word status[] = {
    {"DELETED", ST_DELETED, D90, IN_COMMAND | IN_RESPONSE},
    {"MESSAGES", ST_MESSAGES, DALL, IN_COMMAND | IN_RESPONSE},
    {"RECENT", ST_RECENT, D20 | D35, IN_COMMAND | IN_RESPONSE},
    {"SIZE", ST_SIZE, D35 | D90, IN_COMMAND | IN_RESPONSE},
    {"UIDNEXT", ST_UIDNEXT, DALL, IN_COMMAND | IN_RESPONSE},
    {"UIDVALIDITY", ST_UIDVALIDITY, DALL, IN_COMMAND | IN_RESPONSE},
    {"UNSEEN", ST_UNSEEN, DALL, IN_COMMAND | IN_RESPONSE},
};
TABLE(status, "status-att");

static const struct word search[] = {
    {"ALL", SK_ALL, DALL, 1},
    {"ANSWERED", SK_ANSWERED, DALL, 1},
    {"BCC", SK_BCC, DALL, 1},
    {"BEFORE", SK_BEFORE, DALL, 1},
    {"BODY", SK_BODY, DALL, 1},
    {"CC", SK_CC, DALL, 1},
    {"DELETED", SK_DELETED, DALL, 1},
    {"DRAFT", SK_DRAFT, DALL, 1},
    {"FLAGGED", SK_FLAGGED, DALL, 1},
    {"FROM", SK_FROM, DALL, 1},
    {"HEADER", SK_HEADER, DALL, 1},
    {"KEYWORD", SK_KEYWORD, DALL, 1},
    {"LARGER", SK_LARGER, DALL, 1},
    {"NEW", SK_NEW, D20 | D35, 1},
    {"NOT", SK_NOT, DALL, 1},
    {"OLD", SK_OLD, D20 | D35, 1},
    {"ON", SK_ON, DALL, 1},
    {"OR", SK_OR, DALL, 1},
    {"RECENT", SK_RECENT, D20 | D35, 1},
    {"SEEN", SK_SEEN, DALL, 1},
    {"SENTBEFORE", SK_SENTBEFORE, DALL, 1},
    {"SENTON", SK_SENTON, DALL, 1},
    {"SENTSINCE", SK_SENTSINCE, DALL, 1},
    {"SINCE", SK_SINCE, DALL, 1},
    {"SMALLER", SK_SMALLER, DALL, 1},
    {"SUBJECT", SK_SUBJECT, DALL, 1},
    {"TEXT", SK_TEXT, DALL, 1},
    {"TO", SK_TO, DALL, 1},
    {"UID", SK_UID, DALL, 1},
    {"UNANSWERED", SK_UNANSWERED, DALL, 1},
    {"UNDELETED", SK_UNDELETED, DALL, 1},
    {"UNDRAFT", SK_UNDRAFT, DALL, 1},
    {"UNFLAGGED", SK_UNFLAGGED, DALL, 1},
    {"UNKEYWORD", SK_UNKEYWORD, DALL, 1},
    {"UNSEEN", SK_UNSEEN, DALL, 1},
};
TABLE(search, "search-key");

static const struct word store[] = {
    {"FLAGS", STORE_WORD_FLAGS, DALL, 1},
    {"FLAGS.SILENT", STORE_WORD_SILENT, DALL, 1},
};
TABLE(store, "store-att-flags");

static const struct word section[] = {
    {"HEADER", SEC_HEADER, DALL, IN_TOP | IN_PART},
    {"HEADER.FIELDS", SEC_FIELDS, DALL, IN_TOP | IN_PART},
    {"HEADER.FIELDS.NOT", SEC_FIELDS_NOT, DALL, IN_TOP | IN_PART},
    {"MIME", SEC_MIME, DALL, IN_PART},
    {"TEXT", SEC_TEXT, DALL, IN_TOP | IN_PART},
};
TABLE(section, "section-spec");

/* Words that need a number in front (RESP_COUNT) are here so that `* EXPUNGE 4` is no unknown extension (T-MAP-1). */
static const struct word untagged[] = {
    {"BAD", RESP_BAD, DALL, 1},
    {"BYE", RESP_BYE, DALL, 1},
    {"CAPABILITY", RESP_CAPABILITY, DALL, 1},
    {"ENABLED", RESP_ENABLED, D35 | D90, 1},
    {"ESEARCH", RESP_ESEARCH, D35 | D90, 1},
    {"EXISTS", RESP_COUNT, DALL, 1},
    {"EXPUNGE", RESP_COUNT, DALL, 1},
    {"FETCH", RESP_COUNT, DALL, 1},
    {"FLAGS", RESP_FLAGS, DALL, 1},
    {"ID", RESP_ID, DALL, 1},
    {"LIST", RESP_LIST, DALL, 1},
    {"LSUB", RESP_LSUB, D20 | D35, 1},
    {"NAMESPACE", RESP_NAMESPACE, DALL, 1},
    {"NO", RESP_NO, DALL, 1},
    {"OK", RESP_OK, DALL, 1},
    {"PREAUTH", RESP_PREAUTH, DALL, 1},
    {"RECENT", RESP_COUNT, DALL, 1},
    {"SEARCH", RESP_SEARCH, DALL, 1},
    {"STATUS", RESP_STATUS, DALL, 1},
    {"VANISHED", RESP_VANISHED, D35 | D90, 1},
};
TABLE(untagged, "response-data");

static const struct word numbered[] = {
    {"EXISTS", RESP_EXISTS, DALL, IN_ANY | IN_NZ},
    {"EXPUNGE", RESP_EXPUNGE, DALL, IN_NZ},
    {"FETCH", RESP_FETCH, DALL, IN_NZ},
    {"RECENT", RESP_RECENT, DALL, IN_ANY | IN_NZ},
};
TABLE(numbered, "message-data");

static const struct word state[] = {
    {"BAD", RESP_BAD, DALL, 1},
    {"NO", RESP_NO, DALL, 1},
    {"OK", RESP_OK, DALL, 1},
};
TABLE(state, "resp-cond-state");

/* Where a dialect defines the code, its argument must have this form; elsewhere it is a generic code whose argument is
 * understood if it happens to have it. NEWNAME stands in RFC 2060 7.1 alone, not in its grammar (T-MAP-13). */
static const struct word code[] = {
    {"ALERT", CODE_ALERT, DALL, FORM_NONE},
    {"ALREADYEXISTS", CODE_ALREADYEXISTS, D35 | D90, FORM_NONE},
    {"APPENDUID", CODE_APPENDUID, D35 | D90, FORM_APPENDUID},
    {"AUTHENTICATIONFAILED", CODE_AUTHENTICATIONFAILED, D35 | D90, FORM_NONE},
    {"BADCHARSET", CODE_BADCHARSET, D35 | D90, FORM_CHARSETS},
    {"CANNOT", CODE_CANNOT, D35 | D90, FORM_NONE},
    {"CAPABILITY", CODE_CAPABILITY, D35 | D90, FORM_CAPABILITY},
    {"CLIENTBUG", CODE_CLIENTBUG, D35 | D90, FORM_NONE},
    {"CLOSED", CODE_CLOSED, D35 | D90, FORM_NONE},
    {"COPYUID", CODE_COPYUID, D35 | D90, FORM_COPYUID},
    {"EXPUNGEISSUED", CODE_EXPUNGEISSUED, D35 | D90, FORM_NONE},
    {"HIGHESTMODSEQ", CODE_HIGHESTMODSEQ, D35 | D90, FORM_MODSEQ},
    {"INUSE", CODE_INUSE, D35 | D90, FORM_NONE},
    {"NEWNAME", CODE_NEWNAME, 0, FORM_GENERIC},
    {"NOMODSEQ", CODE_NOMODSEQ, D35 | D90, FORM_NONE},
    {"NONEXISTENT", CODE_NONEXISTENT, D35 | D90, FORM_NONE},
    {"PARSE", CODE_PARSE, DALL, FORM_NONE},
    {"PERMANENTFLAGS", CODE_PERMANENTFLAGS, DALL, FORM_FLAGS},
    {"READ-ONLY", CODE_READ_ONLY, DALL, FORM_NONE},
    {"READ-WRITE", CODE_READ_WRITE, DALL, FORM_NONE},
    {"TRYCREATE", CODE_TRYCREATE, DALL, FORM_NONE},
    {"UIDNEXT", CODE_UIDNEXT, D35 | D90, FORM_NZ},
    {"UIDNOTSTICKY", CODE_UIDNOTSTICKY, D35 | D90, FORM_NONE},
    {"UIDVALIDITY", CODE_UIDVALIDITY, DALL, FORM_NZ},
    {"UNSEEN", CODE_UNSEEN, D20 | D35, FORM_NZ},
};
TABLE(code, "resp-text-code");

static const struct word misc[] = {
    {"(EARLIER)", 0, DALL, MISC_EARLIER},
    {"CHARSET", 0, DALL, MISC_CHARSET},
    {"RETURN", 0, D90, MISC_RETURN},
    {"TAG", 0, DALL, MISC_TAG},
    {"UID", 0, DALL, MISC_UID},
};
TABLE(misc, "keyword");

static uint8_t upper(uint8_t c) { return c >= 'a' && c <= 'z' ? (uint8_t)(c - 32) : c; }

static bool usable(const struct cursor *s, const struct word *w, uint8_t contexts)
{
    return word_in(w, s) && (w->contexts & contexts) != 0;
}

/* The first of the words [lo, hi), whose first i octets are alike, that has no octet below c behind them. */
static uint32_t bound(const struct words *w, uint32_t lo, uint32_t hi, uint32_t i, unsigned c)
{
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if ((uint8_t)w->v[mid].text[i] < c)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

bool cur_keyword(struct cursor *s, const struct words *w, uint8_t contexts, const struct word **out)
{
    /* [lo, hi) are the words that begin with the i octets read so far; a word of exactly i octets stands first. */
    uint32_t lo = 0, hi = w->n, i = 0;
    const struct word *whole = NULL;
    for (;; i++) {
        whole = w->v[lo].text[i] == 0 && usable(s, &w->v[lo], contexts) ? &w->v[lo] : NULL;
        if (s->p + i >= s->end)
            break;
        uint8_t c = upper(s->p[i]);
        uint32_t a = bound(w, lo, hi, i, c), b = bound(w, a, hi, i, c + 1u);
        bool any = false;
        for (uint32_t k = a; k < b && !any; k++)
            any = c != 0 && usable(s, &w->v[k], contexts);
        if (!any)
            break;
        lo = a;
        hi = b;
        if (hi - lo == 1) { /* only one is left */
            const char *text = w->v[lo].text;
            for (i++; text[i] != 0 && s->p + i < s->end && upper(s->p[i]) == (uint8_t)text[i];)
                i++;
            whole = text[i] == 0 ? &w->v[lo] : NULL;
            break;
        }
    }
    if (whole == NULL)
        return cur_fail(s, s->p + i, w->rule);
    s->p += i;
    *out = whole;
    return true;
}

const struct word *words_find(const struct words *w, struct slice text)
{
    uint32_t lo = 0, hi = w->n;
    while (lo < hi) {
        uint32_t mid = (lo + hi) / 2, i = 0;
        const char *z = w->v[mid].text;
        while (i < text.n && z[i] != 0 && upper(text.p[i]) == (uint8_t)z[i])
            i++;
        uint8_t c = i < text.n ? upper(text.p[i]) : 0;
        if (i == text.n && z[i] == 0)
            return &w->v[mid];
        if (i < text.n && c > (uint8_t)z[i])
            lo = mid + 1;
        else
            hi = mid;
    }
    return NULL;
}
