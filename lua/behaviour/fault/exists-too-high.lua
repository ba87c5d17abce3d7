--- EXISTS counts messages that are not there.
return behaviour {
  name  = "exists-too-high",
  point = "fault.tell",
  cites = "R3501-7.3.1 MAP-I5",
  fault = true,

  tell = function(msgs, by)
    if by.noop then msgs:exists_beyond() end
  end,
}
