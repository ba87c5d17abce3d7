--- SEARCH gets two tagged replies.
return behaviour {
  name  = "replies-twice",
  point = "fault.tagged",
  cites = "MAP-I13",
  fault = true,

  tagged = function(session, by)
    if by.search then session:two_tagged() end
  end,
}
