--- ID lists over the limits are accepted: the limits bind the sender.
return behaviour {
  name  = "id-limits-ignored",
  point = "id.limits",
  cites = "T-ID-4",

  id_limits = function(session, by) session:accept() end,
}
