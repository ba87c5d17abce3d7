--- CLIENTID types are read as the ABNF has them: letters alone, or one digit.
return behaviour {
  name  = "clientid-type-abnf",
  point = "clientid.type",
  cites = "T-CID-3 CID-4-e",

  clientid_type = function(session, by) session:refuse() end,
}
