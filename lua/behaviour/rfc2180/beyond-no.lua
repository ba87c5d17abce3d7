--- RFC 2180 section 4.1.1's example: numbers that an EXPUNGE took away are answered NO.
return behaviour {
  name  = "beyond-no",
  point = "range.beyond_view",
  cites = "MAP-4.1.1-b T-MAP-9",

  beyond_view = function(msgs, by) return NO "No such message" end,
}
