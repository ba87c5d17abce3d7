--- VMime: its grammar classes, as its client calls them.
-- A tab stands for a space, and a space may end a list; a string's octets are not checked, nor is a literal's size. Nothing obliges a
-- client to notice any of that. It takes a FETCH response whose list of items is empty or ends in a blank, with an item that is
-- NULL, of which who reads it dies. It knows no ID among its responses. A literal announced behind
-- what is refused is awaited (any: lingers).
return profile {
  library = "vmime",
  version = "0.9.2",
  known = {
    ["id-response"] = {
      ["8-bit-quoted"] = "takes",
      ["any"] = "lingers",
      ["cr-lf-quoted"] = "takes",
      ["escape"] = "takes",
      ["literal-header"] = "takes",
      ["literal-size-overflow"] = "takes",
      ["nul-literal"] = "takes",
      ["nul-quoted"] = "takes",
      ["spacing"] = "takes",
    },
    ["response"] = {
      ["8-bit-quoted"] = "takes",
      ["any"] = "lingers",
      ["argument"] = "takes",
      ["argument-count"] = "takes",
      ["astring"] = "takes",
      ["body"] = { "refuses", "takes" },
      ["capability"] = { "refuses", "takes" },
      ["code"] = { "refuses", "short", "takes" },
      ["cr-lf-quoted"] = "takes",
      ["escape"] = "takes",
      ["extension"] = "refuses",
      ["fetch-item"] = { "refuses", "takes" },
      ["flag"] = { "refuses", "takes" },
      ["literal"] = { "refuses", "short" },
      ["literal-header"] = "takes",
      ["literal-size-overflow"] = "takes",
      ["mailbox-list"] = { "refuses", "takes" },
      ["namespace"] = "refuses",
      ["nonsync-literal"] = "takes",
      ["nul-literal"] = "takes",
      ["number"] = "takes",
      ["number-overflow"] = "takes",
      ["number-zero"] = "takes",
      ["response-text"] = { "refuses", "takes" },
      ["section"] = "takes",
      ["spacing"] = "takes",
      ["status-item"] = "refuses",
      ["trailing-octets"] = "takes",
      ["unclosed"] = "takes",
    },
  },
}
