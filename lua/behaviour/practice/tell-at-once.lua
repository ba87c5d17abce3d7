--- Every change is told at the next moment that the rules permit.
return behaviour {
  name  = "tell-at-once",
  point = "tell.expunge",
  cites = "R3501-5.2 R3501-7-m",

  tell_expunge = function(msgs, by) msgs:now() end,
  tell_exists = function(msgs, by) msgs:now() end,
  tell_flags = function(msgs, by) msgs:now() end,
}
