--- DELETE succeeds; the caller is cut off with BYE, the others get NO.
return behaviour {
  name  = "orphaned-own-cut",
  point = "delete.in_use",
  cites = "R3501-7.1.2 R3501-7.1.5 T-MAP-12",

  DELETE = function(box, by)
    if not by.both then return end
    box:destroy()
    box:orphan()
    box:disconnect_own()
    return OK "Mailbox deleted"
  end,
}
