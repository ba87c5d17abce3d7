--- EXPUNGE is told while no command is in progress.
return behaviour {
  name  = "expunge-unasked",
  point = "fault.tell",
  cites = "MAP-I3 R3501-7.4.1",
  fault = true,

  tell = function(msgs, by)
    if by.none then msgs:expunge_now() end
  end,
}
