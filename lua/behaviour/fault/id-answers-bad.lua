--- A valid ID is answered BAD, although ID is advertised (mail.de, o2.pl).
return behaviour {
  name  = "id-answers-bad",
  point = "fault.id",
  cites = "ID-3-a ID-3.1-c",
  fault = true,

  id = function(session, by)
    if by.before then session:id_bad() end
  end,
}
