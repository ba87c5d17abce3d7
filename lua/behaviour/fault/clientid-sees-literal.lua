--- A token that ends in {n} is taken for a literal.
return behaviour {
  name  = "clientid-sees-literal",
  point = "fault.clientid",
  cites = "CID-4-f CID-D3",
  fault = true,

  clientid = function(session, by) session:cid_literal() end,
}
