--- DELETE succeeds; the caller has nothing selected any more, the others get NO.
return behaviour {
  name  = "orphaned-own-closed",
  point = "delete.in_use",
  cites = "R3501-7.1.2 T-MAP-12",

  DELETE = function(box, by)
    if not by.both then return end
    box:destroy()
    box:orphan()
    box:close_own()
    return OK "Mailbox deleted"
  end,
}
