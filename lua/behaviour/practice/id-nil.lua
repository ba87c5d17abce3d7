--- ID is answered with NIL.
return behaviour {
  name  = "id-nil",
  point = "id.response",
  cites = "ID-3.2-d T-ID-1",

  ID = function(session, by)
    session:nil_list()
    return OK "ID completed"
  end,
}
