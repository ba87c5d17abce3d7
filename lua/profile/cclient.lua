--- UW c-client: mail_ping of a selected mailbox, which reads what the server says before it completes a NOOP.
-- It takes what looks right at first sight, and passes over what it does not know. It dies of lists that break off and of a number
-- without a word (FINDINGS.md; the numbers below are its rows). A literal within a code is no literal to it; one
-- that is announced behind what is refused is awaited (any: lingers).
return profile {
  library = "cclient",
  version = "2007f",
  faults = {
    "ucase:imap_parse_unsolicited", -- 67
    "imap_parse_unsolicited:imap_reply", -- 67
    "imap_parse_body_structure:imap_parse_unsolicited", -- 67
    "imap_parse_string:imap_parse_unsolicited", -- 67, a section
    "imap_parse_envelope:imap_parse_unsolicited", -- 67
    "imap_parse_flags:imap_parse_unsolicited", -- 74
    "hang", -- 75
    "fs_give:mail_free_body_parameter", -- 75, at times instead
  },
  known = {
    ["response"] = {
      ["any"] = "lingers",
      ["argument"] = "takes",
      ["argument-count"] = "takes",
      ["astring"] = "takes",
      ["bare-cr"] = "takes",
      ["bare-lf"] = "takes",
      ["body"] = { "refuses", "takes" },
      ["capability"] = "takes",
      ["code"] = { "refuses", "takes" },
      ["date"] = "takes",
      ["envelope"] = { "refuses", "takes" },
      ["escape"] = "takes",
      ["fetch-item"] = { "refuses", "takes" },
      ["flag"] = "takes",
      ["literal"] = "refuses",
      ["literal-header"] = "takes",
      ["mailbox-list"] = "takes",
      ["namespace"] = { "refuses", "takes" },
      ["nonsync-literal"] = "takes",
      ["nul-literal"] = "takes",
      ["number"] = "takes",
      ["number-large"] = "content",
      ["number-overflow"] = "takes",
      ["number-zero"] = "takes",
      ["plain"] = "content",
      ["response-text"] = "takes",
      ["response-word"] = "takes",
      ["section"] = "takes",
      ["sequence-set"] = "takes",
      ["spacing"] = "takes",
      ["status-item"] = "takes",
      ["trailing-octets"] = "takes",
      ["unclosed"] = "takes",
    },
  },
}
