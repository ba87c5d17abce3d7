--- FETCH tells UIDs one too high.
return behaviour {
  name  = "fetch-wrong-uid",
  point = "fault.fetch",
  cites = "MAP-I8",
  fault = true,

  fetch = function(msgs, by) msgs:wrong_uid() end,
}
