--- Expunges are never told to anybody.
return behaviour {
  name  = "expunge-untold",
  point = "fault.expunge",
  cites = "MAP-I5 R3501-6.4.3",
  fault = true,

  expunge = function(msgs, by) msgs:silent() end,
}
