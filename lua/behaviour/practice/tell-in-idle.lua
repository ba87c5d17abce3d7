--- Changes are told in IDLE and in answer to NOOP, never beside other commands.
return behaviour {
  name  = "tell-in-idle",
  point = "tell.expunge",
  cites = "R2177-3",

  tell_expunge = function(msgs, by)
    if by.command then msgs:later() else msgs:now() end
  end,
  tell_exists = function(msgs, by)
    if by.command then msgs:later() else msgs:now() end
  end,
  tell_flags = function(msgs, by)
    if by.command then msgs:later() else msgs:now() end
  end,
}
