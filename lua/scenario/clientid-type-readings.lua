--- CLIENTID draft 4: letters and digits mixed are a type by the prose, none by the ABNF's precedence (T-CID-3); `_` is none (T-CID-5).
local function try(n, type)
  return ("@open C%d login=no\nC%d: CAPABILITY\nC%d: CLIENTID %s x\nS%d: OK\n@close C%d\n"):format(n, n, n, type, n, n)
end
return scenario {
  name = "clientid-type-readings",
  cites = "T-CID-3 T-CID-5 CID-4-e",
  needs = "CLIENTID",
  play = try(1, "SHA256") .. try(2, "12") .. try(3, "UUID4") .. "@open C4 login=no\nC4: CAPABILITY\nC4: CLIENTID DEVICE_ID x\nS4: BAD\n@close C4\n",
}
