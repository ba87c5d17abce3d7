--- DELETE of the own selected mailbox succeeds, and the caller is cut off with BYE as the others are (Dovecot).
return behaviour {
  name  = "delete-cuts-own",
  point = "delete.in_use",
  cites = "T-MAP-12 R3501-7.1.5",

  DELETE = function(box, by)
    if by.other then return end
    box:destroy()
    if by.both then box:disconnect_others() end
    box:disconnect_own()
    return OK "Mailbox deleted"
  end,
}
