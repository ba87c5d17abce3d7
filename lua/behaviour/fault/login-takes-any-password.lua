--- A wrong password logs in.
return behaviour {
  name  = "login-takes-any-password",
  point = "fault.session",
  cites = "R3501-6.2.3",
  fault = true,

  session = function(session, by)
    if by.login then session:login_any() end
  end,
}
