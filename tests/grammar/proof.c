/* proof.c: the table of what is proved for ID and CLIENTID: conditions of a .re file against a rule of
 * grammar/abnf. */
#include "proof.h"

#include "id.h"

#include <string.h>

#define SYNC                                                                                                 \
    { "literal", "literal-head <content>" }
#define PLUS                                                                                                 \
    { "literal", "literal-plus-head <content>" }
#define UTF8                                                                                                 \
    { "string", "quoted-utf8 / literal" }
#define PROSE                                                                                                \
    { "client-id-type", "client-id-type-prose" }
#define SEVEN     "fq8 vq8 "
#define EIGHT     "fq7 vq7 "
#define NO_PLUS   "fplus vplus "
#define ID        .re = "id.re", .condition = "command", .lex = lex_id, .rule = "id-line"
#define RESPONSE  .re = "id.re", .condition = "response", .lex = lex_id_response, .rule = "id-response-line"
#define PARAMS    .re = "id.re", .condition = "params", .lex = lex_id_params, .rule = "id-params-list"
#define CLIENTID  .re = "clientid.re", .condition = "command", .lex = lex_clientid, .rule = "clientid-line"
#define OPT(d, l) .options = {.dialect = DIALECT_##d, .literals = LITERALS_##l}
#define BITS32    .number_max = UINT32_MAX
#define BITS63    .number_max = INT64_MAX

/* RFC 9051 has "{n+}" in its base grammar, from clients, up to 4096 octets: there SYNC means MINUS. */
const struct proof_row proof_rows[] = {
    {"id 2060 sync", ID, OPT(2060, SYNC), .without = SEVEN NO_PLUS, .override = {SYNC}, BITS32},
    {"id 2060 plus", ID, OPT(2060, PLUS), .without = SEVEN, .override = {PLUS}, BITS32},
    {"id 2060 minus", ID, OPT(2060, MINUS), .without = SEVEN, .override = {PLUS}, BITS32, .plus_max = true},
    {"id 3501 sync", ID, OPT(3501, SYNC), .without = SEVEN NO_PLUS, .override = {SYNC}, BITS32},
    {"id 3501 plus", ID, OPT(3501, PLUS), .without = SEVEN, .override = {PLUS}, BITS32},
    {"id 3501 minus", ID, OPT(3501, MINUS), .without = SEVEN, .override = {PLUS}, BITS32, .plus_max = true},
    {"id 3501 utf8 sync", ID, .options = {.dialect = DIALECT_3501, .utf8 = true}, .without = EIGHT NO_PLUS,
     .override = {SYNC, UTF8}, BITS32},
    {"id 9051", ID, OPT(9051, SYNC), .without = EIGHT, .override = {PLUS}, BITS63, .plus_max = true},
    {"id 9051 plus", ID, OPT(9051, PLUS), .without = EIGHT, .override = {PLUS}, BITS63},
    {"id 9051 minus", ID, OPT(9051, MINUS), .without = EIGHT, .override = {PLUS}, BITS63, .plus_max = true},
    {"id response 2060", RESPONSE, OPT(2060, PLUS), .without = SEVEN NO_PLUS, .override = {SYNC}, BITS32},
    {"id response 3501", RESPONSE, OPT(3501, SYNC), .without = SEVEN NO_PLUS, .override = {SYNC}, BITS32},
    {"id response 3501 utf8", RESPONSE, .options = {.dialect = DIALECT_3501, .utf8 = true},
     .without = EIGHT NO_PLUS, .override = {SYNC, UTF8}, BITS32},
    {"id response 9051", RESPONSE, OPT(9051, MINUS), .without = EIGHT NO_PLUS, .override = {SYNC}, BITS63},
    {"id list 2060 sync", PARAMS, OPT(2060, SYNC), .without = "end " SEVEN NO_PLUS, .override = {SYNC},
     BITS32},
    {"id list 3501 plus", PARAMS, OPT(3501, PLUS), .without = "end " SEVEN, .override = {PLUS}, BITS32},
    {"id list 9051 minus", PARAMS, OPT(9051, MINUS), .without = "end " EIGHT, .override = {PLUS}, BITS63,
     .plus_max = true},
    {"clientid abnf", CLIENTID, .options = {.reading = READING_ABNF}, .without = "ptype ptail",
     .relaxed = true},
    {"clientid prose", CLIENTID, .options = {.reading = READING_PROSE}, .without = "atype atail aend",
     .override = {PROSE}, .relaxed = true},
};
const int proof_rows_n = sizeof proof_rows / sizeof *proof_rows;

struct abnf *proof_grammar(void) {
    struct abnf *g = abnf_new();
    abnf_read(g, "grammar/abnf/imap.abnf");
    abnf_read(g, "grammar/abnf/command.abnf");
    abnf_read(g, "grammar/abnf/response.abnf");
    abnf_read(g, "grammar/abnf/id.abnf");
    abnf_read(g, "grammar/abnf/clientid.abnf");
    return g;
}

struct dfa *proof_abnf(const struct proof_row *row, bool relaxed) {
    struct abnf *g = proof_grammar();
    for (int i = 0; i < 2; i++)
        if (row->override[i][0])
            abnf_override(g, row->override[i][0], row->override[i][1]);
    g->relaxed = relaxed;
    return abnf_dfa(g, row->rule, row->options.dialect);
}
