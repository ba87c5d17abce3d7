--- EXPUNGE is told in answer to STORE.
return behaviour {
  name  = "expunge-in-store",
  point = "fault.tell",
  cites = "MAP-I3 MAP-4-a R3501-7.4.1",
  fault = true,

  tell = function(msgs, by)
    if by.store then msgs:expunge_now() end
  end,
}
