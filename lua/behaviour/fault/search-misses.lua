--- SEARCH leaves out a message that lives and matches.
return behaviour {
  name  = "search-misses",
  point = "fault.search",
  cites = "R3501-6.4.4",
  fault = true,

  search = function(msgs, by) msgs:skip_living() end,
}
