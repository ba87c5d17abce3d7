--- FETCH gets its tagged reply first, and its data behind it.
return behaviour {
  name  = "replies-before-data",
  point = "fault.tagged",
  cites = "R3501-2.2.2 R3501-6.4.5 R3501-7.4.2",
  fault = true,

  tagged = function(session, by)
    if by.fetch then session:late_data() end
  end,
}
