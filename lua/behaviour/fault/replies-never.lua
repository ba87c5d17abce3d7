--- NOOP gets no tagged reply.
return behaviour {
  name  = "replies-never",
  point = "fault.tagged",
  cites = "MAP-I13",
  fault = true,

  tagged = function(session, by)
    if by.noop then session:no_tagged() end
  end,
}
