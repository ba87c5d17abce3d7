--- DELETE succeeds; those inside are told EXPUNGE for every message, and NO from then on (Cyrus).
return behaviour {
  name  = "emptied-on-delete",
  point = "delete.in_use",
  cites = "R3501-7.4.1 MAP-I5",

  DELETE = function(box, by)
    box:destroy()
    box:empty()
    return OK "Mailbox deleted"
  end,
}
