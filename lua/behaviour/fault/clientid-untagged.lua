--- CLIENTID gets an untagged response of its own.
return behaviour {
  name  = "clientid-untagged",
  point = "fault.clientid",
  cites = "CID-3.1-b",
  fault = true,

  clientid = function(session, by) session:cid_untagged() end,
}
