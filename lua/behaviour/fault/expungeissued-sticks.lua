--- EXPUNGEISSUED comes although nobody has expunged anything (Dovecot 2009).
return behaviour {
  name  = "expungeissued-sticks",
  point = "fault.tagged",
  cites = "MAP-I12 R5530-3",
  fault = true,

  tagged = function(session, by) session:sticky_code() end,
}
