--- ID lists over the limits are refused with BAD.
return behaviour {
  name  = "id-limits-enforced",
  point = "id.limits",
  cites = "T-ID-4",

  id_limits = function(session, by) session:refuse() end,
}
