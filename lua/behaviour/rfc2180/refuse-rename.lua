--- RFC 2180 section 3.1: RENAME fails while others have the mailbox selected.
return behaviour {
  name  = "refuse-rename",
  point = "rename.in_use",
  cites = "MAP-3.1-a",

  RENAME = function(box, by)
    if by.own then return end
    return NO("Mailbox is in use by another user", "INUSE")
  end,
}
