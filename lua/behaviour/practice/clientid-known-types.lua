--- CLIENTID of a type other than UUID and LICENSE is refused by policy.
return behaviour {
  name  = "clientid-known-types",
  point = "clientid.policy",
  cites = "T-CID-1 CID-5.1-2",

  CLIENTID = function(session, by)
    if by.unknown then session:refuse() else session:accept() end
  end,
}
