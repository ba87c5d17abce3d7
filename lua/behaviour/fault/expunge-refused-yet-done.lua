--- EXPUNGE is refused, yet the messages are gone.
return behaviour {
  name  = "expunge-refused-yet-done",
  point = "fault.expunge",
  cites = "R3501-7.1.2 MAP-4.1.4-a MAP-I5",
  fault = true,

  expunge = function(msgs, by) msgs:write_on_no() end,
  EXPUNGE = function(msgs, by)
    if not by.close then return NO("Mailbox is in use by another user", "INUSE") end
  end,
}
