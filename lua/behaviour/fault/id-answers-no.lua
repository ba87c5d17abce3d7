--- A valid ID is answered NO.
return behaviour {
  name  = "id-answers-no",
  point = "fault.id",
  cites = "ID-3.1-c",
  fault = true,

  id = function(session, by) session:id_no() end,
}
