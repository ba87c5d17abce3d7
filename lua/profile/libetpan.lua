--- libetpan: the parser of responses, as a client's session calls it.
-- A space is optional nearly everywhere, and a tab will do; LF alone ends a line; no octet of a string or text is checked. Nothing
-- obliges a client to notice any of that. () is refused, as are responses that it does not know. Flags that begin like one of the
-- system's are cut there (\Seenx), and after a tagged response the last octets of the line are not counted (short).
-- A literal announced behind what is refused is awaited (any: lingers).
-- The numbers of faults are rows of FINDINGS.md. NAMESPACE with data of extensions is refused, whatever these are.
return profile {
  library = "libetpan",
  version = "1.9.4",
  faults = {
    "clist_foreach:libetpan+0x4201e", -- 69
    "libetpan+0x511bd:mailimap_namespace_extension_parse", -- 70
    "libetpan+0x511c8:mailimap_namespace_extension_parse", -- 70
    "mailimap_namespace_item_free:mailimap_namespace_extension_parse", -- 70
    "memory", -- 77
  },
  known = {
    ["id-response"] = {
      ["8-bit-quoted"] = "takes",
      ["any"] = "lingers",
      ["bare-cr"] = "takes",
      ["bare-lf"] = "takes",
      ["cr-lf-quoted"] = "takes",
      ["empty-list"] = "refuses",
      ["escape"] = "takes",
      ["keyword"] = "takes",
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
      ["bare-cr"] = "takes",
      ["bare-lf"] = "takes",
      ["body"] = "takes",
      ["capability"] = "takes",
      ["code"] = "takes",
      ["cr-lf-quoted"] = "takes",
      ["date"] = "takes",
      ["empty-list"] = "refuses",
      ["envelope"] = "takes",
      ["escape"] = "takes",
      ["extension"] = { "refuses", "takes", "waits" },
      ["fetch-item"] = "takes",
      ["flag"] = { "content", "takes" },
      ["literal"] = "refuses",
      ["literal-header"] = "takes",
      ["literal-size-overflow"] = "takes",
      ["mailbox-list"] = { "refuses", "takes" },
      ["namespace"] = { "refuses", "takes" },
      ["nonsync-literal"] = "takes",
      ["nul-literal"] = "takes",
      ["nul-quoted"] = "takes",
      ["number"] = "takes",
      ["number-overflow"] = "takes",
      ["number-zero"] = "takes",
      ["response-text"] = { "takes", "waits" },
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
