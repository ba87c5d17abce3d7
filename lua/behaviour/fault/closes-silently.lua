--- SEARCH ends the connection without BYE.
return behaviour {
  name  = "closes-silently",
  point = "fault.tagged",
  cites = "MAP-I13 R3501-3.4",
  fault = true,

  tagged = function(session, by)
    if by.search then session:close_silently() end
  end,
}
