--- CLIENTID is advertised once, and no more after that.
return behaviour {
  name  = "clientid-hides",
  point = "fault.session",
  cites = "CID-3.3-d",
  fault = true,

  session = function(session, by)
    if by.capability then session:cid_hides() end
  end,
}
