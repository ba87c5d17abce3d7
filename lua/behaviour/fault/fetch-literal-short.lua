--- A literal has more octets than it announces.
return behaviour {
  name  = "fetch-literal-short",
  point = "fault.fetch",
  cites = "R3501-4.3 R3501-9",
  fault = true,

  fetch = function(msgs, by)
    msgs:literal_short()
  end,
}
