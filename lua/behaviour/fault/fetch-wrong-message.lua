--- FETCH answers with another message's data.
return behaviour {
  name  = "fetch-wrong-message",
  point = "fault.fetch",
  cites = "MAP-I2",
  fault = true,

  fetch = function(msgs, by) msgs:wrong_message() end,
}
