--- FETCH is answered with half a response; then the connection ends.
return behaviour {
  name  = "fetch-breaks-off",
  point = "fault.tagged",
  cites = "MAP-I13 R3501-3.4",
  fault = true,

  tagged = function(session, by)
    if by.fetch then session:breaks_off() end
  end,
}
