--- Each look at a message shows another size.
return behaviour {
  name  = "fetch-size-changes",
  point = "fault.fetch",
  cites = "MAP-I2 R3501-6.4.5",
  fault = true,

  fetch = function(msgs, by) msgs:wrong_size() end,
}
