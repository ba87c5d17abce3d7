--- CLIENTID types are read as the prose has them: up to 16 letters and digits in any mixture.
return behaviour {
  name  = "clientid-type-prose",
  point = "clientid.type",
  cites = "T-CID-3 CID-3.2-a",

  clientid_type = function(session, by)
    if by.mixed then session:accept() else session:refuse() end
  end,
}
