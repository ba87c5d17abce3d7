--- CLIENTID is advertised and accepted without TLS.
return behaviour {
  name  = "clientid-in-clear",
  point = "fault.clientid",
  cites = "CID-3.3-a CID-3.4-1s",
  fault = true,

  clientid = function(session, by) session:cid_clear() end,
}
