--- CLIENTID draft 5.1, 6: UUID and LICENSE are taken, and types that nobody knows, unless by policy.
local function try(n, arguments)
  return ("@open C%d login=no\nC%d: CAPABILITY\nC%d: CLIENTID %s\nS%d: OK\n@close C%d\n"):format(n, n, n, arguments, n, n)
end
return scenario {
  name = "clientid-types",
  cites = "CID-6-b CID-6-c CID-5.1-2 CID-5.1-3 CID-5.1-4 CID-5.1-5 CID-5.1-6 T-CID-1",
  needs = "CLIENTID",
  play = try(1, "UUID 23bf83be-aad7-46aa-9e50-39191ccf402f") .. try(2, "LICENSE 0123456789") .. try(3, "Qxzj 5b6e9a3c") ..
    try(4, "SHA x") .. try(5, "IMEI 490154203237518"),
}
