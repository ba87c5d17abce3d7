--- CLOSE removes nothing while others have the mailbox selected, and cannot say so.
return behaviour {
  name  = "close-keeps-messages",
  point = "expunge.in_use",
  cites = "T-MAP-21",

  EXPUNGE = function(msgs, by)
    if by.close then return OK "Closed" end
  end,
}
