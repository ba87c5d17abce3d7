--- RFC 2180 section 3.1: DELETE fails while others have the mailbox selected.
return behaviour {
  name  = "refuse-delete",
  point = "delete.in_use",
  cites = "MAP-3.1-a",

  DELETE = function(box, by)
    if by.own then return end -- the caller alone is inside: nobody is disturbed
    return NO("Mailbox is in use by another user", "INUSE")
  end,
}
