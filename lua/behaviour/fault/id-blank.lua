--- A blank stands before the closing parenthesis of the ID response (Archiveopteryx).
return behaviour {
  name  = "id-blank",
  point = "fault.id",
  cites = "ID-3.2-b R3501-9",
  fault = true,

  id = function(session, by)
    session:id_blank()
  end,
}
