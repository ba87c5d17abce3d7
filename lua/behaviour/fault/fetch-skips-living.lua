--- FETCH leaves out a message that lives, and is OK.
return behaviour {
  name  = "fetch-skips-living",
  point = "fault.fetch",
  cites = "R3501-6.4.5 MAP-I2",
  fault = true,

  fetch = function(msgs, by) msgs:skip_living() end,
}
