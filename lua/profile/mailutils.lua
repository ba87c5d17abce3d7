--- GNU mailutils: mu_imap_id and mu_imapio_getline with mu_imapio_get_words, the readers of its client and of its server.
-- A line is split into words, whatever they are (a bracket or parenthesis is one by itself: `a]` is two), and an ID response is read as
-- pairs of these: NIL is a string like others, a field comes once, and no octet is checked. {0} is no literal to it, and behind {0+} the
-- line is over. It dies of many a malformed list, and of literals whose size it cannot have (the numbers of faults are rows of
-- FINDINGS.md). CLIENTID is no command of mailutils: quotes and braces keep their meaning (T-CID-7). A size like {-1} or {3+} is one, and
-- what it announces is awaited, whatever else the line has (any: lingers). Status words are known in capitals alone: `* ok` is none, so
-- that {5} at its end is a literal's size.
return profile {
  library = "mailutils",
  version = "3.15",
  faults = {
    "libmu_imap+0xaff2:_mu_imap_process_untagged_response", -- 62, no argument
    "libmu_imap+0xaeae:mu_list_gmap", -- 62, a field without value
    "libmu_imap+0xaeca:mu_list_gmap", -- 62, the second of several
    "mu_kwd_xlat_name:libmailutils+0x6ddb4", -- 63
    "libmu_imap+0xd05c:_mu_imap_process_untagged_response", -- 64, NIL EXISTS
    "libmu_imap+0x8921:libmu_imap+0x89a3", -- 64, BODY NIL
    "libmu_imap+0x8921:libmu_imap+0x87a3", -- 64, BODY NIL
    "libmu_imap+0xd1e2:_mu_imap_process_untagged_response", -- 64, NIL EXPUNGE
    "_mu_imap_response:mu_imap_id", -- 60: memory is overwritten, and it dies in one place or another
    "_mu_imap_response:mu_imap_gencom", -- 60
    "mu_imapio_getline:_mu_imap_response", -- 60
    "mu_imapio_getline", -- 60, a command
    "mu_wordsplit_free:mu_imapio_free", -- 60
    "mu_wordsplit_free_words:mu_wordsplit_free", -- 60, {-1}
    "mu_list_create:libmu_imap+0xbccf", -- 60
    "libmailutils+0x3c36f:mu_monitor_create", -- 60
    "libmailutils+0xbaf18:libmailutils+0xbc126", -- 60
    "libmailutils+0xbb6f7:mu_stream_read", -- 60
    "memory", -- 61
  },
  known = {
    ["id"] = {
      ["8-bit-quoted"] = "takes",
      ["any"] = "lingers",
      ["atom"] = "takes",
      ["bare-cr"] = "takes",
      ["bare-lf"] = { "lingers", "takes" },
      ["cr-lf-quoted"] = "takes",
      ["escape"] = "takes",
      ["keyword"] = { "lingers", "takes" },
      ["literal-header"] = { "lingers", "takes" },
      ["literal-size-overflow"] = { "lingers", "takes" },
      ["literal8"] = "takes",
      ["nested-list"] = "takes",
      ["nil-field"] = { "lingers", "takes" },
      ["nil-word"] = { "content", "takes" },
      ["no-list"] = { "lingers", "takes" },
      ["nul-literal"] = "takes",
      ["odd-count"] = "takes",
      ["spacing"] = { "lingers", "takes" },
      ["trailing-octets"] = "takes",
      ["unclosed"] = "takes",
      ["zero-literal"] = "refuses",
    },
    ["id-response"] = {
      ["8-bit-quoted"] = "takes",
      ["any"] = "lingers",
      ["atom"] = { "lingers", "takes" },
      ["bare-cr"] = "takes",
      ["bare-lf"] = "takes",
      ["cr-lf-quoted"] = { "lingers", "takes" },
      ["duplicate-case"] = "content",
      ["duplicate-field"] = "content",
      ["escape"] = "takes",
      ["keyword"] = { "lingers", "takes" },
      ["keyword-case"] = "content",
      ["literal-header"] = { "lingers", "takes" },
      ["literal-size-overflow"] = "lingers",
      ["nested-list"] = "takes",
      ["nil-field"] = { "lingers", "takes" },
      ["nil-value"] = "content",
      ["nil-word"] = { "content", "takes" },
      ["no-argument"] = "takes",
      ["no-list"] = "takes",
      ["nonsync-literal"] = { "lingers", "takes" },
      ["nul-literal"] = "takes",
      ["odd-count"] = "takes",
      ["spacing"] = { "lingers", "takes" },
      ["special-literal"] = "refuses",
      ["trailing-octets"] = "takes",
      ["unclosed"] = "lingers",
      ["zero-literal"] = "refuses",
    },
    ["clientid"] = {
      ["any"] = "lingers",
      ["bare-cr"] = "takes",
      ["bare-lf"] = "takes",
      ["clientid-length"] = "takes",
      ["clientid-literal-like"] = { "content", "lingers", "refuses", "takes", "waits" },
      ["clientid-octets"] = "takes",
      ["clientid-quoted"] = { "content", "refuses", "takes" },
      ["clientid-special"] = { "refuses", "waits" },
      ["clientid-type-octets"] = "takes",
      ["clientid-underscore"] = "takes",
      ["keyword"] = { "lingers", "takes" },
      ["spacing"] = { "lingers", "takes" },
    },
    ["command"] = {
      ["8-bit-quoted"] = "takes",
      ["any"] = "lingers",
      ["argument-count"] = "takes",
      ["astring"] = "takes",
      ["bare-cr"] = "takes",
      ["bare-lf"] = { "lingers", "takes" },
      ["clientid-literal-like"] = "waits",
      ["clientid-quoted"] = "refuses",
      ["command-word"] = "takes",
      ["escape"] = "takes",
      ["list-pattern"] = "takes",
      ["literal-header"] = "takes",
      ["nul-literal"] = "takes",
      ["spacing"] = "takes",
      ["tag"] = "takes",
      ["trailing-octets"] = "takes",
      ["unclosed"] = "takes",
      ["zero-literal"] = "short",
    },
    ["response"] = {
      ["8-bit-quoted"] = "takes",
      ["address"] = "takes",
      ["any"] = "lingers",
      ["argument"] = "takes",
      ["argument-count"] = "takes",
      ["astring"] = "takes",
      ["bare-cr"] = "takes",
      ["bare-lf"] = "takes",
      ["body"] = "takes",
      ["capability"] = "takes",
      ["code"] = { "refuses", "takes" },
      ["cr-lf-quoted"] = "takes",
      ["date"] = "takes",
      ["envelope"] = "takes",
      ["escape"] = "takes",
      ["extension"] = { "refuses", "takes", "waits" },
      ["fetch-item"] = { "refuses", "takes" },
      ["flag"] = "takes",
      ["keyword-case"] = { "refuses", "waits" },
      ["literal"] = "refuses",
      ["literal-header"] = "takes",
      ["literal-size-overflow"] = "lingers",
      ["nonsync-literal"] = "takes",
      ["nul-literal"] = "takes",
      ["number"] = "takes",
      ["number-overflow"] = "takes",
      ["number-zero"] = "takes",
      ["response-text"] = { "refuses", "takes", "waits" },
      ["response-word"] = "takes",
      ["sequence-set"] = "takes",
      ["spacing"] = "takes",
      ["trailing-octets"] = "takes",
      ["unclosed"] = { "lingers", "takes" },
      ["zero-literal"] = "refuses",
    },
  },
}
