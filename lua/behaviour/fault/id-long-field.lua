--- The ID response has a field of 31 octets.
return behaviour {
  name  = "id-long-field",
  point = "fault.id",
  cites = "ID-3.3-d",
  fault = true,

  id = function(session, by) session:id_long() end,
}
