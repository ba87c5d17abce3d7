--- ID lists that name a field twice are refused with BAD; long ones are accepted (mox).
return behaviour {
  name  = "id-duplicates-refused",
  point = "id.limits",
  cites = "T-ID-4 ID-3.3-l",

  id_limits = function(session, by)
    if by.duplicate then session:refuse() else session:accept() end
  end,
}
