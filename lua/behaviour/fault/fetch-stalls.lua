--- FETCH is answered with half a response, and no more comes.
return behaviour {
  name  = "fetch-stalls",
  point = "fault.tagged",
  cites = "MAP-I13 R3501-2.2.2 R3501-9",
  fault = true,

  tagged = function(session, by)
    if by.fetch then session:stalls() end
  end,
}
