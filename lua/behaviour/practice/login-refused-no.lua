--- A refused login is answered NO, with one text for every cause.
return behaviour {
  name  = "login-refused-no",
  point = "login.refused",
  cites = "R3501-6.2.3 CID-5.1-7",

  login_refused = function(session, by) return NO "Failed to authenticate" end,
}
