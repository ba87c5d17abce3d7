--- ID is answered with the tagged OK alone: the untagged response is optional in one reading.
return behaviour {
  name  = "id-silent",
  point = "id.response",
  cites = "ID-3.1-b T-ID-1",

  ID = function(session, by)
    session:no_list()
    return OK "ID completed"
  end,
}
