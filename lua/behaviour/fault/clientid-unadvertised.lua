--- CLIENTID is accepted before it was advertised.
return behaviour {
  name  = "clientid-unadvertised",
  point = "fault.clientid",
  cites = "CID-3.4-1s",
  fault = true,

  clientid = function(session, by) session:cid_unadvertised() end,
}
