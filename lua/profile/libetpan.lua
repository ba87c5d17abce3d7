--- libetpan: the parser of responses, as a client's session calls it.
-- A space is optional nearly everywhere, and a tab will do; LF alone ends a line; no octet of a string or text is checked. Nothing
-- obliges a client to notice any of that. () is refused, as are responses that it does not know. Flags that begin like one of the
-- system's are cut there (\Seenx), and after a tagged response the last octets of the line are not counted (short).
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
      ["8-bit-quoted"] = { "lingers", "takes" },
      ["bare-cr"] = { "lingers", "takes" },
      ["bare-lf"] = { "lingers", "takes" },
      ["cr-lf-quoted"] = { "lingers", "takes" },
      ["empty-list"] = "refuses",
      ["escape"] = { "lingers", "takes" },
      ["keyword"] = "takes",
      ["literal-header"] = { "lingers", "takes" },
      ["literal-size-overflow"] = { "lingers", "takes" },
      ["nul-literal"] = { "lingers", "takes" },
      ["nul-quoted"] = { "lingers", "takes" },
      ["spacing"] = { "lingers", "takes" },
      ["unclosed"] = "lingers",
    },
    ["response"] = {
      ["8-bit-quoted"] = { "lingers", "takes" },
      ["address"] = "lingers",
      ["argument"] = { "lingers", "takes" },
      ["argument-count"] = { "lingers", "takes" },
      ["astring"] = { "lingers", "takes" },
      ["bare-cr"] = { "lingers", "takes" },
      ["bare-lf"] = { "lingers", "takes" },
      ["body"] = { "lingers", "takes" },
      ["capability"] = "takes",
      ["code"] = { "lingers", "takes" },
      ["cr-lf-quoted"] = { "lingers", "takes" },
      ["date"] = { "lingers", "takes" },
      ["empty-list"] = "refuses",
      ["envelope"] = { "lingers", "takes" },
      ["escape"] = { "lingers", "takes" },
      ["extension"] = { "lingers", "refuses", "takes", "waits" },
      ["fetch-item"] = "takes",
      ["flag"] = { "content", "lingers", "takes" },
      ["literal"] = "refuses",
      ["literal-header"] = { "lingers", "takes" },
      ["literal-size-overflow"] = { "lingers", "takes" },
      ["mailbox-list"] = { "lingers", "refuses", "takes" },
      ["namespace"] = { "refuses", "takes" },
      ["nonsync-literal"] = { "lingers", "takes" },
      ["nul-literal"] = { "lingers", "takes" },
      ["nul-quoted"] = { "lingers", "takes" },
      ["number"] = { "lingers", "takes" },
      ["number-overflow"] = { "lingers", "takes" },
      ["number-zero"] = { "lingers", "takes" },
      ["response-text"] = { "lingers", "takes", "waits" },
      ["response-word"] = { "lingers", "takes" },
      ["section"] = { "lingers", "takes" },
      ["sequence-set"] = "takes",
      ["spacing"] = { "lingers", "takes" },
      ["status-item"] = { "lingers", "takes" },
      ["trailing-octets"] = "takes",
      ["unclosed"] = { "lingers", "takes" },
    },
  },
}
