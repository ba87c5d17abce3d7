--- SEARCH finds a message that does not match.
return behaviour {
  name  = "search-finds-wrong",
  point = "fault.search",
  cites = "R3501-6.4.4",
  fault = true,

  search = function(msgs, by) msgs:wrong_hit() end,
}
