--- One ID gets two ID responses.
return behaviour {
  name  = "id-answers-twice",
  point = "fault.id",
  cites = "ID-3.2-a",
  fault = true,

  id = function(session, by) session:id_twice() end,
}
