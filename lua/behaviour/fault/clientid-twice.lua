--- A second CLIENTID is accepted.
return behaviour {
  name  = "clientid-twice",
  point = "fault.clientid",
  cites = "CID-3.4-3s",
  fault = true,

  clientid = function(session, by) session:cid_twice() end,
}
