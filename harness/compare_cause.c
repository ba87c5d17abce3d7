/* compare_cause.c: where the grammar left an input, as a cause: its rule there, and the octet that could not
 * stand. */
#include "compare_priv.h"

#include <string.h>

/* One refusal: octets, where, and by which rule. */
struct refusal {
    const uint8_t *p;
    size_t n, at;
    const char *rule, *clause;
};

static int octet(const struct refusal *f, size_t i) { return i < f->n ? f->p[i] : -1; }
static bool rule_is(const struct refusal *f, const char *z) { return strcmp(f->rule, z) == 0; }
static bool clause_is(const struct refusal *f, const char *z) {
    return f->clause && strcmp(f->clause, z) == 0;
}
static bool is_digit(int c) { return c >= '0' && c <= '9'; }
static bool is_alnum(int c) { return is_digit(c) || ((c | 32) >= 'a' && (c | 32) <= 'z'); }
static bool atom_octet(int c) { return c > ' ' && c < 0x7f && strchr("(){\"", c) == NULL; }
static bool line_end(int c) { return c == '\r' || c == '\n'; }

/* Where the run of atom octets that holds or precedes i begins. */
static size_t word_start(const struct refusal *f, size_t i) {
    while (i > 0 && atom_octet(f->p[i - 1]))
        i--;
    return i;
}

static bool word_is_nil(const struct refusal *f, size_t from) {
    return f->n - from >= 3 && (f->p[from] | 32) == 'n' && (f->p[from + 1] | 32) == 'i' &&
           (f->p[from + 2] | 32) == 'l' && !atom_octet(octet(f, from + 3));
}

/* CR or LF that does not belong to a CRLF. */
static enum cause bare(const struct refusal *f, enum cause other) {
    int c = octet(f, f->at), before = f->at > 0 ? f->p[f->at - 1] : -1;
    if (c == '\n' && before != '\r')
        return CAUSE_BARE_LF;
    if ((c == '\r' && octet(f, f->at + 1) != '\n' && f->at + 1 < f->n) || (before == '\r' && c != '\n'))
        return CAUSE_BARE_CR;
    return other;
}

/* Blanks up to the line's end, or something behind them. */
static enum cause behind(const struct refusal *f, enum cause more) {
    size_t i = f->at;
    if (octet(f, i) != ' ' && octet(f, i) != '\t')
        return bare(f, more);
    while (octet(f, i) == ' ' || octet(f, i) == '\t')
        i++;
    return i == f->n || line_end(f->p[i]) ? CAUSE_SPACING : more;
}

static enum cause quoted(const struct refusal *f) {
    int c = octet(f, f->at);
    size_t slashes = 0;
    while (slashes < f->at && f->p[f->at - 1 - slashes] == '\\')
        slashes++;
    if (c == 0)
        return CAUSE_NUL_QUOTED;
    if (line_end(c))
        return CAUSE_CR_LF_QUOTED;
    if (c >= 0x80)
        return CAUSE_EIGHT_BIT_QUOTED;
    if (slashes % 2)
        return CAUSE_ESCAPE;
    /* UTF-8 that was begun and is not whole, or no string at all. */
    return f->at > 0 && f->p[f->at - 1] >= 0x80 ? CAUSE_EIGHT_BIT_QUOTED : CAUSE_ARGUMENT;
}

static enum cause literal(const struct refusal *f) {
    int c = octet(f, f->at);
    if (clause_is(f, "T-ID-9"))
        return CAUSE_NUL_LITERAL;
    if (c == '+' && f->at > 0 && is_digit(f->p[f->at - 1]))
        return clause_is(f, "R7888-5") ? CAUSE_NONSYNC_SIZE : CAUSE_NONSYNC_LITERAL;
    return bare(f, CAUSE_LITERAL_HEADER);
}

/* Where a field or a value must stand. */
static enum cause in_list(const struct refusal *f, bool field) {
    int c = octet(f, f->at);
    size_t from = word_start(f, f->at);
    if (line_end(c))
        return bare(f, CAUSE_UNCLOSED) == CAUSE_BARE_CR ? CAUSE_BARE_CR : CAUSE_UNCLOSED;
    if (c == ' ' || c == '\t')
        return CAUSE_SPACING;
    if (c == '(')
        return CAUSE_NESTED_LIST;
    if (c == ')')
        return field ? CAUSE_SPACING : CAUSE_ODD_COUNT;
    if (c == '~')
        return CAUSE_LITERAL8;
    if (field && word_is_nil(f, from))
        return CAUSE_NIL_FIELD;
    return CAUSE_ATOM;
}

/* Behind a field (its value must follow) or behind a value. */
static enum cause behind_string(const struct refusal *f, bool field) {
    int c = octet(f, f->at);
    size_t from = word_start(f, f->at);
    if (field && c == ')')
        return CAUSE_ODD_COUNT;
    if (line_end(c))
        return bare(f, CAUSE_UNCLOSED) == CAUSE_BARE_CR ? CAUSE_BARE_CR : CAUSE_UNCLOSED;
    /* NIL went on as another word. */
    if (!field && from < f->at && atom_octet(c) && f->at - from >= 3 && (f->p[from] | 32) == 'n')
        return CAUSE_ATOM;
    return CAUSE_SPACING;
}

static enum cause in_id(const struct refusal *f, size_t head) {
    int c = octet(f, f->at);
    if (rule_is(f, "id") || rule_is(f, "id-response")) {
        if (f->at + 1 == head && line_end(c))
            return CAUSE_NO_ARGUMENT;
        bool blank = c == ' ' || c == '\t' || (f->at + 1 == head && (c == '(' || c == '"'));
        return blank                             ? CAUSE_SPACING
               : f->at + 1 < head && line_end(c) ? bare(f, CAUSE_KEYWORD)
                                                 : CAUSE_KEYWORD;
    }
    if (rule_is(f, "string"))
        return in_list(f, true);
    if (rule_is(f, "nstring"))
        return in_list(f, false);
    if (rule_is(f, "id-pair"))
        return behind_string(f, true);
    if (f->at <= head || (f->at < head + 3 && (f->p[head] | 32) == 'n')) { /* the list itself */
        if (f->at == head && line_end(c))
            return CAUSE_NO_ARGUMENT;
        if (f->at == head && (c == ' ' || c == '\t'))
            return CAUSE_SPACING;
        if (c == '"' && f->n - f->at >= 5 && f->p[f->at + 4] == '"' &&
            slice_is_nocase((struct slice){f->p + f->at + 1, 3}, "NIL"))
            return CAUSE_NIL_WORD;
        return CAUSE_NO_LIST;
    }
    return clause_is(f, "ID-4-c") ? in_list(f, true) : behind_string(f, false);
}

static enum cause in_clientid(const struct refusal *f) {
    int c = octet(f, f->at);
    if (line_end(c)) {
        bool token = rule_is(f, "client-id-token") && f->p[f->at - 1] != ' ';
        enum cause k = bare(f, CAUSE_CLIENTID_ARGUMENTS);
        return token || k == CAUSE_BARE_CR ? k : CAUSE_CLIENTID_ARGUMENTS;
    }
    if (rule_is(f, "client-id"))
        return c == ' ' || c == '\t' ? CAUSE_SPACING : CAUSE_KEYWORD;
    size_t from = f->at;
    while (from > 0 && f->p[from - 1] != ' ')
        from--;
    bool first = from == f->at;
    if (first && (c == ' ' || c == '\t'))
        return CAUSE_SPACING;
    if (rule_is(f, "client-id-type")) {
        if (clause_is(f, "T-CID-3") || (clause_is(f, "CID-4-e") && is_alnum(c) && !first))
            return CAUSE_CLIENTID_TYPE;
        if (is_alnum(c))
            return f->at - from == 16 ? CAUSE_CLIENTID_LENGTH : CAUSE_CLIENTID_TYPE;
        if (c == '\t')
            return CAUSE_SPACING;
        return c == '_'            ? CAUSE_CLIENTID_UNDERSCORE
               : c == '"' && first ? CAUSE_CLIENTID_QUOTED
               : c == '{' && first ? CAUSE_CLIENTID_LITERAL
                                   : CAUSE_CLIENTID_TYPE_OCTETS;
    }
    if (f->at - from == 128 && c > ' ' && c < 0x7f)
        return CAUSE_CLIENTID_LENGTH;
    if (c == ' ')
        return behind(f, CAUSE_CLIENTID_ARGUMENTS);
    return f->at > 0 && f->p[f->at - 1] == '\r' ? CAUSE_BARE_CR : CAUSE_CLIENTID_OCTETS;
}

static const struct {
    const char *rule;
    enum cause cause;
} by_rule[] = {
    {"tag", CAUSE_TAG},
    {"command", CAUSE_COMMAND_WORD},
    {"astring", CAUSE_ASTRING},
    {"list-mailbox", CAUSE_LIST_PATTERN},
    {"list-select-opts", CAUSE_LIST_PATTERN},
    {"option-extension", CAUSE_LIST_PATTERN},
    {"patterns", CAUSE_LIST_PATTERN},
    {"flag", CAUSE_FLAG},
    {"flag-list", CAUSE_FLAG},
    {"flag-perm", CAUSE_FLAG},
    {"sequence-set", CAUSE_SEQUENCE_SET},
    {"uid-set", CAUSE_SEQUENCE_SET},
    {"date", CAUSE_DATE},
    {"date-time", CAUSE_DATE},
    {"section", CAUSE_SECTION},
    {"header-list", CAUSE_SECTION},
    {"partial", CAUSE_SECTION},
    {"status", CAUSE_STATUS_ITEM},
    {"status-att", CAUSE_STATUS_ITEM},
    {"status-att-list", CAUSE_STATUS_ITEM},
    {"fetch", CAUSE_FETCH_ITEM},
    {"fetch-att", CAUSE_FETCH_ITEM},
    {"msg-att", CAUSE_FETCH_ITEM},
    {"msg-att-static", CAUSE_FETCH_ITEM},
    {"search-key", CAUSE_SEARCH_KEY},
    {"search-return-opt", CAUSE_SEARCH_KEY},
    {"search-return-opts", CAUSE_SEARCH_KEY},
    {"base64", CAUSE_AUTHENTICATE},
    {"initial-resp", CAUSE_AUTHENTICATE},
    {"number", CAUSE_NUMBER},
    {"number64", CAUSE_NUMBER},
    {"nz-number", CAUSE_NUMBER},
    {"nz-number64", CAUSE_NUMBER},
    {"capability", CAUSE_CAPABILITY},
    {"capability-data", CAUSE_CAPABILITY},
    {"response", CAUSE_RESPONSE_WORD},
    {"response-data", CAUSE_RESPONSE_WORD},
    {"message-data", CAUSE_RESPONSE_WORD},
    {"resp-cond-state", CAUSE_RESPONSE_WORD},
    {"text", CAUSE_RESPONSE_TEXT},
    {"resp-text-code", CAUSE_CODE},
    {"envelope", CAUSE_ENVELOPE},
    {"address", CAUSE_ADDRESS},
    {"body", CAUSE_BODY},
    {"body-fld-param", CAUSE_BODY},
    {"body-fld-dsp", CAUSE_BODY},
    {"body-fld-lang", CAUSE_BODY},
    {"body-fld-enc", CAUSE_BODY},
    {"body-extension", CAUSE_BODY},
    {"mailbox-list", CAUSE_MAILBOX_LIST},
    {"mbx-list-flags", CAUSE_MAILBOX_LIST},
    {"mbox-list-extended", CAUSE_MAILBOX_LIST},
    {"namespace", CAUSE_NAMESPACE},
    {"namespace-descr", CAUSE_NAMESPACE},
    {"namespace-response-extension", CAUSE_NAMESPACE},
    {"esearch-response", CAUSE_EXTENSION},
    {"tagged-ext-simple", CAUSE_EXTENSION},
    {"ext-value", CAUSE_EXTENSION},
    {"permsg-modsequence", CAUSE_EXTENSION},
};

/* A digit that makes a number too large: of a literal's header, or another. */
static enum cause number(const struct refusal *f) {
    size_t i = f->at;
    if (!is_digit(octet(f, i)))
        return CAUSE_NUMBER;
    while (i > 0 && is_digit(f->p[i - 1]))
        i--;
    if (i > 0 && f->p[i - 1] == '{')
        return CAUSE_LITERAL_SIZE;
    return f->p[i] == '0' && i == f->at ? CAUSE_NUMBER_ZERO : CAUSE_NUMBER_OVERFLOW;
}

/* `* 0 EXPUNGE`, `* 02 EXPUNGE`: the word is refused because of the number before it. */
static bool behind_zero(const struct refusal *f) {
    size_t i = 2;
    while (is_digit(octet(f, i)))
        i++;
    return octet(f, 2) == '0' && octet(f, 0) == '*' && octet(f, i) == ' ' && f->at > i;
}

/* More parentheses opened than closed, outside quoted strings. */
static bool inside_list(const struct refusal *f) {
    int depth = 0;
    bool in_quotes = false;
    for (size_t i = 0; i < f->at; i++) {
        if (f->p[i] == '\\' && in_quotes)
            i++;
        else if (f->p[i] == '"')
            in_quotes = !in_quotes;
        else if (!in_quotes)
            depth += (f->p[i] == '(') - (f->p[i] == ')');
    }
    return depth > 0;
}

/* An octet that no text has, behind a status response's word or the plus of a continuation. */
static bool spoils_text(const struct refusal *f) {
    static const char *const words[] = {"OK", "NO", "BAD", "BYE", "PREAUTH"};
    int c = octet(f, f->at);
    const uint8_t *sp = memchr(f->p, ' ', f->at);
    if (sp == NULL || (c != 0 && c < 0x80))
        return false;
    if (f->p[0] == '+')
        return true;
    size_t from = (size_t)(sp - f->p) + 1, n = 0;
    while (from + n < f->at && is_alnum(f->p[from + n]))
        n++;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (slice_is_nocase((struct slice){f->p + from, (uint32_t)n}, words[i]))
            return true;
    return false;
}

static enum cause elsewhere(const struct refusal *f) {
    int c = octet(f, f->at);
    if (rule_is(f, "quoted"))
        return quoted(f);
    if (rule_is(f, "literal") || rule_is(f, "CHAR8") || rule_is(f, "literal8"))
        return literal(f);
    if (rule_is(f, "CRLF"))
        return spoils_text(f) ? CAUSE_RESPONSE_TEXT : behind(f, CAUSE_TRAILING_OCTETS);
    if (!strncmp(f->rule, "number", 6) || !strncmp(f->rule, "nz-number", 9)) {
        enum cause k = number(f);
        if (k != CAUSE_NUMBER)
            return k;
    }
    if ((rule_is(f, "sequence-set") || rule_is(f, "uid-set")) && c == '0')
        return CAUSE_NUMBER_ZERO; /* a number may hold zeros, but begins with none */
    if (line_end(c)) {
        if (bare(f, CAUSE_NONE) == CAUSE_BARE_CR)
            return CAUSE_BARE_CR;
        if (rule_is(f, "resp-text-code"))
            return CAUSE_CODE;
        if (inside_list(f))
            return CAUSE_UNCLOSED;
        if (!rule_is(f, "text"))
            return CAUSE_ARGUMENT_COUNT;
    }
    if (c == '\t' || (c == ' ' && f->at > 0 && f->p[f->at - 1] == ' ') || rule_is(f, "SP"))
        return CAUSE_SPACING;
    for (size_t i = 0; i < sizeof by_rule / sizeof *by_rule; i++)
        if (rule_is(f, by_rule[i].rule))
            return by_rule[i].cause == CAUSE_RESPONSE_WORD && behind_zero(f) ? CAUSE_NUMBER_ZERO
                                                                             : by_rule[i].cause;
    return CAUSE_ARGUMENT;
}

/* Where ID's parameter list would begin in a line: behind "ID" SP. */
static size_t id_head(enum lib_item item, const struct refusal *f) {
    if (item == ITEM_ID)
        return sizeof "ID";
    if (item == ITEM_ID_RESPONSE)
        return sizeof "* ID";
    const uint8_t *sp = memchr(f->p, ' ', f->n);
    return sp ? (size_t)(sp - f->p) + sizeof " ID" : 0;
}

enum cause cause_of_reject(enum lib_item item, const uint8_t *p, size_t n, struct lex_result r) {
    const struct refusal f = {p, n, r.offset, r.rule, r.clause};
    if (!strncmp(f.rule, "client-id", 9))
        return in_clientid(&f);
    if (rule_is(&f, "command") && clause_is(&f, "T-ID-7"))
        return behind(&f, CAUSE_TRAILING_OCTETS);
    bool list =
        item == ITEM_ID || item == ITEM_ID_RESPONSE || clause_is(&f, "ID-4-c") || clause_is(&f, "ID-4-d");
    bool token = rule_is(&f, "quoted") || rule_is(&f, "literal") || rule_is(&f, "number");
    return list && !token ? in_id(&f, id_head(item, &f)) : elsewhere(&f);
}

/* Octets that the line's last word announces as a literal, of whatever form: {7}, {7+}, {}, {-1}; -1: none.
 */
static int64_t announced(const uint8_t *from, const uint8_t *end) {
    const uint8_t *d = end - 1;
    int64_t v = 0;
    if (end - from < 2 || *d != '}')
        return -1;
    while (d > from && *d != '{' && *d != ' ' && *d != '"')
        d--;
    if (*d != '{')
        return -1;
    for (; d < end; d++)
        if (is_digit(*d))
            v = v > INT64_MAX / 10 - 10 ? INT64_MAX / 10 : v * 10 + (*d - '0');
    return v;
}

/* The LF at which the input's line ends, or NULL. */
static const uint8_t *end_of_line(enum lib_item item, const uint8_t *p, size_t n, struct lex_result r) {
    const uint8_t *from = p, *end = p + n;
    for (;;) {
        const uint8_t *lf = from < end ? memchr(from, '\n', (size_t)(end - from)) : NULL;
        if (lf == NULL)
            return NULL;
        const uint8_t *stop = lf > from && lf[-1] == '\r' ? lf - 1 : lf;
        int64_t octets = item == ITEM_CLIENTID ? -1 : announced(from, stop);
        if (octets < 0)
            return lf;
        /* Who waits for a literal that cannot be announced has taken its size. */
        const uint8_t *brace = stop - 1;
        while (*brace != '{')
            brace--;
        if (!strncmp(r.rule, "number", 6) && p + r.offset > brace && p + r.offset < stop)
            return lf;
        if (octets > end - lf - 1)
            return NULL;
        from = lf + 1 + octets;
    }
}

bool line_has_ended(enum lib_item item, const uint8_t *p, size_t n, struct lex_result r) {
    return end_of_line(item, p, n, r) != NULL;
}

enum cause cause_of_lingering(enum lib_item item, const uint8_t *p, size_t n, struct lex_result r) {
    const uint8_t *lf = end_of_line(item, p, n, r);
    const size_t line = lf != NULL ? (size_t)(lf - p) : n;
    const struct refusal f = {p, n, line, r.rule, r.clause};
    bool in_quotes = false;
    for (size_t i = 0; i < line; i++)
        if (p[i] == '\\' && in_quotes)
            i++;
        else if (p[i] == '"')
            in_quotes = !in_quotes;
    if (item == ITEM_CLIENTID) { /* nothing is open in its line, but looks so (T-CID-7) */
        const uint8_t *end = p + line - (line > 0 && p[line - 1] == '\r');
        return announced(p, end) >= 0 ? CAUSE_CLIENTID_LITERAL
               : in_quotes            ? CAUSE_CLIENTID_QUOTED
                                      : cause_of_reject(item, p, n, r);
    }
    if (in_quotes)
        return CAUSE_CR_LF_QUOTED;
    /* It waits for CRLF, unless what looks like a literal has it wait. */
    if (lf != NULL && lf > p && lf[-1] != '\r' && lf[-1] != '}')
        return CAUSE_BARE_LF;
    enum cause c = cause_of_reject(item, p, n, r);
    return c != CAUSE_LITERAL_SIZE && inside_list(&f) ? CAUSE_UNCLOSED : c;
}
