--- New messages and flags are told at once, expunges in answer to NOOP alone.
return behaviour {
  name  = "tell-expunge-late",
  point = "tell.expunge",
  cites = "R3501-6.1.2 R3501-7.4.1",

  tell_expunge = function(msgs, by)
    if by.noop then msgs:now() else msgs:later() end
  end,
  tell_exists = function(msgs, by) msgs:now() end,
  tell_flags = function(msgs, by) msgs:now() end,
}
