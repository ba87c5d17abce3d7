--- CLIENTID of any type is accepted.
return behaviour {
  name  = "clientid-any",
  point = "clientid.policy",
  cites = "CID-3.2-d CID-6-c",

  CLIENTID = function(session, by) session:accept() end,
}
