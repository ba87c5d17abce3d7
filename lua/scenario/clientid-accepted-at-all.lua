--- CLIENTID draft 1: whoever lists CLIENTID accepts some valid CLIENTID command.
local function try(arguments)
  return "@open C1 login=no\nC1: CAPABILITY\nS1: * CAPABILITY CLIENTID ...\nS1: OK\nC1: CLIENTID " .. arguments .. "\nS1: OK\n@close C1\n"
end
return scenario {
  name = "clientid-accepted-at-all",
  cites = "CID-1-a CID-3.2-d",
  needs = "CLIENTID",
  must = true,
  any = true,
  play = { try("UUID 23bf83be-aad7-46aa-9e50-39191ccf402f"), try("LICENSE 0123456789"), try("Qxzj 5b6e9a3c") },
}
