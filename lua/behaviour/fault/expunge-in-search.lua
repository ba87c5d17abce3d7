--- EXPUNGE is told in answer to SEARCH (Cyrus may have).
return behaviour {
  name  = "expunge-in-search",
  point = "fault.tell",
  cites = "MAP-I3 MAP-4-a R3501-7.4.1",
  fault = true,

  tell = function(msgs, by)
    if by.search then msgs:expunge_now() end
  end,
}
