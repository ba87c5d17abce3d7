--- A type of 16 octets and a token of 128 are refused.
return behaviour {
  name  = "clientid-refuses-longest",
  point = "fault.clientid",
  cites = "CID-3.2-d",
  fault = true,

  clientid = function(session, by) session:cid_short() end,
}
