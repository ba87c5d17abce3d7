--- DELETE succeeds; those inside stay connected, but whatever they ask of the mailbox is answered NO.
return behaviour {
  name  = "orphaned-on-delete",
  point = "delete.in_use",
  cites = "R3501-7.1.2",

  DELETE = function(box, by)
    box:destroy()
    box:orphan()
    return OK "Mailbox deleted"
  end,

  CREATE = function(box, by) -- the name is free at once
    if not by.orphan then return end
    box:fresh()
    return OK "Mailbox created"
  end,
}
