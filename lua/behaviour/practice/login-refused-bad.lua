--- A refused login is answered BAD, as in the CLIENTID draft's example 7.4.
return behaviour {
  name  = "login-refused-bad",
  point = "login.refused",
  cites = "T-CID-9",

  login_refused = function(session, by) return BAD "Failed to authenticate" end,
}
