--- CLIENTID draft 3.1: the reply depends on the form of the arguments, not on what they are.
local function with(token) return "@open C1 login=no\nC1: CAPABILITY\nC1: CLIENTID UUID " .. token .. "\n@close C1\n" end
return scenario {
  name = "clientid-no-heuristics",
  cites = "CID-3.1-e",
  needs = "CLIENTID",
  must = true,
  compare = "last",
  play = { with("alpha"), with("bravo"), with("root"), with("good-token"), with("blocked") },
}
