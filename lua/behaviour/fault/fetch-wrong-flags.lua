--- FETCH tells flags that the message never had.
return behaviour {
  name  = "fetch-wrong-flags",
  point = "fault.fetch",
  cites = "R3501-2.3.2 MAP-I10",
  fault = true,

  fetch = function(msgs, by) msgs:wrong_flags() end,
}
