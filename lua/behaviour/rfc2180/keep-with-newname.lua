--- RFC 2180 section 3.4: as keep-on-rename, and uses of the old name are told the new one by NEWNAME.
return behaviour {
  name  = "keep-with-newname",
  point = "rename.in_use",
  cites = "MAP-3.4-a MAP-3.4-d",

  RENAME = function(box, by)
    if by.inbox then return end
    box:keep()
    box:newname()
    return OK "Mailbox renamed"
  end,
}
