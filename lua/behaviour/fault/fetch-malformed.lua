--- A response has number and keyword swapped, as in the draft's own example.
return behaviour {
  name  = "fetch-malformed",
  point = "fault.tagged",
  cites = "R3501-9 T-MAP-1",
  fault = true,

  tagged = function(session, by)
    if by.store then session:bad_syntax() end
  end,
}
