--- ID tells a list after login, and nothing to those who have not logged in yet.
return behaviour {
  name  = "id-before-login",
  point = "id.response",
  cites = "ID-3-l ID-3.2-d T-ID-1",

  ID = function(session, by)
    if by.before then session:nil_list() else session:list() end
    return OK "ID completed"
  end,
}
