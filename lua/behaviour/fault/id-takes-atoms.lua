--- An atom is accepted as a field or value.
return behaviour {
  name  = "id-takes-atoms",
  point = "fault.id",
  cites = "ID-3.1-f ID-3.1-c",
  fault = true,

  id = function(session, by) session:id_atom() end,
}
