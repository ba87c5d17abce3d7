--- CLIENTID types may hold an underscore, as in the draft's own example DEVICE_ID.
return behaviour {
  name  = "clientid-type-underscore",
  point = "clientid.type",
  cites = "T-CID-5",

  clientid_type = function(session, by) session:accept() end,
}
