--- LIST leaves out a mailbox that exists.
return behaviour {
  name  = "list-loses-name",
  point = "fault.mailbox",
  cites = "R3501-6.3.8",
  fault = true,

  mailbox = function(box, by)
    if by.list then box:name_lost() end
  end,
}
