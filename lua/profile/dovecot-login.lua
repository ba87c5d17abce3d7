--- Dovecot's imap-login process, before login: ID's arguments one by one; what follows the end of the list is skipped.
-- Whatever ends the list ends the command, so that a field without a value and octets behind the list are never seen.
return profile {
  library = "dovecot-login",
  version = "2.3.19",
  known = {
    ["id"] = {
      ["8-bit-quoted"] = "takes",
      ["bare-cr"] = "takes",
      ["bare-lf"] = "takes",
      ["escape"] = "takes",
      ["keyword"] = "takes",
      ["limit-field"] = "refuses",
      ["literal-header"] = "takes",
      ["no-argument"] = "takes",
      ["nul-literal"] = "takes",
      ["nul-quoted"] = "takes",
      ["odd-count"] = "takes",
      ["spacing"] = "takes",
      ["trailing-octets"] = "takes",
    },
  },
}
