--- ID is answered with a list.
return behaviour {
  name  = "id-list",
  point = "id.response",
  cites = "ID-3.2-a T-ID-1",

  ID = function(session, by)
    session:list()
    return OK "ID completed"
  end,
}
