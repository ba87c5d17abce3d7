--- A type of 17 octets and a token of 129 are accepted.
return behaviour {
  name  = "clientid-takes-long",
  point = "fault.clientid",
  cites = "CID-3.2-c",
  fault = true,

  clientid = function(session, by) session:cid_long() end,
}
