--- VMime: its grammar classes, as its client calls them.
-- A tab stands for a space, and a space may end a list; a string's octets are not checked, nor is a literal's size. Nothing obliges a
-- client to notice any of that. It dies of a FETCH response whose list of items is empty or ends in a blank, and knows no ID
-- among its responses.
return profile {
  library = "vmime",
  version = "0.9.2",
  known = {
    ["id-response"] = {
      ["8-bit-quoted"] = { "lingers", "takes" },
      ["cr-lf-quoted"] = { "lingers", "takes" },
      ["escape"] = { "lingers", "takes" },
      ["literal-header"] = { "lingers", "takes" },
      ["literal-size-overflow"] = { "lingers", "takes" },
      ["nul-literal"] = "takes",
      ["nul-quoted"] = "takes",
      ["spacing"] = { "lingers", "takes" },
      ["unclosed"] = "lingers",
    },
    ["response"] = {
      ["argument-count"] = "takes",
      ["code"] = "takes",
      ["cr-lf-quoted"] = "lingers",
      ["extension"] = "refuses",
      ["fetch-item"] = "fault",
      ["flag"] = { "content", "takes" },
      ["literal-header"] = { "lingers", "takes" },
      ["mailbox-list"] = { "lingers", "takes" },
      ["nul-literal"] = "takes",
      ["number-overflow"] = "takes",
      ["number-zero"] = "takes",
      ["plain"] = "refuses",
      ["response-text"] = { "refuses", "takes" },
      ["spacing"] = { "lingers", "takes" },
      ["trailing-octets"] = "takes",
      ["unclosed"] = "lingers",
    },
  },
}
