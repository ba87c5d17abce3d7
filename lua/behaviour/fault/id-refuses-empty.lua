--- The empty list () is answered BAD (Cyrus).
return behaviour {
  name  = "id-refuses-empty",
  point = "fault.id",
  cites = "ID-4-c T-ID-2",
  fault = true,

  id = function(session, by) session:id_empty_bad() end,
}
