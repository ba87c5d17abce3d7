--- A mailbox made anew has the old UIDVALIDITY and gives the old UIDs again.
return behaviour {
  name  = "create-reuses-uids",
  point = "fault.mailbox",
  cites = "MAP-I8 R3501-6.3.3-u",
  fault = true,

  mailbox = function(box, by)
    if by.create then box:validity_same() end
  end,
}
