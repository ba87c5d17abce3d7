--- A literal has fewer octets than it announces.
return behaviour {
  name  = "fetch-literal-long",
  point = "fault.fetch",
  cites = "R3501-4.3 R3501-9",
  fault = true,

  fetch = function(msgs, by)
    msgs:literal_long()
  end,
}
