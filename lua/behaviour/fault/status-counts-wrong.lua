--- STATUS counts messages that are not there.
return behaviour {
  name  = "status-counts-wrong",
  point = "fault.mailbox",
  cites = "R3501-6.3.10 MAP-I5",
  fault = true,

  mailbox = function(box, by)
    if by.status then box:status_wrong() end
  end,
}
