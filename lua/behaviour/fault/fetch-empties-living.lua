--- FETCH answers empty data for messages that live.
return behaviour {
  name  = "fetch-empties-living",
  point = "fault.fetch",
  cites = "MAP-I2 R3501-6.4.5",
  fault = true,

  fetch = function(msgs, by) msgs:empty_living() end,
}
