--- RFC 2180 section 3.4: RENAME changes the name alone; those inside go on.
return behaviour {
  name  = "keep-on-rename",
  point = "rename.in_use",
  cites = "MAP-3.4-a MAP-3.4-b MAP-3.4-c",

  RENAME = function(box, by)
    if by.inbox then return end -- RENAME of INBOX moves its messages instead (T-MAP-23)
    box:keep()
    return OK "Mailbox renamed"
  end,
}
