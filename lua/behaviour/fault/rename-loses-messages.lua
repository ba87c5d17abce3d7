--- RENAME loses the messages.
return behaviour {
  name  = "rename-loses-messages",
  point = "fault.mailbox",
  cites = "R3501-6.3.5 MAP-I5",
  fault = true,

  mailbox = function(box, by)
    if by.rename then box:rename_loses() end
  end,
}
