--- CLIENTID is advertised and accepted after login.
return behaviour {
  name  = "clientid-after-login",
  point = "fault.clientid",
  cites = "CID-3.3-b CID-3.4-2s",
  fault = true,

  clientid = function(session, by) session:cid_after() end,
}
