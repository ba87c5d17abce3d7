// re2c: -c
/* token.re: the regular productions of IMAP, one re2c condition for each, named as in grammar/abnf/imap.abnf.
 *
 * A condition has exactly one rule, so its automaton is that of one production: the tests prove it equal to the ABNF.
 * Numeric bounds are not regular in any useful way; cursor.c checks them on the digits. No octet at or beyond `end` is read:
 * there YYPEEK answers NUL, which is in none of these languages.
 */
#include "cursor.h"

static inline uint8_t look(struct cursor *s, const uint8_t *at)
{
    s->far = at;
    return at < s->end ? *at : 0;
}

/* The end of the longest match at the cursor, or NULL. cursor.far is the last octet that was looked at. */
static const uint8_t *match(struct cursor *s, enum token t)
{
    const uint8_t *cur = s->p, *mark = cur;
    /*!re2c
    re2c:api = custom;
    re2c:api:style = free-form;
    re2c:define:YYCTYPE = uint8_t;
    re2c:define:YYPEEK = "look(s, cur)";
    re2c:define:YYSKIP = "++cur;";
    re2c:define:YYBACKUP = "mark = cur;";
    re2c:define:YYRESTORE = "cur = mark;";
    re2c:define:YYGETCONDITION = "t";
    re2c:yyfill:enable = 0;
    re2c:condenumprefix = "TOK_";

    alpha           = [A-Za-z];
    digit           = [0-9];
    digit_nz        = [1-9];
    sp              = [ ];
    dquote          = ["];
    ctl             = [\x00-\x1f\x7f];
    crlf            = "\r\n";
    char            = [\x01-\x7f];

    list_wildcards  = [%*];
    quoted_specials = ["\\];
    resp_specials   = [\]];
    atom_specials2060 = [(){] | sp | ctl | list_wildcards | quoted_specials;
    atom_specials   = atom_specials2060 | resp_specials;
    atom_char2060   = char \ atom_specials2060;
    atom_char       = char \ atom_specials;
    astring_char    = atom_char | resp_specials;
    list_char       = atom_char | list_wildcards | resp_specials;
    text_char       = char \ [\r\n];

    utf8_tail       = [\x80-\xbf];
    utf8_2          = [\xc2-\xdf] utf8_tail;
    utf8_3          = [\xe0] [\xa0-\xbf] utf8_tail | [\xe1-\xec] utf8_tail{2} |
                      [\xed] [\x80-\x9f] utf8_tail | [\xee-\xef] utf8_tail{2};
    utf8_4          = [\xf0] [\x90-\xbf] utf8_tail{2} | [\xf1-\xf3] utf8_tail{3} |
                      [\xf4] [\x80-\x8f] utf8_tail{2};

    quoted_char      = (text_char \ quoted_specials) | "\\" quoted_specials;
    quoted_char_utf8 = quoted_char | utf8_2 | utf8_3 | utf8_4;
    number          = digit+;
    nz_number       = digit_nz digit*;
    atom            = atom_char+;
    atom2060        = atom_char2060+;
    flag_keyword    = atom;
    flag_extension  = "\\" atom;
    seq_number      = nz_number | "*";
    seq_range       = seq_number ":" seq_number;
    uid_range       = nz_number ":" nz_number;
    base64_char     = alpha | digit | [+/];
    base64_terminal = base64_char{2} "==" | base64_char{3} "=";
    date_day        = digit{1,2};
    date_day_fixed  = sp digit | digit{2};
    date_month      = 'Jan' | 'Feb' | 'Mar' | 'Apr' | 'May' | 'Jun' | 'Jul' | 'Aug' | 'Sep' | 'Oct' | 'Nov' | 'Dec';
    date_year       = digit{4};
    date_text       = date_day "-" date_month "-" date_year;
    time            = digit{2} ":" digit{2} ":" digit{2};
    zone            = [+-] digit{4};
    ext_label_fchar = alpha | [-_.];

    <atom>            atom                                             { return cur; }
    <atom2060>        atom2060                                         { return cur; }
    <code_text>       (text_char \ resp_specials)+                     { return cur; }
    <astring_chars>   astring_char+                                    { return cur; }
    <list_chars>      list_char+                                       { return cur; }
    <tag>             (astring_char \ [+])+                            { return cur; }
    <number>          number                                           { return cur; }
    <nz_number>       nz_number                                        { return cur; }
    <quoted>          dquote quoted_char* dquote                       { return cur; }
    <quoted_utf8>     dquote quoted_char_utf8* dquote                  { return cur; }
    <quoted_char>     dquote quoted_char dquote                        { return cur; }
    <quoted_char_utf8> dquote quoted_char_utf8 dquote                  { return cur; }
    <literal>         "{" number "}" crlf                              { return cur; }
    <literal_plus>    "{" number "+"? "}" crlf                         { return cur; }
    <literal8>        "~{" number "}" crlf                             { return cur; }
    <flag>            flag_keyword | flag_extension                    { return cur; }
    <flag2060>        "\\"? atom2060                                   { return cur; }
    <flag_perm>       flag_keyword | flag_extension | "\\*"            { return cur; }
    <flag_perm2060>   "\\"? atom2060 | "\\*"                           { return cur; }
    <date>            date_text | dquote date_text dquote              { return cur; }
    <date_time>       dquote date_day_fixed "-" date_month "-" date_year sp time sp zone dquote { return cur; }
    <sequence_set>    (seq_number | seq_range) ("," (seq_number | seq_range))* { return cur; }
    <sequence_set9051> (seq_number | seq_range) ("," (seq_number | seq_range))* ("," "$")? | "$" { return cur; }
    <uid_set>         (nz_number | uid_range) ("," (nz_number | uid_range))* { return cur; }
    <text>            text_char+                                       { return cur; }
    <text_utf8>       (text_char | utf8_2 | utf8_3 | utf8_4)+          { return cur; }
    <base64>          (base64_char{4})+ base64_terminal? | base64_terminal { return cur; }
    <ext_label>       ext_label_fchar (ext_label_fchar | digit | ":")* { return cur; }
    <ext_atom>        "\\"? astring_char+                              { return cur; }
    <ext_simple>      (seq_number | seq_range) ("," (seq_number | seq_range))* ("," "$")? | "$" | number { return cur; }
    <nil>             'NIL'                                            { return cur; }
    <*>               *                                                { return NULL; }
    */
}

bool cur_token(struct cursor *s, enum token t, const char *rule, struct slice *out)
{
    const uint8_t *end = match(s, t);
    /* A shorter match with more octets seen behind it (`1,x`) is no match: in no place may one of these tokens be
     * followed by what its own longer form begins with. */
    if (end == NULL || s->far > end)
        return cur_fail(s, s->far, rule);
    if (out != NULL)
        *out = (struct slice){s->p, (uint32_t)(end - s->p)};
    s->p = end;
    return true;
}
