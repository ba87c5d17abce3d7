--- A message told as expunged lives on.
return behaviour {
  name  = "expunge-keeps-one",
  point = "fault.expunge",
  cites = "MAP-I5 R3501-6.4.3",
  fault = true,

  expunge = function(msgs, by) msgs:keep_one() end,
}
