--- DELETE of the own selected mailbox succeeds, and the caller has none selected any more.
return behaviour {
  name  = "delete-closes-own",
  point = "delete.in_use",
  cites = "T-MAP-12 R3501-6.3.4",

  DELETE = function(box, by)
    if not by.own then return end -- the others: disconnect-on-delete
    box:destroy()
    box:close_own()
    return OK "Mailbox deleted"
  end,
}
