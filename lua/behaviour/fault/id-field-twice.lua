--- The ID response names a field twice.
return behaviour {
  name  = "id-field-twice",
  point = "fault.id",
  cites = "ID-3.3-l",
  fault = true,

  id = function(session, by) session:id_dup() end,
}
