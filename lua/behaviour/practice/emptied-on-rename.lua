--- RENAME succeeds; those inside are told EXPUNGE for every message, and NO from then on (Cyrus).
return behaviour {
  name  = "emptied-on-rename",
  point = "rename.in_use",
  cites = "R3501-7.4.1 MAP-I5",

  RENAME = function(box, by)
    if by.inbox then return end -- its messages move: rename-inbox-moves
    box:empty()
    return OK "Mailbox renamed"
  end,
}
