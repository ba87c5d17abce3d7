--- CAPABILITY does not list IMAP4rev1.
return behaviour {
  name  = "capability-without-rev1",
  point = "fault.session",
  cites = "R3501-6.1.1",
  fault = true,

  session = function(session, by)
    if by.capability then session:caps_without_rev1() end
  end,
}
