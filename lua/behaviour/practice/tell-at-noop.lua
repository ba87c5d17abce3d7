--- Changes by others are told in answer to NOOP alone.
return behaviour {
  name  = "tell-at-noop",
  point = "tell.expunge",
  cites = "R3501-6.1.2",

  tell_expunge = function(msgs, by)
    if by.noop then msgs:now() else msgs:later() end
  end,
  tell_exists = function(msgs, by)
    if by.noop then msgs:now() else msgs:later() end
  end,
  tell_flags = function(msgs, by)
    if by.noop then msgs:now() else msgs:later() end
  end,
}
