--- No message is ever \Recent.
return behaviour {
  name  = "recent-none",
  point = "recent",
  cites = "R3501-2.3.2",

  recent = function(msgs, by) msgs:none() end,
}
