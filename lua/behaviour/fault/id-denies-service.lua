--- SELECT is refused to those who have not sent ID (Coremail).
return behaviour {
  name  = "id-denies-service",
  point = "fault.id",
  cites = "ID-3-i",
  fault = true,

  id = function(session, by) session:id_denies() end,
}
