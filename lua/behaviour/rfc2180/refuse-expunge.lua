--- RFC 2180 section 4.1.4: EXPUNGE fails while others have the mailbox selected.
return behaviour {
  name  = "refuse-expunge",
  point = "expunge.in_use",
  cites = "MAP-4.1.4-a",

  EXPUNGE = function(msgs, by)
    if by.close then return end -- CLOSE cannot say NO (T-MAP-21): close-keeps-messages
    return NO("Mailbox is in use by another user", "INUSE")
  end,
}
