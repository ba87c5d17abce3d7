--- A FETCH is done after the EXPUNGE or NOOP that was sent behind it.
return behaviour {
  name  = "fetch-overtaken",
  point = "fault.tagged",
  cites = "R3501-5.5-s MAP-I13",
  fault = true,

  tagged = function(session, by)
    if by.fetch then session:overtaken() end
  end,
}
