--- Cyrus's imapd: getword and getxstring.
-- A backslash takes any octet behind it as it is, LF too; strings may hold 8-bit octets and NUL; getword ends at NUL for strcasecmp, and
-- what stands before the list's parenthesis is not looked at. () and nil in lower case are refused. Its limits are those of section
-- 3.3, which a receiver may enforce (T-ID-4). CLIENTID is no command of Cyrus: its arguments are read as astrings (T-CID-7).
return profile {
  library = "cyrus",
  version = "3.6.1",
  known = {
    ["id"] = {
      ["8-bit-quoted"] = "takes",
      ["bare-lf"] = "takes",
      ["cr-lf-quoted"] = { "lingers", "takes" },
      ["empty-list"] = "refuses",
      ["escape"] = "takes",
      ["keyword"] = "takes",
      ["limit-field"] = "refuses",
      ["limit-pairs"] = "refuses",
      ["limit-value"] = "refuses",
      ["lower-case-nil"] = "refuses",
      ["no-list"] = "takes",
      ["nul-quoted"] = "takes",
      ["trailing-octets"] = "takes",
    },
    ["clientid"] = {
      ["bare-lf"] = "takes",
      ["clientid-argument-count"] = "takes",
      ["clientid-length"] = "takes",
      ["clientid-literal-like"] = { "content", "lingers", "refuses", "takes", "waits" },
      ["clientid-octets"] = "takes",
      ["clientid-quoted"] = { "content", "lingers", "refuses", "takes" },
      ["clientid-special"] = "refuses",
      ["clientid-type-octets"] = "takes",
      ["clientid-underscore"] = "takes",
      ["keyword"] = "takes",
    },
  },
}
