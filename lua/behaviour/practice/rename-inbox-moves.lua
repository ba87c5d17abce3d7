--- RENAME of INBOX moves its messages out; those inside stay in INBOX and are told that it emptied.
return behaviour {
  name  = "rename-inbox-moves",
  point = "rename.in_use",
  cites = "R3501-6.3.5-i T-MAP-23",

  RENAME = function(box, by)
    if not by.inbox then return end
    box:keep()
    return OK "Mailbox renamed"
  end,
}
