--- SEARCH finds a number above the view's size.
return behaviour {
  name  = "search-finds-beyond",
  point = "fault.search",
  cites = "MAP-I7 R3501-7.2.5",
  fault = true,

  search = function(msgs, by) msgs:beyond() end,
}
